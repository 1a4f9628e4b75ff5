package nrql_test

import (
	"testing"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// benchmarked is as long and as varied as the queries that are sent.
const benchmarked = "SELECT filter(count(*), WHERE appName = 'barcode-payment' AND (httpResponseCode >= 500 OR error IS TRUE OR duration > 0.8)) AS bad, " +
	"count(*) AS total FROM Transaction WHERE appName IN ('barcode-payment', 'checkout') AND request.uri NOT LIKE '%/health%' " +
	"AND `host name` RLIKE r'web-[0-9]+\\.example' AND lower(name) != 'it\\'s' SINCE 1700000000000 UNTIL 1700003600000 TIMESERIES 1 minute"

func BenchmarkParse(b *testing.B) {
	source := text(benchmarked)
	b.ReportAllocs()
	b.SetBytes(int64(len(benchmarked)))
	for b.Loop() {
		if _, findings := nrql.ParseQuery(source); len(findings) > 0 {
			b.Fatal(findings)
		}
	}
}

func BenchmarkPrint(b *testing.B) {
	q, findings := nrql.ParseQuery(text(benchmarked))
	if len(findings) > 0 {
		b.Fatal(findings)
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(q.String())))
	for b.Loop() {
		_ = q.String()
	}
}
