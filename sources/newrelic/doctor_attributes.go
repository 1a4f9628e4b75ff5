package newrelic

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// drift is an attribute that no event of the last day has.
type drift struct {
	name  string
	types []string // of the events
	uses  []used
}

// used is a use, and the SLO it belongs to.
type used struct {
	use
	slo *slo.SLO
}

func (d *drift) ids() []string {
	var ids []string
	for _, u := range d.uses {
		ids = append(ids, u.slo.ID)
	}
	return ids
}

// checkAttributes looks for attributes that do not exist, no longer exist, or
// hold values of another type than SLIs compare them with.
func (e *examiner) checkAttributes(ctx context.Context) {
	drifts := map[string]*drift{}
	var order []*drift
	for _, s := range e.slos {
		types := eventTypes(s.SLI)
		recent, old := e.keysOf(types)
		if !recent.known || !old.known || len(recent.types)+len(old.types) == 0 {
			continue // reported, or there are no events
		}
		uses := usesOf(s.SLI)
		optional := map[string]bool{}
		for _, u := range uses {
			optional[u.attribute] = optional[u.attribute] || u.absence
		}
		seen := map[string]bool{}
		for _, u := range uses {
			inRecent, inOld := recent.has(u.attribute), old.has(u.attribute)
			switch {
			case inRecent:
				e.checkUse(s, u, types, recent.types[u.attribute])
			case seen[u.attribute]: // once for each SLI
			case inOld && e.dayOf(types) > 0:
				key := fmt.Sprintf("%q %q", types, u.attribute)
				if drifts[key] == nil {
					drifts[key] = &drift{name: u.attribute, types: types}
					order = append(order, drifts[key])
				}
				drifts[key].uses = append(drifts[key].uses, used{u, s})
			case !inOld:
				e.unknown(s, u, types, union(recent, old), optional[u.attribute])
			}
			seen[u.attribute] = true
		}
	}
	e.checkDrifts(ctx, order)
}

// keysOf returns the attributes of a FROM set in the last day and before.
func (e *examiner) keysOf(types []string) (recent, old keyset) {
	recent, old = union(), union()
	for _, name := range types {
		c := e.types[name]
		older := c.old
		if c.recent.Start == c.span.Start { // nothing is kept longer than a day
			older = union()
		}
		recent, old = union(recent, c.fresh), union(old, older)
	}
	return recent, old
}

// dayOf is how many events of a FROM set the last day had.
func (e *examiner) dayOf(types []string) int64 {
	sum := int64(0)
	for _, name := range types {
		sum += e.types[name].day
	}
	return sum
}

// checkUse reports values that a test can never meet.
func (e *examiner) checkUse(s *slo.SLO, u use, types []string, holds typeSet) {
	if u.wants == 0 || holds == 0 || holds.has(u.wants) {
		return
	}
	e.blamed[s.ID] = true
	e.report(CheckAttributeType, diag.Error, u.span, []string{s.ID}, typeHint(u, holds),
		"%s holds %s in %s, and %s asks for %s: New Relic converts nothing, so the two never match",
		u.attribute, holds.phrase(), strings.Join(types, ", "), u.written, valuesOf(u.wants))
}

// typeHint says how to compare an attribute with what it holds.
func typeHint(u use, holds typeSet) diag.Phrase {
	name := nrql.Print(&nrql.Name{Value: u.attribute})
	switch {
	case holds.has(nrql.BooleanValue):
		return diag.Say("write %s IS TRUE or %s IS FALSE", name, name)
	case holds.has(nrql.TextValue) && u.wants == nrql.NumberValue:
		return diag.Say("write numeric(%s) in its place", name)
	case holds.has(nrql.TextValue):
		return diag.Say("compare it with text: %s = 'true'", name)
	case u.wants == nrql.TextValue && u.unquoted != "":
		return diag.Say("write %s", u.unquoted)
	case u.wants == nrql.TextValue:
		return diag.Say("compare it with a number, without quotes")
	default:
		return diag.Say("compare it with a number")
	}
}

