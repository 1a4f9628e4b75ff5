package engine

import (
	"fmt"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// computable returns the part of a set that this version can compute, and a
// failure for everything that it leaves out: a budget that ignores what its
// spec says would be a wrong number.
func computable(set *slo.Set, at time.Time) (*slo.Set, []burnrate.Failure) {
	c := computing{at: at, exclusions: set.Exclusions, kept: map[string]*slo.SLO{}, reasons: map[string]string{}}
	part := *set
	part.SLOs, part.Journeys = nil, nil
	for _, s := range set.SLOs {
		if reason := c.whyNotSLO(s); reason != "" {
			c.reasons[s.ID] = reason
			c.refuse(s.ID, reason)
			continue
		}
		kept := *s
		c.kept[s.ID] = &kept
		part.SLOs = append(part.SLOs, &kept)
	}
	for _, j := range set.Journeys {
		if reason := c.whyNotJourney(j); reason != "" {
			c.refuse(j.ID, reason)
			continue
		}
		kept := *j
		kept.Steps = nil
		for _, step := range j.Steps {
			step.SLO = c.kept[step.SLO.ID]
			kept.Steps = append(kept.Steps, step)
		}
		part.Journeys = append(part.Journeys, &kept)
	}
	return &part, c.refused
}

type computing struct {
	at         time.Time
	exclusions []*slo.Exclusion
	kept       map[string]*slo.SLO
	reasons    map[string]string // why SLOs are not kept, by id
	refused    []burnrate.Failure
}

func (c *computing) refuse(id, reason string) {
	c.refused = append(c.refused, burnrate.Failure{ID: id, Message: reason})
}

func (c *computing) whyNotSLO(s *slo.SLO) string {
	switch {
	case s.SLI.Form() != slo.FormEvents:
		return fmt.Sprintf("SLIs of %s cannot be measured by this version", s.SLI.Form())
	case s.SLI.Weighted():
		return fmt.Sprintf("count: %s cannot be measured by this version", s.SLI.Count)
	}
	return c.excluded(s.ID, s.About.Owner, s.Objectives)
}

func (c *computing) whyNotJourney(j *slo.Journey) string {
	if j.Compose != slo.Series {
		return fmt.Sprintf("compose: %s cannot be computed by this version", j.Compose)
	}
	for _, step := range j.Steps {
		if c.kept[step.SLO.ID] == nil {
			return fmt.Sprintf("its step %s is not measured: %s", step.Name, c.reasons[step.SLO.ID])
		}
	}
	return c.excluded(j.ID, j.About.Owner, j.Objectives)
}

// excluded names an exclusion that touches a window of the objectives.
func (c *computing) excluded(id, owner string, objectives []slo.Objective) string {
	longest := 3 * 24 * time.Hour // of the burn windows
	for _, o := range objectives {
		longest = max(longest, time.Duration(o.Window.Minutes())*time.Minute)
	}
	// Lag moves windows back by minutes, and calendar windows may be some days
	// longer than they are by name.
	begin := c.at.Add(-longest - 7*24*time.Hour)
	for _, e := range c.exclusions {
		if e.Applies(id, owner) && e.From.Before(c.at) && (e.Repeat != nil || e.To.After(begin)) {
			return fmt.Sprintf("the exclusion %s changes its budget, and exclusions cannot be computed by this version", e.Name)
		}
	}
	return ""
}
