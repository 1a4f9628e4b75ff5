package burnrate_test

import (
	"fmt"
	"math/big"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// workbook is 99.9 % over 30 days with the first tier of the Site Reliability
// Workbook and the usual guard.
func workbook() slo.Objective {
	of, _ := slo.ParseTarget("99.9%")
	budget, _ := slo.ParsePercentage("2%")
	return slo.Objective{Target: of, Window: slo.Rolling(30 * 24 * 60), Alerts: &slo.AlertPolicy{
		Tiers: []slo.Tier{{Severity: slo.Page, Budget: budget, Long: time.Hour, Short: 5 * time.Minute}},
		Guard: slo.DefaultGuard(),
	}}
}

func ExampleTier_Judge() {
	o := workbook()
	tier := burnrate.Tiers(o)[0]
	fmt.Println("factor", tier.Factor(o.Window).FloatString(1), "limit", tier.Limit().FloatString(4))
	sample := func(total, bad, minutes int64) burnrate.Sample {
		c := slo.Counts{Total: total, Bad: bad}
		return burnrate.Sample{Counts: c, Rows: c, Measured: minutes, Minutes: minutes}
	}
	short := sample(10, 1, 5)
	for _, bad := range []int64{1, 2, 4, 5} {
		fmt.Println(bad, "of 100:", tier.Judge(sample(100, bad, 60), short))
	}
	// Output:
	// factor 14.4 limit 0.0144
	// 1 of 100: calm-long
	// 2 of 100: few-bad
	// 4 of 100: chance
	// 5 of 100: fires
}

func ExampleTier_Detect() {
	o := workbook()
	tier := burnrate.Tiers(o)[0]
	// After the first minute 100 of 6,000 events failed, which could still be
	// chance at 1.44 %; so the guard waits for the second.
	for _, percent := range []int64{100, 10, 1} {
		found, err := tier.Detect(o, burnrate.Outage{
			ErrorRatio: big.NewRat(percent, 100), PerMinute: big.NewRat(100, 1), Lag: 3 * time.Minute,
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		spent, _ := found.Spent.Value()
		fmt.Printf("%d%%: %s after %s, %.1f%% of the budget spent\n", percent, found.Verdict, found.After, 100*spent)
	}
	// Output:
	// 100%: fires after 5m0s, 11.6% of the budget spent
	// 10%: fires after 14m0s, 3.2% of the budget spent
	// 1%: calm-long after 0s, 0.0% of the budget spent
}

func ExampleNewForecast() {
	f := burnrate.NewForecast(burnrate.Outlook{Left: 24, Allowed: 403.2, Spent: 3.2, Pace: 2, Burn: burnrate.RatioOf(200)})
	consumed, _ := f.End.Consumed.Value()
	fmt.Printf("spent in this window: %t; at its end %.1f%%\n", f.Exhausts, 100*consumed)
	f = burnrate.NewForecast(burnrate.Outlook{Rolling: true, Allowed: 403.2, Spent: 3.2, Pace: 2, Burn: burnrate.RatioOf(200)})
	fmt.Println("a rolling one, at the earliest in", f.Exhaustion)
	// Output:
	// spent in this window: false; at its end 12.7%
	// a rolling one, at the earliest in 3h20m0s
}
