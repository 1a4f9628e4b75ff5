package spec

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slojourn/slojourn/slo/diag"
)

// level is a mapping or a list of the block style that is not yet at its end.
type level struct {
	column int
	also   int  // where lines of it were found by mistake, -1 for nowhere
	newest int  // column of its newest key or hyphen
	mark   byte // ':' of a mapping, '-' of a list
	open   bool // nothing stands behind its newest key or hyphen so far
}

// shift is by how many columns a line (from 1) has to be moved.
type shift struct{ line, columns int }

func (l level) at(column int) bool { return column == l.column || column == l.also }

// lone is a text on a line of its own: a value, or a key whose colon is missing.
type lone struct {
	line, begin int
	text        string
}

// keyOfLine matches a line that begins with a key, or with entries of lists
// and a key.
var keyOfLine = regexp.MustCompile(`^[ \t]*(?:- +)*[\w.-]+[ \t]*:(?:[ \t]|$)`)

// oddIndent reports a tab, or a blank that YAML takes for text, before the
// first word of a line.
func (s *faultScanner) oddIndent(content string, indent int) bool {
	text := strings.TrimLeftFunc(content, unicode.IsSpace)
	odd := content[indent : len(content)-len(text)]
	if odd == "" || text == "" || text[0] == '#' && strings.Trim(odd, " \t") == "" {
		return false
	}
	first, size := utf8.DecodeRuneInString(odd)
	s.report(indent, indent+size, diag.Say("indent with blanks"), "%s stands in the indentation", blankName(first))
	s.stopped = true
	return true
}

func blankName(r rune) diag.Phrase {
	switch r {
	case '\t':
		return diag.Say("a tab")
	case 0xa0:
		return diag.Say("a no-break space (U+00A0)")
	case 0x3000:
		return diag.Say("a full-width blank (U+3000)")
	default:
		return diag.Say("the blank U+%04X", r)
	}
}

// filled remembers that a value stands behind the newest key or hyphen.
func (s *faultScanner) filled() {
	if last := len(s.levels) - 1; last >= 0 && !s.flow() {
		s.levels[last].open = false
	}
}

// around returns the number of the innermost level that a column can belong
// to, -1 for none.
func (s *faultScanner) around(column int) int {
	i := len(s.levels) - 1
	for ; i >= 0; i-- {
		if l := s.levels[i]; column >= l.column || column == l.also || l.open && column > l.newest {
			break
		}
	}
	return i
}

// begin opens a mapping or a list with its first key or hyphen. Behind a hyphen
// that has to be moved, the lines below may stand where the key will be then.
func (s *faultScanner) begin(column int, mark byte) {
	also := -1
	if s.shifted.line == s.line+1 {
		also = column + s.shifted.columns
	}
	s.levels = append(s.levels, level{column: column, also: also, newest: column, mark: mark, open: true})
}

// enter takes in a key or the hyphen of an entry, and reports one whose
// indentation belongs to no level.
func (s *faultScanner) enter(column int, mark byte) {
	if text := s.lone; text != nil {
		s.lone = nil
		if text.begin == column && mark == ':' { // it should have been a key as well
			s.faults = append(s.faults, s.withoutKey(*text))
			s.begin(column, mark)
			return
		}
	}
	i := s.around(column)
	switch {
	case len(s.levels) == 0, i >= 0 && i == len(s.levels)-1 && s.levels[i].open && s.fitsBelow(i, column, mark):
		s.filled()
		s.begin(column, mark)
		return
	case i > 0 && mark == ':' && s.levels[i].mark == '-' && s.levels[i].at(column) && s.levels[i-1].mark == mark && s.levels[i-1].at(column):
		i-- // a list may stand as far to the left as its key
	case i < 0 || s.levels[i].mark != mark || !s.levels[i].at(column):
		if i = s.misfit(column, mark); i < 0 {
			return
		}
	}
	s.levels = s.levels[:i+1]
	s.levels[i].open, s.levels[i].newest = true, column
}

// fitsBelow reports whether a mapping or a list at a column can be what stands
// behind the newest key or hyphen of a level.
func (s *faultScanner) fitsBelow(i, column int, mark byte) bool {
	around := s.levels[i]
	return column > around.newest || column == around.newest && mark == '-' && around.mark == ':'
}

// misfit reports a key or a hyphen whose indentation belongs to no level. It
// returns the nearest level that it can be meant for, -1 for none.
func (s *faultScanner) misfit(column int, mark byte) int {
	meant := -1
	for i, l := range s.levels {
		if l.mark == mark && l.column != column && (meant < 0 || distance(l.column, column) <= distance(s.levels[meant].column, column)) {
			meant = i
		}
	}
	problem, hint := diag.Say("it cannot stand below the line before it"), diag.Say("check the indentation of this line and of those before it")
	if meant >= 0 {
		what := diag.Say("the keys before it")
		if mark == '-' {
			what = diag.Say("the other entries of its list")
		}
		problem = diag.Say("%s by %d", what, s.levels[meant].column)
		hint = diag.Say("indent it by %s", blanks(s.levels[meant].column))
		if s.levels[meant].column == 0 {
			hint = diag.Say("begin it at the left edge")
		}
		s.levels[meant].also = column
		s.shifted = shift{s.line + 1, s.levels[meant].column - column}
	}
	s.faults = append(s.faults, s.indented(s.line, column, problem, hint))
	return meant
}

