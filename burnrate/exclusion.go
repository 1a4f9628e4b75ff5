package burnrate

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// Excluded is what exclusions took out of the counts of a window. Counts and
// Excluded together are what was measured.
type Excluded struct {
	Minutes int64
	Total   int64 // valid events that do not count
	Bad     int64 // bad events that do not count as bad
}

// exclusions are the minutes in which something does not count as it was
// measured. A minute that is dropped by one exclusion and counted as good by
// another is dropped: what nobody counts cannot be good.
type exclusions struct {
	drop, good []slo.Span // in order, none touches another one of either list
	named      []namedSpan
}

type namedSpan struct {
	name string
	span slo.Span
}

// agreement is the exclusions of a set and when each of them holds.
type agreement struct {
	exclusions []*slo.Exclusion
	spans      [][]slo.Span
}

func agree(exclusions []*slo.Exclusion, within slo.Span) agreement {
	a := agreement{exclusions: exclusions}
	for _, e := range exclusions {
		a.spans = append(a.spans, e.Spans(within))
	}
	return a
}

// applying returns the exclusions that apply to something.
func (a agreement) applying(applies func(*slo.Exclusion) bool) exclusions {
	var x exclusions
	for i, e := range a.exclusions {
		if !applies(e) {
			continue
		}
		for _, span := range a.spans[i] {
			x.named = append(x.named, namedSpan{e.Name, span})
			if e.Effect == slo.Drop {
				x.drop = append(x.drop, span)
			} else {
				x.good = append(x.good, span)
			}
		}
	}
	x.drop = union(x.drop)
	x.good = subtract(union(x.good), x.drop)
	return x
}

// union returns the same minutes in spans that are in order and apart.
func union(spans []slo.Span) []slo.Span {
	slices.SortFunc(spans, func(a, b slo.Span) int { return cmp.Compare(a.Start, b.Start) })
	var joined []slo.Span
	for _, s := range spans {
		if last := len(joined) - 1; last >= 0 && s.Start <= joined[last].End {
			joined[last].End = max(joined[last].End, s.End)
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// subtract returns the minutes of spans that are not among others. Both are in
// order and apart.
func subtract(spans, others []slo.Span) []slo.Span {
	var left []slo.Span
	for _, s := range spans {
		for _, o := range others {
			if o.Intersect(s).Len() == 0 {
				continue
			}
			if before := (slo.Span{Start: s.Start, End: o.Start}); before.Len() > 0 {
				left = append(left, before)
			}
			s.Start = o.End
		}
		if s.Len() > 0 {
			left = append(left, s)
		}
	}
	return left
}

// touching returns the parts of spans within one span.
func touching(spans []slo.Span, within slo.Span) []slo.Span {
	first, _ := slices.BinarySearchFunc(spans, within.Start, func(s slo.Span, start slo.Minute) int { return cmp.Compare(s.End, start) })
	var parts []slo.Span
	for _, s := range spans[first:] {
		if s.Start >= within.End {
			break
		}
		if part := s.Intersect(within); part.Len() > 0 {
			parts = append(parts, part)
		}
	}
	return parts
}

// dropped returns how many minutes of a span are dropped.
func (x exclusions) dropped(within slo.Span) int64 { return minutesOf(touching(x.drop, within)) }

func minutesOf(spans []slo.Span) (minutes int64) {
	for _, s := range spans {
		minutes += s.Len()
	}
	return minutes
}

// names lists the exclusions that hold within a span.
func (x exclusions) names(within slo.Span) []string {
	var names []string
	for _, n := range x.named {
		if n.span.Intersect(within).Len() > 0 {
			names = append(names, n.name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
