package main

import (
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/outbox"
)

// TestJudging says that alerts are judged while ticks are kept, and for a while
// before the first one.
func TestJudging(t *testing.T) {
	t.Parallel()
	begun := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	now, tick := begun, time.Time{}
	alive := judging(func() (outbox.Box, bool) {
		return outbox.Box{State: outbox.State{States: alert.States{At: tick}}}, !tick.IsZero()
	}, func() time.Time { return now })
	for _, c := range []struct {
		now, tick time.Duration // since the beginning; 0 for no tick
		want      bool
	}{
		{0, 0, true},
		{4 * time.Minute, 0, true},
		{5 * time.Minute, 0, false},
		{10 * time.Minute, 9 * time.Minute, true},
		{13 * time.Minute, 9 * time.Minute, true},
		{14 * time.Minute, 9 * time.Minute, false},
		{15 * time.Minute, 15 * time.Minute, true},
	} {
		if now = begun.Add(c.now); c.tick > 0 {
			tick = begun.Add(c.tick)
		}
		if got := alive(); got != c.want {
			t.Errorf("after %s with a tick at %s: got %t, want %t", c.now, c.tick, got, c.want)
		}
	}
}
