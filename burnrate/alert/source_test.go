package alert_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// traffic shows calm SLOs of a source nr, a letter for each: a, b, c.
func traffic(letters string) []shown {
	var list []shown
	for i, letter := range letters {
		list = append(list, shown{id: string(rune('a' + i)), tiers: "....", traffic: string(letter), source: "nr"})
	}
	return list
}

func TestNoTraffic(t *testing.T) {
	t.Parallel()
	shop := func(letters string) shown {
		return shown{id: "shop", tiers: "....", causes: []string{"pay", "find"}, traffic: letters}
	}
	tellScenes(t, []scene{
		{
			"fires at once and resolves after hold",
			[]part{during(3, traffic("f")...), during(10, traffic("l")...), during(30, traffic("f")...)},
			[]string{"4 firing a noTraffic page", "29 resolved a noTraffic page recovered"},
		},
		{
			"what cannot be judged neither fires nor resolves, for a day",
			[]part{during(100, traffic("u")...), during(1, traffic("l")...), during(1500, traffic("u")...)},
			[]string{"101 firing a noTraffic page", "1541 resolved a noTraffic page unknown"},
		},
		{
			"a little at night is enough",
			[]part{during(1, traffic("l")...), during(20, traffic("n")...)},
			[]string{"1 firing a noTraffic page", "17 resolved a noTraffic page recovered"},
		},
		{
			"excluded",
			[]part{during(1, traffic("l")...), during(20, traffic("x")...)},
			[]string{"1 firing a noTraffic page", "17 resolved a noTraffic page excluded"},
		},
		{
			"one step of a journey",
			[]part{during(1, shop("fl")), during(5, shop("uf")), during(20, shop("ff"))},
			[]string{"1 firing shop noTraffic page", "22 resolved shop noTraffic page recovered"},
		},
		{
			"all of a source at once",
			[]part{during(1, traffic("ff")...).of("nr"), during(5, traffic("ll")...).of("nr"), during(40, traffic("ff")...).of("nr")},
			[]string{"2 firing source:nr source page empty", "22 resolved source:nr source page recovered empty"},
		},
		{
			"all of a source, which have different traffic",
			[]part{during(2, traffic("lsn")...).of("nr"), during(2, traffic("lln")...).of("nr")},
			[]string{"1 firing source:nr source page empty"},
		},
		{
			"one of a source that has not stopped",
			[]part{during(2, traffic("llf")...).of("nr")},
			[]string{"1 firing a noTraffic page", "1 firing b noTraffic page"},
		},
		{
			"the only one that can be judged",
			[]part{during(2, traffic("lnu")...).of("nr")},
			[]string{"1 firing a noTraffic page"},
		},
		{
			"all of a source, and then nobody knows",
			[]part{during(1, traffic("ll")...).of("nr"), during(30, traffic("uu")...).of("nr")},
			[]string{"1 firing source:nr source page empty"},
		},
		{
			"one of them does not come back",
			[]part{during(5, traffic("ll")...).of("nr"), during(30, traffic("fl")...).of("nr")},
			[]string{"1 firing source:nr source page empty", "21 firing b noTraffic page (was below source:nr source page)", "21 resolved source:nr source page recovered empty"},
		},
	})
}

