package slo_test

import (
	"fmt"
	"testing"

	"github.com/slojourn/slojourn/slo"
)

// BenchmarkShard takes a shard of many journeys that all have one SLO as a step.
func BenchmarkShard(b *testing.B) {
	for _, journeys := range []int{1000, 10_000} {
		b.Run(fmt.Sprintf("journeys=%d", journeys), func(b *testing.B) {
			set := &slo.Set{SLOs: []*slo.SLO{{ID: "login", Kind: slo.KindSLO}}}
			for n := range journeys {
				set.Journeys = append(set.Journeys, &slo.Journey{ID: fmt.Sprintf("journey-%d", n), Steps: []slo.Step{{Name: "login", SLO: set.SLOs[0]}}})
			}
			for b.Loop() {
				set.Shard(1, 4)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(journeys), "ns/journey")
		})
	}
}
