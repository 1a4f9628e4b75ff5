package engine_test

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/newrelic"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

// BenchmarkFirstAnswer evaluates 100 SLOs from nothing against a NerdGraph that
// takes 50 ms to answer, as the official client sees it, and reports what the
// server counted.
func BenchmarkFirstAnswer(b *testing.B) {
	for _, latency := range []time.Duration{0, 50 * time.Millisecond} {
		b.Run(fmt.Sprintf("latency=%s", latency), func(b *testing.B) {
			end := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
			store := simulator.NewRetail(simulator.RetailOptions{Seed: 1, End: end}).Store()
			server := simulator.New(store, simulator.Options{Latency: latency, NoLimits: true})
			listening := httptest.NewServer(server)
			defer listening.Close()
			source := &slo.Source{Name: "newrelic", NewRelic: slo.NewRelic{
				AccountID: 1, Region: slo.US, QueryLag: slo.DefaultQueryLag, Retention: slo.Retention{Default: 31 * 24 * time.Hour},
			}}
			set := &slo.Set{Sources: []*slo.Source{source}}
			for i := range 100 {
				s := sloOn(b, fmt.Sprintf("slo-%03d", i), slo.KindSLO, source, "Transaction")
				s.SLI.Where = text(fmt.Sprintf("appName = 'payment-api' AND duration > %d.5", i))
				s.SLI.Bad = text("error IS TRUE")
				s.Objectives[0].Window = slo.Rolling(28 * 1440)
				set.SLOs = append(set.SLOs, s)
			}
			before := server.Stats()
			for b.Loop() {
				client := nerdgraph.New(nerdgraph.Options{
					Endpoint: listening.URL + "/graphql", Key: secret.Of("NRAK-1"), Limits: nerdgraph.NewLimits(nerdgraph.LimitOptions{Queries: 1e9, Records: 1e15}),
				})
				measuring := map[string]sources.Source{"newrelic": newrelic.New(source.NewRelic, client, time.Now)}
				if snapshot := engine.Evaluate(b.Context(), set, measuring, end, end); len(snapshot.Failures) > 0 {
					b.Fatal(snapshot.Failures[0])
				}
				client.Close()
			}
			stats := server.Stats()
			per := func(after, before int64) float64 { return float64(after-before) / float64(b.N) }
			b.ReportMetric(per(stats.Requests, before.Requests), "requests/op")
			b.ReportMetric(per(stats.Queries, before.Queries), "queries/op")
			b.ReportMetric(float64(stats.QueryBytes)/float64(stats.Queries), "B/query")
			b.ReportMetric(float64(stats.MostQueries), "aliases/request")
			b.ReportMetric(float64(stats.MostAtOnce), "at-once")
			b.ReportMetric(per(stats.Inspected, before.Inspected), "inspected/op")
		})
	}
}

func text(s string) diag.Text {
	return diag.PlainText(s, "bench", diag.Position{Line: 1, Column: 1})
}
