package nrql

import (
	"slices"
	"strings"
)

// children returns the direct parts of an expression, in source order.
func children(x Expr) []Expr {
	switch x := x.(type) {
	case *Unary:
		return []Expr{x.X}
	case *Binary:
		return []Expr{x.X, x.Y}
	case *Is:
		return []Expr{x.X}
	case *In:
		return append([]Expr{x.X}, x.List...)
	case *Like:
		return []Expr{x.X, x.Pattern}
	case *Call:
		return x.Args
	case *Where:
		return []Expr{x.Condition}
	}
	return nil
}

// Walk calls visit for x and everything below it, outermost first. It does
// not descend into a part for which visit returns false.
func Walk(x Expr, visit func(Expr) bool) {
	if x == nil || !visit(x) {
		return
	}
	for _, child := range children(x) {
		Walk(child, visit)
	}
}

// All joins conditions by AND; nils are left out. It returns nil when nothing
// is left.
func All(conditions ...Expr) Expr {
	var all Expr
	for _, c := range conditions {
		switch {
		case c == nil:
		case all == nil:
			all = c
		default:
			all = &Binary{Op: And, X: all, Y: c}
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

// Attributes returns the names of the attributes that x uses, sorted, each
// once.
func Attributes(x Expr) []string {
	var names []string
	Walk(x, func(x Expr) bool {
		if name, ok := x.(*Name); ok {
			names = append(names, name.Value)
		}
		return true
	})
	slices.SortFunc(names, strings.Compare)
	return slices.Compact(names)
}
