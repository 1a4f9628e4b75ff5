package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// memory is a source without anything behind it. Each mistake makes it wrong
// in one way; without any it keeps the contract.
type memory struct {
	events  []Event
	mistake mistake
}

type mistake string

const (
	none            mistake = "none"
	closedEnds      mistake = "an event on a cut belongs to both spans"
	openStarts      mistake = "an event on a cut belongs to the earlier span"
	wholeHours      mistake = "minutes are rounded to hours"
	backwards       mistake = "answers come in the wrong order"
	missingAnswer   mistake = "the last answer is missing"
	nullsAreLeft    mistake = "an event that does not say is neither good nor bad"
	whereIsLeft     mistake = "where is not looked at"
	zeroIsError     mistake = "a span without events is an error"
	cutIsSpan       mistake = "a single cut makes a count"
	orderIsNot      mistake = "cuts need not rise"
	oneForAll       mistake = "one wrong request makes all wrong"
	partial         mistake = "an error comes with counts"
	endless         mistake = "the context is not looked at"
	sinceEver       mistake = "an extent begins long before the first event"
	firstOfAll      mistake = "all extents begin with the first event of any type"
	untilNow        mistake = "an extent reaches into the future"
	emptyIsError    mistake = "an extent without events is an error"
	emptyTurnsRound mistake = "an extent without events ends before it begins"
	errorIsNoEnd    mistake = "an extent with an error has no end"
	neverIsSilent   mistake = "that there never was an event is not said"
	rowsAreLeft     mistake = "the events behind the counts are not counted"
	gapsEverywhere  mistake = "minutes that were measured are not said to be"
)

func (m memory) Extents(ctx context.Context, now time.Time, slos []*slo.SLO) []sources.Extent {
	extents := make([]sources.Extent, len(slos))
	for n, s := range slos {
		sli := s.SLI
		newest := slo.MinuteAt(now) - 3
		valid := typed(sli.EventTypes())
		first := slo.Minute(0)
		for _, e := range m.events {
			minute := slo.MinuteAt(time.UnixMilli(e.Millis))
			if (valid(e) || m.mistake == firstOfAll) && (first == 0 || minute < first) {
				first = minute
			}
		}
		extent := &extents[n]
		switch {
		case ctx.Err() != nil && m.mistake != endless:
			extent.Err = ctx.Err()
		case len(sli.From) == 0:
			extent.Err = errors.New("no event type")
		case first == 0 && m.mistake == emptyIsError:
			extent.Err = errors.New("no events")
		case first == 0 && m.mistake == emptyTurnsRound:
			extent.Span = slo.Span{Start: newest, End: newest - 1}
		case first == 0:
			extent.Span, extent.Never = slo.Span{Start: newest, End: newest}, m.mistake != neverIsSilent
		case m.mistake == sinceEver:
			extent.Span = slo.Span{Start: newest - 1440, End: newest}
		case m.mistake == untilNow:
			extent.Span = slo.Span{Start: first, End: newest + 60}
		default:
			extent.Span = slo.Span{Start: first, End: newest}
		}
		if extent.Err != nil && m.mistake != errorIsNoEnd {
			extent.Span = slo.Span{Start: newest, End: newest}
		}
	}
	return extents
}

func (m memory) Counts(ctx context.Context, requests []sources.Request) []sources.Answer {
	answers := make([]sources.Answer, len(requests))
	wrong := false
	for n, r := range requests {
		answers[n] = m.answer(ctx, r)
		wrong = wrong || answers[n].Err != nil
	}
	switch {
	case m.mistake == oneForAll && wrong:
		for n := range answers {
			answers[n] = sources.Answer{Err: errors.New("one of them is wrong")}
		}
	case m.mistake == backwards:
		slices.Reverse(answers)
	case m.mistake == missingAnswer && len(answers) > 0:
		answers = answers[:len(answers)-1]
	}
	return answers
}

