package grafana

import (
	"time"

	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
)

// annotate marks in graphs when alerts fired, exclusions held, and what is measured or
// asked for changed, of series that matchers choose. A series may have the labels id,
// journey and step. ids is nil, or series whose ids alone are marked.
func (m *maker) annotate(d *Dashboard, ids query.Expr, matchers ...query.Matcher) {
	w := m.words()
	only := func(of query.Expr) query.Expr {
		if ids == nil {
			return of
		}
		return among(of, ids)
	}
	add := func(name, colour, title, text string, of query.Expr, isTime bool) {
		d.Annotations.List = append(d.Annotations.List, Annotation{
			Name: name, Datasource: prometheus(), Enable: true, IconColor: colour, Expr: query.PromQL(of), Step: "60s",
			TitleFormat: title, TextFormat: text, UseValueForTime: isTime, Query: of,
		})
	}
	fires := query.With(largest(metricFiring, matchers, "id", "objective", "kind", "severity"), query.Above, query.Number(0))
	add(w.Alerts, vermilion, "{{severity}}: {{id}}", "{{kind}} {{objective}}", only(fires), false)
	excluded := query.With(largest(metricExcluded, matchers, "id", "exclusion", "effect"), query.Above, query.Number(0))
	add(w.Exclusions, grey, "{{exclusion}}", "{{id}} ({{effect}})", only(excluded), false)
	const milliseconds = 1000
	changed := query.With(largest(metricChanged, matchers, "id"), query.Times, query.Number(milliseconds))
	add(w.Definitions, purple, w.DefinitionChanged, "{{id}}", only(changed), true)
	target := query.Over{Function: query.Changes, Of: query.Metric(metricTarget, matchers...), Length: query.Length{Fixed: 5 * time.Minute}}
	moved := query.With(query.By(query.Max, target, "id", "objective"), query.Above, query.Number(0))
	add(w.Targets, purple, w.TargetChanged, "{{id}} {{objective}}", only(moved), false)
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
