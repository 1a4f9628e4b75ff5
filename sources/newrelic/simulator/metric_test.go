package simulator

import (
	"fmt"
	"strings"
	"testing"
)

// points are data points of three types; q is a string in all of them.
const points = `
	Metric @0ms "metricName":"took","metricType":"summary","count":3,"sum":6,"min":1,"max":3,"app":"a"
	Metric @1000ms "metricName":"took","metricType":"summary","count":2,"sum":9,"min":0.5,"max":8.5,"app":"b"
	Metric @2000ms "metricName":"heat","metricType":"gauge","value":7,"app":"a"
	Metric @3000ms "metricName":"heat","value":5,"app":"b"
	Metric @4000ms "metricName":"hits","metricType":"count","value":40,"app":"a"
	Metric @5000ms "metricName":"hits","metricType":"count","value":2,"app":"b"
	Metric @6000ms "metricName":"plain","count":4,"sum":8,"min":1,"max":4
	Metric @7000ms "metricName":"odd","metricType":"distribution","count":4
`

func TestMetrics(t *testing.T) {
	t.Parallel()
	store := storeOf(t, points)
	for _, test := range []struct{ columns, want string }{
		{"sum(took), count(took), average(took), min(took), max(took)", `[{"sum.took":15,"count.took":5,"average.took":3,"min.took":0.5,"max.took":8.5}]`},
		{"sum(heat), count(heat), average(heat), min(heat), max(heat), latest(heat), earliest(heat)", `[{"sum.heat":12,"count.heat":2,"average.heat":6,"min.heat":5,"max.heat":7,"latest.heat":5,"earliest.heat":7}]`},
		{"sum(hits)", `[{"sum.hits":42}]`},
		{"sum(plain), average(plain)", `[{"sum.plain":8,"average.plain":2}]`},
		{"sum(nothing), count(nothing), average(nothing), latest(nothing)", `[{"sum.nothing":0,"count.nothing":0,"average.nothing":null,"latest.nothing":null}]`},
		{"filter(sum(took), WHERE app = 'a') AS a, filter(count(took), WHERE app = 'b') AS b", `[{"a":6,"b":2}]`},
		{"percentage(sum(hits), WHERE app = 'a') AS p, sum(took) / count(took) AS mean", `[{"p":95.23809523809524,"mean":3}]`},
		{"rate(sum(hits), 1 hour) AS r", `[{"r":42}]`},
		{"filter(count(*), WHERE metricName != 'odd') AS n", `[{"n":13}]`}, // 3 + 2 + 4 of the summaries, and four others
		{"count(*)", "error: slojourn simulator: a data point of odd that is neither a gauge, a count nor a summary is not simulated"},
		{"min(timestamp) AS a, latest(timestamp) AS b", fmt.Sprintf(`[{"a":%d,"b":%d}]`, midnight, midnight+7000)},
		{"latest(took)", "error: slojourn simulator: latest() of took, a metric of the type summary is not simulated"},
		{"count(hits)", "error: slojourn simulator: count() of hits, a metric of the type count is not simulated"},
		{"average(hits)", "error: slojourn simulator: average() of hits, a metric of the type count is not simulated"},
		{"sum(odd)", "error: slojourn simulator: a data point of odd that is neither a gauge, a count nor a summary is not simulated"},
		{"uniqueCount(took)", "error: slojourn simulator: uniqueCount() of a metric is not simulated"},
		{"percentile(took, 95) AS p", "error: slojourn simulator: percentile() of a metric is not simulated"},
		{"count(app)", "error: slojourn simulator: count() of the attribute app FROM Metric is not simulated"},
		{"sum(value)", "error: slojourn simulator: sum() of the attribute value FROM Metric is not simulated"},
		{"sum(took + 1)", "error: slojourn simulator: sum() of took + 1 FROM Metric is not simulated"},
		{"sum(too%)", "error: slojourn simulator: the wildcard too% without FACET metricName is not simulated"},
		{"sum(took[count]) AS n, sum(took[total]) AS s, min(took[min]) AS a, max(getField(took, max)) AS b", `[{"n":5,"s":15,"a":0.5,"b":8.5}]`},
		{"sum(heat[count]) AS n, latest(heat['latest']) AS l, sum(hits[count]) AS h", `[{"n":2,"l":5,"h":42}]`},
		{"max(took[count])", "error: slojourn simulator: max() of the field count of a metric is not simulated"},
		{"sum(took[type])", "error: slojourn simulator: sum() of the field type of a metric is not simulated"},
		{"sum(hits[total])", "error: slojourn simulator: sum() of hits, a metric of the type count is not simulated"},
		{"sum(app[count])", "error: slojourn simulator: sum() of the attribute app FROM Metric is not simulated"},
		{"took", "error: slojourn simulator: FROM Metric without an aggregate is not simulated"},
		{"histogram(took)", "error: slojourn simulator: histogram() of a metric is not simulated"},
		{"average(timestamp)", "error: slojourn simulator: average() of timestamp FROM Metric is not simulated"},
		{"keyset()", "error: slojourn simulator: keyset() FROM Metric is not simulated"},
	} {
		if got := ask(store, "SELECT "+test.columns+" FROM Metric", true); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.columns, got, test.want)
		}
	}
	for _, test := range []struct{ clauses, want string }{
		{"WHERE app = 'a'", `[{"s":6}]`},
		{"WHERE metricName = 'took' AND app != 'a'", `[{"s":9}]`},
		{"WHERE metricName LIKE 'h%'", `[{"s":0}]`},
		{"WHERE metricName LIKE 't%' FACET metricName", `[{"facet":"took","metricName":"took","s":15}]`},
		{"WHERE app IS NOT NULL FACET app", `[{"facet":"a","app":"a","s":6},{"facet":"b","app":"b","s":9}]`},
	} {
		if got := ask(store, "SELECT sum(took) AS s FROM Metric "+test.clauses, true); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.clauses, got, test.want)
		}
	}
}

