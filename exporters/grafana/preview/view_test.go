package preview

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/slo"
)

// drawn draws a panel on the data of tests.
func drawn(t *testing.T, p *grafana.Panel) *drawing {
	t.Helper()
	list := files()
	b, err := bookOf(t, list, slo.English).board(list[0].Dashboard, Data{data(), 4 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	d, err := b.draw(p, 400, 200)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestAnEmptyNumber is as large as others, in the colour of what is not there.
func TestAnEmptyNumber(t *testing.T) {
	t.Parallel()
	p := &grafana.Panel{
		Type: grafana.TypeStat, Targets: []grafana.Target{asked("A", "nothing", "", true), asked("B", "nothing", "", true)}, Options: grafana.StatOptions{ColorMode: "background"},
		FieldConfig: &grafana.FieldConfig{Defaults: grafana.FieldDefaults{
			NoValue: "not known", Thresholds: budgets(), Mappings: []grafana.Mapping{{Type: "special", Options: grafana.SpecialMapping{Match: "null", Result: grafana.Mapped{Text: "not known", Color: "#8C8C8C"}}}},
		}},
	}
	var texts, fills []string
	for _, s := range drawn(t, p).Shapes {
		if s.Kind == "text" {
			texts = append(texts, s.Text)
		} else {
			fills = append(fills, s.Fill)
		}
	}
	if diff := cmp.Diff([][]string{{"not known"}, {"#8C8C8C"}}, [][]string{texts, fills}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestColorsOfLines has series in the colour of text, and thresholds that are said of what
// is below them.
func TestColorsOfLines(t *testing.T) {
	t.Parallel()
	step := func(color string, value float64) grafana.ThresholdStep {
		if math.IsInf(value, 0) {
			return grafana.ThresholdStep{Color: color}
		}
		return grafana.ThresholdStep{Color: color, Value: &value}
	}
	none := math.Inf(-1)
	for _, test := range []struct {
		steps []grafana.ThresholdStep
		want  []string
	}{
		{[]grafana.ThresholdStep{step("#111111", none), step("#222222", 0), step("transparent", 0.5)}, []string{"#111111", "#222222"}},
		{[]grafana.ThresholdStep{step("transparent", none), step("#222222", 0), step("#333333", 0.5)}, []string{"#222222", "#333333"}},
		{[]grafana.ThresholdStep{step("#111111", none), step("#222222", 0.5)}, []string{"#222222"}},
	} {
		p := &grafana.Panel{
			Type: grafana.TypeGraph, Targets: []grafana.Target{asked("A", "budget", "{{id}}", false)}, Options: grafana.GraphOptions{},
			FieldConfig: &grafana.FieldConfig{Defaults: grafana.FieldDefaults{
				Unit: "percentunit", Min: to(0.0), Max: to(1.0), Color: &grafana.Color{Mode: "fixed", FixedColor: "text"}, Thresholds: &grafana.Thresholds{Mode: "absolute", Steps: test.steps},
				Custom: &grafana.CustomField{LineWidth: 1, ThresholdsStyle: &grafana.ThresholdsStyle{Mode: "dashed"}},
			}},
		}
		var found []string
		lines := 0
		for _, s := range drawn(t, p).Shapes {
			switch {
			case s.Kind == "line" && s.Dash == "10 10":
				found = append(found, s.Stroke)
			case s.Kind == "path" && s.Stroke == ofText:
				lines++
			}
		}
		if diff := cmp.Diff(test.want, found); diff != "" || lines == 0 {
			t.Errorf("%v: %d lines are of the colour of text, thresholds (-want +got):\n%s", test.steps, lines, diff)
		}
	}
}

// TestLinks lead to pages of the book, as they are written for Grafana: with a slash before
// them in panels, and without one in texts.
func TestLinks(t *testing.T) {
	t.Parallel()
	b := bookOf(t, files(), slo.English)
	for url, want := range map[string]string{
		"/d/d-2?var-x=1": "journey.checkout.html", "d/d-2?var-x=1": "journey.checkout.html", "/d/d-1/overview": "overview.html", "d/unknown": "", "//d/d-2": "", "x/d/d-2": "",
		"https://d/d-2": "https://d/d-2", "javascript:d/d-2": "",
	} {
		if got := b.href(url); got != want {
			t.Errorf("%s leads to %q, want %q", url, got, want)
		}
	}
}

// TestZone has the times of a page in the zone that is asked for, which the page names.
func TestZone(t *testing.T) {
	t.Parallel()
	tokyo, err := slo.LoadTimeZone("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	list := files()
	b, err := New(list, Options{Locale: slo.English, At: end, Zone: tokyo, Source: "ledger"})
	if err != nil {
		t.Fatal(err)
	}
	board, err := b.board(list[1].Dashboard, Data{told{}, time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	v, err := board.view()
	if err != nil {
		t.Fatal(err)
	}
	if want := "22 Nov 2026 18:00 to 29 Nov 2026 18:00 (Asia/Tokyo)"; v.Span != want {
		t.Errorf("it shows %s, want %s", v.Span, want)
	}
	if want := "Preview with the data of ledger until 29 Nov 2026 18:00 Asia/Tokyo"; len(v.Note) < len(want) || v.Note[:len(want)] != want {
		t.Errorf("it says %s", v.Note)
	}
}
