package render

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// secrets matches what looks like a key of New Relic: NRAK-… and the like,
// also behind other letters; in another case only at its full length, since
// "enrol-now" is a name; and license keys, which end in NRAL. "NRQL-" begins no
// key.
var secrets = regexp.MustCompile(`NR(?:[A-PR-Z][A-Z]|Q[A-KM-Z])-[A-Za-z0-9_-]+` +
	`|(?i:nr(?:[a-pr-z][a-z]|q[a-km-z])-[a-z0-9]{24,})` +
	`|(?i:[a-z0-9]{36}nral)`)

// maskedLength is the length in characters of a masked key: "NRAK-…".
const maskedLength = 6

// Mask replaces whatever looks like a key of New Relic by its kind and an
// ellipsis.
func Mask(text string) string {
	return secrets.ReplaceAllStringFunc(text, func(key string) string {
		kind, _, found := strings.Cut(key, "-")
		if !found {
			kind = "NRAL"
		}
		return strings.ToUpper(kind) + "-…"
	})
}

// cut is a part of a line that masking made shorter: the columns (from 1)
// behind the key and behind what is printed for it.
type cut struct{ end, kept int }

// maskLine masks a source line and says where.
func maskLine(line string) (string, []cut) {
	var cuts []cut
	column, offset := 1, 0
	for _, match := range secrets.FindAllStringIndex(line, -1) {
		column += utf8.RuneCountInString(line[offset:match[0]])
		end := column + utf8.RuneCountInString(line[match[0]:match[1]])
		cuts = append(cuts, cut{end, column + maskedLength})
		column, offset = end, match[1]
	}
	return Mask(line), cuts
}

// moved returns where a column of a line is after masking, so that carets stay
// under what they point at.
func moved(cuts []cut, column int) int {
	result := column
	for _, c := range cuts {
		if column <= c.kept {
			break
		}
		result -= min(column, c.end) - c.kept
	}
	return result
}
