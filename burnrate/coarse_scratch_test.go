package burnrate_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// scratch is the slow reference of coarse hours: it looks at every minute of
// every hour, and makes rows of the hours that count.
type scratch struct {
	*ledger
	set    *slo.Set
	ids    []string
	coarse []map[slo.Minute]burnrate.Sum // of each that is measured, by the first minute
}

// TestCoarseAgainstScratch fills random minutes into random coarse hours, with
// exclusions, weights, corrections, hours that cannot be, and lists that are
// replaced, and compares every snapshot with one that is summed from scratch,
// to the last bit.
func TestCoarseAgainstScratch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := &scratch{set: drawSet(t)}
		from := slo.Minute(1_000_000).Floor(60) - slo.Minute(60*rapid.IntRange(0, 70).Draw(t, "excluded hours ago"))
		s.set.Exclusions = append(s.set.Exclusions, &slo.Exclusion{
			Name: "hours", SLOs: []string{rapid.SampledFrom([]string{"none", "*", "j/*"}).Draw(t, "hours of")},
			From: from.Time(), To: (from + 1200).Time(), Effect: rapid.SampledFrom([]slo.Effect{slo.Drop, slo.CountAsGood}).Draw(t, "hours count as"),
		})
		e := burnrate.NewEvaluator(s.set)
		s.ids = e.Measured()
		s.ledger = drawLedger(t, len(s.ids))
		// The hours are between three days before the minutes and one that is to come.
		s.start, s.rows = s.start-4320, slices.Concat(make([][]burnrate.Row, 4320), s.rows)
		for range s.ids {
			s.coarse = append(s.coarse, map[slo.Minute]burnrate.Sum{})
		}
		for i := range s.ids {
			for hour := range s.drawHours(t, i) {
				for minute := hour; minute < hour+60; minute++ {
					if rows := s.record(minute).Rows; rows != nil {
						rows[i] = burnrate.Row{}
					}
				}
			}
		}
		s.look()
		if err := e.Load(s.sums(t, s.set, s.ids)); err != nil {
			t.Fatal(err)
		}
		for i := range s.ids {
			s.setCoarse(t, e, i, s.drawHours(t, i))
		}
		s.compare(t, "loaded", e)
		for tick := range rapid.IntRange(1, 6).Draw(t, "ticks") {
			jump := rapid.SampledFrom([]int{1, 7, 90}).Draw(t, "jump")
			for i := range s.ends {
				switch rapid.IntRange(0, 3).Draw(t, "moves") {
				case 0:
				case 1:
					s.ends[i] = (s.ends[i] + 59).Floor(60)
				default:
					s.ends[i] += slo.Minute(jump)
				}
			}
			ends := slices.Clone(s.ends)
			if err := e.Advance(ends, s.records(e.Needs(ends)...)); err != nil {
				t.Fatal(err)
			}
			s.look()
			s.forget()
			for range rapid.IntRange(0, 5).Draw(t, "corrections") {
				if rapid.IntRange(0, 3).Draw(t, "in an hour") > 0 {
					s.drawFilling(t, e)
				} else {
					drawCorrection(t, e, s.ledger)
				}
				s.forget()
			}
			if rapid.IntRange(0, 4).Draw(t, "replaced") == 0 {
				i := rapid.IntRange(0, len(s.ids)-1).Draw(t, "column")
				s.setCoarse(t, e, i, s.drawHours(t, i))
			}
			s.compare(t, fmt.Sprintf("tick %d", tick), e)
		}
	})
}

// drawHours draws hours of which no minute is measured: those from a first one
// on, but every so many.
func (s *scratch) drawHours(t *rapid.T, column int) map[slo.Minute]burnrate.Sum {
	hours := map[slo.Minute]burnrate.Sum{}
	first := s.start.Floor(60) + slo.Minute(60*rapid.IntRange(0, 110).Draw(t, "first hour"))
	but, odd := rapid.IntRange(2, 9).Draw(t, "but every"), rapid.IntRange(1, 60).Draw(t, "odd minutes")
	for i := range rapid.IntRange(0, 90).Draw(t, "hours") {
		hour := first + slo.Minute(60*i)
		if i%but == 1 || s.begun(column, hour) {
			continue
		}
		c := slo.Counts{Total: int64(700 + i%13), Bad: int64(i % 7)}
		sum := burnrate.Sum{Counts: c, Rows: c, Minutes: 60}
		if i%5 == 0 {
			sum.Minutes = int64(odd)
			sum.Counts = slo.Counts{Total: 1500 * c.Total, Bad: 1500 * c.Bad}
		}
		if i%17 == 3 {
			sum.Rows.Bad = -1
		}
		hours[hour] = sum
	}
	return hours
}

