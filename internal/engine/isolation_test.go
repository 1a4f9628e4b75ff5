package engine

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// odd is a world in which something is not as it should be.
type odd struct {
	*world
	answer  func(ctx context.Context, r sources.Request, a *sources.Answer)
	extents func(s *slo.SLO, e *sources.Extent)
}

func (o odd) Counts(ctx context.Context, requests []sources.Request) []sources.Answer {
	answers := o.world.Counts(ctx, requests)
	for k, r := range requests {
		if o.answer != nil {
			o.answer(ctx, r, &answers[k])
		}
	}
	return answers
}

func (o odd) Extents(ctx context.Context, now time.Time, slos []*slo.SLO) []sources.Extent {
	extents := o.world.Extents(ctx, now, slos)
	for k, s := range slos {
		if o.extents != nil {
			o.extents(s, &extents[k])
		}
	}
	return extents
}

// in has the rig's engine measure an odd world.
func (r *rig) in(o odd) {
	r.Helper()
	specs := r.specs()
	o.world = r.world
	specs.Sources["world"] = o
	if _, err := r.engine.Reload(r.Context(), specs); err != nil {
		r.Fatal(err)
	}
}

// only compares the minutes of one SLO.
func (r *rig) only(id string) {
	r.Helper()
	r.ids = []string{id}
	if wrong := r.wrong(slo.Span{Start: r.world.begin, End: slo.MinuteAt(time.Now().Add(-lag)) - 1}); len(wrong) > 0 {
		r.Errorf("%d minutes of %s are wrong, such as %s", len(wrong), id, wrong[0])
	}
}

// TestHistoryThatHangs is asked for less and less often: the others have theirs.
func TestHistoryThatHangs(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 60, "pay", "search")
		r.in(odd{answer: func(ctx context.Context, q sources.Request, a *sources.Answer) {
			if q.SLO.ID == "search" && q.Need == sources.Backfill {
				<-ctx.Done()
				*a = sources.Answer{Err: ctx.Err()}
			}
		}})
		r.minutes(40)
		r.only("pay")
	})
}

// TestPieceThatIsCutOff by the end of a minute goes on in the next one.
func TestPieceThatIsCutOff(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 54, "pay")
		r.world.slow = 8 * time.Second // a tick takes two of them, and three pieces have room behind it
		r.minutes(4)
		r.whole()
	})
}

// TestHistoryThatIsTooLarge is left out, in hours as in minutes.
func TestHistoryThatIsTooLarge(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 30, "pay", "search")
		r.in(odd{answer: func(_ context.Context, q sources.Request, a *sources.Answer) {
			for i := range a.Sums {
				if q.SLO.ID == "search" {
					a.Sums[i].Counts.Total += int64(q.Cuts[i+1]-q.Cuts[i]) * (burnrate.MostCounted + 1)
				}
			}
		}})
		r.minutes(3)
		r.only("pay")
	})
}

// TestSlowLookBack takes longer than a tick has to look back on two days: the
// newest minutes are measured all the same.
func TestSlowLookBack(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes more than a day of the bubble's clock")
	}
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 100, "pay")
		r.in(odd{answer: func(ctx context.Context, q sources.Request, a *sources.Answer) {
			if q.SLO != all {
				return
			}
			select {
			case <-time.After(time.Duration(len(q.Cuts)) * 30 * time.Millisecond): // two days: 86 s
			case <-ctx.Done():
				*a = sources.Answer{Err: ctx.Err()}
			}
		}})
		for range 30 * 60 / 5 { // beyond midnight
			r.minutes(1)
			if p := r.engine.View().Progress; p.Failing > 0 {
				t.Fatalf("at %v: %+v", time.Now(), p)
			}
			next(4)
		}
		r.minutes(2)
		r.whole()
	})
}

// TestErrorAndThenNever is no error any more.
func TestErrorAndThenNever(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 5, "pay", "search")
		failures := 3
		r.in(odd{extents: func(s *slo.SLO, e *sources.Extent) {
			if s.ID != "search" {
				return
			}
			*e = sources.Extent{Span: slo.Span{Start: e.Span.End, End: e.Span.End}, Never: true}
			if failures--; failures > 0 {
				e.Never, e.Err = false, errors.New("it took too long")
			}
		}})
		r.minutes(10)
		view := r.engine.View()
		if len(view.Snapshot.Failures) > 0 || view.Progress.Failing > 0 || len(view.Snapshot.Notices) != 1 {
			t.Errorf("%+v, failures %v, notices %v", view.Progress, view.Snapshot.Failures, view.Snapshot.Notices)
		}
	})
}

