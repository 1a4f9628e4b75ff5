package nrql_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// sameTree compares trees blind to where their nodes stood.
var sameTree = cmpopts.IgnoreTypes(nrql.Range{})

func text(source string) diag.Text {
	return diag.PlainText(source, "", diag.Position{Line: 1, Column: 1})
}

// corpusCase is one case of a file in testdata.
type corpusCase struct {
	line   int // of the file
	source string
	canon  string   // of valid cases
	want   []string // of malformed ones: place, code, message and hint
}

var markers = regexp.MustCompile(`^ *(\^+|\|)$`)

// readCorpus reads the cases of a file; its first lines say how they look.
func readCorpus(tb testing.TB, name string) []corpusCase {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	var cases []corpusCase
	line := 1
	for block := range strings.SplitSeq(string(data), "\n\n") {
		c := corpusCase{line: line}
		var source, canon []string
		place := ""
		for row := range strings.SplitSeq(strings.Trim(block, "\n"), "\n") {
			switch {
			case strings.HasPrefix(row, "# "):
			case strings.HasPrefix(row, "=> "):
				canon = append(canon, row[3:])
			case len(canon) > 0:
				canon = append(canon, row)
			case strings.HasPrefix(row, "! "):
				c.want = append(c.want, place+" "+row[2:])
			case markers.MatchString(row):
				first := strings.IndexAny(row, "^|")
				place = fmt.Sprintf("%d:%d-%d", len(source), first+1, first+1+strings.Count(row, "^"))
			default:
				source = append(source, row)
			}
		}
		c.source, c.canon = strings.Join(source, "\n"), strings.Join(canon, "\n")
		if c.source != "" {
			cases = append(cases, c)
		}
		line += strings.Count(block, "\n") + 2
	}
	return cases
}

func TestConditions(t *testing.T) {
	t.Parallel()
	for _, c := range readCorpus(t, "conditions.txt") {
		t.Run(fmt.Sprint("line ", c.line), func(t *testing.T) {
			t.Parallel()
			x, findings := nrql.ParseCondition(text(c.source))
			if len(findings) > 0 {
				t.Fatalf("findings in %s:\n%v", c.source, findings)
			}
			if got := nrql.Print(x); got != c.canon {
				t.Errorf("%s\n got %s\nwant %s", c.source, got, c.canon)
			}
			again, findings := nrql.ParseCondition(text(c.canon))
			if len(findings) > 0 {
				t.Fatalf("findings in the canonical text %s:\n%v", c.canon, findings)
			}
			if diff := cmp.Diff(x, again, sameTree); diff != "" {
				t.Errorf("%s parses to another tree than %s:\n%s", c.canon, c.source, diff)
			}
		})
	}
}

func TestQueries(t *testing.T) {
	t.Parallel()
	for _, c := range readCorpus(t, "queries.txt") {
		t.Run(fmt.Sprint("line ", c.line), func(t *testing.T) {
			t.Parallel()
			q, findings := nrql.ParseQuery(text(c.source))
			if len(findings) > 0 {
				t.Fatalf("findings in %s:\n%v", c.source, findings)
			}
			if got := q.String(); got != c.canon {
				t.Errorf("%s\n got %s\nwant %s", c.source, got, c.canon)
			}
			again, findings := nrql.ParseQuery(text(c.canon))
			if len(findings) > 0 {
				t.Fatalf("findings in the canonical text %s:\n%v", c.canon, findings)
			}
			if diff := cmp.Diff(q, again, sameTree); diff != "" {
				t.Errorf("%s parses to another tree than %s:\n%s", c.canon, c.source, diff)
			}
		})
	}
}

// Every function stands in a case that is read and printed.
func TestCorpusHasEveryFunction(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	note := func(n nrql.Node) bool {
		if call, ok := n.(*nrql.Call); ok {
			used[call.Name] = true
		}
		return true
	}
	for _, c := range readCorpus(t, "conditions.txt") {
		nrql.Walk(condition(t, c.source), note)
	}
	for _, c := range readCorpus(t, "queries.txt") {
		q, findings := nrql.ParseQuery(text(c.source))
		if findings.Failed() {
			t.Fatalf("findings in %s:\n%v", c.source, findings)
		}
		nrql.Walk(q, note)
		if q.Predict != nil && q.Predict.Model != nil {
			used[q.Predict.Model.Name] = true
		}
	}
	for _, f := range nrql.Functions() {
		if !used[f.Name] {
			t.Errorf("no case has %s()", f.Name)
		}
	}
}

