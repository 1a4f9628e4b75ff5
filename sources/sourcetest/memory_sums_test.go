package sourcetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// measure is how memory understands an SLI.
type measure struct {
	events        []Event // the valid ones
	bad           func(Event) bool
	weighs, units bool
}

// understand reads an SLI of the few that the tests ask for.
func (m *memory) understand(sli slo.SLI) (measure, error) {
	made, types := measure{weighs: sli.Weighted(), units: sli.Unit() > 1}, sli.EventTypes()
	good, bad := sli.Good.String(), sli.Bad.String()
	if sli.Queries != nil {
		function, rest, _ := strings.Cut(strings.TrimPrefix(sli.Queries.Total.String(), "SELECT "), " FROM ")
		types, made.weighs = []string{rest}, function == "sum(items)"
		_, good, _ = strings.Cut(sli.Queries.Good.String(), " WHERE ")
		_, bad, _ = strings.Cut(sli.Queries.Bad.String(), " WHERE ")
	}
	switch {
	case len(types) == 0 || good != "" && bad != "":
		return measure{}, errors.New("the request cannot be understood")
	case sli.Slice != nil:
	case bad == "failed IS TRUE":
		made.bad = failed
	case good == "failed IS FALSE":
		made.bad = notGood
		if m.mistake == nullsAreLeft {
			made.bad = failed
		}
	case good == "" && bad == "":
		made.bad = func(Event) bool { return false }
	case m.mistake == refusedIsZero && strings.HasPrefix(bad, "unknown("):
		made.bad = func(Event) bool { return false }
	default:
		return measure{}, fmt.Errorf("%s%s is unknown", good, bad)
	}
	attribute, value, narrow := strings.Cut(sli.Where.String(), " = ")
	for _, e := range m.events {
		if slices.Contains(types, e.Type) && (!narrow || m.mistake == whereIsLeft || e.Attributes[attribute] == strings.Trim(value, "'")) {
			made.events = append(made.events, e)
		}
	}
	return made, nil
}

// answer counts what a request asks for.
func (m *memory) answer(r sources.Request) sources.Answer {
	of, err := m.understand(r.SLO.SLI)
	if err != nil {
		return m.fail(r, err)
	}
	for n := 1; n < len(r.Cuts); n++ {
		if r.Cuts[n] <= r.Cuts[n-1] && m.mistake != orderIsNot {
			return m.fail(r, errors.New("the cuts do not rise"))
		}
	}
	sums := make([]sources.Sum, max(0, len(r.Cuts)-1))
	switch {
	case m.mistake == cutIsSpan:
		sums = make([]sources.Sum, len(r.Cuts))
	case m.mistake == oneBuffer && len(sums) <= cap(m.buffer):
		sums = m.buffer[:len(sums)]
		clear(sums)
	case m.mistake == oneBuffer:
		m.buffer = sums
	}
	for n := 1; n < len(r.Cuts); n++ {
		sum := &sums[n-1]
		if r.SLO.SLI.Slice != nil {
			sum.Counts = m.sliced(of, *r.SLO.SLI.Slice, slo.Span{Start: r.Cuts[n-1], End: r.Cuts[n]})
			sum.Rows = sum.Counts
		} else {
			*sum = m.counted(of, r.Cuts[n-1], r.Cuts[n])
		}
		if m.mistake != gapsEverywhere {
			sum.Minutes = int64(r.Cuts[n] - r.Cuts[n-1])
		}
		if m.mistake == fewMinutes && n > 366 {
			*sum = sources.Sum{}
		}
	}
	if m.mistake == zeroIsError && slices.ContainsFunc(sums, func(s sources.Sum) bool { return s.Rows.Total == 0 }) {
		return m.fail(r, errors.New("nothing happened"))
	}
	return sources.Answer{Sums: sums}
}

// counted adds the events between two cuts.
func (m *memory) counted(of measure, start, end slo.Minute) sources.Sum {
	var sum sources.Sum
	for _, e := range of.events {
		if !m.within(e.Millis, start.Millis(), end.Millis()) {
			continue
		}
		weight, rows := int64(1), slo.Counts{Total: 1}
		switch {
		case of.weighs && m.mistake == weightsAreOnes:
			weight = slo.Thousandths
		case of.weighs && m.mistake == weightsAreWhole:
			weight = e.weight() / slo.Thousandths * slo.Thousandths
		case of.weighs:
			weight = e.weight()
		case of.units && m.mistake != queriesAreOnes:
			weight = slo.Thousandths
		}
		counts := slo.Counts{Total: weight}
		if of.bad(e) {
			counts.Bad, rows.Bad = weight, 1
		}
		if m.mistake == rowsAreLeft {
			rows = slo.Counts{}
		}
		sum = sum.Add(sources.Sum{Counts: counts, Rows: rows})
	}
	switch {
	case m.mistake == shortFloats && of.weighs:
		sum.Counts = slo.Counts{Total: int64(float32(sum.Counts.Total)), Bad: int64(float32(sum.Counts.Bad))}
	case m.mistake == longFloats && of.weighs && sum.Counts.Total > 1<<53:
		sum.Counts.Total &^= 0x3ff
	}
	return sum
}

func (m *memory) within(millis, start, end int64) bool {
	const hour = 3_600_000
	switch m.mistake {
	case closedEnds:
		return start <= millis && millis <= end
	case openStarts:
		return start < millis && millis <= end
	case wholeHours:
		return start/hour*hour <= millis && millis < end/hour*hour
	default:
		return start <= millis && millis < end
	}
}

// sliced judges the slices that begin in a span.
func (m *memory) sliced(of measure, slice slo.Slice, span slo.Span) slo.Counts {
	every := slo.Minute(slice.Minutes())
	first := span.Start.Floor(int64(every))
	switch {
	case m.mistake == slicesFromCuts:
		first = span.Start
	case m.mistake != slicesTwice && first < span.Start:
		first += every
	}
	var counts slo.Counts
	for ; first < span.End; first += every {
		heaviest := int64(-1)
		for _, e := range of.events {
			if _, weighs := e.Attributes["items"]; weighs && first <= e.minute() && e.minute() < first+every {
				heaviest = max(heaviest, e.weight())
			}
		}
		switch {
		case heaviest > 7*slo.Thousandths, heaviest < 0 && slice.Empty == slo.EmptyBad && m.mistake != emptyIsNothing:
			counts = counts.Add(slo.Counts{Total: 1, Bad: 1})
		case heaviest >= 0 || slice.Empty == slo.EmptyGood && m.mistake != emptyIsNothing:
			counts = counts.Add(slo.Counts{Total: 1})
		}
	}
	return counts
}
