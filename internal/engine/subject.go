package engine

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// subjectOf says what an event is about by the specs, and false when they do not
// have it any more.
func subjectOf(set *slo.Set, event alert.Event) (alert.Subject, bool) {
	var s alert.Subject
	if team := set.Team(event.Labels.Owner); team != nil {
		s.OwnerTitle, s.Contact = team.Title, team.Contact
	}
	if strings.Contains(event.ID, ":") { // a source, or a team
		return s, true
	}
	for _, j := range set.Journeys {
		if j.ID == event.ID {
			s.Journey, s.JourneyTitle = j.ID, j.About.Title
			describe(&s, j.About, j.Objectives, event.Objective)
			return s, true
		}
	}
	at := slices.IndexFunc(set.SLOs, func(o *slo.SLO) bool { return o.ID == event.ID })
	if at < 0 {
		return alert.Subject{}, false
	}
	o := set.SLOs[at]
	about := o.About
	for _, j := range set.Journeys {
		for _, step := range j.Steps {
			switch {
			case step.SLO != o:
			case o.Kind == slo.KindStep:
				s.Journey, s.JourneyTitle, s.Step = j.ID, j.About.Title, step.Name
				about = below(j.About, about)
			case !slices.Contains(s.Journeys, j.ID):
				s.Journeys = append(s.Journeys, j.ID)
			}
		}
	}
	s.Journeys = append(s.Journeys, o.AlsoIn...)
	slices.Sort(s.Journeys)
	describe(&s, about, o.Objectives, event.Objective)
	return s, true
}

// describe adds what is said of a journey or SLO, and of one of its objectives.
func describe(s *alert.Subject, about slo.About, objectives []slo.Objective, name string) {
	s.Description, s.WhenSpent, s.Runbook = about.Description, about.WhenSpent, about.Runbook
	for _, l := range about.Links {
		s.Links = append(s.Links, alert.Link{Title: l.Title, URL: l.URL})
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
