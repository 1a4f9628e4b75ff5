package grafana

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/exporters/words"
	"github.com/slojourn/slojourn/slo"
)

// spellings returns how the windows of objectives are spelt in the metrics of one id.
func spellings(objectives []slo.Objective) []string {
	windows := make([]slo.Window, len(objectives))
	for i, o := range objectives {
		windows[i] = o.Window
	}
	return slo.Spellings(windows)
}

// recent returns which of the windows of an objective's burn rates is closest to an hour.
func recent(o slo.Objective) slo.Window {
	return slices.MinFunc(burnrate.BurnWindows(o), func(a, b slo.Window) int { return cmp.Compare(fromHour(a), fromHour(b)) })
}

// fromHour is how many times longer or shorter than an hour a window is, as a logarithm.
func fromHour(w slo.Window) float64 {
	const hour = 60
	return math.Abs(math.Log(float64(w.Minutes()) / hour))
}

// target writes what an objective asks for: 99.5% in 28 d. One that has a name of its own
// begins with it.
func (m *maker) target(o slo.Objective) string {
	name := ""
	if o.Name != o.Window.String() {
		name = plain(o.Name)
	}
	return m.burnWords().Target(name, o.Target.String(), words.Window(m.options.Locale, o.Window.String()), plain(o.Window.TimeZone()))
}

// shortTarget is target for a title with little room, without the window of an objective
// that has a name, and without zones.
func (m *maker) shortTarget(o slo.Objective) string {
	if o.Name != o.Window.String() {
		return m.burnWords().Named(plain(o.Name), o.Target.String())
	}
	return m.burnWords().Target("", o.Target.String(), words.Window(m.options.Locale, o.Window.String()), "")
}

