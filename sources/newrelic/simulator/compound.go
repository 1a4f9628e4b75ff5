package simulator

import (
	"math"
	"slices"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// isCompound reports whether an aggregate gives an object or a list. Such a
// one stands alone in a column, or with one of its members picked.
func isCompound(name string) bool {
	switch name {
	case "percentile", "median", "uniques", "apdex", "histogram", "cdfPercentage", "funnel":
		return true
	}
	return false
}

// compoundFunc computes an object or a list for a row of the answer.
type compoundFunc func(row int) any

// compoundValue is an object or a list; members are those of an object.
type compoundValue struct {
	of      compoundFunc
	members []string
}

// compound compiles an aggregate that gives an object or a list, also within
// filter(). It returns nil for everything else.
func (a *aggregates) compound(c *compiler, x nrql.Expr) (value *compoundValue) {
	call, isCall := x.(*nrql.Call)
	switch {
	case !isCall:
		return nil
	case call.Name == "filter":
		if hasCompound(call.Args[0]) {
			a.within(c, call.Args[1], func() { value = a.compound(c, call.Args[0]) })
		}
		return value
	case call.Name == "percentile":
		points := []float64{95}
		if len(call.Args) > 1 {
			points = c.numbers("percentile()", call.Args[1:])
		}
		if slices.Max(points) > 100 {
			c.refuse("a percentile above 100")
		}
		return a.percentiles(call.Args[0], points)
	case call.Name == "median":
		return a.percentiles(call.Args[0], []float64{50})
	case call.Name == "uniques":
		limit := []float64{defaultUniques}
		if len(call.Args) > 1 {
			limit = c.numbers("uniques()", call.Args[1:])
		}
		slot := a.slot(slot{function: "uniques", arg: call.Args[0]})
		return &compoundValue{of: func(row int) any { return a.total(row, slot).uniques(int(min(limit[0], maxUniques))) }}
	case call.Name == "apdex":
		return a.apdex(c, call)
	case call.Name == "histogram":
		return a.histogram(c, call)
	case call.Name == "cdfPercentage":
		return a.cumulative(call.Args[0], c.numbers("cdfPercentage()", call.Args[1:]))
	case call.Name == "funnel":
		return a.funnel(c, call)
	}
	return nil
}

// hasCompound reports whether an expression is an object or a list, within
// filter() or not.
func hasCompound(x nrql.Expr) bool {
	call, isCall := x.(*nrql.Call)
	return isCall && (isCompound(call.Name) || call.Name == "filter" && hasCompound(call.Args[0]))
}

// New Relic's limits of uniques().
const (
	defaultUniques = 1_000
	maxUniques     = 10_000
)

// numbers returns arguments that have to be numbers of at least 0.
func (c *compiler) numbers(function string, args []nrql.Expr) []float64 {
	var list []float64
	for _, arg := range args {
		n, isNumber := arg.(*nrql.Number)
		if !isNumber {
			c.refuse("%s with the argument %s", function, nrql.Print(arg))
			return []float64{0}
		}
		list = append(list, n.Value)
	}
	return list
}

// percentiles gives an object with a member for every point, as New Relic does
// also for one: {"95":1.2}.
func (a *aggregates) percentiles(arg nrql.Expr, points []float64) *compoundValue {
	slot := a.slot(slot{function: "percentile", arg: arg, points: points})
	var members []string
	for _, p := range points {
		members = append(members, formatNumber(p))
	}
	return &compoundValue{func(row int) any {
		var o object
		for i, p := range points {
			o.set(members[i], a.total(row, slot).percentile(p).json())
		}
		return o
	}, members}
}

// apdex compiles apdex(duration, t: 0.5). It looks at the number alone, never
// at errors: up to t a user is satisfied, up to 4t tolerating, and frustrated
// beyond. The score is (s + t/2) / count: 3 satisfied, 1 tolerating and 1
// frustrated give 0.7.
func (a *aggregates) apdex(c *compiler, call *nrql.Call) *compoundValue {
	if len(call.Args) < 2 {
		c.refuse("apdex() without a threshold")
		return nil
	}
	threshold := call.Args[1]
	if named, isNamed := threshold.(*nrql.Named); isNamed && named.Name == "t" {
		threshold = named.Value
	}
	slot := a.slot(slot{function: "apdex", arg: call.Args[0], threshold: c.numbers("apdex()", []nrql.Expr{threshold})[0]})
	return &compoundValue{func(row int) any {
		g := a.total(row, slot).gather()
		count := g.satisfied + g.tolerating + g.frustrated
		var o object
		o.set("score", finite((g.satisfied+g.tolerating/2)/count).json())
		o.set("s", g.satisfied)
		o.set("t", g.tolerating)
		o.set("f", g.frustrated)
		o.set("count", count)
		return o
	}, []string{"score", "s", "t", "f", "count"}}
}

// index compiles percentile(x, 95)['95'] and apdex(x, t: 1)['score'].
func (a *aggregates) index(c *compiler, x *nrql.Index) valueFunc {
	var key string
	switch k := x.Key.(type) {
	case *nrql.String:
		key = k.Value
	case *nrql.Name:
		key = k.Value
	default:
		return nil
	}
	whole := a.compound(c, x.X)
	if whole == nil || !slices.Contains(whole.members, key) {
		return nil
	}
	return func(row int) Value {
		for _, m := range whole.of(row).(object).members {
			if x, isNumber := m.value.(float64); isNumber && m.key == key {
				return Number(x)
			}
		}
		return Value{}
	}
}

// gathered is what some functions keep of the values they see.
type gathered struct {
	values []float64
	sorted bool

	seen  map[Value]bool
	order []Value // of seen, as they came

	numbers, mean, squares float64 // squares of the distances from the mean

	satisfied, tolerating, frustrated float64

	heights []float64        // of the bars of a histogram, or below the points of cdfPercentage()
	passed  []map[Value]bool // the values that met each step of a funnel
}

// gather returns what was gathered, to add to it.
func (t *total) gather() *gathered {
	if t.gathered == nil {
		t.gathered = &gathered{seen: map[Value]bool{}}
	}
	return t.gathered
}

// spread adds a number to the mean and the squares, in the way of Welford,
// which loses no digits to large numbers.
func (g *gathered) spread(x, weight float64) {
	g.numbers += weight
	distance := x - g.mean
	g.mean += distance * weight / g.numbers
	g.squares += weight * distance * (x - g.mean)
}

// variance is that of the numbers as a whole population. New Relic does not
// say which one it takes.
func (t *total) variance() float64 { return t.gather().squares / t.gather().numbers }

// percentile returns the smallest number that at least p percent of the
// numbers do not exceed: of 1 to 10, the 95th is 10 and the 50th is 5.
func (t *total) percentile(p float64) Value {
	g := t.gather()
	if len(g.values) == 0 {
		return Value{}
	}
	if !g.sorted {
		slices.Sort(g.values)
		g.sorted = true
	}
	rank := int(math.Ceil(p / 100 * float64(len(g.values))))
	return Number(g.values[max(0, min(rank, len(g.values))-1)])
}

func (t *total) distinct() int { return len(t.gather().order) }

func (t *total) uniques(limit int) []any {
	list := []any{}
	for _, v := range t.gather().order[:min(limit, t.distinct())] {
		list = append(list, v.json())
	}
	return list
}
