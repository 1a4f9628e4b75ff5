package spec

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// schemaID names the schema; it is not an address that anything is read from.
const schemaID = "https://github.com/slojourn/slojourn/schema/slojourn-v1.json"

// Schema returns the JSON Schema (2020-12) of a document of the language, made
// of the definitions that the decoder reads by. It knows the shape of a
// document and not what documents mean to each other: that a team exists, that
// NRQL parses, or that a tier can fire.
func Schema() ([]byte, error) {
	root := &jsonschema.Schema{
		Schema: "https://json-schema.org/draft/2020-12/schema",
		ID:     schemaID,
		Title:  "slojourn",
		Type:   "object",
		Properties: map[string]*jsonschema.Schema{
			"apiVersion": {Enum: []any{APIVersion}, Description: "The version of the language."},
			"kind":       {Enum: anys(kindNames()), Description: "What the document describes."},
		},
		PropertyOrder: []string{"apiVersion", "kind"},
		Required:      []string{"apiVersion", "kind"},
		Defs:          map[string]*jsonschema.Schema{},
	}
	for _, k := range language {
		document := objectSchema(k.document)
		document.Description = k.doc
		root.Defs[k.name] = document
		root.AllOf = append(root.AllOf, &jsonschema.Schema{
			If:   &jsonschema.Schema{Properties: map[string]*jsonschema.Schema{"kind": {Const: constant(k.name)}}, Required: []string{"kind"}},
			Then: &jsonschema.Schema{Ref: "#/$defs/" + k.name},
		})
	}
	data, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the JSON Schema: %w", err)
	}
	return append(data, '\n'), nil
}

func objectSchema(d *definition) *jsonschema.Schema {
	s := &jsonschema.Schema{
		Type:                 "object",
		Properties:           map[string]*jsonschema.Schema{},
		PropertyOrder:        d.names(),
		AdditionalProperties: never(),
	}
	for _, k := range d.keys {
		s.Properties[k.name] = keySchema(k)
		if k.required {
			s.Required = append(s.Required, k.name)
		}
		if k.onlyWith != nil {
			s.AllOf = append(s.AllOf, together(k))
		}
		if k.beside != "" {
			s.AllOf = append(s.AllOf, &jsonschema.Schema{DependentRequired: map[string][]string{k.name: {k.beside}}})
		}
	}
	for _, c := range d.choices {
		s.AllOf = append(s.AllOf, choiceSchemas(c)...)
	}
	return s
}

// keySchema describes what may stand behind a key, with what an editor shows.
func keySchema(k key) *jsonschema.Schema {
	s := valueSchema(k.value)
	s.Description = k.doc
	if !k.fallback.Empty() {
		s.Description += " Default: " + strings.ReplaceAll(k.fallback.String(), "`", "") + "."
	}
	if k.example != "" {
		var node yaml.Node
		if yaml.Unmarshal([]byte(k.example), &node) == nil {
			s.Examples = []any{jsonValue(node.Content[0])}
		}
	}
	return s
}

func valueSchema(v value) *jsonschema.Schema {
	if v.or != nil {
		other := *v.or
		v.or = nil
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{valueSchema(v), valueSchema(other)}}
	}
	switch v.shape {
	case shapeObject:
		return objectSchema(v.object)
	case shapeMap:
		s := &jsonschema.Schema{Type: "object", AdditionalProperties: valueSchema(*v.item)}
		if v.names != nil {
			s.PropertyNames = &jsonschema.Schema{Pattern: v.names.String()}
		}
		return s
	case shapeList:
		return &jsonschema.Schema{Type: "array", Items: valueSchema(*v.item), MinItems: new(1)}
	case shapeWord:
		return &jsonschema.Schema{Enum: anys(v.words)}
	default:
		return scalarSchema(v.shape)
	}
}

// somewhere matches a text that is not blank.
const somewhere = `\S`

// Digits before the point that the domain reads.
const (
	targetDigits  = 3 // of targets
	decimalDigits = 6 // of percentages and other numbers
)

