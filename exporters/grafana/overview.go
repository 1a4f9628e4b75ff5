package grafana

import (
	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/slo"
)

// overview asks: are the journeys of our users all right, and which one do I look at first?
func (m *maker) overview() *Dashboard {
	shared, w := m.words(), m.overviewWords()
	d := m.begin(uid.Overview, shared.Overview, "now-24h", "1m")
	d.Description = w.Description
	d.Templating.List = append(d.Templating.List, m.choices()...)
	m.annotate(d, query.Metric(metricInfo, m.chosen()...))
	m.linkFleet(d, m.kept()...)

	s := &sheet{}
	s.add(columns, 7, text("", w.Text))
	m.overviewStats(s, w)
	s.section(w.Journeys)
	s.add(columns, rows(m.objectives()), m.standing(w.JourneyTable, w.JourneyNote, w.NoJourneys, query.Metric(metricInfo, append(m.chosen(), query.Is("kind", string(slo.KindJourney)))...)))
	s.add(columns, 9, m.worst(w))
	s.section(w.Alerts)
	s.add(columns, 9, m.firingNow(w))
	if m.hasOwn() {
		s.section(w.SLOs)
		s.add(columns, 10, m.standing(w.SLOTable, w.SLONote, w.NoSLOs, m.own()))
	}
	d.Panels = s.panels
	return d
}

// chosen is what variables choose, of [metricInfo].
func (m *maker) chosen() []query.Matcher {
	list := []query.Matcher{query.Chosen("owner", "owner"), query.Chosen("journey", "journey")}
	for _, label := range m.labels {
		list = append(list, query.Chosen(label, label))
	}
	return list
}

// choices are the variables of the dashboards of everything.
func (m *maker) choices() []Variable {
	w := m.words()
	list := []Variable{
		choice("owner", w.Owner, query.Metric(metricInfo), "owner"),
		choice("journey", w.Journey, query.Metric(metricInfo, query.Is("kind", string(slo.KindJourney))), "journey"),
	}
	for _, label := range m.labels {
		list = append(list, choice(label, w.Label(label[len("label_"):]), query.Metric(metricInfo), label))
	}
	return list
}

// kept are the names of the variables that go along from one dashboard of everything to
// the other.
func (m *maker) kept() []string { return append([]string{"owner", "journey"}, m.labels...) }

// journeys are the matchers of what journeys themselves have.
func journeys() []query.Matcher {
	return []query.Matcher{query.IsNot("journey", ""), query.Is("step", "")}
}

// objectives returns how many objectives journeys have.
func (m *maker) objectives() int {
	n := 0
	for _, j := range m.set.Journeys {
		n += len(j.Objectives)
	}
	return n
}

// hasOwn reports whether there is an SLO with objectives that is a step of no journey.
func (m *maker) hasOwn() bool {
	steps := map[*slo.SLO]bool{}
	for _, j := range m.set.Journeys {
		for _, step := range j.Steps {
			steps[step.SLO] = true
		}
	}
	for _, s := range m.set.SLOs {
		if s.Kind == slo.KindSLO && !s.Elsewhere && len(s.Objectives) > 0 && !steps[s] && len(s.AlsoIn) == 0 {
			return true
		}
	}
	return false
}

// own are the infos of SLOs that are a step of no journey. Which journey is chosen has
// nothing to do with them.
func (m *maker) own() query.Expr {
	matchers := []query.Matcher{query.Is("kind", string(slo.KindSLO)), query.Chosen("owner", "owner")}
	for _, label := range m.labels {
		matchers = append(matchers, query.Chosen(label, label))
	}
	return query.With(query.Metric(metricInfo, matchers...), query.Unless, query.Metric(metricStep), "id")
}

// journeysLeft is what the chosen journeys have left of the objective that has least, with id.
func (m *maker) journeysLeft() query.Expr {
	left := largest(metricRemaining, journeys(), "id", "objective")
	return among(query.By(query.Min, left, "id"), query.Metric(metricInfo, m.chosen()...))
}

