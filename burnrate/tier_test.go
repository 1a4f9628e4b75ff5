package burnrate_test

import (
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

type fataler interface{ Fatal(...any) }

func decimal(t fataler, text string) slo.Decimal {
	d, err := slo.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func share(t fataler, text string) slo.Percentage {
	p, err := slo.ParsePercentage(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func window(t fataler, text string) slo.Window {
	w, err := slo.ParseWindow(text)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// policy is an objective with one tier.
func policy(t fataler, of, over string, tier slo.Tier, guard slo.Guard) slo.Objective {
	return slo.Objective{Target: target(t, of), Window: window(t, over), Alerts: &slo.AlertPolicy{Tiers: []slo.Tier{tier}, Guard: guard}}
}

// hour is the first tier of the Site Reliability Workbook: 14.4 over 30 days.
func hour(t fataler) slo.Tier {
	return slo.Tier{Severity: slo.Page, Budget: share(t, "2%"), Long: time.Hour, Short: 5 * time.Minute}
}

func full(total, bad int64) burnrate.Sample {
	c := slo.Counts{Total: total, Bad: bad}
	return burnrate.Sample{Counts: c, Rows: c, Measured: 60, Minutes: 60}
}

// TestBorder looks at counts exactly at the factor, one event below and above.
func TestBorder(t *testing.T) {
	t.Parallel()
	odd := slo.Tier{Budget: share(t, "1.234567891%"), Long: 7 * time.Minute, Short: time.Minute}
	for _, test := range []struct {
		name, target, window string
		tier                 slo.Tier
		total, border        int64 // the most bad events that do not fire
	}{
		{"1.44 %", "99.9%", "30d", hour(t), 10_000, 144},
		{"1.44 % of 10^12", "99.9%", "30d", hour(t), 1_000_000_000_000, 14_400_000_000},
		{"1.44 % of 10^15", "99.9%", "30d", hour(t), 1_000_000_000_000_000, 14_400_000_000_000},
		{"1.44 %, between events", "99.9%", "30d", hour(t), 9_999, 143},
		{"a month is 30 days", "99.9%", "month", hour(t), 10_000, 144},
		{"1.344 %", "99.9%", "28d", hour(t), 125_000, 1680},
		{"five nines", "99.999%", "30d", hour(t), 1_000_000_000_000, 144_000_000},
		{"burn 1", "99.95%", "28d", slo.Tier{Burn: decimal(t, "1"), Long: time.Hour, Short: time.Minute}, 1_000_000_000_000, 500_000_000},
		// 0.01234567891 × 129,599 / 7 × 0.00087654321 = 0.200351186121…, in fractions of 76 bits.
		{"more than 64 bits", "99.912345679%", "129599m", odd, 1_000_000_000_000, 200_351_186_121},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			tier := burnrate.Tiers(policy(t, test.target, test.window, test.tier, slo.Guard{}))[0]
			for _, over := range []int64{-1, 0, 1} {
				want := burnrate.CalmLong
				if over > 0 {
					want = burnrate.Fires
				}
				s := full(test.total, test.border+over)
				if got := tier.Judge(s, s); got != want {
					t.Errorf("%d of %d: %s, want %s", s.Counts.Bad, test.total, got, want)
				}
			}
		})
	}
}

func TestVerdict(t *testing.T) {
	t.Parallel()
	guarded := burnrate.Tiers(policy(t, "99.9%", "30d", hour(t), slo.DefaultGuard()))[0]
	unreachable := burnrate.Tiers(policy(t, "90%", "30d", hour(t), slo.Guard{}))[0]
	low := func(s burnrate.Sample, measured int64) burnrate.Sample {
		s.Measured = measured
		return s
	}
	weighted := full(50_000, 40_000) // 50 items in one basket, 40 bad in one more
	weighted.Rows = slo.Counts{Total: 12, Bad: 2}
	for _, test := range []struct {
		name        string
		tier        *burnrate.Tier
		long, short burnrate.Sample
		want        burnrate.Verdict
	}{
		{"both burn", &guarded, full(1000, 100), full(100, 10), burnrate.Fires},
		{"nothing fails", &guarded, full(1000, 0), full(100, 0), burnrate.CalmLong},
		{"no traffic", &guarded, full(0, 0), full(0, 0), burnrate.CalmLong},
		{"only the short window burns", &guarded, full(1000, 14), full(100, 10), burnrate.CalmLong},
		{"only the long one", &guarded, full(1000, 100), full(100, 1), burnrate.CalmShort},
		{"no traffic of late", &guarded, full(1000, 100), full(0, 0), burnrate.CalmShort},
		{"half of the long window", &guarded, low(full(1000, 100), 30), full(100, 10), burnrate.Fires},
		{"less", &guarded, low(full(1000, 100), 29), full(100, 10), burnrate.Uncovered},
		{"half of the short window", &guarded, full(1000, 100), low(full(100, 10), 30), burnrate.Fires},
		{"less of it", &guarded, full(1000, 100), low(full(100, 10), 29), burnrate.Uncovered},
		{"nine events", &guarded, full(9, 9), full(9, 9), burnrate.FewEvents},
		{"ten", &guarded, full(10, 9), full(9, 9), burnrate.Fires},
		{"two bad", &guarded, full(10, 2), full(9, 2), burnrate.FewBad},
		// 3 or more of 100 happen by chance in 17.5 % of all hours at 1.44 %,
		// 4 in 5.7 %, 5 in 1.5 %.
		{"three of a hundred", &guarded, full(100, 3), full(10, 1), burnrate.Chance},
		{"four", &guarded, full(100, 4), full(10, 1), burnrate.Chance},
		{"five", &guarded, full(100, 5), full(10, 1), burnrate.Fires},
		{"the guard counts rows", &guarded, weighted, weighted, burnrate.FewBad},
		{"products of 70 bits", &guarded, full(1e18, 1e18), full(1e18, 1e18), burnrate.Fires},
		{"everything fails, and burns at 10", &unreachable, full(1000, 1000), full(100, 100), burnrate.CalmLong},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := test.tier.Judge(test.long, test.short); got != test.want {
				t.Errorf("%+v, %+v: %s, want %s", test.long, test.short, got, test.want)
			}
		})
	}
	if got := burnrate.Verdict(0).String(); got != "invalid" {
		t.Errorf("the zero Verdict is %s", got)
	}
	if got := burnrate.Tiers(slo.Objective{}); got != nil {
		t.Errorf("without a policy: %v", got)
	}
}

// drawTier draws an objective with one tier, often with odd numbers.
func drawTier(t *rapid.T, guard slo.Guard) slo.Objective {
	of := rapid.SampledFrom([]string{"90%", "99%", "99.5%", "99.9%", "99.95%", "99.999%", "99.987654321%"}).Draw(t, "target")
	over := rapid.SampledFrom([]string{"1d", "7d", "28d", "30d", "90d", "month", "quarter", "9973m"}).Draw(t, "window")
	tier := slo.Tier{Severity: slo.Page, Short: 5 * time.Minute, Long: time.Duration(rapid.Int64Range(6, 4320).Draw(t, "long")) * time.Minute}
	if rapid.Bool().Draw(t, "burn") {
		tier.Burn = decimal(t, rapid.SampledFrom([]string{"1", "1.2", "3", "6", "14.4", "13.123456789"}).Draw(t, "factor"))
	} else {
		tier.Budget = share(t, rapid.SampledFrom([]string{"2%", "5%", "10%", "1.23456789%"}).Draw(t, "budget"))
	}
	return policy(t, of, over, tier, guard)
}

// drawNear draws counts that are often within two events of a limit.
func drawNear(t *rapid.T, what string, limit *big.Rat, most int64) slo.Counts {
	total := rapid.Int64Range(0, most).Draw(t, what+" total")
	if rapid.Bool().Draw(t, what+" anywhere") {
		return slo.Counts{Total: total, Bad: rapid.Int64Range(0, total).Draw(t, what+" bad")}
	}
	border := new(big.Int).Mul(limit.Num(), big.NewInt(total))
	bad := border.Quo(border, limit.Denom())
	if !bad.IsInt64() {
		return slo.Counts{Total: total, Bad: total}
	}
	near := bad.Int64() + rapid.Int64Range(-2, 2).Draw(t, what+" off the border")
	return slo.Counts{Total: total, Bad: min(max(near, 0), total)}
}

// TestTierAgainstFractions compares burn rates with factors as fractions, as
// the definition is written.
func TestTierAgainstFractions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		o := drawTier(t, slo.Guard{})
		tier := burnrate.Tiers(o)[0]
		factor := tier.Factor(o.Window)
		limit := new(big.Rat).Mul(factor, o.Target.AllowedRat())
		if tier.Limit().Cmp(limit) != 0 {
			t.Fatalf("limit %s, want %s", tier.Limit(), limit)
		}
		long, short := drawNear(t, "long", limit, 1e12), drawNear(t, "short", limit, 1e12)
		burns := func(c slo.Counts) bool {
			burn := ratio(c.Bad, c.Total)
			return burn != nil && burn.Quo(burn, o.Target.AllowedRat()).Cmp(factor) > 0
		}
		want := burnrate.Fires
		switch {
		case !burns(long):
			want = burnrate.CalmLong
		case !burns(short):
			want = burnrate.CalmShort
		}
		if got := tier.Judge(full(long.Total, long.Bad), full(short.Total, short.Bad)); got != want {
			t.Errorf("%v and %v against %s: %s, want %s", long, short, limit, got, want)
		}
	})
}

