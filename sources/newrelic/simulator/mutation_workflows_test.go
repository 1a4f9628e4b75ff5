package simulator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/newrelic/newrelic-client-go/v2/pkg/ai"
	"github.com/newrelic/newrelic-client-go/v2/pkg/nrtime"
	"github.com/newrelic/newrelic-client-go/v2/pkg/workflows"
)

// withChannels returns a simulator with a destination, 1, and two channels to
// it, 2 and 3.
func withChannels(t *testing.T) *Simulator {
	t.Helper()
	s := newControlled()
	run(t, s, `mutation {
		aiNotificationsCreateDestination(accountId: 7, destination: {name: "Hook", type: WEBHOOK, properties: {key: "url", value: "https://example.com"}}) { destination { id } }
		a: aiNotificationsCreateChannel(accountId: 7, channel: {name: "Day", type: WEBHOOK, product: IINT, destinationId: 1, properties: []}) { channel { id } }
		b: aiNotificationsCreateChannel(accountId: 7, channel: {name: "Night", type: WEBHOOK, product: IINT, destinationId: 1, properties: []}) { channel { id } } }`, nil)
	return s
}

// channelsOf returns the ids of the channels that there are.
func channelsOf(t *testing.T, s *Simulator) string {
	t.Helper()
	s.control.mu.Lock()
	defer s.control.mu.Unlock()
	var list []string
	for _, r := range s.control.list("channel", shop, nil) {
		list = append(list, r.id)
	}
	return strings.Join(list, " ")
}

