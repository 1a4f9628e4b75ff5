package nrql

import (
	"fmt"

	"github.com/slojourn/slojourn/slo/diag"
)

// checkCondition refuses what parses but cannot stand in a WHERE.
func checkCondition(p *parser, x Expr) {
	if !isTest(x) {
		p.add(diag.CodeNRQL, x.Pos(), "compare it: "+Print(x)+" = …", "a value is not a condition")
	}
	checkCalls(p, x, false)
}

func checkQuery(p *parser, q *Query) {
	for _, c := range q.Select {
		checkCalls(p, c.Expr, true)
	}
	if q.Where != nil {
		if !isTest(q.Where) {
			p.add(diag.CodeNRQL, q.Where.Pos(), "compare it: "+Print(q.Where)+" = …", "a value is not a condition")
		}
		checkCalls(p, q.Where, false)
	}
	if q.Since != nil && q.Until != nil && q.Since.Millis >= q.Until.Millis {
		p.add(diag.CodeNRQL, q.Until.Pos(), "exchange SINCE and UNTIL", "the start time must be before the end time")
	}
	if q.Since != nil && q.Until != nil && q.TimeSeries != nil {
		checkBuckets(p, q)
	}
}

func checkBuckets(p *parser, q *Query) {
	window, bucket := q.Until.Millis-q.Since.Millis, q.TimeSeries.Millis()
	switch {
	case window <= 0:
	case bucket > window:
		p.add(diag.CodeNRQL, q.TimeSeries.Pos(), "use a shorter bucket", "the bucket is longer than the time range")
	case window/bucket > MaxBuckets:
		p.add(diag.CodeNRQL, q.TimeSeries.Pos(), "use a longer bucket or a shorter range",
			fmt.Sprintf("%d buckets; New Relic gives at most %d", window/bucket, MaxBuckets))
	}
}

// isTest reports whether x can be a condition: a test, or an attribute or
// function that may hold a boolean.
func isTest(x Expr) bool {
	switch x := x.(type) {
	case *Binary:
		return x.Op <= Ge
	case *Unary:
		return x.Op == Not
	case *Is, *In, *Like, *Name, *Call, *Bool:
		return true
	}
	return false
}

// checkCalls refuses unknown functions, wrong numbers of arguments, and
// aggregates where they have no place: in a condition, or inside each other
// except where an aggregate takes one as its first argument.
func checkCalls(p *parser, x Expr, aggregates bool) {
	switch x := x.(type) {
	case *Call:
		checkCall(p, x, aggregates)
	case *Where:
		if !isTest(x.Condition) {
			p.add(diag.CodeNRQL, x.Pos(), "", "a value is not a condition")
		}
		checkCalls(p, x.Condition, false)
	default:
		for _, child := range children(x) {
			checkCalls(p, child, aggregates)
		}
	}
}

func checkCall(p *parser, call *Call, aggregates bool) {
	f, known := lookup(call.Name)
	if !known {
		hint := ""
		if near, ok := nearestFunction(call.Name); ok {
			hint = "did you mean " + near + "()?"
		}
		p.add(diag.CodeNRQLFunction, call.Pos(), hint, "unknown function "+call.Name+"()")
		return
	}
	if n := len(call.Args); n < f.least || f.most >= 0 && n > f.most {
		p.add(diag.CodeNRQLFunction, call.Pos(), "", fmt.Sprintf("%s() takes %s, not %d", f.name, f.arguments(), n))
	}
	if f.kind == aggregate && !aggregates {
		p.add(diag.CodeNRQLFunction, call.Pos(), "a condition looks at one event at a time",
			"the aggregate "+f.name+"() has no place here")
	}
	for i, arg := range call.Args {
		_, isStar := arg.(*Star)
		_, isWhere := arg.(*Where)
		wrapper := f.name == "filter" || f.name == "percentage"
		switch {
		case isStar && f.name != "count":
			p.add(diag.CodeNRQLFunction, arg.Pos(), "name an attribute", f.name+"(*) does not exist; only count(*) does")
		case isWhere && f.kind != aggregate:
			p.add(diag.CodeNRQL, arg.Pos(), "", "WHERE has no place in "+f.name+"()")
		case wrapper && i == 1 && !isWhere:
			p.add(diag.CodeNRQL, arg.Pos(), "write WHERE in front of the condition", f.name+"() takes a condition as its second argument")
		}
		nested := i == 0 && (wrapper || f.name == "rate" || f.name == "getField") ||
			f.kind == row && aggregates
		checkCalls(p, arg, nested)
	}
}

func (f function) arguments() string {
	switch {
	case f.most < 0:
		return fmt.Sprintf("at least %s", plural(f.least))
	case f.least == f.most:
		return plural(f.least)
	default:
		return fmt.Sprintf("%d to %s", f.least, plural(f.most))
	}
}

func plural(n int) string {
	if n == 1 {
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", n)
}
