package simulator

import (
	"maps"
	"slices"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// showEventTypes answers SHOW EVENT TYPES: the types with events in the range,
// sorted by name.
func (s *scope) showEventTypes(a *answer) {
	for _, name := range s.holdings.types() {
		if s.hasEvents(name) {
			var o object
			o.set("eventType", name)
			a.rows = append(a.rows, o)
		}
	}
}

func (s *scope) hasEvents(eventType string) bool {
	for _, t := range s.reads(eventType, s.begin, s.end, s.nowMillis) {
		for range s.view.of(t, s.nowMillis, s.query.Extrapolate).rows(s.begin, s.end) {
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
func (s *scope) keyset(a *answer) *queryError {
	switch {
	case s.query.TimeSeries != nil || s.query.Facet != nil || s.query.Compare != nil:
		return refusal("keyset() with TIMESERIES, FACET or COMPARE WITH")
	case s.inner != nil:
		return refusal("keyset() of an inner query")
	case s.step > 0:
		return refusal("keyset() FROM Metric")
	}
	found := map[kind]map[string]bool{null: {}, number: {}, text: {}, boolean: {}}
	for _, name := range s.types {
		leaves, cursor := s.leaves(name)
		c := s.compiler(leaves)
		where := c.where()
		if c.err != nil {
			return c.err
		}
		s.visit(cursor, where, func(row row) {
			found[null]["timestamp"], found[number]["timestamp"] = true, true
			for name, column := range cursor.table.byName {
				if cell := column.at(row.number); cell.kind != null {
					found[null][name], found[cell.kind][name] = true, true
				}
			}
		})
		if c.err != nil {
			return c.err
		}
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
