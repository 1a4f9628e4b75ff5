package nrql

import (
	"fmt"

	"github.com/slojourn/slojourn/slo/diag"
)

// place is where an expression stands, which decides whether it may hold
// aggregates.
type place int

const (
	inSelect    place = iota + 1 // aggregates are welcome
	inCondition                  // one event at a time
	inAggregate                  // its argument: one event at a time as well
)

// checkCondition refuses what parses but cannot stand in a WHERE.
func checkCondition(p *parser, x Expr) {
	checkTest(p, x)
	checkCalls(p, x, inCondition)
	// Printing at most triples the length.
	if p.condition && p.text.Len() >= MaxQueryBytes/4 {
		if n := len(Print(x)); n >= MaxQueryBytes {
			p.reportLength(x.Pos(), "condition", n)
		}
	}
}

func checkQuery(p *parser, q *Query) {
	for _, c := range q.Select {
		checkCalls(p, c.Expr, inSelect)
	}
	if q.Where != nil {
		checkCondition(p, q.Where)
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

// checkTest demands that x can be a condition: a test, or an attribute or
// function that may hold a boolean, also on both sides of AND and OR. It finds
// name = 'a' OR 'b'.
func checkTest(p *parser, x Expr) {
	switch x := x.(type) {
	case *Binary:
		switch {
		case x.Op == Or || x.Op == And:
			checkTest(p, x.X)
			checkTest(p, x.Y)
			return
		case x.Op <= Ge:
			return
		}
	case *Unary:
		if x.Op == Not {
			checkTest(p, x.X)
			return
		}
	case *Is, *In, *Like, *Name, *Call, *Bool:
		return
	}
	p.add(diag.CodeNRQL, x.Pos(), "compare it: "+short(Print(x))+" = …", "a value is not a condition")
}

// checkCalls refuses unknown functions, wrong numbers of arguments, and
// aggregates where they have no place: in a condition, or inside each other
// except where an aggregate takes one as its first argument.
func checkCalls(p *parser, x Expr, at place) {
	switch x := x.(type) {
	case *Call:
		checkCall(p, x, at)
	case *Where:
		checkTest(p, x.Condition)
		checkCalls(p, x.Condition, inCondition)
	default:
		for _, child := range children(x) {
			checkCalls(p, child, at)
		}
	}
}

func checkCall(p *parser, call *Call, at place) {
	f, known := lookup(call.Name)
	if !known {
		hint := ""
		if near, ok := nearestFunction(call.Name); ok {
			hint = "did you mean " + near + "()?"
		}
		p.add(diag.CodeNRQLFunction, call.Pos(), hint, "unknown function "+short(call.Name)+"()")
		return
	}
	if n := len(call.Args); n < f.least || f.most >= 0 && n > f.most {
		p.add(diag.CodeNRQLFunction, call.Pos(), "", fmt.Sprintf("%s() takes %s, not %d", f.name, f.arguments(), n))
	}
	if f.kind == aggregate && at != inSelect {
		hint := "a condition looks at one event at a time"
		if at == inAggregate {
			hint = "an aggregate looks at one event at a time; only filter(), percentage() and rate() take another one"
		}
		p.add(diag.CodeNRQLFunction, call.Pos(), hint, "the aggregate "+f.name+"() has no place here")
	}
	for i, arg := range call.Args {
		checkArgument(p, f, i, arg)
		checkCalls(p, arg, f.argumentPlace(i, at))
	}
}

func checkArgument(p *parser, f function, i int, arg Expr) {
	_, isStar := arg.(*Star)
	_, isWhere := arg.(*Where)
	switch {
	case isStar && f.name != "count":
		p.add(diag.CodeNRQLFunction, arg.Pos(), "name an attribute", f.name+"(*) does not exist; only count(*) does")
	case isWhere && !(f.wraps() && i == 1) && !(f.name == "funnel" && i >= 1):
		p.add(diag.CodeNRQL, arg.Pos(), "", fmt.Sprintf("WHERE has no place in argument %d of %s()", i+1, f.name))
	case f.wraps() && i == 0 && !hasAggregate(arg):
		p.add(diag.CodeNRQLFunction, arg.Pos(), "write an aggregate such as count(*)", f.name+"() takes an aggregate as its first argument")
	case f.wraps() && i == 1 && !isWhere:
		p.add(diag.CodeNRQL, arg.Pos(), "write WHERE in front of the condition", f.name+"() takes a condition as its second argument")
	}
}

// wraps reports whether f applies an aggregate to the events of a condition.
func (f function) wraps() bool { return f.name == "filter" || f.name == "percentage" }

// argumentPlace returns the place that argument i is, when f itself stands at.
func (f function) argumentPlace(i int, at place) place {
	switch {
	case f.kind == row:
		return at
	case i == 0 && (f.wraps() || f.name == "rate"):
		return inSelect // where f has no place, one finding says so
	default:
		return inAggregate
	}
}

func hasAggregate(x Expr) bool {
	found := false
	Walk(x, func(x Expr) bool {
		if call, ok := x.(*Call); ok {
			f, known := lookup(call.Name)
			found = found || !known || f.kind == aggregate
		}
		return !found
	})
	return found
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
