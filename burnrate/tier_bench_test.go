package burnrate_test

import (
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// BenchmarkJudge judges the four tiers of paging once: calm, as nearly always;
// firing far above the limit and close to it, where the guard is asked; and
// with factors that need more than 64 bits.
func BenchmarkJudge(b *testing.B) {
	paging := slo.Objective{Target: target(b, "99.9%"), Window: window(b, "28d"), Alerts: slo.BuiltInPolicies()[0]}
	odd := paging
	odd.Target, odd.Window = target(b, "99.912345679%"), window(b, "39999m")
	odd.Alerts = &slo.AlertPolicy{Guard: slo.DefaultGuard()}
	for range 4 {
		odd.Alerts.Tiers = append(odd.Alerts.Tiers, slo.Tier{Budget: share(b, "1.234567891%"), Long: 7 * time.Minute, Short: time.Minute})
	}
	for _, test := range []struct {
		name string
		o    slo.Objective
		bad  int64 // of a million
	}{
		{"calm", paging, 500}, {"far-above", paging, 100_000}, {"close", paging, 13_500}, {"many-bits", odd, 500},
	} {
		b.Run(test.name, func(b *testing.B) {
			tiers, s := burnrate.Tiers(test.o), full(1_000_000, test.bad)
			b.ReportAllocs()
			for b.Loop() {
				for i := range tiers {
					tiers[i].Judge(s, s)
				}
			}
		})
	}
}

// BenchmarkJudgeJourney judges the four tiers of paging for a journey of four
// steps.
func BenchmarkJudgeJourney(b *testing.B) {
	o := slo.Objective{Target: target(b, "99.9%"), Window: window(b, "28d"), Alerts: slo.BuiltInPolicies()[0]}
	tiers := burnrate.Tiers(o)
	for _, compose := range []slo.Compose{slo.Series, slo.Worst, slo.Weighted, slo.Pooled} {
		j := journeyOf(b, compose, "1", "2", "1", "4")
		for _, test := range []struct {
			name string
			bad  int64
		}{{"calm", 100}, {"guard", 50_000}} {
			steps := samples(
				slo.Counts{Total: 1_000_003, Bad: test.bad}, slo.Counts{Total: 999_983, Bad: test.bad + 1},
				slo.Counts{Total: 800_011, Bad: test.bad + 2}, slo.Counts{Total: 700_001, Bad: test.bad + 3},
			)
			b.Run(string(compose)+"/"+test.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					for i := range tiers {
						tiers[i].JudgeJourney(j, steps, steps)
					}
				}
			})
		}
	}
}

// BenchmarkDetect computes what explain prints for one SLO.
func BenchmarkDetect(b *testing.B) {
	o := slo.Objective{Target: target(b, "99.9%"), Window: window(b, "28d"), Alerts: slo.BuiltInPolicies()[0]}
	tiers := burnrate.Tiers(o)
	for _, perMinute := range []string{"100", "0.167"} {
		b.Run("per-minute="+perMinute, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for i := range tiers {
					for _, ratio := range []string{"1", "0.1", "0.01", "0.005"} {
						if _, err := tiers[i].Detect(o, outage(ratio, perMinute, 0)); err != nil {
							b.Fatal(err)
						}
					}
				}
			}
		})
	}
}
