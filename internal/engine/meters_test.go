package engine

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
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
	})
}

// TestMetersOfLateEvents has events arrive two hours late, of a minute that closed
// while the meter ran, and of one that closed before. Those of a third arrive while
// it settles.
func TestMetersOfLateEvents(t *testing.T) {
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
		if m := r.meter("pay"); m.Watermark != end {
			t.Errorf("the watermark is %d, want %d", m.Watermark, end)
		}
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

// TestMetersOfAnything reads random minutes again and again, and compares with
// a model that knows the minutes and the words of [burnrate.Meter].
func TestMetersOfAnything(t *testing.T) {
	t.Parallel()
	target, err := slo.ParseTarget("99%")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		const begin = 10_000
		s := &slo.SLO{ID: "pay", Kind: slo.KindSLO, Indicator: "pay", Objectives: []slo.Objective{{Name: "1h", Target: target, Window: slo.Rolling(60)}}}
		if rapid.Bool().Draw(t, "slices") {
			s.SLI.Slice = &slo.Slice{Every: diag.Located[time.Duration]{Value: 10 * time.Minute}}
		}
		excluded := slo.Span{Start: begin + slo.Minute(rapid.IntRange(-20, 20).Draw(t, "from")), End: begin + 20}
		set := &slo.Set{SLOs: []*slo.SLO{s}, Exclusions: []*slo.Exclusion{
			{Name: "change", SLOs: []string{"*"}, From: excluded.Start.Time(), To: excluded.End.Time(), Effect: slo.Drop},
		}}
		state := newState(set, map[string]lineage.Lineage{"pay": {Present: lineage.Definition{Indicator: "pay", Unit: 1}}})
		end := s.SLI.Closed(begin)
		move := func() {
			state.ends[0] = end
			series, err := burnrate.SeriesOf(slo.Span{Start: end, End: end}, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := state.evaluator.Load(map[string]burnrate.Series{"pay": series}); err != nil {
				t.Fatal(err)
			}
		}
		move()
		ms := newMeters(state, meters{})
		ms.begin(state, end.Time())
		base := end
		kept := map[slo.Minute]burnrate.Row{}
		var events, late, shown, lately burnrate.Outcomes
		for range rapid.IntRange(1, 40).Draw(t, "ticks") {
			end = s.SLI.Closed(end + slo.Minute(rapid.SampledFrom([]int{0, 1, 1, 1, 2, 10, 30}).Draw(t, "passed")))
			move()
			r := &request{indicator: &indicator{id: "pay"}}
			read := rapid.MapOfN(rapid.IntRange(-25, int(end)-begin-1), rapid.SampledFrom([]slo.Counts{{}, {Total: 9}, {Total: 9, Bad: 9}, {Total: 5, Bad: 1}, {Total: 1, Bad: 3}}), 0, 8).Draw(t, "read")
			for k, c := range read {
				m := begin + slo.Minute(k)
				after := burnrate.Counted(c)
				before := kept[m]
				if before == after {
					continue
				}
				r.changes = append(r.changes, change{m, before, after})
				kept[m] = after
				// The model: what the minute adds, and where.
				var good, bad int64
				for _, side := range []struct {
					row  burnrate.Row
					sign int64
				}{{after, 1}, {before, -1}} {
					if c := side.row.Counts; c.Bad <= c.Total {
						good, bad = good+side.sign*(c.Total-c.Bad), bad+side.sign*c.Bad
					}
				}
				if m >= excluded.Start && m < excluded.End {
					good, bad = good+bad, 0
				}
				newest := end - 5
				if s.SLI.Slice != nil {
					newest = end - 10
				}
				switch {
				case m >= base && m >= newest:
					events = sum(events, burnrate.Outcomes{Good: good, Bad: bad})
				case m >= base || before.Measured:
					late = sum(late, burnrate.Outcomes{Good: good, Bad: bad})
				}
			}
			ms.count(state, []*request{r})
			shown = burnrate.Outcomes{Good: max(shown.Good, events.Good), Bad: max(shown.Bad, events.Bad)}
			lately = burnrate.Outcomes{Good: max(lately.Good, late.Good), Bad: max(lately.Bad, late.Bad)}
			if got := ms.list[0].shown; got.Events != shown || got.Late != lately {
				t.Fatalf("up to %d: %+v, late %+v, want %+v, late %+v", end, got.Events, got.Late, shown, lately)
			}
		}
	})
}

// TestMeterInOtherUnits rounds up: what is shown must not fall.
func TestMeterInOtherUnits(t *testing.T) {
	t.Parallel()
	m := meter{
		shown:  burnrate.Meter{Unit: 1000, Began: time.Unix(1, 0), Events: burnrate.Outcomes{Good: 2001, Bad: 1000}, Late: burnrate.Outcomes{Good: 1}},
		events: burnrate.Outcomes{Good: 1999, Bad: 1000}, late: burnrate.Outcomes{Good: -1500},
	}
	want := meter{
		shown:  burnrate.Meter{Unit: 1, Began: time.Unix(1, 0), Events: burnrate.Outcomes{Good: 3, Bad: 1}, Late: burnrate.Outcomes{Good: 1}},
		events: burnrate.Outcomes{Good: 2, Bad: 1}, late: burnrate.Outcomes{Good: -1},
	}
	if got := m.in(1); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	want.shown.Unit, want.shown.Events, want.shown.Late = 1000, burnrate.Outcomes{Good: 3000, Bad: 1000}, burnrate.Outcomes{Good: 1000}
	want.events, want.late = burnrate.Outcomes{Good: 2000, Bad: 1000}, burnrate.Outcomes{Good: -1000}
	if got := m.in(1).in(1000); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
