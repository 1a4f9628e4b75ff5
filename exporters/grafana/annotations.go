package grafana

import (
	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
)

// annotate marks in graphs when alerts fired, exclusions held, and what is measured or
// asked for changed, of the ids whose infos match. Other series may have the labels id,
// journey and step; matchers choose those that are looked at, or nothing does. Marks name
// things by their titles, as tables do, and objectives and exclusions by their names.
//
// Earlier Grafanas ask for 100 instants at most, however long the time is that is shown. So
// each looks back to the one before, and what was short is marked all the same; titles are
// looked for as far back.
func (m *maker) annotate(d *Dashboard, infos []query.Matcher, matchers ...query.Matcher) {
	w := m.words()
	seen := func(f query.Function, metric string, matchers []query.Matcher) query.Expr {
		return query.Over{Function: f, Of: query.Metric(metric, matchers...), Length: query.Length{Built: query.RateStep}}
	}
	since := func(f query.Function, metric string, labels ...string) query.Expr {
		return query.By(query.Max, seen(f, metric, matchers), labels...)
	}
	named := func(of query.Expr, labels ...string) query.Expr {
		return informedBy(of, seen(query.Last, metricInfo, infos), labels...)
	}
	inWords := func(of query.Expr, label string, words []word) query.Expr {
		for _, word := range words {
			if word.text != word.value {
				of = query.Replace{Of: of, Label: label, Value: word.text, From: label, Pattern: word.value}
			}
		}
		return of
	}
	some := func(f query.Function, metric string, labels ...string) query.Expr {
		return named(query.With(since(f, metric, labels...), query.Above, query.Number(0)), labels...)
	}
	add := func(name, colour, title, text string, of query.Expr, isTime bool) {
		d.Annotations.List = append(d.Annotations.List, Annotation{
			Name: name, Datasource: prometheus(), Enable: true, IconColor: colour, Expr: query.PromQL(of), Step: "60s",
			TitleFormat: title, TextFormat: text, UseValueForTime: isTime, Query: of,
		})
	}
	fired := some(query.Maximum, metricFiring, "id", "objective", "kind", "severity")
	fired = inWords(inWords(fired, "kind", w.kindWords()), "severity", w.severityWords())
	add(w.Alerts, vermilion, "{{severity}}: {{name}}", "{{kind}} {{objective}}", fired, false)
	excluded := some(query.Maximum, metricExcluded, "id", "exclusion", "effect")
	add(w.Exclusions, grey, "{{exclusion}}", "{{name}} ({{effect}})", inWords(excluded, "effect", w.effectWords()), false)
	const milliseconds = 1000
	changed := query.With(since(query.Maximum, metricChanged, "id"), query.Times, query.Number(milliseconds))
	add(w.Definitions, purple, w.DefinitionChanged, "{{name}}", named(changed, "id"), true)
	add(w.Targets, purple, w.TargetChanged, "{{name}} {{objective}}", some(query.Changes, metricTarget, "id", "objective"), false)
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
