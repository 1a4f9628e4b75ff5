package burnrate_test

import (
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

type publishedCheck func(*testing.T, published)

// publishedChecks returns the check of every published number, by its name.
func publishedChecks() map[string]publishedCheck {
	checks := map[string]publishedCheck{
		"sre-5-8-extra-24h-pair":           factorOf,
		"sre-short-window-fraction":        shortWindow,
		"sre-1-detect-10m":                 tenMinutes,
		"sre-2-detect-36h":                 thirtySixHours,
		"sre-3-duration-1h-outage":         wholeOutage,
		"sre-3-spike-5m":                   wholeOutage,
		"sre-4-burn-36":                    burn36,
		"sre-formula-detection":            detectionFormula,
		"sre-formula-budget":               budgetIn,
		"sre-detection-grid":               detectionGrid,
		"sre-extreme-90pct":                ninetyPercent,
		"sre-extreme-five-nines":           fiveNines,
		"sre-low-traffic-10-per-hour":      lowTraffic,
		"sloth-error-budget-float":         exactBudget,
		"pyrra-28d-real-budget-share":      pyrraShares,
		"pyrra-absent-for-999":             pyrraAbsent,
		"sloth-459-traffic-correction":     slothTraffic,
		"datadog-overall-monitor-status":   overallStatus,
		"datadog-alert-comparison":         strictComparison,
		"datadog-budget-remaining-formula": remainingFormula,
		"datadog-five-nines-budget":        fiveNinesBudget,
		"datadog-timeslice-groups-any-bad": badMinutes,
		"datadog-correction-dilation":      excludedDay,
		"datadog-uptime-24h":               uptime,
		"newrelic-tf-threshold-float":      exactThreshold,
		"newrelic-tf-custom":               newRelicCustom,
		"newrelic-budget-colours":          colours,
		"openslo-timeslice-week":           timeslices,
		"openslo-timeslices-2w":            timeslices,
		"openslo-occurrences-2w":           occurrences,
		"nobl9-occurrences-gist":           nobl9,
		"grafana-event-vs-time":            eventsNotTime,
		"slogen-fixture-report":            halfBad,
		"slogen-fixture-consumed-ratio":    halfBad,
		"slogen-enough_events":             enoughEvents,
		"slogen-not_enough_events":         enoughEvents,
		"slogen-no_good_events":            allOrNothing,
		"slogen-no_bad_events":             allOrNothing,
		"slogen-sli-value":                 sliValue,
		"slogen-defect-rounding":           notRounded,
		"slogen-defect-target-100":         noBudget,
		"slogen-month-half-budget":         halfBudget,
	}
	for _, several := range []struct {
		check publishedCheck
		names []string
	}{
		{exhaustion, []string{"sre-5-4-burn-1", "sre-5-4-burn-2", "sre-5-4-burn-1000"}},
		{factorOf, []string{
			"sre-5-6-page-21600", "sre-5-6-ticket-259200", "sre-5-8-page-21600", "sre-5-8-ticket-259200",
			"datadog-7d-1h", "datadog-7d-6h", "datadog-7d-24h", "datadog-30d-6h", "datadog-30d-24h", "datadog-90d-24h",
			"sloth-28d-page_quick", "sloth-28d-page_slow", "sloth-28d-ticket_quick", "sloth-30d-page_slow", "sloth-30d-ticket_quick",
			"sloth-7d-page_quick", "sloth-7d-ticket_quick", "sloth-custom30d-page_quick", "sloth-custom30d-page_slow",
			"sloth-custom30d-ticket_quick", "sloth-custom30d-ticket_slow",
		}},
		{budgetIn, []string{
			"elastic-budget-30d-1h", "elastic-budget-7d-1h", "elastic-budget-30d-6h", "elastic-budget-7d-6h",
			"elastic-budget-30d-24h", "elastic-budget-7d-24h", "elastic-budget-30d-72h",
		}},
		{gitlab, []string{"gitlab-28d-1.0", "gitlab-28d-0.9997", "gitlab-28d-0.9995"}},
		{pyrraTier, []string{"pyrra-28d-0", "pyrra-28d-3"}},
		{pyrraScaled, []string{"pyrra-30d-windows", "pyrra-90d-windows"}},
	} {
		for _, name := range several.names {
			checks[name] = several.check
		}
	}
	return checks
}

func exhaustion(t *testing.T, p published) {
	burn := p.in(t, "burn_rate")
	same(t, "error rate", burn*targetOf(t, p.in(t, "slo")).AllowedRatio(), p.out(t, "error_rate"))
	lasts, ok := burnrate.TimeToSpend(p.period(t), burn)
	if !ok || lasts.Seconds() != p.out(t, "time_to_exhaustion_seconds") {
		t.Errorf("%v, %t", lasts, ok)
	}
}

// long reads the length of the long window.
func (p published) long(t *testing.T) time.Duration {
	t.Helper()
	for key, unit := range map[string]time.Duration{
		"window_seconds": time.Second, "long_window_seconds": time.Second, "evaluation_seconds": time.Second,
		"alert_window_seconds": time.Second, "long_window_hours": time.Hour, "window_hours": time.Hour,
	} {
		if value, ok := p.Inputs[key].(float64); ok {
			return time.Duration(value) * unit
		}
	}
	text, _ := p.Inputs["long_window"].(string)
	return time.Duration(window(t, text).Minutes()) * time.Minute
}

// factorOf checks the factor that follows from a share of the budget.
func factorOf(t *testing.T, p published) {
	var budget *big.Rat
	for _, from := range []map[string]any{p.Inputs, p.Expected} {
		if share, ok := from["budget_consumed"].(float64); ok {
			budget = exact(share)
		} else if percent, ok := from["budget_percent"].(float64); ok {
			budget = new(big.Rat).Quo(exact(percent), big.NewRat(100, 1))
		}
	}
	want, ok := p.Expected["burn_rate"].(float64)
	if !ok {
		want = p.out(t, "burn_rate_factor")
	}
	tier, o := single(budget, p.long(t), p.period(t), target(t, "99.9%"))
	got, _ := tier.Factor(o.Window).Float64()
	same(t, "factor", got, want)
}

// shortWindow checks that the short windows of paging are a twelfth.
func shortWindow(t *testing.T, p published) {
	for _, tier := range slo.BuiltInPolicies()[0].Tiers {
		if tier.Long != 12*tier.Short {
			t.Errorf("%v, %v", tier.Long, tier.Short)
		}
		if tier.Long == p.long(t) && tier.Short.Seconds() != p.out(t, "short_window_seconds") {
			t.Errorf("%v", tier.Short)
		}
	}
}

// spentIn is the share of a budget that is spent in some time at a burn rate.
func spentIn(t *testing.T, d time.Duration, period slo.Window, burn float64) float64 {
	t.Helper()
	lasts, ok := burnrate.TimeToSpend(period, burn)
	if !ok {
		t.Fatalf("%v: never", burn)
	}
	return d.Seconds() / lasts.Seconds()
}

func budgetIn(t *testing.T, p published) {
	want, ok := p.Expected["budget_consumed"].(float64)
	if !ok {
		want = p.out(t, "budget_consumed_percent") / 100
	}
	same(t, "spent", spentIn(t, p.long(t), p.period(t), p.in(t, "burn_rate")), want)
}

// tenMinutes is the first table of the workbook. It prints 0.02 % for 0.0231 %,
// and notices within a second what we notice with the first minute.
func tenMinutes(t *testing.T, p published) {
	same(t, "spent", spentIn(t, p.long(t), p.period(t), 1), 600.0/2_592_000)
	o := policy(t, "99.9%", "30d", slo.Tier{Burn: decimal(t, "1"), Long: p.long(t), Short: p.long(t)}, slo.Guard{})
	checkDetection(t, o, "1", p.out(t, "detection_seconds"), 10*time.Minute)
}

func thirtySixHours(t *testing.T, p published) {
	tier, o := single(exact(p.out(t, "budget_consumed")), p.long(t), slo.Rolling(30*1440), targetOf(t, p.in(t, "slo")))
	got, _ := tier.Factor(o.Window).Float64()
	same(t, "factor", got, p.in(t, "burn_rate"))
	// "Continues to fire for the next 36 hours": until two of the three bad
	// minutes are left, one minute after the first leaves the window.
	checkDetection(t, o, "1", p.out(t, "detection_seconds"), 36*time.Hour-2*time.Minute)
}

// checkDetection expects detection in the first minute that is later than the
// published formula says.
func checkDetection(t *testing.T, o slo.Objective, ratio string, seconds float64, quiet time.Duration) {
	t.Helper()
	got, err := burnrate.Tiers(o)[0].Detect(o, outage(ratio, "1000000", 0))
	want := time.Duration(math.Floor(seconds/60+1e-9)+1) * time.Minute
	if err != nil || got.Verdict != burnrate.Fires || got.After != want || quiet > 0 && got.Quiet != quiet {
		t.Errorf("errors of %s: %+v, %v; want after %s, quiet after %s", ratio, got, err, want, quiet)
	}
}

// wholeOutage spends as much of the budget as the outage is long.
func wholeOutage(t *testing.T, p published) {
	minutes := p.period(t).Minutes()
	bad := int64(p.in(t, "duration_seconds") / 60)
	same(t, "consumed", burnOf(t, minutes, bad, targetOf(t, p.in(t, "slo"))), p.out(t, "budget_consumed"))
}

func burn36(t *testing.T, p published) {
	tier, o := single(exact(p.in(t, "budget_consumed")), p.long(t), p.period(t), targetOf(t, p.in(t, "slo")))
	got, _ := tier.Factor(o.Window).Float64()
	same(t, "factor", got, p.out(t, "burn_rate"))
	reset := time.Duration(math.Ceil(p.out(t, "reset_seconds_full_outage")/60)) * time.Minute
	checkDetection(t, o, "1", 3600-p.out(t, "reset_seconds_full_outage"), reset)
}

func detectionFormula(t *testing.T, p published) {
	tier := burnrate.Tiers(policy(t, "99.9%", "30d", hour(t), slo.Guard{}))[0]
	limit, _ := tier.Limit().Float64()
	same(t, "seconds", limit/p.in(t, "error_ratio")*p.in(t, "window_seconds"), p.out(t, "detection_seconds"))
}

func detectionGrid(t *testing.T, p published) {
	tiers := map[string]slo.Tier{
		"page_1h_14.4": hour(t),
		"page_6h_6":    {Budget: share(t, "5%"), Long: 6 * time.Hour, Short: 30 * time.Minute},
		"ticket_3d_1":  {Budget: share(t, "10%"), Long: 72 * time.Hour, Short: 6 * time.Hour},
	}
	grid, _ := p.Expected["detection_seconds"].(map[string]any)
	cells := 0
	for ratio, row := range grid {
		row, _ := row.(map[string]any)
		for name, tier := range tiers {
			cells++
			o := policy(t, "99.9%", "30d", tier, slo.Guard{})
			if seconds, fires := row[name].(float64); fires {
				checkDetection(t, o, ratio, seconds, 0)
			} else if got, err := burnrate.Tiers(o)[0].Detect(o, outage(ratio, "1000000", 0)); err != nil || got.Verdict != burnrate.CalmLong {
				t.Errorf("%s, errors of %s: %+v, %v; want never", name, ratio, got, err)
			}
		}
	}
	if cells != 24 {
		t.Errorf("%d cells", cells)
	}
}

func ninetyPercent(t *testing.T, p published) {
	of := targetOf(t, p.in(t, "slo"))
	same(t, "highest burn rate", burnOf(t, 1, 1, of), p.out(t, "max_burn_rate"))
	same(t, "consumed", burnOf(t, 720, 1, of), p.out(t, "budget_consumed"))
	tier, o := single(exact(p.in(t, "alert_budget")), p.long(t), p.period(t), of)
	if got, err := tier.Detect(o, outage("1", "100", 0)); err != nil || got.Verdict != burnrate.CalmLong {
		t.Errorf("%+v, %v", got, err)
	}
}

func fiveNines(t *testing.T, p published) {
	of := targetOf(t, p.in(t, "slo"))
	for key, bad := range map[string]int64{"exhaustion_seconds": 100, "exhaustion_at_1pct_rollout_seconds": 1} {
		lasts, _ := burnrate.TimeToSpend(p.period(t), burnOf(t, 100, bad, of))
		same(t, key, lasts.Seconds(), math.Floor(p.out(t, key))) // cut to the second
	}
}

// lowTraffic has an erratum: the text prints a burn rate of 1,000.
func lowTraffic(t *testing.T, p published) {
	of := targetOf(t, p.in(t, "slo"))
	perHour := int64(p.in(t, "requests_per_hour"))
	same(t, "error rate", errorsOf(t, perHour, 1), p.out(t, "hourly_error_rate"))
	same(t, "burn rate", burnOf(t, perHour, 1, of), p.out(t, "burn_rate_1h"))
	if burnOf(t, perHour, 1, of) > 999 {
		t.Error("the burn rate is that of the erratum")
	}
	month := perHour * int64(p.in(t, "period_hours"))
	same(t, "consumed", burnOf(t, month, 1, of), p.out(t, "budget_consumed"))
	same(t, "allowed", float64(month)*of.AllowedRatio(), p.out(t, "failures_allowed_exact"))
}

// exactBudget has 0.09999999999999432 % in its source.
func exactBudget(t *testing.T, p published) {
	of := targetOf(t, p.in(t, "objective_percent")/100)
	if got := of.AllowedRatio() * 100; got != 0.1 || got == p.out(t, "error_budget_percent_go_float64") {
		t.Errorf("got %v", got)
	}
}
