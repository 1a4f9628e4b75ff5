package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestRestoreOfNoBackup says what a file is not, and leaves nothing behind.
func TestRestoreOfNoBackup(t *testing.T) {
	t.Parallel()
	text := func(content string) func(string) error {
		return func(path string) error { return os.WriteFile(path, []byte(content), 0o600) }
	}
	for _, test := range []struct {
		name string
		make func(path string) error
		want string
	}{
		{"nothing", func(string) error { return nil }, "no such file or directory"},
		{"empty", text(""), "is no ledger: it is empty"},
		{"short", text("SQL"), "is no ledger: it does not begin as a SQLite database does"},
		{"an export", text("{}\n"), "is no ledger: it looks like JSON; take an export in with 'slojourn ledger import'"},
		{"compressed", text("\x1f\x8b\x08"), "is no ledger: it is compressed"},
		{"a folder", func(path string) error { return os.Mkdir(path, 0o700) }, "is no ledger: it is a folder"},
		{"a pipe", func(path string) error { return unix.Mkfifo(path, 0o600) }, "is no ledger: it is a pipe"},
		{"of another program", func(path string) error {
			db, err := openDatabase(path, true)
			if err == nil {
				_, err = db.ExecContext(context.Background(), "CREATE TABLE x(y)")
			}
			return errors.Join(err, db.Close())
		}, "FILE is no ledger: it is a SQLite database of something else"},
		{"cut off", text("SQLite format 3\x00"), "the ledger is damaged: the file "},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file, folder := filepath.Join(t.TempDir(), "backup"), t.TempDir()
			if err := test.make(file); err != nil {
				t.Fatal(err)
			}
			_, err := Restore(t.Context(), filepath.Join(folder, "new", "newer"), file)
			if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), file, "FILE"), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
				t.Errorf("%v is left, %v", left, err)
			}
			// Of a folder that was there nothing goes but what came.
			if err := os.Mkdir(filepath.Join(folder, "new"), 0o700); err != nil {
				t.Fatal(err)
			}
			if _, err := Restore(t.Context(), filepath.Join(folder, "new"), file); err == nil {
				t.Error("it was restored")
			}
			if left, err := os.ReadDir(filepath.Join(folder, "new")); err != nil || len(left) > 0 {
				t.Errorf("%v is left in a folder that was there, %v", left, err)
			}
		})
	}
}

// TestFolderThatCannotBe makes no ledger below a file or a link to nowhere.
func TestFolderThatCannotBe(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file, link := filepath.Join(folder, "file"), filepath.Join(folder, "link")
	if err := errors.Join(os.WriteFile(file, nil, 0o600), os.Symlink(filepath.Join(folder, "missing"), link)); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{
		file:                       "file: not a directory",
		filepath.Join(file, "new"): "not a directory",
		link:                       "link is a symbolic link that leads nowhere",
		filepath.Join(link, "new"): "link is a symbolic link that leads nowhere",
	} {
		if _, err := Open(t.Context(), dir, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", dir, err, want)
		}
	}
}

