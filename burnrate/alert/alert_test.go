package alert_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

var begin = slo.MinuteAt(time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC))

// shown is what a test says of an objective in a snapshot: a letter for each
// tier of its policy (f fires, . calm, u uncovered, q calm without events in
// its short window) and what was spent, -1 for unknown.
type shown struct {
	id       string
	tiers    string
	consumed float64
	stage    slo.Stage
	owner    string
	notify   []string
	excluded bool // time in the short windows
	target   string
	policy   *slo.AlertPolicy // paging unless set
	end      slo.Minute       // that of the snapshot unless set
	causes   []string         // of a composed journey, ids of its steps, the guilty first
	quiet    []string
	silent   bool      // nothing measured for 30m, and something before
	shares   []float64 // of causes; 0.75 and 0.25 unless set
	spentNow string    // "no" when nothing failed of late
	source   string
	every    int64  // minutes of a slice
	traffic  string // letters, of the SLO or of its causes: see trafficOf
}

// trafficOf makes traffic of a letter: f flows, l is low, s has stopped just now,
// n flows and cannot be judged, u is unclear, x is excluded.
func trafficOf(id string, letter rune) burnrate.Traffic {
	t := burnrate.Traffic{ID: id, Window: slo.Rolling(10), Events: 100, Measured: 10, Usual: 100, Days: 7, State: burnrate.Flowing}
	switch letter {
	case 'l':
		t.State, t.Events, t.Stopped = burnrate.Low, 0, true
	case 's':
		t.Events, t.Stopped = 40, true
	case 'n':
		t.Usual = 20
	case 'u':
		t.State, t.Events, t.Measured = burnrate.Unclear, 0, 0
	case 'x':
		t.State, t.Events, t.Measured, t.Excluded = burnrate.Unclear, 0, 0, 10
	}
	return t
}

func snapshotAt(t testing.TB, minute int64, list ...shown) burnrate.Snapshot {
	t.Helper()
	s := burnrate.Snapshot{At: (begin + slo.Minute(minute)).Time()}
	for _, x := range list {
		if x.end == 0 {
			x.end = begin + slo.Minute(minute)
		}
		s.Statuses = append(s.Statuses, statusOf(t, x))
	}
	slices.SortFunc(s.Statuses, func(a, b burnrate.Status) int { return strings.Compare(a.ID, b.ID) })
	return s
}

func statusOf(t testing.TB, x shown) burnrate.Status {
	t.Helper()
	if x.policy == nil {
		x.policy = slo.BuiltInPolicies()[0]
	}
	if x.target == "" {
		x.target = "99.9%"
	}
	target, err := slo.ParseTarget(x.target)
	if err != nil {
		t.Fatal(err)
	}
	window := slo.Rolling(28 * 24 * 60)
	tiers := burnrate.Tiers(slo.Objective{Target: target, Window: window, Alerts: x.policy})
	o := burnrate.Objective{Name: "28d", Target: target, Alerts: x.policy, Composed: len(x.causes) > 0}
	o.Window = burnrate.Window{Window: window, Span: slo.Span{Start: x.end - 28*24*60, End: x.end}}
	if x.consumed >= 0 {
		o.Budget.Consumed = burnrate.RatioOf(x.consumed)
	}
	for i, letter := range x.traffic {
		id := x.id
		if len(x.causes) > 0 {
			id = x.causes[i]
		}
		o.Traffic = append(o.Traffic, trafficOf(id, letter))
	}
	rate := 20.0
	if x.spentNow == "no" {
		rate = 0
	}
	if x.shares == nil {
		x.shares = []float64{0.75, 0.25}
	}
	o.Silence = burnrate.Silence{Window: slo.Rolling(30), Measured: 30, Before: true, Every: x.every}
	if x.silent {
		o.Silence.Measured = 0
	}
	for i := range tiers {
		for _, d := range []time.Duration{tiers[i].Short, tiers[i].Long} {
			w := burnrate.Window{Window: slo.Rolling(int64(d / time.Minute)), Span: slo.Span{Start: x.end - slo.Minute(d/time.Minute), End: x.end}}
			if x.excluded {
				w.Excluded.Minutes = 1
			}
			o.Burn = append(o.Burn, burnrate.Burn{Window: w, Rate: burnrate.RatioOf(rate)})
		}
		j := burnrate.Judgement{Tier: &tiers[i], Rows: slo.Counts{Total: 1000, Bad: 20}, Quiet: x.quiet}
		switch x.tiers[i] {
		case 'f':
			j.Verdict = burnrate.Fires
			for k, id := range x.causes {
				j.Shares = append(j.Shares, burnrate.Share{Step: "step-" + id, ID: id, Ratio: burnrate.RatioOf(x.shares[k])})
			}
		case '.':
			j.Verdict = burnrate.CalmLong
		case 'u':
			j.Verdict = burnrate.Uncovered
		case 'q':
			j.Verdict, j.Quiet = burnrate.CalmShort, []string{x.id}
		default:
			t.Fatalf("tier %q", x.tiers[i])
		}
		o.Tiers = append(o.Tiers, j)
	}
	return burnrate.Status{ID: x.id, Owner: x.owner, Notify: x.notify, Stage: x.stage, Steps: x.causes, Source: x.source, Objectives: []burnrate.Objective{o}}
}

