package engine

import (
	"fmt"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// computable returns the part of a set that this version can compute, and a
// failure for everything that it leaves out: a journey without one of its steps
// would be a wrong number.
func computable(set *slo.Set) (*slo.Set, []burnrate.Failure) {
	part := *set
	part.SLOs, part.Journeys = nil, nil
	var refused []burnrate.Failure
	for _, s := range set.SLOs {
		if reason := whyNot(s.SLI); reason != "" {
			refused = append(refused, burnrate.Failure{ID: s.ID, Message: reason})
			continue
		}
		part.SLOs = append(part.SLOs, s)
	}
	for _, j := range set.Journeys {
		if reason := whyNotJourney(j); reason != "" {
			refused = append(refused, burnrate.Failure{ID: j.ID, Message: reason})
			continue
		}
		part.Journeys = append(part.Journeys, j)
	}
	return &part, refused
}

func whyNot(sli slo.SLI) string {
	switch {
	case sli.Form() != slo.FormEvents:
		return fmt.Sprintf("SLIs of %s cannot be measured by this version", sli.Form())
	case sli.Weighted():
		return fmt.Sprintf("count: %s cannot be measured by this version", sli.Count)
	default:
		return ""
	}
}

func whyNotJourney(j *slo.Journey) string {
	if j.SLI != nil {
		if reason := whyNot(*j.SLI); reason != "" {
			return reason
		}
	}
	for _, step := range j.Steps {
		if reason := whyNot(step.SLO.SLI); reason != "" {
			return fmt.Sprintf("its step %s is not measured: %s", step.Name, reason)
		}
	}
	return ""
}
