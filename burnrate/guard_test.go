package burnrate

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/slo"
)

// slowTail adds up the probabilities of bad, bad + 1, … failures.
func slowTail(c slo.Counts, p float64) float64 {
	logGamma := func(x int64) float64 { v, _ := math.Lgamma(float64(x)); return v }
	sum := 0.0
	for k := c.Bad; k <= c.Total; k++ {
		sum += math.Exp(logGamma(c.Total+1) - logGamma(k+1) - logGamma(c.Total-k+1) + float64(k)*math.Log(p) + float64(c.Total-k)*math.Log1p(-p))
	}
	return sum
}

func TestBinomialTail(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		counts    slo.Counts
		p         float64
		want      float64
		tolerance float64 // relative
	}{
		{slo.Counts{Total: 10, Bad: 3}, 0.0144, 0.0003321469292537337, 1e-12},
		{slo.Counts{Total: 100, Bad: 3}, 0.0144, 0.17524262470371513, 1e-12},
		{slo.Counts{Total: 2, Bad: 1}, 0.0144, 1 - 0.9856*0.9856, 1e-12},
		{slo.Counts{Total: 5, Bad: 5}, 0.5, 1.0 / 32, 1e-12},
		{slo.Counts{Total: 100, Bad: 0}, 0.01, 1, 0},
		{slo.Counts{Total: 3, Bad: 4}, 0.5, 0, 0},
		{slo.Counts{Total: 3, Bad: 2}, 1, 1, 0},
		{slo.Counts{Total: 3, Bad: 2}, 0, 0, 0},
		// 1.6449 and 3 standard deviations above the mean, where the normal
		// distribution is right to 10^-4.
		{slo.Counts{Total: 10_000_000_000, Bad: 144_019_597}, 0.0144, 0.04999232, 1e-3},
		{slo.Counts{Total: 1_000_000_000_000, Bad: 14_400_195_962}, 0.0144, 0.04999535, 2e-3},
		{slo.Counts{Total: 1_000_000_000_000, Bad: 14_400_357_399}, 0.0144, 0.00134990, 5e-3},
		{slo.Counts{Total: 1_000_000_000_000, Bad: 500_000_000_000}, 0.0144, 0, 0},
	} {
		if got := binomialTail(test.counts, test.p); math.Abs(got-test.want) > test.tolerance*test.want {
			t.Errorf("%v at %v: %v, want %v", test.counts, test.p, got, test.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(1, 2000).Draw(t, "total")
		c := slo.Counts{Total: total, Bad: rapid.Int64Range(0, total).Draw(t, "bad")}
		p := rapid.Float64Range(1e-6, 0.999).Draw(t, "p")
		got, want := binomialTail(c, p), slowTail(c, p)
		if math.Abs(got-want) > 1e-8*want+1e-300 {
			t.Errorf("%v at %v: %v, want %v", c, p, got, want)
		}
	})
}

func TestTailBound(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		counts slo.Counts
		p      float64
		want   float64
	}{
		{slo.Counts{Total: 10, Bad: 3}, 0.0144, 0.00121322763953},
		{slo.Counts{Total: 5, Bad: 5}, 0.5, 1.0 / 32}, // is exact
		{slo.Counts{Total: 100, Bad: 1}, 0.0144, 1},   // says nothing below the limit
		{slo.Counts{}, 0.0144, 1},
	} {
		if got := tailBound(test.counts, test.p); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("%v at %v: %v, want %v", test.counts, test.p, got, test.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(1, 1e12).Draw(t, "total")
		c := slo.Counts{Total: total, Bad: rapid.Int64Range(0, total).Draw(t, "bad")}
		p := rapid.Float64Range(1e-6, 0.999).Draw(t, "p")
		if bound, tail := tailBound(c, p), binomialTail(c, p); bound < tail*(1-1e-6) {
			t.Errorf("%v at %v: %v, and the tail is %v", c, p, bound, tail)
		}
	})
}

func TestLowerBound(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		counts slo.Counts
		doubt  float64
		want   float64
	}{
		{slo.Counts{Total: 10, Bad: 3}, 0.05, 0.0872644339},
		{slo.Counts{Total: 10, Bad: 10}, 0.05, math.Pow(0.05, 0.1)},    // p^10 = 0.05
		{slo.Counts{Total: 10, Bad: 1}, 0.05, 1 - math.Pow(0.95, 0.1)}, // 1 - (1-p)^10 = 0.05
		{slo.Counts{Total: 1, Bad: 1}, 0.05, 0.05},
		{slo.Counts{Total: 10, Bad: 0}, 0.05, 0},
	} {
		if got := lowerBound(test.counts, test.doubt); math.Abs(got-test.want) > 1e-10 {
			t.Errorf("%v with doubt %v: %v, want %v", test.counts, test.doubt, got, test.want)
		}
	}
	// The bound and the test say the same.
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(1, 1e6).Draw(t, "total")
		c := slo.Counts{Total: total, Bad: rapid.Int64Range(1, total).Draw(t, "bad")}
		doubt := rapid.SampledFrom([]float64{0.5, 0.1, 0.05, 0.001}).Draw(t, "doubt")
		bound := lowerBound(c, doubt)
		if above := bound * (1 + 1e-6); binomialTail(c, above) < doubt && above < 1 {
			t.Errorf("%v: the tail at the bound %v is below %v", c, bound, doubt)
		}
		if tail := binomialTail(c, bound*(1-1e-6)); tail > doubt {
			t.Errorf("%v: the tail below the bound %v is %v, above %v", c, bound, tail, doubt)
		}
	})
}
