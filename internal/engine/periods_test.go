package engine

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

func lagged(*slo.SLO) (time.Duration, bool) { return lag, true }

// asked returns the periods of an id, an objective and a window, and fails when they
// overlap.
func asked(t *testing.T, periods []backtest.Period, id, objective, window string) []backtest.Period {
	t.Helper()
	var list []backtest.Period
	for _, p := range periods {
		if p.ID == id && p.Objective == objective && p.Window.String() == window {
			if n := len(list); n > 0 && list[n-1].Span.End > p.Span.Start {
				t.Fatalf("%s %s %s: %v follows %v", id, objective, window, p.Span, list[n-1].Span)
			}
			list = append(list, p)
		}
	}
	return list
}

// TestPeriods says of each window of the past what [Kept] says at its end: of SLOs with
// slices, journeys, exclusions, a definition that has changed, and days of the calendar
// in another zone.
func TestPeriods(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	kolkata, err := slo.LoadTimeZone("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 60, "a", "b")
		r.minutes(30)
		r.whole()
		r.edit = func(set *slo.Set) { set.SLOs[0].Indicator = "new" }
		r.start()
		r.minutes(20)
		now := time.Now().Add(-time.Minute)
		r.edit = func(set *slo.Set) {
			target := set.SLOs[0].Objectives[0].Target
			a, b := set.SLOs[0], set.SLOs[1]
			a.Indicator = "new"
			calendar, err := slo.ParseWindow("day")
			if err != nil {
				t.Fatal(err)
			}
			a.Objectives = append(a.Objectives, slo.Objective{Name: "daily", Target: target, Window: calendar.In(kolkata)})
			sliced := *b
			sliced.ID, sliced.SLI.Slice = "sliced", &slo.Slice{Every: diag.Located[time.Duration]{Value: 20 * time.Minute}}
			sliced.Objectives = []slo.Objective{{Name: "90m", Target: target, Window: slo.Rolling(90)}}
			bare := *b
			bare.ID, bare.Objectives = "step", nil
			set.SLOs = append(set.SLOs, &sliced, &bare)
			set.Journeys = []*slo.Journey{{
				ID: "journey", Compose: slo.Series, Steps: []slo.Step{{Name: "one", SLO: a}, {Name: "two", SLO: &sliced}, {Name: "three", SLO: &bare}},
				Objectives: []slo.Objective{{Name: "3h", Target: target, Window: slo.Rolling(180)}},
			}}
			set.Exclusions = []*slo.Exclusion{
				{Name: "outage", SLOs: []string{"b"}, From: now.Add(-5 * time.Hour), To: now.Add(-3 * time.Hour), Effect: slo.Drop},
				{Name: "agreed", SLOs: []string{"journey"}, From: now.Add(-9 * time.Hour), To: now.Add(-8 * time.Hour), Effect: slo.CountAsGood},
			}
		}
		set := r.specs().Set
		periods, err := Periods(t.Context(), set, r.ledger, lagged, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range periods {
			// The same window as the only objective, at its end.
			only := *set
			only.SLOs, only.Journeys = nil, nil
			objectives := []slo.Objective{{Name: "x", Target: set.SLOs[0].Objectives[0].Target, Window: p.Window}}
			for _, s := range set.SLOs {
				s := *s
				if s.Objectives = nil; s.ID == p.ID {
					s.Objectives = objectives
				}
				only.SLOs = append(only.SLOs, &s)
			}
			for _, j := range set.Journeys {
				j := *j
				if j.Objectives = nil; j.ID == p.ID {
					j.Objectives = objectives
				}
				only.Journeys = append(only.Journeys, &j)
			}
			for _, status := range r.keptAt(&only, p.Span.End.Time()).Statuses {
				if status.ID != p.ID {
					continue
				}
				o := status.Objectives[0]
				want := p
				want.Span, want.Counts, want.Error, want.Measured, want.Composed = o.Window.Span, o.Window.Counts, o.Window.ErrorRatio, o.Window.Measured, o.Composed
				if want != p {
					t.Errorf("%s %s %v: %+v, want %+v", p.ID, p.Objective, p.Window, p, want)
				}
				if !p.Composed && p.Events != o.Window.Rows.Total {
					t.Errorf("%s %s has %d events, want %d", p.ID, p.Window, p.Events, o.Window.Rows.Total)
				}
			}
			if p.Composed && p.Events == 0 {
				t.Errorf("%s %s has no events", p.ID, p.Window)
			}
		}
		type count struct{ id, objective, window string }
		for want, n := range map[count]int{
			// 60 h and 50 minutes of history: 48 h of it lie before a whole hour, and a part of 24 h more.
			{"a", "1h", "1h"}: 28, {"a", "2d", "2d"}: 2, {"a", "", "1d"}: 3, {"a", "", "7d"}: 1, {"a", "", "28d"}: 1, {"a", "daily", "day"}: 3,
			{"b", "1h", "1h"}: 28, {"sliced", "90m", "90m"}: 28, {"journey", "3h", "3h"}: 21, {"journey", "", "1d"}: 3, {"step", "", "1d"}: 0,
		} {
			list := asked(t, periods, want.id, want.objective, want.window)
			if len(list) != n {
				t.Errorf("%+v: %d periods, want %d", want, len(list), n)
			}
			for _, p := range list {
				if total := r.truth(p.Span); want.id == "b" && p.Counts.Total != total && p.Span.Intersect(slo.Span{Start: slo.MinuteAt(now) - 300, End: slo.MinuteAt(now) - 180}).Len() == 0 {
					t.Errorf("%v has %d events, there were %d", p.Span, p.Counts.Total, total)
				}
			}
		}
		end := slo.MinuteAt(now.Add(-lag))
		if list := asked(t, periods, "a", "1h", "1h"); list[27].Span.End != end || list[26].Span.End != end-60 {
			t.Errorf("the last hours are %v and %v, before %d", list[26].Span, list[27].Span, end)
		}
		if list := asked(t, periods, "a", "", "1d"); list[2].Span.End != end.Floor(60) {
			t.Errorf("the last day ends at %v", list[2].Span.End.Time())
		}
		if list := asked(t, periods, "a", "daily", "day"); list[2].Span.End.Time().In(kolkata).Format("15:04") != "00:00" {
			t.Errorf("the last day ends at %v", list[2].Span.End.Time())
		}
		if list := asked(t, periods, "sliced", "90m", "90m"); list[27].Span.End != end.Floor(20) || list[26].Span.End != (end.Floor(20)-90).Floor(20) {
			t.Errorf("the last 90 minutes are %v and %v", list[26].Span, list[27].Span)
		}
	})
}

