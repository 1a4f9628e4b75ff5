package burnrate

import (
	"cmp"
	"math"
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// plan is everything that has objectives in a set, and the views that judging
// it takes.
type plan struct {
	exclusions []*slo.Exclusion
	subjects   []*subject // ordered by id
	views      []*view
	windows    map[string]*windows // each list once
	flowing    bool                // noTraffic is judged
}

// subject is something that has objectives.
type subject struct {
	status  Status // without objectives
	journey *slo.Journey
	shape   *shape
	own     *view   // nil for a composed journey
	steps   []*view // of a journey, in their order
	flowing int     // how many of its views have flows, or 1 for its own
}

// newPlan plans a set. Flowing, noTraffic of its alert policies is judged, which
// takes a look at two weeks more.
func newPlan(set *slo.Set, flowing bool) *plan {
	p := &plan{exclusions: set.Exclusions, windows: map[string]*windows{}, flowing: flowing}
	for _, s := range set.SLOs {
		if s.Elsewhere {
			continue // its journeys look at it
		}
		shape := p.shapeOf(s.Objectives, true, true)
		p.subjects = append(p.subjects, &subject{
			status: Status{
				ID: s.ID, Kind: s.Kind, Unit: s.SLI.Unit(), Title: s.About.Title, Owner: s.About.Owner, Notify: set.NotifiersOf(s.About.Owner),
				Stage: s.About.Stage, Source: sourceOf(s.Source),
			},
			shape: shape,
			own:   p.see(&view{id: s.ID, follows: []string{s.ID}, covers: []identity{{s.ID, s.About.Owner}}, shape: shape, every: everyOf(&s.SLI)}),

			flowing: 1,
		})
	}
	for _, j := range set.Journeys {
		p.subjects = append(p.subjects, p.journey(set, j))
	}
	slices.SortFunc(p.subjects, func(a, b *subject) int { return cmp.Compare(a.status.ID, b.status.ID) })
	return p
}

// journey plans a journey. Its windows end with the earliest of its steps and,
// when it is measured, of itself. What could not be measured counts as well, so
// that a failure does not move the windows of the others.
func (p *plan) journey(set *slo.Set, j *slo.Journey) *subject {
	s := &subject{
		journey: j, shape: p.shapeOf(j.Objectives, j.Compose == slo.Measured, true),
		status: Status{
			ID: j.ID, Kind: slo.KindJourney, Compose: j.Compose, Unit: 1, Title: j.About.Title, Owner: j.About.Owner,
			Notify: set.NotifiersOf(j.About.Owner), Stage: j.About.Stage, Source: sourceOf(j.Source),
		},
	}
	if j.SLI != nil {
		s.status.Unit = j.SLI.Unit()
	}
	about, every := identity{j.ID, j.About.Owner}, everyOf(j.SLI)
	var follows []string
	for _, step := range j.Steps {
		s.status.Steps = append(s.status.Steps, step.SLO.ID)
		follows, every = append(follows, step.SLO.ID), max(every, everyOf(&step.SLO.SLI))
		if step.SLO.Elsewhere {
			if s.status.Elsewhere == nil {
				s.status.Elsewhere = map[string]string{}
			}
			s.status.Elsewhere[step.SLO.ID] = sourceOf(step.SLO.Source)
		}
	}
	if j.Compose == slo.Measured {
		follows = append(follows, j.ID)
		s.flowing = 1
		s.own = p.see(&view{id: j.ID, follows: follows, covers: []identity{about}, shape: s.shape, every: every})
	}
	// These have the same windows at the same places.
	steps, flowing := p.shapeOf(j.Objectives, false, false), p.shapeOf(j.Objectives, false, true)
	for _, step := range j.Steps {
		steps := steps
		if !judgesTraffic(step.SLO) && j.Compose != slo.Measured {
			steps = flowing // nobody else would notice
			s.flowing++
		}
		covers := []identity{about, {step.SLO.ID, step.SLO.About.Owner}}
		s.steps = append(s.steps, p.see(&view{id: step.SLO.ID, follows: follows, covers: covers, shape: steps, every: every}))
	}
	return s
}

// everyOf returns the minutes of an SLI's slices, 0 without slices.
func everyOf(sli *slo.SLI) int64 {
	if sli == nil || sli.Slice == nil {
		return 0
	}
	return sli.Slice.Minutes()
}

// judgesTraffic reports whether an SLO has a noTraffic alert of its own.
func judgesTraffic(s *slo.SLO) bool {
	return slices.ContainsFunc(s.Objectives, func(o slo.Objective) bool { return o.Alerts != nil && o.Alerts.NoTraffic != nil })
}

func sourceOf(s *slo.Source) string {
	if s == nil {
		return ""
	}
	return s.Name
}

// shapeOf plans the windows of objectives. Shapes with equal windows share them.
func (p *plan) shapeOf(objectives []slo.Objective, counted, flowing bool) *shape {
	s := shapeOf(objectives, counted, flowing && p.flowing)
	name := s.windows.name()
	if p.windows[name] == nil {
		p.windows[name] = s.windows
	}
	s.windows = p.windows[name]
	return s
}

func (p *plan) see(v *view) *view {
	v.itself = []string{v.id}
	p.views = append(p.views, v)
	return v
}

// earliest returns the end of what ends first.
func earliest[T any](list []T, end func(T) slo.Minute) slo.Minute {
	first := slo.Minute(math.MaxInt64)
	for _, x := range list {
		first = min(first, end(x))
	}
	return first
}

// place moves all views to where what they follow ends, and gives each the
// exclusions that apply to it: to the SLO, to the journey, and for a view of a
// step to either.
func (p *plan) place(end func(id string) slo.Minute) {
	for _, v := range p.views {
		v.place(earliest(v.follows, end))
	}
	p.exclude(p.horizon())
}

// horizon spans the windows of all views, as far as they reach.
func (p *plan) horizon() slo.Span {
	if len(p.views) == 0 {
		return slo.Span{}
	}
	horizon := slo.Span{Start: math.MaxInt64, End: math.MinInt64}
	for _, v := range p.views {
		reach := v.lookback()
		horizon = slo.Span{Start: min(horizon.Start, reach.Start), End: max(horizon.End, reach.End)}
	}
	return horizon
}

func (p *plan) exclude(horizon slo.Span) {
	if len(p.exclusions) == 0 || horizon.Len() == 0 {
		return
	}
	agreed := agree(p.exclusions, horizon)
	for _, v := range p.views {
		v.excluded = agreed.applying(func(e *slo.Exclusion) bool {
			return slices.ContainsFunc(v.covers, func(i identity) bool { return e.Applies(i.id, i.owner) })
		})
	}
}

// Cuts returns, for each id that is measured, the minutes between which its
// events have to be counted to evaluate the set once, see [Evaluate]. extents
// says when each could be measured.
func Cuts(set *slo.Set, extents map[string]slo.Span) map[string][]slo.Minute {
	return newPlan(set, false).cuts(extents)
}

// LoadCuts returns the minutes between which an [Evaluator] has to know what was
// counted to begin with. Beside those of [Cuts] they are those of the days before
// that noTraffic of alert policies looks at.
func LoadCuts(set *slo.Set, extents map[string]slo.Span) map[string][]slo.Minute {
	return newPlan(set, true).cuts(extents)
}

func (p *plan) cuts(extents map[string]slo.Span) map[string][]slo.Minute {
	p.place(func(id string) slo.Minute { return extents[id].End })
	cuts := map[string][]slo.Minute{}
	for _, v := range p.views {
		cuts[v.id] = append(cuts[v.id], v.cuts(extents[v.id])...)
	}
	for id, list := range cuts {
		slices.Sort(list)
		cuts[id] = slices.Compact(list)
	}
	return cuts
}
