package report_test

import (
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo"
)

// adviceFixture has every kind of advice, and every way in which it is said.
func adviceFixture() []backtest.Advice {
	pay := func(window string, a backtest.Advice) backtest.Advice {
		a.ID, a.Objective, a.Owner, a.Target, a.Window = "shop/pay", window, "payments", "99.9%", window
		return a
	}
	tier := func(severity slo.Severity, long, short string, a backtest.Advice) backtest.Advice {
		a.ID, a.Objective, a.Owner, a.Target, a.Window = "cart", "28d", "shop", "99%", "28d"
		a.Severity, a.Long, a.Short, a.Factor = severity, long, short, ratio(13.44)
		return a
	}
	sli := func(a backtest.Advice) backtest.Advice {
		a.ID, a.Owner, a.Minutes = "mail", "shop", 28*1440+1
		return a
	}
	month := func(back int) time.Time { return november(1, 0, 0).AddDate(0, -back, 0) }
	periods := []backtest.PeriodRatio{
		{From: month(4), To: month(3), Error: ratio(0.0005), Coverage: 1, Whole: true},
		{From: month(3), To: month(2), Error: ratio(0.0019), Coverage: 0.96, Whole: true, Missed: true},
		{From: month(2), To: month(1), Error: ratio(0.0001), Coverage: 0.4},
		{From: month(1), To: month(0)},
	}
	return []backtest.Advice{
		pay("28d", backtest.Advice{Kind: backtest.TargetMissed, ProposedTarget: "99.8%", Missed: 1, Of: 2, Periods: periods}),
		pay("month", backtest.Advice{Kind: backtest.TargetMissed, Missed: 3, Of: 12}),
		pay("28d", backtest.Advice{Kind: backtest.TargetMissed, ProposedTarget: "99.8%", Missed: 1, Of: 1}),
		pay("month", backtest.Advice{Kind: backtest.TargetMissed, Missed: 1, Of: 1}),
		pay("28d", backtest.Advice{Kind: backtest.TargetLoose, ProposedTarget: "99.95%", Of: 12}),
		pay("quarter", backtest.Advice{Kind: backtest.TargetLoose, ProposedTarget: "99.95%", Of: 4}),
		pay("1d", backtest.Advice{Kind: backtest.WindowShort, ProposedWindow: "28d", ProposedTarget: "90%", Share: ratio(25), Of: 28, Events: "40"}),
		pay("week", backtest.Advice{Kind: backtest.WindowShort, ProposedWindow: "28d", Share: ratio(2), Of: 13, Events: "500"}),
		pay("day", backtest.Advice{Kind: backtest.WindowShort, ProposedTarget: "90%", Share: ratio(2), Of: 13, Events: "500"}),
		pay("1d", backtest.Advice{Kind: backtest.WindowShort, Share: ratio(200), Of: 28, Events: "5"}),
		pay("7d", backtest.Advice{Kind: backtest.WindowShort, ProposedTarget: "90%", Share: ratio(25), Of: 1, Events: "40"}),
		pay("28d", backtest.Advice{Kind: backtest.WindowUnknown, ProposedWindow: "7d", Missed: 2, Of: 8}),
		pay("year", backtest.Advice{Kind: backtest.WindowUnknown, ProposedWindow: "28d", Of: 3}),
		pay("28d", backtest.Advice{Kind: backtest.WindowUnknown}),
		tier(slo.Page, "1h", "5m", backtest.Advice{Kind: backtest.TiersSilent, Burn: ratio(3.2), Minutes: 28 * 1440}),
		tier(slo.Page, "1h", "5m", backtest.Advice{Kind: backtest.TiersSilent, Burn: ratio(13.4388), Minutes: 28 * 1440}),
		tier(slo.Ticket, "3d", "6h", backtest.Advice{Kind: backtest.TierConstant, Share: ratio(0.31), Minutes: 1500}),
		tier(slo.Page, "1h", "5m", backtest.Advice{Kind: backtest.TierHeld, Burn: ratio(33.3), Minutes: 1510}),
		tier(slo.Page, "6h", "30m", backtest.Advice{Kind: backtest.TierFalse, Of: 5}),
		tier(slo.Page, "1h", "5m", backtest.Advice{Kind: backtest.TierFalse, Of: 1}),
		sli(backtest.Advice{Kind: backtest.SLIWithoutBad, Events: "120000"}),
		sli(backtest.Advice{Kind: backtest.SLIWithoutGood, Events: "1200.5"}),
		sli(backtest.Advice{Kind: backtest.SLIWithoutEvents}),
	}
}

// TestAdviceNearlyFired shows a burn rate below the factor as what it is, with as many
// digits as that takes, and no more.
func TestAdviceNearlyFired(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		burn, factor float64
		want         string
	}{
		{0.9988, 1, "0.999 of 1.000."},
		{0.994, 1, "0.99 of 1.00."},
		{0.99999, 1, "0.99999 of 1.00000."},
		{1 - 1e-9, 1, "1.00 of 1.00."}, // by the arithmetic of floats
		{1, 1, "1.00 of 1.00."},        // it takes more than the factor
		{13.43, 13.44, "13.43 of 13.44."},
		{143.6, 144.4, "143.6 of 144.4."},
		{143.4, 144.4, "143 of 144."},
		{3.2, 13.44, "3.20 of 13.4."},
	} {
		for _, kind := range []backtest.AdviceKind{backtest.TiersSilent, backtest.TierHeld} {
			text := report.AdviceText(backtest.Advice{Kind: kind, Burn: ratio(test.burn), Factor: ratio(test.factor), Minutes: 1}, slo.English)
			want := "it burned at " + test.want
			if kind == backtest.TierHeld {
				want = "it burned at up to " + strings.TrimSuffix(strings.Replace(test.want, " of ", ", factor ", 1), ".") + ", and"
			}
			if !strings.Contains(text, want) {
				t.Errorf("%v of %v: no %q in %q", test.burn, test.factor, want, text)
			}
		}
	}
}

// TestAdviceText has a sentence of its own for each kind, in both languages.
func TestAdviceText(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	said := map[string]bool{}
	for _, a := range adviceFixture() {
		english, japanese := report.AdviceText(a, slo.English), report.AdviceText(a, slo.Japanese)
		text.WriteString(string(a.Kind) + "\n  " + english + "\n  " + japanese + "\n")
		if said[english] || said[japanese] || english == string(a.Kind) || japanese == string(a.Kind) {
			t.Errorf("%s: %q and %q do not tell it from others", a.Kind, english, japanese)
		}
		said[english], said[japanese] = true, true
	}
	golden(t, "advice.txt", text.String())
}
