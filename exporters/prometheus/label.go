package prometheus

import (
	"maps"
	"slices"
	"strings"
)

// LabelName returns the name that a label of a spec has on slojourn_slo_info: that
// of app.kubernetes.io/part-of is label_app_kubernetes_io_part_of.
func LabelName(key string) string {
	return "label_" + strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
			return r
		default:
			return '_'
		}
	}, key)
}

// appendSpecLabels adds the labels of a spec in the order of their keys. Of those that
// become the same name the first is taken: validation refuses the others.
func appendSpecLabels(list []label, of map[string]string) []label {
	if len(of) == 0 {
		return list
	}
	before := len(list)
	for _, key := range slices.Sorted(maps.Keys(of)) {
		l := label{LabelName(key), of[key]}
		if !slices.ContainsFunc(list[before:], func(earlier label) bool { return earlier.name == l.name }) {
			list = append(list, l)
		}
	}
	return list
}
