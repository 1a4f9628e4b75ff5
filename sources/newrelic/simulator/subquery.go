package simulator

import (
	"slices"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// subresult is what a subquery found: one value, or a list for IN.
type subresult struct {
	values []Value
	err    *queryError
}

// subquery compiles a subquery whose one value is wanted.
func (c *compiler) subquery(x *nrql.Subquery) valueFunc {
	values, err := c.scope.subvalues(x, false)
	if err != nil {
		c.fail(err)
	}
	if len(values) == 0 {
		return constant(Value{})
	}
	return constant(values[0])
}

// among compiles x IN (SELECT …); nil for other lists. A subquery that is one of
// several members is a value like any other.
func (c *compiler) among(x *nrql.In) testFunc {
	sub, isSubquery := x.List[0].(*nrql.Subquery)
	if !isSubquery || len(x.List) > 1 {
		return nil
	}
	values, err := c.scope.subvalues(sub, true)
	if err != nil {
		c.fail(err)
	}
	members := map[Value]bool{}
	for _, v := range values {
		members[v] = true
	}
	operand := c.value(x.X)
	return func(row int) truth {
		v := operand(row)
		if v.kind == null && len(members) > 0 {
			return unknown
		}
		return truthOf(members[v])
	}
}

// subvalues answers a subquery. It sees nothing of the query around it but the
// range of time, so it is answered once.
func (s *scope) subvalues(x *nrql.Subquery, asList bool) ([]Value, *queryError) {
	found, known := s.values[x]
	if !known {
		found.values, found.err = s.answerSubquery(x.Query, asList)
		s.values[x] = found
	}
	return found.values, found.err
}

func (s *scope) answerSubquery(query *nrql.Query, asList bool) ([]Value, *queryError) {
	if len(query.Select) != 1 {
		return nil, refusal("a subquery of several columns")
	}
	covered, err := s.rangeOf(query)
	if err != nil {
		return nil, err
	}
	below, err := s.open(query, covered, asAnswer)
	if err != nil {
		return nil, err
	}
	before := s.matched
	found, err := below.find(nil)
	switch {
	case err != nil:
		return nil, err
	case selectsAggregates(query):
		return below.aggregated(found.rows, asList)
	case !asList && below.limit(defaultEvents) > 1:
		return nil, refusal("a subquery of events without LIMIT 1 as a value")
	case query.Limit == nil && s.matched-before > defaultEvents:
		return nil, refusal("a subquery of more than 100 events without LIMIT")
	case len(found.rows) == nrql.MaxLimit:
		s.note(subqueryFull)
	}
	var values []Value
	for _, row := range found.rows {
		v, err := below.only(row.(object))
		if err != nil {
			return nil, err
		}
		if asList && v.kind == null {
			return nil, refusal(nullInList)
		}
		values = append(values, v)
	}
	return values, nil
}

// nullInList is refused since it decides what NOT IN makes of every event.
const nullInList = "a subquery with null among its values"

// subqueryFull is New Relic's message about a subquery of too many results.
const subqueryFull = "Subquery may have reached the maximum result member limit, which may cause an incomplete result."

// rangeOf returns the range of a subquery: its own, or that of the query around
// it. When only one end is its own, the other one has to be now for both.
func (s *scope) rangeOf(query *nrql.Query) (span, *queryError) {
	if query.Since == nil && query.Until == nil {
		return s.covered, nil
	}
	if query.Since == nil || query.Until == nil && !s.untilNow {
		return span{}, refusal("a subquery with one end of its time range beside a query with another")
	}
	dates, err := s.datesOf(query)
	if err != nil {
		return span{}, err
	}
	begin, _, err := dates.instant(query.Since, true)
	if err != nil || query.Until == nil {
		return span{begin, s.nowMillis}, err
	}
	end, _, err := dates.instant(query.Until, false)
	return span{begin, end}, err
}

// aggregated returns the value of a query with an aggregate: of the only row
// there is, or the members of a list.
func (s *scope) aggregated(rows []any, asList bool) ([]Value, *queryError) {
	if s.query.Facet != nil && (asList || s.limit(defaultGroups) > 1) {
		return nil, refusal("a subquery with FACET that gives more than one value")
	}
	if len(rows) == 0 {
		return nil, nil
	}
	row := rows[0].(object)
	if list, isList := row.members[len(row.members)-1].value.([]any); isList && asList {
		return s.listed(list)
	}
	v, err := s.only(row)
	if err == nil && asList && v.kind == null {
		err = refusal(nullInList)
	}
	return []Value{v}, err
}

// listed returns the members of uniques(). Which ones there are beyond its
// limit is not known.
func (s *scope) listed(list []any) ([]Value, *queryError) {
	call, isCall := s.query.Select[0].Expr.(*nrql.Call)
	if !isCall || call.Name != "uniques" {
		return nil, refusal("the list " + nrql.Print(s.query.Select[0].Expr) + " of a subquery")
	}
	limit := defaultUniques
	if len(call.Args) > 1 {
		if n, isNumber := call.Args[1].(*nrql.Number); isNumber {
			limit = int(n.Value)
		}
	}
	if len(list) >= min(limit, nrql.MaxLimit) {
		return nil, refusal("a subquery with more values than it may give")
	}
	var values []Value
	for _, x := range list {
		v, isValue := valueOf(x)
		if !isValue {
			return nil, refusal("a list of lists of a subquery")
		}
		values = append(values, v)
	}
	return values, nil
}

// only returns the one value of a row, also when it is the one percentile of an
// object.
func (s *scope) only(row object) (Value, *queryError) {
	selected := s.query.Select[0]
	name := key(selected)
	i := slices.IndexFunc(row.members, func(m member) bool { return m.key == name })
	if i >= 0 {
		found := row.members[i].value
		if members, isObject := found.(object); isObject && len(members.members) == 1 {
			found = members.members[0].value
		}
		if v, isValue := valueOf(found); isValue {
			return v, nil
		}
	}
	return Value{}, refusal("the subquery of " + nrql.Print(selected.Expr) + " as a value")
}

// hasSubquery reports whether a query, or one in its FROM, has a subquery whose
// value it uses.
func (s *scope) hasSubquery() bool {
	found := false
	tables := map[nrql.Node]bool{}
	nrql.Walk(s.query, func(n nrql.Node) bool {
		switch n := n.(type) {
		case *nrql.Query:
			for _, from := range n.From {
				tables[from] = true
			}
		case *nrql.Subquery:
			found = found || !tables[n]
		}
		return !found
	})
	return found
}
