package spec

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo/diag"
)

// validator compiles the schema with a library that had no part in making it.
func validator(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(schemaID, document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile(schemaID)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// beyondShape are the codes of mistakes in values whose shape is fine.
var beyondShape = []diag.Code{
	diag.CodeHostileText, diag.CodeComment, diag.CodeRename, diag.CodeRule, diag.CodeTierWindows, diag.CodeLabels,
}

// TestSchemaAgreesWithTheDecoder changes documents that have every key, one
// value at a time: the schema takes what the decoder takes.
func TestSchemaAgreesWithTheDecoder(t *testing.T) {
	t.Parallel()
	schema := validator(t)
	var values []*yaml.Node
	for _, text := range []string{
		"null", "''", "' '", "12", "-1", "0", "1.5", "99.5", "true", "a", "Ab c", "0m", "1m", "28d", "0%", "50%", "100%", "[]", "{}", "[a]", "[[a]]", "{a: b}",
		// The ways that YAML and the language write numbers.
		"1e3", "1e1", ".5", "9.99e1", "0.0000000001", "'1e1'", "'.5'", "1000000", "1e6",
		"050%", "050", "0050%", "000050%", "0000050%", "000100%", "99.999999999%", "0.000000001%", "0.0000000001%", "100.0%",
		// Borders of durations.
		"007d", "0h", "90d", "91d", "2160h", "2161h", "129600m", "129601m", "36500d", "36501d", "876001h", "52560001m",
		// Keys of the user's.
		"{a b: c}", "{A.b/c-d_e9: f}", "{1a: b}", "{a-: b}",
	} {
		var node yaml.Node
		if err := yaml.Unmarshal([]byte(text), &node); err != nil {
			t.Fatal(err)
		}
		values = append(values, node.Content[0])
	}
	for _, k := range language {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			done := map[string]bool{}
			for _, document := range variants(t, k.document) {
				agree(t, schema, document)
				for _, path := range paths(document) {
					if at := strings.Join(path, "."); done[at] || path[0] == "apiVersion" || path[0] == "kind" {
						continue
					} else {
						done[at] = true
					}
					agree(t, schema, cut(document, path))
					for _, value := range values {
						agree(t, schema, replace(document, path, value))
					}
				}
			}
		})
	}
}

func agree(t *testing.T, schema *jsonschema.Schema, document *yaml.Node) {
	t.Helper()
	_, findings := decodeNode(t, document)
	findings = slices.DeleteFunc(findings, func(d diag.Diagnostic) bool {
		return d.Severity != diag.Error || slices.Contains(beyondShape, d.Code)
	})
	err := schema.Validate(jsonValue(document))
	if (err == nil) != (len(findings) == 0) {
		t.Errorf("the schema says %v, the decoder %v, of\n%s", err, findings, written(t, document))
	}
}

// replace returns the document with another value at a path.
func replace(node *yaml.Node, path []string, value *yaml.Node) *yaml.Node {
	if len(path) == 0 {
		return value
	}
	copied := *node
	copied.Content = slices.Clone(node.Content)
	for i := range copied.Content {
		switch {
		case node.Kind == yaml.SequenceNode && path[0] == string(rune('0'+i)):
			copied.Content[i] = replace(node.Content[i], path[1:], value)
		case node.Kind == yaml.MappingNode && i%2 == 0 && node.Content[i].Value == path[0]:
			copied.Content[i+1] = replace(node.Content[i+1], path[1:], value)
		}
	}
	return &copied
}

// beyond marks, as its last line, a file whose mistake is not one of shape.
const beyond = "# The shape is good.\n"

// TestSchemaOfFiles validates the good and bad files of the tests: a bad one
// is refused, unless it says that its mistake is beyond shape.
func TestSchemaOfFiles(t *testing.T) {
	t.Parallel()
	schema := validator(t)
	for _, pattern := range []string{"../../examples/*/*.yaml", "../../internal/load/testdata/bad/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no files in %s: %v", pattern, err)
		}
		for _, file := range files {
			if filepath.Base(file) == "incidents.yaml" { // a list, and no spec
				continue
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			good := strings.Contains(pattern, "examples") || strings.HasSuffix(string(data), beyond)
			if err, parsed := validate(schema, string(data)); parsed && good != (err == nil) {
				t.Errorf("%s: the schema says: %v; want it to be good: %t", file, err, good)
			}
		}
	}
}

// validate validates every document of a file. parsed is false when one of
// them is no YAML.
func validate(schema *jsonschema.Schema, data string) (err error, parsed bool) { //nolint:revive,staticcheck // the error is the result
	for _, c := range split(data) {
		var node yaml.Node
		if yaml.Unmarshal([]byte(c.text), &node) != nil {
			return nil, false
		}
		if node.Kind == 0 {
			continue
		}
		if err := schema.Validate(jsonValue(node.Content[0])); err != nil {
			return err, true
		}
	}
	return nil, true
}
