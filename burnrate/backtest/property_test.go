package backtest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo"
)

// drawn is a history of two SLOs in stretches: calm, slow, down, a few events, nothing
// at all, and not measured.
func drawn(r *rapid.T) (minutes int64, happened rows) {
	var all [2][]burnrate.Row
	minutes = rapid.Int64Range(80, 260).Draw(r, "minutes")
	for i := range all {
		for int64(len(all[i])) < minutes {
			length := rapid.IntRange(1, 20).Draw(r, "length")
			of := rapid.SampledFrom([]burnrate.Row{
				row(100, 0), row(100, 0), row(100, 0), row(100, 5), row(100, 12), row(100, 90), row(2, 1), row(1, 0), row(0, 0), {},
			}).Draw(r, "row")
			for range length {
				all[i] = append(all[i], of)
			}
		}
	}
	return minutes, func(minute int64, slo int) burnrate.Row { return all[slo][minute] }
}

// TestProperties compares what is kept with what snapshots say, looked at one by one.
func TestProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		minutes, happened := drawn(r)
		list := snapshots(t, setOf(t, small(t), "pay", "search"), minutes, rapid.Int64Range(0, 5).Draw(r, "lag"), happened)
		list = list[rapid.IntRange(0, 70).Draw(r, "skipped"):]
		run := record(backtest.Options{}, list)
		events, states := eventsOf(list)
		if diff := cmp.Diff(events, run.Events, cmp.AllowUnexported(burnrate.Ratio{})); diff != "" {
			r.Fatalf("events (-alert.Advance +recorder):\n%s", diff)
		}
		checkEpisodes(r, &run, events, states)
		for i := range run.Objectives {
			for k := range run.Objectives[i].Tiers {
				checkTier(r, &run, list, states, i, k)
			}
		}
	})
}

// checkEpisodes wants an episode for every alert at every time, and for every event.
func checkEpisodes(r *rapid.T, run *backtest.Run, events []alert.Event, states []alert.States) {
	begun, ended := map[string]bool{}, map[string]bool{}
	for i := range run.Episodes {
		e := &run.Episodes[i]
		if i > 0 && e.Start.Before(run.Episodes[i-1].Start) {
			r.Fatalf("%s is not in order", show(e))
		}
		if e.Sent {
			begun[e.Key.String()+e.Start.String()] = true
			if e.End != nil {
				ended[e.Key.String()+e.End.String()+string(e.Reason)] = true
			}
			if e.Evidence.Len() == 0 || e.Until < e.Evidence.End || slo.MinuteAt(e.Start) < e.Evidence.End {
				r.Fatalf("%s: the evidence is %v, and up to %v", show(e), e.Evidence, e.Until)
			}
		}
		if !e.Sent && (e.Until != 0 || e.Evidence.Len() > 0) {
			r.Fatalf("%s was not sent, for %v up to %v", show(e), e.Evidence, e.Until)
		}
		if e.Since.After(e.Start) || e.Before != e.Since.Equal(run.From) {
			r.Fatalf("%s: it is since %v, before: %t", show(e), e.Since, e.Before)
		}
	}
	fired, resolved := 0, 0
	for _, e := range events {
		switch {
		case e.Change == alert.Firing:
			if fired++; !begun[e.Key.String()+e.At.String()] {
				r.Fatalf("no episode of %s begins at %v", e.Key, e.At)
			}
		case e.Change == alert.Resolved:
			if resolved++; !ended[e.Key.String()+e.At.String()+string(e.Reason)] {
				r.Fatalf("no episode of %s ends at %v", e.Key, e.At)
			}
		}
	}
	if fired != len(begun) || resolved != len(ended) {
		r.Fatalf("%d fired and %d resolved, and episodes say %d and %d", fired, resolved, len(begun), len(ended))
	}
	for _, s := range states {
		fires := map[alert.Key]bool{}
		for i := range s.Alerts {
			fires[s.Alerts[i].Key] = true
		}
		open := 0
		for i := range run.Episodes {
			e := &run.Episodes[i]
			if !e.Since.After(s.At) && (e.End == nil || e.End.After(s.At)) {
				if open++; !fires[e.Key] {
					r.Fatalf("%s is no alert at %v", show(e), s.At)
				}
			}
		}
		if open != len(s.Alerts) {
			r.Fatalf("at %v there are %d alerts and %d episodes", s.At, len(s.Alerts), open)
		}
	}
}

