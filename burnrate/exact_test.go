package burnrate_test

import (
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// The slow reference: everything minute by minute and in exact fractions.

// minutes are what was measured from a first minute on. Counts that cannot be
// make a gap.
type minutes struct {
	start    slo.Minute
	counts   []slo.Counts
	excluded []*slo.Exclusion
}

// effect returns what exclusions do to a minute, "" for nothing.
func (m minutes) effect(at slo.Minute) (effect slo.Effect) {
	for _, e := range m.excluded {
		inside := !at.Time().Before(e.From) && at.Time().Before(e.To)
		if inside && (effect == "" || e.Effect == slo.Drop) {
			effect = e.Effect
		}
	}
	return effect
}

// budget sums what counts for a budget, and the minutes it comes from.
func (m minutes) budget(span slo.Span) (c slo.Counts, minutes int64) {
	for i, minute := range m.counts {
		at := m.start + slo.Minute(i)
		switch effect := m.effect(at); {
		case at < span.Start || at >= span.End || effect == slo.Drop || !minute.Consistent():
			continue
		case effect == slo.CountAsGood:
			minute.Bad = 0
		}
		c = c.Add(minute)
		minutes++
	}
	return c, minutes
}

// burn sums what counts for a burn rate.
func (m minutes) burn(span slo.Span) (c slo.Counts) {
	for i, minute := range m.counts {
		if at := m.start + slo.Minute(i); at >= span.Start && at < span.End && minute.Consistent() {
			if m.effect(at) != "" {
				minute.Bad = 0
			}
			c = c.Add(minute)
		}
	}
	return c
}

// kept counts the minutes of a span that are not dropped.
func (m minutes) kept(span slo.Span) (minutes int64) {
	for at := span.Start; at < span.End; at++ {
		if m.effect(at) != slo.Drop {
			minutes++
		}
	}
	return minutes
}

func (m minutes) extent() slo.Span {
	return slo.Span{Start: m.start, End: m.start + slo.Minute(len(m.counts))}
}

func (m minutes) sum(span slo.Span) (c slo.Counts, measured int64) {
	for i, minute := range m.counts {
		if at := m.start + slo.Minute(i); at >= span.Start && at < span.End && minute.Consistent() {
			c = c.Add(minute)
			measured++
		}
	}
	return c, measured
}

// measurement cuts the minutes into what a source would answer.
func (m minutes) measurement(t *rapid.T, set *slo.Set, id string, end slo.Minute) burnrate.Measurement {
	extent := m.extent()
	extent.End = min(extent.End, end)
	cuts := cutsOf(set, id, extent)
	var counts []slo.Counts
	for i := 1; i < len(cuts); i++ {
		c, _ := m.sum(slo.Span{Start: cuts[i-1], End: cuts[i]})
		counts = append(counts, c)
	}
	series, err := burnrate.NewSeries(extent, cuts, rows(counts...))
	if err != nil {
		t.Fatal(err)
	}
	return burnrate.Measurement{Series: series, End: end}
}

func target(t interface{ Fatal(...any) }, text string) slo.Target {
	parsed, err := slo.ParseTarget(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// near compares a ratio with an exact fraction; nil means undefined.
func near(t *rapid.T, what string, got burnrate.Ratio, want *big.Rat) {
	t.Helper()
	value, defined := got.Value()
	switch {
	case want == nil && defined:
		t.Errorf("%s: got %v, want it undefined", what, got)
	case want != nil && !defined:
		t.Errorf("%s: undefined, want %s", what, want.FloatString(12))
	case want != nil:
		exact, _ := want.Float64()
		if diff := value - exact; diff > 1e-12*max(1, exact) || diff < -1e-12*max(1, exact, -exact) {
			t.Errorf("%s: got %v, want %v", what, value, exact)
		}
	}
}

func ratio(a, b int64) *big.Rat {
	if b == 0 {
		return nil
	}
	return big.NewRat(a, b)
}

// TestAgainstFractions evaluates random histories of one SLO and compares
// every number with the reference.
func TestAgainstFractions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{"99.9%", "99.95%", "50%", "99.999%"}).Draw(t, "target")
		window := drawWindow(t)
		set := &slo.Set{SLOs: []*slo.SLO{{ID: "a", Kind: slo.KindSLO, Objectives: []slo.Objective{{Name: "o", Target: target(t, text), Window: window}}}}}
		m := drawMinutes(t, "a")
		m.excluded = drawExclusions(t, m.start)
		set.Exclusions = m.excluded
		end := m.start + slo.Minute(rapid.IntRange(0, len(m.counts)).Draw(t, "end"))
		at := end.Time()
		snapshot := burnrate.Evaluate(set, at, map[string]burnrate.Measurement{"a": m.measurement(t, set, "a", end)})
		o := snapshot.Statuses[0].Objectives[0]
		whole := exactSpan(window, end)
		span := slo.Span{Start: whole.Start, End: end}
		all, measured := m.sum(span)
		c, _ := m.budget(span)
		excluded := burnrate.Excluded{Total: all.Total - c.Total, Bad: all.Bad - c.Bad}
		for at := span.Start; at < span.End; at++ {
			if m.effect(at) != "" {
				excluded.Minutes++
			}
		}
		if o.Window.Excluded != excluded || (len(o.Exclusions) > 0) != (excluded.Minutes > 0) {
			t.Errorf("excluded %+v by %v, want %+v", o.Window.Excluded, o.Exclusions, excluded)
		}
		if excluded.Minutes > 0 {
			open := minutes{start: m.start, counts: m.counts}
			near(t, "unexcluded", o.Unexcluded, exactRemaining(exactConsumed(open, whole, end, o.Target.AllowedRat(), all)))
		}
		if o.Window.Counts != c || o.Window.Measured != measured {
			t.Fatalf("got %+v in %d minutes, want %+v in %d", o.Window.Counts, o.Window.Measured, c, measured)
		}
		allowed := o.Target.AllowedRat()
		errorRatio := ratio(c.Bad, c.Total)
		near(t, "error ratio", o.Window.ErrorRatio, errorRatio)
		if errorRatio != nil {
			near(t, "burn rate", o.BurnRate, new(big.Rat).Quo(errorRatio, allowed))
		}
		consumed := exactConsumed(m, whole, end, allowed, c)
		near(t, "consumed", o.Budget.Consumed, consumed)
		near(t, "remaining", o.Budget.Remaining, exactRemaining(consumed))
		if want := float64(span.Len()) / float64(whole.Len()); o.Window.Span != span || o.Elapsed != want {
			t.Errorf("got %v, %v of it over; want %v, %v", o.Window.Span, o.Elapsed, span, want)
		}
		for _, b := range o.Burn {
			c := m.burn(b.Window.Span)
			_, measured := m.sum(b.Window.Span)
			if b.Window.Counts != c || b.Window.Measured != measured || b.Window.Span.Len() != b.Window.Window.Minutes() {
				t.Errorf("window %s: got %+v, want %+v in %d minutes", b.Window.Window, b.Window, c, measured)
			}
		}
	})
}

