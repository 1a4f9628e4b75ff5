package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// stderrLog is written by a command while a test reads it.
type stderrLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *stderrLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *stderrLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// serving is slojourn serve in this process.
type serving struct {
	*testing.T
	log    stderrLog
	url    string
	cancel context.CancelFunc
	code   chan int
}

// serveFiles starts slojourn serve on a free port and waits until it listens.
func serveFiles(t *testing.T, args ...string) *serving {
	t.Helper()
	return startDaemon(t, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
}

// startDaemon starts a command that stays up and waits until it listens. Its clock
// stands still: there is one tick at the start, and one after each reload.
func startDaemon(t *testing.T, args ...string) *serving {
	t.Helper()
	return startDaemonBy(t, func() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }, args...)
}

// startDaemonBy starts one by another clock.
func startDaemonBy(t *testing.T, now func() time.Time, args ...string) *serving {
	t.Helper()
	return startDaemonIn(t, now, func(string) string { return "" }, args...)
}

// startDaemonIn starts one with variables of the environment.
func startDaemonIn(t *testing.T, now func() time.Time, getenv func(string) string, args ...string) *serving {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &serving{T: t, cancel: cancel, code: make(chan int, 1)}
	env := environment{
		stdin: strings.NewReader(""), stdout: io.Discard, stderr: &s.log, getenv: getenv,
		now: now,
	}
	go func() { s.code <- run(ctx, env, args) }()
	t.Cleanup(func() { cancel(); s.code <- <-s.code })
	listening := regexp.MustCompile(`Listening on"[ ,]"?address"?[=:]"?([0-9.:]+)`)
	s.until("it listens", func() bool {
		match := listening.FindStringSubmatch(s.log.String())
		if match != nil {
			s.url = "http://" + match[1]
		}
		return match != nil
	})
	return s
}

// until waits for something that has to happen.
func (s *serving) until(what string, happened func() bool) {
	s.Helper()
	for range 2400 {
		if happened() {
			return
		}
		select {
		case code := <-s.code:
			s.code <- code
			s.Fatalf("waiting until %s: exit code %d\n%s", what, code, s.log.String())
		case <-time.After(50 * time.Millisecond):
		}
	}
	s.Fatalf("not seen that %s:\n%s", what, s.log.String())
}

// logs waits for a line of the log.
func (s *serving) logs(text string) {
	s.Helper()
	s.until("the log has "+text, func() bool { return strings.Contains(s.log.String(), text) })
}

// ready waits until the daemon is.
func (s *serving) ready() {
	s.Helper()
	s.until("it is ready", func() bool { code, _ := s.ask("GET", "/-/ready"); return code == http.StatusOK })
}

// ask returns the answer to a request.
func (s *serving) ask(method, path string) (int, string) {
	s.Helper()
	request, err := http.NewRequestWithContext(s.Context(), method, s.url+path, nil)
	if err != nil {
		s.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		s.Fatalf("%v\n%s", err, s.log.String())
	}
	defer response.Body.Close() //nolint:errcheck // only read from
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// metric wants a sample.
func (s *serving) metric(sample string) {
	s.Helper()
	if _, text := s.ask("GET", "/metrics"); !strings.Contains(text, "\n"+sample+"\n") {
		name, _, _ := strings.Cut(sample, " ")
		s.Errorf("no sample %s, but %q", sample, regexp.MustCompile(`(?m)^`+regexp.QuoteMeta(name)+` .*$`).FindString(text))
	}
}

// shows reports whether the API has an SLO.
func (s *serving) shows(id string) bool {
	s.Helper()
	_, text := s.ask("GET", "/api/v1/slos?id="+id)
	return strings.Contains(text, `"id": "`+id+`"`)
}

// stop ends the daemon as a signal does, and returns its exit code.
func (s *serving) stop() int {
	s.Helper()
	s.cancel()
	code := <-s.code
	s.code <- code
	return code
}

// countsFile is two hours of counts of some SLOs, up to 09:00.
func countsFile(ids ...string) string {
	text := "minute,id,total,bad\n"
	for _, id := range ids {
		for m := range 120 {
			at := time.Date(2026, 11, 22, 7, m, 0, 0, time.UTC)
			bad := "0"
			if m%40 == 0 {
				bad = "3"
			}
			text += at.Format(time.RFC3339) + "," + id + ",50," + bad + "\n"
		}
	}
	return text
}

func sloFile(id string) string {
	return `apiVersion: slojourn/v1
kind: SLO
metadata: {name: ` + id + `, owner: web}
spec:
  objective: {target: 99%, window: 2h}
  sli: {from: Anything, bad: failed IS TRUE}
`
}

const fileSource = `apiVersion: slojourn/v1
kind: Team
metadata: {name: web}
---
apiVersion: slojourn/v1
kind: Source
metadata: {name: counts}
spec:
  file: {path: counts.csv}
`

// fileSpecs writes specs of SLOs that a file of counts measures.
func fileSpecs(t *testing.T, ids ...string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	put(t, folder, "source.yaml", fileSource)
	put(t, folder, "counts.csv", countsFile(ids...))
	for _, id := range ids {
		put(t, folder, id+".yaml", sloFile(id))
	}
	return folder
}

func put(t *testing.T, folder, name, text string) {
	t.Helper()
	writeFile(t, filepath.Join(folder, name), text)
}

func remove(t *testing.T, folder string, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.Remove(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// link puts a link in its place, also in that of another one, at once.
func link(t *testing.T, to, name string) {
	t.Helper()
	made := name + ".new"
	if err := os.Symlink(to, made); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(made, name); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
