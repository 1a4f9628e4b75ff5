package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// execute runs a command line in an environment without variables but a key.
func execute(ctx context.Context, stdin io.Reader, args ...string) (code int, stdout, stderr string) {
	var out, errors bytes.Buffer
	code = run(ctx, environment{
		stdin: stdin, stdout: &out, stderr: &errors, now: time.Now,
		getenv: func(name string) string { return map[string]string{"NEW_RELIC_API_KEY": "NRAK-SECRETKEY"}[name] },
	}, args)
	return code, out.String(), errors.String()
}

// hostile would clear a screen, ring, write over a line and turn text round.
const hostile = "\x1b[2J\x07\r\u009b31m\u202e\u2066\nslojourn: all is well"

// checkHarmless wants no character of hostile in what a terminal is sent, and
// the number of lines that it has without them.
func checkHarmless(t *testing.T, what, text string, lines int) {
	t.Helper()
	if strings.ContainsAny(text, "\x1b\x07\r\u009b\u202e\u2066") {
		t.Errorf("%s holds control characters: %q", what, text)
	}
	if got := strings.Count(text, "\n"); lines > 0 && got != lines {
		t.Errorf("%s has %d lines, want %d: %q", what, got, lines, text)
	}
}

// TestHostileArguments repeats what it was given without its effects.
func TestHostileArguments(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, args := range [][]string{
		{"validate", filepath.Join(folder, hostile)},
		{"eval", filepath.Join(folder, hostile+".yaml")},
		{"eval", "--at", hostile},
		{"eval", "--server", hostile},
		{"eval", "--server", "http://127.0.0.1:1", hostile},
		{"alerts", "--server", hostile},
		{"alerts", "--server", "http://127.0.0.1:1", "--id", hostile},
		{"alerts", "--server", "http://127.0.0.1:1", "--owner", hostile},
		{"alerts", "--server", "http://127.0.0.1:1", "--state", hostile},
		{"alerts", "--server", "http://127.0.0.1:1", "--since", hostile},
		{"alerts", "--data-dir", filepath.Join(folder, hostile), "../../examples/first-slo"},
		{"alerts", "show", hostile, "--data-dir", folder, filepath.Join(folder, hostile)},
		{"backtest", "--data-dir", filepath.Join(folder, hostile), "../../examples/first-slo"},
		{"backtest", filepath.Join(folder, hostile)},
		{"backtest", "--from", hostile},
		{"backtest", "--slo", hostile, "../../examples/first-slo"},
		{"backtest", "--target", hostile, "../../examples/first-slo"},
		{"backtest", "--target", hostile + "=99%", "../../examples/first-slo"},
		{"backtest", "--policy", hostile, "../../examples/first-slo"},
		{"backtest", "--against", hostile, "../../examples/first-slo"},
		{"backtest", "--incidents", filepath.Join(folder, hostile), "../../examples/first-slo"},
		{"backtest", "--night", hostile},
		{"backtest", "--time-zone", hostile},
		{"backtest", "-o", "html", "--locale", hostile},
		{"diff", hostile, "../../examples/first-slo"},
		{"diff", "../../examples/first-slo", filepath.Join(folder, hostile)},
		{"diff", "--fail-on", hostile, "HEAD", "../../examples/first-slo"},
		{"diff", "--data-dir", folder, "--from", hostile, "HEAD", "../../examples/first-slo"},
		{"diff", "--data-dir", filepath.Join(folder, hostile), "../../examples/first-slo", "../../examples/first-slo"},
		{"eval", "--server", "http://127.0.0.1:1", "--ca-file", hostile},
		{"validate", "-o", hostile},
		{"simulator", "--events", filepath.Join(folder, hostile)},
		{"simulator", "--events", os.DevNull, "--listen", hostile},
		{"list", filepath.Join(folder, hostile)},
		{"list", "--owner", hostile, "../../examples/first-slo"},
		{"list", "--stage", hostile, "../../examples/first-slo"},
		{"list", "--label", hostile, "../../examples/first-slo"},
		{"list", "--ignore", hostile, "../../examples/first-slo"},
		{"list", "-o", "markdown", "--dashboards", hostile, "../../examples/first-slo"},
		{"generate", hostile},
		{"generate", "codeowners", "--root", hostile, "../../examples/first-slo"},
		{"generate", "codeowners", "--root", folder, "../../examples/first-slo"},
		{"generate", "grafana", "-d", folder, "--locale", hostile, "../../examples/first-slo"},
		{"generate", "grafana", "-d", folder, "--path", "/" + hostile, "../../examples/first-slo"},
		{"generate", "grafana", "-d", folder, "--datasource", hostile, "../../examples/first-slo"},
		{"generate", "grafana", "-d", filepath.Join(os.DevNull, hostile), "../../examples/first-slo"},
		{"generate", "grafana", "--format", "configmap", "--label", hostile, "../../examples/first-slo"},
		{"generate", "grafana", "--preview", folder, "--data-dir", hostile, "../../examples/first-slo"},
		{"generate", "grafana", "--preview", folder, "--data-dir", folder, "--at", hostile, "../../examples/first-slo"},
		{"ledger", hostile},
		{"notify", hostile},
		{"notify", "test", hostile, "../../examples/retail"},
		{"notify", "test", "chat", filepath.Join(folder, hostile)},
		{"ledger", "check", "--data-dir", filepath.Join(folder, hostile)},
		{"ledger", "import", "--data-dir", folder, filepath.Join(folder, hostile)},
		{"ledger", "export", "--data-dir", folder, hostile},
	} {
		code, stdout, stderr := execute(t.Context(), strings.NewReader(""), args...)
		if code < exitUsage || stdout != "" {
			t.Errorf("%q: exit code %d, stdout %q", args, code, stdout)
		}
		checkHarmless(t, "stderr", stderr, 1)
	}
	_, _, stderr := execute(t.Context(), strings.NewReader(""), "--"+hostile)
	checkHarmless(t, "stderr", stderr, 2)

	// A file with a mistake, whose name is the mistake of another.
	file := filepath.Join(folder, hostile+".yml")
	if err := os.WriteFile(file, []byte("apiVersion: slojourn/v1\nkind: Teem\nmetadata: {name: web}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, _ := execute(t.Context(), strings.NewReader(""), "validate", file)
	if code != exitFindings {
		t.Errorf("exit code %d, want %d", code, exitFindings)
	}
	checkHarmless(t, "the finding", stdout, 4)
	_, stdout, _ = execute(t.Context(), strings.NewReader(""), "validate", "-o", "json", file)
	checkHarmless(t, "the JSON", stdout, 0)
	var document struct{ Findings []struct{ File string } }
	if err := json.Unmarshal([]byte(stdout), &document); err != nil || document.Findings[0].File != filepath.ToSlash(file) {
		t.Errorf("the JSON names another file: %+v, %v", document, err)
	}
}

// TestHostileServer prints what a server says without its effects, and without
// the key.
func TestHostileServer(t *testing.T) {
	t.Parallel()
	message, err := json.Marshal("no: " + hostile + " NRAK-SECRETKEY nrak-secretkey")
	if err != nil {
		t.Fatal(err)
	}
	for name, answer := range map[string]string{
		"an error":  fmt.Sprintf(`{"errors":[{"message":%s}]}`, message),
		"a value":   fmt.Sprintf(`{"data":{"actor":{"account":{"q0":{"results":[{"first":%s}]}}}}}`, message),
		"no number": fmt.Sprintf(`{"data":{"actor":{"account":{"q0":{"results":%s}}}}}`, message),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				io.WriteString(w, answer) //nolint:errcheck // the client's loss
			}))
			t.Cleanup(server.Close)
			specs := `
apiVersion: slojourn/v1
kind: Source
metadata: {name: newrelic}
spec: {newRelic: {accountId: 1, apiKey: {env: NEW_RELIC_API_KEY}, endpoint: "` + server.URL + `/graphql"}}
---
{apiVersion: slojourn/v1, kind: Team, metadata: {name: shop}}
---
apiVersion: slojourn/v1
kind: SLO
metadata: {name: pay, owner: shop}
spec: {objective: {target: 99%, window: 1h}, sli: {from: Transaction, bad: error IS TRUE}}
`
			for _, format := range []string{"table", "json"} {
				code, stdout, stderr := execute(t.Context(), strings.NewReader(specs), "eval", "-o", format, "-")
				if code != exitFailed || !strings.HasPrefix(stderr, "slojourn: not measured: pay: New Relic") {
					t.Errorf("exit code %d, stderr %q", code, stderr)
				}
				checkHarmless(t, "stderr", stderr, 1)
				checkHarmless(t, "stdout", stdout, 0)
				if strings.Contains(strings.ToUpper(stdout+stderr), "SECRETKEY") {
					t.Errorf("the output holds the key: %s%s", stdout, stderr)
				}
			}
		})
	}
}

