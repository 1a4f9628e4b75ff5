package spec

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

// shape says what a value is. Every scalar may be written with or without
// quotes; numbers and booleans are taken as typed. The zero shape is invalid.
type shape int

const (
	shapeText       shape = iota + 1 // words for people, of any length
	shapeLine                        // words for people, on one line
	shapeName                        // a name of the language, see [slo.CheckName]
	shapeReference                   // the name of a document of some kind
	shapeAlerts                      // the name of an AlertPolicy, or none
	shapeGlob                        // a pattern over ids
	shapeCodeOwner                   // a user, a team or an e-mail address, see [slo.CheckCodeOwner]
	shapeWord                        // one of a few words
	shapeCode                        // the code of findings that can be accepted, see [diag.Acceptable]
	shapeInteger                     // a whole number from 1 on
	shapeCount                       // a whole number from 0 on
	shapeNumber                      // a decimal number above 0
	shapePercentage                  // a share above 0 of the whole, with its sign
	shapeConfidence                  // a percentage below 100, with its sign
	shapeTarget                      // a percentage below 100, see [slo.ParseTarget]
	shapeDuration                    // a whole number of m, h or d
	shapeSpan                        // a duration from 1m to 90d
	shapeKept                        // a duration of a minute or more
	shapeEvery                       // a duration that divides an hour
	shapeWindow                      // a duration, or a calendar window
	shapeZone                        // a time zone of the IANA database
	shapeInstant                     // a date and time with offset, RFC 3339
	shapeRule                        // a recurrence rule, RFC 5545
	shapeLink                        // an address for people
	shapeAddress                     // an address for programs
	shapeVariable                    // the name of an environment variable
	shapePath                        // a path below the folder of secrets
	shapeCountsPath                  // a path of counts below the folder of the spec
	shapeEventTypes                  // event types with commas between them
	shapeCondition                   // what stands behind WHERE in NRQL
	shapeSliceTest                   // a condition on the value of a slice
	shapeAggregate                   // a function of NRQL over many events
	shapeQuery                       // a whole query of NRQL
	shapeObject                      // a mapping with keys of the language
	shapeMap                         // a mapping with keys of the user's
	shapeList                        // a list
)

// value describes what may stand behind a key.
type value struct {
	shape  shape
	words  []string       // of a word
	kind   string         // of a reference
	object *definition    // of an object
	item   *value         // of a list or map
	entry  string         // of a map: what its keys are, for people
	names  *regexp.Regexp // of a map: its keys; nil when the decoder knows more of them than a pattern can say
	or     *value         // another way to write it
}

// key describes a key of a mapping.
type key struct {
	name     string
	value    value
	doc      string // one sentence
	required bool
	example  string      // in YAML; objects show those of their keys
	fallback diag.Phrase // what holds when it is not written; "" when nothing does
	onlyWith *word       // the word of another key that goes with this one; nil for any
	beside   string      // another key that has to stand as well; "" for none
	alone    diag.Phrase // hint for a key that stands without that one
}

// word is a key together with one of the words that may stand behind it, and
// what to do with the key that goes with it where another word stands.
type word struct {
	key, word string
	otherwise diag.Phrase
}

// definition describes a mapping: its keys in the order they are written in.
// The decoder, the JSON Schema and the reference read the language from here
// and from nowhere else.
type definition struct {
	what    diag.Phrase // for messages: "the step"
	keys    []key
	choices []choice
}

// choice names keys of which only one may be written. With neither, one of
// them has to be; it is what a finding says of a mapping that has none.
type choice struct {
	keys        []string
	both        diag.Phrase // hint for a mapping that has two of them
	neither     diag.Phrase // message, behind what the mapping is called
	neitherHint diag.Phrase
}

// kind describes a kind of document.
type kind struct {
	name     string
	doc      string
	document *definition
}

