package simulator

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/newrelic/newrelic-client-go/v2/pkg/accounts"
	"github.com/newrelic/newrelic-client-go/v2/pkg/common"
	nrerrors "github.com/newrelic/newrelic-client-go/v2/pkg/errors"
	"github.com/newrelic/newrelic-client-go/v2/pkg/nrtime"
	"github.com/newrelic/newrelic-client-go/v2/pkg/servicelevel"
)

// payApplication is an entity of the shop, and foreignApplication one of
// another account.
var (
	payApplication     = guidOf(shop, "APM", "APPLICATION", "55")
	foreignApplication = guidOf(other, "APM", "APPLICATION", "55")
)

func TestServiceLevelsOfOfficialClient(t *testing.T) {
	t.Parallel()
	client := servicelevel.New(official(t, newControlled()))
	entity := common.EntityGUID(payApplication)
	type indicators = *[]servicelevel.ServiceLevelIndicator
	must, mustList := must[*servicelevel.ServiceLevelIndicator](t), must[indicators](t)
	created := must(client.ServiceLevelCreate(entity, servicelevel.ServiceLevelIndicatorCreateInput{
		Name: "Payments", Description: "Paid at once",
		Events: servicelevel.ServiceLevelEventsCreateInput{
			AccountID:   shop,
			ValidEvents: &servicelevel.ServiceLevelEventsQueryCreateInput{From: "Transaction, TransactionError", Where: "appName = 'payment'"},
			GoodEvents: &servicelevel.ServiceLevelEventsQueryCreateInput{
				From: "Metric", Select: &servicelevel.ServiceLevelEventsQuerySelectCreateInput{Function: "GET_CDF_COUNT", Attribute: "http.server.duration", Threshold: 300},
			},
		},
		Objectives: []servicelevel.ServiceLevelObjectiveCreateInput{{
			Target: 99.95, Name: "Month", TimeWindow: servicelevel.ServiceLevelObjectiveTimeWindowCreateInput{
				Rolling: servicelevel.ServiceLevelObjectiveRollingTimeWindowCreateInput{Count: 28, Unit: "DAY"},
			},
		}},
	}))
	who := servicelevel.UserReference{ID: 1, Name: "slojourn simulator", Email: "simulator@example.com"}
	at := new(nrtime.EpochMilliseconds(clock()))
	times := cmp.Comparer(func(a, b nrtime.EpochMilliseconds) bool { return time.Time(a).Equal(time.Time(b)) })
	want := &servicelevel.ServiceLevelIndicator{
		ID: "1", GUID: "N3xFWFR8U0VSVklDRV9MRVZFTHwx", EntityGUID: entity, Name: "Payments", Description: "Paid at once",
		CreatedAt: at, CreatedBy: who,
		Metadata: servicelevel.ServiceLevelMetadata{CreatedAt: at, CreatedBy: &servicelevel.ServiceLevelUserActor{ID: "1", Type: "USER"}},
		Events: servicelevel.ServiceLevelEvents{
			Account: accounts.AccountReference{ID: shop, Name: "Account 7"},
			ValidEvents: &servicelevel.ServiceLevelEventsQuery{
				From: "Transaction, TransactionError", Where: "appName = 'payment'",
				Select: servicelevel.ServiceLevelEventsQuerySelect{Function: "COUNT"},
			},
			GoodEvents: &servicelevel.ServiceLevelEventsQuery{
				From:   "Metric",
				Select: servicelevel.ServiceLevelEventsQuerySelect{Function: "GET_CDF_COUNT", Attribute: "http.server.duration", Threshold: 300},
			},
		},
		Objectives: []servicelevel.ServiceLevelObjective{{
			Target: 99.95, Name: "Month", TimeWindow: servicelevel.ServiceLevelObjectiveTimeWindow{
				Rolling: servicelevel.ServiceLevelObjectiveRollingTimeWindow{Count: 28, Unit: "DAY"},
			},
		}},
	}
	if diff := cmp.Diff(want, created, times); diff != "" {
		t.Errorf("created (-want +got)\n%s", diff)
	}
	read := mustList(client.GetIndicators(entity))
	if diff := cmp.Diff(&[]servicelevel.ServiceLevelIndicator{*want}, read, times); diff != "" {
		t.Errorf("read back (-want +got)\n%s", diff)
	}

	updated := must(client.ServiceLevelUpdate(want.GUID, "", servicelevel.ServiceLevelIndicatorUpdateInput{
		Name:   "All payments",
		Events: &servicelevel.ServiceLevelEventsUpdateInput{BadEvents: &servicelevel.ServiceLevelEventsQueryUpdateInput{From: "TransactionError", Where: "error.expected IS FALSE"}},
	}))
	want.Name, want.UpdatedAt, want.UpdatedBy = "All payments", at, who
	want.Metadata.UpdatedAt, want.Metadata.UpdatedBy = at, want.Metadata.CreatedBy
	want.Events.GoodEvents, want.Events.BadEvents = nil, &servicelevel.ServiceLevelEventsQuery{
		From: "TransactionError", Where: "error.expected IS FALSE", Select: servicelevel.ServiceLevelEventsQuerySelect{Function: "COUNT"},
	}
	if diff := cmp.Diff(want, updated, times); diff != "" {
		t.Errorf("updated (-want +got)\n%s", diff)
	}
	must(client.ServiceLevelDelete(want.GUID, ""))
	_, err := client.GetIndicators(entity)
	if _, isNotFound := errors.AsType[*nrerrors.NotFound](err); !isNotFound {
		t.Errorf("indicators of an entity that has none: got %v, want the client's NotFound", err)
	}
	_, err = client.ServiceLevelDelete(want.GUID, "")
	wantError(t, err, "Not Found")
	_, err = client.ServiceLevelUpdate("", want.ID, servicelevel.ServiceLevelIndicatorUpdateInput{Name: "x"})
	wantError(t, err, "Not Found")
	_, err = client.ServiceLevelCreate(common.EntityGUID(foreignApplication), servicelevel.ServiceLevelIndicatorCreateInput{
		Name: "x", Events: servicelevel.ServiceLevelEventsCreateInput{ValidEvents: &servicelevel.ServiceLevelEventsQueryCreateInput{From: "T"}},
	})
	wantError(t, err, "You are not authorized to query account 8")
}

