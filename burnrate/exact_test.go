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

type minutes struct {
	start  slo.Minute
	counts []slo.Counts
}

func (m minutes) extent() slo.Span {
	return slo.Span{Start: m.start, End: m.start + slo.Minute(len(m.counts))}
}

func (m minutes) sum(span slo.Span) (c slo.Counts, measured int64) {
	for i, minute := range m.counts {
		if at := m.start + slo.Minute(i); at >= span.Start && at < span.End {
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
	cuts := burnrate.Cuts(extent, burnrate.Windows(set)[id], []slo.Minute{end})
	var counts []slo.Counts
	for i := 1; i < len(cuts); i++ {
		c, _ := m.sum(slo.Span{Start: cuts[i-1], End: cuts[i]})
		counts = append(counts, c)
	}
	series, err := burnrate.NewSeries(extent, cuts, counts)
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
		end := m.start + slo.Minute(rapid.IntRange(0, len(m.counts)).Draw(t, "end"))
		at := end.Time()
		snapshot := burnrate.Evaluate(set, at, map[string]burnrate.Measurement{"a": m.measurement(t, set, "a", end)})
		o := snapshot.Statuses[0].Objectives[0]
		whole := exactSpan(window, end)
		span := slo.Span{Start: whole.Start, End: end}
		c, measured := m.sum(span)
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
		if consumed != nil {
			near(t, "remaining", o.Budget.Remaining, new(big.Rat).Sub(big.NewRat(1, 1), consumed))
		}
		if want := float64(span.Len()) / float64(whole.Len()); o.Window.Span != span || o.Elapsed != want {
			t.Errorf("got %v, %v of it over; want %v, %v", o.Window.Span, o.Elapsed, span, want)
		}
		for _, b := range o.Burn {
			c, measured := m.sum(b.Window.Span)
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
	missing := max(0, min(int64(m.start-whole.Start), int64(end-whole.Start))) + int64(whole.End-end)
	paceTotal, paceMinutes := m.sum(slo.Span{Start: end - 28*1440, End: end})
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

// TestJourneyAgainstFractions composes random error ratios of steps.
func TestJourneyAgainstFractions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "steps")
		set := &slo.Set{Journeys: []*slo.Journey{{
			ID: "j", Compose: slo.Series, Objectives: []slo.Objective{{Name: "o", Target: target(t, "99%"), Window: slo.Rolling(60)}},
		}}}
		measured := map[string]burnrate.Measurement{}
		product := big.NewRat(1, 1)
		known, failed := false, false
		for i := range n {
			id := "j/" + string(rune('a'+i))
			step := &slo.SLO{ID: id, Kind: slo.KindStep}
			set.SLOs = append(set.SLOs, step)
			set.Journeys[0].Steps = append(set.Journeys[0].Steps, slo.Step{Name: id[2:], SLO: step})
			total := rapid.SampledFrom([]int64{0, 1, 10, 1000}).Draw(t, "total")
			bad := rapid.Int64Range(0, total).Draw(t, "bad")
			m := minutes{start: 940, counts: make([]slo.Counts, 60)}
			m.counts[30] = slo.Counts{Total: total, Bad: bad}
			measured[id] = m.measurement(t, set, id, 1000)
			if total > 0 {
				known, failed = true, failed || bad > 0
				product.Mul(product, big.NewRat(total-bad, total))
			}
		}
		snapshot := burnrate.Evaluate(set, time.Unix(60_000, 0), measured)
		o := snapshot.Statuses[0].Objectives[0]
		if !known {
			near(t, "E", o.Window.ErrorRatio, nil)
			return
		}
		e := new(big.Rat).Sub(big.NewRat(1, 1), product)
		near(t, "E", o.Window.ErrorRatio, e)
		near(t, "burn rate", o.BurnRate, new(big.Rat).Mul(e, big.NewRat(100, 1)))
		sum, defined := 0.0, false
		for _, share := range o.Shares {
			if value, ok := share.Ratio.Value(); ok {
				sum += value
				defined = true
			}
		}
		if defined != failed || failed && (sum < 1-1e-9 || sum > 1+1e-9) {
			t.Errorf("attribution sums to %v, defined %t; failures %t", sum, defined, failed)
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
