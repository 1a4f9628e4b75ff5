package simulator

import (
	"fmt"
	"math"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// high returns the heights of bars, to add to them.
func (g *gathered) high(count int) []float64 {
	if g.heights == nil {
		g.heights = make([]float64, count)
	}
	return g.heights
}

// bars are the ranges of a histogram: count of them in the width from start on.
type bars struct {
	start, width float64
	count        int
}

// of returns the bar of a number. What lies outside of the range belongs to the
// first or to the last one.
func (b bars) of(x float64) int {
	at := math.Floor((x - b.start) / (b.width / float64(b.count)))
	return int(max(0, min(at, float64(b.count-1))))
}

// histogram compiles histogram(attribute, width: 10, buckets: 40, start: 0),
// also without the names. It gives the list of how many numbers lie in each.
func (a *aggregates) histogram(c *compiler, call *nrql.Call) *compoundValue {
	values := map[string]float64{"width": 10, "buckets": 40, "start": 0}
	for i, arg := range call.Args[1:] {
		name := [...]string{"width", "buckets", "start"}[i]
		if named, isNamed := arg.(*nrql.Named); isNamed {
			name, arg = named.Name, named.Value
		}
		sign := 1.0
		if unary, isUnary := arg.(*nrql.Unary); isUnary && unary.Op == nrql.Neg && name == "start" {
			sign, arg = -1, unary.X
		}
		if _, known := values[name]; !known {
			c.refuse("histogram() with %s:", name)
		}
		values[name] = sign * c.numbers("histogram()", []nrql.Expr{arg})[0]
	}
	b := bars{values["start"], values["width"], int(values["buckets"])}
	if b.width <= 0 || b.count < 1 || b.count > 500 || float64(b.count) != values["buckets"] {
		c.refuse("histogram() of the width %s in %s parts", formatNumber(b.width), formatNumber(values["buckets"]))
	}
	slot := a.slot(slot{function: "histogram", arg: call.Args[0], bars: b})
	return &compoundValue{of: func(row int) any {
		list := []any{}
		for _, height := range a.total(row, slot).gather().high(b.count) {
			list = append(list, height)
		}
		return list
	}}
}

// cumulative compiles cdfPercentage(attribute, 0.5, 1): how many percent of the
// numbers are no larger. The shape is that of percentile().
func (a *aggregates) cumulative(arg nrql.Expr, points []float64) *compoundValue {
	slot := a.slot(slot{function: "cdfPercentage", arg: arg, points: points})
	var members []string
	for _, p := range points {
		members = append(members, formatNumber(p))
	}
	return &compoundValue{func(row int) any {
		t := a.total(row, slot)
		var o object
		for i, height := range t.gather().high(len(points)) {
			o.set(members[i], finite(100*height/t.numbers).json())
		}
		return o
	}, members}
}

// funnel compiles funnel(session, WHERE … AS 'seen', WHERE … AS 'bought'): how
// many values met the first step, how many of those the second as well, and so
// on. The order in which they did plays no role. The row has a member for each
// step, by its name.
func (a *aggregates) funnel(c *compiler, call *nrql.Call) *compoundValue {
	s := slot{function: "funnel", arg: call.Args[0]}
	if labelled, isLabelled := s.arg.(*nrql.Labelled); isLabelled {
		s.arg = labelled.X
	}
	var members []string
	for i, arg := range call.Args[1:] {
		where, isWhere := arg.(*nrql.Where)
		if !isWhere {
			c.refuse("funnel() with %s", nrql.Print(arg))
			return nil
		}
		s.steps = append(s.steps, where)
		label := where.Label
		if label == "" {
			label = fmt.Sprintf("Step %d", i+1)
		}
		members = append(members, label)
	}
	slot := a.slot(s)
	return &compoundValue{func(row int) any {
		var o object
		g := a.total(row, slot).gather()
		for i, member := range members {
			n := 0
			for v := range g.seen {
				if g.passedAll(v, i) {
					n++
				}
			}
			o.set(member, float64(n))
		}
		return o
	}, members}
}

// passedAll reports whether a value met the steps up to one.
func (g *gathered) passedAll(v Value, last int) bool {
	for _, met := range g.passed[:last+1] {
		if !met[v] {
			return false
		}
	}
	return true
}

// stepper notes which steps of a funnel a value meets.
func (s slot) stepper(c *compiler) gatherFunc {
	var tests []testFunc
	for _, step := range s.steps {
		tests = append(tests, c.test(step.Condition))
	}
	return func(t *total, v Value, row row) {
		g := t.gather()
		for len(g.passed) < len(tests) {
			g.passed = append(g.passed, map[Value]bool{})
		}
		if !g.seen[v] {
			g.seen[v] = true
			c.hold(1)
		}
		for i, test := range tests {
			if test(row.number) == yes {
				g.passed[i][v] = true
			}
		}
	}
}
