package simulator

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// midnight is a minute, hour and day border: 2023-11-15T00:00:00Z.
const midnight = 1_700_006_400_000

// now is the clock of all tests, an hour after midnight.
const now = midnight + hourMillis

// storeOf reads events, one a line. A time such as "@90s" or "@-1ms" counts
// from midnight.
func storeOf(t testing.TB, lines string) *Store {
	t.Helper()
	store := NewStore()
	var ndjson strings.Builder
	for line := range strings.Lines(lines) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		eventType, rest, _ := strings.Cut(line, " ")
		at, attributes, _ := strings.Cut(strings.TrimPrefix(rest, "@"), " ")
		var millis int64
		if _, err := fmt.Sscanf(at, "%dms", &millis); err != nil {
			t.Fatalf("event %q: %v", line, err)
		}
		if attributes != "" {
			attributes = "," + attributes
		}
		fmt.Fprintf(&ndjson, `{"eventType":%q,"timestamp":%d%s}`+"\n", eventType, midnight+millis, attributes)
	}
	if err := store.ReadNDJSON(strings.NewReader(ndjson.String()), "events"); err != nil {
		t.Fatal(err)
	}
	return store
}

// ask returns the results of a query, or its error.
func ask(store *Store, query string, nullsMatch bool) string {
	found, err := store.evaluate(query, setting{nowMillis: now, nullsMatch: nullsMatch})
	if err != nil {
		return "error: " + err.message
	}
	return string(encode(found.rows))
}

// basket is events that hold every kind of value.
const basket = `
	T @0ms "s":"alpha","n":1,"b":true,"u":"u_1"
	T @1ms "s":"ALPHA","n":2,"b":false,"u":"uX1"
	T @2ms "s":"beta","n":"2","u":"50%"
	T @3ms "n":0.5,"b":"true"
`

func TestConditions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		where string
		want  int // of the events of basket
		never int // with nulls that never match; 0 means the same, -1 none
	}{
		// The types are never converted, and = tells upper from lower case.
		{"s = 'alpha'", 1, 0},
		{"s = 'gamma'", 0, 0},
		{"'alpha' = s", 1, 0},
		{"n = 2", 1, 0},
		{"n = '2'", 1, 0},
		{"n > 0", 3, 0},
		{"n >= '2'", 1, 0},
		{"n < 1", 1, 0},
		{"n <= 1", 2, 0},
		{"1 < n", 1, 0},
		{"s < 'b'", 2, 0},
		{"NOT n > 0", 0, 0}, // '2' > 0 is unknown, and so is its opposite
		{"NOT n = 2", 3, 0}, // but '2' = 2 is false
		{"s = n", 0, 0},
		// Booleans.
		{"b", 1, 0},
		{"NOT b", 1, 0},
		{"b = true", 1, 0},
		{"b = 'true'", 1, 0},
		{"b IS TRUE", 1, 0},
		{"b IS FALSE", 1, 0},
		{"b IS NOT TRUE", 3, 0},
		{"b IS NOT FALSE", 3, 0},
		{"true", 4, 0},
		{"false", 0, 0},
		// Null.
		{"s IS NULL", 1, 0},
		{"s IS NOT NULL", 3, 0},
		{"missing IS NULL", 4, 0},
		{"s = NULL", 0, 0},
		{"s != 'alpha'", 3, 2},
		{"s != missing", 4, -1},
		{"NOT s = 'alpha'", 2, 0},
		{"NOT s != 'alpha'", 1, 0},
		{"NOT (s = 'alpha' OR n = 0.5)", 2, 0},
		{"NOT (s = 'alpha' AND n = 1)", 3, 0},
		{"s NOT IN ('alpha', 'beta')", 2, 1},
		{"NOT s IN ('alpha', 'beta')", 1, 0},
		{"s NOT LIKE 'a%'", 2, 1},
		{"NOT s LIKE 'a%'", 1, 0},
		{"s NOT RLIKE 'a.*'", 3, 2},
		{"missing != 1", 4, -1},
		{"(s = 'alpha') IS NULL", 1, 0},
		// Lists.
		{"s IN ('alpha', 'beta')", 2, 0},
		{"n IN (1, '2', 3)", 2, 0},
		{"n IN (1, NULL)", 1, 0},
		// AND binds tighter than OR, NOT tighter than both.
		{"s = 'alpha' OR s = 'beta' AND n = 99", 1, 0},
		{"(s = 'alpha' OR s = 'beta') AND n = 1", 1, 0},
		{"NOT s = 'alpha' AND s IS NOT NULL", 2, 0},
		{"missing = 1 OR s = 'beta'", 1, 0},
		{"missing = 1 AND s = 'beta'", 0, 0},
		// LIKE: blind to case, % is the only wildcard.
		{"s LIKE 'alpha'", 2, 0},
		{"s LIKE 'AL%'", 2, 0},
		{"s LIKE '%a'", 3, 0},
		{"s LIKE '%ET%'", 1, 0},
		{"s LIKE 'a%a%a'", 0, 0},
		{"s LIKE '%'", 3, 0},
		{"s LIKE ''", 0, 0},
		{"u LIKE 'u_1'", 1, 0},
		{"u LIKE 'u%1'", 2, 0},
		{"n LIKE '2'", 1, 0},
		{"n LIKE '%'", 1, 0},
		{"lower(s) LIKE '%LPH%'", 2, 0},
		// RLIKE: the whole value, told by case.
		{"s RLIKE 'al.*'", 1, 0},
		{"s RLIKE r'al.*'", 1, 0},
		{"s RLIKE r'alph'", 0, 0},
		{"s RLIKE r'alph|beta'", 1, 0},
		{"s RLIKE r'(?i)alpha'", 2, 0},
		{`u RLIKE r'\d+%'`, 1, 0},
		// Arithmetic and functions.
		{"n + 1 = 3", 1, 0},
		{"n / 0 IS NULL", 4, 0},
		{"n * 2 - 1 = 0", 1, 0},
		{"-n < -1", 1, 0},
		{"(missing OR 0) = 0", 4, 0},
		{"(n OR 7) = 7", 0, 0},
		{"numeric(n) = 2", 2, 0},
		{"numeric(s) IS NULL", 4, 0},
		{"numeric('0x10') IS NULL AND numeric('inf') IS NULL AND numeric(' 1') IS NULL AND numeric('-1.5e1') = -15", 4, 0},
		{"boolean(b) IS TRUE", 2, 0},
		{"string(n) = '2'", 2, 0},
		{"lower(s) = 'alpha'", 2, 0},
		{"upper(s) = 'BETA'", 1, 0},
		{"length(s) = 5", 2, 0},
		{"length(n) = 1", 1, 0},
		{"concat(s, '-', n) = 'alpha-1'", 1, 0},
		{"concat(s, n) = '0.5'", 1, 0},
		{"if(n = 1, 'one', 'other') = 'other'", 3, 0},
		{"if(missing = 1, 'one') IS NULL", 4, 0},
		{"if(b, n, 9) = 9", 3, 0},
		{"abs(0 - n) = 2", 1, 0},
		{"ceil(n) = 1", 2, 0},
		{"floor(n) = 0", 1, 0},
		{"round(n) = 1", 2, 0},
		{"round(n, 0.25) = 0.5", 1, 0},
		{"substring(s, 1, 2) = 'lp'", 1, 0},
		{"substring(s, -2) = 'ta'", 1, 0},
		{"substring(s, 99) = ''", 3, 0},
		{"position(s, 'a') = 0", 1, 0},
		{"position(s, 'a', 1) = 4", 1, 0},
		{"indexOf(s, 'a', -1) = 3", 1, 0},
		{"position(s, 'z') IS NULL", 4, 0},
		{"clamp_max(n, 1) = 1", 2, 0},
		{"clamp_min(n, 1) = 1", 2, 0},
		{"mod(0 - n, 3) = 1", 1, 0},
		{"mod(n, 0) IS NULL", 4, 0},
		{"sqrt(0 - n) IS NULL", 4, 0},
		{"pow(n, 2) = 4", 1, 0},
		{"ln(0) IS NULL AND log10(100) = 2 AND log2(8) = 3 AND exp(0) = 1 AND round(log(8, 2)) = 3", 4, 0},
		{"eventType() = 'T'", 4, 0},
		{"timestamp > " + fmt.Sprint(midnight), 3, 0},
	} {
		for _, nullsMatch := range []bool{true, false} {
			want := test.want
			if !nullsMatch && test.never != 0 {
				want = max(test.never, 0)
			}
			query := "SELECT count(*) AS n FROM T WHERE " + test.where
			wantRows := fmt.Sprintf(`[{"n":%d}]`, want)
			if got := ask(storeOf(t, basket), query, nullsMatch); got != wantRows {
				t.Errorf("%s (nulls match: %v)\n got %s\nwant %s", query, nullsMatch, got, wantRows)
			}
		}
	}
}

