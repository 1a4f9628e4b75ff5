package newrelic

import (
	"slices"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// layout says how the time of a query may be cut. The zero layout leaves
// everything free.
type layout struct {
	bucket  int64 // minutes; 0 for whatever fits
	whole   bool  // a bucket cannot be cut into smaller ones, and may hold a cut
	longest int64 // minutes of a query; 0 for any number
}

// piece is one query of a request: a range of whole buckets. Every cut within
// the range lies on the edge of a bucket, unless buckets are slices.
type piece struct {
	span   slo.Span
	bucket int64 // minutes; the whole range when it is a single bucket
}

func (p piece) buckets() int64 { return p.span.Len() / p.bucket }

// pieces covers the cuts, which rise.
func (l layout) pieces(cuts []slo.Minute) []piece {
	if len(cuts) < 2 {
		return nil
	}
	if l.bucket == 0 {
		return plan(cuts)
	}
	first, end := cuts[0].Floor(l.bucket), -(-cuts[len(cuts)-1]).Floor(l.bucket)
	longest := nrql.MaxBuckets * l.bucket
	if l.longest > 0 {
		longest = max(l.bucket, l.longest)
	}
	var pieces []piece
	for first < end {
		start := max(first, end-slo.Minute(longest))
		if l.longest > 0 { // on the edges that rollups have
			start = max(first, (end - 1).Floor(longest))
		}
		pieces = append(pieces, piece{slo.Span{Start: start, End: end}, l.bucket})
		end = start
	}
	return pieces
}

// halves cuts a piece in two, the newer one first; false when it cannot be cut.
func (l layout) halves(p piece) (newer, older piece, ok bool) {
	middle := p.span.Start + slo.Minute(p.buckets()/2*p.bucket)
	newer, older = p, p
	if p.buckets() == 1 {
		if l.whole || p.bucket < 2 {
			return p, piece{}, false
		}
		middle = p.span.Start + slo.Minute(p.bucket/2)
		newer.bucket, older.bucket = int64(p.span.End-middle), int64(middle-p.span.Start)
	}
	newer.span.Start, older.span.End = middle, middle
	return newer, older, true
}

// plan covers the cuts, which rise, with as few pieces as a greedy walk from
// the end finds. Each piece has the widest bucket that divides the distances
// between its cuts, and no more buckets than New Relic gives. For the windows
// 5m, 30m, 1h, 2h, 6h, 1d, 3d and 28d that is two queries: 288 buckets of 5
// minutes, and 27 of a day.
func plan(cuts []slo.Minute) []piece {
	var pieces []piece
	for last := len(cuts) - 1; last > 0; {
		end := cuts[last]
		first, bucket := last-1, int64(end-cuts[last-1])
		for i, divisor := last-2, bucket; i >= 0; i-- {
			divisor = gcd(divisor, int64(end-cuts[i]))
			if int64(end-cuts[i])/divisor <= nrql.MaxBuckets {
				first, bucket = i, divisor
			}
		}
		pieces = append(pieces, piece{slo.Span{Start: cuts[first], End: end}, bucket})
		last = first
	}
	return pieces
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// merge returns the cuts of all lists in order, each once.
func merge(lists ...[]slo.Minute) []slo.Minute {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return slices.Compact(all)
}
