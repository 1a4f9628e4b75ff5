package backtest_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo"
)

// fires is a firing over a short window of 5m that is measured 2m later: one from 10
// on has 3 to 7.
func fires(from, to int64) backtest.Firing {
	m := begin + slo.Minute(from)
	return backtest.Firing{From: at(from), To: at(to), Evidence: slo.Span{Start: m - 7, End: m - 2}, Until: begin + slo.Minute(to) - 2}
}

// told is an episode with the evidence of such a firing.
func told(key alert.Key, from, to int64) backtest.Episode {
	f, end := fires(from, to), at(to+3)
	return backtest.Episode{Key: key, Start: f.From, Since: f.From, End: &end, Sent: true, Evidence: f.Evidence, Until: f.Until, Before: from == 0}
}

func keyOf(id string, kind alert.Kind, severity slo.Severity) alert.Key {
	return alert.Key{ID: id, Objective: "1d", Kind: kind, Severity: severity}
}

// judged is a run from 0 to 1000 with firings of a page and a ticket of SLOs.
func judged(firings map[string][2][]backtest.Firing) *backtest.Run {
	run := &backtest.Run{From: at(0), To: at(1000), Minutes: 1001}
	for _, id := range []string{"pay", "pay/authorise", "search"} {
		o := backtest.Objective{ID: id, Name: "1d", Tiers: []backtest.Tier{
			{Severity: slo.Ticket, Long: "1d", Short: "2h", Firings: firings[id][1]},
			{Severity: slo.Page, Long: "6h", Short: "30m"},
			{Severity: slo.Page, Long: "1h", Short: "5m", Firings: firings[id][0]},
		}}
		if id == "pay" {
			o.Steps = []string{"pay/authorise", "receipt"}
		}
		run.Objectives = append(run.Objectives, o)
	}
	return run
}

func incident(from, to int64, expect slo.Severity, slos ...string) slo.Incident {
	return slo.Incident{Name: fmt.Sprintf("at %d", from), From: at(from), To: at(to), Expect: expect, SLOs: slos}
}

func showScore(s *backtest.Score) string {
	text := string(s.Severity)
	if s.Long != "" {
		text += " " + s.Long + "/" + s.Short
	}
	text += fmt.Sprintf(": %d of %d true (%s), %d of %d found (%s)", s.True, s.Fired, s.Precision, s.Found, s.Expected, s.Recall)
	if s.Already > 0 {
		text += fmt.Sprintf(", %d already", s.Already)
	}
	if s.Delays != nil {
		text += fmt.Sprintf(", after %v/%v/%v", s.Delays.Least, s.Delays.Median, s.Delays.Most)
	}
	return text
}

func showScores(scores []backtest.Score) []string {
	var lines []string
	for i := range scores {
		lines = append(lines, showScore(&scores[i]))
	}
	return lines
}

