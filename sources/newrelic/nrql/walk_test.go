package nrql_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

func condition(tb testing.TB, source string) nrql.Expr {
	tb.Helper()
	x, findings := nrql.ParseCondition(text(source))
	if len(findings) > 0 {
		tb.Fatalf("findings in %s: %v", source, findings)
	}
	return x
}

func query(tb testing.TB, source string) *nrql.Query {
	tb.Helper()
	q, findings := nrql.ParseQuery(text(source))
	if len(findings) > 0 {
		tb.Fatalf("findings in %s: %v", source, findings)
	}
	return q
}

func TestWalk(t *testing.T) {
	t.Parallel()
	source := "NOT a = -b AND (c IS NULL OR if(d, 'x', 1) IN (e, true) OR f LIKE g)"
	visit := func(stop string) []string {
		var got []string
		nrql.Walk(condition(t, source), func(x nrql.Node) bool {
			at := x.Pos()
			got = append(got, source[at.Start:at.End])
			return source[at.Start:at.End] != stop
		})
		return got
	}
	want := []string{
		"NOT a = -b AND (c IS NULL OR if(d, 'x', 1) IN (e, true) OR f LIKE g",
		"NOT a = -b", "a = -b", "a", "-b", "b",
		"c IS NULL OR if(d, 'x', 1) IN (e, true) OR f LIKE g",
		"c IS NULL OR if(d, 'x', 1) IN (e, true)",
		"c IS NULL", "c",
		"if(d, 'x', 1) IN (e, true)", "if(d, 'x', 1)", "d", "'x'", "1", "e", "true",
		"f LIKE g", "f", "g",
	}
	if diff := cmp.Diff(want, visit("")); diff != "" {
		t.Errorf("visited (-want +got):\n%s", diff)
	}
	if got := visit("NOT a = -b"); len(got) != len(want)-4 {
		t.Errorf("Walk goes below a part that was refused: %q", got)
	}
	nrql.Walk(nil, func(nrql.Node) bool {
		t.Error("Walk visits nil")
		return true
	})
}

func TestAll(t *testing.T) {
	t.Parallel()
	a, b, c := condition(t, "a = 1 OR z"), condition(t, "b"), condition(t, "c AND d")
	for want, x := range map[string]nrql.Expr{
		"a = 1 OR z":                       nrql.All(nil, a, nil),
		"(a = 1 OR z) AND b":               nrql.All(a, nil, b),
		"(a = 1 OR z) AND b AND (c AND d)": nrql.All(a, b, c),
	} {
		if got := nrql.Print(x); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if x := nrql.All(nil, nil); x != nil {
		t.Errorf("All of nothing is %v", x)
	}
}

func TestAny(t *testing.T) {
	t.Parallel()
	a, b, c := condition(t, "a = 1 AND z"), condition(t, "b"), condition(t, "c OR d")
	for want, x := range map[string]nrql.Expr{
		"c OR d":                       nrql.Any(nil, c, nil),
		"a = 1 AND z OR b":             nrql.Any(a, nil, b),
		"a = 1 AND z OR b OR (c OR d)": nrql.Any(a, b, c),
	} {
		if got := nrql.Print(x); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if x := nrql.Any(nil, nil); x != nil {
		t.Errorf("Any of nothing is %v", x)
	}
}

func TestConjuncts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		source string
		want   []string
	}{
		{"a", []string{"a"}},
		{"a OR b", []string{"a OR b"}},
		{"a = 1 AND (b = 2 OR c = 3) AND d = 4", []string{"a = 1", "b = 2 OR c = 3", "d = 4"}},
		{"a AND (b AND c)", []string{"a", "b", "c"}},
		{"NOT (a AND b)", []string{"NOT (a AND b)"}},
	}
	for _, tt := range tests {
		var got []string
		for _, x := range nrql.Conjuncts(condition(t, tt.source)) {
			got = append(got, nrql.Print(x))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("conjuncts of %s (-want +got):\n%s", tt.source, diff)
		}
	}
	if got := nrql.Conjuncts(nil); got != nil {
		t.Errorf("conjuncts of nothing: %v", got)
	}
}

