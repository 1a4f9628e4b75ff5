package main

import (
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// oneSLO is a snapshot with one SLO.
func oneSLO() burnrate.Snapshot {
	return burnrate.Snapshot{At: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), Statuses: []burnrate.Status{{ID: "mail", Kind: slo.KindSLO, Owner: "shop"}}}
}

// TestEvalServerRefusals says what is wrong with an answer, and what may help.
func TestEvalServerRefusals(t *testing.T) {
	t.Parallel()
	answer := func(status int, contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"starting": {
			answer(503, "application/json", `{"schema":"slojourn.error/v1","errors":[{"message":"nothing has been measured yet:\u001b[2J 5 hours"},{"message":"second"}]}`),
			"ADDRESS/api/v1/slos: 503 Service Unavailable: nothing has been measured yet:\ufffd[2J 5 hours; second",
		},
		"long":     {answer(500, "text/plain", strings.Repeat("x", 5000)), "500 Internal Server Error: " + strings.Repeat("x", 500) + "…\n"},
		"text":     {answer(400, "text/plain; charset=utf-8", "Client sent an HTTP request to an HTTPS server.\nmore"), "400 Bad Request: Client sent an HTTP request to an HTTPS server.\n"},
		"html":     {answer(502, "text/html", "<html>secret"), "502 Bad Gateway\n"},
		"password": {answer(401, "text/plain", "Unauthorized"), "401 Unauthorized: --user and --password-from name who asks\n"},
		"redirect": {answer(302, "text/plain", "moved"), "302 Found: redirects are not followed: name the address it leads to\n"},
		"no JSON":  {answer(200, "text/html", "<html>"), "/api/v1/slos does not answer as slojourn serve does: it is no JSON with the schema slojourn.eval/v1\n"},
		"newer":    {answer(200, "application/json", `{"schema":"slojourn.eval/v2"}`), `its schema is "slojourn.eval/v2", and this program knows slojourn.eval/v1: use one of the version that wrote it`},
		"cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, `{"schema":`)
		}, "the answer broke off: unexpected EOF\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := httptest.NewServer(test.handler)
			t.Cleanup(address.Close)
			code, stdout, stderr := command(t, "eval", "--server", address.URL)
			if want := strings.ReplaceAll(test.want, "ADDRESS", address.URL); code != exitFailed || stdout != "" || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit code %d, stdout %q, stderr %q, want %q", code, stdout, stderr, want)
			}
		})
	}
}

// TestEvalServerNobody says that nobody listens, and ends when it is told to.
func TestEvalServerNobody(t *testing.T) {
	t.Parallel()
	address := httptest.NewServer(http.NotFoundHandler())
	address.Close()
	if code, _, stderr := command(t, "eval", "--server", address.URL); code != exitFailed || !strings.Contains(stderr, "connection refused: does slojourn serve run there?") {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
}

// TestEvalServerUsage refuses what it cannot do before it asks, and shows nothing
// that may be a password.
func TestEvalServerUsage(t *testing.T) {
	t.Parallel()
	with := func(args ...string) []string { return append([]string{"--server", "http://127.0.0.1:1"}, args...) }
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--server", "http://me:topsecret@127.0.0.1:1"}, "--server must not hold a user or password: use --user and --password-from"},
		{[]string{"--server", "http://me:topsecret@127.0.0.1:x"}, "--server is no address of a server"},
		{[]string{"--server", "127.0.0.1:8080"}, "write it as in http://127.0.0.1:8080"},
		{[]string{"--server", "https://:9090"}, "--server is no address of a server"},
		{[]string{"--server", "localhost:8080"}, "--server is no address of a server"},
		{[]string{"--server", "ftp://localhost"}, "--server is no address of a server"},
		{[]string{"--server", "http://127.0.0.1:1?topsecret"}, "--server is an address without a query"},
		{[]string{"--server", ""}, "--server is empty"},
		{with("specs"), `leave out "specs"`},
		{with("--at", "2026-11-22T09:00:00Z"), "leave out --at, or use --data-dir"},
		{with("--explain", "mail"), "leave out --explain"},
		{with("--config", "sre"), "leave out --config"},
		{with("--allow-host", "sre"), "leave out --allow-host"},
		{with("--user", "me"), "--user and --password-from belong together"},
		{with("--password-from", "env:SLOJOURN_PASSWORD"), "--user and --password-from belong together"},
		{with("--user", "me:topsecret", "--password-from", "env:SLOJOURN_PASSWORD"), "--user cannot hold a colon"},
		{with("--user", "me", "--password-from", "topsecret"), "--password-from names where the password is: write env:NAME or file:NAME"},
		{with("--user", "me", "--password-from", "env:"), "write env:NAME or file:NAME"},
		{with("--secrets-dir", "."), "--secrets-dir is for --password-from file:NAME only"},
		{with("--ca-file", "missing.pem"), "--ca-file missing.pem: no such file or directory"},
		{with("--ca-file", "eval_server_test.go"), "--ca-file eval_server_test.go holds no certificate (PEM)"},
		{with("-o", "yaml"), "use table or json"},
		{[]string{"--server", "http://slo.example.com", "--user", "me", "--password-from", "env:SLOJOURN_PASSWORD"}, "--server would send the password without encryption: write https://"},
		{[]string{"--user", "me"}, "--user is for --server only"},
		{[]string{"--password-from", "env:X"}, "--password-from is for --server only"},
		{[]string{"--ca-file", "x"}, "--ca-file is for --server only"},
	} {
		code, stdout, stderr := command(t, append([]string{"eval"}, test.args...)...)
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, test.want) || strings.Contains(stderr, "topsecret") {
			t.Errorf("%q: exit code %d, stdout %q, stderr %q, want %q", test.args, code, stdout, stderr, test.want)
		}
	}
}

