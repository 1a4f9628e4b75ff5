package nrql_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// names draws names that need backticks and names that do not.
func names() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{
			"a", "appName", "_a", "a.b", "a:b", "a.5", "a:5", "a..b", "a.", ".a", "5a", "5", "-a", "a b", " ", "it's", `a\`, `a"b`, "日本",
			"select", "Since", "TRUE", "null", "not", "in", "rlike", "r", "order", "count", "if", "--", "/*", "//", "*", "(", ")", "1 day ago",
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
	switch t.choose(6) {
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
	default:
		return &nrql.Name{Value: names().Draw(t.T, "name")}
	}
}

// value makes any expression without aggregates.
func (t tree) value(depth int) nrql.Expr {
	if depth == 0 {
		return t.leaf()
	}
	switch t.choose(6) {
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

// column makes an expression with aggregates.
func (t tree) column(depth int) nrql.Expr {
	if depth == 0 {
		return &nrql.Call{Name: "count", Args: []nrql.Expr{&nrql.Star{}}}
	}
	switch t.choose(5) {
	case 0:
		return &nrql.Call{Name: "sum", Args: []nrql.Expr{t.value(depth - 1)}}
	case 1:
		return &nrql.Call{Name: "filter", Args: []nrql.Expr{t.column(0), &nrql.Where{Condition: t.test(depth - 1)}}}
	case 2:
		op := rapid.SampledFrom([]nrql.Op{nrql.Or, nrql.Eq, nrql.Add, nrql.Sub, nrql.Mul, nrql.Div}).Draw(t.T, "op")
		return &nrql.Binary{Op: op, X: t.column(depth - 1), Y: t.column(depth - 1)}
	case 3:
		return t.row(depth, t.column)
	default:
		return &nrql.Unary{Op: nrql.Neg, X: t.column(depth - 1)}
	}
}

func (t tree) query() *nrql.Query {
	q := &nrql.Query{}
	for range 1 + t.choose(3) {
		c := nrql.Column{Expr: t.column(2)}
		if t.bool() {
			c.Alias = rapid.OneOf(names(), rapid.StringMatching("[a`'\\\\\n]{1,4}")).Draw(t.T, "alias")
		}
		q.Select = append(q.Select, c)
	}
	for range 1 + t.choose(2) {
		q.From = append(q.From, &nrql.Name{Value: names().Draw(t.T, "event type")})
	}
	if t.bool() {
		q.Where = t.test(2)
	}
	if t.bool() {
		q.Since = &nrql.Epoch{Millis: 1_700_000_000_000}
	}
	if t.bool() {
		q.Until = &nrql.Epoch{Millis: 1_700_006_000_000}
	}
	if t.bool() {
		unit := rapid.SampledFrom([]nrql.Unit{nrql.Second, nrql.Minute, nrql.Hour}).Draw(t.T, "unit")
		q.TimeSeries = nrql.Every(int64(1+t.choose(2)), unit)
		if unit == nrql.Second || unit == nrql.Hour { // too many buckets or none
			q.Since = nil
		}
	}
	return q
}

func TestPrintedConditionsParseToTheSameTree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := tree{t}.test(rapid.IntRange(1, 4).Draw(t, "depth"))
		printed := nrql.Print(want)
		if len(printed) >= nrql.MaxQueryBytes {
			t.Skip("too long")
		}
		got, findings := nrql.ParseCondition(text(printed))
		if len(findings) > 0 {
			t.Fatalf("findings in %s: %v", printed, findings)
		}
		if diff := cmp.Diff(want, got, sameTree); diff != "" {
			t.Fatalf("%s parses to another tree (-want +got):\n%s", printed, diff)
		}
	})
}

func TestPrintedQueriesParseToTheSameTree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := tree{t}.query()
		printed := want.String()
		if len(printed) >= nrql.MaxQueryBytes {
			t.Skip("too long")
		}
		got, findings := nrql.ParseQuery(text(printed))
		if len(findings) > 0 {
			t.Fatalf("findings in %s: %v", printed, findings)
		}
		if diff := cmp.Diff(want, got, sameTree); diff != "" {
			t.Fatalf("%s parses to another tree (-want +got):\n%s", printed, diff)
		}
	})
}

