package simulator

import (
	"maps"
	"slices"
	"strconv"
)

// destinations are where notifications go to, and channels how they look there.
// The simulator keeps both and notifies nobody.
func destinations() *resourceKind {
	return &resourceKind{
		bucket: "destination", name: "destinations", input: "AiNotificationsDestinationInput", domain: "AIOPS", entity: "DESTINATION",
		check: checkDestination, adapt: adaptDestination,
		show: func(_ call, shown *resource, fields map[string]any) {
			fields["isUserAuthenticated"] = false
			fields["scope"] = map[string]any{"id": strconv.FormatInt(shown.account, 10), "type": "ACCOUNT"}
			fields["auth"] = showAuth(objectOf(shown.state, "auth"))
			showNotifier(shown, fields)
		},
	}
}

func channels() *resourceKind {
	return &resourceKind{
		bucket: "channel", name: "channels", input: "AiNotificationsChannelInput",
		check: checkChannel,
		show:  func(_ call, shown *resource, fields map[string]any) { showNotifier(shown, fields) },
	}
}

func showNotifier(shown *resource, fields map[string]any) {
	fields["active"] = shown.state["active"] != false
	fields["status"], fields["updatedBy"] = "DEFAULT", user()["id"]
}

// credentials names the member that holds the settings of an authentication,
// and the type that shows them.
func credentials(authType string) (member, typeName string) {
	switch authType {
	case "BASIC":
		return "basic", "AiNotificationsBasicAuth"
	case "CUSTOM_HEADERS":
		return "customHeaders", "AiNotificationsCustomHeadersAuth"
	case "OAUTH2":
		return "oauth2", "AiNotificationsOAuth2Auth"
	default:
		return "token", "AiNotificationsTokenAuth"
	}
}

// showAuth is an authentication with the type that has no place for secrets.
func showAuth(auth map[string]any) any {
	if auth == nil {
		return nil
	}
	member, typeName := credentials(textOf(auth, "type"))
	shown := maps.Clone(objectOf(auth, member))
	shown["__typename"], shown["authType"] = typeName, auth["type"]
	return shown
}

// adaptDestination makes an update replace an authentication as a whole, or
// take it away.
func adaptDestination(changes map[string]any) map[string]any {
	changes = maps.Clone(changes)
	if auth := objectOf(changes, "auth"); auth != nil {
		whole := map[string]any{"basic": nil, "customHeaders": nil, "oauth2": nil, "token": nil}
		maps.Copy(whole, auth)
		changes["auth"] = whole
	}
	if changes["disableAuth"] == true {
		changes["auth"] = nil
	}
	delete(changes, "disableAuth")
	return changes
}

func checkDestination(_ call, next *resource) []problem {
	var problems []problem
	if auth := objectOf(next.state, "auth"); auth != nil {
		if member, _ := credentials(textOf(auth, "type")); auth[member] == nil {
			problems = append(problems, problem{"auth." + member, "is required for the type " + textOf(auth, "type")})
		}
	}
	switch kind := textOf(next.state, "type"); {
	case kind == "EMAIL" && property(next.state, "email") == "":
		problems = append(problems, problem{"properties", "must have email for the type EMAIL"})
	case kind == "WEBHOOK" && property(next.state, "url") == "" && next.state["secureUrl"] == nil:
		problems = append(problems, problem{"properties", "must have url for the type WEBHOOK, unless there is a secureUrl"})
	}
	return problems
}

// property returns the value of a key.
func property(state map[string]any, key string) string {
	for _, p := range listOf(state, "properties") {
		if textOf(p, "key") == key {
			return textOf(p, "value")
		}
	}
	return ""
}

// checkChannel compares types as far as both sides have the same names for
// them.
func checkChannel(c call, next *resource) []problem {
	destination := c.control().find("destination", next.account, textOf(next.state, "destinationId"))
	if destination == nil {
		return []problem{{"destinationId", "is not a destination of the account"}}
	}
	channelType, to := textOf(next.state, "type"), textOf(destination.state, "type")
	if shared := c.simulator.schema.inputs["AiNotificationsDestinationType"].EnumValues; shared.ForName(channelType) != nil && channelType != to {
		return []problem{{"type", "is " + channelType + " for a destination of the type " + to}}
	}
	return nil
}

// notified answers with the object under a name, and with a failure in two
// places: as the error and as the only one of the errors.
func notified(name string, do act) resolve {
	return locked(func(c call, _ any) (any, *queryError) {
		result, f := do(c)
		if f != nil {
			return f.notified()
		}
		return map[string]any{name: result, "errors": []any{}}, nil
	})
}

func (f *denial) notified() (any, *queryError) {
	if f.cause == notSimulated {
		return nil, f.query()
	}
	words := map[cause]string{
		wrongInput: "INVALID_PARAMETER", forbidden: "UNAUTHORIZED_ACCOUNT", limitReached: "LIMIT_REACHED", inUse: "ENTITY_IN_USE",
	}
	failed := f.inBand(words)
	failed["__typename"] = "AiNotificationsResponseError"
	if len(f.problems) > 0 {
		var fields []any
		for _, p := range f.problems {
			fields = append(fields, map[string]any{"field": p.name, "message": p.reason})
		}
		failed["__typename"], failed["fields"] = "AiNotificationsDataValidationError", fields
	}
	return map[string]any{"error": failed, "errors": []any{failed}, "ids": []any{}}, nil
}

