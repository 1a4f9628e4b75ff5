package spec

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/slojourn/slojourn/slo/diag"
)

// quoted reads a text in quotes, which may go over several lines.
func (s *faultScanner) quoted(quote byte) {
	line, begin, before := s.line, s.at, len(s.faults)
	s.at++
	for !s.closes(quote) {
		s.line++
		if s.line == len(s.lines) {
			s.line, s.at = line, begin
			s.stay(quote, diag.Say("this quote is never closed"))
			return
		}
		s.at = 0
	}
	if s.line == line {
		s.hintEscapes(s.faults[before:], s.lines[line][begin+1:s.at-1])
	}
	behind := strings.TrimLeft(s.rest(), " \t")
	isKey := behind != "" && behind[0] == ':' && s.line == line // a key does not go over lines
	if behind == "" || isKey || isBlank(s.rest()[0]) && behind[0] == '#' || s.flow() && strings.IndexByte(",]}", behind[0]) >= 0 {
		if isKey {
			s.key, s.inValue = s.lines[s.line][begin+1:s.at-1], true
			if !s.flow() {
				s.column = begin
				s.enter(begin, ':')
			}
		} else {
			s.filled()
		}
		return
	}
	if s.line != line {
		until := s.line + 1
		s.line, s.at = line, begin
		s.stay(quote, diag.Say("this quote stays open up to line %d", until))
		return
	}
	value := s.value(s.lines[line][begin:])
	hint := s.quotes(value)
	if letter := s.rest()[0]; letter >= utf8.RuneSelf || isWord(letter) {
		if inner, found := strings.CutSuffix(value[1:], string(quote)); found { // it's
			hint = s.quotes(inner)
		}
	}
	s.report(begin, begin+max(len(value), s.at-begin), hint, "text stands behind the quote that closes")
}

// closes moves behind the quote that closes on this line, or to the end.
func (s *faultScanner) closes(quote byte) bool {
	content := s.lines[s.line]
	for ; s.at < len(content); s.at++ {
		switch {
		case quote == '"' && content[s.at] == '\\':
			s.escape()
		case content[s.at] == quote && quote == '\'' && strings.HasPrefix(content[s.at+1:], "'"):
			s.at++
		case content[s.at] == quote:
			s.at++
			return true
		}
	}
	s.at = len(content)
	return false
}

// escape moves to the second byte of an escape, and reports one that is none.
func (s *faultScanner) escape() {
	begin := s.at
	s.at++
	if rest := s.rest(); rest != "" && strings.IndexByte("0abtnvfre \t\"/\\N_LPxuU", rest[0]) < 0 {
		_, size := utf8.DecodeRuneInString(rest)
		message := diag.Say("YAML: \\ begins an escape in double quotes, and there is no %s", s.lines[s.line][begin:begin+1+size])
		s.faults = append(s.faults, fault{diag.CodeSyntax, s.line + 1, begin, begin + 1 + size, message, diag.Say("put the value in single quotes, or write \\\\ for each \\")})
	}
}

// hintEscapes says how to write a text on one line whose faults are escapes
// that are none, unless it has others that are.
func (s *faultScanner) hintEscapes(faults []fault, text string) {
	if len(faults) != strings.Count(text, `\`) {
		return
	}
	for i := range faults {
		faults[i].hint = s.singleQuotes(text)
	}
}

// stay reports a quote that stays open.
func (s *faultScanner) stay(quote byte, problem diag.Phrase) {
	hint := diag.Say("close it on the same line")
	if text := strings.TrimRight(s.rest(), " \t"); s.inValue && !s.flow() && len(text) > 1 && len(text) < 200 {
		hint = diag.Say("%s: %s: %s%s", hint, s.key, text, string(quote))
	}
	s.report(s.at, s.at+1, hint, "%s", problem)
	s.stopped = true
}

// block skips the lines of a block scalar. It reports one that is indented less
// than the first, and a text that stands on the line of the indicator.
func (s *faultScanner) block() {
	if rest := s.rest(); !blockHeader.MatchString(rest) {
		value := s.value(rest)
		if value[0] == '>' {
			s.report(s.at, s.at+len(value), s.quotes(value), "> begins a block of text")
		} else {
			s.report(s.at, s.at+len(value), diag.Say("write the text on the next line, indented deeper; or remove the |"), "text stands behind |, which begins a block of text")
		}
		return
	}
	around, given := s.column, strings.ContainsAny(untilBlank(s.rest()), "123456789")
	if around < 0 {
		around = len(s.lines[s.line]) - len(strings.TrimLeft(s.lines[s.line], " ")) - 1
	}
	s.blockIndent = 0
	for s.line+1 < len(s.lines) {
		next := s.lines[s.line+1]
		trimmed := strings.TrimLeft(next, " ")
		indent := len(next) - len(trimmed)
		if blank := strings.TrimSpace(trimmed) == ""; !blank {
			if indent <= around || indent < s.blockIndent && trimmed[0] == '#' {
				break
			}
			if s.blockIndent == 0 && !given {
				s.blockIndent = indent
			}
			if indent < s.blockIndent {
				s.faults = append(s.faults, s.belowBlock(s.line+1, indent))
			}
		}
		s.line++
	}
	if s.blockIndent > 0 {
		s.behindBlock = s.line + 1
	}
	s.at = len(s.lines[s.line])
}

// blockHeader matches what may stand on the line of | or >.
var blockHeader = regexp.MustCompile(`^[|>][-+1-9]{0,2}(?:[ \t]+#.*|[ \t]*)$`)
