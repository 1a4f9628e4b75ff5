package main

import (
	"math/big"
	"slices"
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
			return ofSLO(s), true
		}
	}
	for _, j := range set.Journeys {
		if j.ID == id {
			return ofJourney(j), true
		}
		for _, step := range j.Steps {
			if j.ID+"/"+step.Name == id {
				return ofSLO(step.SLO), true
			}
		}
	}
	return subject{}, false
}

func ofSLO(s *slo.SLO) subject {
	return subject{
		id: s.ID, kind: s.Kind, about: s.About, objectives: s.Objectives,
		every: every(s.SLI), lag: lag(s.Source, s.SLI),
	}
}

func ofJourney(j *slo.Journey) subject {
	s := subject{id: j.ID, kind: slo.KindJourney, about: j.About, objectives: j.Objectives}
	if j.SLI != nil {
		s.every, s.lag = every(*j.SLI), lag(j.Source, *j.SLI)
		return s
	}
	s.journey = j
	for _, step := range j.Steps { // a journey's windows end with the slowest
		s.lag = max(s.lag, lag(step.SLO.Source, step.SLO.SLI))
	}
	return s
}

func every(sli slo.SLI) time.Duration {
	if sli.Slice == nil {
		return 0
	}
	return sli.Slice.Every.Value
}

// lag is that of an SLI's source, or of one with the usual lag when the set
// has no Source.
func lag(source *slo.Source, sli slo.SLI) time.Duration {
	config := slo.NewRelic{QueryLag: slo.DefaultQueryLag}
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
