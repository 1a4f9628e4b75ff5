package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/slojourn/slojourn/slo/diag"
)

// fault is a place where a document cannot be read as it is written. The parser
// names a line at the best, and often that of something around it.
type fault struct {
	code          diag.Code
	line          int // from 1, in the chunk
	begin, end    int // bytes of the line
	message, hint diag.Phrase
}

// mostFaults is how many faults of a document are looked for.
const mostFaults = 20

// faultScanner reads a document that cannot be parsed token by token, as the
// parser would, and goes on behind a fault where it is clear what was meant.
type faultScanner struct {
	lines   []string
	line    int     // from 0
	at      int     // bytes
	key     string  // that the value stands behind; "" for none
	inValue bool    // a key stands before it on this line
	column  int     // of the innermost key or hyphen on this line, -1 for none
	deeper  int     // lines that are indented deeper go on with a plain value; -1 for none
	ended   *fault  // the comment that ends this plain value, nil for none
	levels  []level // outermost first
	shifted shift   // the entry of a list that is indented wrongly
	lone    *lone   // the text without a key that stands before, nil for none
	// The lines of a block scalar and, from 0, the line behind them.
	blockIndent, behindBlock int
	lastKeyless              int       // line (from 0) of a text that should have a key; -1 for none
	open                     []bracket // outermost first
	faults                   []fault
	doubts                   []fault // comments that may have been meant as a part of a value
	stopped                  bool    // what follows cannot be told from what was meant
}

// bracket is one that is open.
type bracket struct {
	fault
	mark    byte
	key     string // that it stands behind
	comment *fault // the first doubtful one in it
}

// faults finds what the parser stumbles over, in the order of the text.
func (c chunk) faults() []fault {
	s := &faultScanner{lines: c.lines, deeper: -1, lastKeyless: -1}
	for ; s.line < len(s.lines) && !s.stopped; s.line++ {
		s.scanLine()
	}
	if !s.stopped && len(s.open) > 0 {
		s.unclosed(0)
	}
	if len(s.faults) == 0 {
		s.faults = s.doubts
	}
	return s.faults[:min(len(s.faults), mostFaults)] // doubts are not counted
}

func (s *faultScanner) flow() bool { return len(s.open) > 0 }

func (s *faultScanner) rest() string { return s.lines[s.line][s.at:] }

// report adds a fault of the current line, and goes on behind it.
func (s *faultScanner) report(begin, end int, hint diag.Phrase, format string, args ...any) {
	s.faults = append(s.faults, fault{diag.CodeSyntax, s.line + 1, begin, end, diag.Say("YAML: %s", diag.Say(format, args...)), hint})
	s.at = end
	s.stopped = len(s.faults) == mostFaults
}

func (s *faultScanner) scanLine() {
	content := s.lines[s.line]
	indent := len(content) - len(strings.TrimLeft(content, " "))
	if !s.flow() {
		if strings.TrimSpace(content) == "" {
			return
		}
		goesOn := s.deeper >= 0 && indent > s.deeper
		if goesOn && s.ended != nil && !isPrologue(content) {
			s.doubts = append(s.doubts, *s.ended)
		}
		if goesOn && !keyOfLine.MatchString(content) || isMarker(content, "---") && len(content) == len("---") || strings.HasPrefix(content, "%") {
			return
		}
		s.deeper, s.ended = -1, nil
		if s.oddIndent(content, indent) {
			return
		}
	}
	s.at, s.inValue, s.column = 0, false, -1
	if isMarker(content, "---") {
		s.at = len("---")
	}
	for !s.stopped {
		s.at += len(s.rest()) - len(strings.TrimLeft(s.rest(), " \t"))
		if s.rest() == "" {
			return
		}
		if s.rest()[0] == '#' {
			s.alone()
			return
		}
		s.token()
	}
}

func (s *faultScanner) token() {
	rest := s.rest()
	c, alone := rest[0], len(rest) == 1 || isBlank(rest[1])
	if strings.IndexByte("{[*|>@`%", c) >= 0 {
		s.filled()
	}
	switch {
	case (c == '-' || c == '?') && alone:
		if !s.flow() && !s.inValue {
			s.enter(s.at, c)
		}
		s.column = s.at
		s.at++
	case c == ':':
		s.at++
	case c == ',' && s.flow():
		s.key = ""
		s.at++
	case c == '{' || c == '[':
		s.open = append(s.open, bracket{mark: c, key: s.key, fault: fault{line: s.line + 1, begin: s.at, end: s.at + 1}})
		s.key = ""
		s.at++
	case c == '}' || c == ']':
		s.close(c)
	case c == '"' || c == '\'':
		s.quoted(c)
	case c == '*' || c == '&':
		s.mark(c)
	case c == '!':
		s.at += len(untilBlank(rest))
	case (c == '|' || c == '>') && !s.flow():
		s.block()
	case c == '@' || c == '`' || c == '%':
		value := s.value(rest)
		hint := s.quotes(value)
		if turned := turnedPercentage.FindStringSubmatch(value); turned != nil && s.key != "" {
			hint = diag.Say("write %s: %s%%", s.key, turned[1])
		}
		s.report(s.at, s.at+len(value), hint, "a value without quotes must not begin with %c", c)
	default:
		s.plain()
	}
}

