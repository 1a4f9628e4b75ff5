package simulator

import (
	"fmt"
	"strings"
	"testing"
)

func TestEvents(t *testing.T) {
	t.Parallel()
	const events = `
		T @1ms "s":"a","v":3
		T @2ms "s":"b","v":1,"x":true
		T @3ms "s":"a","v":2
		U @2ms "s":"u","v":9
	`
	at := func(ms int) string { return fmt.Sprintf(`"timestamp":%d`, midnight+ms) }
	for _, test := range []struct{ query, want string }{
		{"SELECT * FROM T", `[{` + at(3) + `,"s":"a","v":2},{` + at(2) + `,"s":"b","v":1,"x":true},{` + at(1) + `,"s":"a","v":3}]`},
		{"SELECT s, x FROM T LIMIT 2", `[{` + at(3) + `,"s":"a","x":null},{` + at(2) + `,"s":"b","x":true}]`},
		{"SELECT v FROM T LIMIT 1 OFFSET 1", `[{` + at(2) + `,"v":1}]`},
		{"SELECT v FROM T LIMIT 5 OFFSET 9", `[]`},
		{"SELECT v FROM T ORDER BY v", `[{` + at(2) + `,"v":1},{` + at(3) + `,"v":2},{` + at(1) + `,"v":3}]`},
		{"SELECT v FROM T ORDER BY s, v DESC LIMIT 2", `[{` + at(1) + `,"v":3},{` + at(3) + `,"v":2}]`},
		{"SELECT v FROM T ORDER BY s LIMIT 2", `[{` + at(3) + `,"v":2},{` + at(1) + `,"v":3}]`}, // among equals the newest
		{"SELECT v FROM T, U LIMIT 3", `[{` + at(3) + `,"v":2},{` + at(2) + `,"v":1},{` + at(2) + `,"v":9}]`},
		{"SELECT v * 2 AS twice, upper(s) FROM T WHERE v = 3", `[{` + at(1) + `,"twice":6,"upper.s":"A"}]`},
		{"SELECT timestamp, eventType(), accountId() FROM U", `[{` + at(2) + `,"eventType":"U","accountId":1}]`},
		{"SELECT v + (SELECT max(v) FROM U) AS more FROM T WHERE v = 3", `[{` + at(1) + `,"more":12}]`},
		{"SELECT v FROM Nothing", `[]`},
		{"SELECT v FROM T LIMIT 0", `[]`},
		{"SELECT v FROM T FACET s", "error: FACET and TIMESERIES are not supported on events."},
		{"SELECT * FROM T TIMESERIES 1 minute", "error: FACET and TIMESERIES are not supported on events."},
	} {
		if got := ask(storeOf(t, events), test.query, true); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.query, got, test.want)
		}
	}
}

// TestEventsAreBounded: a hundred without LIMIT, 5,000 with LIMIT MAX.
func TestEventsAreBounded(t *testing.T) {
	t.Parallel()
	var events strings.Builder
	for i := range 5100 {
		fmt.Fprintf(&events, "T @%dms \"v\":%d\n", i, i)
	}
	store := storeOf(t, events.String())
	for clauses, want := range map[string][2]int{"": {100, 5099}, "LIMIT MAX": {5000, 5099}, "ORDER BY v LIMIT MAX": {5000, 0}, "LIMIT 7 OFFSET 5095": {5, 4}} {
		found, err := store.evaluate("SELECT v FROM T "+clauses, setting{nowMillis: now})
		if err != nil || len(found.rows) != want[0] {
			t.Errorf("%q: %d rows (%v), want %d", clauses, len(found.rows), err, want[0])
			continue
		}
		if first := string(encode(found.rows[0])); !strings.HasSuffix(first, fmt.Sprintf(`"v":%d}`, want[1])) {
			t.Errorf("%q: the first row is %s, want %d in it", clauses, first, want[1])
		}
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	const events = `
		T @0ms "s":"a","v":1
		T @1ms "s":"b","v":2
		T @2ms "s":"a","v":4
		T @-3600000ms "s":"b","v":8
		T @-3599999ms "s":"c","v":16
		T @-3599998ms "s":"b","v":32
	`
	s := New(storeOf(t, events), Options{Now: clock})
	ask := func(query string) string {
		_, got := post(t, s, "k", graphqlBody(t, fmt.Sprintf(`{ actor { account(id: 1) { nrql(query: %q) {
			results currentResults previousResults totalResult otherResult metadata { timeWindow { compareWith } } rawResponse } } } }`, query), nil))
		got = strings.TrimPrefix(got, `{"data":{"actor":{"account":{"nrql":{`)
		got, _, _ = strings.Cut(got, `,"rawResponse"`)
		return got
	}
	row := func(which, rest string) string { return `{"comparison":"` + which + `",` + rest + `}` }
	current, previous := row("current", `"n":3,"s":7`), row("previous", `"n":3,"s":56`)
	want := `"results":[` + current + `,` + previous + `],"currentResults":[` + current + `],"previousResults":[` + previous + `],` +
		`"totalResult":null,"otherResult":null,"metadata":{"timeWindow":{"compareWith":"1 HOUR AGO"}}`
	if got := ask("SELECT count(*) AS n, sum(v) AS s FROM T COMPARE WITH 1 hour ago"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	// The groups are those of the current range: c is none of them.
	want = `"results":[` + row("current", `"facet":"a","s":"a","n":2`) + `,` + row("current", `"facet":"b","s":"b","n":1`) + `,` +
		row("previous", `"facet":"a","s":"a","n":0`) + `,` + row("previous", `"facet":"b","s":"b","n":2`) + `],`
	got := ask("SELECT count(*) AS n FROM T FACET s COMPARE WITH 1 hour ago")
	if !strings.HasPrefix(got, want) {
		t.Errorf("got  %s\nwant %s…", got, want)
	}
	want = `"totalResult":[` + row("current", `"n":3`) + `,` + row("previous", `"n":3`) + `],"otherResult":[` + row("current", `"n":0`) + `,` + row("previous", `"n":1`) + `]`
	if !strings.Contains(got, want) {
		t.Errorf("got  %s\nwant %s in it", got, want)
	}
	// Rows of a series keep their own times.
	found, err := storeOf(t, events).evaluate("SELECT sum(v) AS n FROM T TIMESERIES 30 minutes COMPARE WITH 1 hour ago", setting{nowMillis: now})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := begins(found.rows), "0+1800=7; 1800+1800=0; -3600+1800=56; -1800+1800=0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
