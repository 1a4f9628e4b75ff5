package spec

import (
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo/diag"
)

// A key that a mapping does not know is misspelt, or it stands in the wrong
// mapping. It is reported once, and then read as it is meant: so it is not
// missing as well, and what is wrong with its value comes to light with it.

// correct reports the unknown keys of a mapping and reads them as they are
// meant.
func (o *object) correct() {
	var strays []int
	more := 0
	for i, p := range o.pairs {
		if _, known := o.definition.key(p.name); known {
			continue
		}
		if len(strays) == mostUnknown {
			more++
			continue
		}
		strays = append(strays, i)
	}
	for _, i := range strays {
		if p := o.pairs[i]; !o.hasHome(p.name) {
			if k, found := o.below(p.name); found {
				o.put(k, p)
			}
		}
	}
	for _, i := range strays {
		hint, meant := o.meaning(o.pairs[i].name)
		o.d.list.Errorf(diag.CodeUnknownKey, o.d.nodeSpan(o.pairs[i].key), hint, "unknown key %q in %s", o.pairs[i].name, o.definition.what)
		if meant != "" && !o.has(meant) {
			if key, glued := keyBeforeColon(o.pairs[i].name); glued && key == meant {
				o.pairs[i].value = nil // it is a part of the key
			}
			o.pairs[i].name = meant
		}
	}
	if more > 0 {
		o.d.list.Errorf(diag.CodeUnknownKey, o.span, diag.Say("known keys: %s", strings.Join(o.definition.names(), ", ")),
			"%d more unknown keys in %s", more, o.definition.what)
	}
}

// mostUnknown is how many unknown keys of a mapping are looked into one by one.
const mostUnknown = 20

// meaning says what to write instead of an unknown key, and which key of this
// mapping it is, if it is one.
func (o *object) meaning(name string) (hint diag.Phrase, meant string) {
	if o.hasHome(name) {
		if into, _ := o.around.home(o.key, name); into != "" {
			return diag.Say("move it into %s", into), ""
		}
		return diag.Say("move it one level up, beside %s", o.key), ""
	}
	if k, found := o.below(name); found {
		return o.pasteable(k), ""
	}
	names := o.definition.names()
	if key, glued := keyBeforeColon(name); glued && slices.Contains(names, key) {
		_, _, _, hint := wrongColon(name)
		return hint, key
	}
	if near, ok := diag.Nearest(name, names); ok {
		return diag.Say("did you mean `%s`?", near), near
	}
	return diag.Say("known keys: %s", strings.Join(names, ", ")), ""
}

// hasHome reports whether an unknown key of o belongs into what is around it.
func (o *object) hasHome(name string) bool {
	if o.around == nil {
		return false
	}
	_, found := o.around.home(o.key, name)
	return found
}

// home finds out where a key belongs that stands in the mapping behind another
// key of o and is unknown there: in o itself, for which into is empty, or, in a
// document, in metadata and not in spec, or the other way round.
func (o *object) home(from, name string) (into string, found bool) {
	if k, known := o.definition.key(name); known {
		return "", !o.stands(name) && o.mayTake(k)
	}
	if o.around != nil {
		return "", false
	}
	for _, k := range o.definition.keys {
		if inside := k.value.inside(); k.name != from && inside != nil {
			if _, known := inside.key(name); known {
				return k.name, true
			}
		}
	}
	return "", false
}

// below finds the mapping behind a key of o that a key belongs into: the only
// one that may stand there and knows it, or else entries of a list.
func (o *object) below(name string) (key, bool) {
	var mappings, lists []key
	for _, k := range o.definition.keys {
		inside, many := k.value.inside(), false
		if inside == nil && k.value.item != nil && o.stands(k.name) {
			inside, many = k.value.item.inside(), true
		}
		if inside == nil || !o.mayTake(k) {
			continue
		}
		if _, known := inside.key(name); known && many {
			lists = append(lists, k)
		} else if known {
			mappings = append(mappings, k)
		}
	}
	switch {
	case len(mappings) == 1:
		return mappings[0], true
	case len(mappings) == 0 && len(lists) > 0:
		return lists[0], true
	}
	return key{}, false
}

// mayTake reports whether nothing that stands in o excludes a key.
func (o *object) mayTake(k key) bool {
	if k.onlyWith != nil {
		if node, _, found := o.field(k.onlyWith.key); !found || node.Value != k.onlyWith.word {
			return false
		}
	}
	for _, c := range o.definition.choices {
		if !c.both.Empty() && slices.Contains(c.keys, k.name) &&
			slices.ContainsFunc(c.keys, func(other string) bool { return other != k.name && o.stands(other) }) {
			return false
		}
	}
	return true
}

