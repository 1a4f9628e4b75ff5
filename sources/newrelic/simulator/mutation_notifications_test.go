package simulator

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/newrelic/newrelic-client-go/v2/pkg/ai"
	"github.com/newrelic/newrelic-client-go/v2/pkg/notifications"
	"github.com/newrelic/newrelic-client-go/v2/pkg/nrtime"
)

func properties(pairs ...string) []notifications.AiNotificationsPropertyInput {
	var list []notifications.AiNotificationsPropertyInput
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, notifications.AiNotificationsPropertyInput{Key: pairs[i], Value: pairs[i+1]})
	}
	return list
}

func TestNotificationsOfOfficialClient(t *testing.T) {
	t.Parallel()
	client := notifications.New(official(t, newControlled()))
	account := new(shop)
	at := nrtime.DateTime(dateTime(clock()))
	type destination = notifications.AiNotificationsDestination

	response, err := client.AiNotificationsCreateDestination(account, notifications.AiNotificationsDestinationInput{
		Name: "Pager", Type: "WEBHOOK", Properties: properties("url", "https://example.com/hook"),
		Auth: &notifications.AiNotificationsCredentialsInput{Type: "BASIC", Basic: notifications.AiNotificationsBasicAuthInput{User: "pay", Password: "secret"}},
	}, nil)
	if err != nil || len(response.Errors) > 0 {
		t.Fatalf("%v, %+v", err, response)
	}
	want := destination{
		ID: "1", AccountID: shop, GUID: notifications.EntityGUID(guidOf(shop, "AIOPS", "DESTINATION", "1")), Name: "Pager", Type: "WEBHOOK", Active: true, Status: "DEFAULT",
		Auth: ai.AiNotificationsAuth{AuthType: "BASIC", User: "pay"}, Properties: []notifications.AiNotificationsProperty{{Key: "url", Value: "https://example.com/hook"}},
		Scope: notifications.AiNotificationsEntityScope{ID: "7", Type: "ACCOUNT"}, CreatedAt: at, UpdatedAt: at, UpdatedBy: 1,
	}
	if diff := cmp.Diff(want, response.Destination); diff != "" {
		t.Errorf("created (-want +got)\n%s", diff)
	}
	scope := &notifications.AiNotificationsEntityScopeInput{Type: "ACCOUNT", ID: "7"}
	response, err = client.AiNotificationsUpdateDestination(nil, notifications.AiNotificationsDestinationUpdate{
		Name: "Night pager", Auth: &notifications.AiNotificationsCredentialsInput{Type: "TOKEN", Token: notifications.AiNotificationsTokenAuthInput{Prefix: "Bearer", Token: "secret"}},
	}, "1", scope)
	want.Name, want.Auth = "Night pager", ai.AiNotificationsAuth{AuthType: "TOKEN", Prefix: "Bearer"}
	if diff := cmp.Diff(want, response.Destination); diff != "" || err != nil {
		t.Errorf("updated %v (-want +got)\n%s", err, diff)
	}
	response, err = client.AiNotificationsUpdateDestination(account, notifications.AiNotificationsDestinationUpdate{DisableAuth: true}, "1", nil)
	want.Auth = ai.AiNotificationsAuth{}
	if diff := cmp.Diff(want, response.Destination); diff != "" || err != nil {
		t.Errorf("without authentication %v (-want +got)\n%s", err, diff)
	}
	for _, filter := range []*ai.AiNotificationsDestinationFilter{nil, {ID: "1"}, {Name: "PAGER"}, {ExactName: "Night pager"}} {
		found, err := client.GetDestinationsAccount(shop, nil, filter, nil)
		if err != nil || found.TotalCount != 1 || cmp.Diff([]destination{want}, found.Entities) != "" {
			t.Errorf("%+v: found %+v, %v", filter, found, err)
		}
	}
	if found, err := client.GetDestinationsAccount(shop, nil, &ai.AiNotificationsDestinationFilter{ExactName: "pager"}, nil); err != nil || found.TotalCount != 0 {
		t.Errorf("by another exact name: found %+v, %v", found, err)
	}

	made, err := client.AiNotificationsCreateChannel(shop, notifications.AiNotificationsChannelInput{
		Name: "Payments", Type: "WEBHOOK", DestinationId: "1", Product: "IINT", Properties: properties("payload", "{}"),
	})
	channel := notifications.AiNotificationsChannel{
		ID: "2", AccountID: shop, Name: "Payments", Type: "WEBHOOK", DestinationId: "1", Product: "IINT", Active: true, Status: "DEFAULT",
		Properties: []notifications.AiNotificationsProperty{{Key: "payload", Value: "{}"}}, CreatedAt: at, UpdatedAt: at, UpdatedBy: 1,
	}
	if diff := cmp.Diff(channel, made.Channel); diff != "" || err != nil || len(made.Errors) > 0 {
		t.Errorf("channel %v %v (-want +got)\n%s", err, made.Errors, diff)
	}
	made, err = client.AiNotificationsUpdateChannel(shop, notifications.AiNotificationsChannelUpdate{Name: "Pay", Properties: properties("payload", "[]")}, "2")
	channel.Name, channel.Properties[0].Value = "Pay", "[]"
	if diff := cmp.Diff(channel, made.Channel); diff != "" || err != nil {
		t.Errorf("updated channel %v (-want +got)\n%s", err, diff)
	}
	listed, err := client.GetChannels(shop, nil, &ai.AiNotificationsChannelFilter{ID: "2"}, nil)
	if diff := cmp.Diff([]notifications.AiNotificationsChannel{channel}, listed.Entities); diff != "" || err != nil {
		t.Errorf("listed channels %v (-want +got)\n%s", err, diff)
	}

	for _, step := range []struct {
		name   string
		delete func() (*notifications.AiNotificationsDeleteResponse, error)
		ids    string
		failed ai.AiNotificationsResponseError
	}{
		{"a destination with a channel", func() (*notifications.AiNotificationsDeleteResponse, error) {
			return client.AiNotificationsDeleteDestination(account, "1", nil)
		}, "", failedWith("ENTITY_IN_USE", "It is used by something else")},
		{"a channel", func() (*notifications.AiNotificationsDeleteResponse, error) {
			return client.AiNotificationsDeleteChannel(shop, "2")
		}, "2", ai.AiNotificationsResponseError{}},
		{"a channel that is gone", func() (*notifications.AiNotificationsDeleteResponse, error) {
			return client.AiNotificationsDeleteChannel(shop, "2")
		}, "", failedWith("INVALID_PARAMETER", "Not Found")},
		{"the destination", func() (*notifications.AiNotificationsDeleteResponse, error) {
			return client.AiNotificationsDeleteDestination(nil, "1", scope)
		}, "1", ai.AiNotificationsResponseError{}},
	} {
		got, err := step.delete()
		if err != nil || strings.Join(got.IDs, " ") != step.ids || cmp.Diff(step.failed, got.Error) != "" || (len(got.Errors) > 0) != (step.ids == "") {
			t.Errorf("%s: %+v, %v", step.name, got, err)
		}
	}
}

