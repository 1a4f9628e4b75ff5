package newrelic

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// conjunct is one of the conditions that AND joins. Equal normal forms select
// the same events.
type conjunct struct {
	x      nrql.Expr
	normal string
	bytes  int // of its text and an AND beside it
}

// conjunctsOf takes conditions apart at their outermost ANDs, and nowhere else:
// an event meets "a AND b" exactly when it meets a and meets b, whatever New
// Relic makes of attributes that are absent. Sorted, each once; nils are left
// out.
func conjunctsOf(conditions ...nrql.Expr) []conjunct {
	var all []conjunct
	for _, x := range nrql.Conjuncts(nrql.All(conditions...)) {
		all = append(all, conjunct{x, nrql.NormalCondition(x)[0], len(nrql.Print(x)) + len(" AND ()")})
	}
	slices.SortFunc(all, func(a, b conjunct) int { return cmp.Compare(a.normal, b.normal) })
	return slices.CompactFunc(all, func(a, b conjunct) bool { return a.normal == b.normal })
}

// column is an aggregate over the events that meet some conditions.
type column struct {
	value nrql.Expr // such as count(*)
	where []conjunct
	key   string // equal for columns that are equal
	bytes int    // of its text, without those of its conditions
}

func newColumn(value nrql.Expr, where []conjunct) column {
	text := nrql.Print(value)
	key := []string{text}
	for _, c := range where {
		key = append(key, c.normal)
	}
	return column{value, where, strings.Join(key, "\x00"), len(text) + len("filter(, WHERE ) AS c999, ")}
}

// under returns the column as it is written in a query whose WHERE holds the
// given conditions already.
func (c column) under(lifted map[string]bool) nrql.Expr {
	var rest []nrql.Expr
	for _, part := range c.where {
		if !lifted[part.normal] {
			rest = append(rest, part.x)
		}
	}
	if len(rest) == 0 {
		return c.value
	}
	return &nrql.Call{Name: "filter", Args: []nrql.Expr{c.value, &nrql.Where{Condition: nrql.All(rest...)}}}
}

// common returns the conditions that both lists hold, in order.
func common(a, b []conjunct) []conjunct {
	var both []conjunct
	for len(a) > 0 && len(b) > 0 {
		switch order := cmp.Compare(a[0].normal, b[0].normal); {
		case order < 0:
			a = a[1:]
		case order > 0:
			b = b[1:]
		default:
			both = append(both, a[0])
			a, b = a[1:], b[1:]
		}
	}
	return both
}

// count returns the call count(…) of everything, or of what has a value.
func count(of nrql.Expr) *nrql.Call { return &nrql.Call{Name: "count", Args: []nrql.Expr{of}} }
