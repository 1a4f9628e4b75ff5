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

// TestPageOfView keeps one page for each view, and shows no older one: a view is read
// while no other scrape can show a newer one.
func TestPageOfView(t *testing.T) {
	t.Parallel()
	var kept pages
	viewOf := func(id string) func() *engine.View {
		view := &engine.View{Set: &slo.Set{Journeys: []*slo.Journey{{ID: id, Steps: []slo.Step{{Name: "pay", SLO: &slo.SLO{ID: id + "/pay"}}}}}}}
		return func() *engine.View {
			if kept.mutex.TryLock() {
				t.Error("the view is read out of turn")
				kept.mutex.Unlock()
			}
			return view
		}
	}
	if kept.of(func() *engine.View { return nil }) != nil {
		t.Error("there is a page before there is a view")
	}
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
