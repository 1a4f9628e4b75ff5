package simulator

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// clientFolder finds the packages of the official client.
func clientFolder(t *testing.T) string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/newrelic/newrelic-client-go/v2")
	dir, err := list.Output()
	if err != nil {
		t.Fatalf("find the official client: %v", err)
	}
	return filepath.Join(strings.TrimSpace(string(dir)), "pkg")
}

// clientText returns a document of the official client from its source. Some
// of its packages need modules that nothing else here needs, so they are read
// and not imported.
func clientText(t *testing.T, file, name string) string {
	t.Helper()
	source, err := parser.ParseFile(token.NewFileSet(), filepath.Join(clientFolder(t), file), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	ast.Inspect(source, func(n ast.Node) bool {
		if spec, isValue := n.(*ast.ValueSpec); isValue && spec.Names[0].Name == name {
			if literal, isLiteral := spec.Values[0].(*ast.BasicLit); isLiteral {
				text, err = strconv.Unquote(literal.Value)
			}
		}
		return true
	})
	if err != nil || text == "" {
		t.Fatalf("%s holds no text %s: %v", file, name, err)
	}
	return text
}

// Every mutation of the official client is there, or refused by its name.
func TestMutationsOfOfficialClientAreKnown(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(clientFolder(t), "*", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	root := newControlled().schema.mutation
	mutation := regexp.MustCompile(`mutation\s*\w*\s*(?:\((?:[^()]|\([^()]*\))*\))?\s*\{\s*(\w+)\s*[({]`)
	found := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, match := range mutation.FindAllStringSubmatch(string(source), -1) {
			found++
			if name := match[1]; root.fields[name] == nil && !slices.Contains(root.real, name) {
				t.Errorf("%s: the mutation %s is unknown", file, name)
			}
		}
	}
	if found < len(root.fields) {
		t.Errorf("%d mutations found in the client, which is fewer than the simulator has", found)
	}
}

// No type is named without being described, and no field that is not simulated
// is simulated.
func TestControlSchema(t *testing.T) {
	t.Parallel()
	s := newControlled().schema
	check := checker{types: map[string]*objectType{}}
	check.register(s.query)
	check.register(s.mutation)
	for name, object := range check.types {
		for _, refused := range object.real {
			if object.fields[refused] != nil && len(object.memberOf) == 0 {
				t.Errorf("%s.%s is there, and named as not simulated", name, refused)
			}
		}
		for fieldName, f := range object.fields {
			for _, a := range f.arguments {
				if wanted := typeOf(a).Name(); !isScalar(wanted) && s.inputs[wanted] == nil {
					t.Errorf("%s.%s: the argument %s has the type %s, which is not described", name, fieldName, a.name, wanted)
				}
			}
		}
	}
	for name, d := range s.inputs {
		for _, f := range d.Fields {
			if wanted := f.Type.Name(); !isScalar(wanted) && s.inputs[wanted] == nil {
				t.Errorf("%s.%s has the type %s, which is not described", name, f.Name, wanted)
			}
		}
		c := coercer{inputs: s.inputs, literal: true}
		for _, f := range d.Fields {
			if f.DefaultValue != nil {
				c.value(plain(f.DefaultValue, nil), f.Type, "")
			}
		}
		// {} stands for the defaults inside of an object, some of which have
		// to be given.
		for _, p := range c.problems {
			if !strings.Contains(p, "found nothing") {
				t.Errorf("%s: %s", name, p)
			}
		}
	}
}