// scoped gives a call the account that it names in one of two ways.
func scoped(do act) act {
	return func(c call) (map[string]any, *denial) {
		scope := objectOf(c.args, "scope")
		if scope == nil {
			if c.args["accountId"] == nil {
				return nil, denied(problem{"accountId", "or scope is required"})
			}
			return do(c)
		}
		account, err := strconv.ParseInt(textOf(scope, "id"), 10, 64)
		switch {
		case textOf(scope, "type") != "ACCOUNT":
			return nil, &denial{cause: notSimulated, message: "a destination of an organization"}
		case err != nil:
			return nil, denied(problem{"scope.id", "is not the number of an account"})
		}
		c.args = maps.Clone(c.args)
		c.args["accountId"] = account
		return do(c)
	}
}

// ids deletes what no other object needs, and names what was deleted.
func ids(k *resourceKind, argument string, needed func(c call, account int64, id string) bool) act {
	return func(c call) (map[string]any, *denial) {
		found, f := byID(argument)(c, k)
		switch {
		case f != nil:
			return nil, f
		case needed(c, found.account, found.id):
			return nil, &denial{cause: inUse, message: "It is used by something else"}
		}
		c.control().remove(func(r *resource) bool { return r == found })
		return map[string]any{"ids": []any{found.id}}, nil
	}
}

func (c call) hasChannel(account int64, destination string) bool {
	return len(c.control().list("channel", account, func(r *resource) bool { return textOf(r.state, "destinationId") == destination })) > 0
}

// deleted answers with ids in the place of an object.
func deleted(do act) resolve {
	return locked(func(c call, _ any) (any, *queryError) {
		result, f := do(c)
		if f != nil {
			return f.notified()
		}
		result["errors"] = []any{}
		return result, nil
	})
}

// notifiers lists destinations or channels. They come in the order in which
// they were made.
func notifiers(bucket string) resolve {
	found := search(bucket, "entities", "filters", matchesNotifier)
	return func(r *resolver, parent any, args map[string]any) (any, *queryError) {
		sorter := objectOf(args, "sorter")
		field := textOf(sorter, "field")
		if sorter != nil && (textOf(sorter, "direction") != "ASC" || field != "CREATED_AT" && field != "DEFAULT") {
			return nil, refusal("any order but the ascending one of CREATED_AT")
		}
		page, err := found(r, parent, args)
		if answer, isPage := page.(map[string]any); isPage {
			answer["errors"] = []any{}
		}
		return page, err
	}
}

// matchesNotifier knows the filters of destinations and of channels. The
// official client sends empty ones for those that are not set.
func matchesNotifier(given map[string]any, r *resource) bool {
	name, wanted := textOf(r.state, "name"), objectOf(given, "property")
	active, isGiven := given["active"].(bool)
	among := func(filter, value string) bool {
		list := listOf(given, filter)
		return len(list) == 0 || slices.Contains(list, any(value))
	}
	return same(r.id, textOf(given, "id")) && among("ids", r.id) &&
		like(name, textOf(given, "name")) && same(name, textOf(given, "exactName")) &&
		same(textOf(r.state, "type"), textOf(given, "type")) && same(textOf(r.state, "product"), textOf(given, "product")) &&
		same(textOf(r.state, "destinationId"), textOf(given, "destinationId")) &&
		same(textOf(objectOf(r.state, "auth"), "type"), textOf(given, "authType")) &&
		among("statuses", "DEFAULT") && among("scopeTypes", "ACCOUNT") &&
		(!isGiven || active == (r.state["active"] != false)) &&
		(textOf(wanted, "key") == "" || property(r.state, textOf(wanted, "key")) == textOf(wanted, "value"))
}

func notificationResolvers() map[string]resolve {
	destination, channel := destinations(), channels()
	usesChannel := func(c call, account int64, id string) bool { return len(c.workflowsOf(account, id)) > 0 }
	return map[string]resolve{
		"Account.aiNotifications":                           anything,
		"RootMutationType.aiNotificationsCreateDestination": notified("destination", scoped(destination.create("destination"))),
		"RootMutationType.aiNotificationsUpdateDestination": notified("destination", scoped(destination.update(byID("destinationId"), "destination"))),
		"RootMutationType.aiNotificationsDeleteDestination": deleted(scoped(ids(destination, "destinationId", call.hasChannel))),
		"RootMutationType.aiNotificationsCreateChannel":     notified("channel", channel.create("channel")),
		"RootMutationType.aiNotificationsUpdateChannel":     notified("channel", channel.update(byID("channelId"), "channel")),
		"RootMutationType.aiNotificationsDeleteChannel":     deleted(ids(channel, "channelId", usesChannel)),
		"AiNotificationsAccountStitchedFields.destinations": notifiers(destination.bucket),
		"AiNotificationsAccountStitchedFields.channels":     notifiers(channel.bucket),
	}
}