// TestMetricWildcards: a name with % means several metrics, told apart by case.
func TestMetricWildcards(t *testing.T) {
	t.Parallel()
	// took is none of them, and a group without a value is not shown.
	got := ask(storeOf(t, points), "SELECT sum(%h%t%) AS s, sum(H%) AS none FROM Metric FACET metricName LIMIT 3", true)
	want := `[{"facet":"heat","metricName":"heat","s":12,"none":0},{"facet":"hits","metricName":"hits","s":42,"none":0}]`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestMetricRanges is about the grid of rollups. The points lie a second before
// and at every five minutes around midnight.
func TestMetricRanges(t *testing.T) {
	t.Parallel()
	const minute = int64(60_000)
	var lines strings.Builder
	for i := -48 * 12; i <= 12; i++ {
		at := int64(i) * 5 * minute
		fmt.Fprintf(&lines, "Metric @%dms \"metricName\":\"m\",\"value\":1\n", at)
		fmt.Fprintf(&lines, "Metric @%dms \"metricName\":\"m\",\"value\":1000\n", at-1000)
	}
	store := storeOf(t, lines.String())
	for _, test := range []struct {
		name       string
		begin, end int64 // from midnight
		clauses    string
		rollUpOld  bool
		want       string
	}{
		{"an hour is exact", 1, 60*minute + 1, "", false, `[{"s":12012}]`},
		{"more is moved down to five minutes", 1, 60*minute + 2, "", false, `[{"s":12012}]`},
		{"so that the first step counts as a whole", -1, 60*minute + 2, "", false, `[{"s":13013}]`},
		{"unless RAW is asked for", -1, 60*minute + 2, "RAW", false, `[{"s":12013}]`},
		{"47 h 59 m is moved down to five minutes", -(47*60 + 56) * minute, 3 * minute, "", false, `[{"s":576576}]`},
		{"48 h is moved down to an hour", -47*60*minute - 1, 60*minute - 1, "", false, `[{"s":576576}]`},
		{"a short one in the past is exact", -2 * 60 * minute, -60*minute - 1, "", false, `[{"s":12012}]`},
		{"or, with the switch, moved down to a minute", -2 * 60 * minute, -60*minute - 1, "", true, `[{"s":11012}]`},
		{"RAW beyond 48 hours", -48 * 60 * minute, -47 * 60 * minute, "RAW", false, "RAW beyond the last 48 hours"},
		{"buckets follow the ends", -6*minute + 1, 57 * minute, "TIMESERIES 30 minutes", false, fmt.Sprintf(
			`[{"beginTimeSeconds":%d,"endTimeSeconds":%d,"s":6006},{"beginTimeSeconds":%d,"endTimeSeconds":%d,"s":6006}]`,
			midnight/1000-300, midnight/1000+1500, midnight/1000+1500, midnight/1000+3300)},
		{"buckets between the steps", -2 * 60 * minute, 0, "TIMESERIES 1 minute", false, "FROM Metric with buckets that are no multiple of the rollup's step"},
		{"an inner query is moved as a whole", -6*minute + 1, 57 * minute, "INNER TIMESERIES 5 minutes", false, `[{"n":13,"m":1001}]`},
		{"fine buckets of a short range", 0, 2 * minute, "TIMESERIES 1 minute", false, fmt.Sprintf(
			`[{"beginTimeSeconds":%d,"endTimeSeconds":%d,"s":1},{"beginTimeSeconds":%d,"endTimeSeconds":%d,"s":0}]`,
			midnight/1000, midnight/1000+60, midnight/1000+60, midnight/1000+120)},
	} {
		query := fmt.Sprintf("SELECT sum(m) AS s FROM Metric SINCE %d UNTIL %d %s", midnight+test.begin, midnight+test.end, test.clauses)
		if inner, isInner := strings.CutPrefix(test.clauses, "INNER "); isInner {
			query = fmt.Sprintf("SELECT count(*) AS n, max(s) AS m FROM (SELECT sum(m) AS s FROM Metric %s) SINCE %d UNTIL %d", inner, midnight+test.begin, midnight+test.end)
		}
		found, err := store.evaluate(query, setting{nowMillis: now, nullsMatch: true, rollUpOld: test.rollUpOld})
		got := ""
		if err != nil {
			got = err.message
		} else {
			got = string(encode(found.rows))
		}
		if got != test.want && !(err != nil && strings.Contains(got, test.want)) {
			t.Errorf("%s: %s\n got %s\nwant %s", test.name, query, got, test.want)
		}
	}
}

// TestMetricLevels: what moves the range of a query of metrics moves that of
// the queries around it.
func TestMetricLevels(t *testing.T) {
	t.Parallel()
	store := storeOf(t, `
		Metric @-3600000ms "metricName":"m","value":1
		Metric @-1ms "metricName":"m","value":2
		Metric @3299999ms "metricName":"m","value":4
		Metric @3300000ms "metricName":"m","value":8
	`)
	inner := "(SELECT sum(m) AS s FROM Metric TIMESERIES 5 minutes)"
	for query, want := range map[string]string{
		"SELECT sum(s) AS s, count(*) AS n FROM " + inner:                                 `[{"s":7,"n":23}]`,
		"SELECT sum(t) AS s FROM (SELECT sum(s) AS t FROM " + inner + ")":                 `[{"s":7}]`,
		"SELECT sum(t) AS s FROM (SELECT s AS t FROM " + inner + " LIMIT 99)":             `[{"s":7}]`,
		"SELECT s FROM " + inner + " WHERE s > 2":                                         `[{"s":4}]`,
		"SELECT sum(s) AS s FROM (SELECT max(s) AS s FROM " + inner + " FACET s) LIMIT 9": `[{"s":7}]`,
	} {
		query += fmt.Sprintf(" SINCE %d UNTIL %d", midnight-3_599_000, midnight+3_301_000)
		if got := ask(store, query, true); got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
}

func TestRollupStep(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		begin, end int64 // before now, in minutes
		old        bool
		want       int64
	}{
		{60, 0, false, 1},
		{61, 0, false, 300_000},
		{48*60 - 1, 0, false, 300_000},
		{48 * 60, 0, false, hourMillis},
		{28 * 24 * 60, 0, true, hourMillis},
		{120, 61, false, 1},
		{120, 61, true, 60_000},
		{120, 60, true, 1},
	} {
		if got := rollupStep(now-test.begin*60_000, now-test.end*60_000, now, test.old); got != test.want {
			t.Errorf("from %d to %d minutes ago (old ones: %v): %d ms, want %d", test.begin, test.end, test.old, got, test.want)
		}
	}
	// Points of a rollup have the time of its step.
	got := ask(storeOf(t, `Metric @1001ms "metricName":"m","value":1`), "SELECT min(timestamp) AS t FROM Metric SINCE 2 hours ago", true)
	if want := fmt.Sprintf(`[{"t":%d}]`, midnight); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestMetricMessages(t *testing.T) {
	t.Parallel()
	s := New(storeOf(t, points), Options{Now: clock})
	for _, test := range []struct{ query, want string }{
		{"SELECT count(*) FROM Metric WHERE metricName != 'odd'", `"metadata":{"messages":["count(*) FROM Metric adds up the count field of summaries; every other data point counts as one."]}`},
		{"SELECT sum(took) FROM Metric", `"metadata":{"messages":[]}`},
		{"SELECT count(*) FROM T", `"metadata":{"messages":[]}`},
	} {
		_, got := post(t, s, "k", graphqlBody(t, fmt.Sprintf(`{ actor { account(id: 1) { nrql(query: %q) { metadata { messages } } } } }`, test.query), nil))
		if !strings.Contains(got, test.want) {
			t.Errorf("%s: got %s, want %s", test.query, got, test.want)
		}
	}
}

// TestMetricNamesOutsideOfAggregates: what a condition on a metric means is not
// documented, and to take it for a missing attribute would count nothing.
func TestMetricNamesOutsideOfAggregates(t *testing.T) {
	t.Parallel()
	store := storeOf(t, `
		Metric @0ms "metricName":"m","value":1,"host":"a"
		Metric @1ms "metricName":"cpu.load","value":2
	`)
	const want = "error: slojourn simulator: the metric %s outside of an aggregate is not simulated"
	for query, name := range map[string]string{
		"SELECT sum(m) FROM Metric WHERE m >= 0":                          "m",
		"SELECT sum(m) FROM Metric WHERE m IS NOT NULL":                   "m",
		"SELECT filter(sum(m), WHERE cpu.load > 1) FROM Metric":           "cpu.load",
		"SELECT count(*) FROM Metric FACET m":                             "m",
		"SELECT sum(m) FROM Metric WHERE host = 'a' OR cpu.load LIKE 'a'": "cpu.load",
	} {
		if got := ask(store, query, true); got != fmt.Sprintf(want, name) {
			t.Errorf("%s: got %s", query, got)
		}
	}
	if got := ask(store, "SELECT sum(m) AS s FROM Metric WHERE other >= 0 OR host = 'a'", true); got != `[{"s":1}]` {
		t.Errorf("an attribute that is missing: got %s", got)
	}
}

// TestRawMetrics: with the switch no range is moved.
func TestRawMetrics(t *testing.T) {
	t.Parallel()
	store := storeOf(t, "Metric @-7200001ms \"metricName\":\"m\",\"value\":1\nMetric @-1ms \"metricName\":\"m\",\"value\":2")
	query := fmt.Sprintf("SELECT sum(m) AS s FROM Metric SINCE %d UNTIL %d", midnight-2*hourMillis, midnight+hourMillis-60_000)
	for raw, want := range map[bool]int64{true: 59, false: 55} {
		found, err := store.evaluate(query, setting{nowMillis: now, rawMetrics: raw})
		if err != nil || found.end != midnight+want*60_000 {
			t.Errorf("raw %v: the range ends at %d, want minute %d (%v)", raw, found.end-midnight, want, err)
		}
	}
}
