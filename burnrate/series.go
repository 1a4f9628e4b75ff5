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
	extent  slo.Span
	cuts    []slo.Minute
	sums    []slo.Counts // from the first cut up to each cut
	gaps    []int64      // minutes without a valid count, from the first cut up to each cut
	invalid []Invalid
}

// Invalid is counts that cannot be, as bad is below 0 or above total. They are
// not counted, and their minutes are not measured.
type Invalid struct {
	Span   slo.Span
	Counts slo.Counts
}

// String says what was measured and when.
func (i Invalid) String() string {
	return fmt.Sprintf("%d bad of %d valid events from %s to %s", i.Counts.Bad, i.Counts.Total,
		i.Span.Start.Time().Format("2006-01-02T15:04Z"), i.Span.End.Time().Format("2006-01-02T15:04Z"))
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
	s := Series{extent: extent, cuts: cuts, sums: make([]slo.Counts, len(cuts)), gaps: make([]int64, len(cuts))}
	for i, c := range counts {
		s.sums[i+1], s.gaps[i+1] = s.sums[i], s.gaps[i]
		if c.Consistent() {
			s.sums[i+1] = s.sums[i].Add(c)
			continue
		}
		between := slo.Span{Start: cuts[i], End: cuts[i+1]}
		s.gaps[i+1] += between.Len()
		s.invalid = append(s.invalid, Invalid{between, c})
	}
	return s, nil
}

// Invalid returns the counts that were left out.
func (s Series) Invalid() []Invalid { return s.invalid }

// Sum returns the counts within span and how many of its minutes were
// measured.
func (s Series) Sum(span slo.Span) (counts slo.Counts, measured int64) {
	inside := span.Intersect(s.extent)
	if inside.Len() == 0 {
		return slo.Counts{}, 0
	}
	from, to := s.cut(inside.Start), s.cut(inside.End)
	return s.sums[to].Sub(s.sums[from]), inside.Len() - (s.gaps[to] - s.gaps[from])
}

func (s Series) cut(minute slo.Minute) int {
	i, found := slices.BinarySearch(s.cuts, minute)
	if !found {
		panic(fmt.Sprintf("burnrate: minute %d is not a cut of the series", minute))
	}
	return i
}
