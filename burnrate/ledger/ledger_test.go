package ledger

import (
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

func TestFirst(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	l, err := Open(ctx, dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	m := slo.MinuteAt(now)
	ids := []slo.IndicatorID{"a", "b"}
	for i := range slo.Minute(300) {
		err := l.Commit(ctx, burnrate.Tick{At: (m + i).Time(), Measured: []burnrate.Batch{{Indicators: ids, Records: []burnrate.Record{{
			Minute: m + i, Rows: []burnrate.Row{burnrate.Counted(slo.Counts{Total: 100 + int64(i)%7, Bad: int64(i) % 3}), {Measured: i%10 != 0}},
		}}}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	sum := func() (total, bad, rows int64) {
		for r, err := range l.Minutes(ctx, ids, slo.Span{Start: 0, End: m + 1000}) {
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range r.Rows {
				if row.Measured {
					rows++
				}
				total += row.Counts.Total
				bad += row.Counts.Bad
			}
		}
		return
	}
	t.Log(sum())
	t.Log(l.Maintain(ctx, (m + 400).Time()))
	t.Log(sum())
	t.Log(l.Info(ctx))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l, err = Open(ctx, dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(sum())
	t.Log(l.Maintain(ctx, (m + 400).Time().Add(110*24*time.Hour)))
	t.Log(sum())
	t.Log(l.Info(ctx))
}
