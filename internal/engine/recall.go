package engine

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// recalling sums windows that are over, some at a time.
type recalling struct {
	of       *state // nil before the first turn
	rows     int64  // that were measured when what follows was read
	since    map[slo.IndicatorID]slo.Minute
	lineages map[string]lineage.Lineage
	slos     map[string]int // indices of the set's, by id
	journeys map[string]int
	waiting  []*formerBudget
}

// A turn of summing has firstTurn columns at first, and then as many as take about
// longestTurn: a reload waits for it, and so does a tick that is late.
const (
	firstTurn   = 128
	longestTurn = 100 * time.Millisecond
)

// recall sums the windows that are over and due, until some time at the most: with soon
// those that have changed as well, however short ago they were summed. Ticks may come
// in between.
func (e *Engine) recall(ctx context.Context, until time.Time, soon bool) error {
	r := &recalling{}
	for more := true; more && e.clock.Now().Before(until); {
		if err := e.lock(ctx); err != nil {
			return nil //nolint:nilerr // it was told to stop
		}
		var err error
		more, err = e.recallSome(ctx, r, soon)
		e.unlock()
		if err != nil {
			return errorf("sum the windows that are over", err)
		}
	}
	return nil
}

// recallSome sums some of the windows that are due, and reports whether there are more.
func (e *Engine) recallSome(ctx context.Context, r *recalling, soon bool) (bool, error) {
	former := &e.former
	if former.of != e.state || r.of != nil && r.of != e.state { // there was no tick yet with these specs
		return false, nil
	}
	now := e.clock.Now()
	if r.of == nil {
		if r.waiting = former.due(now, soon); len(r.waiting) == 0 {
			return false, nil
		}
		r.begin(e.state)
	}
	if r.since == nil || r.rows != e.counts.Rows {
		kept, err := e.ledger.State(ctx)
		if err != nil {
			return false, err
		}
		r.since, r.rows = kept.Since, e.counts.Rows
	}
	list, columns := r.next(cmp.Or(former.turn, firstTurn))
	if err := e.around(func() error { return r.sum(ctx, e.ledger, list) }); err != nil {
		return false, err
	}
	for _, f := range list {
		f.summed, f.at, f.changed = f.border, now, false
	}
	former.pace(e.clock.Now().Sub(now), columns)
	view := *e.view.Load()
	view.Snapshot.Previous = former.show(e.state, view.Snapshot.Statuses)
	e.view.Store(&view)
	return len(r.waiting) > 0, nil
}

// begin finds out what there is in a state.
func (r *recalling) begin(s *state) {
	r.of, r.lineages, r.slos, r.journeys = s, make(map[string]lineage.Lineage, len(s.lineages)), map[string]int{}, map[string]int{}
	for _, l := range s.lineages {
		r.lineages[l.ID] = l
	}
	for k, o := range s.set.SLOs {
		r.slos[o.ID] = k
	}
	for k, j := range s.set.Journeys {
		r.journeys[j.ID] = k
	}
}

// next takes some of those that wait, whose windows ended together and that take so
// many columns at most, or one.
func (r *recalling) next(most int) (list []*formerBudget, columns int) {
	n := 0
	for _, former := range r.waiting {
		if n > 0 && (former.border != r.waiting[0].border || columns+former.columns > most) {
			break
		}
		n, columns = n+1, columns+former.columns
	}
	list, r.waiting = r.waiting[:n], r.waiting[n:]
	return list, columns
}

// pace has the next turn sum fewer columns or more than one that took some time did.
func (b *formerBudgets) pace(took time.Duration, columns int) {
	switch b.turn = cmp.Or(b.turn, firstTurn); {
	case took > longestTurn:
		b.turn = max(1, int(int64(columns)*int64(longestTurn)/int64(took)))
	case took < longestTurn/2 && columns > b.turn/2:
		b.turn *= 2
	}
}

// sum sums windows that ended together.
func (r *recalling) sum(ctx context.Context, records Records, list []*formerBudget) error {
	border := list[0].border
	s := newState(r.subset(list), r.lineages)
	ends := make([]slo.Minute, len(s.measured))
	for k, m := range s.measured {
		ends[k] = m.SLI.Closed(border)
	}
	if err := s.load(ctx, records, r.since, ends); err != nil {
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

// subset is what of the set it takes to judge some objectives: those, and the steps of
// their journeys. Nobody is alerted, so that no burn rates are summed.
func (r *recalling) subset(list []*formerBudget) *slo.Set {
	wanted := map[string][]string{} // names of objectives by id
	slos, journeys := map[int]bool{}, map[int]bool{}
	for _, former := range list {
		wanted[former.ID] = append(wanted[former.ID], former.Objective)
		if k, is := r.slos[former.ID]; is {
			slos[k] = true
			continue
		}
		k := r.journeys[former.ID]
		journeys[k] = true
		for _, step := range r.of.set.Journeys[k].Steps {
			slos[r.slos[step.SLO.ID]] = true
		}
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
	part := &slo.Set{Exclusions: r.of.set.Exclusions}
	for _, k := range slices.Sorted(maps.Keys(journeys)) {
		j := *r.of.set.Journeys[k]
		j.Objectives = only(j.ID, j.Objectives)
		part.Journeys = append(part.Journeys, &j)
	}
	for _, k := range slices.Sorted(maps.Keys(slos)) {
		s := *r.of.set.SLOs[k]
		s.Objectives = only(s.ID, s.Objectives)
		part.SLOs = append(part.SLOs, &s)
	}
	return part
}
