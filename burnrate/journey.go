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
	Ratio     Ratio  // of the journey's error
	Weight    slo.Decimal
	Estimated bool // the journey is measured, and its steps explain it as a series would
}

func (e evaluation) journey(j *slo.Journey) Status {
	status := Status{ID: j.ID, Kind: slo.KindJourney, Compose: j.Compose, Title: j.About.Title, Owner: j.About.Owner}
	for _, step := range j.Steps {
		status.Steps = append(status.Steps, step.SLO.ID)
	}
	steps := e.steps(j.ID)
	for _, o := range j.Objectives {
		var result Objective
		if j.Compose == slo.Measured {
			result = e.own(j.ID).objective(o)
			result.Shares = estimate(j, steps, o, result.Window.ErrorRatio)
		} else {
			result = composedObjective(j, steps, o)
		}
		status.Objectives = append(status.Objectives, result)
	}
	return status
}

// estimate attributes the error of a measured journey to its steps. Where the
// journey did not fail there is nothing to attribute, whatever its steps did.
func estimate(j *slo.Journey, steps []view, o slo.Objective, errorRatio Ratio) []Share {
	windows := budgetWindows(steps, o.Window)
	shares := shares(j, windows, attribute(j, windows))
	for i := range shares {
		shares[i].Estimated = true
		if e, _ := errorRatio.Value(); e == 0 {
			shares[i].Ratio = Ratio{}
		}
	}
	return shares
}

func shares(j *slo.Journey, windows []Window, ratios []Ratio) []Share {
	list := make([]Share, len(j.Steps))
	for i, step := range j.Steps {
		list[i] = Share{Step: step.Name, ID: step.SLO.ID, Window: windows[i], Ratio: ratios[i], Weight: step.Weight}
	}
	return list
}

func budgetWindows(steps []view, window slo.Window) []Window {
	windows := make([]Window, len(steps))
	for i, v := range steps {
		windows[i] = v.budgetWindow(window)
	}
	return windows
}

// composedObjective judges an objective by the error ratios of the steps.
func composedObjective(j *slo.Journey, steps []view, o slo.Objective) Objective {
	result := Objective{Name: o.Name, Target: o.Target, Composed: true, Elapsed: 1}
	windows := budgetWindows(steps, o.Window)
	result.Window = composeWindow(j, o.Window, steps, windows)
	result.BurnRate = burnRateOf(result.Window.ErrorRatio, o.Target)
	result.Shares = shares(j, windows, attribute(j, windows))
	result.Budget = composedBudget(steps, o, result)
	for _, w := range BurnWindows() {
		burning := make([]Window, len(steps))
		for i, v := range steps {
			burning[i] = v.burnWindow(w)
		}
		window := composeWindow(j, w, steps, burning)
		result.Burn = append(result.Burn, Burn{Window: window, Rate: burnRateOf(window.ErrorRatio, o.Target)})
	}
	if len(steps) > 0 {
		result.Elapsed = elapsed(o.Window, steps[0].end)
	}
	var all []view
	for _, v := range steps {
		result.Exclusions = append(result.Exclusions, v.excluded.names(result.Window.Span)...)
		all = append(all, v.unexcluded())
	}
	if slices.Sort(result.Exclusions); len(result.Exclusions) > 0 {
		result.Exclusions = slices.Compact(result.Exclusions)
		result.Unexcluded = composedObjective(j, all, o).Budget.Remaining
	}
	return result
}

// composeWindow composes the steps over one window of the journey. A journey
// is covered as far as its least covered step, and a step without data makes
// it partial.
func composeWindow(j *slo.Journey, window slo.Window, steps []view, windows []Window) Window {
	w := Window{Window: window, ErrorRatio: compose(j, windows)}
	counted, traffic, silent := 0, false, false
	var excluded []slo.Span
	for i, step := range windows {
		if i == 0 {
			w.Span, w.Measured = step.Span, step.Span.Len()
		}
		w.Measured = min(w.Measured, step.Measured)
		excluded = slices.Concat(excluded, touching(steps[i].excluded.drop, w.Span), touching(steps[i].excluded.good, w.Span))
		if step.State == NoData {
			silent = true
			continue
		}
		counted++
		traffic = traffic || step.Counts.Total > 0
	}
	w.Excluded.Minutes = minutesOf(union(excluded))
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
func composedBudget(steps []view, o slo.Objective, result Objective) Budget {
	errorRatio, known := result.Window.ErrorRatio.Value()
	if !known {
		return Budget{State: Unknown}
	}
	soFar := 0.0
	for i, share := range result.Shares {
		part, _ := share.Ratio.Value()
		soFar += part * steps[i].soFar(o.Window)
	}
	allowed, of := o.Target.Allowed()
	b := budgetOf(errorRatio*float64(of)*soFar, float64(allowed))
	if errorRatio > 0 {
		b.SoFar = RatioOf(soFar)
	}
	return b
}
