package newrelic

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// mostExplained is how many SLIs without valid events are taken apart. Whoever
// has more of them has one mistake many times.
const mostExplained = 2 * aliasesPerRequest

// noMatch reports SLIs without valid events whose event types have some. Where an
// SLI has several conditions, New Relic is asked which of them is met by none.
func (e *examiner) noMatch(ctx context.Context, unmatched []*slo.SLO) {
	var inquiries []inquiry
	for _, s := range unmatched {
		m, can := newMatching(s)
		text := ""
		if can {
			text = over(m.query(), e.types[m.types[0]].recent)
		}
		if !can || len(text) >= nrql.MaxQueryBytes || len(inquiries) == mostExplained {
			e.noneValid(s)
			continue
		}
		inquiries = append(inquiries, inquiry{
			about: diag.Say("why %s counts nothing", s.ID), slos: []string{s.ID}, text: text,
			read: func(r reply) error { return e.readMatching(m, r) },
		})
	}
	if len(inquiries) > 0 {
		e.put(ctx, inquiries)
	}
}

// noneValid says no more than that there are no valid events.
func (e *examiner) noneValid(s *slo.SLO) {
	types := eventTypes(s.SLI)
	if isMetric(types) {
		e.report(CheckNoMatch, diag.Warning, sliSpan(s.SLI), []string{s.ID}, diag.Say("look at the name of the metric and at the conditions"),
			"nothing was counted in the last hour: the metric has no points, or the conditions match none")
		return
	}
	span := sliSpan(s.SLI)
	if s.SLI.Where.Len() > 0 {
		span = s.SLI.Where.Whole()
	}
	e.report(CheckNoMatch, diag.Warning, span, []string{s.ID}, lookAtSome(types), "%s", e.nothingOf(types, diag.Say("is valid")))
}

func (e *examiner) nothingOf(types []string, what diag.Phrase) diag.Phrase {
	return diag.Say("none of %d events of %s in the last day %s: there is nothing to measure", e.dayOf(types), strings.Join(types, ", "), what)
}

func lookAtSome(types []string) diag.Phrase {
	return diag.Say("compare the values in the conditions with those of some events: SELECT * FROM %s", strings.Join(types, ", "))
}

// matching is the conditions of an SLI, each by itself.
type matching struct {
	slo        *slo.SLO
	types      []string
	conditions []nrql.Expr
}

// newMatching takes the where of an SLI apart; false when it cannot be.
func newMatching(s *slo.SLO) (matching, bool) {
	m := matching{slo: s, types: eventTypes(s.SLI)}
	if s.SLI.Where.Len() == 0 || isMetric(m.types) {
		return m, false
	}
	x, findings := nrql.ParseCondition(s.SLI.Where)
	if findings.Failed() || x == nil || readsElsewhere(x) {
		return m, false
	}
	m.conditions = nrql.Conjuncts(x)
	return m, true
}

// mostValues is how many values of an attribute are asked for.
const mostValues = 1000

// query counts the events that meet each condition, and asks for the values of
// attributes that are compared with text.
func (m matching) query() *nrql.Query {
	q := &nrql.Query{From: from(m.types...)}
	for i, c := range m.conditions {
		q.Select = append(q.Select, nrql.Column{
			Expr:  &nrql.Call{Name: "filter", Args: []nrql.Expr{count(&nrql.Star{}), &nrql.Where{Condition: c}}},
			Alias: "c" + strconv.Itoa(i),
		})
		if name, _, is := isText(c); is {
			limit := &nrql.Number{Raw: strconv.Itoa(mostValues), Value: mostValues}
			q.Select = append(q.Select, nrql.Column{Expr: &nrql.Call{Name: "uniques", Args: []nrql.Expr{name, limit}}, Alias: "v" + strconv.Itoa(i)})
		}
	}
	return q
}

// isText takes a test for one text apart, such as name = 'pay'.
func isText(x nrql.Expr) (name *nrql.Name, value string, is bool) {
	b, isBinary := x.(*nrql.Binary)
	if !isBinary || b.Op != nrql.Eq {
		return nil, "", false
	}
	name, isName := b.X.(*nrql.Name)
	text, isString := b.Y.(*nrql.String)
	if !isName || !isString {
		return nil, "", false
	}
	return name, text.Value, true
}

// readMatching reports the first condition that no event meets.
func (e *examiner) readMatching(m matching, r reply) error {
	row, err := oneRow(r)
	if err != nil {
		return err
	}
	for i, c := range m.conditions {
		met, err := row.integer("c" + strconv.Itoa(i))
		if err != nil {
			return diag.Say("New Relic answered without a count of the events").Err()
		}
		if met > 0 {
			continue
		}
		hint := lookAtSome(m.types)
		if _, wanted, is := isText(c); is {
			values, _ := textList(row["v"+strconv.Itoa(i)])
			hint = valueHint(wanted, values, hint)
		}
		where := m.slo.SLI.Where
		e.report(CheckNoMatch, diag.Warning, where.Span(c.Pos().Start, c.Pos().End), []string{m.slo.ID}, hint, "%s", e.nothingOf(m.types, diag.Say("meets %s", nrql.Print(c))))
		return nil
	}
	e.report(CheckNoMatch, diag.Warning, m.slo.SLI.Where.Whole(), []string{m.slo.ID}, lookAtSome(m.types), "%s",
		e.nothingOf(m.types, diag.Say("meets all conditions together, though some meet each of them")))
	return nil
}

// valueHint names the value that is probably meant, or some that there are.
func valueHint(wanted string, values []string, otherwise diag.Phrase) diag.Phrase {
	slices.Sort(values)
	if near, found := diag.Nearest(wanted, values); found {
		return diag.Say("did you mean %s? = is case-sensitive", nrql.Quote(shortened(near)))
	}
	var quoted []string
	for _, value := range values {
		quoted = append(quoted, nrql.Quote(shortened(value)))
	}
	if len(quoted) == 0 {
		return otherwise
	}
	return diag.Say("values there are %s", listed(quoted))
}
