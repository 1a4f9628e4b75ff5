package simulator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// TestRowFunctions computes functions of one event whose attributes are
// s = 'GET /a?x=1', j = a JSON text, n = 7.5 and t = 2023-10-18T15:27:03.123Z.
func TestRowFunctions(t *testing.T) {
	t.Parallel()
	store := storeOf(t, `T @0ms "s":"GET /a?x=1","n":7.5,"t":1697642823123,"ip":"10.1.2.3","cidr":"10.1.2.3/16","guid":"SGVsbG8=",`+
		`"j":"{\"name\": \"x\", \"id\": 5, \"tags\": [\"a\", {\"k\": 1}, {\"k\": 2}], \"none\": null, \"deep\": {\"b\": [1, 2, 3]}}"`)
	for _, test := range []struct{ expression, want string }{
		// capture() and aparse()
		{`capture(s, r'(?P<verb>[A-Z]+) .*')`, `"GET"`},
		{`capture(s, r'(?P<verb>[A-Z]+)')`, `null`}, // the whole text has to match
		{`numeric(capture(s, r'.*x=(?P<x>\d+)')) + 1`, `2`},
		{`capture(n, r'(?P<x>.*)')`, `null`},
		{`capture(missing, r'(?P<x>.*)')`, `null`},
		{`capture(s, r'GET (?P<a>b)?.*')`, `null`},
		{`aparse(s, 'get *?x=1')`, `"/a"`}, // blind to case
		{`aparse(s, '%?x=*')`, `"1"`},
		{`aparse(s, '%y=*')`, `null`},
		{`aparse(n, '*')`, `null`},
		// jparse() and what it gives
		{`jparse(j)`, `{"name":"x","id":5,"tags":["a",{"k":1},{"k":2}],"none":null,"deep":{"b":[1,2,3]}}`},
		{`jparse(j, 'name')`, `"x"`},
		{`jparse(j, '["name"]')`, `"x"`},
		{`jparse(j, '[name, id]')`, `["x",5]`},
		{`jparse(j, 'deep.b')`, `[1,2,3]`},
		{`jparse(j, 'deep.b[0]')`, `1`},
		{`jparse(j, 'deep.b[0,2]')`, `[1,3]`},
		{`jparse(j, 'deep.b[0:2]')`, `[1,2]`},
		{`jparse(j, 'deep.b[:2]')`, `[1,2]`},
		{`jparse(j, 'deep.b[:-2]')`, `[1]`},
		{`jparse(j, 'deep.b[1:]')`, `[2,3]`},
		{`jparse(j, 'deep.b[-1:]')`, `[3]`},
		{`jparse(j, 'deep.b[*]')`, `[1,2,3]`},
		{`jparse(j, 'tags[*].k')`, `[null,1,2]`},
		{`jparse(j, 'tags[*]["k", other]')`, `[[null,null],[1,null],[2,null]]`},
		{`jparse(j, 'nothing.here')`, `null`},
		{`jparse(j)[name]`, `"x"`},
		{`jparse(j)['deep']['b'][1]`, `2`},
		{`jparse(j, 'deep.b')[9]`, `null`},
		{`jparse('[4]')[0] * 2`, `8`},
		{`jparse(missing)`, `null`},
		{`mapKeys(jparse(j))`, `["name","id","tags","none","deep"]`},
		{`mapValues(jparse(j, 'deep'))`, `[[1,2,3]]`},
		{`mapKeys(s)`, `null`},
		{`length(jparse(j, 'tags'))`, `3`},
		{`length(s)`, `10`},
		// Times, in UTC.
		{`minuteOf(t)`, `"27"`},
		{`minuteOf(t, numeric)`, `27`},
		{`hourOf(t)`, `"15:00"`},
		{`hourOf(3600000)`, `"1:00"`},
		{`hourOf(t, 'numeric')`, `15`},
		{`dayOfMonthOf(t)`, `"18"`},
		{`daysInMonthOf(t, numeric)`, `31`},
		{`weekdayOf(t)`, `"Wednesday"`},
		{`weekdayOf(t, numeric)`, `3`},
		{`weekdayOf(345600000 - 86400000, numeric)`, `0`}, // 1970-01-04, a Sunday
		{`dateOf(t)`, `"October 18, 2023"`},
		{`weekOf(t)`, `"Week of October 16"`},
		{`monthOf(t)`, `"October 2023"`},
		{`monthOf(t, numeric)`, `10`},
		{`quarterOf(t)`, `"Q4 2023"`},
		{`quarterOf(t, numeric)`, `4`},
		{`yearOf(t, string)`, `"2023"`},
		{`hourOf(s)`, `null`},
		{`dateOf(0 - 1)`, `"December 31, 1969"`},
		{`toDatetime(1234567)`, `"1970-01-01T00:20:34.567Z"`},
		{`toDatetime(1234567, 'yyyy-MM-dd', timezone: 'America/Los_Angeles')`, `"1969-12-31"`},
		{`fromTimestamp(t, 'EEEE d\'th of\' MMMM yyyy, H:mm')`, `"Wednesday 18th of October 2023, 15:27"`},
		{`toDatetime(t, 'd MMM yyyy, h:mm a', 'Asia/Tokyo')`, `"19 Oct 2023, 12:27 AM"`},
		{`toDatetime(s)`, `null`},
		{`toTimestamp('2023-10-18T15:27:03.123Z')`, `1697642823123`},
		{`toTimestamp('2023-10-18T15:27:03')`, `1697642823000`},
		{`toTimestamp('2023-10-18T15:27:03+09:00')`, `1697610423000`},
		{`toTimestamp('2023-11-03 11:00:32', 'yyyy-MM-dd HH:mm:ss', timezone: 'America/Los_Angeles')`, `1699034432000`},
		{`fromDatetime('2023-10', 'yyyy-MM')`, `1696118400000`},
		{`toTimestamp('2023-02-30', 'yyyy-MM-dd')`, `null`},
		{`toTimestamp(s)`, `null`},
		// Conversions.
		{`convert(n, 's', 'ms')`, `7500`},
		{`convert(90, 'min', 'h')`, `1.5`},
		{`convert(s, 's', 'ms')`, `null`},
		{`encode('Hello', 'base64')`, `"SGVsbG8="`},
		{`decode(guid, 'base64')`, `"Hello"`},
		{`decode('SGVsbG8', 'base64url')`, `"Hello"`},
		{`cidrAddress(ip, 24)`, `"10.1.2.0/24"`},
		{`cidrAddress(cidr)`, `"10.1.0.0/16"`},
		{`cidrAddress(cidr, 8)`, `"10.0.0.0/8"`},
		{`cidrAddress(ip, 24, false)`, `"10.1.2.0"`},
		{`cidrAddress(ip)`, `null`},
		{`cidrAddress(ip, 33)`, `null`},
		{`cidrAddress(s, 24)`, `null`},
		{`getCdfCount(n, 7.5)`, `1`},
		{`getCdfCount(n, 7)`, `0`},
		{`getCdfCount(s, 7)`, `0`},
	} {
		want := fmt.Sprintf(`[{"timestamp":%d,"x":%s}]`, midnight, test.want)
		if got := ask(store, "SELECT "+test.expression+" AS x FROM T", true); got != want {
			t.Errorf("%s\n got %s\nwant %s", test.expression, got, want)
		}
	}
}

