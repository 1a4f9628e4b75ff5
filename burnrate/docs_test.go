package burnrate

import (
	"fmt"
	"math"
	"math/big"
	"os"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// TestDocs computes the worked numbers of the pages on numbers and journeys,
// the paragraphs that begin with >. Each claim is a piece of such a paragraph
// as it has to read; a paragraph without a claim is an error.
func TestDocs(t *testing.T) {
	t.Parallel()
	d := worked{t}
	for page, claims := range map[string][]string{"numbers": numbersClaims(d), "journeys": journeysClaims(d)} {
		paragraphs := quoted(t, "../docs/"+page+".md")
		claimed := map[string]bool{}
		for _, claim := range claims {
			found := false
			for _, p := range paragraphs {
				if strings.Contains(p, claim) {
					found, claimed[p] = true, true
				}
			}
			if !found {
				t.Errorf("no worked number of docs/%s.md says\n\t%s", page, claim)
			}
		}
		for _, p := range paragraphs {
			if !claimed[p] {
				t.Errorf("nothing computes this of docs/%s.md:\n\t%s", page, p)
			}
		}
	}
}

// numbersClaims are pieces of docs/numbers.md in their order.
func numbersClaims(d worked) []string {
	hour := slo.Rolling(60)
	month, weeks := slo.Rolling(30*24*60), slo.Rolling(28*24*60)
	measured := slo.Counts{Total: 120_034, Bad: 41}
	demo := slo.Counts{Total: 80_310, Bad: 85}
	young, early := slo.Counts{Total: 600, Bad: 1}, slo.Counts{Total: 50, Bad: 1}
	ten := Pace{Total: 10, Minutes: 1}
	page, tiers := d.paging("99.9%", month)[0], d.paging("99.9%", weeks)
	var (
		allowed, of    = d.target("99.95%").Allowed()
		whole          = NewBudget(measured, d.target("99.95%"), 0, Pace{})
		overspent      = NewBudget(demo, d.target("99.9%"), 0, Pace{})
		youngBudget    = NewBudget(young, d.target("99.9%"), weeks.Minutes()-60, ten)
		earlyBudget    = NewBudget(early, d.target("99.9%"), month.Minutes()-5, ten)
		three          = NewBudget(slo.Counts{Total: 4000, Bad: 3}, d.target("99.9%"), 0, Pace{})
		nearly         = NewBudget(slo.Counts{Total: 1_000_000, Bad: 751}, d.target("99.9%"), 0, Pace{})
		open, excluded = d.excluding(false), d.excluding(true)
		week           = d.minutesOld(174, slo.Rolling(7*24*60))
		rolling        = Outlook{Rolling: true, Allowed: 403.2, Spent: 3.2, Pace: 120.0 / 60, Burn: RatioOf(200)}
		calendar       = Outlook{Left: 24, Allowed: 403.2, Spent: 3.2, Pace: 2, Burn: RatioOf(200)}
		exactlyAllowed = d.detect(tiers[3], "0.001") // by the tier with the lowest factor
		tenPercent     = d.detect(tiers[0], "0.1")
		limit, _       = tiers[0].Limit().Float64()
		slow, _        = tiers[1].Limit().Float64()
		enough         = first(weeks.Minutes(), func(n int64) bool { return stateOf(1, n, weeks.Minutes()) == Measured })
		lacking        = weeks.Minutes() - enough
		items          = weighing(slo.Counts{Total: 2500}, slo.Counts{Total: 1250, Bad: 1250})
		coarse, partly = d.hourly(false), d.hourly(true)
		left           = slices12("")
		good, bad      = slices12(slo.EmptyGood), slices12(slo.EmptyBad)
	)
	return []string{
		fmt.Sprintf("is %sin the 1h window that ends at 10:01, and %sin the one that ends at 10:00.", not(!holds(hour, 601)), not(!holds(hour, 600))),
		fmt.Sprintf("41 / 120,034 = %.8f.", d.value(ErrorRatio(measured))),
		fmt.Sprintf("%d of %s events may be bad: %.8f / 0.0005 = %.5f.", allowed, commas(of), d.value(ErrorRatio(measured)), d.value(BurnRate(measured, d.target("99.95%")))),
		fmt.Sprintf("B = 0.0005 × 120,034 = %.3f events. Consumed: 41 / 60.017 = %.5f. Remaining: %.5f.", d.value(whole.Allowed), d.value(whole.Consumed), d.value(whole.Remaining)),
		fmt.Sprintf("B = %.3f, consumed %.4f, remaining %.4f: overspent.", d.value(overspent.Allowed), d.value(overspent.Consumed), d.value(overspent.Remaining)),
		fmt.Sprintf("m = 40,320 - 60 = %s.", commas(youngBudget.Missing)),
		fmt.Sprintf("B = 0.001 × (600 + 10 × 40,260) = %.1f events; consumed = 1 / 403.2 = %.5f. The burn rate is %.2f.", d.value(youngBudget.Allowed), d.value(youngBudget.Consumed), d.value(BurnRate(young, d.target("99.9%")))),
		fmt.Sprintf("B = 0.001 × (50 + 10 × %s) = %.0f events; consumed = 1 / 432 = %.4f. The burn rate is %.0f.", commas(earlyBudget.Missing), d.value(earlyBudget.Allowed), d.value(earlyBudget.Consumed), d.value(BurnRate(early, d.target("99.9%")))),
		fmt.Sprintf("B = %.0f. With 3 bad, exactly a quarter remains: `%s`. With 751 bad of 1,000,000, %.1f %% remain: `%s`.", d.value(three.Allowed), three.State, 100*d.value(nearly.Remaining), nearly.State),
		fmt.Sprintf("m = 40,320 - 60 - 2,880 = %s, r = %s / %s = %d a minute, B = 0.001 × (%s + 10 × 37,380) = %.1f events; consumed = %d / 403.2 = %.5f. The burn rate over 3d is that of the 60 minutes, %.2f.",
			commas(coarse.Budget.Missing), commas(coarse.Budget.Pace.Total), commas(coarse.Budget.Pace.Minutes), coarse.Budget.Pace.Total/coarse.Budget.Pace.Minutes,
			commas(coarse.Window.Counts.Total), d.value(coarse.Budget.Allowed), coarse.Window.Counts.Bad, d.value(coarse.Budget.Consumed), d.value(coarse.Burn[len(coarse.Burn)-1].Rate)),
		fmt.Sprintf("Left are %d hours and 60 minutes: m = %s, B = 0.001 × (%s + 10 × 37,380) = %.0f events.",
			(partly.Window.Counts.Total-600)/600, commas(partly.Budget.Missing), commas(partly.Window.Counts.Total), d.value(partly.Budget.Allowed)),
		fmt.Sprintf("consumed 4 / 0.8 = %.0f.", d.value(open.Budget.Consumed)),
		fmt.Sprintf("Left are %d bad of %d: consumed 1 / 0.6 = %.2f. The burn rate over 1h is 1 / 8 / 0.1 = %.2f.", excluded.Window.Counts.Bad, excluded.Window.Counts.Total, d.value(excluded.Budget.Consumed), d.value(excluded.Burn[2].Rate)),
		fmt.Sprintf("total %s thousandths, bad %s, error ratio 1 / %.0f; %d rows, %d of them bad.", commas(items.Counts.Total), commas(items.Counts.Bad), 1/d.value(ErrorRatio(items.Counts)), items.Rows.Total, items.Rows.Bad),
		fmt.Sprintf("%d / %d = %.4f; with `empty: good` %d / %d, with `empty: bad` %d / %d.", left.Bad, left.Total, d.value(ErrorRatio(left)), good.Bad, good.Total, bad.Bad, bad.Total),
		fmt.Sprintf("coverage 174 / 10,080 = %.4f.", week.Coverage()),
		fmt.Sprintf("With %s of them measured it is `%s`; up to %d minutes, %d h %d min, may be missing.", commas(enough), Measured, lacking, lacking/60, lacking%60),
		fmt.Sprintf("0.02 × 720 h / 1 h = %s. Of 28 days: %s.", page.Factor(month).FloatString(1), page.Factor(weeks).FloatString(2)),
		fmt.Sprintf("the limit is 14.4 × 0.001 = 1.44 %% = %s", strings.ReplaceAll(page.Limit().String(), "/", " / ")),
		fmt.Sprintf("%s bad of 10,000 events are at the limit and do not fire, %s do.", commas(least(unguarded(page), 10_000)-1), commas(least(unguarded(page), 10_000))),
		fmt.Sprintf("Of 10^12 events, %s do not fire, and one more does.", commas(least(unguarded(page), 1e12)-1)),
		fmt.Sprintf("everything failing burns at 1 / 0.1 = %.0f.", d.value(BurnRate(slo.Counts{Total: 7, Bad: 7}, d.target("90%")))),
		fmt.Sprintf("5 bad of 100: P(X ≥ 5) = %.4f, which is less than 0.05: it fires. 4 bad of 100: %.4f,", tail(100, 5), tail(100, 4)),
		fmt.Sprintf("1 bad of 2 has P = %.4f", tail(2, 1)),
		fmt.Sprintf("360,000 events at a limit of 0.56 %%: %s are expected, and %s pass.", commas(int64(math.Round(360_000*slow))), commas(least(tiers[1], 360_000))),
		fmt.Sprintf("4 bad of 100 are at least %.3f %%, 1 of 100 at least %.4f %%. Together 1 - 0.98622 × 0.999487 = %.2f %%", 100*bound(4), 100*bound(1), 100*together(4, 1)),
		fmt.Sprintf("With 2 of 100 in the second step, at least %.3f %%, they make %.2f %%", 100*bound(2), 100*together(4, 2)),
		fmt.Sprintf("(403.2 - 3.2) / 2 = %.0f minutes.", NewForecast(rolling).Exhaustion.Minutes()),
		fmt.Sprintf("(3.2 + 2 × 24) / 403.2 = %.1f %% will be spent.", 100*d.value(NewForecast(calendar).End.Consumed)),
		fmt.Sprintf("The limit of the first tier is %.3f %%: it takes more than 0.01344 / 0.1 × 60 = %.2f minutes.", 100*limit, limit/0.1*60),
		fmt.Sprintf("with 6,000 events in the hour it wants %d bad ones, which are there in the %.0fth minute.", least(tiers[0], 6000), (tenPercent.After - 3*time.Minute).Minutes()),
		fmt.Sprintf("It fires after %.0f minutes: 100 × 13 / 40,320 = %.2f %% of the budget is gone.", tenPercent.After.Minutes(), 100*d.value(tenPercent.Spent)),
		fmt.Sprintf("An error ratio of exactly 0.1 %% burns at %.0f and %s fires:", d.value(BurnRate(slo.Counts{Total: 1000, Bad: 1}, d.target("99.9%"))), never(exactlyAllowed)),
	}
}

// weighing sums events that weigh so many thousandths.
func weighing(weights ...slo.Counts) Sum {
	var sum Sum
	for _, w := range weights {
		row := Row{Counts: w, Rows: slo.Counts{Total: 1}, Measured: true}
		if w.Bad > 0 {
			row.Rows.Bad = 1
		}
		sum = sum.add(sumOf(&row, 1))
	}
	return sum
}

// slices12 counts 12 slices of 5m, of which 2 are bad and 1 is empty.
func slices12(empty slo.Empty) slo.Counts {
	slice := slo.Slice{Every: diag.Located[time.Duration]{Value: 5 * time.Minute}, Empty: empty}
	var sum Sum
	for i := range 12 {
		outcome := [12]Outcome{0: BadSlice, 5: BadSlice}[i]
		if outcome == EmptySlice && i != 9 {
			outcome = GoodSlice
		}
		for _, row := range SliceRows(slice, outcome) {
			sum = sum.add(sumOf(&row, 1))
		}
	}
	return sum.Counts
}

// journeysClaims are pieces of docs/journeys.md.
func journeysClaims(d worked) []string {
	const a, b = "j/a", "j/b"
	days := func(n int64) slo.Minute { return slo.Minute(n * 24 * 60) }
	o := slo.Objective{Name: "o", Target: d.target("99%"), Window: slo.Rolling(int64(days(28)))}
	j := &slo.Journey{ID: "j", Compose: slo.Series, Objectives: []slo.Objective{o}}
	set := &slo.Set{Journeys: []*slo.Journey{j}}
	for _, id := range []string{a, b} {
		step := &slo.SLO{ID: id, Kind: slo.KindStep}
		set.SLOs, j.Steps = append(set.SLOs, step), append(j.Steps, slo.Step{Name: id, SLO: step})
	}
	got := d.evaluate(set, map[string][]slo.Counts{
		a: same(int(days(28)), slo.Counts{Total: 1000, Bad: 1}), b: same(int(days(7)), slo.Counts{Total: 100, Bad: 5}),
	})["j"]
	return []string{
		fmt.Sprintf("E = 1 - 0.999 × 0.95 = %.3f %%.", 100*d.value(got.Window.ErrorRatio)),
		fmt.Sprintf("Parts: A %.1f %%, B %.1f %%.", 100*d.value(got.Shares[0].Ratio), 100*d.value(got.Shares[1].Ratio)),
		fmt.Sprintf("0.019 × 28 d + 0.981 × 7 d = %.2f d.", 28*d.value(got.Budget.SoFar)),
		fmt.Sprintf("Consumed: 0.05095 / 0.01 × 7.40 / 28 = %.2f budgets, where 28 days of such errors would be %.1f.", d.value(got.Budget.Consumed), d.value(got.BurnRate)),
	}
}

// quoted returns the paragraphs of a page that begin with >, each as one line.
func quoted(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var paragraphs []string
	for paragraph := range strings.SplitSeq(string(text), "\n\n") {
		if strings.HasPrefix(paragraph, "> ") {
			paragraphs = append(paragraphs, strings.Join(strings.Split(paragraph[len("> "):], "\n> "), " "))
		}
	}
	return paragraphs
}

// worked computes what the pages show.
type worked struct{ *testing.T }

func (d worked) value(r Ratio) float64 {
	d.Helper()
	value, defined := r.Value()
	if !defined {
		d.Fatal("a worked number is undefined")
	}
	return value
}

func (d worked) target(text string) slo.Target {
	d.Helper()
	target, err := slo.ParseTarget(text)
	if err != nil {
		d.Fatal(err)
	}
	return target
}

// paging returns the tiers of the built-in policy.
func (d worked) paging(target string, window slo.Window) []Tier {
	return Tiers(d.objective(target, window))
}

func (d worked) objective(target string, window slo.Window) slo.Objective {
	return slo.Objective{Name: "o", Target: d.target(target), Window: window, Alerts: slo.BuiltInPolicies()[0]}
}

// detect has an outage of a service with 100 events a minute.
func (d worked) detect(tier Tier, errorRatio string) Detection {
	d.Helper()
	e, _ := new(big.Rat).SetString(errorRatio)
	found, err := tier.Detect(d.objective("99.9%", slo.Rolling(paceMinutes)), Outage{ErrorRatio: e, PerMinute: big.NewRat(100, 1), Lag: 3 * time.Minute})
	if err != nil {
		d.Fatal(err)
	}
	return found
}

// evaluate has what was measured in the minutes before minute 100,000.
func (d worked) evaluate(set *slo.Set, measured map[string][]slo.Counts) map[string]Objective {
	d.Helper()
	const end = slo.Minute(100_000)
	all := map[string]Measurement{}
	for id, counts := range measured {
		extent := slo.Span{Start: end - slo.Minute(len(counts)), End: end}
		var cuts []slo.Minute
		for at := extent.Start; at <= end; at++ {
			cuts = append(cuts, at)
		}
		rows := make([]Row, len(counts))
		for i, c := range counts {
			rows[i] = Counted(c)
		}
		series, err := NewSeries(extent, cuts, rows)
		if err != nil {
			d.Fatal(err)
		}
		all[id] = Measurement{Series: series, End: end}
	}
	found := map[string]Objective{}
	for _, s := range Evaluate(set, end.Time(), all).Statuses {
		if len(s.Objectives) > 0 {
			found[s.ID] = s.Objectives[0]
		}
	}
	return found
}

// hourly has 48 coarse hours before an hour of minutes, the first two of which
// have a bad event, as the minutes have one. Exclusions drop the tenth hour, and
// half of the twentieth.
func (d worked) hourly(excluded bool) Objective {
	d.Helper()
	const end = slo.Minute(99_960)
	first := end - 49*60
	set := &slo.Set{SLOs: []*slo.SLO{{ID: "a", Objectives: []slo.Objective{d.objective("99.9%", slo.Rolling(paceMinutes))}}}}
	if excluded {
		set.Exclusions = []*slo.Exclusion{
			{Name: "x", SLOs: []string{"a"}, Effect: slo.Drop, From: (first + 540).Time(), To: (first + 600).Time()},
			{Name: "y", SLOs: []string{"a"}, Effect: slo.Drop, From: (first + 1140).Time(), To: (first + 1170).Time()},
		}
	}
	extent, hour := slo.Span{Start: end - 60, End: end}, slo.Counts{Total: 600, Bad: 1}
	cuts := LoadCuts(set, map[string]slo.Span{"a": extent})["a"]
	counts := make([]slo.Counts, len(cuts)-1)
	for i := range counts {
		counts[i].Total = 10 * int64(cuts[i+1]-cuts[i])
	}
	counts[len(counts)-1].Bad = 1
	rows := make([]Row, len(counts))
	for i, c := range counts {
		rows[i] = Counted(c)
	}
	series, err := NewSeries(extent, cuts, rows)
	if err != nil {
		d.Fatal(err)
	}
	e := NewEvaluator(set)
	if err := e.Load(map[string]Series{"a": series}); err != nil {
		d.Fatal(err)
	}
	var list []Coarse
	for at := first; at < end-60; at += 60 {
		list = append(list, Coarse{Hour: at, Sum: Sum{Counts: hour, Rows: hour, Minutes: 60}})
		if len(list) == 2 {
			hour.Bad = 0
		}
	}
	if err := e.SetCoarse(0, list); err != nil {
		d.Fatal(err)
	}
	return e.Snapshot(end.Time()).Statuses[0].Objectives[0]
}

// minutesOld is the window of an SLO that was measured for so long.
func (d worked) minutesOld(minutes int, window slo.Window) Window {
	set := &slo.Set{SLOs: []*slo.SLO{{ID: "a", Objectives: []slo.Objective{d.objective("99.9%", window)}}}}
	return d.evaluate(set, map[string][]slo.Counts{"a": same(minutes, slo.Counts{Total: 1})})["a"].Window
}

// excluding has 8 events in an hour, 4 of them bad: one in each of the first
// two minutes, which are dropped, one in the third, which counts as good, and
// one in the last.
func (d worked) excluding(excluded bool) Objective {
	counts := make([]slo.Counts, 60)
	for i := range 4 {
		counts[i], counts[59-i] = slo.Counts{Total: 1}, slo.Counts{Total: 1}
	}
	for _, i := range []int{0, 1, 2, 59} {
		counts[i].Bad = 1
	}
	set := &slo.Set{SLOs: []*slo.SLO{{ID: "a", Objectives: []slo.Objective{d.objective("90%", slo.Rolling(60))}}}}
	if excluded {
		from := slo.Minute(100_000 - 60)
		set.Exclusions = []*slo.Exclusion{
			{Name: "x", SLOs: []string{"a"}, Effect: slo.Drop, From: from.Time(), To: (from + 2).Time()},
			{Name: "y", SLOs: []string{"a"}, Effect: slo.CountAsGood, From: (from + 2).Time(), To: (from + 3).Time()},
		}
	}
	return d.evaluate(set, map[string][]slo.Counts{"a": counts})["a"]
}

func same(n int, c slo.Counts) []slo.Counts {
	counts := make([]slo.Counts, n)
	for i := range counts {
		counts[i] = c
	}
	return counts
}

// holds reports whether the minute 600, 10:00, is in the window that ends at
// another one.
func holds(window slo.Window, end slo.Minute) bool {
	return window.Ending(end).Intersect(slo.Span{Start: 600, End: 601}).Len() == 1
}

func not(is bool) string {
	if is {
		return "not "
	}
	return ""
}

func never(d Detection) string {
	if d.Verdict == Fires {
		return "then"
	}
	return "never"
}

// first returns the least number up to most of which something is true, as it
// is of all that are greater.
func first(most int64, is func(int64) bool) int64 {
	return int64(sort.Search(int(most), func(n int) bool { return is(int64(n)) }))
}

// least is how many of total events have to be bad for a tier to fire.
func least(tier Tier, total int64) int64 {
	return first(total, func(bad int64) bool {
		c := slo.Counts{Total: total, Bad: bad}
		all := Sample{Counts: c, Rows: c, Measured: 1, Minutes: 1}
		return tier.Judge(all, all) == Fires
	})
}

func unguarded(tier Tier) Tier {
	tier.guard = guard{}
	return tier
}

// tail is the probability of so many failures at 1.44 %.
func tail(total, bad int64) float64 {
	return binomialTail(slo.Counts{Total: total, Bad: bad}, 0.0144)
}

// bound is the lower bound of so many bad events of 100.
func bound(bad int64) float64 { return lowerBound(slo.Counts{Total: 100, Bad: bad}, 0.05) }

// together composes the bounds of two steps in series.
func together(a, b int64) float64 { return 1 - (1-bound(a))*(1-bound(b)) }

// commas writes thousands apart: 40,260.
func commas(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