func TestMalformedConditions(t *testing.T) {
	t.Parallel()
	for _, c := range readCorpus(t, "conditions_bad.txt") {
		t.Run(fmt.Sprint("line ", c.line), func(t *testing.T) {
			t.Parallel()
			x, findings := nrql.ParseCondition(text(c.source))
			if x != nil {
				t.Errorf("%s has findings and an expression", c.source)
			}
			checkFindings(t, c, findings)
		})
	}
}

func TestMalformedQueries(t *testing.T) {
	t.Parallel()
	for _, c := range readCorpus(t, "queries_bad.txt") {
		t.Run(fmt.Sprint("line ", c.line), func(t *testing.T) {
			t.Parallel()
			q, findings := nrql.ParseQuery(text(c.source))
			if q != nil {
				t.Errorf("%s has findings and a query", c.source)
			}
			checkFindings(t, c, findings)
		})
	}
}

// checkFindings compares findings with the ! lines of a case.
func checkFindings(t *testing.T, c corpusCase, findings diag.List) {
	t.Helper()
	findings.Sort()
	for i, d := range findings {
		got := fmt.Sprintf("%d:%d-%d %s %s => %s", d.Span.Start.Line, d.Span.Start.Column, d.Span.End.Column, d.Code,
			strings.TrimPrefix(d.Message.String(), "NRQL: "), d.Hint)
		if d.Severity != diag.Error || d.Span.End.Line != d.Span.Start.Line || !strings.HasPrefix(d.Message.String(), "NRQL: ") {
			t.Errorf("%s\nunusual finding %+v", c.source, d)
		}
		if i >= len(c.want) {
			t.Errorf("%s\nnot expected: %s", c.source, got)
			continue
		}
		message, hint, _ := strings.Cut(c.want[i], " => ")
		gotMessage, gotHint, _ := strings.Cut(got, " => ")
		if !strings.HasPrefix(gotMessage, message) || !strings.Contains(gotHint, hint) {
			t.Errorf("%s\n got %s\nwant %s", c.source, got, c.want[i])
		}
	}
	if len(c.want) == 0 || len(findings) < len(c.want) {
		t.Errorf("%s\ngot %d findings, want %q", c.source, len(findings), c.want)
	}
}

