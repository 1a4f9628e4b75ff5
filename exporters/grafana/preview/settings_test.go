package preview

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/slo"
)

// TestShown has thresholds, mappings and what stands where nothing is.
func TestShown(t *testing.T) {
	t.Parallel()
	left := grafana.FieldDefaults{Unit: "percentunit", Thresholds: budgets(), NoValue: "not measured"}
	words := grafana.FieldDefaults{
		NoValue: "–", Thresholds: budgets(),
		Mappings: []grafana.Mapping{
			{Type: "value", Options: map[string]grafana.Mapped{"1": {Text: "measured", Color: "#0072B2"}, "2": {Text: "partial"}, "payments": {Text: "Payments"}}},
			{Type: "range", Options: grafana.RangeMapping{From: to(10.0), To: to(20.0), Result: grafana.Mapped{Text: "teens", Color: "red"}}},
			{Type: "special", Options: grafana.SpecialMapping{Match: "null", Result: grafana.Mapped{Text: "nothing", Color: "#8C8C8C"}}},
		},
	}
	for _, test := range []struct {
		name  string
		of    grafana.FieldDefaults
		value float64
		want  shown
	}{
		{"below the first value", left, -0.2, shown{"-20%", "#D55E00", false}},
		{"at 0", left, 0, shown{"0%", "#D55E00", false}},
		{"just above", left, 1e-9, shown{"0.000000100%", "#E69F00", false}},
		{"at a threshold", left, 0.25, shown{"25%", "#0072B2", false}},
		{"no value", left, math.NaN(), shown{"not measured", "", false}},
		{"a mapped value", words, 1, shown{"measured", "#0072B2", true}},
		{"mapped without a colour", words, 2, shown{"partial", "#0072B2", true}},
		{"the border of a range", words, 20, shown{"teens", "#e02f44", true}},
		{"beyond a range", words, 20.5, shown{"20.5", "#0072B2", false}},
		{"a special mapping", words, math.NaN(), shown{"nothing", "#8C8C8C", true}},
		{"a fixed colour", grafana.FieldDefaults{Color: &grafana.Color{Mode: "fixed", FixedColor: "#CC79A7"}, Thresholds: budgets()}, 1, shown{"1", "#CC79A7", false}},
		{"the colour of the series", grafana.FieldDefaults{Color: &grafana.Color{Mode: "palette-classic"}, Thresholds: budgets()}, 1, shown{"1", "", false}},
		{"thresholds in percent", grafana.FieldDefaults{Min: to(10.0), Max: to(20.0), Thresholds: &grafana.Thresholds{Mode: "percentage", Steps: []grafana.ThresholdStep{{Color: "#111111"}, {Color: "#222222", Value: to(50.0)}}}}, 15, shown{"15", "#222222", false}},
		{"a colour that is none", grafana.FieldDefaults{Thresholds: &grafana.Thresholds{Steps: []grafana.ThresholdStep{{Color: "url(x)"}}}}, 1, shown{"1", "#8c8c8c", false}},
	} {
		s, err := settingsOf(&grafana.Panel{FieldConfig: &grafana.FieldConfig{Defaults: test.of}}, field{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, s.show(units{slo.English, end, time.UTC}, test.value)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	s, err := settingsOf(&grafana.Panel{FieldConfig: &grafana.FieldConfig{Defaults: words}}, field{})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"payments": "Payments", "orders": "orders", "": "–"} {
		if got := s.showText(text).Text; got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}

// TestOverrides replace what they name, the later ones what earlier ones did.
func TestOverrides(t *testing.T) {
	t.Parallel()
	override := func(id, options string, properties ...grafana.Property) grafana.Override {
		return grafana.Override{Matcher: grafana.FieldMatcher{ID: id, Options: options}, Properties: properties}
	}
	p := &grafana.Panel{FieldConfig: &grafana.FieldConfig{
		Defaults: grafana.FieldDefaults{Unit: "short", Custom: &grafana.CustomField{LineWidth: 2, FillOpacity: 10}},
		Overrides: []grafana.Override{
			override("byName", "left", grafana.Property{ID: "unit", Value: "percentunit"}, grafana.Property{ID: "custom.width", Value: 120}),
			override("byRegexp", "/^le/", grafana.Property{ID: "decimals", Value: 1}),
			override("byFrameRefID", "B", grafana.Property{ID: "custom.lineWidth", Value: 5}),
			override("byName", "left", grafana.Property{ID: "unit", Value: "s"}),
		},
	}}
	for _, test := range []struct {
		of   field
		want grafana.FieldDefaults
	}{
		{field{"left", "A"}, grafana.FieldDefaults{Unit: "s", Decimals: to(1), Custom: &grafana.CustomField{LineWidth: 2, FillOpacity: 10, Width: 120}}},
		{field{"length", "B"}, grafana.FieldDefaults{Unit: "short", Decimals: to(1), Custom: &grafana.CustomField{LineWidth: 5, FillOpacity: 10}}},
		{field{"Left", "A"}, grafana.FieldDefaults{Unit: "short", Custom: &grafana.CustomField{LineWidth: 2, FillOpacity: 10}}},
	} {
		got, err := settingsOf(p, test.of)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got.FieldDefaults); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.of, diff)
		}
	}
	for _, wrong := range []grafana.Override{override("byType", "number"), override("byRegexp", "(")} {
		if _, err := settingsOf(&grafana.Panel{FieldConfig: &grafana.FieldConfig{Overrides: []grafana.Override{wrong}}}, field{"a", "A"}); err == nil {
			t.Errorf("%v is not refused", wrong.Matcher)
		}
	}
}

// TestContrast has texts that can be read on what is behind them.
func TestContrast(t *testing.T) {
	t.Parallel()
	for ground, want := range map[string]string{"#0072B2": "#ffffff", "#D55E00": "#ffffff", "#E69F00": "#1b1f24", "#fff": "#1b1f24", "": "", "transparent": ""} {
		if got := contrast(ground); got != want {
			t.Errorf("on %q there is %q, want %q", ground, got, want)
		}
	}
}