func TestQueries(t *testing.T) {
	t.Parallel()
	const second = midnight + 1000
	for _, test := range []struct {
		name, events, query, want string
	}{
		{
			"half-open range", "T @-1ms\nT @0ms\nT @999ms\nT @1000ms",
			fmt.Sprintf("SELECT count(*) FROM T SINCE %d UNTIL %d", midnight, second), `[{"count":2}]`,
		},
		{
			"default range is the last hour", "T @-1ms\nT @0ms\nT @3599999ms\nT @3600000ms",
			"SELECT count(*) FROM T", `[{"count":2}]`,
		},
		{"default end", "T @0ms\nT @3600000ms", fmt.Sprintf("SELECT count(*) FROM T SINCE %d", midnight-5), `[{"count":1}]`},
		{
			"out of order", "T @9ms \"v\":9\nT @3ms \"v\":3\nT @1ms \"v\":1\nT @3ms \"v\":4\nT @0ms \"v\":100",
			fmt.Sprintf("SELECT sum(v), earliest(v), latest(v) FROM T SINCE %d UNTIL %d", midnight+1, midnight+4),
			`[{"sum.v":8,"earliest.v":1,"latest.v":4}]`,
		},
		{"clauses in another order", "T @0ms \"v\":1", "FROM T WHERE v = 1 SELECT count(*)", `[{"count":1}]`},
		{"several types", "A @0ms \"v\":1\nB @1ms \"v\":2\nC @2ms \"v\":4", "SELECT sum(v) FROM A, B", `[{"sum.v":3}]`},
		{"one type twice", "A @0ms", "SELECT count(*) FROM A, A", `[{"count":1}]`},
		{
			"eventType() tells types apart", "A @0ms\nB @1ms\nB @2ms",
			"SELECT filter(count(*), WHERE eventType() = 'B') AS b, count(*) AS all FROM A, B", `[{"b":2,"all":3}]`,
		},
		{
			"latest across types", "A @5ms \"v\":1\nB @1ms \"v\":2", "SELECT latest(v), earliest(v) FROM A, B",
			`[{"latest.v":1,"earliest.v":2}]`,
		},
		{
			"unknown type", "T @0ms", "SELECT count(*), sum(v), average(v), min(v), latest(v) FROM Nothing WHERE v != 2",
			`[{"count":0,"sum.v":0,"average.v":null,"min.v":null,"latest.v":null}]`,
		},
		{"unknown attribute", "T @0ms", "SELECT count(v), sum(v), max(v) FROM T", `[{"count.v":0,"sum.v":0,"max.v":null}]`},
		{"names are told by case", "T @0ms \"v\":1", "SELECT count(V), count(*) FROM T", `[{"count.V":0,"count":1}]`},
		{"type names are told by case", "T @0ms", "SELECT count(*) FROM t", `[{"count":0}]`},
		{
			"aggregates", "T @0ms \"v\":1\nT @1ms \"v\":2.5\nT @2ms \"v\":\"9\"\nT @3ms",
			"SELECT count(*), count(v), sum(v), average(v), min(v), max(v), count(1) AS one FROM T",
			`[{"count":4,"count.v":3,"sum.v":3.5,"average.v":1.75,"min.v":1,"max.v":2.5,"one":4}]`,
		},
		{
			"min(timestamp)", "T @20ms\nT @7ms", "SELECT min(timestamp) AS first, max(timestamp) FROM T",
			fmt.Sprintf(`[{"first":%d,"max.timestamp":%d}]`, midnight+7, midnight+20),
		},
		{
			"filter and percentage", "T @0ms \"e\":true,\"v\":3\nT @1ms \"v\":4\nT @2ms\nT @3ms",
			"SELECT filter(count(*), WHERE e IS TRUE) AS bad, percentage(count(*), WHERE e) AS p, filter(sum(v), WHERE v > 3) AS s, " +
				"percentage(sum(v), WHERE e) AS q FROM T",
			`[{"bad":1,"p":25,"s":4,"q":42.857142857142854}]`,
		},
		{
			"filter of filter", "T @0ms \"a\":1,\"b\":1\nT @1ms \"a\":1\nT @2ms \"b\":1",
			"SELECT filter(filter(count(*), WHERE a = 1), WHERE b = 1) AS both, filter(count(*) + 10, WHERE a = 1) AS c FROM T",
			`[{"both":1,"c":12}]`,
		},
		{"filter and percentage of nothing", "T @0ms", "SELECT filter(count(*), WHERE v = 1) AS f, percentage(count(*), WHERE v = 1) AS p, " +
			"filter(average(v), WHERE v = 1) AS a FROM T WHERE v = 2", `[{"f":0,"p":null,"a":null}]`},
		{
			"arithmetic", "T @0ms \"v\":3\nT @1ms \"v\":4",
			"SELECT sum(v) / count(*) AS a, count(*) / 0 AS z, average(w) + 1 AS n, (average(w) OR 0) + 1 AS o, -(count(*) - 5) * 2 AS m, " +
				"clamp_max(sum(v), 5) AS c, if(count(*) > 1, 'many', 'few') AS i FROM T",
			`[{"a":3.5,"z":null,"n":null,"o":1,"m":6,"c":5,"i":"many"}]`,
		},
		{"null replaced row by row", "T @0ms \"v\":3\nT @1ms", "SELECT average(v OR 0) AS a, average(v) FROM T", `[{"a":1.5,"average.v":3}]`},
		{
			"keys", "T @0ms \"v\":1", "SELECT count(*), filter(sum(v), WHERE v = 1), percentage(count(*), WHERE v = 1), sum(v) + 1, sum(v OR 0), " +
				"count(*) AS 'bad requests' FROM T",
			`[{"count":1,"sum.v":1,"percentage":100,"result":2,"sum.v OR 0":1,"bad requests":1}]`,
		},
		{"equal keys collide", "T @0ms \"v\":1", "SELECT count(*), filter(count(*), WHERE v = 2) FROM T", `[{"count":0}]`},
		{
			"numbers", "T @0ms \"v\":1000000,\"w\":0.1,\"x\":123456789012,\"y\":1e-7",
			"SELECT sum(v), sum(w), sum(x), sum(y) FROM T", `[{"sum.v":1000000,"sum.w":0.1,"sum.x":123456789012,"sum.y":1e-7}]`,
		},
		{
			"percentiles", "T @0ms \"v\":4\nT @1ms \"v\":1\nT @2ms \"v\":3\nT @3ms \"v\":2\nT @4ms \"v\":\"9\"\nT @5ms",
			"SELECT percentile(v), percentile(v, 50, 99.9) AS p, median(v), filter(percentile(v, 0, 100), WHERE v < 4) AS f, percentile(w, 95) AS nothing FROM T",
			`[{"percentile.v":{"95":4},"p":{"50":2,"99.9":4},"median.v":{"50":2},"f":{"0":1,"100":3},"nothing":{"95":null}}]`,
		},
		{
			"a member of a percentile", "T @0ms \"v\":4\nT @1ms \"v\":1",
			"SELECT percentile(v, 95)['95'] AS p, percentile(v, 95)['95'] / 2 AS half, filter(percentile(v, 50), WHERE v > 1)['50'] AS f, " +
				"apdex(v, t: 1)['score'] AS a, apdex(v, 1)[s] AS s, percentile(w, 95)['95'] AS nothing FROM T",
			`[{"p":4,"half":2,"f":4,"a":0.75,"s":1,"nothing":null}]`,
		},
		{
			"uniques", "T @0ms \"v\":2\nT @1ms \"v\":\"2\"\nT @2ms \"v\":2\nT @3ms \"v\":true\nT @4ms",
			"SELECT uniqueCount(v), uniques(v), uniques(v, 2) AS two, filter(uniqueCount(v), WHERE v = 2) AS f, uniques(w) AS none, uniqueCount(w) AS zero FROM T",
			`[{"uniqueCount.v":3,"uniques.v":[2,"2",true],"two":[2,"2"],"f":1,"none":[],"zero":0}]`,
		},
		{
			"deviations", "T @0ms \"v\":2\nT @1ms \"v\":4\nT @2ms \"v\":4\nT @3ms \"v\":4\nT @4ms \"v\":5\nT @5ms \"v\":5\nT @6ms \"v\":7\nT @7ms \"v\":9",
			"SELECT stddev(v), stdvar(v), round(stddev(v + 1000000000), 0.001) AS far, stddev(w) AS none FROM T",
			`[{"stddev.v":2,"stdvar.v":4,"far":2,"none":null}]`,
		},
		{
			"rate", "T @0ms \"v\":3\nT @1ms \"v\":4\nT @2ms",
			fmt.Sprintf("SELECT rate(count(*), 1 minute) AS c, rate(sum(v), 10 seconds) AS s, rate(filter(count(*), WHERE v = 3), 1 minute) AS f FROM T SINCE %d UNTIL %d",
				midnight, midnight+120_000),
			`[{"c":1.5,"s":0.5833333333333333,"f":0.5}]`,
		},
		{
			"rate of buckets", "T @0ms\nT @10000ms\nT @65000ms",
			fmt.Sprintf("SELECT rate(count(*), 2 minutes) AS c FROM T SINCE %d UNTIL %d TIMESERIES 1 minute", midnight, midnight+120_000),
			fmt.Sprintf(`[{"beginTimeSeconds":%d,"endTimeSeconds":%d,"c":4},{"beginTimeSeconds":%d,"endTimeSeconds":%d,"c":2}]`,
				midnight/1000, midnight/1000+60, midnight/1000+60, midnight/1000+120),
		},
		{
			"apdex", "T @0ms \"v\":0.5\nT @1ms \"v\":0.1\nT @2ms \"v\":0.3\nT @3ms \"v\":2\nT @4ms \"v\":2.1\nT @5ms \"v\":\"x\"",
			"SELECT apdex(v, t: 0.5) AS a, apdex(w, 0.5) AS none, filter(apdex(v, t: 0.5), WHERE v > 1) AS f FROM T",
			`[{"a":{"score":0.7,"s":3,"t":1,"f":1,"count":5},"none":{"score":null,"s":0,"t":0,"f":0,"count":0},"f":{"score":0.25,"s":0,"t":1,"f":1,"count":2}}]`,
		},
		{
			"an apdex without a name", "T @0ms \"v\":1", "SELECT apdex(v, t: 0.5) FROM T",
			`[{"apdex.v":{"score":0.5,"s":0,"t":1,"f":0,"count":1},"score":0.5,"s":0,"t":1,"f":0,"count":1}]`,
		},
		{
			"times ago", "T @0ms\nT @60000ms\nT @3599999ms\nT @3600000ms",
			"SELECT count(*) FROM T SINCE 59 minutes ago UNTIL now", `[{"count":2}]`,
		},
		{"an end ago", "T @0ms\nT @60000ms", "SELECT count(*) FROM T SINCE 1 day ago UNTIL 59 minutes ago", `[{"count":1}]`},
		{"start ago after the end", "", "SELECT count(*) FROM T SINCE 1 minute ago UNTIL 2 minutes ago", "error: The query's start time must be before its end time."},
		{"a limit of one row", "T @0ms\nT @1ms", "SELECT count(*) FROM T LIMIT 1", `[{"count":2}]`},
		{"a limit without end", "T @0ms", "SELECT count(*) FROM T LIMIT MAX", `[{"count":1}]`},
		{"5000 groups", "T @0ms \"v\":1", "SELECT count(*) FROM T FACET v LIMIT 5000", `[{"facet":1,"v":1,"count":1}]`},
		{"5001 groups", "", "SELECT count(*) FROM T FACET v LIMIT 5001", "error: NRQL Syntax Error: Error at line 1 position 32, LIMIT 5001; New Relic gives at most 5000"},
		{
			"event types", "B @-1ms\nC @3600000ms\nA @0ms\nD @3599999ms", "SHOW EVENT TYPES", `[{"eventType":"A"},{"eventType":"D"}]`,
		},
		{
			"event types of a range", "B @-1ms\nC @3600000ms\nA @0ms",
			fmt.Sprintf("SHOW EVENT TYPES SINCE %d UNTIL %d", midnight-5, midnight), `[{"eventType":"B"}]`,
		},
		{"no event types", "T @-1ms", "SHOW EVENT TYPES", `[]`},
		{
			"keyset", "T @0ms \"s\":\"x\",\"n\":1,\"mixed\":true\nT @1ms \"mixed\":2\nT @-1ms \"old\":1\nU @0ms \"of U\":1",
			"SELECT keyset() FROM T",
			`[{"allKeys":["mixed","n","s","timestamp"],"stringKeys":["s"],"numericKeys":["mixed","n","timestamp"],"booleanKeys":["mixed"]}]`,
		},
		{
			"keyset of some", "T @0ms \"s\":\"x\"\nT @1ms \"n\":2", "SELECT keyset() FROM T WHERE n > 1",
			`[{"allKeys":["n","timestamp"],"stringKeys":[],"numericKeys":["n","timestamp"],"booleanKeys":[]}]`,
		},
		{"keyset of nothing", "", "SELECT keyset() FROM T", `[{"allKeys":[],"stringKeys":[],"numericKeys":[],"booleanKeys":[]}]`},
		{"the time of the latest event", "T @7ms\nT @3ms", "SELECT latest(timestamp) AS t FROM T", fmt.Sprintf(`[{"t":%d}]`, midnight+7)},
		{
			"buckets", "T @0ms\nT @999ms\nT @1000ms \"v\":1\nT @2999ms",
			fmt.Sprintf("SELECT count(*) AS n, average(v) AS a FROM T SINCE %d UNTIL %d TIMESERIES 1 second", midnight, midnight+3000),
			fmt.Sprintf(`[{"beginTimeSeconds":%d,"endTimeSeconds":%d,"n":2,"a":null},{"beginTimeSeconds":%d,"endTimeSeconds":%d,"n":1,"a":1},`+
				`{"beginTimeSeconds":%d,"endTimeSeconds":%d,"n":1,"a":null}]`,
				midnight/1000, midnight/1000+1, midnight/1000+1, midnight/1000+2, midnight/1000+2, midnight/1000+3),
		},
		{
			"buckets are laid from the end and a partial one is dropped", "T @0ms\nT @499ms\nT @500ms\nT @1499ms\nT @1500ms\nT @2499ms\nT @2500ms",
			fmt.Sprintf("SELECT count(*) AS n FROM T SINCE %d UNTIL %d TIMESERIES 1 second", midnight, midnight+2500),
			fmt.Sprintf(`[{"beginTimeSeconds":%d.5,"endTimeSeconds":%d.5,"n":2},{"beginTimeSeconds":%d.5,"endTimeSeconds":%d.5,"n":2}]`,
				midnight/1000, midnight/1000+1, midnight/1000+1, midnight/1000+2),
		},
		{
			"buckets without events", "", fmt.Sprintf("SELECT count(*) AS n FROM T SINCE %d UNTIL %d TIMESERIES 1 minute", midnight, midnight+120_000),
			fmt.Sprintf(`[{"beginTimeSeconds":%d,"endTimeSeconds":%d,"n":0},{"beginTimeSeconds":%d,"endTimeSeconds":%d,"n":0}]`,
				midnight/1000, midnight/1000+60, midnight/1000+60, midnight/1000+120),
		},
		{
			"366 buckets", "", fmt.Sprintf("SELECT count(*) AS n FROM T SINCE %d UNTIL %d TIMESERIES 1 minute", midnight, midnight+367*60_000),
			"error: TIMESERIES supports a maximum of 366 buckets",
		},
		{"366 buckets of the default range", "", "SELECT count(*) FROM T TIMESERIES 5 seconds", "error: TIMESERIES supports a maximum of 366 buckets"},
		{
			"step too large", "", fmt.Sprintf("SELECT count(*) FROM T SINCE %d UNTIL %d TIMESERIES 1 hour", midnight, second),
			"error: TIMESERIES step size is larger than the current time window.",
		},
		{
			"step too large for the default range", "", "SELECT count(*) FROM T TIMESERIES 2 hours",
			"error: TIMESERIES step size is larger than the current time window.",
		},
		{
			"start after end", "", fmt.Sprintf("SELECT count(*) FROM T SINCE %d UNTIL %d", second, midnight),
			"error: The query's start time must be before its end time.",
		},
		{"start after now", "", fmt.Sprintf("SELECT count(*) FROM T SINCE %d", now), "error: The query's start time must be before its end time."},
		{"syntax", "", "SELECT count(*) FORM T", "error: NRQL Syntax Error: Error at line 1 position 17, unexpected 'FORM'"},
		{"syntax on another line", "", "SELECT count(*)\nFROM T\nHAVING n > 1", "error: NRQL Syntax Error: Error at line 3 position 1, unexpected 'HAVING'"},
		{
			"escape", "", "SELECT count(*) FROM T WHERE a LIKE '5!%' ESCAPE '!'",
			"error: NRQL Syntax Error: Error at line 1 position 43, unexpected 'ESCAPE'",
		},
		{"unbalanced", "", "SELECT count(* FROM T", "error: NRQL Syntax Error: Error at line 1 position 13, perhaps unbalanced ("},
		{"unclosed", "", "SELECT count(*) FROM T WHERE (a = 1", "error: NRQL Syntax Error: Error at line 1 position 30, perhaps unbalanced ("},
		{"unknown function", "", "SELECT baseline(x) FROM T", "error: Unknown function baseline()"},
		{"bad pattern", "", "SELECT count(*) FROM T WHERE a RLIKE r'('", "error: NRQL Syntax Error: Error at line 1 position 38, not a regular expression: missing closing ): `(`"},
		{"bad pattern with backslash", "", `SELECT count(*) FROM T WHERE a RLIKE '(\w'`, `error: Invalid regular expression '(\w'`},
		{"empty", "", "  ", "error: Validation error on 'nrql': a query must be specified"},
		{"4095 bytes", "T @0ms", "SELECT count(*) FROM T" + strings.Repeat(" ", 4095-22), `[{"count":1}]`},
		{
			"4096 bytes", "T @0ms", "SELECT count(*) FROM T" + strings.Repeat(" ", 4096-22),
			"error: The query has 4096 bytes; it must have fewer than 4096.",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := ask(storeOf(t, test.events), test.query, true)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s\n(-want +got)\n%s", test.query, diff)
			}
		})
	}
}

