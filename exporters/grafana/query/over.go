package query

import (
	"math"
	"time"
)

// reduction makes a value of points that lie after from and not after to, in milliseconds.
// There is one point at least.
type reduction func(points []point, from, to int64) (value float64, is bool)

// reduction returns that of a function, nil when there is no such function.
func (f Function) reduction() reduction {
	switch f {
	case Increase:
		return increase
	case Average:
		return average
	case Maximum:
		return func(points []point, _, _ int64) (float64, bool) { return extreme(points, 1), true }
	case Minimum:
		return func(points []point, _, _ int64) (float64, bool) { return extreme(points, -1), true }
	case Last:
		return func(points []point, _, _ int64) (float64, bool) { return points[len(points)-1].value, true }
	case Changes:
		return changes
	case Total:
		return func(points []point, _, _ int64) (float64, bool) { return added(points), true }
	case Known:
		return func(points []point, _, _ int64) (float64, bool) { return float64(len(points)), true }
	}
	return nil
}

// keepsMetric reports whether values are still those of the metric, as Prometheus sees it.
func (f Function) keepsMetric() bool { return f == Last }

func (o Over) compile(c *compiler) (node, error) {
	if o.Of == nil {
		return c.expr(nil)
	}
	of, length := o.Function.reduction(), o.Length.of(c.with).Milliseconds()
	selected, is := o.Of.(Select)
	switch {
	case of == nil:
		return node{}, c.wrong(o, "there is no function %q", o.Function)
	case length <= 0:
		return node{}, c.wrong(o, "the time that is looked at has no length")
	case o.Every != (Length{}):
		return o.subquery(c, of, length)
	case !is:
		return node{}, c.wrong(o, "only a metric has samples: say with Every how far apart the instants are that are looked at")
	}
	chosen, err := c.choose(selected)
	if err != nil {
		return node{}, err
	}
	metric := ""
	if o.Function.keepsMetric() {
		metric = selected.Metric
	}
	offset := selected.Offset.Milliseconds()
	var out []element
	return node{at: func(at int64) ([]element, error) {
		out = out[:0]
		at -= offset
		for _, one := range chosen {
			points := one.between(at-length, at)
			if len(points) == 0 {
				continue
			}
			if value, is := of(points, at-length, at); is {
				out = append(out, element{identity{metric, one.labels}, value})
			}
		}
		return out, nil
	}}, nil
}

// increase is what a counter gained between two times. It is known between the first and
// the last sample only; up to the ends it is taken to have gone on as between them, but
//   - where an end is 1.1 or more of the usual distance of two samples away, the series is
//     taken to begin or end half such a distance away from its sample;
//   - a counter begins at 0 at the earliest.
//
// From 10 to 16 in 4 of 5 minutes is an increase of 7.5.
func increase(points []point, from, to int64) (float64, bool) {
	if len(points) < 2 {
		return 0, false
	}
	first, last := points[0], points[len(points)-1]
	gained := last.value - first.value
	for i, p := range points[1:] {
		if before := points[i].value; p.value < before { // it began again at 0
			gained += before
		}
	}
	seconds := func(from, to int64) float64 { return float64(to-from) / 1000 }
	known := seconds(first.at, last.at)
	distance := known / float64(len(points)-1)
	before, after := seconds(from, first.at), seconds(last.at, to)
	if before >= distance*1.1 {
		before = distance / 2
	}
	if gained > 0 && first.value >= 0 {
		if zero := known * (first.value / gained); zero < before {
			before = zero
		}
	}
	if after >= distance*1.1 {
		after = distance / 2
	}
	return gained * ((known + before + after) / known), true
}

func average(points []point, _, _ int64) (float64, bool) {
	return added(points) / float64(len(points)), true
}

// added is the sum of points.
func added(points []point) float64 {
	var sum total
	for _, p := range points {
		sum.add(p.value)
	}
	return sum.value()
}

// extreme is the largest value for 1, and the smallest for -1. One that is not a number is
// taken when there is no other.
func extreme(points []point, sign float64) float64 {
	found := math.NaN()
	for _, p := range points {
		if math.IsNaN(found) || p.value*sign > found*sign {
			found = p.value
		}
	}
	return found
}

func changes(points []point, _, _ int64) (float64, bool) {
	n := 0
	for i, p := range points[1:] {
		if before := points[i].value; p.value != before && !(math.IsNaN(p.value) && math.IsNaN(before)) {
			n++
		}
	}
	return float64(n), true
}

// of returns how long it is.
func (l Length) of(with Binding) time.Duration {
	switch {
	case l.Fixed != 0:
		return l.Fixed
	case l.Built == TimeRange:
		return with.Range
	case l.Built == RateStep:
		return with.RateStep
	case l.Built == Step:
		return with.Step
	}
	return 0
}
