package burnrate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// paceMinutes is how far back the traffic is averaged that stands in for
// minutes of a window that were not measured yet.
const paceMinutes = int64(28 * 24 * 60)

// needsPace reports whether the pace of a window is averaged over other minutes
// than its own. A rolling window of up to 28 days either was measured from its
// beginning and needs no pace, or holds all that was measured.
func needsPace(w slo.Window) bool { return w.IsCalendar() || w.Minutes() > paceMinutes }

// Measurement is what is known of one SLI at one instant.
type Measurement struct {
	Series Series
	End    slo.Minute // behind the newest closed minute
	Err    error      // why it could not be measured; Series is then empty
}

// Evaluate computes the state of every journey and SLO of a set from what was
// measured, by id. It is a pure function: the same input gives the same
// snapshot.
func Evaluate(set *slo.Set, at time.Time, measured map[string]Measurement) Snapshot {
	e := evaluation{measured, newViews(set, func(id string) slo.Minute { return measured[id].End })}
	snapshot := Snapshot{At: at.UTC()}
	for _, s := range set.Measured() {
		snapshot.Failures = append(snapshot.Failures, failures(s.ID, measured[s.ID])...)
	}
	for _, s := range set.SLOs {
		status := Status{ID: s.ID, Kind: s.Kind, Title: s.About.Title, Owner: s.About.Owner}
		for _, o := range s.Objectives {
			status.Objectives = append(status.Objectives, e.own(s.ID).objective(o))
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

// failures says what of one id could not be measured.
func failures(id string, m Measurement) []Failure {
	if m.Err != nil {
		return []Failure{{ID: id, Message: m.Err.Error()}}
	}
	invalid := m.Series.Invalid()
	if len(invalid) == 0 {
		return nil
	}
	message := invalid[0].String() + ", which cannot be, are not counted"
	if more := len(invalid) - 1; more > 0 {
		message += fmt.Sprintf("; nor are %d more such counts", more)
	}
	return []Failure{{ID: id, Message: message}}
}

// evaluation is what one snapshot is made of.
type evaluation struct {
	measured map[string]Measurement
	views    views
}

// own is the view that an SLO or a measured journey has of itself.
func (e evaluation) own(id string) view { return e.see(e.views.own[id]) }

// steps are the views that a journey has of its steps.
func (e evaluation) steps(id string) []view {
	var seen []view
	for _, v := range e.views.steps[id] {
		seen = append(seen, e.see(v))
	}
	return seen
}

// see returns the view with what was measured.
func (e evaluation) see(v view) view {
	v.series = e.measured[v.id].Series
	return v
}

// objective judges an objective by the counts of the view.
func (v view) objective(o slo.Objective) Objective {
	result := Objective{Name: o.Name, Target: o.Target, Elapsed: elapsed(o.Window, v.end)}
	result.Window = v.budgetWindow(o.Window)
	result.BurnRate = BurnRate(result.Window.Counts, o.Target)
	result.Budget = v.budget(o, result.Window)
	for _, w := range BurnWindows() {
		window := v.burnWindow(w)
		result.Burn = append(result.Burn, Burn{Window: window, Rate: BurnRate(window.Counts, o.Target)})
	}
	if names := v.excluded.names(result.Window.Span); len(names) > 0 {
		all := v.unexcluded()
		result.Exclusions, result.Unexcluded = names, all.budget(o, all.budgetWindow(o.Window)).Remaining
	}
	return result
}

func (v view) budget(o slo.Objective, w Window) Budget {
	return NewBudget(w.Counts, o.Target, v.missing(o.Window), v.pace(o.Window))
}

// unexcluded is the view as it would be without exclusions.
func (v view) unexcluded() view {
	v.excluded = exclusions{}
	return v
}

// elapsed is the share of a window that is over: 1 for rolling ones.
func elapsed(window slo.Window, end slo.Minute) float64 {
	return float64(window.Ending(end).Len()) / float64(window.Around(end).Len())
}
