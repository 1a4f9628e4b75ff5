package rules

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"time"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// What burn rates and budgets are in the tests, and how that is shown.
const (
	playedBurn        = "21.5"
	playedBudget      = "0.25"
	playedBudgetShown = "25%"
)

// test makes the test of an alert, given those of the same file, with their rules:
// what makes one fire may make another one fire.
func (m *maker) test(j *judged, r *rule, all []judged, rules []rule) test {
	switch {
	case m.options.Evaluate != Events:
		return metricsTest(j)
	case j.Kind == alert.NoData:
		return noDataTest(j, all)
	default:
		return burnTest(j, r, all, rules)
	}
}

// metricsTest plays two replicas, of which one has the alert fire for a while, beside
// burn rates that are high all the time, as they are after a late correction.
func metricsTest(j *judged) test {
	name, shown := j.Kind.Name(), shownOf{burn: map[string]string{}}
	t := test{
		name: j.Key.String() + ": of two replicas one fires from 3m on, and neither from 5m on", interval: everyMinute,
		series: []series{
			{firing(j.Key, `instance="a"`, `job="slojourn"`), "0x2 1x1 0x3"},
			{firing(j.Key, `instance="b"`, `job="slojourn"`), "0x8"},
		},
	}
	for _, window := range j.windows() {
		t.series = append(t.series, series{burnOf(j.Key, window), playedBurn + "x8"})
		shown.burn[window] = playedBurn
	}
	if j.objective != nil {
		t.series = append(t.series, series{budgetOf(j.Key), playedBudget + "x8"})
		shown.budget = playedBudgetShown
	}
	fire := []fired{{labelsOf(j.Notification), j.annotations(j.burnByMetrics, shown).shown()}}
	t.alerts = []expectedAlerts{{at: 2 * time.Minute, name: name}, {at: 3 * time.Minute, name: name, fire: fire}, {at: 5 * time.Minute, name: name}}
	return t
}

// windows are those of an alert's tiers, each once.
func (j *judged) windows() []string {
	var windows []string
	for _, t := range j.tiers {
		for _, length := range []time.Duration{t.Long, t.Short} {
			if window := slo.FormatDuration(length); !slices.Contains(windows, window) {
				windows = append(windows, window)
			}
		}
	}
	return windows
}

// playedEvents is in each window of a test of burn alerts.
const playedEvents = 1_000_000

// burnTest plays windows just at the lowest limit, or without failures for a composed
// journey; then everything fails for 5 minutes; and then nothing does.
func burnTest(j *judged, r *rule, all []judged, rules []rule) test {
	m, windows := measuredOf(j.subject), j.windows()
	lowest, end := big.NewRat(1, 1), 10
	var atOnce, fire, held []fired
	pages := map[string]bool{} // ids with one
	t := test{name: j.Key.String() + ": at the limit; everything fails from 5m on; nothing does from 10m on", interval: everyMinute}
	for i := range all {
		k := &all[i]
		if k.Kind != alert.Burn || !measuredOf(k.subject).within(m) {
			continue
		}
		if !k.firesIn(windows) {
			continue
		}
		for n := range k.tiers {
			if limit := k.tiers[n].Limit(); limit.Cmp(lowest) < 0 {
				lowest = limit
			}
		}
		if k.Severity == slo.Ticket && pages[k.ID] {
			continue
		}
		pages[k.ID] = pages[k.ID] || k.Severity == slo.Page
		rate, _ := new(big.Rat).Inv(k.objective.Target.AllowedRat()).Float64()
		shown := shownOf{budget: playedBudgetShown, burn: map[string]string{}}
		for _, window := range windows {
			shown.burn[window] = fmt.Sprintf("%.4g", rate)
		}
		f := fired{labelsOf(k.Notification), k.annotations(k.burnByEvents, shown).shown()}
		if fire = append(fire, f); rules[i].hold > 0 {
			held = append(held, f)
		}
		if rules[i].wait == 0 {
			atOnce = append(atOnce, f)
		}
		t.series = append(t.series, series{budgetOf(k.Key), fmt.Sprintf("%sx%d", playedBudget, end)})
	}
	if len(m.all) > 1 {
		lowest = new(big.Rat)
	}
	most := new(big.Rat).Mul(lowest, big.NewRat(playedEvents, 1))
	calm := new(big.Int).Quo(most.Num(), most.Denom())
	calmRatio := big.NewRat(calm.Int64(), playedEvents).FloatString(6)
	for _, id := range m.list() {
		for _, window := range windows {
			selector := fmt.Sprintf("id=%q", id)
			t.series = append(t.series,
				series{of(total(window), selector), fmt.Sprintf("%dx%d", playedEvents, end)},
				series{of(bad(window), selector), fmt.Sprintf("%sx4 %dx4 0x%d", calm, playedEvents, end)},
				series{of(ratio(window), selector), fmt.Sprintf("%sx4 1x4 0x%d", calmRatio, end)},
				series{of(minutes(window), selector), fmt.Sprintf("%dx%d", 90*24*60, end)},
			)
			if m.weighted > 0 {
				t.series = append(t.series,
					series{of(unweighted(total)(window), selector), fmt.Sprintf("%dx%d", playedEvents, end)},
					series{of(unweighted(bad)(window), selector), fmt.Sprintf("%sx4 %dx4 0x%d", calm, playedEvents, end)},
					series{of(unweighted(ratio)(window), selector), fmt.Sprintf("%sx4 1x4 0x%d", calmRatio, end)},
				)
			}
		}
	}
	for _, at := range []struct {
		minute int
		fire   []fired
	}{{4, nil}, {5, atOnce}, {9, fire}, {end, held}} {
		t.alerts = append(t.alerts, expectedAlerts{time.Duration(at.minute) * time.Minute, r.alert, at.fire})
	}
	return t
}

// firesIn reports whether an alert fires when everything fails in some windows, and
// nothing is known of others.
func (j *judged) firesIn(windows []string) bool {
	for i := range j.tiers {
		t := &j.tiers[i]
		if t.Limit().Cmp(big.NewRat(1, 1)) < 0 && slices.Contains(windows, slo.FormatDuration(t.Long)) && slices.Contains(windows, slo.FormatDuration(t.Short)) {
			return true
		}
	}
	return false
}

// noDataTest plays watermarks that stand still. Of a journey, one of the steps
// that does is enough.
func noDataTest(j *judged, all []judged) test {
	m := measuredOf(j.subject)
	old := int(m.late(j.policy)/time.Minute) + 3 // minutes; more than that, for 2 minutes
	t := test{name: j.Key.String() + ": nothing is measured after the first minute", interval: everyMinute}
	for _, id := range m.list() {
		t.series = append(t.series, series{fmt.Sprintf("slojourn_watermark_timestamp_seconds{id=%q}", id), "60x" + strconv.Itoa(2*old)})
	}
	expected := func(minute int) expectedAlerts {
		e := expectedAlerts{at: time.Duration(minute) * time.Minute, name: j.Kind.Name()}
		for i := range all {
			k := &all[i]
			if k.Kind != alert.NoData {
				continue
			}
			of := measuredOf(k.subject)
			late := int(of.late(k.policy) / time.Minute)
			if slices.ContainsFunc(of.list(), func(id string) bool { return m.all[id] }) && minute >= late+4 {
				e.fire = append(e.fire, fired{labelsOf(k.Notification), k.annotations(k.burnByEvents, shownOf{}).shown()})
			}
		}
		return e
	}
	t.alerts = []expectedAlerts{expected(old), expected(old + 1)}
	return t
}
