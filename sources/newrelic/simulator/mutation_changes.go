package simulator

import (
	"maps"
	"regexp"
	"slices"
)

// deployments and changeEvents are marks of changes. New Relic writes them as
// events as well; here they are kept and no query finds them.
func deployments() *resourceKind {
	return &resourceKind{
		bucket: "deployment", name: "deployments", input: "ChangeTrackingDeploymentInput",
		show: func(_ call, shown *resource, fields map[string]any) {
			fields["deploymentId"] = shown.id
			showTime(shown, fields)
		},
	}
}

func changeEvents() *resourceKind {
	return &resourceKind{
		bucket: "change event", name: "change tracking events", input: "ChangeTrackingCreateEventInput",
		check: checkChange, show: showChange,
	}
}

func showTime(shown *resource, fields map[string]any) {
	if fields["timestamp"] == nil {
		fields["timestamp"] = shown.created.UnixMilli()
	}
}

// categoryOf returns the category and the type of a change, and the two as New
// Relic's enumeration has them.
func categoryOf(state map[string]any) (category, changeType, both string) {
	kind := objectOf(objectOf(state, "categoryAndTypeData"), "kind")
	if kind == nil {
		return "CUSTOMER_DEFINED", "CUSTOM", "CUSTOMER_DEFINED__CUSTOM"
	}
	category, changeType = textOf(kind, "category"), textOf(kind, "type")
	return category, changeType, category + "__" + changeType
}

func checkChange(c call, next *resource) []problem {
	var problems []problem
	category, _, both := categoryOf(next.state)
	known := enumValues(c.simulator.schema.inputs["ChangeTrackingCategoryType"])
	custom := slices.Contains(listOf(objectOf(c.args, "dataHandlingRules"), "validationFlags"), any("ALLOW_CUSTOM_CATEGORY_OR_TYPE"))
	if !custom && !slices.Contains(known, both) {
		problems = append(problems, problem{"categoryAndTypeData.kind", "is unknown, and ALLOW_CUSTOM_CATEGORY_OR_TYPE is not set"})
	}
	fields := objectOf(objectOf(next.state, "categoryAndTypeData"), "categoryFields")
	for _, required := range []struct{ category, fields string }{{"DEPLOYMENT", "deployment"}, {"FEATURE_FLAG", "featureFlag"}} {
		if category == required.category && fields[required.fields] == nil {
			problems = append(problems, problem{"categoryAndTypeData.categoryFields." + required.fields, "is required for the category " + category})
		}
	}
	return problems
}

func showChange(c call, shown *resource, fields map[string]any) {
	category, changeType, both := categoryOf(shown.state)
	fields["category"], fields["type"], fields["changeTrackingId"] = category, changeType, shown.id
	if slices.Contains(enumValues(c.simulator.schema.inputs["ChangeTrackingCategoryType"]), both) {
		fields["categoryAndType"] = both
	}
	showTime(shown, fields)
	own := objectOf(objectOf(shown.state, "categoryAndTypeData"), "categoryFields")
	switch category {
	case "DEPLOYMENT":
		fields["__typename"] = "ChangeTrackingDeploymentEvent"
		maps.Copy(fields, objectOf(own, "deployment"))
	case "FEATURE_FLAG":
		fields["__typename"] = "ChangeTrackingFeatureFlagEvent"
		maps.Copy(fields, objectOf(own, "featureFlag"))
	default:
		fields["__typename"] = "ChangeTrackingGenericEvent"
	}
	if name, isGUID := readGUID(searched(shown.state)); isGUID {
		fields["entity"] = c.outline(name)
	}
}

// searched returns the GUID that a search for an entity is about. Only a search
// by GUID is understood.
func searched(state map[string]any) string {
	found := regexp.MustCompile(`^\s*(?:id|guid)\s*=\s*['"]([^'"]+)['"]\s*$`).FindStringSubmatch(textOf(objectOf(state, "entitySearch"), "query"))
	if found == nil {
		return ""
	}
	return found[1]
}

// outline is the short form of an entity.
func (c call) outline(name entityName) map[string]any {
	typeName, known := map[string]string{
		"APM|APPLICATION": "ApmApplicationEntityOutline", "BROWSER|APPLICATION": "BrowserApplicationEntityOutline",
		"MOBILE|APPLICATION": "MobileApplicationEntityOutline", "SYNTH|MONITOR": "SyntheticMonitorEntityOutline",
		"VIZ|DASHBOARD": "DashboardEntityOutline", "INFRA|HOST": "InfrastructureHostEntityOutline", "EXT|SERVICE_LEVEL": "ExternalEntityOutline",
	}[name.domain+"|"+name.entity]
	if !known {
		typeName = "GenericEntityOutline"
	}
	outline := map[string]any{
		"__typename": typeName, "guid": name.guid(), "accountId": name.account, "domain": name.domain, "type": name.entity,
	}
	if r := c.control().findGUID(name.guid()); r != nil {
		outline["name"] = r.state["name"]
	}
	return outline
}

func changeResolvers() map[string]resolve {
	deployed, changed := deployments(), changeEvents()
	about := func(c call, guid string) (entityName, *denial) {
		name, isGUID := readGUID(guid)
		if !isGUID {
			return name, denied(problem{"entityGuid", "is not the GUID of an entity"})
		}
		return name, c.exists(name)
	}
	event := func(c call) (map[string]any, *denial) {
		given := objectOf(c.args, "changeTrackingEvent")
		guid := searched(given)
		if guid == "" {
			return nil, &denial{cause: notSimulated, message: "a search for entities other than id = 'GUID'"}
		}
		name, f := about(c, guid)
		if f != nil {
			return nil, f
		}
		made, f := changed.add(c, name.account, given)
		if f != nil {
			return nil, f
		}
		return map[string]any{"changeTrackingEvent": made, "messages": []any{}}, nil
	}
	return map[string]resolve{
		"RootMutationType.changeTrackingCreateDeployment": alone(func(c call) (map[string]any, *denial) {
			given := objectOf(c.args, "deployment")
			name, f := about(c, textOf(given, "entityGuid"))
			if f != nil {
				return nil, f
			}
			given = maps.Clone(given)
			given["entityGuid"] = name.guid()
			return deployed.add(c, name.account, given)
		}),
		"ChangeTrackingDeploymentSearchResult.results": ofEntity(deployed.bucket),
		"RootMutationType.changeTrackingCreateEvent":   alone(event),
	}
}