// turnedPercentage matches a percentage with its sign in front.
var turnedPercentage = regexp.MustCompile(`^% ?([0-9.]+)$`)

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func untilBlank(text string) string {
	if end := strings.IndexAny(text, " \t"); end >= 0 {
		return text[:end]
	}
	return text
}

// value returns the value at the beginning of a text as it is meant: up to a
// comment, or what ends it within brackets.
func (s *faultScanner) value(text string) string {
	if s.flow() {
		text = text[:min(len(text), longestValue)]
		if end := meantValue(text); end > 0 {
			text = text[:end]
		} else {
			text = untilBreak(text)
		}
	} else if end := strings.Index(text, " # "); end >= 0 {
		text = text[:end]
	}
	return strings.TrimRight(text, " \t")
}

// quotes says how to write a value that needs quotes.
func (s *faultScanner) quotes(value string) diag.Phrase {
	if s.key == "" || !s.inValue && !s.flow() {
		return diag.Say("put it in quotes: %s", inQuotes(value))
	}
	return quotesHint(s.key, value)
}

// singleQuotes says the same of one that holds a backslash.
func (s *faultScanner) singleQuotes(value string) diag.Phrase {
	switch {
	case s.key == "" || !s.inValue && !s.flow():
		return diag.Say("put it in single quotes: %s", inQuotes(value))
	case value == "" || len(value) > longestQuoted:
		return diag.Say("put the whole of %s in single quotes", s.key)
	}
	return diag.Say("put it in single quotes: %s: %s", s.key, inQuotes(value))
}

