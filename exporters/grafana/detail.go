package grafana

import (
	"math/big"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/exporters/words"
	"github.com/slojourn/slojourn/slo"
)

// detail makes the dashboard of a step or of an SLO of its own: what is measured, whether
// it is, how good and bad events run, what is left of the budget, and which tier of the
// alert policy is near its factor.
func (m *maker) detail(o *slo.SLO) *Dashboard {
	v := &detailView{maker: m, SLO: o, w: m.detailWords()}
	for _, j := range m.set.Journeys {
		if slices.ContainsFunc(j.Steps, func(s slo.Step) bool { return s.SLO == o }) {
			v.journeys = append(v.journeys, j)
		}
	}
	d := m.begin(uid.Of(o.ID), m.titleOf(o.ID, o.About), "now-24h", "1m", string(o.Kind))
	d.Description = plain(o.About.Description)
	m.linkFleet(d)
	for _, j := range v.journeys {
		d.linkTo(v.w.Journey(m.titleOf(j.ID, j.About)), uid.Of(j.ID))
	}
	m.annotate(d, []query.Matcher{query.Is("id", o.ID)}, query.Is("id", o.ID))

	s := &sheet{}
	panel, height := v.intro().panel("")
	s.add(columns, height, panel)
	s.end()
	v.numbers(s)
	v.events(s)
	if len(o.Objectives) > 0 {
		v.budget(s)
		m.burning(s, o.ID, o.Objectives)
	}
	v.measuring(s)
	if slices.ContainsFunc(o.Objectives, func(o slo.Objective) bool { return o.Alerts != nil }) {
		s.section(v.burnWords().Told)
		m.alerting(s, o.ID, o.Objectives, nil)
	}
	d.Panels = s.panels
	return d
}

// detailView is what a dashboard of a step or an SLO is made of.
type detailView struct {
	*maker
	*slo.SLO
	w        *detailWords
	journeys []*slo.Journey // whose step it is
}

// intro says what is shown and measured.
func (v *detailView) intro() *prose {
	w, p := v.w, newProse(columns)
	p.say(escaped(v.About.Description))
	p.line(w.Shows)
	for _, j := range v.journeys {
		for _, step := range j.Steps {
			if step.SLO == v.SLO {
				p.line(w.StepOf(escaped(stepTitle(step)), linkWithin(titleOf(j.About.Title, j.ID), uid.Of(j.ID))))
			}
		}
	}
	for _, id := range v.AlsoIn {
		p.line(w.StepElsewhere("**" + escaped(id) + "**"))
	}
	if len(v.journeys)+len(v.AlsoIn) == 0 {
		p.line(w.NoStep)
	}
	switch {
	case len(v.Objectives) == 0:
		p.line(w.NoObjective)
	case !hasTiers(v.Objectives):
		p.line(w.NoPolicy)
	}
	p.line(w.Measures(v.SLI.Form(), v.SLI.Weighted()))
	p.block(written(v.SLI))
	v.describe(p, v.About, len(v.Objectives) > 0, owned{v.ID, v.About.Owner})
	return p
}

