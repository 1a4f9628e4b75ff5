package ledger

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// compareTotals holds the sums between random cuts against those of the rows.
func (m *splicedModel) compareTotals(names []string, asked []lineage.Lineage, end slo.Minute) {
	minute := rapid.Custom(func(r *rapid.T) slo.Minute {
		return modelStart + slo.Minute(rapid.IntRange(-100, int(end-modelStart)+100).Draw(r, "cut"))
	})
	cuts := make([][]slo.Minute, len(asked))
	want := make([]burnrate.Totals, len(asked))
	for i, name := range names {
		cuts[i] = rapid.SliceOfNDistinct(minute, 0, 6, rapid.ID).Draw(m.r, "cuts")
		slices.Sort(cuts[i])
		want[i].Sums = make([]burnrate.Sum, max(0, len(cuts[i])-1))
		for k := range want[i].Sums {
			for at := max(cuts[i][k], modelStart); at < min(cuts[i][k+1], end); at++ {
				count(&want[i], k, at, m.row(m.slos[name], at))
			}
		}
	}
	got, err := m.ledger.Totals(m.t.Context(), asked, cuts)
	if err != nil {
		m.r.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		m.r.Fatalf("totals (-want +got):\n%s\nof %v between %v", diff, names, cuts)
	}
}

// count is what [Reader.Totals] does with a minute.
func count(t *burnrate.Totals, k int, at slo.Minute, row burnrate.Row) {
	switch s := &t.Sums[k]; {
	case !row.Measured:
	case row.Counts.Consistent() && row.Rows.Consistent():
		*s = burnrate.Sum{Counts: s.Counts.Add(row.Counts), Rows: s.Rows.Add(row.Rows), Minutes: s.Minutes + 1}
	default:
		t.Invalid = append(t.Invalid, burnrate.Invalid{Span: slo.Span{Start: at, End: at + 1}, Row: row})
	}
}

