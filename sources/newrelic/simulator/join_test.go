package simulator

import (
	"fmt"
	"strings"
	"testing"
)

func TestJoin(t *testing.T) {
	t.Parallel()
	const events = `
		View @0ms "session":"a","city":"Rome"
		View @1ms "session":"b","city":"Oslo"
		View @2ms "session":"a","city":"Rome"
		View @3ms "city":"Bonn"
		Click @4ms "session":"a","url":"/x"
		Click @5ms "session":"a","url":"/y"
		Click @6ms "session":"c","url":"/x"
		Click @7ms "id":"b","url":"/z"
		Note @8ms "url":"/x","note":"slow"
	`
	for _, test := range []struct{ query, want string }{
		{
			"FROM View JOIN (FROM Click SELECT count(*) AS clicks FACET session LIMIT MAX) ON session SELECT count(*) AS n, latest(clicks) AS c FACET city",
			`[{"facet":"Rome","city":"Rome","n":2,"c":2}]`,
		},
		{
			"FROM View LEFT JOIN (FROM Click SELECT count(*) AS clicks FACET session) ON session SELECT count(*) AS n, (latest(clicks) OR 0) AS c FACET city",
			`[{"facet":"Rome","city":"Rome","n":2,"c":2},{"facet":"Oslo","city":"Oslo","n":1,"c":0},{"facet":"Bonn","city":"Bonn","n":1,"c":0}]`,
		},
		// An event is there once for each row of its key.
		{"FROM View JOIN (FROM Click SELECT session, url LIMIT 9) ON session SELECT count(*) AS n", `[{"n":4}]`},
		{"FROM View JOIN (FROM Click SELECT count(*) FACET session, url) ON session SELECT count(*) AS n FACET url", `[{"facet":"/x","url":"/x","n":2},{"facet":"/y","url":"/y","n":2}]`},
		// Keys of other names, and an expression as the outer one.
		{"FROM View JOIN (FROM Click SELECT count(*) FACET id) ON session = id SELECT count(*) AS n", `[{"n":1}]`},
		{"FROM View JOIN (FROM Click SELECT count(*) FACET id) ON lower(session) = id SELECT uniques(id), uniques(city)", `[{"uniques.id":["b"],"uniques.city":["Oslo"]}]`},
		{
			"FROM View JOIN (FROM Click SELECT max(timestamp) AS last FACET session) ON session SELECT city, last LIMIT 1",
			fmt.Sprintf(`[{"timestamp":%d,"city":"Rome","last":%d}]`, midnight+2, midnight+5),
		},
		// Nothing is converted.
		{"FROM View JOIN (FROM Click SELECT count(*) AS session FACET url) ON session SELECT count(*) AS n", `[{"n":0}]`},
		{"FROM View JOIN (FROM Nothing SELECT count(*) FACET session) ON session SELECT count(*) AS n", `[{"n":0}]`},
		{"FROM View LEFT JOIN (FROM Nothing SELECT count(*) FACET session) ON session SELECT count(*) AS n WHERE city != 'Rome'", `[{"n":2}]`},
		// Two of them.
		{"FROM View JOIN (FROM Click SELECT count(*) FACET session, url) ON session JOIN (FROM Note SELECT latest(note) AS note FACET url) ON url SELECT count(*) AS n, latest(note) AS note", `[{"n":2,"note":"slow"}]`},
		{"FROM View JOIN (FROM Click SELECT count(*) FACET session) ON session SELECT count(*) AS n TIMESERIES 1 hour", fmt.Sprintf(`[{"beginTimeSeconds":%d,"endTimeSeconds":%d,"n":2}]`, midnight/1000, midnight/1000+3600)},
	} {
		if got := ask(storeOf(t, events), test.query, true); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.query, got, test.want)
		}
	}
}

// TestJoinLimits: the joined query gives ten groups unless it says otherwise,
// and a key may have a hundred rows.
func TestJoinLimits(t *testing.T) {
	t.Parallel()
	var events strings.Builder
	for i := range 101 {
		fmt.Fprintf(&events, "A @%dms \"k\":%d\nB @%dms \"k\":%d,\"one\":1,\"i\":%d\n", i, i, i, i, i)
	}
	store := storeOf(t, events.String())
	for query, want := range map[string]string{
		"FROM A JOIN (FROM B SELECT count(*) FACET k) ON k SELECT count(*) AS n":                   `[{"n":10}]`,
		"FROM A JOIN (FROM B SELECT count(*) FACET k LIMIT 40) ON k SELECT count(*) AS n":          `[{"n":40}]`,
		"FROM A JOIN (FROM B SELECT one, i LIMIT 100) ON k = one SELECT count(*) AS n":             `[{"n":100}]`,
		"FROM A JOIN (FROM B SELECT one, i LIMIT MAX) ON k = one SELECT count(*) AS n":             "error: slojourn simulator: JOIN with more than 100 rows of one key is not simulated",
		"FROM A JOIN (FROM B SELECT count(*) FACET k SINCE 9 hours ago) ON k SELECT count(*) AS n": `[{"n":10}]`,
	} {
		if got := ask(store, query, true); got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
}
