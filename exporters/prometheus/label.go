package prometheus

import (
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/slojourn/slojourn/slo"
)

// longest is how many characters of a title or of a label of a spec are shown, and most
// how many labels. Validation allows fewer labels, and shorter ones.
const longest, most = 4 * slo.MaxLabelLength, 2 * slo.MaxLabels

// appendSpecLabels adds the labels of a spec in the order of their keys. Of those that
// become the same name the first is taken: validation refuses the others.
func appendSpecLabels(list []label, of map[string]string) []label {
	if len(of) == 0 {
		return list
	}
	before := len(list)
	for _, key := range slices.Sorted(maps.Keys(of)) {
		if len(list) == before+most {
			break
		}
		l := label{slo.LabelName(key), cut(of[key])}
		if !slices.ContainsFunc(list[before:], func(earlier label) bool { return earlier.name == l.name }) {
			list = append(list, l)
		}
	}
	return list
}

// cut shortens a text that is too long to be a label.
func cut(text string) string {
	if len(text) <= longest || utf8.RuneCountInString(text) <= longest {
		return text
	}
	return string([]rune(text)[:longest]) + "…"
}
