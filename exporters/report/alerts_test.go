package report_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo"
)

func tableOf(t *testing.T, a report.Alerts, color bool) string {
	t.Helper()
	var out bytes.Buffer
	if err := a.Table(&out, color); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func documentOf(t *testing.T, a report.Alerts) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := a.JSON(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestAlerts(t *testing.T) {
	t.Parallel()
	a := report.AlertsOf(alertsFixture(t))
	golden(t, "alerts.json", string(documentOf(t, a)))
	golden(t, "alerts.txt", tableOf(t, a, false))
	golden(t, "alerts-color.txt", tableOf(t, a, true))
	for line := range strings.Lines(tableOf(t, a, false)) {
		if width := utf8.RuneCountInString(strings.TrimRight(line, "\n")); width > 100 {
			t.Errorf("%d columns: %s", width, line)
		}
	}
	plain := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(tableOf(t, a, true), "")
	if diff := cmp.Diff(tableOf(t, a, false), plain); diff != "" {
		t.Errorf("colour changes the text (-plain +coloured):\n%s", diff)
	}
}

// TestAlertsEmpty has lists, never null, where there is nothing to list.
func TestAlertsEmpty(t *testing.T) {
	t.Parallel()
	a := report.AlertsOf(outbox.Box{}, burnrate.Snapshot{At: end.Time()})
	want := `{
  "schema": "slojourn.alerts/v1",
  "at": "2026-02-02T02:40:00Z",
  "judgedAt": null,
  "firing": [],
  "held": [],
  "past": [],
  "undelivered": [],
  "errors": []
}
`
	if diff := cmp.Diff(want, string(documentOf(t, a))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("At 2026-02-02 02:40 UTC; no alert was judged yet\nNothing to show.\n", tableOf(t, a, false)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestAlertsAreStable gives the same bytes for the same input, and changes none of
// it.
func TestAlertsAreStable(t *testing.T) {
	t.Parallel()
	box, s := alertsFixture(t)
	want := documentOf(t, report.AlertsOf(box, s))
	for range 20 {
		if got := documentOf(t, report.AlertsOf(box, s)); !bytes.Equal(want, got) {
			t.Fatalf("(-first +later):\n%s", cmp.Diff(string(want), string(got)))
		}
	}
	again, _ := alertsFixture(t)
	if diff := cmp.Diff(again, box, cmp.Comparer(func(x, y burnrate.Ratio) bool { return x == y }), cmp.Comparer(time.Time.Equal)); diff != "" {
		t.Errorf("the box was changed:\n%s", diff)
	}
}

// TestReadAlerts prints the same table from a document as from what it was made of.
func TestReadAlerts(t *testing.T) {
	t.Parallel()
	a := report.AlertsOf(alertsFixture(t))
	read, err := report.ReadAlerts(documentOf(t, a))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(tableOf(t, a, true), tableOf(t, read, true)); diff != "" {
		t.Errorf("of the document (+):\n%s", diff)
	}
	part, err := read.Of("shop/pay")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := read.Of(part.Firing[0].Episode); err != nil {
		t.Errorf("an episode that was read: %v", err)
	}
}

func TestReadAlertsRefuses(t *testing.T) {
	t.Parallel()
	const beginning = `{"schema":"slojourn.alerts/v1","at":"2026-11-22T09:00:00Z","firing":[`
	for _, test := range []struct{ document, want string }{
		{`{"schema":"slojourn.eval/v1","at":"2026-11-22T09:00:00Z"}`, "this program knows slojourn.alerts/v1"},
		{`<html>`, "it is no JSON with the schema slojourn.alerts/v1"},
		{`{"schema":"slojourn.alerts/v1"}`, "not what it says: at is missing"},
		{`{"schema":"slojourn.alerts/v1","at":"soon"}`, "not what it says: "},
		{beginning + `{"id":"a","since":"2026-11-22T09:00:00Z"}]}`, "lacks its id, episode or since"},
		{beginning + `{"id":"a","episode":"0123456789abcdef0123456789abcdef"}]}`, "lacks its id, episode or since"},
		{beginning + `{"episode":"0123456789abcdef0123456789abcdef","since":"2026-11-22T09:00:00Z"}]}`, "lacks its id, episode or since"},
	} {
		if _, err := report.ReadAlerts([]byte(test.document)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want an error with %q", test.document, err, test.want)
		}
	}
}

// idsOfAlerts says in short what a document holds.
func idsOfAlerts(a report.Alerts) string {
	var words []string
	for _, e := range a.Firing {
		words = append(words, fmt.Sprintf("%s:%s:%s", e.ID, e.Kind, e.Severity))
	}
	words = append(words, "|")
	for _, r := range a.Held {
		words = append(words, fmt.Sprintf("%s:%s", r.ID, r.Long))
	}
	words = append(words, "|")
	for _, e := range a.Past {
		words = append(words, fmt.Sprintf("%s:%s", e.ID, e.Kind))
	}
	words = append(words, "|")
	for _, l := range a.Undelivered {
		words = append(words, l.To)
	}
	return strings.Join(append(words, "|", fmt.Sprint(len(a.Errors))), " ")
}

func TestAlertFilter(t *testing.T) {
	t.Parallel()
	a := report.AlertsOf(alertsFixture(t))
	for _, test := range []struct {
		filter report.AlertFilter
		want   string
	}{
		{report.AlertFilter{IDs: []string{"cart"}}, "cart:budget:ticket cart:noData:ticket | cart:1h cart:6h cart:1d cart:3d | | | 0"},
		{report.AlertFilter{IDs: []string{"s*", "old"}, Kinds: []string{"budget"}}, "shop/pay:budget:ticket | | shop/pay:budget | | 0"},
		{report.AlertFilter{Owners: []string{"payments"}, Severities: []string{"page"}}, "shop/pay:burn:page | | quiet:noTraffic lost:burn shop/pay:burn old:burn | duty slack | 1"},
		{report.AlertFilter{Owners: []string{"sre", "nobody"}}, "source:newrelic:source:ticket | | | | 1"},
		{report.AlertFilter{States: []string{"held"}, Severities: []string{"ticket"}}, "| cart:1d cart:3d shop:3d | | | 1"},
		{report.AlertFilter{States: []string{"past", "undelivered"}, Since: 30 * time.Hour}, "| | team:shop:missed quiet:noTraffic lost:burn | duty slack | 1"},
		{report.AlertFilter{States: []string{"past", "undelivered"}, Since: 20 * time.Hour}, "| | team:shop:missed quiet:noTraffic | duty | 1"},
		{report.AlertFilter{States: []string{"past"}, Kinds: []string{"burn"}, Since: 400 * time.Hour}, "| | lost:burn shop/pay:burn old:burn | | 1"},
		{report.AlertFilter{IDs: []string{"nothing"}}, "| | | | 0"},
	} {
		if diff := cmp.Diff(test.want, strings.Join(strings.Fields(idsOfAlerts(a.Filter(test.filter))), " ")); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", test.filter, diff)
		}
	}
}

// TestAlertsOf finds alerts by ids, and by the first digits of episodes.
func TestAlertsOf(t *testing.T) {
	t.Parallel()
	a := report.AlertsOf(alertsFixture(t))
	page := a.Firing[slices.IndexFunc(a.Firing, func(e report.Episode) bool { return e.ID == "shop/pay" && e.Severity == slo.Page })]
	for _, test := range []struct{ name, want, wrong string }{
		{"shop/pay", "shop/pay:budget:ticket shop/pay:burn:page shop/pay:burn:ticket | | shop/pay:burn shop/pay:budget | duty slack | 0", ""},
		{page.Episode, "shop/pay:burn:page | | | duty | 0", ""},
		{strings.ToUpper(page.Episode[:8]), "shop/pay:burn:page | | | duty | 0", ""},
		{"team:shop", "| | team:shop:missed | | 0", ""},
		{page.Episode[:3], "", "there is no alert of "},
		{"shop/*", "", `there is no alert of "shop/*", nor an episode that begins so`},
		{"", "", "there is no alert of "},
	} {
		part, err := a.Of(test.name)
		if got := strings.Join(strings.Fields(idsOfAlerts(part)), " "); test.wrong == "" && (err != nil || got != test.want) {
			t.Errorf("%q: got %s, %v, want %s", test.name, got, err, test.want)
		}
		if test.wrong != "" && (err == nil || !strings.Contains(err.Error(), test.wrong)) {
			t.Errorf("%q: got %v, want an error with %q", test.name, err, test.wrong)
		}
	}
	a.Past[0].Episode, a.Past[1].Episode = "abcd"+a.Past[0].Episode[4:], "abcd"+a.Past[1].Episode[4:]
	if _, err := a.Of("abcd"); err == nil || !strings.Contains(err.Error(), "2 episodes begin with") {
		t.Errorf("got %v", err)
	}
}

// TestAlertsRenamed goes on with what was told under another id.
func TestAlertsRenamed(t *testing.T) {
	t.Parallel()
	a, err := report.AlertsOf(alertsFixture(t)).Of("renamed")
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Firing) != 1 || len(a.Past) != 0 || len(a.Firing[0].Messages) != 1 || a.Firing[0].Messages[0].Below == nil {
		t.Errorf("got %+v", a.Firing)
	}
}

// TestAlertsNewest prefers what fires, and pages.
func TestAlertsNewest(t *testing.T) {
	t.Parallel()
	a := report.AlertsOf(alertsFixture(t))
	for name, want := range map[string]string{"shop/pay": "burn page 90", "cart": "budget ticket 31", "old": "burn page 1000"} {
		part, err := a.Of(name)
		if err != nil {
			t.Fatal(err)
		}
		e, _ := part.Newest()
		if got := fmt.Sprint(e.Kind, " ", e.Severity, " ", e.Minutes); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
		if only := part.OnlyNewest(); len(only.Firing)+len(only.Past) != 1 || len(only.Held) != 0 {
			t.Errorf("%s: %s", name, idsOfAlerts(only))
		}
	}
	if e, some := (report.Alerts{}).Newest(); some {
		t.Errorf("got %v of nothing", e)
	}
}

// FuzzReadAlerts prints a table and a postmortem of whatever can be read, with
// nothing in them that changes how a terminal looks.
func FuzzReadAlerts(f *testing.F) {
	// Several small ones, as the fuzzer takes long to shorten a large one.
	for _, seed := range []string{
		`"firing":[{"episode":"0123456789abcdef0123456789abcdef","id":"a\u001b[31m","since":"2026-11-22T08:00:00Z","labels":{"owner":"\u202eb"}}]`,
		`"firing":[{"episode":"0123456789abcdef0123456789abcdef","id":"a","since":"2026-11-22T08:00:00Z","clearing":{"turn":"\n"},"silence":{"reason":"page","by":{"id":"x"}}}]`,
		`"past":[{"episode":"0123456789abcdef0123456789abcdef","id":"p","since":"2026-11-22T08:00:00Z","why":{"tiers":[{"long":"1h","longBurn":1e300}],"budget":{"consumed":null}}}]`,
		`"past":[{"episode":"0123456789abcdef0123456789abcdef","id":"p","since":"2026-11-22T08:00:00Z","timeZone":"../x","impact":{"from":"ledger","total":1,"attribution":[{"step":"\u0007","ratio":1}]}}]`,
		`"held":[{"heldBy":"guard","guard":{"minBad":1}}]`,
		`"undelivered":[{"to":"\u2028","reason":"\u0000","deadAt":"2026-11-22T08:00:00Z"}]`,
	} {
		f.Add([]byte(`{"schema":"slojourn.alerts/v1","at":"2026-11-22T09:00:00Z",` + seed + `}`))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := report.ReadAlerts(data)
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := a.Table(&out, false); err != nil {
			t.Fatal(err)
		}
		for _, e := range slices.Concat(a.Firing, a.Past) {
			if err := a.Postmortem(&out, e); err != nil {
				t.Fatal(err)
			}
		}
		hostile := func(r rune) bool {
			return r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
		}
		if slices.ContainsFunc([]rune(out.String()), hostile) {
			t.Errorf("%q", out.String())
		}
	})
}

// TestAlertsBelowNothing says of a ticket whose page is over that it waits for its
// own condition.
func TestAlertsBelowNothing(t *testing.T) {
	t.Parallel()
	box, snapshot := alertsFixture(t)
	box.State.Alerts = slices.DeleteFunc(slices.Clone(box.State.Alerts), func(a alert.Alert) bool { return a.ID == "search" && a.Severity == slo.Page })
	a, err := report.AlertsOf(box, snapshot).Of("search")
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Firing) != 1 || a.Firing[0].Silence == nil || a.Firing[0].Silence.Reason != "calm" {
		t.Errorf("got %+v", a.Firing)
	}
}
