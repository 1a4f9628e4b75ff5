package simulator

import (
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// readQuery parses NRQL in an input. Unlike queries that are answered, it may
// use everything that New Relic has.
func readQuery(text string) (*nrql.Query, string) {
	if strings.TrimSpace(text) == "" {
		return nil, "must not be empty"
	}
	query, findings := nrql.ParseQuery(diag.PlainText(text, "", diag.Position{Line: 1, Column: 1}))
	return query, firstError(findings)
}

// checkWhere says what is wrong with a text behind WHERE. It has no subqueries.
func checkWhere(text string) string {
	_, findings := nrql.ParseCondition(diag.PlainText(text, "", diag.Position{Line: 1, Column: 1}))
	return firstError(findings)
}

// firstError is the first thing that New Relic would complain about, or "".
func firstError(findings diag.List) string {
	findings.Sort()
	i := slices.IndexFunc(findings, func(d diag.Diagnostic) bool { return d.Severity == diag.Error })
	if i < 0 {
		return ""
	}
	return translate(findings[i]).message
}

// checkSignalQuery says why a query cannot be the signal of a condition, by
// the rules of New Relic's "Create NRQL alert conditions". nested says that it
// is one over another one.
func checkSignalQuery(text string) (nested bool, reason string) {
	query, reason := readQuery(text)
	if reason != "" {
		return false, reason
	}
	if reason := notStreamed(query); reason != "" {
		return false, reason
	}
	if len(query.Select) != 1 {
		return false, "must select exactly one value"
	}
	if reason := notOneValue(query.Select[0].Expr); reason != "" {
		return false, reason
	}
	innermost := query
	for inner := fromQuery(query); inner != nil; inner = fromQuery(inner) {
		if reason := notStreamed(inner); reason != "" {
			return false, reason
		}
		nested, innermost = true, inner
	}
	if nested && innermost.Facet == nil {
		return false, "must have FACET in its innermost query"
	}
	return nested, ""
}

// fromQuery returns the query that another one is over, or nil.
func fromQuery(q *nrql.Query) *nrql.Query {
	for _, from := range q.From {
		if inner, isQuery := from.(*nrql.Subquery); isQuery {
			return inner.Query
		}
	}
	return nil
}

// notStreamed names a clause that has no meaning in a stream.
func notStreamed(q *nrql.Query) string {
	for _, clause := range []struct {
		written bool
		name    string
	}{
		{q.Show, "SHOW EVENT TYPES"},
		{q.Since != nil, "SINCE"},
		{q.Until != nil, "UNTIL"},
		{q.TimeSeries != nil, "TIMESERIES"},
		{q.Compare != nil, "COMPARE WITH"},
		{q.Limit != nil, "LIMIT"},
		{q.Predict != nil, "PREDICT"},
		{len(q.Joins) > 0, "JOIN"},
		{q.Facet != nil && q.Facet.OrderBy != nil, "FACET … ORDER BY"},
		{hasSubquery(q), "a subquery"},
	} {
		if clause.written {
			return "must not have " + clause.name
		}
	}
	for _, name := range []string{"histogram", "cardinality", "bytecountestimate"} {
		if slices.ContainsFunc(q.Select, func(c nrql.Column) bool { return calls(c.Expr, name) }) {
			return "must not use " + name + "()"
		}
	}
	return ""
}

// hasSubquery reports whether a query has another one elsewhere than behind
// FROM.
func hasSubquery(q *nrql.Query) bool {
	var parts []nrql.Expr
	for _, c := range q.Select {
		parts = append(parts, c.Expr)
	}
	if q.Where != nil {
		parts = append(parts, q.Where)
	}
	return slices.ContainsFunc(parts, holdsQuery)
}

// holdsQuery reports whether there is a query in an expression.
func holdsQuery(x nrql.Expr) bool {
	found := false
	nrql.Walk(x, func(n nrql.Node) bool {
		_, isQuery := n.(*nrql.Subquery)
		found = found || isQuery
		return !found
	})
	return found
}

// notOneValue says why an expression is not one number for a group of events.
func notOneValue(x nrql.Expr) string {
	aggregates := 0
	reason := ""
	nrql.Walk(x, func(n nrql.Node) bool {
		call, isCall := n.(*nrql.Call)
		if !isCall {
			return true
		}
		f, _ := nrql.LookupFunction(call.Name)
		if f.Kind != nrql.Aggregate {
			return true
		}
		aggregates++
		switch name := strings.ToLower(f.Name); {
		case name == "uniques" || name == "keyset" || name == "funnel":
			reason = "must select a number, not the list of " + f.Name + "()"
		case name == "percentile" && len(call.Args) > 2:
			reason = "must select exactly one value: percentile() of one percentage"
		}
		return true
	})
	if aggregates == 0 {
		return "must select a number of many events, such as count(*)"
	}
	return reason
}

// calls reports whether an expression uses a function.
func calls(x nrql.Expr, name string) bool {
	found := false
	nrql.Walk(x, func(n nrql.Node) bool {
		call, isCall := n.(*nrql.Call)
		found = found || isCall && strings.EqualFold(call.Name, name)
		return !found
	})
	return found
}
