package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/spec"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// offline are the commands that open no socket and read no secret, with
// arguments to run them on a folder of specs. online are those that may do both,
// eval, alerts and backtest among them where they read no ledger, and init where
// it is not told to stay offline.
func offline(specs string) map[string][][]string {
	return map[string][][]string{
		"validate": {{"--strict", specs}, {"-o", "json", specs}, {"-o", "sarif", specs}, {"-o", "github", specs}},
		"fmt":      {{"--check", specs}, {"--diff", specs}, {specs}},
		"explain":  {{"SLO014"}, {"checkout", specs}},
		"generate": {
			{"prometheus-rules", specs},
			{"prometheus-rules", "--evaluate", "events", "--config", specs, "-d", filepath.Join(specs, "rules"), specs},
			{"prometheus-rules", "--format", "operator", "-d", filepath.Join(specs, "manifests"), specs},
			{"grafana", "--config", specs, "--locale", "ja", "-d", filepath.Join(specs, "dashboards"), specs},
			{"grafana", "--format", "configmap", specs},
			{"codeowners", "--root", specs, "--config", specs, "--file", filepath.Join(specs, "CODEOWNERS"), specs},
			{"grafana", "--preview", filepath.Join(specs, "pages"), "--data-dir", filepath.Join(specs, "data"), specs},
			{"prometheus-history", "--data-dir", filepath.Join(specs, "data"), specs},
			{"prometheus-history", "--data-dir", filepath.Join(specs, "data"), "--config", specs, "--label", "job=slojourn", "--file", filepath.Join(specs, "history.om.gz"), specs},
		},
		"init": {
			{"--offline", "--title", "Pay", "--step", "backend::app=shop,transaction=pay", specs},
			{"--offline", "--title", "Pay", "--owner", "web", "--account", "1", "--step", "log::service=pay", filepath.Join(specs, "new")},
		},
		"list":     {{specs}, {"-o", "json", "--config", specs, "--owner", "web", "--stage", "active", specs}, {"-o", "markdown", "--dashboards", "https://grafana.example.com", specs}},
		"nrql":     {{filepath.Join(specs, "queries.nrql")}, {"-o", "json", filepath.Join(specs, "queries.nrql")}},
		"backtest": offlineBacktest(filepath.Join(specs, "data"), specs),
		"diff":     {{specs, specs}, {"-o", "json", "--config", specs, specs, specs}, {"-o", "markdown", "--data-dir", filepath.Join(specs, "data"), specs, specs}},
		"alerts":   offlineAlerts(filepath.Join(specs, "data"), specs),
		"eval":     offlineEval(filepath.Join(specs, "data"), specs),
		"ledger":   offlineLedger(filepath.Join(specs, "data"), specs),
		"test":     {{filepath.Join(specs, "quiet.burn")}, {"-o", "json", "--specs", specs, filepath.Join(specs, "quiet.burn")}},
		"schema":   {{}},
		"version":  {{}},
	}
}

// offlineEval evaluates by a ledger, with all its outputs.
func offlineEval(dir, specs string) [][]string {
	return [][]string{
		{"--data-dir", dir, specs},
		{"--data-dir", dir, "-o", "json", specs},
		{"--data-dir", dir, "--at", "2026-11-22T08:00:00Z", "--explain", "checkout", "--config", specs, specs},
	}
}

// offlineBacktest replays a ledger, with all outputs, and compares.
func offlineBacktest(dir, specs string) [][]string {
	return [][]string{
		{"--data-dir", dir, specs},
		{"--data-dir", dir, "-o", "json", "--config", specs, "--target", "99.9%", specs},
		{"--data-dir", dir, "-o", "html", "--incidents", filepath.Join(specs, "incidents"), "--against", specs, specs},
	}
}

// offlineAlerts reads the alerts of a ledger, with all outputs of which there are
// some.
func offlineAlerts(dir, specs string) [][]string {
	return [][]string{
		{"--data-dir", dir, specs},
		{"--data-dir", dir, "-o", "json", "--config", specs, specs},
		{"show", "checkout", "--data-dir", dir, specs},
		{"show", "checkout", "--data-dir", dir, "-o", "markdown", specs},
	}
}

// offlineLedger are the commands on the ledger of a folder.
func offlineLedger(dir, files string) [][]string {
	with := func(name string, args ...string) []string { return append([]string{name, "--data-dir", dir}, args...) }
	return [][]string{
		with("check"), with("check", "-o", "json"), with("info"), with("info", "-o", "json"), with("compact"),
		with("backup", filepath.Join(files, "backup.db")),
		{"restore", "--data-dir", filepath.Join(files, "restored"), filepath.Join(dir, "ledger.db")},
		with("export", filepath.Join(files, "ledger.ndjson.gz")), with("export", "--format", "openmetrics", "-"),
		with("import", filepath.Join(files, "measured.ndjson")),
	}
}

var online = []string{"alerts", "backtest", "demo", "doctor", "eval", "init", "notify", "push", "serve", "simulator"}

// wires notice what a command reaches for.
type wires struct {
	endpoint  string
	sockets   atomic.Int64 // connections to the endpoint
	variables atomic.Int64 // secrets asked of the environment
}

func newWires(t *testing.T) *wires {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wires{endpoint: "http://" + listener.Addr().String() + "/graphql"}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			connection, err := listener.Accept()
			if err != nil {
				return // closed
			}
			w.sockets.Add(1)
			_ = connection.Close()
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-done })
	return w
}

func (w *wires) getenv(name string) string {
	if strings.HasPrefix(name, "NEW_RELIC_") || strings.HasPrefix(name, "SLOJOURN_") {
		w.variables.Add(1)
		return "NRAK-TRIPWIRE"
	}
	return ""
}

