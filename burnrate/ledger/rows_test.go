package ledger

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// TestRows takes rows out of the tables, or puts earlier ones in their place,
// whose checksums are right. SQLite has nothing to object to: what the ledger
// knows of itself has to find them all.
func TestRows(t *testing.T) {
	t.Parallel()
	seed := seedOf(t)
	i := makeImage(t, seed, leftClosed)
	earlier := t.TempDir()
	i.write(t, earlier, map[string][]byte{fileName: i.earlier[fileName]})
	for table, columns := range map[string]string{
		"root": "id", "contents": "hour", "chunks": "key", "indicators": "number", "entries": "kind, key", "corrections": "number",
	} {
		join := fmt.Sprintf("SELECT * FROM old.%[1]s EXCEPT SELECT * FROM %[1]s", table)
		for what, statements := range map[string]string{
			"is gone":                          fmt.Sprintf("DELETE FROM %[1]s WHERE (%[2]s) IN (SELECT %[2]s FROM %[1]s ORDER BY random() LIMIT 1)", table, columns),
			"is an earlier one":                fmt.Sprintf("INSERT OR REPLACE INTO %s SELECT * FROM (%s) ORDER BY random() LIMIT 1", table, join),
			"which is there is an earlier one": fmt.Sprintf("INSERT OR REPLACE INTO %[1]s SELECT * FROM (%[2]s) WHERE (%[3]s) IN (SELECT %[3]s FROM %[1]s)", table, join, columns),
			"all are gone":                     "DELETE FROM " + table,
			"all are earlier":                  fmt.Sprintf("INSERT OR REPLACE INTO %s %s", table, join),
		} {
			t.Run(table+" "+what, func(t *testing.T) {
				changed := i.changed(t, earlier, statements)
				if changed == nil {
					return // as corrections, which never change
				}
				if !i.damaged(t, filepath.Join(t.TempDir(), "damaged"), changed, statements) {
					t.Error("the check is clean")
				}
			})
		}
	}
}

// changed returns the files after a statement, nil when it changed no row.
func (i *image) changed(t *testing.T, earlier, statement string) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	i.write(t, dir, i.files)
	db, err := openDatabase(filepath.Join(dir, fileName), true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "ATTACH ? AS old", filepath.Join(earlier, fileName)); err != nil {
		t.Fatal(err)
	}
	result, err := db.ExecContext(t.Context(), statement)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := result.RowsAffected()
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if rows == 0 {
		return nil
	}
	files := maps.Clone(i.files)
	maps.Copy(files, readFiles(t, dir))
	return files
}

// TestIndicatorWithoutName is refused, and nothing of its tick is kept.
func TestIndicatorWithoutName(t *testing.T) {
	t.Parallel()
	l, err := Open(t.Context(), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // the test is over
	row := []burnrate.Row{burnrate.Counted(slo.Counts{Total: 1}), burnrate.Counted(slo.Counts{Total: 2})}
	err = l.Commit(t.Context(), burnrate.Tick{At: time.Unix(0, 0), Measured: []burnrate.Batch{{
		Indicators: []slo.IndicatorID{"a", ""}, Records: []burnrate.Record{{Minute: 5, Rows: row}},
	}}})
	if err == nil || !strings.Contains(err.Error(), "an indicator has no name") {
		t.Errorf("committed: %v", err)
	}
	if kept, err := l.State(t.Context()); err != nil || len(kept.Since) > 0 || kept.Commits > 0 {
		t.Errorf("%+v, %v", kept, err)
	}
}
