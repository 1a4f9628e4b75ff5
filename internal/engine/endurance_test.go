package engine

import (
	"flag"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slojourn/slojourn/slo"
)

var enduranceHours = flag.Int("endurance", 1, "for how many hours of its own clock TestEndurance measures")

// TestEndurance measures 1,000 SLOs for an hour, while events come late: what is
// held does not grow, and no goroutine stays. No other test runs beside it, as
// they would share the heap.
func TestEndurance(t *testing.T) {
	notForRaces(t)
	slos := 1000
	if testing.Short() {
		slos = 200
	}
	synctest.Test(t, func(t *testing.T) { endure(t, slos, *enduranceHours*minutesOfHour) })
}

// settled is after how many minutes everything is there that stays.
const settled = 10

// mostGrowth is by how much of what is held after some minutes it may be more in
// the end, in percent. In an hour that is a leak of 20 bytes an SLO and minute,
// and in a day one of a byte. What grows by itself is small: the number of all
// events is remembered for three days, and the runtime keeps what described
// goroutines that have ended.
const mostGrowth = 10

func endure(t *testing.T, slos, minutes int) {
	var ids []string
	for n := range slos {
		ids = append(ids, fmt.Sprintf("pay-%04d", n))
	}
	nothing := heapHeld()
	r := newRig(t, 2, ids...)
	pass := func(n int) {
		for range n {
			if m := slo.MinuteAt(time.Now()) - 1; m%5 == 0 {
				r.world.late[m] = time.Now().Add(time.Duration(m%40) * time.Minute)
			}
			if err := r.engine.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := r.engine.between(t.Context(), time.Now().Truncate(time.Minute).Add(measuring)); err != nil {
				t.Fatal(err)
			}
			if _, err := r.ledger.Maintain(t.Context(), time.Now()); err != nil {
				t.Fatal(err)
			}
			next(1)
		}
	}
	pass(settled)
	held, goroutines := heapHeld()-nothing, runtime.NumGoroutine()
	pass(minutes - settled)
	heldNow, goroutinesNow := heapHeld()-nothing, runtime.NumGoroutine()
	t.Logf("after %d minutes %d kB are held and there are %d goroutines, after %d minutes %d kB and %d",
		settled, held/1000, goroutines, minutes, heldNow/1000, goroutinesNow)
	if heldNow > held+held*mostGrowth/100 {
		t.Errorf("what is held has grown by %d %%, from %d to %d bytes", (heldNow-held)*100/held, held, heldNow)
	}
	if goroutinesNow > goroutines {
		t.Errorf("%d goroutines have become %d", goroutines, goroutinesNow)
	}
	r.verify()
	if p := r.engine.View().Progress; p.Gaps > 0 || p.Ready() != nil {
		t.Errorf("in the end there is %+v: %v", p, p.Ready())
	}
	if c := r.engine.View().Counters; c.Ticks != int64(minutes) || c.Corrections == 0 || c.Errors > 0 {
		t.Errorf("in the end there are %+v", c)
	}
}
