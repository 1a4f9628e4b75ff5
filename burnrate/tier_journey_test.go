package burnrate_test

import (
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

func journeyOf(t fataler, compose slo.Compose, weights ...string) *slo.Journey {
	j := &slo.Journey{ID: "j", Compose: compose}
	for _, weight := range weights {
		j.Steps = append(j.Steps, slo.Step{Weight: decimal(t, weight)})
	}
	return j
}

func samples(counts ...slo.Counts) []burnrate.Sample {
	var steps []burnrate.Sample
	for _, c := range counts {
		steps = append(steps, full(c.Total, c.Bad))
	}
	return steps
}

// TestJourneyBorder has steps that together make exactly 14.4 %, the limit of
// 99 % at 14.4, and one more failure.
func TestJourneyBorder(t *testing.T) {
	t.Parallel()
	tier := burnrate.Tiers(policy(t, "99%", "30d", hour(t), slo.Guard{}))[0]
	for _, test := range []struct {
		name   string
		j      *slo.Journey
		border []slo.Counts
	}{
		{"series, one step", journeyOf(t, slo.Series, "1", "1"), []slo.Counts{{Total: 1000, Bad: 144}, {Total: 7}}},
		// 1 - 107/120 × 24/25
		{"series", journeyOf(t, slo.Series, "1", "1"), []slo.Counts{{Total: 120_000, Bad: 13_000}, {Total: 25, Bad: 1}}},
		{"worst", journeyOf(t, slo.Worst, "1", "1"), []slo.Counts{{Total: 1000, Bad: 144}, {Total: 100, Bad: 14}}},
		// (3 × 10 % + 1 × 27.6 %) / 4
		{"weighted", journeyOf(t, slo.Weighted, "3", "1"), []slo.Counts{{Total: 1000, Bad: 100}, {Total: 1000, Bad: 276}}},
		{"weighted by decimals", journeyOf(t, slo.Weighted, "0.3", "0.1"), []slo.Counts{{Total: 1000, Bad: 100}, {Total: 1000, Bad: 276}}},
		{"weighted, one idle", journeyOf(t, slo.Weighted, "3", "1"), []slo.Counts{{Total: 1000, Bad: 144}, {}}},
		{"pooled", journeyOf(t, slo.Pooled, "1", "1"), []slo.Counts{{Total: 900, Bad: 143}, {Total: 100, Bad: 1}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			steps := samples(test.border...)
			if got := tier.JudgeJourney(test.j, steps, steps); got != burnrate.CalmLong {
				t.Errorf("at the border: %s", got)
			}
			steps[0].Counts.Bad++
			if got := tier.JudgeJourney(test.j, steps, steps); got != burnrate.Fires {
				t.Errorf("one failure above: %s", got)
			}
			calm := samples(test.border...)
			if got := tier.JudgeJourney(test.j, steps, calm); got != burnrate.CalmShort {
				t.Errorf("in the long window only: %s", got)
			}
			calm[0].Measured = 29
			if got := tier.JudgeJourney(test.j, steps, calm); got != burnrate.Uncovered {
				t.Errorf("a step measured for 29 minutes of the short window: %s", got)
			}
			steps[1].Measured = 29
			if got := tier.JudgeJourney(test.j, steps, steps); got != burnrate.Uncovered {
				t.Errorf("a step measured for 29 of 60 minutes: %s", got)
			}
		})
	}
	if got := tier.JudgeJourney(journeyOf(t, slo.Series), nil, nil); got != burnrate.Uncovered {
		t.Errorf("without steps: %s", got)
	}
}

// TestJourneyGuard composes lower bounds: those of the steps, at 95 %.
func TestJourneyGuard(t *testing.T) {
	t.Parallel()
	tier := burnrate.Tiers(policy(t, "99.9%", "30d", hour(t), slo.DefaultGuard()))[0] // 1.44 %
	for _, test := range []struct {
		name  string
		j     *slo.Journey
		steps []slo.Counts
		want  burnrate.Verdict
	}{
		{"few events", journeyOf(t, slo.Series, "1", "1"), []slo.Counts{{Total: 5, Bad: 3}, {Total: 4}}, burnrate.FewEvents},
		{"of all steps", journeyOf(t, slo.Series, "1", "1"), []slo.Counts{{Total: 5, Bad: 3}, {Total: 5}}, burnrate.Fires},
		{"few bad", journeyOf(t, slo.Series, "1", "1"), []slo.Counts{{Total: 50, Bad: 1}, {Total: 50, Bad: 1}}, burnrate.FewBad},
		// 4 of 100 are at least 1.378 %, 5 of 100 at least 1.991 %.
		{"chance, one step", journeyOf(t, slo.Series, "1", "1"), []slo.Counts{{Total: 100, Bad: 4}, {Total: 100}}, burnrate.Chance},
		{"not chance", journeyOf(t, slo.Series, "1", "1"), []slo.Counts{{Total: 100, Bad: 5}, {Total: 100}}, burnrate.Fires},
		// 1 - (1 - 0.01378) × (1 - 0.00051) = 1.43 %; with 2 of 100, at least
		// 0.357 %, 1.73 %.
		{"two steps, chance", journeyOf(t, slo.Series, "1", "1"), []slo.Counts{{Total: 100, Bad: 4}, {Total: 100, Bad: 1}}, burnrate.Chance},
		{"two steps together", journeyOf(t, slo.Series, "1", "1"), []slo.Counts{{Total: 100, Bad: 4}, {Total: 100, Bad: 2}}, burnrate.Fires},
		{"the worst of them", journeyOf(t, slo.Worst, "1", "1"), []slo.Counts{{Total: 100, Bad: 4}, {Total: 100, Bad: 2}}, burnrate.Chance},
		// (1.991 % + 0.823 %) / 2 = 1.407 %, and (3 × 1.991 % + 0.823 %) / 4 = 1.70 %
		{"weighted alike", journeyOf(t, slo.Weighted, "1", "1"), []slo.Counts{{Total: 100, Bad: 5}, {Total: 100, Bad: 3}}, burnrate.Chance},
		{"the first weighs more", journeyOf(t, slo.Weighted, "3", "1"), []slo.Counts{{Total: 100, Bad: 5}, {Total: 100, Bad: 3}}, burnrate.Fires},
		{"pooled alike", journeyOf(t, slo.Pooled, "1", "1"), []slo.Counts{{Total: 100, Bad: 5}, {Total: 100, Bad: 3}}, burnrate.Chance},
		{"pooled with less of the second", journeyOf(t, slo.Pooled, "1", "1"), []slo.Counts{{Total: 100, Bad: 5}, {Total: 10, Bad: 1}}, burnrate.Fires},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := tier.JudgeJourney(test.j, samples(test.steps...), samples(test.steps...)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestJourneyTierAgainstFractions composes random steps as fractions, and
// takes the limit of a tier from a target and a burn that the composition hits
// exactly or misses by little.
func TestJourneyTierAgainstFractions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		compose := rapid.SampledFrom([]slo.Compose{slo.Series, slo.Worst, slo.Weighted, slo.Pooled}).Draw(t, "compose")
		j := &slo.Journey{Compose: compose}
		var counts []slo.Counts
		for range rapid.IntRange(1, 4).Draw(t, "steps") {
			weight := rapid.SampledFrom([]string{"1", "2", "0.5"}).Draw(t, "weight")
			j.Steps = append(j.Steps, slo.Step{Weight: decimal(t, weight)})
			total := rapid.SampledFrom([]int64{0, 1, 10, 100}).Draw(t, "total")
			counts = append(counts, slo.Counts{Total: total, Bad: rapid.Int64Range(0, total).Draw(t, "bad")})
		}
		burn := rapid.SampledFrom([]string{"1", "5", "10", "14.4", "19", "27.1", "50"}).Draw(t, "burn")
		o := policy(t, "99%", "30d", slo.Tier{Burn: decimal(t, burn), Long: 2 * time.Minute, Short: time.Minute}, slo.Guard{})
		tier := burnrate.Tiers(o)[0]
		want := burnrate.CalmLong
		if e := exactComposition(j, counts); e != nil && e.Quo(e, big.NewRat(1, 100)).Cmp(decimal(t, burn).Rat()) > 0 {
			want = burnrate.Fires
		}
		if got := tier.JudgeJourney(j, samples(counts...), samples(counts...)); got != want {
			t.Errorf("%s of %v at a burn of %s: %s, want %s", compose, counts, burn, got, want)
		}
	})
}