// drawWindow draws a rolling window or a day in UTC or Tokyo.
func drawWindow(t *rapid.T) slo.Window {
	zone := rapid.SampledFrom([]string{"", "UTC", "Asia/Tokyo"}).Draw(t, "zone")
	if zone == "" {
		return slo.Rolling(rapid.Int64Range(1, 600).Draw(t, "window"))
	}
	return calendar(t, "day", zone)
}

func calendar(t interface{ Fatal(...any) }, period, zone string) slo.Window {
	window, err := slo.ParseWindow(period)
	if err != nil {
		t.Fatal(err)
	}
	location, err := slo.LoadTimeZone(zone)
	if err != nil {
		t.Fatal(err)
	}
	return window.In(location)
}

// exactSpan is all of a window. Days have 1440 minutes in both zones, and
// Tokyo is 540 ahead of UTC.
func exactSpan(window slo.Window, end slo.Minute) slo.Span {
	if !window.IsCalendar() {
		return slo.Span{Start: end - slo.Minute(window.Minutes()), End: end}
	}
	ahead := slo.Minute(0)
	if window.TimeZone() == "Asia/Tokyo" {
		ahead = 540
	}
	start := (end-1+ahead)/1440*1440 - ahead
	return slo.Span{Start: start, End: start + 1440}
}

