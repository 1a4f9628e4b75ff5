package simulator

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDeploymentsOfOfficialClient(t *testing.T) {
	t.Parallel()
	create := clientText(t, "changetracking/changetracking_api.go", "ChangeTrackingCreateDeploymentMutation")
	const fields = `"changelog":null,"commit":"0a1b","deepLink":null,"deploymentId":"1","deploymentType":"BASIC","description":"objective loosened",
		"entityGuid":"N3xBUE18QVBQTElDQVRJT058NTU","groupId":null,"timestamp":1700006400000,"user":"pay","version":"2"`
	deployment := func(changes map[string]any) map[string]any {
		given := map[string]any{
			"entityGuid": payApplication, "version": "2", "commit": "0a1b", "description": "objective loosened", "user": "pay", "timestamp": 1700006400000,
		}
		return map[string]any{"deployment": merged(given, changes), "dataHandlingRules": map[string]any{"validationFlags": []string{"FAIL_ON_FIELD_LENGTH"}}}
	}
	s := newControlled()
	answers(t, s, []mutationCase{
		{"created", create, deployment(nil), `{"data":{"changeTrackingCreateDeployment":{` + fields + `}}}`},
		{
			"read back", `query($g: EntityGuid!) { actor { entity(guid: $g) { deploymentSearch { results { changelog commit deepLink deploymentId
				deploymentType description entityGuid groupId timestamp user version } } } } }`,
			map[string]any{"g": payApplication},
			`{"data":{"actor":{"entity":{"deploymentSearch":{"results":[{` + fields + `}]}}}}}`,
		},
		{
			"of another entity", `query($g: EntityGuid!) { actor { entity(guid: $g) { deploymentSearch { results { version } } } } }`,
			map[string]any{"g": guidOf(shop, "APM", "APPLICATION", "56")},
			`{"data":{"actor":{"entity":{"deploymentSearch":{"results":[]}}}}}`,
		},
		{
			"now, unless a time is given", `mutation($deployment: ChangeTrackingDeploymentInput!) { changeTrackingCreateDeployment(deployment: $deployment) { deploymentId timestamp } }`,
			deployment(map[string]any{"timestamp": nil}),
			`{"data":{"changeTrackingCreateDeployment":{"deploymentId":"2","timestamp":` + strconv.FormatInt(now, 10) + `}}}`,
		},
	})
	for _, test := range []struct {
		change map[string]any
		want   string
	}{
		{map[string]any{"version": " "}, "version must not be empty"},
		{map[string]any{"entityGuid": "x"}, "entityGuid is not the GUID of an entity"},
		{map[string]any{"entityGuid": foreignApplication}, "You are not authorized to query account 8"},
		{map[string]any{"entityGuid": guidOf(shop, "VIZ", "DASHBOARD", "1")}, "Not Found"},
		{map[string]any{"timestamp": -1}, `Variable "$deployment" got an invalid value: in field "timestamp": expected type EpochMilliseconds.`},
	} {
		if got := validationErrors(t, run(t, s, create, deployment(test.change))); got != test.want {
			t.Errorf("%v: got %q, want %q", test.change, got, test.want)
		}
	}
}

