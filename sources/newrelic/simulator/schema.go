package simulator

import "maps"

// objectType is a GraphQL type with fields.
type objectType struct {
	name   string
	fields map[string]*field
	// real lists fields that New Relic has and the simulator has not. They are
	// refused by name and not as unknown.
	real []string
	// An interface or union has the types that its objects can have, and each
	// of these names what it belongs to.
	possible []*objectType
	memberOf []string
	// open says that what is asked for below is not checked, since there are
	// never objects of the type.
	open bool
}

// field is a field of a type. object is nil for scalars.
type field struct {
	object    *objectType
	list      bool
	arguments []argument
	resolve   func(r *resolver, parent any, args map[string]any) (any, *queryError)
}

// argument is an argument of a field.
type argument struct {
	name     string
	kind     string // the name of an input type
	required bool
}

// argument returns the argument of a name.
func (f *field) argument(name string) (argument, bool) {
	for _, a := range f.arguments {
		if a.name == name {
			return a, true
		}
	}
	return argument{}, false
}

// newSchema returns the root of what can be queried.
func newSchema() *objectType {
	user := &objectType{name: "User", fields: map[string]*field{
		"id":    constantField(1.0),
		"name":  constantField("slojourn simulator"),
		"email": constantField("simulator@example.com"),
	}}
	requestContext := &objectType{name: "RequestContext", fields: map[string]*field{
		"userId": constantField("1"),
		"apiKey": {resolve: func(r *resolver, _ any, _ map[string]any) (any, *queryError) { return r.key.String(), nil }},
	}}
	resultType := newResultType()
	account := &objectType{
		name: "Account",
		fields: map[string]*field{
			"id":   {resolve: func(_ *resolver, parent any, _ map[string]any) (any, *queryError) { return parent, nil }},
			"name": {resolve: accountName},
			"nrql": {
				object: resultType, resolve: (*resolver).nrql,
				arguments: nrqlArguments(),
			},
			"nrqlQueryProgress": {
				object: resultType, resolve: (*resolver).nrqlQueryProgress,
				arguments: []argument{{"queryId", "ID", true}},
			},
		},
		real: []string{
			"agentEnvironment", "aiNotifications", "aiWorkflows", "alerts", "cloud", "dataManagement", "eventsToMetrics",
			"licenseKey", "logConfigurations", "metricNormalizationRule", "reportingEventTypes",
			"synthetics", "workload",
		},
	}
	actor := &objectType{
		name: "Actor",
		fields: map[string]*field{
			"account": {object: account, resolve: (*resolver).account, arguments: []argument{{"id", "Int", true}}},
			"user":    {object: user, resolve: anything},
		},
		real: []string{
			"accounts", "apiAccess", "dashboard", "entities", "entity", "entitySearch",
			"organization", "queryHistory", "users",
		},
	}
	maps.Copy(actor.fields, newCrossAccountFields(resultType))
	return &objectType{
		name: "RootQueryType",
		fields: map[string]*field{
			"actor":          {object: actor, resolve: anything},
			"requestContext": {object: requestContext, resolve: anything},
		},
		real: []string{"__schema", "__type", "docs"},
	}
}

