package burnrate_test

import (
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// list reads a list of numbers.
func list(t *testing.T, from map[string]any, key string) []float64 {
	t.Helper()
	values, _ := from[key].([]any)
	var numbers []float64
	for _, v := range values {
		n, ok := v.(float64)
		if !ok {
			t.Fatalf("%s: %v is no number", key, v)
		}
		numbers = append(numbers, n)
	}
	if len(numbers) == 0 {
		t.Fatalf("there is no list %s", key)
	}
	return numbers
}

func pyrraTier(t *testing.T, p published) {
	long, _ := p.Expected["long"].(string)
	short, _ := p.Expected["short"].(string)
	tier := slo.Tier{Burn: decimal(t, exact(p.out(t, "factor")).RatString())}
	tier.Long, tier.Short = time.Duration(window(t, long).Minutes())*time.Minute, time.Duration(window(t, short).Minutes())*time.Minute
	o := policy(t, "99.9%", "28d", tier, slo.Guard{})
	limit, _ := burnrate.Tiers(o)[0].Limit().Float64()
	same(t, "limit", limit, p.out(t, "factor")/1000)
	// Everything fails: detected with the first minute above the limit.
	checkDetection(t, o, "1", limit*tier.Long.Seconds(), 0)
}

func pyrraShares(t *testing.T, p published) {
	longs, burns := []time.Duration{time.Hour, 6 * time.Hour, 24 * time.Hour, 96 * time.Hour}, []float64{14, 7, 2, 1}
	for i, want := range list(t, p.Expected, "budget_consumed_percent") {
		got := spentIn(t, longs[i], slo.Rolling(28*1440), burns[i]) * 100
		if got-want > 1e-7 || want-got > 1e-7 { // printed with seven decimals
			t.Errorf("%v at %v: %v, want %v", longs[i], burns[i], got, want)
		}
	}
}

// pyrraScaled: windows that grow with the objective's spend the same share of
// the budget as those of 28d, but for what rounding to the minute changes.
func pyrraScaled(t *testing.T, p published) {
	longs, burns := []time.Duration{time.Hour, 6 * time.Hour, 24 * time.Hour, 96 * time.Hour}, []float64{14, 7, 2, 1}
	period, _ := p.Inputs["window"].(string)
	of := window(t, period)
	rows, _ := p.Expected["rows"].([]any)
	if len(rows) != len(longs) {
		t.Fatalf("%d rows", len(rows))
	}
	for i, row := range rows {
		row, _ := row.(map[string]any)
		got := spentIn(t, time.Duration(p.number(t, row, "long"))*time.Minute, of, p.number(t, row, "factor"))
		want := spentIn(t, longs[i], slo.Rolling(28*1440), burns[i])
		if half := 0.5 * burns[i] / float64(of.Minutes()); math.Abs(got-want) > half {
			t.Errorf("row %d spends %v of the budget, want %v within %v", i, got, want, half)
		}
	}
}

// pyrraAbsent takes a metric that is gone for an outage, and waits until the
// fastest tier has fired for the two minutes of its "for", which ours lack.
func pyrraAbsent(t *testing.T, p published) {
	period, _ := p.Inputs["window"].(string)
	o := policy(t, "99.9%", period, slo.Tier{Burn: decimal(t, "14"), Long: time.Hour, Short: 5 * time.Minute}, slo.Guard{})
	o.Target = targetOf(t, p.in(t, "target"))
	got, err := burnrate.Tiers(o)[0].Detect(o, outage("1", "1000000", 0))
	if want := p.Expected["absent_for"]; err != nil || slo.FormatDuration(got.After+2*time.Minute) != want {
		t.Errorf("%+v, %v; want %v", got, err, want)
	}
}

// slothTraffic: where traffic is uneven, a ratio over an hour has to be
// corrected by the hour's part in it before it is compared with a budget of
// time. Budgets of events give the corrected numbers at once.
func slothTraffic(t *testing.T, p published) {
	of := targetOf(t, p.in(t, "objective"))
	failed, total, month := int64(p.in(t, "failed_1h")), int64(p.in(t, "total_1h")), int64(p.in(t, "requests_30d"))
	hours := p.in(t, "period_hours")
	printed := func(key string, got, rounding float64) {
		if want := p.out(t, key); math.Abs(got-want) > rounding {
			t.Errorf("%s: %v, want %v", key, got, want)
		}
	}
	printed("error_ratio", errorsOf(t, total, failed), 1e-5)
	printed("burn_of_budget", burnOf(t, total, failed, of)/hours, 5e-4)
	usual := int64(float64(month) / hours) // in an hour
	printed("corrected_error_ratio", errorsOf(t, usual, failed), 5e-5)
	printed("corrected_burn_of_budget", burnOf(t, month, failed, of), 5e-4)
}

// overallStatus counts slots in which any monitor alerts. A journey finds that
// out by an SLI of its own; from those of its steps it does not follow.
func overallStatus(t *testing.T, p published) {
	bad := map[int]bool{}
	var slots int64
	for _, name := range []string{"monitor1", "monitor2", "monitor3"} {
		monitor, _ := p.Inputs[name].(string)
		slots = int64(len(monitor))
		for i, slot := range monitor {
			if slot == '1' {
				bad[i] = true
			}
		}
		same(t, name, 1-errorsOf(t, slots, int64(strings.Count(monitor, "1"))), p.out(t, name))
	}
	same(t, "overall", 1-errorsOf(t, slots, int64(len(bad))), p.out(t, "overall_all_must_be_ok"))
}

// strictComparison: Datadog fires at the factor, the workbook and ours above it.
func strictComparison(t *testing.T, p published) {
	if p.Expected["comparison"] != ">=" {
		t.Errorf("the source says %v", p.Expected["comparison"])
	}
	tier := burnrate.Tiers(policy(t, "99.9%", "30d", hour(t), slo.Guard{}))[0]
	at, above := full(10_000, 144), full(10_000, 145)
	if tier.Judge(at, at) == burnrate.Fires || tier.Judge(above, above) != burnrate.Fires {
		t.Error("the comparison is not strict")
	}
}

func remainingFormula(t *testing.T, p published) {
	status := new(big.Rat).Sub(big.NewRat(100, 1), exact(p.in(t, "status")))
	bad := status.Mul(status, big.NewRat(100, 1)) // of 10,000
	if !bad.IsInt() {
		t.Fatalf("%s of 10,000", bad)
	}
	consumed := burnOf(t, 10_000, bad.Num().Int64(), target(t, "99.9%"))
	same(t, "remaining", 100*(1-consumed), p.out(t, "error_budget_remaining_percent"))
}

func fiveNinesBudget(t *testing.T, p published) {
	seconds := list(t, p.Expected, "budget_seconds")
	for i, days := range list(t, p.Inputs, "periods_days") {
		same(t, "seconds", days*86_400*targetOf(t, p.in(t, "slo")).AllowedRatio(), seconds[i])
	}
}

func badMinutes(t *testing.T, p published) {
	minutes := int64(p.in(t, "window_minutes"))
	same(t, "overall", 100*(1-errorsOf(t, minutes, 5+5)), p.out(t, "overall_uptime_percent"))
}

// excludedDay drops a day from both counts.
func excludedDay(t *testing.T, p published) {
	week, dropped, bad := p.period(t).Minutes(), int64(p.in(t, "excluded_minutes")), int64(p.in(t, "bad_minutes"))
	same(t, "without the day", errorsOf(t, week-dropped, bad), p.out(t, "bad_share_excluding"))
	same(t, "with it", errorsOf(t, week, bad), p.out(t, "bad_share_without_exclusion"))
}

// uptime has an erratum: a formula on the page prints 99.652 % for ten minutes.
func uptime(t *testing.T, p published) {
	want := list(t, p.Expected, "uptime_percent")
	for i, bad := range list(t, p.Inputs, "bad_minutes") {
		got := 100 * (1 - errorsOf(t, int64(p.in(t, "window_minutes")), int64(bad)))
		same(t, "uptime", got, want[i])
		if bad == 10 && got > 99.6 {
			t.Error("the uptime is that of the erratum")
		}
	}
}

// exactThreshold has 1.3439999999999237 % in its source.
func exactThreshold(t *testing.T, p published) {
	budget := new(big.Rat).Quo(exact(p.in(t, "tolerated_budget_percent")), big.NewRat(100, 1))
	tier, _ := single(budget, p.long(t), p.period(t), targetOf(t, p.in(t, "slo_target")/100))
	if got := tier.Limit(); got.Cmp(big.NewRat(1344, 100_000)) != 0 || got.Cmp(exact(p.out(t, "threshold")/100)) == 0 {
		t.Errorf("limit %s", got)
	}
}

func newRelicCustom(t *testing.T, p published) {
	budget := new(big.Rat).Quo(exact(p.in(t, "tolerated_budget_percent")), big.NewRat(100, 1))
	tier, o := single(budget, p.long(t), p.period(t), targetOf(t, p.in(t, "slo_target")/100))
	factor, _ := tier.Factor(o.Window).Float64()
	limit, _ := tier.Limit().Float64()
	same(t, "factor", factor, p.out(t, "burn_rate"))
	same(t, "limit", limit*100, p.out(t, "threshold_error_rate_percent"))
}

func colours(t *testing.T, p published) {
	states := map[any]burnrate.BudgetState{"green": burnrate.Healthy, "yellow": burnrate.AtRisk, "red": burnrate.Spent}
	want, _ := p.Expected["colour"].([]any)
	for i, remaining := range list(t, p.Inputs, "remaining_budget_percent") {
		got := burnrate.NewForecast(burnrate.Outlook{Allowed: 1000, Spent: 1000 - 10*remaining}).End.State
		if got != states[want[i]] {
			t.Errorf("%v %% left: %s, want %v", remaining, got, want[i])
		}
	}
}

// timeslices checks how many slices may be bad.
func timeslices(t *testing.T, p published) {
	allowed := float64(p.period(t).Minutes()) * targetOf(t, p.in(t, "target")).AllowedRatio()
	want, ok := p.Expected["budget_minutes"].(float64)
	if !ok {
		want = p.out(t, "budget_seconds") / 60
	}
	same(t, "minutes", allowed, want)
}

// occurrences has an erratum: the page prints 16,632.
func occurrences(t *testing.T, p published) {
	requests := p.out(t, "requests")
	same(t, "requests", p.in(t, "window_days")*p.in(t, "requests_per_day"), requests)
	of := targetOf(t, p.in(t, "target"))
	same(t, "allowed", requests*of.AllowedRatio(), p.out(t, "bad_allowed"))
	same(t, "consumed", burnOf(t, int64(requests), int64(p.out(t, "bad_allowed")), of), 1)
	if burnOf(t, int64(requests), 16_632, of) >= 1 {
		t.Error("the budget is that of the erratum")
	}
}

// sums adds up the lists good and total.
func sums(t *testing.T, p published) (total, bad int64) {
	t.Helper()
	good := list(t, p.Inputs, "good")
	for i, n := range list(t, p.Inputs, "total") {
		total += int64(n)
		bad += int64(n - good[i])
	}
	return total, bad
}

func nobl9(t *testing.T, p published) {
	total, bad := sums(t, p)
	if total != int64(p.out(t, "total_sum")) || total-bad != int64(p.out(t, "good_sum")) {
		t.Errorf("%d of %d", bad, total)
	}
	// The SLI is printed with four decimals, and what is burnt is computed from
	// that: (100 - 94.0677) / 5 is 118.646 %, while 7 / 5.9 is 118.644 %.
	printed := p.out(t, "sli_percent")
	if sli := 100 * (1 - errorsOf(t, total, bad)); math.Abs(sli-printed) > 1e-4 {
		t.Errorf("SLI %v", sli)
	}
	same(t, "burnt", burnOf(t, total, bad, targetOf(t, p.in(t, "target"))), 7/5.9)
	same(t, "what is printed", 100*(100-printed)/5, p.out(t, "budget_burnt_percent"))
}

// eventsNotTime: ratios of minutes are not averaged.
func eventsNotTime(t *testing.T, p published) {
	total, bad := sums(t, p)
	same(t, "by events", 1-errorsOf(t, total, bad), p.out(t, "event_based"))
	if 1-errorsOf(t, total, bad) == p.out(t, "time_based") {
		t.Error("it is the mean of the ratios")
	}
}

func gitlab(t *testing.T, p published) {
	const of = 1_000_000
	down := new(big.Rat).Sub(big.NewRat(1, 1), exact(p.in(t, "availability")))
	bad := down.Mul(down, big.NewRat(of, 1)).Num().Int64()
	consumed := burnOf(t, of, bad, targetOf(t, p.in(t, "target")))
	budget := float64(p.period(t).Minutes()) * targetOf(t, p.in(t, "target")).AllowedRatio()
	same(t, "spent", consumed*budget, p.out(t, "minutes_spent"))
	same(t, "remaining", budget-consumed*budget, p.out(t, "minutes_remaining"))
}

// halfBad has an erratum: one of its files prints that 19.99 budgets were
// consumed, where the program that wrote it computes 5.
func halfBad(t *testing.T, p published) {
	bad := int64(p.in(t, "bad"))
	total := bad + int64(p.in(t, "good"))
	burn := burnOf(t, total, bad, targetOf(t, p.in(t, "goal")))
	same(t, "burn rate", burn, 5)
	if percent, ok := p.Expected["error_budget_consumed_percent"].(float64); ok {
		same(t, "consumed", 100*burn, percent)
		return
	}
	same(t, "SLI", 1-errorsOf(t, total, bad), p.out(t, "sli_measurement"))
	same(t, "minutes", errorsOf(t, total, bad)*p.in(t, "window_seconds")/60, p.out(t, "error_minutes"))
	budget := p.out(t, "error_budget_minutes")
	same(t, "remaining", budget-burn*budget, p.out(t, "error_budget_remaining_minutes"))
	if got := judgeSingle(t, p, total, bad, slo.Guard{}); got != burnrate.Fires {
		t.Errorf("%s", got)
	}
}

// judgeSingle judges a tier with the threshold of a published step.
func judgeSingle(t *testing.T, p published, total, bad int64, guard slo.Guard) burnrate.Verdict {
	t.Helper()
	percent := new(big.Rat).Mul(exact(p.in(t, "goal")), big.NewRat(100, 1)).FloatString(3) + "%"
	burn := decimal(t, exact(p.in(t, "burn_rate_threshold")).FloatString(3))
	tier := burnrate.Tiers(policy(t, percent, "28d", slo.Tier{Burn: burn, Long: time.Hour, Short: time.Hour}, guard))[0]
	return tier.Judge(full(total, bad), full(total, bad))
}

func enoughEvents(t *testing.T, p published) {
	good, bad := int64(p.in(t, "good")), int64(p.in(t, "bad"))
	want := burnrate.FewEvents
	if p.Expected["valid"] == true {
		want = burnrate.Fires
		same(t, "SLI", 1-errorsOf(t, good+bad, bad), p.out(t, "sli"))
	}
	if got := judgeSingle(t, p, good+bad, bad, slo.Guard{MinEvents: int64(p.in(t, "min_valid_events"))}); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// allOrNothing: -1 is the source's word for a query without an answer, which is
// none of the events here.
func allOrNothing(t *testing.T, p published) {
	good, bad := max(0, int64(p.in(t, "good"))), max(0, int64(p.in(t, "bad")))
	same(t, "SLI", 1-errorsOf(t, good+bad, bad), p.out(t, "sli"))
}

func sliValue(t *testing.T, p published) {
	if got := judgeSingle(t, p, 1000, 9, slo.Guard{}); got != burnrate.CalmLong || p.Expected["alert"] != false {
		t.Errorf("%s at an SLI of %v", got, p.in(t, "sli"))
	}
}

// notRounded: slo-generator rounds 9.04 to 9.0 before it compares with 9.
func notRounded(t *testing.T, p published) {
	good, bad := int64(p.in(t, "good")), int64(p.in(t, "bad"))
	same(t, "burn rate", burnOf(t, good+bad, bad, targetOf(t, p.in(t, "goal"))), p.out(t, "true_burn_rate"))
	if got := judgeSingle(t, p, good+bad, bad, slo.Guard{}); got != burnrate.Fires || p.Expected["slo_generator_alert"] != false {
		t.Errorf("%s", got)
	}
}

// noBudget: a target of 100 % is refused where it is read.
func noBudget(t *testing.T, p published) {
	if parsed, err := slo.ParseTarget("100%"); err == nil || p.in(t, "goal") != 1 {
		t.Errorf("100%% is %v", parsed)
	}
}

func halfBudget(t *testing.T, p published) {
	good, bad := int64(p.in(t, "good")), int64(p.in(t, "bad"))
	of := targetOf(t, p.in(t, "goal"))
	burn := burnOf(t, good+bad, bad, of)
	same(t, "SLI", 1-errorsOf(t, good+bad, bad), p.out(t, "sli"))
	same(t, "burn rate", burn, p.out(t, "burn_rate"))
	same(t, "consumed", 100*burn, p.out(t, "consumed_percent"))
	budget := p.in(t, "window_seconds") / 60 * of.AllowedRatio()
	same(t, "budget", budget, p.out(t, "budget_minutes"))
	same(t, "remaining", budget*(1-burn), p.out(t, "remaining_minutes"))
}
