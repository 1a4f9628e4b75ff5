package burnrate

import (
	"math"
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// view is a look at what was measured under one id: up to an end, and without
// what is excluded. Each SLO has one for itself, and one for every journey it
// is a step of.
type view struct {
	id       string
	end      slo.Minute
	windows  []slo.Window // whose counts are asked for
	excluded exclusions
	series   Series
}

// views are all views that evaluating a set takes.
type views struct {
	own   map[string]view   // by the id that is measured
	steps map[string][]view // by the id of the journey, in the order of its steps
}

// newViews plans the views. end says up to when each id was measured.
//
// The times of each exclusion are looked up once for all of them: a rule may
// have to be followed from long ago.
func newViews(set *slo.Set, end func(id string) slo.Minute) views {
	all := views{own: map[string]view{}, steps: map[string][]view{}}
	ends := map[string]slo.Minute{}
	for _, j := range set.Journeys {
		ends[j.ID] = journeyEnd(j, end)
	}
	for _, s := range set.Measured() {
		v := view{id: s.ID, end: end(s.ID), windows: windowsOf(s.Objectives)}
		if s.Kind == slo.KindJourney {
			v.end = ends[s.ID]
		}
		if slices.ContainsFunc(v.windows, needsPace) {
			v.windows = append(v.windows, slo.Rolling(paceMinutes))
		}
		all.own[s.ID] = v
	}
	for _, j := range set.Journeys {
		for _, step := range j.Steps {
			all.steps[j.ID] = append(all.steps[j.ID], view{id: step.SLO.ID, end: ends[j.ID], windows: windowsOf(j.Objectives)})
		}
	}
	if len(set.Exclusions) > 0 {
		all.exclude(set)
	}
	return all
}

// exclude gives each view the exclusions that apply to it: to the SLO, to the
// journey, and for a view of a step to either.
func (all views) exclude(set *slo.Set) {
	horizon := all.horizon()
	if horizon.Len() == 0 {
		return
	}
	agreed := agree(set.Exclusions, horizon)
	for _, s := range set.Measured() {
		v := all.own[s.ID]
		v.excluded = agreed.applying(func(e *slo.Exclusion) bool { return e.Applies(s.ID, s.About.Owner) })
		all.own[s.ID] = v
	}
	for _, j := range set.Journeys {
		for i, step := range j.Steps {
			all.steps[j.ID][i].excluded = agreed.applying(func(e *slo.Exclusion) bool {
				return e.Applies(j.ID, j.About.Owner) || e.Applies(step.SLO.ID, step.SLO.About.Owner)
			})
		}
	}
}

// horizon spans the windows of all views, as far as they reach.
func (all views) horizon() slo.Span {
	horizon := slo.Span{Start: math.MaxInt64, End: math.MinInt64}
	for _, steps := range all.steps {
		for _, v := range steps {
			horizon = v.widen(horizon)
		}
	}
	for _, v := range all.own {
		horizon = v.widen(horizon)
	}
	return horizon
}

func (v view) widen(span slo.Span) slo.Span {
	for _, w := range v.windows {
		whole := w.Around(v.end)
		span = slo.Span{Start: min(span.Start, whole.Start), End: max(span.End, whole.End)}
	}
	return span
}

// journeyEnd returns the end of a journey's windows: the earliest of its
// steps' and, when it is measured, its own. What could not be measured counts
// as well, so that a failure does not move the windows of the others.
func journeyEnd(j *slo.Journey, end func(id string) slo.Minute) slo.Minute {
	var ends []slo.Minute
	for _, step := range j.Steps {
		ends = append(ends, end(step.SLO.ID))
	}
	if j.Compose == slo.Measured {
		ends = append(ends, end(j.ID))
	}
	if len(ends) == 0 {
		return 0
	}
	return slices.Min(ends)
}

func windowsOf(objectives []slo.Objective) []slo.Window {
	windows := BurnWindows()
	for _, o := range objectives {
		windows = append(windows, o.Window)
	}
	return windows
}

// cuts returns the minutes between which the series has to be counted: the
// ends of windows, and those of exclusions within them.
func (v view) cuts(extent slo.Span) []slo.Minute {
	var cuts []slo.Minute
	add := func(span slo.Span) {
		if span = span.Intersect(extent); span.Len() > 0 {
			cuts = append(cuts, span.Start, span.End)
		}
	}
	longest := slo.Span{Start: v.end, End: v.end}
	for _, w := range v.windows {
		span := w.Ending(v.end)
		longest.Start = min(longest.Start, span.Start)
		add(span)
	}
	for _, span := range slices.Concat(v.excluded.drop, v.excluded.good) {
		add(span.Intersect(longest))
	}
	return cuts
}

// Cuts returns, for each id that is measured, the minutes between which its
// events have to be counted to evaluate the set. extents says when each could
// be measured.
func Cuts(set *slo.Set, extents map[string]slo.Span) map[string][]slo.Minute {
	all := newViews(set, func(id string) slo.Minute { return extents[id].End })
	cuts := map[string][]slo.Minute{}
	add := func(v view) { cuts[v.id] = append(cuts[v.id], v.cuts(extents[v.id])...) }
	for _, v := range all.own {
		add(v)
	}
	for _, steps := range all.steps {
		for _, v := range steps {
			add(v)
		}
	}
	for id, list := range cuts {
		slices.Sort(list)
		cuts[id] = slices.Compact(list)
	}
	return cuts
}

// budgetWindow sums what counts for a budget: without the minutes that are
// dropped, and without the bad events of those that count as good.
func (v view) budgetWindow(window slo.Window) Window {
	w, dropped, good := v.measured(window)
	w.Excluded.Total, w.Excluded.Bad = dropped.Total, dropped.Bad+good.Bad
	return w.without(w.Excluded)
}

// burnWindow sums what counts for a burn rate: all events, those of excluded
// minutes as good ones, so that alerts neither see an outage that was agreed
// nor lose their traffic.
func (v view) burnWindow(window slo.Window) Window {
	w, dropped, good := v.measured(window)
	w.Excluded.Bad = dropped.Bad + good.Bad
	return w.without(w.Excluded)
}

// measured sums a window as it was measured, and what exclusions are about.
func (v view) measured(window slo.Window) (w Window, dropped, good slo.Counts) {
	w = Window{Window: window, Span: window.Ending(v.end)}
	w.Counts, w.Measured = v.series.Sum(w.Span)
	for _, part := range touching(v.excluded.drop, w.Span) {
		counts, _ := v.series.Sum(part)
		dropped = dropped.Add(counts)
		w.Excluded.Minutes += part.Len()
	}
	for _, part := range touching(v.excluded.good, w.Span) {
		counts, _ := v.series.Sum(part)
		good = good.Add(counts)
		w.Excluded.Minutes += part.Len()
	}
	return w, dropped, good
}

// without takes events out of the counts and classifies what is left.
func (w Window) without(x Excluded) Window {
	w.Counts = w.Counts.Sub(slo.Counts{Total: x.Total, Bad: x.Bad})
	w.State = stateOf(w.Counts.Total, w.Measured, w.Span.Len())
	w.ErrorRatio = ErrorRatio(w.Counts)
	return w
}

// missing returns how many minutes of a window that count were not measured
// yet: those before the first measured one and, in a calendar window, those
// that are still to come.
func (v view) missing(window slo.Window) int64 {
	whole := window.Around(v.end)
	before := slo.Span{Start: whole.Start, End: min(max(v.series.extent.Start, whole.Start), v.end)}
	after := slo.Span{Start: v.end, End: whole.End}
	return before.Len() + after.Len() - v.excluded.dropped(before) - v.excluded.dropped(after)
}

// pace averages the traffic of the last 28 days, or of what there is.
func (v view) pace(window slo.Window) Pace {
	if needsPace(window) {
		window = slo.Rolling(paceMinutes)
	}
	w := v.budgetWindow(window)
	pace := Pace{Total: w.Counts.Total, Minutes: w.Measured}
	for _, part := range touching(v.excluded.drop, w.Span) {
		_, measured := v.series.Sum(part)
		pace.Minutes -= measured
	}
	return pace
}

// soFar returns the share of a window's minutes that were measured, gaps
// among them, of those that count.
func (v view) soFar(window slo.Window) float64 {
	whole := window.Around(v.end)
	measured := window.Ending(v.end).Intersect(v.series.extent)
	minutes := whole.Len() - v.excluded.dropped(whole)
	if minutes == 0 {
		return 0
	}
	return float64(measured.Len()-v.excluded.dropped(measured)) / float64(minutes)
}
