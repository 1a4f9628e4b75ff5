package simulator

import (
	"fmt"
	"maps"
	"slices"
)

// dashboardKind are dashboards. They are kept and never drawn, so their queries are not read.
func dashboardKind() *resourceKind {
	return &resourceKind{
		bucket: "dashboard", name: "dashboards", input: "DashboardInput", domain: "VIZ", entity: "DASHBOARD",
		adapt: func(changes map[string]any) map[string]any {
			// An update is a whole dashboard.
			return merged(map[string]any{"description": nil, "variables": nil}, changes)
		},
		show: showDashboard,
	}
}

func showDashboard(c call, shown *resource, fields map[string]any) {
	owner := map[string]any{"email": user()["email"], "userId": user()["id"]}
	fields["owner"] = owner
	pages := []any{}
	for _, page := range listOf(shown.state, "pages") {
		whole := map[string]any{
			"name": textOf(page, "name"), "guid": textOf(page, "guid"), "owner": owner,
			"createdAt": fields["createdAt"], "updatedAt": fields["updatedAt"],
		}
		if description := textOf(page, "description"); description != "" {
			whole["description"] = description
		}
		widgets := []any{}
		for _, widget := range listOf(page, "widgets") {
			widgets = append(widgets, showWidget(c, widget))
		}
		whole["widgets"] = widgets
		pages = append(pages, whole)
	}
	fields["pages"] = pages
}

// showWidget gives a widget with a configuration of one of the types that have
// fields of their own the raw form that goes with it.
func showWidget(c call, widget any) map[string]any {
	whole := maps.Clone(widget.(map[string]any))
	whole["linkedEntities"] = []any{}
	configuration := objectOf(whole, "configuration")
	for _, f := range c.simulator.schema.inputs["DashboardWidgetConfigurationInput"].Fields {
		typed := objectOf(configuration, f.Name)
		if typed == nil {
			continue
		}
		if whole["rawConfiguration"] == nil {
			whole["rawConfiguration"] = ordered(typed)
		}
		if textOf(objectOf(whole, "visualization"), "id") == "" {
			whole["visualization"] = map[string]any{"id": "viz." + f.Name}
		}
	}
	if whole["rawConfiguration"] == nil {
		whole["rawConfiguration"] = object{}
	}
	return whole
}

// laidOut checks the parts of a dashboard that stand in relation to what was
// there before, and gives new pages and widgets ids.
func (c call) laidOut(account int64, old *resource, given map[string]any) (map[string]any, *denial) {
	var known []string
	if old != nil {
		for _, page := range listOf(old.state, "pages") {
			known = append(known, textOf(page, "guid"))
		}
	}
	pages := []any{}
	for i, page := range listOf(given, "pages") {
		at := fmt.Sprintf("pages.%d", i)
		whole := merged(nil, page.(map[string]any))
		switch guid := textOf(page, "guid"); {
		case guid == "":
			whole["guid"] = guidOf(account, "VIZ", "DASHBOARD", c.control().nextID())
		case !slices.Contains(known, guid):
			return nil, denied(problem{at + ".guid", "is not a page of the dashboard"})
		}
		widgets := []any{}
		for j, widget := range listOf(page, "widgets") {
			if len(listOf(widget, "linkedEntityGuids")) > 0 {
				return nil, &denial{cause: notSimulated, message: "a widget with linked entities"}
			}
			settings := merged(nil, widget.(map[string]any))
			if textOf(settings, "id") == "" {
				settings["id"] = c.control().nextID()
			}
			if types := len(objectOf(settings, "configuration")); types > 1 {
				return nil, denied(problem{fmt.Sprintf("%s.widgets.%d.configuration", at, j), "must be of one type"})
			}
			widgets = append(widgets, settings)
		}
		whole["widgets"] = widgets
		pages = append(pages, whole)
	}
	return merged(given, map[string]any{"pages": pages}), nil
}

func dashboardResolvers() map[string]resolve {
	k := dashboardKind()
	create := func(c call) (map[string]any, *denial) {
		given, f := c.laidOut(c.accountID(), nil, objectOf(c.args, "dashboard"))
		if f != nil {
			return nil, f
		}
		return k.add(c, c.accountID(), given)
	}
	update := func(c call) (map[string]any, *denial) {
		old, f := byGUID("guid")(c, k)
		if f != nil {
			return nil, f
		}
		given, f := c.laidOut(old.account, old, objectOf(c.args, "dashboard"))
		if f != nil {
			return nil, f
		}
		return k.change(c, old, given)
	}
	remove := func(c call) (map[string]any, *denial) {
		if _, f := k.remove(byGUID("guid"))(c); f != nil {
			return map[string]any{"status": "FAILURE"}, f
		}
		return map[string]any{"status": "SUCCESS"}, nil
	}
	return map[string]resolve{
		"RootMutationType.dashboardCreate": inBand("entityResult", create, map[cause]string{wrongInput: "INVALID_INPUT"}),
		"RootMutationType.dashboardUpdate": inBand("entityResult", update, map[cause]string{wrongInput: "INVALID_INPUT", forbidden: "FORBIDDEN_OPERATION"}),
		"RootMutationType.dashboardDelete": inBandFlat(remove, map[cause]string{
			wrongInput: "DASHBOARD_NOT_FOUND", forbidden: "FORBIDDEN_OPERATION",
		}),
	}
}
