package engine

import (
	"context"
	"testing"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// TestCountedLongAfterAllEvents answers with half of the events, of an SLO and of
// all of them; then right, when older minutes cannot be asked for; and with half
// again, when they can: that nothing has changed is not believed for ever.
func TestCountedLongAfterAllEvents(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 2, "pay")
		half, refused := false, false
		r.in(odd{answer: func(_ context.Context, q sources.Request, a *sources.Answer) {
			if refused && q.SLO != all && q.Need == sources.Correction {
				*a = sources.Answer{Err: errGone}
			}
			for k := range a.Sums {
				if c := a.Sums[k].Counts; half {
					c = slo.Counts{Total: c.Total / 2, Bad: c.Bad / 2}
					a.Sums[k].Counts, a.Sums[k].Rows = c, c
				}
			}
		}})
		half = true
		r.minutes(25)
		half, refused = false, true
		r.minutes(20)
		half, refused = true, false
		r.minutes(15)
		half = false
		next(60)
		for range 8 {
			r.minutes(20)
			next(3)
		}
		r.minutes(2)
		r.whole()
	})
}
