package newrelic

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// keyset is the attributes of some events, with the types of their values as far
// as they are known.
type keyset struct {
	known bool // whether an answer was read
	types map[string]typeSet
}

// typeSet is a set of types of values.
type typeSet uint8

func (s typeSet) has(t nrql.AttributeType) bool { return s&(1<<t) != 0 }

func typesOf(t nrql.AttributeType) typeSet {
	if t == 0 {
		return 0
	}
	return 1 << t
}

// phrase names the types.
func (s typeSet) phrase() diag.Phrase {
	said := diag.Phrase{}
	for _, t := range []nrql.AttributeType{nrql.TextValue, nrql.NumberValue, nrql.BooleanValue} {
		if s.has(t) {
			if said.Empty() {
				said = valuesOf(t)
			} else {
				said = diag.Say("%s and %s", said, valuesOf(t))
			}
		}
	}
	return said
}

// valuesOf names values of a type.
func valuesOf(t nrql.AttributeType) diag.Phrase {
	switch t {
	case nrql.TextValue:
		return diag.Say("text")
	case nrql.NumberValue:
		return diag.Say("numbers")
	case nrql.BooleanValue:
		return diag.Say("booleans")
	default:
		return diag.Verbatim("?")
	}
}

// maxKeys bounds the names that are kept of an answer: an event has at most 254
// attributes, but different ones of a type may have others.
const maxKeys = 20_000

// readKeyset reads the answer to SELECT keyset(). Its form is not documented, so
// all of these are understood:
//
//	[{"allKeys": ["a", "b"], "stringKeys": ["a"], "numericKeys": ["b"], "booleanKeys": []}]
//	[{"keyset": {"allKeys": …}}] or [{"keyset": ["a", "b"]}]
//	[{"key": "a", "type": "string"}, {"key": "b", "type": "numeric"}]
//	["a", "b"]
func readKeyset(rows []json.RawMessage) (keyset, error) {
	k := keyset{types: map[string]typeSet{}}
	understood := len(rows) == 0
	for _, data := range rows {
		if name, is := plainText(data); is {
			k.add(name, 0)
			understood = true
		} else {
			understood = k.addValue(0, data, 0) || understood
		}
	}
	switch {
	case !understood:
		return keyset{}, diag.Say("New Relic answered keyset() in a form that is not known").Err()
	case len(k.types) > maxKeys:
		return keyset{}, diag.Say("New Relic answered with more attributes than can be looked through").Err()
	}
	k.known = true
	return k, nil
}

// deepestKeys is how deep lists of names may lie in an answer.
const deepestKeys = 4

// addRow reports whether anything in a row is understood.
func (k *keyset) addRow(r row, depth int) bool {
	if depth > deepestKeys || len(k.types) > maxKeys {
		return false
	}
	for _, member := range []string{"key", "attribute", "name"} {
		if name, is := plainText(r[member]); is {
			of, _ := plainText(r["type"])
			k.add(name, typeNamed(of))
			return true
		}
	}
	understood := false
	for member, value := range r {
		understood = k.addValue(typeNamed(member), value, depth) || understood
	}
	return understood
}

func (k *keyset) addValue(t nrql.AttributeType, value json.RawMessage, depth int) bool {
	if names, is := textList(value); is {
		for _, name := range names {
			k.add(name, t)
		}
		return true
	}
	var inner row
	if json.Unmarshal(value, &inner) == nil && inner != nil {
		return k.addRow(inner, depth+1)
	}
	var list []row
	if json.Unmarshal(value, &list) != nil {
		return false
	}
	understood := false
	for _, r := range list {
		understood = k.addRow(r, depth+1) || understood
	}
	return understood
}

func (k *keyset) add(name string, t nrql.AttributeType) {
	if len(k.types) <= maxKeys {
		k.types[name] |= typesOf(t)
	}
}

// typeNamed returns the type that a word such as stringKeys or numeric speaks
// of; 0 for all others.
func typeNamed(word string) nrql.AttributeType {
	word = strings.ToLower(word)
	switch {
	case strings.HasPrefix(word, "string"), strings.HasPrefix(word, "text"):
		return nrql.TextValue
	case strings.HasPrefix(word, "num"), word == "long", word == "double", word == "float", word == "int", word == "integer":
		return nrql.NumberValue
	case strings.HasPrefix(word, "bool"):
		return nrql.BooleanValue
	}
	return 0
}

// union is the attributes of several keysets; it is known when all are.
func union(sets ...keyset) keyset {
	all := keyset{known: true, types: map[string]typeSet{}}
	for _, set := range sets {
		all.known = all.known && set.known
		for name, types := range set.types {
			all.types[name] |= types
		}
	}
	return all
}

// names returns the names, in order.
func (k keyset) names() []string {
	var names []string
	for name := range k.types {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// lacksNames reports whether so many events are said to have no attribute at all,
// which cannot be: each has a timestamp.
func (k keyset) lacksNames(events int64) bool { return k.known && len(k.types) == 0 && events > 0 }

func (k keyset) has(name string) bool {
	_, has := k.types[name]
	return has
}

func plainText(data json.RawMessage) (string, bool) {
	var text *string
	if json.Unmarshal(data, &text) != nil || text == nil {
		return "", false
	}
	return *text, true
}

// textList reads a list of texts; what is none in it is left out. A list without
// any text is one only when it is empty.
func textList(data json.RawMessage) ([]string, bool) {
	var list []json.RawMessage
	if json.Unmarshal(data, &list) != nil || list == nil {
		return nil, false
	}
	var names []string
	for _, item := range list {
		if name, is := plainText(item); is {
			names = append(names, name)
		}
	}
	return names, len(names) > 0 || len(list) == 0
}
