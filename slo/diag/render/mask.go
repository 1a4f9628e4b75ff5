package render

import (
	"strings"
	"unicode/utf8"

	"github.com/slojourn/slojourn/slo/diag"
)

// Mask replaces every secret in a text by what says its kind and an ellipsis:
// NRAK-…
func Mask(text string) string {
	var b strings.Builder
	from := 0
	for _, s := range diag.FindSecrets(text) {
		b.WriteString(text[from:s.Kept] + "…")
		from = s.End
	}
	return b.String() + text[from:]
}

// maskedLine masks a source line and moves two columns (from 1) along with
// it, so that carets stay under what they point at.
func maskedLine(line string, start, end int) (string, int, int) {
	found := diag.FindSecrets(line)
	moved := func(column int) int {
		result := column
		for _, s := range found {
			kept := utf8.RuneCountInString(line[:s.Kept]) + 2 // the column behind the ellipsis
			end := utf8.RuneCountInString(line[:s.End]) + 1   // the column behind the secret
			if column > kept {
				result -= min(column, end) - kept
			}
		}
		return result
	}
	return Mask(line), moved(start), moved(end)
}
