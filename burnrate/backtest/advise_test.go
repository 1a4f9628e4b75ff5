package backtest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo"
)

// counted is what was measured in a window of the past: events, how many of them were
// bad, and how many percent of the minutes were measured.
type counted struct{ total, bad, measured int64 }

// pastOf makes the periods of a window, one after the other.
func pastOf(t testing.TB, id, objective, window string, list ...counted) []backtest.Period {
	t.Helper()
	w, err := slo.ParseWindow(window)
	if err != nil {
		t.Fatal(err)
	}
	var periods []backtest.Period
	end := slo.MinuteAt(sunday) - slo.Minute(w.Minutes())*slo.Minute(len(list))
	for _, c := range list {
		span := slo.Span{Start: end, End: end + slo.Minute(w.Minutes())}
		counts := slo.Counts{Total: c.total, Bad: c.bad}
		periods = append(periods, backtest.Period{
			ID: id, Objective: objective, Unit: 1, Window: w, Span: span, Counts: counts, Events: c.total,
			Error: burnrate.ErrorRatio(counts), Measured: span.Len() * c.measured / 100,
		})
		end = span.End
	}
	return periods
}

// composed makes them those of a composed journey.
func composed(periods []backtest.Period) []backtest.Period {
	for i := range periods {
		periods[i].Composed, periods[i].Counts = true, slo.Counts{}
	}
	return periods
}

