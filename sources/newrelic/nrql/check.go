package nrql

import (
	"fmt"
	"strconv"

	"github.com/slojourn/slojourn/slo/diag"
)

// place is where an expression stands, which decides what it may hold.
type place int

const (
	inSelect    place = iota + 1 // aggregates are welcome
	inCondition                  // one event at a time
	inAggregate                  // its argument: one event at a time as well
	inGroup                      // FACET and WITH: one event at a time, no subqueries
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
	case *Is, *In, *Like, *Name, *Call, *Bool, *Index, *Subquery:
		return
	}
	p.add(diag.CodeNRQL, x.Pos(), "compare it: "+short(Print(x))+" = …", "a value is not a condition")
}

// checkCalls refuses unknown functions, wrong numbers of arguments, aggregates
// where they have no place, and inner queries that cannot stand where they do.
func checkCalls(p *parser, x Expr, at place) {
	switch x := x.(type) {
	case *Call:
		checkCall(p, x, at)
	case *Where:
		checkTest(p, x.Condition)
		checkCalls(p, x.Condition, inCondition)
	case *Cases:
		for _, w := range x.Cases {
			checkCalls(p, w, inCondition)
		}
		if x.Rest != nil {
			checkCalls(p, x.Rest, at)
		}
	case *Subquery:
		if at == inGroup {
			p.report(x.Pos(), "move it to WHERE or to a condition of CASES", "a subquery has no place here")
		}
		checkInner(p, x.Query, asValue)
	default:
		switch x := x.(type) {
		case *Like:
			if x.Regexp {
				checkRegexp(p, x.Pattern)
			}
		case *Binary:
			checkCompared(p, x)
		}
		for _, child := range children(x) {
			checkCalls(p, child, at)
		}
	}
}

func checkCall(p *parser, call *Call, at place) {
	f, known := LookupFunction(call.Name)
	if !known {
		hint := foreignFunction(call.Name)
		if near, ok := nearestFunction(call.Name); ok && hint == "" {
			hint = "did you mean " + near + "()?"
		}
		p.add(diag.CodeNRQLFunction, call.Pos(), hint, "unknown function "+short(call.Name)+"()")
		return
	}
	if n := len(call.Args); n < f.MinArgs || f.MaxArgs >= 0 && n > f.MaxArgs {
		hint := ""
		switch {
		case f.Name == "count" && n == 0:
			hint = "write count(*)"
		case f.Kind == Aggregate && f.MinArgs == 1 && n == 0:
			hint = "name an attribute, such as " + f.Name + "(duration)"
		}
		p.add(diag.CodeNRQLFunction, call.Pos(), hint, fmt.Sprintf("%s() takes %s, not %d", f.Name, f.arguments(), n))
	}
	switch {
	case f.Kind == Aggregate && at != inSelect:
		hint := "a condition looks at one event at a time"
		switch at {
		case inAggregate:
			hint = "an aggregate looks at one event at a time; aggregate the results of an inner query: SELECT … FROM (SELECT …)"
		case inGroup:
			hint = "groups and variables are made of one event at a time"
		}
		p.add(diag.CodeNRQLFunction, call.Pos(), hint, "the aggregate "+f.Name+"() has no place here")
	case f.Kind == Model || f.Name == "lookup":
		p.add(diag.CodeNRQLFunction, call.Pos(), "", f.Name+"() has no place here")
	case f.Name == "blob" && at == inCondition:
		p.add(diag.CodeNRQLFunction, call.Pos(), "select it instead", "blob() has no place in a condition")
	}
	checkBounds(p, f, call)
	for i, arg := range call.Args {
		if f.Name == "percentage" && i > 1 {
			break // New Relic ignores what follows
		}
		if f.Name == "capture" && i == 1 {
			checkRegexp(p, arg)
		}
		checkArgument(p, f, i, arg)
		checkCalls(p, arg, f.argumentPlace(i, at))
	}
}

func checkArgument(p *parser, f Function, i int, arg Expr) {
	_, isStar := arg.(*Star)
	_, isWhere := arg.(*Where)
	_, isLabelled := arg.(*Labelled)
	switch {
	case isStar && f.Name != "count":
		p.add(diag.CodeNRQLFunction, arg.Pos(), "name an attribute", f.Name+"(*) does not exist; only count(*) does")
	case isLabelled && f.Name != "funnel":
		p.add(diag.CodeNRQL, arg.Pos(), "move AS behind the bracket that closes "+f.Name+"()", "AS has no place in argument "+strconv.Itoa(i+1)+" of "+f.Name+"()")
	case isWhere && !(f.wraps() && i == 1) && !(f.Name == "funnel" && i >= 1):
		p.add(diag.CodeNRQL, arg.Pos(), "", fmt.Sprintf("WHERE has no place in argument %d of %s()", i+1, f.Name))
	case !isWhere && f.Name == "funnel" && i >= 1:
		p.add(diag.CodeNRQL, arg.Pos(), "write WHERE in front of the condition", "a step of funnel() is a condition")
	case f.wraps() && i == 0 && !hasAggregate(arg):
		p.add(diag.CodeNRQLFunction, arg.Pos(), "write an aggregate such as count(*)", f.Name+"() takes an aggregate as its first argument")
	case f.wraps() && i == 1 && !isWhere:
		p.add(diag.CodeNRQL, arg.Pos(), "write WHERE in front of the condition", f.Name+"() takes a condition as its second argument")
	}
}

// wraps reports whether f applies an aggregate to the events of a condition.
func (f Function) wraps() bool { return f.Name == "filter" || f.Name == "percentage" }

// argumentPlace returns the place that argument i is, when f itself stands at.
func (f Function) argumentPlace(i int, at place) place {
	switch {
	case f.Kind == Row:
		return at
	case i == 0 && (f.wraps() || f.Name == "rate" || f.Name == "derivative" || f.Name == "predictLinear"):
		return inSelect // where f has no place, one finding says so
	default:
		return inAggregate
	}
}

// foreignFunction says what to write instead of a well-known function of other
// languages; "" for all other names.
func foreignFunction(name string) string {
	for _, f := range [...][2]string{
		{"avg", "write average()"},
		{"mean", "write average()"},
		{"coalesce", "write a OR 0: OR replaces null"},
		{"ifnull", "write a OR 0: OR replaces null"},
		{"nvl", "write a OR 0: OR replaces null"},
		{"substr", "write substring()"},
		{"len", "write length()"},
		{"now", "write UNTIL now; a condition cannot see the time"},
		{"cast", "write numeric(), string() or boolean()"},
		{"distinct", "write uniques() or uniqueCount()"},
		{"countif", "write filter(count(*), WHERE …)"},
	} {
		if compareFold(f[0], name) == 0 {
			return f[1]
		}
	}
	return ""
}

func hasAggregate(x Expr) bool {
	found := false
	Walk(x, func(n Node) bool {
		if call, ok := n.(*Call); ok {
			f, known := LookupFunction(call.Name)
			found = found || !known || f.Kind == Aggregate
		}
		_, inner := n.(*Subquery)
		return !found && !inner
	})
	return found
}

func (f Function) arguments() string {
	switch {
	case f.MaxArgs < 0:
		return "at least " + plural(int64(f.MinArgs), "argument")
	case f.MinArgs == f.MaxArgs:
		return plural(int64(f.MinArgs), "argument")
	default:
		return fmt.Sprintf("%d to %s", f.MinArgs, plural(int64(f.MaxArgs), "argument"))
	}
}

func plural(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
