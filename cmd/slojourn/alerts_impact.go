package main

import (
	"context"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/slo"
)

// impact counts what an episode cost by the minutes that are kept. It is not known
// of what is not in the specs any more, nor of what began in this minute.
func (k keptAlerts) impact(ctx context.Context, e *report.Episode) (report.Impact, bool, error) {
	now, there := objectiveIn(k.snapshot, e.ID, e.Objective)
	if !there {
		return report.Impact{}, false, nil
	}
	m := report.Measured{Start: e.Since, End: now.Window.Span.End.Time()}
	if e.Until != nil && e.Until.Before(m.End) {
		m.End = *e.Until
	}
	minutes := int64(slo.MinuteAt(m.End) - slo.MinuteAt(m.Start))
	if minutes < 1 {
		return report.Impact{}, false, nil
	}
	const whole, longer = "episode", "episode with lead"
	over := []slo.Objective{{Name: whole, Target: now.Target, Window: slo.Rolling(min(minutes, slo.MaxWindow))}}
	if lead, err := slo.ParseDuration(e.LeadOf()); err == nil {
		m.Lead = e.LeadOf()
		over = append(over, slo.Objective{Name: longer, Target: now.Target, Window: slo.Rolling(min(minutes+int64(lead.Minutes()), slo.MaxWindow))})
	}
	set := withObjectives(k.set, e.ID, e.Objective, over)
	before, err := engine.Kept(ctx, set, k.records, lagOf, m.Start)
	if err != nil {
		return report.Impact{}, false, err
	}
	after, err := engine.Kept(ctx, set, k.records, lagOf, m.End)
	if err != nil {
		return report.Impact{}, false, err
	}
	for _, status := range after.Statuses {
		if status.ID == e.ID {
			m.Unit = status.Unit
		}
	}
	var known [3]bool
	m.Before, known[0] = objectiveIn(before, e.ID, e.Objective)
	m.After, known[1] = objectiveIn(after, e.ID, e.Objective)
	m.During, known[2] = objectiveIn(after, e.ID, whole)
	m.WithLead, _ = objectiveIn(after, e.ID, longer)
	return report.ImpactOf(m), !slices.Contains(known[:], false), nil
}

func objectiveIn(s burnrate.Snapshot, id, name string) (burnrate.Objective, bool) {
	for _, status := range s.Statuses {
		for _, o := range status.Objectives {
			if status.ID == id && o.Name == name {
				return o, true
			}
		}
	}
	return burnrate.Objective{}, false
}

// withObjectives returns what has to be measured for one objective of an id, and
// for others beside it.
func withObjectives(set *slo.Set, id, name string, more []slo.Objective) *slo.Set {
	part := &slo.Set{Sources: set.Sources, Teams: set.Teams, Exclusions: set.Exclusions}
	objectives := func(list []slo.Objective) []slo.Objective {
		list = slices.DeleteFunc(slices.Clone(list), func(o slo.Objective) bool { return o.Name != name })
		return append(list, more...)
	}
	for _, s := range set.SLOs {
		if s.ID == id {
			changed := *s
			changed.Objectives = objectives(s.Objectives)
			part.SLOs = append(part.SLOs, &changed)
		}
	}
	for _, j := range set.Journeys {
		if j.ID != id {
			continue
		}
		changed := *j
		changed.Objectives = objectives(j.Objectives)
		part.Journeys = append(part.Journeys, &changed)
		for _, step := range j.Steps {
			if !slices.Contains(part.SLOs, step.SLO) { // two steps may share one
				part.SLOs = append(part.SLOs, step.SLO)
			}
		}
	}
	return part
}
