package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// background runs a command that stays up until stop is called. It gives the
// stream that the test wants to read, and the exit code in the end.
func background(t *testing.T, wantStderr bool, args ...string) (stream *bufio.Reader, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	env := environment{
		stdin: strings.NewReader(""), stdout: writer, stderr: io.Discard, getenv: func(string) string { return "" },
		now: func() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) },
	}
	if wantStderr {
		env.stdout, env.stderr = io.Discard, writer
	}
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, env, args)
		writer.Close() //nolint:errcheck // a pipe's never fails
	}()
	stop = func() int {
		cancel()
		go io.Copy(io.Discard, reader) //nolint:errcheck // only to let the command end
		return <-code
	}
	t.Cleanup(cancel)
	return bufio.NewReader(reader), stop
}

func post(t *testing.T, address, key, body string) string {
	t.Helper()
	return send(t, http.MethodPost, address, key, body)
}

// send returns the body of an answer.
func send(t *testing.T, method, address, key, body string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Api-Key", key)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // only read from
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

// TestSimulatorCommand reads the address from the first line, asks there, and
// ends the command.
func TestSimulatorCommand(t *testing.T) {
	t.Parallel()
	events := filepath.Join(t.TempDir(), "events.ndjson")
	// 1795338000000 is 09:00 on 2026-11-22, half an hour before --now.
	if err := os.WriteFile(events, []byte(`{"eventType":"A","timestamp":1795338000000}`), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, stop := background(t, false, "simulator", "--events", events, "--listen", "127.0.0.1:0", "--key", "K", "--account", "7", "--now", "2026-11-22T09:30:00Z")
	line, err := stdout.ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "http://127.0.0.1:") || !strings.HasSuffix(line, "/graphql\n") {
		t.Fatalf("first line %q, %v", line, err)
	}
	address := strings.TrimSpace(line)
	query := func(account, nrql string) string {
		return `{"query":"{ actor { account(id: ` + account + `) { nrql(query: \"` + nrql + `\") { results } } } }"}`
	}
	tests := []struct{ name, key, body, want string }{
		{"the default range ends at --now", "K", query("7", "SELECT count(*) FROM A"), `{"count":1}`},
		{"another key", "X", query("7", "SELECT count(*) FROM A"), "BAD_API_KEY"},
		{"another account", "K", query("8", "SELECT count(*) FROM A"), "not authorized"},
	}
	for _, test := range tests {
		if got := post(t, address, test.key, test.body); !strings.Contains(got, test.want) {
			t.Errorf("%s: got %s, want it to hold %s", test.name, got, test.want)
		}
	}
	if code := stop(); code != 0 {
		t.Errorf("exit code %d after an interrupt", code)
	}
}

// TestSimulatorCommandServesAScenario looks for an incident by the real clock,
// where it has to be for every start, and for traffic up to now. The seed
// chooses the traffic.
func TestSimulatorCommandServesAScenario(t *testing.T) {
	t.Parallel()
	count := func(args ...string) string {
		t.Helper()
		stdout, stop := background(t, false, append([]string{"simulator", "--scenario", "retail", "--listen", "127.0.0.1:0", "--speed", "0"}, args...)...)
		defer stop()
		line, err := stdout.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return post(t, strings.TrimSpace(line), "K", `{"query":"{ actor { account(id: 7) { `+
			`outage: nrql(query: \"SELECT percentage(count(*), WHERE error IS TRUE) AS bad FROM Transaction WHERE appName = 'order-api' SINCE 1795147200000 UNTIL 1795148040000\") { results } `+
			`hours: nrql(query: \"SELECT count(*) AS n FROM Log SINCE 1795323600000 UNTIL 1795334400000\") { results } } } }"}`)
	}
	first := count("--now", "2026-11-22T09:00:00Z")
	later := count("--now", "2026-11-25T17:12:00Z")
	if first != later || !strings.Contains(first, `[{"bad":100}]`) || strings.Contains(first, `"n":0`) {
		t.Errorf("the scenario answers\n%s, three days later\n%s", first, later)
	}
	if other := count("--now", "2026-11-25T17:12:00Z", "--seed", "2"); other == first {
		t.Errorf("another seed answers the same: %s", other)
	}
}

// TestSimulatorCommandTakesEvents sends an event and moves the clock on until
// it can be seen, all of it through the port of the command.
func TestSimulatorCommandTakesEvents(t *testing.T) {
	t.Parallel()
	keys := filepath.Join(t.TempDir(), "keys")
	licence := strings.Repeat("0", 36) + "NRAL"
	if err := os.WriteFile(keys, []byte(licence+"=7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, stop := background(t, false, "simulator", "--scenario", "none", "--listen", "127.0.0.1:0", "--now", "2026-11-22T09:30:00Z",
		"--speed", "0", "--key", "NRAK-K=7+8", "--key-file", keys, "--ingest-lag", "1m", "--control", "--nulls", "never-match")
	line, err := stdout.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	root := strings.TrimSuffix(strings.TrimSpace(line), "/graphql")
	const count = `{"query":"{ actor { account(id: 7) { nrql(query: \"SELECT count(*) AS n, filter(count(*), WHERE a != 1) AS other FROM A\") { results } } } }"}`
	for _, step := range []struct{ name, method, path, key, body, want string }{
		{"an event", "POST", "/v1/accounts/7/events", licence, `{"eventType":"A"}`, `{"success":true,`},
		{"a key of another account", "POST", "/v1/accounts/8/events", licence, `{"eventType":"A"}`, "The key may not send data to account 8"},
		{"before it arrives", "POST", "/graphql", "NRAK-K", count, `[{"n":0,"other":0}]`},
		{"the clock moves", "POST", "/control/clock", "", `{"advance":"1m"}`, `"now": "2026-11-22T09:31:00Z"`},
		{"when it has arrived", "POST", "/graphql", "NRAK-K", count, `[{"n":1,"other":0}]`},
		{"a fault", "PUT", "/control/faults", "", "503;times=1", `"fault": "503;times=1"`},
		{"it strikes", "POST", "/graphql", "NRAK-K", count, "A downstream error occurred."},
	} {
		if got := send(t, step.method, root+step.path, step.key, step.body); !strings.Contains(got, step.want) {
			t.Errorf("%s: got %s, want it to hold %s", step.name, got, step.want)
		}
	}
	if code := stop(); code != 0 {
		t.Errorf("exit code %d after an interrupt", code)
	}
}

// TestRunReportsWriteErrors keeps errors of the output from being swallowed.
func TestRunReportsWriteErrors(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	env := environment{
		stdin: strings.NewReader("apiVersion: slojourn/v1\nkind: Team\nmetadata: {name: Bad}\n"), stdout: brokenWriter{}, stderr: &stderr,
		getenv: func(string) string { return "" }, now: time.Now,
	}
	if code := run(t.Context(), env, []string{"validate", "-"}); code != exitFailed || !strings.Contains(stderr.String(), "disk full") {
		t.Errorf("exit code %d, stderr %q", code, stderr.String())
	}
}

// TestHelpReportsWriteErrors: help goes to a full disk, too.
func TestHelpReportsWriteErrors(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--help"}, {"help"}, {"eval", "-h"}, {"completion", "bash"}, {"completion", "zsh"}, {"version"}} {
		var stderr bytes.Buffer
		env := environment{stdin: strings.NewReader(""), stdout: brokenWriter{}, stderr: &stderr, getenv: os.Getenv, now: time.Now}
		if code := run(t.Context(), env, args); code != exitFailed || stderr.String() != "slojourn: disk full\n" {
			t.Errorf("%s: exit code %d, stderr %q", args, code, stderr.String())
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }
