package secret

import (
	"fmt"
	"html"
	"regexp"
	"strings"
)

// Masker returns a function that puts the placeholder in the place of the secret
// in a text that others may have written: a server may well repeat what it was
// sent, also in another case or with its characters escaped. It is a function
// since a pattern that is printed would show the secret.
func (v Value) Masker() func(string) string {
	var pattern strings.Builder
	for _, c := range strings.ToValidUTF8(v.Reveal(), "\ufffd") {
		pattern.WriteString(spellings(c))
	}
	own := regexp.MustCompile("(?i)" + pattern.String())
	return func(text string) string {
		text = strings.ToValidUTF8(text, "\ufffd")
		if pattern.Len() == 0 {
			return text
		}
		return own.ReplaceAllLiteralString(text, v.String())
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
