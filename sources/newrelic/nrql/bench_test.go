package nrql_test

import (
	"testing"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// benchmarked has queries as they are sent, as dashboards hold them, and with
// all that the language has.
var benchmarked = []struct{ name, query string }{
	{"counts", "SELECT filter(count(*), WHERE appName = 'barcode-payment' AND (httpResponseCode >= 500 OR error IS TRUE OR duration > 0.8)) AS bad, " +
		"count(*) AS total FROM Transaction WHERE appName IN ('barcode-payment', 'checkout') AND request.uri NOT LIKE '%/health%' " +
		"AND `host name` RLIKE r'web-[0-9]+\\.example' AND lower(name) != 'it\\'s' SINCE 1700000000000 UNTIL 1700003600000 TIMESERIES 1 minute"},
	{"dashboard", "SELECT percentage(count(*), WHERE error IS TRUE) AS 'Errors', percentile(duration, 50, 95, 99) FROM Transaction " +
		"WHERE appName = 'shop' FACET name, cases(WHERE duration < 1 AS 'fast', WHERE duration >= 1 AS 'slow') " +
		"LIMIT 20 SINCE 1 week ago COMPARE WITH 1 week ago TIMESERIES AUTO"},
	{"everything", everyNode},
}

func benchmark(b *testing.B, run func(b *testing.B, source string, q *nrql.Query)) {
	for _, bb := range benchmarked {
		b.Run(bb.name, func(b *testing.B) {
			q, findings := nrql.ParseQuery(text(bb.query))
			if findings.Failed() {
				b.Fatal(findings)
			}
			b.ReportAllocs()
			b.SetBytes(int64(len(bb.query)))
			run(b, bb.query, q)
		})
	}
}

func BenchmarkParse(b *testing.B) {
	benchmark(b, func(b *testing.B, source string, _ *nrql.Query) {
		located := text(source)
		for b.Loop() {
			nrql.ParseQuery(located)
		}
	})
}

func BenchmarkPrint(b *testing.B) {
	benchmark(b, func(b *testing.B, _ string, q *nrql.Query) {
		for b.Loop() {
			_ = q.String()
		}
	})
}

func BenchmarkAdvise(b *testing.B) {
	benchmark(b, func(b *testing.B, source string, q *nrql.Query) {
		located := text(source)
		for b.Loop() {
			nrql.AdviseQuery(located, q)
		}
	})
}

func BenchmarkNormal(b *testing.B) {
	benchmark(b, func(b *testing.B, _ string, q *nrql.Query) {
		for b.Loop() {
			nrql.NormalQuery(q)
		}
	})
}
