package ledger

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// TestMaintainAtOnce has several maintain a ledger, by clocks that differ.
func TestMaintainAtOnce(t *testing.T) {
	t.Parallel()
	for range 10 {
		l, err := Open(t.Context(), t.TempDir(), Options{Pack: time.Hour, Minutes: 24 * time.Hour, Quarters: 48 * time.Hour, Witnesses: -1})
		if err != nil {
			t.Fatal(err)
		}
		start := slo.MinuteAt(noon()) - 48*60
		batch := burnrate.Batch{Indicators: []slo.IndicatorID{"a"}}
		for m := start; m < slo.MinuteAt(noon()); m += 7 {
			batch.Records = append(batch.Records, burnrate.Record{Minute: m, Rows: []burnrate.Row{burnrate.Counted(slo.Counts{Total: 1})}})
		}
		if err := l.Commit(t.Context(), burnrate.Tick{At: noon(), Measured: []burnrate.Batch{batch}}); err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for k := range 4 {
			group.Go(func() {
				for left := true; left; {
					done, err := l.Maintain(t.Context(), noon().Add(time.Duration(k)*24*time.Hour))
					if err != nil {
						t.Error(err)
					}
					left = done.Leftover && err == nil
				}
			})
		}
		group.Wait()
		checkClean(t, l)
		closeLedger(t, l)
	}
}

// TestMaintainAroundDamage packs all hours but one that cannot be read.
func TestMaintainAroundDamage(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	l := openLedger(t)
	start := slo.MinuteAt(noon()).Floor(60) - 600
	batch := burnrate.Batch{Indicators: []slo.IndicatorID{"a"}}
	for m := start; m < start+600; m++ {
		batch.Records = append(batch.Records, burnrate.Record{Minute: m, Rows: []burnrate.Row{burnrate.Counted(slo.Counts{Total: 1})}})
	}
	// As they come, minute by minute.
	for _, record := range batch.Records {
		tick := burnrate.Tick{At: (record.Minute + 3).Time(), Measured: []burnrate.Batch{{Indicators: batch.Indicators, Records: []burnrate.Record{record}}}}
		if err := l.Commit(t.Context(), tick); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.db.ExecContext(t.Context(), "UPDATE chunks SET data = CAST('spoilt' AS BLOB) WHERE key = ?", int64(keyOf(minuteChunk, hourOf(start), 7))); err != nil {
		t.Fatal(err)
	}
	done, err := l.Maintain(t.Context(), noon().Add(3*time.Hour))
	if _, isDamage := errors.AsType[*DamageError](err); !isDamage || done.Packed != 9 || done.Leftover {
		t.Errorf("%+v, %v", done, err)
	}
}

// TestTotalsOfEndedContext says so.
func TestTotalsOfEndedContext(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	commitMuch(t, l)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := l.Totals(ctx, []lineage.Lineage{{Present: lineage.Definition{Indicator: "v1:001", Unit: 1}}}, [][]slo.Minute{{0, slo.MinuteAt(noon())}})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
