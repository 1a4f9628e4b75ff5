package engine

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/file"
)

// meter returns that of an id as the last view has it.
func (r *rig) meter(id string) burnrate.Meter {
	r.Helper()
	for _, m := range r.engine.View().Snapshot.Meters {
		if m.ID == id {
			return m
		}
	}
	r.Fatalf("%s has no meter", id)
	return burnrate.Meter{}
}

// closed is what is behind the newest minute that can be measured now.
func closed() slo.Minute { return slo.MinuteAt(time.Now().Add(-lag)) }

// events is what happens in some minutes.
func (r *rig) events(id string, span slo.Span) burnrate.Outcomes {
	var o burnrate.Outcomes
	for m := span.Start; m < span.End; m++ {
		c := r.world.happened(id, m)
		o.Good, o.Bad = o.Good+c.Total-c.Bad, o.Bad+c.Bad
	}
	return o
}

func sum(a, b burnrate.Outcomes) burnrate.Outcomes {
	return burnrate.Outcomes{Good: a.Good + b.Good, Bad: a.Bad + b.Bad}
}

// shows compares what a meter shows now.
func (r *rig) shows(id string, events, late burnrate.Outcomes) {
	r.Helper()
	got := r.meter(id)
	if got.Events != events || got.Late != late {
		r.Errorf("%s at %v: %+v, late %+v, want %+v, late %+v", id, time.Now(), got.Events, got.Late, events, late)
	}
}

// covers compares how many minutes a meter counts, all of whose events count alike.
func (r *rig) covers(id string, minutes slo.Minute) {
	r.Helper()
	if got := r.meter(id); got.Minutes != int64(minutes) || got.Rows != got.Events {
		r.Errorf("%s at %v: %+v of %d minutes, %+v rows, want %d minutes and as many rows", id, time.Now(), got.Events, got.Minutes, got.Rows, minutes)
	}
}

// begun measures for a minute, in which meters begin, and returns the first minute
// that they count.
func (r *rig) begun() slo.Minute {
	r.Helper()
	base := closed()
	r.minutes(1)
	return base
}

// TestMetersAndBackfill fills in two days while meters run: none of it is an event.
func TestMetersAndBackfill(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 50, "search", "pay")
		began := time.Now()
		if err := r.engine.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		base := closed()
		want := []burnrate.Meter{{ID: "pay", Unit: 1, Began: began, Watermark: base}, {ID: "search", Unit: 1, Began: began, Watermark: base}}
		first := r.engine.View().Snapshot.Meters
		if diff := cmp.Diff(want, first); diff != "" {
			t.Error(diff)
		}
		next(1)
		r.minutes(30)
		r.whole()
		for _, id := range r.ids {
			r.shows(id, r.events(id, slo.Span{Start: base, End: closed() - 1}), burnrate.Outcomes{})
			r.covers(id, closed()-1-base)
			if m := r.meter(id); !m.Began.Equal(began) || m.Watermark != closed()-1 {
				t.Errorf("%+v", m)
			}
		}
		if diff := cmp.Diff(want, first); diff != "" {
			t.Errorf("an older view has changed: %s", diff)
		}
	})
}

// TestMetersOfGaps has a source fail for half an hour that is filled in afterwards.
func TestMetersOfGaps(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 3, "pay")
		base := r.begun()
		r.minutes(10)
		gone := closed() - 1
		r.world.fails = func(string, slo.Span) error { return errGone }
		for range 30 {
			r.minutes(1)
			if m := r.meter("pay"); m.Watermark > gone+1 {
				t.Fatalf("the watermark is %d minutes ahead of what was read", m.Watermark-gone)
			}
		}
		r.world.fails = nil
		back := closed() - burnrate.SettlingMinutes
		gone = r.meter("pay").Watermark
		r.minutes(20)
		r.whole()
		r.shows("pay", sum(r.events("pay", slo.Span{Start: base, End: gone}), r.events("pay", slo.Span{Start: back, End: closed() - 1})),
			r.events("pay", slo.Span{Start: gone, End: back}))
		r.covers("pay", closed()-1-base-(back-gone))
	})
}

