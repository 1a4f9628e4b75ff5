package simulator

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// defaultGroups is how many groups FACET shows without LIMIT.
const defaultGroups = 10

// groupKey holds the values of the attributes in FACET. Events without an
// attribute are a group of their own, whose facet is null; New Relic does not
// say what it does with them.
type groupKey [nrql.MaxFacets]Value

// group is the events of one key.
type group struct {
	key    groupKey
	row    int   // of the totals; 0 are the totals of everything
	events int64 // that meet WHERE
	shown  bool
}

// facets groups the answer to one query.
type facets struct {
	*answer
	query    *nrql.Query
	selected *aggregates
	groups   map[groupKey]*group
	order    []*group // as they were found, later as they are ranked
}

// facet answers a query with FACET.
func (h holdings) facet(a *answer, query *nrql.Query, g grid, selected *aggregates, columns selectColumns, in setting) *queryError {
	f := &facets{answer: a, query: query, selected: selected, groups: map[groupKey]*group{}}
	selected.grow(1)
	err := f.pass(h, g, in, func(key groupKey) []int {
		of := f.groups[key]
		if of == nil {
			of = &group{key: key, row: len(f.order) + 1}
			f.groups[key] = of
			f.order = append(f.order, of)
			selected.grow(of.row + 1)
		}
		of.events++
		return []int{0, of.row}
	})
	if err != nil {
		return err
	}
	f.rank()
	// What was dropped is counted by itself, as percentiles do not add up.
	other := len(f.order) + 1
	selected.grow(other + 1)
	if slices.ContainsFunc(f.order, func(of *group) bool { return !of.shown }) {
		inspected, matched := a.inspected, a.matched
		err := f.pass(h, g, in, func(key groupKey) []int {
			if f.groups[key].shown {
				return nil
			}
			return []int{other}
		})
		a.inspected, a.matched = inspected, matched
		if err != nil {
			return err
		}
	}
	var total, rest object
	columns.fill(&total, 0)
	columns.fill(&rest, other)
	a.total, a.other = total, rest
	for _, of := range f.order {
		if of.shown {
			a.rows = append(a.rows, f.row(of, columns))
		}
	}
	return nil
}

// pass adds every event to the rows of the totals that into names.
func (f *facets) pass(h holdings, g grid, in setting, into func(groupKey) []int) *queryError {
	for _, name := range f.eventTypes {
		leaves, cursor := newLeaves(name, f.step)
		c := in.compiler(leaves)
		where, adders := c.where(f.query), f.selected.compile(c)
		var by []valueFunc
		for _, column := range f.query.Facet.By {
			by = append(by, c.value(column.Expr))
		}
		if c.err != nil {
			return c.err
		}
		f.visit(h, cursor, g, f.query, in, where, func(row row) {
			var key groupKey
			for i, value := range by {
				key[i] = value(row.number)
			}
			for _, index := range into(key) {
				for i := range adders {
					if adders[i].meets(row.number) {
						adders[i].add(f.selected.total(index, i), row)
					}
				}
			}
		})
		if c.err != nil {
			return c.err
		}
	}
	return nil
}

// rank orders the groups and marks those that are shown. They are ranked by
// the first function of SELECT when that is one of a few, otherwise by their
// events; among equals the first one found comes first. A group in which the
// first function found nothing is not shown.
func (f *facets) rank() {
	first := f.selected.slots[0]
	rank := func(of *group) float64 { return float64(of.events) }
	if len(first.conditions) == 0 {
		switch first.function {
		case "min", "max", "average", "count":
			rank = func(of *group) float64 { return f.selected.total(of.row, 0).result(first.function).number }
		case "percentile":
			rank = func(of *group) float64 { return f.selected.total(of.row, 0).percentile(first.points[0]).number }
		}
	}
	slices.SortStableFunc(f.order, func(a, b *group) int { return cmp.Compare(rank(b), rank(a)) })
	limit := defaultGroups
	if l := f.query.Limit; l != nil && l.Max {
		limit = nrql.MaxLimit
	} else if l != nil {
		limit = int(l.Count)
	}
	shown := 0
	_, isStar := first.arg.(*nrql.Star)
	for _, of := range f.order {
		hasValue := isStar || len(first.conditions) > 0 || f.selected.total(of.row, 0).count > 0
		if of.shown = hasValue && shown < limit; of.shown {
			shown++
		}
	}
}

// row returns the row of a group: its facet, the attributes by their names,
// and the columns of SELECT.
func (f *facets) row(of *group, columns selectColumns) object {
	var o object
	var values []any
	for i := range f.query.Facet.By {
		values = append(values, of.key[i].json())
	}
	if len(values) == 1 {
		o.set("facet", values[0])
	} else {
		o.set("facet", values)
	}
	for i, name := range f.facets {
		o.set(name, values[i])
	}
	columns.fill(&o, of.row)
	return o
}

// checkFacet refuses groups by anything but attributes.
func checkFacet(query *nrql.Query) *queryError {
	if query.Facet == nil {
		return nil
	}
	switch {
	case query.TimeSeries != nil:
		return refusal("FACET with TIMESERIES")
	case query.Facet.OrderBy != nil:
		return refusal("FACET … ORDER BY")
	}
	for _, column := range query.Facet.By {
		if name, isName := column.Expr.(*nrql.Name); !isName || name.Wildcard {
			return refusal("FACET by " + nrql.Print(column.Expr))
		}
	}
	return nil
}

// facetNames returns the names of the attributes in FACET.
func facetNames(query *nrql.Query) []string {
	var names []string
	if query.Facet != nil {
		for _, column := range query.Facet.By {
			name, _ := column.Expr.(*nrql.Name) // others were refused
			names = append(names, cmp.Or(column.Alias, name.Value))
		}
	}
	return names
}