// newResultType returns the type of the answer to one query.
func newResultType() *objectType {
	window := &objectType{name: "NrdbMetadataTimeWindow", fields: map[string]*field{
		"begin": answerField(func(a *answer) any { return a.begin }),
		"end":   answerField(func(a *answer) any { return a.end }),
		"since": answerField(func(a *answer) any { return a.since }),
		"until": answerField(func(a *answer) any { return a.until }),
		"compareWith": answerField(func(a *answer) any {
			if a.compareWith == "" {
				return nil
			}
			return a.compareWith
		}),
	}}
	metadata := &objectType{name: "NrdbMetadata", fields: map[string]*field{
		"eventTypes": answerField(func(a *answer) any { return texts(a.eventTypes) }),
		"facets":     answerField(facetList),
		"messages":   answerField(func(a *answer) any { return texts(a.messages) }),
		"timeWindow": {object: window, resolve: anything},
	}}
	suggestion := &objectType{name: "NrqlFacetSuggestion", fields: map[string]*field{
		"attributes": constantField(nil), "nrql": constantField(nil),
	}}
	attribute := &objectType{name: "EventAttributeDefinition", fields: map[string]*field{
		"definition": constantField(nil), "documentationUrl": constantField(nil),
		"label": constantField(nil), "name": constantField(nil),
	}}
	definition := &objectType{name: "EventDefinition", fields: map[string]*field{
		"attributes": {object: attribute, list: true, resolve: nothing},
		"definition": constantField(nil), "label": constantField(nil), "name": constantField(nil),
	}}
	return &objectType{
		name: "NrdbResultContainer",
		fields: map[string]*field{
			"results":          resultField(results),
			"nrql":             {resolve: func(_ *resolver, parent any, _ map[string]any) (any, *queryError) { return parent.(*result).text, nil }},
			"metadata":         {object: metadata, resolve: anything},
			"currentResults":   rangeField(func(a *answer) []any { return a.current }),
			"previousResults":  rangeField(func(a *answer) []any { return a.previous }),
			"totalResult":      totalField(func(a *answer) any { return a.rows }, func(a *answer) any { return a.total }),
			"otherResult":      totalField(func(*answer) any { return []any{} }, func(a *answer) any { return a.other }),
			"rawResponse":      resultField(rawResponse),
			"queryProgress":    {object: newProgressType(), resolve: anything},
			"suggestedFacets":  {object: suggestion, list: true, resolve: nothing},
			"eventDefinitions": {object: definition, list: true, resolve: nothing},
		},
		real: []string{"embeddedChartUrl", "staticChartUrl"},
	}
}

// constantField always has one value.
func constantField(value any) *field {
	return &field{resolve: func(*resolver, any, map[string]any) (any, *queryError) { return value, nil }}
}

// answerField is read from what a query found.
func answerField(value func(*answer) any) *field {
	return &field{resolve: func(_ *resolver, parent any, _ map[string]any) (any, *queryError) {
		return value(parent.(*result).answer), nil
	}}
}

// resultField is null while a query goes on.
func resultField(resolve func(r *resolver, parent any, args map[string]any) (any, *queryError)) *field {
	return &field{resolve: func(r *resolver, parent any, args map[string]any) (any, *queryError) {
		if parent.(*result).underWay.goesOn(r.now) {
			return nil, nil
		}
		return resolve(r, parent, args)
	}}
}

func results(_ *resolver, parent any, _ map[string]any) (any, *queryError) {
	return parent.(*result).rows, nil
}

// rangeField is the rows of one of two ranges; null without COMPARE WITH.
func rangeField(rows func(*answer) []any) *field {
	return resultField(func(_ *resolver, parent any, _ map[string]any) (any, *queryError) {
		if list := rows(parent.(*result).answer); list != nil {
			return list, nil
		}
		return nil, nil
	})
}

// facetList is null without FACET.
func facetList(a *answer) any {
	if a.facets == nil {
		return nil
	}
	return texts(a.facets)
}

// totalField is null without FACET, unless totals are arrays.
func totalField(array, plain func(*answer) any) *field {
	return resultField(func(_ *resolver, parent any, _ map[string]any) (any, *queryError) {
		r := parent.(*result)
		if !r.arrayTotals {
			return plain(r.answer), nil
		}
		return array(r.answer), nil
	})
}

// anything passes its parent on to the fields below.
func anything(_ *resolver, parent any, _ map[string]any) (any, *queryError) { return parent, nil }

// nothing is an empty list.
func nothing(*resolver, any, map[string]any) (any, *queryError) { return []any{}, nil }

func numbers(list []int64) []any {
	result := make([]any, len(list))
	for i, n := range list {
		result[i] = n
	}
	return result
}

func texts(list []string) []any {
	result := make([]any, len(list))
	for i, s := range list {
		result[i] = s
	}
	return result
}
