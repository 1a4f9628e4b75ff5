package evidence_test

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// TestWorked computes the worked numbers of the page, the paragraphs that begin
// with >. Each claim is a piece of such a paragraph as it has to read; a paragraph
// without a claim is an error.
func TestWorked(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	claimed := map[string]bool{}
	for paragraph := range strings.SplitSeq(string(text), "\n\n") {
		if strings.HasPrefix(paragraph, "> ") {
			claimed[strings.Join(strings.Split(paragraph[len("> "):], "\n> "), " ")] = false
		}
	}
	for _, claim := range claims(t) {
		found := false
		for p := range claimed {
			if strings.Contains(p, claim) {
				found, claimed[p] = true, true
			}
		}
		if !found {
			t.Errorf("no worked number of %s says\n\t%s", page, claim)
		}
	}
	for p, is := range claimed {
		if !is {
			t.Errorf("nothing computes this of %s:\n\t%s", page, p)
		}
	}
	checkTable(t, "tiers", tiersTable(t))
}

// claims are pieces of the page in their order.
func claims(t *testing.T) []string {
	t.Helper()
	o := judged{slo.Rolling(28 * 1440), true}.objective(targetOf(t, "99.9%"))
	first := burnrate.Tiers(o)[0]
	limit, _ := first.Limit().Float64()
	page := func(total, bad int64) (burn float64, verdict burnrate.Verdict, chance float64) {
		c := slo.Counts{Total: total, Bad: bad}
		burn, _ = burnrate.BurnRate(c, o.Target).Value()
		all := burnrate.Sample{Counts: c, Rows: c, Measured: 1, Minutes: 1}
		return burn, first.Judge(all, all), 1 - distuv.Binomial{N: float64(total), P: limit}.CDF(float64(bad-1))
	}
	one, few, _ := page(10, 1)
	three, mayBe, byChance := page(100, 3)
	_, fires, hardly := page(100, 4)
	if mayBe != burnrate.Chance || fires != burnrate.Fires || one <= 7*13.44 {
		t.Errorf("3 of 100: %s, 4 of 100: %s", mayBe, fires)
	}
	long, short := burningAfter(t, first, 10)
	kept := read(t)
	return []string{
		fmt.Sprintf("0.02 × 672 h / 1 h = %s. At 99.9 %% that is more than %.3f %% of errors.", first.Factor(o.Window).FloatString(2), 100*limit),
		fmt.Sprintf("A full outage of 10 minutes spends %.1f %% of the budget. The 1h window burns above its factor for %d minutes after it, the 5m window for %d.",
			100*10/(0.001*28*1440), long, short),
		fmt.Sprintf("One bad of 10 events in an hour burns at %.0f, more than seven times the factor, and does not fire: `%s`. 3 of 100 burn at %.0f and may be chance: P = %.3f. 4 of 100 have P = %.3f and fire.",
			one, few, three, byChance, hardly),
		fmt.Sprintf("the page resolves %d minutes after the end. If nothing but a good event every 20 minutes follows, it takes %d minutes", resolving(t, 1, 1), resolving(t, 1, 20)),
		fmt.Sprintf("When everything fails for 10 minutes, 6h/30m has fired as well, and it takes %d minutes.", resolving(t, 10, 1)),
		fewEvents(t, o.Alerts),
		fmt.Sprintf("become known 10 minutes after their end: %s. 40 minutes after: %s. 7 hours after: %s, though 20 / 40.32 = %.1f %% of the budget is gone.",
			found(t, 10), found(t, 40), found(t, 7*60), 100*20/(0.001*28*1440)),
		guardMakes(kept.Healthy[0], kept.Healthy[1]),
		fullOutage(kept.Outages),
		atTheLimit(kept.Burning),
		fmt.Sprintf("The guard is sure with %d bad of 100 in an hour, or %d bad of 600 in six hours,", least(first, 100), least(burnrate.Tiers(o)[1], 600)),
		fmt.Sprintf("one page fires, and it resolves %d minutes after the end.", acrossGap(t)),
	}
}

