package nerdgraph

import (
	"math"
	"time"

	"golang.org/x/time/rate"

	"github.com/slojourn/slojourn/slo/diag"
)

// bucket is a budget that fills steadily: one of 1,500 a minute gains 25 a
// second until it holds 1,500.
type bucket struct {
	limiter *rate.Limiter
	per     diag.Phrase // the time in which it fills, in words
}

func newBucket(size int, per time.Duration, words diag.Phrase) bucket {
	return bucket{rate.NewLimiter(rate.Limit(float64(size)/per.Seconds()), size), words}
}

// size is what a full bucket holds.
func (b bucket) size() float64 { return float64(b.limiter.Burst()) }

// after returns how long it takes until the bucket holds that much more than
// nothing; 0 if it does now. In a bucket of 1,500 a minute that holds 10, 60
// are there after 2 s.
func (b bucket) after(now time.Time, level float64) time.Duration {
	missing := level - b.limiter.TokensAt(now)
	if missing <= 0 {
		return 0
	}
	return time.Duration(math.Ceil(missing / float64(b.limiter.Limit()) * float64(time.Second)))
}

// take takes n, also more than there is. The debt is at most a full bucket:
// what was used before the bucket's whole time is forgotten by New Relic too.
func (b bucket) take(now time.Time, n float64) {
	n = min(n, b.limiter.TokensAt(now)+b.size())
	for n >= 1 {
		part := min(n, b.size())
		b.limiter.ReserveN(now, int(part))
		n -= part
	}
}