// TestSeamOfItsOwn has a source beside that ended long ago: it moves no seam of
// another one.
func TestSeamOfItsOwn(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 30, "pay", "file")
		ended := r.world.begin + 120
		specs := func(pay slo.IndicatorID) Specs {
			s := r.specs()
			file := &slo.Source{Name: "file", File: &slo.File{Path: "counts.csv"}}
			s.Set.SLOs[0].Indicator, s.Set.SLOs[1].Source = pay, file
			s.Sources["file"] = endedLongAgo{r.world, ended}
			return s
		}
		for _, pay := range []slo.IndicatorID{"a", "b", "c"} {
			before := r.engine.state.ends[0]
			changes, err := r.engine.Reload(t.Context(), specs(pay))
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range changes {
				if c.ID == "pay" && c.At != before {
					t.Errorf("the seam of pay is %d, and it was measured up to %d", c.At-r.world.begin, before-r.world.begin)
				}
			}
			r.minutes(5)
		}
	})
}

// endedLongAgo is a source whose last row is long ago.
type endedLongAgo struct {
	world *world
	end   slo.Minute
}

func (e endedLongAgo) Extents(_ context.Context, _ time.Time, slos []*slo.SLO) []sources.Extent {
	extents := make([]sources.Extent, len(slos))
	for k := range extents {
		extents[k].Span = slo.Span{Start: e.world.begin, End: e.end}
	}
	return extents
}

func (e endedLongAgo) Counts(ctx context.Context, requests []sources.Request) []sources.Answer {
	return e.world.Counts(ctx, requests)
}

// TestPagedIDs knows who wakes somebody: by an alert of its own, of its journey,
// or by the lack of traffic.
func TestPagedIDs(t *testing.T) {
	t.Parallel()
	paging := []slo.Objective{{Alerts: slo.BuiltInPolicies()[0]}}
	ticket := []slo.Objective{{Alerts: &slo.AlertPolicy{Tiers: []slo.Tier{{Severity: slo.Ticket}}}}}
	quiet := []slo.Objective{{Alerts: &slo.AlertPolicy{NoTraffic: &slo.NoTraffic{Severity: slo.Page}}}}
	made := func(id string, objectives []slo.Objective) *slo.SLO { return &slo.SLO{ID: id, Objectives: objectives} }
	step := made("j/step", nil)
	set := &slo.Set{
		SLOs:     []*slo.SLO{made("paging", paging), made("ticket", ticket), made("quiet", quiet), made("none", nil), step},
		Journeys: []*slo.Journey{{ID: "j", Objectives: paging, Steps: []slo.Step{{SLO: step}}}},
	}
	paged := pagedIDs(set)
	for id, want := range map[string]bool{"paging": true, "ticket": false, "quiet": true, "none": false, "j": true, "j/step": true} {
		if paged[id] != want {
			t.Errorf("%s: %v", id, paged[id])
		}
	}
}

// TestWrongOnceAndThenNothing answers with half of the events once, while their
// number is right, and then not at all for some minutes: the newest minutes that
// were read are read again when it answers.
func TestWrongOnceAndThenNothing(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 5, "pay")
		r.minutes(3)
		mode := ""
		r.in(odd{answer: func(_ context.Context, q sources.Request, a *sources.Answer) {
			switch {
			case q.SLO == all:
			case mode == "wrong":
				for i := range a.Sums {
					half := slo.Counts{Total: a.Sums[i].Counts.Total / 2, Bad: a.Sums[i].Counts.Bad / 2}
					a.Sums[i].Counts, a.Sums[i].Rows = half, half
				}
			case mode == "nothing":
				*a = sources.Answer{Err: errGone}
			}
		}})
		for _, pause := range []int{6, 90} {
			mode = "wrong"
			r.minutes(1)
			mode = "nothing"
			r.minutes(pause)
			mode = ""
			r.minutes(20)
			r.whole()
		}
	})
}

// TestStartMovesForwardForAWhile is told that there is nothing older than an hour,
// at the time when late events of older minutes are found.
func TestStartMovesForwardForAWhile(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 5, "pay", "search")
		started := time.Now()
		for m := r.world.begin + 120; m < r.world.begin+150; m++ {
			r.world.late[m] = started.Add(30 * time.Minute)
		}
		r.in(odd{extents: func(s *slo.SLO, e *sources.Extent) {
			if since := time.Since(started); s.ID == "pay" && 50*time.Minute < since && since < 110*time.Minute {
				e.Span.Start = e.Span.End - 60
			}
		}})
		r.minutes(130)
		r.whole()
	})
}

