package nrql_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

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
