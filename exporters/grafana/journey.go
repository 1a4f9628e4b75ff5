package grafana

import (
	"slices"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/exporters/words"
	"github.com/slojourn/slojourn/slo"
)

// mostLines is how many lines of a graph can be told apart.
const mostLines = 8

// journey makes the dashboard of a journey: whether users can do it now, how much of its
// budget is left and since when that falls, which step costs it, and whether somebody is
// told.
func (m *maker) journey(j *slo.Journey) *Dashboard {
	v := &journeyView{maker: m, Journey: j, w: m.journeyWords()}
	covers := []owned{{j.ID, j.About.Owner}}
	for _, step := range j.Steps {
		if !slices.Contains(v.stepIDs, step.SLO.ID) {
			v.stepIDs = append(v.stepIDs, step.SLO.ID)
			covers = append(covers, owned{step.SLO.ID, step.SLO.About.Owner})
		}
	}
	d := m.begin(uid.Of(j.ID), m.titleOf(j.ID, j.About), "now-7d", "1m", "journey")
	d.Description = plain(j.About.Description)
	d.Links = m.upward()
	ids := append([]string{j.ID}, v.stepIDs...)
	d.Annotations.List = m.note(ids)

	s := &sheet{}
	intro := newProse(columns)
	intro.say(escaped(j.About.Description))
	intro.say(v.w.Shows)
	intro.say(v.composed())
	if len(j.Objectives) == 0 {
		intro.say(v.w.NoObjective)
	} else if !hasTiers(j.Objectives) {
		intro.say(v.w.NoPolicy)
	}
	m.describe(intro, j.About, covers...)
	panel, height := intro.panel("")
	s.add(columns, height, panel)
	s.end()
	v.numbers(s)
	s.section(v.w.Steps)
	s.add(columns, 3+2*len(j.Steps), v.table())
	if len(j.Objectives) > 0 {
		v.attribution(s)
	}
	v.budgets(s)
	m.burning(s, j.ID, j.Objectives)
	s.section(v.w.Told)
	m.alerting(s, j.ID, j.Objectives, v.stepIDs)
	d.Panels = s.panels
	return d
}

// journeyView is what a dashboard of a journey is made of.
type journeyView struct {
	*maker
	*slo.Journey
	w       *journeyWords
	stepIDs []string // each once, in the order of the steps
}

// composed says how the journey follows from its steps.
func (v *journeyView) composed() string {
	w := v.w
	switch v.Compose {
	case slo.Series:
		return w.Series
	case slo.Worst:
		return w.Worst
	case slo.Pooled:
		return w.Pooled
	case slo.Measured:
		return w.Measured
	case slo.Weighted:
		var weights []string
		for _, step := range v.Steps {
			weights = append(weights, w.Weight(escaped(stepTitle(step)), step.Weight.String()))
		}
		return w.Weighted(weights)
	}
	return ""
}

// stepTitle is what a step is called.
func stepTitle(s slo.Step) string {
	switch {
	case s.Title != "":
		return s.Title
	case s.SLO.Kind == slo.KindStep && s.SLO.About.Title != "":
		return s.SLO.About.Title
	}
	return s.Name
}

// numbers are how the journey stands now.
func (v *journeyView) numbers(s *sheet) {
	const height = 5
	b, locale := v.burnWords(), v.options.Locale
	for _, o := range v.Objectives {
		s.add(max(6, columns/max(4, len(v.Objectives))), height, stat(v.w.Left(v.target(o)), v.w.LeftNote, left(v.w.Unknown),
			target(0, of(metricRemaining, v.ID, []query.Matcher{query.Is("objective", o.Name)}), "").now()))
	}
	if len(v.Objectives) > 1 {
		s.end()
	}
	if len(v.Objectives) > 0 {
		first := v.Objectives[0]
		window := recent(first).String()
		s.add(4, height, stat(v.w.Burn(words.Window(locale, window)), v.w.BurnNote, FieldDefaults{
			Unit: unitBurn, Decimals: ref(2), NoValue: b.NoTraffic, Color: byThreshold(), Thresholds: steps(blue, from(1, orange)), Mappings: []Mapping{unknown(b.NoTraffic)},
		}, target(0, of(metricBurn, v.ID, []query.Matcher{query.Is("objective", first.Name), query.Is("window", window)}), "").now()))
		s.add(4, height, v.state(v.ID, first))
		s.add(4, height, stat(v.w.Errors(words.Window(locale, first.Window.String())), v.w.ErrorsNote, FieldDefaults{
			Unit: unitShare, Decimals: ref(3), NoValue: b.NoTraffic, Color: byThreshold(), Thresholds: steps(blue, from(first.Target.AllowedRatio(), vermilion)),
			Mappings: []Mapping{unknown(b.NoTraffic)},
		}, target(0, of(metricErrors, v.ID, []query.Matcher{query.Is("window", spellings(v.Objectives)[0])}), "").now()))
	}
	ids := append([]string{v.ID}, v.stepIDs...)
	s.add(3, height, v.fires(ids, slo.Page))
	s.add(3, height, v.fires(ids, slo.Ticket))
	s.end()
}

