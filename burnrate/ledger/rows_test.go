package ledger

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"sync"
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
	notForRaces(t)
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

// TestCommitRefuses what could not be exported, and keeps nothing of its tick.
func TestCommitRefuses(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	row := []burnrate.Row{burnrate.Counted(slo.Counts{Total: 1}), burnrate.Counted(slo.Counts{Total: 2})}
	named := func(id slo.IndicatorID) burnrate.Tick {
		return burnrate.Tick{At: noon(), Measured: []burnrate.Batch{{Indicators: []slo.IndicatorID{"a", id}, Records: []burnrate.Record{{Minute: 5, Rows: row}}}}}
	}
	for want, tick := range map[string]burnrate.Tick{
		`the indicator "" has no name that can be kept`:               named(""),
		`the indicator "\xff\xfe" has no name that can be kept`:       named("\xff\xfe"),
		`the entry "alert" "\xff" cannot be kept`:                     {At: noon(), Entries: []burnrate.Entry{{Kind: "alert", Key: "\xff"}}},
		`the tick is of the year 10000: ledgers keep 1970 to 9999`:    {At: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
		`the tick is of the year 1969: ledgers keep 1970 to 9999, is`: {At: time.Unix(-1, 0)},
	} {
		if err := l.Commit(t.Context(), tick); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if kept, err := l.State(t.Context()); err != nil || len(kept.Since)+len(kept.Entries) > 0 || kept.Commits > 0 {
		t.Errorf("%+v, %v", kept, err)
	}
}

// TestReadWithinReading reads in the midst of many readings.
func TestReadWithinReading(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	commitMuch(t, l)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	const readers = 20
	var begun, done sync.WaitGroup
	begun.Add(readers)
	for range readers {
		done.Go(func() {
			first := true
			for _, err := range l.Minutes(ctx, []slo.IndicatorID{"v1:001"}, slo.Span{End: slo.MinuteAt(noon())}) {
				if err == nil && first {
					begun.Done()
					begun.Wait()
					_, err = l.State(ctx)
				}
				if first = false; err != nil {
					t.Error(err)
				}
				break
			}
		})
	}
	done.Wait()
}
