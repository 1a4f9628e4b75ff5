package burnrate

import (
	"fmt"
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// Series is what was measured of one SLI between known minutes. Sums are exact;
// a span whose ends are not among the cuts is a mistake of the program.
type Series struct {
	extent  slo.Span
	cuts    []slo.Minute
	sums    []Sum // from the first cut up to each cut
	invalid []Invalid
}

// Totals is what a ledger has between the cuts of one id: the sums, and the
// minutes that are in none of them since they cannot be, in order.
type Totals struct {
	Sums    []Sum // between consecutive cuts
	Invalid []Invalid
}

// NewSeries makes a series of the rows between consecutive cuts. extent is the
// range of minutes that could be measured at all; there is one row less than
// there are cuts.
func NewSeries(extent slo.Span, cuts []slo.Minute, rows []Row) (Series, error) {
	sums := make([]Sum, len(rows))
	for i, row := range rows {
		if sums[i] = (Sum{Counts: row.Counts, Rows: row.Rows}); row.Measured && i+1 < len(cuts) {
			sums[i].Minutes = int64(cuts[i+1] - cuts[i])
		}
	}
	return SeriesOf(extent, cuts, sums)
}

// SeriesOf makes a series of what was measured between consecutive cuts, which
// may be a part of the minutes in between. A sum that cannot be, as bad is below
// 0 or above total, is left out; invalid are rows, in order, that were left out
// of the sums before.
func SeriesOf(extent slo.Span, cuts []slo.Minute, sums []Sum, invalid ...Invalid) (Series, error) {
	if len(sums) != max(0, len(cuts)-1) {
		return Series{}, fmt.Errorf("%d sums between %d minutes", len(sums), len(cuts))
	}
	if !slices.IsSorted(cuts) {
		return Series{}, fmt.Errorf("the minutes are not in order")
	}
	s := Series{extent: extent, cuts: cuts, sums: make([]Sum, len(cuts)), invalid: slices.Clip(invalid)}
	for i, sum := range sums {
		switch row := (Row{sum.Counts, sum.Rows, true}); {
		case sum.Minutes == 0:
			sum = Sum{}
		case !row.consistent():
			s.invalid = append(s.invalid, Invalid{slo.Span{Start: cuts[i], End: cuts[i+1]}, row})
			sum = Sum{}
		}
		s.sums[i+1] = s.sums[i].add(sum)
	}
	return s, nil
}

// Invalid returns the rows that were left out.
func (s Series) Invalid() []Invalid { return s.invalid }

// Sum returns what was measured within a span.
func (s Series) Sum(span slo.Span) Sum {
	inside := span.Intersect(s.extent)
	if inside.Len() == 0 {
		return Sum{}
	}
	return s.sums[s.cut(inside.End)].sub(s.sums[s.cut(inside.Start)])
}

// Until returns the series as it was when minutes up to an end were measured.
func (s Series) Until(end slo.Minute) Series {
	s.extent = slo.Span{Start: min(s.extent.Start, end), End: min(s.extent.End, end)}
	return s
}

func (s Series) cut(minute slo.Minute) int {
	i, found := slices.BinarySearch(s.cuts, minute)
	if !found {
		panic(fmt.Sprintf("burnrate: minute %d is not a cut of the series", minute))
	}
	return i
}
