package main

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"go.uber.org/goleak"
)

// TestServe measures a file, shows the same as eval, stops, leaves its ledger
// whole, and goes on from it.
func TestServe(t *testing.T) {
	t.Parallel()
	specs, data := fileSpecs(t, "pay", "scan"), filepath.Join(t.TempDir(), "deep", "data")
	s := serveFiles(t, "--data-dir", data, specs)
	s.ready()
	s.logs("all history is there")
	_, served := s.ask("GET", "/api/v1/slos")
	if diff := cmp.Diff(slosOf(t, evaluated(t, specs)), slosOf(t, served)); diff != "" || strings.Count(served, `"no-data"`) > 2 {
		t.Errorf("serve and eval differ (-eval +serve):\n%s", diff)
	}
	s.metric("slojourn_rows_measured_total 240")
	s.metric(`slojourn_indicators{state="fresh"} 2`)
	s.metric("slojourn_rows_missing 0")
	s.metric(`slojourn_source_slow{source="counts"} 0`)
	s.metric("slojourn_last_reload_successful 1")
	s.metric("slojourn_last_tick_timestamp_seconds 1.795338e+09")
	_, metrics := s.ask("GET", "/metrics")
	problems, err := promlint.New(strings.NewReader(metrics)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("promtool would say of /metrics: %v, %v", problems, err)
	}
	if code, body := s.ask("POST", "/-/reload"); code != 403 {
		t.Errorf("a reload that was not allowed: %d %s", code, body)
	}
	if code := s.stop(); code != 0 {
		t.Errorf("exit code %d after an interrupt", code)
	}
	s.logs("msg=stopped")
	wholeLedger(t, data)

	again := serveFiles(t, "--data-dir", data, specs)
	again.ready()
	again.logs("all history is there")
	again.metric("slojourn_rows_measured_total 0")
	if strings.Contains(again.log.String(), "were added") {
		t.Errorf("nothing was added:\n%s", again.log.String())
	}
	_, body := again.ask("GET", "/api/v1/slos")
	if diff := cmp.Diff(slosOf(t, served), slosOf(t, body)); diff != "" {
		t.Errorf("after a restart (-before +after):\n%s", diff)
	}
}

// evaluated is what eval prints.
func evaluated(t *testing.T, specs string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := environment{
		stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" },
		now: func() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) },
	}
	if code := run(t.Context(), env, []string{"eval", "-o", "json", specs}); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	return stdout.String()
}

func slosOf(t *testing.T, document string) any {
	t.Helper()
	var d struct{ SLOs any }
	if err := json.Unmarshal([]byte(document), &d); err != nil {
		t.Fatalf("%v in %s", err, document)
	}
	return d.SLOs
}

// wholeLedger wants a ledger that its process has closed.
func wholeLedger(t *testing.T, dir string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "ledger.db-wal")); err == nil {
		t.Error("a log is left beside the ledger")
	}
	if code, stdout, stderr := command(t, "ledger", "check", "--data-dir", dir); code != 0 {
		t.Errorf("ledger check: exit code %d\n%s%s", code, stdout, stderr)
	}
}

// TestServeBesideAnother refuses a ledger that is written, and a port that is in use
// before it touches anything.
func TestServeBesideAnother(t *testing.T) {
	t.Parallel()
	specs, data := fileSpecs(t, "pay"), filepath.Join(t.TempDir(), "data")
	s := serveFiles(t, "--data-dir", data, specs)
	s.ready()
	code, _, stderr := command(t, "serve", "--data-dir", data, "--listen", "127.0.0.1:0", specs)
	if code != exitFailed || !strings.Contains(stderr, "writes this ledger") {
		t.Errorf("the second one: exit code %d\n%s", code, stderr)
	}
	other := filepath.Join(t.TempDir(), "data")
	code, _, stderr = command(t, "serve", "--data-dir", other, "--listen", strings.TrimPrefix(s.url, "http://"), specs)
	if code != exitFailed || !strings.Contains(stderr, "address already in use") {
		t.Errorf("a port in use: exit code %d\n%s", code, stderr)
	}
	if _, err := os.Stat(other); err == nil {
		t.Error("a ledger was made though the port is in use")
	}
	if code := s.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	wholeLedger(t, data)
}

// TestServeListens on several addresses.
func TestServeListens(t *testing.T) {
	t.Parallel()
	s := serveFiles(t, "--listen", "127.0.0.1:0", "--data-dir", t.TempDir(), fileSpecs(t, "pay"))
	s.until("it listens twice", func() bool { return strings.Count(s.log.String(), "Listening on") == 2 })
}

