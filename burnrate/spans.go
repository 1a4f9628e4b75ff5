package burnrate

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// spans is a set of minutes, as spans that are in order and apart. What is
// asked of it takes as many steps as the logarithm of their number.
type spans struct {
	list   []slo.Span
	before []int64 // minutes of the spans in front of each, and of all of them
}

func spansOf(list []slo.Span) spans {
	s := spans{list, make([]int64, len(list)+1)}
	for i, span := range list {
		s.before[i+1] = s.before[i] + span.Len()
	}
	return s
}

// first returns the index of the first span that ends behind a minute.
func (s spans) first(minute slo.Minute) int {
	i, _ := slices.BinarySearchFunc(s.list, minute, func(s slo.Span, minute slo.Minute) int {
		return cmp.Compare(s.End, minute+1)
	})
	return i
}

// hold reports whether a minute is in the set.
func (s spans) hold(minute slo.Minute) bool {
	i := s.first(minute)
	return i < len(s.list) && s.list[i].Start <= minute
}

// minutes returns how many minutes of a span are in the set.
func (s spans) minutes(within slo.Span) int64 {
	if len(s.list) == 0 || within.Len() == 0 {
		return 0
	}
	return s.until(within.End) - s.until(within.Start)
}

// until returns how many minutes of the set are before a minute.
func (s spans) until(minute slo.Minute) int64 {
	i := s.first(minute)
	if i == len(s.list) {
		return s.before[i]
	}
	return s.before[i] + slo.Span{Start: s.list[i].Start, End: minute}.Len()
}

// touching returns the parts of the spans within one span.
func (s spans) touching(within slo.Span) []slo.Span {
	var parts []slo.Span
	for _, span := range s.list[s.first(within.Start):] {
		if span.Start >= within.End {
			break
		}
		parts = append(parts, span.Intersect(within))
	}
	return parts
}

// union returns the same minutes in spans that are in order and apart.
func union(list []slo.Span) []slo.Span {
	slices.SortFunc(list, func(a, b slo.Span) int { return cmp.Compare(a.Start, b.Start) })
	var joined []slo.Span
	for _, s := range list {
		if last := len(joined) - 1; last >= 0 && s.Start <= joined[last].End {
			joined[last].End = max(joined[last].End, s.End)
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// subtract returns the minutes of spans that are not among others. Both are in
// order and apart. A span that touches another one lies behind it, so that
// those in front of it need not be looked at again.
func subtract(list, others []slo.Span) []slo.Span {
	var left []slo.Span
	for _, s := range list {
		for len(others) > 0 && others[0].End <= s.Start {
			others = others[1:]
		}
		for _, o := range others {
			if o.Start >= s.End {
				break
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
