package grafana

import (
	"cmp"
	"maps"
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
	m.annotate(d, query.Metric(metricInfo, m.chosen()...))
	m.linkFleet(d, m.kept()...)

	infos := query.Metric(metricInfo, m.chosen()...)
	journeyInfos := query.Metric(metricInfo, append(m.chosen(), query.Is("kind", string(slo.KindJourney)))...)
	s := &sheet{}
	s.add(columns, 7, text("", w.Text))
	s.section(w.Windows)
	s.add(columns, rows(m.objectives()), m.against(w.Journeys, w.AgainstNote, w.NoJourneys, journeyInfos))
	s.section(w.Spenders)
	s.add(14, 12, m.spenders(w))
	s.add(10, 12, m.owners(w))
	s.section(w.Alerts)
	s.add(columns, 11, m.alerted(w, infos))
	s.section(w.Doubts)
	s.add(12, 10, m.unmeasured(w, infos))
	s.add(12, 10, m.loose(w, infos))
	if m.hasOwn() {
		s.section(w.Others)
		s.add(columns, 10, m.against(w.SLOs, w.AgainstNote, w.NoSLOs, m.own()))
	}
	if agreed := m.agreed(w); agreed != "" {
		s.section(w.Agreed)
		s.add(columns, 9, text("", agreed))
	}
	d.Panels = s.panels
	return d
}

// mostWindows is how many lengths of rolling windows are looked at before the present one:
// those that most objectives have.
const mostWindows = 6

// rolling returns the lengths of the rolling windows of all objectives, the shortest first.
func (m *maker) rolling() []slo.Window {
	times := map[slo.Window]int{}
	count := func(objectives []slo.Objective) {
		for _, o := range objectives {
			if !o.Window.IsCalendar() {
				times[o.Window]++
			}
		}
	}
	for _, j := range m.set.Journeys {
		count(j.Objectives)
	}
	for _, s := range m.set.SLOs {
		count(s.Objectives)
	}
	windows := slices.SortedFunc(maps.Keys(times), func(a, b slo.Window) int {
		return cmp.Or(cmp.Compare(times[b], times[a]), cmp.Compare(a.Minutes(), b.Minutes()))
	})
	windows = windows[:min(len(windows), mostWindows)]
	slices.SortFunc(windows, func(a, b slo.Window) int { return cmp.Compare(a.Minutes(), b.Minutes()) })
	return windows
}

// before is what was left of budgets when the window before the present one ended: of a
// calendar window that is exported, and of a rolling one it is what was left as long ago as
// the window is long.
func (m *maker) before() query.Expr {
	all := query.Expr(largest(metricPrevious, nil, "id", "objective"))
	for _, window := range m.rolling() {
		ago := query.Metric(metricRemaining).Ago(time.Duration(window.Minutes()) * time.Minute)
		of := query.Metric(metricTarget, query.Is("window", window.String()))
		all = query.With(all, query.Or, query.With(query.By(query.Max, ago, "id", "objective"), query.And, of, "id", "objective"))
	}
	return all
}

// against is a table of the present window and the one before.
func (m *maker) against(title, note, none string, infos query.Expr) *Panel {
	shared, w := m.words(), m.reviewWords()
	row := func(of query.Expr) query.Expr { return informedBy(of, infos, "id", "objective") }
	now := largest(metricRemaining, nil, "id", "objective")
	const points = 100
	change := query.With(query.With(now, query.Minus, m.before(), "id", "objective"), query.Times, query.Number(points))
	colours := append(cell("color-text"), Property{"thresholds", steps(vermilion, from(0, blue))}, Property{"color", byThreshold()})
	return table(
		title, note, FieldDefaults{NoValue: none},
		column{label: "name", title: shared.Name, show: linked(shared.Open)},
		column{label: "owner", title: shared.Owner, width: 160, show: named(shared.None)},
		column{label: "objective", title: shared.Objective, width: 120},
		column{query: row(query.By(query.Max, targets(), "id", "objective")), title: shared.Target, width: 100, show: in(unitShare, 3, none)},
		column{query: row(now), title: w.LeftNow, width: 240, show: budgetCell(shared.NotMeasured)},
		column{query: row(m.before()), title: w.LeftBefore, width: 240, show: budgetCell(w.NotKnown)},
		column{query: row(change), title: w.Change, width: 130, show: append(in(w.Points, 1, w.NotKnown), colours...)},
		column{query: row(ofWindow(metricErrors)), title: shared.Errors, width: 110, show: in(unitShare, 3, shared.NoTraffic)},
		column{query: row(ofWindow(metricCoverage)), title: shared.Coverage, width: 120, show: coverageCell(shared.NotMeasured)},
		column{label: "id"}, column{label: "dashboard"},
	).sorted(w.LeftNow, false).large()
}

