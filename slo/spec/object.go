package spec

import (
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
	around     *object // the mapping that it stands in, nil for a document
	key        string  // of around that it stands behind
	node       *yaml.Node
	span       diag.Span // where missing keys are reported
	pairs      []pair
	exclusive  bool // no choice of its definition is broken
}

// open opens a document.
func (d *decoder) open(node *yaml.Node, definition *definition, span diag.Span) (*object, bool) {
	return (&object{d: d, definition: definition, span: span}).open(node)
}

// inner opens a mapping that stands behind a key of o, or in the list there.
// span is the place of that key.
func (o *object) inner(key string, node *yaml.Node, definition *definition, span diag.Span) (*object, bool) {
	return (&object{d: o.d, definition: definition, around: o, key: key, span: span}).open(node)
}

// open reads a mapping and reports everything that is wrong with its keys:
// unknown and missing ones, those that stand twice, those without a value, and
// those that exclude each other.
func (o *object) open(node *yaml.Node) (*object, bool) {
	var ok bool
	if o.pairs, ok = o.d.pairs(node, o.definition); !ok {
		return nil, false
	}
	o.node, o.exclusive = follow(node), true
	o.correct()
	for i, p := range o.pairs {
		if p.value != nil && isNull(p.value) {
			o.pairs[i].value = nil
			if k, known := o.definition.key(p.name); known {
				o.d.noValue(p, o.valueHint(k))
			}
		}
	}
	o.adopt()
	for _, k := range o.definition.keys {
		if k.required && !o.has(k.name) {
			o.d.list.Errorf(diag.CodeMissing, o.span, k.hint(), "%s has no %s", o.definition.what, k.name)
		}
		if k.onlyWith != nil {
			o.checkTogether(k, *k.onlyWith)
		}
		if k.beside != "" && o.has(k.name) && !o.has(k.beside) {
			o.d.list.Errorf(diag.CodeConflict, o.keySpan(k.name), k.alone, "%s stands only beside %s", k.name, k.beside)
		}
	}
	for _, c := range o.definition.choices {
		o.check(c)
	}
	return o, true
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
		case !c.both.Empty():
			o.exclusive = false
			o.d.list.Errorf(diag.CodeConflict, o.keySpan(name), c.both, "%s has both %s and %s", o.definition.what, first, name)
		}
	}
	if first == "" && !c.neither.Empty() {
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
		o.d.list.Errorf(diag.CodeConflict, o.keySpan(k.name), diag.Say("%s, or write %s: %s", with.otherwise, with.key, with.word),
			"%s stands only beside %s: %s", k.name, with.key, with.word)
	}
}

// demands reports whether a key has to stay: it is required, goes with the word
// of another key, or is all that is there of a choice that demands one.
func (o *object) demands(k key) bool {
	if k.required {
		return true
	}
	if k.onlyWith != nil {
		if node, _, found := o.field(k.onlyWith.key); found && node.Value == k.onlyWith.word {
			return true
		}
	}
	return slices.ContainsFunc(o.definition.choices, func(c choice) bool {
		return !c.neither.Empty() && slices.Contains(c.keys, k.name) &&
			!slices.ContainsFunc(c.keys, func(other string) bool { return other != k.name && o.has(other) })
	})
}

// valueHint says what to do about a key without a value.
func (o *object) valueHint(k key) diag.Phrase {
	switch {
	case o.demands(k):
		return k.hint()
	case !k.fallback.Empty():
		return diag.Say("%s, or remove the key; the default is %s", k.hint(), k.fallback)
	}
	return diag.Say("%s, or remove the key", k.hint())
}

// has reports whether a key stands there, with or without a value.
func (o *object) has(name string) bool {
	return slices.ContainsFunc(o.pairs, func(p pair) bool { return p.name == name })
}

