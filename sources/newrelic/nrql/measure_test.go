package nrql_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	const adds = "its values over two ranges add up to the value over both"
	tests := []struct {
		query string
		form  nrql.Form
		why   []string // beginnings
		leave string
	}{
		{"SELECT count(*) FROM Transaction WHERE error IS TRUE", nrql.FormEvents, []string{adds}, ""},
		{"SELECT sum(items) FROM Order", nrql.FormEvents, []string{adds}, ""},
		{"SELECT sum(items * price) FROM Order", nrql.FormQueries, []string{adds}, ""},
		{"SELECT count(*) FROM Order WITH price * 2 AS p WHERE p > 5", nrql.FormQueries, []string{adds}, ""},
		{"SELECT filter(count(*), WHERE a) + filter(sum(b), WHERE c) FROM T", nrql.FormQueries, []string{adds}, ""},
		{"SELECT 100 * count(*) / 5 - count(*) OR 0 FROM T", nrql.FormQueries, []string{adds}, ""},
		{"SELECT -sum(a) FROM T", nrql.FormQueries, []string{adds}, ""},
		{"SELECT count(http.server.duration) FROM Metric", nrql.FormQueries, []string{adds}, ""},
		{"SELECT sum(getCdfCount(http.server.duration, 300)) FROM Metric", nrql.FormQueries, []string{adds}, ""},
		{"SELECT count(*) FROM T LIMIT 5 SINCE 1 day ago UNTIL now COMPARE WITH 1 day ago TIMESERIES", nrql.FormEvents, []string{adds}, "LIMIT SINCE UNTIL COMPARE WITH TIMESERIES"},
		{"SELECT percentage(count(*), WHERE a) FROM T", nrql.FormEvents, []string{"a share cannot be added up"}, ""},
		{"SELECT 100 * filter(count(*), WHERE a) / count(*) FROM T", nrql.FormEvents, []string{"a share cannot be added up"}, ""},
		{"SELECT filter(count(*), WHERE a) / count(*) * 100 FROM T", nrql.FormEvents, []string{"a share cannot be added up"}, ""},

		{"SELECT percentile(duration, 95, 99) FROM PageView", "", []string{"results of percentile() cannot", "it gives several percentiles"}, ""},
		{"SELECT average(p) FROM PageView WITH numeric(a) AS p", "", []string{"results of average() cannot", "slices are measured without"}, ""},
		{"SELECT average(duration) FROM PageView RAW", "", []string{"results of average() cannot", "slices are measured without"}, ""},
		{"SELECT count(*) FROM PageView RAW", nrql.FormQueries, []string{adds}, ""},
		{"SELECT percentile(duration, 95) FROM PageView", nrql.FormSlices, []string{"each slice", "results of percentile() cannot"}, ""},
		{"SELECT apdex(duration, t: 0.5) FROM T", "", []string{"results of apdex() cannot", "it gives a score with its parts; write apdex(duration, t: 0.5)['score']"}, ""},
		{"SELECT apdex(duration, t: 0.5)['score'] FROM T", nrql.FormSlices, []string{"each slice", "the value of apdex("}, ""},
		{"SELECT apdex(duration, t: 0.5)['score'] FROM T RAW", "", []string{"the value of apdex(", "slices are measured without"}, ""},
		{"SELECT percentile(duration, 95, 99)['95'] FROM T", nrql.FormSlices, []string{"each slice", "the value of percentile("}, ""},
		{"SELECT uniques(a)[0] FROM T", "", []string{"the value of uniques(a)"}, ""},
		{"SELECT percentage(sum(a), WHERE b) FROM T", nrql.FormSlices, []string{"each slice", "results of percentage() cannot"}, ""},
		{"SELECT filter(average(a), WHERE b) FROM T", nrql.FormSlices, []string{"each slice", "results of average() cannot"}, ""},

		{"SELECT uniques(a) FROM T", "", []string{"results of uniques() cannot"}, ""},
		{"SELECT count(*) FROM Metric", "", []string{"count(*) of Metric counts data points"}, ""},
		{"SELECT sum(a) / sum(b) FROM T", "", []string{"a ratio cannot be added up"}, ""},
		{"SELECT sum(a) * sum(b) FROM T", "", []string{"the value of sum(a) * sum(b)"}, ""},
		{"SELECT abs(sum(a)) FROM T", "", []string{"the value of abs(sum(a))"}, ""},
		{"SELECT 1 + count(*) FROM T", "", []string{"the value of 1 over"}, ""},
		{"SELECT * FROM T", "", []string{"it selects the attributes of events"}, ""},
		{"SELECT a, b FROM T ORDER BY a", "", []string{"it selects several", "ORDER BY"}, ""},
		{"SELECT count(*) FROM T FACET a", "", []string{"FACET gives a number for each group"}, ""},
		{"SELECT count(*) FROM T EXTRAPOLATE", "", []string{"EXTRAPOLATE makes estimates"}, ""},
		{"SELECT count(*) FROM T JOIN (SELECT a FROM U) ON a", "", []string{"JOIN compares"}, ""},
		{"SELECT count(*) FROM T WHERE a > (SELECT average(a) FROM T)", "", []string{"the result of a subquery"}, ""},
		{"SELECT max(n) FROM (SELECT count(*) AS n FROM T TIMESERIES)", "", []string{"it counts the results of an inner query"}, ""},
		{"SELECT count(*) FROM lookup(shops)", "", []string{"lookup() is a table"}, ""},
		{"SELECT count(*) FROM T TIMESERIES 5 minutes SLIDE BY 1 minute", "", []string{"windows of SLIDE BY"}, "TIMESERIES"},
		{"SELECT count(*) FROM T TIMESERIES PREDICT", "", []string{"PREDICT is no measurement"}, "TIMESERIES"},
		{"SHOW EVENT TYPES", "", []string{"SHOW EVENT TYPES gives names"}, ""},
	}
	for _, tt := range tests {
		q, findings := nrql.ParseQuery(text(tt.query))
		if findings.Failed() {
			t.Fatalf("%s does not parse: %v", tt.query, findings)
		}
		got := nrql.Judge(q)
		if got.Form != tt.form || strings.Join(got.Leave, " ") != tt.leave || len(got.Why) != len(tt.why) {
			t.Errorf("%s: %+v, want form %q, leave %q, why %q", tt.query, got, tt.form, tt.leave, tt.why)
			continue
		}
		for i, why := range got.Why {
			if !strings.HasPrefix(why.String(), tt.why[i]) {
				t.Errorf("%s: reason %q, want %q", tt.query, why, tt.why[i])
			}
		}
	}
}

func TestJudgeNamesTheParts(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		"SELECT percentage(count(*), WHERE error IS TRUE) FROM Transaction WHERE appName = 'shop'",
		"SELECT 100 * filter(count(*), WHERE error IS TRUE) / count(*) FROM Transaction WHERE appName = 'shop'",
	} {
		q, _ := nrql.ParseQuery(text(source))
		part := nrql.Judge(q).Part
		if part == nil {
			t.Fatalf("%s has no parts", source)
		}
		got := []string{strings.Join(part.From, ", "), nrql.Print(part.Where), nrql.Print(part.Condition)}
		if diff := cmp.Diff([]string{"Transaction", "appName = 'shop'", "error IS TRUE"}, got); diff != "" {
			t.Errorf("parts of %s (-want +got):\n%s", source, diff)
		}
	}
}