// spenders is a table of the steps that spent most of the budgets of journeys.
func (m *maker) spenders(w *reviewWords) *Panel {
	shared := m.words()
	const most = 15
	consumed := query.With(query.Number(1), query.Minus, largest(metricRemaining, journeys(), "id", "objective"))
	share := query.With(largest(metricAttribution, journeys(), "id", "objective", "journey", "cause"), query.Times, consumed, "id", "objective").Taking()
	caused := among(share, query.Metric(metricInfo, m.chosen()...))
	ofStep := query.By(query.Max, query.Replace{Of: caused, Label: "step", Value: "$1", From: "cause", Pattern: "(.*)"}, "journey", "step", "objective")
	ids := query.Aggregate{
		Aggregation: query.Top, K: 1, By: []string{"journey", "step"}, // there are two while a step gets another SLO
		Of: query.By(query.Max, query.Metric(metricStep), "journey", "step", "id"),
	}
	identified := query.With(ofStep, query.Times, ids, "journey", "step").Taking("id")
	rows := informedBy(query.Best(query.Top, most, identified), query.Metric(metricInfo), "id", "journey", "step", "objective")
	show := append(in(unitShare, 1, shared.None), cell("gauge")...)
	show = append(show, Property{"min", 0}, Property{"max", 1}, Property{"thresholds", steps(sky, from(1-atRisk, orange), from(1, vermilion))}, Property{"color", byThreshold()})
	return table(
		w.SpendersTable, w.SpendersNote, FieldDefaults{NoValue: w.NothingSpent},
		column{label: "name", title: w.Step, show: linked(shared.Open)},
		column{label: "journey", title: shared.Journey, width: 190, show: named(shared.None)},
		column{label: "objective", title: shared.Objective, width: 100, show: named(shared.None)},
		column{label: "owner", title: shared.Owner, width: 140, show: named(shared.None)},
		column{query: otherwise(rows, w.NothingSpent, uid.Review), title: w.OfBudget, width: 230, show: show},
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
		show := append(in(unitCount, 0, shared.NotMeasured), cell("color-text")...)
		return append(show, Property{"thresholds", steps(ink, from(1, colour))}, Property{"color", byThreshold()})
	}
	return table(
		w.OwnersTable, w.OwnersNote, FieldDefaults{NoValue: w.NoObjectives},
		column{label: "owner", title: shared.Owner, show: named(shared.None)},
		column{query: owned(query.Count, largest(metricTarget, nil, "id", "objective")), title: w.Objectives, width: 110, show: in(unitCount, 0, shared.None)},
		column{query: owned(query.Sum, spent), title: shared.Spent, width: 90, show: counted(vermilion)},
		column{query: query.With(owned(query.Sum, low), query.Minus, owned(query.Sum, spent), "owner"), title: shared.AtRisk, width: 90, show: counted(orange)},
		column{query: owned(query.Min, left), title: w.Lowest, width: 220, show: budgetCell(shared.NotMeasured)},
	).sorted(w.Lowest, false).large()
}