func TestWorkflowsOfOfficialClient(t *testing.T) {
	t.Parallel()
	s := withChannels(t)
	client := workflows.New(official(t, s))
	at := nrtime.DateTime(dateTime(clock()))
	predicates := []workflows.AiWorkflowsPredicate{{Attribute: "labels.policyIds", Operator: "EXACTLY_MATCHES", Values: []string{"1"}}}
	created, err := client.AiWorkflowsCreateWorkflow(shop, workflows.AiWorkflowsCreateWorkflowInput{
		Name: "Pay", WorkflowEnabled: true, DestinationsEnabled: true, EnrichmentsEnabled: true, MutingRulesHandling: "NOTIFY_ALL_ISSUES",
		IssuesFilter: workflows.AiWorkflowsFilterInput{Name: "pay", Type: "FILTER", Predicates: []workflows.AiWorkflowsPredicateInput{
			{Attribute: "labels.policyIds", Operator: "EXACTLY_MATCHES", Values: []string{"1"}},
		}},
		Enrichments: &workflows.AiWorkflowsEnrichmentsInput{NRQL: []workflows.AiWorkflowsNRQLEnrichmentInput{
			{Name: "errors", Configuration: []workflows.AiWorkflowsNRQLConfigurationInput{{Query: "SELECT count(*) FROM TransactionError"}}},
		}},
		DestinationConfigurations: []workflows.AiWorkflowsDestinationConfigurationInput{{ChannelId: "2", NotificationTriggers: []workflows.AiWorkflowsNotificationTrigger{"ACTIVATED"}}},
	})
	want := workflows.AiWorkflowsWorkflow{
		ID: "6", AccountID: shop, GUID: workflows.EntityGUID(guidOf(shop, "AIOPS", "WORKFLOW", "6")), Name: "Pay", CreatedAt: at, UpdatedAt: at,
		WorkflowEnabled: true, DestinationsEnabled: true, EnrichmentsEnabled: true, MutingRulesHandling: "NOTIFY_ALL_ISSUES",
		IssuesFilter: workflows.AiWorkflowsFilter{ID: "4", AccountID: shop, Name: "pay", Type: "FILTER", Predicates: predicates},
		Enrichments: []workflows.AiWorkflowsEnrichment{{
			ID: "5", AccountID: shop, Name: "errors", Type: "NRQL", CreatedAt: at, UpdatedAt: at,
			Configurations: []ai.AiWorkflowsConfiguration{{Query: "SELECT count(*) FROM TransactionError"}},
		}},
		DestinationConfigurations: []workflows.AiWorkflowsDestinationConfiguration{
			{ChannelId: "2", Name: "Day", Type: "WEBHOOK", NotificationTriggers: []workflows.AiWorkflowsNotificationTrigger{"ACTIVATED"}},
		},
	}
	if diff := cmp.Diff(want, created.Workflow); diff != "" || err != nil || len(created.Errors) > 0 {
		t.Errorf("created %v %v (-want +got)\n%s", err, created.Errors, diff)
	}
	updated, err := client.AiWorkflowsUpdateWorkflow(shop, true, workflows.AiWorkflowsUpdateWorkflowInput{
		ID: "6", Name: new("Pay at night"), WorkflowEnabled: new(false),
		DestinationConfigurations: &[]workflows.AiWorkflowsDestinationConfigurationInput{{ChannelId: "3", NotificationTriggers: []workflows.AiWorkflowsNotificationTrigger{"CLOSED"}}},
		IssuesFilter:              &workflows.AiWorkflowsUpdatedFilterInput{ID: "4", FilterInput: workflows.AiWorkflowsFilterInput{Name: "all", Type: "FILTER", Predicates: []workflows.AiWorkflowsPredicateInput{}}},
		Enrichments:               &workflows.AiWorkflowsUpdateEnrichmentsInput{NRQL: []workflows.AiWorkflowsNRQLUpdateEnrichmentInput{}},
	})
	want.Name, want.WorkflowEnabled, want.Enrichments = "Pay at night", false, []workflows.AiWorkflowsEnrichment{}
	want.IssuesFilter.Name = "all"
	want.DestinationConfigurations[0] = workflows.AiWorkflowsDestinationConfiguration{
		ChannelId: "3", Name: "Night", Type: "WEBHOOK", NotificationTriggers: []workflows.AiWorkflowsNotificationTrigger{"CLOSED"},
	}
	// The client leaves out an empty list of predicates, which changes none.
	if diff := cmp.Diff(want, updated.Workflow); diff != "" || err != nil || len(updated.Errors) > 0 {
		t.Errorf("updated %v %v (-want +got)\n%s", err, updated.Errors, diff)
	}
	if got := channelsOf(t, s); got != "3" {
		t.Errorf("channels %s are left, want 3: the other one was not used any more", got)
	}
	read, err := client.GetWorkflows(shop, "", ai.AiWorkflowsFilters{ID: "6"})
	if err != nil || read.TotalCount != 1 || cmp.Diff([]workflows.AiWorkflowsWorkflow{want}, read.Entities) != "" {
		t.Errorf("read back %+v, %v", read, err)
	}
	if got := run(t, s, `mutation { aiNotificationsDeleteChannel(accountId: 7, channelId: 3) { error { type } } }`, nil); !strings.Contains(got, "ENTITY_IN_USE") {
		t.Errorf("a channel in use is deleted: %s", got)
	}
	gone, err := client.AiWorkflowsDeleteWorkflow(shop, false, "6")
	if err != nil || gone.ID != "6" || len(gone.Errors) > 0 || channelsOf(t, s) != "3" {
		t.Errorf("deleted %+v, %v; channels %s", gone, err, channelsOf(t, s))
	}
	gone, err = client.AiWorkflowsDeleteWorkflow(shop, false, "6")
	if diff := cmp.Diff([]workflows.AiWorkflowsDeleteResponseError{{Type: "INVALID_PARAMETER", Description: "Not Found"}}, gone.Errors); diff != "" || err != nil {
		t.Errorf("deleted twice %v (-want +got)\n%s", err, diff)
	}
}

