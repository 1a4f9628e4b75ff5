package ledger

import (
	"errors"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// TestRetiredMinutes commits an old day in pieces, with maintenance in between:
// what can be kept is, and what cannot is refused and not lost in silence.
func TestRetiredMinutes(t *testing.T) {
	t.Parallel()
	l, err := Open(t.Context(), t.TempDir(), Options{Witnesses: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // the test is over
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	start := slo.MinuteAt(now.Add(-120 * 24 * time.Hour)).Floor(1440)
	piece := func(id slo.IndicatorID, from, until slo.Minute) error {
		b := burnrate.Batch{Indicators: []slo.IndicatorID{id}}
		for m := from; m < until; m++ {
			b.Records = append(b.Records, burnrate.Record{Minute: start + m, Rows: []burnrate.Row{burnrate.Counted(slo.Counts{Total: 10})}})
		}
		return l.Commit(t.Context(), burnrate.Tick{At: now, Measured: []burnrate.Batch{b}})
	}
	maintain := func() {
		t.Helper()
		if _, err := l.Maintain(t.Context(), now); err != nil {
			t.Fatal(err)
		}
	}
	total := func(id slo.IndicatorID) (sum burnrate.Sum) {
		t.Helper()
		for q, err := range l.Quarters(t.Context(), []slo.IndicatorID{id}, slo.Span{Start: start, End: start + 1440}) {
			if err != nil {
				t.Fatal(err)
			}
			sum.Counts, sum.Minutes = sum.Counts.Add(q.Sums[0].Counts), sum.Minutes+q.Sums[0].Minutes
		}
		return sum
	}
	for _, step := range []struct {
		id          slo.IndicatorID
		from, until slo.Minute
		refused     bool
		minutes     int64 // that are kept of the indicator then
	}{
		{"a", 0, 366, false, 366},
		{"a", 366, 732, true, 366},  // its first minutes lie in a quarter-hour that is a sum
		{"a", 375, 732, false, 723}, // from the next one on
		{"a", 100, 101, true, 723},
		{"b", 100, 108, false, 8}, // another indicator has no sum there
	} {
		err := piece(step.id, step.from, step.until)
		if refusal, isOld := errors.AsType[*RetiredError](err); isOld != step.refused || err != nil && !isOld || isOld && refusal.Indicator != step.id {
			t.Errorf("minutes %d to %d of %s: %v", step.from, step.until, step.id, err)
		}
		maintain()
		if got := total(step.id); got.Minutes != step.minutes || got.Counts.Total != 10*step.minutes {
			t.Errorf("minutes %d to %d of %s: %+v are kept, want %d minutes", step.from, step.until, step.id, got, step.minutes)
		}
	}
}