// exactConsumed is bad / ((1-target) × (total + r·m)).
func exactConsumed(m minutes, whole slo.Span, end slo.Minute, allowed *big.Rat, c slo.Counts) *big.Rat {
	missing := m.kept(slo.Span{Start: whole.Start, End: min(m.start, end)}) + m.kept(slo.Span{Start: end, End: whole.End})
	paceTotal, paceMinutes := m.budget(slo.Span{Start: end - 28*1440, End: end})
	if paceMinutes == 0 {
		return nil
	}
	expected := new(big.Rat).Mul(big.NewRat(paceTotal.Total, paceMinutes), big.NewRat(missing, 1))
	expected.Add(expected, big.NewRat(c.Total, 1))
	if expected.Sign() == 0 {
		return nil
	}
	return new(big.Rat).Quo(big.NewRat(c.Bad, 1), expected.Mul(expected, allowed))
}

func exactRemaining(consumed *big.Rat) *big.Rat {
	if consumed == nil {
		return nil
	}
	return new(big.Rat).Sub(big.NewRat(1, 1), consumed)
}

// drawExclusions draws up to three exclusions around the minutes that are
// measured.
func drawExclusions(t *rapid.T, start slo.Minute) []*slo.Exclusion {
	var list []*slo.Exclusion
	for i := range rapid.IntRange(0, 3).Draw(t, "exclusions") {
		from := start + slo.Minute(rapid.IntRange(-900, 900).Draw(t, "from"))
		to := from + slo.Minute(rapid.IntRange(1, 300).Draw(t, "minutes"))
		list = append(list, &slo.Exclusion{
			Name: string(rune('a' + i)), SLOs: []string{"*"}, From: from.Time(), To: to.Time(),
			Effect: rapid.SampledFrom([]slo.Effect{slo.Drop, slo.CountAsGood}).Draw(t, "effect"),
		})
	}
	return list
}

func drawMinutes(t *rapid.T, name string) minutes {
	m := minutes{start: 1_000_000}
	quiet := rapid.Bool().Draw(t, name+" quiet")
	for range rapid.IntRange(0, 700).Draw(t, name+" minutes") {
		total := int64(0)
		if !quiet {
			total = rapid.Int64Range(0, 3).Draw(t, "total") * 1000
		}
		m.counts = append(m.counts, slo.Counts{Total: total, Bad: min(total, rapid.Int64Range(0, 4).Draw(t, "bad"))})
	}
	return m
}

