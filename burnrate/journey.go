package burnrate

import (
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// Share is one step's part in a journey.
type Share struct {
	Step      string // name of the step
	ID        string // of its SLO
	Window    Window // the step over the journey's window
	Unit      int64  // of its counts, see [slo.SLI.Unit]
	Ratio     Ratio  // of the journey's error
	Weight    slo.Decimal
	Estimated bool // the journey is measured, and its steps explain it as a series would
}

// estimate attributes the error of a measured journey to its steps. Where the
// journey did not fail there is nothing to attribute, whatever its steps did.
func estimate(j *slo.Journey, steps []*view, o *judged, errorRatio Ratio) []Share {
	windows := budgetWindows(steps, o.window)
	shares := shares(j, windows, attribute(j, windows))
	for i := range shares {
		shares[i].Estimated = true
		if e, _ := errorRatio.Value(); e == 0 {
			shares[i].Ratio = Ratio{}
		}
	}
	return shares
}

// explainTiers says of each tier that fires what the steps caused of it.
func explainTiers(j *slo.Journey, steps []*view, o *judged, result *Objective) {
	for i := range result.Tiers {
		if result.Tiers[i].Verdict != Fires {
			continue
		}
		windows := burnWindows(steps, o.burn[o.tiers[i].short])
		list := shares(j, windows, attribute(j, windows))
		for k := range list {
			list[k].Estimated = j.Compose == slo.Measured
		}
		result.Tiers[i].Shares = list
	}
}

func shares(j *slo.Journey, windows []Window, ratios []Ratio) []Share {
	list := make([]Share, len(j.Steps))
	for i, step := range j.Steps {
		list[i] = Share{Step: step.Name, ID: step.SLO.ID, Window: windows[i], Unit: unitOf(step), Ratio: ratios[i], Weight: step.Weight}
	}
	return list
}

func budgetWindows(steps []*view, window int) []Window {
	windows := make([]Window, len(steps))
	for i, v := range steps {
		windows[i] = v.budgetWindow(window)
	}
	return windows
}

func burnWindows(steps []*view, window int) []Window {
	windows := make([]Window, len(steps))
	for i, v := range steps {
		windows[i] = v.burnWindow(window)
	}
	return windows
}

// composedObjective judges an objective by the error ratios of the steps.
func composedObjective(j *slo.Journey, steps []*view, o *judged, space *space) Objective {
	result := Objective{Name: o.Name, Target: o.Target, Alerts: o.Alerts, Composed: true, Elapsed: 1}
	windows := budgetWindows(steps, o.window)
	result.Window = composeWindow(j, o.window, steps, windows)
	result.BurnRate = burnRateOf(result.Window.ErrorRatio, o.Target)
	result.Shares = shares(j, windows, attribute(j, windows))
	for _, v := range steps {
		result.Approximate = max(result.Approximate, v.approximate(o.window))
	}
	result.Budget = composedBudget(steps, o, result)
	if len(steps) > 0 {
		result.Elapsed = steps[0].elapsed(o.window)
	}
	result.Burn = take(&space.burns, len(o.burn))
	samples := make([][]Sample, len(o.burn))
	for i, window := range o.burn {
		burning := burnWindows(steps, window)
		w := composeWindow(j, window, steps, burning)
		result.Burn[i] = Burn{Window: w, Rate: burnRateOf(w.ErrorRatio, o.Target)}
		for _, step := range burning {
			samples[i] = append(samples[i], step.sample())
		}
	}
	result.Tiers = judgeTiers(o, space, func(p *pair, judgement *Judgement) {
		judgement.Verdict = p.tier.JudgeJourney(j, samples[p.long], samples[p.short])
		for i := range steps {
			judgement.Rows = judgement.Rows.Add(samples[p.long][i].Rows)
			if samples[p.short][i].Counts.Total == 0 {
				judgement.Quiet = append(judgement.Quiet, steps[i].id)
			}
		}
	})
	explainTiers(j, steps, o, &result)
	if o.silent >= 0 && len(steps) > 0 {
		result.Silence = steps[0].silence(o.silent)
		for _, v := range steps[1:] {
			s := v.silence(o.silent)
			result.Silence.Measured = min(result.Silence.Measured, s.Measured)
			result.Silence.Before = result.Silence.Before && s.Before
		}
	}
	if o.flow >= 0 {
		result.Traffic = stepTraffic(steps, o, space)
	}
	result.Forecast = composedForecast(j, steps, o, &result)
	result.Exclusions, result.Unexcluded = composedExclusions(j, steps, o, result.Window.Span)
	return result
}

// stepTraffic judges the traffic of the steps that have flows.
func stepTraffic(steps []*view, o *judged, space *space) []Traffic {
	flowing := 0
	for _, v := range steps {
		flowing += min(len(v.flows), 1)
	}
	list := take(&space.traffic, flowing)
	for _, v := range steps {
		if len(v.flows) > 0 {
			flowing--
			v.traffic(&list[len(list)-1-flowing], o)
		}
	}
	return list
}

// composedExclusions names the exclusions that hold for a step within a span,
// and says what would remain of the budget without them.
func composedExclusions(j *slo.Journey, steps []*view, o *judged, within slo.Span) ([]string, Ratio) {
	var names []string
	for _, v := range steps {
		names = append(names, v.excluded.names(within)...)
	}
	if len(names) == 0 {
		return nil, Ratio{}
	}
	open := make([]*view, len(steps))
	for i, v := range steps {
		open[i] = v.unexcluded()
	}
	windows := budgetWindows(open, o.window)
	result := Objective{Window: composeWindow(j, o.window, open, windows), Shares: shares(j, windows, attribute(j, windows))}
	slices.Sort(names)
	return slices.Compact(names), composedBudget(open, o, result).Remaining
}

// composeWindow composes the steps over one window of the journey. A journey
// is covered as far as its least covered step, and a step without data makes
// it partial.
func composeWindow(j *slo.Journey, window int, steps []*view, windows []Window) Window {
	w := Window{ErrorRatio: compose(j, windows)}
	counted, traffic, silent := 0, false, false
	var excluded []slo.Span
	for i, step := range windows {
		if i == 0 {
			w.Window, w.Span, w.Measured = step.Window, step.Span, step.Span.Len()
		}
		w.Measured = min(w.Measured, step.Measured)
		excluded = slices.Concat(excluded, steps[i].excluded.drop.touching(w.Span), steps[i].excluded.good.touching(w.Span))
		if step.State == NoData {
			silent = true
			continue
		}
		counted++
		traffic = traffic || step.Counts.Total > 0
	}
	w.Excluded.Minutes = spansOf(union(excluded)).minutes(w.Span)
	switch {
	case counted == 0:
		w.State, w.Measured = NoData, 0
	case silent || w.Measured*100 < w.Span.Len()*99:
		w.State = Partial
	case !traffic:
		w.State = NoTraffic
	default:
		w.State = Measured
	}
	return w
}

// composedBudget is E / (1 - target) × minutes so far / minutes of the window,
// those of a calendar window that are still to come among them, those that are
// dropped not.
//
// Steps may have been measured for different times. Then the share so far is
// their mean, weighted by each step's part in the error: a step that was added
// an hour ago and failed since then counts for an hour, however long the others
// have been measured. With a target of 99 %, E = 10 % and one guilty step, 14
// of 28 days make 0.1 / 0.01 × 14 / 28 = 5 budgets.
func composedBudget(steps []*view, o *judged, result Objective) Budget {
	errorRatio, known := result.Window.ErrorRatio.Value()
	if !known {
		return Budget{State: Unknown}
	}
	soFar := 0.0
	for i, share := range result.Shares {
		part, _ := share.Ratio.Value()
		soFar += part * steps[i].soFar(o.window)
	}
	allowed, of := o.Target.Allowed()
	b := budgetOf(errorRatio*float64(of)*soFar, float64(allowed))
	if errorRatio > 0 {
		b.SoFar = RatioOf(soFar)
	}
	return b
}
