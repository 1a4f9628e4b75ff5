package render

import (
	"regexp"
	"unicode/utf8"
)

// secrets matches the keys of New Relic that name their kind, NRAK-… and the
// like, also behind other letters. "NRQL-" begins no key.
func secrets() *regexp.Regexp {
	return regexp.MustCompile(`(NR(?:[A-PR-Z][A-Z]|Q[A-KM-Z]))-[A-Za-z0-9_-]+`)
}

// Mask replaces every key of New Relic in a text by its kind and an ellipsis:
// NRAK-…
func Mask(text string) string { return masked(text) }

// masked replaces keys by their kind and an ellipsis.
func masked(text string) string { return secrets().ReplaceAllString(text, "$1-…") }

// maskedLine masks a source line and moves two columns (from 1) along with
// it, so that carets stay under what they point at.
func maskedLine(line string, start, end int) (string, int, int) {
	matches := secrets().FindAllStringSubmatchIndex(line, -1)
	moved := func(column int) int {
		result := column
		for _, m := range matches {
			kept := utf8.RuneCountInString(line[:m[3]]) + 3 // the column behind "NRAK-…"
			end := utf8.RuneCountInString(line[:m[1]]) + 1  // the column behind the key
			if column > kept {
				result -= min(column, end) - kept
			}
		}
		return result
	}
	return masked(line), moved(start), moved(end)
}
