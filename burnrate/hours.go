package burnrate

import (
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// hours are coarse hours in order, and beside each what was measured in those in
// front of it, so that a sum takes two look-ups. There may be a month of them
// for each of thousands of SLOs: an hour takes 28 bytes, and 16 more when events
// are weighed.
type hours struct {
	starts  []slo.Minute
	minutes []int32 // this and the next have one more than starts: that of all hours
	counts  []slo.Counts
	rows    []slo.Counts // nil when they are equal to counts
}

func makeHours(n int) *hours {
	return &hours{starts: make([]slo.Minute, 0, n), minutes: make([]int32, 1, n+1), counts: make([]slo.Counts, 1, n+1)}
}

func hourFrom(start slo.Minute) slo.Span { return slo.Span{Start: start, End: start + coarseMinutes} }

func (h *hours) none() bool { return h == nil || len(h.starts) == 0 }

// add adds an hour that is later than the others.
func (h *hours) add(start slo.Minute, sum Sum) {
	n := len(h.starts)
	if h.rows == nil && sum.Rows != sum.Counts {
		h.rows = append(make([]slo.Counts, 0, cap(h.counts)), h.counts...)
	}
	h.starts = append(h.starts, start)
	h.minutes = append(h.minutes, h.minutes[n]+int32(sum.Minutes))
	h.counts = append(h.counts, h.counts[n].Add(sum.Counts))
	if h.rows != nil {
		h.rows = append(h.rows, h.rows[n].Add(sum.Rows))
	}
}

// between sums the hours from one on up to another.
func (h *hours) between(i, k int) Sum {
	sum := Sum{Counts: h.counts[k].Sub(h.counts[i]), Minutes: int64(h.minutes[k] - h.minutes[i])}
	if sum.Rows = sum.Counts; h.rows != nil {
		sum.Rows = h.rows[k].Sub(h.rows[i])
	}
	return sum
}

// within returns what was measured in the hours that lie wholly within a span.
func (h *hours) within(span slo.Span) Sum {
	if h.none() || span.Len() < coarseMinutes {
		return Sum{}
	}
	first, _ := slices.BinarySearch(h.starts, span.Start)
	behind, _ := slices.BinarySearch(h.starts, span.End-coarseMinutes+1)
	return h.between(first, behind)
}

// drop removes an hour. That of the newest one, with which a backfill begins,
// takes no time.
func (h *hours) drop(start slo.Minute) {
	if h.none() {
		return
	}
	i, found := slices.BinarySearch(h.starts, start)
	if !found {
		return
	}
	if len(h.starts) == 1 {
		*h = *makeHours(0)
		return
	}
	sum := h.between(i, i+1)
	h.starts = slices.Delete(h.starts, i, i+1)
	h.minutes = slices.Delete(h.minutes, i+1, i+2)
	h.counts = slices.Delete(h.counts, i+1, i+2)
	for k := i + 1; k < len(h.counts); k++ {
		h.minutes[k] -= int32(sum.Minutes)
		h.counts[k] = h.counts[k].Sub(sum.Counts)
	}
	if h.rows == nil {
		return
	}
	h.rows = slices.Delete(h.rows, i+1, i+2)
	for k := i + 1; k < len(h.rows); k++ {
		h.rows[k] = h.rows[k].Sub(sum.Rows)
	}
}