func (o *object) keySpan(name string) diag.Span {
	for _, p := range o.pairs {
		if p.name == name {
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
		if p.name == name && p.value != nil {
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
	return o.inner(name, node, v.object, o.keySpan(name))
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
		hint := o.d.typeHint(node, name, yaml.SequenceNode)
		if entry := o.d.asEntry(node, *v.item); entry != "" {
			hint = diag.Say("write %s: [%s]", name, entry)
		} else if v.item.object != nil && node.Kind == yaml.ScalarNode {
			hint = entriesHint()
		}
		o.d.wrongKind(node, diag.Verbatim(name), yaml.SequenceNode, hint)
		return nil, value{}
	}
	if len(node.Content) == 0 {
		hint := diag.Say("write at least one entry")
		if k, _ := o.definition.key(name); !o.demands(k) {
			hint = diag.Say("write an entry, or remove the key")
		}
		o.d.list.Errorf(diag.CodeMissing, o.keySpan(name), hint, "the list of %s is empty", name)
	}
	return node.Content, *v.item
}

// wrongType reports a value of another kind than is wanted.
func (d *decoder) wrongType(node *yaml.Node, what diag.Phrase, want yaml.Kind) {
	d.wrongKind(node, what, want, d.typeHint(node, what.String(), want))
}

// typeHint says how to write what is wanted in the place of a value.
func (d *decoder) typeHint(node *yaml.Node, what string, want yaml.Kind) diag.Phrase {
	hint := diag.Say("write one value")
	switch want {
	case yaml.MappingNode:
		hint = diag.Say("write a key, a colon and a value on each line below it")
	case yaml.SequenceNode:
		hint = entriesHint()
	}
	if _, end, _, glued := wrongColon(node.Value); want == yaml.MappingNode && node.Kind == yaml.ScalarNode && end > 0 && !strings.Contains(node.Value, "\n") {
		hint = glued
	} else if pasted := d.inShape(node, what, want); !pasted.Empty() {
		hint = pasted
	}
	return hint
}

func entriesHint() diag.Phrase {
	return diag.Say(`write each entry on a line of its own, behind "- "`)
}

func (d *decoder) wrongKind(node *yaml.Node, what diag.Phrase, want yaml.Kind, hint diag.Phrase) {
	if isNull(node) {
		d.list.Errorf(diag.CodeType, d.wholeSpan(node), hint, "%s must be %s, not nothing", what, kindWord(want))
		return
	}
	d.list.Errorf(diag.CodeType, d.wholeSpan(node), hint, "%s must be %s, not %s", what, kindWord(want), kindWord(node.Kind))
}

// kindWord is what people call a value of YAML.
func kindWord(kind yaml.Kind) diag.Phrase {
	switch kind {
	case yaml.MappingNode:
		return diag.Say("a mapping")
	case yaml.SequenceNode:
		return diag.Say("a list")
	default:
		return diag.Say("a string")
	}
}

// inShape says how to write a value as a list of one, or a list of one as its
// value; "" when it is neither, or long.
func (d *decoder) inShape(node *yaml.Node, key string, want yaml.Kind) diag.Phrase {
	one := node
	if want == yaml.ScalarNode && node.Kind == yaml.SequenceNode && len(node.Content) == 1 {
		one = node.Content[0]
	} else if want != yaml.SequenceNode {
		return diag.Phrase{}
	}
	span := d.wholeSpan(one)
	text := d.between(span)
	switch {
	case strings.Contains(key, " ") || span.End.Line != span.Start.Line || text == "" || len(text) > 200 || isNull(one):
		return diag.Phrase{}
	case one != node && one.Kind == yaml.ScalarNode:
		return diag.Say("write %s: %s", key, text)
	case want == yaml.SequenceNode && one.Kind == yaml.ScalarNode && one.Style == 0 && strings.ContainsAny(text, "[]{}?"):
		return diag.Say("write %s: [%s]", key, inQuotes(text))
	case want == yaml.SequenceNode && (one.Kind == yaml.ScalarNode || one.Style&yaml.FlowStyle != 0):
		return diag.Say("write %s: [%s]", key, text)
	}
	return diag.Phrase{}
}

// asEntry writes a single value as a mapping of a list, behind the first key that it suits,
// with "…" behind the others that have to be there; "" when it suits none.
func (d *decoder) asEntry(node *yaml.Node, item value) string {
	if item.object == nil || node.Kind != yaml.ScalarNode || len(node.Value) > longestQuoted || strings.Contains(node.Value, "\n") {
		return ""
	}
	var pairs []string
	placed := false
	for _, k := range item.object.keys {
		isFirst := slices.ContainsFunc(item.object.choices, func(c choice) bool { return !c.neither.Empty() && c.keys[0] == k.name })
		switch {
		case !k.required && !isFirst:
		case k.required && !placed && d.suits(node, k.value):
			placed = true
			text := node.Value
			if node.Style != 0 || strings.ContainsAny(text, "[]{},?") {
				text = inQuotes(text)
			}
			pairs = append(pairs, k.name+": "+text)
		default:
			pairs = append(pairs, k.name+": …")
		}
	}
	if !placed {
		return ""
	}
	return "{" + strings.Join(pairs, ", ") + "}"
}

// suits reports whether a value may stand where more than any text is demanded.
func (d *decoder) suits(node *yaml.Node, v value) bool {
	if v.shape == shapeText || v.shape == shapeLine || v.shape == shapeObject || v.shape == shapeList {
		return false
	}
	trial := decoder{file: d.file, chunk: d.chunk, root: d.root, secrets: map[int][]diag.Span{}}
	trial.checked(node, v, diag.Phrase{})
	return len(trial.list) == 0
}

// wholeSpan returns where a node stands; only its beginning, when it has no
// brackets or goes over several lines.
func (d *decoder) wholeSpan(node *yaml.Node) diag.Span {
	span := d.nodeSpan(node)
	if node.Style&yaml.FlowStyle == 0 || node.Kind == yaml.ScalarNode || len(node.Content) == 0 {
		return span
	}
	end := d.wholeSpan(node.Content[len(node.Content)-1]).End
	behind := d.behind(end)
	closing := strings.TrimLeft(behind, " \t,")
	if end.Line != span.Start.Line || closing == "" || strings.IndexByte("]}", closing[0]) < 0 {
		return span
	}
	end.Column += len(behind) - len(closing) + 1
	span.End = end
	return span
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