func TestAttributes(t *testing.T) {
	t.Parallel()
	x := condition(t, "b = 1 AND lower(`a b`) IN ('x', c) OR NOT b AND B IS NULL")
	if diff := cmp.Diff([]string{"B", "a b", "b", "c"}, nrql.Attributes(x)); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	if got := nrql.Attributes(nil); got != nil {
		t.Errorf("attributes of nothing: %v", got)
	}
}

func TestAttributesOfQueries(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		source string
		want   []string
	}{
		{"SELECT filter(sum(points), WHERE coupon) FROM Purchase", []string{"coupon", "points"}},
		{"SELECT max(a) FROM T WHERE b FACET c ORDER BY max(d)", []string{"a", "b", "c", "d"}},
		{"SELECT a FROM T ORDER BY b, c DESC", []string{"a", "b", "c"}},
		{"SELECT count(*) FROM T FACET CASES (WHERE a AS x, WHERE b) OR c", []string{"a", "b", "c"}},
		{"SELECT latest(a[b]), a[(c)], percentile(d, 95)['95'], dimensions(include: {e}) FROM T", []string{"a", "d", "e"}},
		{"SELECT average(a) FROM T TIMESERIES PREDICT holtwinters(seasonality: AUTO)", []string{"a"}},
		// Variables are known behind their definition only.
		{"WITH lower(a) AS b SELECT sum(c) FROM T WHERE b = 'x'", []string{"a", "c"}},
		{"WITH numeric(code) AS code SELECT count(*) FROM T WHERE code > 5", []string{"code"}},
		{"WITH aparse(a, '*/*') AS (b, c), lower(c) AS d SELECT b FROM T WHERE d = 'x'", []string{"a"}},
		// Results of inner queries are none, whatever is done with them.
		{"SELECT max(n) FROM (SELECT count(*) AS n FROM T WHERE a FACET b AS c) WHERE c = 'x' FACET n", []string{"a", "b"}},
		{"SELECT max(n) FROM (SELECT max(m) AS n FROM (SELECT sum(a) AS m FROM T FACET b) FACET b)", []string{"a", "b"}},
		{"SELECT max(n) FROM (SELECT sum(a) AS n FROM T) WHERE n > (SELECT max(b) FROM T)", []string{"a", "b"}},
		{"SELECT a FROM T WHERE b IN (SELECT uniques(c) FROM U WHERE d)", []string{"a", "b", "c", "d"}},
		{"FROM A JOIN (FROM B SELECT k, max(v) AS w FACET k) ON lower(j) = k SELECT sum(w) FACET z", []string{"j", "k", "v", "z"}},
		{"FROM A JOIN (FROM lookup(shops) SELECT code AS id, city) ON shop = id SELECT count(*) FACET city", []string{"city", "code", "shop"}},
		{"SHOW EVENT TYPES", nil},
	} {
		if diff := cmp.Diff(tt.want, nrql.Attributes(query(t, tt.source))); diff != "" {
			t.Errorf("attributes of %s (-want +got):\n%s", tt.source, diff)
		}
	}
}

func TestEventTypes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		source string
		want   []string
	}{
		{"SELECT a FROM T, S, T", []string{"S", "T"}},
		{"SELECT a FROM lookup(shops)", nil},
		{"SELECT max(n) FROM (SELECT count(*) AS n FROM A, B)", []string{"A", "B"}},
		{"FROM A LEFT JOIN (FROM B SELECT k) ON k SELECT count(*) WHERE x > (SELECT max(x) FROM C WHERE y IN (SELECT uniques(y) FROM D))", []string{"A", "B", "C", "D"}},
		{"SHOW EVENT TYPES", nil},
	} {
		if diff := cmp.Diff(tt.want, query(t, tt.source).EventTypes()); diff != "" {
			t.Errorf("event types of %s (-want +got):\n%s", tt.source, diff)
		}
	}
}

