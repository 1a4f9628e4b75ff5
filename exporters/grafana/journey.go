package grafana

import (
	"slices"

	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
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
	m.annotate(d, []query.Matcher{oneOf(ids)}, oneOf(ids))

	s := &sheet{}
	intro := newProse(columns)
	intro.say(escaped(j.About.Description))
	intro.line(v.w.Shows)
	intro.line(v.composed())
	if j.SLI != nil {
		intro.block(written(*j.SLI))
	}
	if len(j.Objectives) == 0 {
		intro.line(v.w.NoObjective)
	} else if !hasTiers(j.Objectives) {
		intro.line(v.w.NoPolicy)
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
	s.add(columns, rows(len(j.Steps)), v.table())
	if len(j.Objectives) > 0 {
		v.attribution(s)
	}
	v.budgets(s)
	m.burning(s, j.ID, j.Objectives)
	s.section(v.burnWords().Told)
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
	widths := []int{5, 5, 6, 4, 4}
	for _, o := range v.Objectives {
		s.add(max(6, columns/max(4, len(v.Objectives))), height, v.budgetLeft(v.ID, o))
	}
	if len(v.Objectives) == 1 {
		widths = []int{4, 4, 4, 3, 3} // beside what is left
	} else {
		s.end()
	}
	if len(v.Objectives) > 0 {
		first := v.Objectives[0]
		s.add(widths[0], height, v.burnNow(v.ID, first))
		s.add(widths[1], height, v.state(v.ID, first))
		s.add(widths[2], height, v.errorsNow(v.ID, first.Window.String(), v.w.ErrorsNote(v.SLI != nil), first))
	}
	ids := append([]string{v.ID}, v.stepIDs...)
	s.add(widths[3], height, v.fires(ids, slo.Page))
	s.add(widths[4], height, v.fires(ids, slo.Ticket))
	s.end()
}

// attribution adds which step costs the journey: in its window, and over time.
func (v *journeyView) attribution(s *sheet) {
	w, o := v.w, v.Objectives[0]
	share := func(matchers []query.Matcher, labels ...string) query.Expr {
		return of(metricAttribution, v.ID, append(matchers, query.Is("objective", o.Name)), labels...)
	}
	none := nothingFailed(v.ID, o.Window.String())
	fields := FieldDefaults{
		Unit: unitShare, Decimals: ref(0), Min: ref(0.0), Max: ref(1.0), NoValue: v.words().NotKnown, Color: &Color{Mode: "fixed", FixedColor: grey},
		Mappings: v.shareWords(),
	}
	over := fields
	over.Mappings = nil
	over.Custom = &CustomField{DrawStyle: "line", LineWidth: 1, FillOpacity: 70, ShowPoints: "never", Stacking: &Stacking{Group: "A", Mode: "normal"}}
	left, right := bars(w.Cause(v.shortTarget(o)), w.CauseNote(v.Compose == slo.Measured), fields), graph(w.CauseOver, w.CauseNote(v.Compose == slo.Measured), over)
	if len(v.Steps) <= mostLines {
		for i, step := range v.Steps {
			of, title := share([]query.Matcher{query.Is("cause", step.Name)}), plain(stepTitle(step))
			left.Targets = append(left.Targets, target(i, query.With(of, query.Or, none), title).now())
			right.Targets = append(right.Targets, target(i, of, title))
			left.placed(refID(i), i)
			right.placed(refID(i), i)
		}
	} else {
		most := query.Best(query.Top, mostLines, share(nil, "cause"))
		only := query.Replace{Of: none, Label: "cause", Value: w.Journey, From: "", Pattern: ""}
		left.Targets = []Target{target(0, query.Binary{Left: most, Operator: query.Or, Right: only, On: []string{}}, "{{cause}}").now()}
		right.Targets = []Target{target(0, most, "{{cause}}")}
		for i, step := range v.Steps {
			left.called(step.Name, plain(stepTitle(step)), i)
			right.called(step.Name, plain(stepTitle(step)), i)
		}
	}
	height := max(6, min(4+len(v.Steps), 4+mostLines))
	s.section(w.Causes)
	s.add(9, height, left)
	s.add(columns-9, height, right)
	s.end()
}

// shareWords has the words for shares of the errors of a journey without any.
func (v *journeyView) shareWords() []Mapping {
	return append(mappings(word{"-1", v.w.NoShare, grey}), unknown(v.words().NotKnown))
}

// budgets adds how the budgets of the journey and of its steps went: of many steps those
// that have least.
func (v *journeyView) budgets(s *sheet) {
	w := v.w
	p := budgetLine(w.Budgets, w.BudgetsNote, v.words().NotKnown)
	add := func(of query.Expr, legend string) string {
		p.Targets = append(p.Targets, target(len(p.Targets), of, legend))
		return p.Targets[len(p.Targets)-1].RefID
	}
	for i, o := range v.Objectives[:min(len(v.Objectives), 3)] {
		legend := w.Journey
		if len(v.Objectives) > 1 {
			legend = v.burnWords().OfTarget(legend, v.shortTarget(o))
		}
		p.own(add(of(metricRemaining, v.ID, []query.Matcher{query.Is("objective", o.Name)}), legend), i)
	}
	if len(v.Steps) <= mostLines {
		for i, step := range v.Steps {
			if objectives := step.SLO.Objectives; len(objectives) > 0 {
				p.placed(add(of(metricRemaining, step.SLO.ID, []query.Matcher{query.Is("objective", objectives[0].Name)}), plain(stepTitle(step))), i)
			}
		}
	} else if lowest := v.perStep(first(func(o slo.Objective) string { return o.Name }), func(ids []string, name string) query.Expr {
		return query.By(query.Max, query.Metric(metricRemaining, oneOf(ids), query.Is("objective", name)), "id")
	}); lowest != nil {
		add(query.Best(query.Bottom, mostLines, lowest), "{{id}}")
		for i, step := range v.Steps {
			p.called(step.SLO.ID, plain(stepTitle(step)), i)
		}
	}
	if len(p.Targets) == 0 {
		return
	}
	s.section(w.Budget)
	s.add(columns, 9, p)
	s.end()
}

// hasTiers reports whether an objective is judged by burn rates.
func hasTiers(objectives []slo.Objective) bool {
	return slices.ContainsFunc(objectives, func(o slo.Objective) bool { return o.Alerts != nil && len(o.Alerts.Tiers) > 0 })
}
