package query

import (
	"maps"
	"slices"
)

// MetricsOf returns the names of all metrics that some expressions read, sorted.
func MetricsOf(exprs ...Expr) []string {
	names := map[string]struct{}{}
	for _, e := range exprs {
		if e != nil {
			e.walk(func(s Select) { names[s.Metric] = struct{}{} })
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// LooksBack reports whether an expression reads samples that are older than the newest ones.
func LooksBack(e Expr) bool {
	switch e := e.(type) {
	case Select:
		return e.Offset != 0
	case Over:
		return true
	case Aggregate:
		return LooksBack(e.Of)
	case Replace:
		return LooksBack(e.Of)
	case Binary:
		return LooksBack(e.Left) || LooksBack(e.Right)
	}
	return false
}

func (s Select) walk(visit func(Select))    { visit(s) }
func (o Over) walk(visit func(Select))      { o.Of.walk(visit) }
func (a Aggregate) walk(visit func(Select)) { a.Of.walk(visit) }
func (r Replace) walk(visit func(Select))   { r.Of.walk(visit) }
func (Number) walk(func(Select))            {}
func (Vector) walk(func(Select))            {}
func (Now) walk(func(Select))               {}

func (b Binary) walk(visit func(Select)) {
	b.Left.walk(visit)
	b.Right.walk(visit)
}
