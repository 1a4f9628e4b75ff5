package simulator

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// jparse compiles jparse(text[, path]). What becomes of a text that is no JSON
// is not known, so it is refused when it comes.
func (c *compiler) jparse(x *nrql.Call) valueFunc {
	operand := c.value(x.Args[0])
	var path []step
	if len(x.Args) > 1 {
		literal, isString := x.Args[1].(*nrql.String)
		if !isString {
			return c.refuse("jparse() with anything but a string literal as path")
		}
		var isPath bool
		if path, isPath = readPath(literal.Value); !isPath {
			return c.refuse("jparse() with the path %s", literal.Value)
		}
	}
	return func(row int) Value {
		v := operand(row)
		var whole any
		switch {
		case v.kind == null:
			return v
		case v.kind != text || json.Unmarshal([]byte(v.text), &whole) != nil:
			return c.refuse("jparse() of what is no JSON")(row)
		}
		return descend(parsed([]byte(v.text)), path)
	}
}

// parsed makes a value of JSON that is valid.
func parsed(text []byte) Value {
	text = bytes.TrimSpace(text)
	var x any
	switch text[0] {
	case '{', '[':
		var compact bytes.Buffer
		if json.Compact(&compact, text) != nil {
			return Value{}
		}
		return Value{kind: composite, text: compact.String()}
	default:
		if json.Unmarshal(text, &x) != nil {
			return Value{}
		}
	}
	v, _ := valueOf(x)
	return v
}

// entry is a member of a map, in the order of its text; lists have no keys.
type entry struct {
	key   string
	value Value
}

// entries takes a list or a map apart.
func (v Value) entries() []entry {
	if v.kind != composite {
		return nil
	}
	d := json.NewDecoder(strings.NewReader(v.text))
	first, err := d.Token()
	var list []entry
	for err == nil && d.More() {
		var e entry
		if first == json.Delim('{') {
			var key json.Token
			if key, err = d.Token(); err != nil {
				break
			}
			e.key, _ = key.(string)
		}
		var member json.RawMessage
		if err = d.Decode(&member); err == nil {
			e.value = parsed(member)
			list = append(list, e)
		}
	}
	return list
}

func (v Value) isMap() bool { return v.kind == composite && v.text[0] == '{' }

// get returns the member of a map; the last of several of one name.
func (v Value) get(key string) Value {
	found := Value{}
	for _, e := range v.entries() {
		if v.isMap() && e.key == key {
			found = e.value
		}
	}
	return found
}

// arrayOf makes a list of values.
func arrayOf(values []Value) Value {
	list := []any{}
	for _, v := range values {
		list = append(list, v.json())
	}
	return Value{kind: composite, text: string(encode(list))}
}

// step is one step of a path: to a member, to several, to a range, or to all.
type step struct {
	keys     []string // of members
	places   []int    // in lists
	from, to *int     // of a range
	isRange  bool
	all      bool
	single   bool // whether there is one result and no list of them
}

// readPath reads the path of jparse(), such as users[*].id.
func readPath(text string) ([]step, bool) {
	var path []step
	for text != "" {
		if text[0] != '[' {
			if len(path) > 0 {
				if text[0] != '.' {
					return nil, false
				}
				text = text[1:]
			}
			end := strings.IndexAny(text, ".[")
			if end < 0 {
				end = len(text)
			}
			if !isKey(text[:end]) {
				return nil, false
			}
			path = append(path, step{keys: []string{text[:end]}, single: true})
			text = text[end:]
			continue
		}
		end := strings.IndexByte(text, ']')
		if end < 0 {
			return nil, false
		}
		s, isStep := readStep(text[1:end])
		if !isStep {
			return nil, false
		}
		path = append(path, s)
		text = text[end+1:]
	}
	// Where a step behind several results leads is known behind [*] only.
	for i, s := range path[:max(len(path)-1, 0)] {
		if !s.single && !s.all || s.all && slices.ContainsFunc(path[i+1:], func(s step) bool { return s.all }) {
			return nil, false
		}
	}
	return path, len(path) > 0
}

func isKey(s string) bool {
	return s != "" && !strings.ContainsAny(s, " ,:*'\"[]")
}

