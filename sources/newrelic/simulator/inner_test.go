package simulator

import (
	"fmt"
	"strings"
	"testing"
)

// visits are page views of three sessions, in two minutes.
const visits = `
	V @0ms "session":"a","page":"home","took":1
	V @1000ms "session":"a","page":"cart","took":3
	V @2000ms "session":"b","page":"home","took":2
	V @60000ms "session":"a","page":"paid","took":5
	V @61000ms "session":"c","page":"home","took":8
	W @0ms "vip":"a"
	W @1ms "vip":"c"
`

func TestInnerQueries(t *testing.T) {
	t.Parallel()
	span := fmt.Sprint(" SINCE ", midnight, " UNTIL ", midnight+120_000)
	for _, test := range []struct{ query, want string }{
		{"SELECT max(rpm) FROM (SELECT count(*) AS rpm FROM V TIMESERIES 1 minute)", `[{"max.rpm":3}]`},
		// Without AS the inner result has the name of its function.
		{"SELECT max(count), sum(count) AS s FROM (SELECT count(*) FROM V TIMESERIES 1 minute)", `[{"max.count":3,"s":5}]`},
		{"SELECT percentage(count(*), WHERE views = 1) AS bounced FROM (SELECT count(*) AS views FROM V FACET session)", `[{"bounced":66.66666666666667}]`},
		{"SELECT count(*) AS n FROM (SELECT average(took) AS t FROM V FACET session) WHERE t > 2", `[{"n":2}]`},
		{
			"SELECT session, t FROM (SELECT average(took) AS t FROM V FACET session TIMESERIES 1 minute) WHERE t > 2",
			`[{"session":"c","t":8},{"session":"a","t":5}]`, // the newest first
		},
		{
			"SELECT sum(n) AS n FROM (SELECT count(*) AS n FROM V FACET session TIMESERIES 1 minute) TIMESERIES 1 minute",
			fmt.Sprintf(`[{"beginTimeSeconds":%d,"endTimeSeconds":%d,"n":3},{"beginTimeSeconds":%d,"endTimeSeconds":%d,"n":2}]`,
				midnight/1000, midnight/1000+60, midnight/1000+60, midnight/1000+120),
		},
		{"SELECT sum(n) AS n FROM (SELECT count(*) AS n FROM V FACET session, page) FACET page LIMIT 1", `[{"facet":"home","page":"home","n":3}]`},
		{"SELECT max(m) FROM (SELECT max(n) AS m FROM (SELECT count(*) AS n FROM V FACET session TIMESERIES 1 minute) FACET session)", `[{"max.m":2}]`},
		{"SELECT uniqueCount(s) AS n FROM (SELECT session AS s FROM V WHERE took > 1 LIMIT 9)", `[{"n":3}]`},
		{"SELECT max(timestamp) - min(timestamp) AS t FROM (SELECT * FROM V LIMIT 9)", `[{"t":61000}]`},
		{"SELECT count(*) AS n FROM (SELECT count(*) AS n FROM V FACET session LIMIT 1)", `[{"n":1}]`},
		{"SELECT count(other) AS n FROM (SELECT count(*) FROM V)", `[{"n":0}]`},
		// Subqueries.
		{"SELECT count(*) FROM V WHERE took > (SELECT average(took) FROM V)", `[{"count":2}]`},
		{"SELECT count(*) FROM V WHERE session IN (SELECT uniques(vip) FROM W)", `[{"count":4}]`},
		{"SELECT count(*) FROM V WHERE session NOT IN (SELECT vip FROM W)", `[{"count":1}]`},
		{"SELECT count(*) FROM V WHERE session = (SELECT latest(session) FROM V FACET session LIMIT 1)", `[{"count":3}]`},
		{"SELECT count(*) FROM V WHERE took >= (SELECT percentile(took, 60) FROM V)", `[{"count":3}]`},
		{"SELECT count(*) FROM V WHERE took = (SELECT took FROM V WHERE page = 'paid' LIMIT 1)", `[{"count":1}]`},
		{"SELECT count(*) FROM V WHERE took > (SELECT max(took) FROM Nothing)", `[{"count":0}]`},
		{"SELECT average(took) - (SELECT min(took) FROM V) AS d FROM V", `[{"d":2.8}]`},
		{"SELECT count(*) FROM V WHERE took > (SELECT min(took) FROM V WHERE session IN (SELECT vip FROM W WHERE vip = 'c'))", `[{"count":0}]`},
		{"SELECT filter(count(*), WHERE session IN (SELECT vip FROM W)) AS n FROM V FACET CASES (WHERE took = (SELECT max(took) FROM V) AS 'slowest') AS c", `[{"facet":"slowest","c":"slowest","n":1}]`},
		{fmt.Sprint("SELECT count(*) FROM V WHERE took > (SELECT max(took) FROM V SINCE ", midnight, " UNTIL ", midnight+60_000, ")"), `[{"count":2}]`},
		// Variables.
		{"WITH took * 1000 AS ms SELECT sum(ms) FROM V WHERE ms > 2000", `[{"sum.ms":16000}]`},
		{"SELECT count(*) AS n FROM V WITH upper(page) AS p, concat(p, '!') AS q FACET q LIMIT 1", `[{"facet":"HOME!","q":"HOME!","n":3}]`},
		{"SELECT sum(took) FROM V WITH took * 2 AS took", `[{"sum.took":38}]`}, // the variable wins, and is not itself
		{"SELECT max(n) FROM V WITH 1 AS n, n + 1 AS n", `[{"max.n":2}]`},
		{"SELECT count(*) FROM V WITH 'home' AS page WHERE page = 'home' AND page LIKE 'H%'", `[{"count":5}]`},
		{"FROM V WITH capture(page, r'(?P<first>.)(?P<rest>.*)') AS (a, b) SELECT uniques(a), uniqueCount(a, b) AS n", `[{"uniques.a":["h","c","p"],"n":3}]`},
		{"FROM V WITH aparse(page, '*a*') AS (a, b) SELECT uniques(a), uniques(b)", `[{"uniques.a":["c","p"],"uniques.b":["rt","id"]}]`},
		{
			`WITH '{"user": {"name": "John", "id": 5}, "n": null}' AS j, jparse(j) AS (user, n) SELECT user, n, jparse(j, 'user.name') AS name, user[id] AS id`,
			`[{"user":{"name":"John","id":5},"n":null,"name":"John","id":5}]`,
		},
		{
			`WITH '{"name": "John", "id": 5}' AS j, jparse(j) AS (name, id, other) SELECT name, id, other, mapKeys(jparse(j)) AS k`,
			`[{"name":"John","id":5,"other":null,"k":["name","id"]}]`,
		},
		{"SELECT count(*) FROM V WITH took AS (a, b)", `[{"count":5}]`}, // which nothing looks at
		{"SELECT sum(a) FROM V WITH took AS (a, b)", "error: slojourn simulator: several names for took is not simulated"},
		{
			"SELECT count(*) FROM V WITH 1 AS a, a + a AS a, a + a AS a, a + a AS a, a + a AS a, a + a AS a, a + a AS a, a + a AS a, a + a AS a, a + a AS a, a + a AS a WHERE a = 1024",
			"error: slojourn simulator: more than 1000 uses of variables is not simulated",
		},
	} {
		query := test.query
		if !strings.HasPrefix(query, "WITH '") {
			query += span
		}
		if got := ask(storeOf(t, visits), query, true); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.query, got, test.want)
		}
	}
}