// TestRefusals holds what must never be answered with a number.
func TestRefusals(t *testing.T) {
	t.Parallel()
	store := storeOf(t, basket)
	for _, test := range []struct{ query, want string }{
		{"SELECT *, count(*) FROM T", "SELECT * beside an aggregate"},
		{"SELECT s, count(*) FROM T", "the attribute s outside of an aggregate"},
		{"SELECT count(*) + n FROM T", "the attribute n outside of an aggregate"},
		{"SELECT count(*), 1 FROM T", "the column 1 without an aggregate"},
		{"SELECT count(*), eventType() FROM T", "eventType() outside of an aggregate"},
		{"SELECT uniqueCount(s, n) FROM T", "a tuple with a missing part"},
		{"SELECT uniques(tuple(s, n)) FROM T", "tuple()"},
		{"SELECT percentile(n, 95) * 2 FROM T", "percentile() inside of an expression"},
		{"SELECT percentage(median(n), WHERE n > 0) FROM T", "median() inside of an expression"},
		{"SELECT percentile(n, s) FROM T", "percentile() with the argument s"},
		{"SELECT percentile(n, 101) FROM T", "a percentile above 100"},
		{"SELECT rate(count(*), 60) FROM T", "rate() with anything but a length of time"},
		{"SELECT rate(count(*)) FROM T", "rate() without a length of time"},
		{"SELECT rate(average(n), 1 minute) FROM T", "rate() of anything but count(), sum() and uniqueCount()"},
		{"SELECT histogram(n, s) FROM T", "histogram() with the argument s"},
		{"SELECT histogram(n, size: 4) FROM T", "histogram() with size:"},
		{"SELECT histogram(n, 0) FROM T", "histogram() of the width 0 in 40 parts"},
		{"SELECT histogram(n, 10, 2.5) FROM T", "histogram() of the width 10 in 2.5 parts"},
		{"SELECT percentage(percentage(count(*), WHERE n = 1), WHERE n = 2) FROM T", "percentage() inside of percentage()"},
		{"SELECT count(*) FROM T WHERE capture(s, r'(?P<x>.*)(.*)') = 'a'", "capture() with a group that has no name"},
		{"SELECT count(*) FROM T WHERE capture(s, r'(?P<x>.*)(?P<y>.*)') = 'a'", "capture() of 2 parts with 1 names"},
		{"SELECT count(*) FROM T WHERE capture(s, u) = 'a'", "capture() with anything but a string literal"},
		{"SELECT count(*) FROM T WHERE " + strings.Repeat("capture(s, r'(?P<x>.*)') = 'a' OR ", 5) + "capture(s, r'(?P<x>.*)') = 'a'", "a query with more than 5 capture()"},
		{"SELECT count(*) FROM T WHERE capture(s, r'" + strings.Repeat("(?P<x>a)", 17) + "') = 'a'", "capture() of more than 16 groups"},
		{"SELECT count(*) FROM T WHERE dateOf(1e15) = 'a'", "a time beyond the years 1 to 9999"},
		{"SELECT count(*) FROM T WHERE jparse('1e999') = 1", "jparse() of what is no JSON"},
		{
			"WITH concat(" + strings.Repeat("s, ", 15) + "s) AS t, concat(" + strings.Repeat("t, ", 15) + "t) AS u SELECT max(length(concat(" + strings.Repeat("u, ", 3) + "u))) FROM T WHERE s = 'alpha'",
			"concat() to more than 4096 characters",
		},
		{"SELECT count(*) FROM T WHERE aparse(s, '*a*') = 'a'", "aparse() of 2 parts with 1 names"},
		{"SELECT count(*) FROM T WHERE aparse(s, '%a*%') = 'a'", "aparse() of a text that fits in more than one way"},
		{"SELECT count(*) FROM T WHERE hourOf(timestamp, 'roman') = '6:00'", "hourOf() with the form 'roman'"},
		{"SELECT count(*) FROM T WHERE dateOf(timestamp, numeric) = 6", "dateOf() with the form numeric"},
		{"SELECT count(*) FROM T WHERE jparse(s) = 1", "jparse() of what is no JSON"},
		{"SELECT count(*) FROM T WHERE jparse(s, u) = 1", "jparse() with anything but a string literal as path"},
		{"SELECT count(*) FROM T WHERE jparse(s, 'a[') = 1", "jparse() with the path a["},
		{"SELECT count(*) FROM T WHERE jparse(s, 'a[0:1].b') = 1", "jparse() with the path a[0:1].b"},
		{"SELECT string(jparse('[1]')) FROM T", "string() of a list or a map"},
		{"SELECT concat(jparse('[1]')) FROM T", "concat() of a list or a map"},
		{"SELECT count(*) FROM T FACET jparse('[1]')", "FACET by a list or a map"},
		{"SELECT count(*) FROM T WHERE s LIKE u", "LIKE with anything but a string literal"},
		{"SELECT count(*) FROM T WHERE log(n) = 1", "log() without a base"},
		{"SELECT count(*) FROM T WHERE convert(n, 's', 'fortnight') = 1", "convert() with the unit fortnight"},
		{"SELECT count(*) FROM T WHERE encode(s, 'base64url') = 'x'", "encode() with 'base64url'"},
		{"SELECT count(*) FROM T WHERE decode(u, 'base64') = 'x'", "decode() of what is no base64 of a text"},
		{"SELECT count(*) FROM T WHERE toDatetime(n, 'w') = 'x'", "toDatetime() with the pattern letters w"},
		{"SELECT count(*) FROM T WHERE toTimestamp(s, 'HH:mm') = 1", "toTimestamp() with a pattern that leaves out what is larger than HH"},
		{"SELECT count(*) FROM T WHERE toTimestamp(s, n) = 1", "toTimestamp() with n"},
		{"SELECT count(*) FROM T WHERE toDatetime(n, 'yyyy', 'Mars/Olympus') = 'x'", "the time zone 'Mars/Olympus'"},
		{"SELECT count(*) FROM T, Metric", "FROM Metric together with other types"},
		{"SELECT count(*) FROM T FACET s ORDER BY 1", "FACET … ORDER BY 1"},
		{"SELECT count(*) FROM T FACET buckets(n, 10)", "buckets() without a number of buckets"},
		{"SELECT count(*) FROM T FACET buckets(n, 10, 0)", "buckets() up to 10 in 0 parts"},
		{"SELECT count(*) FROM T FACET buckets(0 - n, 10, 2)", "buckets() of a number below 0"},
		{"SELECT count(*) FROM T WHERE buckets(n, 10, 2) = 'x'", "buckets()"},
		{"SELECT count(*) FROM T FACET dimensions()", "dimensions()"},
		{"SELECT keyset(), count(*) FROM T", "keyset()"},
		{"SELECT keyset() FROM T FACET s", "keyset() with TIMESERIES, FACET or COMPARE WITH"},
		{"SELECT keyset() FROM (SELECT count(*) FROM T)", "keyset() of an inner query"},
		{"SELECT s FROM T COMPARE WITH 1 week ago", "COMPARE WITH of events"},
		{"SELECT count(*) FROM T WHERE n > (SELECT min(n) FROM T) COMPARE WITH 1 week ago", "COMPARE WITH and a subquery"},
		{"SELECT count(*) FROM T SINCE today WITH TIMEZONE 'Local'", "the time zone 'Local'"},
		{"SELECT count(*) FROM T SINCE '2023-01-01 PST'", "the time zone 'PST'"},
		{"SELECT count(*) FROM T SINCE this week AT '09:30'", "this week AT"},
		{"SELECT count(*) FROM T SINCE wednesday AT '09:30'", "a time of today's wednesday that is still to come"},
		{"SELECT percentile(n, 95)['99'] FROM T", "[…] behind a value"},
		{"SELECT uniques(n)['0'] FROM T", "[…] behind a value"},
		{"SELECT apdex(n) FROM T", "apdex() without a threshold"},
		{"SELECT apdex(n, t: s) FROM T", "apdex() with the argument s"},
		{"SELECT max(n[count]) FROM T", "[…] behind a value"},
		{"SELECT string(max(n), precision: 2) FROM T", "string() with precision:"},
		{"SELECT max(concat(n, precision: 2)) FROM T", "concat() with precision:"},
		{"SELECT max(a.%) FROM T", "the wildcard a.%"},
		{"SELECT max(n) FROM T_%", "FROM T_%"},
		{"SELECT max(n) FROM lookup(t)", "FROM lookup(t)"},
		{"SELECT count(*) FROM T WHERE s IN (SELECT uniques(a) FROM lookup(t))", "FROM lookup(t)"},
		{"SELECT max(n) FROM T JOIN (SELECT a FROM U) ON a", "an inner query of events without LIMIT"},
		{"SELECT max(n) FROM T JOIN (SELECT max(n) AS m FROM T FACET s) ON t", "JOIN ON t, which the joined query does not select"},
		{"SELECT max(n) FROM T JOIN (SELECT max(n) AS n FROM T FACET s) ON s", "JOIN with the column n, which events have as well"},
		{"SELECT max(n) FROM T JOIN (SELECT max(n) AS m FROM T FACET s) ON s WHERE eventType() = 'T'", "eventType() of an inner query"},
		{"SELECT max(n) FROM T JOIN (SELECT percentile(n) AS m FROM T FACET s) ON s", "percentile(n) in an inner query"},
		{"SELECT max(n) FROM T JOIN (SELECT max(n) AS m FROM T FACET s) ON s COMPARE WITH 1 day ago", "COMPARE WITH and a subquery"},
		{"SELECT max(took) FROM Metric JOIN (SELECT max(n) AS m FROM T FACET s) ON s", "JOIN FROM Metric"},
		{"SELECT max(n) FROM T JOIN (SELECT max(n) AS m FROM T FACET s) ON s EXTRAPOLATE", "JOIN with EXTRAPOLATE"},
		{"SELECT max(m) FROM Metric WITH n * 2 AS m", "WITH … AS FROM Metric"},
		{"SELECT count(*) WITH 1 AS one", "an aggregate without FROM"},
		{"SELECT max(n) FROM T ORDER BY n", "ORDER BY of aggregates"},
		{"SELECT max(n) FROM T OFFSET 5", "OFFSET of aggregates"},
		{"SELECT n FROM T ORDER BY s", "ORDER BY s where it is missing or of another kind"},
		{"SELECT n FROM T ORDER BY n", "ORDER BY n where it is missing or of another kind"},
		{"SELECT took FROM Metric", "FROM Metric without an aggregate"},
		{"SELECT max(n) FROM T RAW", "RAW"},
		{"SELECT max(n) FROM T TIMESERIES 1 minute PREDICT", "PREDICT"},
		{"SELECT max(n) FROM T WITH METRIC_FORMAT 'a/{b}'", "WITH METRIC_FORMAT"},
		{"SELECT count(*) FROM T WHERE n > (SELECT max(n), min(n) FROM T)", "a subquery of several columns"},
		{"SELECT count(*) FROM T WHERE n > (SELECT n FROM T)", "a subquery of events without LIMIT 1 as a value"},
		{"SELECT count(*) FROM T WHERE n > (SELECT percentile(n, 50, 60) FROM T)", "the subquery of percentile(n, 50, 60) as a value"},
		{"SELECT count(*) FROM T WHERE n IN (SELECT s FROM T)", "a subquery with null among its values"},
		{"SELECT count(*) FROM T WHERE n IN (SELECT count(*) FROM T FACET s)", "a subquery with FACET that gives more than one value"},
		{"SELECT count(*) FROM T WHERE n IN (SELECT uniques(n, 2) FROM T)", "a subquery with more values than it may give"},
		{"SELECT count(*) FROM T WHERE n > (SELECT max(n) FROM T UNTIL 1 minute ago)", "a subquery with one end of its time range beside a query with another"},
		{"SELECT count(*) FROM T WHERE n > (SELECT max(n) FROM T SINCE 9 hours ago) UNTIL 1 minute ago", "a subquery with one end of its time range beside a query with another"},
		{"SELECT count(*) FROM (SELECT count(*) FROM T), U", "a query in FROM beside other types"},
		{"SELECT count(*) FROM (SELECT s FROM T)", "an inner query of events without LIMIT"},
		{"SELECT count(*) FROM (SELECT max(n) / 2 FROM T)", "the column max(n) / 2 of an inner query without AS"},
		{"SELECT count(*) FROM (SELECT percentile(n) AS p FROM T)", "percentile(n) in an inner query"},
		{"SELECT latest(n) FROM (SELECT max(n) AS n FROM T)", "latest() of an inner query without TIMESERIES"},
		{"SELECT max(timestamp) FROM (SELECT max(n) AS n FROM T TIMESERIES 10 minutes)", "timestamp of an inner query"},
		{"SELECT count(*) FROM (SELECT max(n) AS n FROM T) WHERE eventType() = 'T'", "eventType() of an inner query"},
		{"SELECT max(n) FROM (SELECT max(n) AS n FROM T) TIMESERIES 10 minutes", "TIMESERIES of an inner query without TIMESERIES"},
		{"SELECT count(*) FROM (SELECT count(*) FROM Metric TIMESERIES 10 minutes) SINCE 121 minutes ago UNTIL 1 minute ago TIMESERIES 1 hour", "TIMESERIES of an inner query of metrics over more than an hour"},
		{"SHOW EVENT TYPES LIMIT 5", "SHOW EVENT TYPES with more than SINCE and UNTIL"},
	} {
		want := "error: slojourn simulator: " + test.want + " is not simulated"
		if got := ask(store, test.query, true); got != want {
			t.Errorf("%s\n got %.300s\nwant %s", test.query, got, want)
		}
	}
}

