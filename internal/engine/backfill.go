package engine

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Between ticks the history is filled in: first the hours of everything, as
// sums, then the minutes, the newest first. What is missing is what the ledger
// has no minute of, so that nothing has to be remembered to go on later.

// Backfill does one piece of what is left to do for each source, and reports
// whether there was any. While one source is slow, the others go on with more of
// theirs. They are asked for a while at the most; what was not answered is left
// for later.
func (e *Engine) Backfill(ctx context.Context, most time.Duration) (bool, error) {
	if err := e.lock(ctx); err != nil {
		return false, err
	}
	defer e.unlock()
	e.refill()
	var did bool
	err := e.around(func() (err error) {
		did, err = e.scan(ctx)
		return err
	})
	if did || err != nil || most <= 0 {
		return did, errorf("look for gaps", err)
	}
	asking, cancel := e.clock.WithTimeout(ctx, most)
	defer cancel()
	if did, err = e.fill(ctx, asking); did {
		e.republish(e.clock.Now())
	}
	return did, err
}

// fill has each feed do a piece, and more of them until all have done one.
func (e *Engine) fill(ctx, asking context.Context) (bool, error) {
	var (
		turn   sync.Mutex
		left   atomic.Int64
		did    atomic.Bool
		failed = make([]error, len(e.feeds))
	)
	left.Store(int64(len(e.feeds)))
	e.eachFeed(func(n int, f *feed) {
		more, err := e.do(ctx, asking, f, &turn)
		left.Add(-1)
		for more && err == nil {
			did.Store(true)
			if left.Load() == 0 || asking.Err() != nil {
				break
			}
			more, err = e.do(ctx, asking, f, &turn)
		}
		failed[n] = err
	})
	return did.Load(), errors.Join(append(failed, ctx.Err())...)
}

// do does the next piece of a feed, and reports whether there was one. Feeds take
// turns in all but to wait for their sources.
func (e *Engine) do(ctx, asking context.Context, f *feed, turn *sync.Mutex) (bool, error) {
	turn.Lock()
	piece := e.next(f, e.clock.Now())
	turn.Unlock()
	if piece == nil {
		return false, nil
	}
	piece.ask(asking)
	if ctx.Err() != nil {
		return false, nil
	}
	turn.Lock()
	defer turn.Unlock()
	if err := piece.keep(ctx); err != nil {
		e.fail()
		return true, err
	}
	return true, nil
}

// byFeed sorts requests by who answers them.
func (e *Engine) byFeed(list []*request) map[*feed][]*request {
	owner := map[*indicator]*feed{}
	for _, f := range e.feeds {
		for _, i := range f.indicators {
			owner[i] = f
		}
	}
	byFeed := map[*feed][]*request{}
	for _, r := range list {
		byFeed[owner[r.indicator]] = append(byFeed[owner[r.indicator]], r)
	}
	return byFeed
}

const minutesOfHour = 60

// hours returns the cuts around each hour of a span, which begins and ends with
// one.
func hours(span slo.Span) []slo.Minute {
	var cuts []slo.Minute
	for m := span.Start; m <= span.End; m += minutesOfHour {
		cuts = append(cuts, m)
	}
	return cuts
}