// TestEvalServerPassword sends the password to a server that is trusted by a file
// of certificates, and to no other.
func TestEvalServerPassword(t *testing.T) {
	t.Parallel()
	shows := answering(t, oneSLO())
	var asked atomic.Int64
	address := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if user, password, _ := r.BasicAuth(); user != "me" || password != "correct-horse" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		shows.ServeHTTP(w, r)
	}))
	address.Config.ErrorLog = log.New(io.Discard, "", 0) // of a handshake that fails
	address.StartTLS()
	t.Cleanup(address.Close)
	dir := t.TempDir()
	for name, data := range map[string][]byte{
		"ca.pem":   pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: address.Certificate().Raw}),
		"password": []byte("correct-horse\n"), "wrong": []byte("battery-staple\n"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ca := filepath.Join(dir, "ca.pem")
	s := shop{now: oneSLO().At}
	for _, test := range []struct {
		args   []string
		code   int
		stderr string
		asked  int64
	}{
		{[]string{"--ca-file", ca, "--user", "me", "--password-from", "env:SLOJOURN_PASSWORD"}, 0, "", 1},
		{[]string{"--ca-file", ca, "--user", "me", "--password-from", "file:password", "--secrets-dir", dir}, 0, "", 1},
		{[]string{"--ca-file", ca, "--user", "me", "--password-from", "file:wrong", "--secrets-dir", dir}, exitFailed, "401 Unauthorized", 1},
		{[]string{"--ca-file", ca}, exitFailed, "401 Unauthorized: --user and --password-from name who asks", 1},
		{[]string{"--user", "me", "--password-from", "env:SLOJOURN_PASSWORD"}, exitFailed, "; --ca-file names certificates to trust", 0},
		{[]string{"--ca-file", ca, "--user", "me", "--password-from", "env:SLOJOURN_OTHER"}, exitFailed, "environment variable SLOJOURN_OTHER is not set", 0},
		{[]string{"--ca-file", ca, "--user", "me", "--password-from", "env:HOME"}, exitFailed, "must begin with NEW_RELIC_ or SLOJOURN_", 0},
		{[]string{"--ca-file", ca, "--user", "me", "--password-from", "file:password"}, exitFailed, "--secrets-dir", 0},
	} {
		asked.Store(0)
		code, stdout, stderr := s.run(t, append([]string{"eval", "--server", address.URL}, test.args...)...)
		if code != test.code || (code == 0) != strings.Contains(stdout, "mail") || !strings.Contains(stderr, test.stderr) || asked.Load() != test.asked {
			t.Errorf("%q: exit code %d, asked %d times, stderr %q, stdout:\n%s", test.args, code, asked.Load(), stderr, stdout)
		}
		if strings.Contains(stdout+stderr, "horse") || strings.Contains(stdout+stderr, "staple") {
			t.Errorf("%q: the password is shown: %s%s", test.args, stdout, stderr)
		}
	}
}

// TestEvalServerNewer passes on what a newer server says, and escapes what would
// change how a terminal looks.
func TestEvalServerNewer(t *testing.T) {
	t.Parallel()
	document := "{\n  \"schema\": \"slojourn.eval/v1\",\n  \"at\": \"2026-11-22T09:00:00Z\",\n  \"slos\": [\n    {\n      \"id\": \"mail\u009b31m\",\n      \"newer\": 1.50\n    }\n  ]\n}\n"
	address := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, document) }))
	t.Cleanup(address.Close)
	code, stdout, stderr := command(t, "eval", "--server", address.URL, "-o", "json")
	if want := strings.ReplaceAll(document, "\u009b", `\u009b`); code != 0 || stderr != "" || stdout != want {
		t.Errorf("exit code %d, stderr %q:\n%s", code, stderr, stdout)
	}
	if code, stdout, _ := command(t, "eval", "--server", address.URL); code != 0 || strings.Contains(stdout, "\u009b") {
		t.Errorf("exit code %d:\n%q", code, stdout)
	}
}
