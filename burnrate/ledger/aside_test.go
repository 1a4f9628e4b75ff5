package ledger

import (
	"errors"
	"fmt"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// spoil makes chunks unreadable.
func spoil(t *testing.T, l *Ledger, keys ...chunkKey) {
	t.Helper()
	for _, key := range keys {
		done, err := l.db.ExecContext(t.Context(), "UPDATE chunks SET data = CAST('spoilt' AS BLOB) WHERE key = ?", int64(key))
		if err != nil {
			t.Fatal(err)
		}
		if n, err := done.RowsAffected(); n != 1 || err != nil {
			t.Fatalf("%v: %d rows, %v", key, n, err)
		}
	}
}

// TestSetAside goes on around damage: what was there is not measured until it is
// committed again, and then the ledger is whole.
func TestSetAside(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	const hours = 5
	start := slo.MinuteAt(noon()).Floor(60) - hours*60
	end := start + hours*60
	ids := make([]slo.IndicatorID, groupSize+1) // two groups
	batch := burnrate.Batch{Indicators: ids}
	rows := make([]burnrate.Row, len(ids))
	for i := range ids {
		ids[i] = slo.IndicatorID(fmt.Sprintf("i%03d", i))
		rows[i] = burnrate.Counted(slo.Counts{Total: int64(i + 1)})
	}
	for m := start; m < end; m++ {
		batch.Records = append(batch.Records, burnrate.Record{Minute: m, Rows: rows})
	}
	commit := func(records []burnrate.Record) {
		t.Helper()
		for _, r := range records {
			tick := burnrate.Tick{At: (r.Minute + 3).Time(), Measured: []burnrate.Batch{{Indicators: ids, Records: []burnrate.Record{r}}}}
			if err := l.Commit(t.Context(), tick); err != nil {
				t.Fatal(err)
			}
		}
	}
	commit(batch.Records)
	if _, err := l.Maintain(t.Context(), noon()); err != nil {
		t.Fatal(err)
	}
	if lost := l.SetAside(); len(lost) > 0 {
		t.Errorf("nothing is damaged, and %v is lost", lost)
	}
	first := hourOf(start)
	spoil(t, l, keyOf(hourChunk, first, 0), keyOf(hourChunk, first+2, 1), keyOf(minuteChunk, hourOf(end-1), 58), keyOf(minuteChunk, hourOf(end-1), 59))

	lineages := []lineage.Lineage{{Present: lineage.Definition{Indicator: ids[0], Unit: 1}}, {Present: lineage.Definition{Indicator: ids[groupSize], Unit: 1}}}
	cuts := [][]slo.Minute{{start, end}, {start, end}}
	measured := func() []int64 {
		t.Helper()
		totals, err := l.Totals(t.Context(), lineages, cuts)
		if err != nil {
			t.Fatal(err)
		}
		return []int64{totals[0].Sums[0].Minutes, totals[1].Sums[0].Minutes}
	}
	if _, err := l.Totals(t.Context(), lineages, cuts); !isDamage(err) {
		t.Fatalf("the damage was not noticed: %v", err)
	}
	lost := l.SetAside()
	want := []burnrate.Lost{
		{Span: slo.Span{Start: end - 2, End: end - 1}, Indicators: ids},
		{Span: slo.Span{Start: end - 1, End: end}, Indicators: ids},
		{Span: slo.Span{Start: start, End: start + 60}, Indicators: ids[:groupSize]},
		{Span: slo.Span{Start: start + 120, End: start + 180}, Indicators: ids[groupSize:]},
	}
	if diff := gocmp.Diff(want, lost); diff != "" {
		t.Errorf("lost (-want +got):\n%s", diff)
	}
	if diff := gocmp.Diff([]int64{hours*60 - 62, hours*60 - 62}, measured()); diff != "" {
		t.Errorf("measured minutes around the damage (-want +got):\n%s", diff)
	}
	records, err := l.HistoryAt(t.Context(), lineages, []slo.Minute{start + 5, start + 65, end - 1})
	if err != nil || records[0].Rows[0].Measured || !records[0].Rows[1].Measured || !records[1].Rows[0].Measured || records[2].Rows[0].Measured {
		t.Errorf("%+v, %v", records, err)
	}
	if _, err := l.Maintain(t.Context(), noon().Add(5*time.Hour)); err != nil {
		t.Errorf("what is set aside is no news: %v", err)
	}
	report, err := Check(t.Context(), l.dir)
	if err != nil || len(report.Findings) != 4 {
		t.Errorf("the check finds %v, %v", report.Findings, err)
	}

	commit(batch.Records)
	if diff := gocmp.Diff([]int64{hours * 60, hours * 60}, measured()); diff != "" {
		t.Errorf("measured minutes in the end (-want +got):\n%s", diff)
	}
	if _, err := l.Maintain(t.Context(), noon().Add(5*time.Hour)); err != nil {
		t.Error(err)
	}
	checkClean(t, l)
}

// TestSetAsideWhereItIsWritten finds damage by a commit, and can commit then.
func TestSetAsideWhereItIsWritten(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	m := slo.MinuteAt(noon()) - 5
	tick := func(total int64) burnrate.Tick {
		row := burnrate.Counted(slo.Counts{Total: total})
		return burnrate.Tick{At: noon(), Measured: []burnrate.Batch{{Indicators: []slo.IndicatorID{"a"}, Records: []burnrate.Record{{Minute: m, Rows: []burnrate.Row{row}}}}}}
	}
	if err := l.Commit(t.Context(), tick(1)); err != nil {
		t.Fatal(err)
	}
	spoil(t, l, keyOf(minuteChunk, hourOf(m), int(m-hourOf(m).span().Start)))
	if err := l.Commit(t.Context(), tick(2)); !isDamage(err) {
		t.Fatalf("it was written over: %v", err)
	}
	if lost := l.SetAside(); len(lost) != 1 {
		t.Fatalf("lost: %v", lost)
	}
	if err := l.Commit(t.Context(), tick(2)); err != nil {
		t.Fatal(err)
	}
	checkClean(t, l)
}

func isDamage(err error) bool {
	_, is := errors.AsType[*DamageError](err)
	return is
}