// unknown reports an attribute that no event has.
func (e *examiner) unknown(s *slo.SLO, u use, types []string, keys keyset, optional bool) {
	from := strings.Join(types, ", ")
	severity := diag.Warning
	hint := diag.Say("look at the attributes of an event: SELECT keyset() FROM %s", from)
	near, found := diag.Nearest(u.attribute, keys.names())
	documented := slices.ContainsFunc(types, func(name string) bool {
		t, _ := nrql.LookupEventType(name)
		_, known := t.Attribute(u.attribute)
		return known
	})
	switch {
	case documented, optional: // some attributes are there only when something happens
		severity = diag.Info
	case found:
		severity = diag.Error
	}
	if found {
		hint = diag.Say("did you mean %s? Names of attributes are case-sensitive", near)
	}
	if severity != diag.Info {
		e.blamed[s.ID] = true
	}
	e.report(CheckAttribute, severity, u.span, []string{s.ID}, hint,
		"no event of %s had the attribute %s in the last %s: New Relic takes it for null, without an error", from, u.attribute, term.Duration(e.config.Retention.Of(types)))
}

// checkDrifts asks how many events had what the last day lacks: what few ever
// had may well be missing for a day.
func (e *examiner) checkDrifts(ctx context.Context, drifts []*drift) {
	var inquiries []inquiry
	for _, d := range drifts {
		span := slo.Span{Start: e.types[d.types[0]].recent.End}
		for _, name := range d.types {
			c := e.types[name]
			span = slo.Span{Start: min(span.Start, c.span.Start), End: c.recent.Start}
		}
		attribute := &nrql.Name{Value: d.name}
		inquiries = append(inquiries, inquiry{
			about: diag.Say("when %s was last seen", d.name), slos: d.ids(),
			text: over(&nrql.Query{From: from(d.types...), Select: []nrql.Column{
				{Expr: count(&nrql.Star{}), Alias: aliasEvents},
				{Expr: count(attribute), Alias: aliasHad},
				{Expr: &nrql.Call{Name: "filter", Args: []nrql.Expr{
					&nrql.Call{Name: "max", Args: []nrql.Expr{&nrql.Name{Value: "timestamp"}}},
					&nrql.Where{Condition: &nrql.Is{X: attribute, Not: true, What: nrql.IsNull}},
				}}, Alias: aliasLast},
			}}, span),
			read: func(r reply) error { return e.readDrift(d, r) },
		})
	}
	if len(inquiries) > 0 {
		e.put(ctx, inquiries)
	}
}

// aliasHad is the name under which comes how many events had an attribute.
const aliasHad = "had"

func (e *examiner) readDrift(d *drift, r reply) error {
	row, err := oneRow(r)
	if err != nil {
		return err
	}
	events, err := row.integer(aliasEvents)
	if err != nil {
		return err
	}
	had, err := row.integer(aliasHad)
	if err != nil {
		return err
	}
	last, err := row.instant(aliasLast)
	if err != nil {
		return err
	}
	if had <= 0 || events < had {
		return diag.Say("New Relic answered that %d of %d events had it", had, events).Err()
	}
	day := e.dayOf(d.types)
	expected := float64(day) * float64(had) / float64(events)
	message := diag.Say("%s of the events of %s had %s until %s, and none of %d in the last day",
		percent(had, events), strings.Join(d.types, ", "), d.name, moment(last), day)
	severity, hint := diag.Info, diag.Say("nothing, if it is there only when something rare happens")
	if expected >= missedEvents {
		severity, hint = diag.Error, e.successor(d)
		message = diag.Say("%s: New Relic takes it for null, without an error", message)
	}
	for _, u := range d.uses {
		if severity == diag.Error {
			e.blamed[u.slo.ID] = true
		}
		e.report(CheckAttributeStopped, severity, u.span, []string{u.slo.ID}, hint, "%s", message)
	}
	return nil
}

// successor says what an attribute may be called now.
func (e *examiner) successor(d *drift) diag.Phrase {
	recent, old := e.keysOf(d.types)
	names := slices.DeleteFunc(recent.names(), old.has)
	if near, found := diag.Nearest(d.name, names); found {
		return diag.Say("did you mean %s, which is new? If so, write both until the old events are out of all windows", near)
	}
	if near, found := diag.Nearest(d.name, recent.names()); found {
		return diag.Say("did you mean %s? If so, write both until the old events are out of all windows", near)
	}
	if len(names) > 0 {
		return diag.Say("find out what replaced it; new are %s", listed(names))
	}
	return diag.Say("find out which release of the application or the agent left it out")
}