// TestFunctionZones: times follow the zone of the query.
func TestFunctionZones(t *testing.T) {
	t.Parallel()
	got := ask(storeOf(t, "T @0ms\nT @7200000ms"), "SELECT count(*) AS n FROM T FACET hourOf(timestamp) AS h, dateOf(timestamp) AS d WITH TIMEZONE 'America/New_York' "+
		fmt.Sprint("SINCE ", midnight, " UNTIL ", midnight+8_000_000), true)
	want := `[{"facet":["19:00","November 14, 2023"],"h":"19:00","d":"November 14, 2023","n":1},{"facet":["21:00","November 14, 2023"],"h":"21:00","d":"November 14, 2023","n":1}]`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestDistributions(t *testing.T) {
	t.Parallel()
	store := storeOf(t, `
		T @0ms "v":-1,"u":"ann","p":"seen"
		T @1ms "v":0,"u":"ann","p":"cart"
		T @2ms "v":1.99,"u":"bob","p":"seen"
		T @3ms "v":2,"u":"bob","p":"paid"
		T @4ms "v":4.5,"u":"eve","p":"cart"
		T @5ms "v":"x","u":"ann","p":"paid"
		T @6ms "p":"seen"
	`)
	for _, test := range []struct{ columns, want string }{
		{"histogram(v, 3, 3, 1)", `{"histogram.v":[3,1,1]}`}, // < 2; 2 to 3; from 3 on
		{"histogram(v, width: 4, buckets: 2) AS h", `{"h":[3,2]}`},
		{"histogram(v, 4, 4, -2) AS h", `{"h":[0,1,1,3]}`},
		{"filter(histogram(v, 4, 2), WHERE u = 'bob') AS h", `{"h":[1,1]}`},
		{"histogram(w, 4, 2) AS h", `{"h":[0,0]}`},
		{"cdfPercentage(v, 0, 2)", `{"cdfPercentage.v":{"0":40,"2":80}}`},
		{"cdfPercentage(w, 0.5) AS c", `{"c":{"0.5":null}}`},
		{"cdfPercentage(v, 0, 2)['2'] AS c", `{"c":80}`},
		{"sum(getCdfCount(v, 2)) AS c", `{"c":4}`},
		// ann did all, bob never had a cart, eve never came.
		{"funnel(u, WHERE p = 'seen' AS 'Seen', WHERE p = 'cart' AS 'Cart', WHERE p = 'paid' AS 'Paid')", `{"funnel.u":{"Seen":2,"Cart":1,"Paid":1}}`},
		{"funnel(u, WHERE p = 'cart', WHERE p = 'seen') AS f", `{"f":{"Step 1":2,"Step 2":1}}`},
		{"funnel(u AS 'users', WHERE p = 'none' AS 'None') AS f", `{"f":{"None":0}}`},
		{"uniqueCount(u, p) AS n", ``},
		{"filter(uniqueCount(u, p), WHERE u IS NOT NULL) AS n, uniqueCount(tuple(w, x)) AS none", `{"n":6,"none":0}`},
		{"rate(uniqueCount(u), 1 hour) AS r", `{"r":3}`},
	} {
		want := "[" + test.want + "]"
		if test.want == "" {
			want = "error: slojourn simulator: a tuple with a missing part is not simulated"
		}
		if got := ask(store, "SELECT "+test.columns+" FROM T", true); got != want {
			t.Errorf("%s\n got %s\nwant %s", test.columns, got, want)
		}
	}
}

// TestEveryFunctionIsDecided: each function that the parser knows is computed or
// refused by its name, so that a new one cannot be forgotten.
func TestEveryFunctionIsDecided(t *testing.T) {
	t.Parallel()
	calls := map[string]string{
		"filter": "filter(count(*), WHERE n = 1)", "percentage": "percentage(count(*), WHERE n = 1)", "rate": "rate(count(*), 1 minute)",
		"funnel": "funnel(s, WHERE n = 1)", "if": "if(n = 1, 2, 3)", "capture": "capture(s, r'(?P<x>.*)')", "aparse": "aparse(s, '*')",
		"buckets": "buckets(n, 10, 2)", "apdex": "apdex(n, t: 1)", "convert": "convert(n, 's', 'ms')", "encode": "encode(s, 'base64')",
		"decode": "decode('', 'base64')", "jparse": "jparse('1')", "log": "log(n, 2)", "keyset": "keyset()", "getField": "getField(n, count)",
	}
	refused := map[string]bool{}
	for name := range strings.FieldsSeq("aggregationendtime allColumnSearch blob bucketPercentile buckets bytecountestimate cardinality contains " +
		"derivative dimensions getField irate latestrate nativesizeestimate predictLinear tuple") {
		refused[name] = true
	}
	store := storeOf(t, `T @0ms "s":"x","n":1`)
	for _, f := range nrql.Functions() {
		if f.Kind == nrql.Model || f.Name == "lookup" { // they stand in clauses of their own
			continue
		}
		call, written := calls[f.Name]
		if !written {
			args := []string{"n", "1", "1"}[:f.MinArgs]
			call = f.Name + "(" + strings.Join(args, ", ") + ")"
		}
		got := ask(store, "SELECT "+call+" AS x FROM T", true)
		if f.Name == "keyset" {
			got = ask(store, "SELECT keyset() FROM T", true)
		}
		switch {
		case refused[f.Name] && got != "error: slojourn simulator: "+f.Name+"() is not simulated":
			t.Errorf("%s\n got %s\nwant it refused by name", call, got)
		case !refused[f.Name] && strings.HasPrefix(got, "error"):
			t.Errorf("%s\n got %s\nwant an answer", call, got)
		}
	}
}