// readStep reads what stands in brackets.
func readStep(text string) (step, bool) {
	if text == "*" {
		return step{all: true}, true
	}
	if from, to, isRange := strings.Cut(text, ":"); isRange {
		s := step{isRange: true}
		for _, end := range []struct {
			text string
			into **int
		}{{from, &s.from}, {to, &s.to}} {
			if n, err := strconv.Atoi(end.text); err == nil {
				*end.into = &n
			} else if end.text != "" {
				return step{}, false
			}
		}
		return s, true
	}
	var s step
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		n, err := strconv.Atoi(part)
		quoted := len(part) > 2 && part[0] == '"' && part[len(part)-1] == '"'
		switch {
		case err == nil && n >= 0:
			s.places = append(s.places, n)
		case quoted && isKey(part[1:len(part)-1]):
			s.keys = append(s.keys, part[1:len(part)-1])
		case err != nil && isKey(part):
			s.keys = append(s.keys, part)
		default:
			return step{}, false
		}
	}
	s.single = len(s.keys)+len(s.places) == 1
	return s, len(s.keys) == 0 || len(s.places) == 0
}

// descend returns what a path leads to; null where there is nothing.
func descend(v Value, path []step) Value {
	if len(path) == 0 {
		return v
	}
	s := path[0]
	var found []Value
	members := v.entries()
	switch {
	case s.all:
		for _, e := range members {
			found = append(found, descend(e.value, path[1:]))
		}
		return arrayOf(found)
	case s.isRange:
		from, to := bound(s.from, 0, len(members)), bound(s.to, len(members), len(members))
		for i := from; i < to; i++ {
			found = append(found, members[i].value)
		}
	default:
		for _, key := range s.keys {
			found = append(found, v.get(key))
		}
		for _, place := range s.places {
			x := Value{}
			if place < len(members) && !v.isMap() {
				x = members[place].value
			}
			found = append(found, x)
		}
	}
	if s.single {
		return descend(found[0], path[1:])
	}
	return arrayOf(found)
}

// bound is an end of a range; below 0 it counts from the end of the list.
func bound(end *int, missing, length int) int {
	switch {
	case end == nil:
		return missing
	case *end < 0:
		return max(0, length+*end)
	default:
		return min(*end, length)
	}
}

// member compiles jparse(text)[key] and jparse(text)[0], also of a variable.
func (c *compiler) member(x *nrql.Index) valueFunc {
	switch whole := x.X.(type) {
	case *nrql.Index:
	case *nrql.Call:
		if !slices.Contains([]string{"jparse", "mapKeys", "mapValues"}, whole.Name) {
			return c.refuse("[…] behind a value")
		}
	case *nrql.Name:
		if v, _, _ := c.variable(whole); v == nil {
			return c.refuse("[…] behind a value")
		}
	default:
		return c.refuse("[…] behind a value")
	}
	switch key := x.Key.(type) {
	case *nrql.Name:
		return c.memberOf(c.value(x.X), key.Value)
	case *nrql.String:
		return c.memberOf(c.value(x.X), key.Value)
	case *nrql.Number:
		operand := c.value(x.X)
		return func(row int) Value {
			v := operand(row)
			members := v.entries()
			if at := int(key.Value); !v.isMap() && float64(at) == key.Value && at < len(members) {
				return members[at].value
			}
			return Value{}
		}
	}
	return c.refuse("[%s] behind a value", nrql.Print(x.Key))
}

func (c *compiler) memberOf(operand valueFunc, key string) valueFunc {
	return func(row int) Value { return operand(row).get(key) }
}

// mapParts compiles mapKeys() and mapValues(), in the order of the text.
func (c *compiler) mapParts(x *nrql.Call) valueFunc {
	operand := c.value(x.Args[0])
	return func(row int) Value {
		v := operand(row)
		if !v.isMap() {
			return Value{}
		}
		var parts []Value
		for _, e := range v.entries() {
			if x.Name == "mapKeys" {
				parts = append(parts, String(e.key))
			} else {
				parts = append(parts, e.value)
			}
		}
		return arrayOf(parts)
	}
}

// tuple compiles tuple(a, b), of which only how many different ones there are
// is asked. What one with a missing part counts is not known.
func (c *compiler) tuple(x *nrql.Call) valueFunc {
	var parts []valueFunc
	for _, arg := range x.Args {
		parts = append(parts, c.value(arg))
	}
	return func(row int) Value {
		values := make([]Value, len(parts))
		missing := 0
		for i, part := range parts {
			if values[i] = part(row); values[i].kind == null {
				missing++
			}
		}
		switch missing {
		case 0:
			return arrayOf(values)
		case len(parts):
			return Value{}
		default:
			return c.refuse("a tuple with a missing part")(row)
		}
	}
}

// length counts the characters of a string, or the members of a list.
func length(operand valueFunc) valueFunc {
	return func(row int) Value {
		switch v := operand(row); {
		case v.kind == text:
			return Number(float64(utf8.RuneCountInString(v.text)))
		case v.kind == composite && !v.isMap():
			return Number(float64(len(v.entries())))
		default:
			return Value{}
		}
	}
}
