package simulator

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/newrelic/newrelic-client-go/v2/pkg/alerts"
	nrerrors "github.com/newrelic/newrelic-client-go/v2/pkg/errors"
)

func newAlerts(t *testing.T, s *Simulator) *alerts.Alerts {
	client := alerts.New(official(t, s))
	return &client
}

func TestPoliciesOfOfficialClient(t *testing.T) {
	t.Parallel()
	client := newAlerts(t, newControlled())
	created := must[*alerts.AlertsPolicy](t)(client.CreatePolicyMutation(shop, alerts.AlertsPolicyInput{Name: "Pay", IncidentPreference: "PER_POLICY"}))
	want := &alerts.AlertsPolicy{AccountID: shop, ID: "1", Name: "Pay", IncidentPreference: "PER_POLICY", EntityGuid: "N3xBSU9QU3xQT0xJQ1l8MQ"}
	if diff := cmp.Diff(want, created); diff != "" {
		t.Errorf("created (-want +got)\n%s", diff)
	}
	want.Name = "Pay and collect"
	updated := must[*alerts.AlertsPolicy](t)(client.UpdatePolicyMutation(shop, "1", alerts.AlertsPolicyUpdateInput{Name: want.Name}))
	if diff := cmp.Diff(want, updated); diff != "" {
		t.Errorf("updated (-want +got)\n%s", diff)
	}
	read := must[*alerts.AlertsPolicy](t)(client.QueryPolicy(shop, "1"))
	if diff := cmp.Diff(want, read); diff != "" {
		t.Errorf("read back (-want +got)\n%s", diff)
	}
	must[*alerts.AlertsPolicy](t)(client.DeletePolicyMutation(shop, "1"))
	_, err := client.QueryPolicy(shop, "1")
	if _, isNotFound := errors.AsType[*nrerrors.NotFound](err); !isNotFound {
		t.Errorf("a deleted policy is read with %v, want the client's NotFound", err)
	}
	_, err = client.DeletePolicyMutation(shop, "1")
	wantError(t, err, "Not Found")
	_, err = client.CreatePolicyMutation(other, alerts.AlertsPolicyInput{Name: "Pay", IncidentPreference: "PER_POLICY"})
	wantError(t, err, "You are not authorized to query account 8")
}

func TestPoliciesAreFoundPageByPage(t *testing.T) {
	t.Parallel()
	s := newControlled()
	client := newAlerts(t, s)
	const create = `mutation($name: String!) { alertsPolicyCreate(accountId: 7, policy: {name: $name, incidentPreference: PER_CONDITION}) { id } }`
	var names []string
	for i := range 2*pageSize + 1 {
		names = append(names, fmt.Sprintf("Policy %d", i))
		run(t, s, create, map[string]any{"name": names[i]})
	}
	for _, test := range []struct {
		name     string
		criteria alerts.AlertsPoliciesSearchCriteriaInput
		want     []string
	}{
		{"all, over three pages", alerts.AlertsPoliciesSearchCriteriaInput{}, names},
		{"by ids", alerts.AlertsPoliciesSearchCriteriaInput{IDs: []string{"3", "201", "999"}}, []string{"Policy 2", "Policy 200"}},
		{"by name", alerts.AlertsPoliciesSearchCriteriaInput{Name: "Policy 12"}, []string{"Policy 12"}},
		{"by a part of the name", alerts.AlertsPoliciesSearchCriteriaInput{NameLike: "POLICY 20"}, []string{"Policy 20", "Policy 200"}},
	} {
		var got []string
		for _, p := range must[[]*alerts.AlertsPolicy](t)(client.QueryPolicySearch(shop, test.criteria)) {
			got = append(got, p.Name)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, diff)
		}
	}
	const brief = `{ actor { account(id: 7) { alerts { policiesSearch(cursor: "MTAw", searchCriteria: {nameLike: "Policy 1"}) { totalCount nextCursor } } } } }`
	if got := run(t, s, brief, nil); got != `{"data":{"actor":{"account":{"alerts":{"policiesSearch":{"totalCount":111,"nextCursor":null}}}}}}` {
		t.Errorf("a page that is full and the last: %s", got)
	}
	const page = `query($at: String) { actor { account(id: 7) { alerts { policiesSearch(cursor: $at) { totalCount nextCursor } } } } }`
	answers(t, s, []mutationCase{
		{"first page", page, nil, `{"data":{"actor":{"account":{"alerts":{"policiesSearch":{"totalCount":201,"nextCursor":"MTAw"}}}}}}`},
		{"last page", page, map[string]any{"at": "MjAw"}, `{"data":{"actor":{"account":{"alerts":{"policiesSearch":{"totalCount":201,"nextCursor":null}}}}}}`},
		{
			"no cursor of ours", page,
			map[string]any{"at": "?"},
			`{"data":{"actor":{"account":{"alerts":{"policiesSearch":null}}}},"errors":[{"message":"Invalid cursor value",
				"path":["actor","account","alerts","policiesSearch"],"locations":[{"line":1,"column":56}],
				"extensions":{"errorClass":"BAD_USER_INPUT","errorCode":"BAD_USER_INPUT","code":"BAD_USER_INPUT"}}]}`,
		},
	})
}