// truth is how many events b had.
func (r *rig) truth(span slo.Span) (total int64) {
	for m := max(span.Start, r.world.begin); m < span.End; m++ {
		total += r.world.happened("b", m).Total
	}
	return total
}

// TestPeriodsOfHours says the same as [Kept] while only sums of hours are known, and
// fails when these cannot be read.
func TestPeriodsOfHours(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 60, "a", "b")
		set := r.engine.specs.Set
		if err := r.engine.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		approximate := 0
		for more := true; more; {
			var err error
			if more, err = r.engine.Backfill(t.Context(), time.Minute); err != nil {
				t.Fatal(err)
			}
			now := time.Now().Truncate(time.Hour).Add(lag - time.Hour)
			periods, err := Periods(t.Context(), set, r.ledger, lagged, now)
			if err != nil {
				t.Fatal(err)
			}
			o := r.keptAt(set, now.Add(-lag)).Statuses[0].Objectives[1]
			list := asked(t, periods, "a", "2d", "2d")
			if o.Window.Measured == 0 && len(list) == 0 {
				continue
			}
			if len(list) == 0 {
				t.Fatalf("there is none, want %+v", o.Window)
			}
			if p := list[len(list)-1]; p.Measured != o.Window.Measured || p.Counts != o.Window.Counts || p.Span != o.Window.Span {
				t.Fatalf("%+v, want %+v", p, o.Window)
			}
			if o.Approximate > 0 {
				approximate++
			}
		}
		if approximate == 0 {
			t.Error("hours were never known")
		}
		r.broken.noCoarse = true
		if _, err := Periods(t.Context(), set, r.broken, lagged, time.Now()); err != errGone {
			t.Errorf("without hours: %v", err)
		}
	})
}

