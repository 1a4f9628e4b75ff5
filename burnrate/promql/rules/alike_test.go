//go:build !race

package rules_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// changes is when alerts fired and resolved: "12 page fires".
type changes []string

// alerts plays a history through the evaluator and the state machine. A ticket
// that a page silences fires all the same.
func (p policy) alerts(t *testing.T, history []slo.Counts) changes {
	t.Helper()
	set := &slo.Set{SLOs: []*slo.SLO{{ID: "shop", Kind: slo.KindSLO, Objectives: []slo.Objective{p.objective(t)}}}}
	e := burnrate.NewEvaluator(set)
	none, err := burnrate.SeriesOf(slo.Span{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Load(map[string]burnrate.Series{"shop": none}); err != nil {
		t.Fatal(err)
	}
	var states alert.States
	seen := newWatch()
	for minute := slo.Minute(1); minute <= slo.Minute(len(history)); minute++ {
		ends := []slo.Minute{minute}
		err := e.Advance(ends, func(yield func(burnrate.Record, error) bool) {
			for _, m := range e.Needs(ends) {
				record := burnrate.Record{Minute: m}
				if m >= 0 && history[m] != gap {
					record.Rows = []burnrate.Row{burnrate.Counted(history[m])}
				}
				if !yield(record, nil) {
					return
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		states, _ = alert.Advance(states, e.Snapshot(minute.Time()))
		for _, severity := range []slo.Severity{slo.Page, slo.Ticket} {
			fires := false
			for _, a := range states.Alerts {
				fires = fires || a.Kind == alert.Burn && a.Severity == severity
			}
			seen.look(minute, severity, fires)
		}
	}
	return seen.changes
}

func (p policy) objective(t *testing.T) slo.Objective {
	t.Helper()
	target, err := slo.ParseTarget(p.target + "%")
	if err != nil {
		t.Fatal(err)
	}
	a := &slo.AlertPolicy{Hold: slo.Hold{Page: p.hold(slo.Page), Ticket: p.hold(slo.Ticket)}}
	for _, x := range p.tiers {
		made := slo.Tier{Severity: x.severity, Long: time.Duration(x.long) * time.Minute, Short: time.Duration(x.short) * time.Minute}
		if x.budget != "" {
			made.Budget, err = slo.ParsePercentage(x.budget + "%")
		} else {
			made.Burn, err = slo.ParseDecimal(x.burn)
		}
		if err != nil {
			t.Fatal(err)
		}
		a.Tiers = append(a.Tiers, made)
	}
	return slo.Objective{Name: "o", Target: target, Window: slo.Rolling(p.window), Alerts: a}
}

// prometheus plays a history through Prometheus' rules.
func (p policy) prometheus(t *testing.T, history []slo.Counts) changes {
	t.Helper()
	rules, seen := newPrometheus(t, p, history), newWatch()
	defer rules.close(t)
	for minute := slo.Minute(1); minute <= slo.Minute(len(history)); minute++ {
		for _, severity := range []slo.Severity{slo.Page, slo.Ticket} {
			seen.look(minute, severity, rules.fires(t, severity, minute))
		}
	}
	return seen.changes
}

// watch notes what changes.
type watch struct {
	fires   map[slo.Severity]bool
	changes changes
}

func newWatch() watch { return watch{fires: map[slo.Severity]bool{}} }

func (w *watch) look(minute slo.Minute, severity slo.Severity, fires bool) {
	if fires == w.fires[severity] {
		return
	}
	w.fires[severity] = fires
	change := "resolves"
	if fires {
		change = "fires"
	}
	w.changes = append(w.changes, fmt.Sprintf("%d %s %s", minute, severity, change))
}

// TestAlike plays random histories through random policies.
func TestAlike(t *testing.T) {
	t.Parallel()
	happened := 0
	rapid.Check(t, func(r *rapid.T) {
		p := drawPolicy(r)
		history := drawHistory(r, p)
		want, got := p.prometheus(t, history), p.alerts(t, history)
		if diff := cmp.Diff(want, got); diff != "" {
			r.Fatalf("%s\n%s\n(-Prometheus +ours):\n%s", p.expression(slo.Page), p.expression(slo.Ticket), diff)
		}
		happened += len(got)
	})
	if happened < 30 {
		t.Errorf("%d times something fired or resolved, which says little", happened)
	}
}

func drawPolicy(t *rapid.T) policy {
	p := policy{
		target: rapid.SampledFrom([]string{"90", "99", "99.9", "99.95"}).Draw(t, "target"),
		window: rapid.SampledFrom([]int64{7 * 1440, 28 * 1440, 30 * 1440}).Draw(t, "window"),
		page:   rapid.Int64Range(0, 20).Draw(t, "hold of pages"), ticket: rapid.Int64Range(0, 40).Draw(t, "hold of tickets"),
	}
	for range rapid.IntRange(1, 3).Draw(t, "tiers") {
		x := tier{severity: rapid.SampledFrom([]slo.Severity{slo.Page, slo.Ticket}).Draw(t, "severity")}
		x.short = rapid.Int64Range(1, 15).Draw(t, "short")
		x.long = x.short + rapid.Int64Range(1, 60).Draw(t, "longer")
		for _, y := range p.tiers {
			if x.long == y.long {
				x.long++ // tiers are told apart by their windows
			}
		}
		if rapid.Bool().Draw(t, "by budget") {
			x.budget = rapid.SampledFrom([]string{"0.1", "0.25", "1.5"}).Draw(t, "budget")
		} else {
			x.burn = rapid.SampledFrom([]string{"1", "2.8", "5.6", "13.44"}).Draw(t, "burn")
		}
		p.tiers = append(p.tiers, x)
	}
	return p
}

// drawHistory strings together stretches with some error ratio each: none, all,
// just what a tier allows, a little more or less, or uneven ones. There are events
// in every minute.
func drawHistory(t *rapid.T, p policy) []slo.Counts {
	var history []slo.Counts
	for range rapid.IntRange(1, 6).Draw(t, "stretches") {
		total := rapid.SampledFrom([]int64{1, 10, 625, 1000, 40_000}).Draw(t, "total")
		limit, _ := p.limit(rapid.SampledFrom(p.tiers).Draw(t, "near")).Float64()
		ratio := rapid.SampledFrom([]float64{0, 0, 0.9, 1, 1, 1.1, 3, 3, 100, 100}).Draw(t, "of the limit") * limit
		uneven := rapid.Bool().Draw(t, "uneven")
		for i := range rapid.Int64Range(1, 60).Draw(t, "minutes") {
			c := slo.Counts{Total: total}
			if uneven { // a wave whose length divides few windows
				c.Total *= 1 + i%7
			}
			if c.Bad = min(c.Total, int64(ratio*float64(c.Total)+0.5)); uneven && i%11 < 5 {
				c.Bad = 0
			}
			history = append(history, c)
		}
	}
	return history
}

// TestDifferent shows where rules of Prometheus and alerts part, and are meant to.
// An hour in which everything fails is followed by what is said. One tier of 1h/5m
// at 13.44 with a hold of 15m fires in either.
func TestDifferent(t *testing.T) {
	t.Parallel()
	p := policy{
		target: "99.9", window: 28 * 1440, page: 15, ticket: 60, tiers: []tier{{severity: slo.Page, budget: "2", long: 60, short: 5}},
	}
	for _, test := range []struct {
		name             string
		then             []slo.Counts // over and over, for two hours
		prometheus, ours changes
	}{
		// Where they agree: the short window is without a failure from 125 on.
		{
			"recovered",
			[]slo.Counts{{Total: 100}},
			changes{"61 page fires", "140 page resolves"},
			changes{"61 page fires", "140 page resolves"},
		},
		// After three minutes without samples the short window is not half covered. That is
		// no sign that anything recovered.
		{"not measured", []slo.Counts{gap}, changes{"61 page fires", "138 page resolves"}, changes{"61 page fires"}},
		// Nobody comes any more, perhaps as nobody can. That is none either.
		{"silent", []slo.Counts{{}}, changes{"61 page fires", "140 page resolves"}, changes{"61 page fires"}},
		// A good event every twenty minutes. Each says for the five minutes before it
		// that they were calm, so that 15 minutes of calm take three of them.
		{
			"a good event now and then", append([]slo.Counts{{Total: 1}}, make([]slo.Counts, 19)...),
			changes{"61 page fires", "140 page resolves"},
			changes{"61 page fires", "162 page resolves"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var history []slo.Counts
			for i := range 240 {
				switch {
				case i < 60:
					history = append(history, slo.Counts{Total: 100})
				case i < 120:
					history = append(history, slo.Counts{Total: 100, Bad: 100})
				default:
					history = append(history, test.then[(i-120)%len(test.then)])
				}
			}
			if diff := cmp.Diff(test.prometheus, p.prometheus(t, history)); diff != "" {
				t.Errorf("Prometheus (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.ours, p.alerts(t, history)); diff != "" {
				t.Errorf("ours (-want +got):\n%s", diff)
			}
		})
	}
}
