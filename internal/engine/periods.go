package engine

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// Periods returns how a set stood at the ends of windows of the past, by what is kept,
// as [Kept] would have said it then: for each objective those of its own window, and
// for each journey and SLO those of 1d, 7d and 28d beside, where no objective of it has
// them. Those of which nothing was measured are left out. They are ordered by id,
// objective, window and time.
//
// Rolling windows are laid back from the last minute that could be measured at an
// instant, those of a day and more from the last whole hour, as of older history whole
// quarters of an hour are kept and slices of up to an hour are measured. Of calendar
// windows it is those that are over. There are as many as a year has of 28 days and
// more, a quarter of a year of weeks, and four weeks of shorter ones, as far as the
// history goes back.
func Periods(ctx context.Context, set *slo.Set, records Records, lag Lag, at time.Time) ([]backtest.Period, error) {
	s, kept, _, err := keptState(ctx, set, records)
	if err != nil {
		return nil, err
	}
	p := &past{set: set, columns: map[string]int{}, lineages: map[string]lineage.Lineage{}, asked: map[slo.Minute][]question{}}
	for k, m := range s.measured {
		first, known := s.lineages[k].Since(kept.Since)
		if !known {
			first = slo.MinuteAt(at)
		}
		d, _ := lag(m)
		s.ends[k] = slo.MinuteAt(at.Add(-d))
		p.columns[m.ID], p.lineages[m.ID] = k, s.lineages[k]
		p.measured, p.first = append(p.measured, m), append(p.first, first)
	}
	p.last, p.begin = s.ends, slices.Clone(p.first)
	coarse, err := s.keptCoarse(ctx, records)
	if err != nil {
		return nil, err
	}
	p.coarse = len(coarse) > 0
	for k := range s.measured {
		if hours := s.coarseOf(k, coarse); len(hours) > 0 {
			p.begin[k] = min(p.begin[k], hours[0].Hour)
		}
	}
	p.ask()
	if err := p.read(ctx, records); err != nil {
		return nil, err
	}
	for _, end := range slices.Sorted(maps.Keys(p.asked)) {
		if err := p.answer(ctx, records, end); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(p.periods, func(a, b backtest.Period) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Objective, b.Objective),
			cmp.Compare(a.Window.Minutes(), b.Window.Minutes()), cmp.Compare(a.Span.Start, b.Span.Start))
	})
	return p.periods, nil
}

// past is what is asked about the past of a set.
type past struct {
	set      *slo.Set
	measured []*slo.SLO
	columns  map[string]int // of measured, by id
	lineages map[string]lineage.Lineage
	first    []slo.Minute // that was measured, of columns
	begin    []slo.Minute // likewise, or of an hour of which only the sum is known
	coarse   bool         // there are such hours
	last     []slo.Minute // behind the last one that could be measured
	asked    map[slo.Minute][]question
	series   map[string]burnrate.Series
	periods  []backtest.Period
}

// question is about a window that ended at a minute.
type question struct {
	id        string
	objective string
	window    slo.Window
	target    slo.Target // any; without one there is no objective
	journey   *slo.Journey
}

// otherWindows are looked at beside those that objectives have.
func otherWindows() []slo.Window {
	const day = 24 * minutesOfHour
	return []slo.Window{slo.Rolling(day), slo.Rolling(7 * day), slo.Rolling(28 * day)}
}

// ask notes what is asked about everything that has objectives.
func (p *past) ask() {
	for _, s := range p.set.SLOs {
		p.askAbout(question{id: s.ID}, s.Objectives, []int{p.columns[s.ID]})
	}
	for _, j := range p.set.Journeys {
		var columns []int
		for _, step := range j.Steps {
			columns = append(columns, p.columns[step.SLO.ID])
		}
		if j.SLI != nil {
			columns = append(columns, p.columns[j.ID])
		}
		p.askAbout(question{id: j.ID, journey: j}, j.Objectives, columns)
	}
}

func (p *past) askAbout(q question, objectives []slo.Objective, columns []int) {
	if len(objectives) == 0 || len(columns) == 0 {
		return
	}
	windows := map[slo.Window]bool{}
	for _, o := range objectives {
		windows[o.Window] = true
		q.objective, q.window, q.target = o.Name, o.Window, o.Target
		p.askBack(q, columns)
	}
	for _, w := range otherWindows() {
		if !windows[w] {
			q.objective, q.window, q.target = "", w, objectives[0].Target
			p.askBack(q, columns)
		}
	}
}

// askBack asks about one window after the other, the newest first, of what follows
// from some columns.
func (p *past) askBack(q question, columns []int) {
	first, end := p.begin[columns[0]], p.last[columns[0]]
	for _, k := range columns {
		first, end = min(first, p.begin[k]), min(end, p.last[k])
	}
	if end = p.closed(columns, end); q.window.IsCalendar() {
		if whole := q.window.Around(end); whole.End > end {
			end = whole.Start
		}
	} else if q.window.Minutes() >= 24*minutesOfHour {
		end = end.Floor(minutesOfHour)
	}
	for range mostPeriods(q.window) {
		span := q.window.Around(end)
		if !q.window.IsCalendar() {
			span = q.window.Around(p.closed(columns, end))
		}
		if span.End <= first {
			return
		}
		p.asked[end] = append(p.asked[end], q)
		end = span.Start
	}
}