func TestJudgeTiers(t *testing.T) {
	t.Parallel()
	type (
		firings   = []backtest.Firing
		all       = map[string][2][]backtest.Firing
		incidents = []slo.Incident
	)
	const (
		noPage   = "page 1h/5m: 0 of 0 true (undefined), 0 of 0 found (undefined)"
		noTicket = "ticket 1d/2h: 0 of 0 true (undefined), 0 of 0 found (undefined)"
	)
	tests := []struct {
		name      string
		firings   all
		incidents incidents
		want      [2]string // of the page and the ticket
	}{
		{"nothing", nil, nil, [2]string{noPage, noTicket}},
		{
			"nothing went wrong",
			all{"pay": {firings{fires(100, 110)}, nil}},
			nil,
			[2]string{"page 1h/5m: 0 of 1 true (0), 0 of 0 found (undefined)", noTicket},
		},
		{
			"nothing fired", nil,
			incidents{incident(100, 110, slo.Page)},
			[2]string{"page 1h/5m: 0 of 0 true (undefined), 0 of 1 found (0)", "ticket 1d/2h: 0 of 0 true (undefined), 0 of 1 found (0)"},
		},
		{
			"two of one incident, found once by the first",
			all{"pay": {firings{fires(106, 110)}, nil}, "search": {firings{fires(104, 110)}, nil}},
			incidents{incident(100, 110, slo.Page)},
			[2]string{"page 1h/5m: 2 of 2 true (1), 1 of 1 found (1), after 4/4/4", "ticket 1d/2h: 0 of 0 true (undefined), 0 of 1 found (0)"},
		},
		{
			"a ticket about something worth a page",
			all{"pay": {nil, firings{fires(104, 110)}}},
			incidents{incident(100, 110, slo.Page)},
			[2]string{"page 1h/5m: 0 of 0 true (undefined), 0 of 1 found (0)", "ticket 1d/2h: 1 of 1 true (1), 1 of 1 found (1), after 4/4/4"},
		},
		{
			"a page about something worth a ticket",
			all{"pay": {firings{fires(104, 110)}, nil}},
			incidents{incident(100, 110, slo.Ticket)},
			[2]string{"page 1h/5m: 0 of 1 true (0), 0 of 0 found (undefined)", "ticket 1d/2h: 0 of 0 true (undefined), 0 of 1 found (0)"},
		},
		{
			"both about something that is worth nothing",
			all{"pay": {firings{fires(104, 110)}, firings{fires(105, 110)}}},
			incidents{incident(100, 110, "")},
			[2]string{"page 1h/5m: 0 of 1 true (0), 0 of 0 found (undefined)", "ticket 1d/2h: 0 of 1 true (0), 0 of 0 found (undefined)"},
		},
		{
			"about two of which one is worth it",
			all{"pay": {firings{fires(104, 110)}, nil}},
			incidents{incident(90, 101, ""), incident(100, 110, slo.Page)},
			[2]string{"page 1h/5m: 1 of 1 true (1), 1 of 1 found (1), after 4/4/4", "ticket 1d/2h: 0 of 0 true (undefined), 0 of 1 found (0)"},
		},
		{
			"about two of which the first is worth it",
			all{"pay": {firings{fires(104, 110)}, nil}},
			incidents{incident(100, 110, slo.Page), incident(90, 101, "")},
			[2]string{"page 1h/5m: 1 of 1 true (1), 1 of 1 found (1), after 4/4/4", "ticket 1d/2h: 0 of 0 true (undefined), 0 of 1 found (0)"},
		},
		{
			"what concerns another id",
			all{"search": {firings{fires(104, 110)}, nil}, "pay/authorise": {firings{fires(104, 110)}, nil}},
			incidents{incident(100, 110, slo.Page, "search")},
			[2]string{"page 1h/5m: 1 of 2 true (0.5), 1 of 1 found (1), after 4/4/4", "ticket 1d/2h: 0 of 0 true (undefined), 0 of 1 found (0)"},
		},
		{
			"a step and its journey",
			all{"pay": {firings{fires(104, 110)}, nil}, "pay/authorise": {firings{fires(105, 110)}, nil}},
			incidents{incident(100, 110, slo.Page, "pay/authorise"), incident(100, 110, slo.Page, "pay"), incident(100, 110, slo.Page, "receipt")},
			[2]string{"page 1h/5m: 2 of 2 true (1), 3 of 3 found (1), after 4/4/4", "ticket 1d/2h: 0 of 0 true (undefined), 0 of 3 found (0)"},
		},
		{
			"already, for another reason",
			all{"pay": {firings{fires(90, 110)}, nil}},
			incidents{incident(100, 110, slo.Page)},
			[2]string{"page 1h/5m: 0 of 1 true (0), 1 of 1 found (1), 1 already", "ticket 1d/2h: 0 of 0 true (undefined), 0 of 1 found (0)"},
		},
		{
			"already, and another one began",
			all{"pay": {firings{fires(90, 110)}, nil}, "search": {firings{fires(108, 110)}, nil}},
			incidents{incident(100, 110, slo.Page)},
			[2]string{"page 1h/5m: 1 of 2 true (0.5), 1 of 1 found (1), after 8/8/8", "ticket 1d/2h: 0 of 0 true (undefined), 0 of 1 found (0)"},
		},
		{
			"over before it has a minute",
			all{"pay": {firings{fires(90, 102), fires(102, 102)}, nil}},
			incidents{incident(100, 110, slo.Page)},
			[2]string{"page 1h/5m: 0 of 2 true (0), 0 of 1 found (0)", "ticket 1d/2h: 0 of 0 true (undefined), 0 of 1 found (0)"},
		},
		{
			"the first minute, and the last one",
			all{"pay": {firings{fires(103, 103)}, nil}, "search": {firings{fires(116, 120)}, nil}},
			incidents{incident(100, 110, slo.Page, "pay"), incident(100, 110, slo.Page, "search")},
			[2]string{"page 1h/5m: 2 of 2 true (1), 2 of 2 found (1), after 3/9.5/16", "ticket 1d/2h: 0 of 0 true (undefined), 0 of 2 found (0)"},
		},
		{
			"behind the last minute",
			all{"pay": {firings{fires(117, 120)}, nil}},
			incidents{incident(100, 110, slo.Page)},
			[2]string{"page 1h/5m: 0 of 1 true (0), 0 of 1 found (0)", "ticket 1d/2h: 0 of 0 true (undefined), 0 of 1 found (0)"},
		},
		{
			"in the first snapshot, for what nobody knows",
			all{"pay": {firings{fires(0, 10), fires(200, 210)}, nil}},
			incidents{incident(20, 30, slo.Page)},
			[2]string{"page 1h/5m: 0 of 1 true (0), 0 of 1 found (0)", "ticket 1d/2h: 0 of 0 true (undefined), 0 of 1 found (0)"},
		},
		{
			"in the first snapshot, and found",
			all{"pay": {firings{fires(0, 10)}, nil}},
			incidents{incident(-20, 5, slo.Page)},
			[2]string{"page 1h/5m: 1 of 1 true (1), 1 of 1 found (1)", "ticket 1d/2h: 0 of 0 true (undefined), 0 of 1 found (0)"},
		},
		{
			"outside, and true all the same",
			all{"pay": {firings{fires(2, 10)}, nil}},
			incidents{incident(-20, 0, slo.Page), incident(1000, 1010, slo.Page), incident(5000, 5010, slo.Ticket)},
			[2]string{"page 1h/5m: 1 of 1 true (1), 0 of 0 found (undefined)", noTicket},
		},
		{
			"three of four, and the median of an odd number",
			all{"pay": {firings{fires(103, 110), fires(209, 210), fires(304, 310), fires(800, 810)}, nil}},
			incidents{incident(100, 110, slo.Page), incident(200, 210, slo.Page), incident(300, 310, slo.Page), incident(400, 410, slo.Page)},
			[2]string{"page 1h/5m: 3 of 4 true (0.75), 3 of 4 found (0.75), after 3/4/9", "ticket 1d/2h: 0 of 0 true (undefined), 0 of 4 found (0)"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			judgement := backtest.Judge(judged(test.firings), test.incidents)
			got := showScores(judgement.Tiers)
			if len(got) != 3 || !strings.HasPrefix(got[1], "page 6h/30m: 0 of 0 true (undefined)") {
				t.Fatalf("got %q", got)
			}
			if diff := cmp.Diff(test.want, [2]string{got[0], got[2]}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestJudgeSent(t *testing.T) {
	t.Parallel()
	page, ticket := keyOf("pay", alert.Burn, slo.Page), keyOf("pay", alert.Burn, slo.Ticket)
	silent := told(ticket, 104, 110)
	silent.Sent = false
	observed := told(page, 104, 110)
	observed.Observe = true
	tests := []struct {
		name      string
		episodes  []backtest.Episode
		incidents []slo.Incident
		want      []string
	}{
		{"nothing", nil, nil, []string{"page: 0 of 0 true (undefined), 0 of 0 found (undefined)", "ticket: 0 of 0 true (undefined), 0 of 0 found (undefined)"}},
		{
			"a ticket that is silent below its page, which both find",
			[]backtest.Episode{told(page, 104, 110), silent},
			[]slo.Incident{incident(100, 110, slo.Page)},
			[]string{"page: 1 of 1 true (1), 1 of 1 found (1), after 4/4/4", "ticket: 0 of 0 true (undefined), 1 of 1 found (1), after 4/4/4"},
		},
		{
			"a page of what is worth a ticket",
			[]backtest.Episode{told(page, 104, 110)},
			[]slo.Incident{incident(100, 110, slo.Ticket)},
			[]string{"page: 0 of 1 true (0), 0 of 0 found (undefined)", "ticket: 0 of 0 true (undefined), 1 of 1 found (1), after 4/4/4"},
		},
		{
			"what is observed",
			[]backtest.Episode{observed},
			[]slo.Incident{incident(100, 110, slo.Page)},
			[]string{"page: 0 of 0 true (undefined), 0 of 1 found (0)", "ticket: 0 of 0 true (undefined), 0 of 1 found (0)"},
		},
		{
			"what is not about burning",
			[]backtest.Episode{told(keyOf("pay", alert.NoTraffic, slo.Page), 104, 110)},
			[]slo.Incident{incident(100, 110, slo.Page)},
			[]string{"page: 1 of 1 true (1), 1 of 1 found (1), after 4/4/4", "ticket: 0 of 0 true (undefined), 1 of 1 found (1), after 4/4/4"},
		},
		{
			"a ticket of each",
			[]backtest.Episode{told(ticket, 0, 4), told(ticket, 104, 110), told(ticket, 205, 210), told(ticket, 300, 310)},
			[]slo.Incident{incident(100, 110, slo.Page), incident(200, 210, slo.Ticket)},
			[]string{"page: 0 of 0 true (undefined), 0 of 1 found (0)", "ticket: 2 of 3 true (0.666666666667), 2 of 2 found (1), after 4/4.5/5"},
		},
		{
			"a page that goes on",
			[]backtest.Episode{told(page, 90, 110)},
			[]slo.Incident{incident(100, 110, slo.Page)},
			[]string{"page: 0 of 1 true (0), 1 of 1 found (1), 1 already", "ticket: 0 of 0 true (undefined), 1 of 1 found (1), 1 already"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			run := judged(nil)
			run.Episodes = test.episodes
			if diff := cmp.Diff(test.want, showScores(backtest.Judge(run, test.incidents).Sent)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestJudgeTold(t *testing.T) {
	t.Parallel()
	page, ticket := keyOf("pay", alert.Burn, slo.Page), keyOf("pay", alert.Burn, slo.Ticket)
	silent := told(page, 103, 110)
	silent.Sent = false
	observed := told(page, 103, 110)
	observed.Observe = true
	source := told(alert.Key{ID: alert.SourceID("nr"), Kind: alert.Source, Severity: slo.Page}, 104, 110)
	tests := []struct {
		name     string
		episodes []backtest.Episode
		incident slo.Incident
		want     string
	}{
		{"nobody", nil, incident(100, 110, slo.Page), "-"},
		{"the first that somebody was told of", []backtest.Episode{silent, observed, told(page, 104, 110), told(page, 106, 110)}, incident(100, 110, slo.Page), "2 4m0s"},
		{"a ticket is not enough", []backtest.Episode{told(ticket, 104, 110)}, incident(100, 110, slo.Page), "-"},
		{"a ticket is enough", []backtest.Episode{told(ticket, 104, 110)}, incident(100, 110, slo.Ticket), "0 4m0s"},
		{"a page is more than enough", []backtest.Episode{told(page, 104, 110)}, incident(100, 110, slo.Ticket), "0 4m0s"},
		{"what nobody should have been told of", []backtest.Episode{told(ticket, 104, 110)}, incident(100, 110, ""), "0 4m0s"},
		{"what went on, as something else was wrong", []backtest.Episode{told(page, 90, 110)}, incident(100, 110, ""), "-"},
		{"no traffic", []backtest.Episode{told(keyOf("pay", alert.NoTraffic, slo.Page), 104, 110)}, incident(100, 110, slo.Page), "0 4m0s"},
		{"a source", []backtest.Episode{source}, incident(100, 110, slo.Page, "search"), "0 4m0s"},
		{"of another id", []backtest.Episode{told(page, 104, 110)}, incident(100, 110, slo.Page, "search"), "-"},
		{"of a step", []backtest.Episode{told(page, 104, 110)}, incident(100, 110, slo.Page, "receipt"), "0 4m0s"},
		{"already", []backtest.Episode{told(page, 90, 110), told(page, 95, 110)}, incident(100, 110, slo.Page), "0 -10m0s"},
		{"a budget that was spent before", []backtest.Episode{told(keyOf("pay", alert.Budget, slo.Ticket), 90, 110)}, incident(100, 110, slo.Ticket), "-"},
		{"a budget that it spends", []backtest.Episode{told(keyOf("pay", alert.Budget, slo.Ticket), 105, 110)}, incident(100, 110, slo.Ticket), "0 5m0s"},
		{"already, and again", []backtest.Episode{told(page, 90, 110), told(page, 105, 110)}, incident(100, 110, slo.Page), "1 5m0s"},
		{"over before", []backtest.Episode{told(page, 90, 102)}, incident(100, 110, slo.Page), "-"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			run := judged(nil)
			run.Episodes = test.episodes
			got := "-"
			if found := backtest.Judge(run, []slo.Incident{test.incident}).Incidents[0]; found.Told != nil {
				got = fmt.Sprint(*found.Told, " ", *found.After)
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestJudgeAlarms wants no false alarm of what somebody had to be told of, for another
// reason.
func TestJudgeAlarms(t *testing.T) {
	t.Parallel()
	run := judged(nil)
	run.Episodes = []backtest.Episode{told(keyOf("pay", alert.Burn, slo.Page), 104, 110)}
	quiet := incident(100, 110, "")
	for name, test := range map[string]struct {
		other slo.Incident
		alarm bool
	}{
		"another incident of it":          {incident(90, 110, slo.Ticket, "pay"), false},
		"another one is not about it":     {incident(90, 110, slo.Ticket, "search"), true},
		"another one was over":            {incident(80, 90, slo.Page, "pay"), true},
		"nobody should be told of either": {incident(90, 110, "", "pay"), true},
	} {
		found := backtest.Judge(run, []slo.Incident{quiet, test.other}).Incidents[0]
		if got := found.Told != nil; got != test.alarm {
			t.Errorf("%s: an alarm: %t, want %t", name, got, test.alarm)
		}
	}
}

// TestJudgeOutside leaves out what the run does not look at.
func TestJudgeOutside(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		incident slo.Incident
		outside  bool
	}{
		"of everything":       {incident(100, 110, slo.Page), false},
		"of what is there":    {incident(100, 110, slo.Page, "search", "other"), false},
		"of something else":   {incident(100, 110, slo.Page, "other"), true},
		"of a step":           {incident(100, 110, slo.Page, "receipt"), false},
		"after the run":       {incident(1001, 1010, slo.Page), true},
		"up to its beginning": {incident(-5, 0, slo.Page), true},
	} {
		judgement := backtest.Judge(judged(nil), []slo.Incident{test.incident})
		if got := judgement.Incidents[0].Outside; got != test.outside || (judgement.Sent[0].Expected == 0) != test.outside {
			t.Errorf("%s: outside: %t, want %t; %+v", name, got, test.outside, judgement.Sent[0])
		}
	}
}

// TestJudgeSeen shows of something that nobody should have been told of what fired for
// it, and not what fired for something else.
func TestJudgeSeen(t *testing.T) {
	t.Parallel()
	run := judged(map[string][2][]backtest.Firing{
		"pay":    {{fires(104, 110), fires(204, 210)}, nil}, // for another one, and then for nothing
		"search": {{fires(104, 110)}, nil},
	})
	for o := range run.Objectives {
		run.Sightings = append(run.Sightings, backtest.Sighting{Objective: o, Tier: 2, First: at(104)}, backtest.Sighting{Objective: o, Tier: 0})
	}
	quiet := incident(90, 300, "")
	for name, test := range map[string]struct {
		other slo.Incident
		want  []string
	}{
		"nothing else":         {incident(100, 110, "", "pay"), []string{"pay 2 104", "pay/authorise 2 104", "search 2 104", "pay 0 never", "pay/authorise 0 never", "search 0 never"}},
		"something else of it": {incident(100, 110, slo.Ticket, "pay"), []string{"search 2 104", "pay 2 204", "pay 0 never", "pay/authorise 0 never", "search 0 never"}},
	} {
		run.Objectives[1].Tiers[2].Firings = nil
		if name == "nothing else" {
			run.Objectives[1].Tiers[2].Firings = []backtest.Firing{fires(104, 110)}
		}
		var got []string
		for _, s := range backtest.Judge(run, []slo.Incident{quiet, test.other}).Incidents[0].Seen {
			first := "never"
			if !s.First.IsZero() {
				first = fmt.Sprint(s.First.Sub(at(0)).Minutes())
			}
			got = append(got, fmt.Sprint(run.Objectives[s.Objective].ID, " ", s.Tier, " ", first))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestJudgeIncidents looks at what is kept of incidents.
func TestJudgeIncidents(t *testing.T) {
	t.Parallel()
	run := judged(nil)
	for i := range run.Objectives {
		for k := range run.Objectives[i].Tiers {
			run.Objectives[i].Tiers[k].Factor = burnrate.RatioOf([]float64{2, 6, 14}[k])
		}
	}
	sighting := func(incident, objective, tier int, highest float64, first int64) backtest.Sighting {
		s := backtest.Sighting{Incident: incident, Objective: objective, Tier: tier}
		if highest >= 0 {
			s.Highest = burnrate.RatioOf(highest)
		}
		if first > 0 {
			s.First = at(first)
		}
		return s
	}
	run.Sightings = []backtest.Sighting{
		sighting(0, 0, 0, 1.9, 0), // 0.95 of its factor
		sighting(0, 0, 1, 5.4, 0), // 0.9
		sighting(0, 0, 2, -1, 0),  // not known
		sighting(0, 1, 2, 28, 15), // at twice its factor
		sighting(0, 1, 1, 9, 12),  // what fired first
		sighting(0, 1, 0, 5, 15),  // at two and a half times its factor
		sighting(0, 2, 2, 0, 0),
		sighting(1, 2, 2, 3, 0),
	}
	first := slo.Incident{Name: "first", From: at(10), To: at(20), SLOs: []string{"pay"}, Expect: slo.Page, Note: "rolled back"}
	before := slo.Incident{Name: "before", From: at(-20), To: at(0)}
	judgement := backtest.Judge(run, []slo.Incident{first, before, {Name: "at the end", From: at(999), To: at(1005)}, {Name: "later", From: at(1000), To: at(1005)}})
	seen := func(order ...int) []backtest.Sighting {
		var list []backtest.Sighting
		for _, n := range order {
			list = append(list, run.Sightings[n])
		}
		return list
	}
	want := []backtest.IncidentFound{
		{Name: "first", From: at(10), To: at(20), SLOs: []string{"pay"}, Expect: slo.Page, Note: "rolled back", Seen: seen(4, 5, 3, 0, 1, 6, 2)},
		{Name: "before", From: at(-20), To: at(0), Outside: true, Seen: seen(7)},
		{Name: "at the end", From: at(999), To: at(1005)},
		{Name: "later", From: at(1000), To: at(1005), Outside: true},
	}
	if diff := cmp.Diff(want, judgement.Incidents, cmp.Comparer(func(a, b burnrate.Ratio) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	data, err := json.Marshal(backtest.Judge(judged(nil), nil))
	if err != nil || !strings.HasPrefix(string(data), `{"incidents":[],"sent":[{`) || strings.Contains(string(data), "NaN") {
		t.Errorf("without incidents: %s, %v", data, err)
	}
}

// TestJudgeRun judges what a recorder has seen: 50 bad of 100 from 60 to 64, measured
// three minutes later, page at 66. It leaves the run as it is.
func TestJudgeRun(t *testing.T) {
	t.Parallel()
	options := backtest.Options{Incidents: []slo.Incident{
		{Name: "failed release", From: at(60).Add(20 * time.Second), To: at(63), Expect: slo.Page},
		{Name: "not noticed", From: at(30), To: at(40), Expect: slo.Page},
	}}
	minutes, happened := during(stretch{60, 100, 0}, stretch{4, 100, 50}, stretch{60, 100, 0})
	list := snapshots(t, setOf(t, small(t), "pay", "search"), minutes, 3, happened)
	run := record(options, list)
	judgement := backtest.Judge(&run, options.Incidents)
	want := []string{
		"page 10m/2m: 2 of 2 true (1), 1 of 2 found (0.5), after 5.666666666666667/5.666666666666667/5.666666666666667",
		"page 30m/5m: 2 of 2 true (1), 1 of 2 found (0.5), after 5.666666666666667/5.666666666666667/5.666666666666667",
		"ticket 1h/10m: 2 of 2 true (1), 1 of 2 found (0.5), after 5.666666666666667/5.666666666666667/5.666666666666667",
	}
	if diff := cmp.Diff(want, showScores(judgement.Tiers)); diff != "" {
		t.Errorf("tiers (-want +got):\n%s", diff)
	}
	// The tickets are sent when the pages are over, still for what went wrong.
	want = []string{
		"page: 2 of 2 true (1), 1 of 2 found (0.5), after 5.666666666666667/5.666666666666667/5.666666666666667",
		"ticket: 2 of 2 true (1), 1 of 2 found (0.5), after 5.666666666666667/5.666666666666667/5.666666666666667",
	}
	if diff := cmp.Diff(want, showScores(judgement.Sent)); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	found := judgement.Incidents[0]
	if found.Told == nil || run.Episodes[*found.Told].Severity != slo.Page || *found.After != 5*time.Minute+40*time.Second || len(found.Seen) != 6 {
		t.Errorf("got %+v", found)
	}
	if missed := judgement.Incidents[1]; missed.Told != nil || missed.Outside || len(missed.Seen) != 6 {
		t.Errorf("got %+v", missed)
	}
	if again := record(options, list); !reflect.DeepEqual(run, again) {
		t.Error("the run was changed")
	}
}
