package page

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo"
)

// subject is what a row is about, with what each run says of it.
type subject struct {
	id, objective string
	runs          [2]part
	differs       bool                // a change makes a difference
	of            *backtest.Objective // of the last run that has it
}

// part is what one run says of a subject.
type part struct {
	objective *backtest.Objective
	episodes  []int
	held      []int
	pages     int
	tickets   int
	already   [2]int // pages and tickets that fired in the first snapshot
}

func (s *subject) pages() int   { return s.runs[0].pages + s.runs[1].pages }
func (s *subject) tickets() int { return s.runs[0].tickets + s.runs[1].tickets }

func (s *subject) marks() int {
	n := 0
	for _, p := range s.runs {
		n += len(p.episodes) + len(p.held)
	}
	return n
}

// worst is the most of the budget that was consumed at any time.
func (s *subject) worst() float64 {
	most := 0.0
	for _, p := range s.runs {
		if p.objective != nil {
			value, _ := p.objective.Worst.Value()
			most = max(most, value)
		}
	}
	return most
}

func (s *subject) speaks() bool { return s.marks() > 0 || s.worst() >= 1 || s.differs }

// subjects returns what rows may be about: what a change makes different first, and
// then those with the most pages.
func (b *builder) subjects() []*subject {
	var list []*subject
	byKey, first := map[[2]string]*subject{}, map[string]*subject{}
	names := b.names()
	differs := b.differs(names)
	get := func(run int, id, objective string) *subject {
		id, objective = names.after(run, id, objective)
		if s := first[id]; objective == "" && s != nil {
			return s // what concerns all objectives stands at the first one
		}
		s := byKey[[2]string{id, objective}]
		if s == nil {
			s = &subject{id: id, objective: objective, differs: differs[[2]string{id, objective}]}
			byKey[[2]string{id, objective}] = s
			list = append(list, s)
			if first[id] == nil {
				first[id] = s
			}
		}
		return s
	}
	for n := range b.doc.Runs {
		run := &b.doc.Runs[n]
		for i := range run.Objectives {
			s := get(n, run.Objectives[i].ID, run.Objectives[i].Name)
			s.runs[n].objective, s.of = &run.Objectives[i], &run.Objectives[i]
		}
	}
	for n := range b.doc.Runs {
		run := &b.doc.Runs[n]
		for i := range run.Episodes {
			e := &run.Episodes[i]
			p := &get(n, e.ID, e.Objective).runs[n]
			p.episodes = append(p.episodes, i)
			switch {
			case !e.Told():
			case e.Before && e.Severity == slo.Page:
				p.already[0]++
			case e.Before:
				p.already[1]++
			case e.Severity == slo.Page:
				p.pages++
			default:
				p.tickets++
			}
		}
		for i := range run.Held {
			p := &get(n, run.Held[i].ID, run.Held[i].Objective).runs[n]
			p.held = append(p.held, i)
		}
	}
	slices.SortStableFunc(list, func(x, y *subject) int {
		if x.differs != y.differs {
			if x.differs {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(y.pages(), x.pages()), cmp.Compare(y.tickets(), x.tickets()), cmp.Compare(y.marks(), x.marks()),
			cmp.Compare(y.worst(), x.worst()), cmp.Compare(x.id, y.id), cmp.Compare(x.objective, y.objective))
	})
	return list
}
