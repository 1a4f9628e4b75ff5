package simulator

import (
	"maps"
	"slices"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// showEventTypes answers SHOW EVENT TYPES: the types with events in the range,
// sorted by name.
func (h holdings) showEventTypes(a *answer, query *nrql.Query, in setting) {
	for _, name := range h.types() {
		if h.hasEvents(name, a.begin, a.end, query, in) {
			var o object
			o.set("eventType", name)
			a.rows = append(a.rows, o)
		}
	}
}

func (h holdings) hasEvents(eventType string, begin, end int64, query *nrql.Query, in setting) bool {
	for _, t := range h.reads(eventType, begin, end, in.nowMillis) {
		for range in.view.of(t, in.nowMillis, query.Extrapolate).rows(begin, end) {
			return true
		}
	}
	return false
}

// isKeyset reports whether a query is SELECT keyset().
func isKeyset(query *nrql.Query) bool {
	if len(query.Select) != 1 || query.Select[0].Alias != "" {
		return false
	}
	call, isCall := query.Select[0].Expr.(*nrql.Call)
	return isCall && call.Name == "keyset"
}

// keyset answers SELECT keyset(): the names of the attributes of the events
// that are found, by what their values are. The shape of the row is our
// reading; New Relic shows it on a screen only.
func (h holdings) keyset(a *answer, query *nrql.Query, g grid, in setting) *queryError {
	switch {
	case query.TimeSeries != nil || query.Facet != nil:
		return refusal("keyset() with TIMESERIES or FACET")
	case a.step > 0:
		return refusal("keyset() FROM Metric")
	}
	found := map[kind]map[string]bool{null: {}, number: {}, text: {}, boolean: {}}
	for _, name := range a.eventTypes {
		leaves, cursor := newLeaves(name, a.step)
		c := in.compiler(leaves)
		where := c.where(query)
		if c.err != nil {
			return c.err
		}
		a.visit(h, cursor, g, query, in, where, func(row row) {
			found[null]["timestamp"], found[number]["timestamp"] = true, true
			for name, column := range cursor.table.byName {
				if cell := column.at(row.number); cell.kind != null {
					found[null][name], found[cell.kind][name] = true, true
				}
			}
		})
	}
	var o object
	for _, list := range []struct {
		key  string
		kind kind
	}{{"allKeys", null}, {"stringKeys", text}, {"numericKeys", number}, {"booleanKeys", boolean}} {
		o.set(list.key, texts(slices.Sorted(maps.Keys(found[list.kind]))))
	}
	a.rows = []any{o}
	return nil
}
