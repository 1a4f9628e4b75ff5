package simulator

import (
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// slot is one aggregate of a SELECT list, with the conditions of the filter()
// and percentage() calls it stands in.
type slot struct {
	function   string
	arg        nrql.Expr // *nrql.Star in count(*)
	conditions []nrql.Expr
}

// aggregates collects the slots of a SELECT list and gives its expressions
// their meaning: a row is a row of the answer, and its aggregates lie in
// totals, one after another.
type aggregates struct {
	slots      []slot
	conditions []nrql.Expr // of the calls around the expression being compiled
	percentage bool        // whether one of them is percentage()
	totals     []total
}

func (a *aggregates) name(c *compiler, x *nrql.Name) valueFunc {
	return c.refuse("the attribute %s outside of an aggregate", nrql.Print(x))
}

func (a *aggregates) column(nrql.Expr) (*column, *pool, bool) { return nil, nil, false }

func (a *aggregates) call(c *compiler, x *nrql.Call) valueFunc {
	switch x.Name {
	case "count", "sum", "average", "min", "max", "earliest", "latest":
		return a.slot(x)
	case "filter":
		return a.under(c, x.Args[0], x.Args[1])
	case "percentage":
		if a.percentage {
			return c.refuse("percentage() inside of percentage()")
		}
		a.percentage = true
		part, base := a.under(c, x.Args[0], x.Args[1]), c.value(x.Args[0])
		a.percentage = false
		return numeric2(part, base, func(part, base float64) float64 { return 100 * part / base })
	case "eventType":
		return c.refuse("eventType() outside of an aggregate")
	}
	return nil
}

// under compiles an expression whose aggregates see only the rows that meet
// one more condition.
func (a *aggregates) under(c *compiler, x, condition nrql.Expr) valueFunc {
	where, isWhere := condition.(*nrql.Where)
	if !isWhere {
		return c.refuse("a condition without WHERE")
	}
	outer := a.conditions
	a.conditions = append(outer[:len(outer):len(outer)], where.Condition)
	defer func() { a.conditions = outer }()
	return c.value(x)
}

func (a *aggregates) slot(x *nrql.Call) valueFunc {
	i := len(a.slots)
	a.slots = append(a.slots, slot{x.Name, x.Args[0], a.conditions})
	return func(row int) Value { return a.totals[row*len(a.slots)+i].result(x.Name) }
}

// hasAggregate reports whether an expression holds an aggregate that is
// simulated.
func hasAggregate(x nrql.Expr) bool {
	found := false
	nrql.Walk(x, func(n nrql.Node) bool {
		if call, isCall := n.(*nrql.Call); isCall {
			switch call.Name {
			case "count", "sum", "average", "min", "max", "earliest", "latest":
				found = true
			}
		}
		return !found
	})
	return found
}

// adder is a slot compiled for one table.
type adder struct {
	function   string
	value      valueFunc // nil for count(*)
	conditions []testFunc
}

func (s slot) compile(c *compiler) adder {
	a := adder{function: s.function}
	if _, isStar := s.arg.(*nrql.Star); !isStar {
		a.value = c.value(s.arg)
	}
	for _, condition := range s.conditions {
		a.conditions = append(a.conditions, c.test(condition))
	}
	return a
}

// add counts one row in, as often as weight says.
func (a *adder) add(t *total, row int, millis int64, weight float64) {
	for _, condition := range a.conditions {
		if condition(row) != yes {
			return
		}
	}
	if a.value == nil {
		t.count += weight
		return
	}
	if v := a.value(row); v.kind != null {
		t.add(v, millis, weight)
	}
}

// total is what an aggregate has seen so far.
type total struct {
	count   float64 // of values that are not null
	numbers float64 // of those that are numbers
	sum     float64
	min     float64
	max     float64

	first, last             Value
	firstMillis, lastMillis int64
}

func (t *total) add(v Value, millis int64, weight float64) {
	// Types of events are read one after another, so rows come in order of
	// time only within each.
	if t.count == 0 || millis < t.firstMillis {
		t.first, t.firstMillis = v, millis
	}
	if t.count == 0 || millis >= t.lastMillis {
		t.last, t.lastMillis = v, millis
	}
	t.count += weight
	if v.kind != number {
		return
	}
	if t.numbers == 0 || v.number < t.min {
		t.min = v.number
	}
	if t.numbers == 0 || v.number > t.max {
		t.max = v.number
	}
	t.sum += weight * v.number
	t.numbers += weight
}

// result returns the value of an aggregate. Counts and sums of nothing are 0,
// everything else of nothing is null. What is not a number adds nothing to a
// sum and is left out of averages and extremes.
func (t *total) result(function string) Value {
	switch {
	case function == "count":
		return Number(t.count)
	case function == "sum":
		return finite(t.sum)
	case function == "earliest":
		return t.first
	case function == "latest":
		return t.last
	case t.numbers == 0:
		return Value{}
	case function == "average":
		return finite(t.sum / t.numbers)
	case function == "min":
		return Number(t.min)
	case function == "max":
		return Number(t.max)
	default:
		return Value{}
	}
}
