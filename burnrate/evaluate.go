package burnrate

import (
	"cmp"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// paceMinutes is how far back the traffic is averaged that stands in for
// minutes of a window that were not measured yet.
const paceMinutes = int64(28 * 24 * 60)

// Measurement is what is known of one SLO at one instant.
type Measurement struct {
	Series Series
	End    slo.Minute // behind the newest closed minute
	Err    error      // why it could not be measured; Series is then empty
}

// Evaluate computes the state of every journey and SLO of a set. It is a pure
// function: the same input gives the same snapshot.
func Evaluate(set *slo.Set, at time.Time, measured map[string]Measurement) Snapshot {
	e := evaluation{set: set, measured: measured}
	snapshot := Snapshot{At: at.UTC()}
	for _, s := range set.SLOs {
		m := measured[s.ID]
		if m.Err != nil {
			snapshot.Failures = append(snapshot.Failures, Failure{ID: s.ID, Message: m.Err.Error()})
		}
		status := Status{ID: s.ID, Kind: s.Kind, Title: s.About.Title, Owner: s.About.Owner}
		for _, o := range s.Objectives {
			status.Objectives = append(status.Objectives, e.objective(m, o))
		}
		snapshot.Statuses = append(snapshot.Statuses, status)
	}
	for _, j := range set.Journeys {
		snapshot.Statuses = append(snapshot.Statuses, e.journey(j))
	}
	slices.SortFunc(snapshot.Statuses, func(a, b Status) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(snapshot.Failures, func(a, b Failure) int { return cmp.Compare(a.ID, b.ID) })
	return snapshot
}

// Windows returns, for each SLO by id, every window that evaluating the set
// asks of it, for itself and for the journeys it is a step of; the shortest
// come first.
func Windows(set *slo.Set) map[string][]slo.Window {
	windows := make(map[string][]slo.Window, len(set.SLOs))
	add := func(id string, objectives []slo.Objective) {
		for _, o := range objectives {
			windows[id] = append(windows[id], o.Window)
		}
	}
	for _, s := range set.SLOs {
		windows[s.ID] = BurnWindows()
		add(s.ID, s.Objectives)
	}
	for _, j := range set.Journeys {
		for _, step := range j.Steps {
			add(step.SLO.ID, j.Objectives)
		}
	}
	for id, list := range windows {
		if slices.ContainsFunc(list, needsPace) {
			list = append(list, slo.Rolling(paceMinutes))
		}
		slices.SortStableFunc(list, func(a, b slo.Window) int { return cmp.Compare(a.Minutes(), b.Minutes()) })
		windows[id] = slices.Compact(list)
	}
	return windows
}

// needsPace reports whether the pace of a window is averaged over other minutes
// than its own. A rolling window of up to 28 days either was measured from its
// beginning and needs no pace, or holds all that was measured.
func needsPace(w slo.Window) bool { return w.IsCalendar() || w.Minutes() > paceMinutes }

// JourneyEnd returns the end of a journey's windows: the earliest of its
// steps'. Steps that could not be measured count as well, so that a failure
// does not move the windows of the others.
func JourneyEnd(j *slo.Journey, end func(id string) slo.Minute) slo.Minute {
	var earliest slo.Minute
	for i, step := range j.Steps {
		if m := end(step.SLO.ID); i == 0 || m < earliest {
			earliest = m
		}
	}
	return earliest
}

type evaluation struct {
	set      *slo.Set
	measured map[string]Measurement
}

func (e evaluation) objective(m Measurement, o slo.Objective) Objective {
	result := Objective{Name: o.Name, Target: o.Target, Elapsed: elapsed(o.Window, m.End)}
	result.Window = sumWindow(m.Series, o.Window, m.End)
	result.BurnRate = BurnRate(result.Window.Counts, o.Target)
	whole := o.Window.Around(m.End)
	missing := whole.Len() - whole.Intersect(slo.Span{Start: m.Series.Extent().Start, End: m.End}).Len()
	result.Budget = NewBudget(result.Window.Counts, o.Target, missing, e.pace(m, result.Window))
	for _, w := range BurnWindows() {
		window := sumWindow(m.Series, w, m.End)
		result.Burn = append(result.Burn, Burn{Window: window, Rate: BurnRate(window.Counts, o.Target)})
	}
	return result
}

// elapsed is the share of a window that is over: 1 for rolling ones.
func elapsed(window slo.Window, end slo.Minute) float64 {
	return float64(window.Ending(end).Len()) / float64(window.Around(end).Len())
}

// pace averages the traffic of the last 28 days, or of what there is.
func (e evaluation) pace(m Measurement, window Window) Pace {
	if needsPace(window.Window) {
		window = sumWindow(m.Series, slo.Rolling(paceMinutes), m.End)
	}
	return Pace{Total: window.Counts.Total, Minutes: window.Measured}
}

func (e evaluation) journey(j *slo.Journey) Status {
	status := Status{ID: j.ID, Kind: slo.KindJourney, Title: j.About.Title, Owner: j.About.Owner}
	for _, step := range j.Steps {
		status.Steps = append(status.Steps, step.SLO.ID)
	}
	end := JourneyEnd(j, func(id string) slo.Minute { return e.measured[id].End })
	for _, o := range j.Objectives {
		status.Objectives = append(status.Objectives, e.journeyObjective(j, o, end))
	}
	return status
}

func (e evaluation) journeyObjective(j *slo.Journey, o slo.Objective, end slo.Minute) Objective {
	result := Objective{Name: o.Name, Target: o.Target, Composed: true, Elapsed: elapsed(o.Window, end)}
	steps := e.steps(j, o.Window, end)
	result.Window = composeWindow(o.Window, end, steps)
	result.BurnRate = burnRateOf(result.Window.ErrorRatio, o.Target)
	for _, w := range BurnWindows() {
		window := composeWindow(w, end, e.steps(j, w, end))
		result.Burn = append(result.Burn, Burn{Window: window, Rate: burnRateOf(window.ErrorRatio, o.Target)})
	}
	ratios := make([]Ratio, len(steps))
	for i, step := range steps {
		ratios[i] = step.ErrorRatio
	}
	for i, share := range attributeSeries(ratios) {
		result.Shares = append(result.Shares, Share{Step: j.Steps[i].Name, ID: j.Steps[i].SLO.ID, Window: steps[i], Ratio: share})
	}
	result.Budget = e.journeyBudget(j, o, result.Window, result.Shares)
	return result
}

func (e evaluation) steps(j *slo.Journey, window slo.Window, end slo.Minute) []Window {
	windows := make([]Window, len(j.Steps))
	for i, step := range j.Steps {
		windows[i] = sumWindow(e.measured[step.SLO.ID].Series, window, end)
	}
	return windows
}

// journeyBudget is E / (1 - target) × minutes so far / minutes of the window,
// those of a calendar window that are still to come among them.
//
// Steps may have been measured for different times. Then the minutes so far
// are their mean, weighted by each step's part in the error: a step that was
// added an hour ago and failed since then counts for an hour, however long the
// others have been measured. With a target of 99 %, E = 10 % and one guilty
// step, 14 of 28 days make 0.1 / 0.01 × 14 / 28 = 5 budgets.
func (e evaluation) journeyBudget(j *slo.Journey, o slo.Objective, window Window, shares []Share) Budget {
	errorRatio, known := window.ErrorRatio.Value()
	if !known {
		return Budget{State: Unknown}
	}
	soFar := 0.0
	for i, step := range j.Steps {
		share, _ := shares[i].Ratio.Value()
		soFar += share * float64(window.Span.Intersect(e.measured[step.SLO.ID].Series.Extent()).Len())
	}
	allowed, of := o.Target.Allowed()
	return budgetOf(errorRatio*float64(of)*soFar, float64(allowed)*float64(o.Window.Around(window.Span.End).Len()))
}