// checkTier counts again, and wants each minute in which a tier fires in one firing.
func checkTier(r *rapid.T, run *backtest.Run, list []burnrate.Snapshot, states []alert.States, i, k int) {
	tier := &run.Objectives[i].Tiers[k]
	hold := 5 * time.Minute
	if tier.Severity == slo.Page {
		hold = 3 * time.Minute
	}
	var judged, fired, held int64
	var last time.Time
	n := -1
	for at := range list {
		o := &list[at].Statuses[i].Objectives[0]
		now := list[at].At
		switch o.Tiers[k].Verdict {
		case burnrate.Uncovered:
			continue
		case burnrate.FewEvents, burnrate.FewBad, burnrate.Chance:
			held++
			key := alert.Key{ID: run.Objectives[i].ID, Objective: "1d", Kind: alert.Burn, Severity: tier.Severity}
			if listed, fires := holds(run, tier, &run.Objectives[i], now), alertFires(&states[at], key); listed == fires {
				r.Fatalf("%s of %s is held back at %v: listed: %t, its alert fires: %t", tier.Windows(), key.ID, now, listed, fires)
			}
		case burnrate.Fires:
			if fired++; n < 0 || now.Sub(last) > hold+time.Minute {
				if n++; n >= len(tier.Firings) || !tier.Firings[n].From.Equal(now) {
					r.Fatalf("no firing of %s begins at %v: %s", tier.Windows(), now, fmt.Sprint(showTier(tier)))
				}
				if f := &tier.Firings[n]; f.Evidence.Len() == 0 || f.Evidence.End > slo.MinuteAt(now) || !f.Burn.Defined() || !f.Spent.Defined() {
					r.Fatalf("the firing of %s at %v is %+v", tier.Windows(), now, f)
				}
			}
			if f := &tier.Firings[n]; f.To.Before(now) || f.Until < o.Window.Span.End {
				r.Fatalf("a firing of %s ends before %v: %s", tier.Windows(), now, fmt.Sprint(showTier(tier)))
			}
			last = now
			if n+1 == len(tier.Firings) && tier.Firings[n].To.Equal(now) && tier.Firings[n].Until != o.Window.Span.End {
				r.Fatalf("a firing of %s has minutes up to %v, not %v", tier.Windows(), tier.Firings[n].Until, o.Window.Span.End)
			}
		}
		judged++
	}
	if n+1 != len(tier.Firings) || n >= 0 && !tier.Firings[n].To.Equal(last) {
		r.Fatalf("the last firing of %s is to %v: %s", tier.Windows(), last, fmt.Sprint(showTier(tier)))
	}
	if judged != tier.Judged || fired != tier.Fired || held != tier.Held || tier.Judged < tier.Fired+tier.Held {
		r.Fatalf("%s was judged %d, fired %d and held %d, want %d, %d and %d", tier.Windows(), tier.Judged, tier.Fired, tier.Held, judged, fired, held)
	}
}

// holds reports whether it is listed that a tier is held back at an instant.
func holds(run *backtest.Run, tier *backtest.Tier, o *backtest.Objective, at time.Time) bool {
	for i := range run.Held {
		h := &run.Held[i]
		if h.ID == o.ID && h.Tier.Long == tier.Long && h.Tier.Short == tier.Short && !at.Before(h.From) && !at.After(h.To) {
			return true
		}
	}
	return false
}

func alertFires(s *alert.States, key alert.Key) bool {
	for i := range s.Alerts {
		if s.Alerts[i].Key == key {
			return true
		}
	}
	return false
}