func (m memory) answer(ctx context.Context, r sources.Request) sources.Answer {
	fail := func(format string, args ...any) sources.Answer {
		answer := sources.Answer{Err: fmt.Errorf(format, args...)}
		if m.mistake == partial {
			answer.Sums = []sources.Sum{{Minutes: 1}}
		}
		return answer
	}
	if ctx.Err() != nil && m.mistake != endless {
		return fail("interrupted: %w", ctx.Err())
	}
	bad := map[string]func(Event) bool{"failed IS TRUE": failed, "": func(Event) bool { return false }}[r.SLO.SLI.Bad.String()]
	if good := r.SLO.SLI.Good.String(); good == "failed IS FALSE" {
		bad = notGood
		if m.mistake == nullsAreLeft {
			bad = failed
		}
	}
	if bad == nil || len(r.SLO.SLI.From) == 0 || r.SLO.SLI.Good.Len() > 0 && r.SLO.SLI.Bad.Len() > 0 {
		return fail("the request cannot be understood")
	}
	for n := 1; n < len(r.Cuts); n++ {
		if r.Cuts[n] <= r.Cuts[n-1] && m.mistake != orderIsNot {
			return fail("the cuts do not rise")
		}
	}
	answer := sources.Answer{Sums: make([]sources.Sum, max(0, len(r.Cuts)-1))}
	for n := range answer.Sums {
		if m.mistake != gapsEverywhere {
			answer.Sums[n].Minutes = int64(r.Cuts[n+1] - r.Cuts[n])
		}
	}
	if m.mistake == cutIsSpan {
		answer.Sums = make([]sources.Sum, len(r.Cuts))
	}
	valid := typed(r.SLO.SLI.EventTypes())
	for _, e := range m.events {
		if !valid(e) || !m.inShop(r.SLO.SLI.Where.String(), e) {
			continue
		}
		for n := 1; n < len(r.Cuts); n++ {
			if m.within(e.Millis, r.Cuts[n-1].Millis(), r.Cuts[n].Millis()) {
				c := slo.Counts{Total: 1}
				if bad(e) {
					c.Bad = 1
				}
				sum := sources.Sum{Counts: c, Rows: c}
				if m.mistake == rowsAreLeft {
					sum.Rows = slo.Counts{}
				}
				answer.Sums[n-1] = answer.Sums[n-1].Add(sum)
			}
		}
	}
	if m.mistake == zeroIsError && slices.ContainsFunc(answer.Sums, func(s sources.Sum) bool { return s.Rows.Total == 0 }) {
		return fail("nothing happened")
	}
	return answer
}

func (m memory) inShop(where string, e Event) bool {
	return where == "" || m.mistake == whereIsLeft || where == fmt.Sprintf("shop = '%s'", e.Attributes["shop"])
}

func (m memory) within(millis, start, end int64) bool {
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

// recorder keeps what a check finds.
type recorder struct{ found []string }

func (*recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.found = append(r.found, fmt.Sprintf(format, args...))
}

// The names of the checks.
const (
	order    = "answers come in the order of the requests"
	halfOpen = "spans are half-open"
	sums     = "counts of spans add up"
	forms    = "what is not good is bad"
	zero     = "nothing happened is zero"
	nothing  = "nothing asked is nothing answered"
	cuts     = "wrong cuts leave the other requests alone"
	wrong    = "a wrong SLI leaves the others alone"
	extents  = "an extent begins with the first event"
	noEvents = "an extent without events is empty"
	raw      = "without a condition all events count, none as bad"
	ended    = "nothing is measured once the context has ended"
)

// TestContractFindsMistakes runs every check over sources with one mistake
// each, and lists which checks notice.
func TestContractFindsMistakes(t *testing.T) {
	t.Parallel()
	for made, want := range map[mistake][]string{
		none:            nil,
		closedEnds:      {halfOpen},
		openStarts:      {halfOpen},
		wholeHours:      {order, halfOpen, sums, forms, raw, nothing, cuts, wrong},
		backwards:       {order, halfOpen, sums, forms, raw, zero, nothing},
		missingAnswer:   {order, halfOpen, sums, forms, raw, zero, nothing, cuts, wrong, ended},
		nullsAreLeft:    {order, halfOpen, sums, forms},
		whereIsLeft:     {order, sums, forms, zero},
		zeroIsError:     {order, sums, raw, zero, nothing},
		cutIsSpan:       {order, halfOpen, sums, forms, raw, zero, nothing, cuts, wrong},
		orderIsNot:      {cuts},
		oneForAll:       {cuts, wrong},
		partial:         {cuts, wrong, ended},
		endless:         {ended},
		sinceEver:       {order, wrong, extents},
		firstOfAll:      {order, extents, noEvents},
		untilNow:        {extents},
		emptyIsError:    {noEvents},
		emptyTurnsRound: {noEvents},
		errorIsNoEnd:    {wrong, ended},
		neverIsSilent:   {noEvents},
		rowsAreLeft:     {order, halfOpen, sums, forms, raw, nothing, cuts, wrong},
		gapsEverywhere:  {order, halfOpen, sums, forms, raw, zero, nothing, cuts, wrong},
	} {
		t.Run(string(made), func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, c := range contract() {
				r := &recorder{}
				c.check(t.Context(), r, subject{memory{history(), made}, nil})
				if len(r.found) > 0 {
					got = append(got, c.name)
					t.Logf("%s: %s", c.name, r.found[0])
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("checks that fail (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	Run(t, func(_ *testing.T, events []Event) sources.Source { return memory{events, none} })
}