// TestTreeIsKnown fails when the parser learns something that this package
// would silently leave out of its answers.
func TestTreeIsKnown(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		node any
		want string
	}{
		{nrql.Query{}, "Range Show With Select From Joins Where Facet OrderBy Limit Offset Since Until TimeZone MetricFormat Compare TimeSeries Predict Extrapolate Raw"},
		{nrql.Column{}, "Range Expr Alias"},
		{nrql.TimeSeries{}, "Range Width Slide"},
		{nrql.Width{}, "Range Kind Duration"},
		{nrql.Name{}, "Range Value Wildcard"},
		{nrql.Call{}, "Range Name Args"},
		{nrql.Where{}, "Range Condition Label"},
		{nrql.Is{}, "Range X Not What"},
		{nrql.In{}, "Range X Not List"},
		{nrql.Like{}, "Range X Not Regexp Pattern"},
		{nrql.Variable{}, "Range Expr Names"},
		{nrql.Join{}, "Range Left Rows On"},
		{nrql.Facet{}, "Range By OrderBy"},
		{nrql.Order{}, "Range Expr Desc"},
		{nrql.Limit{}, "Range Count Max"},
		{nrql.Cases{}, "Range Cases Rest"},
		{nrql.Subquery{}, "Range Query"},
		{nrql.Index{}, "Range X Key"},
		{nrql.Named{}, "Range Name Value"},
		{nrql.Labelled{}, "Range X Label"},
		{nrql.Moment{}, "Range Name At"},
		{nrql.DateTime{}, "Range Text"},
		{nrql.Duration{}, "Range Count Unit"},
	} {
		var got []string
		for _, f := range reflect.VisibleFields(reflect.TypeOf(test.node)) {
			if len(f.Index) == 1 {
				got = append(got, f.Name)
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%T has the fields %v, known are %s: simulate or refuse the others", test.node, got, test.want)
		}
	}
}
