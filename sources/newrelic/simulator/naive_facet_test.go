package simulator

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// groups answers a query with FACET.
func (q naiveQuery) groups(chosen []string) naiveAnswer {
	windows := q.windows()
	var seen []naiveEvent // the part in front of the first row is dropped
	for _, e := range q.found {
		if e.millis >= windows[0][0] {
			seen = append(seen, e)
		}
	}
	members, values, order := map[string][]naiveEvent{}, map[string][]any{}, []string{}
	var rest []naiveEvent
	for _, e := range seen {
		key, facet := "", []any{}
		for _, by := range q.Facet.By {
			value, belongs := q.facet(e, by.Expr)
			if !belongs {
				key = "no group"
				break
			}
			facet = append(facet, value)
			key += fmt.Sprintf("%T %v,", value, value)
		}
		if key == "no group" {
			rest = append(rest, e)
			continue
		}
		if members[key] == nil {
			order, values[key] = append(order, key), facet
		}
		members[key] = append(members[key], e)
	}
	found := naiveAnswer{chosen: chosen}
	if chosen == nil {
		found.chosen = q.choose(order, members)
	}
	for _, key := range order {
		if !slices.Contains(found.chosen, key) {
			rest = append(rest, members[key]...)
		}
	}
	// In the order they were read, for the first and the last of them.
	sort.SliceStable(rest, func(i, j int) bool { return q.position(rest[i]) < q.position(rest[j]) })
	for _, key := range found.chosen {
		facet := values[key]
		if facet == nil { // of the range before, where the group has no events
			facet = naiveFacet(key)
		}
		first := map[string]any{"facet": facet}
		if len(facet) == 1 {
			first["facet"] = facet[0]
		}
		if q.nested {
			delete(first, "facet")
		}
		for i, by := range q.Facet.By {
			first[by.Alias] = facet[i]
		}
		found.rows = append(found.rows, q.series(members[key], first)...)
	}
	total, other := q.series(seen, nil), q.series(rest, nil)
	found.total, found.other = total, other
	if q.TimeSeries == nil {
		found.total, found.other = total[0], other[0]
	}
	return found
}

func (q naiveQuery) position(e naiveEvent) int {
	return slices.IndexFunc(q.found, func(other naiveEvent) bool { return other.number == e.number && other.kind == e.kind })
}

// naiveFacet reads the values of a group back out of its key.
func naiveFacet(key string) []any {
	var facet []any
	for part := range strings.SplitSeq(strings.TrimSuffix(key, ","), ",") {
		kind, text, _ := strings.Cut(part, " ")
		var value any
		switch kind {
		case "float64":
			var x float64
			_, _ = fmt.Sscan(text, &x)
			value = x
		case "string":
			value = text
		case "bool":
			value = text == "true"
		}
		facet = append(facet, value)
	}
	return facet
}

func (q naiveQuery) facet(e naiveEvent, x nrql.Expr) (any, bool) {
	cases, isCases := x.(*nrql.Cases)
	if !isCases {
		return q.row(e, x), true
	}
	for _, one := range cases.Cases {
		if q.meets(e, one.Condition) {
			return one.Label, true
		}
	}
	if cases.Rest == nil {
		return nil, false
	}
	return q.row(e, cases.Rest), true
}

// choose ranks the groups and takes the first of them.
func (q naiveQuery) choose(order []string, members map[string][]naiveEvent) []string {
	limit := 10
	if q.Limit != nil {
		limit = int(q.Limit.Count)
	}
	first, plain := naiveFirst(q.Select[0].Expr)
	byFirst := func(key string) float64 {
		if plain && slices.Contains([]string{"count", "min", "max", "average"}, first.Name) {
			x, _ := q.aggregate(first, members[key], 0).(float64)
			return x
		}
		if plain && first.Name == "percentile" {
			x, _ := q.aggregate(first, members[key], 0).(map[string]any)[fmt.Sprint(first.Args[1].(*nrql.Number).Value)].(float64)
			return x
		}
		return float64(len(members[key]))
	}
	sortBy := func(keys []string, rank func(string) float64) {
		sort.SliceStable(keys, func(i, j int) bool { return rank(keys[i]) > rank(keys[j]) })
	}
	sortBy(order, byFirst)
	if q.Facet.OrderBy != nil {
		sortBy(order, func(key string) float64 {
			x, _ := q.aggregate(q.Facet.OrderBy, members[key], 0).(float64)
			return x
		})
	}
	chosen := []string{}
	for _, key := range order {
		_, isStar := first.Args[0].(*nrql.Star)
		shown := !plain || isStar || slices.ContainsFunc(members[key], func(e naiveEvent) bool { return q.row(e, first.Args[0]) != nil })
		if shown && len(chosen) < limit {
			chosen = append(chosen, key)
		}
	}
	if q.Facet.OrderBy != nil {
		var ranked []string
		sortBy(order, byFirst)
		for _, key := range order {
			if slices.Contains(chosen, key) {
				ranked = append(ranked, key)
			}
		}
		return ranked
	}
	return chosen
}

// naiveFirst finds the first aggregate of an expression; plain says that
// neither filter() nor percentage() stands around it.
func naiveFirst(x nrql.Expr) (first *nrql.Call, plain bool) {
	plain = true
	nrql.Walk(x, func(n nrql.Node) bool {
		call, isCall := n.(*nrql.Call)
		switch {
		case first != nil || !isCall:
		case call.Name == "filter" || call.Name == "percentage":
			plain = false
		case call.Name != "rate" && call.Name != "if":
			first = call
		}
		return first == nil
	})
	return first, plain
}