// TestInnerGroups: ten groups are all there are in an inner query, whatever its
// LIMIT would be.
func TestInnerGroups(t *testing.T) {
	t.Parallel()
	var events strings.Builder
	for i := range 11 {
		fmt.Fprintf(&events, "T @%dms \"v\":%d\n", i, i)
	}
	store := storeOf(t, events.String())
	const query = "SELECT count(*) AS n FROM (SELECT count(*) FROM T WHERE v < %d FACET v %s)"
	for _, test := range []struct {
		below int
		limit string
		want  string
	}{
		{10, "", `[{"n":10}]`},
		{11, "", "error: slojourn simulator: an inner FACET of more than 10 groups without LIMIT is not simulated"},
		{11, "LIMIT MAX", `[{"n":11}]`},
		{11, "LIMIT 10", `[{"n":10}]`},
	} {
		if got := ask(store, fmt.Sprintf(query, test.below, test.limit), true); got != test.want {
			t.Errorf("%d %s: got %s, want %s", test.below, test.limit, got, test.want)
		}
	}
}

// TestInspectedOfSubqueries: events that a subquery looks at count as well, and
// once.
func TestInspectedOfSubqueries(t *testing.T) {
	t.Parallel()
	store := storeOf(t, visits)
	for query, want := range map[string]int64{
		"SELECT count(*) FROM V": 5,
		"SELECT count(*) FROM V WHERE session IN (SELECT vip FROM W) FACET session LIMIT 1":     7,
		"SELECT max(n) FROM (SELECT count(*) AS n FROM V FACET session)":                        5,
		"SELECT count(*) FROM V FACET CASES (WHERE took > 99 AS 'x') AS c TIMESERIES 5 minutes": 5,
		"SELECT n FROM (SELECT count(*) AS n FROM V FACET session)":                             5,
		"FROM V JOIN (FROM W SELECT count(*) FACET vip) ON session = vip SELECT session":        7,
		"SELECT count(*) FROM V COMPARE WITH 1 minute ago":                                      10,
		"SELECT count(*) FROM V FACET session TIMESERIES 10 minutes":                            5,
		"SELECT took FROM V WHERE took > (SELECT min(took) FROM V WHERE page = 'a') LIMIT 1":    10,
	} {
		found, err := store.evaluate(query, setting{nowMillis: now})
		if err != nil || found.inspected != want {
			t.Errorf("%s: %d events were inspected (%v), want %d", query, found.inspected, err, want)
		}
	}
}
