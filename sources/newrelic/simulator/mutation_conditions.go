package simulator

import (
	"fmt"
	"maps"
	"slices"
)

// maxConditions is how many conditions a policy can have.
const maxConditions = 1_000

// nrqlConditions are the NRQL conditions of one type. All types share ids.
func nrqlConditions(typeName, condition, input string) *resourceKind {
	return &resourceKind{
		bucket: "condition", name: condition + " conditions", input: input, beside: []string{"policyId"},
		domain: "AIOPS", entity: "CONDITION", most: 4_000,
		check: func(c call, next *resource) []problem {
			problems := checkCondition(c, next)
			if given := textOf(next.state, "type"); given != "" && given != condition {
				problems = append(problems, problem{"type", "is " + given + " for a condition of the type " + condition})
			}
			return problems
		},
		show: func(_ call, shown *resource, fields map[string]any) {
			fields["__typename"], fields["type"] = typeName, condition
			showCondition(shown, fields)
		},
	}
}

func checkCondition(c call, next *resource) []problem {
	var problems []problem
	fail := func(name, format string, args ...any) {
		problems = append(problems, problem{name, fmt.Sprintf(format, args...)})
	}
	policy := textOf(next.state, "policyId")
	if c.control().find("policy", next.account, policy) == nil {
		fail("policyId", "is not a policy of the account")
	}
	inPolicy := func(r *resource) bool { return textOf(r.state, "policyId") == policy && r.id != next.id }
	if len(c.control().list("condition", next.account, inPolicy)) >= maxConditions {
		fail("policyId", "is a policy with %d conditions already, which is the limit", maxConditions)
	}
	query := objectOf(next.state, "nrql")
	if account, given := query["dataAccountId"].(int64); given {
		if f := c.may(account); f != nil {
			fail("nrql.dataAccountId", "%s", f.message)
		}
	}
	nested, reason := checkSignalQuery(textOf(query, "query"))
	if reason != "" {
		fail("nrql.query", "%s", reason)
	}
	if nested && objectOf(next.state, "expiration")["expirationDuration"] != nil {
		fail("expiration.expirationDuration", "cannot be set for a query over a query")
	}
	return append(problems, checkSignal(next.state)...)
}

// checkSignal checks settings that depend on one another.
func checkSignal(state map[string]any) []problem {
	var problems []problem
	fail := func(name, format string, args ...any) {
		problems = append(problems, problem{name, fmt.Sprintf(format, args...)})
	}
	signal := objectOf(state, "signal")
	window, _ := signal["aggregationWindow"].(int64)
	if slide, given := signal["slideBy"].(int64); given && (slide >= window || window%slide != 0) {
		fail("signal.slideBy", "must be shorter than the aggregation window of %d seconds and divide it", window)
	}
	if delay, _ := signal["aggregationDelay"].(int64); delay > 1200 && textOf(signal, "aggregationMethod") == "EVENT_FLOW" {
		fail("signal.aggregationDelay", "must be between 0 and 1200 for EVENT_FLOW")
	}
	if textOf(signal, "fillOption") == "STATIC" && signal["fillValue"] == nil {
		fail("signal.fillValue", "is required for the fill option STATIC")
	}
	var priorities []string
	for i, term := range listOf(state, "terms") {
		priority := textOf(term, "priority")
		if slices.Contains(priorities, priority) {
			fail(fmt.Sprintf("terms.%d.priority", i), "is %s a second time", priority)
		}
		priorities = append(priorities, priority)
		term, _ := term.(map[string]any)
		if duration, _ := term["thresholdDuration"].(int64); window > 0 && duration%window != 0 {
			fail(fmt.Sprintf("terms.%d.thresholdDuration", i), "must be a multiple of the aggregation window of %d seconds", window)
		}
	}
	return problems
}

// showCondition adds the defaults that depend on other settings.
func showCondition(shown *resource, fields map[string]any) {
	nrql := maps.Clone(objectOf(shown.state, "nrql"))
	if nrql["dataAccountId"] == nil {
		nrql["dataAccountId"] = shown.account
	}
	signal := maps.Clone(objectOf(shown.state, "signal"))
	setting, otherwise := "aggregationDelay", int64(120)
	if textOf(signal, "aggregationMethod") == "EVENT_TIMER" {
		setting, otherwise = "aggregationTimer", 60
	}
	if signal[setting] == nil {
		signal[setting] = otherwise
	}
	fields["nrql"], fields["signal"] = nrql, signal
	if fields["violationTimeLimitSeconds"] == nil {
		fields["violationTimeLimitSeconds"] = timeLimit(textOf(shown.state, "violationTimeLimit"))
	}
	if dbscan := objectOf(objectOf(shown.state, "outlierConfiguration"), "dbscan"); dbscan != nil {
		dbscan = maps.Clone(dbscan)
		dbscan["__typename"], dbscan["algorithm"] = "AlertsOutlierDbScanConfiguration", "DBSCAN"
		fields["outlierConfiguration"] = dbscan
	}
}

// timeLimit returns after how many seconds an incident is closed: three days
// unless an older setting says otherwise.
func timeLimit(name string) int64 {
	hours, known := map[string]int64{
		"ONE_HOUR": 1, "TWO_HOURS": 2, "FOUR_HOURS": 4, "EIGHT_HOURS": 8, "TWELVE_HOURS": 12, "TWENTY_FOUR_HOURS": 24,
	}[name]
	if !known {
		hours = 72
	}
	return hours * 3600
}

func conditionResolvers() map[string]resolve {
	static := nrqlConditions("AlertsNrqlStaticCondition", "STATIC", "AlertsNrqlConditionStaticInput")
	baseline := nrqlConditions("AlertsNrqlBaselineCondition", "BASELINE", "AlertsNrqlConditionBaselineInput")
	outlier := nrqlConditions("AlertsNrqlOutlierCondition", "OUTLIER", "AlertsNrqlConditionOutlierInput")
	const bucket = "condition"
	return map[string]resolve{
		"RootMutationType.alertsNrqlConditionStaticCreate":   alone(static.create("condition")),
		"RootMutationType.alertsNrqlConditionStaticUpdate":   alone(static.update(byID("id"), "condition")),
		"RootMutationType.alertsNrqlConditionBaselineCreate": alone(baseline.create("condition")),
		"RootMutationType.alertsNrqlConditionBaselineUpdate": alone(baseline.update(byID("id"), "condition")),
		"RootMutationType.alertsNrqlConditionOutlierCreate":  alone(outlier.create("condition")),
		"RootMutationType.alertsNrqlConditionOutlierUpdate":  alone(outlier.update(byID("id"), "condition")),
		"RootMutationType.alertsConditionDelete":             alone(static.remove(byID("id"))),
		"AlertsAccountStitchedFields.nrqlCondition":          one(bucket),
		"AlertsAccountStitchedFields.nrqlConditionsSearch": search(bucket, "nrqlConditions", "searchCriteria",
			func(given map[string]any, r *resource) bool {
				name, query := textOf(r.state, "name"), textOf(objectOf(r.state, "nrql"), "query")
				return same(name, textOf(given, "name")) && like(name, textOf(given, "nameLike")) &&
					same(textOf(r.state, "policyId"), textOf(given, "policyId")) &&
					same(query, textOf(given, "query")) && like(query, textOf(given, "queryLike"))
			}),
	}
}
