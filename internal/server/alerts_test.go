package server

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo"
)

// judges has judged alerts, or none yet.
type judges struct {
	box    outbox.Box
	judged bool
}

func (j judges) Alerts() (outbox.Box, bool) { return j.box, j.judged }

// alertsOf is one that fires, one that is over and one that was given up.
func alertsOf() judges {
	at := end.Time()
	event := func(id string, kind alert.Kind, severity slo.Severity, owner string, ago time.Duration) alert.Event {
		key := alert.Key{ID: id, Objective: "28d", Kind: kind, Severity: severity}
		return alert.Event{
			Key: key, Change: alert.Firing, At: at.Add(-ago), Since: at.Add(-ago), Labels: alert.Labels{Owner: owner, Notify: []string{owner + "-slack"}},
		}
	}
	pay, mail := event("checkout/pay", alert.Burn, slo.Page, "payments", 20*time.Minute), event("mail", alert.Budget, slo.Ticket, "shop", 5*time.Hour)
	over := mail
	over.Change, over.Reason, over.At = alert.Resolved, alert.Recovered, at.Add(-4*time.Hour)
	source := event("source:newrelic", alert.Source, slo.Ticket, "sre", time.Hour)
	source.Objective = ""
	told := []alert.Notification{{Event: mail}, {Event: over}, {Event: pay}, {Event: source}}
	var states []alert.Alert
	for _, e := range []alert.Event{pay, source} {
		states = append(states, alert.Alert{Key: e.Key, Labels: e.Labels, Since: e.Since, Sent: true, End: end, Judged: at})
	}
	return judges{judged: true, box: outbox.Box{
		State: outbox.State{States: alert.States{At: at, Alerts: states}}, Log: told,
		Dead: []outbox.Dead{{Letter: outbox.Letter{Number: 2, To: "shop-slack", Notification: told[1]}, At: at.Add(-time.Hour), Reason: "404 Not Found"}},
	}}
}

// TestAlerts is the document of the command alerts, to the byte, and a part of it.
func TestAlerts(t *testing.T) {
	t.Parallel()
	all := report.AlertsOf(alertsOf().box, fixture(t))
	url, _ := served(t, Options{Alerts: alertsOf()})
	for query, filter := range map[string]report.AlertFilter{
		"": {}, "?": {}, "?id=*": {},
		"?kind=burn&kind=budget&kind=noTraffic&kind=noData&kind=source&kind=missed&kind=test&severity=page&severity=ticket": {},
		"?owner=shop":                           {Owners: []string{"shop"}},
		"?owner=shop&owner=sre&severity=ticket": {Owners: []string{"shop", "sre"}, Severities: []string{"ticket"}},
		"?id=checkout/*":                        {IDs: []string{"checkout/*"}},
		"?id=source:newrelic":                   {IDs: []string{"source:newrelic"}},
		"?id=source:*":                          {IDs: []string{"source:*"}},
		"?kind=burn":                            {Kinds: []string{"burn"}},
		"?state=firing&state=undelivered":       {States: []string{"firing", "undelivered"}},
		"?state=past&since=5h":                  {States: []string{"past"}, Since: 5 * time.Hour},
		"?since=3h":                             {Since: 3 * time.Hour},
		"?since=3h&since=30m":                   {Since: 3 * time.Hour},
		"?since=30m&since=3h":                   {Since: 3 * time.Hour},
		"?owner=nobody":                         {Owners: []string{"nobody"}},
	} {
		var want bytes.Buffer
		if err := all.Filter(filter).JSON(&want); err != nil {
			t.Fatal(err)
		}
		got := ask(t, http.MethodGet, url+"/api/v1/alerts"+query, nil)
		if diff := cmp.Diff(want.String(), got.body); diff != "" || got.status != http.StatusOK || got.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: status %d (-want +got):\n%s", query, got.status, diff)
		}
		protected(t, got)
	}
	if len(all.Firing) != 2 || len(all.Past) != 1 || len(all.Undelivered) != 1 || len(all.Errors) != 1 {
		t.Errorf("the document has nothing to choose from: %+v", all)
	}
}

