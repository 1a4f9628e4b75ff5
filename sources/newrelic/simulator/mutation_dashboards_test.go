package simulator

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/newrelic/newrelic-client-go/v2/pkg/common"
	"github.com/newrelic/newrelic-client-go/v2/pkg/dashboards"
	"github.com/newrelic/newrelic-client-go/v2/pkg/entities"
	nrerrors "github.com/newrelic/newrelic-client-go/v2/pkg/errors"
	"github.com/newrelic/newrelic-client-go/v2/pkg/nrtime"
)

func TestDashboardsOfOfficialClient(t *testing.T) {
	t.Parallel()
	client := dashboards.New(official(t, newControlled()))
	at := nrtime.DateTime(dateTime(clock()))
	owner := entities.DashboardOwnerInfo{Email: "simulator@example.com", UserID: 1}
	input := dashboards.DashboardInput{
		Name: "Pay", Description: "of the shop", Permissions: "PUBLIC_READ_ONLY",
		Pages: []dashboards.DashboardPageInput{{Name: "Budget", Widgets: []dashboards.DashboardWidgetInput{
			{
				Title: "Left", Layout: dashboards.DashboardWidgetLayoutInput{Column: 1, Row: 1, Width: 4, Height: 3},
				Configuration: dashboards.DashboardWidgetConfigurationInput{Billboard: &dashboards.DashboardBillboardWidgetConfigurationInput{
					NRQLQueries: []dashboards.DashboardWidgetNRQLQueryInput{{AccountID: shop, Query: "SELECT latest(left) FROM Slo"}},
					Thresholds:  []dashboards.DashboardBillboardWidgetThresholdInput{{AlertSeverity: "CRITICAL", Value: new(0.0)}},
				}},
			},
			{Title: "Burn", Visualization: dashboards.DashboardWidgetVisualizationInput{ID: "viz.bullet"}, RawConfiguration: []byte(`{"limit":14.4,"a":[{"b":null}]}`)},
		}}},
		Variables: []dashboards.DashboardVariableInput{{
			Name: "slo", Type: "NRQL", Title: "SLO", ReplacementStrategy: "STRING", IsMultiSelection: true,
			DefaultValues: &[]dashboards.DashboardVariableDefaultItemInput{{Value: dashboards.DashboardVariableDefaultValueInput{String: "pay"}}},
			NRQLQuery:     &dashboards.DashboardVariableNRQLQueryInput{AccountIDs: []int{shop}, Query: "SELECT uniques(slo) FROM Slo"},
			Options:       &dashboards.DashboardVariableOptionsInput{IgnoreTimeRange: new(true)},
		}},
	}
	created, err := client.DashboardCreate(shop, input)
	if err != nil || len(created.Errors) > 0 {
		t.Fatalf("%v, %+v", err, created)
	}
	page, guid := common.EntityGUID(guidOf(shop, "VIZ", "DASHBOARD", "1")), common.EntityGUID(guidOf(shop, "VIZ", "DASHBOARD", "4"))
	widgets := []entities.DashboardWidget{
		{
			ID: "2", Title: "Left", Layout: entities.DashboardWidgetLayout{Column: 1, Row: 1, Width: 4, Height: 3},
			Visualization: entities.DashboardWidgetVisualization{ID: "viz.billboard"}, LinkedEntities: []entities.EntityOutlineInterface{},
			Configuration: entities.DashboardWidgetConfiguration{Billboard: entities.DashboardBillboardWidgetConfiguration{
				NRQLQueries: []entities.DashboardWidgetNRQLQuery{{AccountID: shop, Query: "SELECT latest(left) FROM Slo"}},
				Thresholds:  []entities.DashboardBillboardWidgetThreshold{{AlertSeverity: "CRITICAL", Value: 0}},
			}},
			RawConfiguration: []byte(`{"nrqlQueries":[{"accountId":7,"query":"SELECT latest(left) FROM Slo"}],"thresholds":[{"alertSeverity":"CRITICAL","value":0}]}`),
		},
		{
			ID: "3", Title: "Burn", Visualization: entities.DashboardWidgetVisualization{ID: "viz.bullet"}, LinkedEntities: []entities.EntityOutlineInterface{},
			RawConfiguration: []byte(`{"a":[{"b":null}],"limit":14.4}`),
		},
	}
	want := dashboards.DashboardEntityResult{
		AccountID: shop, GUID: guid, Name: "Pay", Description: "of the shop", Permissions: "PUBLIC_READ_ONLY", CreatedAt: at, UpdatedAt: at, Owner: owner,
		Pages: []entities.DashboardPage{{GUID: page, Name: "Budget", CreatedAt: at, UpdatedAt: at, Owner: owner, Widgets: widgets}},
		Variables: []entities.DashboardVariable{{
			Name: "slo", Type: "NRQL", Title: "SLO", ReplacementStrategy: "STRING", IsMultiSelection: true,
			DefaultValues: &[]entities.DashboardVariableDefaultItem{{Value: &entities.DashboardVariableDefaultValue{String: "pay"}}},
			NRQLQuery:     &entities.DashboardVariableNRQLQuery{AccountIDs: []int{shop}, Query: "SELECT uniques(slo) FROM Slo"},
			Options:       &entities.DashboardVariableOptions{IgnoreTimeRange: true},
		}},
	}
	nothing := cmpopts.EquateEmpty()
	if diff := cmp.Diff(want, created.EntityResult, nothing); diff != "" {
		t.Errorf("created (-want +got)\n%s", diff)
	}
	read, err := client.GetDashboardEntity(guid)
	if err != nil {
		t.Fatal(err)
	}
	got := dashboards.DashboardEntityResult{
		AccountID: read.AccountID, GUID: read.GUID, Name: read.Name, Description: read.Description, Permissions: entities.DashboardPermissions(read.Permissions),
		CreatedAt: read.CreatedAt, UpdatedAt: read.UpdatedAt, Owner: entities.DashboardOwnerInfo(read.Owner), Pages: read.Pages, Variables: read.Variables,
	}
	if diff := cmp.Diff(want, got, nothing); diff != "" {
		t.Errorf("read back (-want +got)\n%s", diff)
	}

	// An update is a whole dashboard; pages and widgets keep their ids when it
	// names them.
	updated, err := client.DashboardUpdate(dashboards.DashboardInput{
		Name: "Pay", Permissions: "PRIVATE",
		Pages: []dashboards.DashboardPageInput{
			{GUID: page, Name: "Budgets", Widgets: []dashboards.DashboardWidgetInput{{ID: "3", Title: "Burn", RawConfiguration: []byte(`{}`)}}},
			{Name: "New", Widgets: []dashboards.DashboardWidgetInput{}},
		},
	}, guid)
	if err != nil {
		t.Fatal(err)
	}
	want = dashboards.DashboardEntityResult{
		AccountID: shop, GUID: guid, Name: "Pay", Permissions: "PRIVATE", CreatedAt: at, UpdatedAt: at, Owner: owner,
		Pages: []entities.DashboardPage{
			{
				GUID: page, Name: "Budgets", CreatedAt: at, UpdatedAt: at, Owner: owner,
				Widgets: []entities.DashboardWidget{{ID: "3", Title: "Burn", RawConfiguration: []byte(`{}`)}},
			},
			{GUID: common.EntityGUID(guidOf(shop, "VIZ", "DASHBOARD", "5")), Name: "New", CreatedAt: at, UpdatedAt: at, Owner: owner},
		},
	}
	if diff := cmp.Diff(want, updated.EntityResult, nothing); diff != "" {
		t.Errorf("updated (-want +got)\n%s", diff)
	}
	deleted, err := client.DashboardDelete(guid)
	if err != nil || deleted.Status != "SUCCESS" || len(deleted.Errors) > 0 {
		t.Errorf("deleted %+v, %v", deleted, err)
	}
	_, err = client.GetDashboardEntity(guid)
	if _, isNotFound := errors.AsType[*nrerrors.NotFound](err); !isNotFound {
		t.Errorf("a deleted dashboard is read with %v, want the client's NotFound", err)
	}
}

