package nerdgraph

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// maxMessage bounds the bytes of a message that others wrote.
const maxMessage = 2000

// masker returns a function that removes keys from a text that others may have
// written, and shortens it: a server may well repeat what it was sent, also in
// another case or with its characters escaped. It is a function since a
// pattern that is printed would show the key.
func masker(key secret.Value) func(string) string {
	var pattern strings.Builder
	for _, c := range strings.ToValidUTF8(key.Reveal(), "\ufffd") {
		pattern.WriteString(spellings(c))
	}
	own := regexp.MustCompile("(?i)" + pattern.String())
	return func(text string) string {
		text = strings.ToValidUTF8(text, "\ufffd")
		if pattern.Len() > 0 {
			text = own.ReplaceAllLiteralString(text, key.String())
		}
		return shorten(render.Mask(text))
	}
}

// spellings is a pattern for one character as it is, and as JSON, Go, URLs and
// HTML escape it.
func spellings(c rune) string {
	var percent strings.Builder
	for _, b := range []byte(string(c)) {
		fmt.Fprintf(&percent, "%%%02x", b)
	}
	return fmt.Sprintf(`(?:\\*%s|\\+u%04x|\\+x%02x|%s|&#x0*%x;|&#0*%d;|%s)`,
		regexp.QuoteMeta(string(c)), c, c, percent.String(), c, c, regexp.QuoteMeta(html.EscapeString(string(c))))
}

// shorten cuts a text that is too long, between two characters.
func shorten(text string) string {
	if len(text) <= maxMessage {
		return text
	}
	end := maxMessage
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
