package slo_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
)

// TestResolveHistory follows what is written beside the SLI of an SLO, a step
// and a measured journey, and of others that write nothing.
func TestResolveHistory(t *testing.T) {
	t.Parallel()
	restart := func(reason string) *slo.HistoryDeclaration {
		return &slo.HistoryDeclaration{Mode: at(slo.Restart, 1), Reason: reason}
	}
	objectives := []slo.ObjectiveDeclaration{objective(t, "99%", "7d")}
	d := slo.Declarations{
		Teams:   []slo.TeamDeclaration{{Metadata: named("web", 1, "")}},
		Sources: []slo.SourceDeclaration{{Metadata: named("eu", 2, "")}},
		SLOs: []slo.SLODeclaration{
			{Metadata: named("mail", 3, "web"), SLI: sli(""), Objectives: objectives, History: restart("another provider")},
			{Metadata: named("print", 4, "web"), SLI: sli(""), Objectives: objectives, History: &slo.HistoryDeclaration{}},
		},
		Journeys: []slo.JourneyDeclaration{
			{
				Metadata: named("shop", 5, "web"), Objectives: objectives, Compose: at(slo.Measured, 5), SLI: sli(""), History: restart("the basket as well"),
				Steps: []slo.StepDeclaration{
					{Metadata: named("find", 6, ""), SLI: sli(""), History: restart("no health checks")},
					{Metadata: named("pay", 7, ""), SLI: sli("")},
				},
			},
			{
				Metadata: named("visit", 8, "web"), Objectives: objectives, Compose: at(slo.Measured, 8), SLI: sli(""),
				Steps: []slo.StepDeclaration{{Metadata: named("come", 9, ""), SLI: sli("")}},
			},
		},
	}
	set, findings := slo.Resolve(d, noKey)
	if findings.Failed() {
		t.Fatal(messages(findings))
	}
	got := map[string]slo.History{}
	for _, s := range set.Measured() {
		got[s.ID] = s.History
	}
	splice := slo.History{Mode: slo.Splice}
	want := map[string]slo.History{
		"mail":       {Mode: slo.Restart, Reason: "another provider"},
		"print":      splice,
		"shop":       {Mode: slo.Restart, Reason: "the basket as well"},
		"shop/find":  {Mode: slo.Restart, Reason: "no health checks"},
		"shop/pay":   splice,
		"visit":      splice,
		"visit/come": splice,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("histories (-want +got):\n%s", diff)
	}
}
