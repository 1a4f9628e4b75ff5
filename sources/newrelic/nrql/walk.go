package nrql

import "slices"

// children returns the direct parts of a node, in source order as far as
// clauses have one.
func children(n Node) []Expr {
	switch n := n.(type) {
	case *Query:
		return n.expressions()
	case *Unary:
		return []Expr{n.X}
	case *Binary:
		return []Expr{n.X, n.Y}
	case *Is:
		return []Expr{n.X}
	case *In:
		return append([]Expr{n.X}, n.List...)
	case *Like:
		return []Expr{n.X, n.Pattern}
	case *Call:
		return n.Args
	case *Where:
		return []Expr{n.Condition}
	case *Labelled:
		return []Expr{n.X}
	case *Named:
		return []Expr{n.Value}
	case *List:
		return n.Items
	case *Index:
		if _, field := n.Key.(*Name); field {
			return []Expr{n.X}
		}
		return []Expr{n.X, n.Key}
	case *Cases:
		return n.parts()
	}
	return nil
}

func (c *Cases) parts() []Expr {
	var parts []Expr
	for _, w := range c.Cases {
		parts = append(parts, w)
	}
	if c.Rest != nil {
		parts = append(parts, c.Rest)
	}
	return parts
}

// expressions returns what stands in the clauses of a query.
func (q *Query) expressions() []Expr {
	var all []Expr
	add := func(x Expr) {
		if x != nil {
			all = append(all, x)
		}
	}
	for _, v := range q.With {
		add(v.Expr)
	}
	for _, c := range q.Select {
		add(c.Expr)
	}
	all = append(all, q.From...)
	for _, j := range q.Joins {
		add(j.Rows)
		add(j.On)
	}
	add(q.Where)
	if q.Facet != nil {
		for _, c := range q.Facet.By {
			add(c.Expr)
		}
		add(q.Facet.OrderBy)
	}
	for _, o := range q.OrderBy {
		add(o.Expr)
	}
	return all
}

// Walk calls visit for n and everything below it, outermost first: the
// expressions of a query, and the queries in its brackets. It does not descend
// into a part for which visit returns false. Two things are not visited since
// nothing in them is about events: the key of an [Index] that is the name of a
// field, and the model of PREDICT.
func Walk(n Node, visit func(Node) bool) {
	if n == nil || !visit(n) {
		return
	}
	if s, ok := n.(*Subquery); ok && s.Query != nil {
		Walk(s.Query, visit)
		return
	}
	for _, child := range children(n) {
		Walk(child, visit)
	}
}

// All joins conditions by AND; nils are left out. It returns nil when nothing
// is left.
func All(conditions ...Expr) Expr { return join(And, conditions) }

// Any joins conditions by OR; nils are left out. It returns nil when nothing
// is left.
func Any(conditions ...Expr) Expr { return join(Or, conditions) }

func join(op Op, conditions []Expr) Expr {
	var all Expr
	for _, c := range conditions {
		switch {
		case c == nil:
		case all == nil:
			all = c
		default:
			all = &Binary{Op: op, X: all, Y: c}
		}
	}
	return all
}

// Conjuncts returns the conditions that are joined by AND at the top of x, in
// source order: three of them for a = 1 AND (b = 2 OR c = 3) AND d = 4.
func Conjuncts(x Expr) []Expr {
	if b, ok := x.(*Binary); ok && b.Op == And {
		return append(Conjuncts(b.X), Conjuncts(b.Y)...)
	}
	if x == nil {
		return nil
	}
	return []Expr{x}
}

// Attributes returns the names of the attributes that n uses, sorted, each
// once. The variables of WITH, the results of an inner query, lookup tables
// and event types are none.
func Attributes(n Node) []string {
	var names []string
	Walk(n, func(n Node) bool {
		switch n := n.(type) {
		case *Name:
			names = append(names, n.Value)
		case *Query:
			names = append(names, n.attributes()...)
			return false
		}
		return true
	})
	slices.Sort(names)
	return slices.Compact(names)
}

func (q *Query) attributes() []string {
	var names []string
	given := map[string]bool{} // by AS in a joined query, and by WITH from there on
	for _, j := range q.Joins {
		for _, c := range j.Rows.Query.Select {
			given[c.Alias] = true
		}
	}
	outer := slices.ContainsFunc(q.From, isSubquery)
	for i, x := range q.expressions() {
		own := !outer && !slices.Contains(q.From, x)
		Walk(x, func(n Node) bool {
			switch n := n.(type) {
			case *Name:
				if own && !given[n.Value] {
					names = append(names, n.Value)
				}
			case *Query:
				names = append(names, n.attributes()...)
				return false
			}
			return true
		})
		if i < len(q.With) {
			for _, name := range q.With[i].Names {
				given[name] = true
			}
		}
	}
	return names
}

func isSubquery(x Expr) bool {
	_, ok := x.(*Subquery)
	return ok
}

// EventTypes returns the event types that a query reads, those of its inner
// queries among them, sorted, each once.
func (q *Query) EventTypes() []string {
	var names []string
	Walk(q, func(n Node) bool {
		if q, ok := n.(*Query); ok {
			for _, x := range q.From {
				if name, ok := x.(*Name); ok {
					names = append(names, name.Value)
				}
			}
		}
		return true
	})
	slices.Sort(names)
	return slices.Compact(names)
}