// table has a row for every step.
func (v *journeyView) table() *Panel {
	locale, w, b := v.options.Locale, v.w, v.burnWords()
	steps := query.By(query.Max, query.Metric(metricStep, query.Is("journey", v.ID)), "step", "id")
	byID := func(of query.Expr) query.Expr {
		return informed(query.With(steps, query.Times, query.By(query.Max, of, "id"), "id").Taking(), nil, "step", "id")
	}
	var place query.Expr
	titles := map[string]Mapped{}
	for i, step := range v.Steps {
		var one query.Expr = query.With(query.By(query.Max, query.Metric(metricStep, query.Is("journey", v.ID), query.Is("step", step.Name)), "step", "id"), query.Times, query.Number(i+1))
		if place != nil {
			one = query.With(place, query.Or, one)
		}
		place = one
		titles[step.Name] = Mapped{Text: plain(stepTitle(step)), Index: i}
	}
	noBudget := w.Unknown
	if slices.ContainsFunc(v.Steps, func(s slo.Step) bool { return len(s.SLO.Objectives) == 0 }) {
		noBudget = w.NoBudget
	}
	list := []column{
		{query: informed(place, nil, "step", "id"), title: w.Place, width: 60, show: []Property{{"unit", "none"}, {"decimals", 0}}},
		{label: "step", title: w.Step, width: 300, show: []Property{
			{"mappings", []Mapping{{"value", titles}}},
			{"links", []Link{{Title: w.OpenStep, URL: to("${__data.fields.dashboard}")}}},
		}},
		{label: "owner", title: w.Owner},
	}
	if e := v.perStep(func(s *slo.SLO) (string, bool) {
		if len(s.Objectives) == 0 {
			return "", false
		}
		return s.Objectives[0].Name, true
	}, func(ids []string, name string) query.Expr {
		return query.Metric(metricRemaining, oneOf(ids), query.Is("objective", name))
	}); e != nil {
		list = append(list, column{query: byID(e), title: w.StepLeft, show: append([]Property{
			{"unit", unitShare}, {"decimals", 1}, {"noValue", noBudget}, {"thresholds", budgetSteps()},
		}, colouredCell()...)})
	}
	recently := func(s *slo.SLO) (string, bool) {
		if len(s.Objectives) == 0 {
			return "", false
		}
		return recent(s.Objectives[0]).String(), true
	}
	if e := v.perStep(recently, func(ids []string, window string) query.Expr {
		return query.Metric(metricBurn, oneOf(ids), query.Is("window", window))
	}); e != nil {
		list = append(list, column{query: byID(e), title: w.Burn(v.recentWindow()), show: append([]Property{
			{"unit", unitBurn}, {"decimals", 2}, {"noValue", w.NoBurn}, {"thresholds", steps0(blue, from(1, orange))},
		}, colouredCell()...)})
	}
	list = append(list, column{query: byID(v.errorRatios(recently)), title: w.StepErrors(v.recentWindow()), show: []Property{
		{"unit", unitShare}, {"decimals", 3}, {"noValue", b.NoTraffic},
	}})
	if len(v.Objectives) > 0 {
		share := query.Replace{Of: query.Metric(metricAttribution, query.Is("id", v.ID), query.Is("objective", v.Objectives[0].Name)), Label: "step", Value: "$1", From: "cause", Pattern: "(.*)"}
		list = append(list, column{
			query: informed(query.With(steps, query.Times, query.By(query.Max, share, "step"), "step").Taking(), nil, "step", "id"),
			title: w.Share, show: []Property{{"unit", unitShare}, {"decimals", 0}, {"noValue", w.NoShare}},
		})
	}
	list = append(list, column{query: byID(v.coverage()), title: w.Coverage(words.Window(locale, "1d")), show: append([]Property{
		{"unit", unitShare}, {"decimals", 1}, {"noValue", b.NoData}, {"thresholds", steps0(orange, from(0.99, blue))},
	}, colouredCell()...)})
	list = append(list, column{label: "id", hidden: true}, column{label: "name", hidden: true}, column{label: "dashboard", hidden: true})
	return table("", w.StepsNote, FieldDefaults{NoValue: w.NoSteps, Unit: "none"}, list...).sorted(w.Place, false)
}