// begun reports whether a minute of an hour is measured.
func (s *scratch) begun(column int, hour slo.Minute) bool {
	for minute := hour; minute < min(hour+60, s.ends[column]); minute++ {
		if s.row(minute, column).Measured {
			return true
		}
	}
	return false
}

// forget drops the hours that have begun.
func (s *scratch) forget() {
	for i, hours := range s.coarse {
		for hour := range hours {
			if s.begun(i, hour) {
				delete(hours, hour)
			}
		}
	}
}

func (s *scratch) setCoarse(t *rapid.T, e *burnrate.Evaluator, column int, hours map[slo.Minute]burnrate.Sum) {
	var list []burnrate.Coarse
	for _, hour := range sortedHours(hours) {
		list = append(list, burnrate.Coarse{Hour: hour, Sum: hours[hour]})
	}
	if err := e.SetCoarse(column, list); err != nil {
		t.Fatal(err)
	}
	s.coarse[column] = hours
}

func sortedHours(hours map[slo.Minute]burnrate.Sum) []slo.Minute {
	var list []slo.Minute
	for hour := range hours {
		list = append(list, hour)
	}
	slices.Sort(list)
	return list
}

// drawFilling measures a minute of a coarse hour.
func (s *scratch) drawFilling(t *rapid.T, e *burnrate.Evaluator) {
	i := rapid.IntRange(0, len(s.ids)-1).Draw(t, "column")
	hours := sortedHours(s.coarse[i])
	if len(hours) == 0 {
		return
	}
	minute := rapid.SampledFrom(hours).Draw(t, "hour") + slo.Minute(rapid.IntRange(0, 59).Draw(t, "minute"))
	at := int(minute - s.start)
	if at < 0 || minute >= s.ends[i] {
		return
	}
	if s.rows[at] == nil {
		s.rows[at] = make([]burnrate.Row, len(s.ids))
	}
	after := burnrate.Counted(slo.Counts{Total: 9, Bad: rapid.Int64Range(-1, 9).Draw(t, "bad")})
	s.rows[at][i], s.since[i] = after, min(s.since[i], minute)
	e.Correct(minute, i, burnrate.Row{}, after)
}

func (s *scratch) compare(t *rapid.T, when string, e *burnrate.Evaluator) {
	t.Helper()
	at := s.start.Time()
	got, want := e.Snapshot(at), s.evaluate(t, s.set, s.ids, at)
	want.Failures, got.Failures = nil, nil
	for i := range want.Statuses {
		for k, o := range want.Statuses[i].Objectives {
			if id := want.Statuses[i].ID; o.Window.Window.Minutes() >= 24*60 && s.knows(id) {
				want.Statuses[i].Objectives[k] = s.objective(t, want.Statuses[i].ID, k, o)
			}
		}
	}
	compareSnapshots(t, when, got, want)
}

// objective replaces what coarse hours say of an objective.
func (s *scratch) objective(t *rapid.T, id string, k int, o burnrate.Objective) burnrate.Objective {
	hourly := s.with(t, id, s.set, o.Window.Span.End, nil)[id].Objectives[k]
	o.Window, o.BurnRate, o.Budget, o.Shares = hourly.Window, hourly.BurnRate, hourly.Budget, hourly.Shares
	if len(o.Exclusions) > 0 {
		open := *s.set
		open.Exclusions = nil
		o.Unexcluded = s.with(t, id, &open, o.Window.Span.End, nil)[id].Objectives[k].Budget.Remaining
	}
	for _, step := range s.seenBy(id) {
		counted := int64(0)
		for hour, sum := range s.counted(id, step, s.set, o.Window.Span.End) {
			if hour >= o.Window.Span.Start {
				counted += sum.Minutes
			}
		}
		o.Approximate = max(o.Approximate, counted)
	}
	o.Forecast = s.forecast(t, id, o)
	return o
}

// knows reports whether there are hours of what an objective is about.
func (s *scratch) knows(id string) bool {
	return slices.ContainsFunc(s.about(id), func(id string) bool { return len(s.coarse[slices.Index(s.ids, id)]) > 0 })
}

// about returns the ids that an objective is about, its own among them.
func (s *scratch) about(id string) []string {
	if j := s.set.Journeys[0]; id == j.ID {
		ids := s.seenBy(id)
		if j.Compose != slo.Measured {
			return ids
		}
		for _, step := range j.Steps {
			ids = append(ids, step.SLO.ID)
		}
		return ids
	}
	return []string{id}
}

