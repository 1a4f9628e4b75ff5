package simulator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shops is three events of a, two of b and one of c, and one without a shop.
const shops = `
	T @0ms "shop":"c","v":9
	T @1ms "shop":"b","v":1
	T @2ms "shop":"a","v":2
	T @3ms "shop":"a","v":3
	T @4ms "shop":"b","v":8
	T @5ms "shop":"a"
	T @6ms "v":5
`

func TestFacet(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, query, rows, total, other string
	}{
		{
			"by frequency; among equals the first comes first", "SELECT count(*) AS n, sum(v) AS s FROM T FACET shop",
			`[{"facet":"a","shop":"a","n":3,"s":5},{"facet":"b","shop":"b","n":2,"s":9},{"facet":"c","shop":"c","n":1,"s":9},` +
				`{"facet":null,"shop":null,"n":1,"s":5}]`,
			`{"n":7,"s":28}`, `{"n":0,"s":0}`,
		},
		{
			"what is dropped stands in otherResult", "SELECT count(*) AS n, max(v), percentile(v, 50) AS p FROM T FACET shop LIMIT 2",
			`[{"facet":"a","shop":"a","n":3,"max.v":3,"p":{"50":2}},{"facet":"b","shop":"b","n":2,"max.v":8,"p":{"50":1}}]`,
			`{"n":7,"max.v":9,"p":{"50":3}}`, `{"n":2,"max.v":9,"p":{"50":5}}`,
		},
		{
			"ranked by the first function", "SELECT max(v) AS m FROM T FACET shop AS s LIMIT 2",
			`[{"facet":"c","s":"c","m":9},{"facet":"b","s":"b","m":8}]`, `{"m":9}`, `{"m":5}`,
		},
		{
			"sums are ranked by frequency", "SELECT sum(v) AS s FROM T FACET shop LIMIT 1",
			`[{"facet":"a","shop":"a","s":5}]`, `{"s":28}`, `{"s":23}`,
		},
		{
			"a group without the first attribute is not shown", "SELECT count(v) AS n FROM T WHERE v IS NULL OR shop = 'b' FACET shop",
			`[{"facet":"b","shop":"b","n":2}]`, `{"n":2}`, `{"n":0}`,
		},
		{
			"several attributes", "SELECT count(*) AS n FROM T WHERE v > 2 FACET shop, v LIMIT MAX",
			`[{"facet":["c",9],"shop":"c","v":9,"n":1},{"facet":["a",3],"shop":"a","v":3,"n":1},{"facet":["b",8],"shop":"b","v":8,"n":1},` +
				`{"facet":[null,5],"shop":null,"v":5,"n":1}]`,
			`{"n":4}`, `{"n":0}`,
		},
		{
			"an expression", "SELECT count(*) AS n FROM T WHERE shop IS NOT NULL FACET if(v > 5, 'much', upper(shop)) AS what LIMIT 3",
			`[{"facet":"A","what":"A","n":3},{"facet":"much","what":"much","n":2},{"facet":"B","what":"B","n":1}]`, `{"n":6}`, `{"n":0}`,
		},
		{
			"an expression without a name", "SELECT count(*) AS n FROM T FACET eventType()",
			`[{"facet":"T","eventType()":"T","n":7}]`, `{"n":7}`, `{"n":0}`,
		},
		{
			"cases: the first one counts, and what is in none is in no group", "SELECT count(*) AS n FROM T FACET CASES (WHERE v > 2 AS 'big', WHERE shop = 'a') AS c",
			`[{"facet":"big","c":"big","n":4},{"facet":"shop = 'a'","c":"shop = 'a'","n":2}]`, `{"n":7}`, `{"n":1}`,
		},
		{
			"cases or an attribute", "SELECT sum(v) AS s FROM T FACET CASES (WHERE v > 4 AS 'big') OR shop AS c",
			`[{"facet":"big","c":"big","s":22},{"facet":"a","c":"a","s":5},{"facet":"b","c":"b","s":1}]`, `{"s":28}`, `{"s":0}`,
		},
		{
			"ORDER BY chooses, and does not order", "SELECT count(*) AS n FROM T FACET shop ORDER BY max(v) LIMIT 2",
			`[{"facet":"b","shop":"b","n":2},{"facet":"c","shop":"c","n":1}]`, `{"n":7}`, `{"n":4}`,
		},
		{
			"buckets", "SELECT count(*) AS n FROM T FACET buckets(v, 4, 2) AS b",
			`[{"facet":">=2.0","b":">=2.0","n":5},{"facet":"0.0 - 2.0","b":"0.0 - 2.0","n":1},{"facet":null,"b":null,"n":1}]`, `{"n":7}`, `{"n":0}`,
		},
		{"nothing", "SELECT count(*) AS n FROM T WHERE v > 99 FACET shop", `[]`, `{"n":0}`, `{"n":0}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			found, err := storeOf(t, shops).evaluate(test.query, setting{nowMillis: now, nullsMatch: true})
			if err != nil {
				t.Fatal(err)
			}
			got := []string{string(encode(found.rows)), string(encode(found.total)), string(encode(found.other))}
			if diff := cmp.Diff([]string{test.rows, test.total, test.other}, got); diff != "" {
				t.Errorf("%s: rows, total, other (-want +got)\n%s", test.query, diff)
			}
			if found.inspected != 7 {
				t.Errorf("%d events were inspected, want 7", found.inspected)
			}
		})
	}
}

func TestFacetShowsTenGroups(t *testing.T) {
	t.Parallel()
	var events strings.Builder
	for i := range 12 {
		fmt.Fprintf(&events, "T @%dms \"v\":%d\n", i, i)
	}
	s := New(storeOf(t, events.String()), Options{Now: clock})
	_, got := post(t, s, "k", graphqlBody(t, `{ actor { account(id: 1) { nrql(query: "SELECT count(*) AS n FROM T FACET v") {
		results metadata { facets } totalResult otherResult } } } }`, nil))
	if n := strings.Count(got, `"facet"`); n != 10 {
		t.Errorf("%d groups, want 10: %s", n, got)
	}
	if want := `"metadata":{"facets":["v"]},"totalResult":{"n":12},"otherResult":{"n":2}}`; !strings.Contains(got, want) {
		t.Errorf("got %s, want %s in it", got, want)
	}
}

// TestFacetSeries: over NerdGraph the rows of a series are one list, and the
// totals are lists as well.
func TestFacetSeries(t *testing.T) {
	t.Parallel()
	s := New(storeOf(t, shops), Options{Now: clock})
	_, got := post(t, s, "k", graphqlBody(t, `{ actor { account(id: 1) { nrql(query: "SELECT count(*) AS n FROM T FACET shop LIMIT 1 TIMESERIES 1 hour") {
		results metadata { facets timeWindow { begin } } totalResult otherResult } } } }`, nil))
	times := fmt.Sprintf(`"beginTimeSeconds":%d,"endTimeSeconds":%d,`, midnight/1000, midnight/1000+3600)
	want := fmt.Sprintf(`{"data":{"actor":{"account":{"nrql":{"results":[{"facet":"a","shop":"a",%s"n":3}],"metadata":{"facets":["shop"],"timeWindow":{"begin":%d}},`+
		`"totalResult":[{%s"n":7}],"otherResult":[{%s"n":4}]}}}}}`, times, midnight, times, times)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestManyGroups: New Relic looks at some of more than 5,000 groups only. The
// answer comes from all of them, and says so. What would fill the memory is
// refused.
func TestManyGroups(t *testing.T) {
	t.Parallel()
	var events strings.Builder
	for i := range 5001 {
		fmt.Fprintf(&events, "T @%dms \"v\":%d\n", i, i)
	}
	store := storeOf(t, events.String())
	for _, test := range []struct {
		where string
		notes int
	}{{"v > 0", 0}, {"v >= 0", 1}} {
		found, err := store.evaluate("SELECT count(*) FROM T WHERE "+test.where+" FACET v LIMIT MAX", setting{nowMillis: now})
		if err != nil {
			t.Fatal(err)
		}
		if len(found.rows) != 5000 || len(found.messages) != test.notes {
			t.Errorf("%s: %d groups and the messages %q, want 5000 and %d messages", test.where, len(found.rows), found.messages, test.notes)
		}
	}
	got := ask(store, "SELECT count(*), max(v), min(v), sum(v) FROM T FACET v LIMIT MAX TIMESERIES MAX", true)
	if want := "error: slojourn simulator: an answer of so many groups, buckets and functions is not simulated"; got != want {
		t.Errorf("got %.200s, want %s", got, want)
	}
}

// TestHeldValuesAreBounded: a question that would fill the memory is refused,
// and one below the bound is answered.
func TestHeldValuesAreBounded(t *testing.T) {
	t.Parallel()
	store := NewStore()
	const events = mostHeld + 10
	for i := range events {
		if err := store.Add("T", midnight+int64(i)%hourMillis, Attribute{"v", Number(float64(i))}); err != nil {
			t.Fatal(err)
		}
	}
	const want = "error: slojourn simulator: a query that has to keep so many different values, groups or joined rows at once is not simulated"
	for _, query := range []string{
		"SELECT uniqueCount(v) FROM T", "SELECT uniques(v) FROM T", "SELECT count(*) FROM T FACET v LIMIT MAX", "SELECT funnel(v, WHERE v > 0) FROM T",
		"SELECT max(c) FROM (SELECT count(*) AS c FROM T FACET v LIMIT MAX)",
	} {
		if got := ask(store, query, true); got != want {
			t.Errorf("%s: got %.120s", query, got)
		}
	}
	if got := ask(store, "SELECT uniqueCount(v) AS n, percentile(v, 50) FROM T WHERE v < 200000", true); got != `[{"n":200000,"percentile.v":{"50":99999}}]` {
		t.Errorf("below the bound: got %.120s", got)
	}
}