func failedWith(kind, text string) ai.AiNotificationsResponseError {
	return ai.AiNotificationsResponseError{Type: ai.AiNotificationsErrorType(kind), Description: text, Details: text}
}

func TestNotificationsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := newControlled()
	const create = `mutation($a: Int, $d: AiNotificationsDestinationInput!, $s: AiNotificationsEntityScopeInput) {
		aiNotificationsCreateDestination(accountId: $a, destination: $d, scope: $s) { destination { id } error { __typename
			... on AiNotificationsDataValidationError { fields { field message } } ... on AiNotificationsResponseError { type description } } errors { __typename } } }`
	destination := func(changes map[string]any) map[string]any {
		given := map[string]any{"name": "Mail", "type": "EMAIL", "properties": []any{map[string]any{"key": "email", "value": "pay@example.com"}}}
		return map[string]any{"a": shop, "d": merged(given, changes)}
	}
	invalid := func(field, message string) string {
		return `{"data":{"aiNotificationsCreateDestination":{"destination":null,"error":{"__typename":"AiNotificationsDataValidationError",
			"fields":[{"field":"` + field + `","message":"` + message + `"}]},"errors":[{"__typename":"AiNotificationsDataValidationError"}]}}}`
	}
	answers(t, s, []mutationCase{
		{"right", create, destination(nil), `{"data":{"aiNotificationsCreateDestination":{"destination":{"id":"1"},"error":null,"errors":[]}}}`},
		{"without a name", create, destination(map[string]any{"name": ""}), invalid("name", "must not be empty")},
		{"without an address", create, destination(map[string]any{"properties": []any{}}), invalid("properties", "must have email for the type EMAIL")},
		{
			"without a URL", create, destination(map[string]any{"type": "WEBHOOK"}),
			invalid("properties", "must have url for the type WEBHOOK, unless there is a secureUrl"),
		},
		{
			"with half an authentication", create, destination(map[string]any{"auth": map[string]any{"type": "OAUTH2"}}),
			invalid("auth.oauth2", "is required for the type OAUTH2"),
		},
		{"without an account", create, merged(destination(nil), map[string]any{"a": nil}), invalid("accountId", "or scope is required")},
		{
			"of another account", create, merged(destination(nil), map[string]any{"a": other}),
			`{"data":{"aiNotificationsCreateDestination":{"destination":null,"error":{"__typename":"AiNotificationsResponseError","type":"UNAUTHORIZED_ACCOUNT",
				"description":"You are not authorized to query account 8"},"errors":[{"__typename":"AiNotificationsResponseError"}]}}}`,
		},
		{
			"of an organization", create, merged(destination(nil), map[string]any{"s": map[string]any{"type": "ORGANIZATION", "id": "x"}}),
			`{"data":{"aiNotificationsCreateDestination":null},"errors":[{"message":"slojourn simulator: a destination of an organization is not simulated",
				"path":["aiNotificationsCreateDestination"],"locations":[{"line":2,"column":3}],
				"extensions":{"errorClass":"INVALID_INPUT","errorCode":"SIMULATOR:NOT_SIMULATED"}}]}`,
		},
		{
			"channels", `mutation {
				a: aiNotificationsCreateChannel(accountId: 7, channel: {name: "x", type: EMAIL, product: IINT, destinationId: 9, properties: []}) { error { ... on AiNotificationsDataValidationError { details } } }
				b: aiNotificationsCreateChannel(accountId: 7, channel: {name: "x", type: SLACK, product: IINT, destinationId: 1, properties: []}) { error { ... on AiNotificationsDataValidationError { details } } }
				c: aiNotificationsUpdateChannel(accountId: 7, channelId: 9, channel: {name: "x"}) { channel { id } error { ... on AiNotificationsResponseError { type } } } }`, nil,
			`{"data":{"a":{"error":{"details":"destinationId is not a destination of the account"}},
				"b":{"error":{"details":"type is SLACK for a destination of the type EMAIL"}},"c":{"channel":null,"error":{"type":"INVALID_PARAMETER"}}}}`,
		},
		{
			"filters and orders", `{ actor { account(id: 7) { aiNotifications {
				a: destinations(filters: {active: true, type: EMAIL, ids: [1, 2], property: {key: "email", value: "pay@example.com"}}) { totalCount error { type } errors { type } }
				b: destinations(filters: {active: false}) { totalCount }
				c: destinations(filters: {property: {key: "email", value: "x"}}) { totalCount }
				d: destinations(sorter: {field: NAME, direction: ASC}) { totalCount } } } } }`, nil,
			`{"data":{"actor":{"account":{"aiNotifications":{"a":{"totalCount":1,"error":null,"errors":[]},"b":{"totalCount":0},"c":{"totalCount":0},"d":null}}}},
				"errors":[{"message":"slojourn simulator: any order but the ascending one of CREATED_AT is not simulated","path":["actor","account","aiNotifications","d"],
				"locations":[{"line":5,"column":5}],"extensions":{"errorClass":"INVALID_INPUT","errorCode":"SIMULATOR:NOT_SIMULATED"}}]}`,
		},
	})
}

