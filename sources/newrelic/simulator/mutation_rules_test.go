package simulator

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	nrerrors "github.com/newrelic/newrelic-client-go/v2/pkg/errors"
	"github.com/newrelic/newrelic-client-go/v2/pkg/eventstometrics"
	"github.com/newrelic/newrelic-client-go/v2/pkg/nrtime"
)

func TestMetricRulesOfOfficialClient(t *testing.T) {
	t.Parallel()
	client := eventstometrics.New(official(t, newControlled()))
	type rule = eventstometrics.EventsToMetricsRule
	const query = "SELECT uniqueCount(session) AS sessions FROM PageView FACET appName"
	must := must[[]rule](t)
	created := must(client.CreateRules([]eventstometrics.EventsToMetricsCreateRuleInput{
		{AccountID: shop, Name: "sessions", NRQL: query, Description: "of the shop"}, {AccountID: shop, Name: "more sessions", NRQL: query},
	}))
	at := nrtime.DateTime(dateTime(clock()))
	want := []rule{
		{ID: "1", AccountID: shop, Name: "sessions", NRQL: query, Description: "of the shop", Enabled: true, CreatedAt: at, UpdatedAt: at},
		{ID: "2", AccountID: shop, Name: "more sessions", NRQL: query, Enabled: true, CreatedAt: at, UpdatedAt: at},
	}
	if diff := cmp.Diff(want, created); diff != "" {
		t.Errorf("created (-want +got)\n%s", diff)
	}
	want[0].Enabled = false
	updated := must(client.UpdateRules([]eventstometrics.EventsToMetricsUpdateRuleInput{{AccountID: shop, RuleId: "1", Enabled: false}}))
	if diff := cmp.Diff(want[:1], updated); diff != "" {
		t.Errorf("updated (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(want, must(client.ListRules(shop))); diff != "" {
		t.Errorf("all (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(want[1:], must(client.GetRules(shop, []string{"2", "99"}))); diff != "" {
		t.Errorf("by id (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(want[1:], must(client.DeleteRules([]eventstometrics.EventsToMetricsDeleteRuleInput{{AccountID: shop, RuleId: "2"}}))); diff != "" {
		t.Errorf("deleted (-want +got)\n%s", diff)
	}
	_, err := client.GetRule(shop, "2")
	if _, isNotFound := errors.AsType[*nrerrors.NotFound](err); !isNotFound {
		t.Errorf("a deleted rule is read with %v, want the client's NotFound", err)
	}
	_, err = client.DeleteRules([]eventstometrics.EventsToMetricsDeleteRuleInput{{AccountID: shop, RuleId: "2"}})
	wantError(t, err, "Reason: INVALID_INPUT, Description: Not Found")
	_, err = client.UpdateRules([]eventstometrics.EventsToMetricsUpdateRuleInput{{AccountID: other, RuleId: "1"}})
	wantError(t, err, "Reason: USER_NOT_AUTHORIZED, Description: You are not authorized to query account 8")
	for _, test := range []struct{ name, query, want string }{
		{"", query, "name must not be empty"},
		{"sessions", query, "name is the name of another rule of the account"},
		{"new", "SELECT FROM", "nrql NRQL Syntax Error"},
		{"new", "SELECT summary(a FROM T", "nrql NRQL Syntax Error: Error at line 1 position 15, perhaps unbalanced ("},
		{"new", "SELECT summary(a) FROM T SINCE 1 day ago", "nrql must not have SINCE"},
		{"new", "SELECT summary(a) FROM (SELECT count(*) AS a FROM T FACET b)", "nrql must not have a query in FROM"},
		{"new", "WITH numeric(a) AS b SELECT distribution(b) FROM T", "nrql must not have WITH … AS"},
		{"new", "SELECT count(*) FROM T", "nrql must select summary(), uniqueCount() or distribution() of attributes"},
		{"new", "SELECT latest(a) FROM T", "nrql must select summary(), uniqueCount() or distribution() of attributes"},
		{"new", "SELECT " + strings.Repeat("distribution(a), ", maxMetrics) + "summary(b) FROM T", "nrql must make at most 10 metrics"},
	} {
		_, err := client.CreateRules([]eventstometrics.EventsToMetricsCreateRuleInput{{AccountID: shop, Name: test.name, NRQL: test.query}})
		wantError(t, err, test.want)
	}
}

func TestMetricRulesFailOneByOne(t *testing.T) {
	t.Parallel()
	answers(t, newControlled(), []mutationCase{{
		"some of a list", `mutation($n: [EventsToMetricsCreateRuleInput]!) { eventsToMetricsCreateRule(rules: $n) {
			successes { id name updatedAt } failures { errors { reason } submitted { name nrql accountId description } } } }`,
		map[string]any{"n": []any{
			map[string]any{"accountId": 7, "name": "a", "nrql": "SELECT summary(n) FROM T"},
			nil,
			map[string]any{"accountId": 7, "name": "a", "nrql": "SELECT summary(n) FROM T"},
			map[string]any{"accountId": 7, "name": "b", "nrql": "SELECT summary(n) FROM T"},
		}},
		`{"data":{"eventsToMetricsCreateRule":{"successes":[{"id":"1","name":"a","updatedAt":"` + dateTime(clock()) + `"},
			{"id":"2","name":"b","updatedAt":"` + dateTime(clock()) + `"}],
			"failures":[{"errors":[{"reason":"INVALID_INPUT"}],"submitted":{"name":"a","nrql":"SELECT summary(n) FROM T","accountId":7,"description":null}}]}}}`,
	}})
}