// writeTrustFiles writes files with a Source whose key is referred to, with a
// query, and with minutes, which are in a ledger as well.
func writeTrustFiles(t *testing.T, dir, reference, endpoint string) {
	t.Helper()
	for name, content := range trustSpecs(reference, endpoint) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	code, _, stderr := execute(t.Context(), strings.NewReader(""), "ledger", "import", "--data-dir", filepath.Join(dir, "data"), filepath.Join(dir, "measured.ndjson"))
	if code != 0 {
		t.Fatal(stderr)
	}
}

func trustSpecs(reference, endpoint string) map[string]string {
	text := fmt.Sprintf(`apiVersion: slojourn/v1
kind: Team
metadata: {name: web}
---
apiVersion: slojourn/v1
kind: Source
metadata: {name: newrelic}
spec:
  newRelic:
    accountId: 1
    apiKey: %s
    endpoint: %s
---
apiVersion: slojourn/v1
kind: SLO
metadata: {name: checkout, owner: web}
spec:
  objective: {target: 99%%, window: 1d}
  runbook: %[2]s
  sli: {from: PageAction, bad: actionName = 'failed'}
`, reference, endpoint)
	set := load.Files([]spec.File{{Name: "specs.yaml", Folder: "/", Data: []byte(text)}}, newrelic.Key).Set
	return map[string]string{
		"incidents":  "- {name: outage, from: 2026-11-22T08:58:00Z, to: 2026-11-22T09:00:00Z}\n",
		"specs.yaml": text, "queries.nrql": "SELECT count(*) FROM PageAction",
		"quiet.burn": "slo target=99% window=28d\nload 1m good=1 for 1h\nexpect no page for 1h\n",
		"measured.ndjson": `{"schema":"slojourn.ledger/v1","at":"2026-11-22T09:00:00Z"}
{"type":"minute","minute":"2026-11-22T08:50:00Z","indicator":"` + string(set.SLOs[0].Indicator) + `","total":120,"bad":3}
{"type":"minute","minute":"2026-11-22T08:59:00Z","indicator":"v1:a","total":120,"bad":3}
` + trustAlert() + `{"type":"end"}
`,
	}
}

// trustAlert is a line of a ledger with an alert that fired.
func trustAlert() string {
	at := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	key := alert.Key{ID: "checkout", Objective: "1d", Kind: alert.Burn, Severity: slo.Page}
	entry, err := outbox.Logged(1, alert.Notification{Event: alert.Event{Key: key, Change: alert.Firing, At: at, Since: at}})
	if err != nil {
		panic(err) // it is the same every time
	}
	return fmt.Sprintf(`{"type":"entry","kind":%q,"key":%q,"value":%q}`+"\n", entry.Kind, entry.Key, base64.StdEncoding.EncodeToString(entry.Value))
}

// run executes a command line on a set with a Source whose key is in the
// environment, or in a file.
func (w *wires) run(t *testing.T, reference string, args func(specs string) []string) (code int, output string) {
	t.Helper()
	dir := t.TempDir()
	writeTrustFiles(t, dir, reference, w.endpoint)
	var out bytes.Buffer
	code = run(t.Context(), environment{
		stdin: strings.NewReader(""), stdout: &out, stderr: &out, getenv: w.getenv, now: time.Now,
	}, args(dir))
	return code, out.String()
}

func TestOfflineCommands(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	for name, runs := range offline("") {
		for i := range runs {
			for _, reference := range []string{"{env: NEW_RELIC_API_KEY}", "{file: missing}"} {
				w := newWires(t)
				code, output := w.run(t, reference, func(specs string) []string {
					return append([]string{name}, offline(specs)[name][i]...)
				})
				if code != 0 {
					t.Errorf("%s with the key in %s: exit code %d:\n%s", name, reference, code, output)
				}
				if sockets, variables := w.sockets.Load(), w.variables.Load(); sockets+variables > 0 {
					t.Errorf("%s with the key in %s: %d connections, %d variables read", name, reference, sockets, variables)
				}
			}
		}
	}
	for _, cmd := range newRoot(environment{}).Commands() {
		if _, known := offline("")[cmd.Name()]; !known && !slices.Contains(online, cmd.Name()) {
			t.Errorf("say above whether %s may open sockets and read secrets", cmd.Name())
		}
	}
}

// TestWires runs a command that may do all of that, and is noticed.
func TestWires(t *testing.T) {
	t.Parallel()
	eval := func(specs string) []string { return []string{"eval", specs} }
	w := newWires(t)
	if code, output := w.run(t, "{env: NEW_RELIC_API_KEY}", eval); code != exitFailed || w.sockets.Load() == 0 || w.variables.Load() == 0 {
		t.Errorf("exit code %d, %d connections, %d variables read:\n%s", code, w.sockets.Load(), w.variables.Load(), output)
	}
	if code, output := w.run(t, "{file: missing}", eval); code != exitFailed || !strings.Contains(output, "--secrets-dir") {
		t.Errorf("exit code %d:\n%s", code, output)
	}
}

// TestOneWayToTheEnvironment keeps the wires where everybody has to pass: no
// file but main.go asks the environment of the process, and what tests alone use.
func TestOneWayToTheEnvironment(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{".", "../../slo", "../../sources", "../../internal", "../../burnrate", "../../exporters"} {
		err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
			if err == nil && entry.IsDir() && entry.Name() == "servertest" {
				return filepath.SkipDir
			}
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || path == "main.go" {
				return err
			}
			text, err := os.ReadFile(path)
			for _, way := range []string{"os.Getenv", "os.LookupEnv", "os.Environ", "os.ExpandEnv", "syscall.Getenv"} {
				if bytes.Contains(text, []byte(way)) {
					t.Errorf("%s uses %s: take getenv as a parameter", path, way)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
