// The race detector has nothing to find here, and compiling Prometheus for it takes minutes.

//go:build !race

package query_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	q "github.com/slojourn/slojourn/exporters/grafana/query"
)

// TestRandom has Prometheus evaluate random expressions on random samples.
func TestRandom(t *testing.T) {
	t.Parallel()
	var values, mistakes, cases int
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(t, rapid.SampledFrom([]time.Duration{5 * time.Minute, 90 * time.Second}).Draw(r, "lookback"))
		drawSamples(r, w)
		with := q.Binding{
			Variables: map[string]string{"a": rapid.SampledFrom([]string{"x", "x|y", ".*", ".+", ""}).Draw(r, "a")},
			Range:     time.Hour,
			Step:      time.Minute,
			RateStep:  4 * time.Minute,
		}
		for range 10 {
			e := drawSeries(r, 3)
			if rapid.IntRange(0, 9).Draw(r, "number at the top") == 0 {
				e = drawNumber(r, 2)
			}
			parses(r.Errorf, q.Bound(e, with))
			at := start.Add(time.Duration(rapid.IntRange(-60_000, 1_900_000).Draw(r, "at")) * time.Millisecond)
			step := time.Duration(rapid.IntRange(1, 400_000).Draw(r, "step")) * time.Millisecond
			n, err := w.compare(r.Errorf, e, at, step, with)
			cases++
			if n > 0 {
				values++
			}
			if err != nil {
				mistakes++
			}
		}
	})
	t.Logf("%d expressions, %d with values, %d that are refused", cases, values, mistakes)
	if values < cases/4 {
		t.Error("few expressions have values: this proves less than it should")
	}
}

// drawSamples adds series with irregular times. Those of gauge and counter are never alike
// at an instant, which is needed for Top and Bottom; those of flag are few numbers.
func drawSamples(r *rapid.T, w *world) {
	unique := 0.0
	for _, metric := range []string{"gauge", "counter", "flag", "info"} {
		for _, a := range []string{"x", "y", ""} {
			for _, b := range []string{"1", "2"} {
				if rapid.IntRange(0, 5).Draw(r, "missing") == 0 {
					continue
				}
				of := q.Labels{"a": a, "b": b}
				switch {
				case metric == "info" && b == "2":
					continue
				case metric == "info":
					of = q.Labels{"a": a, "owner": "team " + a}
				}
				var (
					at     []time.Duration
					values []float64
					when   = rapid.IntRange(0, 300_000).Draw(r, "first")
				)
				for range rapid.IntRange(0, 30).Draw(r, "samples") {
					at = append(at, time.Duration(when)*time.Millisecond)
					when += rapid.SampledFrom([]int{15_000, 60_000, 60_000, 60_000, 61_234, 400_000}).Draw(r, "distance")
					unique += 1.0 / 8192
					switch metric {
					case "gauge":
						values = append(values, rapid.Float64Range(-2, 2).Draw(r, "gauge")+unique)
					case "counter":
						next := float64(rapid.IntRange(0, 100).Draw(r, "more"))
						if n := len(values); n > 0 && rapid.IntRange(0, 7).Draw(r, "begins again") != 0 {
							next += math.Floor(values[n-1])
						}
						values = append(values, next+unique)
					case "flag":
						values = append(values, rapid.SampledFrom([]float64{0, 1, 1, 2, -1, math.NaN(), math.Inf(1)}).Draw(r, "flag"))
					default:
						values = append(values, 1)
					}
				}
				w.add(metric, of, at, values...)
			}
		}
	}
}

func drawSelect(r *rapid.T, metrics ...string) q.Select {
	s := q.Metric(rapid.SampledFrom(metrics).Draw(r, "metric"))
	for range rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(r, "matchers") {
		s.Matchers = append(s.Matchers, q.Matcher{
			Label:    rapid.SampledFrom([]string{"a", "a", "b", "owner"}).Draw(r, "label"),
			Not:      rapid.IntRange(0, 3).Draw(r, "not") == 0,
			Value:    rapid.SampledFrom([]string{"x", "y", "1", ""}).Draw(r, "value"),
			Pattern:  rapid.SampledFrom([]string{"", "", "x|y", "[12]", ".*", "y?"}).Draw(r, "pattern"),
			Variable: rapid.SampledFrom([]string{"", "", "a", "missing"}).Draw(r, "variable"),
		})
	}
	s.Offset = rapid.SampledFrom([]time.Duration{0, 0, 0, time.Minute, 90 * time.Second, -15 * time.Second}).Draw(r, "offset")
	return s
}

func drawOver(r *rapid.T) q.Over {
	o := q.Over{
		Function: rapid.SampledFrom([]q.Function{q.Increase, q.Increase, q.Average, q.Maximum, q.Minimum, q.Last, q.Changes, q.Total, q.Known}).Draw(r, "function"),
		Of:       drawSelect(r, "gauge", "counter", "flag"),
		Length:   q.Length{Built: rapid.SampledFrom([]q.BuiltIn{q.Step, q.RateStep, q.TimeRange}).Draw(r, "built")},
	}
	if rapid.Bool().Draw(r, "fixed") {
		o.Length.Fixed = time.Duration(rapid.IntRange(1, 1_500_000).Draw(r, "length")) * time.Millisecond
	}
	return o
}

