package ledger

import (
	"sync"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
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
