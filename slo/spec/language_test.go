package spec

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// TestEveryKeyIsRead writes, for every kind, documents in which together every
// key of its definitions stands with its example. They have no findings, and
// each key matters: without it, something else is declared.
func TestEveryKeyIsRead(t *testing.T) {
	t.Parallel()
	for _, k := range language {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			for i, document := range variants(t, k.document) {
				whole, findings := decodeNode(t, document)
				for _, f := range findings {
					t.Errorf("variant %d: %s: %s", i, f.Span, f.Message)
				}
				for _, path := range paths(document) {
					without, _ := decodeNode(t, cut(document, path))
					if cmp.Equal(whole, without, comparing...) {
						t.Errorf("variant %d: nothing reads %s", i, strings.Join(path, "."))
					}
				}
				if t.Failed() {
					t.Logf("variant %d:\n%s", i, written(t, document))
				}
			}
		})
	}
}

// TestOnlyDefinedKeysAreRead asks for a key that the definition does not have.
func TestOnlyDefinedKeysAreRead(t *testing.T) {
	t.Parallel()
	d := decoder{chunk: split("{name: a, secret: b}")[0]}
	var node yaml.Node
	if err := yaml.Unmarshal([]byte("{name: a, secret: b}"), &node); err != nil {
		t.Fatal(err)
	}
	o, ok := d.open(node.Content[0], &definition{what: diag.Verbatim("it"), keys: []key{{name: "name", value: of(shapeLine)}}}, diag.Span{})
	if !ok {
		t.Fatal("not opened")
	}
	if got := o.text("name").Value; got != "a" {
		t.Errorf("name is %q", got)
	}
	if got := o.text("secret"); got.Written() {
		t.Errorf("the key secret is read: %q", got.Value)
	}
	if len(d.list) != 1 || d.list[0].Code != diag.CodeUnknownKey {
		t.Errorf("findings: %v", d.list)
	}
}

// TestLanguageIsComplete demands of every key what the reference, the schema
// and the hints are made of.
func TestLanguageIsComplete(t *testing.T) {
	t.Parallel()
	seen := map[*definition]bool{}
	var check func(where string, d *definition)
	check = func(where string, d *definition) {
		if seen[d] {
			return
		}
		seen[d] = true
		for i, k := range d.keys {
			where := where + "." + k.name
			if slices.ContainsFunc(d.keys[:i], func(other key) bool { return other.name == k.name }) {
				t.Errorf("%s is defined twice", where)
			}
			if !strings.HasSuffix(k.doc, ".") || strings.Contains(k.doc, "\n") {
				t.Errorf("%s: %q is not a sentence", where, k.doc)
			}
			composed := false
			for v := &k.value; v != nil; v = v.or {
				inner := v
				if v.item != nil {
					inner = v.item
				}
				for ; inner != nil; inner = inner.or {
					if inner.object != nil {
						composed = true
						check(where, inner.object)
					}
				}
			}
			if k.example == "" && !composed {
				t.Errorf("%s has no example", where)
			}
		}
		for _, c := range d.choices {
			for _, name := range c.keys {
				if _, known := d.key(name); !known {
					t.Errorf("%s: a choice names %s, which is not defined", where, name)
				}
			}
		}
	}
	for _, k := range language {
		if !strings.HasSuffix(k.doc, ".") {
			t.Errorf("%s: %q is not a sentence", k.name, k.doc)
		}
		check(k.name, k.document)
	}
}

// comparing compares declarations by what they say, wherever it stands.
var comparing = []cmp.Option{
	cmp.Comparer(func(a, b diag.Span) bool { return a.Start.Known() == b.Start.Known() }),
	cmp.Comparer(func(a, b diag.Text) bool { return a.String() == b.String() }),
	cmp.Exporter(func(reflect.Type) bool { return true }),
}

