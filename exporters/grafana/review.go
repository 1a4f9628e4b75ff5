package grafana

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/slo"
)

// review asks what a review meeting asks: how did each journey do in this window against
// the last one, what spent the budgets, whose was it, and what was agreed on?
func (m *maker) review() *Dashboard {
	shared, w := m.words(), m.reviewWords()
	d := m.begin(uid.Review, shared.Review, "now-28d", "")
	d.Description = w.Description
	d.Templating.List = append(d.Templating.List, m.choices()...)
	m.linkFleet(d, m.kept()...)

	infos := query.Metric(metricInfo, m.chosen()...)
	journeyInfos := query.Metric(metricInfo, append(m.chosen(), query.Is("kind", string(slo.KindJourney)))...)
	objectives := 0
	for range m.objectives() {
		objectives++
	}
	s := &sheet{}
	s.say(w.Text)
	s.section(w.Windows)
	s.add(columns, largeRows(m.ofJourneys()), m.against(w.Journeys, w.AgainstNote, w.NoJourneys, journeyInfos))
	s.section(w.Spenders)
	height := largeRows(max(min(m.stepsOfJourneys(), mostSpenders), m.ownersOfObjectives()))
	s.add(16, height, m.spenders(w))
	s.add(8, height, m.owners(w))
	s.section(w.Alerts)
	s.add(columns, largeRows(min(objectives, 4)), m.alerted(w, infos))
	s.section(w.Doubts)
	height = largeRows(min(objectives, 4))
	s.add(12, height, m.unmeasured(w, infos))
	s.add(12, height, m.loose(w, infos))
	if own := m.ofNoJourney(); own > 0 {
		s.section(w.Others)
		s.add(columns, largeRows(own), m.against(w.SLOs, w.AgainstNote, w.NoSLOs, m.own()))
	}
	if agreed, height := m.agreed(w); agreed != "" {
		s.section(w.Agreed)
		s.add(columns, height, text("", agreed))
	}
	d.Panels = s.panels
	return d
}

// stepsOfJourneys returns how many steps those journeys have that have objectives.
func (m *maker) stepsOfJourneys() int {
	n := 0
	for _, j := range m.set.Journeys {
		n += min(1, len(j.Objectives)) * len(j.Steps)
	}
	return n
}

// ownersOfObjectives returns how many owners there are of what has objectives.
func (m *maker) ownersOfObjectives() int {
	owners := map[string]bool{}
	for _, j := range m.set.Journeys {
		if len(j.Objectives) > 0 {
			owners[j.About.Owner] = true
		}
	}
	for _, s := range m.set.SLOs {
		if len(s.Objectives) > 0 {
			owners[s.About.Owner] = true
		}
	}
	return len(owners)
}

// rolling are the rolling windows of which the table knows what was left before, and whether
// there are others.
func (m *maker) rolling() (windows []slo.Window, more bool) {
	of := func(o slo.Objective) (slo.Window, bool) { return o.Window, !o.Window.IsCalendar() }
	windows = m.windows(of)
	for o := range m.objectives() {
		w, is := of(o)
		more = more || is && !slices.Contains(windows, w)
	}
	return windows, more
}

// before is what was left of budgets when the window before the present one ended: of a
// calendar window that is exported, and of a rolling one it is what was left as long ago as
// the window is long, if enough of that earlier window was measured to compare with it. How
// much of an earlier calendar window was measured is not exported.
func (m *maker) before() query.Expr {
	const enough = 0.9 // of the window
	all := query.Expr(largest(metricPrevious, nil, "id", "objective"))
	windows, _ := m.rolling()
	for _, window := range windows {
		spelt, length := query.Is("window", window.String()), time.Duration(window.Minutes())*time.Minute
		left := query.With(query.By(query.Max, query.Metric(metricRemaining).Ago(length), "id", "objective"), query.And, query.Metric(metricTarget, spelt), "id", "objective")
		covered := query.With(query.By(query.Max, query.Metric(metricCoverage, spelt).Ago(length), "id"), query.AtLeast, query.Number(enough))
		all = query.With(all, query.Or, among(left, covered))
	}
	return all
}

