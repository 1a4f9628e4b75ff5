package engine_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
)

// TestEvaluateRefuses leaves out what cannot be computed, with a reason for
// each, and measures the rest.
func TestEvaluateRefuses(t *testing.T) {
	t.Parallel()
	source := &slo.Source{Name: "s"}
	changed := func(id string, change func(*slo.SLO)) *slo.SLO {
		s := sloOn(t, id, slo.KindSLO, source, "Transaction")
		s.About.Owner = "web"
		change(s)
		return s
	}
	text := diag.PlainText("sum(items)", "f", diag.Position{Line: 1, Column: 1})
	plain := changed("plain", func(*slo.SLO) {})
	sliced := changed("slices", func(s *slo.SLO) { s.SLI.Slice = &slo.Slice{} })
	set := &slo.Set{
		SLOs: []*slo.SLO{
			plain,
			changed("queries", func(s *slo.SLO) { s.SLI.Queries = &slo.Queries{} }), sliced,
			changed("sum", func(s *slo.SLO) { s.SLI.Count = text }),
		},
		Journeys: []*slo.Journey{
			{ID: "j-plain", Compose: slo.Series, Objectives: plain.Objectives, Steps: []slo.Step{{Name: "a", SLO: plain}}},
			{ID: "j-slices", Compose: slo.Series, Steps: []slo.Step{{Name: "a", SLO: sliced}}},
			{ID: "j-sum", Compose: slo.Measured, SLI: &slo.SLI{Count: text}, Source: source, Steps: []slo.Step{{Name: "a", SLO: plain}}},
		},
	}
	fake := &perMinute{first: nowMinute - 10_000, counts: slo.Counts{Total: 100, Bad: 1}}
	now := nowMinute.Time()
	snapshot := engine.Evaluate(t.Context(), set, map[string]sources.Source{"s": fake}, now, now)
	var measured []string
	for _, s := range snapshot.Statuses {
		for _, o := range s.Objectives {
			measured = append(measured, s.ID+" "+o.Name)
		}
	}
	if diff := cmp.Diff([]string{"j-plain 1d", "plain 1d"}, measured); diff != "" {
		t.Errorf("measured (-want +got):\n%s", diff)
	}
	var refused []string
	for _, f := range snapshot.Failures {
		refused = append(refused, f.ID)
		if !strings.Contains(f.Message, "this version") {
			t.Errorf("%s: %q does not say that it is this version that cannot", f.ID, f.Message)
		}
	}
	if diff := cmp.Diff([]string{"j-slices", "j-sum", "queries", "slices", "sum"}, refused); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	if i := slices.IndexFunc(snapshot.Failures, func(f burnrate.Failure) bool { return f.ID == "j-slices" }); snapshot.Failures[i].Message !=
		"its step a is not measured: SLIs of slices cannot be measured by this version" {
		t.Errorf("got %q, want the reason of the step", snapshot.Failures[i].Message)
	}
}
