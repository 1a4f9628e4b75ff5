package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/internal/server"
	"github.com/slojourn/slojourn/sources/newrelic"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

// shopSpecs are journeys of several forms and event types that lag differently.
const shopSpecs = `apiVersion: slojourn/v1
kind: Source
metadata: {name: newrelic}
spec:
  newRelic: {accountId: 1, apiKey: {env: NEW_RELIC_API_KEY}, endpoint: ENDPOINT}
---
apiVersion: slojourn/v1
kind: Defaults
spec: {alerts: paging, window: 28d}
---
apiVersion: slojourn/v1
kind: Team
metadata: {name: shop}
---
apiVersion: slojourn/v1
kind: Journey
metadata: {name: buy, owner: shop}
spec:
  objectives: [{target: 99%, window: 28d}, {target: 98.5%, window: month, timeZone: Asia/Tokyo}]
  steps:
    - name: find
      sli: {from: Log, bad: level = 'ERROR'}
    - name: pay
      objective: 99.9%
      sli: {from: Transaction, where: name = 'pay', bad: error IS TRUE}
    - name: quick
      objective: 99.5%
      alerts: none
      sli: {from: Transaction, slice: {every: 5m, value: "percentile(duration, 95)", good: value <= 0.8}}
    - {name: receipt, slo: receipt}
---
apiVersion: slojourn/v1
kind: SLO
metadata: {name: receipt, owner: shop}
spec:
  objective: 99.9%
  sli: {from: Transaction, where: name = 'receipt', bad: error IS TRUE, count: sum(items)}
---
apiVersion: slojourn/v1
kind: SLO
metadata: {name: never, owner: shop}
spec:
  objective: 99%
  sli: {from: Misspelt, bad: error IS TRUE}
---
apiVersion: slojourn/v1
kind: Exclusion
metadata: {name: drill, owner: shop}
spec: {slos: [buy/pay], from: 2026-11-22T07:00:00Z, to: 2026-11-22T07:20:00Z, effect: drop, reason: a drill, approvedBy: shop}
`

// stillClock stands still.
type stillClock struct{ now time.Time }

func (c stillClock) Now() time.Time { return c.now }