func distance(a, b int) int { return max(a, b) - min(a, b) }

// blanks counts blanks.
func blanks(n int) diag.Phrase {
	switch n {
	case 0:
		return diag.Say("no blanks")
	case 1:
		return diag.Say("1 blank")
	}
	return diag.Say("%d blanks", n)
}

// indented is the fault of a line (from 0) with the wrong indentation.
func (s *faultScanner) indented(line, indent int, problem, hint diag.Phrase) fault {
	content, _, _ := strings.Cut(s.lines[line], " #")
	end := len(strings.TrimRight(content, " \t"))
	message := diag.Say("YAML: this line is indented by %s, %s", blanks(indent), problem)
	return fault{diag.CodeSyntax, line + 1, indent, end, message, hint}
}

// belowBlock is the fault of a line (from 0) that is indented less than those
// of the block scalar above it.
func (s *faultScanner) belowBlock(line, indent int) fault {
	return s.indented(line, indent, diag.Say("the text above it by %d", s.blockIndent), diag.Say("indent it by %s, if it belongs to that text", blanks(s.blockIndent)))
}

// keyless takes in a text without a key at the beginning of a line. It is a
// value, when the key above it has none; else it is reported, the first one of
// several in a row.
func (s *faultScanner) keyless(begin int, text string) {
	here := lone{s.line, begin, text}
	s.lone = nil
	if i := s.around(begin); len(s.levels) == 0 || i == len(s.levels)-1 && s.levels[i].open && begin > s.levels[i].column {
		s.lone = &here
		return
	}
	if s.lastKeyless < 0 || s.lastKeyless != s.line-1 {
		s.faults = append(s.faults, s.withoutKey(here))
	}
	s.lastKeyless = s.line
}

// withoutKey is the fault of a text that stands where a key should.
func (s *faultScanner) withoutKey(text lone) fault {
	at := fault{code: diag.CodeSyntax, line: text.line + 1, begin: text.begin, end: text.begin + len(text.text)}
	if begin, end, problem, hint := wrongColon(text.text); end > 0 {
		at.begin, at.end = text.begin+begin, text.begin+end
		at.message, at.hint = diag.Say("YAML: %s", problem), hint
		return at
	}
	if text.line > 0 && text.line == s.behindBlock {
		return s.belowBlock(text.line, text.begin)
	}
	at.message, at.hint = diag.Say("YAML: this line has no key"), diag.Say("write it as name: value")
	if s.key != "" {
		at.hint = diag.Say("%s; or indent it deeper than %s, if it goes on with that value", at.hint, s.key)
	}
	return at
}

// colonMistake matches a key and what may have been meant as its colon.
var colonMistake = regexp.MustCompile(`^([A-Za-z][\w-]*)(:|[ \t]*[：=])([\s\p{Z}]*)([^\s\p{Z}].*)?$`)

// keyBeforeColon returns the key in a text whose colon is wrong.
func keyBeforeColon(text string) (key string, found bool) {
	if _, end, _, _ := wrongColon(text); end == 0 {
		return "", false
	}
	return colonMistake.FindStringSubmatch(text)[1], true
}

// wrongColon finds out what stands in a text in the place of a colon and a
// blank; end is 0 when nothing that is known does.
func wrongColon(text string) (begin, end int, problem, hint diag.Phrase) {
	parts := colonMistake.FindStringSubmatchIndex(text)
	if parts == nil {
		return 0, 0, diag.Phrase{}, diag.Phrase{}
	}
	meant := text[:parts[3]] + ":"
	if parts[8] >= 0 {
		meant += " " + text[parts[8]:]
	}
	hint = diag.Say("write %s", meant)
	behind := text[parts[6]:parts[7]]
	switch colon := strings.TrimLeft(text[parts[4]:parts[5]], " \t"); {
	case colon != ":":
		what := diag.Say("an equals sign")
		if colon == "：" {
			what = diag.Say("a full-width colon (U+FF1A)")
		}
		return parts[5] - len(colon), parts[5], diag.Say("%s stands in the place of the colon", what), hint
	case behind != "":
		odd, size := utf8.DecodeRuneInString(behind)
		return parts[6], parts[6] + size, diag.Say("%s follows the colon", blankName(odd)), hint
	case parts[8] < 0 || text[parts[8]] == '/':
		return 0, 0, diag.Phrase{}, diag.Phrase{} // the colon of an address
	default:
		return 0, len(untilBlank(text)), diag.Say("no blank follows the colon"), hint
	}
}
