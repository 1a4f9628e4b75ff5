package engine

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// period returns a calendar window in UTC.
func period(t *testing.T, name string) slo.Window {
	t.Helper()
	w, err := slo.ParseWindow(name)
	if err != nil {
		t.Fatal(err)
	}
	return w.In(time.UTC)
}

// daily has SLOs and journeys of them with a budget for each day.
func (r *rig) daily() {
	r.edit = func(set *slo.Set) {
		day := slo.Objective{Name: "day", Target: set.SLOs[0].Objectives[0].Target, Window: period(r.T, "day")}
		j := &slo.Journey{ID: "buy", Compose: slo.Series, Objectives: []slo.Objective{day}}
		for _, s := range set.SLOs {
			s.Objectives = append(s.Objectives, day)
			j.Steps = append(j.Steps, slo.Step{Name: s.ID, SLO: s})
		}
		set.Journeys = []*slo.Journey{j}
	}
}

// previous lists what remained, by id.
func (r *rig) previous() map[string]string {
	list := map[string]string{}
	for _, p := range r.engine.View().Snapshot.Previous {
		list[p.ID+" "+p.Objective] = fmt.Sprint(p.Remaining)
	}
	return list
}

// remaining is what remained of budgets at an end, by what is kept.
func (r *rig) remaining(end slo.Minute) map[string]string {
	r.Helper()
	lag := func(*slo.SLO) (time.Duration, bool) { return 0, true }
	snapshot, err := Kept(r.Context(), r.specs().Set, r.ledger, lag, end.Time())
	if err != nil {
		r.Fatal(err)
	}
	list := map[string]string{}
	for _, status := range snapshot.Statuses {
		for _, o := range status.Objectives {
			if o.Name == "day" && o.Window.State != burnrate.NoData {
				list[status.ID+" day"] = fmt.Sprint(o.Budget.Remaining)
			}
		}
	}
	return list
}

// TestPreviousWindows begins on a day of which a part was measured, goes on past the
// next midnight, has events arrive late, and other specs come.
func TestPreviousWindows(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 40, "pay", "search")
		time.Sleep(19 * time.Hour) // an hour before midnight
		r.daily()
		r.start()
		if err := r.engine.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := r.previous(); len(got) > 0 {
			t.Errorf("before anything was filled in: %v", got)
		}
		r.minutes(1)
		midnight := closed().Floor(1440)
		if got, want := r.previous(), r.remaining(midnight); len(want) != 3 || cmp.Diff(want, got) != "" {
			t.Errorf("once the history was filled in: %s", cmp.Diff(want, got))
		}

		late := midnight + 1440 - 20
		r.world.late[late] = (late + 150).Time()
		r.minutes(int(midnight + 1440 - closed()))
		if got, want := r.previous(), r.remaining(midnight); cmp.Diff(want, got) != "" {
			t.Errorf("in the last minute of a day: %s", cmp.Diff(want, got))
		}
		r.minutes(2)
		midnight += 1440
		early := r.remaining(midnight)
		if got := r.previous(); cmp.Diff(early, got) != "" {
			t.Errorf("after midnight: %s", cmp.Diff(early, got))
		}
		r.minutes(220)
		want := r.remaining(midnight)
		if got := r.previous(); cmp.Diff(want, got) != "" {
			t.Errorf("with late events: %s", cmp.Diff(want, got))
		}
		if cmp.Diff(want, early) == "" {
			t.Error("no late events were counted")
		}

		r.ids = []string{"pay", "search", "cart"}
		if _, err := r.engine.Reload(t.Context(), r.specs()); err != nil {
			t.Fatal(err)
		}
		if err := r.engine.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := r.previous(); got["pay day"] != want["pay day"] || got["cart day"] != "" {
			t.Errorf("after a reload: %v, want that of pay as in %v", got, want)
		}
		next(1)
		r.minutes(1)
		if got, want := r.previous(), r.remaining(midnight); len(want) != 4 || cmp.Diff(want, got) != "" {
			t.Errorf("with what is new: %s", cmp.Diff(want, got))
		}
	})
}

// TestPreviousWithoutData says nothing of a day of which nothing was measured.
func TestPreviousWithoutData(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 2, "pay", "search")
		r.daily()
		r.start()
		r.minutes(3)
		if got := r.previous(); len(got) > 0 {
			t.Errorf("%v", got)
		}
	})
}

// TestPreviousOfMany sums more than fit in one turn.
func TestPreviousOfMany(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var ids []string
		for n := range mostFormer + 10 {
			ids = append(ids, idOf(n))
		}
		r := newRig(t, 30, ids...)
		r.daily()
		r.start()
		r.minutes(1)
		if got, want := r.previous(), r.remaining(closed().Floor(1440)); len(want) != len(ids)+1 || cmp.Diff(want, got) != "" {
			t.Errorf("%s", cmp.Diff(want, got))
		}
	})
}
