package nrql_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

func seed(f *testing.F, files ...string) {
	for _, file := range files {
		for _, c := range readCorpus(f, file) {
			f.Add(c.source)
		}
	}
}

func FuzzParseCondition(f *testing.F) {
	seed(f, "conditions.txt", "conditions_bad.txt")
	f.Fuzz(func(t *testing.T, source string) {
		x, findings := nrql.ParseCondition(text(source))
		checkSpans(t, source, findings)
		if findings.Failed() != (x == nil) {
			t.Fatalf("expression %v with findings %v", x, findings)
		}
		if x == nil {
			return
		}
		checkPlaces(t, x, nrql.Range{End: len(source)})
		printed := nrql.Print(x)
		again, findings := nrql.ParseCondition(text(printed))
		if len(findings) > 0 {
			t.Fatalf("findings in the canonical text %q: %v", printed, findings)
		}
		if diff := cmp.Diff(x, again, sameTree); diff != "" {
			t.Fatalf("%q parses to another tree:\n%s", printed, diff)
		}
		if got := nrql.Print(again); got != printed {
			t.Fatalf("%q is printed as %q", printed, got)
		}
		if len(printed) < nrql.MaxQueryBytes/2 {
			checkComposed(t, source, "other = 1")
		}
	})
}

func FuzzParseQuery(f *testing.F) {
	seed(f, "queries.txt", "queries_bad.txt")
	f.Fuzz(func(t *testing.T, source string) {
		q, findings := nrql.ParseQuery(text(source))
		checkSpans(t, source, findings)
		if findings.Failed() != (q == nil) {
			t.Fatalf("query %v with findings %v", q, findings)
		}
		if q == nil {
			return
		}
		checkPlaces(t, q, nrql.Range{End: len(source)})
		checkSameRewritten(t, q, source)
		printed := q.String()
		if len(printed) >= nrql.MaxQueryBytes {
			return // blanks and backticks made it too long
		}
		again, findings := nrql.ParseQuery(text(printed))
		if len(findings) > 0 {
			t.Fatalf("findings in the canonical text %q: %v", printed, findings)
		}
		if diff := cmp.Diff(q, again, sameTree); diff != "" {
			t.Fatalf("%q parses to another tree:\n%s", printed, diff)
		}
		if got := again.String(); got != printed {
			t.Fatalf("%q is printed as %q", printed, got)
		}
		if one, two := nrql.NormalQuery(q), nrql.NormalQuery(again); one != two {
			t.Fatalf("normal forms of %q and of its canonical text:\n%s\n%s", source, one, two)
		}
		nrql.AdviseQuery(text(source), q) // panics of these are findings, too
		nrql.Judge(q)
		if tree, err := json.Marshal(q); err != nil || !json.Valid(tree) {
			t.Fatalf("%q as JSON: %v\n%s", source, err, tree)
		}
	})
}

// checkPlaces checks that every node takes a place of its own inside of the one
// it is a part of.
func checkPlaces(t *testing.T, n nrql.Node, around nrql.Range) {
	t.Helper()
	at := n.Pos()
	if at.Start < around.Start || at.Start >= at.End || at.End > around.End {
		t.Errorf("%T at %v, inside of %v", n, at, around)
	}
	nrql.Walk(n, func(part nrql.Node) bool {
		if part != n {
			checkPlaces(t, part, at)
		}
		return part == n
	})
}

// checkSameRewritten checks that a rewrite which replaces nothing changes
// nothing, and that one which replaces everything leaves its query as it was.
func checkSameRewritten(t *testing.T, q *nrql.Query, source string) {
	t.Helper()
	if diff := cmp.Diff(q, q.Rewrite(same)); diff != "" {
		t.Fatalf("%q is changed by a rewrite of nothing:\n%s", source, diff)
	}
	q.Rewrite(func(x nrql.Expr) nrql.Expr {
		if s, ok := x.(*nrql.Subquery); ok {
			return s
		}
		return &nrql.Null{}
	})
	if again, _ := nrql.ParseQuery(text(source)); !cmp.Equal(q, again) {
		t.Fatalf("%q was changed by a rewrite:\n%s", source, cmp.Diff(again, q))
	}
}

// checkSpans checks that every finding stands inside the text.
func checkSpans(t *testing.T, source string, findings diag.List) {
	t.Helper()
	lines := strings.Split(source, "\n")
	inside := func(p diag.Position) bool {
		return p.Line >= 1 && p.Line <= len(lines) && p.Column >= 1 && p.Column <= len([]rune(lines[p.Line-1]))+2
	}
	for _, d := range findings {
		if !inside(d.Span.Start) || !inside(d.Span.End) || d.Span.End.Line < d.Span.Start.Line ||
			d.Span.End.Line == d.Span.Start.Line && d.Span.End.Column < d.Span.Start.Column {
			t.Errorf("%q: %q stands at %+v", source, d.Message, d.Span)
		}
		if d.Message.Empty() || d.Code == "" || d.Severity != diag.Error {
			t.Errorf("%q: unusual finding %+v", source, d)
		}
	}
}