// brief is an advice in a line.
func brief(a *backtest.Advice) string {
	parts := []string{string(a.Kind), a.ID, a.Objective, a.Target, a.Window, string(a.Severity), a.Long, a.Short}
	add := func(name string, value any, is bool) {
		if is {
			parts = append(parts, fmt.Sprint(name, value))
		}
	}
	add("missed ", a.Missed, a.Missed > 0)
	add("of ", a.Of, a.Of > 0)
	add("share ", a.Share, a.Share.Defined())
	add("burn ", a.Burn, a.Burn.Defined())
	add("factor ", a.Factor, a.Factor.Defined())
	add("minutes ", a.Minutes, a.Minutes > 0)
	add("events ", a.Events, a.Events != "")
	add("→ ", a.ProposedTarget, a.ProposedTarget != "")
	add("→ ", a.ProposedWindow, a.ProposedWindow != "")
	var periods strings.Builder
	for _, p := range a.Periods {
		mark := map[bool]string{true: "o", false: "-"}[p.Whole]
		if p.Missed {
			mark = "x"
		}
		periods.WriteString(mark)
	}
	add("", periods.String(), len(a.Periods) > 0)
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// TestAdviceOnTargets says what history supports.
func TestAdviceOnTargets(t *testing.T) {
	t.Parallel()
	const full = 100
	fine := counted{1_000_000, 300, full}
	for _, test := range []struct {
		name, target, window string
		composed             bool
		past                 []counted
		others               map[string][]counted
		want                 []string
	}{
		{
			name: "missed in a few", target: "99.9%", window: "month",
			past: []counted{fine, fine, {1_000_000, 1600, full}, fine, fine, {1_000_000, 1001, full}, fine, fine, fine, fine, fine, {1_000_000, 1900, full}},
			want: []string{"target-missed pay o 99.9% month missed 3 of 12 → 99.8% ooxooxooooox"},
		},
		{name: "met exactly", target: "99.9%", window: "28d", past: []counted{{1_000_000, 1000, full}, {1_000_000, 1000, full}}},
		{
			name: "missed by one", target: "99.9%", window: "28d", past: []counted{{1_000_000, 1000, full}, {1_000_000, 1001, full}},
			want: []string{"target-missed pay o 99.9% 28d missed 1 of 2 → 99.8% ox"},
		},
		{ // 9·10¹⁵ of 9·10¹⁸ and one more are the same as floats.
			name: "missed by one of very many", target: "99.9%", window: "28d",
			past: []counted{{9e18, 9e15, full}, {9e18, 9e15 + 1, full}},
			want: []string{"target-missed pay o 99.9% 28d missed 1 of 2 → 99.8% ox"},
		},
		{
			name: "five nines, whose share 1 - 0.99999 is no float", target: "99.999%", window: "28d",
			past: []counted{{100_000_000, 1000, full}, {100_000_000, 1001, full}},
			want: []string{"target-missed pay o 99.999% 28d missed 1 of 2 → 99.99% ox"},
		},
		{
			name: "missed whatever the target", target: "95%", window: "28d", past: []counted{{1000, 101, full}, {1000, 200, full}},
			want: []string{"target-missed pay o 95% 28d missed 2 of 2 xx"},
		},
		{ // 99.95% allows 500, of which half are 250.
			name: "loose", target: "99.9%", window: "28d", past: []counted{{1_000_000, 250, full}, {1_000_000, 240, full}},
			want: []string{"target-loose pay o 99.9% 28d of 2 → 99.95% oo"},
		},
		{name: "not loose", target: "99.9%", window: "28d", past: []counted{{1_000_000, 251, full}, {1_000_000, 1, full}}},
		{ // 99.99% of 99,999 allows 9.9 bad ones.
			name: "loose, as far as events carry it", target: "99%", window: "28d", past: []counted{{100_000, 1, full}, {99_999, 1, full}},
			want: []string{"target-loose pay o 99% 28d of 2 → 99.98% oo"},
		},
		{
			name: "loose, by one event more", target: "99%", window: "28d", past: []counted{{100_000, 1, full}, {100_000, 1, full}},
			want: []string{"target-loose pay o 99% 28d of 2 → 99.99% oo"},
		},
		{
			name: "periods that were not measured do not count", target: "99.9%", window: "28d",
			past: []counted{{1000, 500, 89}, fine, {1000, 0, 50}, {1_000_000, 1001, 90}, {0, 0, full}},
			want: []string{"target-missed pay o 99.9% 28d missed 1 of 2 → 99.8% -o-x-"},
		},
		{
			name: "not enough", target: "99.9%", window: "28d", past: []counted{{1000, 500, 40}},
			others: map[string][]counted{"1d": {fine, fine, fine}, "7d": {fine, {1_000_000, 2000, full}, fine, {1, 0, 10}}},
			want:   []string{"window-unknown pay o 99.9% 28d missed 1 of 3 → 7d oxo-"},
		},
		{
			name: "not enough of shorter ones", target: "99.9%", window: "7d", past: []counted{{1_000_000, 2000, full}},
			others: map[string][]counted{"1d": {fine, {1, 0, 10}}, "28d": {fine, fine}},
			want:   []string{"target-missed pay o 99.9% 7d missed 1 of 1 → 99.8% x"},
		},
		{
			name: "not enough, and nothing was missed in what there is", target: "99.9%", window: "28d", past: []counted{fine},
			others: map[string][]counted{"7d": {fine, fine}},
		},
		{
			name: "a short window", target: "99.9%", window: "1d", past: []counted{{500, 0, full}, {200, 1, full}, {900, 0, full}, {999, 0, full}},
			others: map[string][]counted{"7d": {{9999, 2, full}}, "28d": {{40_000, 8, full}}},
			want: []string{
				"target-missed pay o 99.9% 1d missed 1 of 4 → 99.5% oxoo",
				"window-short pay o 99.9% 1d of 4 share 2 events 500 → 98% → 28d oxoo",
			},
		},
		{
			name: "a short window, and two that will do", target: "99.9%", window: "1d", past: []counted{{500, 1, full}},
			others: map[string][]counted{"7d": {{10_000, 10, full}}, "28d": {{40_000, 40, full}}},
			want: []string{
				"target-missed pay o 99.9% 1d missed 1 of 1 → 99.8% x",
				"window-short pay o 99.9% 1d of 1 share 2 events 500 → 98% → 7d x",
			},
		},
		{
			name: "a window that is long enough", target: "99.9%", window: "1d", past: []counted{{1000, 1, full}, {1000, 1, full}},
		},
		{
			name: "a short window, and no longer one will do", target: "99.9%", window: "7d", past: []counted{{99, 1, full}, {99, 0, full}},
			others: map[string][]counted{"1d": {{1_000_000, 0, full}}, "28d": {{9999, 5, full}}},
			want: []string{
				"target-missed pay o 99.9% 7d missed 1 of 2 → 98% xo",
				"window-short pay o 99.9% 7d of 2 share 10.101010101 events 99 xo",
			},
		},
		{ // 1 / 0.001 = 1,000 events of its step with the fewest.
			name: "a composed journey", target: "99.9%", window: "28d", composed: true, past: []counted{{100_000, 101, full}, {100_000, 2, full}},
			want: []string{"target-missed pay o 99.9% 28d missed 1 of 2 → 99.8% xo"},
		},
		{
			name: "a composed journey that is loose", target: "99%", window: "28d", composed: true, past: []counted{{100_000, 4, full}, {100_000, 2, full}},
			want: []string{"target-loose pay o 99% 28d of 2 → 99.99% oo"},
		},
		{name: "a composed journey that meets it exactly", target: "99.9%", window: "28d", composed: true, past: []counted{{100_000, 100, full}, {100_000, 100, full}}},
		{ // 10¹⁹ is not more than 4.5·10²⁰, though its lower 64 bits are.
			name: "more than 64 bits", target: "50%", window: "28d", past: []counted{{9e18, 1e17, full}, {9e18, 1e17, full}},
			want: []string{"target-loose pay o 50% 28d of 2 → 95% oo"},
		},
		{
			name: "an SLI without bad ones over a short window", target: "99.9%", window: "28d", past: []counted{{400, 0, full}, {400, 0, full}},
			want: []string{"sli-without-bad pay minutes 80640 events 800", "window-short pay o 99.9% 28d of 2 share 2.5 events 400 → 95% oo"},
		},
		{name: "nothing is known", target: "99.9%", window: "28d"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			run := day()
			run.Objectives = []backtest.Objective{{ID: "pay", Name: "o", Target: test.target, Window: test.window, Owner: "shop", Composed: test.composed}}
			past := pastOf(t, "pay", "o", test.window, test.past...)
			for _, window := range []string{"1d", "28d", "7d"} {
				past = append(past, pastOf(t, "pay", "", window, test.others[window]...)...)
			}
			// Of others, and of another objective.
			past = append(past, pastOf(t, "other", "o", test.window, counted{10, 10, full}, counted{10, 10, full})...)
			past = append(past, pastOf(t, "pay", "p", test.window, counted{100, 0, 10})...)
			if test.composed {
				past = composed(past)
			}
			if len(test.past) == 0 {
				past = past[:2] // of another id
			}
			var got []string
			list := backtest.Advise(run, nil, past)
			for i := range list {
				got = append(got, brief(&list[i]))
				if list[i].Owner != "shop" {
					t.Errorf("the owner of %s is %q", got[i], list[i].Owner)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("want/got:\n%s", diff)
			}
			slices.Reverse(past)
			if diff := cmp.Diff(list, backtest.Advise(run, nil, past), ratios); diff != "" {
				t.Errorf("of periods in another order:\n%s", diff)
			}
		})
	}
}

// TestAdviceOnSLIs says which have no information, once for an id, and nothing of their
// targets and tiers beside.
func TestAdviceOnSLIs(t *testing.T) {
	t.Parallel()
	const full = 100
	for _, test := range []struct {
		name    string
		window  string
		past    []counted
		others  []counted // 1d
		highest float64
		last    int64 // bad events in the last window
		want    []string
	}{
		{name: "without bad ones in a week", window: "7d", past: []counted{{1000, 0, full}}, want: []string{"sli-without-bad pay minutes 10080 events 1000", "window-unknown"}},
		{name: "of fewer events", window: "7d", past: []counted{{999, 0, full}}, want: []string{"window-unknown"}},
		{name: "in a shorter time", window: "7d", past: []counted{{1000, 0, 99}}, want: []string{"window-unknown"}},
		{name: "in four weeks", window: "28d", past: []counted{{3, 0, full}}, want: []string{"sli-without-bad pay minutes 40320 events 3", "window-unknown"}},
		{name: "with one in another window", window: "28d", past: []counted{{300_000, 0, full}}, others: []counted{{100, 1, full}}, want: []string{"window-unknown"}},
		{name: "with one that burned", window: "28d", past: []counted{{300_000, 0, full}}, highest: 0.1, want: []string{"window-unknown"}},
		{name: "with one of late", window: "28d", past: []counted{{300_000, 0, full}}, last: 1, want: []string{"window-unknown"}},
		{name: "without good ones", window: "1d", past: []counted{{10, 10, full}}, want: []string{"sli-without-good pay minutes 1440 events 10"}},
		{name: "without good ones of fewer", window: "1d", past: []counted{{9, 9, full}}, want: []string{"target-missed pay a 50% 1d missed 1 of 1 x", "window-unknown"}},
		{name: "with a good one", window: "1d", past: []counted{{10, 9, full}}, want: []string{"target-missed pay a 50% 1d missed 1 of 1 x", "window-unknown"}},
		{name: "without events", window: "1d", past: []counted{{0, 0, full}}, want: []string{"sli-without-events pay minutes 1440"}},
		{name: "without events in a shorter time", window: "1d", past: []counted{{0, 0, 99}}, want: []string{"window-unknown"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			run := day()
			for _, name := range []string{"a", "b"} {
				run.Objectives = append(run.Objectives, backtest.Objective{
					ID: "pay", Name: name, Target: "50%", Window: test.window, Unit: 1, Counts: slo.Counts{Total: 10, Bad: test.last},
					Tiers: []backtest.Tier{tier(slo.Page, 14.4, 20_000, 0, 0, test.highest)},
				})
			}
			past := pastOf(t, "pay", "a", test.window, test.past...)
			past = append(past, pastOf(t, "pay", "", "1h", test.others...)...)
			list := backtest.Advise(run, nil, past)
			var got []string
			for i := range list {
				line := brief(&list[i])
				if list[i].Kind == backtest.WindowUnknown {
					line = string(list[i].Kind)
				}
				if list[i].Kind != backtest.TiersSilent && list[i].Kind != backtest.WindowShort {
					got = append(got, line)
				}
				if strings.HasPrefix(test.want[0], "sli-") && list[i].Kind == backtest.TiersSilent {
					t.Errorf("%s beside", line)
				}
			}
			got = slices.Compact(got)
			want := slices.DeleteFunc(slices.Clone(test.want), func(s string) bool {
				return s == "window-unknown" && strings.HasPrefix(test.want[0], "sli-")
			})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("want/got:\n%s", diff)
			}
		})
	}
}

// tier is one over 1h and 5m.
func tier(severity slo.Severity, factor float64, judged, fired, held int64, highest float64) backtest.Tier {
	return backtest.Tier{
		Severity: severity, Long: "1h", Short: "5m", Factor: burnrate.RatioOf(factor), Judged: judged, Fired: fired, Held: held,
		Highest: burnrate.RatioOf(highest),
	}
}

// TestAdviceOnTiers names those that fire never or always, or never about an incident.
func TestAdviceOnTiers(t *testing.T) {
	t.Parallel()
	const week = 7 * 1440
	long := func(tier backtest.Tier, long string) backtest.Tier {
		tier.Long = long
		return tier
	}
	fires := func(tier backtest.Tier, minutes ...int) backtest.Tier {
		for _, m := range minutes {
			end := slo.MinuteAt(minute(m))
			tier.Firings = append(tier.Firings, backtest.Firing{From: minute(m), To: minute(m + 1), Evidence: slo.Span{Start: end - 5, End: end}})
		}
		return tier
	}
	judgement := func(list ...backtest.IncidentFound) *backtest.Judgement { return &backtest.Judgement{Incidents: list} }
	incident := func(from int, expect slo.Severity, slos ...string) backtest.IncidentFound {
		return backtest.IncidentFound{From: minute(from), To: minute(from + 10), Expect: expect, SLOs: slos}
	}
	for _, test := range []struct {
		name      string
		tiers     []backtest.Tier
		judgement *backtest.Judgement
		past      []counted
		want      []string
	}{
		{
			name:  "silent ones",
			tiers: []backtest.Tier{tier(slo.Page, 10, week, 0, 0, 4), long(tier(slo.Page, 5, week, 0, 0, 3), "6h"), long(tier(slo.Ticket, 1, week, 0, 0, 0.5), "3d")},
			want:  []string{"tiers-silent pay o 99.9% 28d page 6h 5m burn 3 factor 5 minutes 10080"},
		},
		{name: "silent for less than a week", tiers: []backtest.Tier{tier(slo.Page, 10, week-1, 0, 0, 4)}},
		{name: "of which one fired", tiers: []backtest.Tier{tier(slo.Page, 10, week, 0, 0, 4), tier(slo.Ticket, 1, week, 9, 0, 2)}},
		{name: "without any burn rate", tiers: []backtest.Tier{{Severity: slo.Page, Judged: week, Factor: burnrate.RatioOf(10)}}},
		{
			name: "silent ones of a loose target", tiers: []backtest.Tier{tier(slo.Page, 10, week, 0, 0, 4)}, past: []counted{{1_000_000, 1, 100}, {1_000_000, 1, 100}},
			want: []string{"target-loose pay o 99.9% 28d of 2 → 99.999% oo"},
		},
		{
			name:  "constant ones",
			tiers: []backtest.Tier{tier(slo.Page, 10, 1440, 361, 0, 40), long(tier(slo.Page, 5, 1440, 720, 0, 40), "6h"), tier(slo.Ticket, 1, 1440, 360, 0, 40)},
			want:  []string{"tier-constant pay o 99.9% 28d page 6h 5m share 0.5 factor 5 minutes 1440"},
		},
		{name: "constant for less than a day", tiers: []backtest.Tier{tier(slo.Page, 10, 1439, 1439, 0, 40)}},
		{
			name:  "held ones",
			tiers: []backtest.Tier{tier(slo.Page, 10, week, 0, 7, 20), long(tier(slo.Page, 5, week, 0, 9, 20), "6h"), tier(slo.Ticket, 1, week, 0, 3, 2), long(tier(slo.Ticket, 1, week, 1, 3, 2), "3d")},
			want:  []string{"tier-held pay o 99.9% 28d page 6h 5m burn 20 factor 5 minutes 9"},
		},
		{
			name: "held ones and silent ones", tiers: []backtest.Tier{tier(slo.Page, 10, week, 0, 7, 20), tier(slo.Ticket, 1, week, 0, 0, 0.5)},
			want: []string{"tier-held pay o 99.9% 28d page 1h 5m burn 20 factor 10 minutes 7"},
		},
		{name: "held for less than a day", tiers: []backtest.Tier{tier(slo.Page, 10, 1439, 0, 7, 20)}},
		{
			name: "never right", tiers: []backtest.Tier{fires(tier(slo.Page, 10, week, 3, 0, 20), 100, 200, 300), fires(long(tier(slo.Page, 5, week, 4, 0, 20), "6h"), 100, 150, 200, 300)},
			judgement: judgement(incident(500, slo.Page), incident(95, slo.Ticket), incident(195, ""), incident(295, slo.Page, "other")),
			want:      []string{"tier-false pay o 99.9% 28d page 6h 5m of 4 factor 5"},
		},
		{name: "never right, but only twice", tiers: []backtest.Tier{fires(tier(slo.Page, 10, week, 3, 0, 20), 100, 200)}, judgement: judgement(incident(500, slo.Page))},
		{name: "once from before", tiers: []backtest.Tier{fires(tier(slo.Page, 10, week, 3, 0, 20), 0, 100, 200)}, judgement: judgement(incident(500, slo.Page))},
		{
			name: "once from before, and more", tiers: []backtest.Tier{fires(tier(slo.Page, 10, week, 3, 0, 20), 0, 100, 200, 300)}, judgement: judgement(incident(500, slo.Page)),
			want: []string{"tier-false pay o 99.9% 28d page 1h 5m of 3 factor 10"},
		},
		{name: "right once", tiers: []backtest.Tier{fires(tier(slo.Page, 10, week, 5, 0, 20), 50, 100, 200, 300, 400)}, judgement: judgement(incident(199, slo.Page, "pay"))},
		{name: "a ticket for a page", tiers: []backtest.Tier{fires(tier(slo.Ticket, 10, week, 3, 0, 20), 100, 200, 300)}, judgement: judgement(incident(199, slo.Page, "pay"))},
		{
			name: "just too early", tiers: []backtest.Tier{fires(tier(slo.Page, 10, week, 3, 0, 20), 100, 200, 300)}, judgement: judgement(incident(200, slo.Page)),
			want: []string{"tier-false pay o 99.9% 28d page 1h 5m of 3 factor 10"},
		},
		{name: "without incidents", tiers: []backtest.Tier{fires(tier(slo.Page, 10, week, 3, 0, 20), 100, 200, 300)}, judgement: judgement()},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			run := day()
			run.Objectives = []backtest.Objective{{ID: "pay", Name: "o", Target: "99.9%", Window: "28d", Tiers: test.tiers}}
			list := backtest.Advise(run, test.judgement, pastOf(t, "pay", "o", "28d", test.past...))
			var got []string
			for i := range list {
				got = append(got, brief(&list[i]))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("want/got:\n%s", diff)
			}
		})
	}
}

// TestAdviceOrder says of an id first what is most useful.
func TestAdviceOrder(t *testing.T) {
	t.Parallel()
	const week = 7 * 1440
	fires := func(tier backtest.Tier) backtest.Tier {
		for _, m := range []int{100, 200, 300} {
			tier.Firings = append(tier.Firings, backtest.Firing{From: minute(m), To: minute(m + 1)})
		}
		return tier
	}
	run := day()
	for _, id := range []string{"short", "loose", "new", "quiet", "blind"} {
		run.Objectives = append(run.Objectives, backtest.Objective{ID: id, Name: "o", Target: "99.9%", Window: "28d", Unit: 1})
	}
	run.Objectives[0].Tiers = []backtest.Tier{fires(tier(slo.Page, 10, week, week, 0, 20)), tier(slo.Ticket, 1, week, 0, 9, 2)}
	run.Objectives[1].Tiers = []backtest.Tier{tier(slo.Page, 10, week, week, 0, 20), tier(slo.Ticket, 1, week, 0, 9, 2)}
	run.Objectives[2].Tiers = []backtest.Tier{tier(slo.Page, 10, week, 0, 9, 20)}
	run.Objectives[3].Tiers = []backtest.Tier{tier(slo.Page, 10, week, 0, 0, 2)}
	run.Objectives[4].Window = "1d"
	past := pastOf(t, "short", "o", "28d", counted{400, 3, 100})
	past = append(past, pastOf(t, "loose", "o", "28d", counted{1_000_000, 1, 100}, counted{1_000_000, 1, 100})...)
	past = append(past, pastOf(t, "new", "o", "28d", counted{400, 3, 10})...)
	past = append(past, pastOf(t, "quiet", "o", "28d", counted{400, 3, 10})...)
	past = append(past, pastOf(t, "blind", "o", "1d", slices.Repeat([]counted{{400, 0, 100}}, 7)...)...)
	judgement := &backtest.Judgement{Incidents: []backtest.IncidentFound{{From: minute(500), To: minute(600), Expect: slo.Page}}}
	list := backtest.Advise(run, judgement, past)
	got := map[string][]backtest.AdviceKind{}
	for i := range list {
		got[list[i].ID] = append(got[list[i].ID], list[i].Kind)
	}
	want := map[string][]backtest.AdviceKind{
		"blind": {backtest.SLIWithoutBad, backtest.WindowShort},
		"loose": {backtest.TierConstant, backtest.TierHeld, backtest.TargetLoose},
		"new":   {backtest.TierHeld, backtest.WindowUnknown},
		"quiet": {backtest.TiersSilent, backtest.WindowUnknown},
		"short": {backtest.TargetMissed, backtest.WindowShort, backtest.TierFalse, backtest.TierConstant, backtest.TierHeld},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want/got:\n%s", diff)
	}
}