// stands reports whether a key is written in the mapping itself.
func (o *object) stands(name string) bool {
	return slices.ContainsFunc(o.pairs, func(p pair) bool { return p.name == name && !p.moved })
}

// inside returns the mapping that may be this value, nil for none.
func (v value) inside() *definition {
	if v.object == nil && v.or != nil {
		return v.or.inside()
	}
	return v.object
}

// adopt takes in what stands in a mapping below o and belongs into o, or into
// another mapping below it. It is reported where it stands.
func (o *object) adopt() {
	for _, p := range slices.Clone(o.pairs) {
		k, known := o.definition.key(p.name)
		inside := k.value.inside()
		if !known || p.moved || p.value == nil || p.value.Kind != yaml.MappingNode || inside == nil {
			continue
		}
		strays := 0
		for i := 0; i+1 < len(p.value.Content) && strays < mostUnknown; i += 2 {
			stray := pair{name: p.value.Content[i].Value, key: p.value.Content[i], value: follow(p.value.Content[i+1]), moved: true}
			if _, known := inside.key(stray.name); known || stray.key.Kind != yaml.ScalarNode {
				continue
			}
			strays++
			into, found := o.home(p.name, stray.name)
			switch {
			case !found:
			case into == "" && !o.has(stray.name) && !isNull(stray.value):
				o.pairs = append(o.pairs, stray)
			case into != "":
				k, _ := o.definition.key(into)
				o.put(k, stray)
			}
		}
	}
}

// put adds a pair to the mapping behind a key, unless it has one of its own.
func (o *object) put(k key, p pair) {
	if p.value == nil {
		p.value = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
	}
	for i := range o.pairs {
		if at := &o.pairs[i]; at.name == k.name {
			if at.value != nil {
				at.value = withPair(at.value, k.value, p)
			}
			return
		}
	}
	o.pairs = append(o.pairs, pair{name: k.name, key: p.key, value: mappingOf(p), moved: true})
}

func mappingOf(p pair) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: p.key.Line, Column: p.key.Column, Content: []*yaml.Node{p.key, p.value}}
}

// withPair returns a value together with one more pair. Nodes that aliases
// share stay as they are.
func withPair(node *yaml.Node, v value, p pair) *yaml.Node {
	whole := *node
	switch {
	case node.Kind == yaml.MappingNode:
		for i := 0; i < len(node.Content); i += 2 {
			if node.Content[i].Value == p.name {
				return node
			}
		}
		whole.Content = append(slices.Clone(node.Content), p.key, p.value)
	case node.Kind == yaml.ScalarNode && v.or != nil && v.inside() != nil:
		k := v.inside().keyOf(v.shape)
		if k == p.name {
			return node
		}
		short := pair{key: &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: k, Line: node.Line, Column: node.Column}, value: node}
		return withPair(mappingOf(short), v, p)
	case node.Kind == yaml.SequenceNode && v.item != nil && v.item.or != nil:
		whole.Content = nil
		for _, item := range node.Content {
			whole.Content = append(whole.Content, withPair(follow(item), *v.item, p))
		}
	default:
		return node
	}
	return &whole
}

// keyOf returns the key of a mapping that can be written alone, instead of the
// mapping: the one whose value has this shape.
func (d *definition) keyOf(s shape) string {
	i := slices.IndexFunc(d.keys, func(k key) bool { return k.value.shape == s })
	return d.keys[i].name
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9][-A-Za-z0-9_./%]*$`)

// pasteable says how to write what stands beside a key and belongs below it.
func (o *object) pasteable(k key) diag.Phrase {
	node, _, found := o.field(k.name)
	if k.value.inside() == nil {
		return diag.Say("move it into the entries of %s", k.name)
	}
	if k.value.or == nil || !found || node.Kind != yaml.MappingNode {
		return diag.Say("move it into %s", k.name)
	}
	var pairs []string
	for i := 0; i+1 < len(node.Content); i += 2 {
		value := follow(node.Content[i+1])
		if value.Kind != yaml.ScalarNode || !plainWord.MatchString(value.Value) {
			return diag.Say("move it into %s", k.name)
		}
		pairs = append(pairs, node.Content[i].Value+": "+value.Value)
	}
	if short := k.value.inside().keyOf(k.value.shape); len(pairs) == 1 && node.Content[0].Value == short {
		return diag.Say("write %s%s", k.name, strings.TrimPrefix(pairs[0], short))
	}
	return diag.Say("write %s: {%s}", k.name, strings.Join(pairs, ", "))
}
