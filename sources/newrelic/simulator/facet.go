package simulator

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// defaultGroups is how many groups FACET shows without LIMIT.
const defaultGroups = 10

// groupKey holds the values of the expressions in FACET. Events without an
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
	*scope
	selected *selection
	groups   map[groupKey]*group
	order    []*group // as they were found, later as they are ranked
	outside  bool     // whether there are events of no group
	counted  bool     // whether the events were counted when the groups were chosen
}

// facet answers a query with FACET. The groups are chosen by their events in
// the whole range, unless they were chosen before.
func (s *scope) facet(selected *selection, chosen []groupKey) (finding, *queryError) {
	f := &facets{scope: s, selected: selected, groups: map[groupKey]*group{}}
	if chosen == nil {
		if err := f.choose(); err != nil {
			return finding{}, err
		}
		chosen = []groupKey{}
		for _, of := range f.order {
			if of.shown {
				chosen = append(chosen, of.key)
			}
		}
		if s.query.TimeSeries == nil && len(chosen) == len(f.order) && !f.outside {
			rows := make([]int, len(chosen))
			for i, of := range f.order {
				rows[i] = of.row
			}
			return f.result(chosen, rows, len(f.order)+1)
		}
	}
	return f.fill(chosen)
}

// choose finds the groups and marks those that are shown.
func (f *facets) choose() *queryError {
	f.counted = true
	f.selected.grow(1)
	err := f.pass(func(row row, adders []adder, key groupKey, grouped bool) {
		f.selected.add(adders, 0, row)
		if !grouped {
			f.outside = true
			return
		}
		of := f.groups[key]
		if of == nil {
			of = &group{key: key, row: len(f.order) + 1}
			f.groups[key] = of
			f.order = append(f.order, of)
			f.selected.compiler.hold(1 + len(f.selected.slots))
			f.selected.grow(of.row + 1)
		}
		of.events++
		f.selected.add(adders, of.row, row)
	})
	if err != nil {
		return err
	}
	f.selected.grow(len(f.order) + 2) // with a row for events of no group
	if f.role == asTable && f.query.Limit == nil && len(f.order) > defaultGroups {
		return refusal("an inner FACET of more than 10 groups without LIMIT")
	}
	if len(f.order) > nrql.MaxLimit {
		f.note(manyGroups)
	}
	f.rank()
	return f.selected.compiler.err
}

// mostTotals bounds the memory of one answer to some 60 MB.
const mostTotals = 500_000

// manyGroups is our notice where New Relic looks at some of the groups only.
const manyGroups = "FACET has more than 5,000 different values: New Relic answers from a subset of them, the simulator from all."

// fill counts the groups that were chosen, everything, and what is in no group
// that was chosen, row by row of a series. The last is counted by itself, as
// percentiles do not add up.
func (f *facets) fill(chosen []groupKey) (finding, *queryError) {
	windows := f.grid.count
	rows, place := make([]int, len(chosen)), map[groupKey]int{}
	for i, key := range chosen {
		rows[i] = (i + 1) * windows
		place[key] = rows[i]
	}
	other := (len(chosen) + 1) * windows
	if (other+windows)*len(f.selected.slots) > mostTotals {
		return finding{}, refusal("an answer of so many groups, buckets and functions")
	}
	f.selected.totals = nil
	f.selected.grow(other + windows)
	inspected, matched := f.inspected, f.matched
	err := f.pass(func(row row, adders []adder, key groupKey, grouped bool) {
		into := other
		if at, isChosen := place[key]; isChosen && grouped {
			into = at
		}
		for window, last := f.grid.windows(row.millis); window <= last; window++ {
			f.selected.add(adders, window, row)
			f.selected.add(adders, into+window, row)
		}
	})
	if f.counted {
		f.inspected, f.matched = inspected, matched
	}
	if err != nil {
		return finding{}, err
	}
	return f.result(chosen, rows, other)
}

