package burnrate

import (
	"fmt"
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// Coarse hours count in windows of a day and more: in shorter ones an hour is too
// much to be in as a whole or not at all.
const (
	coarseMinutes       = 60
	coarseWindowMinutes = int64(24 * 60)
)

// SetCoarse replaces the coarse hours that are known of the id at an index of
// [Evaluator.Measured], after [Evaluator.Load], which forgets them. They are in
// order, each begins with an hour of UTC, and 1 to 60 of its minutes were
// measured. The caller, who has them in a ledger, leaves out those of which a
// minute is known: an evaluator holds no minutes to look that up. After an
// error nothing has changed.
//
// Coarse hours count in the windows of objectives, and in those that the pace
// of their budgets is taken from, when these are a day long or more: the hours
// that lie wholly within what is over of the window. They count as so many
// measured minutes as they have, and the first of them is where the minutes end
// that were not measured yet, see [NewBudget]. They are in no window of
// [Objective.Burn], tier, guard or pace of a forecast, and those of an SLI with
// slices are not kept.
//
// An hour that is excluded as a whole counts as its minutes would. One that is
// excluded in part is left out, as nobody knows which of its events are: it is
// a gap until its minutes come. An hour whose sum cannot be is reported, and not
// counted.
//
// With the first of its minutes that is measured, by [Evaluator.Advance] or
// [Evaluator.Correct], an hour is forgotten for good, so that nothing counts
// twice. What is not known of its other minutes is a gap then.
func (e *Evaluator) SetCoarse(index int, list []Coarse) error {
	if index < 0 || index >= len(e.columns) {
		return fmt.Errorf("coarse hours of SLO %d: there are %d", index, len(e.columns))
	}
	c := e.columns[index]
	for i, h := range list {
		switch {
		case h.Hour != h.Hour.Floor(coarseMinutes), h.Sum.Minutes < 1, h.Sum.Minutes > coarseMinutes:
			return fmt.Errorf("%s: the coarse hour that begins with minute %d and has %d minutes is none", c.id, h.Hour, h.Sum.Minutes)
		case i > 0 && h.Hour <= list[i-1].Hour:
			return fmt.Errorf("%s: the coarse hour %d follows %d, which is not before it", c.id, h.Hour, list[i-1].Hour)
		}
	}
	c.hours, c.wrong = hours{}, nil
	if !c.sliced {
		c.keepCoarse(list)
	}
	for _, v := range c.views {
		v.takeCoarse(&c.hours)
	}
	return nil
}

func (c *column) keepCoarse(list []Coarse) {
	c.hours = *makeHours(len(list))
	for _, h := range list {
		if row := (Row{h.Sum.Counts, h.Sum.Rows, true}); !row.consistent() {
			c.wrong = append(c.wrong, Invalid{hourFrom(h.Hour), row})
			continue
		}
		c.hours.add(h.Hour, h.Sum)
	}
}

// forgetCoarse drops the hour of a minute that was measured.
func (c *column) forgetCoarse(minute slo.Minute) {
	if c.hours.none() && len(c.wrong) == 0 {
		return
	}
	start := minute.Floor(coarseMinutes)
	c.wrong = slices.DeleteFunc(c.wrong, func(i Invalid) bool { return i.Span.Start == start })
	c.hours.drop(start)
	for _, v := range c.views {
		if v.coarse.counted != v.coarse.known {
			v.coarse.counted.drop(start)
			v.coarse.dropped.drop(start)
			v.coarse.good.drop(start)
		}
	}
}

// wrongCoarse returns the hours whose sum cannot be, as far as they would count.
func (c *column) wrongCoarse() []Invalid {
	var seen []Invalid
	for _, i := range c.wrong {
		if slices.ContainsFunc(c.views, func(v *view) bool { return v.countsCoarse(i.Span) }) {
			seen = append(seen, i)
		}
	}
	return seen
}

// coarse is what a view makes of the coarse hours of its column.
type coarse struct {
	known         *hours // all of the column's
	counted       *hours // those that count; the same ones when nothing is excluded
	dropped, good *hours // those of them that are excluded as a whole
}

// takeCoarse sorts hours by what exclusions do to them.
func (v *view) takeCoarse(known *hours) {
	v.coarse = coarse{known: known, counted: known}
	if known.none() || v.excluded.none() {
		return
	}
	v.coarse = coarse{known: known, counted: makeHours(0), dropped: makeHours(0), good: makeHours(0)}
	for i, start := range known.starts {
		sum, span := known.between(i, i+1), hourFrom(start)
		dropped, good := v.excluded.drop.minutes(span), v.excluded.good.minutes(span)
		switch {
		case dropped+good == 0:
		case dropped == coarseMinutes:
			v.coarse.dropped.add(start, sum)
		case good == coarseMinutes:
			v.coarse.good.add(start, sum)
		default:
			continue
		}
		v.coarse.counted.add(start, sum)
	}
}

// longEnough reports whether coarse hours count in a window.
func (v *view) longEnough(window int) bool {
	return v.shape.windows.list[window].Minutes() >= coarseWindowMinutes
}

// countsCoarse reports whether an hour lies within a window that it counts in.
func (v *view) countsCoarse(hour slo.Span) bool {
	for _, o := range v.shape.objectives {
		for _, window := range []int{o.window, o.pace} {
			if over := v.over(window); v.longEnough(window) && over.Start <= hour.Start && hour.End <= over.End {
				return true
			}
		}
	}
	return false
}

// budgeted returns what was measured of a window for a budget: its minutes, and
// the coarse hours within it.
func (v *view) budgeted(window int) (Sum, parts) {
	all, excluded := v.tallies.all[window], v.tallies.excluded(window)
	if v.coarse.known.none() || !v.longEnough(window) {
		return all, excluded
	}
	span := v.over(window)
	all = all.add(v.coarse.counted.within(span))
	excluded.dropped = excluded.dropped.add(v.coarse.dropped.within(span))
	excluded.good = excluded.good.add(v.coarse.good.within(span))
	return all, excluded
}

// approximate returns how many of the measured minutes of a window are known
// from coarse hours only.
func (v *view) approximate(window int) int64 {
	if v.coarse.known.none() || !v.longEnough(window) {
		return 0
	}
	return v.coarse.counted.within(v.over(window)).Minutes
}

// first returns the first minute that could be measured, as a budget over a
// window looks at it: that of a coarse hour when it is over.
func (v *view) first(window int) slo.Minute {
	if v.coarse.known.none() || !v.longEnough(window) || v.coarse.known.starts[0]+coarseMinutes > v.end {
		return v.since
	}
	return min(v.since, v.coarse.known.starts[0])
}
