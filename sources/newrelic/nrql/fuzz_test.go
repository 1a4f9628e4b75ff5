package nrql_test

import (
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
		nrql.Walk(x, func(x nrql.Node) bool {
			if at := x.Pos(); at.Start < 0 || at.Start >= at.End || at.End > len(source) {
				t.Errorf("%T at %v of %d bytes", x, at, len(source))
			}
			return true
		})
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
	})
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
		if d.Message == "" || d.Code == "" || d.Severity != diag.Error {
			t.Errorf("%q: unusual finding %+v", source, d)
		}
	}
}
