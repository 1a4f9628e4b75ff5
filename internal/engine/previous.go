package engine

import (
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// formerBudgets are what remained of budgets when the calendar windows before the
// present ones ended. They are summed between ticks, some at a time, see [recall].
type formerBudgets struct {
	of      *state
	list    []formerBudget // of objectives with calendar windows, in the order of a snapshot
	columns [][]int        // what of the list each column of the state counts in
	turn    int            // how many columns are summed at once, 0 before any were
}

// formerBudget is that of an objective.
type formerBudget struct {
	burnrate.Previous
	target  slo.Target
	window  slo.Window
	columns int        // that it takes to sum it
	border  slo.Minute // where the present window begins
	summed  slo.Minute // the border up to which Remaining was summed
	at      time.Time  // when that was; zero when it is due
	changed bool       // minutes from before the border have changed since
}

// formerAgain is how often a window that is over is summed again at most, when events
// come late and while history is filled in.
const formerAgain = time.Hour

// show returns those of the windows before the ones in a snapshot of a state.
func (b *formerBudgets) show(s *state, statuses []burnrate.Status) []burnrate.Previous {
	if b.of != s {
		b.begin(s, statuses)
	}
	var shown []burnrate.Previous
	n := 0
	for i := range statuses {
		for k := range statuses[i].Objectives {
			o := &statuses[i].Objectives[k]
			if !o.Window.Window.IsCalendar() {
				continue
			}
			former := &b.list[n]
			n++
			if former.border = o.Window.Span.Start; former.summed == former.border && former.Remaining.Defined() {
				shown = append(shown, former.Previous)
			}
		}
	}
	return shown
}

// begin lists the objectives of another state. What is known of those that stay holds
// until it is summed anew.
func (b *formerBudgets) begin(s *state, statuses []burnrate.Status) {
	type key struct{ id, objective string }
	known := map[key]formerBudget{}
	for _, former := range b.list {
		known[key{former.ID, former.Objective}] = former
	}
	b.of, b.list = s, nil
	places := map[string][]int{} // in the list, by id
	for i := range statuses {
		for k := range statuses[i].Objectives {
			o := &statuses[i].Objectives[k]
			if !o.Window.Window.IsCalendar() {
				continue
			}
			next := formerBudget{Previous: burnrate.Previous{ID: statuses[i].ID, Objective: o.Name}, target: o.Target, window: o.Window.Window}
			if old, ok := known[key{next.ID, next.Objective}]; ok && old.target == next.target && old.window.Same(next.window) {
				next.Remaining, next.summed = old.Remaining, old.summed
			}
			places[next.ID] = append(places[next.ID], len(b.list))
			b.list = append(b.list, next)
		}
	}
	counted := map[string][]int{} // in the list, by the id of what is measured
	for k := range b.list {
		b.list[k].columns = 1
	}
	for _, j := range s.set.Journeys {
		for _, n := range places[j.ID] {
			b.list[n].columns += len(j.Steps)
		}
		for _, step := range j.Steps {
			counted[step.SLO.ID] = append(counted[step.SLO.ID], places[j.ID]...)
		}
	}
	b.columns = make([][]int, len(s.measured))
	for column, m := range s.measured {
		b.columns[column] = append(counted[m.ID], places[m.ID]...)
	}
}

// note has those be summed again in which minutes have changed that were read. Minutes
// from before a window matter as well: the traffic that is expected where it has gaps
// follows from them.
func (b *formerBudgets) note(s *state, read []*request) {
	if b.of == s { // else all of them are due
		s.eachChange(read, func(column int, c change) { b.change(column, c.minute) })
	}
}

// noteCoarse does so for hours of which only the sum was read.
func (b *formerBudgets) noteCoarse(s *state, hours []burnrate.Coarse) {
	if b.of != s {
		return
	}
	for i := range hours {
		for _, h := range s.held[hours[i].Indicator] {
			b.change(h.column, hours[i].Hour)
		}
	}
}

func (b *formerBudgets) change(column int, m slo.Minute) {
	for _, n := range b.columns[column] {
		if former := &b.list[n]; m < former.border {
			former.changed = true
		}
	}
}

// forget has everything be due.
func (b *formerBudgets) forget() {
	for k := range b.list {
		b.list[k].at = time.Time{}
	}
}

// due returns those that have to be summed: with soon also those that have changed
// less than an hour after they were.
func (b *formerBudgets) due(now time.Time, soon bool) []*formerBudget {
	var list []*formerBudget
	for k := range b.list {
		former := &b.list[k]
		if former.summed != former.border || former.at.IsZero() || former.changed && (soon || now.Sub(former.at) >= formerAgain) {
			list = append(list, former)
		}
	}
	return list
}
