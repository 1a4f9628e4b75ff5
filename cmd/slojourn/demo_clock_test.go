package main

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

// TestShopClockRunsFaster wakes who sleeps when its time has come, also when the
// clock runs faster since.
func TestShopClockRunsFaster(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inner, err := simulator.NewClock(time.Now(), 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		clock, began := shopClock{inner}, time.Now()
		time.AfterFunc(10*time.Second, func() {
			if err := inner.SetSpeed(60); err != nil {
				t.Error(err)
			}
		})
		if err := clock.Sleep(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < 10*time.Second || took > 12*time.Second {
			t.Errorf("a minute took %v, of which 10 s at its usual speed", took)
		}
		if got := inner.Now().Sub(began); got < time.Minute || got > 2*time.Minute {
			t.Errorf("the clock went on by %v", got)
		}
	})
}
