package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// inBubble runs a test with a clock of its own.
func inBubble(t *testing.T, do func(t *testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, do)
}

func TestFirstSight(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 50, "pay", "search")
		if r.engine.View() != nil {
			t.Error("there is a view before the first tick")
		}
		r.minutes(1)
		r.whole()
		counters := r.engine.View().Counters
		if counters.Ticks != 1 || counters.Corrections != 0 || counters.Errors != 0 {
			t.Errorf("%+v", counters)
		}
		r.minutes(30)
		r.whole()
	})
}

// TestCoarseHours asks for the hours of everything first: budgets are known
// before the minutes are, and are the same in the end.
func TestCoarseHours(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 50, "search", "5m")
		tick := func(pieces int) []burnrate.Objective {
			if err := r.engine.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
			for range pieces {
				if _, err := r.engine.Backfill(t.Context(), 50*time.Second); err != nil {
					t.Fatal(err)
				}
			}
			r.verify()
			for _, status := range r.engine.View().Snapshot.Statuses {
				if status.ID == "search" {
					return status.Objectives
				}
			}
			return nil
		}
		first := tick(2) // it looks for gaps, and asks for the hours
		if a := first[1].Approximate; a < 46*60 || a > 48*60 || first[0].Approximate != 0 {
			t.Errorf("%d minutes of 2d are known by the hour, and %d of 1h", a, first[0].Approximate)
		}
		if err := r.engine.View().Progress.Ready(); err != nil {
			t.Error(err)
		}
		r.start() // which knows them still
		again := tick(0)
		if again[1].Approximate != first[1].Approximate {
			t.Errorf("%d minutes are known by the hour, before %d", again[1].Approximate, first[1].Approximate)
		}
		next(1)
		r.minutes(1)
		r.whole()
		whole := tick(0)[1]
		if whole.Approximate != 0 {
			t.Errorf("%d minutes are known by the hour in the end", whole.Approximate)
		}
		if rough := first[1].Window; rough.Measured < 47*60 || rough.Counts.Total < whole.Window.Counts.Total*47/48 {
			t.Errorf("by the hour %+v, by the minute %+v", rough, whole.Window)
		}
	})
}

// TestSameInstant ticks twice within a minute: the second tick changes nothing.
func TestSameInstant(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 5, "pay")
		r.minutes(3)
		if err := r.engine.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		commits, before := r.broken.commits, r.engine.View().Snapshot
		if err := r.engine.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r.broken.commits != commits {
			t.Errorf("%d commits more", r.broken.commits-commits)
		}
		if got := r.engine.View().Snapshot; got.Statuses[0].Objectives[0].Window != before.Statuses[0].Objectives[0].Window {
			t.Errorf("%+v, before %+v", got.Statuses[0].Objectives[0].Window, before.Statuses[0].Objectives[0].Window)
		}
	})
}

// TestSourceIsGone has a source that answers nothing for an hour, and for a day.
func TestSourceIsGone(t *testing.T) {
	for name, minutes := range map[string]int{"an hour": 60, "a day": 1440} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && minutes > 60 {
				t.Skip("the same for a day takes long")
			}
			inBubble(t, func(t *testing.T) {
				r := newRig(t, 10, "pay", "search")
				r.minutes(5)
				r.world.fails = func(string, slo.Span) error { return errGone }
				r.minutes(minutes)
				view := r.engine.View()
				if p := view.Progress; p.Failing != 2 || p.Gaps < int64(2*(minutes-10)) {
					t.Errorf("while it is gone: %+v", p)
				}
				if f := view.Snapshot.Failures; len(f) != 2 || f[0].ID != "pay" || f[0].Message != errGone.Error() {
					t.Errorf("failures: %v", f)
				}
				if o := view.Snapshot.Statuses[0].Objectives[0]; minutes > 100 && o.Window.Measured != 0 {
					t.Errorf("the last hour was measured: %+v", o.Window)
				}
				r.world.fails = nil
				r.minutes(3)
				r.whole()
				if f := r.engine.View().Snapshot.Failures; len(f) > 0 {
					t.Errorf("failures: %v", f)
				}
			})
		})
	}
}

