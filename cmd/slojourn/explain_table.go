package main

import (
	"bufio"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// outageRatios are the error ratios that detection is printed for, in
// thousandths.
func outageRatios() []int64 { return []int64{1000, 100, 10, 5} }

// printSubject prints the objectives, their tiers and what these notice.
func printSubject(out io.Writer, s subject, queries []newrelic.PackCost, perMinute *big.Rat) error {
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, "%s: %s of %s\n", s.id, s.kind, s.about.Owner)
	s.printSharing(w)
	if len(s.objectives) == 0 {
		fmt.Fprintf(w, "\nNo objective: it is measured and has part in its journey, without a budget and without alerts.\n")
	}
	for _, o := range s.objectives {
		if err := printObjective(w, s, o, perMinute); err != nil {
			return err
		}
	}
	printAsked(w, queries)
	return w.Flush()
}

func printObjective(w *bufio.Writer, s subject, o slo.Objective, perMinute *big.Rat) error {
	window := o.Window.String()
	if o.Window.IsCalendar() {
		window += " in " + o.Window.TimeZone()
	}
	fmt.Fprintf(w, "\n%s over %s", o.Target, window)
	if o.Name != o.Window.String() {
		fmt.Fprintf(w, " (%s)", o.Name)
	}
	tiers := burnrate.Tiers(o)
	if len(tiers) == 0 {
		fmt.Fprintf(w, ": no tiers, so nothing notices an outage\n")
		return nil
	}
	fmt.Fprintf(w, ", alerts: %s\n", o.Alerts.Name)
	printTiers(w, o, tiers)
	fmt.Fprintf(w, "\n%s\n\n", s.assumption(perMinute))
	fmt.Fprintf(w, "  ERRORS  BUDGET LASTS  TIER           FIRES AFTER  BUDGET SPENT  QUIET AFTER\n")
	for _, thousandths := range outageRatios() {
		outage := burnrate.Outage{ErrorRatio: big.NewRat(thousandths, 1000), PerMinute: s.traffic(perMinute), Lag: s.lag}
		ratio := term.FitRight(percentText(outage.ErrorRatio, 1), 6)
		lasts := term.Fit(lastsText(o, outage.ErrorRatio), 12)
		for i := range tiers {
			found, err := s.detect(&tiers[i], o, outage)
			if err != nil {
				return err
			}
			fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("  %s  %s  %s  %s", ratio, lasts, tierText(tiers[i].Tier), detectionText(found, o, tiers[i].Tier)), " "))
			ratio, lasts = term.Fit("", 6), term.Fit("", 12)
		}
	}
	return nil
}

func printTiers(w *bufio.Writer, o slo.Objective, tiers []burnrate.Tier) {
	fmt.Fprintf(w, "\n  TIER           BUDGET   FACTOR  FIRES ABOVE\n")
	for i := range tiers {
		budget, above := "", percentText(tiers[i].Limit(), 4)+" errors"
		if tiers[i].Budget.Sign() > 0 {
			budget = tiers[i].Budget.String()
		}
		if tiers[i].Limit().Cmp(big.NewRat(1, 1)) >= 0 {
			above = "never: everything failing burns at " + numberText(new(big.Rat).Inv(o.Target.AllowedRat()), 2)
		}
		fmt.Fprintf(w, "  %s  %s  %s  %s\n", tierText(tiers[i].Tier), term.FitRight(budget, 6),
			term.FitRight(numberText(tiers[i].Factor(o.Window), 4), 7), above)
	}
	if g := guardText(o.Alerts.Guard); g != "" {
		fmt.Fprintf(w, "  guard, on the long window: %s\n", g)
	}
}

func guardText(g slo.Guard) string {
	var parts []string
	if g.MinEvents > 0 {
		parts = append(parts, fmt.Sprintf("at least %d events", g.MinEvents))
	}
	if g.MinBad > 0 {
		parts = append(parts, fmt.Sprintf("at least %d bad", g.MinBad))
	}
	if g.Confidence.Sign() > 0 {
		parts = append(parts, fmt.Sprintf("above the factor with %s confidence", g.Confidence))
	}
	return strings.Join(parts, ", ")
}

// assumption says what the detection table rests on.
func (s subject) assumption(perMinute *big.Rat) string {
	of, what := "", numberText(perMinute, 3)+" events a minute"
	if s.every > 0 {
		what = "a slice every " + slo.FormatDuration(s.every)
	}
	switch {
	case s.journey == nil:
	case s.journey.Compose == slo.Weighted, s.journey.Compose == slo.Pooled:
		of, what = " of all steps alike", what+" in each"
	default:
		of, what = " of one step", what+" in each"
	}
	return fmt.Sprintf("An outage%s, with %s, each measured %s later:", of, what, slo.FormatDuration(s.lag))
}

func tierText(t slo.Tier) string {
	return term.Fit(fmt.Sprintf("%-6s %s", t.Severity, t.Windows()), 13)
}

func detectionText(d burnrate.Detection, o slo.Objective, t slo.Tier) string {
	long := slo.FormatDuration(t.Long)
	switch d.Verdict {
	case burnrate.Fires:
		spent, _ := d.Spent.Value()
		return fmt.Sprintf("%s  %s  %s", term.Fit(term.Duration(d.After), 11), term.FitRight(shareText(spent), 12), term.Duration(d.Quiet))
	case burnrate.FewEvents:
		return fmt.Sprintf("never: fewer than %d events in %s", o.Alerts.Guard.MinEvents, long)
	case burnrate.FewBad:
		return fmt.Sprintf("never: fewer than %d bad events in %s", o.Alerts.Guard.MinBad, long)
	case burnrate.Chance:
		return fmt.Sprintf("never: too few events in %s for %s confidence", long, o.Alerts.Guard.Confidence)
	case burnrate.CalmShort:
		return fmt.Sprintf("never: %s does not burn above the factor at the same time", slo.FormatDuration(t.Short))
	default:
		return "never: not above the factor"
	}
}

// lastsText is how long an untouched budget lasts at an error ratio.
func lastsText(o slo.Objective, errorRatio *big.Rat) string {
	burn, _ := new(big.Rat).Quo(errorRatio, o.Target.AllowedRat()).Float64()
	lasts, ok := burnrate.TimeToSpend(o.Window, burn)
	if !ok || burn <= 1 {
		return "the window"
	}
	return term.Duration(lasts)
}

// shareText is a share as a percentage of three digits.
func shareText(share float64) string {
	decimals := 2
	if share >= 0.1 {
		decimals = 1
	}
	return strconv.FormatFloat(share*100, 'f', decimals, 64) + "%"
}

func percentText(share *big.Rat, decimals int) string {
	return numberText(new(big.Rat).Mul(share, big.NewRat(100, 1)), decimals) + "%"
}

// numberText is a number without zeros at its end.
func numberText(x *big.Rat, decimals int) string {
	text := x.FloatString(decimals)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}
