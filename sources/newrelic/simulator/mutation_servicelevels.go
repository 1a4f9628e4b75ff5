package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// serviceLevels are the indicators of entities.
func serviceLevels() *resourceKind {
	return &resourceKind{
		bucket: "service level", name: "service levels", input: "ServiceLevelIndicatorCreateInput", beside: []string{"entityGuid"},
		domain: "EXT", entity: "SERVICE_LEVEL", most: 500, check: checkIndicator, show: showIndicator, adapt: replaceQueries,
	}
}

// replaceQueries makes an update replace whole queries, and a good one take the
// place of a bad one.
func replaceQueries(changes map[string]any) map[string]any {
	events := maps.Clone(objectOf(changes, "events"))
	for name := range events {
		if query, given := events[name].(map[string]any); given {
			whole := map[string]any{"where": nil, "select": nil}
			maps.Copy(whole, query)
			events[name] = whole
		}
	}
	_, good := events["goodEvents"].(map[string]any)
	_, bad := events["badEvents"].(map[string]any)
	switch {
	case good && !bad:
		events["badEvents"] = nil
	case bad && !good:
		events["goodEvents"] = nil
	}
	if events == nil {
		return changes
	}
	changes = maps.Clone(changes)
	changes["events"] = events
	return changes
}

func checkIndicator(c call, next *resource) []problem {
	var problems []problem
	fail := func(name, format string, args ...any) {
		problems = append(problems, problem{name, fmt.Sprintf(format, args...)})
	}
	events := objectOf(next.state, "events")
	if account, given := events["accountId"].(int64); given {
		if f := c.may(account); f != nil {
			fail("events.accountId", "%s", f.message)
		}
	}
	if (events["goodEvents"] == nil) == (events["badEvents"] == nil) {
		fail("events", "must have either goodEvents or badEvents")
	}
	for _, name := range []string{"validEvents", "goodEvents", "badEvents"} {
		if query := objectOf(events, name); query != nil {
			for _, p := range checkEvents(query) {
				fail("events."+name+"."+p.name, "%s", p.reason)
			}
		}
	}
	for i, objective := range listOf(next.state, "objectives") {
		for _, p := range checkObjective(objective) {
			fail(fmt.Sprintf("objectives.%d.%s", i, p.name), "%s", p.reason)
		}
	}
	return problems
}

// checkEvents checks the parts of a query that New Relic puts together.
func checkEvents(query map[string]any) []problem {
	from, where := textOf(query, "from"), textOf(query, "where")
	selected := objectOf(query, "select")
	attribute, function := textOf(selected, "attribute"), textOf(selected, "function")
	var problems []problem
	if read, reason := readQuery("SELECT count(*) FROM " + from); reason != "" || !onlyFrom(read) {
		problems = append(problems, problem{"from", "must be one or several event types"})
	}
	if where != "" {
		if reason := checkWhere(where); reason != "" {
			problems = append(problems, problem{"where", reason})
		}
	}
	switch {
	case function == "COUNT":
	case attribute == "":
		problems = append(problems, problem{"select.attribute", "is required for " + function})
	case function == "GET_CDF_COUNT" && selected["threshold"] == nil:
		problems = append(problems, problem{"select.threshold", "is required for " + function})
	case function == "SUM":
		if reason := checkSummed(attribute); reason != "" {
			problems = append(problems, problem{"select.attribute", reason})
		}
	}
	return problems
}

// onlyFrom reports whether a query that was put together has nothing but the
// event types that were meant.
func onlyFrom(q *nrql.Query) bool {
	names := !slices.ContainsFunc(q.From, func(x nrql.Expr) bool { _, isName := x.(*nrql.Name); return !isName })
	return names && q.Where == nil && q.Facet == nil && q.Limit == nil && q.Since == nil && q.Until == nil &&
		q.TimeSeries == nil && q.Compare == nil && len(q.Joins) == 0 && len(q.With) == 0 && len(q.OrderBy) == 0
}