// TestOneSLOFails leaves the other one alone.
func TestOneSLOFails(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 30, "pay", "search")
		r.world.fails = func(id string, _ slo.Span) error {
			if id == "search" {
				return errors.New("NRQL Syntax Error")
			}
			return nil
		}
		r.minutes(20)
		if f := r.engine.View().Snapshot.Failures; len(f) != 1 || f[0].ID != "search" {
			t.Errorf("failures: %v", f)
		}
		if err := r.engine.View().Progress.Ready(); err != nil {
			t.Errorf("one that cannot be measured holds back the others: %v", err)
		}
		r.ids = []string{"pay"}
		if wrong := r.wrong(slo.Span{Start: r.world.begin, End: slo.MinuteAt(time.Now()) - 5}); len(wrong) > 0 {
			t.Error(wrong[0])
		}
		r.ids, r.world.fails = []string{"pay", "search"}, nil
		r.minutes(10)
		r.whole()
	})
}

// TestLateEvents come up to six hours late.
func TestLateEvents(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes two days of the bubble's clock")
	}
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 1, "pay", "search")
		for n := range 200 {
			m := slo.MinuteAt(time.Now()) - 1
			if n%3 == 0 {
				r.world.late[m] = time.Now().Add(time.Duration(n*n%360) * time.Minute)
			}
			r.minutes(1)
		}
		for range 26 * 6 { // until everything of two days was looked at again
			next(9)
			r.minutes(1)
		}
		r.whole()
		if c := r.engine.View().Counters; c.Corrections < 50 {
			t.Errorf("%+v", c)
		}
	})
}

// TestSleep is a machine that was asleep, or a process that was not running.
func TestSleep(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 10, "pay", "search", "5m")
		r.minutes(5)
		for _, hours := range []int{0, 1, 30} {
			next(hours*60 + 7)
			r.minutes(4)
			r.whole()
			next(hours*60 + 11)
			if changes := r.start(); len(changes) > 0 {
				t.Errorf("changes: %v", changes)
			}
			r.minutes(4)
			r.whole()
		}
	})
}

// TestFullDisk keeps nothing for a while: what was measured is measured again.
func TestFullDisk(t *testing.T) {
	notForRaces(t)
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 10, "pay", "search")
		r.minutes(3)
		r.broken.failures.Store(1 << 30)
		for range 90 {
			if err := r.engine.Tick(t.Context()); err == nil || !strings.Contains(err.Error(), "no space left on device") {
				t.Fatal(err)
			}
			next(1)
		}
		if c := r.engine.View().Counters; c.Ticks != 3 {
			t.Errorf("a view of what was not kept: %+v", c)
		}
		r.broken.failures.Store(0)
		r.minutes(3)
		r.whole()
		if c := r.engine.View().Counters; c.Failed != 90 {
			t.Errorf("%+v", c)
		}
	})
}

// TestSlowSource cannot answer everything within a minute: what wakes nobody is
// measured every five minutes then, and nothing is lost.
func TestSlowSource(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 2, "pay", "search")
		r.minutes(3)
		r.world.slow = 50 * time.Second // twice, for the number of all events too
		r.minutes(10)
		if p := r.engine.View().Progress; !slices.Equal(p.Slow, []string{"world"}) {
			t.Errorf("it does not say that it is slow: %+v", p)
		}
		r.world.slow = 10 * time.Second
		r.minutes(7)
		statuses := r.engine.View().Snapshot.Statuses
		pay, search := statuses[0].Objectives[0].Window.Span.End, statuses[1].Objectives[0].Window.Span.End
		if pay != slo.MinuteAt(time.Now().Add(-lag))-1 || search != pay.Floor(5) && search != (pay-1).Floor(5) {
			t.Errorf("pay ends with %d, search with %d", pay, search)
		}
		r.world.slow = 0
		r.minutes(20)
		if p := r.engine.View().Progress; len(p.Slow) > 0 {
			t.Errorf("it is slow still: %+v", p)
		}
		r.whole()
	})
}

// TestReload adds and removes SLOs: what stays is not measured again.
func TestReload(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 30, "pay", "search")
		r.minutes(5)
		r.world.asked = map[sources.Need]int64{}
		r.ids = []string{"pay", "login"}
		changes, err := r.engine.Reload(t.Context(), r.specs())
		if err != nil || len(changes) != 2 || changes[0].ID != "login" || changes[1].ID != "search" {
			t.Fatalf("%v, %v", changes, err)
		}
		r.minutes(1)
		r.whole()
		if asked := r.world.asked[sources.Backfill]; asked > 3*30*60 {
			t.Errorf("%d minutes were filled in", asked)
		}
		r.minutes(5)
		r.ids = []string{"pay", "login", "search"}
		if _, err := r.engine.Reload(t.Context(), r.specs()); err != nil {
			t.Fatal(err)
		}
		r.minutes(2)
		r.whole()
	})
}

