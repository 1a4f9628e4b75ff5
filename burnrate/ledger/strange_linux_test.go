package ledger

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// commands are what opens a ledger, by name.
func commands(t *testing.T, dir string) map[string]func() error {
	return map[string]func() error{
		"open": func() error {
			l, err := Open(t.Context(), dir, Options{})
			if err == nil {
				err = l.Close()
			}
			return err
		},
		"read": func() error {
			r, err := OpenReader(t.Context(), dir)
			if err == nil {
				err = r.Close()
			}
			return err
		},
		"check": func() error {
			_, err := checkedCopy(t.Context(), dir)
			return err
		},
		"back up": func() error {
			_, err := Backup(t.Context(), dir, filepath.Join(t.TempDir(), "backup"))
			return err
		},
	}
}

// closedLedger makes a ledger with a commit, and closes it.
func closedLedger(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	l := openIn(t, dir)
	commitSample(t, l)
	closeLedger(t, l)
	return dir
}

// TestStrangeFiles opens ledgers of which something is no file: nothing waits
// for ever, and nothing is written through a link.
func TestStrangeFiles(t *testing.T) {
	t.Parallel()
	for _, name := range []string{fileName, fileName + "-wal", fileName + "-shm", markName, lockName} {
		for what, put := range map[string]func(path, away string) error{
			"a folder":        func(path, _ string) error { return os.Mkdir(path, 0o700) },
			"a pipe":          func(path, _ string) error { return unix.Mkfifo(path, 0o600) },
			"a symbolic link": func(path, away string) error { return os.Symlink(away, path) },
		} {
			dir := closedLedger(t)
			path, away := filepath.Join(dir, name), filepath.Join(t.TempDir(), name)
			if err := os.Rename(path, away); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			if err := put(path, away); err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadFile(away)
			want := path + " is " + what + ", and has to be a file: "
			for how, do := range commands(t, dir) {
				if err := do(); err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: got %v, want %q", how, err, want)
				}
			}
			if after, _ := os.ReadFile(away); !bytes.Equal(before, after) {
				t.Errorf("%s behind %s was changed", name, what)
			}
		}
	}
}

// TestNoLedger opens files that are none.
func TestNoLedger(t *testing.T) {
	t.Parallel()
	other := func(t *testing.T, dir string) {
		db, err := openDatabase(filepath.Join(dir, fileName), true)
		if err == nil {
			_, err = db.ExecContext(t.Context(), "CREATE TABLE x(y)")
		}
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
	}
	empty := func(t *testing.T, dir string) {
		if err := os.WriteFile(filepath.Join(dir, fileName), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name  string
		make  func(*testing.T, string)
		want  string
		opens bool
	}{
		{"of another program", other, "ledger.db is no ledger: it is a SQLite database of something else, as it has no table 'root'", false},
		{"empty", empty, "ledger.db is no ledger: it is empty; a process that writes makes one of it", true},
		{"emptied", func(t *testing.T, dir string) {
			l := openIn(t, dir)
			commitSample(t, l)
			closeLedger(t, l)
			empty(t, dir)
		}, "the ledger is damaged: the file is empty, and 3 writes were durable: restore a backup, or remove ledger.commits to begin anew", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			test.make(t, dir)
			before := readFiles(t, dir)[fileName]
			for how, do := range commands(t, dir) {
				if how == "open" {
					continue
				}
				if err := do(); err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("%s: got %v, want %q", how, err, test.want)
				}
			}
			err := commands(t, dir)["open"]()
			if test.opens {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("open: got %v, want %q", err, test.want)
			}
			if !bytes.Equal(before, readFiles(t, dir)[fileName]) {
				t.Error("the file was changed")
			}
		})
	}
}

// TestLedgerThatIsGone does not begin anew behind a mark without saying so.
func TestLedgerThatIsGone(t *testing.T) {
	t.Parallel()
	dir := closedLedger(t)
	if err := os.Remove(filepath.Join(dir, fileName)); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), dir, Options{})
	if _, ok := errors.AsType[*DamageError](err); !ok {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, fileName)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file was made: %v", err)
	}
}

// TestDamagedHeader notices a format that is another one, whatever opens the
// ledger.
func TestDamagedHeader(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{
		"0":   "the header tells format 0 of a file with 7 tables",
		"2":   "the header tells format 2, and the root 1",
		"257": "the header tells format 257, and the root 1",
		"-1":  "the header tells format -1, and the root 1",
	} {
		dir := closedLedger(t)
		db, err := openDatabase(filepath.Join(dir, fileName), true)
		if err == nil {
			_, err = db.ExecContext(t.Context(), "PRAGMA user_version = "+format)
		}
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		for how, do := range commands(t, dir) {
			if err := do(); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("format %s: %s: got %v, want %q", format, how, err, want)
			}
		}
	}
}

// TestFormatError says what to do with a ledger of another format.
func TestFormatError(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]*FormatError{
		"use a newer slojourn, or restore a backup from before the upgrade": {Found: 3, Known: 2},
		"then let this one write once, as 'slojourn ledger compact' does":   {Found: 1, Known: 2},
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
