package nrql_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// Buckets are counted when the range can be known without a clock, and never
// guessed.
func TestBuckets(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, clauses string
		buckets       int // of the finding; 0 for none
	}{
		{"the most", "SINCE 1700000000000 UNTIL 1700021960000 TIMESERIES 1 minute", 0},
		{"one more", "SINCE 1700000000000 UNTIL 1700022020000 TIMESERIES 1 minute", 367},
		{"a part of one more is dropped", "SINCE 1700000000000 UNTIL 1700022019999 TIMESERIES 1 minute", 0},
		{"milliseconds", "SINCE 1700000000000 UNTIL 1700022020000 TIMESERIES 60000", 367},
		{"the most before now", "SINCE 366 minutes ago TIMESERIES 1 minute", 0},
		{"one more before now", "SINCE 367 minutes ago TIMESERIES 1 minute", 367},
		{"until now", "SINCE 367 minutes ago UNTIL now TIMESERIES 1 minute", 367},
		{"between two ages", "SINCE 1 day ago UNTIL 1074 minutes ago TIMESERIES 1 minute", 0},
		{"one more between two ages", "SINCE 1 day ago UNTIL 1073 minutes ago TIMESERIES 1 minute", 367},
		{"days", "SINCE '2025-01-01' UNTIL '2026-01-03' TIMESERIES 1 day", 367},
		{"a leap year has 366 days", "SINCE '2024-01-01' UNTIL '2025-01-01' TIMESERIES 1 day", 0},
		{"months begin with their first day", "SINCE '2024-01' UNTIL '2025-02' TIMESERIES 1 day", 397},
		{"midnight is 12 AM", "SINCE '2026-11-20 12:00 AM' UNTIL '2026-11-20 06:06 AM' TIMESERIES 1 minute", 0},
		{"noon is 12 PM", "SINCE '2026-11-20 06:00 AM' UNTIL '2026-11-20 12:07 PM' TIMESERIES 1 minute", 367},
		{"the afternoon", "SINCE '2026-11-20 06:54 AM' UNTIL '2026-11-20 01:01 PM' TIMESERIES 1 minute", 367},
		{"offsets", "SINCE '2026-11-20 09:00 +0900' UNTIL '2026-11-20T06:07:00Z' TIMESERIES 1 minute", 367},
		{"western offsets", "SINCE '2026-11-20 09:00-05:30' UNTIL '2026-11-20T20:36Z' TIMESERIES 1 minute", 0},
		{"parts of seconds", "SINCE '2026-11-20 09:00:00.5' UNTIL '2026-11-20 09:00:00.867' TIMESERIES 1", 367},
		{"milliseconds and a date", "SINCE 0 UNTIL '1970-01-02' TIMESERIES 1 minute", 1440},
		{"offsets have no zone to know", "SINCE '2026-11-20Z' UNTIL '2026-11-21Z' TIMESERIES 1 minute WITH TIMEZONE 'Asia/Tokyo'", 1440},
		{"days of a zone may be longer", "SINCE '2026-11-20' UNTIL '2026-11-21' TIMESERIES 1 minute WITH TIMEZONE 'Asia/Tokyo'", 0},
		{"a zone behind the date", "SINCE '2026-11-20 [Asia/Tokyo]' UNTIL '2026-11-21 JST' TIMESERIES 1 minute", 0},
		{"times of unknown days", "SINCE '00:00' UNTIL '23:00' TIMESERIES 1 minute", 0},
		{"until a time nobody knows", "SINCE 1 day ago UNTIL today TIMESERIES 1 minute", 0},
		{"from a time nobody knows", "SINCE yesterday TIMESERIES 1 minute", 0},
		{"a date until now", "SINCE '2026-11-20' TIMESERIES 1 minute", 0},
		{"an age until a date", "SINCE 1 day ago UNTIL '2026-11-20' TIMESERIES 1 minute", 0},
		{"the default range", "TIMESERIES 1 second", 0},
		{"New Relic chooses", "SINCE 1 year ago TIMESERIES MAX", 0},
		{"sliding", "SINCE 375 minutes ago TIMESERIES 10 minutes SLIDE BY 1 minute", 0},
		{"one more sliding", "SINCE 376 minutes ago TIMESERIES 10 minutes SLIDE BY 1 minute", 367},
		{"New Relic chooses the slide", "SINCE 1 day ago TIMESERIES 10 minutes SLIDE BY AUTO", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, findings := nrql.ParseQuery(text("SELECT count(*) FROM Payment " + tt.clauses))
			want := fmt.Sprintf("NRQL: %d buckets; New Relic gives at most 366", tt.buckets)
			switch {
			case tt.buckets == 0 && len(findings) > 0:
				t.Errorf("%s: %v", tt.clauses, findings)
			case tt.buckets > 0 && (len(findings) != 1 || findings[0].Message.String() != want):
				t.Errorf("%s: got %v, want %q", tt.clauses, findings, want)
			}
		})
	}
}

// What just fits is taken; what does not is in queries_bad.txt.
func TestWhatJustFits(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		"SELECT count(*) FROM T FACET a, b, c, d, e LIMIT 5000",
		"SELECT * FROM lookup(shops) LIMIT 20000",
		"SELECT (SELECT max(a) FROM T) FROM T WHERE b > (SELECT max(b) FROM T) AND c IN (SELECT uniques(c) FROM T)",
		// Tables and joined queries are no subqueries in New Relic's count.
		"SELECT max(a) FROM (SELECT max(a) AS a FROM (SELECT max(a) AS a FROM (SELECT max(a) AS a FROM (SELECT max(a) AS a FROM T))))",
		"SELECT a FROM T JOIN (SELECT k FROM A) ON k JOIN (SELECT k FROM B) ON k JOIN (SELECT k FROM C) ON k WHERE b > (SELECT max(b) FROM T)",
		"SELECT count(*) FROM T SINCE 1 week ago UNTIL 6 days ago",
		"SELECT count(*) FROM T SINCE 1 hour ago TIMESERIES 1 hour",
		"SELECT a FROM T WHERE b = '" + strings.Repeat("x", 4066) + "'",
	} {
		if _, findings := nrql.ParseQuery(text(source)); len(findings) > 0 {
			t.Errorf("%s: %v", source, findings)
		}
	}
}
