package simulator

import (
	"fmt"
	"slices"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// aggregate computes an expression of SELECT from the events it is about.
func (q naiveQuery) aggregate(x nrql.Expr, events []naiveEvent, width int64) any {
	return naive{nullsMatch: q.nullsMatch, query: &q, calls: func(call *nrql.Call) any { return q.function(call, events, width) }}.value(x)
}

func (q naiveQuery) function(call *nrql.Call, events []naiveEvent, width int64) any {
	condition := func() (met []naiveEvent) {
		for _, e := range events {
			if q.meets(e, call.Args[1].(*nrql.Where).Condition) {
				met = append(met, e)
			}
		}
		return met
	}
	switch call.Name {
	case "filter":
		return q.aggregate(call.Args[0], condition(), width)
	case "percentage":
		part, base := q.aggregate(call.Args[0], condition(), width), q.aggregate(call.Args[0], events, width)
		return naive{}.value(naiveShare(part, base))
	case "rate":
		amount, isNumber := q.aggregate(call.Args[0], events, width).(float64)
		if !isNumber {
			return nil
		}
		return amount * (float64(call.Args[1].(*nrql.Duration).Millis()) / float64(width))
	case "count":
		if _, isStar := call.Args[0].(*nrql.Star); isStar {
			return float64(len(events))
		}
	}
	var values []any
	var numbers []float64
	var times []int64
	for _, e := range events {
		v := q.row(e, call.Args[0])
		if v == nil {
			continue
		}
		values, times = append(values, v), append(times, e.millis)
		if x, isNumber := v.(float64); isNumber {
			numbers = append(numbers, x)
		}
	}
	return naiveOf(call, values, numbers, times)
}

func naiveShare(part, base any) nrql.Expr {
	literal := func(v any) nrql.Expr {
		if x, isNumber := v.(float64); isNumber {
			return &nrql.Number{Value: x}
		}
		return &nrql.Null{}
	}
	hundred := &nrql.Binary{Op: nrql.Mul, X: &nrql.Number{Value: 100}, Y: literal(part)}
	return &nrql.Binary{Op: nrql.Div, X: hundred, Y: literal(base)}
}

// naiveOf computes an aggregate of the values that are not null.
func naiveOf(call *nrql.Call, values []any, numbers []float64, times []int64) any {
	sum := 0.0
	for _, x := range numbers {
		sum += x
	}
	different := []any{}
	for _, v := range values {
		if !slices.Contains(different, v) {
			different = append(different, v)
		}
	}
	switch call.Name {
	case "count":
		return float64(len(values))
	case "sum":
		return sum
	case "uniqueCount":
		return float64(len(different))
	case "uniques":
		return different
	case "earliest", "latest":
		at := -1
		for i := range values {
			if at < 0 || call.Name == "earliest" && times[i] < times[at] || call.Name == "latest" && times[i] >= times[at] {
				at = i
			}
		}
		if at < 0 {
			return nil
		}
		return values[at]
	case "percentile":
		points := map[string]any{}
		slices.Sort(numbers)
		for _, arg := range call.Args[1:] {
			p := arg.(*nrql.Number).Value
			var found any
			for _, x := range numbers { // the first that p percent do not exceed
				if upTo := count(numbers, func(y float64) bool { return y <= x }); float64(upTo)*100 >= p*float64(len(numbers)) {
					found = x
					break
				}
			}
			points[fmt.Sprint(p)] = found
		}
		return points
	case "histogram":
		bars := make([]any, 4)
		for i := range bars {
			low, high := float64(i)*2, float64(i+1)*2
			bars[i] = float64(count(numbers, func(x float64) bool { return (x >= low || i == 0) && (x < high || i == 3) }))
		}
		return bars
	}
	if len(numbers) == 0 {
		return nil
	}
	switch call.Name {
	case "average":
		return sum / float64(len(numbers))
	case "min":
		return slices.Min(numbers)
	case "max":
		return slices.Max(numbers)
	}
	panic(call.Name)
}

func count(numbers []float64, is func(float64) bool) int {
	n := 0
	for _, x := range numbers {
		if is(x) {
			n++
		}
	}
	return n
}