// against is a table of the present window and the one before.
func (m *maker) against(title, note, none string, infos query.Expr) *Panel {
	shared, w := m.words(), m.reviewWords()
	if _, more := m.rolling(); more {
		note += w.OnlyCommon(mostWindows)
	}
	row := func(of query.Expr) query.Expr { return informedBy(of, infos, "id", "objective") }
	now := largest(metricRemaining, nil, "id", "objective")
	const points = 100
	change := query.With(query.With(now, query.Minus, m.before(), "id", "objective"), query.Times, query.Number(points))
	colours := append(cell("color-text"), Property{"thresholds", steps("text", from(0, blue))}, Property{"color", byThreshold()})
	return table(
		title, note, FieldDefaults{NoValue: none},
		column{label: "name", title: shared.Name, show: linked(shared.Open)},
		column{label: "owner", title: shared.Owner, width: 130, show: named(shared.None)},
		column{label: "objective", title: shared.Objective, width: 90},
		column{query: row(query.By(query.Max, targets(), "id", "objective")), title: shared.Target, width: 90, show: in(unitShare, m.targetDecimals(), none)},
		column{query: row(now), title: w.LeftNow, width: 150, show: budgetCell(shared.NotKnown)},
		column{query: row(m.before()), title: w.LeftBefore, width: 150, show: budgetCell(shared.NotKnown)},
		column{query: row(change), title: w.Change, width: 120, show: append(in(w.Points, 1, shared.NotKnown), colours...)},
		column{query: row(explained(ofWindow(metricErrors), ofWindow(metricCoverage))), title: shared.Errors, width: 112, show: errorCell(m.errorDecimals(), shared)},
		column{query: row(ofWindow(metricCoverage)), title: shared.Coverage, width: 100, show: coverageCell(shared.NotMeasured)},
		column{label: "id"}, column{label: "dashboard"},
	).sorted(w.LeftNow, false).large()
}

// mostSpenders is how many steps are listed that spent budgets.
const mostSpenders = 10

// mostTitles is how many journeys are shown by their titles in a column of ids.
const mostTitles = 100

// spenders is a table of the steps that spent most of the budgets of journeys.
func (m *maker) spenders(w *reviewWords) *Panel {
	shared := m.words()
	consumed := query.With(query.Number(1), query.Minus, largest(metricRemaining, journeys(), "id", "objective"))
	share := query.With(largest(metricAttribution, journeys(), "id", "objective", "journey", "cause"), query.Times, consumed, "id", "objective").Taking()
	caused := among(query.With(share, query.Above, query.Number(0)), query.Metric(metricInfo, m.chosen()...))
	ofStep := query.By(query.Max, query.Replace{Of: caused, Label: "step", Value: "$1", From: "cause", Pattern: "(.*)"}, "journey", "step", "objective")
	ids := query.Aggregate{
		Aggregation: query.Top, K: 1, By: []string{"journey", "step"}, // there are two while a step gets another SLO
		Of: query.By(query.Max, query.Metric(metricStep), "journey", "step", "id"),
	}
	identified := query.With(ofStep, query.Times, ids, "journey", "step").Taking("id")
	rows := informedBy(query.Best(query.Top, mostSpenders, identified), query.Metric(metricInfo), "id", "journey", "step", "objective")
	var titles []word
	for _, j := range m.set.Journeys {
		if j.About.Title != "" && len(titles) < mostTitles {
			titles = append(titles, word{j.ID, plain(j.About.Title), ""})
		}
	}
	show := append(in(unitShare, 1, shared.None), cell("gauge")...)
	show = append(show, Property{"min", 0}, Property{"max", 1}, Property{"thresholds", steps(sky, from(1-atRisk, orange), from(1, vermilion))}, Property{"color", byThreshold()})
	return table(
		w.SpendersTable, w.SpendersNote, FieldDefaults{NoValue: shared.NotScraped},
		column{label: "name", title: w.Step, show: linked(shared.Open)},
		column{label: "journey", title: shared.Journey, width: 292, show: append(named(shared.None), Property{"mappings", mappings(titles...)})},
		column{label: "objective", title: shared.Objective, width: 84, show: named(shared.None)},
		column{label: "owner", title: shared.Owner, width: 96, show: named(shared.None)},
		column{query: otherwise(rows, w.NothingSpent, uid.Review), title: w.OfBudget, width: 120, show: append(show, m.noneOf())},
		column{label: "id"}, column{label: "step"}, column{label: "dashboard"},
	).sorted(w.OfBudget, true).large()
}

