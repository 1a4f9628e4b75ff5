package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// nobody is a user without rights of its own.
const nobody = 65534

// runRestrained reads a ledger as a user who may not write in its folder, and
// keeps it open until it is told to end.
func runRestrained(ctx context.Context, dir string, _ []string, out io.Writer) error {
	if os.Getuid() == 0 {
		if err := errors.Join(syscall.Setgid(nobody), syscall.Setuid(nobody)); err != nil {
			return err
		}
	}
	r, err := OpenReader(ctx, dir)
	if err != nil {
		return err
	}
	kept, err := r.State(ctx)
	if err != nil {
		return err
	}
	report, err := Check(ctx, dir)
	if err != nil || len(report.Findings) > 0 {
		return fmt.Errorf("%v, %w", report.Findings, err)
	}
	fmt.Fprintln(out, "commits", kept.Commits)
	for {
		_ = unix.Pause() // until it is killed
	}
}

// restrained is a folder in which only its owner may write.
func restrained(t *testing.T, spoil func(dir string) error) string {
	t.Helper()
	dir := closedLedger(t)
	if err := spoil(dir); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := os.Chmod(filepath.Join(dir, e.Name()), 0o444); err != nil {
			t.Fatal(err)
		}
	}
	for at, mode := range map[string]os.FileMode{dir: 0o555, filepath.Dir(dir): 0o755, filepath.Dir(filepath.Dir(dir)): 0o755} {
		if err := os.Chmod(at, mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) }) // so that it can be removed
	return dir
}

// TestReadOnlyFolder reads a ledger beside which nothing can be written, and
// keeps writers away meanwhile.
func TestReadOnlyFolder(t *testing.T) {
	t.Parallel()
	dir := restrained(t, func(string) error { return nil })
	before := namesIn(t, dir)
	c := startChild(t, "restrained", dir)
	if line, _ := c.next(); line != "commits 3" {
		t.Fatalf("it says %q, %s", line, c.errs.String())
	}
	if os.Getuid() == 0 { // who may write
		_, err := Open(t.Context(), dir, Options{})
		if locked, ok := errors.AsType[*LockedError](err); !ok || !locked.Reading || !strings.Contains(err.Error(), "another process reads this ledger from a folder that it may not write to") {
			t.Errorf("a writer beside it: %v", err)
		}
	}
	c.kill()
	if after := namesIn(t, dir); !slices.Equal(before, after) {
		t.Errorf("it left %v, before there were %v", after, before)
	}
	if os.Getuid() == 0 {
		closeLedger(t, openIn(t, dir))
	}
}

func namesIn(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestReadOnlyFolderRefused does not read what it could not know to be whole.
func TestReadOnlyFolderRefused(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(dir string) error{
		"commits are in DIR/ledger.db-wal, and this user may not write in DIR; read it as a user who may": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, fileName+"-wal"), []byte("commits"), 0o600)
		},
		"without ledger.lock nothing keeps others from it; read it as a user who may": func(dir string) error {
			return os.Remove(filepath.Join(dir, lockName))
		},
	} {
		dir := restrained(t, spoil)
		c := startChild(t, "restrained", dir)
		if line, _ := c.next(); !strings.Contains(strings.ReplaceAll(line, dir, "DIR"), want) {
			t.Errorf("it says %q, want %q", line, want)
		}
		c.kill()
	}
	// Another process writes: its log is there, or its lock is held.
	dir := restrained(t, func(string) error { return nil })
	locked, err := acquireForTest(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer locked.release()
	c := startChild(t, "restrained", dir)
	if line, _ := c.next(); !strings.Contains(line, "writes it, and this user may not write in "+dir) {
		t.Errorf("it says %q", line)
	}
	c.kill()
}

// acquireForTest locks a folder whose files may only be read.
func acquireForTest(dir string) (*lock, error) {
	file, err := os.Open(filepath.Join(dir, lockName))
	if err != nil {
		return nil, err
	}
	return &lock{file}, flock(file, syscall.LOCK_EX)
}

// TestReadingLeavesEmptyLog leaves what the page about operations says: an empty
// log and its shared memory, which the next writer takes away.
func TestReadingLeavesEmptyLog(t *testing.T) {
	t.Parallel()
	dir := closedLedger(t)
	closed := namesIn(t, dir)
	if want := []string{markName, fileName, lockName}; !slices.Equal(closed, want) {
		t.Errorf("a ledger that was closed has %v, want %v", closed, want)
	}
	checkedClean(t, dir)
	for _, name := range namesIn(t, dir) {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || !slices.Contains(closed, name) && name != fileName+"-shm" && (name != fileName+"-wal" || info.Size() > 0) {
			t.Errorf("reading left %s, %v", name, err)
		}
	}
	closeLedger(t, openIn(t, dir))
	if left := namesIn(t, dir); !slices.Equal(closed, left) {
		t.Errorf("after a writer there are %v", left)
	}
}

func checkedClean(t *testing.T, dir string) {
	t.Helper()
	if _, err := checkedCopy(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
}

// runUnsynced makes a ledger in a new folder while nothing can be synced.
func runUnsynced(ctx context.Context, dir string, _ []string, out io.Writer) error {
	if err := (fault{faults()[0].calls, syscall.EIO, ""}).inject(dir); err != nil {
		fmt.Fprintln(out, "unsupported", err)
		return nil
	}
	_, err := Open(ctx, filepath.Join(dir, "new", "newer"), Options{})
	fmt.Fprintln(out, err)
	return nil
}

// TestFolderIsDurable syncs the folder in which it makes one, so that a ledger
// is not lost with its folder.
func TestFolderIsDurable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lines := startChild(t, "unsynced", dir).finish(t)
	if len(lines) == 1 && strings.HasPrefix(lines[0], "unsupported") {
		t.Skip("this kernel has no seccomp filters: ", lines[0])
	}
	want := "make the ledger's folder: " + dir + ": input/output error; " + remedyBad
	if len(lines) != 1 || lines[0] != want {
		t.Errorf("got %q, want %q", lines, want)
	}
}
