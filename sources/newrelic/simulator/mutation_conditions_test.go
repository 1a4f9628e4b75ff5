package simulator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/newrelic/newrelic-client-go/v2/pkg/alerts"
)

// withPolicy returns a simulator with one policy, whose id is 1.
func withPolicy(t testing.TB) *Simulator {
	t.Helper()
	s := newControlled()
	run(t, s, `mutation { alertsPolicyCreate(accountId: 7, policy: {name: "Pay", incidentPreference: PER_POLICY}) { id } }`, nil)
	return s
}

func TestConditionsOfOfficialClient(t *testing.T) {
	t.Parallel()
	client := newAlerts(t, withPolicy(t))
	method := alerts.NrqlConditionAggregationMethodTypes.EventTimer
	input := alerts.NrqlConditionCreateInput{NrqlConditionCreateBase: alerts.NrqlConditionCreateBase{
		Name: "Errors", Enabled: true, Nrql: alerts.NrqlConditionCreateQuery{Query: "SELECT percentage(count(*), WHERE error IS TRUE) FROM Transaction FACET name"},
		Terms: []alerts.NrqlConditionTerm{{
			Operator: "ABOVE", Priority: "CRITICAL", Threshold: new(1.344), ThresholdDuration: 300, ThresholdOccurrences: "AT_LEAST_ONCE",
			Prediction: &alerts.NrqlConditionThresholdPrediction{PredictBy: 3600}, DisableEventCreation: new(true),
		}},
		Signal:                    &alerts.AlertsNrqlConditionCreateSignal{AggregationWindow: new(60), AggregationMethod: &method, SlideBy: new(30)},
		Expiration:                &alerts.AlertsNrqlConditionExpiration{ExpirationDuration: new(600), OpenViolationOnExpiration: true},
		ViolationTimeLimitSeconds: 3600, RunbookURL: "https://example.com/pay", TitleTemplate: new("{{conditionName}}"), Description: "Payments fail",
	}}
	created := must[*alerts.NrqlAlertCondition](t)(client.CreateNrqlConditionStaticMutation(shop, "1", input))
	none := alerts.AlertsFillOptionTypes.NONE
	want := &alerts.NrqlAlertCondition{ID: "2", PolicyID: "1", NrqlConditionBase: alerts.NrqlConditionBase{
		Name: "Errors", Enabled: true, Type: "STATIC", EntityGUID: "N3xBSU9QU3xDT05ESVRJT058Mg", Description: "Payments fail",
		Nrql:  alerts.NrqlConditionQuery{Query: input.Nrql.Query, DataAccountId: new(shop)},
		Terms: input.Terms, RunbookURL: input.RunbookURL, TitleTemplate: input.TitleTemplate, ViolationTimeLimitSeconds: 3600,
		Expiration: input.Expiration,
		Signal: &alerts.AlertsNrqlConditionSignal{
			AggregationWindow: new(60), AggregationMethod: &method, AggregationTimer: new(60), SlideBy: new(30), FillOption: &none,
		},
	}}
	if diff := cmp.Diff(want, created); diff != "" {
		t.Errorf("created (-want +got)\n%s", diff)
	}
	read := must[*alerts.NrqlAlertCondition](t)(client.GetNrqlConditionQuery(shop, "2"))
	if diff := cmp.Diff(want, read); diff != "" {
		t.Errorf("read back (-want +got)\n%s", diff)
	}

	// The client sends null for what its update leaves out of signal, and an
	// empty text for the runbook.
	updated := must[*alerts.NrqlAlertCondition](t)(client.UpdateNrqlConditionStaticMutation(shop, "2", alerts.NrqlConditionUpdateInput{NrqlConditionUpdateBase: alerts.NrqlConditionUpdateBase{
		Name: "All errors", Nrql: alerts.NrqlConditionUpdateQuery{Query: "SELECT count(*) FROM TransactionError"},
		Signal: &alerts.AlertsNrqlConditionUpdateSignal{AggregationWindow: new(300)},
	}}))
	flow := alerts.NrqlConditionAggregationMethodTypes.EventFlow
	want.Name, want.Enabled, want.Nrql.Query, want.RunbookURL, want.TitleTemplate = "All errors", false, "SELECT count(*) FROM TransactionError", "", nil
	want.Signal = &alerts.AlertsNrqlConditionSignal{AggregationWindow: new(300), AggregationMethod: &flow, AggregationDelay: new(120), FillOption: &none}
	if diff := cmp.Diff(want, updated); diff != "" {
		t.Errorf("updated (-want +got)\n%s", diff)
	}
	found := must[[]*alerts.NrqlAlertCondition](t)(client.SearchNrqlConditionsQuery(shop, alerts.NrqlConditionsSearchCriteria{}))
	if diff := cmp.Diff([]*alerts.NrqlAlertCondition{want}, found); diff != "" {
		t.Errorf("found (-want +got)\n%s", diff)
	}
	if id := must[string](t)(client.DeleteNrqlConditionMutation(shop, "2")); id != "2" {
		t.Errorf("deleted %q", id)
	}
	_, err := client.GetNrqlConditionQuery(shop, "2")
	wantError(t, err, "Not Found")
	_, err = client.DeleteNrqlConditionMutation(shop, "2")
	wantError(t, err, "Not Found")
	_, err = client.CreateNrqlConditionStaticMutation(shop, "99", input)
	wantError(t, err, "policyId is not a policy of the account")
}