// numbers are how it stands now: for each objective what is left and what that rests on,
// and then whether it is measured and what fires.
func (v *detailView) numbers(s *sheet) {
	const height, quarter = 5, columns / 4
	w, b, locale := v.w, v.words(), v.options.Locale
	spelt := spellings(v.Objectives)
	for i, o := range v.Objectives {
		window := words.Window(locale, o.Window.String())
		own := []query.Matcher{query.Is("window", spelt[i])}
		s.add(quarter, height, v.budgetLeft(v.ID, o))
		s.add(quarter, height, v.errorsNow(v.ID, spelt[i], w.ErrorsNote(allowed(o.Target)), o))
		s.add(quarter, height, stat(w.Coverage(window), w.CoverageNote, covered(b.NotMeasured), target(0, of(metricCoverage, v.ID, own), "").now()))
		s.add(quarter, height, v.state(v.ID, o))
		s.end()
	}
	if len(v.Objectives) == 0 {
		failed := explained(counted([]string{v.ID}, time.Hour), countedCoverage([]string{v.ID}, time.Hour))
		s.add(quarter, height, stat(v.burnWords().Errors(words.Window(locale, "1h")), w.CountedNote, FieldDefaults{
			Unit: unitShare, Decimals: ref(v.errorDecimals()), NoValue: b.NotKnown, Color: byThreshold(), Thresholds: steps(blue), Mappings: b.reasons(),
		}, target(0, failed, "").now()))
	} else {
		s.add(quarter, height, v.burnNow(v.ID, v.Objectives[0]))
	}
	s.add(quarter, height, stat(w.Age, w.AgeNote, v.age(), target(0, v.since(), "").now()))
	s.add(quarter, height, v.fires([]string{v.ID}, slo.Page))
	s.add(quarter, height, v.fires([]string{v.ID}, slo.Ticket))
	s.end()
}

// allowed writes what a target allows: 0.05% of 99.95%.
func allowed(t slo.Target) string {
	const hundred, decimals = 100, 9
	return decimal(new(big.Rat).Mul(t.AllowedRat(), big.NewRat(hundred, 1)), decimals) + "%"
}

// covered shows a coverage: below 99 % the numbers are partial.
func covered(noValue string) FieldDefaults {
	return FieldDefaults{
		Unit: unitShare, Decimals: ref(1), Max: ref(1.0), NoValue: noValue, Color: byThreshold(), Thresholds: coverageSteps(),
		Mappings: []Mapping{unknown(noValue)},
	}
}

// since is how long ago the newest minute that was measured ended.
func (v *detailView) since() query.Expr {
	return query.With(query.Now{}, query.Minus, query.By(query.Max, query.Metric(metricWatermark, query.Is("id", v.ID))))
}

// age shows that: orange when it is later than events need, and vermilion when noData of a
// policy fires.
func (v *detailView) age() FieldDefaults {
	const slack = 10 * time.Minute
	lag := v.SLI.Lag.Value
	if lag == 0 && v.Source != nil {
		lag = v.Source.NewRelic.QueryLag
	}
	late := lag + slack
	if s := v.SLI.Slice; s != nil {
		late += s.Every.Value
	}
	thresholds := steps(blue, from(late.Seconds(), orange))
	for _, o := range v.Objectives {
		if o.Alerts != nil && o.Alerts.NoData != nil && o.Alerts.NoData.After > late {
			thresholds = steps(blue, from(late.Seconds(), orange), from(o.Alerts.NoData.After.Seconds(), vermilion))
			break
		}
	}
	return FieldDefaults{
		Unit: unitSeconds, Decimals: ref(0), NoValue: v.words().NotMeasured, Color: byThreshold(), Thresholds: thresholds, Mappings: []Mapping{unknown(v.words().NotMeasured)},
	}
}

// events adds what happened: good and bad events, and how many were bad.
func (v *detailView) events(s *sheet) {
	const height, half = 9, columns / 2
	w, b := v.w, v.words()
	s.section(w.Events)
	s.add(half, height, v.counts(v.ID, v.SLI))

	ratio := FieldDefaults{Unit: unitShare, Decimals: ref(v.errorDecimals()), Min: ref(0.0), NoValue: b.NotKnown}
	var lines []Target
	if len(v.Objectives) == 0 {
		for _, length := range []time.Duration{time.Hour, 24 * time.Hour} {
			lines = append(lines, target(len(lines), counted([]string{v.ID}, length), words.Duration(v.options.Locale, length)))
		}
	} else {
		ratio.Thresholds = steps("transparent", from(v.Objectives[0].Target.AllowedRatio(), vermilion))
		ratio.Custom = &CustomField{ThresholdsStyle: &ThresholdsStyle{Mode: "dashed"}, AxisSoftMax: ref(v.Objectives[0].Target.AllowedRatio() * 1.2)}
		for _, window := range v.windows() {
			lines = append(lines, target(len(lines), of(metricErrors, v.ID, []query.Matcher{query.Is("window", window)}), words.Window(v.options.Locale, window)))
		}
	}
	p := graph(w.Ratio, w.RatioNote, ratio, lines...)
	for i := range lines {
		p.placed(refID(i), i)
	}
	s.add(half, height, p)
	s.end()
}

