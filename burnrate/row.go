package burnrate

import (
	"fmt"

	"github.com/slojourn/slojourn/slo"
)

// Row is what was measured of one SLI in a minute, or in a longer stretch of
// time. The zero Row is time that was not measured.
type Row struct {
	Counts   slo.Counts // valid and bad; in thousandths when the SLI is weighted
	Rows     slo.Counts // the events behind them, whatever they weigh
	Measured bool
}

// MostCounted is the largest total of a minute that is kept: 8 million million
// events or, as weights are thousandths, a sum of 8 thousand million. So no sum
// overflows, not even that of 800 days: 800 × 1,440 minutes of 8·10¹² are
// 9.216·10¹⁸, and 2⁶³ is 9.223·10¹⁸.
const MostCounted = 8_000_000_000_000

// Counted is the row of an SLI that counts every event as one.
func Counted(c slo.Counts) Row { return Row{Counts: c, Rows: c, Measured: true} }

// consistent reports whether the row can be: 0 ≤ bad ≤ total.
func (r *Row) consistent() bool { return r.Counts.Consistent() && r.Rows.Consistent() }

// Countable reports whether the row was measured and can be: others add nothing.
func (r Row) Countable() bool { return r.Measured && r.consistent() }

// Outcome is what became of a slice. The zero Outcome is that of a slice
// without data.
type Outcome int

// The outcomes of a slice.
const (
	EmptySlice Outcome = iota
	GoodSlice
	BadSlice
)

// SliceRows are the rows of the minutes of one slice that was measured. A slice
// counts as a whole: as one valid event in its first minute, which is bad when
// the slice is. A slice without data is left out, unless its SLI says that it
// is good or bad. Of the 12 slices of 5m in an hour, 2 bad and 1 without data
// are an error ratio of 2 / 11; with empty: good it is 2 / 12, with empty: bad
// 3 / 12.
func SliceRows(s slo.Slice, outcome Outcome) []Row {
	rows := make([]Row, int64(s.Every.Value.Minutes()))
	for i := range rows {
		rows[i].Measured = true
	}
	if outcome == EmptySlice {
		switch s.Empty {
		case slo.EmptyGood:
			outcome = GoodSlice
		case slo.EmptyBad:
			outcome = BadSlice
		}
	}
	switch outcome {
	case GoodSlice:
		rows[0] = Counted(slo.Counts{Total: 1})
	case BadSlice:
		rows[0] = Counted(slo.Counts{Total: 1, Bad: 1})
	}
	return rows
}

// Sum is what was measured over some minutes.
type Sum struct {
	Counts  slo.Counts
	Rows    slo.Counts
	Minutes int64 // that were measured
}

// add returns the sum with another one.
func (s Sum) add(t Sum) Sum {
	return Sum{s.Counts.Add(t.Counts), s.Rows.Add(t.Rows), s.Minutes + t.Minutes}
}

// sub returns what is left without another sum, which is part of it.
func (s Sum) sub(t Sum) Sum {
	return Sum{s.Counts.Sub(t.Counts), s.Rows.Sub(t.Rows), s.Minutes - t.Minutes}
}

// sumOf is what a row adds over some minutes: nothing when it cannot be.
func sumOf(r *Row, minutes int64) Sum {
	if !r.Countable() {
		return Sum{}
	}
	return Sum{r.Counts, r.Rows, minutes}
}

// Invalid is a row that cannot be, as bad is below 0 or above total. It is not
// counted, and its minutes are not measured.
type Invalid struct {
	Span slo.Span
	Row  Row
}

// Text says what was measured and when, of an SLI with the given [slo.SLI.Unit].
func (i Invalid) Text(unit int64) string {
	c := i.Row.Counts
	if c.Consistent() {
		c, unit = i.Row.Rows, 1
	}
	return fmt.Sprintf("%s bad of %s valid events from %s to %s", slo.FormatCount(c.Bad, unit), slo.FormatCount(c.Total, unit),
		i.Span.Start, i.Span.End)
}