// scalarSchema describes a single value. Texts may be written as numbers and
// booleans, which YAML reads without quotes.
func scalarSchema(s shape) *jsonschema.Schema {
	pattern := func(p string) *jsonschema.Schema { return &jsonschema.Schema{Type: "string", Pattern: p} }
	switch s {
	case shapeName:
		return &jsonschema.Schema{Types: []string{"string", "integer", "boolean"}, Pattern: `^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`, Minimum: new(0.0)}
	case shapeGlob:
		return &jsonschema.Schema{Types: []string{"string", "integer", "boolean"}, Pattern: `^[-a-z0-9*]+(/[-a-z0-9*]+)?$`}
	case shapeCode:
		return &jsonschema.Schema{Enum: anys(diag.Acceptable())}
	case shapeCodeOwner:
		return pattern(slo.CodeOwnerPattern)
	case shapeInteger:
		return &jsonschema.Schema{Types: []string{"integer", "string"}, Minimum: new(1.0), Pattern: `^0*[1-9][0-9]*$`}
	case shapeCount:
		return &jsonschema.Schema{Types: []string{"integer", "string"}, Minimum: new(0.0), Pattern: `^[0-9]+$`}
	case shapeNumber:
		return &jsonschema.Schema{Types: []string{"number", "string"}, Minimum: new(1e-9), ExclusiveMaximum: new(1e6), Pattern: `^[0-9]{1,6}(` + decimals + `)?$`}
	case shapePercentage:
		return pattern(`^\s*(0{0,3}100(\.0{1,9})?|` + belowHundred(decimalDigits) + `)\s*%\s*$`)
	case shapeConfidence:
		return pattern(`^\s*0{0,4}[0-9]{1,2}(` + decimals + `)?\s*%\s*$`)
	case shapeTarget:
		return &jsonschema.Schema{
			Types: []string{"number", "string"}, Minimum: new(50.0), ExclusiveMaximum: new(100.0),
			Pattern: `^\s*(` + belowHundred(targetDigits) + `\s*%|0?[5-9][0-9](` + decimals + `)?)\s*$`,
		}
	case shapeDuration:
		return pattern(`^(0+[mhd]|` + durations(slo.MaxDuration) + `)$`)
	case shapeKept:
		return pattern(`^` + durations(slo.MaxDuration) + `$`)
	case shapeSpan:
		return pattern(`^` + durations(slo.MaxWindow) + `$`)
	case shapeEvery:
		return pattern(`^(1|2|3|4|5|6|10|12|15|20|30|60)m$|^1h$`)
	case shapeWindow:
		return pattern(`^(` + durations(slo.MaxWindow) + `|day|week|month|quarter|year)$`)
	case shapeInstant:
		return pattern(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})$`)
	case shapeLink, shapeAddress:
		return pattern(`^[Hh][Tt][Tt][Pp][Ss]?://[^/?#]`)
	case shapeVariable:
		return pattern(secretVariable.String())
	case shapePath:
		return anyText(`^[^/\s]`)
	case shapeCountsPath:
		return pattern(`^(` + pathSegment + `/+)*` + `[^/\\]([^/\\]*[^/\\])?\.(csv|ndjson)(\.gz)?$`)
	case shapeEventTypes:
		return anyText("^\\s*[^\\s,`'\"()]+(\\s*,\\s*[^\\s,`'\"()]+)*\\s*$")
	default:
		return anyText(somewhere)
	}
}

func anyText(pattern string) *jsonschema.Schema {
	return &jsonschema.Schema{Types: []string{"string", "number", "boolean"}, Pattern: pattern}
}

// choiceSchemas forbids two keys of a choice at once, or demands one of them.
func choiceSchemas(c choice) []*jsonschema.Schema {
	var all []*jsonschema.Schema
	for i, a := range c.keys {
		for _, b := range c.keys[i+1:] {
			if !c.both.Empty() {
				all = append(all, &jsonschema.Schema{Not: &jsonschema.Schema{Required: []string{a, b}}})
			}
		}
	}
	if !c.neither.Empty() {
		var one []*jsonschema.Schema
		for _, name := range c.keys {
			one = append(one, &jsonschema.Schema{Required: []string{name}})
		}
		all = append(all, &jsonschema.Schema{AnyOf: one})
	}
	return all
}

// together ties a key to the word that goes with it.
func together(k key) *jsonschema.Schema {
	return &jsonschema.Schema{
		If: &jsonschema.Schema{
			Required:   []string{k.onlyWith.key},
			Properties: map[string]*jsonschema.Schema{k.onlyWith.key: {Const: constant(k.onlyWith.word)}},
		},
		Then: &jsonschema.Schema{Required: []string{k.name}},
		Else: &jsonschema.Schema{Not: &jsonschema.Schema{Required: []string{k.name}}},
	}
}

func never() *jsonschema.Schema { return &jsonschema.Schema{Not: &jsonschema.Schema{}} }

func constant(word string) *any { return new(any(word)) }

func anys[T ~string](words []T) []any {
	all := make([]any, len(words))
	for i, w := range words {
		all[i] = string(w)
	}
	return all
}

// jsonValue returns what a node is in JSON. Dates are texts.
func jsonValue(node *yaml.Node) any {
	node = follow(node)
	switch node.Kind {
	case yaml.MappingNode:
		object := map[string]any{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			object[node.Content[i].Value] = jsonValue(node.Content[i+1])
		}
		return object
	case yaml.SequenceNode:
		list := make([]any, len(node.Content))
		for i, item := range node.Content {
			list[i] = jsonValue(item)
		}
		return list
	}
	switch node.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(node.Value, "true")
	case "!!int", "!!float":
		if _, err := strconv.ParseFloat(node.Value, 64); err == nil {
			return json.Number(node.Value)
		}
	}
	return node.Value
}
