package simulator

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// TestWidths holds the widths that New Relic documents, and what is inferred
// from them.
func TestWidths(t *testing.T) {
	t.Parallel()
	const minute = int64(60_000)
	for _, test := range []struct {
		window    int64
		easy, max int64
	}{
		{24 * hourMillis, 30 * minute, 4 * minute},         // documented
		{7 * 24 * hourMillis, 6 * hourMillis, 28 * minute}, // the first is documented
		{hourMillis, 2 * minute, 10_000},
		{6 * hourMillis, 10 * minute, 60_000},
		{366 * minute, 10 * minute, minute},
		{30 * 24 * hourMillis, 24 * hourMillis, 2 * hourMillis},
		{365 * 24 * hourMillis, 14 * 24 * hourMillis, 24 * hourMillis},
		{1000, 50, 3},
		{1, 1, 1},
	} {
		if got := easyWidth(test.window); got != test.easy {
			t.Errorf("AUTO over %d ms: %d, want %d", test.window, got, test.easy)
		}
		if got := finestWidth(test.window); got != test.max || test.window/got > 366 {
			t.Errorf("MAX over %d ms: %d, want %d", test.window, got, test.max)
		}
	}
}

// begins lists the rows of a series: when each begins in seconds from midnight,
// and its value n.
func begins(rows []any) string {
	var b strings.Builder
	for _, row := range rows {
		members := map[string]any{}
		for _, m := range row.(object).members {
			members[m.key] = m.value
		}
		if facet, hasFacet := members["facet"]; hasFacet {
			fmt.Fprintf(&b, "%v ", facet)
		}
		begin, end := members["beginTimeSeconds"].(float64), members["endTimeSeconds"].(float64)
		fmt.Fprintf(&b, "%v+%v=%v; ", math.Round(1000*begin-midnight)/1000, math.Round(1000*(end-begin))/1000, members["n"])
	}
	return strings.TrimSuffix(b.String(), "; ")
}

func TestSeries(t *testing.T) {
	t.Parallel()
	const events = `
		T @0ms "s":"a","v":1
		T @59999ms "s":"b","v":2
		T @60000ms "s":"a","v":4
		T @150000ms "s":"c","v":8
		T @299999ms "s":"a","v":16
	`
	for _, test := range []struct{ query, want, total, other string }{
		{"SELECT sum(v) AS n FROM T TIMESERIES 1 minute SINCE B UNTIL E", "0+60=3; 60+60=4; 120+60=8; 180+60=0; 240+60=16", "", ""},
		// Windows overlap and are laid from the end.
		{"SELECT sum(v) AS n FROM T TIMESERIES 2 minutes SLIDE BY 1 minute SINCE B UNTIL E", "0+120=7; 60+120=12; 120+120=8; 180+120=16", "", ""},
		{"SELECT sum(v) AS n FROM T TIMESERIES 120000 SLIDE BY 90000 SINCE B UNTIL E", "0+120=7; 90+120=8; 180+120=16", "", ""},
		{"SELECT sum(v) AS n FROM T TIMESERIES 2 minutes SLIDE BY 50 seconds SINCE B UNTIL E", "30+120=6; 80+120=8; 130+120=8; 180+120=16", "", ""},
		// They have gaps when they are shorter than their distance.
		{"SELECT sum(v) AS n FROM T TIMESERIES 1 minute SLIDE BY 2 minutes SINCE B UNTIL E", "0+60=3; 120+60=8; 240+60=16", "", ""},
		// 5 minutes are 48 rows of 6.25 s, so of 10 s; with MAX 366 of 820 ms.
		{"SELECT sum(v) AS n FROM T TIMESERIES 4 minutes SLIDE BY AUTO SINCE B UNTIL E", "0+240=15; 10+240=14; 20+240=14; 30+240=14; 40+240=14; 50+240=14; 60+240=28", "", ""},
		{"SELECT sum(v) AS n FROM T TIMESERIES 298 seconds SLIDE BY MAX SINCE B UNTIL E", "0.36+298=14; 1.18+298=14; 2+298=30", "", ""},
		// Groups: a list of rows, the totals as lists.
		{
			"SELECT sum(v) AS n FROM T FACET s TIMESERIES 150 seconds SINCE B UNTIL E LIMIT 1", "a 0+150=5; a 150+150=16",
			"0+150=7; 150+150=24", "0+150=2; 150+150=8",
		},
		{
			"SELECT max(v) AS n FROM T FACET s TIMESERIES 150 seconds SINCE B UNTIL E LIMIT 2", "a 0+150=4; a 150+150=16; c 0+150=<nil>; c 150+150=8",
			"0+150=4; 150+150=16", "0+150=2; 150+150=<nil>",
		},
		{
			"SELECT count(*) AS n FROM T FACET s TIMESERIES 3 minutes SLIDE BY 1 minute SINCE B UNTIL E LIMIT 1", "a 0+180=2; a 60+180=1; a 120+180=1",
			"0+180=4; 60+180=2; 120+180=2", "0+180=2; 60+180=1; 120+180=1",
		},
		// A group that occurs in the dropped head only has no rows.
		{
			"SELECT count(*) AS n FROM T WHERE v < 8 FACET s TIMESERIES 2 minutes SINCE B UNTIL E", "a 60+120=1; a 180+120=0",
			"60+120=1; 180+120=0", "60+120=0; 180+120=0",
		},
	} {
		query := strings.NewReplacer("SINCE B", fmt.Sprint("SINCE ", midnight), "UNTIL E", fmt.Sprint("UNTIL ", midnight+300_000)).Replace(test.query)
		found, err := storeOf(t, events).evaluate(query, setting{nowMillis: now, nullsMatch: true})
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		got := []string{begins(found.rows), "", ""}
		if test.total != "" {
			got[1], got[2] = begins(found.total.([]any)), begins(found.other.([]any))
		}
		if got[0] != test.want || got[1] != test.total || got[2] != test.other {
			t.Errorf("%s\n got %q\nwant %q", test.query, got, []string{test.want, test.total, test.other})
		}
	}
}

