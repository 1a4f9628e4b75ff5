package preview

import (
	"math"
	"testing"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/slo"
)

// end is that of the data of tests.
var end = time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)

// told has the series of metrics by their names, and nothing of operators and functions:
// those are tested with package query.
type told map[string][]query.Series

func (t told) of(e query.Expr) []query.Series { return t[query.PromQL(e)] }

func (t told) At(e query.Expr, at time.Time, _ query.Binding) ([]query.Sample, error) {
	var list []query.Sample
	for _, s := range t.of(e) {
		for i := len(s.Points) - 1; i >= 0; i-- {
			if !s.Points[i].At.After(at) {
				list = append(list, query.Sample{Labels: s.Labels, Value: s.Points[i].Value})
				break
			}
		}
	}
	return list, nil
}

func (t told) Between(e query.Expr, from, to time.Time, step time.Duration, _ query.Binding) ([]query.Series, error) {
	var list []query.Series
	for _, s := range t.of(e) {
		sampled := query.Series{Labels: s.Labels}
		for at := from; !at.After(to); at = at.Add(step) {
			for i := len(s.Points) - 1; i >= 0; i-- {
				if p := s.Points[i]; !p.At.After(at) {
					if at.Sub(p.At) < 8*time.Hour {
						sampled.Points = append(sampled.Points, query.Point{At: at, Value: p.Value})
					}
					break
				}
			}
		}
		list = append(list, sampled)
	}
	return list, nil
}

// now has a series with one value.
func now(value float64, labels query.Labels) query.Series {
	return query.Series{Labels: labels, Points: []query.Point{{At: end, Value: value}}}
}

// over has a value every four hours of 28 days, NaN for none.
func over(labels query.Labels, value func(day float64) float64) query.Series {
	s := query.Series{Labels: labels}
	for n := range 28*6 + 1 {
		at := end.Add(-28*24*time.Hour + time.Duration(n)*4*time.Hour)
		if v := value(float64(n) / 6); !math.IsNaN(v) {
			s.Points = append(s.Points, query.Point{At: at, Value: v})
		}
	}
	return s
}

func to[T any](value T) *T { return &value }

// budgets are thresholds of what is left of a budget.
func budgets() *grafana.Thresholds {
	return &grafana.Thresholds{Mode: "absolute", Steps: []grafana.ThresholdStep{{Color: "#D55E00"}, {Color: "#E69F00", Value: to(1e-9)}, {Color: "#0072B2", Value: to(0.25)}}}
}

// asked is a target that asks for a metric by its name.
func asked(ref, metric, legend string, instant bool) grafana.Target {
	format := "time_series"
	if instant {
		format = "table"
	}
	return grafana.Target{RefID: ref, Expr: metric, Query: query.Metric(metric), Instant: instant, Range: !instant, Format: format, LegendFormat: legend}
}

// data are those of the dashboard of tests.
func data() told {
	gap := func(day float64) float64 {
		if day > 9 && day < 12 {
			return math.NaN()
		}
		return 1 - day/28*0.9
	}
	return told{
		"left":     {now(0.31416, query.Labels{"id": "checkout"}), now(-0.2, query.Labels{"id": "search"}), now(0.9, query.Labels{"id": "returns"})},
		"budget":   {over(query.Labels{"id": "checkout"}, gap), over(query.Labels{"id": "search"}, func(day float64) float64 { return 1 - day/20 })},
		"bad":      {over(query.Labels{"step": "pay"}, func(day float64) float64 { return 20 + 10*math.Sin(day) }), over(query.Labels{"step": "cart"}, func(day float64) float64 { return math.Floor(day) })},
		"state":    {over(query.Labels{"id": "checkout"}, func(day float64) float64 { return math.Floor(day/7) - 1 }), over(query.Labels{"id": "search"}, func(float64) float64 { return 1 })},
		"firing":   {over(query.Labels{"severity": "page"}, func(day float64) float64 { return to01(day > 4 && day < 6) })},
		"changed":  {over(query.Labels{"id": "checkout"}, func(float64) float64 { return float64(end.Add(-100 * time.Hour).UnixMilli()) })},
		"info":     {now(1, query.Labels{"id": "checkout", "owner": "payments", "dashboard": "d-2"}), now(1, query.Labels{"id": "search", "owner": "web & search", "dashboard": "d-9"})},
		"share":    {now(0.7, query.Labels{"cause": "pay"}), now(0.3, query.Labels{"cause": "cart"})},
		"seconds":  {now(86400*1.5, query.Labels{})},
		"watched":  {now(float64(end.Add(-90*time.Minute).UnixMilli()), query.Labels{})},
		"nothing":  nil,
		"journeys": {now(1, query.Labels{"journey": "checkout"}), now(1, query.Labels{"journey": "search"})},
	}
}