// TestAdviceProperties holds whatever was measured: advice is ordered, is the same
// whenever it is given, and what it proposes keeps what it says.
func TestAdviceProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		run := day()
		var past []backtest.Period
		for _, id := range []string{"b", "a"} {
			for _, window := range []string{"7d", "28d"}[:rapid.IntRange(1, 2).Draw(r, "objectives")] {
				run.Objectives = append(run.Objectives, backtest.Objective{
					ID: id, Name: window, Window: window, Unit: 1, Target: rapid.SampledFrom([]string{"90%", "99%", "99.9%", "99.97%"}).Draw(r, "target"),
					Tiers: []backtest.Tier{
						tier(slo.Page, 10, rapid.SampledFrom([]int64{0, 2000, 20_000}).Draw(r, "judged"), rapid.SampledFrom([]int64{0, 1, 9000}).Draw(r, "fired"), rapid.Int64Range(0, 1).Draw(r, "held"), 3),
						tier(slo.Ticket, 1, 20_000, 0, 0, 0.5),
					},
				})
				past = append(past, pastOf(t, id, window, window, drawnCounts(r)...)...)
			}
			past = append(past, pastOf(t, id, "", "1d", drawnCounts(r)...)...)
		}
		list := backtest.Advise(run, nil, past)
		if diff := cmp.Diff(list, backtest.Advise(run, nil, past), ratios); diff != "" {
			t.Fatalf("the second time:\n%s", diff)
		}
		seen := map[string]int{}
		for i, a := range list {
			if i > 0 && (a.ID < list[i-1].ID || a.ID == list[i-1].ID && a.Objective < list[i-1].Objective) {
				t.Fatalf("%s follows %s", brief(&a), brief(&list[i-1]))
			}
			if seen[a.ID+a.Objective+string(a.Kind)+string(a.Severity)]++; seen[a.ID+a.Objective+string(a.Kind)+string(a.Severity)] > 1 {
				t.Fatalf("%s again", brief(&a))
			}
			var own []backtest.Period
			for _, p := range past {
				if p.ID == a.ID && p.Objective == a.Objective && p.Coverage() >= 0.9 && p.Error.Defined() {
					own = append(own, p)
				}
			}
			missed := func(target string) (n int) {
				parsed, err := slo.ParseTarget(target)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range own {
					if bad, of := parsed.Allowed(); p.Counts.Bad*of > p.Counts.Total*bad {
						n++
					}
				}
				return n
			}
			switch a.Kind {
			case backtest.TargetMissed:
				if a.Missed == 0 || a.Missed != missed(a.Target) || a.Of != len(own) || a.ProposedTarget != "" && missed(a.ProposedTarget) > 0 {
					t.Fatal(brief(&a))
				}
			case backtest.TargetLoose:
				if missed(a.Target) > 0 || missed(a.ProposedTarget) > 0 || a.Of != len(own) || a.Of < 2 {
					t.Fatal(brief(&a))
				}
			case backtest.WindowUnknown:
				if len(own) > 0 {
					t.Fatal(brief(&a))
				}
			}
		}
	})
}

