package slo_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// TestDoubts are what specs are warned of, also about a set that is changed afterwards.
func TestDoubts(t *testing.T) {
	t.Parallel()
	with := func(target, window, alerts string) slo.ObjectiveDeclaration {
		o := objective(t, target, window)
		o.Alerts = at(alerts, 1)
		return o
	}
	single := func(name string, o slo.ObjectiveDeclaration) slo.SLODeclaration {
		return slo.SLODeclaration{Metadata: named(name, 1, "web"), SLI: sli("newrelic"), Objectives: []slo.ObjectiveDeclaration{o}}
	}
	step := slo.StepDeclaration{Metadata: named("pay", 1, ""), SLI: sli("newrelic"), Objectives: []slo.ObjectiveDeclaration{with("99.9%", "28d", "paging")}}
	set, findings := slo.Resolve(slo.Declarations{
		Teams:   []slo.TeamDeclaration{team("web")},
		Sources: []slo.SourceDeclaration{{Metadata: named("newrelic", 1, "")}},
		Policies: []slo.PolicyDeclaration{{
			Metadata: named("calm", 1, ""),
			Tiers:    []slo.Tier{{Severity: slo.Ticket, Budget: percent(t, "2%"), Long: 24 * time.Hour, Short: 2 * time.Hour}},
		}},
		Journeys: []slo.JourneyDeclaration{{
			Metadata: named("shop", 1, "web"), Objectives: []slo.ObjectiveDeclaration{with("99.95%", "28d", "paging")},
			Steps: []slo.StepDeclaration{step},
		}},
		SLOs: []slo.SLODeclaration{
			single("always", with("99%", "28d", "calm")), single("fine", with("99.9%", "28d", "paging")),
			single("never", with("90%", "28d", "paging")), single("short", with("99%", "1h", "paging")), single("silent", with("50%", "1h", "none")),
		},
	}, noKey)
	if findings.Failed() {
		t.Fatal(findings)
	}
	want := []slo.Doubt{
		{"always", "calm: the tier of 1d fires while the target is met: over 28d it fires above a burn rate of 0.56, and 1 just spends the budget"},
		{"never", "paging: the tier of 1h can never fire: it needs a burn rate above 13.44, and at a target of 90% everything failing burns at 10"},
		{"shop", "target 99.95% is above what the steps promise together: 99.9%"},
		{"short", "the alert policy paging looks back 3d, which is longer than the window of 1h"},
	}
	if diff := cmp.Diff(want, set.Doubts()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	warned := map[string]bool{}
	for _, d := range findings {
		if d.Severity == diag.Warning {
			warned[d.Message.String()] = true
		}
	}
	for _, doubt := range want {
		if !warned[strings.TrimPrefix(doubt.Message, "calm: ")] { // which stands in the policy
			t.Errorf("a spec is not warned that %s", doubt.Message)
		}
	}

	changed, err := slo.ParseTarget("99.9%")
	if err != nil {
		t.Fatal(err)
	}
	set.Journeys[0].Objectives[0].Target = changed
	for _, doubt := range set.Doubts() {
		if doubt.ID == "shop" {
			t.Errorf("the target is as the steps promise: %s", doubt.Message)
		}
	}
}
