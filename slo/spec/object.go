package spec

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo/diag"
)

// object is a YAML mapping that is being read, by its definition: what the
// definition does not name cannot be read.
type object struct {
	d          *decoder
	definition *definition
	span       diag.Span // where missing keys are reported
	pairs      []pair
	exclusive  bool // no choice of its definition is broken
}

type pair struct {
	key   *yaml.Node
	value *yaml.Node // nil when there is none
}

// mostUnknown is how many unknown keys of a mapping are reported one by one.
const mostUnknown = 20

// open opens a mapping and reports everything that is wrong with its keys:
// unknown and missing ones, those that stand twice, those without a value, and
// those that exclude each other. span is the place of the key that holds it.
func (d *decoder) open(node *yaml.Node, definition *definition, span diag.Span) (*object, bool) {
	pairs, ok := d.pairs(node, definition.what)
	if !ok {
		return nil, false
	}
	o := &object{d: d, definition: definition, span: span, pairs: pairs, exclusive: true}
	unknown := 0
	for _, p := range pairs {
		if _, known := definition.key(p.key.Value); known {
			continue
		}
		if unknown++; unknown <= mostUnknown {
			o.unknown(p.key)
		}
	}
	if unknown > mostUnknown {
		d.list.Errorf(diag.CodeUnknownKey, span, "known keys: "+strings.Join(definition.names(), ", "),
			"%d more unknown keys in %s", unknown-mostUnknown, definition.what)
	}
	for _, k := range definition.keys {
		if k.required && !o.has(k.name) {
			d.list.Errorf(diag.CodeMissing, span, k.hint(), "%s has no %s", definition.what, k.name)
		}
		if k.onlyWith != nil {
			o.checkTogether(k, *k.onlyWith)
		}
	}
	for _, c := range definition.choices {
		o.check(c)
	}
	return o, true
}

// pairs returns the keys of a mapping and their values; it reports anything
// else.
func (d *decoder) pairs(node *yaml.Node, what string) ([]pair, bool) {
	node = follow(node)
	if node.Kind != yaml.MappingNode {
		d.wrongType(node, what, "a mapping")
		return nil, false
	}
	pairs := make([]pair, 0, len(node.Content)/2)
	firsts := make(map[string]int, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		p := pair{node.Content[i], follow(node.Content[i+1])}
		if p.key.Kind != yaml.ScalarNode {
			d.list.Errorf(diag.CodeType, d.nodeSpan(p.key), "write a plain word", "a key of %s is not a word", what)
			continue
		}
		if first, twice := firsts[p.key.Value]; twice {
			place := d.nodeSpan(pairs[first].key)
			d.list.Add(diag.Diagnostic{
				Code: diag.CodeDuplicate, Severity: diag.Error, Span: d.nodeSpan(p.key),
				Message: fmt.Sprintf("the key %q stands twice in %s", p.key.Value, what), Hint: "remove one of them",
				Related: []diag.Related{{Span: place, Message: "the first one is at " + place.String()}},
			})
			continue
		}
		if p.value.Kind == yaml.ScalarNode && p.value.Tag == "!!null" {
			d.noValue(p.key)
			p.value = nil
		}
		firsts[p.key.Value] = len(pairs)
		pairs = append(pairs, p)
	}
	return pairs, true
}

// noValue reports a key without a value. One that begins with # needs quotes,
// or YAML takes it for a comment.
func (d *decoder) noValue(key *yaml.Node) {
	span := d.nodeSpan(key)
	if comment, at, found := d.commentBehind(span.End, ":"); found && !strings.HasPrefix(comment, "# ") {
		word, _, _ := strings.Cut(comment, " ")
		d.list.Errorf(diag.CodeComment, at, fmt.Sprintf("put it in quotes: %s: %q", key.Value, word),
			"YAML takes this for a comment, so that %s has no value", key.Value)
		return
	}
	d.list.Errorf(diag.CodeMissing, span, "write a value or remove the key", "%s has no value", key.Value)
}

