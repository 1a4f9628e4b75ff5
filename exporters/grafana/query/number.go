package query

import "math"

func (n Number) compile(c *compiler) (node, error) {
	return c.constant(true, func(int64) float64 { return float64(n) }), nil
}

func (v Vector) compile(c *compiler) (node, error) {
	return c.constant(false, func(int64) float64 { return float64(v) }), nil
}

func (Now) compile(c *compiler) (node, error) {
	return c.constant(true, func(at int64) float64 { return float64(at) / 1000 }), nil
}

// constant is one element without labels.
func (c *compiler) constant(scalar bool, value func(at int64) float64) node {
	out := []element{{identity: identity{labels: c.labels.set(nil)}}}
	return node{scalar: scalar, at: func(at int64) ([]element, error) {
		out[0].value = value(at)
		return out, nil
	}}
}

// total adds up, and keeps what each step loses by rounding (Neumaier), as Prometheus
// does: 1e16 + 1 - 1e16 is 1.
type total struct{ sum, lost float64 }

func (t *total) add(v float64) {
	sum := t.sum + v
	switch {
	case math.IsInf(sum, 0):
		t.lost = 0
	case math.Abs(t.sum) >= math.Abs(v):
		t.lost += (t.sum - sum) + v
	default:
		t.lost += (v - sum) + t.sum
	}
	t.sum = sum
}

func (t *total) value() float64 { return t.sum + t.lost }
