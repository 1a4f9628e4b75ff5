package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/internal/server"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// tell runs alerts at the end of the story.
func tell(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	s := shop{now: storyEnd()}
	return s.run(t, append([]string{"alerts"}, args...)...)
}

// TestAlertsOfTheStory prints everything that a ledger tells of alerts.
func TestAlertsOfTheStory(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	dir := told(t)
	for name, args := range map[string][]string{
		"alerts.txt":        nil,
		"alerts.json":       {"-o", "json"},
		"alerts-part.txt":   {"--id", "fill-*", "--id", "*/show*", "--state", "held", "--state", "firing", "--severity", "page"},
		"alerts-past.txt":   {"--since", "3d", "--kind", "burn", "--owner", "payments", "--state", "past", "--state", "undelivered"},
		"show.txt":          {"show", "barcode-payment/authorise"},
		"show.json":         {"show", "barcode-payment/authorise", "-o", "json"},
		"show-firing.md":    {"show", "barcode-payment/authorise", "-o", "markdown"},
		"show-episode.txt":  {"show", "8adbf3b107ff"},
		"show-episode.md":   {"show", "8ADBF3B1", "-o", "markdown"},
		"show-observed.txt": {"show", "fill-basket"},
		"show-journey.txt":  {"show", "barcode-payment"},
		"show-journey.md":   {"show", "barcode-payment", "-o", "markdown"},
	} {
		code, stdout, stderr := tell(t, append(args, "--data-dir", dir, alertSpecs)...)
		if code != 0 || stderr != "" {
			t.Errorf("%s: exit code %d, stderr %q", name, code, stderr)
		}
		checkGolden(t, "testdata/alerts/"+name, stdout)
	}
}

func checkGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		writeFile(t, path, got)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// toldAlerts are the alerts of a ledger, as an engine has them.
type toldAlerts outbox.Box

func (b toldAlerts) Alerts() (outbox.Box, bool) { return outbox.Box(b), true }

