package grafana

import (
	"slices"

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
	m.linkFleet(d)
	ids := append([]string{j.ID}, v.stepIDs...)
	m.annotate(d, nil, oneOf(ids))

	s := &sheet{}
	intro := newProse(columns)
	intro.say(escaped(j.About.Description))
	intro.say(v.w.Shows)
	intro.say(v.composed())
	if j.SLI != nil {
		intro.block(written(*j.SLI))
	}
	if len(j.Objectives) == 0 {
		intro.say(v.w.NoObjective)
	} else if !hasTiers(j.Objectives) {
		intro.say(v.w.NoPolicy)
	}
	m.describe(intro, j.About, len(j.Objectives) > 0, covers...)
	panel, height := intro.panel("")
	s.add(columns, height, panel)
	s.end()
	v.numbers(s)
	if j.SLI != nil {
		s.section(v.w.Events)
		s.add(columns, 8, m.counts(j.ID, *j.SLI))
		s.end()
	}
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
	b, locale := v.words(), v.options.Locale
	widths := []int{5, 5, 6, 4, 4}
	for _, o := range v.Objectives {
		s.add(max(6, columns/max(4, len(v.Objectives))), height, v.budgetLeft(v.w.Left(v.target(o)), v.w.LeftNote, v.w.Unknown,
			of(metricRemaining, v.ID, []query.Matcher{query.Is("objective", o.Name)})))
	}
	if len(v.Objectives) == 1 {
		widths = []int{4, 4, 4, 3, 3} // beside what is left
	} else {
		s.end()
	}
	if len(v.Objectives) > 0 {
		first := v.Objectives[0]
		window := recent(first).String()
		s.add(widths[0], height, stat(v.w.Burn(words.Window(locale, window)), v.w.BurnNote, FieldDefaults{
			Unit: unitBurn, Decimals: ref(2), NoValue: b.NoTraffic, Color: byThreshold(), Thresholds: burnSteps(), Mappings: []Mapping{unknown(b.NoTraffic)},
		}, target(0, of(metricBurn, v.ID, []query.Matcher{query.Is("objective", first.Name), query.Is("window", window)}), "").now()))
		s.add(widths[1], height, v.state(v.ID, first))
		s.add(widths[2], height, stat(v.w.Errors(words.Window(locale, first.Window.String())), v.w.ErrorsNote(v.SLI != nil), FieldDefaults{
			Unit: unitShare, Decimals: ref(3), NoValue: b.NoTraffic, Color: byThreshold(), Thresholds: steps(blue, from(first.Target.AllowedRatio(), vermilion)),
			Mappings: []Mapping{unknown(b.NoTraffic)},
		}, target(0, of(metricErrors, v.ID, []query.Matcher{query.Is("window", first.Window.String())}), "").now()))
	}
	ids := append([]string{v.ID}, v.stepIDs...)
	s.add(widths[3], height, v.fires(ids, slo.Page))
	s.add(widths[4], height, v.fires(ids, slo.Ticket))
	s.end()
}

// attribution adds which step costs the journey: in its window, and over time.
func (v *journeyView) attribution(s *sheet) {
	const height = 8
	w, o := v.w, v.Objectives[0]
	share := func(step string) query.Expr {
		return of(metricAttribution, v.ID, []query.Matcher{query.Is("objective", o.Name), query.Is("cause", step)})
	}
	fields := FieldDefaults{Unit: unitShare, Decimals: ref(0), Min: ref(0.0), Max: ref(1.0), NoValue: w.NoShare}
	var now, stacked []Target
	if len(v.Steps) <= mostLines {
		for i, step := range v.Steps {
			now = append(now, target(i, share(step.Name), plain(stepTitle(step))).now())
			stacked = append(stacked, target(i, share(step.Name), plain(stepTitle(step))))
		}
	} else {
		most := query.Best(query.Top, mostLines, of(metricAttribution, v.ID, []query.Matcher{query.Is("objective", o.Name)}, "cause"))
		now, stacked = []Target{target(0, most, "{{cause}}").now()}, []Target{target(0, most, "{{cause}}")}
	}
	over := fields
	over.Custom = &CustomField{DrawStyle: "line", LineWidth: 1, FillOpacity: 70, ShowPoints: "never", Stacking: &Stacking{Group: "A", Mode: "normal"}}
	left, right := bars(w.Cause(v.target(o)), w.CauseNote(v.Compose == slo.Measured), fields, now...), graph(w.CauseOver, w.CauseNote(v.Compose == slo.Measured), over, stacked...)
	if len(v.Steps) <= mostLines {
		for i := range v.Steps {
			colour, _ := lineColour(i + 1)
			left.coloured(refID(i), colour, false)
			right.coloured(refID(i), colour, false)
		}
	}
	s.section(w.Causes)
	s.add(9, height, left)
	s.add(columns-9, height, right)
	s.end()
}

// budgets adds how the budgets of the journey and of its steps went: of many steps those
// that have least.
func (v *journeyView) budgets(s *sheet) {
	w := v.w
	var targets []Target
	add := func(of query.Expr, legend string) { targets = append(targets, target(len(targets), of, legend)) }
	for _, o := range v.Objectives[:min(len(v.Objectives), 3)] {
		legend := w.Journey
		if len(v.Objectives) > 1 {
			legend += ", " + v.target(o)
		}
		add(of(metricRemaining, v.ID, []query.Matcher{query.Is("objective", o.Name)}), legend)
	}
	own, colours := len(targets), true
	var steps []slo.Step
	for _, step := range v.Steps {
		if len(step.SLO.Objectives) > 0 {
			steps = append(steps, step)
		}
	}
	if own+len(steps) <= mostLines {
		for _, step := range steps {
			add(of(metricRemaining, step.SLO.ID, []query.Matcher{query.Is("objective", step.SLO.Objectives[0].Name)}), plain(stepTitle(step)))
		}
	} else if lowest := v.perStep(first(func(o slo.Objective) string { return o.Name }), func(ids []string, name string) query.Expr {
		return query.By(query.Max, query.Metric(metricRemaining, oneOf(ids), query.Is("objective", name)), "id")
	}); lowest != nil {
		colours = false
		add(query.Best(query.Bottom, mostLines-own, lowest), "{{id}}")
	}
	if len(targets) == 0 {
		return
	}
	p := budgetLine(w.Budgets, w.BudgetsNote, w.Unknown, targets...)
	for i := range targets {
		if i < own || colours {
			colour, dashed := lineColour(i)
			p.coloured(refID(i), colour, dashed)
		}
	}
	s.section(w.Budget)
	s.add(columns, 9, p)
	s.end()
}

// hasTiers reports whether an objective is judged by burn rates.
func hasTiers(objectives []slo.Objective) bool {
	return slices.ContainsFunc(objectives, func(o slo.Objective) bool { return o.Alerts != nil && len(o.Alerts.Tiers) > 0 })
}