// TestPeriodsOfNothing is none: of an empty ledger, and of a set without objectives.
func TestPeriodsOfNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 30, "a")
		for _, set := range []*slo.Set{r.specs().Set, {}} {
			periods, err := Periods(t.Context(), set, r.ledger, lagged, time.Now())
			if err != nil || len(periods) > 0 {
				t.Errorf("%v, %v", periods, err)
			}
		}
	})
}

// pastLedger has some days of minutes up to an end, in each of which an SLO has 10
// events, of which one is bad in a minute of each hour.
func pastLedger(t testing.TB, slos int, days int, end slo.Minute) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), t.TempDir(), ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	const day = 24 * minutesOfHour
	batch := burnrate.Batch{Records: make([]burnrate.Record, day)}
	for k := range slos {
		batch.Indicators = append(batch.Indicators, slo.IndicatorID(idOf(k)))
	}
	for n := range batch.Records {
		batch.Records[n].Rows = make([]burnrate.Row, slos)
		for k := range slos {
			batch.Records[n].Rows[k] = burnrate.Counted(slo.Counts{Total: 10, Bad: int64(1 - min(1, (n+k)%minutesOfHour))})
		}
	}
	for start := end - slo.Minute(days*day); start < end; start += day {
		for n := range batch.Records {
			batch.Records[n].Minute = start + slo.Minute(n)
		}
		if err := l.Commit(t.Context(), burnrate.Tick{At: (start + day).Time(), Measured: []burnrate.Batch{batch}}); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// TestPeriodsOfAYear goes further back than minutes are kept, and has each of them
// once: of months by the calendar as well.
func TestPeriodsOfAYear(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		return // there are no races in it
	}
	end := slo.MinuteAt(time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC))
	l := pastLedger(t, 1, 400, end)
	if _, err := l.Maintain(t.Context(), end.Time()); err != nil {
		t.Fatal(err)
	}
	tokyo, err := slo.LoadTimeZone("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	month, err := slo.ParseWindow("month")
	if err != nil {
		t.Fatal(err)
	}
	set := manySLOs(t, 1)
	o := set.SLOs[0].Objectives[0]
	set.SLOs[0].Objectives = append(set.SLOs[0].Objectives,
		slo.Objective{Name: "month", Target: o.Target, Window: month.In(tokyo)}, slo.Objective{Name: "odd", Target: o.Target, Window: slo.Rolling(10_081)})
	// Some minutes later, so that windows do not end when hours do.
	periods, err := Periods(t.Context(), set, l, lagged, end.Time().Add(lag+7*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	for window, want := range map[string]int{"28d": 12, "month": 12, "odd": 13, "": 13} {
		name := map[string]string{"odd": "10081m", "": "7d"}[window]
		if name == "" {
			name = window
		}
		list := asked(t, periods, idOf(0), window, name)
		if len(list) != want {
			t.Errorf("%d periods of %q, want %d", len(list), window, want)
		}
		for i, p := range list {
			if window != "odd" && i > 0 && p.Span.Start != list[i-1].Span.End {
				t.Errorf("%v follows %v", p.Span, list[i-1].Span)
			}
			if p.Measured != p.Span.Len() || p.Counts.Total != 10*p.Span.Len() || p.Counts.Bad < p.Span.Len()/60 || p.Counts.Bad > p.Span.Len()/60+1 {
				t.Errorf("%s: %+v", window, p)
			}
		}
	}
	months := asked(t, periods, idOf(0), "month", "month")
	if first, last := months[0].Span.Start.Time().In(tokyo).Format("2006-01-02T15:04"), months[11].Span.End.Time().In(tokyo).Format("2006-01-02T15:04"); first != "2025-11-01T00:00" || last != "2026-11-01T00:00" {
		t.Errorf("months from %s to %s", first, last)
	}
}

// TestPeriodsWithGaps leaves out those of which nothing was measured, and has each
// window once.
func TestPeriodsWithGaps(t *testing.T) {
	t.Parallel()
	const day = 24 * minutesOfHour
	end := slo.MinuteAt(time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC))
	l := pastLedger(t, 1, 1, end-4*day)
	batch := burnrate.Batch{Indicators: []slo.IndicatorID{slo.IndicatorID(idOf(0))}, Records: []burnrate.Record{
		{Minute: end - 1, Rows: []burnrate.Row{burnrate.Counted(slo.Counts{Total: 7})}},
	}}
	if err := l.Commit(t.Context(), burnrate.Tick{At: end.Time().Add(lag), Measured: []burnrate.Batch{batch}}); err != nil {
		t.Fatal(err)
	}
	set := manySLOs(t, 1)
	set.SLOs[0].Objectives[0].Window = slo.Rolling(day)
	periods, err := Periods(t.Context(), set, l, lagged, end.Time().Add(lag))
	if err != nil {
		t.Fatal(err)
	}
	list := asked(t, periods, idOf(0), "28d", "1d")
	if len(list) != 2 || list[0].Measured != day || list[0].Coverage() != 1 || list[1].Measured != 1 || list[1].Counts.Total != 7 {
		t.Errorf("%+v", list)
	}
	if again := asked(t, periods, idOf(0), "", "1d"); len(again) > 0 {
		t.Errorf("the window of the objective is there twice: %+v", again)
	}
	// What cannot be measured yet does not count.
	periods, err = Periods(t.Context(), set, l, lagged, end.Time().Add(lag-time.Minute))
	if list := asked(t, periods, idOf(0), "28d", "1d"); err != nil || len(list) == 0 || list[len(list)-1].Counts.Total == 7 {
		t.Errorf("a minute before: %+v, %v", list, err)
	}
}

// TestEventsOfJourneys are those of the step with the fewest, unless they are pooled.
func TestEventsOfJourneys(t *testing.T) {
	t.Parallel()
	w := slo.Rolling(60)
	windows := map[string]map[slo.Window]*burnrate.Window{}
	j := &slo.Journey{}
	for id, events := range map[string]int64{"some": 40, "none": 0, "few": 7, "many": 900} {
		windows[id] = map[slo.Window]*burnrate.Window{w: {Rows: slo.Counts{Total: events}}}
	}
	for _, id := range []string{"none", "some", "few", "many", "none"} {
		j.Steps = append(j.Steps, slo.Step{SLO: &slo.SLO{ID: id}})
	}
	for compose, want := range map[slo.Compose]int64{slo.Series: 7, slo.Worst: 7, slo.Weighted: 7, slo.Pooled: 947} {
		j.Compose = compose
		if got := eventsOf(&question{window: w, journey: j}, windows); got != want {
			t.Errorf("%s: %d events, want %d", compose, got, want)
		}
	}
}

// BenchmarkPeriods looks back over 100 days of minutes: at three windows of 28 days, 13
// weeks and 28 days of each SLO.
func BenchmarkPeriods(b *testing.B) {
	end := slo.MinuteAt(time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC))
	const days = 100
	var grown growth
	for _, slos := range []int{100, 1000} {
		b.Run(idOf(slos), func(b *testing.B) {
			l := pastLedger(b, slos, days, end)
			set := manySLOs(b, slos)
			b.ReportAllocs()
			from := processorTime(b)
			for b.Loop() {
				periods, err := Periods(b.Context(), set, l, lagged, end.Time().Add(lag))
				if err != nil || len(periods) != slos*(4+13+28) {
					b.Fatal(len(periods), err)
				}
			}
			each := float64(processorTime(b)-from) / float64(b.N) / float64(slos)
			b.ReportMetric(each/1e3, "cpu-µs/slo")
			grown.report(b, slos, each)
		})
	}
}
