package grafana

import (
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/exporters/words"
	"github.com/slojourn/slojourn/slo"
)

// table has a row for every step.
func (v *journeyView) table() *Panel {
	w, b := v.w, v.words()
	rows := query.By(query.Max, query.Metric(metricStep, query.Is("journey", v.ID)), "step", "id")
	byID := func(of query.Expr) query.Expr {
		return informed(query.With(rows, query.Times, query.By(query.Max, of, "id"), "id").Taking(), nil, "step", "id")
	}
	var place query.Expr
	titles := map[string]Mapped{}
	for i, step := range v.Steps {
		one := query.With(query.By(query.Max, query.Metric(metricStep, query.Is("journey", v.ID), query.Is("step", step.Name)), "step", "id"), query.Times, query.Number(i+1))
		place = or(place, one)
		titles[step.Name] = Mapped{Text: plain(stepTitle(step)), Index: i}
	}
	noBudget := w.Unknown
	if slices.ContainsFunc(v.Steps, func(s slo.Step) bool { return len(s.SLO.Objectives) == 0 }) {
		noBudget = w.NoBudget
	}
	list := []column{
		{query: informed(place, nil, "step", "id"), title: w.Place, width: 60, show: in("none", 0, "–")},
		{label: "step", title: w.Step, width: 300, show: append(linked(w.OpenStep), Property{"mappings", []Mapping{{"value", titles}}})},
		{label: "owner", title: w.Owner},
	}
	if e := v.perStep(first(func(o slo.Objective) string { return o.Name }), func(ids []string, name string) query.Expr {
		return query.Metric(metricRemaining, oneOf(ids), query.Is("objective", name))
	}); e != nil {
		list = append(list, column{query: byID(e), title: w.StepLeft, show: budgetCell(noBudget)})
	}
	if e := v.perStep(first(func(o slo.Objective) string { return o.Name + "\n" + recent(o).String() }), func(ids []string, key string) query.Expr {
		name, window, _ := strings.Cut(key, "\n")
		return query.Metric(metricBurn, oneOf(ids), query.Is("objective", name), query.Is("window", window))
	}); e != nil {
		list = append(list, column{query: byID(e), title: w.Burn(v.recentWindow()), show: burnCell(w.NoBurn)})
	}
	list = append(list, column{query: byID(v.errorRatios()), title: w.StepErrors(v.recentWindow()), show: in(unitShare, 3, b.NoTraffic)})
	if len(v.Objectives) > 0 {
		share := query.Replace{Of: query.Metric(metricAttribution, query.Is("id", v.ID), query.Is("objective", v.Objectives[0].Name)), Label: "step", Value: "$1", From: "cause", Pattern: "(.*)"}
		list = append(list, column{
			query: informed(query.With(rows, query.Times, query.By(query.Max, share, "step"), "step").Taking(), nil, "step", "id"),
			title: w.Share, show: in(unitShare, 0, w.NoShare),
		})
	}
	list = append(list, column{query: byID(v.coverage()), title: w.Coverage, show: coverageCell(b.NotMeasured)})
	list = append(list, column{label: "id"}, column{label: "name"}, column{label: "dashboard"})
	return table(w.StepsTitle, w.StepsNote, FieldDefaults{NoValue: w.NoSteps, Unit: "none"}, list...).sorted(w.Place, false)
}

// first makes a key of the first objective of an SLO. Without objectives there is none.
func first(key func(slo.Objective) string) func(*slo.SLO) (string, bool) {
	return func(s *slo.SLO) (string, bool) {
		if len(s.Objectives) == 0 {
			return "", false
		}
		return key(s.Objectives[0]), true
	}
}

// perStep takes series of all steps that have a key: those of one key at once. It is nil
// when no step has any.
func (v *journeyView) perStep(key func(*slo.SLO) (string, bool), series func(ids []string, key string) query.Expr) query.Expr {
	var keys []string
	ids := map[string][]string{}
	for _, step := range v.Steps {
		k, some := key(step.SLO)
		if !some || slices.Contains(ids[k], step.SLO.ID) {
			continue
		}
		if len(ids[k]) == 0 {
			keys = append(keys, k)
		}
		ids[k] = append(ids[k], step.SLO.ID)
	}
	var all query.Expr
	for _, k := range keys {
		all = or(all, series(ids[k], k))
	}
	return all
}

// bare returns the ids of the steps without objectives, for which there are counters alone.
func (v *journeyView) bare() []string {
	var ids []string
	for _, step := range v.Steps {
		if len(step.SLO.Objectives) == 0 && !slices.Contains(ids, step.SLO.ID) {
			ids = append(ids, step.SLO.ID)
		}
	}
	return ids
}

// recentWindow writes the window of the errors and burn rates of steps, if it is one.
func (v *journeyView) recentWindow() string {
	window := ""
	for _, step := range v.Steps {
		if len(step.SLO.Objectives) == 0 {
			continue
		}
		one := recent(step.SLO.Objectives[0]).String()
		if window != "" && window != one {
			return v.w.Recently
		}
		window = one
	}
	if window == "" {
		window = "1h"
	}
	return words.Window(v.options.Locale, window)
}

// errorRatios are those of all steps over their recent windows, and of those without
// objectives by their counters.
func (v *journeyView) errorRatios() query.Expr {
	known := v.perStep(first(func(o slo.Objective) string { return recent(o).String() }), func(ids []string, window string) query.Expr {
		return query.Metric(metricErrors, oneOf(ids), query.Is("window", window))
	})
	bare := v.bare()
	if len(bare) == 0 {
		return known
	}
	return or(known, counted(bare, time.Hour))
}

// coverage is how much of the own windows of steps was measured, and of a day where they
// have none.
func (v *journeyView) coverage() query.Expr {
	known := v.perStep(first(func(o slo.Objective) string { return o.Window.String() }), func(ids []string, window string) query.Expr {
		return query.Metric(metricCoverage, oneOf(ids), query.Is("window", window))
	})
	bare := v.bare()
	if len(bare) == 0 {
		return known
	}
	const day = 24 * time.Hour
	seconds := query.By(query.Max, query.Over{Function: query.Increase, Of: query.Metric(metricMeasured, oneOf(bare)), Length: query.Length{Fixed: day}}, "id")
	return or(known, query.With(seconds, query.Divided, query.Number(day.Seconds())))
}
