package nerdgraph

import (
	"unicode/utf8"

	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// maxMessage bounds the bytes of a message that others wrote.
const maxMessage = 2000

// masker returns a function that removes keys from a text that others may have
// written, and shortens it.
func masker(key secret.Value) func(string) string {
	own := key.Masker()
	return func(text string) string { return shorten(render.Mask(own(text))) }
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