// inQuotes writes a text in quotes of YAML, with as few escapes as possible. A
// backslash stands for itself in single quotes, where a quote is doubled.
func inQuotes(text string) string {
	plain := !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
	if plain && (strings.Contains(text, `\`) || strings.Contains(text, `"`) && !strings.Contains(text, "'")) {
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	return fmt.Sprintf("%q", text)
}

// plain reads a value or a key without quotes.
func (s *faultScanner) plain() {
	rest, begin := s.rest(), s.at
	end, isKey := 0, false
	for ; end < len(rest); end++ {
		c, last := rest[end], end+1 == len(rest)
		if c == '?' && s.flow() { // YAML allows it, its parser does not
			value := s.value(rest)
			s.report(begin+end, begin+end+1, s.quotes(value), "a value without quotes must not hold ? inside { } or [ ]")
			s.at = begin + max(len(value), end+1)
			return
		}
		isKey = c == ':' && (last || isBlank(rest[end+1]) || s.flow() && strings.IndexByte(",[]{}", rest[end+1]) >= 0)
		if isKey || s.flow() && strings.IndexByte(",[]{}", c) >= 0 || isBlank(c) && !last && rest[end+1] == '#' {
			break
		}
	}
	text := strings.TrimRight(rest[:end], " \t")
	s.at += end
	switch {
	case isKey && s.inValue && (!s.flow() || s.key != ""):
		value := s.value(rest)
		hint := s.quotes(value)
		if parts := forgottenComma.FindStringSubmatch(value); parts != nil && s.flow() {
			hint = diag.Say("write %s: %s, %s; or %s", s.key, parts[1], parts[2], hint)
		}
		s.report(begin, begin+len(value), hint, `a value without quotes must not hold ": "`)
	case isKey:
		s.key = text
		s.at++
		s.inValue = true
		if !s.flow() {
			s.column = begin
			s.enter(begin, ':')
		}
	case s.flow() && s.key == "" && s.open[len(s.open)-1].mark == '{' && strings.Contains(text, "："):
		if from, to, problem, hint := wrongColon(text); to > 0 {
			s.report(begin+from, begin+to, hint, "%s", problem)
			s.at = begin + end
		}
	case s.flow() && end < len(rest) && isBlank(rest[end]):
		s.comment(begin)
	case !s.flow():
		if !s.inValue && s.column < 0 {
			s.keyless(begin, text)
		}
		s.deeper = max(s.column, 0)
		if s.lone != nil && len(s.levels) > 0 {
			s.deeper = s.levels[len(s.levels)-1].column
		}
		s.filled()
		if end < len(rest) {
			s.ended = &fault{
				diag.CodeComment, s.line + 1, s.at + 1, len(s.lines[s.line]),
				diag.Say("YAML takes this for a comment; the value ends before it, and goes on below"),
				diag.Say("write the comment above the value; or put the whole value in quotes, if this belongs to it"),
			}
		}
	}
}

// forgottenComma matches a value of one word and a key behind it.
var forgottenComma = regexp.MustCompile(`^([^\s:]+)\s+([A-Za-z][\w-]*:\s.*)$`)

// comment remembers a comment behind a plain value within brackets, where it
// seems to be a part of the value: no blank follows the #, or a bracket that
// closes stands in it.
func (s *faultScanner) comment(begin int) {
	rest := s.lines[s.line][begin:]
	_, comment, _ := strings.Cut(s.rest(), "#")
	opened, closed := brackets(comment)
	inner := &s.open[len(s.open)-1]
	if inner.comment == nil && (closed > opened || comment != "" && !isBlank(comment[0])) {
		value := s.value(rest)
		if value == strings.TrimRight(rest[:s.at-begin], " \t") {
			value = strings.TrimRight(rest, " \t,]}")
		}
		message := diag.Say("YAML takes what follows the # for a comment")
		if closed > opened {
			message = diag.Say("YAML takes what follows the # for a comment, also the bracket that closes")
		}
		inner.comment = &fault{diag.CodeComment, s.line + 1, begin, begin + len(value), message, s.quotes(value)}
	}
}

// alone remembers a comment within brackets that stands where a value should,
// or that hides the bracket that closes.
func (s *faultScanner) alone() {
	if !s.flow() || s.open[len(s.open)-1].comment != nil {
		return
	}
	before, comment := strings.TrimRight(s.lines[s.line][:s.at], " \t"), s.rest()
	if opened, closed := brackets(comment); closed <= opened {
		return
	}
	value := strings.TrimRight(untilBreak(comment), " \t")
	f := fault{
		diag.CodeComment, s.line + 1, s.at, s.at + len(value),
		diag.Say("YAML takes what follows the # for a comment, also the bracket that closes"), diag.Say("close the bracket before the comment"),
	}
	if strings.HasSuffix(before, ":") && len(value) > 1 && !isBlank(value[1]) {
		f.hint = s.quotes(value)
	}
	s.open[len(s.open)-1].comment = &f
}

// brackets counts the brackets in a text.
func brackets(text string) (opened, closed int) {
	return strings.Count(text, "{") + strings.Count(text, "["), strings.Count(text, "}") + strings.Count(text, "]")
}

func (s *faultScanner) close(c byte) {
	if !s.flow() {
		s.report(s.at, s.at+1, diag.Say("remove it, or look for the bracket that should open it"), "this bracket closes nothing")
		return
	}
	last := len(s.open) - 1
	whole := s.open[last]
	if whole.mark+2 != c { // { and } are two apart, as are [ and ]
		s.unclosed(last)
		return
	}
	if whole.comment != nil {
		s.doubts = append(s.doubts, *whole.comment)
	}
	s.open, s.key = s.open[:last], whole.key
	s.at++
	behind := strings.TrimLeft(s.rest(), " \t")
	if behind == "" || behind[0] == '#' || behind[0] == ':' || s.flow() && strings.IndexByte(",]}", behind[0]) >= 0 {
		return
	}
	if strings.IndexByte("]}", behind[0]) >= 0 {
		return // the next token
	}
	if whole.line != s.line+1 {
		s.report(s.at, len(s.lines[s.line]), diag.Say("check the brackets, or put the whole value in quotes"), "text stands behind the bracket that closes")
		return
	}
	value := s.lines[s.line][whole.begin:s.at] + s.value(s.rest())
	s.report(whole.begin, whole.begin+len(value), s.quotes(value), "text stands behind the bracket that closes")
}

// unclosed reports a bracket that is never closed, or the comment in it that
// hides the one that should.
func (s *faultScanner) unclosed(number int) {
	report := s.open[number].fault
	report.code, report.message = diag.CodeSyntax, diag.Say("YAML: this bracket is never closed")
	report.hint = diag.Say("close it, or look for a missing comma or quote behind it")
	for _, b := range s.open[number:] {
		if b.comment != nil {
			report = *b.comment
			break
		}
	}
	// What was found behind it was read as what it is not.
	s.faults = slices.DeleteFunc(s.faults, func(f fault) bool { return f.line > report.line || f.line == report.line && f.begin > report.begin })
	s.faults = append(s.faults, report)
	s.stopped = true
}

// mark reads an alias or an anchor. One without a name is meant as it stands.
func (s *faultScanner) mark(c byte) {
	rest := s.rest()
	end := 1
	for end < len(rest) && isWord(rest[end]) {
		end++
	}
	if end > 1 && (end == len(rest) || strings.IndexByte(" \t?:,]}%@`", rest[end]) >= 0) {
		s.at += end
		return
	}
	value := s.value(rest)
	what := diag.Say("an alias")
	if c == '&' {
		what = diag.Say("an anchor")
	}
	s.report(s.at, s.at+len(value), s.quotes(value), "%c begins %s", c, what)
}

// isWord reports whether a byte may stand in the name of an anchor.
func isWord(c byte) bool {
	return c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