func (m *maker) overviewStats(s *sheet, w *overviewWords) {
	shared := m.words()
	count := func(title, note, colour string, of query.Expr) {
		fields := FieldDefaults{Unit: unitCount, Decimals: ref(0), NoValue: shared.None, Color: byThreshold(), Thresholds: countSteps(colour)}
		s.add(3, 4, stat(title, note, fields, target(0, orZero(query.By(query.Count, of)), "").now()))
	}
	left := m.journeysLeft()
	known := among(largest(metricTarget, journeys(), "id"), query.Metric(metricInfo, m.chosen()...))
	count(shared.Healthy, w.HealthyNote, blue, query.With(left, query.AtLeast, query.Number(atRisk)))
	count(shared.AtRisk, w.AtRiskNote, orange, query.With(query.With(left, query.Above, query.Number(0)), query.Below, query.Number(atRisk)))
	count(shared.Spent, w.SpentNote, vermilion, query.With(left, query.AtMost, query.Number(0)))
	count(shared.Unknown, w.UnknownNote, grey, query.With(known, query.Unless, left, "id"))
	for _, severity := range []struct {
		of                  slo.Severity
		title, note, colour string
	}{{slo.Page, w.Pages, w.PagesNote, vermilion}, {slo.Ticket, w.Tickets, w.TicketsNote, orange}} {
		fires := largest(metricFiring, []query.Matcher{query.Is("severity", string(severity.of))}, "id", "objective", "kind")
		count(severity.title, severity.note, severity.colour, among(query.With(fires, query.Above, query.Number(0)), query.Metric(metricInfo, m.chosen()...)))
	}
	sources := largest(metricFiring, []query.Matcher{query.Is("kind", "source")}, "id")
	count(w.Sources, w.SourcesNote, vermilion, query.With(sources, query.Above, query.Number(0)))

	const late, lost = 15 * 60, 60 * 60 // seconds
	age := query.With(query.Now{}, query.Minus, largest(metricWatermark, nil, "id"))
	oldest := query.By(query.Max, among(age, query.Metric(metricInfo, m.chosen()...)))
	fields := FieldDefaults{Unit: unitSeconds, Decimals: ref(0), NoValue: w.NothingYet, Color: byThreshold(), Thresholds: steps(blue, from(late, orange), from(lost, vermilion))}
	s.add(3, 4, stat(w.Age, w.AgeNote, fields, target(0, oldest, "").now()))
}

// standing is a table of objectives, the one with least left first.
func (m *maker) standing(title, note, none string, infos query.Expr) *Panel {
	w := m.words()
	row := func(of query.Expr) query.Expr { return informedBy(of, infos, "id", "objective") }
	const hour = "1h"
	return table(
		title, note, FieldDefaults{NoValue: none},
		column{label: "name", title: w.Name, show: linked(w.Open)},
		column{label: "owner", title: w.Owner, width: 150, show: named(w.None)},
		column{label: "objective", title: w.Objective, width: 110},
		column{query: row(query.By(query.Max, targets(), "id", "objective")), title: w.Target, width: 90, show: in(unitShare, 3, none)},
		column{query: row(largest(metricRemaining, nil, "id", "objective")), title: w.Left, width: 240, show: budgetCell(w.NotMeasured)},
		column{query: row(largest(metricBurn, []query.Matcher{query.Is("window", hour)}, "id", "objective")), title: w.Burn, width: 130, show: burnCell(w.NoTraffic)},
		column{query: row(ofWindow(metricErrors)), title: w.Errors, width: 100, show: in(unitShare, 3, w.NoTraffic)},
		column{query: row(ofWindow(metricCoverage)), title: w.Coverage, width: 110, show: coverageCell(w.NotMeasured)},
		column{query: row(states()), title: w.State, width: 150, show: wordCell(w.Missing, w.stateWords()...)},
		column{query: row(firing()), title: w.Firing, width: 120, show: wordCell(w.Nothing, w.firingWords()...)},
		column{label: "id"}, column{label: "dashboard"},
	).sorted(w.Left, false)
}

// worst shows over time what those have left that have least.
func (m *maker) worst(w *overviewWords) *Panel {
	const lines = 8
	left := informed(m.journeysLeft(), m.chosen(), "id")
	fields := FieldDefaults{
		Unit: unitShare, Decimals: ref(1), NoValue: m.words().NotMeasured, Max: ref(1.0), Color: &Color{Mode: "palette-classic"}, Thresholds: budgetSteps(),
		Links: []Link{{Title: m.words().Open, URL: to("${__field.labels.dashboard}")}},
	}
	return graph(w.Worst, w.WorstNote, fields, target(0, query.Best(query.Bottom, lines, left), "{{name}}"))
}

// firingNow is a table of all alerts that people were told of and that have not resolved.
func (m *maker) firingNow(w *overviewWords) *Panel {
	shared := m.words()
	labels := []string{"id", "objective", "kind", "severity"}
	now := query.With(largest(metricFiring, nil, labels...), query.Above, query.Number(0))
	source := query.Expr(query.With(largest(metricFiring, []query.Matcher{query.Is("kind", "source")}, labels...), query.Above, query.Number(0)))
	source = query.Replace{Of: source, Label: "name", Value: "$1", From: "id", Pattern: "(.*)"}
	source = query.Replace{Of: source, Label: "dashboard", Value: uid.Overview, From: "id", Pattern: ".*"} // it has none of its own
	all := query.With(informed(now, m.chosen(), labels...), query.Or, source)
	return table(
		w.Now, w.NowNote, FieldDefaults{NoValue: w.NoAlerts},
		column{label: "severity", title: w.Severity, width: 160, show: wordCell(shared.Nothing, shared.severityWords()...)},
		column{label: "name", title: shared.Name, show: linked(shared.Open)},
		column{label: "objective", title: shared.Objective, width: 140, show: named(shared.None)},
		column{label: "kind", title: w.Kind, width: 220, show: append(named(shared.None), Property{"mappings", mappings(shared.kindWords()...)})},
		column{label: "owner", title: shared.Owner, width: 180, show: named(shared.None)},
		column{label: "id"}, column{label: "dashboard"}, column{query: otherwise(all, w.NoAlerts, uid.Overview)},
	).sorted(w.Severity, false)
}
