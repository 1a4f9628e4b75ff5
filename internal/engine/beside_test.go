package engine

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// beside has the rig's last SLO measured by a source of its own, which is odd.
func (r *rig) beside(o odd) {
	r.Helper()
	o.world = r.world
	specs := r.specs()
	last := specs.Set.SLOs[len(specs.Set.SLOs)-1]
	second := *last.Source
	second.Name = "zweite"
	last.Source = &second
	specs.Set.Sources = append(specs.Set.Sources, &second)
	specs.Sources["zweite"] = o
	if _, err := r.engine.Reload(r.Context(), specs); err != nil {
		r.Fatal(err)
	}
}

// TestSourceHangs has one source that answers nothing before its deadline: the
// history of the other one is filled in meanwhile.
func TestSourceHangs(t *testing.T) {
	hang := func(ctx context.Context, a *sources.Answer) {
		<-ctx.Done()
		*a = sources.Answer{Err: ctx.Err()}
	}
	for name, hangs := range map[string]func(q sources.Request) bool{
		"always":         func(sources.Request) bool { return true },
		"in its history": func(q sources.Request) bool { return q.Need == sources.Backfill },
		"in its ticks":   func(q sources.Request) bool { return q.Need != sources.Backfill },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newRig(t, 60, "pay", "search", "other")
				r.beside(odd{answer: func(ctx context.Context, q sources.Request, a *sources.Answer) {
					if hangs(q) {
						hang(ctx, a)
					}
				}})
				r.minutes(2)
				r.ids = []string{"pay", "search"}
				if wrong := r.wrong(slo.Span{Start: r.world.begin, End: slo.MinuteAt(time.Now().Add(-lag)) - 4}); len(wrong) > 0 {
					t.Errorf("%d minutes are wrong, such as %s", len(wrong), wrong[0])
				}
			})
		})
	}
}

// TestExtentsHang does not get in the way of the newest minutes, be it every hour or
// of an SLO that is new.
func TestExtentsHang(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 10, "pay", "search")
		r.minutes(3)
		hangs := false
		world := slow{r.world, &hangs}
		specs := r.specs()
		specs.Sources["world"] = world
		if _, err := r.engine.Reload(t.Context(), specs); err != nil {
			t.Fatal(err)
		}
		r.minutes(3)
		hangs = true
		fresh := func(minutes int) {
			t.Helper()
			for range minutes {
				r.minutes(1)
				for _, status := range r.engine.View().Snapshot.Statuses {
					if w := status.Objectives[0].Window; status.ID != "login" && w.Measured != 60 {
						t.Fatalf("at %v: %s has %+v", time.Now(), status.ID, w)
					}
				}
			}
		}
		fresh(70)
		r.ids = append(r.ids, "login")
		specs = r.specs()
		specs.Sources["world"] = world
		if _, err := r.engine.Reload(t.Context(), specs); err != nil {
			t.Fatal(err)
		}
		fresh(10)
		hangs = false
		r.minutes(3)
		r.whole()
	})
}

// slow is a world that may not answer since when there are events.
type slow struct {
	*world
	hangs *bool
}

func (s slow) Extents(ctx context.Context, now time.Time, slos []*slo.SLO) []sources.Extent {
	extents := s.world.Extents(ctx, now, slos)
	if *s.hangs {
		<-ctx.Done()
		for k := range extents {
			end := extents[k].Span.End
			extents[k] = sources.Extent{Span: slo.Span{Start: end, End: end}, Err: ctx.Err()}
		}
	}
	return extents
}

// TestReloadDoesNotWaitForEver gives up when it is told to while a tick waits for its
// source.
func TestReloadDoesNotWaitForEver(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 5, "pay")
		r.world.slow = 20 * time.Second
		ended := make(chan error)
		go func() { ended <- r.engine.Tick(t.Context()) }()
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		started := time.Now()
		if _, err := r.engine.Reload(ctx, r.specs()); !errors.Is(err, context.DeadlineExceeded) || time.Since(started) > 2*time.Second {
			t.Errorf("%v after %v", err, time.Since(started))
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// TestRunCatchesUp ticks at once after a tick that took longer than its minute.
func TestRunCatchesUp(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 2, "pay")
		ctx, stop := context.WithCancel(t.Context())
		var long atomic.Bool
		options := r.options()
		options.Maintain = func(context.Context, time.Time) error {
			if long.Swap(false) {
				time.Sleep(70 * time.Second)
			}
			return nil
		}
		var err error
		if r.engine, _, err = New(ctx, options, r.specs()); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error)
		go func() { ended <- r.engine.Run(ctx) }()
		time.Sleep(3*time.Minute + 30*time.Second)
		long.Store(true)
		time.Sleep(6 * time.Minute)
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if c := r.engine.View().Counters; c.Ticks != 10 {
			t.Errorf("%d ticks in 10 minutes", c.Ticks)
		}
	})
}

// TestErrorsAreCounted whatever was asked for.
func TestErrorsAreCounted(t *testing.T) {
	for name, o := range map[string]odd{
		"all events": {answer: func(_ context.Context, q sources.Request, a *sources.Answer) {
			if q.SLO == all {
				*a = sources.Answer{Err: errGone}
			}
		}},
		"the first event": {extents: func(_ *slo.SLO, e *sources.Extent) { e.Err = errGone }},
		"older hours": {answer: func(_ context.Context, q sources.Request, a *sources.Answer) {
			if q.Need == sources.Backfill {
				*a = sources.Answer{Err: errGone}
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newRig(t, 10, "pay")
				r.in(o)
				r.minutes(2)
				if c := r.engine.View().Counters; c.Errors == 0 {
					t.Errorf("%+v", c)
				}
			})
		})
	}
}