// decimal writes a number with at most so many decimals: 13.44.
func decimal(value *big.Rat, most int) string {
	text := value.FloatString(most)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// colourOf is that of alerts of a severity while they fire.
func colourOf(s slo.Severity) string {
	if s == slo.Page {
		return vermilion
	}
	return orange
}

// tier is a pair of windows of a policy, as far as it is shown.
type tier struct {
	severity    slo.Severity
	long, short string
	factor      float64
	spelt       string // the factor: 13.44×
}

// tiersOf returns the tiers of an objective's policy, in their order. Of those that differ
// in nothing but the factor the first is taken, as package prometheus does.
func tiersOf(o slo.Objective) []tier {
	var tiers []tier
	for _, t := range burnrate.Tiers(o) {
		one := tier{severity: t.Severity, long: slo.FormatDuration(t.Long), short: slo.FormatDuration(t.Short)}
		one.factor, _ = t.Factor(o.Window).Float64()
		one.spelt = decimal(t.Factor(o.Window), 3) + "×"
		if !slices.ContainsFunc(tiers, func(e tier) bool { return e.severity == one.severity && e.long == one.long && e.short == one.short }) {
			tiers = append(tiers, one)
		}
	}
	return tiers
}

// burning adds graphs of burn rates against the factors above which tiers fire, for every
// objective that has any. It reports whether there are some.
func (m *maker) burning(s *sheet, id string, objectives []slo.Objective) bool {
	const height, half = 7, columns / 2
	w, locale, any := m.burnWords(), m.options.Locale, false
	for _, o := range objectives {
		tiers := tiersOf(o)
		if len(tiers) == 0 {
			continue
		}
		s.section(w.Burning(m.target(o)))
		any = true
		for _, t := range tiers {
			long, short := words.Window(locale, t.long), words.Window(locale, t.short)
			rate := func(window string) query.Expr {
				return of(metricBurn, id, []query.Matcher{query.Is("objective", o.Name), query.Is("window", window)})
			}
			fields := FieldDefaults{
				Unit: unitBurn, Decimals: ref(2), NoValue: m.words().NotKnown, Thresholds: steps("transparent", from(t.factor, colourOf(t.severity))),
				Custom: &CustomField{ThresholdsStyle: &ThresholdsStyle{Mode: "line"}, AxisSoftMin: ref(0.0), AxisSoftMax: ref(t.factor * 1.2)},
			}
			p := graph(w.Tier(m.severity(t.severity), long, short, t.spelt), w.TierNote, fields,
				target(0, rate(t.long), long), target(1, rate(t.short), short))
			s.add(half, height, p.coloured("A", blue, false).coloured("B", purple, true))
		}
		s.end()
	}
	return any
}

// alarm is a kind of alert and how urgent it is.
type alarm struct {
	kind     alert.Kind
	severity slo.Severity
}

// alarms returns what a policy can fire about an objective.
func alarms(p *slo.AlertPolicy) []alarm {
	var list []alarm
	add := func(kind alert.Kind, severity slo.Severity) {
		if a := (alarm{kind, severity}); !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	for _, t := range p.Tiers {
		add(alert.Burn, t.Severity)
	}
	if len(p.BudgetSpent) > 0 {
		add(alert.Budget, slo.Ticket)
	}
	if p.NoTraffic != nil {
		add(alert.NoTraffic, p.NoTraffic.Severity)
	}
	if p.NoData != nil {
		add(alert.NoData, p.NoData.Severity)
	}
	return list
}

// alerting adds when alerts fired: those of an id, each on a line of its own, and below
// them those of its steps, by severity. It is not there when there are no policies.
func (m *maker) alerting(s *sheet, id string, objectives []slo.Objective, stepIDs []string) {
	w := m.burnWords()
	var targets []Target
	var severities []slo.Severity
	add := func(of query.Expr, legend string, severity slo.Severity) {
		targets = append(targets, target(len(targets), of, legend))
		severities = append(severities, severity)
	}
	for _, o := range objectives {
		if o.Alerts == nil {
			continue
		}
		for _, a := range alarms(o.Alerts) {
			legend := w.Alert(m.severity(a.severity), m.words().Kinds[a.kind])
			if len(objectives) > 1 {
				legend = w.OfTarget(legend, m.shortTarget(o))
			}
			add(lately(query.Metric(metricFiring, query.Is("id", id), query.Is("objective", o.Name), query.Is("kind", string(a.kind)), query.Is("severity", string(a.severity)))), legend, a.severity)
		}
	}
	if len(stepIDs) > 0 {
		for _, severity := range []slo.Severity{slo.Page, slo.Ticket} {
			add(lately(query.Metric(metricFiring, oneOf(stepIDs), query.Is("severity", string(severity)))), w.OfSteps(m.severity(severity)), severity)
		}
	}
	if len(targets) == 0 {
		return
	}
	fields := FieldDefaults{
		Unit: "none", NoValue: m.words().NotKnown, Color: byThreshold(), Thresholds: steps(blue, from(1, vermilion)),
		Mappings: m.fired(slo.Page), Custom: &CustomField{FillOpacity: 80},
	}
	p := stateLine(w.Alerts, w.AlertsNote, fields, targets...)
	p.Interval = stateStep
	for i, severity := range severities {
		if severity == slo.Ticket {
			p.override("byFrameRefID", targets[i].RefID, Property{"mappings", m.fired(slo.Ticket)})
		}
	}
	s.add(columns, 3+len(targets), p)
	s.end()
}

// severity is what alerts of one are called.
func (m *maker) severity(s slo.Severity) string {
	if s == slo.Page {
		return m.words().Page
	}
	return m.words().Ticket
}

// fired has words for whether an alert fires.
func (m *maker) fired(severity slo.Severity) []Mapping {
	w := m.burnWords()
	return mappings(word{"0", w.Quiet, blue}, word{"1", w.Firing, colourOf(severity)})
}

// fires counts the alerts of a severity that fire about some ids: more than one are a
// journey and its steps.
func (m *maker) fires(ids []string, severity slo.Severity) *Panel {
	w := m.words()
	title := w.Pages
	if severity == slo.Ticket {
		title = w.Tickets
	}
	each := query.By(query.Max, query.Metric(metricFiring, oneOf(ids), query.Is("severity", string(severity))), "id", "objective", "kind", "severity")
	known := howMany(query.By(query.Sum, each), query.Metric(metricFiring, oneOf(ids)), query.Metric(metricFactor, oneOf(ids)))
	fields := FieldDefaults{Unit: unitCount, Decimals: ref(0), NoValue: w.NotScraped, Color: byThreshold(), Thresholds: countSteps(colourOf(severity)), Mappings: w.numberOfAlerts()}
	return stat(title, m.burnWords().FiresNote(len(ids) > 1), fields, target(0, known, "").now())
}

// oneOf matches ids, which have no character that means something in a pattern.
func oneOf(ids []string) query.Matcher {
	pattern := ""
	for i, id := range ids {
		if i > 0 {
			pattern += "|"
		}
		pattern += id
	}
	if len(ids) == 1 {
		return query.Is("id", pattern)
	}
	return query.Like("id", pattern)
}

// budgetLeft shows what is left of the budget of an objective, and in a word whether that
// is healthy.
func (m *maker) budgetLeft(id string, o slo.Objective) *Panel {
	w, said, none := m.words(), m.burnWords(), 0.0
	fields := FieldDefaults{
		Unit: unitShare, Decimals: ref(1), NoValue: w.NotKnown, Color: byThreshold(), Thresholds: budgetSteps(), Mappings: []Mapping{unknown(w.NotKnown)},
	}
	remaining := of(metricRemaining, id, []query.Matcher{query.Is("objective", o.Name)})
	p := stat(said.Left(m.shortTarget(o)), said.LeftNote(m.target(o)), fields, target(0, remaining, "").now(), target(1, remaining, "").now())
	options := p.Options.(StatOptions)
	options.TextMode, options.Orientation = "value", "horizontal"
	p.Options = options
	// The first range that a value is in counts, and both ends are in it.
	return p.override("byFrameRefID", "B", Property{"mappings", []Mapping{
		{"range", RangeMapping{From: ref(atRisk), Result: Mapped{Text: w.Healthy, Color: blue}}},
		{"range", RangeMapping{To: &none, Result: Mapped{Text: w.Spent, Color: vermilion, Index: 1}}},
		{"range", RangeMapping{From: &none, To: ref(atRisk), Result: Mapped{Text: w.AtRisk, Color: orange, Index: 2}}},
		unknown(w.NotKnown),
	}})
}

// burnNow shows the burn rate of an objective over its recent window.
func (m *maker) burnNow(id string, o slo.Objective) *Panel {
	w, window := m.words(), recent(o).String()
	own := []query.Matcher{query.Is("window", window)}
	rate := explained(of(metricBurn, id, append(own, query.Is("objective", o.Name))), of(metricCoverage, id, own))
	return stat(w.Burn(words.Window(m.options.Locale, window)), m.burnWords().BurnNote, FieldDefaults{
		Unit: unitBurn, Decimals: ref(2), NoValue: w.NotKnown, Color: byThreshold(), Thresholds: burnSteps(), Mappings: w.reasons(),
	}, target(0, rate, "").now())
}

// errorsNow shows the error ratio of an objective's window, which is spelt so in metrics.
func (m *maker) errorsNow(id, spelt, note string, o slo.Objective) *Panel {
	w, own := m.words(), []query.Matcher{query.Is("window", spelt)}
	return stat(m.burnWords().Errors(words.Window(m.options.Locale, o.Window.String())), note, FieldDefaults{
		Unit: unitShare, Decimals: ref(m.errorDecimals()), NoValue: w.NotKnown, Color: byThreshold(), Thresholds: steps(blue, from(o.Target.AllowedRatio(), vermilion)),
		Mappings: w.reasons(),
	}, target(0, explained(of(metricErrors, id, own), of(metricCoverage, id, own)), "").now())
}

// budgetLine is a graph of what is left of budgets, with lines where that is at risk and
// where it is spent.
func budgetLine(title, description, noValue string, targets ...Target) *Panel {
	return graph(title, description, FieldDefaults{
		Unit: unitShare, Decimals: ref(1), NoValue: noValue, Color: &Color{Mode: "fixed", FixedColor: grey}, Max: ref(1.0), Thresholds: steps("transparent", from(0, vermilion), from(atRisk, orange)),
		Custom: &CustomField{ThresholdsStyle: &ThresholdsStyle{Mode: "dashed"}, AxisSoftMin: ref(0.0)},
	}, targets...)
}

// state says in a word what the numbers of an objective rest on.
func (m *maker) state(id string, o slo.Objective) *Panel {
	w := m.words()
	fields := FieldDefaults{
		Unit: "none", NoValue: w.Missing, Color: byThreshold(), Thresholds: steps(grey), Mappings: append(mappings(w.stateWords()...), unknown(w.Missing)),
	}
	state := query.By(query.Max, states(query.Is("id", id), query.Is("objective", o.Name)))
	return stat(w.State, m.burnWords().StateNote, fields, target(0, state, "").now())
}

// titleOf is the title of a dashboard: where another one of its folder has the same, with
// the id.
func (m *maker) titleOf(id string, about slo.About) string {
	if s := m.subject(id); s != nil {
		return s.title
	}
	return titleOf(about.Title, id)
}
