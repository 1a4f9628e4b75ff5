package simulator

import (
	"math"
	"slices"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// isAggregate reports whether a function makes a value of many events, and is
// simulated.
func isAggregate(name string) bool {
	switch name {
	case "count", "sum", "average", "min", "max", "earliest", "latest", "uniqueCount", "stddev", "stdvar":
		return true
	}
	return isCompound(name)
}

// slot is one aggregate of a SELECT list, with the conditions of the filter()
// and percentage() calls it stands in.
type slot struct {
	function   string
	arg        nrql.Expr // *nrql.Star in count(*)
	conditions []nrql.Expr
	threshold  float64       // of apdex()
	points     []float64     // of percentile() and cdfPercentage()
	bars       bars          // of histogram()
	steps      []*nrql.Where // of funnel()
}

// aggregates collects the slots of a SELECT list and gives its expressions
// their meaning: a row is a row of the answer, and its aggregates lie in
// totals, one after another.
type aggregates struct {
	slots       []slot
	conditions  []nrql.Expr // of the calls around the expression being compiled
	percentage  bool        // whether one of them is percentage()
	totals      []total
	widthMillis int64 // of a row
}

func (a *aggregates) name(c *compiler, x *nrql.Name) valueFunc {
	return c.refuse("the attribute %s outside of an aggregate", nrql.Print(x))
}

func (a *aggregates) column(nrql.Expr, func(*column, *pool)) bool { return false }

func (a *aggregates) call(c *compiler, x *nrql.Call) valueFunc {
	switch {
	case x.Name == "uniqueCount" && len(x.Args) > 1:
		together := &nrql.Call{Range: x.Range, Name: "tuple", Args: x.Args}
		return a.value(a.slot(slot{function: x.Name, arg: together}))
	case isCompound(x.Name):
		return c.refuse("%s() inside of an expression", x.Name)
	case isAggregate(x.Name):
		return a.value(a.slot(slot{function: x.Name, arg: x.Args[0]}))
	}
	switch x.Name {
	case "filter":
		return a.under(c, x.Args[0], x.Args[1])
	case "percentage":
		if a.percentage {
			return c.refuse("percentage() inside of percentage()")
		}
		a.percentage = true
		part, base := a.under(c, x.Args[0], x.Args[1]), c.value(x.Args[0])
		a.percentage = false
		zero := c.scope.zeroShares
		return numeric2(part, base, func(part, base float64) float64 {
			if base == 0 && zero {
				return 0
			}
			return 100 * part / base
		})
	case "rate":
		return a.rate(c, x)
	case "eventType":
		return c.refuse("eventType() outside of an aggregate")
	}
	return nil
}

// under compiles an expression whose aggregates see only the rows that meet
// one more condition.
func (a *aggregates) under(c *compiler, x, condition nrql.Expr) (value valueFunc) {
	a.within(c, condition, func() { value = c.value(x) })
	return value
}

// within lets the aggregates that compile makes see only the rows that meet
// one more condition.
func (a *aggregates) within(c *compiler, condition nrql.Expr, compile func()) {
	outer := a.conditions
	if where, isWhere := condition.(*nrql.Where); isWhere {
		a.conditions = append(outer[:len(outer):len(outer)], where.Condition)
	} else {
		c.refuse("a condition without WHERE")
	}
	compile()
	a.conditions = outer
}

// rate compiles rate(count(*), 1 minute): what there would be in that time if
// all of the row went on like this. 300 events in 5 minutes are 60 a minute.
func (a *aggregates) rate(c *compiler, x *nrql.Call) valueFunc {
	if len(x.Args) < 2 {
		return c.refuse("rate() without a length of time")
	}
	interval, isDuration := x.Args[1].(*nrql.Duration)
	if !isDuration {
		return c.refuse("rate() with anything but a length of time")
	}
	inner, isCall := x.Args[0].(*nrql.Call)
	for isCall && inner.Name == "filter" {
		inner, isCall = inner.Args[0].(*nrql.Call)
	}
	if !isCall || inner.Name != "count" && inner.Name != "sum" && inner.Name != "uniqueCount" {
		return c.refuse("rate() of anything but count(), sum() and uniqueCount()")
	}
	share := float64(interval.Millis()) / float64(a.widthMillis)
	return numeric1(c.value(x.Args[0]), func(amount float64) float64 { return amount * share })
}

// slot adds a slot below the conditions around it and returns its number.
func (a *aggregates) slot(s slot) int {
	s.conditions = a.conditions
	a.slots = append(a.slots, s)
	return len(a.slots) - 1
}

func (a *aggregates) value(slot int) valueFunc {
	return func(row int) Value { return a.total(row, slot).result(a.slots[slot].function) }
}

// total returns what a slot has seen for a row of the answer.
func (a *aggregates) total(row, slot int) *total { return &a.totals[row*len(a.slots)+slot] }

// grow makes room for as many rows of the answer.
func (a *aggregates) grow(rows int) {
	a.totals = append(a.totals, make([]total, rows*len(a.slots)-len(a.totals))...)
}

// countsEvents reports whether one of the slots is count(*).
func (a *aggregates) countsEvents() bool {
	return slices.ContainsFunc(a.slots, func(s slot) bool {
		_, isStar := s.arg.(*nrql.Star)
		return isStar
	})
}

// hasAggregate reports whether an expression makes a value of many events.
// What stands in a subquery does not count.
func hasAggregate(x nrql.Expr) bool {
	found := false
	nrql.Walk(x, func(n nrql.Node) bool {
		if call, isCall := n.(*nrql.Call); isCall {
			f, _ := nrql.LookupFunction(call.Name)
			found = found || f.Kind == nrql.Aggregate
		}
		_, isSubquery := n.(*nrql.Subquery)
		return !found && !isSubquery
	})
	return found
}

// selectsAggregates reports whether a query selects aggregates; others select
// the events themselves.
func selectsAggregates(query *nrql.Query) bool {
	return slices.ContainsFunc(query.Select, func(column nrql.Column) bool { return hasAggregate(column.Expr) })
}

// adder is a slot compiled for one table.
type adder struct {
	value      valueFunc // nil for count(*)
	conditions []testFunc
	gather     gatherFunc // nil for aggregates that a total knows
	take       takeFunc   // of metrics, in the place of value and gather
}

func (s slot) compile(c *compiler) adder {
	if m, isMetric := c.leaves.(metricLeaves); isMetric {
		return m.adder(c, s)
	}
	if in, isInner := c.leaves.(innerLeaves); isInner && !in.inner.timed && (s.function == "latest" || s.function == "earliest") {
		c.refuse("%s() of an inner query without TIMESERIES", s.function)
	}
	a := adder{gather: s.gatherer(c)}
	call, isCall := s.arg.(*nrql.Call)
	switch _, isStar := s.arg.(*nrql.Star); {
	case isStar:
	case isCall && call.Name == "tuple" && s.function == "uniqueCount":
		a.value = c.tuple(call)
	default:
		a.value = c.value(s.arg)
	}
	for _, condition := range s.conditions {
		a.conditions = append(a.conditions, c.test(condition))
	}
	return a
}

// compile compiles the slots for one table.
func (a *aggregates) compile(c *compiler) []adder {
	var adders []adder
	for _, s := range a.slots {
		adders = append(adders, s.compile(c))
	}
	return adders
}

// add counts an event in for a row of the answer.
func (a *aggregates) add(adders []adder, index int, row row) {
	totals := a.totals[index*len(adders) : (index+1)*len(adders)]
	for i := range adders {
		if adders[i].meets(row.number) {
			adders[i].add(&totals[i], row)
		}
	}
}

// meets reports whether the aggregate sees a row.
func (a *adder) meets(row int) bool {
	for _, condition := range a.conditions {
		if condition(row) != yes {
			return false
		}
	}
	return true
}

// add counts in one event that it sees.
func (a *adder) add(t *total, row row) {
	if a.take != nil {
		a.take(t, row)
		return
	}
	if a.value == nil {
		t.count += row.weight
		return
	}
	v := a.value(row.number)
	switch {
	case v.kind == null:
	case a.gather != nil:
		t.count += row.weight
		a.gather(t, v, row)
	default:
		t.add(v, row.millis, row.weight)
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

	gathered *gathered // of functions that need more than this
}

func (t *total) add(v Value, millis int64, weight float64) {
	// Tables are read one after another, so rows come in order of time only
	// within each.
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
	case function == "uniqueCount":
		return Number(float64(t.distinct()))
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
	case function == "stdvar":
		return finite(t.variance())
	case function == "stddev":
		return finite(math.Sqrt(t.variance()))
	default:
		return Value{}
	}
}
