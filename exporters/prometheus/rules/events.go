package rules

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// byEvents is the rule that judges an alert by the counters of events, and nil for
// what counters do not tell: the budget over weeks, which begins before they do,
// and what traffic is usual.
func (m *maker) byEvents(j *judged) *rule {
	switch j.Kind {
	case alert.Burn:
		return m.burnByEvents(j)
	case alert.NoData:
		return m.noDataByEvents(j)
	}
	return nil
}

// untilKept is how long it may take at most until a rule sees that another one fires:
// vmalert writes ALERTS into a database, where they can be read some seconds later.
const untilKept = 2 * time.Minute

func (m *maker) burnByEvents(j *judged) *rule {
	measured := measuredOf(j.subject)
	var tiers []string
	for i := range j.tiers {
		if expr := measured.fires(&j.tiers[i], j.policy.Guard); expr != "" {
			tiers = append(tiers, expr)
		}
	}
	if len(tiers) == 0 {
		return nil // not even when everything fails
	}
	r := &rule{alert: j.Kind.Name(), expr: strings.Join(tiers, "\nor\n"), labels: labelsOf(j.Notification)}
	if len(tiers) > 1 {
		r.expr = "(\n" + strings.Join(tiers, "\n) or (\n") + "\n)"
	}
	if j.Severity == slo.Ticket && j.subject.pages() {
		page := alert.Key{ID: j.ID, Kind: alert.Burn, Severity: slo.Page} // of whatever objective
		r.expr = "(" + r.expr + ")\nunless on () ALERTS{alertname=\"" + page.Kind.Name() + "\",alertstate=\"firing\"," + selector(page) + "}"
		r.wait = untilKept
	}
	if !m.options.NoHold {
		r.hold = holdOf(j.policy, j.Severity)
	}
	r.annotations = j.annotations(j.burnByEvents, shownOf{}).templates()
	return r
}

// pages reports whether a budget that burns can page somebody.
func (s *subject) pages() bool {
	return slices.ContainsFunc(s.objectives, func(o slo.Objective) bool {
		return o.Alerts != nil && slices.ContainsFunc(o.Alerts.Tiers, func(t slo.Tier) bool { return t.Severity == slo.Page })
	})
}

// burnByEvents is the burn rate over a window.
func (j *judged) burnByEvents(window string) string {
	return measuredOf(j.subject).ratio(window) + " / " + decimal(j.objective.Target.AllowedRat())
}

// noDataByEvents compares the time up to which something was measured. Nothing is
// said of an SLO below the alert that most of them fail, nor while most engines have
// stopped, and of several objectives the first says it for all.
func (m *maker) noDataByEvents(j *judged) *rule {
	for i := range j.subject.objectives {
		if o := &j.subject.objectives[i]; o != j.objective && o.Alerts != nil && o.Alerts.NoData != nil {
			return nil // that says it
		} else if o == j.objective {
			break
		}
	}
	measured := measuredOf(j.subject)
	r := &rule{
		alert: j.Kind.Name(), labels: labelsOf(j.Notification), wait: untilKept,
		expr: fmt.Sprintf("max(time() - max by (id) (slojourn_watermark_timestamp_seconds{%s} > 0)) > %d\nunless on () ALERTS{alertname=%q,alertstate=\"firing\"}\n"+
			"unless on () (count(%s) > count(%s) / 2)", measured.ids(), int64(measured.late(j.policy)/time.Second), behind, stands, lastTick),
		annotations: j.annotations(j.burnByEvents, shownOf{}).templates(),
	}
	if !m.options.NoHold {
		r.hold = holdOf(j.policy, j.Severity)
	}
	return r
}

// late is how old the newest minute is when there is no data.
func (m *measured) late(p *slo.AlertPolicy) time.Duration { return p.NoData.After + m.lag }

func holdOf(p *slo.AlertPolicy, severity slo.Severity) time.Duration {
	if severity == slo.Page {
		return p.Hold.Page
	}
	return p.Hold.Ticket
}

// measured is what the events of an objective are counted of: one id, or those of
// the steps of a composed journey.
type measured struct {
	compose  slo.Compose // "" for one id
	groups   []weighed
	all      map[string]bool // the ids
	weighted int           // how many of the ids have events that count more or less than one
	lag      time.Duration // by which the newest minute is behind
}

// weighed is the ids that count alike in a journey.
type weighed struct {
	weight *big.Rat
	ids    []string
}

// measuredOf says what a subject is counted of.
func measuredOf(s *subject) *measured {
	if s.measured == nil {
		s.measured = measure(s)
		s.measured.all = map[string]bool{}
		for _, id := range s.measured.list() {
			s.measured.all[id] = true
		}
	}
	return s.measured
}

