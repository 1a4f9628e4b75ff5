package nrql

import (
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
			p.reportLength(x.Pos(), diag.Say("condition"), n)
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
	p.add(diag.CodeNRQL, x.Pos(), diag.Say("compare it: %s = …", short(Print(x))), diag.Say("a value is not a condition"))
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
			p.report(x.Pos(), diag.Say("move it to WHERE or to a condition of CASES"), diag.Say("a subquery has no place here"))
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
		if near, ok := nearestFunction(call.Name); ok && hint.Empty() {
			hint = diag.Say("did you mean %s()?", near)
		}
		p.add(diag.CodeNRQLFunction, call.Pos(), hint, diag.Say("unknown function %s()", short(call.Name)))
		return
	}
	if n := len(call.Args); n < f.MinArgs || f.MaxArgs >= 0 && n > f.MaxArgs {
		hint := diag.Phrase{}
		switch {
		case f.Name == "count" && n == 0:
			hint = diag.Say("write count(*)")
		case f.Kind == Aggregate && f.MinArgs == 1 && n == 0:
			hint = diag.Say("name an attribute, such as %s(duration)", f.Name)
		}
		p.add(diag.CodeNRQLFunction, call.Pos(), hint, diag.Say("%s() takes %s, not %d", f.Name, f.arguments(), n))
	}
	switch {
	case f.Kind == Aggregate && at != inSelect:
		hint := diag.Say("a condition looks at one event at a time")
		switch at {
		case inAggregate:
			hint = diag.Say("an aggregate looks at one event at a time; aggregate the results of an inner query: SELECT … FROM (SELECT …)")
		case inGroup:
			hint = diag.Say("groups and variables are made of one event at a time")
		}
		p.add(diag.CodeNRQLFunction, call.Pos(), hint, diag.Say("the aggregate %s() has no place here", f.Name))
	case f.Kind == Model || f.Name == "lookup":
		p.add(diag.CodeNRQLFunction, call.Pos(), diag.Phrase{}, diag.Say("%s() has no place here", f.Name))
	case f.Name == "blob" && at == inCondition:
		p.add(diag.CodeNRQLFunction, call.Pos(), diag.Say("select it instead"), diag.Say("blob() has no place in a condition"))
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
		p.add(diag.CodeNRQLFunction, arg.Pos(), diag.Say("name an attribute"), diag.Say("%s(*) does not exist; only count(*) does", f.Name))
	case isLabelled && f.Name != "funnel":
		p.add(diag.CodeNRQL, arg.Pos(), diag.Say("move AS behind the bracket that closes %s()", f.Name), diag.Say("AS has no place in argument %s of %s()", strconv.Itoa(i+1), f.Name))
	case isWhere && !(f.wraps() && i == 1) && !(f.Name == "funnel" && i >= 1):
		p.add(diag.CodeNRQL, arg.Pos(), diag.Phrase{}, diag.Say("WHERE has no place in argument %d of %s()", i+1, f.Name))
	case !isWhere && f.Name == "funnel" && i >= 1:
		p.add(diag.CodeNRQL, arg.Pos(), diag.Say("write WHERE in front of the condition"), diag.Say("a step of funnel() is a condition"))
	case f.wraps() && i == 0 && !hasAggregate(arg):
		p.add(diag.CodeNRQLFunction, arg.Pos(), diag.Say("write an aggregate such as count(*)"), diag.Say("%s() takes an aggregate as its first argument", f.Name))
	case f.wraps() && i == 1 && !isWhere:
		p.add(diag.CodeNRQL, arg.Pos(), diag.Say("write WHERE in front of the condition"), diag.Say("%s() takes a condition as its second argument", f.Name))
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
func foreignFunction(name string) diag.Phrase {
	for _, f := range []struct {
		name string
		hint diag.Phrase
	}{
		{"avg", diag.Say("write average()")},
		{"mean", diag.Say("write average()")},
		{"coalesce", diag.Say("write a OR 0: OR replaces null")},
		{"ifnull", diag.Say("write a OR 0: OR replaces null")},
		{"nvl", diag.Say("write a OR 0: OR replaces null")},
		{"substr", diag.Say("write substring()")},
		{"len", diag.Say("write length()")},
		{"now", diag.Say("write UNTIL now; a condition cannot see the time")},
		{"cast", diag.Say("write numeric(), string() or boolean()")},
		{"distinct", diag.Say("write uniques() or uniqueCount()")},
		{"countif", diag.Say("write filter(count(*), WHERE …)")},
	} {
		if compareFold(f.name, name) == 0 {
			return f.hint
		}
	}
	return diag.Phrase{}
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

func (f Function) arguments() diag.Phrase {
	switch {
	case f.MaxArgs < 0:
		return diag.Say("at least %s", arguments(f.MinArgs))
	case f.MinArgs == f.MaxArgs:
		return arguments(f.MinArgs)
	default:
		return diag.Say("%d to %s", f.MinArgs, arguments(f.MaxArgs))
	}
}

// arguments counts them.
func arguments(n int) diag.Phrase {
	if n == 1 {
		return diag.Say("1 argument")
	}
	return diag.Say("%d arguments", n)
}
