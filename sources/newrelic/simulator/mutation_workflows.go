package simulator

import (
	"maps"
	"slices"
)

// issueWorkflows send issues to channels. The simulator keeps them and has no
// issues.
func issueWorkflows() *resourceKind {
	return &resourceKind{
		bucket: "workflow", name: "workflows", input: "AiWorkflowsCreateWorkflowInput", domain: "AIOPS", entity: "WORKFLOW", most: 1_000,
		check: func(_ call, next *resource) []problem {
			for _, enrichment := range enrichmentsOf(next.state) {
				for _, configuration := range listOf(enrichment, "configuration") {
					if _, reason := readQuery(textOf(configuration, "query")); reason != "" {
						return []problem{{"enrichments.nrql.configuration.query", reason}}
					}
				}
			}
			return nil
		},
		show: showWorkflow,
	}
}

func enrichmentsOf(state map[string]any) []any { return listOf(objectOf(state, "enrichments"), "nrql") }

// channelIDs returns the channels of a workflow.
func channelIDs(state map[string]any) []string {
	var list []string
	for _, configuration := range listOf(state, "destinationConfigurations") {
		list = append(list, textOf(configuration, "channelId"))
	}
	return list
}

// workflowsOf returns the workflows of an account that use a channel.
func (c call) workflowsOf(account int64, channel string) []*resource {
	return c.control().list("workflow", account, func(r *resource) bool { return slices.Contains(channelIDs(r.state), channel) })
}

func showWorkflow(c call, shown *resource, fields map[string]any) {
	configurations := []any{}
	for _, configuration := range listOf(shown.state, "destinationConfigurations") {
		whole := maps.Clone(configuration.(map[string]any))
		if channel := c.control().find("channel", shown.account, textOf(configuration, "channelId")); channel != nil {
			whole["name"], whole["type"] = channel.state["name"], workflowType(textOf(channel.state, "type"))
		}
		configurations = append(configurations, whole)
	}
	enrichments := []any{}
	for _, enrichment := range enrichmentsOf(shown.state) {
		queries := []any{}
		for _, configuration := range listOf(enrichment, "configuration") {
			queries = append(queries, map[string]any{"__typename": "AiWorkflowsNrqlConfiguration", "query": textOf(configuration, "query")})
		}
		enrichments = append(enrichments, map[string]any{
			"id": textOf(enrichment, "id"), "name": textOf(enrichment, "name"), "type": "NRQL", "accountId": shown.account,
			"configurations": queries, "createdAt": fields["createdAt"], "updatedAt": fields["updatedAt"],
		})
	}
	filter := maps.Clone(objectOf(shown.state, "issuesFilter"))
	filter["accountId"] = shown.account
	fields["destinationConfigurations"], fields["enrichments"], fields["issuesFilter"] = configurations, enrichments, filter
}

// workflowType is the type of a channel as workflows name it.
func workflowType(channel string) string {
	switch channel {
	case "JIRA_CLASSIC", "JIRA_NEXTGEN":
		return "JIRA"
	case "SERVICENOW_EVENTS", "SERVICENOW_INCIDENTS":
		return "SERVICE_NOW"
	case "SLACK_COLLABORATION":
		return "SLACK"
	}
	return channel
}

// identified gives a filter and enrichments ids of their own.
func (c call) identified(input map[string]any) map[string]any {
	input = maps.Clone(input)
	if filter := maps.Clone(objectOf(input, "issuesFilter")); filter != nil {
		if textOf(filter, "id") == "" {
			filter["id"] = c.control().nextID()
		}
		input["issuesFilter"] = filter
	}
	if objectOf(input, "enrichments") == nil {
		return input
	}
	list := []any{}
	for _, enrichment := range enrichmentsOf(input) {
		if members, isObject := enrichment.(map[string]any); isObject {
			members = maps.Clone(members)
			if textOf(members, "id") == "" {
				members["id"] = c.control().nextID()
			}
			list = append(list, members)
		}
	}
	input["enrichments"] = map[string]any{"nrql": list}
	return input
}

// allowed says why a workflow may not have a name or a channel.
func (c call) allowed(account int64, id string, input map[string]any) *denial {
	name := textOf(input, "name")
	taken := func(r *resource) bool { return name != "" && textOf(r.state, "name") == name && r.id != id }
	if len(c.control().list("workflow", account, taken)) > 0 {
		return &denial{cause: duplicate, message: "Another workflow of the account has the name " + name}
	}
	for _, channel := range channelIDs(input) {
		if c.control().find("channel", account, channel) == nil {
			return &denial{cause: channelMissing, message: "There is no channel " + channel}
		}
	}
	return nil
}