// alerted is a table of how much of the time that is shown alerts fired.
func (m *maker) alerted(w *reviewWords, infos query.Expr) *Panel {
	shared := m.words()
	fired := func(severity slo.Severity) query.Expr {
		of := query.Over{Function: query.Average, Of: query.Metric(metricFiring, query.Is("severity", string(severity))), Length: query.Length{Built: query.TimeRange}}
		return informedBy(query.By(query.Max, of, "id"), infos, "id")
	}
	either := query.Over{Function: query.Maximum, Of: query.Metric(metricFiring), Length: query.Length{Built: query.TimeRange}}
	some := query.With(query.By(query.Max, either, "id"), query.Above, query.Number(0))
	share := func(colour string) []Property {
		show := append(in(unitShare, 2, shared.None), cell("gauge")...)
		return append(show, Property{"min", 0}, Property{"max", 1}, Property{"thresholds", steps(colour)}, Property{"color", byThreshold()})
	}
	only := func(of query.Expr) query.Expr { return query.With(of, query.And, some, "id") }
	return table(
		w.AlertsTable, w.AlertsNote, FieldDefaults{NoValue: w.NoAlerts},
		column{label: "name", title: shared.Name, show: linked(shared.Open)},
		column{label: "owner", title: shared.Owner, width: 180, show: named(shared.None)},
		column{query: otherwise(only(fired(slo.Page)), w.NoAlerts, uid.Review), title: w.PageTime, width: 300, show: share(vermilion)},
		column{query: only(fired(slo.Ticket)), title: w.TicketTime, width: 300, show: share(orange)},
		column{label: "id"}, column{label: "dashboard"},
	).sorted(w.PageTime, true).large()
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
		w.Unmeasured, w.UnmeasuredNote, FieldDefaults{NoValue: w.AllMeasured},
		column{label: "name", title: shared.Name, show: linked(shared.Open)},
		column{label: "objective", title: shared.Objective, width: 110, show: named(shared.None)},
		column{label: "owner", title: shared.Owner, width: 140, show: named(shared.None)},
		column{query: otherwise(query.Best(query.Top, most, some), w.AllMeasured, uid.Review), title: w.NotMeasured, width: 220, show: show},
		column{label: "id"}, column{label: "dashboard"},
	).sorted(w.NotMeasured, true).large()
}

// loose is a table of objectives that were never close to anything.
func (m *maker) loose(w *reviewWords, infos query.Expr) *Panel {
	shared := m.words()
	const most, much = 15, 0.75
	nothing := Property{"mappings", mappings(word{"0", shared.None, grey})} // of the row that says that there is none
	lowest := query.Over{Function: query.Minimum, Of: query.Metric(metricRemaining), Length: query.Length{Built: query.TimeRange}}
	never := query.With(informedBy(query.By(query.Min, lowest, "id", "objective"), infos, "id", "objective"), query.Above, query.Number(much))
	return table(
		w.Loose, w.LooseNote, FieldDefaults{NoValue: w.NoneLoose},
		column{label: "name", title: shared.Name, show: linked(shared.Open)},
		column{label: "objective", title: shared.Objective, width: 110, show: named(shared.None)},
		column{label: "owner", title: shared.Owner, width: 140, show: named(shared.None)},
		column{query: otherwise(query.Best(query.Top, most, never), w.NoneLoose, uid.Review), title: w.LeastLeft, width: 220, show: append(budgetCell(shared.NotMeasured), nothing)},
		column{label: "id"}, column{label: "dashboard"},
	).sorted(w.LeastLeft, true).large()
}

// large makes the rows of a table higher.
func (p *Panel) large() *Panel {
	options := p.Options.(TableOptions)
	options.CellHeight = "lg"
	p.Options = options
	return p
}

// agreed lists what was agreed for when budgets are spent, in Markdown; "" when nothing was.
func (m *maker) agreed(w *reviewWords) string {
	const most = 40
	var rows []string
	for _, j := range m.set.Journeys {
		if j.About.WhenSpent != "" {
			rows = append(rows, "| "+escaped(cmp.Or(j.About.Title, j.ID))+" | "+escaped(j.About.Owner)+" | "+escaped(j.About.WhenSpent)+" |")
		}
	}
	if len(rows) == 0 {
		return ""
	}
	text := w.AgreedText + "\n\n| " + m.words().Journey + " | " + m.words().Owner + " | " + w.WhenSpent + " |\n|---|---|---|\n" + strings.Join(rows[:min(len(rows), most)], "\n")
	if more := len(rows) - most; more > 0 {
		text += "\n\n" + w.More(more)
	}
	return text
}
