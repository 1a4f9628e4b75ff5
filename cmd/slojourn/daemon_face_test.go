package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"

	"github.com/slojourn/slojourn/exporters/prometheus"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/slo"
)

// TestPageOfView keeps one page for each view, and shows no older one.
func TestPageOfView(t *testing.T) {
	t.Parallel()
	viewOf := func(id string) *engine.View {
		return &engine.View{Set: &slo.Set{Journeys: []*slo.Journey{{ID: id, Steps: []slo.Step{{Name: "pay", SLO: &slo.SLO{ID: id + "/pay"}}}}}}}
	}
	var kept pages
	first, second := viewOf("first"), viewOf("second")
	page := kept.of(first)
	if kept.of(first) != page {
		t.Error("a view has two pages")
	}
	var text bytes.Buffer
	if err := kept.of(second).Write(&text, prometheus.Scrape{Format: expfmt.FmtText}); err != nil || !strings.Contains(text.String(), `{id="second/pay",`) {
		t.Errorf("the next view has the page %s, %v", &text, err)
	}
}