func TestOtherConditionsOfOfficialClient(t *testing.T) {
	t.Parallel()
	s := withPolicy(t)
	client := newAlerts(t, s)
	base := alerts.NrqlConditionCreateBase{
		Name: "Slow", Enabled: true, Nrql: alerts.NrqlConditionCreateQuery{Query: "SELECT average(duration) FROM Transaction"},
		Terms: []alerts.NrqlConditionTerm{{Operator: "ABOVE", Priority: "WARNING", Threshold: new(3.0), ThresholdDuration: 120, ThresholdOccurrences: "ALL"}},
	}
	weekly, lower := alerts.NrqlSignalSeasonalities.Weekly, alerts.NrqlBaselineDirections.LowerOnly
	baseline := must[*alerts.NrqlAlertCondition](t)(client.CreateNrqlConditionBaselineMutation(shop, "1", alerts.NrqlConditionCreateInput{
		NrqlConditionCreateBase: base, BaselineDirection: &alerts.NrqlBaselineDirections.UpperOnly, SignalSeasonality: &weekly,
	}))
	if baseline.Type != "BASELINE" || *baseline.BaselineDirection != "UPPER_ONLY" || *baseline.SignalSeasonality != weekly {
		t.Errorf("created %+v", baseline)
	}
	change := alerts.NrqlConditionUpdateInput{
		NrqlConditionUpdateBase: alerts.NrqlConditionUpdateBase{Name: "Quick", Nrql: alerts.NrqlConditionUpdateQuery{Query: base.Nrql.Query}},
		BaselineDirection:       &lower,
	}
	baseline = must[*alerts.NrqlAlertCondition](t)(client.UpdateNrqlConditionBaselineMutation(shop, baseline.ID, change))
	if *baseline.BaselineDirection != lower || baseline.Name != "Quick" || *baseline.SignalSeasonality != weekly {
		t.Errorf("updated %+v", baseline)
	}
	change.BaselineDirection = nil
	_, err := client.UpdateNrqlConditionStaticMutation(shop, baseline.ID, change)
	wantError(t, err, "id belongs to BASELINE conditions, not to STATIC conditions")

	outlier := must[*alerts.NrqlAlertCondition](t)(client.CreateNrqlConditionOutlierMutation(shop, "1", alerts.NrqlConditionCreateInput{
		NrqlConditionCreateBase: base,
		OutlierConfiguration:    &alerts.NrqlOutlierConfigurationInput{DBSCAN: alerts.NrqlOutlierDbScanConfigurationInput{Epsilon: 0.5, MinimumPoints: 3}},
	}))
	want := &alerts.NrqlOutlierConfigurationOutput{Algorithm: "DBSCAN", Epsilon: 0.5, MinimumPoints: 3}
	if diff := cmp.Diff(want, outlier.OutlierConfiguration); diff != "" {
		t.Errorf("outlier (-want +got)\n%s", diff)
	}
	outlier = must[*alerts.NrqlAlertCondition](t)(client.UpdateNrqlConditionOutlierMutation(shop, outlier.ID, change))
	if diff := cmp.Diff(want, outlier.OutlierConfiguration); diff != "" || outlier.Name != "Quick" {
		t.Errorf("updated %s (-want +got)\n%s", outlier.Name, diff)
	}

	must[*alerts.AlertsPolicy](t)(client.DeletePolicyMutation(shop, "1"))
	if left := must[[]*alerts.NrqlAlertCondition](t)(client.SearchNrqlConditionsQuery(shop, alerts.NrqlConditionsSearchCriteria{})); len(left) != 0 {
		t.Errorf("%d conditions are left of a deleted policy", len(left))
	}
}

const staticCreate = `mutation($condition: AlertsNrqlConditionStaticInput!) { alertsNrqlConditionStaticCreate(accountId: 7, policyId: 1, condition: $condition) { id } }`

