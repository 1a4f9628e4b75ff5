package main

import (
	"context"
	"sync"
	"time"

	"github.com/slojourn/slojourn/internal/engine"
)

// wallClock is the time of this machine.
type wallClock struct{ now func() time.Time }

// Now implements [engine.Clock].
func (c wallClock) Now() time.Time { return c.now() }

// Sleep implements [engine.Clock].
func (wallClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// WithTimeout implements [engine.Clock].
func (wallClock) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, d)
}

// wakingClock is a clock whose sleepers can be woken: an engine that sleeps until
// the next minute ticks at once then.
type wakingClock struct {
	engine.Clock
	woken chan struct{} // has room for one
}

func newWakingClock(clock engine.Clock) wakingClock {
	return wakingClock{clock, make(chan struct{}, 1)}
}

// wake wakes who sleeps, or who will sleep next.
func (c wakingClock) wake() {
	select {
	case c.woken <- struct{}{}:
	default:
	}
}

// Sleep implements [engine.Clock].
func (c wakingClock) Sleep(ctx context.Context, d time.Duration) error {
	sleeping, cancel := context.WithCancel(ctx)
	var waiting sync.WaitGroup
	waiting.Go(func() {
		select {
		case <-c.woken:
			cancel()
		case <-sleeping.Done():
		}
	})
	_ = c.Clock.Sleep(sleeping, d) // it ends with ctx, or early
	cancel()
	waiting.Wait()
	return ctx.Err()
}