// withoutChannels deletes channels that no workflow uses any more, unless the
// argument is false.
func (c call) withoutChannels(account int64, argument string, channels []string) {
	if c.args[argument] == false {
		return
	}
	for _, channel := range channels {
		if len(c.workflowsOf(account, channel)) == 0 {
			c.control().remove(func(r *resource) bool { return r.kind.bucket == "channel" && r.account == account && r.id == channel })
		}
	}
}

func workflowResolvers() map[string]resolve {
	k := issueWorkflows()
	words := map[cause]string{
		wrongInput: "VALIDATION_ERROR", notFound: "INVALID_PARAMETER", forbidden: "UNAUTHORIZED_ACCOUNT",
		limitReached: "LIMIT_REACHED", duplicate: "DUPLICATE", channelMissing: "CHANNEL_NOT_FOUND",
	}
	create := func(c call) (map[string]any, *denial) {
		given := objectOf(c.args, "createWorkflowData")
		if f := c.may(c.accountID()); f != nil {
			return nil, f
		}
		if f := c.allowed(c.accountID(), "", given); f != nil {
			return nil, f
		}
		return k.add(c, c.accountID(), c.identified(given))
	}
	update := func(c call) (map[string]any, *denial) {
		given := maps.Clone(objectOf(c.args, "updateWorkflowData"))
		c.args = maps.Clone(c.args)
		c.args["id"] = given["id"]
		delete(given, "id")
		old, f := byID("id")(c, k)
		if f != nil {
			return nil, f
		}
		if f := c.allowed(old.account, old.id, given); f != nil {
			return nil, f
		}
		if filter := objectOf(given, "issuesFilter"); filter != nil {
			kept := textOf(objectOf(old.state, "issuesFilter"), "id")
			if !same(kept, textOf(filter, "id")) {
				return nil, denied(problem{"issuesFilter.id", "is not the filter of the workflow"})
			}
			filter = maps.Clone(objectOf(filter, "filterInput"))
			filter["id"] = kept
			given["issuesFilter"] = filter
		}
		used := channelIDs(old.state)
		if _, f := k.change(c, old, c.identified(given)); f != nil {
			return nil, f
		}
		c.withoutChannels(old.account, "deleteUnusedChannels", used)
		return c.view(old), nil
	}
	remove := func(c call) (map[string]any, *denial) {
		old, f := byID("id")(c, k)
		if f != nil {
			return nil, f
		}
		c.control().remove(func(r *resource) bool { return r == old })
		c.withoutChannels(old.account, "deleteChannels", channelIDs(old.state))
		return map[string]any{"id": old.id}, nil
	}
	return map[string]resolve{
		"Account.aiWorkflows":                        anything,
		"RootMutationType.aiWorkflowsCreateWorkflow": inBand("workflow", create, words),
		"RootMutationType.aiWorkflowsUpdateWorkflow": inBand("workflow", update, words),
		"RootMutationType.aiWorkflowsDeleteWorkflow": inBandFlat(remove, words),
		"AiWorkflowsAccountStitchedFields.workflows": workflowSearch(k),
	}
}

// workflowSearch filters by what workflows are made of, and by their channels.
func workflowSearch(k *resourceKind) resolve {
	return locked(func(c call, parent any) (any, *queryError) {
		account, _ := parent.(int64)
		given := objectOf(c.args, "filters")
		enabled, isGiven := given["workflowEnabled"].(bool)
		found := c.control().list(k.bucket, account, func(r *resource) bool {
			name, to := textOf(r.state, "name"), textOf(given, "destinationType")
			shown := c.view(r)
			return same(r.id, textOf(given, "id")) && same(r.guid(), textOf(given, "guid")) &&
				same(name, textOf(given, "name")) && like(name, textOf(given, "nameLike")) &&
				same(textOf(objectOf(r.state, "issuesFilter"), "id"), textOf(given, "filterId")) &&
				(!isGiven || r.state["workflowEnabled"] == enabled) &&
				anyHas(listOf(shown, "destinationConfigurations"), "channelId", textOf(given, "channelId")) &&
				anyHas(listOf(shown, "destinationConfigurations"), "type", to) &&
				anyHas(listOf(shown, "enrichments"), "id", textOf(given, "enrichmentId"))
		})
		page, err := c.page(found, "entities", c.text("cursor"))
		if err != nil {
			return nil, err
		}
		return page, nil
	})
}

// anyHas reports whether one object of a list has a text in a member. An empty
// text is no condition.
func anyHas(list []any, member, wanted string) bool {
	return wanted == "" || slices.ContainsFunc(list, func(o any) bool { return textOf(o, member) == wanted })
}