// measure finds out. An SLO that is several steps of a journey counts several times.
func measure(s *subject) *measured {
	m := &measured{}
	if s.journey == nil {
		m.add(s.slo)
		m.groups = []weighed{{big.NewRat(1, 1), []string{s.id}}}
		return m
	}
	m.compose = s.journey.Compose
	weights, ids := map[string]*big.Rat{}, []string{}
	for _, step := range s.journey.Steps {
		weight := big.NewRat(1, 1)
		if m.compose == slo.Weighted {
			weight = step.Weight.Rat()
		}
		if old := weights[step.SLO.ID]; old != nil {
			weight.Add(weight, old)
		} else {
			m.add(step.SLO)
			ids = append(ids, step.SLO.ID)
		}
		weights[step.SLO.ID] = weight
	}
	for _, id := range ids {
		at := slices.IndexFunc(m.groups, func(w weighed) bool { return w.weight.Cmp(weights[id]) == 0 })
		if at < 0 {
			at = len(m.groups)
			m.groups = append(m.groups, weighed{weight: weights[id]})
		}
		m.groups[at].ids = append(m.groups[at].ids, id)
	}
	return m
}

func (m *measured) add(s *slo.SLO) {
	lag := s.SLI.Lag.Value
	if lag == 0 && s.Source != nil {
		lag = s.Source.NewRelic.QueryLag
	}
	if lag == 0 {
		lag = slo.DefaultQueryLag
	}
	if s.SLI.Slice != nil {
		lag += s.SLI.Slice.Every.Value
	}
	m.lag = max(m.lag, lag+2*time.Minute) // a tick and a scrape
	if s.SLI.Unit() != 1 {
		m.weighted++
	}
}

// within reports whether all ids are among those of another.
func (m *measured) within(other *measured) bool {
	for id := range m.all {
		if !other.all[id] {
			return false
		}
	}
	return true
}

// list is all ids.
func (m *measured) list() []string {
	var ids []string
	for _, g := range m.groups {
		ids = append(ids, g.ids...)
	}
	return ids
}

// ids selects the series of all ids.
func (m *measured) ids() string { return idsOf(m.list()) }

func idsOf(ids []string) string {
	if len(ids) == 1 {
		return fmt.Sprintf("id=%q", ids[0])
	}
	return fmt.Sprintf("id=~%q", strings.Join(ids, "|")) // of names, which hold nothing else that has a meaning
}

// fires is the expression of a tier: see [burnrate.Tier.Judge] and JudgeJourney. It
// is "" when the tier never fires.
func (m *measured) fires(t *burnrate.Tier, guard slo.Guard) string {
	if t.Limit().Cmp(big.NewRat(1, 1)) >= 0 {
		return ""
	}
	long, short := slo.FormatDuration(t.Long), slo.FormatDuration(t.Short)
	parts := []string{m.exceeds(long, t.Limit()), m.exceeds(short, t.Limit())}
	if guard.MinEvents > 0 {
		parts = append(parts, fmt.Sprintf("%s >= %d", m.sum(total, long), guard.MinEvents))
	}
	if guard.MinBad > 0 {
		parts = append(parts, fmt.Sprintf("%s >= %d", m.sum(bad, long), guard.MinBad))
	}
	if guard.Confidence.Sign() > 0 {
		doubt, _ := new(big.Rat).Sub(big.NewRat(1, 1), guard.Confidence.Rat()).Float64()
		parts = append(parts, m.sure(long, t.Limit(), -math.Log(doubt)))
	}
	parts = append(parts, m.covered(t.Long), m.covered(t.Short))
	return strings.Join(parts, "\nand ")
}

// Names of what is recorded of every id.
func bad(window string) string     { return "slojourn:bad_events:increase" + window }
func total(window string) string   { return "slojourn:events:increase" + window }
func ratio(window string) string   { return "slojourn:error_ratio:increase" + window } // of what has events
func minutes(window string) string { return "slojourn:measured_minutes:increase" + window }

// unweighted is the same of events that count as one each, of ids where others do not.
func unweighted(name func(window string) string) func(window string) string {
	return func(window string) string {
		return strings.Replace(name(window), "slojourn:", "slojourn:unweighted_", 1)
	}
}

// rows is what is recorded of ids, with events that count as one each.
func (m *measured) rows(name func(window string) string, window, ids string) string {
	each, plain := of(unweighted(name)(window), ids), of(name(window), ids)
	switch m.weighted {
	case 0:
		return plain
	case len(m.all):
		return each
	default:
		return "(" + each + " or " + plain + ")"
	}
}

func of(name, selector string) string { return name + "{" + selector + "}" }

// exceeds compares an error ratio with a limit. That of one id is compared in whole
// numbers, as bad × den > total × num: floats may fall to either side of a border.
func (m *measured) exceeds(window string, limit *big.Rat) string {
	if m.compose != "" {
		return m.ratio(window) + " > " + decimal(limit)
	}
	b, n := of(bad(window), m.ids()), of(total(window), m.ids())
	if most := big.NewInt(1 << 40); limit.Num().Cmp(most) < 0 && limit.Denom().Cmp(most) < 0 {
		return fmt.Sprintf("%s * %s > %s * %s", b, limit.Denom(), n, limit.Num())
	}
	return fmt.Sprintf("%s > %s * %s", b, n, decimal(limit))
}

