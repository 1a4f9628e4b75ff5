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
		return informed(query.With(rows, query.Times, of, "id").Taking(), nil, "step", "id")
	}
	var place query.Expr
	titles := map[string]Mapped{}
	for i, step := range v.Steps {
		one := query.With(query.By(query.Max, query.Metric(metricStep, query.Is("journey", v.ID), query.Is("step", step.Name)), "step", "id"), query.Times, query.Number(i+1))
		place = or(place, one)
		titles[step.Name] = Mapped{Text: plain(stepTitle(step)), Index: i}
	}
	none := b.NotKnown
	if len(v.bare()) > 0 {
		none = w.NoObjectives
	}
	list := []column{
		{query: informed(place, nil, "step", "id"), title: w.Place, width: 50, show: in("none", 0, "–")},
		{label: "step", title: w.Step, show: append(linked(w.OpenStep), Property{"mappings", []Mapping{{"value", titles}}})},
		{label: "owner", title: b.Owner, width: 140, show: named(b.None)},
	}
	if e := v.perStep(first(func(o slo.Objective) string { return o.Name }), func(ids []string, name string) query.Expr {
		return query.Metric(metricRemaining, oneOf(ids), query.Is("objective", name))
	}); e != nil {
		list = append(list, column{query: byID(query.By(query.Max, e, "id")), title: b.Left, width: 180, show: budgetCell(none)})
	}
	covered := v.recentCoverage()
	if e := v.perStep(first(func(o slo.Objective) string { return o.Name + "\n" + recent(o).String() }), func(ids []string, key string) query.Expr {
		name, window, _ := strings.Cut(key, "\n")
		return query.Metric(metricBurn, oneOf(ids), query.Is("objective", name), query.Is("window", window))
	}); e != nil {
		rate := explained(query.By(query.Max, e, "id"), covered)
		list = append(list, column{query: byID(rate), title: b.Burn(v.recentWindow()), width: 170, show: append(burnCell(none), Property{"mappings", b.reasons()})})
	}
	failed := explained(v.errorRatios(), v.withBare(covered, time.Hour))
	errors := append(append(in(unitShare, v.errorDecimals(), b.NotKnown), cell("color-text")...), Property{"mappings", b.reasons()})
	list = append(list, column{query: byID(failed), title: w.StepErrors(v.recentWindow()), width: 140, show: errors})
	if len(v.Objectives) > 0 {
		o := v.Objectives[0]
		share := query.Replace{Of: query.Metric(metricAttribution, query.Is("id", v.ID), query.Is("objective", o.Name)), Label: "step", Value: "$1", From: "cause", Pattern: "(.*)"}
		each := query.With(rows, query.Times, query.By(query.Max, share, "step"), "step").Taking()
		none := query.Binary{Left: rows, Operator: query.Times, Right: nothingFailed(v.ID, o.Window.String()), On: []string{}, Many: true}
		show := append(append(in(unitShare, 0, b.NotKnown), cell("color-text")...), Property{"mappings", v.shareWords()})
		list = append(list, column{query: informed(query.With(each, query.Or, none), nil, "step", "id"), title: w.Share, width: 150, show: show})
	}
	list = append(list, column{query: byID(v.coverage()), title: b.Coverage, width: 110, show: coverageCell(b.NotMeasured)})
	list = append(list, column{label: "id"}, column{label: "name"}, column{label: "dashboard"})
	return table(w.StepsTitle, w.StepsNote, FieldDefaults{NoValue: b.NotScraped, Unit: "none"}, list...).sorted(w.Place, false)
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
// objectives by their counters. They have the label id.
func (v *journeyView) errorRatios() query.Expr {
	known := v.perStep(first(func(o slo.Objective) string { return recent(o).String() }), func(ids []string, window string) query.Expr {
		return largest(metricErrors, []query.Matcher{oneOf(ids), query.Is("window", window)}, "id")
	})
	if bare := v.bare(); len(bare) > 0 {
		return or(known, counted(bare, time.Hour))
	}
	return known
}

// recentCoverage is how much of the recent windows of steps was measured, with id.
func (v *journeyView) recentCoverage() query.Expr {
	return v.perStep(first(func(o slo.Objective) string { return recent(o).String() }), func(ids []string, window string) query.Expr {
		return largest(metricCoverage, []query.Matcher{oneOf(ids), query.Is("window", window)}, "id")
	})
}

// coverage is how much of the own windows of steps was measured, and of a day where they
// have none. It has the label id.
func (v *journeyView) coverage() query.Expr {
	return v.withBare(v.perStep(first(func(o slo.Objective) string { return o.Window.String() }), func(ids []string, window string) query.Expr {
		return largest(metricCoverage, []query.Matcher{oneOf(ids), query.Is("window", window)}, "id")
	}), 24*time.Hour)
}

// withBare adds to coverages those of the steps without objectives, of a length of time.
func (v *journeyView) withBare(coverages query.Expr, length time.Duration) query.Expr {
	if bare := v.bare(); len(bare) > 0 {
		return or(coverages, countedCoverage(bare, length))
	}
	return coverages
}