// TestMetersOfLateEvents has events arrive two hours late, of a minute that closed
// while the meter ran, and of one that closed before. Those of a third arrive while
// it settles.
func TestMetersOfLateEvents(t *testing.T) {
	notForRaces(t)
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 3, "pay")
		before, during, soon := closed()-30, closed()+10, closed()+20
		for _, m := range []slo.Minute{before, during} {
			r.world.late[m] = (m + 120).Time()
		}
		r.world.late[soon] = (soon + 5).Time()
		base := r.begun()
		r.minutes(45)
		half := func(m slo.Minute) burnrate.Outcomes {
			c := r.world.happened("pay", m)
			return burnrate.Outcomes{Good: c.Total/2 - c.Bad/2, Bad: c.Bad / 2}
		}
		other := func(m slo.Minute) burnrate.Outcomes {
			all, early := r.events("pay", slo.Span{Start: m, End: m + 1}), half(m)
			return burnrate.Outcomes{Good: all.Good - early.Good, Bad: all.Bad - early.Bad}
		}
		settled := func() burnrate.Outcomes {
			return sum(sum(r.events("pay", slo.Span{Start: base, End: during}), half(during)), r.events("pay", slo.Span{Start: during + 1, End: closed() - 1}))
		}
		r.shows("pay", settled(), burnrate.Outcomes{})
		r.minutes(200)
		r.whole()
		r.shows("pay", settled(), sum(other(before), other(during)))
		r.covers("pay", closed()-1-base)
	})
}

// TestMetersAfterRestart starts anew after an hour: what happened meanwhile is no
// event of the new process, in which meters begin at 0.
func TestMetersAfterRestart(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 3, "pay")
		r.minutes(10)
		next(60)
		r.start()
		base := r.begun()
		r.shows("pay", burnrate.Outcomes{}, burnrate.Outcomes{})
		r.minutes(10)
		r.whole()
		r.shows("pay", r.events("pay", slo.Span{Start: base, End: closed() - 1}), burnrate.Outcomes{})
	})
}

// TestWatermarkAfterRestart starts anew while a source fails that has failed for a while.
func TestWatermarkAfterRestart(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 3, "pay", "search")
		r.minutes(10)
		read := closed() - 1
		r.world.fails = func(id string, _ slo.Span) error {
			if id == "pay" {
				return errGone
			}
			return nil
		}
		r.minutes(30)
		r.start()
		r.minutes(2)
		if pay, search := r.meter("pay").Watermark, r.meter("search").Watermark; pay != read || search != closed()-1 {
			t.Errorf("up to %d and %d, want %d and %d", pay, search, read, closed()-1)
		}
		if _, err := r.engine.Reload(t.Context(), r.specs()); err != nil {
			t.Fatal(err)
		}
		r.minutes(1)
		if pay := r.meter("pay").Watermark; pay != read {
			t.Errorf("after a reload up to %d, want %d", pay, read)
		}
	})
}

// TestMetersAndFailedCommits repeats a tick that was not kept, and goes on after the
// first one of all was not.
func TestMetersAndFailedCommits(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 3, "pay")
		fail := func() {
			r.broken.failures.Store(1)
			if r.engine.Tick(t.Context()) == nil {
				t.Fatal("it was kept")
			}
		}
		fail()
		next(3)
		base := r.begun()
		r.shows("pay", burnrate.Outcomes{}, burnrate.Outcomes{})
		r.minutes(5)
		before := r.meter("pay").Events
		fail()
		r.shows("pay", before, burnrate.Outcomes{})
		r.minutes(5)
		r.whole()
		r.shows("pay", r.events("pay", slo.Span{Start: base, End: closed() - 1}), burnrate.Outcomes{})
	})
}

// TestMetersOfExcludedTime has everything fail while it is agreed that it may, and
// agrees to that afterwards for other minutes.
func TestMetersOfExcludedTime(t *testing.T) {
	for _, effect := range []slo.Effect{slo.Drop, slo.CountAsGood} {
		t.Run(string(effect), func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				r := newRig(t, 3, "pay", "search")
				r.world.outage = func(slo.Minute) bool { return true }
				agreed := slo.Span{Start: closed() + 10, End: closed() + 20}
				exclude := func(span slo.Span) {
					r.edit = func(set *slo.Set) {
						set.Exclusions = []*slo.Exclusion{{Name: "change", SLOs: []string{"pay"}, From: span.Start.Time(), To: span.End.Time(), Effect: effect}}
					}
				}
				exclude(agreed)
				r.start()
				base := r.begun()
				r.minutes(30)
				all := r.events("pay", slo.Span{Start: base, End: closed() - 1})
				good := r.events("pay", agreed).Bad
				r.shows("pay", burnrate.Outcomes{Good: good, Bad: all.Bad - good}, burnrate.Outcomes{})
				r.shows("search", all, burnrate.Outcomes{})

				exclude(slo.Span{Start: base, End: closed() - 1})
				if _, err := r.engine.Reload(t.Context(), r.specs()); err != nil {
					t.Fatal(err)
				}
				r.minutes(5)
				more := r.events("pay", slo.Span{Start: closed() - 6, End: closed() - 1})
				r.shows("pay", burnrate.Outcomes{Good: good, Bad: all.Bad - good + more.Bad}, burnrate.Outcomes{})
			})
		})
	}
}

