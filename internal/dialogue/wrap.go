package dialogue

import (
	"strings"

	"github.com/slojourn/slojourn/internal/term"
)

// No line of Japanese begins with one of the first, or ends with one of the second.
const (
	closing = "、。，．・：；！？）」』】〕〉》ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々～…"
	opening = "（「『【〔〈《"
)

// wrap breaks text into lines of at most width columns: at blanks and, as Japanese has
// none, between wide characters. What cannot be broken keeps its length.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		between := " "
		for _, part := range parts(word) {
			switch {
			case line == "":
				line = part
			case term.Width(line)+term.Width(between+part) <= width:
				line += between + part
			default:
				lines, line = append(lines, line), part
			}
			between = ""
		}
	}
	return append(lines, line)
}

// parts takes a word apart where a line may end.
func parts(word string) []string {
	var list []string
	begin := 0 // of the part
	var before rune
	wasWide := false
	for at, r := range word {
		wide := term.Width(string(r)) > 1
		if at > 0 && (wide || wasWide) && !strings.ContainsRune(closing, r) && !strings.ContainsRune(opening, before) {
			list, begin = append(list, word[begin:at]), at
		}
		before, wasWide = r, wide
	}
	return append(list, word[begin:])
}