// least is how many of total events have to be bad for a tier to fire.
func least(tier burnrate.Tier, total int64) int64 {
	for bad := int64(0); ; bad++ {
		c := slo.Counts{Total: total, Bad: bad}
		all := burnrate.Sample{Counts: c, Rows: c, Measured: 1, Minutes: 1}
		if tier.Judge(all, all) == burnrate.Fires {
			return bad
		}
	}
}

// guardMakes says what becomes of false pages.
func guardMakes(ten, hundred played) string {
	less := func(p played) (without, with, times string) {
		return rate(p.Pages[neither], p.Stretches), rate(p.Pages[guardOnly], p.Stretches), commas(int64(p.Pages[neither] / p.Pages[guardOnly]))
	}
	a, b, c := less(ten)
	d, e, f := less(hundred)
	return fmt.Sprintf("With 10 events an hour the guard makes of %s pages a year %s, %s times fewer, and with 100 of %s %s, %s times fewer.", a, b, c, d, e, f)
}

// fullOutage says how many full outages are paged soon.
func fullOutage(list []outage) string {
	o := list[slices.IndexFunc(list, func(o outage) bool { return o.Begin > 0 })]
	return fmt.Sprintf("A full outage at %g events an hour is paged within %d minutes in %.4g %% of %s seeds.",
		o.PerHour, within, 100*float64(o.Within)/float64(o.Seeds), commas(int64(o.Seeds)))
}

// atTheLimit says what is left of pages of services that burn at a limit.
func atTheLimit(list []played) string {
	var holds, all []float64
	for _, p := range list {
		if p.Begin > 0 {
			of := float64(p.Pages[neither])
			holds, all = append(holds, 100*float64(p.Pages[holdOnly])/of), append(all, 100*float64(p.Pages[both])/of)
		}
	}
	return fmt.Sprintf("At the limit itself, hold leaves %.0f %% to %.0f %% of the pages, and hold and guard together %.0f %% to %.0f %%.",
		slices.Min(holds), slices.Max(holds), slices.Min(all), slices.Max(all))
}

// fewEvents says how many of 50 events are too few for traffic, and how often there
// are no more by chance.
func fewEvents(t *testing.T, p *slo.AlertPolicy) string {
	t.Helper()
	most := math.Ceil(p.NoTraffic.Below.Share()*50) - 1
	chance := 0.0
	for n := range int(most) + 1 {
		chance += distuv.Poisson{Lambda: 50}.Prob(float64(n))
	}
	return fmt.Sprintf("Where 50 events are usual, %.0f are too few. By chance there are so few in one of %.0f × 10^18 times.", most, 1e-18/chance)
}

// burningAfter returns for how many minutes after an outage the windows of a tier
// still burn above its factor, with even traffic.
func burningAfter(t *testing.T, tier burnrate.Tier, minutes int64) (long, short int64) {
	t.Helper()
	above := func(length, after int64) bool {
		bad := slo.Counts{Total: 1000 * length, Bad: 1000 * max(0, min(minutes, length-after))}
		all := burnrate.Sample{Counts: bad, Rows: bad, Measured: 1, Minutes: 1}
		return tier.Judge(all, all) == burnrate.Fires
	}
	for above(int64(tier.Long/time.Minute), long+1) {
		long++
	}
	for above(int64(tier.Short/time.Minute), short+1) {
		short++
	}
	return long, short
}

// outageOf makes an engine after a healthy day and so many minutes in which
// everything failed.
func outageOf(t *testing.T, minutes int) *engine {
	t.Helper()
	e := newEngine(t, judged{slo.Rolling(28 * 1440), true}.objective(targetOf(t, "99.9%")))
	for range 2 * 1440 {
		e.measure(t, row(slo.Counts{Total: 167}))
	}
	for range minutes {
		e.minute(t, row(slo.Counts{Total: 167, Bad: 167})...)
	}
	return e
}