func TestSource(t *testing.T) {
	t.Parallel()
	urgent := slo.BuiltInPolicies()[0]
	urgent.NoData = &slo.NoData{After: 20 * time.Minute, Severity: slo.Page}
	none := slo.BuiltInPolicies()[0]
	none.NoData, none.NoTraffic = nil, nil
	slo1 := func(silent bool, edit ...func(*shown)) shown {
		x := shown{id: "pay", tiers: "....", source: "nr", silent: silent}
		for _, e := range edit {
			e(&x)
		}
		return x
	}
	shop := shown{id: "shop", tiers: "....", causes: []string{"pay", "find"}, silent: true}
	observe := func(x *shown) { x.stage = slo.Observe }
	tellScenes(t, []scene{
		{
			"fails for the shortest noData, and what it does not measure is silent below it",
			[]part{during(4, slo1(false)).of("nr"), during(24, slo1(false)).failing("nr", 5), during(12, slo1(true), shop).failing("nr", 5), during(70, slo1(false)).of("nr")},
			[]string{"35 firing source:nr source ticket fails", "101 resolved source:nr source ticket recovered fails"},
		},
		{
			"noData waits for the source that fails",
			[]part{during(4, slo1(true)).failing("nr", 1), during(26, slo1(true)).failing("nr", 1), during(2, slo1(true)).failing("nr", 1)},
			[]string{"31 firing source:nr source ticket fails"},
		},
		{
			"and is told when it answers",
			[]part{during(4, slo1(true)).failing("nr", 1), during(2, slo1(true)).of("nr")},
			[]string{"5 firing pay noData ticket (was below source:nr source ticket)"},
		},
		{
			"the source is back and one SLO is not",
			[]part{during(33, slo1(true), shown{id: "a", tiers: "....", source: "nr", silent: true}).failing("nr", 1), during(70, slo1(true), shown{id: "a", tiers: "....", source: "nr"}).of("nr")},
			[]string{"31 firing source:nr source ticket fails", "94 firing pay noData ticket (was below source:nr source ticket)", "94 resolved source:nr source ticket recovered fails"},
		},
		{
			"no notifier is told of the source, and one of what it measures",
			[]part{during(40, slo1(true, func(x *shown) { x.notify = []string{"pager"} })).failing("nr", 1)},
			[]string{"1 firing pay noData ticket", "31 firing source:nr source ticket fails"},
		},
		{
			"a shorter one, as a page",
			[]part{during(25, slo1(false), shown{id: "z", tiers: "....", source: "nr", policy: urgent}).failing("nr", 1)},
			[]string{"21 firing source:nr source page fails"},
		},
		{
			"nobody asks",
			[]part{during(100, slo1(false, func(x *shown) { x.policy = none })).failing("nr", 1)},
			nil,
		},
		{
			"nothing of it is measured",
			[]part{during(100, shown{id: "pay", tiers: "....", source: "other"}).failing("nr", 1)},
			nil,
		},
		{
			"only observed",
			[]part{during(32, slo1(true, observe)).failing("nr", 1)},
			[]string{"31 firing source:nr source ticket fails observe"},
		},
		{
			"what is observed counts where nothing else is",
			[]part{during(32, slo1(true), shown{id: "z", tiers: "....", source: "nr", policy: urgent, stage: slo.Observe}).failing("nr", 1)},
			[]string{"31 firing source:nr source ticket fails"},
		},
		{
			"it has failed, and then there is no traffic of one SLO",
			[]part{
				during(25, shown{id: "z", tiers: "....", source: "nr", policy: urgent}).failing("nr", 1),
				during(2, shown{id: "y", tiers: "....", source: "nr", traffic: "f"}, shown{id: "z", tiers: "....", source: "nr", policy: urgent, traffic: "l"}).of("nr"),
			},
			[]string{"21 firing source:nr source page fails", "26 firing z noTraffic page"},
		},
		{
			"the source is removed",
			[]part{during(31, slo1(false)).failing("nr", 1), during(1, slo1(false))},
			[]string{"31 firing source:nr source ticket fails", "32 resolved source:nr source ticket removed"},
		},
		{
			"nobody asks any more",
			[]part{during(31, slo1(false)).failing("nr", 1), during(1, slo1(false, func(x *shown) { x.policy = none })).failing("nr", 1)},
			[]string{"31 firing source:nr source ticket fails", "32 resolved source:nr source ticket definition-changed"},
		},
	})
}