// pass calls do for every event, with its group if it belongs to one.
func (f *facets) pass(do func(row row, adders []adder, key groupKey, grouped bool)) *queryError {
	for _, name := range f.types {
		leaves, cursor := f.leaves(name)
		c := f.compiler(leaves)
		where, adders := c.where(), f.selected.compile(c)
		var by []groupFunc
		for _, column := range f.query.Facet.By {
			by = append(by, c.group(column.Expr))
		}
		if c.err != nil {
			return c.err
		}
		f.visit(cursor, where, func(row row) {
			var key groupKey
			grouped := true
			for i, value := range by {
				var belongs bool
				key[i], belongs = value(row.number)
				grouped = grouped && belongs
			}
			do(row, adders, key, grouped)
		})
		if c.err != nil {
			return c.err
		}
	}
	return nil
}

// rank orders the groups and marks those that are shown. They are ranked by
// the first function of SELECT when that is one of a few, otherwise by their
// events; among equals the first one found comes first. ORDER BY chooses in its
// place, and does not change the order of those that are shown. A group in
// which the first function found nothing is not shown.
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
	descending := func(by func(of *group) float64) {
		slices.SortStableFunc(f.order, func(a, b *group) int { return cmp.Compare(by(b), by(a)) })
	}
	descending(rank)
	if f.selected.order != nil {
		descending(func(of *group) float64 { return f.selected.order(of.row).number })
	}
	limit := f.limit(defaultGroups)
	shown := 0
	_, isStar := first.arg.(*nrql.Star)
	for _, of := range f.order {
		hasValue := isStar || len(first.conditions) > 0 || f.selected.total(of.row, 0).count > 0
		if of.shown = hasValue && shown < limit; of.shown {
			shown++
		}
	}
	if f.selected.order != nil {
		descending(rank)
	}
}

// limit returns what LIMIT allows.
func (s *scope) limit(standard int) int {
	switch l := s.query.Limit; {
	case l == nil:
		return standard
	case l.Max:
		return nrql.MaxLimit
	default:
		return int(l.Count)
	}
}

// result makes the rows of the answer, group by group. The totals of a group
// begin at its row, those of everything at 0.
func (f *facets) result(chosen []groupKey, rows []int, other int) (finding, *queryError) {
	found := finding{chosen: chosen}
	for i, key := range chosen {
		for window := range f.grid.count {
			o := f.facetOf(key)
			f.setTimes(&o, window)
			f.selected.columns.fill(&o, rows[i]+window)
			found.rows = append(found.rows, o)
		}
	}
	if f.query.TimeSeries == nil {
		found.total, found.other = f.row(0, f.selected, 0), f.row(0, f.selected, other)
		return found, f.selected.compiler.err
	}
	total, rest := []any{}, []any{}
	for window := range f.grid.count {
		total = append(total, f.row(window, f.selected, window))
		rest = append(rest, f.row(window, f.selected, other+window))
	}
	found.total, found.other = total, rest
	return found, f.selected.compiler.err
}

// facetOf begins the row of a group: its facet, and the values by their names.
func (f *facets) facetOf(key groupKey) object {
	var o object
	var values []any
	for i := range f.query.Facet.By {
		values = append(values, key[i].json())
	}
	switch {
	case f.role != asAnswer:
	case len(values) == 1:
		o.set("facet", values[0])
	default:
		o.set("facet", values)
	}
	for i, name := range facetNames(f.query) {
		o.set(name, values[i])
	}
	return o
}

// facetNames returns the names of the expressions in FACET.
func facetNames(query *nrql.Query) []string {
	var names []string
	if query.Facet != nil {
		for _, column := range query.Facet.By {
			name := column.Alias
			if attribute, isName := column.Expr.(*nrql.Name); isName && name == "" {
				name = attribute.Value
			}
			names = append(names, cmp.Or(name, nrql.Print(column.Expr)))
		}
	}
	return names
}