// staticInput is a small condition that is right, with some fields changed.
func staticInput(changes map[string]any) map[string]any {
	condition := map[string]any{
		"name": "Errors", "enabled": true, "nrql": map[string]any{"query": "SELECT count(*) FROM T"},
		"terms": []any{map[string]any{"operator": "ABOVE", "threshold": 1, "thresholdDuration": 300, "thresholdOccurrences": "ALL"}},
	}
	return map[string]any{"condition": merged(condition, changes)}
}

func TestConditionsAreFound(t *testing.T) {
	t.Parallel()
	s := withPolicy(t)
	client := newAlerts(t, s)
	for _, name := range []string{"Errors", "More errors", "Slow"} {
		run(t, s, staticCreate, staticInput(map[string]any{"name": name, "nrql": map[string]any{"query": "SELECT count(*) FROM " + strings.ReplaceAll(name, " ", "")}}))
	}
	for _, test := range []struct {
		criteria alerts.NrqlConditionsSearchCriteria
		want     string
	}{
		{alerts.NrqlConditionsSearchCriteria{}, "Errors, More errors, Slow"},
		{alerts.NrqlConditionsSearchCriteria{Name: "Errors"}, "Errors"},
		{alerts.NrqlConditionsSearchCriteria{NameLike: "ERRORS"}, "Errors, More errors"},
		{alerts.NrqlConditionsSearchCriteria{PolicyID: "1", Query: "SELECT count(*) FROM Slow"}, "Slow"},
		{alerts.NrqlConditionsSearchCriteria{QueryLike: "from more"}, "More errors"},
		{alerts.NrqlConditionsSearchCriteria{PolicyID: "2"}, ""},
	} {
		var names []string
		for _, c := range must[[]*alerts.NrqlAlertCondition](t)(client.SearchNrqlConditionsQuery(shop, test.criteria)) {
			names = append(names, c.Name)
		}
		if got := strings.Join(names, ", "); got != test.want {
			t.Errorf("%+v: got %q, want %q", test.criteria, got, test.want)
		}
	}
}

func TestConditionsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := withPolicy(t)
	signal := func(settings map[string]any) map[string]any { return map[string]any{"signal": settings} }
	query := func(text string) map[string]any { return map[string]any{"nrql": map[string]any{"query": text}} }
	term := func(changes map[string]any) map[string]any {
		return merged(map[string]any{"operator": "ABOVE", "threshold": 1, "thresholdDuration": 300, "thresholdOccurrences": "ALL"}, changes)
	}
	terms := func(list ...any) map[string]any { return map[string]any{"terms": append([]any{}, list...)} }
	for _, test := range []struct {
		change map[string]any
		want   string // "" is no complaint
	}{
		{nil, ""},
		{map[string]any{"name": strings.Repeat("ü", 128)}, ""},
		{map[string]any{"name": strings.Repeat("ü", 129)}, "name must have at most 128 characters"},
		{map[string]any{"description": strings.Repeat("x", 4001)}, "description must have at most 4000 characters"},
		{map[string]any{"titleTemplate": strings.Repeat("x", 257)}, "titleTemplate must have at most 256 characters"},
		{map[string]any{"violationTimeLimitSeconds": 299}, "violationTimeLimitSeconds must be between 300 and 2592000"},
		{map[string]any{"type": "BASELINE"}, "type is BASELINE for a condition of the type STATIC"},
		{map[string]any{"expiration": map[string]any{"expirationDuration": 172801}}, "expiration.expirationDuration must be between 30 and 172800"},
		{signal(map[string]any{"aggregationWindow": 21600, "slideBy": 300}), "terms.0.thresholdDuration must be a multiple of the aggregation window of 21600 seconds"},
		{signal(map[string]any{"aggregationWindow": 15}), "signal.aggregationWindow must be between 30 and 21600"},
		{signal(map[string]any{"aggregationWindow": 50}), "signal.aggregationWindow must be a multiple of 15"},
		{signal(map[string]any{"slideBy": 60}), "signal.slideBy must be shorter than the aggregation window of 60 seconds and divide it"},
		{signal(map[string]any{"slideBy": 45}), "signal.slideBy must be shorter than the aggregation window of 60 seconds and divide it"},
		{signal(map[string]any{"aggregationDelay": 1200}), ""},
		{signal(map[string]any{"aggregationDelay": 1201}), "signal.aggregationDelay must be between 0 and 1200 for EVENT_FLOW"},
		{signal(map[string]any{"aggregationMethod": "CADENCE", "aggregationDelay": 3600}), ""},
		{signal(map[string]any{"aggregationMethod": "CADENCE", "aggregationDelay": 3601}), "signal.aggregationDelay must be between 0 and 3600"},
		{signal(map[string]any{"aggregationMethod": "EVENT_TIMER", "aggregationTimer": 1201}), "signal.aggregationTimer must be between 0 and 1200"},
		{signal(map[string]any{"evaluationDelay": 7201}), "signal.evaluationDelay must be between 0 and 7200"},
		{signal(map[string]any{"fillOption": "STATIC"}), "signal.fillValue is required for the fill option STATIC"},
		{terms(), "terms must not be empty"},
		{terms(term(nil), term(map[string]any{"priority": "WARNING"})), ""},
		{terms(term(nil), term(nil)), "terms.1.priority is CRITICAL a second time"},
		{terms(term(map[string]any{"thresholdDuration": 86460})), "terms.0.thresholdDuration must be between 30 and 86400"},
		{terms(term(map[string]any{"thresholdDuration": 90})), "terms.0.thresholdDuration must be a multiple of the aggregation window of 60 seconds"},
		{query("SELECT FORM T"), "nrql.query NRQL Syntax Error: Error at line 1 position 13, unexpected 'T'"},
		{query(""), "nrql.query must not be empty"},
		{query("SELECT count(*), sum(a) FROM T"), "nrql.query must select exactly one value"},
		{query("SELECT percentile(a, 50, 95) FROM T"), "nrql.query must select exactly one value: percentile() of one percentage"},
		{query("SELECT percentile(a, 95) FROM T"), ""},
		{query("SELECT uniques(a) FROM T"), "nrql.query must select a number, not the list of uniques()"},
		{query("SELECT a FROM T"), "nrql.query must select a number of many events, such as count(*)"},
		{query("SELECT filter(count(*), WHERE x = 1) / count(*) FROM T FACET a, b"), ""},
		{query("SELECT count(*) FROM T SINCE 1 hour ago"), "nrql.query must not have SINCE"},
		{query("SELECT count(*) FROM T UNTIL 1 hour ago"), "nrql.query must not have UNTIL"},
		{query("SELECT count(*) FROM T TIMESERIES"), "nrql.query must not have TIMESERIES"},
		{query("SELECT count(*) FROM T COMPARE WITH 1 day ago"), "nrql.query must not have COMPARE WITH"},
		{query("SELECT count(*) FROM T FACET a LIMIT 5"), "nrql.query must not have LIMIT"},
		{query("SELECT count(*) FROM T FACET a ORDER BY max(b)"), "nrql.query must not have FACET … ORDER BY"},
		{query("SELECT count(*) FROM T WHERE a IN (SELECT uniques(a) FROM U)"), "nrql.query must not have a subquery"},
		{query("SELECT histogram(a) FROM T"), "nrql.query must not use histogram()"},
		{query("SELECT cardinality(a) FROM Metric"), "nrql.query must not use cardinality()"},
		{query("SELECT max(x) FROM (SELECT count(*) AS x FROM T FACET a)"), ""},
		{query("SELECT max(x) FROM (SELECT count(*) AS x FROM T)"), "nrql.query must have FACET in its innermost query"},
		{
			merged(query("SELECT max(x) FROM (SELECT count(*) AS x FROM T FACET a)"), map[string]any{"expiration": map[string]any{"expirationDuration": 60}}),
			"expiration.expirationDuration cannot be set for a query over a query",
		},
		{
			map[string]any{"nrql": map[string]any{"query": "SELECT count(*) FROM T", "dataAccountId": other}},
			"nrql.dataAccountId You are not authorized to query account 8",
		},
		{map[string]any{"name": "", "violationTimeLimitSeconds": 0}, "name must not be empty\nviolationTimeLimitSeconds must be between 300 and 2592000"},
	} {
		got := validationErrors(t, run(t, s, staticCreate, staticInput(test.change)))
		if got != test.want {
			t.Errorf("%v: got %q, want %q", test.change, got, test.want)
		}
	}
}

func TestConditionsOfAPolicyAreLimited(t *testing.T) {
	t.Parallel()
	s := withPolicy(t)
	var document strings.Builder
	document.WriteString("mutation($condition: AlertsNrqlConditionStaticInput!) {")
	for i := range maxConditions {
		fmt.Fprintf(&document, " c%d: alertsNrqlConditionStaticCreate(accountId: 7, policyId: 1, condition: $condition) { id }", i)
	}
	document.WriteString("}")
	if got := validationErrors(t, run(t, s, document.String(), staticInput(nil))); got != "" {
		t.Fatalf("the first %d: %s", maxConditions, got)
	}
	if got, want := validationErrors(t, run(t, s, staticCreate, staticInput(nil))), "policyId is a policy with 1000 conditions already, which is the limit"; got != want {
		t.Errorf("one more: got %q, want %q", got, want)
	}
}
