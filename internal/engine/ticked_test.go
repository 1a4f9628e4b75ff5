package engine

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestTicked tells of every tick how long it took and what became of it.
func TestTicked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1, "a")
		var failed []bool
		var took []time.Duration
		options := r.options()
		options.Ticked = func(d time.Duration, err error) { took, failed = append(took, d), append(failed, err != nil) }
		e, _, err := New(t.Context(), options, r.specs())
		if err != nil {
			t.Fatal(err)
		}
		r.world.slow = time.Second
		for n := range 3 {
			r.broken.failures.Store(int64(n % 2))
			if err := e.Tick(t.Context()); (err != nil) != (n == 1) {
				t.Fatal(n, err)
			}
			next(1)
		}
		if len(failed) != 3 || failed[0] || !failed[1] || failed[2] || took[0] < time.Second || took[2] > time.Minute {
			t.Errorf("told %v, %v", failed, took)
		}
	})
}
