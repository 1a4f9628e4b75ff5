package diag

import (
	"fmt"
	"regexp"
	"strings"
)

// Phrase is a text for people that can be said in other languages: a format of package
// fmt in English and what stands for its verbs. Arguments that are phrases, are errors
// that are [Spoken], or have a method Phrase are said in the same language as the whole.
// The zero Phrase says nothing.
type Phrase struct {
	format  string // "" of what is the same in all languages
	args    []any
	english string
	edit    func(string) string // of the whole, in any language; nil for none
}

// Language maps the English formats of phrases to those of another language, whose verbs
// may stand in another order: "%[2]s の %[1]s". The nil Language is English.
type Language map[string]string

// Say returns the phrase of a format and its arguments. The format is a literal, since
// that is what a [Language] knows it by.
func Say(format string, args ...any) Phrase {
	return Phrase{format: format, args: args, english: fmt.Sprintf(format, args...)}
}

// Verbatim returns a phrase that is the same in every language: a name, or what somebody
// else said.
func Verbatim(text string) Phrase { return Phrase{english: text} }

// Joined returns the phrase of several things with commas between them.
func Joined[T any](things []T) Phrase {
	args := make([]any, len(things))
	for i, thing := range things {
		args[i] = thing
	}
	return Say(strings.TrimSuffix(strings.Repeat("%v, ", len(things)), ", "), args...)
}

// String says the phrase in English.
func (p Phrase) String() string { return p.english }

// Format formats the phrase in English with any verb, so that nothing else of it is shown:
// an edit may have hidden what stands for its verbs.
func (p Phrase) Format(f fmt.State, verb rune) {
	fmt.Fprintf(f, fmt.FormatString(f, verb), p.english) //nolint:errcheck // fmt ignores it
}

// Empty reports whether the phrase says nothing.
func (p Phrase) Empty() bool { return p.english == "" }

// Equal reports whether two phrases say the same.
func (p Phrase) Equal(q Phrase) bool { return p.english == q.english }

// Inflected returns the phrase with another form in English, such as its plural. Other
// languages do not tell the forms apart.
func (p Phrase) Inflected(english string) Phrase {
	p.english = english
	return p
}

// Edited returns the phrase with a change of its text, which is made in every language.
func (p Phrase) Edited(edit func(string) string) Phrase {
	edited := p
	edited.english = edit(p.english)
	edited.edit = func(text string) string {
		if p.edit != nil {
			text = p.edit(text)
		}
		return edit(text)
	}
	return edited
}

// In says the phrase in a language. What the language does not know is said in English.
func (p Phrase) In(l Language) string {
	if l == nil || p.format == "" {
		return p.english
	}
	format, known := l[p.format]
	if !known {
		format = p.format
	}
	args := make([]any, len(p.args))
	for i, arg := range p.args {
		switch inner := arg.(type) {
		case Phrase:
			arg = seam + inner.In(l) + seam
		case error:
			arg = seam + Of(inner).In(l) + seam
		case interface{ Phrase() Phrase }:
			arg = seam + inner.Phrase().In(l) + seam
		}
		args[i] = arg
	}
	text := fmt.Sprintf(format, args...)
	if strings.Trim(p.format, "%v, ") == "" && seamOfList.MatchString(text) { // of Joined
		text = seamOfNames.ReplaceAllString(text, "、")
	}
	text = seamless(text)
	if p.edit != nil {
		text = p.edit(text)
	}
	return text
}

// seam stands on both sides of a phrase within another one: a character that no text has.
const seam = "\ufdd0"

const wide = `[\p{Han}\p{Hiragana}\p{Katakana}ー、。（）「」]`

var (
	seamBefore = regexp.MustCompile(`(` + wide + `)` + seam + `+ (` + seam + `*` + wide + `)`)
	seamBehind = regexp.MustCompile(`(` + wide + `) ` + seam + `+(` + wide + `)`)
	seamOfList = regexp.MustCompile(`(` + wide + `)` + seam + `+, ` + seam + `+|` + seam + `+, ` + seam + `+(` + wide + `)`)
	// between any two of a list
	seamOfNames = regexp.MustCompile(seam + `+, ` + seam + `+`)
)

// seamless removes the seams of a text. A format has blanks around a verb for the sake of
// names in Latin letters; between two Japanese ones, none has its place.
// In a list, the comma beside a Japanese letter is another one; where one is, [Phrase.In] makes
// all of a list the same.
func seamless(text string) string {
	if !strings.Contains(text, seam) {
		return text
	}
	text = seamOfList.ReplaceAllString(text, "$1、$2")
	text = seamBefore.ReplaceAllString(text, "$1$2")
	text = seamBehind.ReplaceAllString(text, "$1$2")
	return strings.ReplaceAll(text, seam, "")
}