func TestChangeEventsOfOfficialClient(t *testing.T) {
	t.Parallel()
	create := clientText(t, "changetracking/changetracking_api.go", "ChangeTrackingCreateEventMutation")
	s := newControlled()
	event := func(changes map[string]any) map[string]any {
		given := map[string]any{
			"entitySearch":     map[string]any{"query": "id = '" + payApplication + "'"},
			"shortDescription": "objective loosened", "timestamp": 1700006400000,
			"customAttributes":    map[string]any{"b": 1.5, "a": []any{true, nil}},
			"categoryAndTypeData": map[string]any{"kind": map[string]any{"category": "OPERATIONAL", "type": "OTHER"}},
		}
		return map[string]any{"changeTrackingEvent": merged(given, changes), "dataHandlingRules": map[string]any{}}
	}
	kind := func(category, changeType string, fields map[string]any) map[string]any {
		return map[string]any{"categoryAndTypeData": map[string]any{
			"kind": map[string]any{"category": category, "type": changeType}, "categoryFields": fields,
		}}
	}
	const entity = `"entity":{"__typename":"ApmApplicationEntityOutline","accountId":7,"alertSeverity":null,"domain":"APM","entityType":null,
		"firstIndexedAt":null,"guid":"N3xBUE18QVBQTElDQVRJT058NTU","indexedAt":null,"lastReportingChangeAt":null,"name":null,"permalink":null,
		"reporting":null,"type":"APPLICATION","applicationId":null,"language":null},`
	const rest = `"groupId":null,"shortDescription":"objective loosened","timestamp":1700006400000,`
	for _, test := range []struct {
		name   string
		change map[string]any
		want   string
	}{
		{
			"any change", nil,
			`"__typename":"ChangeTrackingGenericEvent","category":"OPERATIONAL","categoryAndType":"OPERATIONAL__OTHER","changeTrackingId":"1",
				"customAttributes":{"a":[true,null],"b":1.5},"description":null,` + entity + rest + `"type":"OTHER","user":null`,
		},
		{
			"a deployment", kind("DEPLOYMENT", "CANARY", map[string]any{"deployment": map[string]any{"version": "2", "commit": "0a1b"}}),
			`"__typename":"ChangeTrackingDeploymentEvent","category":"DEPLOYMENT","categoryAndType":"DEPLOYMENT__CANARY","changeTrackingId":"2",
				"customAttributes":{"a":[true,null],"b":1.5},"description":null,` + entity + rest + `"type":"CANARY","user":null,
				"changelog":null,"commit":"0a1b","deepLink":null,"version":"2"`,
		},
		{
			"a feature flag", kind("FEATURE_FLAG", "BASIC", map[string]any{"featureFlag": map[string]any{"featureFlagId": "qr"}}),
			`"__typename":"ChangeTrackingFeatureFlagEvent","category":"FEATURE_FLAG","categoryAndType":"FEATURE_FLAG__BASIC","changeTrackingId":"3",
				"customAttributes":{"a":[true,null],"b":1.5},"description":null,` + entity + rest + `"type":"BASIC","user":null,"featureFlagId":"qr"`,
		},
	} {
		want := compact(t, `{"data":{"changeTrackingCreateEvent":{"changeTrackingEvent":{`+test.want+`},"messages":[]}}}`)
		if diff := cmp.Diff(want, run(t, s, create, event(test.change))); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, diff)
		}
	}
	custom := event(kind("SLO", "LOOSENED", nil))
	for _, test := range []struct {
		variables map[string]any
		want      string
	}{
		{custom, "categoryAndTypeData.kind is unknown, and ALLOW_CUSTOM_CATEGORY_OR_TYPE is not set"},
		{merged(custom, map[string]any{"dataHandlingRules": map[string]any{"validationFlags": []any{"ALLOW_CUSTOM_CATEGORY_OR_TYPE"}}}), ""},
		{event(kind("DEPLOYMENT", "BASIC", nil)), "categoryAndTypeData.categoryFields.deployment is required for the category DEPLOYMENT"},
		{
			event(kind("FEATURE_FLAG", "BASIC", map[string]any{"featureFlag": map[string]any{"featureFlagId": ""}})),
			"categoryAndTypeData.categoryFields.featureFlag.featureFlagId must not be empty",
		},
		{
			event(map[string]any{"entitySearch": map[string]any{"query": "name = 'pay'"}}),
			"slojourn simulator: a search for entities other than id = 'GUID' is not simulated",
		},
		{event(map[string]any{"entitySearch": map[string]any{"query": "id = '" + foreignApplication + "'"}}), "You are not authorized to query account 8"},
		{event(map[string]any{"customAttributes": "a"}), `Variable "$changeTrackingEvent" got an invalid value: in field "customAttributes": expected type ChangeTrackingRawCustomAttributesMap.`},
	} {
		if got := validationErrors(t, run(t, s, create, test.variables)); got != test.want {
			t.Errorf("%v: got %q, want %q", test.variables, got, test.want)
		}
	}
}
