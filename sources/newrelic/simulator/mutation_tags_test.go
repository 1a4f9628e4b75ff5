package simulator

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/newrelic/newrelic-client-go/v2/pkg/common"
	"github.com/newrelic/newrelic-client-go/v2/pkg/entities"
)

func TestTagsOfOfficialClient(t *testing.T) {
	t.Parallel()
	client := entities.New(official(t, newControlled()))
	guid := common.EntityGUID(payApplication)
	type input = entities.TaggingTagInput
	for _, step := range []struct {
		name string
		do   func() (*entities.TaggingMutationResult, error)
		want []*entities.EntityTag
	}{
		{
			"add", func() (*entities.TaggingMutationResult, error) {
				return client.TaggingAddTagsToEntity(guid, []input{{Key: "team", Values: []string{"pay", "shop"}}, {Key: "tier", Values: []string{"1"}}})
			},
			[]*entities.EntityTag{{Key: "team", Values: []string{"pay", "shop"}}, {Key: "tier", Values: []string{"1"}}},
		},
		{
			"add to what is there", func() (*entities.TaggingMutationResult, error) {
				return client.TaggingAddTagsToEntity(guid, []input{{Key: "team", Values: []string{"shop", "risk"}}})
			},
			[]*entities.EntityTag{{Key: "team", Values: []string{"pay", "shop", "risk"}}, {Key: "tier", Values: []string{"1"}}},
		},
		{
			"delete values", func() (*entities.TaggingMutationResult, error) {
				return client.TaggingDeleteTagValuesFromEntity(guid, []entities.TaggingTagValueInput{{Key: "team", Value: "shop"}, {Key: "tier", Value: "1"}, {Key: "tier", Value: "2"}})
			},
			[]*entities.EntityTag{{Key: "team", Values: []string{"pay", "risk"}}},
		},
		{
			"replace", func() (*entities.TaggingMutationResult, error) {
				return client.TaggingReplaceTagsOnEntity(guid, []input{{Key: "owner", Values: []string{"pay"}}, {Key: "tier", Values: []string{"2"}}})
			},
			[]*entities.EntityTag{{Key: "owner", Values: []string{"pay"}}, {Key: "tier", Values: []string{"2"}}},
		},
		{
			"delete keys", func() (*entities.TaggingMutationResult, error) {
				return client.TaggingDeleteTagFromEntity(guid, []string{"owner", "nothing"})
			},
			[]*entities.EntityTag{{Key: "tier", Values: []string{"2"}}},
		},
	} {
		result, err := step.do()
		if err != nil || len(result.Errors) > 0 {
			t.Fatalf("%s: %v, %v", step.name, result, err)
		}
		if diff := cmp.Diff(step.want, must[[]*entities.EntityTag](t)(client.GetTagsForEntity(guid))); diff != "" {
			t.Errorf("%s (-want +got)\n%s", step.name, diff)
		}
		if diff := cmp.Diff(step.want, must[[]*entities.EntityTag](t)(client.GetTagsForEntityMutable(guid))); diff != "" {
			t.Errorf("%s, those that can change (-want +got)\n%s", step.name, diff)
		}
	}
}

func TestTagsThatAreRefused(t *testing.T) {
	t.Parallel()
	client := entities.New(official(t, newControlled()))
	for _, test := range []struct {
		guid, key string
		want      entities.TaggingMutationError
	}{
		{"nonsense", "team", entities.TaggingMutationError{Type: "INVALID_ENTITY_GUID", Message: `"nonsense" is not the GUID of an entity`}},
		{payApplication, "", entities.TaggingMutationError{Type: "INVALID_KEY", Message: "key must not be empty"}},
		{foreignApplication, "team", entities.TaggingMutationError{Type: "NOT_PERMITTED", Message: "You are not authorized to query account 8"}},
		{guidOf(shop, "EXT", "SERVICE_LEVEL", "1"), "team", entities.TaggingMutationError{Type: "NOT_FOUND", Message: "Not Found"}},
	} {
		result := must[*entities.TaggingMutationResult](t)(client.TaggingAddTagsToEntity(common.EntityGUID(test.guid),
			[]entities.TaggingTagInput{{Key: test.key, Values: []string{"pay"}}}))
		if diff := cmp.Diff([]entities.TaggingMutationError{test.want}, result.Errors); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.guid, diff)
		}
	}
}

func TestEntities(t *testing.T) {
	t.Parallel()
	s := newControlled()
	const read = `query($guid: EntityGuid!) { actor { entity(guid: $guid) { __typename ... on ExternalEntity { name } domain type accountId account { name } tags { key } } } }`
	answers(t, s, []mutationCase{
		{
			"one that the simulator does not know", read,
			map[string]any{"guid": payApplication},
			`{"data":{"actor":{"entity":{"__typename":"GenericEntity","domain":"APM","type":"APPLICATION","accountId":7,"account":{"name":"Account 7"},"tags":[]}}}}`,
		},
		{"one that is not there", read, map[string]any{"guid": guidOf(shop, "EXT", "SERVICE_LEVEL", "1")}, `{"data":{"actor":{"entity":null}}}`},
		{
			"with tags, which go when it is deleted",
			`mutation($e: EntityGuid!, $g: EntityGuid!) {
				serviceLevelCreate(entityGuid: $e, indicator: {name: "Pay", events: {accountId: 7, validEvents: {from: "T"}, goodEvents: {from: "T", where: "a = 1"}}}) { guid }
				taggingAddTagsToEntity(guid: $g, tags: {key: "team", values: "pay"}) { errors { type } } }`,
			map[string]any{"e": payApplication, "g": guidOf(shop, "EXT", "SERVICE_LEVEL", "1")},
			`{"data":{"serviceLevelCreate":{"guid":"N3xFWFR8U0VSVklDRV9MRVZFTHwx"},"taggingAddTagsToEntity":{"errors":[]}}}`,
		},
		{
			"one that was made", read,
			map[string]any{"guid": guidOf(shop, "EXT", "SERVICE_LEVEL", "1") + "=="},
			`{"data":{"actor":{"entity":{"__typename":"ExternalEntity","name":"Pay","domain":"EXT","type":"SERVICE_LEVEL","accountId":7,"account":{"name":"Account 7"},"tags":[{"key":"team"}]}}}}`,
		},
		{"deleted", `mutation { serviceLevelDelete(id: 1) { name } }`, nil, `{"data":{"serviceLevelDelete":{"name":"Pay"}}}`},
		{"gone", read, map[string]any{"guid": guidOf(shop, "EXT", "SERVICE_LEVEL", "1")}, `{"data":{"actor":{"entity":null}}}`},
	})
	if len(s.control.tags) != 0 {
		t.Errorf("tags are left: %v", s.control.tags)
	}
}
