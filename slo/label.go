package slo

import "strings"

// Bounds of the labels of a journey or SLO. Stores of metrics take some 30 labels a
// series, of which others need a part.
const (
	MaxLabels      = 16
	MaxLabelLength = 256 // characters of a value
)

// LabelName returns the name that a label has where only letters, digits and _ may
// stand, as on a metric: cost-center is label_cost_center. So two labels may have one
// name.
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