func drawnCounts(r *rapid.T) []counted {
	var list []counted
	for range rapid.IntRange(0, 4).Draw(r, "periods") {
		total := rapid.SampledFrom([]int64{0, 10, 1000, 100_000}).Draw(r, "total")
		list = append(list, counted{total, min(total, rapid.SampledFrom([]int64{0, 1, 10, 100}).Draw(r, "bad")), rapid.SampledFrom([]int64{1, 89, 90, 100}).Draw(r, "measured")})
	}
	return list
}

// ExampleAdvise says which target the last months support.
func ExampleAdvise() {
	month, err := slo.ParseWindow("month")
	if err != nil {
		panic(err)
	}
	var periods []backtest.Period
	for m, bad := range []int64{310, 1600, 290, 1200} {
		from := time.Date(2026, time.Month(m+7), 1, 0, 0, 0, 0, time.UTC)
		span := slo.Span{Start: slo.MinuteAt(from), End: slo.MinuteAt(from.AddDate(0, 1, 0))}
		counts := slo.Counts{Total: 1_000_000, Bad: bad}
		periods = append(periods, backtest.Period{
			ID: "pay", Objective: "month", Unit: 1, Window: month, Span: span, Counts: counts, Events: counts.Total,
			Error: burnrate.ErrorRatio(counts), Measured: span.Len(),
		})
	}
	run := &backtest.Run{Objectives: []backtest.Objective{{ID: "pay", Name: "month", Target: "99.9%", Window: "month"}}}
	for _, a := range backtest.Advise(run, nil, periods) {
		fmt.Printf("%s: %s would have been missed in %d of %d windows of a %s, and %s in none\n", a.ID, a.Target, a.Missed, a.Of, a.Window, a.ProposedTarget)
	}
	// Output: pay: 99.9% would have been missed in 2 of 4 windows of a month, and 99.8% in none
}
