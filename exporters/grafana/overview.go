package grafana

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/exporters/words"
	"github.com/slojourn/slojourn/slo"
)

// overview asks: are the journeys of our users all right, and which one do I look at first?
func (m *maker) overview() *Dashboard {
	shared, w := m.words(), m.overviewWords()
	d := m.begin(uid.Overview, shared.Overview, "now-24h", "1m")
	d.Description = w.Description
	d.Templating.List = append(d.Templating.List, m.choices()...)
	m.annotate(d, m.chosen())
	m.linkFleet(d, m.kept()...)

	s := &sheet{}
	s.say(w.Text)
	m.overviewStats(s, w)
	s.section(w.Journeys)
	s.add(columns, rows(m.ofJourneys()), m.standing(w.JourneyTable, w.StandingNote, w.NoJourneys, query.Metric(metricInfo, append(m.chosen(), query.Is("kind", string(slo.KindJourney)))...)))
	s.add(columns, 9, m.worst(w))
	s.section(w.Alerts)
	s.add(columns, rows(4), m.firingNow(w))
	if own := m.ofNoJourney(); own > 0 {
		s.section(w.SLOs)
		s.add(columns, rows(own), m.standing(w.SLOTable, w.SLONote, w.NoSLOs, m.own()))
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
		m.chooseJourney(),
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

// ofJourneys returns how many objectives journeys have.
func (m *maker) ofJourneys() int {
	n := 0
	for _, j := range m.set.Journeys {
		n += len(j.Objectives)
	}
	return n
}

// ofNoJourney returns how many objectives there are of SLOs that are a step of no journey.
func (m *maker) ofNoJourney() int {
	steps := map[*slo.SLO]bool{}
	for _, j := range m.set.Journeys {
		for _, step := range j.Steps {
			steps[step.SLO] = true
		}
	}
	n := 0
	for _, s := range m.set.SLOs {
		if s.Kind == slo.KindSLO && !s.Elsewhere && !steps[s] && len(s.AlsoIn) == 0 {
			n += len(s.Objectives)
		}
	}
	return n
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
	const width, height = 6, 3
	shared := m.words()
	number := func(title, note, colour string, of query.Expr, words []Mapping) {
		fields := FieldDefaults{Unit: unitCount, Decimals: ref(0), NoValue: shared.NotScraped, Color: byThreshold(), Thresholds: countSteps(colour), Mappings: words}
		s.add(width, height, stat(title, note, fields, target(0, of, "").now()))
	}
	count := func(title, note, colour string, of query.Expr) {
		number(title, note, colour, orZero(query.By(query.Count, of)), []Mapping{unknown(shared.NotScraped)})
	}
	left := m.journeysLeft()
	known := among(largest(metricTarget, journeys(), "id"), query.Metric(metricInfo, m.chosen()...))
	count(shared.Healthy, w.HealthyNote, blue, query.With(left, query.AtLeast, query.Number(atRisk)))
	count(shared.AtRisk, w.AtRiskNote, orange, query.With(query.With(left, query.Above, query.Number(0)), query.Below, query.Number(atRisk)))
	count(shared.Spent, w.SpentNote, vermilion, query.With(left, query.AtMost, query.Number(0)))
	count(shared.Unknown, w.UnknownNote, grey, query.With(known, query.Unless, left, "id"))
	for _, severity := range []struct {
		of          slo.Severity
		title, note string
	}{{slo.Page, shared.Pages, w.PagesNote}, {slo.Ticket, shared.Tickets, w.TicketsNote}} {
		fire := largest(metricFiring, []query.Matcher{query.Is("severity", string(severity.of))}, "id", "objective", "kind")
		fire = among(query.With(fire, query.Above, query.Number(0)), query.Metric(metricInfo, m.chosen()...))
		number(severity.title, severity.note, colourOf(severity.of), howMany(query.By(query.Count, fire), m.ofChosen(metricFiring), m.ofChosen(metricFactor)), shared.numberOfAlerts())
	}
	down := query.With(largest(metricFiring, ofSources(), "id"), query.Above, query.Number(0))
	// Sources have alerts where any objective has.
	number(w.Sources, w.SourcesNote, vermilion, howMany(query.By(query.Count, down), query.Metric(metricFiring, ofSources()...), query.Metric(metricFactor)), shared.numberOfAlerts())

	const late, lost = 15 * 60, 60 * 60 // seconds
	age := query.With(query.Now{}, query.Minus, largest(metricWatermark, nil, "id"))
	oldest := query.By(query.Max, among(age, query.Metric(metricInfo, m.chosen()...)))
	fields := FieldDefaults{
		Unit: unitSeconds, Decimals: ref(0), NoValue: w.NothingYet, Color: byThreshold(), Thresholds: steps(blue, from(late, orange), from(lost, vermilion)),
		Mappings: []Mapping{unknown(w.NothingYet)},
	}
	s.add(width, height, stat(w.Age, w.AgeNote, fields, target(0, oldest, "").now()))
}

// burningNow has the burn rate of each objective over the window closest to an hour of those
// that it has, with id and objective, and why where there is none. title is what a column of
// them is called.
func (m *maker) burningNow() (rates query.Expr, title string) {
	windows := m.windows(func(o slo.Objective) (slo.Window, bool) { return recent(o), true })
	if len(windows) == 0 {
		windows = []slo.Window{slo.Rolling(60)}
	}
	if len(windows) == 1 {
		title = words.Window(m.options.Locale, windows[0].String())
	}
	slices.SortStableFunc(windows, func(a, b slo.Window) int { return cmp.Compare(fromHour(a), fromHour(b)) })
	zero := query.With(largest(metricTarget, nil, "id", "objective"), query.Times, query.Number(0))
	var covered query.Expr
	for _, w := range windows {
		over := []query.Matcher{query.Is("window", w.String())}
		rates = or(rates, largest(metricBurn, over, "id", "objective"))
		covered = or(covered, query.With(zero, query.Plus, largest(metricCoverage, over, "id"), "id").Taking())
	}
	return explained(rates, covered), m.words().Burn(title)
}

// standing is a table of objectives, the one with least left first.
func (m *maker) standing(title, note, none string, infos query.Expr) *Panel {
	w := m.words()
	row := func(of query.Expr) query.Expr { return informedBy(of, infos, "id", "objective") }
	rates, burn := m.burningNow()
	data := w.stateWords()
	data[0].colour = "" // what is as it should be does not stand out
	return table(
		title, note, FieldDefaults{NoValue: none},
		column{label: "name", title: w.Name, show: linked(w.Open)},
		column{label: "owner", title: w.Owner, width: 100, show: named(w.None)},
		column{label: "objective", title: w.Objective, width: 84},
		column{query: row(query.By(query.Max, targets(), "id", "objective")), title: w.Target, width: 80, show: in(unitShare, m.targetDecimals(), none)},
		column{query: row(largest(metricRemaining, nil, "id", "objective")), title: w.Left, width: 125, show: budgetCell(w.NotKnown)},
		column{query: row(rates), title: burn, width: 148, show: append(burnCell(w.NotKnown), Property{"mappings", w.reasons()})},
		column{query: row(explained(ofWindow(metricErrors), ofWindow(metricCoverage))), title: w.Errors, width: 106, show: errorCell(m.errorDecimals(), w)},
		column{query: row(ofWindow(metricCoverage)), title: w.Coverage, width: 88, show: coverageCell(w.NotMeasured)},
		column{query: row(states()), title: w.State, width: 124, show: wordCell(w.Missing, data...)},
		column{query: row(firing()), title: w.Firing, width: 100, show: wordCell(w.Nothing, w.firingWords()...)},
		column{label: "id"}, column{label: "dashboard"},
	).sorted(w.Left, false)
}

// worst shows over time what those have left that have least.
func (m *maker) worst(w *overviewWords) *Panel {
	const lines, most = mostLines, 7 * mostLines // of lines at once, and of journeys that have a colour
	note, names := w.WorstNote, m.journeyNames()
	if len(names) > most {
		note += " " + w.WorstByState
	}
	left := informed(m.journeysLeft(), m.chosen(), "id")
	p := budgetLine(w.Worst, note, m.words().NotKnown, target(0, query.Best(query.Bottom, lines, left), "{{name}}"))
	fields := &p.FieldConfig.Defaults
	fields.Links = []Link{{Title: m.words().Open, URL: to("${__field.labels.dashboard}")}}
	if len(names) > most {
		fields.Color, fields.Thresholds = byThreshold(), budgetSteps()
		return p
	}
	fields.Color = &Color{Mode: "fixed", FixedColor: grey}
	for i, name := range names {
		colour, dashed := lineColour(i)
		p.override("byName", name, drawn(colour, dashed)...)
	}
	return p
}

// journeyNames are the titles of the journeys that have objectives, as they are in legends,
// or their ids; each once. One that Grafana would take for a variable is left out.
func (m *maker) journeyNames() []string {
	var names []string
	for _, j := range m.set.Journeys {
		name := titleOf(j.About.Title, j.ID)
		if len(j.Objectives) > 0 && name == cmp.Or(j.About.Title, j.ID) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// ofChosen are the series of a metric that are about what variables choose.
func (m *maker) ofChosen(metric string) query.Expr {
	return among(query.Metric(metric), query.Metric(metricInfo, m.chosen()...))
}

// ofSources are the matchers of alerts about sources.
func ofSources() []query.Matcher { return []query.Matcher{query.Is("kind", string(alert.Source))} }

// firingNow is a table of all alerts that people were told of and that have not resolved.
func (m *maker) firingNow(w *overviewWords) *Panel {
	shared := m.words()
	labels := []string{"id", "objective", "kind", "severity"}
	now := query.With(largest(metricFiring, nil, labels...), query.Above, query.Number(0))
	source := query.Expr(query.With(largest(metricFiring, ofSources(), labels...), query.Above, query.Number(0)))
	source = query.Replace{Of: source, Label: "name", Value: "$1", From: "id", Pattern: "(.*)"}
	source = query.Replace{Of: source, Label: "dashboard", Value: uid.Overview, From: "id", Pattern: ".*"} // it has none of its own
	all := query.With(informed(now, m.chosen(), labels...), query.Or, source)
	nobody := query.Binary{Left: wordRow(notJudged, shared.NotKnown, uid.Overview), Operator: query.And, Right: unjudged(m.ofChosen(metricFiring), m.ofChosen(metricFactor)), On: []string{}}
	return table(
		w.Now, w.NowNote, FieldDefaults{NoValue: shared.NotScraped},
		column{label: "severity", title: w.Severity, width: 130, show: wordCell(shared.Nothing, shared.severityWords()...)},
		column{label: "name", title: shared.Name, show: linked(shared.Open)},
		column{label: "objective", title: shared.Objective, width: 110, show: named(shared.None)},
		column{label: "kind", title: w.Kind, width: 190, show: append(named(shared.None), Property{"mappings", mappings(shared.kindWords()...)})},
		column{label: "owner", title: shared.Owner, width: 180, show: named(shared.None)},
		column{label: "id"}, column{label: "dashboard"}, column{query: otherwise(orElse(all, nobody), w.NoAlerts, uid.Overview)},
	).sorted(w.Severity, false)
}
