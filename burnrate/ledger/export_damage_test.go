package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// TestExportSkipsDamage damages one thing after the other. The export has all
// else, says what it has not, and can be imported.
func TestExportSkipsDamage(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	m := slo.MinuteAt(noon())
	day := hourOf(m - 102*1440).day()
	tests := []struct {
		name, statement string
		args            []any
		want            string
		lost            []string // what the lines that are missing begin with
		count           int      // of them
		strict          bool     // without leave to skip there is no export
	}{
		{
			"a minute", "DELETE FROM chunks WHERE key = ?",
			[]any{int64(keyOf(minuteChunk, hourOf(m-2), 58))},
			"left out: minute 2026-11-22T11:58Z: is missing",
			[]string{`{"type":"minute","minute":"2026-11-22T11:58:00Z"`},
			300, true,
		},
		{
			"a group of an hour", "UPDATE chunks SET data = CAST(data || x'00' AS BLOB) WHERE key = ?",
			[]any{int64(keyOf(hourChunk, hourOf(m-1441), 1))},
			"left out: hour 2026-11-21T11:00Z, group 1: has another checksum than it was written with",
			[]string{`{"type":"minute","minute":"2026-11-21T11:58:00Z"`, `{"type":"minute","minute":"2026-11-21T11:59:00Z"`},
			88, true,
		},
		{
			"quarter-hours", "DELETE FROM chunks WHERE key = ?",
			[]any{int64(keyOf(quarterChunk, day, 0))},
			"left out: day of quarter-hours 2026-08-12T00:00Z, group 0: is missing",
			[]string{`{"type":"quarter"`},
			256, true,
		},
		{
			"a coarse hour", "DELETE FROM chunks WHERE key = ?",
			[]any{int64(keyOf(coarseChunk, hourOf(m-600), 0))},
			"left out: coarse hour 2026-11-22T02:00Z, group 0: is missing",
			[]string{`{"type":"hour","hour":"2026-11-22`},
			1, true,
		},
		{
			"a correction", "UPDATE corrections SET data = CAST(x'00' || data AS BLOB) WHERE number = 1", nil,
			"left out: correction 1: has another checksum than it was written with",
			[]string{`{"type":"correction"`},
			1, false,
		},
		{
			"a correction is gone", "DELETE FROM corrections WHERE number = 1", nil,
			"left out: the log of corrections: has 2 rows and not the 3 it was written with, or others",
			[]string{`{"type":"correction"`},
			3, false,
		},
		{
			"an earlier correction", "UPDATE corrections SET data = (SELECT data FROM corrections WHERE number = 0) WHERE number = 1", nil,
			"left out: the log of corrections: has 3 rows and not the 3 it was written with, or others",
			[]string{`{"type":"correction"`},
			3, false,
		},
		{
			"an entry", "UPDATE entries SET data = CAST(x'00' || data AS BLOB) WHERE key = '1'", nil,
			"left out: the entry alert 1: has another checksum than it was written with",
			[]string{`{"type":"entry"`},
			1, true,
		},
		{
			"an entry is gone", "DELETE FROM entries WHERE key = '1'", nil,
			"left out: the list of entries: has 2 rows and not the 3 it was written with, or others",
			[]string{`{"type":"entry"`},
			3, true,
		},
		{
			"several", "DELETE FROM chunks WHERE key IN (?, ?)",
			[]any{int64(keyOf(minuteChunk, hourOf(m-2), 58)), int64(keyOf(minuteChunk, hourOf(m-2), 59))},
			"left out: minute 2026-11-22T11:58Z: is missing; left out: minute 2026-11-22T11:59Z: is missing",
			[]string{`{"type":"minute","minute":"2026-11-22`},
			600, true,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := openLedger(t)
			commitMuch(t, l)
			whole := strings.Split(exported(t, l.Reader, ExportOptions{}), "\n")
			if _, err := l.db.ExecContext(t.Context(), test.statement, test.args...); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if _, strict := errors.AsType[*DamageError](l.Export(t.Context(), &out, ExportOptions{})); strict != test.strict {
				t.Errorf("without leave to skip there is damage: %v, want %v", strict, test.strict)
			}
			out.Reset()
			err := l.Export(t.Context(), &out, ExportOptions{SkipDamaged: true})
			if _, ok := errors.AsType[*LeftOutError](err); !ok || err.Error() != test.want {
				t.Errorf("got  %v\nwant %v", err, test.want)
			}
			got := strings.Split(out.String(), "\n")
			lost := 0
			want := slices.DeleteFunc(whole, func(line string) bool {
				gone := !slices.Contains(got, line) && slices.ContainsFunc(test.lost, func(start string) bool { return strings.HasPrefix(line, start) })
				if gone {
					lost++
				}
				return gone
			})
			want[len(want)-2] = fmt.Sprintf(`{"type":"end","lines":%d}`, len(want)-2)
			if diff := cmp.Diff(want, got); diff != "" || lost != test.count {
				t.Errorf("%d lines are lost, want %d (-want +got):\n%s", lost, test.count, diff)
			}
			if _, err := openLedger(t).Import(t.Context(), &out, ImportOptions{Now: noon()}); err != nil {
				t.Error(err)
			}
			err = l.ExportOpenMetrics(t.Context(), &out, nil, ExportOptions{SkipDamaged: true})
			if read := !strings.Contains(test.statement, "corrections"); read != (err != nil) || read && err.Error() != test.want {
				t.Errorf("metrics: %v", err)
			}
		})
	}
}

