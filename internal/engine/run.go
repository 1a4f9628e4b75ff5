package engine

import (
	"context"
	"errors"
	"time"
)

// Run ticks at every minute until ctx ends, and fills in the history in between.
// What fails is logged and tried again: a full disk or a source that is gone is
// no reason to stop.
func (e *Engine) Run(ctx context.Context) error {
	for {
		if err := e.Tick(ctx); err != nil && ctx.Err() == nil {
			e.log.Error("a tick was not kept and will be repeated", "error", err)
		}
		if err := e.between(ctx); err != nil && ctx.Err() == nil {
			e.log.Error("the history could not be filled in and will be later", "error", err)
		}
		now := e.clock.Now()
		if err := e.clock.Sleep(ctx, now.Truncate(time.Minute).Add(time.Minute).Sub(now)); err != nil {
			return nil //nolint:nilerr // it was told to stop
		}
	}
}

// between does what is to be done before the next minute begins.
func (e *Engine) between(ctx context.Context) error {
	now := e.clock.Now()
	until := now.Truncate(time.Minute).Add(measuring)
	failed := e.maintain(ctx, now) // which is no reason to leave the rest
	if failed != nil {
		e.mu.Lock()
		if e.setAside(e.feeds, failed) {
			failed = nil
		}
		e.mu.Unlock()
	}
	for ctx.Err() == nil {
		left := until.Sub(e.clock.Now())
		if left <= 0 {
			break
		}
		if more, err := e.Backfill(ctx, left); err != nil || !more {
			return errors.Join(failed, err)
		}
	}
	return errors.Join(failed, ctx.Err())
}