func TestMutationDocuments(t *testing.T) {
	t.Parallel()
	const create = `mutation M($p: AlertsPolicyInput!) { alertsPolicyCreate(accountId: 7, policy: $p) { id } }`
	answers(t, newControlled(), []mutationCase{
		{
			"several in the order written, and one that fails",
			`mutation {
  a: alertsPolicyCreate(accountId: 7, policy: {name: "A", incidentPreference: PER_POLICY}) { id name }
  alertsPolicyDelete(accountId: 7, id: 9) { id }
  __typename
  b: alertsPolicyUpdate(accountId: 7, id: 1, policy: {name: "B"}) { id name incidentPreference }
}`, nil,
			`{"data":{"a":{"id":"1","name":"A"},"alertsPolicyDelete":null,"__typename":"RootMutationType",
				"b":{"id":"1","name":"B","incidentPreference":"PER_POLICY"}},
				"errors":[{"message":"Not Found","path":["alertsPolicyDelete"],"locations":[{"line":3,"column":3}],
				"extensions":{"errorClass":"BAD_USER_INPUT","errorCode":"BAD_USER_INPUT","code":"BAD_USER_INPUT"}}]}`,
		},
		{
			"what is wrong with the values", `mutation { alertsPolicyCreate(accountId: 7, policy: {name: " ", incidentPreference: PER_POLICY}) { id } }`, nil,
			`{"data":{"alertsPolicyCreate":null},"errors":[{"message":"Validation Error: name must not be empty","path":["alertsPolicyCreate"],
				"locations":[{"line":1,"column":12}],"extensions":{"errorClass":"BAD_USER_INPUT","errorCode":"BAD_USER_INPUT","code":"BAD_USER_INPUT",
				"validationErrors":[{"name":"name","reason":"must not be empty"}]}}]}`,
		},
		{
			"another account", `mutation { alertsPolicyDelete(accountId: 8, id: "1") { id } }`, nil,
			`{"data":{"alertsPolicyDelete":null},"errors":[{"message":"You are not authorized to query account 8","path":["alertsPolicyDelete"],
				"locations":[{"line":1,"column":12}],"extensions":{"errorClass":"FORBIDDEN","errorCode":"FORBIDDEN"}}]}`,
		},
		{
			"a literal that does not fit",
			`mutation { alertsPolicyCreate(accountId: 7, policy: {name: 1, incidentPreference: "PER_POLICY", colour: RED}) { id } }`, nil,
			`{"data":null,"errors":[{"message":"Argument \"policy\" has invalid value {name:1,incidentPreference:\"PER_POLICY\",colour:RED}: in field \"incidentPreference\": expected type AlertsIncidentPreference, one of PER_CONDITION, PER_CONDITION_AND_TARGET, PER_POLICY; in field \"name\": expected type String; in field \"colour\": unknown field of AlertsPolicyInput.","locations":[{"line":1,"column":53}]}]}`,
		},
		{
			"a variable that does not fit", create,
			map[string]any{"p": map[string]any{"incidentPreference": "OFTEN", "colour": nil}},
			`{"data":null,"errors":[
				{"message":"Variable \"$p\" got an invalid value: in field \"incidentPreference\": expected type AlertsIncidentPreference, one of PER_CONDITION, PER_CONDITION_AND_TARGET, PER_POLICY.","locations":[{"line":1,"column":12}]},
				{"message":"Variable \"$p\" got an invalid value: in field \"name\": expected type String!, found nothing.","locations":[{"line":1,"column":12}]},
				{"message":"Variable \"$p\" got an invalid value: in field \"colour\": unknown field of AlertsPolicyInput.","locations":[{"line":1,"column":12}]}]}`,
		},
		{
			"null where it cannot be", create,
			map[string]any{"p": map[string]any{"incidentPreference": nil, "name": nil}},
			`{"data":null,"errors":[
				{"message":"Variable \"$p\" got an invalid value: in field \"incidentPreference\": expected type AlertsIncidentPreference!, found null.","locations":[{"line":1,"column":12}]},
				{"message":"Variable \"$p\" got an invalid value: in field \"name\": expected type String!, found null.","locations":[{"line":1,"column":12}]}]}`,
		},
		{
			"an update that takes a name away", `mutation { alertsPolicyUpdate(accountId: 7, id: 1, policy: {name: null}) { id } }`, nil,
			`{"data":{"alertsPolicyUpdate":null},"errors":[{"message":"Validation Error: name is required","path":["alertsPolicyUpdate"],
				"locations":[{"line":1,"column":12}],"extensions":{"errorClass":"BAD_USER_INPUT","errorCode":"BAD_USER_INPUT","code":"BAD_USER_INPUT",
				"validationErrors":[{"name":"name","reason":"is required"}]}}]}`,
		},
		{
			"a variable inside of an update that is left out",
			`mutation($n: String) { alertsPolicyUpdate(accountId: 7, id: 1, policy: {name: $n}) { name } }`, nil,
			`{"data":{"alertsPolicyUpdate":{"name":"B"}}}`,
		},
		{
			"null in spite of a default, inside of a literal",
			`mutation($n: String = "x") { alertsPolicyCreate(accountId: 7, policy: {name: $n, incidentPreference: PER_POLICY}) { name } }`,
			map[string]any{"n": nil},
			`{"data":{"alertsPolicyCreate":null},"errors":[{"message":"Argument \"policy\" has invalid value: in field \"name\": expected type String!, found null.",
				"path":["alertsPolicyCreate"],"locations":[{"line":1,"column":30}],"extensions":{"errorClass":"INVALID_INPUT","errorCode":"INVALID_INPUT"}}]}`,
		},
		{
			"fields that conflict in every type", `{ actor { entity(guid: "x") { x: name x: guid } } }`, nil,
			`{"data":null,"errors":[{"message":"Fields \"x\" conflict: use different aliases.","locations":[{"line":1,"column":31},{"line":1,"column":39}]}]}`,
		},
		{
			"no object", create,
			map[string]any{"p": "A"},
			`{"data":null,"errors":[{"message":"Variable \"$p\" got an invalid value: expected type AlertsPolicyInput, an object.","locations":[{"line":1,"column":12}]}]}`,
		},
		{
			"variables inside of a literal",
			`mutation($n: String!, $i: ID) { alertsPolicyUpdate(accountId: 7, id: 1, policy: {name: $n, incidentPreference: $i}) { id } b: alertsPolicyDelete(accountId: 7, id: $x) { id } }`,
			map[string]any{"n": "x"},
			`{"data":null,"errors":[{"message":"Variable \"$i\" of type \"ID\" used in position expecting type \"AlertsIncidentPreference\".","locations":[{"line":1,"column":112}]},
				{"message":"Variable \"$x\" is not defined.","locations":[{"line":1,"column":164}]}]}`,
		},
		{
			"a variable in a list", `query($a: ID!, $b: [ID]) { actor { account(id: 7) { alerts {
  policiesSearch(searchCriteria: {ids: [$a]}) { totalCount } no: policiesSearch(searchCriteria: {ids: $b}) { totalCount } } } } }`,
			map[string]any{"a": 1},
			`{"data":null,"errors":[{"message":"Variable \"$b\" of type \"[ID]\" used in position expecting type \"[ID!]\".","locations":[{"line":2,"column":103}]}]}`,
		},
		{
			"one value for a list, and a variable left out", `query($name: String) { actor { account(id: 7) { alerts {
				policiesSearch(searchCriteria: {ids: 1, name: $name}) { totalCount policies { name entityGuid } } } } } }`, nil,
			`{"data":{"actor":{"account":{"alerts":{"policiesSearch":{"totalCount":1,"policies":[{"name":"B","entityGuid":"N3xBSU9QU3xQT0xJQ1l8MQ"}]}}}}}}`,
		},
		{
			"unknown and not simulated",
			`mutation { alertsPolicyClone(id: 1) { id } syntheticsCreateStepMonitor { id } nrqlCancelQuery { queryId } }`, nil,
			`{"data":null,"errors":[{"message":"Cannot query field \"alertsPolicyClone\" on type \"RootMutationType\".","locations":[{"line":1,"column":12}]},
				{"message":"slojourn simulator: the field RootMutationType.syntheticsCreateStepMonitor is not simulated","locations":[{"line":1,"column":44}]},
				{"message":"slojourn simulator: the field RootMutationType.nrqlCancelQuery is not simulated","locations":[{"line":1,"column":79}]}]}`,
		},
		{
			"conflicting fields below a mutation", `mutation { alertsPolicyDelete(accountId: 7, id: 1) { id } alertsPolicyDelete(accountId: 7, id: 2) { id } }`, nil,
			`{"data":null,"errors":[{"message":"Fields \"alertsPolicyDelete\" conflict: use different aliases.","locations":[{"line":1,"column":12},{"line":1,"column":59}]}]}`,
		},
		{
			"conflicting fields below an answer",
			`mutation { alertsPolicyUpdate(accountId: 7, id: 1, policy: {name: "C"}) { x: id x: name } }`, nil,
			`{"data":null,"errors":[{"message":"Fields \"x\" conflict: use different aliases.","locations":[{"line":1,"column":75},{"line":1,"column":81}]}]}`,
		},
		{
			"nothing changed by documents that were refused", `{ actor { account(id: 7) { alerts { policiesSearch { policies { id name } } } } } }`, nil,
			`{"data":{"actor":{"account":{"alerts":{"policiesSearch":{"policies":[{"id":"1","name":"B"}]}}}}}}`,
		},
	})
}
