package rules_test

import (
	"fmt"
	"testing"

	"github.com/slojourn/slojourn/exporters/prometheus/rules"
	"github.com/slojourn/slojourn/slo"
)

// BenchmarkGenerate makes the rules of SLOs and their tests, in memory.
func BenchmarkGenerate(b *testing.B) {
	target, err := slo.ParseTarget("99.9%")
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{1_000, 10_000} {
		set := &slo.Set{Teams: []*slo.Team{{Name: "team", Title: "Team", Contact: "#team"}}}
		for i := range n {
			set.SLOs = append(set.SLOs, &slo.SLO{
				ID: fmt.Sprintf("slo-%05d", i), Kind: slo.KindSLO, About: slo.About{Title: fmt.Sprint("SLO ", i), Owner: "team"},
				Objectives: []slo.Objective{{Name: "28d", Target: target, Window: slo.Rolling(28 * 24 * 60), Alerts: slo.BuiltInPolicies()[0]}},
			})
		}
		for _, evaluate := range ways() {
			b.Run(fmt.Sprintf("%s/%d", evaluate, n), func(b *testing.B) {
				size := 0
				for b.Loop() {
					size = 0
					for file := range rules.Generate(set, rules.Options{Evaluate: evaluate, Job: "slojourn"}) {
						size += len(file.Rules()) + len(file.Tests())
					}
				}
				b.ReportMetric(float64(size)/1e6, "MB")
				b.ReportAllocs()
			})
		}
	}
}
