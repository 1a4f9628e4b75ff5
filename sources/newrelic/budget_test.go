package newrelic_test

import (
	"fmt"
	"testing"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// generated makes the SLOs of a company: services with operations that are
// available and fast, screens of an app, pages, checks and logs.
func generated(n int) []*slo.SLO {
	slos := make([]*slo.SLO, n)
	for i := range slos {
		service, operation := i/20, i%20
		var sli slo.SLI
		from := func(names ...string) {
			for _, name := range names {
				sli.From = append(sli.From, diag.At(name, diag.Span{}))
			}
		}
		switch kind := i % 20; {
		case kind < 12: // the even ones are about errors, the odd ones about latency
			from("Transaction")
			sli.Where = plain(fmt.Sprintf("appName = 'service-%03d' AND name = 'WebTransaction/Action/operation%d'", service, operation/2))
			if kind%2 == 0 {
				sli.Bad = plain("error IS TRUE")
			} else {
				sli.Good = plain("duration < 0.8")
			}
		case kind < 16:
			from("MobileRequest", "MobileRequestError")
			sli.Where = plain(fmt.Sprintf("appName = 'shop-app' AND requestPath LIKE '/v2/service%03d/operation%d%%'", service, operation))
			sli.Bad = plain("errorType = 'NetworkFailure' OR statusCode >= 500")
		case kind < 18:
			from("AjaxRequest")
			sli.Where = plain(fmt.Sprintf("requestUrl LIKE '%%/api/service%03d/operation%d%%'", service, operation))
			sli.Bad = plain("httpResponseCode >= 500 OR httpResponseCode = 0")
		case kind < 19:
			from("SyntheticCheck")
			sli.Where = plain(fmt.Sprintf("monitorName = 'service-%03d'", service))
			sli.Good = plain("result = 'SUCCESS'")
		default:
			from("Log")
			sli.Where = plain(fmt.Sprintf("service.name = 'service-%03d'", service))
			sli.Bad = plain("level = 'ERROR'")
		}
		slos[i] = &slo.SLO{ID: fmt.Sprintf("slo-%05d", i), Kind: slo.KindSLO, SLI: sli}
	}
	return slos
}

// TestCostOfManySLOs keeps the number of queries and requests below what an
// account can bear.
func TestCostOfManySLOs(t *testing.T) {
	t.Parallel()
	for _, n := range []int{100, 1000, 10_000} {
		cost := newrelic.CostOf(slo.NewRelic{Lateness: slo.DefaultLateness}, generated(n), 29_543_520)
		measured := 0
		for _, p := range cost.Packs {
			measured += len(p.SLOs)
			if p.Bytes >= nrql.MaxQueryBytes {
				t.Errorf("%d SLOs: a query has %d bytes", n, p.Bytes)
			}
		}
		if measured != n || len(cost.Refused) > 0 {
			t.Errorf("%d of %d SLOs are measured, and %v refused", measured, n, cost.Refused)
		}
		queries := float64(len(cost.Packs)+cost.Probes) / float64(n)
		requests := float64((len(cost.Packs)+11)/12+(cost.Probes+11)/12) / float64(n)
		t.Logf("%d SLOs: %d queries that count, %d that look for late events: %.4f queries and %.5f requests for each SLO and minute", n, len(cost.Packs), cost.Probes, queries, requests)
		if n >= 1000 && (queries > 0.12 || requests > 0.01) {
			t.Errorf("%d SLOs take %.4f queries and %.5f requests each, want at most 0.12 and 0.01", n, queries, requests)
		}
	}
}

func BenchmarkPlanMinute(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprintf("SLOs=%d", n), func(b *testing.B) {
			slos := generated(n)
			b.ReportAllocs()
			for b.Loop() {
				newrelic.CostOf(slo.NewRelic{Lateness: slo.DefaultLateness}, slos, 29_543_520)
			}
		})
	}
}