// What is secret in a destination is in no answer.
func TestSecretsOfDestinationsAreNotShown(t *testing.T) {
	t.Parallel()
	s := newControlled()
	create := clientText(t, "notifications/notifications_api.go", "AiNotificationsCreateDestinationMutation")
	for _, auth := range []map[string]any{
		{"type": "BASIC", "basic": map[string]any{"user": "pay", "password": "s3cret"}},
		{"type": "TOKEN", "token": map[string]any{"prefix": "Bearer", "token": "s3cret"}},
		{"type": "CUSTOM_HEADERS", "customHeaders": map[string]any{"customHeaders": []any{map[string]any{"key": "X-Key", "value": "s3cret"}}}},
		{"type": "OAUTH2", "oauth2": map[string]any{
			"accessTokenUrl": "https://example.com/a", "authorizationUrl": "https://example.com/b", "clientId": "c",
			"clientSecret": "s3cret", "refreshable": false, "token": "s3cret",
		}},
	} {
		got := run(t, s, create, map[string]any{"accountId": shop, "destination": map[string]any{
			"name": "Hook", "type": "WEBHOOK", "properties": []any{}, "auth": auth, "secureUrl": map[string]any{"prefix": "https://example.com/", "secureSuffix": "s3cret"},
		}})
		if strings.Contains(got, "s3cret") || !strings.Contains(got, `"authType":"`+auth["type"].(string)+`"`) || !strings.Contains(got, `"secureUrl":{"prefix":"https://example.com/"}`) {
			t.Errorf("%s: %s", auth["type"], got)
		}
	}
	if got := run(t, s, clientText(t, "notifications/notifications_api.go", "getDestinationsQueryAccount"), map[string]any{"accountID": shop}); strings.Contains(got, "s3cret") {
		t.Errorf("listed: %s", got)
	}
}