// tellingServer has the real server show what the ledger of the story says.
func tellingServer(t *testing.T, dir string) string {
	t.Helper()
	result, err := load.Load([]string{alertSpecs}, strings.NewReader(""), newrelic.Key, newrelic.Check)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := ledger.OpenReader(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close() //nolint:errcheck // only read from
	box, snapshot, err := alertsIn(t.Context(), reader, result.Set, storyEnd())
	if err != nil {
		t.Fatal(err)
	}
	snapshot.At = storyEnd()
	return showing(t, snapshot, box)
}

func showing(t *testing.T, s burnrate.Snapshot, box outbox.Box) string {
	t.Helper()
	shows, err := server.New(server.Options{Engine: shown(s), Alerts: toldAlerts(box), Metrics: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	address := httptest.NewServer(shows)
	t.Cleanup(address.Close)
	return address.URL
}

// TestAlertsServer prints the same of a running serve as of its ledger.
func TestAlertsServer(t *testing.T) {
	t.Parallel()
	dir := told(t)
	address := tellingServer(t, dir)
	for _, args := range [][]string{
		nil, {"-o", "json"}, {"--owner", "payments", "--state", "past", "-o", "json"}, {"--id", "*/authorise", "--kind", "burn", "--severity", "page", "--since", "12h"},
	} {
		code, kept, stderr := tell(t, append(args, "--data-dir", dir, alertSpecs)...)
		if code != 0 || stderr != "" {
			t.Fatalf("%q: exit code %d, stderr %q", args, code, stderr)
		}
		code, asked, stderr := tell(t, append(args, "--server", address)...)
		if diff := cmp.Diff(kept, asked); diff != "" || code != 0 || stderr != "" {
			t.Errorf("%q: exit code %d, stderr %q, of the ledger (-) and of the server (+):\n%s", args, code, stderr, diff)
		}
	}
	for name, args := range map[string][]string{
		"server.txt": {"show", "barcode-payment/authorise"}, "server.md": {"show", "8adb", "-o", "markdown"}, "server.json": {"show", "8adbf3b107ff", "-o", "json"},
	} {
		code, stdout, stderr := tell(t, append(args, "--server", address)...)
		if code != 0 || stderr != "" {
			t.Errorf("%q: exit code %d, stderr %q", args, code, stderr)
		}
		checkGolden(t, "testdata/alerts/"+name, stdout)
	}
}

// TestAlertsFailures prints what there is, and says what is missing.
func TestAlertsFailures(t *testing.T) {
	t.Parallel()
	s := oneSLO()
	s.Failures = []burnrate.Failure{{ID: "mail", Message: "New Relic:\x1b[31m no"}}
	address := showing(t, s, outbox.Box{State: outbox.State{States: alert.States{At: s.At}}})
	for _, args := range [][]string{{"alerts"}, {"alerts", "-o", "json"}} {
		code, stdout, stderr := command(t, append(args, "--server", address)...)
		if code != exitFailed || stderr != "slojourn: not measured: mail: New Relic:\ufffd[31m no\n" || stdout == "" {
			t.Errorf("%q: exit code %d, stdout %q, stderr %q", args, code, stdout, stderr)
		}
		checkHarmless(t, "stdout", stdout, 0)
	}
	// Without a Source nothing is known of what the ledger has.
	dir, specs := told(t), t.TempDir()
	for _, name := range []string{"barcode-payment.yaml", "policy.yaml"} {
		data, err := os.ReadFile(filepath.Join(alertSpecs, name))
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(specs, name), string(data))
	}
	writeFile(t, filepath.Join(specs, "rest.yaml"), `apiVersion: slojourn/v1
kind: Defaults
spec: {window: 28d, alerts: shop}
---
{apiVersion: slojourn/v1, kind: Team, metadata: {name: mobile}}
---
{apiVersion: slojourn/v1, kind: Team, metadata: {name: payments}}
---
{apiVersion: slojourn/v1, kind: Team, metadata: {name: sre}}
`)
	code, stdout, stderr := tell(t, "--data-dir", dir, specs)
	want := "slojourn: not measured: barcode-payment/authorise, barcode-payment/show-barcode: no source measures it: declare a Source\n"
	if code != exitFailed || stderr != want || !strings.Contains(stdout, "barcode-payment/authorise") {
		t.Errorf("exit code %d, stderr %q:\n%s", code, stderr, stdout)
	}
}

// TestAlertsDamaged says which entry cannot be read, and prints nothing.
func TestAlertsDamaged(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	dir := told(t)
	l, err := ledger.Open(t.Context(), dir, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Commit(t.Context(), burnrate.Tick{At: storyEnd(), Entries: []burnrate.Entry{{Kind: outbox.KindState, Value: []byte("{")}}}); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := tell(t, "--data-dir", dir, alertSpecs)
	if code != exitFailed || stdout != "" || !strings.Contains(stderr, "read the entry alert-state ") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// TestAlertsUsage refuses what cannot be meant before anything is read.
func TestAlertsUsage(t *testing.T) {
	t.Parallel()
	at := func(args ...string) []string { return append(args, "--server", "http://127.0.0.1:1") }
	for _, test := range []struct {
		args []string
		want string
	}{
		{nil, "say where alerts are kept: --data-dir DIR is the ledger of slojourn serve, --server URL a running one"},
		{[]string{"show", "pay"}, "say where alerts are kept"},
		{[]string{"show"}, "an id is missing"},
		{at("show", ""), "an id is missing"},
		{at("show", "pay", "specs"), `leave out "specs"`},
		{at("specs"), `leave out "specs"`},
		{at("--data-dir", "data"), "--server and --data-dir exclude each other"},
		{at("--config", "sre"), "leave out --config"},
		{[]string{"--data-dir", ""}, "--data-dir is empty"},
		{[]string{"--data-dir", "data", "--user", "me"}, "--user is for --server only"},
		{[]string{"--data-dir", "data", "--secrets-dir", "."}, "no secret is needed"},
		{at("-o", "markdown"), `the output format "markdown" is not known; use table or json`},
		{at("show", "pay", "-o", "yaml"), "use table, json or markdown"},
		{at("--kind", "burns"), `--kind has no value "burns"; did you mean burn?`},
		{at("--severity", "high"), `--severity has no value "high"; use page or ticket`},
		{at("--state", "fire"), `--state has no value "fire"`},
		{at("--owner", "A"), `--owner cannot be "A"; write the name of a team`},
		{at("--id", "A"), `--id cannot be "A"; write an id such as barcode-payment/authorise`},
		{at("--since", "soon"), `--since "soon" is not a time; write how long ago, such as 90m, 12h or 7d`},
		{at("--since", "0m"), `--since "0m" is not a time`},
		{[]string{"--data-dir", "missing", alertSpecs}, "--data-dir missing: there is no ledger"},
	} {
		code, stdout, stderr := tell(t, test.args...)
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, test.want) {
			t.Errorf("%q: exit code %d, stdout %q, stderr %q, want %q", test.args, code, stdout, stderr, test.want)
		}
	}
}

// TestAlertsUnknown says what there is no alert of, and is no failure where
// nothing has fired of what there is.
func TestAlertsUnknown(t *testing.T) {
	t.Parallel()
	dir := told(t)
	for _, test := range []struct {
		args           []string
		code           int
		stdout, stderr string
	}{
		{[]string{"show", "nothing"}, exitUsage, "", `there is no alert of "nothing", nor an episode that begins so`},
		{[]string{"show", "fill-baskets"}, exitUsage, "", `there is no alert of "fill-baskets", nor an episode that begins so; did you mean fill-basket?`},
		{[]string{"show", "barcode-payment/show-barcode"}, 0, "HELD BACK", ""},
		{[]string{"show", "barcode-payment/show-barcode", "-o", "markdown"}, exitUsage, "", `no alert of "barcode-payment/show-barcode" has fired: there is nothing to write about`},
	} {
		code, stdout, stderr := tell(t, append(test.args, "--data-dir", dir, alertSpecs)...)
		if code != test.code || !strings.Contains(stdout, test.stdout) || !strings.Contains(stderr, test.stderr) || (test.stdout == "") != (stdout == "") {
			t.Errorf("%q: exit code %d, stdout %q, stderr %q", test.args, code, stdout, stderr)
		}
	}
	quiet := showing(t, oneSLO(), outbox.Box{State: outbox.State{States: alert.States{At: oneSLO().At}}})
	if code, stdout, stderr := command(t, "alerts", "--server", quiet); code != 0 || stdout != "At 2026-11-22 09:00 UTC\nNothing to show.\n" || stderr != "" {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// TestHostileAlerts prints what a server or a ledger says without its effects.
func TestHostileAlerts(t *testing.T) {
	t.Parallel()
	e := alert.Event{
		Key: alert.Key{ID: "mail", Objective: hostile, Kind: alert.Burn, Severity: slo.Page}, Change: alert.Firing, At: oneSLO().At, Since: oneSLO().At.Add(-time.Hour),
		Labels: alert.Labels{Owner: hostile, Title: hostile, Notify: []string{hostile}},
		Why:    alert.Why{Cause: &alert.Cause{Step: hostile, Owner: hostile}, Tiers: []alert.Tier{{Long: hostile, Verdict: hostile}}},
	}
	n := alert.Notification{Event: e, Subject: alert.Subject{Description: hostile + " NRAK-SECRETKEY", WhenSpent: hostile, Runbook: hostile}}
	box := outbox.Box{
		State: outbox.State{States: alert.States{At: oneSLO().At, Alerts: []alert.Alert{{Key: e.Key, Labels: e.Labels, Since: e.Since, Sent: true}}}},
		Log:   []alert.Notification{n}, Dead: []outbox.Dead{{Letter: outbox.Letter{To: hostile, Notification: n}, At: e.At, Reason: hostile + " NRAK-SECRETKEY"}},
	}
	address := showing(t, oneSLO(), box)
	for _, args := range [][]string{{}, {"-o", "json"}, {"show", "mail"}, {"show", "mail", "-o", "json"}, {"show", "mail", "-o", "markdown"}} {
		code, stdout, stderr := command(t, append(append([]string{"alerts"}, args...), "--server", address)...)
		if code != 0 || stderr != "" || !strings.Contains(stdout, "mail") {
			t.Errorf("%q: exit code %d, stderr %q", args, code, stderr)
		}
		checkHarmless(t, fmt.Sprint(args), stdout, 0)
		if strings.Contains(strings.Join(args, " "), "markdown") && strings.Contains(stdout, "SECRETKEY") {
			t.Errorf("%q: the key is shown", args)
		}
		for line := range strings.Lines(stdout) {
			if strings.HasPrefix(line, "slojourn: ") {
				t.Errorf("%q: a text has made a line of its own: %q", args, line)
			}
		}
	}
	foreign := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"schema":"\u001b[2J"}`) }))
	t.Cleanup(foreign.Close)
	code, stdout, stderr := command(t, "alerts", "--server", foreign.URL)
	if code != exitFailed || stdout != "" || !strings.Contains(stderr, "/api/v1/alerts?since=7d does not answer as slojourn serve does") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	checkHarmless(t, "stderr", stderr, 1)
}

// TestAlertsPageNamesKeys finds every key of the documents on the page about them.
func TestAlertsPageNamesKeys(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/alerts.md")
	if err != nil {
		t.Fatal(err)
	}
	_, keys, _ := strings.Cut(string(page), "\n## JSON\n")
	for _, name := range []string{"testdata/alerts/alerts.json", "testdata/alerts/show.json", "../../exporters/report/testdata/alerts.json"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var document any
		if err := json.Unmarshal(data, &document); err != nil {
			t.Fatal(err)
		}
		for key := range keysOf(document) {
			if !strings.Contains(keys, "`"+key+"`") && !strings.Contains(keys, "{"+key) && !strings.Contains(keys, ", "+key) {
				t.Errorf("docs/alerts.md does not say what %s holds, which is in %s", key, name)
			}
		}
	}
}

// keysOf returns all keys of a document, at any depth. Those of a subject are its
// own.
func keysOf(document any) map[string]bool {
	keys := map[string]bool{}
	switch v := document.(type) {
	case map[string]any:
		for key, value := range v {
			keys[key] = true
			if key != "subject" && key != "missed" {
				maps.Copy(keys, keysOf(value))
			}
		}
	case []any:
		for _, item := range v {
			maps.Copy(keys, keysOf(item))
		}
	}
	return keys
}

// TestAlertsCompletion proposes the words that flags know.
func TestAlertsCompletion(t *testing.T) {
	t.Parallel()
	for flag, want := range map[string]string{"--state": "firing\nheld\npast\nundelivered\n", "--severity": "page\nticket\n", "--kind": "burn\nbudget\n"} {
		var out bytes.Buffer
		env := environment{stdin: strings.NewReader(""), stdout: &out, stderr: &bytes.Buffer{}, getenv: func(string) string { return "" }, now: time.Now}
		if code := run(t.Context(), env, []string{"__complete", "alerts", flag, ""}); code != 0 || !strings.HasPrefix(out.String(), want) {
			t.Errorf("%s: exit code %d, got %q", flag, code, out.String())
		}
	}
}
