package backtest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo"
)

// showTier writes what a tier did on lines, in minutes.
func showTier(tier *backtest.Tier) []string {
	line := fmt.Sprintf("%s judged %d fired %d held %d", tier.Windows(), tier.Judged, tier.Fired, tier.Held)
	if tier.Highest.Defined() || !tier.HighestAt.IsZero() {
		line += fmt.Sprintf(" highest %s at %d", tier.Highest, minuteOf(tier.HighestAt))
	}
	lines := []string{line}
	for _, f := range tier.Firings {
		lines = append(lines, fmt.Sprintf("  %d to %d for %d-%d burns at %s spent %s",
			minuteOf(f.From), minuteOf(f.To), f.Evidence.Start-begin, f.Until-begin, f.Burn, f.Spent))
	}
	return lines
}

// TestFirings has two failures. The hold is 3m: what is calm from 66 to 68 goes on at
// 69, as its alert does, and what is calm a minute longer fires anew.
func TestFirings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		stretches []stretch
		want      []string
	}{
		{
			"again within the hold",
			[]stretch{{60, 100, 0}, {4, 100, 50}, {4, 100, 0}, {2, 100, 80}, {60, 100, 0}},
			[]string{
				"10m/2m judged 126 fired 6 held 0 highest 36 at 70",
				"  63 to 71 for 61-71 burns at 15 spent 0.104166666667",
			},
		},
		{
			"again behind the hold",
			[]stretch{{60, 100, 0}, {4, 100, 50}, {5, 100, 0}, {2, 100, 80}, {60, 100, 0}},
			[]string{
				"10m/2m judged 127 fired 6 held 0 highest 31 at 71",
				"  63 to 65 for 61-65 burns at 15 spent 0.104166666667",
				"  70 to 72 for 68-72 burns at 28 spent 0.194444444444",
			},
		},
		{
			"never",
			[]stretch{{60, 100, 0}, {1, 100, 5}, {20, 100, 0}},
			[]string{"10m/2m judged 77 fired 0 held 0 highest 0.5 at 61"},
		},
		{"nothing happens at all", []stretch{{60, 0, 0}}, []string{"10m/2m judged 56 fired 0 held 0"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			minutes, happened := during(test.stretches...)
			run := record(backtest.Options{}, snapshots(t, setOf(t, small(t), "pay"), minutes, 0, happened))
			if diff := cmp.Diff(test.want, showTier(&run.Objectives[0].Tiers[0])); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestHeld has a guard that holds tiers back, as few events are bad.
func TestHeld(t *testing.T) {
	t.Parallel()
	show := func(run *backtest.Run) []string {
		var lines []string
		for i := range run.Held {
			h := &run.Held[i]
			lines = append(lines, fmt.Sprintf("%s %s %s %d to %d: %d, %s/%s %s of %d bad and %d events at %s, wants %d",
				h.ID, h.Objective, h.Severity, minuteOf(h.From), minuteOf(h.To), h.Minutes,
				h.Tier.Long, h.Tier.Short, h.Tier.Verdict, h.Tier.Bad, h.Tier.Events, h.Tier.LongBurn, h.Guard.MinBad))
		}
		return lines
	}
	tests := []struct {
		name      string
		stretches []stretch
		want      []string
	}{
		{
			"two bad events at night, of which the last tier has two in more windows",
			[]stretch{{60, 1, 0}, {1, 1, 1}, {1, 1, 0}, {1, 1, 1}, {80, 1, 0}},
			[]string{
				"pay 1d page 63 to 64: 2, 10m/2m few-bad of 2 bad and 10 events at 20, wants 3",
				"pay 1d page 63 to 67: 5, 30m/5m few-bad of 2 bad and 30 events at 6.66666666667, wants 3",
				"pay 1d ticket 63 to 72: 10, 1h/10m few-bad of 2 bad and 60 events at 3.33333333333, wants 3",
			},
		},
		{
			"until there are enough",
			[]stretch{{60, 1, 0}, {3, 1, 1}, {30, 1, 0}},
			[]string{
				"pay 1d page 62 to 62: 1, 10m/2m few-bad of 2 bad and 10 events at 20, wants 3",
				"pay 1d page 62 to 62: 1, 30m/5m few-bad of 2 bad and 30 events at 6.66666666667, wants 3",
				"pay 1d ticket 62 to 62: 1, 1h/10m few-bad of 2 bad and 60 events at 3.33333333333, wants 3",
			},
		},
		{
			"one tier, while another one of its severity fires",
			[]stretch{{40, 1, 0}, {1, 1, 1}, {11, 1, 0}, {1, 1, 1}, {1, 1, 0}, {1, 1, 1}, {40, 1, 0}},
			[]string{
				"pay 1d ticket 41 to 54: 11, 1h/10m few-bad of 2 bad and 53 events at 3.77358490566, wants 3",
				"pay 1d page 53 to 54: 2, 30m/5m few-bad of 2 bad and 30 events at 6.66666666667, wants 3",
			},
		},
		{
			"again within the hold",
			[]stretch{{60, 0, 0}, {1, 1, 1}, {4, 0, 0}, {1, 1, 1}, {1, 0, 0}},
			[]string{
				"pay 1d page 61 to 67: 4, 10m/2m few-events of 1 bad and 1 events at 100, wants 3",
				"pay 1d page 61 to 67: 7, 30m/5m few-events of 1 bad and 1 events at 100, wants 3",
				"pay 1d ticket 61 to 67: 7, 1h/10m few-events of 1 bad and 1 events at 100, wants 3",
			},
		},
		{
			"again behind the hold, and at the end",
			[]stretch{{60, 0, 0}, {1, 1, 1}, {5, 0, 0}, {1, 1, 1}},
			[]string{
				"pay 1d page 61 to 62: 2, 10m/2m few-events of 1 bad and 1 events at 100, wants 3",
				"pay 1d page 61 to 67: 6, 30m/5m few-events of 1 bad and 1 events at 100, wants 3",
				"pay 1d ticket 61 to 67: 7, 1h/10m few-events of 1 bad and 1 events at 100, wants 3",
				"pay 1d page 67 to 67: 1, 10m/2m few-events of 2 bad and 2 events at 100, wants 3",
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			minutes, happened := during(test.stretches...)
			run := record(backtest.Options{}, snapshots(t, setOf(t, small(t), "pay"), minutes, 0, happened))
			if diff := cmp.Diff(test.want, show(&run)); diff != "" {
				t.Errorf("(-want +got):\n%s\n%s", diff, strings.Join(shown(&run), "\n"))
			}
		})
	}
}

func showSightings(run *backtest.Run) []string {
	var lines []string
	for i := range run.Sightings {
		s := &run.Sightings[i]
		o := &run.Objectives[s.Objective]
		line := fmt.Sprintf("%d %s %s judged %d", s.Incident, o.ID, o.Tiers[s.Tier].Windows(), s.Judged)
		if s.Highest.Defined() {
			line += fmt.Sprintf(" highest %s at %d %s", s.Highest, minuteOf(s.At), s.Verdict)
		}
		if !s.First.IsZero() {
			line += fmt.Sprintf(" first %d", minuteOf(s.First))
		}
		lines = append(lines, line)
	}
	return lines
}

// TestSightings measures with a lag of 2m: what begins at 60 is in a short window of 2m
// from 63 to 67.
func TestSightings(t *testing.T) {
	t.Parallel()
	minutes, happened := during(stretch{60, 100, 0}, stretch{4, 100, 50}, stretch{20, 100, 0}, stretch{3, 100, 8}, stretch{40, 100, 0})
	options := backtest.Options{Incidents: []slo.Incident{
		{Name: "failed release", From: at(60), To: at(64), Expect: slo.Page},
		{Name: "slow search", From: at(84), To: at(87), SLOs: []string{"search"}, Expect: slo.Page},
		{Name: "elsewhere", From: at(60), To: at(64), SLOs: []string{"receipt"}},
		{Name: "later", From: at(minutes + 10), To: at(minutes + 20)},
	}}
	list := snapshots(t, setOf(t, small(t), "pay", "search"), minutes, 2, happened)
	run := record(options, list)
	want := []string{
		"0 pay 10m/2m judged 5 highest 20 at 66 fires first 65",
		"0 pay 30m/5m judged 8 highest 6.66666666667 at 66 fires first 65",
		"0 pay 1h/10m judged 13 highest 3.33333333333 at 66 fires first 65",
		"0 search 10m/2m judged 5 highest 20 at 66 fires first 65",
		"0 search 30m/5m judged 8 highest 6.66666666667 at 66 fires first 65",
		"0 search 1h/10m judged 13 highest 3.33333333333 at 66 fires first 65",
		"1 search 10m/2m judged 4 highest 2.4 at 89 calm-long",
		"1 search 30m/5m judged 7 highest 4.8 at 89 fires first 89",
		"1 search 1h/10m judged 12 highest 2.4 at 89 fires first 89",
	}
	if diff := cmp.Diff(want, showSightings(&run)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestBudget looks at how a budget went.
func TestBudget(t *testing.T) {
	t.Parallel()
	set := setOf(t, nil, "pay", "search")
	set.SLOs[0].Objectives[0].Window = slo.Rolling(60)
	minutes, happened := during(stretch{30, 100, 0}, stretch{2, 100, 50}, stretch{70, 100, 0})
	run := record(backtest.Options{}, snapshots(t, set, minutes, 0, happened))
	o := &run.Objectives[0]
	const want = "0 1.66666666667 at 32, spent for 59, {6000 0}" // from 32 to 90
	if got := fmt.Sprintf("%s %s at %d, spent for %d, %v", o.Consumed, o.Worst, minuteOf(o.WorstAt), o.SpentFor, o.Counts); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if o.ID != "pay" || run.Objectives[1].ID != "search" || o.Policy != "" || o.Target != "99%" || o.Window != "1h" || len(o.Tiers) != 0 {
		t.Errorf("got %+v", o)
	}
}

// TestSightingsOfWhatFires looks at two times within one outage: what had been firing
// before the second one is seen since then, and the first one when it began.
func TestSightingsOfWhatFires(t *testing.T) {
	t.Parallel()
	minutes, happened := during(stretch{60, 100, 0}, stretch{40, 100, 50}, stretch{60, 100, 0})
	options := backtest.Options{Incidents: []slo.Incident{
		{Name: "the beginning", From: at(60), To: at(64), Expect: slo.Page},
		{Name: "the middle", From: at(80), To: at(85), Expect: slo.Page},
	}}
	run := record(options, snapshots(t, setOf(t, small(t), "pay"), minutes, 0, happened))
	if len(run.Sightings) != 6 {
		t.Fatalf("%d sightings", len(run.Sightings))
	}
	for i := range run.Sightings {
		s := &run.Sightings[i]
		firings := run.Objectives[s.Objective].Tiers[s.Tier].Firings
		if len(firings) != 1 || !s.First.Equal(firings[0].From) {
			t.Errorf("incident %d: first at %d of %+v", s.Incident, minuteOf(s.First), firings)
		}
	}
}
