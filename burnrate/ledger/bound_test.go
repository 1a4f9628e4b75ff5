package ledger

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// TestLargeCounts refuses what could overflow in a sum of 800 days, and keeps
// what is as large as can be.
func TestLargeCounts(t *testing.T) {
	t.Parallel()
	const minutesOf800Days = 800 * 1440
	if burnrate.MostCounted > math.MaxInt64/minutesOf800Days {
		t.Fatal("the largest minutes of 800 days overflow")
	}
	l := openLedger(t)
	m := slo.MinuteAt(noon()).Floor(60)
	for name, test := range map[string]struct {
		tick    burnrate.Tick
		refused bool
	}{
		"the largest": {tickOf(m, burnrate.Counted(slo.Counts{Total: burnrate.MostCounted, Bad: burnrate.MostCounted})), false},
		"counts":      {tickOf(m, burnrate.Counted(slo.Counts{Total: burnrate.MostCounted + 1})), true},
		"rows":        {tickOf(m, burnrate.Row{Rows: slo.Counts{Total: math.MaxInt64}, Measured: true}), true},
		"not measured": {
			tickOf(m, burnrate.Row{Rows: slo.Counts{Total: math.MaxInt64}}), false,
		},
		"bad, which cannot be": {tickOf(m+1, burnrate.Counted(slo.Counts{Total: 1, Bad: math.MaxInt64})), false},
		"the largest hour":     {coarseOf(m, burnrate.Sum{Counts: slo.Counts{Total: 60 * burnrate.MostCounted}, Minutes: 60}), false},
		"a part of an hour":    {coarseOf(m, burnrate.Sum{Counts: slo.Counts{Total: 60 * burnrate.MostCounted}, Minutes: 59}), true},
	} {
		before := read(t, l.Reader)
		err := l.Commit(t.Context(), test.tick)
		refusal, isLarge := errors.AsType[*LargeError](err)
		if isLarge != test.refused || err != nil && !isLarge || isLarge && refusal.Indicator != "a" {
			t.Errorf("%s: %v", name, err)
		}
		if after := read(t, l.Reader); isLarge && len(after.Minutes)+len(after.Coarse) != len(before.Minutes)+len(before.Coarse) {
			t.Errorf("%s: something was kept", name)
		}
	}
	checkClean(t, l)
}

func tickOf(m slo.Minute, row burnrate.Row) burnrate.Tick {
	return burnrate.Tick{At: noon(), Measured: []burnrate.Batch{{
		Indicators: []slo.IndicatorID{"a"}, Records: []burnrate.Record{{Minute: m, Rows: []burnrate.Row{row}}},
	}}}
}

func coarseOf(m slo.Minute, sum burnrate.Sum) burnrate.Tick {
	return burnrate.Tick{At: noon(), Coarse: []burnrate.Coarse{{Indicator: "a", Hour: m, Sum: sum}}}
}

// TestLargestQuarters sums a day of the largest minutes.
func TestLargestQuarters(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	day := slo.MinuteAt(noon()).Floor(dayOfMinutes)
	tick := burnrate.Tick{At: noon(), Measured: []burnrate.Batch{{Indicators: []slo.IndicatorID{"a"}}}}
	for m := range slo.Minute(dayOfMinutes) {
		record := burnrate.Record{Minute: day + m, Rows: []burnrate.Row{burnrate.Counted(slo.Counts{Total: burnrate.MostCounted, Bad: 1})}}
		tick.Measured[0].Records = append(tick.Measured[0].Records, record)
	}
	if err := l.Commit(t.Context(), tick); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Maintain(t.Context(), noon().Add(102*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	quarters := read(t, l.Reader).Quarters
	for _, q := range quarters {
		if q.Sum.Counts != (slo.Counts{Total: 15 * burnrate.MostCounted, Bad: 15}) {
			t.Errorf("%+v", q)
		}
	}
	if len(quarters) != 96 {
		t.Errorf("%d quarter-hours", len(quarters))
	}
	checkClean(t, l)
}

// TestImportOfLargeCounts tells the lines.
func TestImportOfLargeCounts(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	const file = `{"schema":"slojourn.ledger/v1","at":"2026-11-22T09:00:00Z"}
{"type":"minute","minute":"2026-11-22T08:58:00Z","indicator":"a","total":8000000000001,"bad":2}
{"type":"quarter","quarter":"2026-11-22T08:00:00Z","indicator":"a","total":9000000000000,"bad":2,"minutes":1}
{"type":"end"}`
	_, err := l.Import(context.Background(), strings.NewReader(file), ImportOptions{Now: noon()})
	mistakes, ok := errors.AsType[*ImportError](err)
	if !ok || len(mistakes.Mistakes) != 2 || mistakes.Mistakes[0].Line != 2 || mistakes.Mistakes[1].Line != 3 ||
		!strings.Contains(mistakes.Mistakes[0].Message, `minute 2026-11-22T08:58Z of the indicator "a" has a total of 8000000000001, and a minute may have 8000000000000: leave it out`) {
		t.Errorf("%v", err)
	}
}

// TestCheckOfLargeCounts finds those that were kept before they were refused,
// and leaves them out of sums.
func TestCheckOfLargeCounts(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	m := slo.MinuteAt(noon())
	if err := l.Commit(t.Context(), tickOf(m, burnrate.Counted(slo.Counts{Total: 5}))); err != nil {
		t.Fatal(err)
	}
	err := l.write(t.Context(), func(w *writer) error {
		rows := []numbered{{0, burnrate.Counted(slo.Counts{Total: math.MaxInt64})}}
		return w.minute(t.Context(), noon(), m+1, rows)
	})
	if err != nil {
		t.Fatal(err)
	}
	report, err := Check(t.Context(), l.dir)
	if err != nil || len(report.Findings) != 1 || !strings.Contains(report.Findings[0].Message, "more than can be summed up") {
		t.Errorf("%+v, %v", report.Findings, err)
	}
	if _, err := l.Maintain(t.Context(), noon().Add(102*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if q := read(t, l.Reader).Quarters; len(q) != 1 || q[0].Sum.Counts.Total != 5 || q[0].Sum.Minutes != 1 {
		t.Errorf("%+v", q)
	}
}
