package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// object is a YAML mapping that is being read. Every key that is asked for
// becomes a known key; [object.close] reports the others.
type object struct {
	d      *decoder
	what   string    // for messages: "the step"
	span   diag.Span // where missing keys are reported
	keys   []*yaml.Node
	places map[string]*yaml.Node // the keys by their names
	values map[string]*yaml.Node
	known  []string
	future []string // keys of the language that this version refuses
}

// object opens a mapping; it reports anything else. span is the place of the
// key that holds it.
func (d *decoder) object(node *yaml.Node, what string, span diag.Span) (*object, bool) {
	node = follow(node)
	if node.Kind != yaml.MappingNode {
		d.wrongType(node, what, "a mapping")
		return nil, false
	}
	o := &object{d: d, what: what, span: span, places: map[string]*yaml.Node{}, values: map[string]*yaml.Node{}}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			d.list.Errorf(diag.CodeType, d.nodeSpan(key), "write a plain word", "a key of %s is not a word", what)
			continue
		}
		if twice, found := o.places[key.Value]; found {
			place := d.nodeSpan(twice)
			d.list.Add(diag.Diagnostic{
				Code: diag.CodeDuplicate, Severity: diag.Error, Span: d.nodeSpan(key),
				Message: fmt.Sprintf("the key %q stands twice in %s", key.Value, what), Hint: "remove one of them",
				Related: []diag.Related{{Span: place, Message: "the first one is at " + place.String()}},
			})
			continue
		}
		o.places[key.Value] = key
		o.keys = append(o.keys, key)
		o.values[key.Value] = value
	}
	return o, true
}

// field returns the value of a key and its place, and makes the key known.
func (o *object) field(name string) (value *yaml.Node, key diag.Span, found bool) {
	o.known = append(o.known, name)
	value, found = o.values[name]
	if !found {
		return nil, diag.Span{}, false
	}
	key = o.d.nodeSpan(o.places[name])
	if value = follow(value); value.Kind == yaml.ScalarNode && value.Tag == "!!null" {
		o.d.list.Errorf(diag.CodeMissing, key, "write a value or remove the key", "%s has no value", name)
		return nil, key, false
	}
	return value, key, true
}

// later makes keys known that this version cannot do, and reports them.
func (o *object) later(names ...string) {
	o.future = append(o.future, names...)
	for _, name := range names {
		if key, found := o.places[name]; found {
			o.d.notSupported(o.d.nodeSpan(key), name)
		}
	}
}

// has reports whether the key stands there, with or without a value.
func (o *object) has(name string) bool {
	_, found := o.values[name]
	return found
}

func (o *object) missing(name, hint string) {
	if !o.has(name) { // a key without a value is reported by field
		o.d.list.Errorf(diag.CodeMissing, o.span, hint, "%s has no %s", o.what, name)
	}
}

// conflict reports two keys that exclude each other, at the second one.
func (o *object) conflict(first, second, hint string) bool {
	if !o.has(first) || !o.has(second) {
		return false
	}
	_, at, _ := o.field(second)
	o.d.list.Errorf(diag.CodeConflict, at, hint, "%s has both %s and %s", o.what, first, second)
	return true
}

// close reports the keys that nobody asked for.
func (o *object) close() {
	for _, key := range o.keys {
		if slices.Contains(o.known, key.Value) || slices.Contains(o.future, key.Value) {
			continue
		}
		hint := "known keys: " + strings.Join(slices.Compact(slices.Sorted(slices.Values(o.known))), ", ")
		if near, ok := diag.Nearest(key.Value, slices.Concat(o.known, o.future)); ok {
			hint = fmt.Sprintf("did you mean `%s`?", near)
		}
		o.d.list.Errorf(diag.CodeUnknownKey, o.d.nodeSpan(key), hint, "unknown key %q in %s", key.Value, o.what)
	}
}

// text reads a key that holds a string; other scalars are taken as typed.
func (o *object) text(name string) diag.Located[string] {
	value, _, found := o.field(name)
	if !found {
		return diag.Located[string]{}
	}
	return o.d.scalar(value, name)
}

