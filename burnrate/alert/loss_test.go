package alert_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// visits draws the events of a minute by day and night: so many on average, half
// as many more at noon and half as many fewer at midnight.
func visits(r *rand.Rand, mean float64, minute int64) int64 {
	rate := mean * (1 - 0.5*math.Cos(2*math.Pi*float64(minute%1440)/1440))
	left, events := math.Exp(-rate), int64(-1)
	for p := 1.0; p > left; events++ {
		p *= r.Float64()
	}
	return events
}

// TestLoss has shops with visits that come by chance, of 10 events a minute up to
// 69: 50 in 10 minutes at night are the fewest that are judged. After four days,
// of a third all visits end at once, of another third the measurements are late
// for a while, and of the rest there are none for a while. The first are noticed
// within the time of the policy and two minutes, and nothing is said of the others.
func TestLoss(t *testing.T) {
	t.Parallel()
	const shops, days, late = 60, 5, 45
	policy := slo.BuiltInPolicies()[0]
	target, err := slo.ParseTarget("99.9%")
	if err != nil {
		t.Fatal(err)
	}
	set := &slo.Set{}
	for i := range shops {
		set.SLOs = append(set.SLOs, &slo.SLO{
			ID: fmt.Sprintf("shop-%02d", i), Kind: slo.KindSLO,
			Objectives: []slo.Objective{{Name: "1d", Target: target, Window: slo.Rolling(1440), Alerts: policy}},
		})
	}
	r := rand.New(rand.NewPCG(1, 2))
	var rows [][]burnrate.Row
	for minute := range int64(days * 1440) {
		row := make([]burnrate.Row, shops)
		for i := range row {
			row[i] = burnrate.Counted(slo.Counts{Total: visits(r, 10+float64(i), minute)})
		}
		rows = append(rows, row)
	}
	stops := make([]int64, shops) // when visits end, or measurements are late
	for i := range stops {
		stops[i] = 4*1440 + r.Int64N(1000)
		for minute := stops[i]; i%3 == 0 && minute < days*1440; minute++ {
			rows[minute][i] = burnrate.Counted(slo.Counts{})
		}
		for minute := stops[i]; i%3 == 2 && minute < stops[i]+late; minute++ {
			rows[minute][i] = burnrate.Row{}
		}
	}

	e := burnrate.NewEvaluator(set)
	history := map[string]burnrate.Series{}
	for _, id := range e.Measured() {
		if history[id], err = burnrate.SeriesOf(slo.Span{Start: begin, End: begin}, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Load(history); err != nil {
		t.Fatal(err)
	}
	paged := map[string]int64{}
	var states alert.States
	ends := make([]slo.Minute, shops)
	for minute := int64(1); minute <= days*1440; minute++ {
		for i := range ends {
			ends[i] = begin + slo.Minute(minute)
			if i%3 == 1 && minute > stops[i] && minute < stops[i]+late {
				ends[i] = begin + slo.Minute(stops[i])
			}
		}
		needs := e.Needs(ends)
		err := e.Advance(ends, func(yield func(burnrate.Record, error) bool) {
			for _, m := range needs {
				record := burnrate.Record{Minute: m}
				if m >= begin {
					record.Rows = rows[m-begin]
				}
				if !yield(record, nil) {
					return
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		var events []alert.Event
		states, events = alert.Advance(states, e.Snapshot((begin + slo.Minute(minute)).Time()))
		for _, event := range events {
			if event.Kind == alert.NoTraffic && event.Change == alert.Firing {
				paged[event.ID] = minute
			}
		}
	}
	for i := range shops {
		id := set.SLOs[i].ID
		switch at, is := paged[id]; {
		case i%3 == 0 && !is:
			t.Errorf("%s: that all visits end is not noticed", id)
		case i%3 == 0 && (at < stops[i] || at > stops[i]+int64(policy.NoTraffic.After/time.Minute)+2):
			t.Errorf("%s: visits end after %d minutes, which is noticed after %d", id, stops[i], at)
		case i%3 != 0 && is:
			t.Errorf("%s: a page after %d minutes, and visits go on", id, at)
		}
	}
}
