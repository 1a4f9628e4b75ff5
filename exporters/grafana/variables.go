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
	v := Variable{Name: "datasource", Label: "Prometheus", Type: "datasource", Query: "prometheus", Refresh: 1, Options: []struct{}{}}
	if uid := m.options.Datasource; uid != "" {
		v.Current = Current{Text: uid, Value: uid}
	}
	return v
}

// choice is a variable with the values of a label of some series, of which several can be
// chosen; at first all are. All is also whoever has no such label.
func choice(name, title string, of query.Expr, label string) Variable {
	source := prometheus()
	text := "label_values(" + query.PromQL(of) + ", " + label + ")"
	return Variable{
		Name: name, Label: title, Type: "query", Query: VariableQuery{Query: text, RefID: "StandardVariableQuery", Of: of, Label: label}, Definition: text,
		Datasource: &source, Refresh: 2, Sort: 1, Multi: true, IncludeAll: true, AllValue: ".*",
		Current: Current{Text: []string{"All"}, Value: []string{"$__all"}}, Options: []struct{}{},
	}
}
