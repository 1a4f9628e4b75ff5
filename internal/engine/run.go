package engine

import (
	"context"
	"errors"
	"time"
)

// Run ticks at every minute until ctx ends, and fills in the history in between.
// What fails is logged and tried again: a full disk or a source that is gone is
// no reason to stop. A tick that took longer than its minute is followed by the
// next one at once.
func (e *Engine) Run(ctx context.Context) error {
	for {
		minute := e.clock.Now().Truncate(time.Minute)
		if err := e.Tick(ctx); err != nil && ctx.Err() == nil {
			e.log.Error("a tick was not kept and will be repeated", "error", err)
		}
		if err := e.between(ctx, minute.Add(measuring)); err != nil && ctx.Err() == nil {
			e.log.Error("the history could not be filled in and will be later", "error", err)
		}
		if wait := minute.Add(time.Minute).Sub(e.clock.Now()); wait > 0 {
			if err := e.clock.Sleep(ctx, min(wait, time.Minute)); err != nil { // a clock that is put back is no reason to wait
				return nil //nolint:nilerr // it was told to stop
			}
		}
		if ctx.Err() != nil {
			return nil
		}
	}
}

// between does what is to be done before the next minute begins.
func (e *Engine) between(ctx context.Context, until time.Time) error {
	failed := e.maintain(ctx, e.clock.Now()) // which is no reason to leave the rest
	if failed != nil && e.lock(ctx) == nil {
		if e.setAside(failed) {
			failed = nil
		}
		e.unlock()
	}
	failed = errors.Join(failed, e.recall(ctx, until, false))
	before := e.rows()
	for {
		left := until.Sub(e.clock.Now())
		more, err := e.Backfill(ctx, left)
		if err == nil && !more && e.rows() != before { // of which some may be in windows that are over
			err = e.recall(ctx, until, true)
		}
		if err != nil || !more || left <= 0 {
			return errors.Join(failed, err)
		}
	}
}

// rows returns how many minutes were measured, as of the last view.
func (e *Engine) rows() int64 {
	if view := e.view.Load(); view != nil {
		return view.Counters.Rows
	}
	return 0
}
