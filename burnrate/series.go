package burnrate

import (
	"fmt"
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// Series is what was measured of one SLI: how many events were valid and how
// many bad, between known minutes. Sums are exact; a span whose ends are not
// among the cuts is a mistake of the program.
type Series struct {
	extent slo.Span
	cuts   []slo.Minute
	sums   []slo.Counts // from the first cut up to each cut
}

// NewSeries makes a series of the counts between consecutive cuts. extent is
// the range of minutes that could be measured at all; there is one count less
// than there are cuts.
func NewSeries(extent slo.Span, cuts []slo.Minute, counts []slo.Counts) (Series, error) {
	if len(counts) != max(0, len(cuts)-1) {
		return Series{}, fmt.Errorf("%d counts between %d minutes", len(counts), len(cuts))
	}
	if !slices.IsSorted(cuts) {
		return Series{}, fmt.Errorf("the minutes are not in order")
	}
	s := Series{extent: extent, cuts: cuts, sums: make([]slo.Counts, len(cuts))}
	for i, c := range counts {
		s.sums[i+1] = s.sums[i].Add(c)
	}
	return s, nil
}

// Extent returns the minutes that could be measured.
func (s Series) Extent() slo.Span { return s.extent }

// Sum returns the counts within span and how many of its minutes were
// measured.
func (s Series) Sum(span slo.Span) (counts slo.Counts, measured int64) {
	inside := span.Intersect(s.extent)
	if inside.Len() == 0 {
		return slo.Counts{}, 0
	}
	from, to := s.upTo(inside.Start), s.upTo(inside.End)
	return slo.Counts{Total: to.Total - from.Total, Bad: to.Bad - from.Bad}, inside.Len()
}

func (s Series) upTo(minute slo.Minute) slo.Counts {
	i, found := slices.BinarySearch(s.cuts, minute)
	if !found {
		panic(fmt.Sprintf("burnrate: minute %d is not a cut of the series", minute))
	}
	return s.sums[i]
}

// Cuts returns the minutes between which a series has to be counted so that
// every window that ends at one of ends can be summed.
func Cuts(extent slo.Span, windows []slo.Window, ends []slo.Minute) []slo.Minute {
	var cuts []slo.Minute
	for _, end := range ends {
		for _, w := range windows {
			span := w.Ending(end).Intersect(extent)
			if span.Len() > 0 {
				cuts = append(cuts, span.Start, span.End)
			}
		}
	}
	slices.Sort(cuts)
	return slices.Compact(cuts)
}