func TestWorkflowsFailInBand(t *testing.T) {
	t.Parallel()
	s := withChannels(t)
	const create = `mutation($a: Int!, $w: AiWorkflowsCreateWorkflowInput!) { aiWorkflowsCreateWorkflow(accountId: $a, createWorkflowData: $w) { workflow { name } errors { type description } } }`
	workflow := func(changes map[string]any) map[string]any {
		given := map[string]any{
			"name": "Pay", "mutingRulesHandling": "NOTIFY_ALL_ISSUES", "issuesFilter": map[string]any{"type": "FILTER"},
			"destinationConfigurations": []any{map[string]any{"channelId": "2"}},
		}
		return map[string]any{"a": shop, "w": merged(given, changes)}
	}
	failed := func(kind, description string) string {
		return fmt.Sprintf(`{"data":{"aiWorkflowsCreateWorkflow":{"workflow":null,"errors":[{"type":%q,"description":%q}]}}}`, kind, description)
	}
	answers(t, s, []mutationCase{
		{"right", create, workflow(nil), `{"data":{"aiWorkflowsCreateWorkflow":{"workflow":{"name":"Pay"},"errors":[]}}}`},
		{"a name that is taken", create, workflow(nil), failed("DUPLICATE", "Another workflow of the account has the name Pay")},
		{"no name", create, workflow(map[string]any{"name": ""}), failed("VALIDATION_ERROR", "name must not be empty")},
		{"no channel", create, workflow(map[string]any{"name": "x", "destinationConfigurations": []any{}}), failed("VALIDATION_ERROR", "destinationConfigurations must not be empty")},
		{
			"a channel that is not there", create,
			workflow(map[string]any{"name": "x", "destinationConfigurations": []any{map[string]any{"channelId": "99"}}}),
			failed("CHANNEL_NOT_FOUND", "There is no channel 99"),
		},
		{
			"NRQL that cannot be read", create,
			workflow(map[string]any{"name": "x", "enrichments": map[string]any{"nrql": []any{map[string]any{"name": "x", "configuration": []any{map[string]any{"query": "SELECT"}}}}}}),
			failed("VALIDATION_ERROR", "enrichments.nrql.configuration.query NRQL Syntax Error: Error at line 1 position 7, unexpected end of the text"),
		},
		{"another account", create, merged(workflow(nil), map[string]any{"a": other}), failed("UNAUTHORIZED_ACCOUNT", "You are not authorized to query account 8")},
		{
			"updates", `mutation {
				a: aiWorkflowsUpdateWorkflow(accountId: 7, updateWorkflowData: {id: 99}) { errors { type } }
				b: aiWorkflowsUpdateWorkflow(accountId: 7, updateWorkflowData: {id: 5, destinationConfigurations: {channelId: 99}}) { errors { type } }
				c: aiWorkflowsUpdateWorkflow(accountId: 7, updateWorkflowData: {id: 5, issuesFilter: {id: 99, filterInput: {type: VIEW}}}) { errors { type description } }
				d: aiWorkflowsUpdateWorkflow(accountId: 7, deleteUnusedChannels: false, updateWorkflowData: {id: 5, destinationConfigurations: {channelId: 3}}) { errors { type } } }`, nil,
			`{"data":{"a":{"errors":[{"type":"INVALID_PARAMETER"}]},"b":{"errors":[{"type":"CHANNEL_NOT_FOUND"}]},
				"c":{"errors":[{"type":"VALIDATION_ERROR","description":"issuesFilter.id is not the filter of the workflow"}]},"d":{"errors":[]}}}`,
		},
		{
			"filters", `query($g: EntityGuid) { actor { account(id: 7) { aiWorkflows {
				a: workflows(filters: {channelId: 3, destinationType: WEBHOOK, filterId: 4, nameLike: "PA", workflowEnabled: true, guid: $g}) { totalCount entities { id } nextCursor }
				b: workflows(filters: {channelId: 2}) { totalCount } c: workflows(filters: {enrichmentId: 4}) { totalCount } d: workflows(filters: {workflowEnabled: false}) { totalCount } } } } }`,
			map[string]any{"g": guidOf(shop, "AIOPS", "WORKFLOW", "5")},
			`{"data":{"actor":{"account":{"aiWorkflows":{"a":{"totalCount":1,"entities":[{"id":"5"}],"nextCursor":null},
				"b":{"totalCount":0},"c":{"totalCount":0},"d":{"totalCount":0}}}}}}`,
		},
		{"deleted with its channels", `mutation { aiWorkflowsDeleteWorkflow(accountId: 7, id: 5) { id errors { type } } }`, nil, `{"data":{"aiWorkflowsDeleteWorkflow":{"id":"5","errors":[]}}}`},
	})
	if got := channelsOf(t, s); got != "2" {
		t.Errorf("channels %s are left, want 2", got)
	}
}
