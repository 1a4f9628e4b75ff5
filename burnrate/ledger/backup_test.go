package ledger

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// TestBackupAndRestore copies a ledger while it is written, and makes one of
// the copy.
func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	commitSample(t, l)
	want := read(t, l.Reader)
	folder := t.TempDir()
	file := filepath.Join(folder, "backup.db")
	report, err := Backup(t.Context(), l.dir, file)
	if err != nil || report.Minutes != 3 {
		t.Fatalf("%+v, %v", report, err)
	}
	commitSample(t, l) // goes on after it
	if _, err := Backup(t.Context(), l.dir, file); err == nil || !strings.Contains(err.Error(), "backup.db exists") {
		t.Errorf("over a backup: %v", err)
	}
	dir := filepath.Join(folder, "restored")
	if report, err = Restore(t.Context(), dir, file); err != nil || report.Minutes != 3 {
		t.Fatalf("%+v, %v", report, err)
	}
	restored := openIn(t, dir)
	if diff := cmp.Diff(want, read(t, restored.Reader)); diff != "" {
		t.Errorf("(-copied +restored):\n%s", diff)
	}
	if _, err := Restore(t.Context(), dir, file); err == nil || !strings.Contains(err.Error(), "writes this ledger") {
		t.Errorf("over a ledger that is open: %v", err)
	}
	commitSample(t, restored)
	closeLedger(t, restored)
	if _, err := Restore(t.Context(), dir, file); err == nil || !strings.Contains(err.Error(), "ledger.db exists") {
		t.Errorf("over a ledger: %v", err)
	}
	for _, dir := range []string{folder, dir} {
		left, err := filepath.Glob(filepath.Join(dir, ".slojourn-*"))
		if err != nil || len(left) > 0 {
			t.Errorf("%v is left: %v", left, err)
		}
	}
}

// TestBackupOfDamage makes no copy of a ledger that is damaged, nor a ledger of
// such a copy.
func TestBackupOfDamage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := openIn(t, dir)
	commitSample(t, l)
	file := filepath.Join(dir, "backup.db")
	if _, err := Backup(t.Context(), dir, file); err != nil {
		t.Fatal(err)
	}
	if _, err := l.db.ExecContext(t.Context(), "UPDATE chunks SET data = CAST(substr(data, 1, length(data) - 1) || x'07' AS BLOB)"); err != nil {
		t.Fatal(err)
	}
	closeLedger(t, l)
	damage := errors.AsType[*DamageError]
	_, err := Backup(t.Context(), dir, filepath.Join(dir, "other.db"))
	if _, ok := damage(err); !ok {
		t.Errorf("a backup of it: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "other.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a copy of it is there: %v", err)
	}
	copied, err := os.ReadFile(filepath.Join(dir, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, copied, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Restore(t.Context(), filepath.Join(dir, "restored"), file)
	if _, ok := damage(err); !ok {
		t.Errorf("a ledger of it: %v", err)
	}
}

// TestCloseLeavesOneFile moves all that was committed from the log into the
// file.
func TestCloseLeavesOneFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := openIn(t, dir)
	commitSample(t, l)
	read(t, l.Reader)
	closeLedger(t, l)
	left, err := filepath.Glob(filepath.Join(dir, "ledger.db-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("%v is left: %v", left, err)
	}
}

// TestLossThatIsBorne reads a ledger without its last commits once the mark
// that remembers them is gone, as the page about operations says.
func TestLossThatIsBorne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := openIn(t, dir)
	file := filepath.Join(t.TempDir(), "older.db")
	if _, err := Backup(t.Context(), dir, file); err != nil {
		t.Fatal(err)
	}
	commitSample(t, l)
	closeLedger(t, l)
	if err := os.Rename(file, filepath.Join(dir, "ledger.db")); err != nil {
		t.Fatal(err)
	}
	report, err := Check(t.Context(), dir)
	if err != nil || len(report.Findings) != 1 || report.Findings[0].Place != "the write-ahead log" {
		t.Errorf("%+v, %v", report, err)
	}
	if err := os.Remove(filepath.Join(dir, "ledger.commits")); err != nil {
		t.Fatal(err)
	}
	l = openIn(t, dir)
	defer closeLedger(t, l)
	commitSample(t, l)
	checkClean(t, l)
}

// TestCompactBesideReader says that a reader is in the way, and has lost nothing.
func TestCompactBesideReader(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	commitMuch(t, l)
	if _, err := l.db.ExecContext(t.Context(), "PRAGMA busy_timeout(50)"); err != nil {
		t.Fatal(err)
	}
	for _, err := range l.Minutes(t.Context(), []slo.IndicatorID{"v1:001"}, slo.Span{End: slo.MinuteAt(noon())}) {
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Compact(t.Context()); err == nil || !strings.Contains(err.Error(), "compact again when that has ended") {
			t.Errorf("beside a reader: %v", err)
		}
		break
	}
	if err := l.Compact(t.Context()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	checkClean(t, l)
}

// TestRestoreBehindMark restores into the folder of a ledger that had gone on
// since, and is gone: its mark speaks of commits that the backup does not have.
func TestRestoreBehindMark(t *testing.T) {
	t.Parallel()
	dir, backup := t.TempDir(), filepath.Join(t.TempDir(), "backup.db")
	l := openIn(t, dir)
	commitSample(t, l)
	if _, err := Backup(t.Context(), dir, backup); err != nil {
		t.Fatal(err)
	}
	for n := range 10 {
		entry := burnrate.Entry{Kind: "alert", Key: "pay", Value: []byte{byte(n)}}
		if err := l.Commit(t.Context(), burnrate.Tick{At: noon(), Entries: []burnrate.Entry{entry}}); err != nil {
			t.Fatal(err)
		}
	}
	closeLedger(t, l)
	if err := os.Remove(filepath.Join(dir, fileName)); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), dir, backup); err != nil {
		t.Fatal(err)
	}
	l = openIn(t, dir)
	defer closeLedger(t, l)
	checkClean(t, l)
}