// TestServeWarns whom anybody can read.
func TestServeWarns(t *testing.T) {
	t.Parallel()
	const warning = "everybody who reaches this address may read everything"
	blocked, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer blocked.Close() //nolint:errcheck // nothing is lost
	specs, config := fileSpecs(t, "pay"), filepath.Join(t.TempDir(), "web.yaml")
	writeFile(t, config, "basic_auth_users: {a: $2y$10$EYxs8IOG46m9CtpB/XlPxO1ei7E4BjAen0SUv6di7mD4keR/8JO6m}\n")
	for _, test := range []struct {
		args []string
		want bool
	}{
		{[]string{"--listen", blocked.Addr().String()}, true},
		{[]string{"--listen", blocked.Addr().String(), "--web-config", config}, false},
	} {
		code, _, stderr := command(t, append([]string{"serve", "--data-dir", t.TempDir(), specs}, test.args...)...)
		if code != exitFailed || strings.Contains(stderr, warning) != test.want {
			t.Errorf("%q: exit code %d\n%s", test.args, code, stderr)
		}
	}
}

// TestServeRefuses what it cannot begin with.
func TestServeRefuses(t *testing.T) {
	t.Parallel()
	specs, data, config := fileSpecs(t, "pay"), t.TempDir(), t.TempDir()
	put(t, config, "team.yaml", "apiVersion: slojourn/v1\nkind: Team\nmetadata: {name: ops}\n")
	bad, empty := fileSpecs(t, "pay"), t.TempDir()
	put(t, bad, "bad.yaml", strings.Replace(sloFile("bad"), "99%", "100%", 1))
	put(t, empty, "team.yaml", "apiVersion: slojourn/v1\nkind: Team\nmetadata: {name: ops}\n")
	file := filepath.Join(specs, "source.yaml")
	for _, test := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no folder for the ledger", []string{specs}, 2, "--data-dir DIR is missing"},
		{"stdin", []string{"--data-dir", data, "-"}, 2, "stdin can be read once"},
		{"a path that is not there", []string{"--data-dir", data, specs + "/x"}, 2, "does not exist"},
		{"nothing to measure", []string{"--data-dir", data, empty}, 2, "there is nothing to measure"},
		{"a format", []string{"--data-dir", data, "--log-format", "xml", specs}, 2, `--log-format "xml" is unknown; use text or json`},
		{"a level", []string{"--data-dir", data, "--log-level", "all", specs}, 2, "use debug, info, warn or error"},
		{"no web configuration", []string{"--data-dir", data, "--web-config", specs + "/x", specs}, 2, "web configuration"},
		{"no operator's folder", []string{"--data-dir", data, "--config", specs + "/x", specs}, 2, "not a folder"},
		{"mistakes", []string{"--data-dir", data, bad}, 1, "bad.yaml:5:23: error: target 100%"},
		{"a Source of a team", []string{"--data-dir", data, "--config", config, specs}, 1, "source.yaml:7:18: error: a Source has its place in the operator's folder [SLO022]"},
		{"the ledger is a file", []string{"--data-dir", file, "--listen", "127.0.0.1:0", specs}, 3, "not a directory"},
		{"no address", []string{"--data-dir", data, "--listen", "nowhere", specs}, 2, `--listen "nowhere" is no address`},
		{"a port that no machine has", []string{"--data-dir", data, "--listen", "127.0.0.1:80800", specs}, 2, "is no address"},
	} {
		code, stdout, stderr := command(t, append([]string{"serve"}, test.args...)...)
		if code != test.code || !strings.Contains(stderr, test.want) || stdout != "" {
			t.Errorf("%s: exit code %d, want %d with %s\n%s%s", test.name, code, test.code, test.want, stdout, stderr)
		}
	}
	// The operator's own Source is his, also when the paths lead to it.
	s := serveFiles(t, "--data-dir", t.TempDir(), "--config", specs, specs)
	s.ready()
}

// TestServeLeavesNothingBehind looks for goroutines after it has stopped.
//
// It is not parallel, as those of other tests would be found.
func TestServeLeavesNothingBehind(t *testing.T) {
	before := goleak.IgnoreCurrent()
	s := serveFiles(t, "--data-dir", t.TempDir(), "--enable-lifecycle", fileSpecs(t, "pay"))
	s.ready()
	if code, body := s.ask("POST", "/-/reload"); code != 200 {
		t.Errorf("%d %s", code, body)
	}
	if code := s.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	goleak.VerifyNone(t, before)
}

// TestServeHangup reloads on SIGHUP.
func TestServeHangup(t *testing.T) {
	t.Parallel()
	specs := fileSpecs(t, "pay", "scan")
	remove(t, specs, "scan.yaml")
	s := serveFiles(t, "--data-dir", t.TempDir(), specs)
	s.ready()
	put(t, specs, "scan.yaml", sloFile("scan"))
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	s.logs("reload asked for by SIGHUP")
	s.until("the other SLO is shown", func() bool { return s.shows("scan") })
}