// checkSummed allows arithmetic of attributes: sum(a + b), but not sum(sum(a)).
func checkSummed(attribute string) string {
	read, reason := readQuery("SELECT sum(" + attribute + ") FROM Transaction")
	if reason != "" {
		return reason
	}
	call, isCall := read.Select[0].Expr.(*nrql.Call)
	if len(read.Select) != 1 || !isCall || len(call.Args) != 1 || notOneValue(call.Args[0]) == "" {
		return "must be an attribute or arithmetic of attributes"
	}
	return ""
}

// checkObjective knows the windows of the documentation. The official client
// names fewer: 1, 7 and 28 days.
func checkObjective(objective any) []problem {
	var problems []problem
	members, _ := objective.(map[string]any)
	target, _ := members["target"].(float64)
	if _, decimals, _ := strings.Cut(formatNumber(target), "."); len(decimals) > 5 {
		problems = append(problems, problem{"target", "must have at most 5 decimals"})
	}
	days, _ := objectOf(objectOf(objective, "timeWindow"), "rolling")["count"].(int64)
	if !slices.Contains([]int64{1, 7, 14, 28, 30}, days) {
		problems = append(problems, problem{"timeWindow.rolling.count", "must be one of 1, 7, 14, 28, 30"})
	}
	return problems
}

func showIndicator(_ call, shown *resource, fields map[string]any) {
	fields["entityGuid"] = shown.state["entityGuid"]
	created := shown.created.UnixMilli()
	actor := map[string]any{"__typename": "ServiceLevelUserActor", "id": "1", "type": "USER"}
	metadata := map[string]any{"createdAt": created, "createdBy": actor}
	fields["createdAt"], fields["createdBy"], fields["metadata"] = created, user(), metadata
	delete(fields, "updatedAt")
	if !shown.updated.IsZero() {
		updated := shown.updated.UnixMilli()
		fields["updatedAt"], fields["updatedBy"] = updated, user()
		metadata["updatedAt"], metadata["updatedBy"] = updated, actor
	}
	events := maps.Clone(objectOf(shown.state, "events"))
	events["account"] = accountReference(events["accountId"])
	for _, name := range []string{"validEvents", "goodEvents", "badEvents"} {
		if query := objectOf(events, name); query != nil {
			query = maps.Clone(query)
			query["facets"] = events["facets"]
			events[name] = query
		}
	}
	fields["events"] = events
}

func accountReference(account any) map[string]any {
	return map[string]any{"id": account, "name": fmt.Sprintf("Account %d", account)}
}

// byEither finds an object by its GUID, or by its id alone.
func byEither(c call, k *resourceKind) (*resource, *denial) {
	if c.text("guid") != "" {
		return byGUID("guid")(c, k)
	}
	for _, r := range c.control().resources {
		if r.kind.bucket == k.bucket && r.id == c.text("id") {
			return r, c.may(r.account)
		}
	}
	return nil, missing()
}

func serviceLevelResolvers() map[string]resolve {
	k := serviceLevels()
	create := func(c call) (map[string]any, *denial) {
		name, isGUID := readGUID(c.text("entityGuid"))
		if !isGUID {
			return nil, denied(problem{"entityGuid", "is not the GUID of an entity"})
		}
		if f := c.exists(name); f != nil {
			return nil, f
		}
		c.args = maps.Clone(c.args)
		c.args["entityGuid"] = name.guid()
		return k.add(c, name.account, objectOf(c.args, "indicator"))
	}
	return map[string]resolve{
		"RootMutationType.serviceLevelCreate": alone(create),
		"RootMutationType.serviceLevelUpdate": alone(k.update(byEither, "indicator")),
		"RootMutationType.serviceLevelDelete": alone(k.remove(byEither)),
		"ServiceLevelDefinition.indicators":   ofEntity(k.bucket),
	}
}

// ofEntity reads the objects of a bucket that belong to the entity above.
func ofEntity(bucket string) resolve {
	return locked(func(c call, parent any) (any, *queryError) {
		guid := textOf(parent, "guid")
		name, _ := readGUID(guid)
		return c.views(c.control().list(bucket, name.account, func(r *resource) bool {
			return textOf(r.state, "entityGuid") == guid
		})), nil
	})
}