// TestRestoreBesideLog refuses a file of which a log holds a part.
func TestRestoreBesideLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := openIn(t, dir)
	commitSample(t, l)
	copied := t.TempDir()
	for name, data := range readFiles(t, dir) { // as when the machine stopped
		if err := os.WriteFile(filepath.Join(copied, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	closeLedger(t, l)
	file, restored := filepath.Join(copied, fileName), filepath.Join(t.TempDir(), "restored")
	const want = "ledger.db-wal, and would be left out: use its folder as it is, or make a backup of it with 'slojourn ledger backup --data-dir "
	if _, err := Restore(t.Context(), restored, file); err == nil || !strings.Contains(err.Error(), want+copied) {
		t.Errorf("got %v", err)
	}
	// The remedy works.
	backup := filepath.Join(t.TempDir(), "backup")
	if _, err := Backup(t.Context(), copied, backup); err != nil {
		t.Fatal(err)
	}
	if report, err := Restore(t.Context(), restored, backup); err != nil || report.Commits != 3 {
		t.Errorf("%+v, %v", report, err)
	}
}

// runRestorer restores a backup, and says when it has begun.
func runRestorer(ctx context.Context, dir string, args []string, out io.Writer) error {
	fmt.Fprintln(out, "begin")
	_, err := Restore(ctx, dir, args[0])
	return err
}

// TestRestoreKilled kills a restore at random instants: there is the whole
// ledger or none, and the next restore cleans up.
func TestRestoreKilled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it runs other processes, in which the race detector sees little")
	}
	seed := seedOf(t)
	random := rand.New(rand.NewPCG(seed, 15))
	i := makeImage(t, seed, leftClosed)
	from := filepath.Join(t.TempDir(), "from")
	i.write(t, from, i.files)
	file := filepath.Join(t.TempDir(), "backup")
	if _, err := Backup(t.Context(), from, file); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	whole, left := 0, 0
	for n := range crashes(t) {
		dir := filepath.Join(folder, fmt.Sprint(n))
		c := startChild(t, "restore", dir, file)
		if _, ok := c.next(); !ok {
			t.Fatal(c.errs.String())
		}
		busy(time.Duration(random.IntN(60_000)) * time.Microsecond)
		c.kill()
		if _, err := os.Stat(filepath.Join(dir, fileName)); err == nil {
			whole++
		} else {
			if some, _ := filepath.Glob(filepath.Join(dir, ".slojourn-*")); len(some) > 0 {
				left++
			}
			if _, err := Restore(t.Context(), dir, file); err != nil {
				t.Fatal(err)
			}
		}
		clean(t, dir)
		r, err := OpenReader(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := readAll(t.Context(), r, i.workload.ids); err != nil || digestOf(got) != digestOf(i.contents) {
			t.Fatalf("another ledger was restored, %v", err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		l := openIn(t, dir) // a killed one leaves its folder when it was done
		closeLedger(t, l)
	}
	t.Logf("%d were whole, %d had left something", whole, left)
}

// runWithoutLinks backs up and restores where files have one name, as on file
// systems without hard links.
func runWithoutLinks(ctx context.Context, dir string, _ []string, out io.Writer) error {
	if err := installFilter(refusing([]uintptr{unix.SYS_LINKAT}, nil, unix.EPERM)); err != nil {
		fmt.Fprintln(out, "unsupported", err)
		return nil
	}
	file := filepath.Join(dir, "backup")
	if _, err := Backup(ctx, dir, file); err != nil {
		return err
	}
	if _, err := Restore(ctx, filepath.Join(dir, "restored"), file); err != nil {
		return err
	}
	other := filepath.Join(dir, "other")
	if err := os.WriteFile(other, []byte("new"), 0o600); err != nil {
		return err
	}
	if err := NameFile(other, file); !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("over a file: %w", err)
	}
	fmt.Fprintln(out, "done")
	return nil
}

// TestWithoutLinks gives files their names all the same, and overwrites none.
func TestWithoutLinks(t *testing.T) {
	t.Parallel()
	dir := closedLedger(t)
	lines := startChild(t, "unlinked", dir).finish(t)
	if len(lines) == 1 && strings.HasPrefix(lines[0], "unsupported") {
		t.Skip("this kernel has no seccomp filters: ", lines[0])
	}
	if len(lines) != 1 || lines[0] != "done" {
		t.Fatal(lines)
	}
	clean(t, filepath.Join(dir, "restored"))
	if content, err := os.ReadFile(filepath.Join(dir, "other")); err != nil || string(content) != "new" {
		t.Errorf("%q, %v", content, err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".slojourn-*")); err != nil || len(left) > 0 {
		t.Errorf("%v is left: %v", left, err)
	}
}

// TestNameFile takes a name once.
func TestNameFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, way := range []struct {
		name string
		do   func(from, to string) error
	}{{"linked", NameFile}, {"renamed", renameNew}} {
		to := filepath.Join(dir, way.name)
		for k, content := range []string{"first", "second"} {
			from := filepath.Join(dir, content)
			if err := os.WriteFile(from, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := way.do(from, to); k == 0 && err != nil || k == 1 && !errors.Is(err, os.ErrExist) {
				t.Errorf("%s, %s: %v", way.name, content, err)
			}
		}
		if content, err := os.ReadFile(to); err != nil || string(content) != "first" {
			t.Errorf("%s: %q, %v", way.name, content, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "first")); err == nil {
			t.Errorf("%s: the old name is left", way.name)
		}
	}
}
