package engine

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// minutes is a set of minutes, as spans that are in order and apart. The zero
// minutes are empty.
type minutes struct{ spans []slo.Span }

// first returns the index of the first span that ends behind a minute.
func (m *minutes) first(minute slo.Minute) int {
	i, _ := slices.BinarySearchFunc(m.spans, minute, func(s slo.Span, minute slo.Minute) int { return cmp.Compare(s.End, minute+1) })
	return i
}

func (m *minutes) empty() bool { return len(m.spans) == 0 }

func (m *minutes) hold(minute slo.Minute) bool {
	i := m.first(minute)
	return i < len(m.spans) && m.spans[i].Start <= minute
}

func (m *minutes) clone() minutes { return minutes{slices.Clone(m.spans)} }

// len returns how many minutes there are.
func (m *minutes) len() int64 {
	n := int64(0)
	for _, s := range m.spans {
		n += s.Len()
	}
	return n
}

func (m *minutes) add(span slo.Span) {
	if span.Len() == 0 {
		return
	}
	from := m.first(span.Start - 1) // one that ends where the span begins is joined
	to := from
	for to < len(m.spans) && m.spans[to].Start <= span.End {
		span = slo.Span{Start: min(span.Start, m.spans[to].Start), End: max(span.End, m.spans[to].End)}
		to++
	}
	m.spans = slices.Replace(m.spans, from, to, span)
}

func (m *minutes) remove(span slo.Span) {
	if span.Len() == 0 {
		return
	}
	from := m.first(span.Start)
	to := from
	var left []slo.Span
	for to < len(m.spans) && m.spans[to].Start < span.End {
		if before := (slo.Span{Start: m.spans[to].Start, End: span.Start}); before.Len() > 0 {
			left = append(left, before)
		}
		if after := (slo.Span{Start: span.End, End: m.spans[to].End}); after.Len() > 0 {
			left = append(left, after)
		}
		to++
	}
	if to > from {
		m.spans = slices.Replace(m.spans, from, to, left...)
	}
}

// within returns the parts that lie in a span, in order.
func (m *minutes) within(span slo.Span) []slo.Span {
	if span.Len() == 0 {
		return nil
	}
	var parts []slo.Span
	for _, s := range m.spans[m.first(span.Start):] {
		if s.Start >= span.End {
			break
		}
		parts = append(parts, s.Intersect(span))
	}
	return parts
}
