package engine

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/slo"
)

// TestEpisodes says which alerts people knew of, by a log that begins in the middle, has
// what was missed, and knows former names.
func TestEpisodes(t *testing.T) {
	t.Parallel()
	const tick = slo.Minute(1000)
	at := func(m slo.Minute) time.Time { return m.Time().Add(5 * time.Second) }
	key := func(id string) alert.Key {
		return alert.Key{ID: id, Objective: "28d", Kind: alert.Burn, Severity: slo.Page}
	}
	event := func(id string, change alert.Change, since, when slo.Minute) alert.Event {
		return alert.Event{Key: key(id), Change: change, Since: at(since), At: at(when)}
	}
	missed := alert.Notification{
		Event:  alert.Event{Key: alert.Key{ID: "team:shop", Kind: alert.Missed, Severity: slo.Ticket}, Change: alert.Firing, Since: at(700), At: at(700)},
		Missed: []alert.Event{event("unseen", alert.Firing, 600, 600), event("unseen", alert.Resolved, 600, 650)},
	}
	log := []alert.Notification{
		{Event: event("long", alert.Resolved, 100, 210)}, // it fired before the log begins
		{Event: event("pay", alert.Firing, 300, 300)},
		{Event: event("late", alert.Firing, 305, 320)}, // it was below another alert before
		{Event: event("pay", alert.Raised, 300, 310)},
		{Event: event("pay", alert.Resolved, 300, 330)},
		{Event: event("late", alert.Resolved, 305, 340)},
		{Event: event("unseen", alert.Firing, 600, 600)},
		{Event: event("unseen", alert.Resolved, 600, 650)},
		missed,
		{Event: event("pay", alert.Firing, 800, 800)},
		{Event: event("old", alert.Firing, 810, 810)},
	}
	kept := burnrate.Kept{}
	keep := func(e burnrate.Entry, err error) {
		if err != nil {
			t.Fatal(err)
		}
		kept.Entries = append(kept.Entries, e)
	}
	for n, one := range log {
		keep(outbox.Logged(int64(n), one))
	}
	keep(outbox.State{States: alert.States{At: at(tick), Alerts: []alert.Alert{
		{Key: key("ever"), Since: at(50), Sent: true}, // the log has nothing of it any more
		{Key: key("old"), Since: at(810), Sent: true},
		{Key: key("pay"), Since: at(800), Sent: true},
		{Key: key("silent"), Since: at(500), Below: &alert.Key{}},
	}}}.Entry())
	set := &slo.Set{}
	for _, id := range []string{"ever", "late", "long", "new", "pay", "silent", "unseen"} {
		set.SLOs = append(set.SLOs, &slo.SLO{ID: id})
	}
	set.SLOs[3].About.RenamedFrom = []string{"old"}
	e, err := episodesOf(set, kept, tick)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		minute slo.Minute
		want   string
	}{
		{49, "[]"},
		{50, "[ever]"},
		{100, "[ever long]"},
		{209, "[ever long]"},
		{210, "[ever]"},
		{305, "[ever pay]"},
		{320, "[ever late pay]"},
		{329, "[ever late pay]"},
		{330, "[ever late]"},
		{340, "[ever]"},
		{625, "[ever]"},
		{700, "[ever]"},
		{800, "[ever pay]"},
		{999, "[ever new pay]"},
		{1000, "[ever new pay silent]"},
		{1500, "[ever new pay silent]"},
	} {
		ids := []string{}
		for _, a := range e.at(test.minute) {
			ids = append(ids, a.ID)
			if a.Sent != (a.ID != "silent") {
				t.Errorf("in minute %d people know of %s: %t", test.minute, a.ID, a.Sent)
			}
		}
		if diff := cmp.Diff(test.want, fmt.Sprint(ids)); diff != "" {
			t.Errorf("in minute %d (-want +got): %s", test.minute, diff)
		}
	}
	for minute, want := range map[slo.Minute]bool{209: false, 210: true, 600: true, 1000: true, 1500: true} {
		if got := e.judgedAt(minute)("pay"); got != want {
			t.Errorf("in minute %d of a ledger that does not say when alerts were judged they were: %t, want %t", minute, got, want)
		}
	}
	if _, err := episodesOf(set, burnrate.Kept{Entries: []burnrate.Entry{{Kind: outbox.KindLog, Key: "1", Value: []byte("{")}}}, tick); err == nil {
		t.Error("a log that cannot be read is none")
	}
}

// TestJudgedAt tells what fires for nobody from what nobody judged: before the first tick,
// while no engine ran, and of what no engine has read.
func TestJudgedAt(t *testing.T) {
	t.Parallel()
	set := &slo.Set{SLOs: []*slo.SLO{{ID: "buy/cart"}, {ID: "buy/pay"}, {ID: "find/list"}}}
	step := func(k int) slo.Step { return slo.Step{SLO: set.SLOs[k]} }
	set.Journeys = []*slo.Journey{
		{ID: "buy", Steps: []slo.Step{step(0), step(1)}},
		{ID: "find", Steps: []slo.Step{step(2)}},
		{ID: "whole", SLI: &slo.SLI{}},
	}
	e := episodes{
		tick: 1000, judged: []outbox.Stretch{{From: 100, Until: 200}, {From: 300, Until: 990}},
		never: neverJudged(set, []lineage.Change{{ID: "buy/pay", Kind: lineage.Added}, {ID: "find/list", Kind: lineage.Added}, {ID: "whole", Kind: lineage.Spliced}}),
	}
	for _, test := range []struct {
		minute slo.Minute
		want   bool
	}{{99, false}, {100, true}, {199, true}, {200, false}, {299, false}, {300, true}, {989, true}, {990, false}, {1000, true}, {1500, true}} {
		judged := e.judgedAt(test.minute)
		for _, id := range []string{"buy", "buy/cart", "whole", "source:shop"} {
			if got := judged(id); got != test.want {
				t.Errorf("in minute %d %s was judged: %t, want %t", test.minute, id, got, test.want)
			}
		}
		for _, id := range []string{"buy/pay", "find", "find/list"} {
			if judged(id) {
				t.Errorf("in minute %d %s was judged, which no engine has read", test.minute, id)
			}
		}
	}
	if (episodes{tick: 1000}).judgedAt(1000)("buy") {
		t.Error("without any tick alerts were judged")
	}
}