// TestMoreBadNeverCalms adds failures to a tier that fires.
func TestMoreBadNeverCalms(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		guard := slo.Guard{
			MinEvents: rapid.Int64Range(0, 20).Draw(t, "minEvents"), MinBad: rapid.Int64Range(0, 5).Draw(t, "minBad"),
			Confidence: share(t, rapid.SampledFrom([]string{"0%", "50%", "95%", "99.9%"}).Draw(t, "confidence")),
		}
		tier := burnrate.Tiers(drawTier(t, guard))[0]
		long, short := drawNear(t, "long", tier.Limit(), 10_000), drawNear(t, "short", tier.Limit(), 1000)
		if tier.Judge(full(long.Total, long.Bad), full(short.Total, short.Bad)) != burnrate.Fires {
			return
		}
		for _, c := range []slo.Counts{long, short} {
			above := ratio(c.Bad, c.Total)
			if above == nil || above.Cmp(tier.Limit()) <= 0 {
				t.Errorf("it fires at %v, and its limit is %s", c, tier.Limit())
			}
		}
		more := rapid.Int64Range(long.Bad, long.Total).Draw(t, "more")
		if got := tier.Judge(full(long.Total, more), full(short.Total, short.Bad)); got != burnrate.Fires {
			t.Errorf("it fires at %v and is %s with %d bad", long, got, more)
		}
	})
}
