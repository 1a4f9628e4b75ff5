package engine

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// TestPreviousOfHours has a source of whose history only the hours can be read, and
// after a while.
func TestPreviousOfHours(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 30, "pay", "search")
		gone := true
		r.world.fails = func(_ string, span slo.Span) error {
			if span.End < closed().Floor(1440)+200 && (gone || span.Len() <= pieceMinutes) {
				return errGone
			}
			return nil
		}
		r.daily()
		r.start()
		r.minutes(3)
		if got := r.previous(); len(got) > 0 {
			t.Errorf("nothing could be read: %v", got)
		}
		gone = false
		r.minutes(75)
		if got, want := r.previous(), r.remaining(closed().Floor(1440)); len(want) != 3 || cmp.Diff(want, got) != "" {
			t.Errorf("%d windows: %s", len(want), cmp.Diff(want, got))
		}
	})
}

// TestPreviousWithDamage sums a window again of which an hour cannot be read any more,
// as a shorter window finds that minutes leave.
func TestPreviousWithDamage(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 60, "search", "cart")
		r.daily()
		daily := r.edit
		r.edit = func(set *slo.Set) {
			daily(set)
			set.SLOs[0].Objectives[0].Window = slo.Rolling(600)
		}
		r.start()
		r.minutes(3)
		r.maintain()
		before, lost := r.engine.former.list[0].at, closed()-600
		r.spoil(lost)
		r.world.fails = func(_ string, span slo.Span) error {
			if span.Start <= lost && lost < span.End {
				return errGone
			}
			return nil
		}
		for range 2 { // without a look at the ledger, which would find it first
			if err := r.engine.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := r.engine.between(t.Context(), time.Now().Add(time.Second)); err != nil {
				t.Fatal(err)
			}
			next(1)
		}
		if at := r.engine.former.list[0].at; len(r.engine.losses) != 1 || !at.After(before) {
			t.Errorf("%d parts are lost, and the window was summed at %v and %v", len(r.engine.losses), before, at)
		}
		if got, want := r.previous(), r.remaining(closed().Floor(1440)); cmp.Diff(want, got) != "" {
			t.Error(cmp.Diff(want, got))
		}
	})
}

// TestPreviousInBetween fills in the history between two turns of summing.
func TestPreviousInBetween(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 30, "pay", "search")
		r.daily()
		r.start()
		r.world.fails = func(string, slo.Span) error { return errGone }
		if err := r.engine.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.engine.former.turn = 1
		turns := &recalling{}
		if more, err := r.engine.recallSome(t.Context(), turns, false); err != nil || !more {
			t.Fatalf("more %t, %v", more, err)
		}
		r.world.fails = nil
		next(5)
		r.minutes(5)
		for more := true; more; {
			var err error
			if more, err = r.engine.recallSome(t.Context(), turns, false); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := r.previous(), r.remaining(closed().Floor(1440)); len(want) != 3 || cmp.Diff(want, got) != "" {
			t.Errorf("%d windows: %s", len(want), cmp.Diff(want, got))
		}
	})
}

// TestPreviousTurns sums fewer at once where that takes long, and more where it does
// not.
func TestPreviousTurns(t *testing.T) {
	notForRaces(t)
	inBubble(t, func(t *testing.T) {
		var ids []string
		for n := range 100 {
			ids = append(ids, idOf(n))
		}
		r := newRig(t, 30, ids...)
		r.daily()
		r.start()
		r.minutes(1)
		sum := func(each time.Duration) []int {
			r.engine.former.forget()
			r.broken.each, r.broken.summed = each, nil
			if err := r.engine.recall(t.Context(), time.Now().Add(time.Hour), false); err != nil {
				t.Fatal(err)
			}
			return r.broken.summed
		}
		if fast := sum(0); len(fast) > 8 {
			t.Errorf("nothing takes long, and so many are summed at once: %v", fast)
		}
		slow := sum(10 * time.Millisecond)
		if slow[0] != 100 {
			t.Errorf("the journey is not the first: %v", slow)
		}
		for _, n := range slow[2:] { // behind its minutes and its hours
			if n > 10 {
				t.Errorf("a turn took longer than %v: %v", longestTurn, slow)
				break
			}
		}
		sum(0)
		if fast := sum(0); len(fast) > 8 {
			t.Errorf("it is fast again, and so many are summed at once: %v", fast)
		}
	})
}

// TestPreviousSubset judges what is asked for, with what that takes.
func TestPreviousSubset(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 3, "cart", "pay", "pause")
		r.daily()
		r.start()
		recalling := &recalling{}
		recalling.begin(r.engine.state)
		subset := func(list ...*formerBudget) (got []string) {
			part := recalling.subset(list)
			for _, j := range part.Journeys {
				got = append(got, fmt.Sprint(j.ID, " ", names(j.Objectives)))
			}
			for _, s := range part.SLOs {
				got = append(got, fmt.Sprint(s.ID, " ", names(s.Objectives)))
			}
			return got
		}
		day := func(id string) *formerBudget {
			return &formerBudget{Previous: burnrate.Previous{ID: id, Objective: "day"}}
		}
		if diff := cmp.Diff([]string{"pay [day]"}, subset(day("pay"))); diff != "" {
			t.Error(diff)
		}
		all := []string{"buy [day]", "cart []", "pay [day]", "pause []"}
		if diff := cmp.Diff(all, subset(day("pay"), day("buy"))); diff != "" {
			t.Error(diff)
		}
		// An objective that alerts has windows of alerts as well.
		list := []*formerBudget{{Previous: burnrate.Previous{ID: "pay", Objective: "1h"}}}
		for _, s := range recalling.subset(list).SLOs {
			if s.Objectives[0].Alerts != nil {
				t.Errorf("%s alerts", s.ID)
			}
		}
		if r.engine.state.set.SLOs[1].Objectives[0].Alerts == nil {
			t.Error("the set was changed")
		}
	})
}

func names(objectives []slo.Objective) []string {
	list := []string{}
	for _, o := range objectives {
		list = append(list, o.Name)
	}
	return list
}