// TestInterrupt ends commands that wait for input which never comes. One that
// goes on waiting hangs this test.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	fifo := filepath.Join(t.TempDir(), "fifo.yaml")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"validate", "-"},
		{"validate", fifo},
		{"list", "-"},
		{"generate", "codeowners", fifo},
		{"list", fifo},
		{"eval", "-"},
		{"eval", fifo},
		{"alerts", "--data-dir", fifo, "-"},
		{"alerts", "show", "pay", "--data-dir", fifo, "-"},
		{"backtest", "-"},
		{"backtest", "--data-dir", fifo, "-"},
		{"backtest", "--against", fifo, "../../examples/first-slo"},
		{"backtest", "--incidents", fifo, "../../examples/first-slo"},
		{"simulator", "--listen", "127.0.0.1:0", "--events", fifo},
		{"ledger", "import", "--data-dir", fifo, "-"},
		{"demo"},
		{"demo", "--once"},
	} {
		ctx, interrupt := context.WithCancel(t.Context())
		stdin, writer := io.Pipe()
		interrupt()
		code, stdout, stderr := execute(ctx, stdin, args...)
		if code != exitFailed || stdout != "" || stderr != "slojourn: interrupted\n" {
			t.Errorf("%s: exit code %d, stdout %q, stderr %q", args, code, stdout, stderr)
		}
		writer.Close() //nolint:errcheck // a pipe's never fails
	}
}