func to01(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// board2 is a dashboard with all types of panels, and another one that it leads to.
func files() []grafana.File {
	place := func(p *grafana.Panel, x, y, w, h int) *grafana.Panel {
		p.GridPos = grafana.GridPos{X: x, Y: y, W: w, H: h}
		return p
	}
	percent := func(d grafana.FieldDefaults) *grafana.FieldConfig {
		d.Unit = "percentunit"
		return &grafana.FieldConfig{Defaults: d}
	}
	last := grafana.Reduce{Calcs: []string{"lastNotNull"}}
	thresholds := &grafana.Color{Mode: "thresholds"}
	panels := []*grafana.Panel{
		place(&grafana.Panel{Type: grafana.TypeText, Options: grafana.TextOptions{Mode: "markdown", Content: "**What this shows**: the budget of $journey.\n\nWhen it is red: see [its steps](/d/d-2?var-x=1), [nothing](/d/unknown) or [the web](https://example.com/a).\n\n<script>alert(1)</script> ![picture](https://evil.example/x.png) [x](javascript:alert(1))"}}, 0, 0, 24, 4),
		place(&grafana.Panel{Type: grafana.TypeRow, Title: "Budgets"}, 0, 4, 24, 1),
		place(&grafana.Panel{
			Type: grafana.TypeStat, Title: "Left of the budget", Description: "What is left.", Targets: []grafana.Target{asked("A", "left", "{{id}}", true)},
			Options:     grafana.StatOptions{ReduceOptions: last, TextMode: "value_and_name", ColorMode: "background", Orientation: "auto"},
			FieldConfig: percent(grafana.FieldDefaults{Decimals: to(1), Thresholds: budgets(), Color: thresholds}),
		}, 0, 5, 12, 5),
		place(&grafana.Panel{
			Type: grafana.TypeStat, Title: "Nothing", Targets: []grafana.Target{asked("A", "nothing", "", true)}, Options: &grafana.StatOptions{ReduceOptions: last},
			FieldConfig: percent(grafana.FieldDefaults{NoValue: "not measured"}),
		}, 12, 5, 4, 5),
		place(&grafana.Panel{
			Type: grafana.TypeStat, Title: "Used up in", Targets: []grafana.Target{asked("A", "seconds", "", true)}, Options: grafana.StatOptions{ReduceOptions: last, ColorMode: "value"},
			FieldConfig: &grafana.FieldConfig{Defaults: grafana.FieldDefaults{Unit: "dtdurations", Decimals: to(1)}},
		}, 16, 5, 4, 5),
		place(&grafana.Panel{
			Type: grafana.TypeStat, Title: "Measured until", Targets: []grafana.Target{asked("A", "watched", "", true)}, Options: grafana.StatOptions{ReduceOptions: last, ColorMode: "value"},
			FieldConfig: &grafana.FieldConfig{Defaults: grafana.FieldDefaults{Unit: "dateTimeFromNow"}},
		}, 20, 5, 4, 5),
		place(&grafana.Panel{
			Type: grafana.TypeGraph, Title: "Budget over time", Targets: []grafana.Target{asked("A", "budget", "{{id}}", false)},
			Options: grafana.GraphOptions{Legend: grafana.Legend{ShowLegend: true, DisplayMode: "list", Placement: "bottom", Calcs: []string{"lastNotNull"}}},
			FieldConfig: &grafana.FieldConfig{
				Defaults: grafana.FieldDefaults{
					Unit: "percentunit", Thresholds: budgets(),
					Custom: &grafana.CustomField{LineWidth: 2, FillOpacity: 10, AxisSoftMax: to(1.0), AxisLabel: "left", ThresholdsStyle: &grafana.ThresholdsStyle{Mode: "dashed"}},
				},
				Overrides: []grafana.Override{{Matcher: grafana.FieldMatcher{ID: "byName", Options: "search"}, Properties: []grafana.Property{{ID: "color", Value: grafana.Color{Mode: "fixed", FixedColor: "#CC79A7"}}, {ID: "custom.lineStyle", Value: &grafana.LineStyle{Fill: "dash", Dash: []float64{6, 4}}}}}},
			},
		}, 0, 10, 12, 8),
		place(&grafana.Panel{
			Type: grafana.TypeGraph, Title: "Bad events", Targets: []grafana.Target{asked("A", "bad", "{{step}}", false)},
			Options:     grafana.GraphOptions{Legend: grafana.Legend{ShowLegend: true, Placement: "right"}},
			FieldConfig: &grafana.FieldConfig{Defaults: grafana.FieldDefaults{Unit: "short", Custom: &grafana.CustomField{DrawStyle: "bars", FillOpacity: 80, Stacking: &grafana.Stacking{Group: "A", Mode: "normal"}}}},
		}, 12, 10, 12, 8),
		place(&grafana.Panel{
			Type: grafana.TypeTable, Title: "Journeys", Targets: []grafana.Target{asked("A", "info", "", true), asked("B", "left", "", true)},
			Transformations: []grafana.Transformation{
				{ID: "merge", Options: grafana.MergeOptions{}},
				{ID: "organize", Options: grafana.OrganizeOptions{
					ExcludeByName: map[string]bool{"Time": true, "Value #A": true}, IndexByName: map[string]int{"id": 0, "Value #B": 1, "owner": 2}, RenameByName: map[string]string{"id": "Journey", "Value #B": "Left", "owner": "Owner"},
				}},
				{ID: "sortBy", Options: grafana.SortOptions{Sort: []grafana.SortRule{{Field: "Left"}}}},
			},
			Options: grafana.TableOptions{ShowHeader: true},
			FieldConfig: &grafana.FieldConfig{
				Defaults: grafana.FieldDefaults{NoValue: "–"},
				Overrides: []grafana.Override{
					{Matcher: grafana.FieldMatcher{ID: "byName", Options: "Left"}, Properties: []grafana.Property{{ID: "unit", Value: "percentunit"}, {ID: "thresholds", Value: budgets()}, {ID: "max", Value: 1}, {ID: "custom.cellOptions", Value: grafana.CellOptions{Type: "gauge", Mode: "basic"}}}},
					{Matcher: grafana.FieldMatcher{ID: "byRegexp", Options: "/^Jour/"}, Properties: []grafana.Property{{ID: "links", Value: []grafana.Link{{Title: "open", URL: "/d/${__data.fields.dashboard}?${__url_time_range}"}}}}},
					{Matcher: grafana.FieldMatcher{ID: "byName", Options: "dashboard"}, Properties: []grafana.Property{{ID: "custom.hidden", Value: true}}},
				},
			},
		}, 0, 18, 12, 7),
		place(&grafana.Panel{
			Type: grafana.TypeBars, Title: "What causes it", Targets: []grafana.Target{asked("A", "share", "{{cause}}", true)},
			Options:     grafana.BarsOptions{ReduceOptions: last, Orientation: "horizontal", ShowUnfilled: true},
			FieldConfig: percent(grafana.FieldDefaults{Min: to(0.0), Max: to(1.0), Color: &grafana.Color{Mode: "fixed", FixedColor: "#56B4E9"}}),
		}, 12, 18, 6, 7),
		place(&grafana.Panel{
			Type: grafana.TypeStateLine, Title: "States", Targets: []grafana.Target{asked("A", "state", "{{id}}", false)},
			Options: grafana.StateOptions{MergeValues: true, ShowValue: "auto", RowHeight: 0.8, Legend: grafana.Legend{ShowLegend: true}},
			FieldConfig: &grafana.FieldConfig{Defaults: grafana.FieldDefaults{Mappings: []grafana.Mapping{
				{Type: "value", Options: map[string]grafana.Mapped{"1": {Text: "healthy", Color: "#0072B2"}, "0": {Text: "at risk", Color: "#E69F00"}}},
				{Type: "range", Options: grafana.RangeMapping{To: to(-1e-9), Result: grafana.Mapped{Text: "spent", Color: "#D55E00"}}},
			}}},
		}, 18, 18, 6, 7),
	}
	for i, p := range panels {
		p.ID = i + 1
	}
	return []grafana.File{
		{Name: "overview", Folder: grafana.Folder{UID: "f-1", Title: "slojourn", Name: "slojourn"}, Dashboard: &grafana.Dashboard{
			UID: "d-1", Title: "Overview of $journey", Description: "All journeys.\nMade by slojourn.", Tags: []string{"slojourn"}, Timezone: "Asia/Tokyo", Time: grafana.TimeRange{From: "now-28d", To: "now"},
			Links: []grafana.Link{{Title: "Steps", Type: "link", URL: "/d/d-2"}, {Title: "Journeys", Type: "dashboards", Tags: []string{"slojourn"}}},
			Templating: grafana.Templating{List: []grafana.Variable{
				{Name: "datasource", Type: "datasource", Query: "prometheus"},
				{Name: "owner", Label: "Owner", Type: "query", IncludeAll: true, Multi: true, AllValue: ".*", Query: grafana.VariableQuery{Of: query.Metric("info"), Label: "owner"}},
				{Name: "journey", Label: "Journey", Type: "query", Query: grafana.VariableQuery{Of: query.Metric("journeys"), Label: "journey"}},
			}},
			Annotations: grafana.Annotations{List: []grafana.Annotation{
				{Name: "Alerts", Enable: true, IconColor: "#D55E00", Query: query.Metric("firing"), TitleFormat: "{{severity}} fires"},
				{Name: "Changes", Enable: true, IconColor: "#CC79A7", Query: query.Metric("changed"), UseValueForTime: true, TitleFormat: "{{id}} was changed"},
			}},
			Panels: panels,
		}},
		{Name: "journey.checkout", Folder: grafana.Folder{UID: "f-2", Title: "Payments", Name: "payments"}, Dashboard: &grafana.Dashboard{
			UID: "d-2", Title: "Checkout", Tags: []string{"slojourn"}, Time: grafana.TimeRange{From: "now-7d", To: "now"},
			Panels: []*grafana.Panel{place(&grafana.Panel{ID: 1, Type: grafana.TypeText, Title: "About", Options: grafana.TextOptions{Mode: "markdown", Content: "# Checkout\n\n- [Overview](/d/d-1)"}}, 0, 0, 24, 5)},
		}},
	}
}

func bookOf(t testing.TB, files []grafana.File, locale slo.Locale) *Book {
	t.Helper()
	b, err := New(files, Options{Locale: locale, At: end, Source: "ledger"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func pageOf(t *testing.T, b *Book, i int) []byte {
	t.Helper()
	page, err := b.Page(i, Data{data(), 4 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return page
}