func (o *object) unknown(key *yaml.Node) {
	names := o.definition.names()
	hint := "known keys: " + strings.Join(names, ", ")
	if near, ok := diag.Nearest(key.Value, names); ok {
		hint = fmt.Sprintf("did you mean `%s`?", near)
	}
	o.d.list.Errorf(diag.CodeUnknownKey, o.d.nodeSpan(key), hint, "unknown key %q in %s", key.Value, o.definition.what)
}

// check reports a choice of which too much or nothing is written. Of two keys
// the one that the choice names later is reported.
func (o *object) check(c choice) {
	first := ""
	for _, name := range c.keys {
		switch {
		case !o.has(name):
		case first == "":
			first = name
		case c.both != "":
			o.exclusive = false
			o.d.list.Errorf(diag.CodeConflict, o.keySpan(name), c.both, "%s has both %s and %s", o.definition.what, first, name)
		}
	}
	if first == "" && c.neither != "" {
		o.exclusive = false
		o.d.list.Errorf(diag.CodeMissing, o.span, c.neitherHint, "%s %s", o.definition.what, c.neither)
	}
}

// checkTogether reports a key without the word that goes with it, and the word
// without its key. A word that is not known says nothing.
func (o *object) checkTogether(k key, with word) {
	node, v, found := o.field(with.key)
	written := found && node.Kind == yaml.ScalarNode
	switch {
	case written && node.Value == with.word && !o.has(k.name):
		o.d.list.Errorf(diag.CodeMissing, o.d.nodeSpan(node), k.hint(), "%s: %s needs %s", with.key, with.word, k.name)
	case o.has(k.name) && (!o.has(with.key) || written && node.Value != with.word && slices.Contains(v.words, node.Value)):
		o.exclusive = false
		o.d.list.Errorf(diag.CodeConflict, o.keySpan(k.name), fmt.Sprintf("write %s: %s, or remove it", with.key, with.word),
			"%s stands only beside %s: %s", k.name, with.key, with.word)
	}
}

// has reports whether a key stands there, with or without a value.
func (o *object) has(name string) bool {
	return slices.ContainsFunc(o.pairs, func(p pair) bool { return p.key.Value == name })
}

func (o *object) keySpan(name string) diag.Span {
	for _, p := range o.pairs {
		if p.key.Value == name {
			return o.d.nodeSpan(p.key)
		}
	}
	return o.span
}

// field returns the value of a key, what may stand there, and whether there is
// one.
func (o *object) field(name string) (node *yaml.Node, v value, found bool) {
	k, known := o.definition.key(name)
	if !known {
		return nil, value{}, false
	}
	for _, p := range o.pairs {
		if p.key.Value == name && p.value != nil {
			return p.value, k.value, true
		}
	}
	return nil, k.value, false
}

// object opens the mapping behind a key.
func (o *object) object(name string) (*object, bool) {
	node, v, found := o.field(name)
	if !found {
		return nil, false
	}
	return o.d.open(node, v.object, o.keySpan(name))
}

// list returns the items of a list, and what may stand there; it reports
// anything else, and a list of nothing.
func (o *object) list(name string) ([]*yaml.Node, value) {
	node, v, found := o.field(name)
	if !found {
		return nil, value{}
	}
	if v.item == nil {
		v = *v.or
	}
	if node.Kind != yaml.SequenceNode {
		o.d.wrongType(node, name, "a list")
		return nil, value{}
	}
	if len(node.Content) == 0 {
		hint := "write an entry, or remove the key"
		if k, _ := o.definition.key(name); k.required {
			hint = "write at least one entry"
		}
		o.d.list.Errorf(diag.CodeMissing, o.keySpan(name), hint, "the list of %s is empty", name)
	}
	return node.Content, *v.item
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
func peek(node *yaml.Node, name string) (string, *yaml.Node) {
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