func (d *decoder) scalar(node *yaml.Node, what string) diag.Located[string] {
	node = follow(node)
	if node.Kind != yaml.ScalarNode {
		d.wrongType(node, what, "a string")
		return diag.Located[string]{}
	}
	span := d.nodeSpan(node)
	if strings.TrimSpace(node.Value) == "" {
		d.list.Errorf(diag.CodeMissing, span, "write a value or remove the key", "%s is empty", what)
		return diag.Located[string]{}
	}
	return diag.At(node.Value, span)
}

// positioned reads a key that holds a string whose bytes have places.
func (o *object) positioned(name string) diag.Text {
	value, _, found := o.field(name)
	if !found {
		return diag.Text{}
	}
	if o.d.scalar(value, name); value.Kind != yaml.ScalarNode {
		return diag.Text{}
	}
	return o.d.chunk.locate(value, o.d.file.Name)
}

// parsed reads a key with a parser of the domain, whose error may carry a
// hint.
func parsed[T any](o *object, name string, code diag.Code, parse func(string) (T, error)) diag.Located[T] {
	text := o.text(name)
	if !text.Written() {
		return diag.Located[T]{}
	}
	value, err := parse(text.Value)
	if err != nil {
		o.d.problem(code, text.Span, err)
	}
	return diag.At(value, text.Span)
}

func (o *object) integer(name string) diag.Located[int64] {
	return parsed(o, name, diag.CodeValue, func(text string) (int64, error) {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n <= 0 {
			return 0, &slo.Problem{Message: fmt.Sprintf("%s must be a positive whole number, not %q", name, text), Hint: "write digits only, such as 1234567"}
		}
		return n, nil
	})
}

// choice reads a key that holds one of a few words.
func choice[T ~string](o *object, name string, allowed ...T) diag.Located[T] {
	text := o.text(name)
	if !text.Written() || slices.Contains(allowed, T(text.Value)) {
		return diag.At(T(text.Value), text.Span)
	}
	words := make([]string, len(allowed))
	for i, a := range allowed {
		words[i] = string(a)
	}
	hint := "write one of " + strings.Join(words, ", ")
	if near, ok := diag.Nearest(text.Value, words); ok {
		hint = "did you mean " + near + "?"
	}
	for _, word := range words {
		if strings.EqualFold(text.Value, word) {
			hint = "write " + word
		}
	}
	o.d.list.Errorf(diag.CodeValue, text.Span, hint, "%s %q is not known", name, text.Value)
	return diag.Located[T]{}
}

// list returns the items of a sequence, and whether it is one; it reports
// anything else.
func (o *object) list(name string) (items []*yaml.Node, key diag.Span, ok bool) {
	value, key, found := o.field(name)
	if !found {
		return nil, key, false
	}
	if value.Kind != yaml.SequenceNode {
		o.d.wrongType(value, name, "a list")
		return nil, key, false
	}
	return value.Content, key, true
}

func (d *decoder) wrongType(node *yaml.Node, what, want string) {
	got := map[yaml.Kind]string{
		yaml.MappingNode: "a mapping", yaml.SequenceNode: "a list", yaml.ScalarNode: "a string",
	}[node.Kind]
	if node.Kind == yaml.ScalarNode && node.Tag == "!!null" {
		got = "nothing"
	}
	hint := map[string]string{
		"a mapping": "write a key, a colon and a value on each line below it",
		"a list":    "put a hyphen in front of each entry",
		"a string":  "write one value",
	}[want]
	d.list.Errorf(diag.CodeType, d.nodeSpan(node), hint, "%s must be %s, not %s", what, want, got)
}

// follow returns what an alias stands for.
func follow(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

// peek reads a scalar of a mapping without any finding.
func (d *decoder) peek(node *yaml.Node, name string) (string, *yaml.Node) {
	if node.Kind != yaml.MappingNode {
		return "", nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if value := follow(node.Content[i+1]); node.Content[i].Value == name && value.Kind == yaml.ScalarNode {
			return value.Value, value
		}
	}
	return "", nil
}

// nodeSpan returns the place of a scalar, or the beginning of a collection.
func (d *decoder) nodeSpan(node *yaml.Node) diag.Span {
	if node.Kind == yaml.ScalarNode {
		return d.chunk.scalarSpan(node, d.file.Name)
	}
	at := diag.Position{Line: node.Line + d.chunk.line, Column: node.Column}
	return diag.Span{File: d.file.Name, Start: at, End: at}
}
