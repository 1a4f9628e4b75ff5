package spec

import (
	"fmt"
	"strconv"
	"strings"
)

// Patterns of the JSON Schema for numbers within texts. They use what every
// dialect of regular expressions has.

// upTo matches the whole numbers from 1 to n, without zeros in front.
func upTo(n int) string {
	digits := strconv.Itoa(n)
	var ways []string
	if len(digits) > 1 {
		ways = append(ways, fmt.Sprintf("[1-9][0-9]{0,%d}", len(digits)-2))
	}
	for i, digit := range digits { // the same beginning, then a smaller digit
		least := '0'
		if i == 0 {
			least = '1'
		}
		if digit > least {
			ways = append(ways, fmt.Sprintf("%s[%c-%c][0-9]{%d}", digits[:i], least, digit-1, len(digits)-1-i))
		}
	}
	return "(" + strings.Join(append(ways, digits), "|") + ")"
}

// durations matches durations from a minute on, up to so many minutes.
func durations(minutes int) string {
	return fmt.Sprintf("0*(%sm|%sh|%sd)", upTo(minutes), upTo(minutes/60), upTo(minutes/60/24))
}

// decimals matches a point and up to nine digits behind it.
const decimals = `\.[0-9]{1,9}`

// pathSegment matches a part of a path that does not lead upward.
const pathSegment = `(\.|\.?[^./\\][^/\\]*|\.\.[^/\\]+)`

// belowHundred matches numbers above 0 and below 100 with at most so many
// digits before the point.
func belowHundred(digits int) string {
	var fraction []string // not all zeros
	for zeros := range 9 {
		fraction = append(fraction, fmt.Sprintf("0{%d}[1-9][0-9]{0,%d}", zeros, 8-zeros))
	}
	return fmt.Sprintf(`(0{0,%d}[1-9](%s)?|0{0,%d}[1-9][0-9](%s)?|0{1,%d}\.(%s))`,
		digits-1, decimals, digits-2, decimals, digits, strings.Join(fraction, "|"))
}