// TestRemoval refuses to lose much at once, also at a start, until it is allowed.
func TestRemoval(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 2, "a", "b", "c", "d", "e", "f", "g")
		r.minutes(1)
		r.ids = []string{"a", "b", "c", "d"}
		_, err := r.engine.Reload(t.Context(), r.specs())
		refused, ok := errors.AsType[*RemovalError](err)
		if !ok || !slices.Equal(refused.Removed, []string{"e", "f", "g"}) || refused.Of != 7 {
			t.Fatalf("%v", err)
		}
		if _, _, err := New(t.Context(), r.options(), r.specs()); err == nil {
			t.Error("a start takes it for a decision")
		}
		r.minutes(1)
		if n := len(r.engine.View().Snapshot.Statuses); n != 7 {
			t.Errorf("%d SLOs are left", n)
		}
		r.ids = []string{"a", "b", "c", "d", "e"} // two may go
		if _, err := r.engine.Reload(t.Context(), r.specs()); err != nil {
			t.Error(err)
		}
		specs := Specs{Set: &slo.Set{}, Removed: []string{"a", "b", "c", "d", "e"}}
		if _, err := r.engine.Reload(t.Context(), specs); err != nil {
			t.Error(err)
		}
	})
}

// TestReloadFails goes on as before.
func TestReloadFails(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 5, "pay")
		r.minutes(2)
		r.ids = []string{"pay", "login"}
		r.broken.failures.Store(1)
		if _, err := r.engine.Reload(t.Context(), r.specs()); err == nil {
			t.Fatal("it was taken over without being kept")
		}
		r.ids = []string{"pay"}
		r.minutes(3)
		r.whole()
		if n := len(r.engine.View().Snapshot.Statuses); n != 1 {
			t.Errorf("%d SLOs", n)
		}
	})
}

// TestClock is put back a little, and far ahead and back again. What the source
// answers about minutes that have not happened is refused by it.
func TestClock(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 10, "pay", "search")
		r.minutes(5)
		for _, wrong := range []time.Duration{-20 * time.Minute, -3 * time.Hour, 2 * time.Minute, 20 * time.Minute, 55 * time.Minute, 90 * time.Minute, 10 * 365 * 24 * time.Hour} {
			r.clock.wrong = wrong
			r.minutes(3)
			r.clock.wrong = 0
			r.minutes(5)
			if end := r.engine.View().Snapshot.Statuses[0].Objectives[0].Window.Span.End; end != slo.MinuteAt(time.Now().Add(-lag))-1 {
				t.Errorf("after the clock was wrong by %v windows end %d minutes from now", wrong, end-slo.MinuteAt(time.Now()))
			}
			next(100)
			r.minutes(3)
			r.whole()
		}
	})
}

// TestClockAndFullDisk: windows that were moved far ahead by a tick that could not
// be kept come back when the clock does.
func TestClockAndFullDisk(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 10, "pay", "search")
		r.minutes(5)
		r.world.late[slo.MinuteAt(time.Now().Add(-lag))-1] = time.Now().Add(30 * time.Second)
		r.minutes(1)
		r.clock.wrong = 30 * time.Hour
		r.broken.failures.Store(1) // of a correction
		if err := r.engine.Tick(t.Context()); err == nil {
			t.Fatal("there was nothing to keep")
		}
		r.clock.wrong = 0
		r.minutes(3)
		if end := r.engine.View().Snapshot.Statuses[0].Objectives[0].Window.Span.End; end != slo.MinuteAt(time.Now().Add(-lag))-1 {
			t.Errorf("windows end %d minutes from now", end-slo.MinuteAt(time.Now()))
		}
		r.whole()
	})
}

// TestLargeCounts are no reason not to keep those of others.
func TestLargeCounts(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 2, "pay", "search")
		r.minutes(1)
		r.world.large = "search"
		r.minutes(5)
		if f := r.engine.View().Snapshot.Failures; len(f) != 1 || f[0].ID != "search" || !strings.Contains(f[0].Message, "count in a larger unit") {
			t.Errorf("failures: %v", f)
		}
		r.ids = []string{"pay"}
		if wrong := r.wrong(slo.Span{Start: r.world.begin, End: slo.MinuteAt(time.Now()) - 5}); len(wrong) > 0 {
			t.Error(wrong[0])
		}
	})
}

