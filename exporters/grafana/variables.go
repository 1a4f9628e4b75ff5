package grafana

import (
	"cmp"
	"maps"
	"slices"

	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/slo"
)

// mostLabels is how many labels of specs can be chosen on a dashboard: those that most
// journeys and SLOs have.
const mostLabels = 8

// labelsOf returns the names under which package prometheus exports the labels of specs.
func labelsOf(set *slo.Set) []string {
	times := map[string]int{}
	count := func(about slo.About) {
		for key := range about.Labels {
			times[slo.LabelName(key)]++
		}
	}
	for _, j := range set.Journeys {
		count(j.About)
	}
	for _, s := range set.SLOs {
		if !s.Elsewhere {
			count(s.About)
		}
	}
	names := slices.SortedFunc(maps.Keys(times), func(a, b string) int { return cmp.Or(cmp.Compare(times[b], times[a]), cmp.Compare(a, b)) })
	names = names[:min(len(names), mostLabels)]
	slices.Sort(names)
	return names
}

// datasource is the variable of which Prometheus a dashboard asks.
func (m *maker) datasource() Variable {
	chosen := cmp.Or(m.options.Datasource, "default") // Grafana knows the default one by that name
	return Variable{
		Name: "datasource", Label: "Prometheus", Type: "datasource", Query: "prometheus", Refresh: 1, Options: []struct{}{},
		Current: Current{Text: chosen, Value: chosen},
	}
}

// choice is a variable with the values of a label of some series, of which several can be
// chosen; at first all are. All is also whoever has no such label.
func choice(name, title string, of query.Expr, label string) Variable {
	return chooses(name, title, VariableQuery{Query: "label_values(" + query.PromQL(of) + ", " + label + ")", Of: of, Label: label})
}

// titledJourney finds the id and the title of a journey in what Grafana makes of a series
// of [maker.chooseJourney]: {journey="pay",name="Pay"} 1 1795942800000. Nothing in it is
// escaped, not even a quotation mark in a title.
const titledJourney = `/journey="(?<value>[^"]*)",name="(?<text>.*)"\} /`

// chooseJourney is the variable of which journeys are shown. People choose their titles.
func (m *maker) chooseJourney() Variable {
	infos := query.Metric(metricInfo, query.Is("kind", string(slo.KindJourney)))
	of := query.By(query.Max, withNames(infos), "journey", "name")
	v := chooses("journey", m.words().Journey, VariableQuery{Query: "query_result(" + query.PromQL(of) + ")", Of: of, Label: "journey"})
	v.Regex = titledJourney
	return v
}

// chooses is a variable of which several values can be chosen.
func chooses(name, title string, q VariableQuery) Variable {
	source := prometheus()
	q.RefID = "StandardVariableQuery"
	return Variable{
		Name: name, Label: title, Type: "query", Query: q, Definition: q.Query,
		Datasource: &source, Refresh: 2, Sort: 1, Multi: true, IncludeAll: true, AllValue: ".*",
		Current: Current{Text: []string{"All"}, Value: []string{"$__all"}}, Options: []struct{}{},
	}
}
