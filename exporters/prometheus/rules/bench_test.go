package rules_test

import (
	"fmt"
	"testing"

	"github.com/slojourn/slojourn/exporters/prometheus/rules"
	"github.com/slojourn/slojourn/slo"
)

// BenchmarkGenerate makes the rules of SLOs and their tests, in memory: those of SLOs by
// themselves, and of one journey of many steps.
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
		generate(b, fmt.Sprint(n), set)
	}
	long := &slo.Set{Journeys: []*slo.Journey{{ID: "long", Compose: slo.Series}}}
	for i := range 200 {
		step := &slo.SLO{ID: fmt.Sprintf("long/step-%03d", i), Kind: slo.KindStep, Objectives: []slo.Objective{
			{Name: "28d", Target: target, Window: slo.Rolling(28 * 24 * 60), Alerts: slo.BuiltInPolicies()[0]},
		}}
		j := long.Journeys[0]
		long.SLOs, j.Objectives = append(long.SLOs, step), step.Objectives
		j.Steps = append(j.Steps, slo.Step{Name: fmt.Sprintf("step-%03d", i), SLO: step})
	}
	generate(b, "journey-of-200", long)
}

func generate(b *testing.B, name string, set *slo.Set) {
	for _, evaluate := range ways() {
		b.Run(string(evaluate)+"/"+name, func(b *testing.B) {
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