// TestJourneyAgainstFractions composes random counts of steps in every way.
func TestJourneyAgainstFractions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "steps")
		compose := rapid.SampledFrom([]slo.Compose{slo.Series, slo.Worst, slo.Weighted, slo.Pooled, slo.Measured}).Draw(t, "compose")
		j := &slo.Journey{ID: "j", Compose: compose, Objectives: []slo.Objective{{Name: "o", Target: target(t, "99%"), Window: slo.Rolling(60)}}}
		set := &slo.Set{Journeys: []*slo.Journey{j}}
		for i := range n {
			step := &slo.SLO{ID: "j/" + string(rune('a'+i)), Kind: slo.KindStep}
			weight, err := slo.ParseDecimal(rapid.SampledFrom([]string{"1", "0.25", "3"}).Draw(t, "weight"))
			if err != nil {
				t.Fatal(err)
			}
			set.SLOs = append(set.SLOs, step)
			j.Steps = append(j.Steps, slo.Step{Name: step.ID[2:], SLO: step, Weight: weight})
		}
		if compose == slo.Measured {
			j.SLI = &slo.SLI{}
		}
		measured, counts := map[string]burnrate.Measurement{}, []slo.Counts{}
		for _, s := range set.Measured() {
			total := rapid.SampledFrom([]int64{0, 1, 10, 1000}).Draw(t, "total")
			c := slo.Counts{Total: total, Bad: rapid.SampledFrom([]int64{0, total / 2, total}).Draw(t, "bad")}
			m := minutes{start: 940, counts: make([]slo.Counts, 60)}
			m.counts[30] = c
			measured[s.ID] = m.measurement(t, set, s.ID, 1000)
			counts = append(counts, c)
		}
		o := burnrate.Evaluate(set, time.Unix(60_000, 0), measured).Statuses[0].Objectives[0]
		e := exactComposition(j, counts)
		near(t, "E", o.Window.ErrorRatio, e)
		if e == nil {
			near(t, "consumed", o.Budget.Consumed, nil)
		} else {
			near(t, "consumed", o.Budget.Consumed, new(big.Rat).Mul(e, big.NewRat(100, 1)))
		}
		sum, failed := 0.0, false
		for i, share := range o.Shares {
			value, defined := share.Ratio.Value()
			if value < 0 || value > 1 || defined && counts[i].Total == 0 || value > 0 && counts[i].Bad == 0 {
				t.Errorf("step %d with %+v has the share %v", i, counts[i], share.Ratio)
			}
			sum += value
			failed = failed || counts[i].Bad > 0
		}
		failed = failed && e != nil && e.Sign() > 0
		if failed && (sum < 1-1e-9 || sum > 1+1e-9) || !failed && sum != 0 {
			t.Errorf("attribution sums to %v; failures %t", sum, failed)
		}
	})
}

// TestMergingMinutesIsAssociative counts the same minutes between different
// cuts.
func TestMergingMinutesIsAssociative(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := drawMinutes(t, "a")
		var cuts []slo.Minute
		for i := range len(m.counts) + 1 {
			if i == 0 || i == len(m.counts) || rapid.Bool().Draw(t, "cut") {
				cuts = append(cuts, m.start+slo.Minute(i))
			}
		}
		var counts []slo.Counts
		for i := 1; i < len(cuts); i++ {
			c, _ := m.sum(slo.Span{Start: cuts[i-1], End: cuts[i]})
			counts = append(counts, c)
		}
		series, err := burnrate.NewSeries(m.extent(), cuts, rows(counts...))
		if err != nil {
			t.Fatal(err)
		}
		from := rapid.IntRange(0, len(cuts)-1).Draw(t, "from")
		to := rapid.IntRange(from, len(cuts)-1).Draw(t, "to")
		span := slo.Span{Start: cuts[from], End: cuts[to]}
		want, minutes := m.sum(span)
		if got := series.Sum(span); got != (burnrate.Sum{Counts: want, Rows: want, Minutes: minutes}) {
			t.Errorf("got %+v, want %+v in %d minutes", got, want, minutes)
		}
	})
}

// TestMoreBadNeverRaisesTheBudget adds failures and looks at what remains.
func TestMoreBadNeverRaisesTheBudget(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(1, 1e12).Draw(t, "total")
		bad := rapid.Int64Range(0, total).Draw(t, "bad")
		more := rapid.Int64Range(bad, total).Draw(t, "more")
		missing := rapid.Int64Range(0, 40320).Draw(t, "missing")
		pace := burnrate.Pace{Total: total, Minutes: 60}
		of := target(t, "99.99%")
		before := burnrate.NewBudget(slo.Counts{Total: total, Bad: bad}, of, missing, pace)
		after := burnrate.NewBudget(slo.Counts{Total: total, Bad: more}, of, missing, pace)
		b, _ := before.Remaining.Value()
		if a, _ := after.Remaining.Value(); a > b {
			t.Errorf("remaining rises from %v to %v with %d more failures", b, a, more-bad)
		}
	})
}