// TestExportSkipsWhatItReads says nothing of damage that is not in the part
// which is exported.
func TestExportSkipsWhatItReads(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	commitMuch(t, l)
	m := slo.MinuteAt(noon())
	if _, err := l.db.ExecContext(t.Context(), "DELETE FROM chunks WHERE key IN (?, ?)",
		int64(keyOf(hourChunk, hourOf(m-1441), 0)), int64(keyOf(hourChunk, hourOf(m-1441), 1))); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		options ExportOptions
		want    string
	}{
		{ExportOptions{Indicators: []slo.IndicatorID{"v1:299"}}, "left out: hour 2026-11-21T11:00Z, group 1: is missing"},
		{ExportOptions{Span: &slo.Span{Start: m - 60, End: m}}, "<nil>"},
	} {
		test.options.SkipDamaged = true
		if err := l.Export(t.Context(), &bytes.Buffer{}, test.options); fmt.Sprint(err) != test.want {
			t.Errorf("%+v: %v, want %s", test.options, err, test.want)
		}
	}
	// A reader that shares what is known of the file still finds the damage.
	if err := l.Export(t.Context(), &bytes.Buffer{}, ExportOptions{}); err == nil {
		t.Error("the damage is forgotten")
	}
}

// TestExportSaysHowMuchMore does not list all damage of a file that was
// overwritten.
func TestExportSaysHowMuchMore(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	commitMuch(t, l)
	m := slo.MinuteAt(noon())
	batch := burnrate.Batch{Indicators: []slo.IndicatorID{"v1:000"}}
	for k := range slo.Minute(150) {
		batch.Records = append(batch.Records, burnrate.Record{Minute: m + k, Rows: []burnrate.Row{burnrate.Counted(slo.Counts{Total: 1})}})
	}
	if err := l.Commit(t.Context(), burnrate.Tick{At: noon(), Measured: []burnrate.Batch{batch}}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.db.ExecContext(t.Context(), "UPDATE chunks SET data = x'00' WHERE key >= ? AND key < ?",
		int64(keyOf(minuteChunk, hourOf(m), 0)), int64(keyOf(minuteChunk, hourOf(m)+3, 0))); err != nil {
		t.Fatal(err)
	}
	left, ok := errors.AsType[*LeftOutError](l.Export(t.Context(), &bytes.Buffer{}, ExportOptions{SkipDamaged: true}))
	if !ok || len(left.Findings) != mostFindings || left.More != 50 || !strings.HasSuffix(left.Error(), "; left out: 50 more") {
		t.Errorf("got %v", left)
	}
}

// TestExportOfSpoiledLedgers damages the file of a ledger hundreds of times. An
// export that skips damage has no line that was not there before, says so when
// it lacks one, and can be imported.
func TestExportOfSpoiledLedgers(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	seed := seedOf(t)
	random := rand.New(rand.NewPCG(seed, 12))
	i := makeImage(t, seed, leftClosed)
	dir := filepath.Join(t.TempDir(), "spoiled")
	export := func() (lines []string, err error) {
		r, err := OpenReader(t.Context(), dir)
		if err != nil {
			return nil, err
		}
		defer r.Close() //nolint:errcheck // only read from
		var out bytes.Buffer
		err = r.Export(t.Context(), &out, ExportOptions{SkipDamaged: true})
		return strings.Split(out.String(), "\n"), err
	}
	i.write(t, dir, i.files)
	lines, err := export()
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, line := range lines {
		there[line] = true
	}
	saved := 0
	for range 2 * crashes(t) {
		files := maps.Clone(i.files)
		how := i.spoil(random, files)
		i.write(t, dir, files)
		got, err := export()
		_, skipped := errors.AsType[*LeftOutError](err)
		switch {
		case err == nil && !slices.Equal(lines, got):
			t.Fatalf("%s: the export is another one, and says nothing (-want +got):\n%s", how, cmp.Diff(lines, got))
		case err != nil && !skipped:
			continue // nothing can be trusted
		}
		saved++
		for _, line := range got {
			if !there[line] && !strings.HasPrefix(line, `{"type":"end"`) {
				t.Fatalf("%s: the export has %s", how, line)
			}
		}
		l := openIn(t, t.TempDir())
		_, err = l.Import(t.Context(), strings.NewReader(strings.Join(got, "\n")), ImportOptions{Now: noon()})
		if err != nil {
			t.Fatalf("%s: %v", how, err)
		}
		closeLedger(t, l)
	}
	t.Logf("%d of %d ledgers were saved", saved, 2*crashes(t))
}

// TestSaveWithOldBackup follows docs/operations.md: of a ledger that is damaged
// what is newer than a backup, of which minutes have become quarter-hours since.
func TestSaveWithOldBackup(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	const day = 1440
	options := Options{Pack: time.Hour, Minutes: 5 * 24 * time.Hour, Witnesses: -1}
	start := slo.MinuteAt(noon()).Floor(day)
	measure := func(l *Ledger, from, to slo.Minute) {
		t.Helper()
		batch := burnrate.Batch{Indicators: []slo.IndicatorID{"a"}}
		for m := from; m < to; m += 3 {
			batch.Records = append(batch.Records, burnrate.Record{Minute: m, Rows: []burnrate.Row{burnrate.Counted(slo.Counts{Total: int64(m % 90), Bad: int64(m % 2)})}})
		}
		if err := l.Commit(t.Context(), burnrate.Tick{At: to.Time(), Measured: []burnrate.Batch{batch}}); err != nil {
			t.Fatal(err)
		}
		for left := true; left; {
			done, err := l.Maintain(t.Context(), to.Time())
			if err != nil {
				t.Fatal(err)
			}
			left = done.Leftover
		}
	}
	dir, folder := t.TempDir(), t.TempDir()
	l, err := Open(t.Context(), dir, options)
	if err != nil {
		t.Fatal(err)
	}
	measure(l, start, start+6*day+700)
	backup := filepath.Join(folder, "backup.db")
	if _, err := Backup(t.Context(), dir, backup); err != nil {
		t.Fatal(err)
	}
	measure(l, start+6*day+700, start+10*day)
	minutes := func(l *Ledger, span slo.Span) map[slo.Minute]burnrate.Row {
		t.Helper()
		rows := map[slo.Minute]burnrate.Row{}
		for record, err := range l.Minutes(t.Context(), []slo.IndicatorID{"a"}, span) {
			if err != nil {
				t.Fatal(err)
			}
			if record.Rows[0].Measured {
				rows[record.Minute] = record.Rows[0]
			}
		}
		return rows
	}
	since := slo.Span{Start: start + 6*day, End: start + 10*day}
	want := minutes(l, since)
	// What the backup has is damaged, and so is an hour of the last day.
	for _, key := range []chunkKey{keyOf(quarterChunk, hourOf(start+2*day), 0), keyOf(hourChunk, hourOf(start+9*day), 0)} {
		if _, err := l.db.ExecContext(t.Context(), "UPDATE chunks SET data = CAST('spoilt' AS BLOB) WHERE key = ?", int64(key)); err != nil {
			t.Fatal(err)
		}
	}
	for m := start + 9*day; m < start+9*day+60; m++ {
		delete(want, m)
	}
	var newer bytes.Buffer
	if _, ok := errors.AsType[*LeftOutError](l.Export(t.Context(), &newer, ExportOptions{Span: &slo.Span{Start: since.Start, End: never}, SkipDamaged: true})); !ok {
		t.Fatal("nothing was left out")
	}
	closeLedger(t, l)
	restored := filepath.Join(folder, "restored")
	if _, err := Restore(t.Context(), restored, backup); err != nil {
		t.Fatal(err)
	}
	if l, err = Open(t.Context(), restored, options); err != nil {
		t.Fatal(err)
	}
	defer closeLedger(t, l)
	if _, err := l.Import(t.Context(), &newer, ImportOptions{Now: noon(), Replace: true}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, minutes(l, since)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if before := minutes(l, slo.Span{Start: start + 2*day, End: start + 3*day}); len(before) != day/3 {
		t.Errorf("%d minutes of what was damaged", len(before))
	}
	checkClean(t, l)
}
