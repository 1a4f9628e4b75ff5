package alert_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// drawn is a sequence of snapshots: alerts come and go, SLOs appear, change
// their owner or stage, and vanish, time jumps, also back, measuring stops, and
// sources fail. The journey shop has the steps find and pay.
func drawn(t *testing.T, r *rapid.T) (snapshots []burnrate.Snapshot, shows [][]shown) {
	minute := int64(0)
	for range rapid.IntRange(1, 40).Draw(r, "snapshots") {
		minute += rapid.SampledFrom([]int64{1, 1, 1, 1, 5, 20, 60, 800, 1500, -1, -30}).Draw(r, "later")
		var list []shown
		for _, id := range []string{"find", "pay", "shop"} {
			if rapid.IntRange(0, 9).Draw(r, "gone") == 0 {
				continue
			}
			x := shown{
				id: id, owner: rapid.SampledFrom([]string{"a", "b"}).Draw(r, "owner"),
				notify:   rapid.SampledFrom([][]string{nil, {"pager"}}).Draw(r, "notify"),
				tiers:    rapid.StringMatching(`[f.f.uq]{4}`).Draw(r, "tiers"),
				consumed: rapid.SampledFrom([]float64{-1, 0.5, 0.76, 0.8, 0.9, 0.96, 1, 2}).Draw(r, "consumed"),
				silent:   rapid.Bool().Draw(r, "silent"),
				excluded: rapid.Bool().Draw(r, "excluded"),
				target:   rapid.SampledFrom([]string{"99.9%", "99.9%", "99.5%"}).Draw(r, "target"),
				stage:    rapid.SampledFrom([]slo.Stage{slo.Active, slo.Active, slo.Observe}).Draw(r, "stage"),
				traffic:  rapid.SampledFrom([]string{"", "f", "l", "l", "s", "n", "u", "x"}).Draw(r, "traffic"),
				spentNow: rapid.SampledFrom([]string{"", "no"}).Draw(r, "now"),
				source:   rapid.SampledFrom([]string{"nr", "nr", "nr", "other"}).Draw(r, "source"),
			}
			if id == "shop" {
				part := rapid.SampledFrom([]float64{0, 0.3, 0.5, 0.9}).Draw(r, "part")
				x.source, x.causes, x.shares = "", []string{"find", "pay"}, []float64{part, 1 - part}
			}
			if rapid.IntRange(0, 4).Draw(r, "stopped") == 0 {
				x.end = begin + slo.Minute(max(1, minute-rapid.Int64Range(0, 3000).Draw(r, "behind")))
			}
			list = append(list, x)
		}
		s := snapshotAt(t, minute, list...)
		for _, name := range []string{"nr", "other"} {
			state := burnrate.SourceState{Name: name, Owner: "sre", Notify: rapid.SampledFrom([][]string{nil, {"chat"}}).Draw(r, "notify of sources")}
			if rapid.IntRange(0, 2).Draw(r, "fails") == 0 {
				state.Since = s.At.Add(-time.Duration(rapid.IntRange(0, 60).Draw(r, "since")) * time.Minute)
			}
			s.Sources = append(s.Sources, state)
		}
		if rapid.IntRange(0, 9).Draw(r, "no sources") == 0 {
			s.Sources = nil
		}
		snapshots, shows = append(snapshots, s), append(shows, list)
	}
	return snapshots, shows
}

