package burnrate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Measurement is what is known of one SLI at one instant.
type Measurement struct {
	Series Series
	End    slo.Minute // behind the newest closed minute
	Err    error      // why it could not be measured; Series is then empty
}

// Evaluate computes the state of every journey and SLO of a set from what was
// measured, by id. It is a pure function: the same input gives the same
// snapshot. An [Evaluator] gives the same ones minute by minute, and what there
// is to know of traffic beside.
func Evaluate(set *slo.Set, at time.Time, measured map[string]Measurement) Snapshot {
	p := newPlan(set, false)
	p.place(func(id string) slo.Minute { return measured[id].End })
	for _, v := range p.views {
		v.fill(measured[v.id].Series)
	}
	var failures []Failure
	for _, s := range set.Measured() {
		m := measured[s.ID]
		if m.Err != nil {
			failures = append(failures, Failure{ID: s.ID, Message: m.Err.Error()})
			continue
		}
		failures = append(failures, invalidFailure(s.ID, s.SLI.Unit(), m.Series.Invalid())...)
	}
	return p.snapshot(&Room{}, at, failures)
}

// snapshot judges everything.
func (p *plan) snapshot(room *Room, at time.Time, failures []Failure) Snapshot {
	space := p.clear(room)
	s := Snapshot{At: at.UTC(), Statuses: room.statuses, Failures: failures}
	for i, subject := range p.subjects {
		s.Statuses[i] = subject.judge(&space)
	}
	slices.SortStableFunc(s.Failures, func(a, b Failure) int { return cmp.Compare(a.ID, b.ID) })
	return s
}

// invalidFailure says what of one id, counted in a unit, cannot be.
func invalidFailure(id string, unit int64, invalid []Invalid) []Failure {
	if len(invalid) == 0 {
		return nil
	}
	message := invalid[0].Text(unit) + ", which cannot be, are not counted"
	if more := len(invalid) - 1; more > 0 {
		message += fmt.Sprintf("; nor are %d more such counts", more)
	}
	return []Failure{{ID: id, Message: message}}
}

// space is the memory of what is in the statuses of a snapshot, which is asked for
// at once: a snapshot is kept or forgotten as a whole.
type space struct {
	objectives []Objective
	burns      []Burn
	judgements []Judgement
	traffic    []Traffic
}

// clear makes room, or empties the one there is, and returns all of its space. Of
// burn rates and traffic every field is written anew.
func (p *plan) clear(room *Room) space {
	if room.statuses == nil {
		room.statuses, room.space = make([]Status, len(p.subjects)), p.space()
		return room.space
	}
	clear(room.space.objectives)
	clear(room.space.judgements)
	return room.space
}

func (p *plan) space() space {
	var objectives, burns, judgements, traffic int
	for _, s := range p.subjects {
		objectives += len(s.shape.objectives)
		for i := range s.shape.objectives {
			burns += len(s.shape.objectives[i].burn)
			judgements += len(s.shape.objectives[i].tiers)
			if s.shape.objectives[i].flow >= 0 {
				traffic += s.flowing
			}
		}
	}
	return space{make([]Objective, objectives), make([]Burn, burns), make([]Judgement, judgements), make([]Traffic, traffic)}
}

// take cuts the next n off what is left, nil for none.
func take[T any](left *[]T, n int) []T {
	if n == 0 {
		return nil
	}
	part := (*left)[:n:n]
	*left = (*left)[n:]
	return part
}

func (s *subject) judge(space *space) Status {
	status := s.status
	status.Objectives = take(&space.objectives, len(s.shape.objectives))
	for i := range status.Objectives {
		o := &s.shape.objectives[i]
		if s.own == nil {
			status.Objectives[i] = composedObjective(s.journey, s.steps, o, space)
			continue
		}
		s.own.objective(&status.Objectives[i], o, space)
		if s.journey != nil {
			status.Objectives[i].Shares = estimate(s.journey, s.steps, o, status.Objectives[i].Window.ErrorRatio)
			explainTiers(s.journey, s.steps, o, &status.Objectives[i])
		}
	}
	return status
}

// objective judges an objective by the counts of the view.
func (v *view) objective(result *Objective, o *judged, space *space) {
	result.Name, result.Target, result.Alerts, result.Elapsed = o.Name, o.Target, o.Alerts, v.elapsed(o.window)
	result.Window = v.budgetWindow(o.window)
	result.Approximate = v.approximate(o.window)
	result.BurnRate = BurnRate(result.Window.Counts, o.Target)
	result.Budget = v.budget(o, &result.Window)
	result.Burn = take(&space.burns, len(o.burn))
	for i, window := range o.burn {
		burn := &result.Burn[i]
		v.burning(&burn.Window, window)
		burn.Rate = BurnRate(burn.Window.Counts, o.Target)
	}
	result.Tiers = judgeTiers(o, space, func(p *pair, j *Judgement) {
		long, short := &result.Burn[p.long].Window, &result.Burn[p.short].Window
		j.Verdict, j.Rows = p.tier.Judge(long.sample(), short.sample()), long.Rows
		if short.Counts.Total == 0 {
			j.Quiet = v.itself
		}
	})
	result.Forecast = v.forecast(o, result)
	if o.silent >= 0 {
		result.Silence = v.silence(o.silent)
	}
	if o.flow >= 0 {
		result.Traffic = take(&space.traffic, 1)
		v.traffic(&result.Traffic[0], o)
	}
	if v.excluded.none() {
		return
	}
	if names := v.excluded.names(result.Window.Span); len(names) > 0 {
		all := v.unexcluded()
		w := all.budgetWindow(o.window)
		result.Exclusions, result.Unexcluded = names, all.budget(o, &w).Remaining
	}
}

// silence says how much was measured over a window, and whether anything was
// before.
func (v *view) silence(window int) Silence {
	return Silence{
		Window: v.shape.windows.list[window], Measured: v.tallies.all[window].Minutes, Before: v.since < v.around[window].Start,
		Every: v.every,
	}
}

func (v *view) budget(o *judged, w *Window) Budget {
	return NewBudget(w.Counts, o.Target, v.missing(o.window), v.pace(o.pace))
}

// elapsed is the share of a window that is over: 1 for rolling ones.
func (v *view) elapsed(window int) float64 {
	return float64(v.over(window).Len()) / float64(v.around[window].Len())
}

// judgeTiers lists what an objective's tiers say, nil without any.
func judgeTiers(o *judged, space *space, judge func(*pair, *Judgement)) []Judgement {
	judgements := take(&space.judgements, len(o.tiers))
	for i := range judgements {
		judgements[i].Tier = o.tiers[i].tier
		judge(&o.tiers[i], &judgements[i])
	}
	return judgements
}

// pacing returns the window that a forecast goes on with: the long one of the
// firing tier with the highest factor, or the recent one when none fires.
func (o *judged) pacing(judgements []Judgement) int {
	var fastest *pair
	for i := range judgements {
		if p := &o.tiers[i]; judgements[i].Verdict == Fires && (fastest == nil || p.rank > fastest.rank) {
			fastest = p
		}
	}
	if fastest == nil {
		return o.recent
	}
	return o.burn[fastest.long]
}
