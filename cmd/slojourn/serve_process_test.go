package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

// TestServeProcess ends by a signal, and keeps a second process from its ledger
// until then.
func TestServeProcess(t *testing.T) {
	t.Parallel()
	specs, data := fileSpecs(t, "pay"), t.TempDir()
	for _, signal := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		var log stderrLog
		first := exec.Command("slojourn", "serve", "--listen", "127.0.0.1:0", "--data-dir", data, specs)
		first.Stderr = &log
		if err := first.Start(); err != nil {
			t.Fatal(err)
		}
		defer first.Process.Kill() //nolint:errcheck // it has ended, unless the test failed
		s := &serving{T: t}
		s.until("it ticks", func() bool { return strings.Contains(log.String(), "all history is there") })

		second := exec.Command("slojourn", "serve", "--listen", "127.0.0.1:0", "--data-dir", data, specs)
		output, err := second.CombinedOutput()
		exit, _ := errors.AsType[*exec.ExitError](err)
		if exit == nil || exit.ExitCode() != exitFailed || !strings.Contains(string(output), fmt.Sprintf("process %d writes this ledger", first.Process.Pid)) {
			t.Errorf("the second one: %v\n%s", err, output)
		}
		if err := first.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if err := first.Wait(); err != nil || !strings.Contains(log.String(), "msg=stopped") {
			t.Errorf("%v: %v\n%s", signal, err, log.String())
		}
		wholeLedger(t, data)
	}
}

// TestServeStopsWhileASourceHangs abandons the tick, and leaves the ledger whole.
func TestServeStopsWhileASourceHangs(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1000)
	simulated := simulator.New(simulator.NewStore(), simulator.Options{
		Latency: time.Hour, Now: func() time.Time { asked <- struct{}{}; return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) },
	})
	nerdgraph := httptest.NewServer(simulated)
	t.Cleanup(func() { nerdgraph.CloseClientConnections(); nerdgraph.Close() })
	specs, secrets, data := t.TempDir(), t.TempDir(), t.TempDir()
	put(t, secrets, "key", "NRAK-K")
	put(t, specs, "source.yaml", strings.Replace(fileSource, "file: {path: counts.csv}",
		"newRelic: {accountId: 1, apiKey: {file: key}, endpoint: "+nerdgraph.URL+"/graphql}", 1))
	put(t, specs, "pay.yaml", sloFile("pay"))
	s := serveFiles(t, "--data-dir", data, "--secrets-dir", secrets, specs)
	<-asked
	if code, body := s.ask("GET", "/api/v1/slos"); code != 503 || !strings.Contains(body, "nothing has been measured yet") {
		t.Errorf("%d %s", code, body)
	}
	if code, body := s.ask("GET", "/-/ready"); code != 503 || body != "slojourn is not ready: nothing has been measured yet\n" {
		t.Errorf("%d %s", code, body)
	}
	if code := s.stop(); code != 0 || bytes.Contains([]byte(s.log.String()), []byte("was not kept")) {
		t.Errorf("exit code %d\n%s", code, s.log.String())
	}
	wholeLedger(t, data)
}
