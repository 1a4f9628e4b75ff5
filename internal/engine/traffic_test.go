package engine

import (
	"slices"
	"testing"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// page is what both notifiers are told.
func page(what string) []string { return []string{"hook: " + what, "duty: " + what} }

// TestTrafficStops tells of it soon: of one SLO by itself, of everything that a
// source measures once.
func TestTrafficStops(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures eight days")
	}
	for _, test := range []struct {
		name string
		ids  []string   // of which nothing is seen any more; "all" counts events of any kind
		late slo.Minute // how long it takes until they are; 0 for ever
		want []string   // who is told first
		then []string   // and in the next hour
	}{
		{"of one", []string{"pay"}, 0, page("pay 28d noTraffic page firing"), nil},
		{"of all", []string{"pay", "login", "all"}, 0, page("source:world source page firing"), nil},
		{
			"of all, as events come late",
			[]string{"pay", "login", "all"},
			30,
			page("source:world source page firing"), page("source:world source page resolved recovered"),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newRig(t, 8*24, "pay", "login")
				r.world.outage = func(slo.Minute) bool { return false }
				r.edit = alerted
				r.start()
				for more := true; more; {
					r.minutes(1)
					more = r.engine.View().Progress.Ready() != nil || r.engine.View().Progress.Gaps > 0
				}
				since := slo.MinuteAt(time.Now()) + 5
				r.world.silent = func(id string, m slo.Minute) bool {
					arrived := test.late > 0 && slo.MinuteAt(time.Now()) >= since+test.late
					return m >= since && !arrived && slices.Contains(test.ids, id)
				}
				r.given = nil
				for len(r.given) == 0 && slo.MinuteAt(time.Now()) < since+120 {
					r.minutes(1)
				}
				checkTold(t, r.given, test.want...)
				if took := slo.MinuteAt(time.Now()) - 1 - since - slo.Minute(lag/time.Minute); took > 12 {
					t.Errorf("it takes %d minutes", took)
				}
				r.given = nil
				r.minutes(60)
				checkTold(t, r.given, test.then...)
			})
		})
	}
}
