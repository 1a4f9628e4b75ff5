//go:build servers

package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/internal/servertest"
)

// hears waits until an alert that is told of after all else was heard of, and wants to
// have heard of nothing but it and others, once each.
func (r *audience) hears(t *testing.T, am *servertest.Server, last string, others map[string]int) {
	t.Helper()
	body := fmt.Sprintf(`[{"labels": {"alertname": %q}}]`, last)
	response, err := http.Post(am.URL()+"/api/v2/alerts", "application/json", strings.NewReader(body)) //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close() //nolint:errcheck // only read from
	others["alertname="+last] = 1
	servertest.Eventually(t, "the last alert is heard of", func() error {
		if r.counts()["alertname="+last] == 0 {
			return fmt.Errorf("heard of %v", r.counts())
		}
		return nil
	})
	if diff := cmp.Diff(others, r.counts()); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

// startProcess starts slojourn serve in a process of its own, by a clock that is as far
// ahead as that of [soon], and waits until it listens.
func startProcess(t *testing.T, args ...string) (*serving, *exec.Cmd) {
	t.Helper()
	s, process := &serving{T: t}, exec.Command("slojourn", append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	process.Stderr, process.Env = &s.log, append(os.Environ(), "AHEAD="+untilSoon().String())
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = process.Process.Kill() // it may have ended
		_ = process.Wait()
	})
	listening := regexp.MustCompile(`msg="Listening on" address=(\S+)`)
	s.until("it listens", func() bool {
		match := listening.FindStringSubmatch(s.log.String())
		if match != nil {
			s.url = "http://" + match[1]
		}
		return match != nil
	})
	return s, process
}

// untilSoon is how far a clock is ahead whose next minute begins in eight seconds: by then
// serve has started on a busy machine too, and does not wait for the minute after.
func untilSoon() time.Duration {
	now := time.Now()
	return max(0, now.Truncate(time.Minute).Add(52*time.Second).Sub(now))
}

// soon returns such a clock.
func soon() func() time.Time {
	ahead := untilSoon()
	return func() time.Time { return time.Now().Add(ahead) }
}

// tells waits until a daemon has told Alertmanager of the page, which it does when a
// minute begins.
func (s *serving) tells() {
	s.Helper()
	s.logs(`msg="a notification was delivered" notifier=alertmanager alert="pay/authorise 28d burn page"`)
}

// TestServeReplicas has two processes with ledgers of their own see one outage, one of
// which is killed, and a third one that begins in the middle of it: people hear of it
// once.
func TestServeReplicas(t *testing.T) {
	t.Parallel()
	heard, am := startAudience(t, time.Second, "")
	specs := outageSpecs(t, time.Now(), am.URL())
	want := map[string]int{
		"alertname=ErrorBudgetBurn id=pay/authorise journey=pay kind=burn objective=28d owner=tills severity=page step=authorise": 1,
	}
	first, process := startProcess(t, "--data-dir", filepath.Join(t.TempDir(), "data"), specs)
	second, _ := startProcess(t, "--data-dir", filepath.Join(t.TempDir(), "data"), specs)
	first.tells()
	second.tells()
	heard.hears(t, am, "AfterTwo", want)

	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	third := startDaemonBy(t, soon(), "serve", "--listen", "127.0.0.1:0", "--data-dir", filepath.Join(t.TempDir(), "data"), specs)
	third.tells()
	heard.hears(t, am, "AfterThree", want)
	alerts, document := am.Alerts(t)
	if len(alerts) != 3 {
		t.Errorf("Alertmanager has %d alerts, want the page and two more: %s", len(alerts), document)
	}
}