// owners is a table of how the objectives of each owner stand.
func (m *maker) owners(w *reviewWords) *Panel {
	shared := m.words()
	owned := func(a query.Aggregation, of query.Expr) query.Expr {
		return query.By(a, informed(of, m.chosen(), "id", "objective"), "owner")
	}
	left := largest(metricRemaining, nil, "id", "objective")
	spent := query.With(left, query.AtMost, query.Number(0)).Bool()
	low := query.With(left, query.Below, query.Number(atRisk)).Bool()
	counted := func(colour string) []Property {
		show := append(in(unitCount, 0, shared.NotKnown), cell("color-background")...)
		return append(show, Property{"thresholds", steps("transparent", from(1, colour))}, Property{"color", byThreshold()})
	}
	return table(
		w.OwnersTable, w.OwnersNote, FieldDefaults{NoValue: w.NoObjectives},
		column{label: "owner", title: shared.Owner, show: append(named(shared.None), Property{"custom.minWidth", 110})},
		column{query: owned(query.Count, largest(metricTarget, nil, "id", "objective")), title: w.Objectives, width: 62, show: in(unitCount, 0, shared.None)},
		column{query: owned(query.Sum, spent), title: shared.Spent, width: 62, show: counted(vermilion)},
		column{query: query.With(owned(query.Sum, low), query.Minus, owned(query.Sum, spent), "owner"), title: shared.AtRisk, width: 66, show: counted(orange)},
		column{query: owned(query.Min, left), title: w.Lowest, width: 88, show: leftCell(shared.NotKnown)},
	).sorted(w.Lowest, false).large()
}

// throughout is what becomes of an expression over all of the time that is shown, by values a
// step of the panel apart.
func throughout(f query.Function, of query.Expr) query.Expr {
	return query.Over{Function: f, Of: of, Length: query.Length{Built: query.TimeRange}, Every: query.Length{Built: query.Step}}
}

// shareOf divides series by one number.
func shareOf(of, all query.Expr) query.Expr {
	return query.Binary{Left: of, Operator: query.Divided, Right: all, On: []string{}, Many: true}
}

// judged is in how many steps of the panel it is known of any alert whether it fires.
func judged() query.Expr {
	return throughout(query.Known, query.By(query.Count, query.Metric(metricFiring)))
}

// fired is how much of the time in which alerts were judged they fired, by id: in each step
// of the panel the alert that fired longest in it counts, of the instance that says most,
// and steps in which another alert was judged, and this one not, count as if it did not
// fire. An alert that fires all of the one hour since it was written fired 0.15% of 28 days.
func fired(matchers ...query.Matcher) query.Expr {
	each := query.Over{Function: query.Average, Of: query.Metric(metricFiring, matchers...), Length: query.Length{Built: query.Step}}
	return shareOf(throughout(query.Total, query.By(query.Max, each, "id")), judged())
}

// alarmed reports whether any objective has an alert policy.
func (m *maker) alarmed() bool {
	has := func(o slo.Objective) bool { return o.Alerts != nil }
	return slices.ContainsFunc(m.set.Journeys, func(j *slo.Journey) bool { return slices.ContainsFunc(j.Objectives, has) }) ||
		slices.ContainsFunc(m.set.SLOs, func(s *slo.SLO) bool { return slices.ContainsFunc(s.Objectives, has) })
}

// alerted is a table of how much of the time that is shown alerts fired.
func (m *maker) alerted(w *reviewWords, infos query.Expr) *Panel {
	shared := m.words()
	above := func(of query.Expr) query.Expr { return query.With(of, query.Above, query.Number(0)) }
	of := func(severity slo.Severity) query.Expr {
		none := query.With(above(fired()), query.Times, query.Number(0)) // of what only the other severity fired about
		return informedBy(query.With(above(fired(query.Is("severity", string(severity)))), query.Or, none), infos, "id")
	}
	looked := judged()
	if !m.alarmed() { // nothing can fire, whoever looks
		looked = there(0)
	}
	nobody := query.Expr(query.Binary{Left: wordRow(-1, shared.NotKnown, uid.Review), Operator: query.Unless, Right: looked, On: []string{}})
	quiet := orElse(nobody, wordRow(0, w.NoAlerts, uid.Review))
	show := func(colour string) []Property {
		show := append(in(unitShare, 2, shared.None), cell("gauge")...)
		words := mappings(word{"0", shared.None, grey}, word{"-1", shared.NotKnown, grey})
		return append(show, Property{"min", 0}, Property{"max", 1}, Property{"thresholds", steps(colour)}, Property{"color", byThreshold()}, Property{"mappings", words})
	}
	p := table(
		w.AlertsTable, w.AlertsNote, FieldDefaults{NoValue: shared.NotScraped},
		column{label: "name", title: shared.Name, show: linked(shared.Open)},
		column{label: "owner", title: shared.Owner, width: 180, show: named(shared.None)},
		column{query: orElse(of(slo.Page), quiet), title: w.PageTime, width: 300, show: show(vermilion)},
		column{query: orElse(of(slo.Ticket), quiet), title: w.TicketTime, width: 300, show: show(orange)},
		column{label: "id"}, column{label: "dashboard"},
	).sorted(w.PageTime, true).large()
	return p.stepwise()
}

