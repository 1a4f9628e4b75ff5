package simulator

import (
	"math"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// test compiles an expression that stands as a condition.
func (c *compiler) test(x nrql.Expr) testFunc {
	switch x := x.(type) {
	case *nrql.Binary:
		switch {
		case x.Op == nrql.And:
			first, second := c.test(x.X), c.test(x.Y)
			return func(row int) truth {
				t := first(row)
				if t == no {
					return no
				}
				return t.and(second(row))
			}
		case x.Op == nrql.Or:
			first, second := c.test(x.X), c.test(x.Y)
			return func(row int) truth {
				t := first(row)
				if t == yes {
					return yes
				}
				return t.or(second(row))
			}
		case x.Op <= nrql.Ge:
			return c.comparison(x)
		}
	case *nrql.Unary:
		if x.Op == nrql.Not {
			operand := c.test(x.X)
			return func(row int) truth { return operand(row).not() }
		}
	case *nrql.Is:
		return c.is(x)
	case *nrql.In:
		return c.in(x)
	case *nrql.Like:
		return c.like(x)
	case *nrql.Name, *nrql.Call, *nrql.Bool, *nrql.Null, *nrql.Index, *nrql.Subquery:
		operand := c.value(x)
		return func(row int) truth { return operand(row).truth() }
	}
	c.refuse("the value %s as a condition", nrql.Print(x))
	return func(int) truth { return unknown }
}

// differs returns what !=, NOT IN and NOT LIKE make of the test they negate.
// New Relic does not document what a missing attribute does there. By default
// such rows match, as the idiom error.expected != true in its own examples
// needs; otherwise the result is unknown, as in SQL.
func (c *compiler) differs(same truth) truth {
	if c.scope.nullsMatch {
		return truthOf(same != yes)
	}
	return same.not()
}

func (c *compiler) comparison(x *nrql.Binary) testFunc {
	if x.Op == nrql.Ne {
		same := c.comparison(&nrql.Binary{Range: x.Range, Op: nrql.Eq, X: x.X, Y: x.Y})
		return func(row int) truth { return c.differs(same(row)) }
	}
	if test := c.columnComparison(x); test != nil {
		return test
	}
	first, second := c.value(x.X), c.value(x.Y)
	if x.Op == nrql.Eq {
		return func(row int) truth { return equal(first(row), second(row)) }
	}
	return func(row int) truth {
		sign, ordered := order(first(row), second(row))
		if !ordered {
			return unknown
		}
		return truthOf(x.Op.Holds(sign))
	}
}

// columnComparison is the short way for the commonest tests, an attribute
// against a literal: no string is touched. It returns nil for others.
func (c *compiler) columnComparison(x *nrql.Binary) testFunc {
	switch literal := x.Y.(type) {
	case *nrql.String:
		var col *column
		var id uint32
		var known bool
		if x.Op != nrql.Eq || !c.column(x.X, func(found *column, strings *pool) {
			col = found
			id, known = strings.ids[literal.Value]
		}) {
			return nil
		}
		return func(row int) truth {
			switch cell := col.at(row); cell.kind {
			case null:
				return unknown
			case text:
				return truthOf(known && cell.bits == uint64(id))
			default:
				return no
			}
		}
	case *nrql.Number:
		var col *column
		if !c.column(x.X, func(found *column, _ *pool) { col = found }) {
			return nil
		}
		return func(row int) truth {
			cell := col.at(row)
			switch {
			case cell.kind == number:
				value := math.Float64frombits(cell.bits)
				sign := 0
				if value < literal.Value {
					sign = -1
				} else if value > literal.Value {
					sign = 1
				}
				return truthOf(x.Op.Holds(sign))
			case cell.kind == null, x.Op != nrql.Eq:
				return unknown
			default:
				return no
			}
		}
	}
	return nil
}

// is compiles IS [NOT] NULL, TRUE or FALSE, which is never unknown.
func (c *compiler) is(x *nrql.Is) testFunc {
	operand := c.value(x.X)
	var want func(Value) bool
	switch x.What {
	case nrql.IsNull:
		want = func(v Value) bool { return v.kind == null }
	case nrql.IsTrue:
		want = func(v Value) bool { return v.truth() == yes }
	case nrql.IsFalse:
		want = func(v Value) bool { return v.truth() == no }
	default:
		c.refuse("IS %s", x.What)
	}
	return func(row int) truth { return truthOf(want(operand(row)) != x.Not) }
}

func (c *compiler) in(x *nrql.In) testFunc {
	among := c.among(x)
	if among == nil {
		among = c.listed(x)
	}
	if x.Not {
		return func(row int) truth { return c.differs(among(row)) }
	}
	return among
}

// listed compiles x IN (a, b).
func (c *compiler) listed(x *nrql.In) testFunc {
	operand := c.value(x.X)
	var list []valueFunc
	for _, member := range x.List {
		list = append(list, c.value(member))
	}
	return func(row int) truth {
		v, result := operand(row), no
		for _, member := range list {
			if result = result.or(equal(v, member(row))); result == yes {
				break
			}
		}
		return result
	}
}
