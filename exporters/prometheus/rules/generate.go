package rules

import (
	"cmp"
	"iter"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// Generate makes the files of a set, ordered by name: that of the fleet, and one for
// each journey and SLO that has alerts and tells people of them.
func Generate(set *slo.Set, options Options) iter.Seq[File] {
	return func(yield func(File) bool) {
		m := maker{set: set, options: options, subjects: alert.SubjectsOf(set)}
		journeys, slos := set.Journeys, set.SLOs
		fleet := false
		next := func() (f File, more bool) {
			var name string
			var about []subject
			switch {
			case len(journeys) > 0 && (len(slos) == 0 || journeys[0].ID < slos[0].ID):
				name, about = journeys[0].ID, m.journey(journeys[0])
				journeys = journeys[1:]
			case len(slos) > 0:
				if slos[0].Kind == slo.KindSLO {
					name, about = slos[0].ID, []subject{{slo: slos[0], id: slos[0].ID, about: slos[0].About, objectives: slos[0].Objectives}}
				}
				slos = slos[1:]
			default:
				return File{}, false
			}
			return m.file(name, about), true
		}
		for f, more := next(); more; f, more = next() {
			if len(f.groups) == 0 {
				continue
			}
			if !fleet && f.Name > Fleet {
				fleet = true
				if !yield(m.fleet()) {
					return
				}
			}
			if !yield(f) {
				return
			}
		}
		if !fleet {
			yield(m.fleet())
		}
	}
}

// maker makes rules of a set.
type maker struct {
	set      *slo.Set
	options  Options
	subjects *alert.Subjects
	lines    lines
}

// subject is a journey, step or SLO that has objectives. journey is that of a
// composed one, slo what is measured of others.
type subject struct {
	id         string
	about      slo.About
	objectives []slo.Objective
	journey    *slo.Journey
	slo        *slo.SLO
	measured   *measured // nil until somebody asks what it is counted of
}

// journey is a journey and the steps that are its own.
func (m *maker) journey(j *slo.Journey) []subject {
	list := []subject{{id: j.ID, about: j.About, objectives: j.Objectives, journey: j}}
	if j.SLI != nil {
		list[0].journey, list[0].slo = nil, &slo.SLO{ID: j.ID, SLI: *j.SLI, Source: j.Source}
	}
	for _, step := range j.Steps {
		if o := step.SLO; o.Kind == slo.KindStep {
			list = append(list, subject{id: o.ID, about: o.About, objectives: o.Objectives, slo: o})
		}
	}
	return list
}

// judged is an alert that an objective can raise.
type judged struct {
	subject   *subject
	objective *slo.Objective
	policy    *slo.AlertPolicy
	tiers     []burnrate.Tier // of a burn alert
	lines     *lines
	alert.Notification
}

// alerts returns what a subject can raise, in the order in which rules look at
// it. In the stage observe nobody is told of anything.
func (m *maker) alerts(s *subject) []judged {
	var list []judged
	if s.about.Stage == slo.Observe {
		return nil
	}
	for i := range s.objectives {
		o := &s.objectives[i]
		if o.Alerts == nil {
			continue
		}
		add := func(kind alert.Kind, severity slo.Severity, tiers ...burnrate.Tier) {
			j := judged{subject: s, objective: o, policy: o.Alerts, tiers: tiers, lines: &m.lines}
			j.Key = alert.Key{ID: s.id, Objective: o.Name, Kind: kind, Severity: severity}
			j.Labels = alert.Labels{Owner: s.about.Owner, Title: s.about.Title}
			j.Subject, _ = m.subjects.Of(j.Key, s.about.Owner) // it is of the set
			list = append(list, j)
		}
		tiers := burnrate.Tiers(*o)
		for _, severity := range severities() {
			var of []burnrate.Tier
			for _, tier := range tiers {
				if tier.Severity == severity {
					of = append(of, tier)
				}
			}
			if len(of) > 0 {
				add(alert.Burn, severity, of...)
			}
		}
		if len(o.Alerts.BudgetSpent) > 0 {
			add(alert.Budget, slo.Ticket)
		}
		if o.Alerts.NoTraffic != nil {
			add(alert.NoTraffic, o.Alerts.NoTraffic.Severity)
		}
		if o.Alerts.NoData != nil {
			add(alert.NoData, o.Alerts.NoData.Severity)
		}
	}
	// A ticket is silent below the page of whatever objective, which has to come first.
	slices.SortStableFunc(list, func(a, b judged) int { return cmp.Compare(a.turn(), b.turn()) })
	return list
}

// turn is 0 for what pages when a budget burns, and 1 for everything else.
func (j *judged) turn() int {
	if j.Kind == alert.Burn && j.Severity == slo.Page {
		return 0
	}
	return 1
}

// file makes the file of a journey or SLO. It has no groups where nothing can fire.
func (m *maker) file(name string, subjects []subject) File {
	f := File{Name: name}
	g := group{name: "slojourn:" + name}
	var all []judged // of the rules
	for i := range subjects {
		for _, j := range m.alerts(&subjects[i]) {
			r := m.rule(&j)
			switch {
			case r != nil:
				g.rules, all = append(g.rules, *r), append(all, j)
			case j.Kind == alert.Budget || j.Kind == alert.NoTraffic:
				f.about = "Budgets that are spent and traffic that is missing are left to the engine: counters do not reach back far enough."
			}
		}
	}
	if len(all) == 0 {
		return f
	}
	if m.options.Evaluate == Events {
		g.interval = everyMinute
	}
	f.groups = []group{g}
	f.tests = func() (tests []test) {
		for i := range all {
			tests = append(tests, m.test(&all[i], &g.rules[i], all, g.rules))
		}
		return tests
	}
	return f
}

// rule makes the rule of an alert, nil where there is none.
func (m *maker) rule(j *judged) *rule {
	if m.options.Evaluate == Events {
		return m.byEvents(j)
	}
	return byMetrics(j)
}
