package simulator

import (
	"cmp"
	"maps"
	"slices"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// defaultEvents is how many events a query shows without LIMIT.
const defaultEvents = 100

// candidate is a row of an answer that consists of events.
type candidate struct {
	number int // of the row in its table
	millis int64
	order  []Value // of ORDER BY
	shown  object
}

// events answers a query that selects no aggregate: with the events themselves,
// the newest first unless ORDER BY says otherwise. Among equals the one that
// was found first comes first.
func (s *scope) events() (finding, *queryError) {
	switch {
	case s.query.Facet != nil || s.query.TimeSeries != nil:
		return finding{}, invalid(noSeriesOfEvents)
	case s.step > 0:
		return finding{}, refusal("FROM Metric without an aggregate")
	case s.role != asAnswer && s.query.Limit == nil:
		return finding{}, refusal("an inner query of events without LIMIT")
	}
	skip := 0
	if s.query.Offset != nil {
		skip = int(min(s.query.Offset.Value, 1<<30))
	}
	most := skip + s.limit(defaultEvents)
	var found []candidate
	kinds := make([]kind, len(s.query.OrderBy))
	for _, name := range s.types {
		var err *queryError
		if found, err = s.eventsOf(name, found, most, kinds); err != nil {
			return finding{}, err
		}
	}
	rows := []any{}
	for _, e := range found[min(skip, len(found)):] {
		rows = append(rows, e.shown)
	}
	return finding{rows: rows}, nil
}

// eventsOf adds the events of one type to those that were found, and keeps as
// many as are wanted.
func (s *scope) eventsOf(name string, found []candidate, most int, kinds []kind) ([]candidate, *queryError) {
	leaves, cursor := s.leaves(name)
	c := s.compiler(leaves)
	where, show, order := c.where(), s.columns(c, cursor), s.order(c, kinds)
	if c.err != nil {
		return nil, c.err
	}
	for seen := range s.sights(cursor) {
		var here []candidate
		for r := range seen.rows(s.grid.start, s.grid.end()) {
			if s.inner == nil {
				s.inspected += int64(r.copies)
			}
			if where(r.number) != yes {
				continue
			}
			s.matched += int64(r.copies)
			e := candidate{number: r.number, millis: r.millis}
			for _, by := range order {
				e.order = append(e.order, by(r.number))
			}
			for range r.copies {
				here = append(here, e)
			}
			if len(here) > 2*most+1000 { // what cannot be shown takes no memory
				here = s.best(here, most)
			}
		}
		for i, e := range s.best(here, most) {
			here[i].shown = show(e.number, e.millis)
		}
		found = s.best(append(found, here[:min(len(here), most)]...), most)
		if c.err != nil {
			return nil, c.err
		}
	}
	return found, c.err
}

// best sorts events in place and returns the first of them.
func (s *scope) best(events []candidate, most int) []candidate {
	if len(s.query.OrderBy) > 0 || s.inner == nil || s.inner.timed {
		slices.SortStableFunc(events, func(a, b candidate) int {
			for i, by := range s.query.OrderBy {
				sign, _ := order(a.order[i], b.order[i])
				if by.Desc {
					sign = -sign
				}
				if sign != 0 {
					return sign
				}
			}
			return cmp.Compare(b.millis, a.millis)
		})
	}
	return events[:min(len(events), most)]
}

// order compiles ORDER BY. Where attributes that are missing, or are not all
// numbers or all strings, would stand is not known; kinds are those seen so far.
func (s *scope) order(c *compiler, kinds []kind) []valueFunc {
	var list []valueFunc
	for i, by := range s.query.OrderBy {
		value := c.value(by.Expr)
		list = append(list, func(row int) Value {
			v := value(row)
			if v.kind != number && v.kind != text || kinds[i] != null && v.kind != kinds[i] {
				c.refuse("ORDER BY %s where it is missing or of another kind", nrql.Print(by.Expr))
			}
			kinds[i] = v.kind
			return v
		})
	}
	return list
}

// columns compiles what is shown of an event. Its time is there whatever was
// selected.
func (s *scope) columns(c *compiler, at *cursor) func(row int, millis int64) object {
	type part struct {
		key   string
		value valueFunc // nil for *
	}
	var parts []part
	for _, column := range s.query.Select {
		if _, isStar := column.Expr.(*nrql.Star); isStar {
			parts = append(parts, part{})
			continue
		}
		name, err := s.nameOf(column)
		if err != nil {
			c.fail(err)
		}
		parts = append(parts, part{name, c.value(column.Expr)})
	}
	hasTime := len(s.query.From) > 0 && (s.inner == nil || s.inner.dated)
	var names []string
	at.onMove(func() { names = slices.Sorted(maps.Keys(at.table.byName)) })
	return func(row int, millis int64) object {
		var o object
		if hasTime {
			o.set("timestamp", float64(millis))
		}
		for _, p := range parts {
			if p.value != nil {
				o.set(p.key, p.value(row).json())
				continue
			}
			for _, name := range names {
				if v := at.table.pool.value(at.table.byName[name].at(row)); v.kind != null {
					o.set(name, v.json())
				}
			}
		}
		return o
	}
}