// Walk visits the clauses in their canonical order, and the queries in
// brackets where they stand.
func TestWalkOfAQuery(t *testing.T) {
	t.Parallel()
	source := "WITH a AS b SELECT c[d], max(e) AS f FROM A JOIN (SELECT g FROM B) ON h = i WHERE j > (SELECT max(k) FROM C) " +
		"FACET CASES (WHERE l AS m) OR n ORDER BY max(o)"
	var got []string
	nrql.Walk(query(t, source), func(n nrql.Node) bool {
		switch n := n.(type) {
		case *nrql.Name:
			got = append(got, n.Value)
		case *nrql.Query:
			got = append(got, "query")
		}
		return true
	})
	want := strings.Fields("query a c e A query g B h i j query k C l n o")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("visited (-want +got):\n%s", diff)
	}
	nrql.Walk(query(t, source), func(n nrql.Node) bool {
		if name, ok := n.(*nrql.Name); ok && strings.Contains("gBkC", name.Value) {
			t.Errorf("Walk visits %s in a query that was refused", name.Value)
		}
		_, inner := n.(*nrql.Subquery)
		return !inner
	})
}

func TestQuote(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"":        `''`,
		"shop":    `'shop'`,
		"it's":    `'it\'s'`,
		`C:\`:     `'C:\\'`,
		`\'`:      `'\\\''`,
		"決済 -- x": `'決済 -- x'`,
	} {
		got := nrql.Quote(value)
		if got != want {
			t.Errorf("Quote(%q) = %s, want %s", value, got, want)
		}
		s, ok := condition(t, "a = "+got).(*nrql.Binary).Y.(*nrql.String)
		if !ok || s.Value != value || s.Raw != got {
			t.Errorf("%s stands for %+v, want %q", got, s, value)
		}
	}
}

func TestStringValues(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`'a\'b'`:    `a'b`,
		`'a\\b'`:    `a\b`,
		`'\d+\.\d'`: `\d+\.\d`,
		`r'\d\'\\'`: `\d'\\`,
		`R'x'`:      `x`,
	} {
		s := condition(t, "a RLIKE "+raw).(*nrql.Like).Pattern.(*nrql.String)
		if s.Value != want || s.Raw != raw {
			t.Errorf("%s: value %s, raw %s, want value %s", raw, s.Value, s.Raw, want)
		}
	}
}

func TestWordsOfTheTree(t *testing.T) {
	t.Parallel()
	got := fmt.Sprint(nrql.Or, nrql.And, nrql.Not, nrql.Eq, nrql.Ne, nrql.Lt, nrql.Le, nrql.Gt, nrql.Ge, nrql.Add, nrql.Sub, nrql.Mul, nrql.Div, nrql.Neg,
		nrql.IsNull, nrql.IsTrue, nrql.IsFalse, nrql.Second, nrql.Week, nrql.Op(0), nrql.IsKind(0), nrql.Unit(0))
	if want := "OR AND NOT = != < <= > >= + - * / - NULL TRUE FALSE second week ? ? ?"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestWidth(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		series *nrql.TimeSeries
		want   int64
	}{
		{nrql.Every(300_000, nrql.Millisecond), 300_000},
		{nrql.Every(30, nrql.Second), 30_000},
		{nrql.Every(5, nrql.Minute), 300_000},
		{nrql.Every(2, nrql.Hour), 7_200_000},
		{nrql.Every(1, nrql.Day), 86_400_000},
		{nrql.Every(1, nrql.Week), 604_800_000},
		{nrql.Every(1, nrql.Month), 30 * 86_400_000},
		{nrql.Every(1, nrql.Quarter), 91 * 86_400_000},
		{nrql.Every(1, nrql.Year), 365 * 86_400_000},
		{&nrql.TimeSeries{Width: nrql.Width{Kind: nrql.WidthAuto}}, 0},
	} {
		if got := tt.series.Width.Millis(); got != tt.want {
			t.Errorf("%+v is %d ms wide, want %d", tt.series.Width, got, tt.want)
		}
	}
}
