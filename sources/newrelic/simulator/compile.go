package simulator

import (
	"fmt"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// valueFunc computes an expression for a row of a table, or, in SELECT, for a
// row of the answer.
type valueFunc func(row int) Value

// testFunc decides a condition for a row.
type testFunc func(row int) truth

func constant(v Value) valueFunc { return func(int) Value { return v } }

// compiler turns expressions into closures. The first thing it cannot do is
// kept in err; what it returns after that must not be called.
type compiler struct {
	leaves
	scope    *scope
	visible  int // how many of the variables in WITH can be seen
	expanded int // uses of variables
	err      *queryError
}

// leaves gives names and some functions their meaning: attributes of a row
// behind WHERE, aggregates in SELECT.
type leaves interface {
	name(c *compiler, x *nrql.Name) valueFunc
	// call returns nil for functions that mean the same everywhere.
	call(c *compiler, x *nrql.Call) valueFunc
	// column lets found have the column of an attribute in every table that is
	// read, for shortcuts; it returns false where names are not attributes.
	column(x nrql.Expr, found func(*column, *pool)) bool
	// index returns nil for members that are not simulated.
	index(c *compiler, x *nrql.Index) valueFunc
}

// refuse notes that something is not simulated.
func (c *compiler) refuse(format string, args ...any) valueFunc {
	c.fail(refusal(fmt.Sprintf(format, args...)))
	return constant(Value{})
}

func (c *compiler) fail(err *queryError) {
	if c.err == nil {
		c.err = err
	}
}

// value compiles an expression whose value is wanted.
func (c *compiler) value(x nrql.Expr) valueFunc {
	switch x := x.(type) {
	case *nrql.Name:
		if x.Wildcard {
			return c.refuse("the wildcard %s", x.Value)
		}
		return c.named(x)
	case *nrql.Subquery:
		return c.subquery(x)
	case *nrql.String:
		return constant(String(x.Value))
	case *nrql.Number:
		return constant(Number(x.Value))
	case *nrql.Bool:
		return constant(Bool(x.Value))
	case *nrql.Null:
		return constant(Value{})
	case *nrql.Call:
		if f := c.call(c, x); f != nil {
			return f
		}
		return c.function(x)
	case *nrql.Index:
		if f := c.index(c, x); f != nil {
			return f
		}
		return c.member(x)
	case *nrql.Unary:
		if x.Op == nrql.Neg {
			operand := c.value(x.X)
			return numeric1(operand, func(a float64) float64 { return -a })
		}
	case *nrql.Binary:
		switch {
		case x.Op >= nrql.Add:
			return c.arithmetic(x)
		case x.Op == nrql.Or && !isLogical(x.X):
			return c.replacement(x)
		}
	default:
		if what := refused(x); what != "" {
			return c.refuse("%s", what)
		}
	}
	test := c.test(x)
	return func(row int) Value { return test(row).value() }
}

// refused names an expression that is not simulated anywhere.
func refused(x nrql.Expr) string {
	switch x.(type) {
	case *nrql.Star:
		return "* outside of count(*)"
	case *nrql.Where:
		return "WHERE inside of an expression"
	case *nrql.Named:
		return "a named argument"
	case *nrql.Duration:
		return "a length of time"
	case *nrql.List, *nrql.Cases:
		return "a list of names"
	}
	return ""
}

// isLogical reports whether an expression can only be true, false or unknown.
func isLogical(x nrql.Expr) bool {
	switch x := x.(type) {
	case *nrql.Binary:
		return x.Op <= nrql.Ge && (x.Op != nrql.Or || isLogical(x.X))
	case *nrql.Unary:
		return x.Op == nrql.Not
	case *nrql.Is, *nrql.In, *nrql.Like:
		return true
	}
	return false
}

// replacement compiles x OR y between values: y stands in where x is null,
// and zero is not null. Between booleans it is the logical OR.
func (c *compiler) replacement(x *nrql.Binary) valueFunc {
	first, second := c.value(x.X), c.value(x.Y)
	return func(row int) Value {
		v := first(row)
		switch v.kind {
		case null:
			return second(row)
		case boolean:
			return v.truth().or(second(row).truth()).value()
		default:
			return v
		}
	}
}

func (c *compiler) arithmetic(x *nrql.Binary) valueFunc {
	first, second := c.value(x.X), c.value(x.Y)
	switch x.Op {
	case nrql.Add:
		return numeric2(first, second, func(a, b float64) float64 { return a + b })
	case nrql.Sub:
		return numeric2(first, second, func(a, b float64) float64 { return a - b })
	case nrql.Mul:
		return numeric2(first, second, func(a, b float64) float64 { return a * b })
	case nrql.Div:
		return numeric2(first, second, func(a, b float64) float64 { return a / b })
	default:
		return c.refuse("the operator %s", x.Op)
	}
}

// numeric1 applies f to a number; everything else gives null.
func numeric1(operand valueFunc, f func(a float64) float64) valueFunc {
	return func(row int) Value {
		a := operand(row)
		if a.kind != number {
			return Value{}
		}
		return finite(f(a.number))
	}
}

// numeric2 applies f to two numbers; everything else gives null.
func numeric2(first, second valueFunc, f func(a, b float64) float64) valueFunc {
	return func(row int) Value {
		a, b := first(row), second(row)
		if a.kind != number || b.kind != number {
			return Value{}
		}
		return finite(f(a.number, b.number))
	}
}

// rowLeaves gives names the meaning they have behind WHERE and inside of
// aggregates: attributes of one event.
type rowLeaves struct{ *cursor }

func (l rowLeaves) name(_ *compiler, x *nrql.Name) valueFunc {
	if x.Value == "timestamp" {
		return func(row int) Value { return Number(float64(l.table.times[row])) }
	}
	var col *column
	var strings *pool
	l.cursor.column(x.Value, func(found *column, pool *pool) { col, strings = found, pool })
	return func(row int) Value { return strings.value(col.at(row)) }
}

func (l rowLeaves) call(_ *compiler, x *nrql.Call) valueFunc {
	switch x.Name {
	case "eventType":
		return constant(String(l.table.name))
	case "accountId":
		return func(int) Value { return Number(float64(l.account)) }
	}
	return nil
}

func (l rowLeaves) index(*compiler, *nrql.Index) valueFunc { return nil }

func (l rowLeaves) column(x nrql.Expr, found func(*column, *pool)) bool {
	name, isName := x.(*nrql.Name)
	if !isName || name.Value == "timestamp" || name.Wildcard {
		return false
	}
	l.cursor.column(name.Value, found)
	return true
}
