package slo

import (
	"fmt"
	"regexp"
	"unicode"
	"unicode/utf8"
)

// active matches what chat programs and templates act upon: mentions of Slack,
// words that wake a whole channel, and the beginning of a template.
var active = regexp.MustCompile(`<[!@#][^>\s]*>?|(?:^|[^\w.-])(@(?:here|channel|everyone))\b|\{\{`)

// FindHostile looks for what could change how a text for people is shown, or
// do something where it is sent: control characters, characters that turn the
// direction of writing, mentions, templates. A text of one line must not break
// either. It returns the first place in bytes; the [*Problem] is nil when
// there is none.
func FindHostile(text string, oneLine bool) (start, end int, problem *Problem) {
	for i, r := range text {
		switch {
		case r == '\n' && oneLine:
			return i, i + 1, &Problem{"the text goes over more than one line", "write it on one line"}
		case r == '\n' || r == '\t':
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return i, i + utf8.RuneLen(r), &Problem{fmt.Sprintf("the text holds the control character U+%04X", r), "remove it"}
		case unicode.Is(unicode.Bidi_Control, r):
			return i, i + utf8.RuneLen(r), &Problem{
				fmt.Sprintf("the text holds U+%04X, which turns the direction of writing", r), "remove it; the text could be read as something else",
			}
		}
	}
	found := active.FindStringSubmatchIndex(text)
	if found == nil {
		return 0, 0, nil
	}
	start, end = found[0], found[1]
	if found[2] >= 0 {
		start, end = found[2], found[3]
	}
	what, hint := "mentions people or channels where it is sent", "write it without the @ or the brackets"
	if text[start:end] == "{{" {
		what, hint = "begins a template where it is sent", "remove the braces"
	}
	return start, end, &Problem{fmt.Sprintf("%q %s", text[start:end], what), hint}
}
