package alert_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// scene is a sequence of parts and what is told.
type scene struct {
	name  string
	parts []part
	want  []string
}

func tellScenes(t *testing.T, scenes []scene) {
	t.Helper()
	for _, test := range scenes {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, _ := play(t, test.parts...)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFolding has a journey whose steps are pay and find. Short windows are 5m.
func TestFolding(t *testing.T) {
	t.Parallel()
	step := func(id, tiers string) shown { return shown{id: id, tiers: tiers} }
	shop := func(tiers string, pay float64) shown {
		return shown{id: "shop", tiers: tiers, causes: []string{"pay", "find"}, shares: []float64{pay, 1 - pay}}
	}
	observed := func(x shown) shown {
		x.stage = slo.Observe
		return x
	}
	heard := func(x shown) shown {
		x.notify = []string{"pager"}
		return x
	}
	tellScenes(t, []scene{
		{
			"below the page of its step, until that is over",
			[]part{during(10, step("pay", "f..."), shop("f...", 0.9)), during(30, step("pay", "...."), shop("f...", 0.9)), during(20, step("pay", "...."), shop("....", 0))},
			[]string{"1 firing pay burn page", "26 resolved pay burn page recovered", "26 firing shop burn page (was below pay 28d burn page)", "56 resolved shop burn page recovered"},
		},
		{
			"both are over at once",
			[]part{during(10, step("pay", "f..."), shop("f...", 0.9)), during(30, step("pay", "...."), shop("....", 0))},
			[]string{"1 firing pay burn page", "26 resolved pay burn page recovered"},
		},
		{
			"half is enough, and less is not",
			[]part{during(5, step("pay", "f..."), shop("f...", 0.5)), during(30, step("pay", "...."), shop("....", 0)), during(1, step("pay", "f..."), shop("f...", 0.49))},
			[]string{"1 firing pay burn page", "21 resolved pay burn page recovered", "36 firing pay burn page", "36 firing shop burn page"},
		},
		{
			"another step becomes the cause for a whole short window",
			[]part{during(5, step("pay", "f..."), shop("f...", 0.9)), during(4, step("pay", "f..."), shop("f...", 0.1)), during(1, step("pay", "f..."), shop("f...", 0.6)), during(6, step("pay", "f..."), shop("f...", 0.1))},
			[]string{"1 firing pay burn page", "15 firing shop burn page (was below pay 28d burn page)"},
		},
		{
			"another step that pages itself becomes the cause",
			[]part{during(5, step("pay", "f..."), shop("f...", 0.9)), during(20, step("pay", "f..."), step("find", "f..."), shop("f...", 0.1))},
			[]string{"1 firing pay burn page", "6 firing find burn page"},
		},
		{
			"the step pages later",
			[]part{during(5, step("pay", "...."), shop("f...", 0.9)), during(5, step("pay", "f..."), shop("f...", 0.9)), during(30, step("pay", "...."), shop("....", 0))},
			[]string{"1 firing shop burn page", "6 firing pay burn page", "26 resolved pay burn page recovered", "26 resolved shop burn page recovered"},
		},
		{
			"nobody is told of an observed step",
			[]part{during(2, observed(step("pay", "f...")), shop("f...", 0.9))},
			[]string{"1 firing pay burn page observe", "1 firing shop burn page"},
		},
		{
			"no notifier is told of the step, and one of the journey",
			[]part{during(2, step("pay", "f..."), heard(shop("f...", 0.9)))},
			[]string{"1 firing pay burn page", "1 firing shop burn page"},
		},
		{
			"a notifier is told of the step, and none of the journey",
			[]part{during(2, heard(step("pay", "f...")), shop("f...", 0.9))},
			[]string{"1 firing pay burn page"},
		},
		{
			"an observed journey",
			[]part{during(2, step("pay", "f..."), observed(shop("f...", 0.9)))},
			[]string{"1 firing pay burn page"},
		},
		{
			"the step is removed",
			[]part{during(2, step("pay", "f..."), shop("f...", 0.9)), during(2, shop("f...", 0.9))},
			[]string{"1 firing pay burn page", "3 resolved pay burn page removed", "3 firing shop burn page (was below pay 28d burn page)"},
		},
		{
			"a ticket of the step is no page",
			[]part{during(2, step("pay", "..f."), shop("f...", 0.9))},
			[]string{"1 firing pay burn ticket", "1 firing shop burn page"},
		},
		{
			"tickets below a page that is folded itself",
			[]part{during(2, step("pay", "f..."), shop("f.f.", 0.9)), during(20, step("pay", "...."), shop("..f.", 0.9))},
			[]string{"1 firing pay burn page", "18 resolved pay burn page recovered", "18 firing shop burn ticket (was below shop 28d burn page)"},
		},
	})
}

// TestFolded looks at what the states say of a page that nobody is told of.
func TestFolded(t *testing.T) {
	t.Parallel()
	_, states := play(t, during(2, shown{id: "pay", tiers: "f..."}, shown{id: "shop", tiers: "f...", causes: []string{"pay", "find"}}))
	if len(states.Alerts) != 2 {
		t.Fatalf("alerts are %+v", states.Alerts)
	}
	folded := states.Alerts[1]
	if want := (alert.Key{ID: "pay", Objective: "28d", Kind: alert.Burn, Severity: slo.Page}); folded.ID != "shop" || folded.Sent || folded.Below == nil || *folded.Below != want {
		t.Errorf("the journey's page is %+v", folded)
	}
	if page := states.Alerts[0]; !page.Sent || page.Below != nil {
		t.Errorf("the step's page is %+v", page)
	}
}

// TestOtherObjective has two objectives of one SLO, of which each would say that
// there is no traffic and nothing measured.
func TestOtherObjective(t *testing.T) {
	t.Parallel()
	var states alert.States
	var got []string
	for minute := int64(1); minute <= 100; minute++ {
		x := shown{id: "pay", tiers: "....", traffic: "f"}
		if minute >= 5 && minute < 10 {
			x.traffic, x.silent = "l", true
		}
		s := snapshotAt(t, minute, x)
		week := s.Statuses[0].Objectives[0]
		week.Name = "7d"
		if minute < 50 { // then it has alerts no more
			s.Statuses[0].Objectives = append(s.Statuses[0].Objectives, week)
		}
		var events []alert.Event
		states, events = alert.Advance(states, s)
		got = append(got, told(events)...)
	}
	want := []string{"5 firing pay noData ticket", "5 firing pay noTraffic page", "25 resolved pay noTraffic page recovered", "70 resolved pay noData ticket recovered"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}

	// What is left when the other one is gone is sent.
	first, _ := alert.Advance(alert.States{}, twice(t, 1))
	alone := twice(t, 2)
	alone.Statuses[0].Objectives = alone.Statuses[0].Objectives[1:]
	_, events := alert.Advance(first, alone)
	if diff := cmp.Diff([]string{"2 resolved pay noTraffic page definition-changed", "2 firing pay noTraffic page (was below pay 28d noTraffic page)"}, told(events)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func twice(t *testing.T, minute int64) burnrate.Snapshot {
	t.Helper()
	s := snapshotAt(t, minute, shown{id: "pay", tiers: "....", traffic: "l"})
	week := s.Statuses[0].Objectives[0]
	week.Name = "7d"
	s.Statuses[0].Objectives = append(s.Statuses[0].Objectives, week)
	return s
}
