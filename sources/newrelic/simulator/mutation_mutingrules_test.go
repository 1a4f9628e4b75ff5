package simulator

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/newrelic/newrelic-client-go/v2/pkg/alerts"
)

func TestMutingRulesOfOfficialClient(t *testing.T) {
	t.Parallel()
	client := newAlerts(t, newControlled())
	must := must[*alerts.MutingRule](t)
	naive := func(text string) *alerts.NaiveDateTime {
		at, err := time.Parse(naiveTime, text)
		if err != nil {
			t.Fatal(err)
		}
		return &alerts.NaiveDateTime{Time: at}
	}
	condition := alerts.MutingRuleConditionGroup{
		Operator: "AND", Conditions: []alerts.MutingRuleCondition{{Attribute: "policyName", Operator: "EQUALS", Values: []string{"Pay"}}},
	}
	weekly, days := alerts.MutingRuleScheduleRepeatTypes.WEEKLY, []alerts.DayOfWeek{"MONDAY", "SUNDAY"}
	created := must(client.CreateMutingRule(shop, alerts.MutingRuleCreateInput{
		Name: "Maintenance", Description: "of the till", Enabled: true, Condition: condition, ActionOnMutingRuleWindowEnded: "DO_NOTHING",
		Schedule: &alerts.MutingRuleScheduleCreateInput{
			StartTime: naive("2023-07-08T02:00:00"), EndTime: naive("2023-07-08T04:30:00"), TimeZone: "Europe/Berlin",
			Repeat: &weekly, WeeklyRepeatDays: &days, EndRepeat: naive("2023-12-31T00:00:00"),
		},
	}))
	when := func(text string) *time.Time {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return &at
	}
	who := alerts.ByUser{ID: 1, Name: "slojourn simulator", Email: "simulator@example.com"}
	want := &alerts.MutingRule{
		ID: 1, AccountID: shop, Name: "Maintenance", Description: "of the till", Enabled: true, Condition: condition,
		ActionOnMutingRuleWindowEnded: "DO_NOTHING", CreatedAt: dateTime(clock()), UpdatedAt: dateTime(clock()), CreatedByUser: who, UpdatedByUser: who,
		Schedule: &alerts.MutingRuleSchedule{
			StartTime: when("2023-07-08T02:00:00+02:00"), EndTime: when("2023-07-08T04:30:00+02:00"), TimeZone: "Europe/Berlin",
			Repeat: &weekly, WeeklyRepeatDays: &days, EndRepeat: when("2023-12-31T00:00:00+01:00"),
		},
	}
	if diff := cmp.Diff(want, created); diff != "" {
		t.Errorf("created (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(want, must(client.GetMutingRule(shop, 1))); diff != "" {
		t.Errorf("read back (-want +got)\n%s", diff)
	}
	// The client sends null for a schedule that its update leaves out.
	want.Name, want.Enabled, want.Schedule = "Repair", false, nil
	if diff := cmp.Diff(want, must(client.UpdateMutingRule(shop, 1, alerts.MutingRuleUpdateInput{Name: "Repair"}))); diff != "" {
		t.Errorf("updated (-want +got)\n%s", diff)
	}
	list, err := client.ListMutingRules(shop)
	if err != nil || len(list) != 1 || list[0].Name != "Repair" || cmp.Diff(condition, list[0].Condition) != "" {
		t.Errorf("listed %+v, %v", list, err)
	}
	if err := client.DeleteMutingRule(shop, 1); err != nil {
		t.Error(err)
	}
	wantError(t, client.DeleteMutingRule(shop, 1), "Not Found")
	_, err = client.GetMutingRule(shop, 1)
	wantError(t, err, "Not Found")
}

func TestMutingRulesThatAreRefused(t *testing.T) {
	t.Parallel()
	s := newControlled()
	const create = `mutation($rule: AlertsMutingRuleInput!) { alertsMutingRuleCreate(accountId: 7, rule: $rule) { id } }`
	one := func(values ...string) any {
		return map[string]any{"attribute": "policyName", "operator": "IN", "values": values}
	}
	conditions := func(list ...any) map[string]any {
		return map[string]any{"condition": map[string]any{"conditions": append([]any{}, list...)}}
	}
	schedule := func(changes map[string]any) map[string]any {
		return map[string]any{"schedule": merged(map[string]any{"timeZone": "Etc/UTC"}, changes)}
	}
	for _, test := range []struct {
		change map[string]any
		want   string
	}{
		{nil, ""},
		{map[string]any{"name": ""}, "name must not be empty"},
		{conditions(), "condition.conditions must not be empty"},
		{conditions(slices.Repeat([]any{one("Pay")}, 21)...), "condition.conditions must have at most 20 entries"},
		{conditions(slices.Repeat([]any{one("Pay")}, 20)...), ""},
		{conditions(one(slices.Repeat([]string{"a"}, 300)...), one(slices.Repeat([]string{"a"}, 201)...)), "condition must have at most 500 values"},
		{schedule(nil), ""},
		{schedule(map[string]any{"timeZone": "Mars/Base"}), `schedule.timeZone "Mars/Base" is not the name of a time zone`},
		{schedule(map[string]any{"timeZone": "Local"}), `schedule.timeZone "Local" is not the name of a time zone`},
		{schedule(map[string]any{"startTime": "2023-07-08T02:00:00", "endTime": "2023-07-08T02:00:00"}), "schedule.endTime must be after startTime"},
		{schedule(map[string]any{"endRepeat": "2023-07-08T02:00:00", "repeatCount": 3}), "schedule.repeatCount cannot be set together with endRepeat"},
		{schedule(map[string]any{"repeat": "DAILY", "weeklyRepeatDays": []string{"MONDAY"}}), "schedule.weeklyRepeatDays can be set for the repetition WEEKLY only"},
		{schedule(map[string]any{"startTime": "2023-07-08T02:00:00Z"}), `Variable "$rule" got an invalid value: in field "schedule.startTime": expected type NaiveDateTime.`},
	} {
		rule := map[string]any{"name": "Maintenance", "enabled": true, "condition": map[string]any{"operator": "OR", "conditions": []any{one("Pay")}}}
		if got := validationErrors(t, run(t, s, create, map[string]any{"rule": merged(rule, test.change)})); got != test.want {
			t.Errorf("%v: got %q, want %q", test.change, got, test.want)
		}
	}
}
