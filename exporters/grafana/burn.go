package grafana

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/exporters/words"
	"github.com/slojourn/slojourn/slo"
)

// spellings returns how the windows of objectives are spelt in the metrics of one id: as
// in the spec, and with its zone where an earlier one differs in that alone.
func spellings(objectives []slo.Objective) []string {
	var spelt []string
	for i, o := range objectives {
		text := o.Window.String()
		if slices.ContainsFunc(objectives[:i], func(e slo.Objective) bool { return e.Window.String() == text && !e.Window.Same(o.Window) }) {
			text += " " + cmp.Or(o.Window.TimeZone(), "UTC")
		}
		spelt = append(spelt, text)
	}
	return spelt
}

// recent returns which of the windows of an objective's burn rates is closest to an hour.
func recent(o slo.Objective) slo.Window {
	const hour = 60
	far := func(w slo.Window) float64 { return math.Abs(math.Log(float64(w.Minutes()) / hour)) }
	return slices.MinFunc(burnrate.BurnWindows(o), func(a, b slo.Window) int { return cmp.Compare(far(a), far(b)) })
}

// target writes what an objective asks for: 99.5% in 28 d. One that has a name of its own
// begins with it.
func (m *maker) target(o slo.Objective) string {
	text := m.burnWords().Target(o.Target.String(), words.Window(m.options.Locale, o.Window.String()))
	if zone := o.Window.TimeZone(); zone != "" {
		text += " (" + plain(zone) + ")"
	}
	if o.Name != o.Window.String() {
		text = plain(o.Name) + ": " + text
	}
	return text
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
		heading := w.Burning
		if any || len(objectives) > 1 {
			heading += ": " + m.target(o)
		}
		s.section(heading)
		any = true
		for _, t := range tiers {
			long, short := words.Window(locale, t.long), words.Window(locale, t.short)
			rate := func(window string) query.Expr {
				return of(metricBurn, id, []query.Matcher{query.Is("objective", o.Name), query.Is("window", window)})
			}
			fields := FieldDefaults{
				Unit: unitBurn, Decimals: ref(2), NoValue: w.NoTraffic, Thresholds: steps("transparent", from(t.factor, colourOf(t.severity))),
				Custom: &CustomField{ThresholdsStyle: &ThresholdsStyle{Mode: "line"}, AxisSoftMin: ref(0.0), AxisSoftMax: ref(t.factor * 1.2)},
			}
			p := graph(w.Tier(w.Severity(t.severity), long, short, t.spelt), w.TierNote, fields,
				target(0, rate(t.long), long), target(1, rate(t.short), short))
			s.add(half, height, p.coloured("A", blue, false).coloured("B", purple, true))
		}
		s.end()
	}
	return any
}

// alarm is a kind of alert and how urgent it is.
type alarm struct {
	kind     string // as in metrics
	severity slo.Severity
}

// alarms returns what a policy can fire about an objective.
func alarms(p *slo.AlertPolicy) []alarm {
	var list []alarm
	add := func(kind string, severity slo.Severity) {
		if a := (alarm{kind, severity}); !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	for _, t := range p.Tiers {
		add(kindBurn, t.Severity)
	}
	if len(p.BudgetSpent) > 0 {
		add(kindBudget, slo.Ticket)
	}
	if p.NoTraffic != nil {
		add(kindNoTraffic, p.NoTraffic.Severity)
	}
	if p.NoData != nil {
		add(kindNoData, p.NoData.Severity)
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
			legend := w.Severity(a.severity) + ": " + w.Kind(a.kind)
			if len(objectives) > 1 {
				legend = plain(o.Name) + ", " + legend
			}
			add(of(metricFiring, id, []query.Matcher{query.Is("objective", o.Name), query.Is("kind", a.kind), query.Is("severity", string(a.severity))}), legend, a.severity)
		}
	}
	if len(stepIDs) > 0 {
		for _, severity := range []slo.Severity{slo.Page, slo.Ticket} {
			add(query.By(query.Max, query.Metric(metricFiring, oneOf(stepIDs), query.Is("severity", string(severity)))), w.OfSteps(w.Severity(severity)), severity)
		}
	}
	if len(targets) == 0 {
		return
	}
	fields := FieldDefaults{
		Unit: "none", NoValue: w.NoneFired, Color: byThreshold(), Thresholds: steps(blue, from(1, vermilion)),
		Mappings: m.firing(slo.Page), Custom: &CustomField{FillOpacity: 80},
	}
	p := stateLine(w.Alerts, w.AlertsNote, fields, targets...)
	for i, severity := range severities {
		if severity == slo.Ticket {
			p.FieldConfig.Overrides = append(p.FieldConfig.Overrides, Override{
				FieldMatcher{"byFrameRefID", targets[i].RefID}, []Property{{"mappings", m.firing(slo.Ticket)}},
			})
		}
	}
	s.add(columns, 3+len(targets), p)
	s.end()
}

// firing has words for whether an alert fires.
func (m *maker) firing(severity slo.Severity) []Mapping {
	w := m.burnWords()
	return []Mapping{{"value", map[string]Mapped{
		"0": {Text: w.Quiet, Color: blue, Index: 0},
		"1": {Text: w.Firing, Color: colourOf(severity), Index: 1},
	}}}
}

