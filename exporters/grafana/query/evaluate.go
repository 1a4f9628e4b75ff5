package query

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"
)

// node is an expression that was prepared for some samples.
type node struct {
	scalar  bool // one element without labels, always
	byValue bool // its elements are ordered by value, and stay so in the result
	// at evaluates it at a time in milliseconds, which must not be before the last one. The
	// elements are good until the next call.
	at func(at int64) ([]element, error)
}

// element is a value of a series at an instant.
type element struct {
	identity
	value float64
}

// identity tells elements apart.
type identity struct {
	metric string // name; "" when the value is not that of the metric any more
	labels *set
}

func (i identity) compare(other identity) int {
	return cmp.Or(i.labels.compare(other.labels), cmp.Compare(i.metric, other.metric))
}

// compiler prepares expressions.
type compiler struct {
	samples *Samples
	with    Binding
	labels  *interner // of sets that an evaluation makes
}

// compile prepares an expression on samples, for what a dashboard shows.
func (s *Samples) compile(e Expr, with Binding) (node, error) {
	c := &compiler{samples: s, with: with, labels: newInterner(s.labels)}
	return c.expr(e)
}

// expr prepares a part of an expression.
func (c *compiler) expr(e Expr) (node, error) {
	if e == nil {
		return node{}, errors.New("query: a part of the expression is missing (nil)")
	}
	return e.compile(c)
}

// series prepares a part that has to be series.
func (c *compiler) series(e Expr) (node, error) {
	n, err := c.expr(e)
	if err == nil && n.scalar {
		err = c.wrong(e, "this is a number, and series are needed here: take a Vector")
	}
	return n, err
}

// wrong says what is wrong with an expression.
func (c *compiler) wrong(e Expr, format string, args ...any) error {
	return fmt.Errorf("query: %s: %w", Bound(e, c.with), fmt.Errorf(format, args...))
}

// unique finds two elements that have all labels alike.
type unique struct {
	of   Expr // whose elements they are
	seen map[identity]struct{}
}

func (u *unique) check(c *compiler, elements []element) error {
	if u.seen == nil {
		u.seen = make(map[identity]struct{}, len(elements))
	}
	clear(u.seen)
	for _, e := range elements {
		if _, twice := u.seen[e.identity]; twice {
			return c.wrong(u.of, "two series of the result have the labels %s", e.labels)
		}
		u.seen[e.identity] = struct{}{}
	}
	return nil
}

// At evaluates an expression at an instant; see [Data].
func (s *Samples) At(e Expr, at time.Time, with Binding) ([]Sample, error) {
	n, err := s.compile(e, with)
	if err != nil {
		return nil, err
	}
	elements, err := n.at(at.UnixMilli())
	if err != nil {
		return nil, err
	}
	if !n.byValue {
		slices.SortFunc(elements, func(a, b element) int { return a.compare(b.identity) })
	}
	var list []Sample
	for _, e := range elements {
		list = append(list, Sample{Labels: e.labels.exported(), Value: e.value})
	}
	return list, nil
}

// Between evaluates an expression from one instant to another; see [Data]. A step is at
// least a millisecond.
func (s *Samples) Between(e Expr, from, to time.Time, step time.Duration, with Binding) ([]Series, error) {
	if step < time.Millisecond {
		return nil, fmt.Errorf("query: a step of %v: the least is 1ms", step)
	}
	n, err := s.compile(e, with)
	if err != nil {
		return nil, err
	}
	var (
		found = map[identity]int{} // an index of the two
		names []identity
		lists [][]Point
	)
	for at := from.UnixMilli(); at <= to.UnixMilli(); at += step.Milliseconds() {
		elements, err := n.at(at)
		if err != nil {
			return nil, err
		}
		when := time.UnixMilli(at).UTC()
		for _, e := range elements {
			i, known := found[e.identity]
			if !known {
				i = len(names)
				found[e.identity] = i
				names, lists = append(names, e.identity), append(lists, nil)
			}
			lists[i] = append(lists[i], Point{At: when, Value: e.value})
		}
	}
	slices.SortFunc(names, identity.compare)
	list := make([]Series, len(names))
	for i, name := range names {
		list[i] = Series{Labels: name.labels.exported(), Points: lists[found[name]]}
	}
	return list, nil
}

var (
	labelName  = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)
	metricName = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)
)