// told writes events as lines: minute change id kind severity reason or level.
func told(events []alert.Event) []string {
	var lines []string
	for _, e := range events {
		line := fmt.Sprintf("%d %s %s %s %s", slo.MinuteAt(e.At)-begin, e.Change, e.ID, e.Kind, e.Severity)
		if e.Reason != "" {
			line += " " + string(e.Reason)
		}
		if e.Kind == alert.Budget && e.Change != alert.Resolved {
			line += " " + e.Why.Budget.Level
		}
		if e.Why.Source != nil {
			line += " " + string(e.Why.Source.Down)
		}
		if e.Why.Below != nil {
			line += " (was below " + e.Why.Below.String() + ")"
		}
		if e.Labels.Observe {
			line += " observe"
		}
		lines = append(lines, line)
	}
	return lines
}

// play advances over snapshots minute by minute: of each, for how many minutes
// it lasts.
type part struct {
	minutes int64
	list    []shown
	sources []burnrate.SourceState
	step    int64 // minutes between snapshots
}

func during(minutes int64, list ...shown) part { return part{minutes: minutes, list: list, step: 1} }

// of adds sources that answer.
func (p part) of(names ...string) part {
	for _, name := range names {
		p.sources = append(p.sources, burnrate.SourceState{Name: name, Owner: "sre"})
	}
	return p
}

// failing adds a source that fails since a minute.
func (p part) failing(name string, since int64) part {
	p.sources = append(slices.Clone(p.sources), burnrate.SourceState{Name: name, Owner: "sre", Since: (begin + slo.Minute(since)).Time(), Message: "it is gone"})
	return p
}

// pause is a snapshot that comes so many minutes later.
func pause(minutes int64, list ...shown) part { return part{minutes: 1, list: list, step: minutes} }

func play(t testing.TB, parts ...part) ([]string, alert.States) {
	t.Helper()
	var states alert.States
	var lines []string
	minute := int64(0)
	for _, p := range parts {
		for range p.minutes {
			minute += p.step
			var events []alert.Event
			s := snapshotAt(t, minute, p.list...)
			s.Sources = p.sources
			states, events = alert.Advance(states, s)
			lines = append(lines, told(events)...)
		}
	}
	return lines, states
}

