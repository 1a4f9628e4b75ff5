package burnrate

import "github.com/slojourn/slojourn/slo"

// view is a look at what was measured under one id: over the windows of a
// shape, up to an end, and without what is excluded. Each SLO has one for
// itself, and one for every journey it is a step of.
type view struct {
	id       string
	itself   []string   // its id
	follows  []string   // ids of which the earliest end is the view's
	covers   []identity // what exclusions may apply to
	shape    *shape
	excluded exclusions
	followed []*column // what it follows, in an Evaluator
	every    int64     // minutes by which its end moves at once: those of a slice, 0 without

	end     slo.Minute
	since   slo.Minute // first minute that could be measured; end when there is none
	around  []slo.Span // of the shape's windows: all their minutes
	tallies tallies    // of the shape's windows
	coarse  coarse     // beside them, in an Evaluator
	flows   []flows    // of the shape's flows, in an Evaluator
}

// identity is what an exclusion may name.
type identity struct{ id, owner string }

// place moves the view's windows to an end.
func (v *view) place(end slo.Minute) {
	v.end = end
	v.around = make([]slo.Span, len(v.shape.windows.list))
	for i, w := range v.shape.windows.list {
		v.around[i] = w.Around(end)
	}
}

// over returns the minutes of a window up to the end.
func (v *view) over(window int) slo.Span { return slo.Span{Start: v.around[window].Start, End: v.end} }

// reach returns the minutes of all windows, as far as they reach.
func (v *view) reach() slo.Span {
	span := slo.Span{Start: v.end, End: v.end}
	for _, around := range v.around {
		span = slo.Span{Start: min(span.Start, around.Start), End: max(span.End, around.End)}
	}
	return span
}

// lookback returns the minutes of all windows and flows.
func (v *view) lookback() slo.Span {
	span := v.reach()
	for _, minutes := range v.shape.windows.flows {
		span.Start = min(span.Start, v.flowSpan(minutes, len(flows{})-1).Start)
	}
	return span
}

// cuts returns the minutes between which a series has to be counted: the ends
// of windows, and those of exclusions within them.
func (v *view) cuts(extent slo.Span) []slo.Minute {
	var cuts []slo.Minute
	add := func(span slo.Span) {
		if span = span.Intersect(extent); span.Len() > 0 {
			cuts = append(cuts, span.Start, span.End)
		}
	}
	for i := range v.around {
		add(v.over(i))
	}
	for _, minutes := range v.shape.windows.flows {
		for k := range len(flows{}) {
			add(v.flowSpan(minutes, k))
		}
	}
	measured := slo.Span{Start: v.lookback().Start, End: v.end}
	for _, excluded := range []spans{v.excluded.drop, v.excluded.good} {
		for _, span := range excluded.touching(measured) {
			add(span)
		}
	}
	return cuts
}

// fill sums the windows from a series.
func (v *view) fill(s Series) {
	v.since = v.end
	if s.extent.Len() > 0 {
		v.since = min(s.extent.Start, v.end)
	}
	v.tallies = newTallies(len(v.around), !v.excluded.none())
	for i := range v.around {
		span := v.over(i)
		v.tallies.all[i] = s.Sum(span)
		for _, part := range v.excluded.drop.touching(span) {
			v.tallies.parts[i].dropped = v.tallies.parts[i].dropped.add(s.Sum(part))
		}
		for _, part := range v.excluded.good.touching(span) {
			v.tallies.parts[i].good = v.tallies.parts[i].good.add(s.Sum(part))
		}
	}
	v.fillFlows(s)
}

// unexcluded is the view as it would be without exclusions.
func (v *view) unexcluded() *view {
	open := *v
	open.excluded, open.tallies.parts = exclusions{}, nil
	open.takeCoarse(v.coarse.known)
	return &open
}

// budgetWindow sums what counts for a budget: without the minutes that are
// dropped, and without the bad events of those that count as good.
func (v *view) budgetWindow(window int) (w Window) {
	all, t := v.budgeted(window)
	v.window(&w, window, &all, Excluded{Total: t.dropped.Counts.Total, Bad: t.dropped.Counts.Bad + t.good.Counts.Bad},
		slo.Counts{Total: t.dropped.Rows.Total, Bad: t.dropped.Rows.Bad + t.good.Rows.Bad})
	return w
}

// burnWindow sums what counts for a burn rate: all events, those of excluded
// minutes as good ones, so that alerts neither see an outage that was agreed
// nor lose their traffic.
func (v *view) burnWindow(window int) (w Window) {
	v.burning(&w, window)
	return w
}

// burning is burnWindow in place.
func (v *view) burning(w *Window, window int) {
	if v.tallies.parts == nil {
		v.window(w, window, &v.tallies.all[window], Excluded{}, slo.Counts{})
		return
	}
	t := &v.tallies.parts[window]
	v.window(w, window, &v.tallies.all[window], Excluded{Bad: t.dropped.Counts.Bad + t.good.Counts.Bad}, slo.Counts{Bad: t.dropped.Rows.Bad + t.good.Rows.Bad})
}

// window takes events, and the rows behind them, out of all that was measured.
func (v *view) window(w *Window, window int, all *Sum, x Excluded, rows slo.Counts) {
	w.Window, w.Span, w.Measured, w.Excluded = v.shape.windows.list[window], v.over(window), all.Minutes, x
	if !v.excluded.none() {
		w.Excluded.Minutes = v.excluded.minutes(w.Span)
	}
	w.Counts = all.Counts.Sub(slo.Counts{Total: x.Total, Bad: x.Bad})
	w.Rows = all.Rows.Sub(rows)
	w.State = stateOf(w.Counts.Total, w.Measured, w.Span.Len())
	w.ErrorRatio = ErrorRatio(w.Counts)
}

// missing returns how many minutes of a window that count were not measured
// yet: those before the first measured one and, in a calendar window, those
// that are still to come.
func (v *view) missing(window int) int64 {
	whole := v.around[window]
	before := slo.Span{Start: whole.Start, End: min(max(v.first(window), whole.Start), v.end)}
	after := slo.Span{Start: v.end, End: whole.End}
	return before.Len() + after.Len() - v.excluded.drop.minutes(before) - v.excluded.drop.minutes(after)
}

// pace is the traffic per minute that counts.
func (v *view) pace(window int) Pace {
	all, excluded := v.budgeted(window)
	dropped := &excluded.dropped
	return Pace{Total: all.Counts.Total - dropped.Counts.Total, Minutes: all.Minutes - dropped.Minutes}
}

// kept returns how many minutes of a whole window count.
func (v *view) kept(window int) int64 {
	whole := v.around[window]
	return whole.Len() - v.excluded.drop.minutes(whole)
}

// soFar returns the share of a window's minutes that were measured, gaps
// among them, of those that count.
func (v *view) soFar(window int) float64 {
	kept := v.kept(window)
	if kept == 0 {
		return 0
	}
	measured := slo.Span{Start: max(v.first(window), v.around[window].Start), End: v.end}
	return float64(measured.Len()-v.excluded.drop.minutes(measured)) / float64(kept)
}
