package newrelic

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec"
)

func TestQuery(t *testing.T) {
	t.Parallel()
	span := slo.Span{Start: 28_333_440, End: 28_333_440 + 1440}
	const since = " SINCE 1700006400000 UNTIL 1700092800000"
	for _, test := range []struct {
		name   string
		sli    slo.SLI
		bucket int64
		want   string
	}{
		{
			"bad", sli("Transaction", "appName = 'shop'", "bad: error IS TRUE"), 0,
			"SELECT count(*) AS c0, filter(count(*), WHERE error IS TRUE) AS c1 FROM Transaction WHERE appName = 'shop'" + since,
		},
		{
			"good", sli("Transaction", "appName = 'shop'", "good: duration < 0.8"), 0,
			"SELECT count(*) AS c0, filter(count(*), WHERE duration < 0.8) AS c1 FROM Transaction WHERE appName = 'shop'" + since,
		},
		{
			"without where", sli("PageView", "", "bad: duration > 3"), 0,
			"SELECT count(*) AS c0, filter(count(*), WHERE duration > 3) AS c1 FROM PageView" + since,
		},
		{
			"several event types, each once, in order", sli("MobileRequestError,MobileRequest,MobileRequestError", "", "bad: statusCode >= 500"), 0,
			"SELECT count(*) AS c0, filter(count(*), WHERE statusCode >= 500) AS c1 FROM MobileRequest, MobileRequestError" + since,
		},
		{
			"OR at the top", sli("T", "a = 1 OR b = 2", "bad: c = 3 or d = 4 AND e = 5"), 0,
			"SELECT count(*) AS c0, filter(count(*), WHERE c = 3 OR d = 4 AND e = 5) AS c1 FROM T WHERE a = 1 OR b = 2" + since,
		},
		{
			"brackets that matter", sli("T", "a = 1 AND (b = 2 OR c = 3)", "good: not (d IS NULL or e = 5)"), 0,
			"SELECT count(*) AS c0, filter(count(*), WHERE NOT (d IS NULL OR e = 5)) AS c1 FROM T WHERE a = 1 AND (b = 2 OR c = 3)" + since,
		},
		{
			"a comment ends with its line", sli("T", "a = 1 -- AND b = 2\n AND c = 3", "bad: d = 4 /* OR d = 5 */"), 0,
			"SELECT count(*) AS c0, filter(count(*), WHERE d = 4) AS c1 FROM T WHERE a = 1 AND c = 3" + since,
		},
		{
			"a string that looks like more", sli("T", "", `bad: a = ') AS c1 FROM U WHERE ( --'`), 0,
			`SELECT count(*) AS c0, filter(count(*), WHERE a = ') AS c1 FROM U WHERE ( --') AS c1 FROM T` + since,
		},
		{
			"buckets of minutes", sli("T", "", "bad: a = 1"), 5,
			"SELECT count(*) AS c0, filter(count(*), WHERE a = 1) AS c1 FROM T" + since + " TIMESERIES 5 minutes",
		},
		{
			"buckets of a minute", sli("T", "", "bad: a = 1"), 1,
			"SELECT count(*) AS c0, filter(count(*), WHERE a = 1) AS c1 FROM T" + since + " TIMESERIES 1 minute",
		},
		{
			"buckets of hours", sli("T", "", "bad: a = 1"), 720,
			"SELECT count(*) AS c0, filter(count(*), WHERE a = 1) AS c1 FROM T" + since + " TIMESERIES 12 hours",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			bucket := test.bucket
			if bucket == 0 {
				bucket = span.Len()
			}
			if diff := cmp.Diff(test.want, textOf(t, test.sli, piece{span, bucket})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	want := "SELECT min(timestamp) AS first FROM A, B" + since
	if diff := cmp.Diff(want, firstQuery([]string{"A", "B"}, span).String()); diff != "" {
		t.Errorf("first event (-want +got):\n%s", diff)
	}
}

// TestConditionsStayInTheirPlace: what is written as a condition cannot become
// another part of the query.
func TestConditionsStayInTheirPlace(t *testing.T) {
	t.Parallel()
	for _, condition := range []string{
		"a = 1) AS x FROM U WHERE (b = 2", "a = 1 FACET b", "a = 1 SINCE 1 day ago", "a = 1 LIMIT MAX", "a = 1; b = 2",
		"a = 'b", "a = 1 /* b", "a = 1, WHERE b = 2", "a = 1) --", "count(*) > 1", "", "WHERE a = 1",
	} {
		for _, s := range []slo.SLI{sli("T", "", "bad: "+condition), sli("T", "", "good: "+condition), sli("T", condition, "bad: x = 1")} {
			parts, err := partsOf(s)
			if err == nil && (condition != "" || s.Where.Len() > 0) {
				t.Errorf("%q gives %s", condition, pack{parts[0].table, []*part{&parts[0]}}.statement().text(piece{slo.Span{Start: 1, End: 2}, 1}))
			}
		}
	}
}

// textOf is the query that measures an SLI alone.
func textOf(t failer, s slo.SLI, p piece) string {
	t.Helper()
	parts, err := partsOf(s)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return pack{parts[0].table, []*part{&parts[0]}}.statement().text(p)
}

func TestLag(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		source, own time.Duration
		from        string
		want        time.Duration
	}{
		{3 * time.Minute, 0, "Transaction", 3 * time.Minute},
		{0, 0, "Transaction,PageView", 0},
		{3 * time.Minute, 0, "SyntheticCheck", 5 * time.Minute},
		{3 * time.Minute, 0, "Log", 5 * time.Minute},
		{3 * time.Minute, 0, "MobileRequest", 5 * time.Minute},
		{3 * time.Minute, 0, "Transaction,MobileRequestError", 5 * time.Minute},
		{3 * time.Minute, 0, "LogExtra", 3 * time.Minute},
		{3 * time.Minute, 0, "log", 3 * time.Minute},
		{10 * time.Minute, 0, "Mobile", 10 * time.Minute},
		{3 * time.Minute, time.Minute, "Log", time.Minute},
		{3 * time.Minute, 2 * time.Hour, "Transaction", 2 * time.Hour},
	} {
		sli := slo.SLI{Lag: diag.Located[time.Duration]{Value: test.own}}
		for name := range strings.SplitSeq(test.from, ",") {
			sli.From = append(sli.From, diag.Located[string]{Value: name})
		}
		if got := Lag(slo.NewRelic{QueryLag: test.source}, sli); got != test.want {
			t.Errorf("source %s, own %s, from %s: lag %s, want %s", test.source, test.own, test.from, got, test.want)
		}
	}
}

// checked lists what Check finds in a file, by place.
func checked(t *testing.T, yaml string) []string {
	t.Helper()
	decoded, findings := spec.Decode(spec.File{Name: "f", Folder: "/", Data: []byte(yaml), Named: true})
	if findings.Failed() {
		t.Fatalf("the file is wrong before: %v", findings)
	}
	found := Check(decoded.Declarations)
	found.Sort()
	var places []string
	for _, d := range found {
		if d.Severity == diag.Error {
			places = append(places, fmt.Sprintf("%s-%d:%d %s", d.Span, d.Span.End.Line, d.Span.End.Column, d.Code))
		}
	}
	return places
}

func TestCheck(t *testing.T) {
	t.Parallel()
	objective := func(sli string) string {
		return "apiVersion: slojourn/v1\nkind: SLO\nmetadata: {name: a, owner: o}\nspec:\n  objective: 99%\n  sli:\n" + sli
	}
	for _, test := range []struct {
		name string
		yaml string
		want []string
	}{
		{"right", objective("    from: T\n    where: a = 1\n    bad: b IS TRUE\n"), nil},
		{"where", objective("    from: T\n    where: a = = 1\n    bad: b IS TRUE\n"), []string{"f:8:16-8:17 SLO016"}},
		{"bad", objective("    from: T\n    bad: nmueric(a) > 1\n"), []string{"f:8:10-8:20 SLO018"}},
		{"good", objective("    from: T\n    good: a = 1 LIMIT 5\n"), []string{"f:8:17-8:22 SLO017"}},
		{
			"each of them, in a block",
			objective("    from: T\n    where: |\n      a = 1\n      AND b == 'x'\n    bad: \"c = \\u00273\"\n"),
			[]string{"f:10:13-10:15 SLO016", "f:11:15-11:21 SLO016"},
		},
		{"Metric", objective("    from: T, Metric\n    bad: a = 1\n"), []string{"f:7:14-7:20 SLO015"}},
		{
			"steps, shared and their own", "apiVersion: slojourn/v1\nkind: Journey\nmetadata: {name: j, owner: o}\nspec:\n  objective: 99%\n  steps:\n" +
				"    - {name: a, slo: x}\n    - name: b\n      sli: {from: T, bad: a ( 1}\n    - name: c\n      sli: {from: T, good: b = }\n",
			[]string{"f:9:29-9:30 SLO016", "f:11:31-11:31 SLO016"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, checked(t, test.yaml)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	if got := Check(slo.Declarations{}); len(got) > 0 {
		t.Errorf("nothing gives %v", got)
	}
}

// TestCheckLength: what passes the check gives no query that is too long, and
// what fails it is close to one.
func TestCheckLength(t *testing.T) {
	t.Parallel()
	const end = start + 5_000_000
	ranges := [][]slo.Minute{
		{end - 1, end},
		{end - 40_320, end - 1440, end - 60, end},
		{end - 2_000_002, end - 1_000_001, end}, // two buckets of almost two years
		{0, end},
	}
	for _, form := range []string{"bad: ", "good: "} {
		for n := range 150 {
			long := "a = '" + strings.Repeat("x", 3_850+n) + "'"
			for _, measured := range []slo.SLI{sli("T,U", "b = 1", form+long), sli("T", long, form+"b = 1")} {
				longest := 0
				for _, cuts := range ranges {
					for _, p := range plan(cuts) {
						longest = max(longest, len(textOf(t, measured, p)))
					}
				}
				found := Check(slo.Declarations{SLOs: []slo.SLODeclaration{{SLI: &slo.SLIDeclaration{SLI: measured, Span: conditionText("sli").Whole()}}}})
				switch {
				case !found.Failed() && longest >= 4096:
					t.Errorf("the check passes, and a query has %d bytes", longest)
				case found.Failed() && longest < 4096-3:
					t.Errorf("the check fails, and the longest query has %d bytes", longest)
				case found.Failed() && (len(found) != 1 || found[0].Span.String() != "sli:1:1" || found[0].Code != diag.CodeNRQL || found[0].Hint.Empty()):
					t.Errorf("the check finds %v", found)
				}
			}
		}
	}
}