func TestRefusedAlertQueries(t *testing.T) {
	t.Parallel()
	url, _ := served(t, Options{Alerts: alertsOf()})
	for _, test := range []struct{ query, parameter, message string }{
		{"kind=Burn", "kind", `kind has no value "Burn"; did you mean burn?`},
		{"severity=high", "severity", `severity has no value "high"; use page or ticket`},
		{"state=fires", "state", `state has no value "fires"; use firing, held, past or undelivered`},
		{"states=firing", "states", `the parameter "states" is unknown; did you mean state?`},
		{"since=0d", "since", `since cannot be "0d"; write how long ago, such as 90m, 12h or 7d`},
		{"since=7", "since", `since cannot be "7"; write how long ago, such as 90m, 12h or 7d`},
		{"since=99999999d", "since", "99999999d is too long"},
		{"id=newrelic:x", "id", `id cannot be "newrelic:x"; write an id such as barcode-payment/authorise or source:newrelic, with * for any characters`},
		{"owner=A", "owner", `owner cannot be "A"; write the name of a team`},
	} {
		got := ask(t, http.MethodGet, url+"/api/v1/alerts?"+test.query, nil)
		d := read(t, got)
		if got.status != http.StatusBadRequest || len(d.Errors) != 1 || d.Errors[0].Parameter != test.parameter || d.Errors[0].Message != test.message {
			t.Errorf("%s: status %d, %+v, want %q", test.query, got.status, d.Errors, test.message)
		}
	}
}

// TestNoAlerts says why there are none.
func TestNoAlerts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options Options
		status  int
		message string
	}{
		"nobody judges":   {Options{}, http.StatusNotFound, "this server judges no alerts"},
		"before the tick": {Options{Alerts: judges{}, Engine: starting()}, http.StatusServiceUnavailable, "no alert has been judged yet: the history of 312 of 672 indicators was not read yet"},
		"no tick":         {Options{Alerts: judges{}}, http.StatusServiceUnavailable, "no alert has been judged yet"},
		"no snapshot":     {Options{Alerts: alertsOf(), Engine: starting()}, http.StatusServiceUnavailable, "nothing has been measured yet: the history of 312 of 672 indicators was not read yet"},
	} {
		url, _ := served(t, test.options)
		got := ask(t, http.MethodGet, url+"/api/v1/alerts", nil)
		if d := read(t, got); got.status != test.status || len(d.Errors) != 1 || d.Errors[0].Message != test.message {
			t.Errorf("%s: status %d, %+v", name, got.status, d.Errors)
		}
		if got := ask(t, http.MethodPost, url+"/api/v1/alerts", nil); got.status != http.StatusMethodNotAllowed {
			t.Errorf("%s: POST has status %d", name, got.status)
		}
	}
}

// TestHostileAlerts sends texts that are no fault of a reader as data.
func TestHostileAlerts(t *testing.T) {
	t.Parallel()
	hostile := "</script>\x1b[2J\u202e\"\\\n\xff"
	j := alertsOf()
	j.box.Dead[0].Reason = hostile + "NRAK-ABCDEFGHIJKLMNOPQRSTUVWXYZA"
	j.box.State.Alerts[0].Labels.Title = hostile
	url, _ := served(t, Options{Alerts: j})
	got := ask(t, http.MethodGet, url+"/api/v1/alerts", nil)
	var d struct {
		Firing []struct{ Labels alert.Labels }
	}
	if err := json.Unmarshal([]byte(got.body), &d); err != nil || d.Firing[0].Labels.Title != strings.ToValidUTF8(hostile, "�") {
		t.Errorf("got %+v, %v", d, err)
	}
	if strings.ContainsAny(got.body, "\x1b\u202e") || strings.Contains(got.body, "NRAK-A") {
		t.Errorf("got %q", got.body)
	}
}