// stepwise has the steps of a panel be as many as a Prometheus can hold for a fleet: 2 hours
// each for 28 days. They are long enough for several samples, so that none is without any.
func (p *Panel) stepwise() *Panel {
	const most, least = 336, "5m"
	p.MaxDataPoints, p.Interval = most, least
	return p
}

// noneOf has a word in place of 0, which is also what the row has that says that there is
// nothing.
func (m *maker) noneOf() Property {
	return Property{"mappings", mappings(word{"0", m.words().None, grey})}
}

// unmeasured is a table of what was measured least.
func (m *maker) unmeasured(w *reviewWords, infos query.Expr) *Panel {
	shared := m.words()
	const most = 10
	missing := query.With(query.Number(1), query.Minus, ofWindow(metricCoverage))
	some := query.With(informedBy(missing, infos, "id", "objective"), query.Above, query.Number(0.01))
	show := append(in(unitShare, 1, shared.None), cell("gauge")...)
	show = append(show, Property{"min", 0}, Property{"max", 1}, Property{"thresholds", steps(grey, from(0.1, vermilion))}, Property{"color", byThreshold()})
	return table(
		w.Unmeasured, w.UnmeasuredNote, FieldDefaults{NoValue: shared.NotScraped},
		column{label: "name", title: shared.Name, show: linked(shared.Open)},
		column{label: "objective", title: shared.Objective, width: 90, show: named(shared.None)},
		column{label: "owner", title: shared.Owner, width: 120, show: named(shared.None)},
		column{query: otherwise(query.Best(query.Top, most, some), w.AllMeasured, uid.Review), title: w.NotMeasured, width: 160, show: append(show, m.noneOf())},
		column{label: "id"}, column{label: "dashboard"},
	).sorted(w.NotMeasured, true).large()
}

// loose is a table of objectives that were never close to anything: of those whose budget
// was known all the time that is shown, as a young one has had no time to be.
func (m *maker) loose(w *reviewWords, infos query.Expr) *Panel {
	shared := m.words()
	const most, much, nearlyAll = 15, 0.75, 0.95
	known := shareOf(throughout(query.Known, largest(metricRemaining, nil, "id", "objective")), throughout(query.Known, query.Vector(1)))
	lowest := query.Over{Function: query.Minimum, Of: query.Metric(metricRemaining), Length: query.Length{Built: query.TimeRange}}
	high := query.With(query.By(query.Min, lowest, "id", "objective"), query.Above, query.Number(much))
	never := informedBy(query.With(high, query.And, query.With(known, query.AtLeast, query.Number(nearlyAll)), "id", "objective"), infos, "id", "objective")
	p := table(
		w.Loose, w.LooseNote, FieldDefaults{NoValue: shared.NotScraped},
		column{label: "name", title: shared.Name, show: linked(shared.Open)},
		column{label: "objective", title: shared.Objective, width: 90, show: named(shared.None)},
		column{label: "owner", title: shared.Owner, width: 120, show: named(shared.None)},
		column{query: otherwise(query.Best(query.Top, most, never), w.NoneLoose, uid.Review), title: w.LeastLeft, width: 160, show: append(budgetCell(shared.NotKnown), m.noneOf())},
		column{label: "id"}, column{label: "dashboard"},
	).sorted(w.LeastLeft, true).large()
	return p.stepwise()
}

// large makes the rows of a table higher.
func (p *Panel) large() *Panel {
	options := p.Options.(TableOptions)
	options.CellHeight = "lg"
	p.Options = options
	return p
}

// agreed lists what was agreed for when budgets are spent, in Markdown, and how high a panel
// of it is; "" when nothing was.
func (m *maker) agreed(w *reviewWords) (markdown string, height int) {
	const most = 40
	var rows []string
	for _, j := range m.set.Journeys {
		if j.About.WhenSpent != "" {
			rows = append(rows, "| "+escaped(cmp.Or(j.About.Title, j.ID))+" | "+escaped(j.About.Owner)+" | "+escaped(j.About.WhenSpent)+" |")
		}
	}
	if len(rows) == 0 {
		return "", 0
	}
	markdown = w.AgreedText + "\n\n| " + m.words().Journey + " | " + m.words().Owner + " | " + w.WhenSpent + " |\n|---|---|---|\n" + strings.Join(rows[:min(len(rows), most)], "\n")
	if more := len(rows) - most; more > 0 {
		markdown += "\n\n" + w.More(more)
	}
	return markdown, tableHeight(min(len(rows), most)+1, 36)
}
