package main

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestWakingClock sleeps as long as it is told to, or until it is woken, which is
// not forgotten when nobody sleeps.
func TestWakingClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock := newWakingClock(wallClock{time.Now})
		took := func(ctx context.Context) (time.Duration, error) {
			began := time.Now()
			err := clock.Sleep(ctx, time.Minute)
			return time.Since(began), err
		}
		if d, err := took(t.Context()); d != time.Minute || err != nil {
			t.Errorf("%v, %v", d, err)
		}
		time.AfterFunc(time.Second, clock.wake)
		if d, err := took(t.Context()); d != time.Second || err != nil {
			t.Errorf("woken: %v, %v", d, err)
		}
		clock.wake()
		clock.wake()
		if d, err := took(t.Context()); d != 0 || err != nil {
			t.Errorf("woken before: %v, %v", d, err)
		}
		if d, err := took(t.Context()); d != time.Minute || err != nil {
			t.Errorf("woken once: %v, %v", d, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if d, err := took(ctx); d != time.Second || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ended: %v, %v", d, err)
		}
	})
}
