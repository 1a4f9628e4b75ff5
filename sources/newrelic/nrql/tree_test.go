package nrql_test

import (
	"strings"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// names draws names that need backticks and names that do not.
func names() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{
			"a", "appName", "_a", "a.b", "a:b", "a.5", "a:5", "a..b", "a.", ".a", "5a", "5", "-a", "a b", " ", "it's", `a\`, `a"b`, "日本",
			"select", "Since", "TRUE", "timezone", "auto", "null", "not", "in", "rlike", "r", "order", "count", "if", "--", "/*", "//", "*", "(", ")", "1 day ago",
		}),
		rapid.StringMatching("[a-z_.:' \\\\é-]{1,8}"),
	)
}

func stringsOf() *rapid.Generator[*nrql.String] {
	return rapid.Custom(func(t *rapid.T) *nrql.String {
		if rapid.Bool().Draw(t, "regexp") {
			raw := rapid.SampledFrom([]string{`r''`, `r'a.*'`, `r'\d'`, `R'it\'s'`, `r'\\'`}).Draw(t, "raw")
			return &nrql.String{Raw: raw, Value: strings.ReplaceAll(raw[2:len(raw)-1], `\'`, `'`)}
		}
		value := rapid.StringMatching("[a'\\\\`\"%日 \n-]{0,6}").Draw(t, "value")
		return &nrql.String{Raw: nrql.Quote(value), Value: value}
	})
}

// tree makes random expressions. It holds no types of the generator package
// beyond its source of randomness, so that a choice is one line.
type tree struct{ *rapid.T }

func (t tree) choose(n int) int { return rapid.IntRange(0, n-1).Draw(t.T, "choice") }

func (t tree) bool() bool { return rapid.Bool().Draw(t.T, "bool") }

func (t tree) leaf() nrql.Expr {
	switch t.choose(7) {
	case 0:
		return rapid.SampledFrom([]nrql.Expr{
			&nrql.Number{Raw: "1", Value: 1}, &nrql.Number{Raw: "0.5", Value: 0.5}, &nrql.Number{Raw: ".5", Value: 0.5},
			&nrql.Number{Raw: "2.", Value: 2}, &nrql.Number{Raw: "1e3", Value: 1000}, &nrql.Number{Raw: "1E-3", Value: 0.001},
		}).Draw(t.T, "number")
	case 1:
		return stringsOf().Draw(t.T, "string")
	case 2:
		return &nrql.Bool{Value: t.bool()}
	case 3:
		return &nrql.Null{}
	case 4:
		return &nrql.Name{Value: rapid.SampledFrom([]string{"%", "a%", "%.a", "a.%.b", "%%"}).Draw(t.T, "wildcard"), Wildcard: true}
	default:
		return &nrql.Name{Value: names().Draw(t.T, "name")}
	}
}

// value makes any expression without aggregates.
func (t tree) value(depth int) nrql.Expr {
	if depth == 0 {
		return t.leaf()
	}
	switch t.choose(7) {
	case 0:
		op := rapid.SampledFrom([]nrql.Op{nrql.Add, nrql.Sub, nrql.Mul, nrql.Div}).Draw(t.T, "op")
		return &nrql.Binary{Op: op, X: t.value(depth - 1), Y: t.value(depth - 1)}
	case 1:
		return &nrql.Unary{Op: nrql.Neg, X: t.value(depth - 1)}
	case 2:
		op := rapid.SampledFrom([]nrql.Op{nrql.Or, nrql.And}).Draw(t.T, "op")
		return &nrql.Binary{Op: op, X: t.value(depth - 1), Y: t.value(depth - 1)}
	case 3:
		return t.row(depth, t.value)
	case 4:
		return t.test(depth - 1)
	case 5:
		return &nrql.Index{X: t.value(depth - 1), Key: t.value(depth - 1)}
	default:
		return t.leaf()
	}
}

// row makes a call of a function of one event.
func (t tree) row(depth int, argument func(depth int) nrql.Expr) nrql.Expr {
	call := &nrql.Call{Name: rapid.SampledFrom([]string{"eventType", "abs", "mod", "if", "tuple"}).Draw(t.T, "function")}
	for range map[string]int{"abs": 1, "mod": 2, "if": 2 + t.choose(2), "tuple": 1 + t.choose(3)}[call.Name] {
		call.Args = append(call.Args, argument(depth-1))
	}
	return call
}

// test makes an expression that can be a condition.
func (t tree) test(depth int) nrql.Expr {
	if depth <= 0 {
		return &nrql.Name{Value: names().Draw(t.T, "name")}
	}
	switch t.choose(7) {
	case 0:
		return &nrql.Unary{Op: nrql.Not, X: t.test(depth - 1)}
	case 1, 2:
		op := rapid.SampledFrom([]nrql.Op{nrql.Or, nrql.And}).Draw(t.T, "op")
		return &nrql.Binary{Op: op, X: t.test(depth - 1), Y: t.test(depth - 1)}
	case 3:
		what := rapid.SampledFrom([]nrql.IsKind{nrql.IsNull, nrql.IsTrue, nrql.IsFalse}).Draw(t.T, "is")
		return &nrql.Is{X: t.value(depth - 1), Not: t.bool(), What: what}
	case 4:
		in := &nrql.In{X: t.value(depth - 1), Not: t.bool()}
		for range 1 + t.choose(3) {
			in.List = append(in.List, t.value(depth-1))
		}
		return in
	case 5:
		return &nrql.Like{X: t.value(depth - 1), Not: t.bool(), Regexp: t.bool(), Pattern: t.value(depth - 1)}
	default:
		op := rapid.SampledFrom([]nrql.Op{nrql.Eq, nrql.Ne, nrql.Lt, nrql.Le, nrql.Gt, nrql.Ge}).Draw(t.T, "op")
		return &nrql.Binary{Op: op, X: t.value(depth - 1), Y: t.value(depth - 1)}
	}
}