func TestServiceLevelsThatAreRefused(t *testing.T) {
	t.Parallel()
	const create = `mutation($entity: EntityGuid!, $indicator: ServiceLevelIndicatorCreateInput!) { serviceLevelCreate(entityGuid: $entity, indicator: $indicator) { id } }`
	events := func(changes map[string]any) map[string]any { return map[string]any{"events": changes} }
	valid := func(query map[string]any) map[string]any { return events(map[string]any{"validEvents": query}) }
	objective := func(target float64, days int) map[string]any {
		window := map[string]any{"rolling": map[string]any{"count": days, "unit": "DAY"}}
		return map[string]any{"objectives": []any{map[string]any{"target": target, "timeWindow": window}}}
	}
	for _, test := range []struct {
		change map[string]any
		want   string
	}{
		{nil, ""},
		{map[string]any{"name": ""}, "name must not be empty"},
		{events(map[string]any{"accountId": other}), "events.accountId You are not authorized to query account 8"},
		{events(map[string]any{"goodEvents": nil}), "events must have either goodEvents or badEvents"},
		{events(map[string]any{"badEvents": map[string]any{"from": "T"}}), "events must have either goodEvents or badEvents"},
		{valid(map[string]any{"from": "T, U"}), ""},
		{valid(map[string]any{"from": "T WHERE a = 1"}), "events.validEvents.from must be one or several event types"},
		{valid(map[string]any{"from": "(SELECT a FROM T)"}), "events.validEvents.from must be one or several event types"},
		{valid(map[string]any{"where": "a ="}), "events.validEvents.where NRQL Syntax Error: Error at line 1 position 4, unexpected end of the text"},
		{valid(map[string]any{"where": "a = 1 SINCE 1 day ago"}), "events.validEvents.where NRQL Syntax Error: Error at line 1 position 7, SINCE has no place in a condition"},
		{valid(map[string]any{"where": "a IN (SELECT uniques(a) FROM T)"}), "events.validEvents.where NRQL Syntax Error: Error at line 1 position 7, a subquery has no place in a condition"},
		{valid(map[string]any{"select": map[string]any{"function": "SUM"}}), "events.validEvents.select.attribute is required for SUM"},
		{valid(map[string]any{"select": map[string]any{"function": "SUM", "attribute": "a + b"}}), ""},
		{
			valid(map[string]any{"select": map[string]any{"function": "SUM", "attribute": "a) + sum(b"}}),
			"events.validEvents.select.attribute must be an attribute or arithmetic of attributes",
		},
		{valid(map[string]any{"select": map[string]any{"function": "GET_CDF_COUNT", "attribute": "a"}}), "events.validEvents.select.threshold is required for GET_CDF_COUNT"},
		{objective(100, 30), ""},
		{objective(99.99999, 1), ""},
		{objective(100.1, 7), "objectives.0.target must be between 0 and 100"},
		{objective(99.999999, 7), "objectives.0.target must have at most 5 decimals"},
		{objective(99, 10), "objectives.0.timeWindow.rolling.count must be one of 1, 7, 14, 28, 30"},
	} {
		indicator := map[string]any{"name": "Payments", "events": map[string]any{
			"accountId": shop, "validEvents": map[string]any{"from": "T"}, "goodEvents": map[string]any{"from": "T", "where": "a = 1"},
		}}
		variables := map[string]any{"entity": payApplication, "indicator": merged(indicator, test.change)}
		if got := validationErrors(t, run(t, newControlled(), create, variables)); got != test.want {
			t.Errorf("%v: got %q, want %q", test.change, got, test.want)
		}
	}
	for entity, want := range map[string]string{
		"APM":                                 "entityGuid is not the GUID of an entity",
		guidOf(shop, "VIZ", "DASHBOARD", "9"): "Not Found",
	} {
		indicator := map[string]any{"name": "x", "events": map[string]any{"accountId": shop, "validEvents": map[string]any{"from": "T"}}}
		if got := validationErrors(t, run(t, newControlled(), create, map[string]any{"entity": entity, "indicator": indicator})); got != want {
			t.Errorf("%s: got %q, want %q", entity, got, want)
		}
	}
}