// TestSeriesWindow: the window that an answer names begins with its first row,
// as on New Relic's page.
func TestSeriesWindow(t *testing.T) {
	t.Parallel()
	found, err := NewStore().evaluate("SELECT count(*) FROM Foo TIMESERIES 5 minutes SINCE '2023-12-20T00:04:59Z' UNTIL '2023-12-21T00:03:12Z'", setting{nowMillis: now})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := formatMillis(found.begin)+" "+formatMillis(found.end), "2023-12-20T00:08:12.000Z 2023-12-21T00:03:12.000Z"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, test := range []struct{ clauses, want string }{
		{"TIMESERIES 1 minute SLIDE BY 9 seconds SINCE 1 hour ago", "TIMESERIES supports a maximum of 366 buckets"},
		{"TIMESERIES 2 hours SLIDE BY 1 minute", "TIMESERIES step size is larger than the current time window."},
		{"TIMESERIES MAX SINCE 0 UNTIL 9223372036854775807", "slojourn simulator: TIMESERIES over so many years is not simulated"},
		{"TIMESERIES AUTO SINCE now", "The query's start time must be before its end time."},
	} {
		if got := ask(NewStore(), "SELECT count(*) FROM T "+test.clauses, true); got != "error: "+test.want {
			t.Errorf("%s\n got %.200s\nwant %s", test.clauses, got, test.want)
		}
	}
	for _, test := range []struct {
		clauses string
		rows    int
	}{
		{"TIMESERIES", 30},
		{"TIMESERIES AUTO SINCE 1 day ago", 48},
		{"TIMESERIES AUTO SINCE 1 week ago", 28},
		{"TIMESERIES MAX SINCE 1 day ago", 360},
		{"TIMESERIES 1 minute SLIDE BY 10 seconds", 355},
	} {
		found, err := NewStore().evaluate("SELECT count(*) FROM T "+test.clauses, setting{nowMillis: now})
		if err != nil || len(found.rows) != test.rows {
			t.Errorf("%s: %d rows (%v), want %d", test.clauses, len(found.rows), err, test.rows)
		}
	}
}