// fires counts the alerts of a severity that fire about some ids.
func (m *maker) fires(ids []string, severity slo.Severity) *Panel {
	w := m.burnWords()
	each := query.By(query.Max, query.Metric(metricFiring, oneOf(ids), query.Is("severity", string(severity))), "id", "objective", "kind", "severity")
	fields := FieldDefaults{Unit: unitCount, Decimals: ref(0), NoValue: "0", Color: byThreshold(), Thresholds: steps(blue, from(1, colourOf(severity)))}
	return stat(w.Fires(severity), w.FiresNote, fields, target(0, orZero(query.By(query.Sum, each)), "").now())
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

// unknown is shown in grey where there is no value.
func unknown(text string) Mapping {
	return Mapping{"special", SpecialMapping{"null", Mapped{Text: text, Color: grey}}}
}

// left shows what is left of a budget, over time too.
func left(noValue string) FieldDefaults {
	return FieldDefaults{
		Unit: unitShare, Decimals: ref(1), NoValue: noValue, Color: byThreshold(), Thresholds: budgetSteps(), Mappings: []Mapping{unknown(noValue)},
	}
}

// budgetLine is a graph of what is left of budgets, with lines where that is at risk and
// where it is spent.
func budgetLine(title, description, noValue string, targets ...Target) *Panel {
	return graph(title, description, FieldDefaults{
		Unit: unitShare, Decimals: ref(1), NoValue: noValue, Max: ref(1.0), Thresholds: steps(vermilion, from(0, orange), from(atRisk, "transparent")),
		Custom: &CustomField{ThresholdsStyle: &ThresholdsStyle{Mode: "dashed"}, AxisSoftMin: ref(0.0)},
	}, targets...)
}

// state says in a word what the numbers of an objective rest on. Of two replicas that do
// not agree it takes the one that knows less.
func (m *maker) state(id string, o slo.Objective) *Panel {
	w := m.burnWords()
	states := []struct {
		state burnrate.State
		text  string
		color string
	}{{burnrate.Measured, w.Measured, blue}, {burnrate.Partial, w.Partial, orange}, {burnrate.NoTraffic, w.NoTraffic, grey}, {burnrate.NoData, w.NoData, grey}}
	var code query.Expr
	mapped := map[string]Mapped{}
	for i, s := range states {
		number := i + 1
		var one query.Expr = query.With(query.Metric(metricState, query.Is("id", id), query.Is("objective", o.Name), query.Is("state", string(s.state))), query.Times, query.Number(number))
		if code != nil {
			one = query.With(code, query.Or, one)
		}
		code = one
		mapped[strconv.Itoa(number)] = Mapped{Text: s.text, Color: s.color, Index: number}
	}
	fields := FieldDefaults{
		Unit: "none", NoValue: w.NoData, Color: byThreshold(), Thresholds: steps(grey),
		Mappings: []Mapping{{"value", mapped}, unknown(w.NoData)},
	}
	return stat(w.State, w.StateNote, fields, target(0, query.By(query.Max, code), "").now())
}

// titleOf is the title of a dashboard: where another one of its folder has the same, with
// the id.
func (m *maker) titleOf(id string, about slo.About) string {
	if s := m.subject(id); s != nil {
		return s.title
	}
	return titleOf(about.Title, id)
}

// note marks in graphs what explains them: alerts, exclusions, and changes of specs.
func (m *maker) note(ids []string) []Annotation {
	w := m.burnWords()
	const look = 10 * time.Minute
	add := func(name, colour, title string, of query.Expr) Annotation {
		return Annotation{
			Name: name, Datasource: prometheus(), Enable: true, IconColor: colour, Expr: query.PromQL(of), Step: "60s", TitleFormat: title, Query: of,
		}
	}
	firing := query.By(query.Max, query.Metric(metricFiring, oneOf(ids)), "id", "objective", "kind", "severity")
	excluded := query.By(query.Max, query.Metric(metricExcluded, oneOf(ids)), "id", "exclusion")
	changed := add(w.Changed, purple, fmt.Sprintf(w.ChangedTitle, "{{id}}"),
		query.With(query.By(query.Max, query.Metric(metricChanged, oneOf(ids)), "id"), query.Times, query.Number(1000)))
	changed.UseValueForTime = true
	asked := query.Metric(metricTarget, oneOf(ids))
	target := add(w.TargetChanged, purple, fmt.Sprintf(w.TargetChangedTitle, "{{id}}"),
		query.With(query.By(query.Max, asked, "id", "objective"), query.Unequal, query.By(query.Max, asked.Ago(look), "id", "objective")))
	target.Step = slo.FormatDuration(look)
	return []Annotation{
		add(w.AlertsMarked, vermilion, "{{severity}}: {{id}} ({{kind}})", query.With(firing, query.Above, query.Number(0))),
		add(w.ExclusionsMarked, grey, "{{exclusion}}", query.With(excluded, query.Above, query.Number(0))),
		changed, target,
	}
}