// variants makes mappings in which together every key stands: keys that
// exclude each other stand in different ones.
func variants(t *testing.T, d *definition) []*yaml.Node {
	t.Helper()
	values := map[string][]*yaml.Node{}
	rounds := 0
	for _, k := range d.keys {
		values[k.name] = valuesOf(t, k)
		rounds = max(rounds, len(values[k.name]))
	}
	covered := map[string]bool{}
	var all []*yaml.Node
	for round := 0; round < rounds || len(covered) < len(d.keys); round++ {
		chosen := map[string]bool{}
		take := func(k key) {
			if k.onlyWith != nil && round%2 == 0 {
				return // the other word has its turn
			}
			for _, c := range d.choices {
				if c.both.Empty() || !slices.Contains(c.keys, k.name) {
					continue
				}
				if slices.ContainsFunc(c.keys, func(other string) bool { return chosen[other] }) {
					return
				}
			}
			chosen[k.name] = true
		}
		// Another key is asked first each time.
		for i := range d.keys {
			take(d.keys[(i+round)%len(d.keys)])
		}
		for _, k := range d.keys {
			if k.beside != "" && !chosen[k.beside] {
				delete(chosen, k.name)
			}
			if chosen[k.name] {
				covered[k.name] = true
			}
		}
		node := &yaml.Node{Kind: yaml.MappingNode}
		for _, k := range d.keys {
			if chosen[k.name] {
				value := values[k.name][round%len(values[k.name])]
				for _, other := range d.keys {
					if other.onlyWith != nil && other.onlyWith.key == k.name && chosen[other.name] {
						value = &yaml.Node{Kind: yaml.ScalarNode, Value: other.onlyWith.word}
					}
				}
				node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: k.name}, value)
			}
		}
		all = append(all, node)
		if round > 100 {
			t.Fatalf("the keys of %s cannot all stand: %v", d.what, covered)
		}
	}
	return all
}

// valuesOf makes the values that may stand behind a key.
func valuesOf(t *testing.T, k key) []*yaml.Node {
	t.Helper()
	var all []*yaml.Node
	for v := &k.value; v != nil; v = v.or {
		switch {
		case v.object != nil:
			all = append(all, variants(t, v.object)...)
		case v.item != nil && v.item.object != nil:
			for _, item := range variants(t, v.item.object) {
				all = append(all, &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{item}})
			}
		case v.item != nil && v.item.or != nil && v.item.or.object != nil:
			for _, item := range variants(t, v.item.or.object) {
				all = append(all, &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{item}})
			}
		case k.example != "":
			var node yaml.Node
			if err := yaml.Unmarshal([]byte(k.example), &node); err != nil {
				t.Fatalf("the example of %s: %v", k.name, err)
			}
			all = append(all, node.Content[0])
		}
	}
	return all
}

func written(t *testing.T, document *yaml.Node) []byte {
	t.Helper()
	data, err := yaml.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decodeNode(t *testing.T, document *yaml.Node) (slo.Declarations, diag.List) {
	t.Helper()
	result, findings := Decode(File{Name: "f", Folder: "/f", Data: written(t, document), Named: true})
	return result.Declarations, findings
}

// paths lists every key of a document, and those below it.
func paths(node *yaml.Node) [][]string {
	var all [][]string
	below := func(name string, child *yaml.Node) {
		for _, path := range paths(child) {
			all = append(all, append([]string{name}, path...))
		}
	}
	for i, child := range node.Content {
		switch {
		case node.Kind == yaml.SequenceNode:
			below(fmt.Sprint(i), child)
		case i%2 == 0:
			all = append(all, []string{child.Value})
			below(child.Value, node.Content[i+1])
		}
	}
	return all
}

// cut returns the document without what stands at a path.
func cut(node *yaml.Node, path []string) *yaml.Node {
	copied := *node
	copied.Content = nil
	for i := 0; i < len(node.Content); i++ {
		if node.Kind == yaml.SequenceNode {
			child := node.Content[i]
			if fmt.Sprint(i) == path[0] {
				child = cut(child, path[1:])
			}
			copied.Content = append(copied.Content, child)
			continue
		}
		k, value := node.Content[i], node.Content[i+1]
		i++
		switch {
		case k.Value != path[0]:
			copied.Content = append(copied.Content, k, value)
		case len(path) > 1:
			copied.Content = append(copied.Content, k, cut(value, path[1:]))
		}
	}
	return &copied
}
