package query

import (
	"cmp"
	"math"
	"slices"
)

func (a Aggregate) compile(c *compiler) (node, error) {
	of, err := c.series(a.Of)
	if err != nil {
		return node{}, err
	}
	if err := c.names(a, a.By); err != nil {
		return node{}, err
	}
	groups := &groups{compiler: c, by: a.By, of: map[*set]int{}, ordinals: map[*set]int{}}
	var (
		start  func(t *total, v float64) // with the first value of a group
		add    func(t *total, v float64) // each other one
		finish = func(t *total) float64 { return t.sum }
	)
	start = func(t *total, v float64) { *t = total{sum: v} }
	switch a.Aggregation {
	case Top, Bottom:
		return a.best(of, groups), nil
	case Sum:
		add, finish = (*total).add, (*total).value
	case Count:
		start = func(t *total, _ float64) { *t = total{sum: 1} }
		add = func(t *total, _ float64) { t.sum++ }
	case Max:
		add = func(t *total, v float64) {
			if v > t.sum || math.IsNaN(t.sum) {
				t.sum = v
			}
		}
	case Min:
		add = func(t *total, v float64) {
			if v < t.sum || math.IsNaN(t.sum) {
				t.sum = v
			}
		}
	default:
		return node{}, c.wrong(a, "there is no aggregation %q", a.Aggregation)
	}
	var (
		totals []total
		filled []bool
		out    []element
	)
	return node{at: func(at int64) ([]element, error) {
		elements, err := of.at(at)
		if err != nil {
			return nil, err
		}
		clear(filled)
		for _, e := range elements {
			i := groups.index(e.labels)
			for len(totals) <= i {
				totals, filled = append(totals, total{}), append(filled, false)
			}
			if filled[i] {
				add(&totals[i], e.value)
			} else {
				start(&totals[i], e.value)
				filled[i] = true
			}
		}
		out = out[:0]
		for i := range totals {
			if filled[i] {
				out = append(out, element{identity{labels: groups.labels[i]}, finish(&totals[i])})
			}
		}
		return out, nil
	}}, nil
}

// groups are the series that have some labels alike.
type groups struct {
	compiler *compiler
	by       []string
	of       map[*set]int // by the labels of a series
	ordinals map[*set]int // by those that are alike
	labels   []*set       // that are alike
}

// index returns the number of the group of a series, from 0.
func (g *groups) index(s *set) int {
	if len(g.by) == 0 && len(g.labels) == 1 {
		return 0 // there is one group
	}
	i, known := g.of[s]
	if known {
		return i
	}
	alike := g.compiler.labels.only(s, g.by)
	i, known = g.ordinals[alike]
	if !known {
		i = len(g.labels)
		g.ordinals[alike] = i
		g.labels = append(g.labels, alike)
	}
	g.of[s] = i
	return i
}

// best keeps K series of each group: the largest first, or the smallest, and those that
// are no number last. Of two with one value, the first by labels is the better one;
// Prometheus takes any.
func (a Aggregate) best(of node, groups *groups) node {
	direction := -1
	if a.Aggregation == Bottom {
		direction = 1
	}
	better := func(x, y element) int {
		switch noX, noY := math.IsNaN(x.value), math.IsNaN(y.value); {
		case noX && !noY:
			return 1
		case noY && !noX:
			return -1
		}
		return cmp.Or(direction*cmp.Compare(x.value, y.value), x.compare(y.identity))
	}
	var (
		taken []int // of each group
		out   []element
	)
	return node{byValue: true, at: func(at int64) ([]element, error) {
		elements, err := of.at(at)
		if err != nil {
			return nil, err
		}
		out = append(out[:0], elements...)
		slices.SortFunc(out, better)
		clear(taken)
		out = slices.DeleteFunc(out, func(e element) bool {
			i := groups.index(e.labels)
			for len(taken) <= i {
				taken = append(taken, 0)
			}
			taken[i]++
			return taken[i] > a.K
		})
		return out, nil
	}}
}
