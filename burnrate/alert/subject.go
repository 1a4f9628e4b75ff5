package alert

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo"
)

// Subjects says what alerts are about by the specs.
type Subjects struct {
	set      *slo.Set
	journeys map[string]*slo.Journey
	slos     map[string]*slo.SLO
	uses     map[*slo.SLO][]use // in the order of the journeys
}

// use is a step that an SLO is measured for.
type use struct {
	journey *slo.Journey
	step    string
}

// SubjectsOf makes the subjects of a set, which must not change any more.
func SubjectsOf(set *slo.Set) *Subjects {
	s := &Subjects{set: set, journeys: map[string]*slo.Journey{}, slos: map[string]*slo.SLO{}, uses: map[*slo.SLO][]use{}}
	for _, j := range set.Journeys {
		s.journeys[j.ID] = j
		for _, step := range j.Steps {
			s.uses[step.SLO] = append(s.uses[step.SLO], use{j, step.Name})
		}
	}
	for _, o := range set.SLOs {
		s.slos[o.ID] = o
	}
	return s
}

// Of says what an alert of a key and an owner is about, and false when the specs do
// not have it any more.
func (s *Subjects) Of(key Key, owner string) (Subject, bool) {
	var made Subject
	if team := s.set.Team(owner); team != nil {
		made.OwnerTitle, made.Contact = team.Title, team.Contact
	}
	if strings.Contains(key.ID, ":") { // a source, or a team
		return made, true
	}
	if j := s.journeys[key.ID]; j != nil {
		made.Journey, made.JourneyTitle = j.ID, j.About.Title
		describe(&made, j.About, j.Objectives, key.Objective)
		return made, true
	}
	o := s.slos[key.ID]
	if o == nil {
		return Subject{}, false
	}
	about := o.About
	for _, u := range s.uses[o] {
		switch {
		case o.Kind == slo.KindStep:
			made.Journey, made.JourneyTitle, made.Step = u.journey.ID, u.journey.About.Title, u.step
			about = below(u.journey.About, about)
		case len(made.Journeys) == 0 || made.Journeys[len(made.Journeys)-1] != u.journey.ID:
			made.Journeys = append(made.Journeys, u.journey.ID)
		}
	}
	made.Journeys = append(made.Journeys, o.AlsoIn...)
	slices.Sort(made.Journeys)
	describe(&made, about, o.Objectives, key.Objective)
	return made, true
}

// describe adds what is said of a journey or SLO, and of one of its objectives.
func describe(s *Subject, about slo.About, objectives []slo.Objective, name string) {
	s.Description, s.WhenSpent, s.Runbook = about.Description, about.WhenSpent, about.Runbook
	for _, l := range about.Links {
		s.Links = append(s.Links, Link{Title: l.Title, URL: l.URL})
	}
	for _, o := range objectives {
		if o.Name != name {
			continue
		}
		s.Target, s.Window = o.Target.String(), o.Window.String()
		if o.Alerts != nil {
			s.Policy = o.Alerts.Name
		}
	}
}

// below is what is said of a step, and of its journey where nothing is said of the
// step.
func below(journey, step slo.About) slo.About {
	step.WhenSpent = cmp.Or(step.WhenSpent, journey.WhenSpent)
	step.Runbook = cmp.Or(step.Runbook, journey.Runbook)
	if len(step.Links) == 0 {
		step.Links = journey.Links
	}
	return step
}
