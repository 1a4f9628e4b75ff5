package nrql

// Rewrite returns a tree in which every expression of x is replaced by what
// replace makes of it, innermost first. It never changes x: parts that stay
// are shared, parts around a change are copies. replace must not return nil.
func Rewrite(x Expr, replace func(Expr) Expr) Expr {
	if x == nil {
		return nil
	}
	return replace(withParts(x, func(part Expr) Expr { return Rewrite(part, replace) }))
}

// Rewrite does the same with all expressions of a query, those of its inner
// queries among them. The query itself is always a copy.
func (q *Query) Rewrite(replace func(Expr) Expr) *Query {
	return q.withParts(func(x Expr) Expr { return Rewrite(x, replace) })
}

// withParts returns a copy of the query with other expressions.
func (q *Query) withParts(part func(Expr) Expr) *Query {
	each := func(x Expr) Expr {
		if x == nil {
			return nil
		}
		return part(x)
	}
	c := *q
	c.With = mapped(q.With, func(v Variable) Variable { v.Expr = each(v.Expr); return v })
	c.Select = mapped(q.Select, func(c Column) Column { c.Expr = each(c.Expr); return c })
	c.From = mapped(q.From, each)
	c.Joins = mapped(q.Joins, func(j Join) Join {
		if rows, ok := each(j.Rows).(*Subquery); ok { // else nothing could be joined
			j.Rows = rows
		}
		j.On = each(j.On)
		return j
	})
	c.Where = each(q.Where)
	if q.Facet != nil {
		f := *q.Facet
		f.By = mapped(f.By, func(c Column) Column { c.Expr = each(c.Expr); return c })
		f.OrderBy = each(f.OrderBy)
		c.Facet = &f
	}
	c.OrderBy = mapped(q.OrderBy, func(o Order) Order { o.Expr = each(o.Expr); return o })
	return &c
}

func mapped[T any](list []T, change func(T) T) []T {
	if list == nil {
		return nil
	}
	changed := make([]T, len(list))
	for i, item := range list {
		changed[i] = change(item)
	}
	return changed
}

// withParts returns x with other parts, x itself when all stay the same.
func withParts(x Expr, part func(Expr) Expr) Expr {
	switch x := x.(type) {
	case *Unary:
		if y := part(x.X); y != x.X {
			return &Unary{x.Range, x.Op, y}
		}
	case *Binary:
		if a, b := part(x.X), part(x.Y); a != x.X || b != x.Y {
			return &Binary{x.Range, x.Op, a, b}
		}
	case *Is:
		if y := part(x.X); y != x.X {
			return &Is{x.Range, y, x.Not, x.What}
		}
	case *In:
		if y, list := part(x.X), mapped(x.List, part); y != x.X || !same(list, x.List) {
			return &In{x.Range, y, x.Not, list}
		}
	case *Like:
		if y, pattern := part(x.X), part(x.Pattern); y != x.X || pattern != x.Pattern {
			return &Like{x.Range, y, x.Not, x.Regexp, pattern}
		}
	case *Call:
		if args := mapped(x.Args, part); !same(args, x.Args) {
			return &Call{x.Range, x.Name, args}
		}
	default:
		return withCompoundParts(x, part)
	}
	return x
}

func withCompoundParts(x Expr, part func(Expr) Expr) Expr {
	switch x := x.(type) {
	case *Where:
		if y := part(x.Condition); y != x.Condition {
			return &Where{x.Range, y, x.Label}
		}
	case *Labelled:
		if y := part(x.X); y != x.X {
			return &Labelled{x.Range, y, x.Label}
		}
	case *Named:
		if y := part(x.Value); y != x.Value {
			return &Named{x.Range, x.Name, y}
		}
	case *List:
		if items := mapped(x.Items, part); !same(items, x.Items) {
			return &List{x.Range, items}
		}
	case *Index:
		y, key := part(x.X), x.Key
		if _, field := key.(*Name); !field {
			key = part(key)
		}
		if y != x.X || key != x.Key {
			return &Index{x.Range, y, key}
		}
	case *Cases:
		changed := &Cases{Range: x.Range}
		stays := true
		for _, w := range x.Cases {
			y, ok := part(w).(*Where)
			if !ok {
				y = w // a case is nothing without its condition
			}
			stays = stays && y == w
			changed.Cases = append(changed.Cases, y)
		}
		if x.Rest != nil {
			changed.Rest = part(x.Rest)
		}
		if !stays || changed.Rest != x.Rest {
			return changed
		}
	case *Subquery:
		// The parts of a query are rewritten by the same rule.
		if q := x.Query.withParts(part); !same(q.expressions(), x.Query.expressions()) {
			return &Subquery{x.Range, q}
		}
	}
	return x
}

// same reports whether two lists hold the same expressions.
func same(a, b []Expr) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