func row(c slo.Counts) []burnrate.Row { return []burnrate.Row{burnrate.Counted(c)} }

// resolving returns how many minutes after the end of an outage the page resolves
// when good events come in one of so many minutes.
func resolving(t *testing.T, outage, every int) int {
	t.Helper()
	e := outageOf(t, outage)
	if !e.fires(idOf(0), slo.Page) {
		t.Errorf("after %d minutes no page fires", outage)
	}
	for minute := 1; ; minute++ {
		var c slo.Counts
		switch {
		case every == 1:
			c.Total = 167
		case minute%every == 1:
			c.Total = 1
		}
		e.minute(t, row(c)...)
		if !e.fires(idOf(0), slo.Page) {
			return minute
		}
	}
}

// found says what fires when an outage of 20 minutes becomes known so many minutes
// after its end.
func found(t *testing.T, after int) string {
	t.Helper()
	e := outageOf(t, 0)
	for range 20 + after {
		e.minute(t, row(slo.Counts{Total: 167})...)
	}
	e.fail(len(e.rows)-after-20, len(e.rows)-after)
	e.minute(t, row(slo.Counts{Total: 167})...)
	for severity, what := range map[slo.Severity]string{slo.Page: "a page", slo.Ticket: "a ticket"} {
		for _, event := range e.events {
			if event.Change == alert.Firing && event.Severity == severity && event.Kind == alert.Burn {
				return what
			}
		}
	}
	return "nothing"
}

// fail corrects minutes so that everything failed in them.
func (e *engine) fail(from, to int) {
	for m := from; m < to; m++ {
		before := e.rows[m][0]
		after := burnrate.Counted(slo.Counts{Total: before.Counts.Total, Bad: before.Counts.Total})
		e.evaluator.Correct(slo.Minute(m), 0, before, after)
		e.rows[m] = []burnrate.Row{after}
	}
}

// acrossGap returns how many minutes after the end of an outage, an hour of which
// is not measured, the one page about it resolves.
func acrossGap(t *testing.T) int {
	t.Helper()
	e := outageOf(t, 60)
	pages := 0
	for minute := range 4 * 60 {
		switch {
		case minute < 60:
			e.minute(t, burnrate.Row{})
		case minute < 120:
			e.minute(t, row(slo.Counts{Total: 167, Bad: 167})...)
		default:
			e.minute(t, row(slo.Counts{Total: 167})...)
		}
		for _, event := range e.events {
			if event.Change == alert.Firing && event.Severity == slo.Page && event.Kind == alert.Burn {
				pages++
			}
		}
		if !e.fires(idOf(0), slo.Page) {
			if pages > 0 {
				t.Errorf("%d pages more after the gap", pages)
			}
			return minute + 1 - 120
		}
	}
	return -1
}

// tiersTable lists the tiers of paging.
func tiersTable(t *testing.T) string {
	t.Helper()
	var table strings.Builder
	table.WriteString("| severity | long | short | budget | factor of 28d | of 30d | fires above, at 99.9 % |\n|---|---|---|---|---|---|---|\n")
	o := judged{slo.Rolling(28 * 1440), true}.objective(targetOf(t, "99.9%"))
	for _, tier := range burnrate.Tiers(o) {
		factor, _ := tier.Factor(o.Window).Float64()
		month, _ := tier.Factor(slo.Rolling(30 * 1440)).Float64()
		limit, _ := tier.Limit().Float64()
		budget := "–"
		if tier.Budget.Sign() > 0 {
			budget = tier.Budget.String()
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %s | %g | %g | %.4g %% of errors |\n",
			tier.Severity, slo.FormatDuration(tier.Long), slo.FormatDuration(tier.Short), budget, factor, month, 100*limit)
	}
	return table.String()
}
