package nrql_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

func same(x nrql.Expr) nrql.Expr { return x }

// primed marks every name.
func primed(x nrql.Expr) nrql.Expr {
	if name, ok := x.(*nrql.Name); ok {
		return &nrql.Name{Range: name.Range, Value: name.Value + "'"}
	}
	return x
}

// What nothing is replaced in is not copied.
func TestRewriteWithoutChange(t *testing.T) {
	t.Parallel()
	for _, c := range readCorpus(t, "conditions.txt") {
		if x := condition(t, c.source); nrql.Rewrite(x, same) != x {
			t.Errorf("%s is copied though nothing changed", c.source)
		}
	}
	for _, c := range readCorpus(t, "queries.txt") {
		q := query(t, c.source)
		again := q.Rewrite(same)
		if again == q {
			t.Errorf("%s is not copied", c.source)
		}
		if diff := cmp.Diff(q, again); diff != "" {
			t.Errorf("%s is changed by nothing:\n%s", c.source, diff)
		}
		for i, column := range again.Select {
			if column.Expr != q.Select[i].Expr {
				t.Errorf("%s: column %d is copied though nothing changed", c.source, i)
			}
		}
		for i := range again.From {
			if again.From[i] != q.From[i] {
				t.Errorf("%s: table %d is copied though nothing changed", c.source, i)
			}
		}
		if again.Facet != nil {
			for i, group := range again.Facet.By {
				if group.Expr != q.Facet.By[i].Expr {
					t.Errorf("%s: group %d is copied though nothing changed", c.source, i)
				}
			}
		}
		if again.Where != q.Where {
			t.Errorf("%s: the condition is copied though nothing changed", c.source)
		}
	}
	if x := nrql.Rewrite(nil, same); x != nil {
		t.Errorf("nothing is rewritten to %v", x)
	}
}

// Every name of a tree is reached, and the tree itself stays.
func TestRewriteReachesEveryName(t *testing.T) {
	t.Parallel()
	for _, c := range append(readCorpus(t, "queries.txt"), corpusCase{source: everyNode}) {
		q := query(t, c.source)
		before := namesOf(q)
		var want []string
		for _, name := range before {
			want = append(want, name+"'")
		}
		if diff := cmp.Diff(want, namesOf(q.Rewrite(primed))); diff != "" {
			t.Errorf("names of %s (-want +got):\n%s", c.source, diff)
		}
		if diff := cmp.Diff(query(t, c.source), q); diff != "" {
			t.Errorf("%s was changed by a rewrite:\n%s", c.source, diff)
		}
	}
}

func namesOf(q *nrql.Query) []string {
	var all []string
	nrql.Walk(q, func(n nrql.Node) bool {
		if name, ok := n.(*nrql.Name); ok {
			all = append(all, name.Value)
		}
		return true
	})
	return all
}

// A change copies what stands around it and nothing else.
func TestRewriteSharesWhatStays(t *testing.T) {
	t.Parallel()
	q := query(t, "SELECT a FROM T WHERE b = 1 AND c IN (SELECT uniques(d) FROM U) AND lower(e) LIKE 'x%'")
	again := q.Rewrite(func(x nrql.Expr) nrql.Expr {
		if name, ok := x.(*nrql.Name); ok && name.Value == "e" {
			return &nrql.Name{Value: "f"}
		}
		return x
	})
	before, after := nrql.Conjuncts(q.Where), nrql.Conjuncts(again.Where)
	for i, copied := range []bool{false, false, true} {
		if (before[i] != after[i]) != copied {
			t.Errorf("%s: copied is %t", nrql.Print(before[i]), !copied)
		}
	}
	if got, want := again.String(), "SELECT a FROM T WHERE b = 1 AND c IN (SELECT uniques(d) FROM U) AND lower(f) LIKE 'x%'"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRewriteInsideOut(t *testing.T) {
	t.Parallel()
	var got []string
	nrql.Rewrite(condition(t, "NOT lower(a) = 'x' AND b[0] > -c"), func(x nrql.Expr) nrql.Expr {
		got = append(got, nrql.Print(x))
		return x
	})
	want := []string{"a", "lower(a)", "'x'", "lower(a) = 'x'", "NOT lower(a) = 'x'", "b", "0", "b[0]", "c", "-c", "b[0] > -c", "NOT lower(a) = 'x' AND b[0] > -c"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("replaced (-want +got):\n%s", diff)
	}
}

// A case stays a condition and a join stays a query, whatever replaces them.
func TestRewriteKeepsWhatATreeNeeds(t *testing.T) {
	t.Parallel()
	source := "SELECT count(*) FROM A JOIN (SELECT k FROM B) ON k FACET CASES (WHERE c) OR d"
	q := query(t, source).Rewrite(func(x nrql.Expr) nrql.Expr {
		switch x.(type) {
		case *nrql.Where, *nrql.Subquery:
			return &nrql.Null{}
		}
		return x
	})
	if got := q.String(); got != source {
		t.Errorf("got  %s\nwant %s", got, source)
	}
}

// Rewriting the parts of each kind of node gives the text with other names.
func TestRewritePrints(t *testing.T) {
	t.Parallel()
	upper := func(x nrql.Expr) nrql.Expr {
		if name, ok := x.(*nrql.Name); ok {
			return &nrql.Name{Value: strings.ToUpper(name.Value)}
		}
		return x
	}
	for source, want := range map[string]string{
		"-a + b > c OR d IS TRUE":                "-A + B > C OR D IS TRUE",
		"NOT a IN (b, 1) AND c NOT LIKE d":       "NOT A IN (B, 1) AND C NOT LIKE D",
		"a[b] = c[0]":                            "A[b] = C[0]",
		"if(a, lower(b), 'c') RLIKE r'd'":        "if(A, lower(B), 'c') RLIKE r'd'",
		"concat(a, b, precision: c) = 'd'":       "concat(A, B, precision: C) = 'd'",
		"dimensions(include: {a, b}) = `c` OR d": "dimensions(include: {A, B}) = C OR D",
	} {
		if got := nrql.Print(nrql.Rewrite(condition(t, source), upper)); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
