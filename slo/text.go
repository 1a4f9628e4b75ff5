package slo

import (
	"cmp"
	"regexp"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/slojourn/slojourn/slo/diag"
)

// active matches what chat programs and templates act upon: mentions of Slack,
// words that wake a whole channel, and the beginning of a template.
var active = regexp.MustCompile(`<[!@#][^>\s]*>?|(?:^|[^\w.-])(@(?:here|channel|everyone))\b|\{\{`)

// Hostile is a place in a text for people that could do something where it is
// shown or sent.
type Hostile struct {
	Start, End int // bytes
	Problem    *Problem
}

// mostHostile is how many places of one text are found.
const mostHostile = 20

// FindHostile looks for what could change how a text for people is shown, or
// do something where it is sent: control characters, characters that turn the
// direction of writing, mentions, templates. A text of one line must not break
// either. It returns the first 20 places of each sort in the order of the text.
func FindHostile(text string, oneLine bool) []Hostile {
	places := append(hostileCharacters(text, oneLine), hostileWords(text)...)
	slices.SortFunc(places, func(a, b Hostile) int { return cmp.Compare(a.Start, b.Start) })
	return places
}

func hostileCharacters(text string, oneLine bool) []Hostile {
	var places []Hostile
	for i, r := range text {
		var problem *Problem
		switch {
		case r == '\n' && oneLine:
			problem = &Problem{diag.Say("the text goes over more than one line"), diag.Say("write it on one line")}
			oneLine = false // once is enough
		case r == '\n' || r == '\t':
			continue
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			problem = &Problem{diag.Say("the text holds the control character U+%04X", r), diag.Say("remove it")}
		case unicode.Is(unicode.Bidi_Control, r):
			problem = &Problem{
				diag.Say("the text holds U+%04X, which turns the direction of writing", r), diag.Say("remove it; the text could be read as something else"),
			}
		default:
			continue
		}
		if places = append(places, Hostile{i, i + utf8.RuneLen(r), problem}); len(places) == mostHostile {
			break
		}
	}
	return places
}

func hostileWords(text string) []Hostile {
	var places []Hostile
	for _, found := range active.FindAllStringSubmatchIndex(text, mostHostile) {
		start, end := found[0], found[1]
		if found[2] >= 0 {
			start, end = found[2], found[3]
		}
		what, hint := diag.Say("mentions people or channels where it is sent"), diag.Say("write it without the @ or the brackets")
		if text[start:end] == "{{" {
			what, hint = diag.Say("begins a template where it is sent"), diag.Say("remove the braces")
		}
		places = append(places, Hostile{start, end, &Problem{diag.Say("%q %s", text[start:end], what), hint}})
	}
	return places
}
