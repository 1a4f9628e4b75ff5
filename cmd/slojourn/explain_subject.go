package main

import (
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// subject is what an id stands for: an SLO, or a journey with or without an
// SLI of its own.
type subject struct {
	id         string
	kind       slo.Kind
	about      slo.About
	objectives []slo.Objective
	journey    *slo.Journey  // a composed journey; nil for what has an SLI
	every      time.Duration // length of a slice; 0 for events
	lag        time.Duration
	equals     []string // ids of what has the same indicator, but its own
	steps      []string // that share it, as journey/step
}

// subjectIDs returns every id of the set in order, those of steps that share
// an SLO among them.
func subjectIDs(set *slo.Set) []string {
	var ids []string
	for _, s := range set.SLOs {
		ids = append(ids, s.ID)
	}
	for _, j := range set.Journeys {
		ids = append(ids, j.ID)
		for _, step := range j.Steps {
			if step.SLO.Kind == slo.KindSLO {
				ids = append(ids, j.ID+"/"+step.Name)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

func subjectOf(set *slo.Set, id string) (subject, bool) {
	for _, s := range set.SLOs {
		if s.ID == id {
			return ofSLO(set, s), true
		}
	}
	for _, j := range set.Journeys {
		if j.ID == id {
			return ofJourney(set, j), true
		}
		for _, step := range j.Steps {
			if j.ID+"/"+step.Name == id {
				return ofSLO(set, step.SLO), true
			}
		}
	}
	return subject{}, false
}

func ofSLO(set *slo.Set, s *slo.SLO) subject {
	return subject{
		id: s.ID, kind: s.Kind, about: s.About, objectives: s.Objectives,
		every: every(s.SLI), lag: lag(s.Source, s.SLI),
		equals: equals(set, s.ID, s.Indicator), steps: stepsThatShare(set, s),
	}
}

func ofJourney(set *slo.Set, j *slo.Journey) subject {
	s := subject{id: j.ID, kind: slo.KindJourney, about: j.About, objectives: j.Objectives}
	if j.SLI != nil {
		s.every, s.lag = every(*j.SLI), lag(j.Source, *j.SLI)
		s.equals = equals(set, j.ID, j.Indicator)
		return s
	}
	s.journey = j
	for _, step := range j.Steps { // a journey's windows end with the slowest
		s.lag = max(s.lag, lag(step.SLO.Source, step.SLO.SLI))
	}
	return s
}

// equals returns the ids of everything else that is measured by an indicator,
// in order.
func equals(set *slo.Set, id string, indicator slo.IndicatorID) []string {
	var ids []string
	for _, s := range set.Measured() {
		if s.Indicator == indicator && s.ID != id {
			ids = append(ids, s.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// stepsThatShare returns the steps that refer to an SLO, as journey/step and
// in order; none when it is a step itself.
func stepsThatShare(set *slo.Set, s *slo.SLO) []string {
	var steps []string
	for _, j := range set.Journeys {
		for _, step := range j.Steps {
			if step.SLO == s && s.Kind == slo.KindSLO {
				steps = append(steps, j.ID+"/"+step.Name)
			}
		}
	}
	slices.Sort(steps)
	return steps
}

// printSharing says what else the measurements are for.
func (s subject) printSharing(w io.Writer) {
	if len(s.steps) > 0 {
		fmt.Fprintf(w, "Used by the steps %s.\n", strings.Join(s.steps, ", "))
	}
	if len(s.equals) > 0 {
		fmt.Fprintf(w, "Shares its indicator with %s: the SLIs are equal, so they are measured and kept once.\n", strings.Join(s.equals, ", "))
	}
}

func every(sli slo.SLI) time.Duration {
	if sli.Slice == nil {
		return 0
	}
	return sli.Slice.Every.Value
}

// lag is that of an SLI's source, or of one with the usual lag when the set
// has no Source. What stands in a file needs no time to arrive.
func lag(source *slo.Source, sli slo.SLI) time.Duration {
	config := slo.NewRelic{QueryLag: slo.DefaultQueryLag}
	if source != nil && source.File != nil {
		return 0
	}
	if source != nil {
		config = source.NewRelic
	}
	return newrelic.Lag(config, sli)
}

// traffic is how many events a minute brings: for slices one in each, whatever
// is asked for.
func (s subject) traffic(perMinute *big.Rat) *big.Rat {
	if s.every > 0 {
		return big.NewRat(1, int64(s.every/time.Minute))
	}
	return perMinute
}

// detect computes when a tier notices an outage.
func (s subject) detect(t *burnrate.Tier, o slo.Objective, outage burnrate.Outage) (burnrate.Detection, error) {
	if s.journey != nil {
		return t.DetectJourney(s.journey, o, outage)
	}
	return t.Detect(o, outage)
}
