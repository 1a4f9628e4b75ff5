package simulator

import (
	"fmt"
	"maps"
	"slices"
)

// owned are the kinds of entities that only mutations make: one that was not
// made does not exist. Of all others the simulator knows nothing, and takes
// every GUID for one that does.
func owned(name entityName) bool {
	switch name.domain + "|" + name.entity {
	case "EXT|SERVICE_LEVEL", "VIZ|DASHBOARD", "AIOPS|POLICY", "AIOPS|CONDITION", "AIOPS|WORKFLOW", "AIOPS|DESTINATION":
		return true
	}
	return false
}

// exists says why there is no entity of a GUID.
func (c call) exists(name entityName) *denial {
	if f := c.may(name.account); f != nil {
		return f
	}
	if owned(name) && c.control().findGUID(name.guid()) == nil {
		return missing()
	}
	return nil
}

// readEntity reads an entity by its GUID: null when there is none.
func readEntity(c call, _ any) (any, *queryError) {
	name, isGUID := readGUID(c.text("guid"))
	if !isGUID {
		return nil, denied(problem{"guid", "is not the GUID of an entity"}).query()
	}
	if f := c.exists(name); f != nil {
		if f.cause == notFound {
			return nothingThere{}, nil
		}
		return nil, f.query()
	}
	guid := name.guid()
	entity := map[string]any{
		"__typename": "GenericEntity", "guid": guid, "accountId": name.account, "account": accountReference(name.account),
		"domain": name.domain, "type": name.entity,
		"serviceLevel": map[string]any{"guid": guid}, "deploymentSearch": map[string]any{"guid": guid},
	}
	if r := c.control().findGUID(guid); r != nil {
		entity["name"] = r.state["name"]
		if r.kind.bucket == "dashboard" {
			maps.Copy(entity, c.view(r))
			entity["indexedAt"] = r.created.UnixMilli()
		}
	}
	switch name.domain {
	case "EXT":
		entity["__typename"] = "ExternalEntity"
	case "VIZ":
		entity["__typename"] = "DashboardEntity"
	}
	var tags, detailed []any
	for _, t := range c.control().tags[guid] {
		var values []any
		for _, v := range t.values {
			values = append(values, map[string]any{"value": v, "mutable": true})
		}
		tags = append(tags, map[string]any{"key": t.key, "values": texts(t.values)})
		detailed = append(detailed, map[string]any{"key": t.key, "values": values})
	}
	entity["tags"], entity["tagsWithMetadata"] = append([]any{}, tags...), append([]any{}, detailed...)
	return entity, nil
}

// tagging changes the tags of an entity. The change gets a copy of them.
func tagging(change func(c call, tags []tag) ([]tag, *denial)) resolve {
	return inBandFlat(func(c call) (map[string]any, *denial) {
		name, isGUID := readGUID(c.text("guid"))
		if !isGUID {
			return nil, &denial{cause: wrongGUID, message: fmt.Sprintf("%q is not the GUID of an entity", c.text("guid"))}
		}
		if f := c.exists(name); f != nil {
			return nil, f
		}
		guid := name.guid()
		var copied []tag
		for _, t := range c.control().tags[guid] {
			copied = append(copied, tag{t.key, slices.Clone(t.values)})
		}
		changed, f := change(c, copied)
		if f != nil {
			return nil, f
		}
		c.control().tags[guid] = changed
		return nil, nil
	}, map[cause]string{
		wrongInput: "INVALID_KEY", wrongGUID: "INVALID_ENTITY_GUID", notFound: "NOT_FOUND", forbidden: "NOT_PERMITTED",
	})
}

// addTags adds values to keys that are there, and keys that are not.
func addTags(c call, tags []tag) ([]tag, *denial) {
	for _, given := range listOf(c.args, "tags") {
		key := textOf(given, "key")
		if key == "" {
			return nil, denied(problem{"key", "must not be empty"})
		}
		i := slices.IndexFunc(tags, func(t tag) bool { return t.key == key })
		if i < 0 {
			tags = append(tags, tag{key: key})
			i = len(tags) - 1
		}
		for _, value := range listOf(given, "values") {
			if value, isText := value.(string); isText && !slices.Contains(tags[i].values, value) {
				tags[i].values = append(tags[i].values, value)
			}
		}
	}
	return tags, nil
}

func tagResolvers() map[string]resolve {
	return map[string]resolve{
		"Actor.entity": locked(readEntity),
		"RootMutationType.taggingAddTagsToEntity": tagging(addTags),
		"RootMutationType.taggingReplaceTagsOnEntity": tagging(func(c call, _ []tag) ([]tag, *denial) {
			return addTags(c, nil)
		}),
		"RootMutationType.taggingDeleteTagFromEntity": tagging(func(c call, tags []tag) ([]tag, *denial) {
			return slices.DeleteFunc(tags, func(t tag) bool { return slices.Contains(listOf(c.args, "tagKeys"), any(t.key)) }), nil
		}),
		"RootMutationType.taggingDeleteTagValuesFromEntity": tagging(func(c call, tags []tag) ([]tag, *denial) {
			for i := range tags {
				tags[i].values = slices.DeleteFunc(tags[i].values, func(value string) bool {
					return slices.ContainsFunc(listOf(c.args, "tagValues"), func(given any) bool {
						return textOf(given, "key") == tags[i].key && textOf(given, "value") == value
					})
				})
			}
			return slices.DeleteFunc(tags, func(t tag) bool { return len(t.values) == 0 }), nil
		}),
	}
}
