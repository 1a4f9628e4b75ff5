package query

import "slices"

// operation is what an operator makes of two values, and whether that is kept.
type operation func(left, right float64) (value float64, kept bool)

// operation returns that of an operator that is no set operator.
func (o Operator) operation() operation {
	calculated := func(of func(l, r float64) float64) operation {
		return func(l, r float64) (float64, bool) { return of(l, r), true }
	}
	compared := func(of func(l, r float64) bool) operation {
		return func(l, r float64) (float64, bool) { return l, of(l, r) }
	}
	switch o {
	case Plus:
		return calculated(func(l, r float64) float64 { return l + r })
	case Minus:
		return calculated(func(l, r float64) float64 { return l - r })
	case Times:
		return calculated(func(l, r float64) float64 { return l * r })
	case Divided:
		return calculated(func(l, r float64) float64 { return l / r })
	case Equal:
		return compared(func(l, r float64) bool { return l == r })
	case Unequal:
		return compared(func(l, r float64) bool { return l != r })
	case Above:
		return compared(func(l, r float64) bool { return l > r })
	case AtLeast:
		return compared(func(l, r float64) bool { return l >= r })
	case Below:
		return compared(func(l, r float64) bool { return l < r })
	case AtMost:
		return compared(func(l, r float64) bool { return l <= r })
	}
	return nil
}

// compares reports whether an operator is a comparison.
func (o Operator) compares() bool {
	return slices.Contains([]Operator{Equal, Unequal, Above, AtLeast, Below, AtMost}, o)
}

// ofSets reports whether an operator is one of sets.
func (o Operator) ofSets() bool { return o == And || o == Or || o == Unless }

func (b Binary) compile(c *compiler) (node, error) {
	left, err := c.expr(b.Left)
	if err != nil {
		return node{}, err
	}
	right, err := c.expr(b.Right)
	if err != nil {
		return node{}, err
	}
	if err := b.check(c, left.scalar, right.scalar); err != nil {
		return node{}, err
	}
	switch {
	case b.Operator.ofSets():
		return b.sets(c, left, right), nil
	case left.scalar && right.scalar:
		return b.scalars(left, right), nil
	case left.scalar || right.scalar:
		return b.mixed(c, left, right), nil
	}
	return b.vectors(c, left, right), nil
}

// check finds what Prometheus refuses.
func (b Binary) check(c *compiler, left, right bool) error {
	if err := c.names(b, slices.Concat(b.On, b.Take)); err != nil {
		return err
	}
	switch {
	case b.Operator.operation() == nil && !b.Operator.ofSets():
		return c.wrong(b, "there is no operator %q", b.Operator)
	case b.AsBool && !b.Operator.compares():
		return c.wrong(b, "bool is for comparisons")
	case left && right && b.Operator.compares() && !b.AsBool:
		return c.wrong(b, "two numbers are compared with bool only")
	case (left || right) && b.Operator.ofSets():
		return c.wrong(b, "%s is between series, and one side is a number: take a Vector", b.Operator)
	case (left || right) && (b.On != nil || b.Many):
		return c.wrong(b, "a number has no labels that could be alike")
	case b.Many && b.Operator.ofSets():
		return c.wrong(b, "%s takes no labels over", b.Operator)
	}
	for _, name := range b.Take {
		if slices.Contains(b.On, name) {
			return c.wrong(b, "label %s is alike on both sides, so it cannot be taken over", name)
		}
	}
	return nil
}

// apply is what becomes of two values.
func (b Binary) apply() operation {
	of := b.Operator.operation()
	if !b.AsBool {
		return of
	}
	return func(left, right float64) (float64, bool) {
		if _, kept := of(left, right); kept {
			return 1, true
		}
		return 0, true
	}
}

// keepsMetric reports whether results are still values of the metric on the left.
func (b Binary) keepsMetric() bool { return b.Operator.compares() && !b.AsBool }

// both evaluates both sides.
func both(left, right node, at int64) (l, r []element, err error) {
	if l, err = left.at(at); err != nil {
		return nil, nil, err
	}
	r, err = right.at(at)
	return l, r, err
}

// scalars is between two numbers.
func (b Binary) scalars(left, right node) node {
	apply := b.apply()
	out := make([]element, 1)
	return node{scalar: true, at: func(at int64) ([]element, error) {
		l, r, err := both(left, right, at)
		if err != nil {
			return nil, err
		}
		out[0] = l[0]
		out[0].value, _ = apply(l[0].value, r[0].value)
		return out, nil
	}}
}

// mixed is between series and a number. A comparison keeps the values of the series, on
// whichever side they are.
func (b Binary) mixed(c *compiler, left, right node) node {
	apply := b.apply()
	var (
		out  []element
		once = unique{of: b}
	)
	return node{byValue: left.byValue || right.byValue, at: func(at int64) ([]element, error) {
		l, r, err := both(left, right, at)
		if err != nil {
			return nil, err
		}
		series, number := l, r
		if left.scalar {
			series, number = r, l
		}
		out = out[:0]
		for _, e := range series {
			x, y := e.value, number[0].value
			if left.scalar {
				x, y = y, x
			}
			value, kept := apply(x, y)
			switch {
			case !kept:
				continue
			case b.keepsMetric():
				value = e.value
			default:
				e.metric = ""
			}
			e.value = value
			out = append(out, e)
		}
		return out, once.check(c, out)
	}}
}
