// Package term knows what a terminal can show: whether there is one, colour,
// how wide text is, lines of a width, and bars made of blocks.
package term

import (
	"io"
	"os"
	"strings"

	"github.com/mattn/go-runewidth"
	"golang.org/x/term"
)

// IsTerminal reports whether a reader or writer is a terminal.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Color reports whether text on w should be coloured: on a terminal that can,
// unless NO_COLOR is set.
func Color(w io.Writer, getenv func(string) string) bool {
	return IsTerminal(w) && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
}

// Width returns how many columns text takes. Wide characters take two.
func Width(text string) int { return widths().StringWidth(text) }

// widths does not depend on the locale, so that output is the same anywhere.
func widths() *runewidth.Condition { return &runewidth.Condition{StrictEmojiNeutral: true} }

// Fit makes text exactly width columns wide: it is cut with an ellipsis or
// filled with blanks.
func Fit(text string, width int) string {
	return widths().FillRight(widths().Truncate(text, width, "…"), width)
}

// FitRight is [Fit] with the blanks in front.
func FitRight(text string, width int) string {
	return widths().FillLeft(widths().Truncate(text, width, "…"), width)
}

// Wrap breaks text into lines of at most width columns: at blanks, beside wide
// characters, and a word that is longer than a line also behind its slashes. What
// cannot be broken keeps its length.
func Wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		between := " "
		for _, part := range parts(word, width) {
			switch {
			case line == "":
				line = part
			case Width(line+between+part) <= width:
				line += between + part
			default:
				lines, line = append(lines, line), part
			}
			between = ""
		}
	}
	return append(lines, line)
}

// parts are what a word may be broken into in lines of a width.
func parts(word string, width int) []string {
	var parts []string
	from, before, long := 0, rune(0), Width(word) > width
	for i, r := range word {
		if i > 0 && (long && before == '/' || beside(before, r)) {
			parts = append(parts, word[from:i])
			from = i
		}
		before = r
	}
	return append(parts, word[from:])
}

// beside reports whether a line may end between two characters, as one of them is wide.
// In Japanese no line begins with a full stop, a small kana and the like, nor ends with a
// bracket that opens.
func beside(before, after rune) bool {
	const ends, begins = "（「『【([", "）」』】)]、。，．,.:;!?！？・ー々…%％ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
	b, a := widths().RuneWidth(before), widths().RuneWidth(after)
	return max(a, b) > 1 && a > 0 && !strings.ContainsRune(ends, before) && !strings.ContainsRune(begins, after)
}

// Bar draws a share between 0 and 1 in width columns, with a resolution of an
// eighth of a column. A share that is not nothing shows at least one eighth.
func Bar(share float64, width int) string {
	eighths := int(max(0, min(share, 1)) * float64(width) * 8)
	if share > 0 && eighths == 0 {
		eighths = 1
	}
	bar := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		bar += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return widths().FillRight(bar, width)
}
