package simulator

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
)

// problem is something wrong with one field of an input.
type problem struct{ name, reason string }

// settled returns an input with its defaults, and says what in it breaks the
// limits that the description of its type sets by directives. Members that the
// type does not have are kept as they are.
func (s schema) settled(input string, given map[string]any) (map[string]any, []problem) {
	n := settler{inputs: s.inputs}
	return n.object(s.inputs[input], given, ""), n.problems
}

type settler struct {
	inputs   map[string]*ast.Definition
	problems []problem
}

func (n *settler) object(d *ast.Definition, given map[string]any, at string) map[string]any {
	result := maps.Clone(given)
	if result == nil {
		result = map[string]any{}
	}
	for _, f := range d.Fields {
		value := result[f.Name]
		if value == nil && f.DefaultValue != nil {
			c := coercer{inputs: n.inputs, literal: true}
			value = c.value(plain(f.DefaultValue, nil), f.Type, "")
		}
		if value == nil {
			if f.Type.NonNull {
				n.fail(at+f.Name, "is required")
			}
			continue
		}
		n.limits(f, value, at+f.Name)
		result[f.Name] = n.below(f.Type, value, at+f.Name)
	}
	return result
}

// below settles the objects inside of a value.
func (n *settler) below(t *ast.Type, value any, at string) any {
	d := n.inputs[t.Name()]
	if d == nil || d.Kind != ast.InputObject {
		return value
	}
	switch value := value.(type) {
	case map[string]any:
		return n.object(d, value, at+".")
	case []any:
		list := make([]any, 0, len(value))
		for i, element := range value {
			if element != nil {
				list = append(list, n.below(t.Elem, element, at+"."+strconv.Itoa(i)))
			}
		}
		return list
	default:
		return value
	}
}

func (n *settler) fail(at, format string, args ...any) {
	n.problems = append(n.problems, problem{at, fmt.Sprintf(format, args...)})
}

// limits checks a value against the directives of its field.
func (n *settler) limits(f *ast.FieldDefinition, value any, at string) {
	for _, d := range f.Directives {
		switch d.Name {
		case "range":
			n.inRange(d, value, at)
		case "length":
			n.ofLength(d, value, at)
		}
	}
}

func (n *settler) inRange(d *ast.Directive, value any, at string) {
	x, isNumber := float(value)
	if !isNumber {
		return
	}
	low, high, step := limitOf(d, "min", math.Inf(-1)), limitOf(d, "max", math.Inf(1)), limitOf(d, "step", 0)
	switch {
	case x < low || x > high:
		n.fail(at, "must be between %v and %v", formatNumber(low), formatNumber(high))
	case step > 0 && math.Mod(x, step) != 0:
		n.fail(at, "must be a multiple of %v", formatNumber(step))
	}
}

// ofLength counts the characters of texts and the members of lists.
func (n *settler) ofLength(d *ast.Directive, value any, at string) {
	length, unit := 0, "characters"
	switch value := value.(type) {
	case string:
		length = utf8.RuneCountInString(value)
		if strings.TrimSpace(value) == "" {
			length = 0
		}
	case []any:
		length, unit = len(value), "entries"
	}
	low, high := limitOf(d, "min", 0), limitOf(d, "max", math.Inf(1))
	switch {
	case float64(length) < low && length == 0:
		n.fail(at, "must not be empty")
	case float64(length) < low:
		n.fail(at, "must have at least %v %s", low, unit)
	case float64(length) > high:
		n.fail(at, "must have at most %v %s", high, unit)
	}
}

// limitOf returns a number of a directive.
func limitOf(d *ast.Directive, name string, otherwise float64) float64 {
	a := d.Arguments.ForName(name)
	if a == nil {
		return otherwise
	}
	x, err := strconv.ParseFloat(a.Value.Raw, 64)
	if err != nil {
		return otherwise
	}
	return x
}

func float(value any) (float64, bool) {
	switch value := value.(type) {
	case int64:
		return float64(value), true
	case float64:
		return value, true
	}
	return 0, false
}

// merged returns an object with the changes of an update: what the update does
// not name stays, in objects inside of it too; a list is replaced as a whole,
// and null takes a value away.
func merged(old, changes map[string]any) map[string]any {
	result := maps.Clone(old)
	if result == nil {
		result = map[string]any{}
	}
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		inner, isObject := changes[name].(map[string]any)
		if isObject {
			result[name] = merged(objectOf(old, name), inner)
		} else {
			result[name] = changes[name]
		}
	}
	return result
}