// TestMetersOfOtherSpecs goes on with specs in which one SLO counts in thousandths,
// one has gone, and one is new.
func TestMetersOfOtherSpecs(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 3, "pay", "search", "cart")
		base := r.begun()
		r.minutes(10)
		before := r.meter("pay").Events
		r.ids = []string{"pay", "card", "cart"}
		r.edit = func(set *slo.Set) {
			set.SLOs[0].SLI.Count = diag.PlainText("sum(items)", "f", diag.Position{Line: 1, Column: 1})
			set.SLOs[0].Indicator = "items"
		}
		if _, err := r.engine.Reload(t.Context(), r.specs()); err != nil {
			t.Fatal(err)
		}
		added := r.begun()
		var ids []string
		for _, m := range r.engine.View().Snapshot.Meters {
			ids = append(ids, m.ID)
		}
		if diff := cmp.Diff([]string{"card", "cart", "pay"}, ids); diff != "" {
			t.Error(diff)
		}
		r.shows("card", burnrate.Outcomes{}, burnrate.Outcomes{})
		r.minutes(5)
		r.shows("cart", r.events("cart", slo.Span{Start: base, End: closed() - 1}), burnrate.Outcomes{})
		r.shows("card", r.events("card", slo.Span{Start: added, End: closed() - 1}), burnrate.Outcomes{})
		// The world has as many thousandths as it had events.
		weighed := r.events("pay", slo.Span{Start: added - 1, End: closed() - 1})
		r.shows("pay", sum(burnrate.Outcomes{Good: 1000 * before.Good, Bad: 1000 * before.Bad}, weighed), burnrate.Outcomes{})
		if m := r.meter("pay"); m.Unit != 1000 {
			t.Errorf("its unit is %d", m.Unit)
		}
		r.edit = nil
		if _, err := r.engine.Reload(t.Context(), r.specs()); err != nil {
			t.Fatal(err)
		}
		r.minutes(1)
		m, least := r.meter("pay"), sum(before, r.events("pay", slo.Span{Start: closed() - 2, End: closed() - 1}))
		if m.Unit != 1 || m.Events.Good < least.Good || m.Events.Good > least.Good+1+weighed.Good/1000 {
			t.Errorf("%+v, want at least %+v", m, least)
		}
	})
}

// TestMetersOfSlices counts slices of an hour, all of whose minutes close together.
func TestMetersOfSlices(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 5, "pay")
		r.edit = func(set *slo.Set) {
			set.SLOs[0].SLI.Slice = &slo.Slice{Every: diag.Located[time.Duration]{Value: time.Hour}}
		}
		r.start()
		base := closed().Floor(60)
		r.minutes(150)
		end := (closed() - 1).Floor(60)
		r.shows("pay", r.events("pay", slo.Span{Start: base, End: end}), burnrate.Outcomes{})
		r.covers("pay", end-base)
		if m := r.meter("pay"); m.Watermark != end {
			t.Errorf("the watermark is %d, want %d", m.Watermark, end)
		}
	})
}

// TestMetersOfFiles has rows appended to a file, of a minute and of hours at once, and
// then another event in each minute.
func TestMetersOfFiles(t *testing.T) {
	notForRaces(t)
	inBubble(t, func(t *testing.T) {
		f := newFiled(t)
		f.write(20)
		f.open(file.New(f.source, f.ids))
		base := slo.MinuteAt(time.Now())
		f.minutes(2)
		for _, batch := range []int{1, 1, 45, 200} {
			f.minutes(batch)
			f.write(20)
			f.minutes(1)
			events := int64(slo.MinuteAt(time.Now())-1-base) * 20
			f.shows("pay", burnrate.Outcomes{Good: events}, burnrate.Outcomes{})
			f.covers("pay", slo.MinuteAt(time.Now())-1-base)
		}
		known := f.meter("pay")
		f.write(21)
		f.minutes(1)
		newest := known.Watermark + 1 - burnrate.SettlingMinutes // each minute has one event more
		now := known.Events.Good + int64(known.Watermark-newest) + 21
		f.shows("pay", burnrate.Outcomes{Good: now}, burnrate.Outcomes{Good: int64(newest - f.begin)})
		f.covers("pay", known.Watermark+1-base)
	})
}

// TestMetersAndTheClock has a clock that was two hours ahead when meters began.
func TestMetersAndTheClock(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 5, "pay")
		r.clock.wrong = 2 * time.Hour
		r.world.fails = func(_ string, span slo.Span) error {
			if span.End > slo.MinuteAt(time.Now()) {
				return errGone
			}
			return nil
		}
		r.minutes(2)
		r.clock.wrong = 0
		base := r.begun()
		r.minutes(10)
		r.shows("pay", r.events("pay", slo.Span{Start: base, End: closed() - 1}), burnrate.Outcomes{})
	})
}
