package spec

import (
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

var (
	bareNumber = regexp.MustCompile(`^\+?([0-9]*)\.?([0-9]*)(?:[eE]([-+]?[0-9]{1,2}))?$`)
	asDecimal  = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
)

// decimalOf returns a number in the way the language writes numbers. YAML has
// more ways than that: without quotes 1e3 is 1000, and .5 is 0.5. For editors
// and JSON Schema they are the same, so they are for the decoder. Every other
// value is returned as it was typed.
func decimalOf(node *yaml.Node) string {
	parts := bareNumber.FindStringSubmatch(node.Value)
	if node.Style != 0 || parts == nil || asDecimal.MatchString(node.Value) {
		return node.Value
	}
	digits, point := parts[1]+parts[2], len(parts[1])
	exponent, _ := strconv.Atoi(parts[3]) // digits, or nothing for 0
	point += exponent
	if point < 1 { // .5 is 0.5
		digits, point = strings.Repeat("0", 1-point)+digits, 1
	}
	digits += strings.Repeat("0", max(0, point-len(digits)))
	whole, decimals := digits[:point], strings.TrimRight(digits[point:], "0")
	if decimals == "" {
		return whole
	}
	return whole + "." + decimals
}
