package ledger

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// childVariable tells the test binary that it is a child, and of which kind.
const childVariable = "SLOJOURN_LEDGER_CHILD"

// children are what the test binary can be when it runs itself: each gets a
// folder with a ledger and its arguments, and writes lines to its parent.
func children() map[string]func(ctx context.Context, dir string, args []string, out io.Writer) error {
	return map[string]func(context.Context, string, []string, io.Writer) error{
		"writer":     runWriter,
		"migrate":    runMigration,
		"full":       runFullDisk,
		"failing":    runFailingDisk,
		"hold":       runHolder,
		"stamp":      runStamper,
		"look":       runLooker,
		"restore":    runRestorer,
		"unlinked":   runWithoutLinks,
		"restrained": runRestrained,
		"unsynced":   runUnsynced,
	}
}

// TestChild is the other end of [startChild], and nothing when it is run as a
// test.
func TestChild(t *testing.T) {
	kind := os.Getenv(childVariable)
	if kind == "" {
		return
	}
	words := strings.Split(os.Getenv(childVariable+"_ARGS"), "\n")
	if err := children()[kind](context.Background(), words[0], words[1:], os.Stdout); err != nil {
		fmt.Println("error", strings.ReplaceAll(err.Error(), "\n", "; "))
		os.Exit(1)
	}
	os.Exit(0)
}

// child is a process of its own with a ledger.
type child struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
	errs  strings.Builder
}

func startChild(t testing.TB, kind, dir string, args ...any) *child {
	t.Helper()
	words := []string{dir}
	for _, a := range args {
		words = append(words, fmt.Sprint(a))
	}
	c := &child{cmd: exec.Command(os.Args[0], "-test.run=^TestChild$")}
	c.cmd.Env = append(os.Environ(), childVariable+"="+kind, childVariable+"_ARGS="+strings.Join(words, "\n"))
	c.cmd.Stderr = &c.errs
	out, err := c.cmd.StdoutPipe()
	if err == nil {
		err = c.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	c.lines = bufio.NewScanner(out)
	t.Cleanup(func() { c.kill() })
	return c
}

// next returns the next line, and false at the end.
func (c *child) next() (string, bool) {
	ok := c.lines.Scan()
	return c.lines.Text(), ok
}

// kill ends the child as no program can prevent, and returns what it had still
// written.
func (c *child) kill() []string {
	_ = c.cmd.Process.Kill()
	return c.rest()
}

func (c *child) rest() []string {
	var lines []string
	for c.lines.Scan() {
		lines = append(lines, c.lines.Text())
	}
	_ = c.cmd.Wait() // it was killed
	return lines
}

// finish waits for the end of a child that ends well.
func (c *child) finish(t testing.TB) []string {
	t.Helper()
	lines := c.rest()
	if !c.cmd.ProcessState.Success() {
		t.Fatalf("the child ended with %v: %q %s", c.cmd.ProcessState, lines, c.errs.String())
	}
	return lines
}

func number64(word string) int64 {
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		panic(err) // the parent is this file
	}
	return n
}

// seeded is the workload of a seed.
func seeded(seed uint64, indicators int) *workload {
	random := rand.New(rand.NewPCG(seed, 8))
	w := newWorkload(random.IntN, indicators)
	w.others = true
	return w
}

const childIndicators = 5

// runWriter takes the steps of a workload from a given one on, and tells the
// number of each that is done. It never ends.
func runWriter(ctx context.Context, dir string, args []string, out io.Writer) error {
	w := seeded(uint64(number64(args[0])), childIndicators)
	first := number64(args[1])
	l, err := Open(ctx, dir, smallOptions)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "open")
	for n := int64(0); ; n++ {
		e := w.next()
		if n < first {
			continue
		}
		if err := e.anything(ctx, l, dir); err != nil {
			return err
		}
		fmt.Fprintln(out, n)
	}
}

// anything does a step, also one that changes nothing.
func (e event) anything(ctx context.Context, l *Ledger, dir string) error {
	switch e.kind {
	case compactEvent:
		return l.Compact(ctx)
	case backupEvent:
		file := filepath.Join(dir, "backup")
		if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		_, err := Backup(ctx, dir, file)
		return err
	default:
		return e.do(ctx, l)
	}
}
