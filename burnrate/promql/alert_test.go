// The race detector has nothing to find here, and compiling Prometheus for it takes minutes.

//go:build !race

package promql_test

import (
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// objective has the tiers of the built-in policy, without its guard: that has
// no counterpart in a plain expression.
func objective(t *testing.T, text string, window slo.Window) slo.Objective {
	t.Helper()
	target, err := slo.ParseTarget(text)
	if err != nil {
		t.Fatal(err)
	}
	policy := *slo.BuiltInPolicies()[0]
	policy.Guard = slo.Guard{}
	return slo.Objective{Target: target, Window: window, Alerts: &policy}
}

// expression is the usual alert of a tier, with the burn rate as a number of
// the policy and 1 - target as another, and the rule that half of each window
// has to be measured.
func expression(o slo.Objective, tier burnrate.Tier) string {
	above := func(length time.Duration) string {
		return fmt.Sprintf("sum_over_time(bad[%[1]s]) / sum_over_time(total[%[1]s]) > %[2]s * %[3]s and count_over_time(total[%[1]s]) >= %[4]v / 2",
			slo.FormatDuration(length), tier.Factor(o.Window).FloatString(2), o.Target.AllowedRat().FloatString(4), length.Minutes())
	}
	return "(" + above(tier.Long) + ") and (" + above(tier.Short) + ")"
}

func sample(series burnrate.Series, end slo.Minute, length time.Duration) burnrate.Sample {
	w := slo.Rolling(int64(length / time.Minute))
	sum := series.Sum(w.Ending(end))
	return burnrate.Sample{Counts: sum.Counts, Rows: sum.Rows, Measured: sum.Minutes, Minutes: w.Minutes()}
}

// atBorder reports whether the error ratio is within a billionth of the limit.
// There the floats of Prometheus may fall to either side; see [TestBorder].
func atBorder(s burnrate.Sample, limit *big.Rat) bool {
	if s.Counts.Total == 0 {
		return false
	}
	of := new(big.Rat).Quo(big.NewRat(s.Counts.Bad, s.Counts.Total), limit)
	of.Sub(of, big.NewRat(1, 1))
	return of.Abs(of).Cmp(big.NewRat(1, 1e9)) < 0
}

// TestTiers lets an outage begin, go on and end, and judges all tiers on the
// way, every other minute.
func TestTiers(t *testing.T) {
	t.Parallel()
	h := join(
		failing(4*day, 1000, 0), failing(40, 1000, 200), failing(3, 1000, 0), unmeasured(5), failing(80, 1000, 5), silent(60),
		unmeasured(32), failing(34, 1000, 200), // after 30 minutes half of an hour is measured
	)
	o := objective(t, "99.9%", slo.Rolling(30*day))
	p, series := newPrometheus(t, h), h.series(t)
	defer p.close(t)
	verdicts := map[burnrate.Verdict]int{}
	for _, tier := range burnrate.Tiers(o) {
		for end := slo.Minute(4 * day); end <= slo.Minute(len(h)); end += 2 {
			verdicts[alike(t, p, series, o, tier, end)]++
		}
	}
	for _, verdict := range []burnrate.Verdict{burnrate.Uncovered, burnrate.CalmLong, burnrate.CalmShort, burnrate.Fires} {
		if verdicts[verdict] == 0 {
			t.Errorf("no minute is %s: this proves less than it should", verdict)
		}
	}
}

// alike judges a tier as Prometheus does, and returns the verdict.
func alike(t *testing.T, p prometheus, series burnrate.Series, o slo.Objective, tier burnrate.Tier, end slo.Minute) burnrate.Verdict {
	t.Helper()
	long, short := sample(series, end, tier.Long), sample(series, end, tier.Short)
	verdict := tier.Judge(long, short)
	if atBorder(long, tier.Limit()) || atBorder(short, tier.Limit()) {
		return verdict
	}
	if _, fires := p.ask(t, end, "%s", expression(o, tier)); fires != (verdict == burnrate.Fires) {
		t.Errorf("up to %d, %+v and %+v: %s; Prometheus fires: %t\n%s", end, long, short, verdict, fires, expression(o, tier))
	}
	return verdict
}

// TestBorder shows why tiers are compared in integers. Over 28 days, 10 % of
// the budget in a day are a factor of 2.8; at 99 %, exactly 2.8 % of errors do
// not exceed it. In floats they do, as 2.8 * 0.01 is 0.027999999999999997.
func TestBorder(t *testing.T) {
	t.Parallel()
	h := failing(day, 1000, 28)
	o := objective(t, "99%", slo.Rolling(28*day))
	tier, series, end := burnrate.Tiers(o)[2], h.series(t), slo.Minute(len(h))
	p := newPrometheus(t, h)
	defer p.close(t)
	if got := tier.Judge(sample(series, end, tier.Long), sample(series, end, tier.Short)); got != burnrate.CalmLong {
		t.Errorf("exactly at the limit: %s", got)
	}
	if _, fires := p.ask(t, end, "%s", expression(o, tier)); !fires {
		t.Errorf("%s does not fire: floats are not what they were", expression(o, tier))
	}
}
