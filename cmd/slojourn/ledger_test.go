package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/slo"
)

// commitsForEver commits one minute after the other to the ledger that it is
// told, until its stdin ends. A line tells that the first is durable.
func commitsForEver() {
	if err := commitUntil(os.Args[1], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitFailed)
	}
}

func commitUntil(dir string, until io.Reader, started io.Writer) error {
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		io.Copy(io.Discard, until) //nolint:errcheck // an error is an end as well
		stop()
	}()
	l, err := ledger.Open(ctx, dir, ledger.Options{})
	if err != nil {
		return err
	}
	// 2026-11-22T09:00Z and later
	for m := slo.Minute(29922780); ctx.Err() == nil; m++ {
		batch := burnrate.Batch{Indicators: []slo.IndicatorID{"v1:beside"}, Records: []burnrate.Record{{
			Minute: m, Rows: []burnrate.Row{burnrate.Counted(slo.Counts{Total: 100, Bad: 1})},
		}}}
		if err := l.Commit(context.Background(), burnrate.Tick{At: m.Time(), Measured: []burnrate.Batch{batch}}); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(started, m); err != nil {
			return err
		}
	}
	return l.Close()
}

// committing is the process that a script started.
type committing struct {
	cmd   *exec.Cmd
	stdin io.Closer
	rest  chan int // how many commits there were after the first
}

// committingKey is where a script keeps it.
const committingKey = "committing"

func startCommits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: commits DIR")
	}
	running := ts.Value(committingKey).(*committing)
	running.cmd, running.rest = exec.Command("slojourn-commits", ts.MkAbs(args[0])), make(chan int, 1)
	running.cmd.Stderr = os.Stderr
	var err error
	running.stdin, err = running.cmd.StdinPipe()
	ts.Check(err)
	stdout, err := running.cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(running.cmd.Start())
	ts.Defer(func() { _ = running.cmd.Process.Kill() })
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() {
		ts.Fatalf("nothing was committed: %v", running.cmd.Wait())
	}
	go func() {
		more := 0
		for lines.Scan() {
			more++
		}
		running.rest <- more
	}()
	ts.Setenv("WRITER", strconv.Itoa(running.cmd.Process.Pid))
}

// stopCommits ends the process, which must have gone on meanwhile.
func stopCommits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: stopcommits")
	}
	running := ts.Value(committingKey).(*committing)
	ts.Check(running.stdin.Close())
	more := <-running.rest
	ts.Check(running.cmd.Wait())
	if more == 0 {
		ts.Fatalf("nothing was committed beside the commands")
	}
	ts.Setenv("COMMITS", strconv.Itoa(1+more))
}

func spoil(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: spoil FILE OLD NEW")
	}
	data := []byte(ts.ReadFile(args[0]))
	if !bytes.Contains(data, []byte(args[1])) || len(args[1]) != len(args[2]) {
		ts.Fatalf("%s does not hold %q, or %q is longer or shorter", args[0], args[1], args[2])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), bytes.ReplaceAll(data, []byte(args[1]), []byte(args[2])), 0o600))
}

// TestHostileLedger prints what a ledger and an export hold without its
// effects.
func TestHostileLedger(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	dir := filepath.Join(folder, "data")
	text, err := json.Marshal(hostile)
	if err != nil {
		t.Fatal(err)
	}
	const head = `{"schema":"slojourn.ledger/v1","at":"2026-11-22T09:00:00Z"}` + "\n"
	entry := `{"type":"entry","kind":` + string(text) + `,"key":"","value":"ZmlyaW5n"}` + "\n"
	code, _, stderr := execute(t.Context(), strings.NewReader(head+entry+`{"type":"end"}`), "ledger", "import", "--data-dir", dir, "-")
	if code != 0 {
		t.Fatal(stderr)
	}
	for _, lines := range []string{
		`{"type":` + string(text) + "}", hostile, entry + entry, `{"type":"minute",` + string(text) + `:1}`,
		strings.Replace(entry, "ZmlyaW5n", "", 1), `{"type":"minute","minute":` + string(text) + "}",
	} {
		code, stdout, stderr := execute(t.Context(), strings.NewReader(head+lines), "ledger", "import", "--data-dir", dir, "-")
		if code != exitFindings || stdout != "" {
			t.Errorf("exit code %d, stdout %q", code, stdout)
		}
		checkHarmless(t, "stderr", stderr, 0)
	}
	file := filepath.Join(dir, "ledger.db")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, bytes.ReplaceAll(data, []byte("firing"), []byte("fixing")), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"table", "json"} {
		code, stdout, stderr := execute(t.Context(), strings.NewReader(""), "ledger", "check", "-o", format, "--data-dir", dir)
		if code != exitFindings || stderr != "" || !strings.Contains(stdout, "another checksum") {
			t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
		}
		checkHarmless(t, "stdout", stdout, 0)
	}
}