// drawSubquery draws what becomes of an expression over time.
func drawSubquery(r *rapid.T, depth int) q.Over {
	o := drawOver(r)
	o.Of = drawSeries(r, depth)
	o.Every = q.Length{Built: rapid.SampledFrom([]q.BuiltIn{q.Step, q.RateStep}).Draw(r, "every")}
	if rapid.Bool().Draw(r, "every fixed") {
		o.Every.Fixed = time.Duration(rapid.IntRange(20_000, 400_000).Draw(r, "distance of instants")) * time.Millisecond
	}
	return o
}

func drawLabels(r *rapid.T) []string {
	return rapid.SampledFrom([][]string{nil, {}, {"a"}, {"b"}, {"a", "b"}, {"owner"}}).Draw(r, "labels")
}

// drawSeries draws an expression of series.
func drawSeries(r *rapid.T, depth int) q.Expr {
	kind := rapid.IntRange(0, 13).Draw(r, "kind")
	if depth == 0 {
		kind %= 3
	}
	switch kind {
	case 0:
		return drawSelect(r, "gauge", "counter", "flag", "info")
	case 1:
		return drawOver(r)
	case 2:
		if rapid.IntRange(0, 3).Draw(r, "vector") == 0 {
			return q.Vector(rapid.SampledFrom([]float64{0, 1, -2.5}).Draw(r, "value"))
		}
		return drawSelect(r, "gauge")
	case 3, 4:
		return q.By(rapid.SampledFrom([]q.Aggregation{q.Sum, q.Min, q.Max, q.Count}).Draw(r, "aggregation"), drawSeries(r, depth-1), drawLabels(r)...)
	case 5:
		return q.Aggregate{
			Aggregation: rapid.SampledFrom([]q.Aggregation{q.Top, q.Bottom}).Draw(r, "aggregation"),
			K:           rapid.IntRange(0, 4).Draw(r, "k"),
			By:          drawLabels(r),
			Of:          drawSelect(r, "gauge", "counter"),
		}
	case 6:
		return q.Replace{
			Of:      drawSeries(r, depth-1),
			Label:   rapid.SampledFrom([]string{"a", "c"}).Draw(r, "to"),
			Value:   rapid.SampledFrom([]string{"", "x", "$1", "is ${1}", "$"}).Draw(r, "by"),
			From:    rapid.SampledFrom([]string{"", "a", "b"}).Draw(r, "from"),
			Pattern: rapid.SampledFrom([]string{"", "(.*)", "(x|y)", "x"}).Draw(r, "of"),
		}
	case 7:
		return drawBinary(r, drawSeries(r, depth-1), drawNumber(r, depth-1), false)
	case 8, 9:
		return drawSubquery(r, depth-1)
	case 10:
		return drawBinary(r, drawNumber(r, depth-1), drawSeries(r, depth-1), false)
	default:
		b := drawBinary(r, drawSeries(r, depth-1), drawSeries(r, depth-1), true)
		b.On = drawLabels(r)
		sets := b.Operator == q.And || b.Operator == q.Or || b.Operator == q.Unless
		if !sets && rapid.Bool().Draw(r, "many") {
			take := rapid.SampledFrom([][]string{{}, {"owner"}, {"c"}, {"owner", "c"}}).Draw(r, "take")
			if len(b.On) != 1 || b.On[0] != "owner" {
				b = b.Taking(take...)
			}
		}
		return b
	}
}

// drawBinary draws an operator between two sides, of which one at least is series.
func drawBinary(r *rapid.T, left, right q.Expr, sets bool) q.Binary {
	operators := []q.Operator{q.Plus, q.Minus, q.Times, q.Divided, q.Equal, q.Unequal, q.Above, q.AtLeast, q.Below, q.AtMost}
	if sets {
		operators = append(operators, q.And, q.Or, q.Unless)
	}
	i := rapid.IntRange(0, len(operators)-1).Draw(r, "operator")
	b := q.With(left, operators[i], right)
	b.AsBool = 4 <= i && i < 10 && rapid.Bool().Draw(r, "bool")
	return b
}

// drawNumber draws an expression that is a number.
func drawNumber(r *rapid.T, depth int) q.Expr {
	if depth <= 0 || rapid.Bool().Draw(r, "one number") {
		if rapid.IntRange(0, 5).Draw(r, "now") == 0 {
			return q.Now{}
		}
		return q.Number(rapid.SampledFrom([]float64{0, 1, -1, 0.5, 1e-7, 1e21, 100}).Draw(r, "number"))
	}
	b := drawBinary(r, drawNumber(r, depth-1), drawNumber(r, depth-1), false)
	switch b.Operator {
	case q.Plus, q.Minus, q.Times, q.Divided:
	default:
		b.AsBool = true
	}
	return b
}
