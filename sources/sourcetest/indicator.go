package sourcetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
)

// indicator is an SLI together with what it means for an event.
type indicator struct {
	id    string // of the SLO that it is measured for
	sli   slo.SLI
	types []string
	valid func(Event) bool
	bad   func(Event) bool
	// looseRows says that nothing is promised of the events behind the counts.
	looseRows bool
}

// byBad measures events that fail, byGood those that do not.
func byBad(eventTypes ...string) indicator {
	return made("bad", slo.SLI{From: located(eventTypes), Bad: text("failed IS TRUE")}, eventTypes, failed)
}

func byGood(eventTypes ...string) indicator {
	return made("good", slo.SLI{From: located(eventTypes), Good: text("failed IS FALSE")}, eventTypes, notGood)
}

// all measures events without a condition.
func all(eventTypes ...string) indicator {
	return made("all", slo.SLI{From: located(eventTypes)}, eventTypes, func(Event) bool { return false })
}

// perSlice measures slices in which nothing weighs more than 7.
func perSlice(every time.Duration, empty slo.Empty, eventType string) indicator {
	return made(fmt.Sprintf("slice-%s-%s", every, empty), slo.SLI{From: located([]string{eventType}), Slice: &slo.Slice{
		Every: diag.At(every, diag.Span{}), Value: text("max(items)"), Good: text("value <= 7"), Empty: empty,
	}}, []string{eventType}, nil)
}

// byQueries measures by whole queries that count, or sum up items.
func byQueries(function, eventType string, isGood bool) indicator {
	total := fmt.Sprintf("SELECT %s FROM %s", function, eventType)
	queries := &slo.Queries{Total: text(total)}
	bad := failed
	if isGood {
		bad, queries.Good = notGood, text(total+" WHERE failed IS FALSE")
	} else {
		queries.Bad = text(total + " WHERE failed IS TRUE")
	}
	i := made(fmt.Sprintf("queries-%.3s-%t", function, isGood), slo.SLI{Queries: queries}, []string{eventType}, bad)
	i.looseRows = function != "count(*)"
	return i
}

// made is an indicator with an id such as bad-refund-checkout.
func made(what string, sli slo.SLI, eventTypes []string, bad func(Event) bool) indicator {
	return indicator{id: strings.ToLower(what + "-" + strings.Join(eventTypes, "-")), sli: sli, types: eventTypes, valid: typed(eventTypes), bad: bad}
}

// where narrows an indicator to events with a value.
func (i indicator) where(attribute, value string) indicator {
	valid := i.valid
	i.id += "-" + value
	i.sli.Where = text(fmt.Sprintf("%s = '%s'", attribute, value))
	i.valid = func(e Event) bool { return valid(e) && e.Attributes[attribute] == value }
	return i
}

// byItems weighs the events of an indicator.
func (i indicator) byItems() indicator {
	i.id += "-items"
	i.sli.Count = text("sum(items)")
	return i
}

func typed(eventTypes []string) func(Event) bool {
	return func(e Event) bool { return slices.Contains(eventTypes, e.Type) }
}

func text(s string) diag.Text {
	return diag.PlainText(s, "sourcetest", diag.Position{Line: 1, Column: 1})
}

func located(names []string) []diag.Located[string] {
	var list []diag.Located[string]
	for _, name := range names {
		list = append(list, diag.At(name, text(name).Whole()))
	}
	return list
}

// slo is an SLO with the indicator's SLI.
func (i indicator) slo() *slo.SLO { return of(i.id, i.sli) }

func of(id string, sli slo.SLI) *slo.SLO { return &slo.SLO{ID: id, Kind: slo.KindSLO, SLI: sli} }

func slos(indicators []indicator) []*slo.SLO {
	var list []*slo.SLO
	for _, i := range indicators {
		list = append(list, i.slo())
	}
	return list
}

// first is the minute of the first event of the indicator's types, or one after
// all others when there is none.
func (i indicator) first(events []Event) slo.Minute {
	first := slo.MinuteAt(now()) + 1
	for _, e := range events {
		if slices.Contains(i.types, e.Type) {
			first = min(first, e.minute())
		}
	}
	return first
}

// sums says what a source has to answer, by looking at every event.
func (i indicator) sums(events []Event, cuts []slo.Minute) []sources.Sum {
	sums := make([]sources.Sum, max(0, len(cuts)-1))
	for n := range sums {
		sums[n].Minutes = int64(cuts[n+1] - cuts[n])
	}
	add := func(minute slo.Minute, counts, rows slo.Counts) {
		at, exact := slices.BinarySearch(cuts, minute)
		if !exact {
			at--
		}
		if at >= 0 && at < len(sums) {
			sums[at] = sums[at].Add(sources.Sum{Counts: counts, Rows: rows})
		}
	}
	if i.sli.Slice != nil {
		if len(sums) > 0 {
			i.addSlices(events, slo.Span{Start: cuts[0], End: cuts[len(cuts)-1]}, add)
		}
		return sums
	}
	for _, e := range events {
		if !i.valid(e) {
			continue
		}
		weight := i.weigh(e)
		counts, rows := slo.Counts{Total: weight}, slo.Counts{Total: 1}
		if i.bad(e) {
			counts.Bad, rows.Bad = weight, 1
		}
		add(e.minute(), counts, rows)
	}
	return sums
}

// weigh says how much an event counts, in the unit of the SLI.
func (i indicator) weigh(e Event) int64 {
	switch {
	case i.sli.Weighted(), i.sli.Queries != nil && strings.Contains(i.sli.Queries.Total.String(), "sum(items)"):
		return e.weight()
	default:
		return i.sli.Unit()
	}
}

// addSlices adds the slices that begin in a span, each at its first minute.
func (i indicator) addSlices(events []Event, span slo.Span, add func(slo.Minute, slo.Counts, slo.Counts)) {
	every := i.sli.Slice.Minutes()
	heaviest := map[slo.Minute]int64{} // by the first minute of the slice
	for _, e := range events {
		if _, weighs := e.Attributes["items"]; weighs && i.valid(e) {
			begin := e.minute().Floor(every)
			heaviest[begin] = max(heaviest[begin], e.weight())
		}
	}
	for minute := (span.Start - 1).Floor(every) + slo.Minute(every); minute < span.End; minute += slo.Minute(every) {
		weight, there := heaviest[minute]
		counts := slo.Counts{Total: 1}
		switch {
		case there && weight > 7*slo.Thousandths, !there && i.sli.Slice.Empty == slo.EmptyBad:
			counts.Bad = 1
		case !there && i.sli.Slice.Empty != slo.EmptyGood:
			counts.Total = 0
		}
		add(minute, counts, counts)
	}
}