func TestDashboardsFailInBand(t *testing.T) {
	t.Parallel()
	const create = `mutation($a: Int!, $d: DashboardInput!) { dashboardCreate(accountId: $a, dashboard: $d) { entityResult { name } errors { type description } } }`
	dashboard := func(changes map[string]any) map[string]any {
		given := map[string]any{"name": "Pay", "permissions": "PRIVATE", "pages": []any{map[string]any{"name": "Budget", "widgets": []any{}}}}
		return map[string]any{"a": shop, "d": merged(given, changes)}
	}
	page := func(widget map[string]any) map[string]any {
		return map[string]any{"pages": []any{map[string]any{"name": "Budget", "widgets": []any{widget}}}}
	}
	failed := func(description string) string {
		return `{"data":{"dashboardCreate":{"entityResult":null,"errors":[{"type":"INVALID_INPUT","description":"` + description + `"}]}}}`
	}
	answers(t, newControlled(), []mutationCase{
		{"right", create, dashboard(nil), `{"data":{"dashboardCreate":{"entityResult":{"name":"Pay"},"errors":[]}}}`},
		{"no name", create, dashboard(map[string]any{"name": " "}), failed("name must not be empty")},
		{"no pages", create, dashboard(map[string]any{"pages": []any{}}), failed("pages must not be empty")},
		{
			"a page of another dashboard", create, dashboard(map[string]any{"pages": []any{map[string]any{"guid": "x", "name": "Budget", "widgets": []any{}}}}),
			failed("pages.0.guid is not a page of the dashboard"),
		},
		{
			"two configurations", create, dashboard(page(map[string]any{"configuration": map[string]any{"markdown": map[string]any{"text": "x"}, "line": map[string]any{}}})),
			failed("pages.0.widgets.0.configuration must be of one type"),
		},
		{"another account", create, merged(dashboard(nil), map[string]any{"a": other}), failed("You are not authorized to query account 8")},
		{
			"linked entities", create, dashboard(page(map[string]any{"linkedEntityGuids": []any{payApplication}})),
			`{"data":{"dashboardCreate":null},"errors":[{"message":"slojourn simulator: a widget with linked entities is not simulated","path":["dashboardCreate"],
				"locations":[{"line":1,"column":43}],"extensions":{"errorClass":"INVALID_INPUT","errorCode":"SIMULATOR:NOT_SIMULATED"}}]}`,
		},
		{
			"what is not there", `mutation($mine: EntityGuid!, $foreign: EntityGuid!) {
				a: dashboardUpdate(guid: $mine, dashboard: {name: "x", permissions: PRIVATE, pages: {name: "x", widgets: []}}) { entityResult { name } errors { type description } }
				b: dashboardUpdate(guid: $foreign, dashboard: {name: "x", permissions: PRIVATE, pages: {name: "x", widgets: []}}) { errors { type } }
				c: dashboardDelete(guid: $mine) { status errors { type description } } d: dashboardDelete(guid: $foreign) { status errors { type } } }`,
			map[string]any{"mine": guidOf(shop, "VIZ", "DASHBOARD", "99"), "foreign": guidOf(other, "VIZ", "DASHBOARD", "1")},
			`{"data":{"a":{"entityResult":null,"errors":[{"type":"INVALID_INPUT","description":"Not Found"}]},"b":{"errors":[{"type":"FORBIDDEN_OPERATION"}]},
				"c":{"status":"FAILURE","errors":[{"type":"DASHBOARD_NOT_FOUND","description":"Not Found"}]},"d":{"status":"FAILURE","errors":[{"type":"FORBIDDEN_OPERATION"}]}}}`,
		},
	})
}
