package simulator

import (
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// groupFunc finds the group of a row; false says that it belongs to none.
type groupFunc func(row int) (Value, bool)

// group compiles an expression of FACET.
func (c *compiler) group(x nrql.Expr) groupFunc {
	if cases, isCases := x.(*nrql.Cases); isCases {
		return c.cases(cases)
	}
	var value valueFunc
	if call, isCall := x.(*nrql.Call); isCall && call.Name == "buckets" {
		value = c.buckets(call)
	} else {
		value = c.value(x)
	}
	return func(row int) (Value, bool) {
		v := value(row)
		if v.kind == composite {
			c.refuse("FACET by a list or a map")
		}
		return v, true
	}
}

// cases compiles CASES (WHERE x AS 'a', WHERE y) OR rest: the first case that
// an event meets is its group. One without a name has the text of its condition
// for one, in our spelling. Events of no case belong to no group unless rest
// gives them one.
func (c *compiler) cases(x *nrql.Cases) groupFunc {
	var tests []testFunc
	var labels []Value
	for _, one := range x.Cases {
		tests = append(tests, c.test(one.Condition))
		label := one.Label
		if label == "" {
			label = nrql.Print(one.Condition)
		}
		labels = append(labels, String(label))
	}
	var rest groupFunc
	if x.Rest != nil {
		rest = c.group(x.Rest)
	}
	return func(row int) (Value, bool) {
		for i, test := range tests {
			if test(row) == yes {
				return labels[i], true
			}
		}
		if rest == nil {
			return Value{}, false
		}
		return rest(row)
	}
}

// buckets compiles buckets(attribute, ceiling, number): ranges of one width from
// 0 on, the last of which holds everything above as well. Its label is New
// Relic's, such as >=36.0; those of the others are ours.
func (c *compiler) buckets(x *nrql.Call) valueFunc {
	if len(x.Args) < 3 {
		return c.refuse("buckets() without a number of buckets")
	}
	limits := c.numbers("buckets()", x.Args[1:])
	if c.err != nil {
		return constant(Value{})
	}
	ceiling, count := limits[0], limits[1]
	if ceiling <= 0 || count < 1 || count > 500 || count != float64(int(count)) {
		return c.refuse("buckets() up to %s in %s parts", formatNumber(ceiling), formatNumber(count))
	}
	operand := c.value(x.Args[0])
	width := ceiling / count
	return func(row int) Value {
		v := operand(row)
		switch {
		case v.kind != number:
			return Value{}
		case v.number < 0:
			return c.refuse("buckets() of a number below 0")(row)
		}
		n := min(float64(int(min(v.number/width, count))), count-1)
		if n == count-1 {
			return String(">=" + decimal(n*width))
		}
		return String(decimal(n*width) + " - " + decimal((n+1)*width))
	}
}

// decimal writes a number with at least one digit behind the point.
func decimal(x float64) string {
	s := formatNumber(x)
	if x == float64(int64(x)) {
		s += ".0"
	}
	return s
}