// untold returns what holds and nobody knows of.
func untold(s burnrate.Snapshot, list []shown, states alert.States, events []alert.Event) string {
	alerts := map[alert.Key]alert.Alert{}
	for _, a := range states.Alerts {
		alerts[a.Key] = a
	}
	for _, x := range list {
		if x.end != 0 && s.At.Sub(x.end.Time()) >= alert.HeldFor {
			continue // too old to tell
		}
		for _, of := range []struct {
			kind  alert.Kind
			holds bool
		}{{alert.Burn, strings.Contains(x.tiers[:2], "f")}, {alert.NoTraffic, strings.Contains(x.traffic, "l")}} {
			k := alert.Key{ID: x.id, Objective: "28d", Kind: of.kind, Severity: slo.Page}
			a, fires := alerts[k]
			closed := slices.ContainsFunc(events, func(e alert.Event) bool { return e.Key == k && e.Reason == alert.Unknown })
			if !of.holds || fires && a.Sent || closed {
				continue
			}
			if !fires || a.Below == nil {
				return k.String() + " holds, and nothing is known of it"
			}
			instead, told := alerts[*a.Below]
			if !told || !instead.Sent || instead.Severity != slo.Page || instead.Labels.Observe && !a.Labels.Observe {
				return k.String() + " is below " + a.Below.String() + ", which nobody knows of"
			}
			if len(a.Labels.Notify) > 0 && !a.Labels.Observe && len(instead.Labels.Notify) == 0 {
				return k.String() + " is below " + a.Below.String() + ", of which no notifier is told"
			}
		}
	}
	return ""
}

func TestProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		snapshots, shows := drawn(t, r)
		var states, stored alert.States
		firing := map[alert.Key]bool{}
		for i, s := range snapshots {
			before, err := json.Marshal(states)
			if err != nil {
				r.Fatal(err)
			}
			next, events := alert.Advance(states, s)
			if after, _ := json.Marshal(states); string(after) != string(before) {
				r.Fatalf("snapshot %d wrote into the states before:\n%s\n%s", i, before, after)
			}
			// The same again, from what a ledger kept.
			again, same := alert.Advance(stored, s)
			if diff := cmp.Diff(events, same, cmp.AllowUnexported(burnrate.Ratio{})); diff != "" {
				r.Fatalf("snapshot %d, events of kept states (-memory +ledger):\n%s", i, diff)
			}
			a, _ := json.Marshal(next)
			b, err := json.Marshal(again)
			if err != nil || string(a) != string(b) {
				r.Fatalf("snapshot %d, states:\n%s\nand of kept states (%v):\n%s", i, a, err, b)
			}
			stored = alert.States{}
			if err := json.Unmarshal(b, &stored); err != nil {
				r.Fatal(err)
			}
			if _, more := alert.Advance(next, s); len(more) > 0 {
				r.Fatalf("snapshot %d a second time: %v", i, told(more))
			}
			if !slices.IsSortedFunc(events, func(x, y alert.Event) int { return x.Compare(y.Key) }) {
				r.Fatalf("snapshot %d: events are not in order: %v", i, told(events))
			}
			for _, e := range events {
				switch e.Change {
				case alert.Firing:
					if firing[e.Key] {
						r.Fatalf("snapshot %d: %s fires again before it resolved", i, e.Key)
					}
					firing[e.Key] = true
				case alert.Raised, alert.Resolved:
					if !firing[e.Key] {
						r.Fatalf("snapshot %d: %s is %s and never fired", i, e.Key, e.Change)
					}
					firing[e.Key] = e.Change == alert.Raised
				}
				if (e.Change == alert.Resolved) != (e.Reason != "") {
					r.Fatalf("snapshot %d: %s %s has the reason %q", i, e.Key, e.Change, e.Reason)
				}
			}
			if lost := untold(s, shows[i], next, events); lost != "" {
				r.Fatalf("snapshot %d: %s", i, lost)
			}
			sent := 0
			for _, a := range next.Alerts {
				if a.Sent != firing[a.Key] {
					r.Fatalf("snapshot %d: %s is sent: %t, and events say %t", i, a.Key, a.Sent, firing[a.Key])
				}
				if a.Sent {
					sent++
				}
			}
			for _, on := range firing {
				if on {
					sent--
				}
			}
			if sent != 0 {
				r.Fatalf("snapshot %d: %d alerts more are kept than events say", i, sent)
			}
			states = next
		}
	})
}