func TestPrintedSignsBeginNoComment(t *testing.T) {
	t.Parallel()
	one := &nrql.Number{Raw: "1", Value: 1}
	minus := func(x nrql.Expr) nrql.Expr { return &nrql.Unary{Op: nrql.Neg, X: x} }
	for want, x := range map[string]nrql.Expr{
		"- -1":       minus(minus(one)),
		"- - -1":     minus(minus(minus(one))),
		"-(1 - -1)":  minus(&nrql.Binary{Op: nrql.Sub, X: one, Y: minus(one)}),
		"1 - - -1":   &nrql.Binary{Op: nrql.Sub, X: one, Y: minus(minus(one))},
		"- -1 * -1":  &nrql.Binary{Op: nrql.Mul, X: minus(minus(one)), Y: minus(one)},
		"-abs(- -1)": minus(&nrql.Call{Name: "abs", Args: []nrql.Expr{minus(minus(one))}}),
	} {
		if got := nrql.Print(x); got != want {
			t.Errorf("printed %s, want %s", got, want)
		}
	}
}

// Names that a program made with a backtick cannot be printed as they are;
// they must not leak.
func TestPrintedBacktickClosesNothing(t *testing.T) {
	t.Parallel()
	x := &nrql.Binary{Op: nrql.Eq, X: &nrql.Name{Value: "a` = 1 OR `b"}, Y: &nrql.Bool{Value: true}}
	printed := nrql.Print(x)
	got, findings := nrql.ParseCondition(text(printed))
	if len(findings) > 0 {
		t.Fatalf("findings in %s: %v", printed, findings)
	}
	if b, ok := got.(*nrql.Binary); !ok || b.Op != nrql.Eq {
		t.Errorf("%s leaks", printed)
	}
}

// A program may call what the parser would refuse; that must not leak either.
func TestPrintedUnknownFunctionIsQuoted(t *testing.T) {
	t.Parallel()
	call := &nrql.Call{Name: "a() = 1 OR b", Args: []nrql.Expr{&nrql.Name{Value: "c"}}}
	if got, want := nrql.Print(call), "`a() = 1 OR b`(c)"; got != want {
		t.Errorf("printed %s, want %s", got, want)
	}
}

// TestComposedConditionsStayInTheirPlace pastes a second condition behind each
// condition of the corpus, with endings that would swallow it as text.
func TestComposedConditionsStayInTheirPlace(t *testing.T) {
	t.Parallel()
	other := "appName = 'shop' AND duration < 1 -- the other"
	for _, c := range readCorpus(t, "conditions.txt") {
		for _, ending := range []string{"", " -- x", " // x", " /* x */", "\n", " OR z = 1", " OR z = 1 -- x"} {
			if strings.Contains(c.source, "--b") && strings.Contains(ending, "OR") {
				continue // the ending stands in the comment
			}
			checkComposed(t, c.source+ending, other)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		one, two := tree{t}.test(3), tree{t}.test(2)
		if len(nrql.Print(one))+len(nrql.Print(two)) < nrql.MaxQueryBytes-20 {
			checkComposed(t, nrql.Print(one)+" -- x", nrql.Print(two)+" // y")
		}
	})
}

func checkComposed(t interface{ Fatalf(string, ...any) }, one, two string) {
	x, findings := nrql.ParseCondition(text(one))
	if len(findings) > 0 {
		t.Fatalf("findings in %s: %v", one, findings)
	}
	y, findings := nrql.ParseCondition(text(two))
	if len(findings) > 0 {
		t.Fatalf("findings in %s: %v", two, findings)
	}
	composed := nrql.Print(nrql.All(x, y))
	all, findings := nrql.ParseCondition(text(composed))
	if len(findings) > 0 {
		t.Fatalf("findings in %s: %v", composed, findings)
	}
	want := append(nrql.Conjuncts(x), nrql.Conjuncts(y)...)
	if diff := cmp.Diff(want, nrql.Conjuncts(all), sameTree); diff != "" {
		t.Fatalf("the conjuncts of %s (-want +got):\n%s", composed, diff)
	}
}

// TestSpansInNestedText points into a condition that stands folded in a file.
func TestSpansInNestedText(t *testing.T) {
	t.Parallel()
	source := diag.NewText("a = 1 AND uper(b) = 'X'", "f.yaml", diag.Position{Line: 5, Column: 19},
		diag.Segment{Offset: 0, At: diag.Position{Line: 4, Column: 7}, Width: 1},
		diag.Segment{Offset: 6, At: diag.Position{Line: 5, Column: 3}, Width: 1})
	_, findings := nrql.ParseCondition(source)
	if len(findings) != 1 {
		t.Fatalf("got %v", findings)
	}
	want := diag.Span{File: "f.yaml", Start: diag.Position{Line: 5, Column: 7}, End: diag.Position{Line: 5, Column: 14}}
	if got := findings[0].Span; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
