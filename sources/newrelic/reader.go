package newrelic

import (
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// Readings add up: what is not good is bad, so that a total counts as bad in
// front and every good event takes one away. The total and the good ones may
// thus come from two queries.

// pair reads the total and what is counted beside it, of two columns or, without
// a condition, of one.
type pair struct{ conditional, isGood bool }

func (p pair) counts(values []int64) slo.Counts {
	c := slo.Counts{Total: values[0]}
	switch {
	case p.conditional && p.isGood:
		c.Bad = values[0] - values[1]
	case p.conditional:
		c.Bad = values[1]
	}
	return c
}

// eventReader reads the columns of [parsing.events].
func eventReader(weighted bool, p pair) reader {
	return func(r row, names []string) (reading, error) {
		values := make([]int64, len(names))
		sums := 0 // columns that hold sums and not counts
		if weighted {
			sums = len(names) / 2
		}
		for i, name := range names {
			var err error
			if i < sums {
				values[i], err = r.thousandths(name)
			} else {
				values[i], err = r.integer(name)
			}
			if err != nil {
				return reading{}, err
			}
		}
		sum := sources.Sum{Counts: p.counts(values), Rows: p.counts(values[sums:])}
		return reading{Sum: sum}, nil
	}
}

// role says what the number of a query adds to the counts.
type role func(value int64) slo.Counts

func totalOf(isGood bool) role {
	if isGood {
		return func(value int64) slo.Counts { return slo.Counts{Total: value, Bad: value} }
	}
	return func(value int64) slo.Counts { return slo.Counts{Total: value} }
}

func countedOf(isGood bool) role {
	if isGood {
		return func(value int64) slo.Counts { return slo.Counts{Bad: -value} }
	}
	return func(value int64) slo.Counts { return slo.Counts{Bad: value} }
}

// queryReader reads numbers that may have decimals. How many events are behind
// them is not known, so that a whole is taken for one.
func queryReader(roles ...role) reader {
	return func(r row, names []string) (reading, error) {
		var sum sources.Sum
		for i, name := range names {
			value, err := r.thousandths(name)
			if err != nil {
				return reading{}, err
			}
			sum.Counts = sum.Counts.Add(roles[i](value))
			sum.Rows = sum.Rows.Add(roles[i](value / slo.Thousandths))
		}
		return reading{Sum: sum}, nil
	}
}

// reading is what a part makes of one bucket of time, without the minutes.
type reading struct {
	sources.Sum
	note string
}