// mostPeriods is how many windows are looked at.
func mostPeriods(w slo.Window) int {
	const day = 24 * minutesOfHour
	switch {
	case w.Minutes() >= 28*day:
		return 12
	case w.Minutes() >= 7*day:
		return 13
	default:
		return 28
	}
}

// closed returns up to when all columns can be measured at an end: whole slices.
func (p *past) closed(columns []int, end slo.Minute) slo.Minute {
	closed := end
	for _, k := range columns {
		closed = min(closed, p.measured[k].SLI.Closed(end))
	}
	return closed
}

// subset is what of the set is asked about at an end, with objectives over the windows
// that are asked about. Steps have those of their journey as well.
func (p *past) subset(end slo.Minute) *slo.Set {
	objectives := map[string][]slo.Objective{}
	add := func(id string, q *question) {
		if !slices.ContainsFunc(objectives[id], func(o slo.Objective) bool { return o.Window == q.window }) {
			objectives[id] = append(objectives[id], slo.Objective{Name: q.window.String(), Target: q.target, Window: q.window})
		}
	}
	for i := range p.asked[end] {
		q := &p.asked[end][i]
		add(q.id, q)
		if q.journey != nil {
			for _, step := range q.journey.Steps {
				add(step.SLO.ID, q)
			}
		}
	}
	set := &slo.Set{Exclusions: p.set.Exclusions}
	for _, s := range p.set.SLOs {
		if list := objectives[s.ID]; len(list) > 0 {
			only := *s
			only.Objectives, only.Elsewhere = list, false // a step's are its journey's
			set.SLOs = append(set.SLOs, &only)
		}
	}
	for _, j := range p.set.Journeys {
		if list := objectives[j.ID]; len(list) > 0 {
			only := *j
			only.Objectives = list
			set.Journeys = append(set.Journeys, &only)
		}
	}
	return set
}

// read sums the history once between all minutes that windows begin or end with.
func (p *past) read(ctx context.Context, records Records) error {
	cuts := map[string][]slo.Minute{}
	for end := range p.asked {
		set := p.subset(end)
		extents := map[string]slo.Span{}
		for _, m := range set.Measured() {
			extents[m.ID] = p.extent(m, end)
		}
		for id, list := range burnrate.LoadCuts(set, extents) {
			cuts[id] = append(cuts[id], list...)
		}
	}
	ids := slices.Sorted(maps.Keys(cuts))
	lineages, sorted := make([]lineage.Lineage, len(ids)), make([][]slo.Minute, len(ids))
	for i, id := range ids {
		slices.Sort(cuts[id])
		lineages[i], sorted[i] = p.lineages[id], slices.Compact(cuts[id])
	}
	totals, err := records.Totals(ctx, lineages, sorted)
	if err != nil {
		return err
	}
	p.series = map[string]burnrate.Series{}
	for i, id := range ids {
		k := p.columns[id]
		extent := p.extent(p.measured[k], p.last[k])
		if p.series[id], err = burnrate.SeriesOf(extent, sorted[i], totals[i].Sums); err != nil {
			return fmt.Errorf("sum the past of %s: %w", id, err)
		}
	}
	return nil
}

// extent is what of an SLO could be measured at an end.
func (p *past) extent(m *slo.SLO, end slo.Minute) slo.Span {
	end = m.SLI.Closed(end)
	return slo.Span{Start: min(p.first[p.columns[m.ID]], end), End: end}
}

// answer says how everything stood that is asked about at an end.
func (p *past) answer(ctx context.Context, records Records, end slo.Minute) error {
	s := newState(p.subset(end), p.lineages)
	series := map[string]burnrate.Series{}
	for k, m := range s.measured {
		s.ends[k] = m.SLI.Closed(end)
		series[m.ID] = p.series[m.ID].Until(s.ends[k])
	}
	if err := s.evaluator.Load(series); err != nil {
		return err
	}
	if p.coarse {
		if err := s.loadCoarse(ctx, records); err != nil {
			return err
		}
	}
	windows := map[string]map[slo.Window]*burnrate.Window{}
	statuses := s.evaluator.Snapshot(end.Time()).Statuses
	units := map[string]int64{}
	for i := range statuses {
		status := &statuses[i]
		windows[status.ID], units[status.ID] = map[slo.Window]*burnrate.Window{}, status.Unit
		for n := range status.Objectives {
			w := &status.Objectives[n].Window
			windows[status.ID][w.Window] = w
		}
	}
	for i := range p.asked[end] {
		q := &p.asked[end][i]
		w := windows[q.id][q.window]
		if w.Measured == 0 {
			continue
		}
		period := backtest.Period{
			ID: q.id, Objective: q.objective, Unit: units[q.id], Window: q.window, Span: w.Span,
			Counts: w.Counts, Events: w.Rows.Total, Error: w.ErrorRatio, Measured: w.Measured,
		}
		if q.journey != nil && q.journey.SLI == nil {
			period.Composed, period.Events = true, eventsOf(q, windows)
		}
		p.periods = append(p.periods, period)
	}
	return nil
}

// eventsOf returns how many events of a composed journey one more bad event is weighed
// against: those of all steps when they are pooled, else those of the step with the
// fewest.
func eventsOf(q *question, windows map[string]map[slo.Window]*burnrate.Window) int64 {
	events := int64(0)
	for _, step := range q.journey.Steps {
		switch n := windows[step.SLO.ID][q.window].Rows.Total; {
		case q.journey.Compose == slo.Pooled, events == 0:
			events += n
		case n > 0:
			events = min(events, n)
		}
	}
	return events
}
