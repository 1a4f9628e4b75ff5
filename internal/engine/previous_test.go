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

func target(t *testing.T, text string) slo.Target {
	t.Helper()
	parsed, err := slo.ParseTarget(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// daily gives SLOs, and a journey of them, a budget for each day, and the second one
// another for each week.
func (r *rig) daily() {
	r.edit = func(set *slo.Set) {
		day := slo.Objective{Name: "day", Target: set.SLOs[0].Objectives[0].Target, Window: period(r.T, "day")}
		j := &slo.Journey{ID: "buy", Compose: slo.Series, Objectives: []slo.Objective{day}}
		for _, s := range set.SLOs {
			s.Objectives = append(s.Objectives, day)
			j.Steps = append(j.Steps, slo.Step{Name: s.ID, SLO: s})
		}
		set.SLOs[1].Objectives = append(set.SLOs[1].Objectives, slo.Objective{Name: "week", Target: day.Target, Window: period(r.T, "week")})
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

// remaining is what remained of the budgets of the day that ended, and of the last week
// before that, by what is kept.
func (r *rig) remaining(midnight slo.Minute) map[string]string {
	r.Helper()
	lag := func(*slo.SLO) (time.Duration, bool) { return 0, true }
	list := map[string]string{}
	for name, end := range map[string]slo.Minute{"day": midnight, "week": period(r.T, "week").Around(midnight).Start} {
		snapshot, err := Kept(r.Context(), r.specs().Set, r.ledger, lag, end.Time())
		if err != nil {
			r.Fatal(err)
		}
		for _, status := range snapshot.Statuses {
			for _, o := range status.Objectives {
				if o.Name == name && o.Window.State != burnrate.NoData {
					list[status.ID+" "+name] = fmt.Sprint(o.Budget.Remaining)
				}
			}
		}
	}
	return list
}

// TestPreviousWindows begins on a day of which a part was measured, goes on past the
// next midnight, has events arrive late, and other specs come.
func TestPreviousWindows(t *testing.T) {
	notForRaces(t)
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 60, "pay", "search")
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
		if got, want := r.previous(), r.remaining(midnight); len(want) != 4 || cmp.Diff(want, got) != "" {
			t.Errorf("once the history was filled in: %s", cmp.Diff(want, got))
		}

		late := midnight + 1440 - 20
		r.world.late[late] = (late + 150).Time()
		r.minutes(int(midnight + 1440 - closed()))
		if got, want := r.previous(), r.remaining(midnight); cmp.Diff(want, got) != "" {
			t.Errorf("in the last minute of a day: %s", cmp.Diff(want, got))
		}
		at := r.engine.former.list[0].at
		if r.minutes(1); !r.engine.former.list[0].at.Equal(at) {
			t.Error("it was summed again for nothing")
		}
		if err := r.engine.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := r.previous(); len(got) != 1 || got["search week"] == "" {
			t.Errorf("what ended at midnight is not known yet: %v", got)
		}
		r.minutes(1)
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
		daily := r.edit
		r.edit = func(set *slo.Set) {
			daily(set)
			set.SLOs[1].Objectives[2].Target = target(t, "99.9%")
		}
		if _, err := r.engine.Reload(t.Context(), r.specs()); err != nil {
			t.Fatal(err)
		}
		if err := r.engine.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := r.previous(); got["pay day"] != want["pay day"] || got["cart day"] != "" || got["search day"] != "" {
			t.Errorf("after a reload: %v, want that of pay as in %v", got, want)
		}
		next(1)
		r.minutes(1)
		if got, want := r.previous(), r.remaining(midnight); len(want) != 5 || cmp.Diff(want, got) != "" {
			t.Errorf("with what is new: %s", cmp.Diff(want, got))
		}
	})
}

// TestPreviousAfterReload goes on with what is known, also where specs have loaded a
// time zone once more.
func TestPreviousAfterReload(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 60, "pay")
		r.edit = func(set *slo.Set) {
			zone, err := slo.LoadTimeZone("Asia/Tokyo")
			if err != nil {
				t.Fatal(err)
			}
			o := &set.SLOs[0].Objectives[0]
			o.Name, o.Window = "day", period(t, "day").In(zone)
		}
		r.start()
		r.minutes(1)
		want := r.previous()
		if want["pay day"] == "" {
			t.Fatalf("nothing is known of yesterday: %v", want)
		}
		if _, err := r.engine.Reload(t.Context(), r.specs()); err != nil {
			t.Fatal(err)
		}
		if err := r.engine.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := r.previous(); cmp.Diff(want, got) != "" {
			t.Error(cmp.Diff(want, got))
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

// TestPreviousIsSummedOnce sums a window that is over again only when minutes of it
// have changed, and not more often than every hour.
func TestPreviousIsSummedOnce(t *testing.T) {
	notForRaces(t)
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 30, "pay")
		r.edit = func(set *slo.Set) {
			o := &set.SLOs[0].Objectives[1]
			o.Name, o.Window = "day", period(t, "day")
		}
		midnight := closed().Floor(1440)
		r.world.late[midnight-20] = time.Now().Add(20 * time.Minute)
		r.start()
		r.minutes(1)
		at := func() time.Time { return r.engine.former.list[0].at }
		first, early := at(), r.previous()
		r.minutes(100)
		second, want := at(), r.remaining(midnight)
		if !second.After(first.Add(formerAgain)) || cmp.Diff(want, r.previous()) != "" || cmp.Diff(want, early) == "" {
			t.Errorf("with late events, summed at %v and %v: %v, then %v, want %v", first, second, early, r.previous(), want)
		}
		r.minutes(70)
		if !at().Equal(second) {
			t.Errorf("it was summed again at %v for nothing", at())
		}
	})
}

// TestPreviousOfMany sums more than fit in one turn.
func TestPreviousOfMany(t *testing.T) {
	notForRaces(t)
	inBubble(t, func(t *testing.T) {
		var ids []string
		for n := range firstTurn + 50 {
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