// TestMalformed has the cases that no text file can hold.
func TestMalformed(t *testing.T) {
	t.Parallel()
	long := "a = '" + strings.Repeat("x", nrql.MaxQueryBytes-7) + "'"
	tests := []struct {
		name       string
		query      bool
		source     string
		start, end int // columns
		message    string
	}{
		{"empty condition", false, "", 1, 1, "the condition is empty"},
		{"blank condition", false, " \t", 3, 3, "the condition is empty"},
		{"empty query", true, "", 1, 1, "unexpected end of the text"},
		{"long condition", false, long + " ", 1, 4097, ""},
		{"longer condition", false, strings.Replace(long, "xx", "xxx", 1), 1, 4097, "the condition has 4096 bytes; New Relic takes queries of fewer than 4096"},
		{"condition that is long when printed", false, "a" + strings.Repeat("-a", 1200) + ">1", 1, 2404, "the condition has 4805 bytes"},
		{"condition too long to parse", false, strings.Repeat(" ", 70_000), 65_537, 70_001, "the condition has 70000 bytes"},
		{"long query", true, "SELECT a FROM T WHERE a = '" + strings.Repeat("x", 4067) + "' ", 4096, 4097, "the query has 4096 bytes"},
		{"query too long to parse", true, strings.Repeat("-", 70_000), 4096, 70_001, "the query has 70000 bytes"},
		{"nested brackets", false, strings.Repeat("(", 300) + "a" + strings.Repeat(")", 300), 201, 202, "nested more than 200 levels deep"},
		{"nested NOT", false, strings.Repeat("NOT ", 300) + "a", 797, 800, "nested more than 200 levels deep"},
		{"nested signs", false, strings.Repeat("- ", 300) + "a > 1", 399, 400, "nested more than 200 levels deep"},
		{"nested calls", false, strings.Repeat("abs(", 300) + "a" + strings.Repeat(")", 300), 801, 804, "nested more than 200 levels deep"},
		{"NUL", false, "a = \x001", 5, 6, `unexpected '\x00'`},
		{"NUL in a string", false, "a = 'x\x00'", 7, 8, "the control character U+0000 stands in quotes"},
		{"escaped NUL", false, "a = 'x\\\x00'", 8, 9, "the control character U+0000 stands in quotes"},
		{"C1 control in a string", false, "a = 'x\u009b'", 7, 8, "the control character U+009B stands in quotes"},
		{"line break in a name", false, "`a\nb` = 1", 3, 4, "the control character U+000A stands in quotes"},
		{"invalid UTF-8", false, "a = \xff", 5, 6, "not valid UTF-8"},
		{"invalid UTF-8 in a string", false, "a = '日\xff'", 7, 8, "not valid UTF-8"},
		{"invalid UTF-8 in a name", false, "`a\xc3` = 1", 3, 4, "not valid UTF-8"},
		{"long token", false, "a = 1 " + strings.Repeat("x", 500), 7, 507, "unexpected '" + strings.Repeat("x", 59) + "…'"},
		{"long number", false, "a = 1e" + strings.Repeat("9", 500), 5, 507, "the number 1e" + strings.Repeat("9", 57) + "… is out of range"},
		{"long function", false, strings.Repeat("f", 500) + "() = 1", 1, 503, "unknown function " + strings.Repeat("f", 59) + "…()"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var findings diag.List
			if tt.query {
				_, findings = nrql.ParseQuery(text(tt.source))
			} else {
				_, findings = nrql.ParseCondition(text(tt.source))
			}
			if tt.message == "" {
				if len(findings) > 0 {
					t.Fatalf("unexpected findings %v", findings)
				}
				return
			}
			if len(findings) != 1 {
				t.Fatalf("got %d findings, want 1: %v", len(findings), findings)
			}
			got := findings[0]
			if got.Span.Start.Column != tt.start || got.Span.End.Column != tt.end || !strings.Contains(got.Message.String(), tt.message) {
				t.Errorf("got  %d-%d %s\nwant %d-%d %s", got.Span.Start.Column, got.Span.End.Column, got.Message, tt.start, tt.end, tt.message)
			}
		})
	}
}

func TestFloodOfMistakesEnds(t *testing.T) {
	t.Parallel()
	for unit, want := range map[string]int{"; ": 10, "AND a b ": 50, "AND nope(a) ": 50, "AND `` == 1 ": 50} {
		if _, findings := nrql.ParseCondition(text("z " + strings.Repeat(unit, 5000))); len(findings) != want {
			t.Errorf("%s: got %d findings, want %d", unit, len(findings), want)
		}
	}
	for _, unit := range []string{"SELECT a b ", "FACET a, ", "RAW ", "WHERE nope(a) "} {
		if _, findings := nrql.ParseQuery(text("FROM T " + strings.Repeat(unit, 4000))); len(findings) != 50 {
			t.Errorf("%s: got %d findings, want 50", unit, len(findings))
		}
	}
}

func TestDuplicateClauseNamesBothPlaces(t *testing.T) {
	t.Parallel()
	source := "SELECT count(*) FROM T WHERE a\nwhere b"
	_, findings := nrql.ParseQuery(diag.PlainText(source, "f.yaml", diag.Position{Line: 3, Column: 1}))
	if len(findings) != 1 || len(findings[0].Related) != 1 {
		t.Fatalf("got %v", findings)
	}
	if got, want := findings[0].Span.String(), "f.yaml:4:1"; got != want {
		t.Errorf("the second one is at %s, want %s", got, want)
	}
	want := diag.Related{
		Span:    diag.Span{File: "f.yaml", Start: diag.Position{Line: 3, Column: 24}, End: diag.Position{Line: 3, Column: 29}},
		Message: diag.Verbatim("the first one is at f.yaml:3:24"),
	}
	if diff := cmp.Diff(want, findings[0].Related[0]); diff != "" {
		t.Errorf("related place (-want +got):\n%s", diff)
	}
}
