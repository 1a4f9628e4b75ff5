package simulator

import (
	"slices"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// mostVariables is how often variables may be used in one expression, counting
// those inside of variables. It keeps twenty that use each other twice from a
// million steps.
const mostVariables = 1000

// named compiles a name: a variable of WITH … AS where there is one, else what
// the name means where it stands.
func (c *compiler) named(x *nrql.Name) valueFunc {
	if v, part, at := c.variable(x); v != nil {
		return c.valueOfVariable(v, part, at)
	}
	return c.name(c, x)
}

// column is [leaves.column], which variables have nothing to do with.
func (c *compiler) column(x nrql.Expr, found func(*column, *pool)) bool {
	if name, isName := x.(*nrql.Name); isName {
		if v, _, _ := c.variable(name); v != nil {
			return false
		}
	}
	return c.leaves.column(x, found)
}

// variable finds the variable of a name, which of its results the name is, and
// where the variable stands. A variable sees those in front of it, and the
// later of two has the name. Behind SELECT names are columns of the answer.
func (c *compiler) variable(x *nrql.Name) (v *nrql.Variable, part, at int) {
	if _, ofAnswer := c.leaves.(*aggregates); ofAnswer {
		return nil, 0, 0
	}
	for at := c.visible - 1; at >= 0; at-- {
		v := &c.scope.query.With[at]
		if part := slices.Index(v.Names, x.Value); part >= 0 {
			return v, part, at
		}
	}
	return nil, 0, 0
}

func (c *compiler) valueOfVariable(v *nrql.Variable, part, at int) valueFunc {
	if c.expanded++; c.expanded > mostVariables {
		return c.refuse("more than %d uses of variables", mostVariables)
	}
	outer := c.visible
	c.visible = at
	defer func() { c.visible = outer }()
	if len(v.Names) == 1 {
		return c.value(v.Expr)
	}
	call, _ := v.Expr.(*nrql.Call)
	if call != nil {
		switch call.Name {
		case "capture", "aparse":
			return c.extract(call, part, len(v.Names))
		case "jparse":
			return c.memberOf(c.value(call), v.Names[part])
		}
	}
	return c.refuse("several names for %s", nrql.Print(v.Expr))
}
