// The race detector has nothing to find here, and compiling Prometheus for it takes minutes.

//go:build !race

package rules

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/template"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/hostile"
)

// expand has Prometheus expand a template. Every question has the answer 21.5.
func expand(t *testing.T, text string) string {
	t.Helper()
	ask := func(context.Context, string, time.Time) (promql.Vector, error) {
		return promql.Vector{{F: 21.5}}, nil
	}
	got, err := template.NewTemplateExpander(t.Context(), text, "test", nil, model.Time(0), ask, &url.URL{}, nil).Expand()
	if err != nil {
		t.Errorf("%q: %v", text, err)
	}
	return got
}

// TestTemplates has everything that specs say do nothing in a template, and come out
// as the tests of the rules expect.
func TestTemplates(t *testing.T) {
	t.Parallel()
	target, err := slo.ParseTarget("99.9%")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range hostile.Texts() {
		about := slo.About{Title: text, Owner: "team", Description: text, WhenSpent: text, Links: []slo.Link{{Title: text, URL: "https://example.com/{{ .Secret }}"}}, Runbook: text}
		o := &slo.SLO{ID: "shop", Kind: slo.KindSLO, About: about, Objectives: []slo.Objective{
			{Name: "28d", Target: target, Window: slo.Rolling(28 * 24 * 60), Alerts: slo.BuiltInPolicies()[0]},
		}}
		set := &slo.Set{SLOs: []*slo.SLO{o}, Teams: []*slo.Team{{Name: "team", Title: text, Contact: text}}}
		m := maker{set: set, subjects: alert.SubjectsOf(set)}
		kinds := 0
		for _, j := range m.alerts(&subject{id: o.ID, about: about, objectives: o.Objectives, slo: o}) {
			shown := shownOf{budget: "2150%", burn: map[string]string{}}
			for _, window := range j.windows() {
				shown.burn[window] = "21.5"
			}
			wanted := j.annotations(j.burnByMetrics, &shown)
			for annotation, template := range j.annotations(j.burnByMetrics, nil) {
				kinds++
				got, want := expand(t, template), wanted[annotation]
				if got != want {
					t.Errorf("%s, %s of %s: %.200q, want %.200q", name, annotation, j.Kind, got, want)
				}
				if strings.Contains(got, hostile.Key) {
					t.Errorf("%s, %s of %s has the key: %s", name, annotation, j.Kind, got)
				}
			}
		}
		if kinds < 10 {
			t.Errorf("%s: only %d annotations", name, kinds)
		}
		text = cut(text, 2*mostText)
		if got := expand(t, escape(text)); got != text {
			t.Errorf("%s: %.200q, want %.200q", name, got, text)
		}
	}
	for _, text := range []string{"{", "%{", "{%{", "%{{ .x }}", "{{{", "a{"} {
		if got := expand(t, escape(text)+`{{ "b" }}`); got != text+"b" {
			t.Errorf("%q and b: %q", text, got)
		}
	}
	if got := expand(t, "{{ with query \"up\" }}{{ . | first | value | printf \"%.4g\" }}{{ end }}"); got != fmt.Sprint(21.5) {
		t.Errorf("expand answers %q: this proves nothing", got)
	}
}
