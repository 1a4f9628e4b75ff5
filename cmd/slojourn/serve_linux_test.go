package main

import (
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestServeOnAFullDisk lets no file of the process grow for a while: it goes on, and
// takes the specs once there is room.
func TestServeOnAFullDisk(t *testing.T) {
	t.Parallel()
	specs, data := fileSpecs(t, "pay", "scan"), t.TempDir()
	remove(t, specs, "scan.yaml")
	s := &serving{T: t}
	process := exec.Command("slojourn", "serve", "--listen", "127.0.0.1:0", "--enable-lifecycle", "--data-dir", data, specs)
	process.Stderr = &s.log
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = process.Process.Kill() }) // it has ended, unless the test failed
	s.logs("all history is there")
	s.url = "http://" + regexp.MustCompile(`address=(\S+)`).FindStringSubmatch(s.log.String())[1]
	limit := func(bytes uint64) {
		t.Helper()
		if err := unix.Prlimit(process.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil); err != nil {
			t.Fatal(err)
		}
	}
	limit(1)
	put(t, specs, "scan.yaml", sloFile("scan"))
	if code, body := s.ask("POST", "/-/reload"); code != 500 || !strings.Contains(body, "is its disk full or failing?") {
		t.Errorf("%d %s", code, body)
	}
	s.metric(`slojourn_reloads_total{outcome="failed"} 1`)
	s.metric("slojourn_last_reload_successful 0")
	if !s.shows("pay") || s.shows("scan") {
		t.Error("the set of before is not in force")
	}
	limit(unix.RLIM_INFINITY)
	if code, body := s.ask("POST", "/-/reload"); code != 200 {
		t.Errorf("%d %s", code, body)
	}
	s.until("the other SLO is shown", func() bool { return s.shows("scan") })
	if err := process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := process.Wait(); err != nil {
		t.Errorf("%v\n%s", err, s.log.String())
	}
	wholeLedger(t, data)
}