// seenBy returns the ids that an objective is judged by: its own, or for a
// composed journey the steps'.
func (s *scratch) seenBy(id string) []string {
	j := s.set.Journeys[0]
	if id != j.ID || j.Compose == slo.Measured {
		return []string{id}
	}
	var steps []string
	for _, step := range j.Steps {
		steps = append(steps, step.SLO.ID)
	}
	return steps
}

// effects returns what exclusions do to the minutes of a span when something is
// looked at by itself, or as a step of a journey.
func effects(set *slo.Set, by, id string, span slo.Span) []slo.Effect {
	list := make([]slo.Effect, span.Len())
	for _, e := range set.Exclusions {
		if !e.Applies(by, "") && !e.Applies(id, "") {
			continue
		}
		for _, holds := range e.Spans(span) {
			for minute := max(holds.Start, span.Start); minute < min(holds.End, span.End); minute++ {
				if at := minute - span.Start; list[at] != slo.Drop {
					list[at] = e.Effect
				}
			}
		}
	}
	return list
}

// over returns the hours that are over at an end.
func (s *scratch) over(id string, end slo.Minute) map[slo.Minute]burnrate.Sum {
	hours := map[slo.Minute]burnrate.Sum{}
	for hour, sum := range s.coarse[slices.Index(s.ids, id)] {
		if hour+60 <= end && sum.Counts.Consistent() && sum.Rows.Consistent() {
			hours[hour] = sum
		}
	}
	return hours
}

// counted returns those of them that are not excluded in part.
func (s *scratch) counted(by, id string, set *slo.Set, end slo.Minute) map[slo.Minute]burnrate.Sum {
	hours := s.over(id, end)
	for hour := range hours {
		if effect := effects(set, by, id, slo.Span{Start: hour, End: hour + 60}); len(slices.Compact(effect)) > 1 {
			delete(hours, hour)
		}
	}
	return hours
}

// with evaluates a set with coarse hours as something sees them: as if all that
// happened in an hour had happened in its first minute. Instead of the hours it
// may have none.
func (s *scratch) with(t *rapid.T, by string, set *slo.Set, end slo.Minute, none map[slo.Minute]burnrate.Sum) map[string]burnrate.Status {
	extents := s.extents(s.ids)
	for id, extent := range extents {
		for hour := range s.over(id, end) {
			if none == nil {
				extent.Start = min(extent.Start, hour)
			}
		}
		extents[id] = extent
	}
	cuts := burnrate.Cuts(set, extents)
	measured := map[string]burnrate.Measurement{}
	for _, id := range s.ids {
		measured[id] = burnrate.Measurement{End: extents[id].End}
	}
	for _, id := range s.about(by) {
		hours := none
		if none == nil {
			hours = s.counted(by, id, set, end)
		}
		series, err := burnrate.SeriesOf(extents[id], cuts[id], s.between(id, cuts[id], hours))
		if err != nil {
			t.Fatal(err)
		}
		measured[id] = burnrate.Measurement{Series: series, End: extents[id].End}
	}
	statuses := map[string]burnrate.Status{}
	for _, status := range burnrate.Evaluate(set, time.Unix(0, 0), measured).Statuses {
		statuses[status.ID] = status
	}
	return statuses
}

// between sums minutes, and hours by their first minute, between cuts.
func (s *scratch) between(id string, cuts []slo.Minute, hours map[slo.Minute]burnrate.Sum) []burnrate.Sum {
	sums, column := make([]burnrate.Sum, max(0, len(cuts)-1)), slices.Index(s.ids, id)
	add := func(i int, sum burnrate.Sum) {
		sums[i] = burnrate.Sum{Counts: sums[i].Counts.Add(sum.Counts), Rows: sums[i].Rows.Add(sum.Rows), Minutes: sums[i].Minutes + sum.Minutes}
	}
	for i := range sums {
		for hour, sum := range hours {
			if cuts[i] <= hour && hour < cuts[i+1] {
				add(i, sum)
			}
		}
		for minute := max(cuts[i], s.start); minute < cuts[i+1]; minute++ {
			if row := s.row(minute, column); row.Measured && row.Counts.Consistent() && row.Rows.Consistent() {
				add(i, burnrate.Sum{Counts: row.Counts, Rows: row.Rows, Minutes: 1})
			}
		}
	}
	return sums
}
