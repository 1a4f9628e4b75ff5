package simulator

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/newrelic/newrelic-client-go/v2/pkg/alerts"
)

// withConditions returns a simulator with a policy, 1, and two conditions, 2
// and 3.
func withConditions(t *testing.T) *Simulator {
	t.Helper()
	s := withPolicy(t)
	run(t, s, staticCreate, staticInput(map[string]any{"name": "1 h at 14.4"}))
	run(t, s, staticCreate, staticInput(map[string]any{"name": "5 min at 14.4"}))
	return s
}

func TestCompoundConditionsOfOfficialClient(t *testing.T) {
	t.Parallel()
	s := withConditions(t)
	client := newAlerts(t, s)
	must := must[*alerts.CompoundCondition](t)
	parts := []alerts.ComponentConditionInput{{ID: "2", Alias: "long"}, {ID: "3", Alias: "short"}}
	created := must(client.CreateCompoundCondition(shop, "1", alerts.CompoundConditionCreateInput{
		Name: "Fast burn", Enabled: true, ComponentConditions: parts, TriggerExpression: "long AND short",
		FacetMatchingBehavior: new("FACETS_MATCH"), ThresholdDuration: new(120), Description: new("both windows"),
	}))
	want := &alerts.CompoundCondition{
		ID: "4", PolicyID: "1", Name: "Fast burn", Enabled: true, EntityGuid: guidOf(shop, "AIOPS", "CONDITION", "4"), TriggerExpression: "long AND short",
		ComponentConditions:   []alerts.ComponentCondition{{ID: "2", Alias: "long"}, {ID: "3", Alias: "short"}},
		FacetMatchingBehavior: "FACETS_MATCH", ThresholdDuration: 120, Description: "both windows",
	}
	if diff := cmp.Diff(want, created); diff != "" {
		t.Errorf("created (-want +got)\n%s", diff)
	}
	want.Name, want.TriggerExpression = "Any burn", "NOT (long OR short)"
	updated := must(client.UpdateCompoundCondition(shop, "4", alerts.CompoundConditionUpdateInput{Name: new("Any burn"), TriggerExpression: new("NOT (long OR short)")}))
	if diff := cmp.Diff(want, updated); diff != "" {
		t.Errorf("updated (-want +got)\n%s", diff)
	}
	for _, filter := range []*alerts.AlertsCompoundConditionFilterInput{
		nil, {Id: &alerts.AlertsCompoundConditionIDFilter{Eq: new("4")}}, {Id: &alerts.AlertsCompoundConditionIDFilter{In: []string{"9", "4"}}},
	} {
		found, err := client.SearchCompoundConditions(shop, filter, []alerts.AlertsCompoundConditionSortInput{{Key: "ID", Direction: "ASCENDING"}}, nil)
		if diff := cmp.Diff([]*alerts.CompoundCondition{want}, found); diff != "" || err != nil {
			t.Errorf("%v: found %v (-want +got)\n%s", filter, err, diff)
		}
	}
	_, err := client.SearchCompoundConditions(shop, nil, []alerts.AlertsCompoundConditionSortInput{{Key: "NAME", Direction: "ASCENDING"}}, nil)
	wantError(t, err, "any order but the ascending one of ID is not simulated")
	if id, err := client.DeleteCompoundCondition(shop, "4"); id != "4" || err != nil {
		t.Errorf("deleted %q, %v", id, err)
	}
	_, err = client.DeleteCompoundCondition(shop, "4")
	wantError(t, err, "Not Found")
	found, err := client.SearchCompoundConditions(shop, nil, nil, nil)
	if err != nil || len(found) != 0 {
		t.Errorf("a deleted condition is found: %v, %v", found, err)
	}
}

func TestCompoundConditionsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := withConditions(t)
	const create = `mutation($p: ID!, $c: AlertsCompoundConditionInput!) { alertsCompoundConditionCreate(accountId: 7, policyId: $p, compoundAlertCondition: $c) { id } }`
	part := func(id, alias string) any { return map[string]any{"id": id, "alias": alias} }
	parts := func(list ...any) map[string]any {
		return map[string]any{"componentConditions": append([]any{}, list...)}
	}
	trigger := func(text string) map[string]any { return map[string]any{"triggerExpression": text} }
	for _, test := range []struct {
		change map[string]any
		want   string
	}{
		{nil, ""},
		{map[string]any{"name": ""}, "name must not be empty"},
		{parts(), "componentConditions must not be empty"},
		{parts(slices.Repeat([]any{part("2", "a")}, 6)...), "componentConditions must have at most 5 entries"},
		{parts(part("2", "a"), part("9", "b")), "componentConditions.1.id is not a NRQL condition of the account"},
		{parts(part("2", "a"), part("3", "a")), "componentConditions.1.alias is a a second time"},
		{parts(part("2", "not"), part("3", "b")), `componentConditions.0.alias is "not", which is not a name`},
		{parts(part("2", "a b"), part("3", "b")), `componentConditions.0.alias is "a b", which is not a name`},
		{trigger("a or not (b and a)"), ""},
		{trigger("(a AND b) OR NOT NOT a"), ""},
		{trigger(" "), "triggerExpression must not be empty"},
		{trigger("a AND c"), `triggerExpression has "c" where one of a, b has to stand`},
		{trigger("a AND"), "triggerExpression ends where one of a, b has to stand"},
		{trigger("a b"), `triggerExpression has "b" where AND or OR has to stand`},
		{trigger("(a AND b"), "triggerExpression has a bracket that is not closed"},
		{trigger("a AND b)"), `triggerExpression has ")" where AND or OR has to stand`},
		{trigger("()"), `triggerExpression has ")" where one of a, b has to stand`},
	} {
		condition := map[string]any{"name": "Burn", "enabled": true, "componentConditions": []any{part("2", "a"), part("3", "b")}, "triggerExpression": "a AND b"}
		if got := validationErrors(t, run(t, s, create, map[string]any{"p": "1", "c": merged(condition, test.change)})); got != test.want {
			t.Errorf("%v: got %q, want %q", test.change, got, test.want)
		}
	}
	condition := map[string]any{"name": "Burn", "enabled": true, "componentConditions": []any{part("2", "a")}, "triggerExpression": "a"}
	if got, want := validationErrors(t, run(t, s, create, map[string]any{"p": "9", "c": condition})), "policyId is not a policy of the account"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