// ratio is the error ratio over a window, of a journey the composed one.
func (m *measured) ratio(window string) string {
	return m.composed(func(ids string) string { return of(ratio(window), ids) }, window)
}

// composed is an error ratio of those that a function says of ids. Steps without
// events have none and are left out. See burnrate's compose.
func (m *measured) composed(e func(ids string) string, window string) string {
	var sum, by string
	switch m.compose {
	case "":
		return e(m.ids())
	case slo.Worst:
		return "max(" + e(m.ids()) + ")"
	case slo.Weighted:
		sum = m.weighedSum(func(ids string) string { return "sum(" + e(ids) + ")" })
		by = m.weighedSum(func(ids string) string { return "count(" + e(ids) + ")" })
	case slo.Pooled:
		sum = m.weighedSum(func(ids string) string { return "sum(" + e(ids) + " * " + of(total(window), ids) + ")" })
		by = m.weighedSum(func(ids string) string { return "sum(" + of(total(window), ids) + ")" })
	default: // ln(1 - 1) is -Inf, and exp of that is 0
		return "(1 - exp(" + m.weighedSum(func(ids string) string { return "sum(ln(1 - " + e(ids) + "))" }) + "))"
	}
	return "(" + sum + ") / (" + by + ")"
}

// weighedSum adds up what a function says of the ids of each group, by their weights.
func (m *measured) weighedSum(of func(ids string) string) string {
	if len(m.groups) == 1 { // all weigh the same, and of a series, as much as they say
		if g := m.groups[0]; g.weight.Cmp(big.NewRat(1, 1)) == 0 {
			return of(idsOf(g.ids))
		}
	}
	parts := make([]string, len(m.groups))
	for i, g := range m.groups {
		parts[i] = decimal(g.weight) + " * (" + of(idsOf(g.ids)) + " or vector(0))"
	}
	return strings.Join(parts, " + ")
}

// sum is the number of events of all ids, each of which counts once.
func (m *measured) sum(name func(window string) string, window string) string {
	rows := m.rows(name, window, m.ids())
	if m.compose == "" {
		return rows
	}
	return "sum(" + rows + ")"
}

// sure asks whether chance explains the bad events with less than the doubt, given
// as ln(1 / doubt), when each event fails with the probability of the limit. It is
// never surer than the engine, which computes the probability itself:
//
//	P(X ≥ bad) ≤ exp(-n (e ln(e/p) + (1-e) ln((1-e)/(1-p)))),  e = bad / n > p   (Chernoff)
//
// Of a composed journey, a step that is sure by itself is enough in series and of the
// worst. Else a lower bound of each step's error ratio is composed,
//
//	e - √(2 e ln(1/doubt) / n),
//
// which follows from the same, as the sum in parentheses is at least (e - p)² / 2e,
// and is below that of Clopper and Pearson.
func (m *measured) sure(window string, limit *big.Rat, doubt float64) string {
	least := strconv.FormatFloat(doubt, 'g', -1, 64)
	if m.compose == "" {
		above := ""
		if m.weighted > 0 { // the weights are above the limit, and that says nothing of the events
			above = " and " + m.rows(ratio, window, m.ids()) + " > " + decimal(limit)
		}
		return m.chernoff(window, limit) + " > " + least + above
	}
	twice := strconv.FormatFloat(2*doubt, 'g', -1, 64)
	bound := m.composed(func(ids string) string {
		e := m.rows(ratio, window, ids)
		return "clamp_min(" + e + " - sqrt(" + twice + " * " + e + " / " + m.rows(total, window, ids) + "), 0)"
	}, window) + " > " + decimal(limit)
	if m.compose == slo.Weighted || m.compose == slo.Pooled {
		return bound
	}
	return fmt.Sprintf("(max(%s and %s > %s) > %s\n  or %s)", m.chernoff(window, limit), m.rows(ratio, window, m.ids()), decimal(limit), least, bound)
}

// chernoff is how unlikely the bad events are, as a logarithm. It is meant for error
// ratios above the limit.
func (m *measured) chernoff(window string, limit *big.Rat) string {
	e := m.rows(ratio, window, m.ids())
	return fmt.Sprintf("%s * (%s * ln(%s / %s) + (1 - %s) * ln(clamp_min(1 - %s, 1e-12) / %s))",
		m.rows(total, window, m.ids()), e, e, decimal(limit), e, e, decimal(new(big.Rat).Sub(big.NewRat(1, 1), limit)))
}

// covered asks for half of the minutes of a window, of all ids.
func (m *measured) covered(window time.Duration) string {
	name := of(minutes(slo.FormatDuration(window)), m.ids())
	half := strconv.FormatFloat(window.Minutes()/2, 'g', -1, 64)
	if m.compose == "" {
		return name + " >= " + half
	}
	return fmt.Sprintf("count(%s >= %s) == %d", name, half, len(m.all))
}

// decimal writes a fraction as a float that Prometheus reads back.
func decimal(r *big.Rat) string {
	f, _ := r.Float64()
	return strconv.FormatFloat(f, 'g', -1, 64)
}