// TestOlderMinutesThatFail are asked for less and less often, and the others are
// not held back.
func TestOlderMinutesThatFail(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 10, "pay", "search")
		for m := slo.MinuteAt(time.Now()) - 60; m < slo.MinuteAt(time.Now()); m++ {
			r.world.late[m] = time.Now().Add(20 * time.Minute)
		}
		asked, fails := 0, true
		r.in(odd{answer: func(_ context.Context, q sources.Request, a *sources.Answer) {
			if q.SLO.ID == "search" && q.Need == sources.Correction {
				if asked++; fails {
					*a = sources.Answer{Err: errGone}
				}
			}
		}})
		r.minutes(150)
		if asked > 30 {
			t.Errorf("they were asked for %d times", asked)
		}
		r.only("pay")
		fails = false
		r.minutes(20)
		r.only("search")
	})
}

// TestOlderMinutesTakeTurns has room for those of one indicator at a time.
func TestOlderMinutesTakeTurns(t *testing.T) {
	t.Parallel()
	f := &feed{}
	for _, id := range []string{"a", "b", "c"} {
		i := &indicator{id: slo.IndicatorID(id), slo: &slo.SLO{ID: id}, known: true, end: 1000, read: 1000}
		i.owe(slo.Span{Start: 100, End: 110})
		f.indicators = append(f.indicators, i)
	}
	turns := ""
	for range 4 {
		for _, r := range f.due([]slo.Minute{1000, 1000, 1000}, time.Unix(60*1003, 0), 15) {
			turns += string(r.indicator.id)
		}
	}
	if turns != "abca" {
		t.Errorf("turns: %s", turns)
	}
	f.doubts.Judge(sources.Reading{Indicator: "b", Minute: 500, Known: sources.Sum{Minutes: 1, Rows: slo.Counts{Total: 3}}, Read: sources.Sum{Minutes: 1}, Kept: true}, time.Unix(0, 0))
	if list := f.due([]slo.Minute{1000, 1000, 1000}, time.Unix(60*1003, 0), 0); len(list) > 0 {
		t.Errorf("%d requests for what is doubted, without any room", len(list))
	}
}

// TestHistoryThatIsNotThereForAWhile answers that a part of the history is longer ago
// than events are kept, and later that it is not.
func TestHistoryThatIsNotThereForAWhile(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 20, "pay")
		started := time.Now()
		r.in(odd{answer: func(_ context.Context, q sources.Request, a *sources.Answer) {
			if q.Need == sources.Backfill && time.Since(started) < 10*time.Minute {
				for i := range a.Sums[:min(len(a.Sums), 45)] {
					a.Sums[i] = sources.Sum{}
				}
			}
		}})
		r.minutes(90)
		r.whole()
	})
}

// TestHistoryThatFailsIsSaid once at first, and once more when it goes on.
func TestHistoryThatFailsIsSaid(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 20, "pay", "search")
		broken := true
		r.in(odd{answer: func(_ context.Context, q sources.Request, a *sources.Answer) {
			if broken && q.Need == sources.Backfill && q.SLO.ID == "pay" {
				*a = sources.Answer{Err: errGone}
			}
		}})
		said := func() int { return strings.Count(r.log.String(), "a part of the history cannot be read") }
		for _, step := range []struct{ minutes, said, paused int }{{2, 1, 1}, {1, 1, 1}, {7, 2, 1}, {5, 2, 1}} {
			r.minutes(step.minutes)
			if got, paused := said(), r.engine.View().Progress.Paused; got != step.said || paused != step.paused {
				t.Errorf("after %d more minutes: said %d times, %d are paused\n%s", step.minutes, got, paused, r.log.String())
			}
		}
		broken = false
		r.minutes(20)
		r.whole()
		if paused := r.engine.View().Progress.Paused; paused > 0 || said() > 2 {
			t.Errorf("in the end %d are paused", paused)
		}
	})
}

// TestFailuresOfTheLedgerAreSeen in the view of before.
func TestFailuresOfTheLedgerAreSeen(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 5, "pay")
		r.minutes(2)
		before := r.engine.View()
		r.broken.failures.Store(1)
		if err := r.engine.Tick(t.Context()); err == nil {
			t.Fatal("the tick was kept")
		}
		after := r.engine.View()
		if before.Counters.Failed != 0 || after.Counters.Failed != 1 || !reflect.DeepEqual(after.Snapshot, before.Snapshot) {
			t.Errorf("%+v, and before %+v", after.Counters, before.Counters)
		}
	})
}
