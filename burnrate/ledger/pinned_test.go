package ledger

import (
	"testing"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// TestPinned reads the ledger as of one commit, while a minute, a correction and an
// hour come to it.
func TestPinned(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // the test is over
	const first = slo.Minute(29_922_780)
	commit := func(m slo.Minute, total int64, coarse ...burnrate.Coarse) {
		t.Helper()
		batch := burnrate.Batch{Indicators: []slo.IndicatorID{"v1:a"}, Records: []burnrate.Record{{
			Minute: m, Rows: []burnrate.Row{burnrate.Counted(slo.Counts{Total: total})},
		}}}
		if err := l.Commit(t.Context(), burnrate.Tick{At: m.Time(), Measured: []burnrate.Batch{batch}, Coarse: coarse}); err != nil {
			t.Fatal(err)
		}
	}
	read := func(r *Reader) (commits int64, total int64, minutes, hours int) {
		t.Helper()
		kept, err := r.State(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		lineages := []lineage.Lineage{{ID: "a", Present: lineage.Definition{Indicator: "v1:a", Unit: 1}}}
		totals, err := r.Totals(t.Context(), lineages, [][]slo.Minute{{first, first + 60}})
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range r.Minutes(t.Context(), []slo.IndicatorID{"v1:a"}, slo.Span{Start: first, End: first + 60}) {
			if err != nil {
				t.Fatal(err)
			}
			minutes++
		}
		coarse, err := r.Coarse(t.Context(), []slo.IndicatorID{"v1:a"}, slo.Span{Start: first - 120, End: first})
		if err != nil {
			t.Fatal(err)
		}
		return kept.Commits, totals[0].Sums[0].Counts.Total, int(totals[0].Sums[0].Minutes), len(coarse)
	}
	commit(first, 10)
	reader, err := OpenReader(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close() //nolint:errcheck // the test is over
	pinned, err := reader.Pinned(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	commit(first, 11)
	commit(first+1, 20, burnrate.Coarse{Indicator: "v1:a", Hour: first - 60, Sum: burnrate.Sum{Counts: slo.Counts{Total: 5}, Rows: slo.Counts{Total: 5}, Minutes: 60}})
	if _, err := l.Maintain(t.Context(), (first + 300).Time()); err != nil {
		t.Fatal(err)
	}
	if commits, total, minutes, hours := read(pinned); commits != 1 || total != 10 || minutes != 1 || hours != 0 {
		t.Errorf("pinned to the first commit it has %d, a total of %d in %d minutes and %d hours", commits, total, minutes, hours)
	}
	if _, total, minutes, hours := read(reader); total != 31 || minutes != 2 || hours != 1 {
		t.Errorf("the reader has a total of %d in %d minutes and %d hours", total, minutes, hours)
	}
	if err := pinned.Close(); err != nil {
		t.Error(err)
	}
	again, err := reader.Pinned(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, total, minutes, hours := read(again); total != 31 || minutes != 2 || hours != 1 {
		t.Errorf("pinned again it has a total of %d in %d minutes and %d hours", total, minutes, hours)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}