// TestTotalsOfQuarters sums a history of which the older part is kept by the
// quarter-hour: one belongs to where it begins, and not to a stretch that it
// lies in with a part.
func TestTotalsOfQuarters(t *testing.T) {
	t.Parallel()
	day := slo.MinuteAt(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
	l, err := Open(t.Context(), t.TempDir(), Options{Pack: time.Hour, Minutes: 24 * time.Hour, Witnesses: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // the test is over
	// Every minute of three days: one event of a, ten of b.
	batch := burnrate.Batch{Indicators: []slo.IndicatorID{"a", "b"}}
	end := day + 3*1440
	for m := day; m < end; m++ {
		batch.Records = append(batch.Records, burnrate.Record{Minute: m, Rows: []burnrate.Row{
			burnrate.Counted(slo.Counts{Total: 1}), burnrate.Counted(slo.Counts{Total: 10, Bad: 10}),
		}})
	}
	if err := l.Commit(t.Context(), burnrate.Tick{At: end.Time(), Measured: []burnrate.Batch{batch}}); err != nil {
		t.Fatal(err)
	}
	for left := true; left; {
		done, err := l.Maintain(t.Context(), end.Time())
		if err != nil {
			t.Fatal(err)
		}
		left = done.Leftover
	}
	// What came as a sum may be one that cannot be.
	spoilt := burnrate.Sum{Counts: slo.Counts{Total: 5, Bad: 9}, Rows: slo.Counts{Total: 5, Bad: 9}, Minutes: 15}
	err = l.write(t.Context(), func(w *writer) error {
		return w.merge(t.Context(), end.Time(), keyOf(quarterChunk, hourOf(day), 0), map[number][]cell{0: {{2, spoilt}}})
	})
	if err != nil {
		t.Fatal(err)
	}
	plain := lineage.Lineage{Present: lineage.Definition{Indicator: "a", Unit: 1}}
	spliced := lineage.Lineage{Present: lineage.Definition{Indicator: "b", Unit: 1}, Past: []lineage.Segment{{Definition: lineage.Definition{Indicator: "a", Unit: 1}, Until: day + 1440 + 20}}}
	weighed := lineage.Lineage{
		Present: lineage.Definition{Indicator: "w", Unit: slo.Thousandths}, Past: []lineage.Segment{{Definition: lineage.Definition{Indicator: "b", Unit: 1}, Until: end}},
	}
	totals, err := l.Totals(t.Context(), []lineage.Lineage{plain, spliced, plain, plain, weighed}, [][]slo.Minute{
		{day + 15, day + 1440 - 1, day + 2*1440, end}, // the second cut is within a quarter-hour
		{day + 1440, day + 2*1440, end},
		{day + 1, day + 15, day + 45}, // the first one begins before
		{day + 600, day + 615},        // long after the day's first hour
		{day + 600, day + 615, end - 60, end},
	})
	if err != nil {
		t.Fatal(err)
	}
	sum := func(minutes, total, bad int64) burnrate.Sum {
		counts := slo.Counts{Total: total, Bad: bad}
		return burnrate.Sum{Counts: counts, Rows: counts, Minutes: minutes}
	}
	thousand := func(minutes int64) burnrate.Sum { // ten bad events a minute, each of which weighs one
		s := sum(minutes, 10*minutes, 10*minutes)
		s.Counts = slo.Counts{Total: 1000 * s.Counts.Total, Bad: 1000 * s.Counts.Bad}
		return s
	}
	invalid := []burnrate.Invalid{{Span: slo.Span{Start: day + 30, End: day + 45}, Row: burnrate.Row{Counts: spoilt.Counts, Rows: spoilt.Rows, Measured: true}}}
	want := []burnrate.Totals{
		{Sums: []burnrate.Sum{sum(1440-30, 1440-30, 0), sum(1440, 1440, 0), sum(1440, 1440, 0)}, Invalid: invalid},
		{Sums: []burnrate.Sum{sum(1440-15, 15+10*(1440-30), 10*(1440-30)), sum(1440, 14400, 14400)}},
		{Sums: []burnrate.Sum{sum(0, 0, 0), sum(15, 15, 0)}, Invalid: invalid},
		{Sums: []burnrate.Sum{sum(15, 15, 0)}},
		{Sums: []burnrate.Sum{thousand(15), thousand(3*1440 - 615 - 60), thousand(60)}},
	}
	if diff := cmp.Diff(want, totals); diff != "" {
		t.Errorf("totals (-want +got):\n%s", diff)
	}
}

// TestTotalsOfLargeCounts has counts that are too large to be weighed as the
// present definition does: they are not measured, in both ways of reading.
func TestTotalsOfLargeCounts(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	start := slo.MinuteAt(noon()).Floor(60) - 600
	batch := burnrate.Batch{Indicators: []slo.IndicatorID{"a"}}
	for k := range slo.Minute(120) {
		total := int64(burnrate.MostCounted)
		if k%2 == 0 {
			total /= slo.Thousandths
		}
		batch.Records = append(batch.Records, burnrate.Record{Minute: start + k, Rows: []burnrate.Row{burnrate.Counted(slo.Counts{Total: total})}})
	}
	if err := l.Commit(t.Context(), burnrate.Tick{At: noon(), Measured: []burnrate.Batch{batch}}); err != nil {
		t.Fatal(err)
	}
	weighed := []lineage.Lineage{{
		Present: lineage.Definition{Indicator: "w", Unit: slo.Thousandths}, Past: []lineage.Segment{{Definition: lineage.Definition{Indicator: "a", Unit: 1}, Until: start + 120}},
	}}
	for range 2 { // by the minute, and packed
		totals, err := l.Totals(t.Context(), weighed, [][]slo.Minute{{start, start + 120}})
		if err != nil {
			t.Fatal(err)
		}
		want := burnrate.Sum{Counts: slo.Counts{Total: 60 * burnrate.MostCounted}, Rows: slo.Counts{Total: 60 * burnrate.MostCounted / slo.Thousandths}, Minutes: 60}
		if got := totals[0].Sums[0]; got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		read := burnrate.Totals{Sums: make([]burnrate.Sum, 1)}
		for record, err := range l.History(t.Context(), weighed, slo.Span{Start: start, End: start + 120}) {
			if err != nil {
				t.Fatal(err)
			}
			count(&read, 0, record.Minute, record.Rows[0])
		}
		if read.Sums[0] != want {
			t.Errorf("row by row %+v, want %+v", read.Sums[0], want)
		}
		if _, err := l.Maintain(t.Context(), noon()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTotalsOfOddCuts takes cuts that are equal, and refuses too few.
func TestTotalsOfOddCuts(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	start := slo.MinuteAt(noon()) - 100
	batch := burnrate.Batch{Indicators: []slo.IndicatorID{"a"}}
	for k := range slo.Minute(10) {
		batch.Records = append(batch.Records, burnrate.Record{Minute: start + k, Rows: []burnrate.Row{burnrate.Counted(slo.Counts{Total: 1})}})
	}
	if err := l.Commit(t.Context(), burnrate.Tick{At: noon(), Measured: []burnrate.Batch{batch}}); err != nil {
		t.Fatal(err)
	}
	a := []lineage.Lineage{{Present: lineage.Definition{Indicator: "a", Unit: 1}}}
	totals, err := l.Totals(t.Context(), a, [][]slo.Minute{{start, start + 5, start + 5, start + 10}})
	if err != nil {
		t.Fatal(err)
	}
	if s := totals[0].Sums; s[0].Minutes != 5 || s[1].Minutes != 0 || s[2].Minutes != 5 {
		t.Errorf("%+v", s)
	}
	if _, err := l.Totals(t.Context(), a, nil); err == nil {
		t.Error("one history and no cuts")
	}
}
