package grafana

import (
	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
)

// annotate marks in graphs when alerts fired, exclusions held, and what is measured or
// asked for changed, of series that matchers choose. A series may have the labels id,
// journey and step. Marks name things by their ids, and say the rest in words. ids is
// nil, or series whose ids alone are marked.
//
// Earlier Grafanas ask for 100 instants at most, however long the time is that is shown. So
// each looks back to the one before, and what was short is marked all the same.
func (m *maker) annotate(d *Dashboard, ids query.Expr, matchers ...query.Matcher) {
	w := m.words()
	only := func(of query.Expr) query.Expr {
		if ids == nil {
			return of
		}
		return among(of, ids)
	}
	since := func(f query.Function, metric string, labels ...string) query.Expr {
		of := query.Over{Function: f, Of: query.Metric(metric, matchers...), Length: query.Length{Built: query.RateStep}}
		return query.By(query.Max, of, labels...)
	}
	inWords := func(of query.Expr, label string, words []word) query.Expr {
		for _, word := range words {
			if word.text != word.value {
				of = query.Replace{Of: of, Label: label, Value: word.text, From: label, Pattern: word.value}
			}
		}
		return of
	}
	some := func(of query.Expr) query.Expr { return only(query.With(of, query.Above, query.Number(0))) }
	add := func(name, colour, title, text string, of query.Expr, isTime bool) {
		d.Annotations.List = append(d.Annotations.List, Annotation{
			Name: name, Datasource: prometheus(), Enable: true, IconColor: colour, Expr: query.PromQL(of), Step: "60s",
			TitleFormat: title, TextFormat: text, UseValueForTime: isTime, Query: of,
		})
	}
	fired := some(since(query.Maximum, metricFiring, "id", "objective", "kind", "severity"))
	fired = inWords(inWords(fired, "kind", w.kindWords()), "severity", w.severityWords())
	add(w.Alerts, vermilion, "{{severity}}: {{id}}", "{{kind}} {{objective}}", fired, false)
	excluded := some(since(query.Maximum, metricExcluded, "id", "exclusion", "effect"))
	add(w.Exclusions, grey, "{{exclusion}}", "{{id}} ({{effect}})", inWords(excluded, "effect", w.effectWords()), false)
	const milliseconds = 1000
	changed := query.With(since(query.Maximum, metricChanged, "id"), query.Times, query.Number(milliseconds))
	add(w.Definitions, purple, w.DefinitionChanged, "{{id}}", only(changed), true)
	add(w.Targets, purple, w.TargetChanged, "{{id}} {{objective}}", some(since(query.Changes, metricTarget, "id", "objective")), false)
}

// linkTo puts a link to another dashboard at the top of one, with the time and variables
// kept.
func (d *Dashboard) linkTo(title, uid string, variables ...string) {
	d.Links = append(d.Links, Link{Title: title, Type: "link", Icon: "dashboard", URL: "/d/" + uid + "?" + kept(variables), KeepTime: true})
}

// linkFleet puts links to the dashboards of everything at the top of another one.
func (m *maker) linkFleet(d *Dashboard, variables ...string) {
	w := m.words()
	if d.UID != uid.Overview {
		d.linkTo(w.Overview, uid.Overview, variables...)
	}
	if d.UID != uid.Review {
		d.linkTo(w.Review, uid.Review, variables...)
	}
}
