package render

import (
	"strings"
	"unicode/utf8"

	"github.com/slojourn/slojourn/slo/diag"
)

// Mask replaces whatever looks like a secret by what says its kind and an
// ellipsis: NRAK-…
func Mask(text string) string {
	var b strings.Builder
	from := 0
	for _, s := range diag.HiddenSecrets(text) {
		b.WriteString(text[from:s.Kept] + "…")
		from = s.End
	}
	return b.String() + text[from:]
}

// cut is a part of a line that masking made shorter: the columns (from 1)
// behind the secret and behind what is printed for it.
type cut struct{ end, kept int }

// maskLine masks a source line and says where.
func maskLine(line string) (string, []cut) {
	var cuts []cut
	column, offset := 1, 0
	for _, s := range diag.HiddenSecrets(line) {
		column += utf8.RuneCountInString(line[offset:s.Kept])
		end := column + utf8.RuneCountInString(line[s.Kept:s.End])
		cuts = append(cuts, cut{end, column + 1})
		column, offset = end, s.End
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