func (stillClock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func (stillClock) WithTimeout(ctx context.Context, _ time.Duration) (context.Context, context.CancelFunc) {
	return context.WithCancel(ctx)
}

// shop is what an engine has measured of shopSpecs by a time.
type shop struct {
	now         time.Time
	specs, data string // folders
	said        burnrate.Snapshot
}

func newShop(t *testing.T) shop {
	t.Helper()
	now := time.Date(2026, 11, 22, 9, 0, 10, 0, time.UTC)
	s := shop{now: now, specs: t.TempDir(), data: t.TempDir()}
	var events strings.Builder
	for at := now.Add(-5 * time.Hour); at.Before(now); at = at.Add(20 * time.Second) {
		second := at.Unix()
		fmt.Fprintf(&events, `{"eventType":"Log","timestamp":%d,"level":"%s"}`+"\n", at.UnixMilli(), map[bool]string{true: "ERROR", false: "INFO"}[second%1100 < 20])
		for n, name := range []string{"pay", "receipt"} {
			fmt.Fprintf(&events, `{"eventType":"Transaction","timestamp":%d,"name":"%s","error":%t,"items":%d.5,"duration":%d.1}`+"\n",
				at.UnixMilli()+int64(n), name, second%int64(900+n) < 20, second%7, second%4000/3900)
		}
	}
	file := filepath.Join(t.TempDir(), "events.ndjson")
	if err := os.WriteFile(file, []byte(events.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	store := simulator.NewStore()
	if err := store.ReadFiles(file); err != nil {
		t.Fatal(err)
	}
	newRelic := httptest.NewServer(simulator.New(store, simulator.Options{Now: func() time.Time { return now }, NoLimits: true}))
	t.Cleanup(newRelic.Close)
	specs := strings.ReplaceAll(shopSpecs, "ENDPOINT", newRelic.URL+"/graphql")
	if err := os.WriteFile(filepath.Join(s.specs, "shop.yaml"), []byte(specs), 0o600); err != nil {
		t.Fatal(err)
	}
	s.measure(t)
	return s
}

// measure does what serve does in a minute.
func (s *shop) measure(t *testing.T) {
	t.Helper()
	result, err := load.Load([]string{s.specs}, strings.NewReader(""), newrelic.Key, newrelic.Check)
	if err != nil || result.Findings.Failed() {
		t.Fatal(err, result.Findings)
	}
	l, err := ledger.Open(t.Context(), s.data, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	env, _, _ := s.environment()
	open := (&trust{}).open(result.Set, measuredIDs(result.Set), env)
	t.Cleanup(open.close)
	e, _, err := engine.New(t.Context(), engine.Options{Ledger: l, Clock: stillClock{s.now}, Log: slog.New(slog.DiscardHandler)},
		engine.Specs{Set: result.Set, Sources: open})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	for more := true; more; {
		if more, err = e.Backfill(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	s.said = e.View().Snapshot
	s.said.At = s.now
}

func (s *shop) environment() (env environment, stdout, stderr *bytes.Buffer) {
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	return environment{
		stdin: strings.NewReader(""), stdout: stdout, stderr: stderr, now: func() time.Time { return s.now },
		getenv: func(name string) string {
			return map[string]string{"NEW_RELIC_API_KEY": "NRAK-SECRETKEY", "SLOJOURN_PASSWORD": "correct-horse"}[name]
		},
	}, stdout, stderr
}

func (s *shop) run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	env, out, errs := s.environment()
	code = run(t.Context(), env, args)
	return code, out.String(), errs.String()
}

// shown is an engine that has said something.
type shown burnrate.Snapshot

func (s shown) Snapshot() (burnrate.Snapshot, bool) { return burnrate.Snapshot(s), true }
func (shown) Ready() error                          { return nil }

// answering has the real server show a snapshot.
func answering(t *testing.T, s burnrate.Snapshot) *server.Server {
	t.Helper()
	shows, err := server.New(server.Options{Engine: shown(s), Metrics: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	return shows
}

// TestEvalKept prints the same of what serve has measured, whether it is asked, its
// ledger is read, or New Relic is asked again.
func TestEvalKept(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	if len(s.said.Failures) > 0 || len(s.said.Statuses) != 6 {
		t.Fatalf("the engine says of %d SLOs %v", len(s.said.Statuses), s.said.Failures)
	}
	withoutNotices := s.said
	withoutNotices.Notices = nil
	address := httptest.NewServer(answering(t, withoutNotices))
	t.Cleanup(address.Close)
	at := s.now.Format(time.RFC3339)
	notice := "i never: the ledger has no minute of it yet: slojourn eval --server says why\n"
	for _, format := range []string{"table", "json"} {
		code, asked, stderr := s.run(t, "eval", "--server", address.URL, "-o", format)
		if code != 0 || stderr != "" {
			t.Fatalf("%s of the server: exit code %d: %s", format, code, stderr)
		}
		var said bytes.Buffer
		if err := printed(format)(environment{stdout: &said, getenv: func(string) string { return "" }}, withoutNotices); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(said.String(), asked); diff != "" {
			t.Errorf("%s of the engine (-) and of the server (+):\n%s", format, diff)
		}
		code, kept, stderr := s.run(t, "eval", "--data-dir", s.data, "--at", at, "-o", format, s.specs)
		if code != 0 || stderr != "" {
			t.Fatalf("%s of the ledger: exit code %d: %s", format, code, stderr)
		}
		code, measured, stderr := s.run(t, "eval", "--at", at, "-o", format, s.specs)
		if code != 0 || stderr != "" {
			t.Fatalf("%s of New Relic: exit code %d: %s", format, code, stderr)
		}
		if format == "table" && !strings.Contains(kept, notice) {
			t.Errorf("no notice in\n%s", kept)
		}
		for origin, text := range map[string]string{"ledger": kept, "New Relic": measured} {
			if diff := cmp.Diff(withoutNotes(asked), withoutNotes(text)); diff != "" {
				t.Errorf("%s of the server (-) and of the %s (+):\n%s", format, origin, diff)
			}
		}
	}
}

// withoutNotes leaves out the notices, which are those of different origins.
func withoutNotes(text string) string {
	if before, _, found := strings.Cut(text, `"notices": [`); found {
		return before
	}
	var kept strings.Builder
	note := false
	for line := range strings.Lines(text) {
		if note = strings.HasPrefix(line, "i ") || note && strings.HasPrefix(line, "  ") && !strings.Contains(line, "%"); !note {
			kept.WriteString(line)
		}
	}
	return strings.ReplaceAll(kept.String(), "\n\n", "\n")
}

// TestEvalServerFailures ends as eval does when something could not be measured.
func TestEvalServerFailures(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.said.Failures = append(s.said.Failures, burnrate.Failure{ID: "buy/pay", Message: "New Relic:\x1b[31m no"}, burnrate.Failure{ID: "never", Message: "New Relic:\x1b[31m no"})
	address := httptest.NewServer(answering(t, s.said))
	t.Cleanup(address.Close)
	var table bytes.Buffer
	if err := report.Table(&table, s.said, false); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := s.run(t, "eval", "--server", address.URL+"/")
	if want := "slojourn: not measured: buy/pay, never: New Relic:\ufffd[31m no\n"; code != exitFailed || stdout != table.String() || stderr != want {
		t.Errorf("exit code %d, stderr %q:\n%s", code, stderr, stdout)
	}
	if code, _, stderr := s.run(t, "eval", "--server", address.URL, "-o", "json"); code != exitFailed || !strings.Contains(stderr, "not measured") {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
}