// windows are those that are looked at over time, as they are spelt: the shortest, about an
// hour, and those of the objectives.
func (v *detailView) windows() []string {
	first := v.Objectives[0]
	list := []string{burnrate.BurnWindows(first)[0].String(), recent(first).String()}
	list = append(list, spellings(v.Objectives)[:min(len(v.Objectives), mostLines-2)]...)
	var once []string
	for _, window := range list {
		if !slices.Contains(once, window) {
			once = append(once, window)
		}
	}
	return once
}

// budget adds what is left over time.
func (v *detailView) budget(s *sheet) {
	w := v.w
	s.section(w.Budget)
	var targets []Target
	for _, o := range v.Objectives[:min(len(v.Objectives), mostLines)] {
		targets = append(targets, target(len(targets), of(metricRemaining, v.ID, []query.Matcher{query.Is("objective", o.Name)}), v.target(o)))
	}
	p := budgetLine(v.words().Left, w.BudgetNote, v.words().NotKnown, targets...)
	for i := range targets {
		p.placed(refID(i), i)
	}
	s.add(columns, 8, p)
	s.end()
}

// measuring adds whether all of it was measured, and what does not count.
func (v *detailView) measuring(s *sheet) {
	const height, third = 7, columns / 3
	w, b := v.w, v.words()
	s.section(w.Measuring)
	var lines []Target
	if len(v.Objectives) == 0 {
		lines = []Target{target(0, countedCoverage([]string{v.ID}, time.Hour), words.Duration(v.options.Locale, time.Hour))}
	} else {
		for _, window := range v.windows() {
			lines = append(lines, target(len(lines), of(metricCoverage, v.ID, []query.Matcher{query.Is("window", window)}), words.Window(v.options.Locale, window)))
		}
	}
	coverage := FieldDefaults{
		Unit: unitShare, Decimals: ref(1), Max: ref(1.0), NoValue: b.NotMeasured, Thresholds: steps(orange, from(0.99, "transparent")),
		Custom: &CustomField{ThresholdsStyle: &ThresholdsStyle{Mode: "dashed"}, AxisSoftMin: ref(0.0)},
	}
	p := graph(w.CoverageOver, w.CoverageNote, coverage, lines...)
	for i := range lines {
		p.placed(refID(i), i)
	}
	s.add(third, height, p)
	age := v.age()
	age.Color, age.Mappings, age.Custom = nil, nil, &CustomField{ThresholdsStyle: &ThresholdsStyle{Mode: "line"}, AxisSoftMin: ref(0.0)}
	age.Thresholds.Steps[0].Color = "transparent"
	s.add(third, height, graph(w.Age, w.AgeNote, age, target(0, v.since(), w.Age)).placed("A", 0))
	s.add(third, height, v.bars(metricLate, v.ID, w.Late, w.LateNote))
	s.end()
	if len(v.excluded([]owned{{v.ID, v.About.Owner}})) > 0 {
		fields := FieldDefaults{
			Unit: "none", NoValue: b.NotKnown, Color: byThreshold(), Thresholds: steps(blue, from(1, grey)),
			Mappings: mappings(word{"0", w.NotExcluded, blue}, word{"1", w.ExcludedNow, grey}),
			Custom:   &CustomField{FillOpacity: 80},
		}
		p := stateLine(w.Excluded, w.ExcludedNote, fields, target(0, lately(query.Metric(metricExcluded, query.Is("id", v.ID)), "exclusion"), "{{exclusion}}"))
		p.Interval = stateStep
		s.add(columns, 6, p)
		s.end()
	}
}
