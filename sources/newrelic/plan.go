package newrelic

import (
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// piece is one query of a request: a range of whole buckets. Every cut within
// the range lies on the edge of a bucket.
type piece struct {
	span   slo.Span
	bucket int64 // minutes; the whole range when it is a single bucket
}

func (p piece) buckets() int64 { return p.span.Len() / p.bucket }

// plan covers the cuts, which rise, with as few pieces as a greedy walk from the end finds.
// Each piece has the widest bucket that divides the distances between its
// cuts, and no more buckets than New Relic gives. For the windows 5m, 30m, 1h,
// 2h, 6h, 1d, 3d and 28d that is two queries: 288 buckets of 5 minutes, and 27
// of a day.
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
