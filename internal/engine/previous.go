package engine

import (
	"context"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// formerBudgets are what remained of budgets when the calendar windows before the
// present ones ended. They are summed between ticks, some at a time.
type formerBudgets struct {
	of   *state
	list []formerBudget // of objectives with calendar windows, in the order of a snapshot
}

// formerBudget is that of an objective.
type formerBudget struct {
	burnrate.Previous
	target slo.Target
	window slo.Window
	border slo.Minute // where the present window begins
	summed slo.Minute // the border up to which Remaining was summed
	at     time.Time  // when that was; zero when it is due
}

// mostFormer is how many are summed at once: ticks wait for a tenth of a second.
const mostFormer = 200

// formerAgain is after how long a window that is over is summed again, as events come
// late and history is filled in.
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
			b.list = append(b.list, next)
		}
	}
}

// due returns some that have to be summed and whose windows ended together.
func (b *formerBudgets) due(now time.Time) []*formerBudget {
	var list []*formerBudget
	for k := range b.list {
		former := &b.list[k]
		if former.summed == former.border && !former.at.IsZero() && now.Sub(former.at) < formerAgain {
			continue
		}
		if len(list) > 0 && list[0].border != former.border {
			continue
		}
		if list = append(list, former); len(list) == mostFormer {
			break
		}
	}
	return list
}

// recall sums the windows that are over and due or, anew, all of them, until some time
// at the most. Ticks may come in between.
func (e *Engine) recall(ctx context.Context, until time.Time, anew bool) error {
	for more := true; more && e.clock.Now().Before(until); {
		if err := e.lock(ctx); err != nil {
			return nil //nolint:nilerr // it was told to stop
		}
		if anew {
			e.former.forget()
			anew = false
		}
		var err error
		more, err = e.recallSome(ctx)
		e.unlock()
		if err != nil {
			return errorf("sum the windows that are over", err)
		}
	}
	return nil
}

// forget has everything be due.
func (b *formerBudgets) forget() {
	for k := range b.list {
		b.list[k].at = time.Time{}
	}
}

// recallSome sums some of the windows that are due, and reports whether there were any.
func (e *Engine) recallSome(ctx context.Context) (bool, error) {
	if e.former.of != e.state { // there was no tick yet
		return false, nil
	}
	now := e.clock.Now()
	list := e.former.due(now)
	if len(list) == 0 {
		return false, nil
	}
	if err := e.around(func() error { return e.recallAt(ctx, list, list[0].border) }); err != nil {
		return false, err
	}
	for _, former := range list {
		former.summed, former.at = former.border, now
	}
	view := *e.view.Load()
	view.Snapshot.Previous = e.former.show(e.state, view.Snapshot.Statuses)
	e.view.Store(&view)
	return true, nil
}

// recallAt sums windows that ended at a border.
func (e *Engine) recallAt(ctx context.Context, list []*formerBudget, border slo.Minute) error {
	kept, err := e.ledger.State(ctx)
	if err != nil {
		return err
	}
	lineages := make(map[string]lineage.Lineage, len(e.state.lineages))
	for _, l := range e.state.lineages {
		lineages[l.ID] = l
	}
	s := newState(subsetFor(e.state.set, list), lineages)
	ends := make([]slo.Minute, len(s.measured))
	for k, m := range s.measured {
		ends[k] = m.SLI.Closed(border)
	}
	if err := s.load(ctx, e.ledger, kept.Since, ends); err != nil {
		return err
	}
	type key struct{ id, objective string }
	remaining := map[key]burnrate.Ratio{}
	for _, status := range s.evaluator.Snapshot(border.Time()).Statuses {
		for _, o := range status.Objectives {
			remaining[key{status.ID, o.Name}] = o.Budget.Remaining
		}
	}
	for _, former := range list {
		former.Remaining = remaining[key{former.ID, former.Objective}]
	}
	return nil
}

// subsetFor is what of a set it takes to judge some objectives: those, and the steps of
// their journeys. Nobody is alerted.
func subsetFor(set *slo.Set, list []*formerBudget) *slo.Set {
	wanted := map[string][]string{} // names of objectives by id
	for _, former := range list {
		wanted[former.ID] = append(wanted[former.ID], former.Objective)
	}
	only := func(id string, objectives []slo.Objective) []slo.Objective {
		var part []slo.Objective
		for _, o := range objectives {
			if slices.Contains(wanted[id], o.Name) {
				o.Alerts = nil
				part = append(part, o)
			}
		}
		return part
	}
	part := &slo.Set{Exclusions: set.Exclusions}
	steps := map[string]bool{}
	for _, j := range set.Journeys {
		if wanted[j.ID] == nil {
			continue
		}
		for _, step := range j.Steps {
			steps[step.SLO.ID] = true
		}
		journey := *j
		journey.Objectives = only(j.ID, j.Objectives)
		part.Journeys = append(part.Journeys, &journey)
	}
	for _, s := range set.SLOs {
		if wanted[s.ID] != nil || steps[s.ID] {
			one := *s
			one.Objectives = only(s.ID, s.Objectives)
			part.SLOs = append(part.SLOs, &one)
		}
	}
	return part
}