// TestRun ticks once a minute until it is told to stop, whatever fails.
func TestRun(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 5, "pay", "search")
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- r.engine.Run(ctx) }()
		time.Sleep(5 * time.Minute)
		r.broken.failures.Store(3)
		time.Sleep(10 * time.Minute)
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if c := r.engine.View().Counters; c.Ticks < 12 || c.Ticks > 14 || c.Failed < 2 {
			t.Errorf("%+v", c)
		}
		if !strings.Contains(r.log.String(), "no space left on device") {
			t.Errorf("the log says %q", r.log.String())
		}
		r.whole()
	})
}

// TestSharedIndicator has two SLOs of two sources that count the same, and one
// that has counted it before and something else since: what comes late is right
// for all.
func TestSharedIndicator(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 3, "pay", "other", "third")
		twice := func(third slo.IndicatorID) Specs {
			specs := r.specs()
			second := *specs.Set.SLOs[1].Source
			second.Name = "zweite"
			specs.Set.SLOs[1].Source, specs.Set.SLOs[1].Indicator = &second, "pay"
			specs.Set.SLOs[2].Indicator = third
			specs.Set.Sources = append(specs.Set.Sources, &second)
			specs.Sources["zweite"] = r.world
			return specs
		}
		if _, err := r.engine.Reload(t.Context(), twice("pay")); err != nil {
			t.Fatal(err)
		}
		late := func() {
			for n := range 40 {
				if n%4 == 0 {
					r.world.late[slo.MinuteAt(time.Now())-1] = time.Now().Add(20 * time.Minute)
				}
				r.minutes(1)
			}
		}
		late()
		if _, err := r.engine.Reload(t.Context(), twice("third")); err != nil {
			t.Fatal(err)
		}
		late()
		for _, status := range r.engine.View().Snapshot.Statuses {
			if w := status.Objectives[0].Window; w.Measured != 60 {
				t.Errorf("%s: %+v", status.ID, w)
			}
		}
	})
}

// TestHoursThatCannotBeSummed fails to read the hours while the windows are summed
// anew after a pause: they are known again afterwards.
func TestHoursThatCannotBeSummed(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 60, "search")
		if err := r.engine.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 2 { // it looks for gaps, and asks for the hours
			if _, err := r.engine.Backfill(t.Context(), 50*time.Second); err != nil {
				t.Fatal(err)
			}
		}
		next(25 * 60)
		r.broken.noCoarse = true
		if err := r.engine.Tick(t.Context()); err == nil {
			t.Fatal("the hours were read")
		}
		r.broken.noCoarse = false
		next(1)
		if err := r.engine.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if a := r.engine.View().Snapshot.Statuses[0].Objectives[1].Approximate; a == 0 {
			t.Error("no hours are known")
		}
		r.verify()
	})
}

// TestAnotherValueOfTheSource knows what the one before has found: nothing is counted
// again because of it.
func TestAnotherValueOfTheSource(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 5, "pay", "search")
		r.minutes(70) // beyond an hour, when it was looked back
		r.world.asked = map[sources.Need]int64{}
		r.in(odd{})
		r.minutes(60)
		corrections := r.world.asked[sources.Correction] // all events of some hours among them
		if corrections > 2*6*60 {
			t.Errorf("%d minutes were asked for again", corrections)
		}
	})
}

// TestSharedIndicatorWithLags is measured when the minutes of all its SLOs are
// closed.
func TestSharedIndicatorWithLags(t *testing.T) {
	for name, slower := range map[string]int{"first": 0, "second": 1} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newRig(t, 3, "pay", "other")
				specs := r.specs()
				specs.Set.SLOs[1].Indicator = "pay"
				specs.Set.SLOs[slower].SLI.Lag.Value = 4 * time.Minute
				if _, err := r.engine.Reload(t.Context(), specs); err != nil {
					t.Fatal(err)
				}
				r.minutes(10)
				for _, status := range r.engine.View().Snapshot.Statuses {
					if end := status.Objectives[0].Window.Span.End; end != slo.MinuteAt(time.Now().Add(-lag-4*time.Minute))-1 {
						t.Errorf("%s ends %d minutes from now", status.ID, end-slo.MinuteAt(time.Now()))
					}
				}
			})
		})
	}
}
