package newrelic

import (
	"slices"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// use is a place at which an SLI names an attribute.
type use struct {
	attribute string
	span      diag.Span
	wants     nrql.AttributeType // of the values; 0 for any
	written   string             // the test or the call that wants it
	unquoted  string             // the test with numbers in place of texts that hold some; "" where one holds none
	absence   bool               // it is asked whether it is there
}

// usesOf returns the attributes that an SLI names, in order. What subqueries,
// joins and WITH are about is left out: their names may be of other events.
func usesOf(sli slo.SLI) []use {
	var uses []use
	add := func(text diag.Text, n nrql.Node, findings diag.List) {
		if !findings.Failed() && n != nil {
			uses = append(uses, usesIn(text, n)...)
		}
	}
	for _, text := range []diag.Text{sli.Where, sli.Good, sli.Bad} {
		if text.Len() > 0 {
			x, findings := nrql.ParseCondition(text)
			add(text, x, findings)
		}
	}
	aggregates := []diag.Text{sli.Count}
	if sli.Slice != nil {
		aggregates = append(aggregates, sli.Slice.Value)
	}
	for _, text := range aggregates {
		if text.Len() > 0 {
			text = text.Within("SELECT ", " FROM T")
			q, findings := nrql.ParseQuery(text)
			add(text, q, findings)
		}
	}
	for _, text := range wholeQueries(sli) {
		if text.Len() > 0 {
			q, findings := nrql.ParseQuery(text)
			add(text, q, findings)
		}
	}
	return uses
}

func usesIn(text diag.Text, n nrql.Node) []use {
	if readsElsewhere(n) {
		return nil
	}
	wanted := map[*nrql.Name]use{}
	var names []*nrql.Name
	nrql.Walk(n, func(n nrql.Node) bool {
		switch n := n.(type) {
		case *nrql.Name:
			names = append(names, n)
		case nrql.Expr:
			for _, tested := range wants(n) {
				tested.use.written, tested.use.unquoted = nrql.Print(n), unquoted(n)
				wanted[tested.name] = tested.use
			}
		}
		return true
	})
	attributes := nrql.Attributes(n)
	var types []nrql.Expr
	if q, is := n.(*nrql.Query); is {
		types = q.From
	}
	var uses []use
	for _, name := range names {
		if name.Wildcard || name.Value == "timestamp" || !slices.Contains(attributes, name.Value) || slices.Contains(types, nrql.Expr(name)) {
			continue
		}
		u := wanted[name]
		u.attribute, u.span = name.Value, text.Span(name.Start, name.End)
		uses = append(uses, u)
	}
	return uses
}

// readsElsewhere reports whether a query or a condition has names that are none of
// its own events': those in brackets, and variables.
func readsElsewhere(n nrql.Node) bool {
	found := false
	nrql.Walk(n, func(n nrql.Node) bool {
		switch n := n.(type) {
		case *nrql.Subquery:
			found = true
		case *nrql.Query:
			found = found || len(n.With) > 0
		}
		return !found
	})
	return found
}

// demand is what a test or a call asks of an attribute.
type demand struct {
	name *nrql.Name
	use  use
}

// wants says what a test or a call asks of the attributes directly below it.
func wants(x nrql.Expr) []demand {
	of := func(tested nrql.Expr, t nrql.AttributeType) []demand {
		if name, is := tested.(*nrql.Name); is && t != 0 {
			return []demand{{name, use{wants: t}}}
		}
		return nil
	}
	switch x := x.(type) {
	case *nrql.Binary:
		if x.Op >= nrql.Eq && x.Op <= nrql.Ge {
			return append(of(x.X, literalType(x.Y)), of(x.Y, literalType(x.X))...)
		}
	case *nrql.In:
		if len(x.List) > 0 {
			return of(x.X, literalType(x.List[0]))
		}
	case *nrql.Like:
		return of(x.X, nrql.TextValue)
	case *nrql.Is:
		if name, is := x.X.(*nrql.Name); is && x.What == nrql.IsNull {
			return []demand{{name, use{absence: true}}}
		}
		return of(x.X, nrql.BooleanValue)
	case *nrql.Call:
		if addsNumbers(x.Name) && len(x.Args) > 0 {
			return of(x.Args[0], nrql.NumberValue)
		}
	}
	return nil
}

// unquoted is a comparison with numbers in place of the texts that hold them; "" where
// a text holds none, and of what compares nothing.
func unquoted(x nrql.Expr) string {
	switch x.(type) {
	case *nrql.Binary, *nrql.In:
	default:
		return ""
	}
	all := true
	changed := nrql.Rewrite(x, func(part nrql.Expr) nrql.Expr {
		text, is := part.(*nrql.String)
		if !is {
			return part
		}
		number, is := text.Number()
		if !is {
			all = false
			return part
		}
		return number
	})
	if !all {
		return ""
	}
	return nrql.Print(changed)
}

// literalType returns the type of a literal, 0 for everything else.
func literalType(x nrql.Expr) nrql.AttributeType {
	switch x := x.(type) {
	case *nrql.String:
		return nrql.TextValue
	case *nrql.Number:
		return nrql.NumberValue
	case *nrql.Bool:
		return nrql.BooleanValue
	case *nrql.Unary:
		if x.Op == nrql.Neg {
			return literalType(x.X)
		}
	}
	return 0
}

// addsNumbers reports whether a function takes text for 0, or leaves it out.
func addsNumbers(function string) bool {
	return slices.Contains([]string{"sum", "average", "percentile", "median", "stddev", "stdvar", "apdex"}, function)
}