// TestSourceWhy looks at all that an alert about a source says.
func TestSourceWhy(t *testing.T) {
	t.Parallel()
	s := snapshotAt(t, 40, shown{id: "pay", tiers: "....", source: "nr"}, shown{id: "z", tiers: "....", source: "nr"})
	s.Sources = []burnrate.SourceState{{Name: "nr", Owner: "sre", Notify: []string{"slack"}, Since: (begin + 5).Time(), Message: "401"}}
	_, events := alert.Advance(alert.States{}, s)
	want := []alert.Event{{
		Key: alert.Key{ID: "source:nr", Kind: alert.Source, Severity: slo.Ticket}, Change: alert.Firing, At: s.At, Since: s.At,
		Labels: alert.Labels{Owner: "sre", Notify: []string{"slack"}, Title: "nr"},
		Why:    alert.Why{Source: &alert.SourceDown{Name: "nr", Down: alert.Fails, Since: (begin + 5).Time(), Message: "401", After: "30m", SLOs: 2}},
	}}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// TestStandsStill has an end that does not move any more, by instants.
func TestStandsStill(t *testing.T) {
	t.Parallel()
	at := func(end slo.Minute) shown { return shown{id: "pay", tiers: "....", end: begin + end} }
	hourly := func(end slo.Minute) shown {
		x := at(end)
		x.every = 60
		return x
	}
	tellScenes(t, []scene{
		{
			"for 30 minutes, from 10 minutes behind on",
			[]part{during(5, shown{id: "pay", tiers: "...."}), during(100, at(5)), during(70, shown{id: "pay", tiers: "...."})},
			[]string{"45 firing pay noData ticket", "166 resolved pay noData ticket recovered"},
		},
		{
			"slices of an hour",
			[]part{
				during(60, hourly(0)), during(60, hourly(60)), during(60, hourly(120)), // whole hours
				during(90, hourly(120)), during(1, hourly(240)),
			},
			[]string{"220 firing pay noData ticket"},
		},
		{
			"longer than a day",
			[]part{during(5, shown{id: "pay", tiers: "...."}), during(2000, at(5))},
			[]string{"45 firing pay noData ticket"},
		},
		{
			"late, but moving",
			[]part{during(40, at(5)), during(15, at(6)), during(15, at(30)), during(30, at(50))},
			nil,
		},
		{
			"nobody looked for two hours",
			[]part{during(5, shown{id: "pay", tiers: "...."}), during(12, at(5)), pause(120, at(5)), during(22, at(5)), during(1, at(5)), during(10, at(150))},
			[]string{"160 firing pay noData ticket"},
		},
	})
}

// TestBudgetOfThePast spends a budget by what is over already.
func TestBudgetOfThePast(t *testing.T) {
	t.Parallel()
	spent := func(consumed float64, now string) shown {
		return shown{id: "pay", tiers: "....", consumed: consumed, spentNow: now}
	}
	tellScenes(t, []scene{
		{"a correction of the past", []part{during(1, spent(0.5, "")), during(50, spent(1.2, "no")), during(1, spent(0.7, "no"))}, nil},
		{"told when it fails again", []part{during(5, spent(1.2, "no")), during(1, spent(1.2, ""))}, []string{"6 firing pay budget ticket 100%"}},
		{"not in between", []part{during(5, spent(0.82, "no")), during(5, spent(0.78, "")), during(1, spent(0.81, ""))}, []string{"11 firing pay budget ticket 80%"}},
		{"raised later", []part{during(1, spent(0.9, "")), during(5, spent(1.2, "no")), during(2, spent(1.2, ""))}, []string{"1 firing pay budget ticket 80%", "7 raised pay budget ticket 100%"}},
	})
}

// TestGone says when a budget is gone.
func TestGone(t *testing.T) {
	t.Parallel()
	s := snapshotAt(t, 7, shown{id: "pay", tiers: "f...", consumed: 0.9})
	s.Statuses[0].Objectives[0].Forecast = burnrate.Forecast{Exhausts: true, Exhaustion: 90 * time.Second, Earliest: true}
	_, events := alert.Advance(alert.States{}, s)
	gone := (begin + 7).Time().Add(90 * time.Second)
	want := []*alert.BudgetSpent{
		{Consumed: burnrate.RatioOf(0.9), Gone: &gone, AtEarliest: true, Level: "80%"},
		{Consumed: burnrate.RatioOf(0.9), Gone: &gone, AtEarliest: true},
	}
	var got []*alert.BudgetSpent
	for _, e := range events {
		got = append(got, e.Why.Budget)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(burnrate.Ratio{})); diff != "" {
		t.Errorf("budgets (-want +got):\n%s", diff)
	}
	s = snapshotAt(t, 7, shown{id: "pay", tiers: "....", consumed: 1.9})
	s.Statuses[0].Objectives[0].Forecast = burnrate.Forecast{Exhausts: true}
	if _, events = alert.Advance(alert.States{}, s); len(events) != 1 || events[0].Why.Budget.Gone != nil {
		t.Errorf("of a budget that is spent: %+v", events)
	}
}

// TestRename goes on with an alert under another id, and tells those who know it
// by the old one.
func TestRename(t *testing.T) {
	t.Parallel()
	firing := []shown{{id: "shop", tiers: "f...", causes: []string{"shop/pay", "z"}}, {id: "shop/pay", tiers: "f...", source: "nr"}, {id: "shopping", tiers: "f..."}}
	p := during(20, firing...)
	_, before := play(t, p)
	stored, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	states := before.Rename("shop", "a-store")
	if now, _ := json.Marshal(before); string(now) != string(stored) {
		t.Errorf("renaming wrote into the states before:\n%s\n%s", stored, now)
	}
	var got []string
	for _, a := range states.Alerts {
		line := a.Key.String() + " was " + a.Was
		if a.Below != nil {
			line += " below " + a.Below.String()
		}
		got = append(got, fmt.Sprint(line, a.Causes))
	}
	want := []string{
		"a-store 28d burn page was shop below a-store/pay 28d burn page[a-store/pay]",
		"a-store/pay 28d burn page was shop/pay[]", "shopping 28d burn page was []",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("renamed (-want +got):\n%s", diff)
	}
	states = states.Rename("a-store", "b-store")
	var resolved []alert.Event
	for minute := int64(21); minute < 60; minute++ {
		var events []alert.Event
		states, events = alert.Advance(states, snapshotAt(t, minute, shown{id: "b-store", tiers: "....", causes: []string{"b-store/pay"}}, shown{id: "b-store/pay", tiers: "...."}, shown{id: "shopping", tiers: "f..."}))
		resolved = append(resolved, events...)
	}
	if len(resolved) != 1 || resolved[0].ID != "b-store/pay" || resolved[0].Was != "shop/pay" || resolved[0].Reason != alert.Recovered {
		t.Fatalf("resolved %+v", resolved)
	}
	first := alert.Event{Key: alert.Key{ID: "shop/pay", Objective: "28d", Kind: alert.Burn, Severity: slo.Page}, Since: resolved[0].Since}
	if got, want := resolved[0].Episode(), first.Episode(); got != want {
		t.Errorf("the resolve has the episode %s, want %s", got, want)
	}
	if got := (alert.Notification{Event: resolved[0]}).LabelSet()["id"]; got != "shop/pay" {
		t.Errorf("it is sent as %s", got)
	}
}

// TestRenameOntoAnother keeps what fires there already; the old one is removed.
func TestRenameOntoAnother(t *testing.T) {
	t.Parallel()
	_, states := play(t, during(2, shown{id: "a", tiers: "f..."}, shown{id: "b", tiers: "f..."}))
	states = states.Rename("a", "b")
	_, events := alert.Advance(states, snapshotAt(t, 3, shown{id: "b", tiers: "f..."}))
	if diff := cmp.Diff([]string{"3 resolved a burn page removed"}, told(events)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	still := alert.States{Still: []alert.Still{{ID: "a"}, {ID: "b"}}}.Rename("a", "c")
	if diff := cmp.Diff([]alert.Still{{ID: "b"}, {ID: "c"}}, still.Still, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("what stands still (-want +got):\n%s", diff)
	}
	if !slices.IsSortedFunc(states.Alerts, func(x, y alert.Alert) int { return x.Compare(y.Key) }) {
		t.Errorf("alerts are not in order: %+v", states.Alerts)
	}
}

// TestClockPutBack has an alert keep its episode, by which receivers know it, when
// the clock goes back to before it fired.
func TestClockPutBack(t *testing.T) {
	t.Parallel()
	var states alert.States
	var events []alert.Event
	for _, step := range []struct {
		from, to int64
		tiers    string
	}{{40, 42, "f..."}, {35, 37, "f..."}, {37, 80, "...."}} {
		for minute := step.from; minute < step.to; minute++ {
			var more []alert.Event
			states, more = alert.Advance(states, snapshotAt(t, minute, shown{id: "pay", tiers: step.tiers}))
			events = append(events, more...)
		}
	}
	if len(events) != 2 || events[1].Change != alert.Resolved || events[0].Episode() != events[1].Episode() {
		t.Errorf("got %+v, want a firing alert and its resolve, of one episode", events)
	}
}
