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
	"github.com/slojourn/slojourn/sources"
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
			"SELECT count(*) AS total, filter(count(*), WHERE error IS TRUE) AS bad FROM Transaction WHERE appName = 'shop'" + since,
		},
		{
			"good", sli("Transaction", "appName = 'shop'", "good: duration < 0.8"), 0,
			"SELECT count(*) AS total, filter(count(*), WHERE duration < 0.8) AS good FROM Transaction WHERE appName = 'shop'" + since,
		},
		{
			"without where", sli("PageView", "", "bad: duration > 3"), 0,
			"SELECT count(*) AS total, filter(count(*), WHERE duration > 3) AS bad FROM PageView" + since,
		},
		{
			"several event types, each once, as they were written", sli("MobileRequestError,MobileRequest,MobileRequestError", "", "bad: statusCode >= 500"), 0,
			"SELECT count(*) AS total, filter(count(*), WHERE statusCode >= 500) AS bad FROM MobileRequestError, MobileRequest" + since,
		},
		{
			"OR at the top", sli("T", "a = 1 OR b = 2", "bad: c = 3 or d = 4 AND e = 5"), 0,
			"SELECT count(*) AS total, filter(count(*), WHERE c = 3 OR d = 4 AND e = 5) AS bad FROM T WHERE a = 1 OR b = 2" + since,
		},
		{
			"brackets that matter", sli("T", "a = 1 AND (b = 2 OR c = 3)", "good: not (d IS NULL or e = 5)"), 0,
			"SELECT count(*) AS total, filter(count(*), WHERE NOT (d IS NULL OR e = 5)) AS good FROM T WHERE a = 1 AND (b = 2 OR c = 3)" + since,
		},
		{
			"a comment ends with its line", sli("T", "a = 1 -- AND b = 2\n AND c = 3", "bad: d = 4 /* OR d = 5 */"), 0,
			"SELECT count(*) AS total, filter(count(*), WHERE d = 4) AS bad FROM T WHERE a = 1 AND c = 3" + since,
		},
		{
			"a string that looks like more", sli("T", "", `bad: a = ') AS bad FROM U WHERE ( --'`), 0,
			`SELECT count(*) AS total, filter(count(*), WHERE a = ') AS bad FROM U WHERE ( --') AS bad FROM T` + since,
		},
		{
			"buckets of minutes", sli("T", "", "bad: a = 1"), 5,
			"SELECT count(*) AS total, filter(count(*), WHERE a = 1) AS bad FROM T" + since + " TIMESERIES 5 minutes",
		},
		{
			"buckets of a minute", sli("T", "", "bad: a = 1"), 1,
			"SELECT count(*) AS total, filter(count(*), WHERE a = 1) AS bad FROM T" + since + " TIMESERIES 1 minute",
		},
		{
			"buckets of hours", sli("T", "", "bad: a = 1"), 720,
			"SELECT count(*) AS total, filter(count(*), WHERE a = 1) AS bad FROM T" + since + " TIMESERIES 12 hours",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			parsed, err := parseRequest(sources.Request{SLI: test.sli})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, parsed.query(span, test.bucket).String()); diff != "" {
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
		for _, request := range []sources.Request{
			{SLI: sli("T", "", "bad: "+condition)}, {SLI: sli("T", "", "good: "+condition)}, {SLI: sli("T", condition, "bad: x = 1")},
		} {
			parsed, err := parseRequest(request)
			if err == nil && (condition != "" || request.SLI.Where.Len() > 0) {
				t.Errorf("%q gives %s", condition, parsed.query(slo.Span{Start: 1, End: 2}, 0))
			}
		}
	}
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
				parsed, err := parseRequest(sources.Request{SLI: measured})
				if err != nil {
					t.Fatal(err)
				}
				for _, cuts := range ranges {
					for _, p := range plan(cuts) {
						longest = max(longest, len(parsed.query(p.span, 0).String()), len(parsed.query(p.span, p.bucket).String()))
					}
				}
				found := Check(slo.Declarations{SLOs: []slo.SLODeclaration{{SLI: &slo.SLIDeclaration{SLI: measured, Span: conditionText("sli").Whole()}}}})
				switch {
				case !found.Failed() && longest >= 4096:
					t.Errorf("the check passes, and a query has %d bytes", longest)
				case found.Failed() && longest < 4096-3:
					t.Errorf("the check fails, and the longest query has %d bytes", longest)
				case found.Failed() && (len(found) != 1 || found[0].Span.String() != "sli:1:1" || found[0].Code != diag.CodeNRQL || found[0].Hint == ""):
					t.Errorf("the check finds %v", found)
				}
			}
		}
	}
}