func TestAdvance(t *testing.T) {
	t.Parallel()
	calm, page, ticket := shown{id: "pay", tiers: "...."}, shown{id: "pay", tiers: "f..."}, shown{id: "pay", tiers: "..f."}
	both := shown{id: "pay", tiers: "f.f."}
	with := func(x shown, edit func(*shown)) shown {
		edit(&x)
		return x
	}
	noPages := slo.BuiltInPolicies()[0]
	noPages.Tiers = noPages.Tiers[2:]
	edited := slo.BuiltInPolicies()[0]
	edited.Tiers[0].Long = 2 * time.Hour
	level80 := slo.BuiltInPolicies()[0]
	level80.BudgetSpent = level80.BudgetSpent[:1]
	spent := func(consumed float64) shown { return shown{id: "pay", tiers: "....", consumed: consumed} }
	for _, test := range []struct {
		name  string
		parts []part
		want  []string
	}{
		{
			"fires at once and resolves after hold",
			[]part{during(3, calm), during(10, page), during(60, calm)},
			[]string{"4 firing pay burn page", "29 resolved pay burn page recovered"},
		},
		{
			"hold begins again",
			[]part{during(1, page), during(15, calm), during(1, page), during(60, calm)},
			[]string{"1 firing pay burn page", "33 resolved pay burn page recovered"},
		},
		{
			"another tier goes on with the same alert",
			[]part{during(5, page), during(5, with(page, func(x *shown) { x.tiers = ".f.." })), during(30, calm)},
			[]string{"1 firing pay burn page", "26 resolved pay burn page recovered"},
		},
		{
			"tickets hold an hour",
			[]part{during(2, ticket), during(100, calm)},
			[]string{"1 firing pay burn ticket", "63 resolved pay burn ticket recovered"},
		},
		{
			"without coverage it is held, at most a day",
			[]part{during(1, page), during(1500, with(calm, func(x *shown) { x.tiers = "u..." }))},
			[]string{"1 firing pay burn page", "1441 resolved pay burn page unknown"},
		},
		{
			"without events it is held, at most a day",
			[]part{during(1, page), during(1500, with(calm, func(x *shown) { x.tiers = "q..." }))},
			[]string{"1 firing pay burn page", "1441 resolved pay burn page unknown"},
		},
		{
			"what did not fire needs no evidence",
			[]part{during(1, page), during(20, with(calm, func(x *shown) { x.tiers = ".uuu" }))},
			[]string{"1 firing pay burn page", "17 resolved pay burn page recovered"},
		},
		{
			"hold waits for evidence",
			[]part{during(1, page), during(10, calm), during(10, with(calm, func(x *shown) { x.tiers = "q..." })), during(10, calm)},
			[]string{"1 firing pay burn page", "23 resolved pay burn page recovered"},
		}, // 9 minutes by 11, then 5 more at 22 and 1 at 23
		{
			"measurements that stand still are no evidence",
			[]part{during(1, page), during(1500, with(page, func(x *shown) { x.end = begin + 1 }))},
			[]string{"1 firing pay burn page", "41 firing pay noData ticket", "1441 resolved pay burn page unknown"},
		}, // which is looked at from 10 minutes on
		{
			"excluded",
			[]part{during(1, page), during(30, with(calm, func(x *shown) { x.excluded = true }))},
			[]string{"1 firing pay burn page", "17 resolved pay burn page excluded"},
		},
		{
			"a looser target",
			[]part{during(1, page), during(30, with(calm, func(x *shown) { x.target = "99%" }))},
			[]string{"1 firing pay burn page", "17 resolved pay burn page definition-changed"},
		},
		{
			"an edited tier goes on",
			[]part{during(5, page), during(5, with(page, func(x *shown) { x.policy = edited })), during(30, with(calm, func(x *shown) { x.policy = edited }))},
			[]string{"1 firing pay burn page", "26 resolved pay burn page recovered"},
		},
		{
			"no pages any more",
			[]part{during(5, page), during(5, shown{id: "pay", tiers: "..", policy: noPages})},
			[]string{"1 firing pay burn page", "6 resolved pay burn page definition-changed"},
		},
		{
			"removed",
			[]part{during(5, page), during(5)},
			[]string{"1 firing pay burn page", "6 resolved pay burn page removed"},
		},
		{
			"a page silences tickets, and the ticket is sent when it still holds",
			[]part{during(5, both), during(30, ticket), during(100, calm)},
			[]string{"1 firing pay burn page", "21 resolved pay burn page recovered", "21 firing pay burn ticket (was below pay 28d burn page)", "96 resolved pay burn ticket recovered"},
		},
		{
			"a ticket that does not hold any more is never sent",
			[]part{during(5, both), during(100, calm)},
			[]string{"1 firing pay burn page", "21 resolved pay burn page recovered"},
		},
		{
			"a ticket that was sent goes on",
			[]part{during(5, ticket), during(5, both), during(100, calm)},
			[]string{"1 firing pay burn ticket", "6 firing pay burn page", "26 resolved pay burn page recovered", "71 resolved pay burn ticket recovered"},
		},
		{
			"observe is marked",
			[]part{during(5, with(page, func(x *shown) { x.stage = slo.Observe })), during(30, calm)},
			[]string{"1 firing pay burn page observe", "21 resolved pay burn page recovered observe"},
		},
		{
			"active while it fires",
			[]part{during(5, with(page, func(x *shown) { x.stage = slo.Observe })), during(3, page)},
			[]string{"1 firing pay burn page observe", "6 resolved pay burn page definition-changed observe", "6 firing pay burn page"},
		},
		{
			"observed again while it fires",
			[]part{during(5, page), during(30, with(calm, func(x *shown) { x.stage = slo.Observe }))},
			[]string{"1 firing pay burn page", "21 resolved pay burn page recovered"},
		},
		{
			"an observed page silences no ticket that is not",
			[]part{during(2, with(page, func(x *shown) { x.stage = slo.Observe })), during(3, ticket)},
			[]string{"1 firing pay burn page observe", "3 firing pay burn ticket"},
		},
		{"a budget once per crossing", []part{
			during(1, spent(0.79)), during(2, spent(0.8)), during(2, spent(0.79)), during(1, spent(0.81)), during(2, spent(1.01)),
			during(2, spent(0.96)), during(2, spent(1.2)), during(1, spent(0.94)), during(1, spent(1)), during(1, spent(0.76)), during(2, spent(0.74)), during(1, spent(0.8)),
		}, []string{"2 firing pay budget ticket 80%", "7 raised pay budget ticket 100%", "14 raised pay budget ticket 100%", "16 resolved pay budget ticket recovered", "18 firing pay budget ticket 80%"}},
		{"a budget that is overspent at first sight", []part{during(3, spent(3))}, []string{"1 firing pay budget ticket 100%"}},
		{
			"a budget that is not known",
			[]part{during(1, spent(0.9)), during(1500, spent(-1))},
			[]string{"1 firing pay budget ticket 80%", "1441 resolved pay budget ticket unknown"},
		},
		{
			"a level that is gone",
			[]part{during(2, spent(1.1)), during(2, with(spent(1.1), func(x *shown) { x.policy = level80 }))},
			[]string{"1 firing pay budget ticket 100%"},
		},
		{
			"a larger budget",
			[]part{during(2, spent(0.9)), during(2, with(spent(0.1), func(x *shown) { x.target = "99%" }))},
			[]string{"1 firing pay budget ticket 80%", "3 resolved pay budget ticket definition-changed"},
		},
		{
			"nothing is measured",
			[]part{during(3, with(calm, func(x *shown) { x.silent = true })), during(70, calm)},
			[]string{"1 firing pay noData ticket", "64 resolved pay noData ticket recovered"},
		},
		{"a journey waits for the step that caused it", []part{
			during(1, shown{id: "shop", tiers: "f...", causes: []string{"pay", "find"}}),
			during(20, shown{id: "shop", tiers: "....", causes: []string{"pay", "find"}, quiet: []string{"pay"}}),
			during(20, shown{id: "shop", tiers: "....", causes: []string{"pay", "find"}, quiet: []string{"find"}}),
		}, []string{"1 firing shop burn page", "37 resolved shop burn page recovered"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, _ := play(t, test.parts...)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSameInstant wants nothing of a second snapshot of one instant, whatever
// it says, and that states are as good for one future as for another.
func TestSameInstant(t *testing.T) {
	t.Parallel()
	states, _ := alert.Advance(alert.States{}, snapshotAt(t, 1, shown{id: "pay", tiers: "f..."}))
	if again, events := alert.Advance(states, snapshotAt(t, 1)); len(events) > 0 || len(again.Alerts) != 1 {
		t.Errorf("a second snapshot of one instant: %v, %+v", told(events), again)
	}
	// Four tiers that fire one after the other, so that there is room in a list.
	policy := slo.BuiltInPolicies()[0]
	for i := range policy.Tiers {
		policy.Tiers[i].Severity = slo.Page
	}
	for i, tiers := range []string{"f...", "ff..", "fff."} {
		states, _ = alert.Advance(states, snapshotAt(t, int64(2+i), shown{id: "pay", tiers: tiers, policy: policy}))
	}
	one, _ := alert.Advance(states, snapshotAt(t, 9, shown{id: "pay", tiers: "...f", policy: policy}))
	before := slices.Clone(one.Alerts[0].Tiers)
	policy = slo.BuiltInPolicies()[2]
	policy.Tiers[2].Severity, policy.Tiers[3].Severity = slo.Page, slo.Page
	alert.Advance(states, snapshotAt(t, 9, shown{id: "pay", tiers: "..ff", policy: policy}))
	if diff := cmp.Diff(before, one.Alerts[0].Tiers); diff != "" {
		t.Errorf("another future wrote into this one (-before +after):\n%s", diff)
	}
}

// TestWhy looks at all that a page of a journey says, and at its labels when
// the owner has changed.
func TestWhy(t *testing.T) {
	t.Parallel()
	journey := shown{id: "shop", tiers: "ff..", causes: []string{"pay", "find"}, owner: "web"}
	step := shown{id: "pay", tiers: "....", owner: "payments"}
	states, events := alert.Advance(alert.States{}, snapshotAt(t, 1, step, journey))
	want := []alert.Event{{
		Key: alert.Key{ID: "shop", Objective: "28d", Kind: alert.Burn, Severity: slo.Page}, Change: alert.Firing,
		At: (begin + 1).Time(), Since: (begin + 1).Time(), Labels: alert.Labels{Owner: "web"},
		Why: alert.Why{
			Tiers: []alert.Tier{
				{Long: "1h", Short: "5m", Factor: burnrate.RatioOf(13.44), LongBurn: burnrate.RatioOf(20), ShortBurn: burnrate.RatioOf(20), Verdict: "fires", Events: 1000, Bad: 20},
				{Long: "6h", Short: "30m", Factor: burnrate.RatioOf(5.6), LongBurn: burnrate.RatioOf(20), ShortBurn: burnrate.RatioOf(20), Verdict: "fires", Events: 1000, Bad: 20},
			},
			Guard:  &alert.Guard{MinEvents: 10, MinBad: 3, Confidence: "95%"},
			Cause:  &alert.Cause{Step: "step-pay", ID: "pay", Owner: "payments", Ratio: burnrate.RatioOf(0.75)},
			Budget: &alert.BudgetSpent{Consumed: burnrate.RatioOf(0)},
		},
	}}
	if diff := cmp.Diff(want, events, cmp.AllowUnexported(burnrate.Ratio{})); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	journey.owner = "checkout"
	_, events = alert.Advance(states, snapshotAt(t, 2, step))
	if len(events) != 1 || events[0].Labels.Owner != "web" {
		t.Errorf("after the owner changed: %+v, want one event of web", events)
	}
}

// TestStatesJSON keeps the form of states, which ledgers hold, and reads it
// back.
func TestStatesJSON(t *testing.T) {
	t.Parallel()
	_, states := play(t, during(2, shown{id: "pay", tiers: "f..f", consumed: 0.9, owner: "payments"}), during(2, shown{id: "pay", tiers: "....", consumed: 0.9}))
	got, err := json.Marshal(states)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"at":"2026-01-05T00:04:00Z","alerts":[` +
		`{"id":"pay","objective":"28d","kind":"budget","severity":"ticket","labels":{"owner":"payments"},"since":"2026-01-05T00:01:00Z","sent":true,"end":29459524,"judged":"2026-01-05T00:04:00Z","definition":"99.9% 28d  [80% 100%]","level":"80%"},` +
		`{"id":"pay","objective":"28d","kind":"burn","severity":"page","labels":{"owner":"payments"},"since":"2026-01-05T00:01:00Z","sent":true,"end":29459524,"judged":"2026-01-05T00:04:00Z","turn":"recovered","calm":1,"definition":"99.9% 28d  1h/5m=336/25 6h/30m=28/5 guard 10 3 95%","tiers":["1h/5m"]},` +
		`{"id":"pay","objective":"28d","kind":"burn","severity":"ticket","labels":{"owner":"payments"},"since":"2026-01-05T00:01:00Z","sent":false,"below":{"id":"pay","objective":"28d","kind":"burn","severity":"page"},"end":29459524,"judged":"2026-01-05T00:04:00Z","turn":"recovered","calm":1,"definition":"99.9% 28d  1d/2h=14/5 3d/6h=1 guard 10 3 95%","tiers":["3d/6h"]}]}`
	if diff := cmp.Diff(strings.Split(want, `,{`), strings.Split(string(got), `,{`)); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	var back alert.States
	if err := json.Unmarshal(got, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(states, back, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	if got, want := states.Alerts[1].Key.String(), "pay 28d burn page"; got != want {
		t.Errorf("key is %q, want %q", got, want)
	}
}
