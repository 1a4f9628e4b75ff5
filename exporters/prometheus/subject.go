package prometheus

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// content is a view, sorted for what is exported of it.
type content struct {
	view     View
	subjects []subject
	told     map[alert.Key]bool // alerts that people know of
}

// subject is a journey, a step or an SLO that is exported here.
type subject struct {
	status        *burnrate.Status
	labels        map[string]string // of the spec
	journey, step string            // names; step is "" for a journey, both are for an SLO
	windows       []shown
}

// shown is a window of a subject, and how it is spelt among all of the subject's.
type shown struct {
	spelt string
	*burnrate.Window
}

func newContent(v View) *content {
	c := &content{view: v, subjects: make([]subject, 0, len(v.Snapshot.Statuses)), told: map[alert.Key]bool{}}
	for i := range v.Alerts {
		c.told[v.Alerts[i].Key] = v.Alerts[i].Sent
	}
	labels, elsewhere := map[string]map[string]string{}, map[string]bool{}
	for _, s := range v.Set.SLOs {
		labels[s.ID], elsewhere[s.ID] = s.About.Labels, s.Elsewhere
	}
	for _, j := range v.Set.Journeys {
		labels[j.ID] = j.About.Labels
	}
	for i := range v.Snapshot.Statuses {
		s := &v.Snapshot.Statuses[i]
		if elsewhere[s.ID] {
			continue
		}
		one := subject{status: s, labels: labels[s.ID]}
		switch s.Kind {
		case slo.KindJourney:
			one.journey = s.ID
		case slo.KindStep:
			one.journey, one.step, _ = slo.CutID(s.ID)
		case slo.KindSLO:
		}
		one.list()
		c.subjects = append(c.subjects, one)
	}
	return c
}

// find returns the subject of an id, nil when it is not exported here.
func (c *content) find(id string) *subject {
	if i, found := slices.BinarySearchFunc(c.subjects, id, func(s subject, id string) int { return cmp.Compare(s.status.ID, id) }); found {
		return &c.subjects[i]
	}
	return nil
}

// list finds all windows of the subject, each once: those of its burn rates first,
// whose numbers tiers look at, and then those of its objectives.
func (s *subject) list() {
	add := func(w *burnrate.Window) {
		if !slices.ContainsFunc(s.windows, func(known shown) bool { return known.Window.Window.Same(w.Window) }) {
			s.windows = append(s.windows, shown{Window: w})
		}
	}
	objectives := s.status.Objectives
	if len(objectives) > 0 {
		s.windows = make([]shown, 0, len(objectives[0].Burn)+len(objectives))
	}
	for i := range objectives {
		for k := range objectives[i].Burn {
			add(&objectives[i].Burn[k].Window)
		}
	}
	for i := range objectives {
		add(&objectives[i].Window)
	}
	windows := make([]slo.Window, len(s.windows))
	for i := range s.windows {
		windows[i] = s.windows[i].Window.Window
	}
	for i, spelt := range slo.Spellings(windows) {
		s.windows[i].spelt = spelt
	}
}

// spelt returns how a window of the subject is spelt.
func (s *subject) spelt(w slo.Window) string {
	i := slices.IndexFunc(s.windows, func(known shown) bool { return known.Window.Window.Same(w) })
	return s.windows[i].spelt
}
