package ledger

import (
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// TestClockAhead keeps everything while a clock is ten years ahead, whatever is
// committed then, and lets go what is too old once the clock is right.
func TestClockAhead(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	start := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	ahead := start.AddDate(10, 0, 0)
	for _, test := range []struct {
		name    string
		wrong   func(commit func(at time.Time, total int64))
		now     time.Time
		doubted bool
		minutes int // that are left of the 10 of ten days
	}{
		{"no tick", func(func(time.Time, int64)) {}, ahead, true, 10},
		{"one tick", func(commit func(time.Time, int64)) { commit(ahead, 100) }, ahead, true, 10},
		{"the ticks of an hour around midnight", func(commit func(time.Time, int64)) {
			for m := range 60 {
				commit(ahead.Truncate(day).Add(time.Duration(m-30)*time.Minute), 100)
			}
		}, ahead, true, 10},
		{"a week of ticks", func(commit func(time.Time, int64)) {
			for d := range 7 {
				commit(ahead.Add(time.Duration(d)*day), 100)
			}
		}, ahead.Add(6 * day), true, 10},
		{"a backfill of zeroes", func(commit func(time.Time, int64)) {
			for d := range 28 {
				commit(ahead.Add(time.Duration(-d)*day), 0)
			}
		}, ahead, true, 10},
		{"eight days of events", func(commit func(time.Time, int64)) { // the clock is right, after all
			for d := range 8 {
				commit(ahead.Add(time.Duration(d)*day), 100)
			}
		}, ahead.Add(7 * day), false, 0},
		{"a clock that is right again", func(commit func(time.Time, int64)) { commit(ahead, 100) }, start, false, 10},
		{"a clock that is behind", func(func(time.Time, int64)) {}, start.AddDate(-10, 0, 0), false, 10},
		{"a hundred days later", func(commit func(time.Time, int64)) {
			for d := range 10 {
				commit(start.Add(time.Duration(87+d)*day), 100)
			}
		}, start.Add(96 * day), false, 5}, // of the last five days
		{"a month without a machine", func(commit func(time.Time, int64)) { commit(start.Add(130*day), 100) }, start.Add(130 * day), true, 10},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := openLedger(t)
			l.options.Witnesses = Options{}.withDefaults().Witnesses
			commit := func(at time.Time, total int64) {
				t.Helper()
				err := l.Commit(t.Context(), burnrate.Tick{At: at, Measured: []burnrate.Batch{{
					Indicators: []slo.IndicatorID{"a"},
					Records:    []burnrate.Record{{Minute: slo.MinuteAt(at), Rows: []burnrate.Row{burnrate.Counted(slo.Counts{Total: total})}}},
				}}})
				if err != nil {
					t.Fatal(err)
				}
			}
			for d := range 10 {
				commit(start.Add(time.Duration(d-9)*day), 100)
			}
			test.wrong(commit)
			done, err := l.Maintain(t.Context(), test.now)
			if err != nil || done.Doubted != test.doubted {
				t.Errorf("%+v, %v, want doubted %t", done, err, test.doubted)
			}
			left := 0
			for _, m := range read(t, l.Reader).Minutes {
				if !m.Minute.Time().After(start) {
					left++
				}
			}
			if left != test.minutes {
				t.Errorf("%d minutes are left, want %d", left, test.minutes)
			}
		})
	}
}

// TestClockAheadKeepsCorrections keeps the log of corrections as well.
func TestClockAheadKeepsCorrections(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	l.options.Witnesses = Options{}.withDefaults().Witnesses
	commitSample(t, l)
	before := read(t, l.Reader).Corrections
	if len(before) == 0 {
		t.Fatal("the sample has no correction")
	}
	if _, err := l.Maintain(t.Context(), noon().AddDate(10, 0, 0)); err != nil {
		t.Fatal(err)
	}
	if got := read(t, l.Reader).Corrections; len(got) != len(before) {
		t.Errorf("%d of %d corrections are left", len(got), len(before))
	}
}