// key returns the description of a key.
func (d *definition) key(name string) (key, bool) {
	for _, k := range d.keys {
		if k.name == name {
			return k, true
		}
	}
	return key{}, false
}

// names lists the keys in the order they are written in.
func (d *definition) names() []string {
	names := make([]string, len(d.keys))
	for i, k := range d.keys {
		names[i] = k.name
	}
	return names
}

// hint says how to write a key that is missing.
func (k key) hint() diag.Phrase {
	switch k.value.shape {
	case shapeReference:
		return diag.Say("write %s: and the name of %s", k.name, article(k.value.kind))
	case shapeName:
		return diag.Say("write %s: %s, or another name of lower-case letters, digits and hyphens", k.name, k.example)
	}
	if item := k.value.item; item != nil && (item.object != nil || item.or != nil) {
		return diag.Say("write %s: and a list, one entry for each", k.name)
	}
	sample := k.sample()
	if sample == "" {
		return diag.Say("write %s: and its keys below it", k.name)
	}
	return diag.Say("write %s: %s", k.name, sample)
}

// sample is the example of a key; an object shows the keys it must have, and of
// those that it must have one of the first; "" when it must have none.
func (k key) sample() string {
	if k.value.item != nil && k.value.item.object != nil {
		return "[…]"
	}
	if k.example != "" || k.value.object == nil {
		return k.example
	}
	var pairs []string
	for _, inner := range k.value.object.keys {
		needed := inner.required || slices.ContainsFunc(k.value.object.choices, func(c choice) bool {
			return !c.neither.Empty() && c.keys[0] == inner.name
		})
		if needed {
			sample := inner.sample()
			if inner.value.object == nil && inner.value.item == nil && strings.Contains(sample, ",") { // it would end the value
				sample = strconv.Quote(sample)
			}
			pairs = append(pairs, inner.name+": "+sample)
		}
	}
	if pairs == nil {
		return ""
	}
	return "{" + strings.Join(pairs, ", ") + "}"
}

// spelling writes a mapping that is given as one of its words alone, with what
// goes with that word; "" when it has to say more, or has no such word.
func (d *definition) spelling(word string) string {
	pairs := ""
	for _, k := range d.keys {
		switch {
		case k.required:
			return ""
		case slices.Contains(k.value.words, word):
			pairs += k.name + ": " + word
		case k.onlyWith != nil && k.onlyWith.word == word && pairs != "":
			pairs += ", " + k.name + ": " + k.sample()
		}
	}
	if pairs == "" {
		return ""
	}
	return "{" + pairs + "}"
}

// article puts a or an in front of a kind.
func article(kind string) diag.Phrase {
	if strings.ContainsAny(kind[:1], "AE") || kind == "SLO" {
		return diag.Say("an %s", kind)
	}
	return diag.Say("a %s", kind)
}

// kindNamed returns the description of a kind.
func kindNamed(name string) (kind, bool) {
	i := slices.IndexFunc(language, func(k kind) bool { return k.name == name })
	if i < 0 {
		return kind{}, false
	}
	return language[i], true
}

// kindNames lists the kinds in the order of the reference.
func kindNames() []string {
	names := make([]string, len(language))
	for i, k := range language {
		names[i] = k.name
	}
	return names
}

// The values of the language, in the words of its tables.

func of(s shape) value { return value{shape: s} }

func reference(kind string) value { return value{shape: shapeReference, kind: kind} }

func objectOf(d *definition) value { return value{shape: shapeObject, object: d} }

func list(item value) value { return value{shape: shapeList, item: &item} }

func mapping(entry string, names *regexp.Regexp, item value) value {
	return value{shape: shapeMap, item: &item, entry: entry, names: names}
}

func oneOf[T ~string](words ...T) value {
	v := value{shape: shapeWord}
	for _, w := range words {
		v.words = append(v.words, string(w))
	}
	return v
}

func either(a, b value) value {
	a.or = &b
	return a
}
