package nrql

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slojourn/slojourn/slo/diag"
)

type tokenKind int

const (
	tokenEOF    tokenKind = iota + 1
	tokenWord             // a keyword, function or plain name
	tokenQuoted           // a name in backticks; text is without them
	tokenString           // 'text' or r'text'; text is the raw spelling
	tokenNumber
	tokenSymbol // an operator or punctuation
	tokenBad    // already reported
)

type token struct {
	Range
	kind tokenKind
	text string
}

// is reports whether the token is the keyword or symbol given in upper case.
func (t token) is(text string) bool {
	return (t.kind == tokenWord || t.kind == tokenSymbol) && strings.EqualFold(t.text, text)
}

// unexpected says that the token has no place where it stands.
func (t token) unexpected() diag.Phrase {
	switch t.kind {
	case tokenEOF:
		return diag.Say("unexpected end of the text")
	case tokenString:
		return diag.Say("unexpected %s", short(t.text))
	case tokenQuoted:
		return diag.Say("unexpected %s", "`"+short(t.text)+"`")
	default:
		return diag.Say("unexpected %s", "'"+short(t.text)+"'")
	}
}

// short cuts a text that is quoted in a message.
func short(text string) string {
	const most = 60
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

type lexer struct {
	source string
	offset int
	before token // the last one
	bad    int   // places that could only be reported and left out
	report func(r Range, hint, message diag.Phrase)
	// spansLines reports whether a range without a line break stands on
	// several lines of its file, which YAML folded into one.
	spansLines func(r Range) bool
}

// mostBad is how many unreadable places are reported before the lexer gives
// up: what has more is no NRQL.
const mostBad = 10

// lex splits source into tokens; the last one is tokenEOF. Tokens of text that
// is readable in parts only are not worth parsing.
func lex(source string, spansLines func(Range) bool, report func(r Range, hint, message diag.Phrase)) (tokens []token, readable bool) {
	l := &lexer{source: source, report: report, spansLines: spansLines}
	tokens = make([]token, 0, len(source)/4+2)
	for {
		t := l.next()
		if t.kind == tokenBad {
			if l.bad++; l.bad == mostBad {
				l.offset = len(source)
			}
			continue
		}
		tokens = append(tokens, t)
		l.before = t
		if t.kind == tokenEOF {
			return tokens, l.bad == 0
		}
	}
}

func (l *lexer) next() token {
	l.skipBlanks()
	start := l.offset
	if start >= len(l.source) {
		return token{Range{start, start}, tokenEOF, ""}
	}
	switch c := l.source[start]; {
	case (c == 'r' || c == 'R') && strings.HasPrefix(l.source[start+1:], "'"):
		l.offset++
		return l.quoted(start, '\'', tokenString)
	case isNameStart(c), c == '`', c == '%' && l.beginsWildcard(start):
		return l.name(start)
	case c >= '0' && c <= '9', c == '.' && start+1 < len(l.source) && isDigit(l.source[start+1]):
		return l.number(start)
	case c == '\'':
		return l.quoted(start, '\'', tokenString)
	case c == '"':
		t := l.quoted(start, '"', tokenBad)
		if t.kind == tokenString {
			t.text = Quote(strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(t.text))
			l.report(t.Range, diag.Say("write %s", short(t.text)), diag.Say("NRQL strings stand in single quotes"))
		}
		return t
	case strings.HasPrefix(l.source[start:], "{{"):
		return l.template(start)
	default:
		if char, _ := utf8.DecodeRuneInString(l.source[start:]); unicode.IsLetter(char) {
			return l.name(start)
		}
		return l.symbol(start)
	}
}

// beginsWildcard reports whether the % at start begins a name of a metric:
// %.duration, %[type], uniques(%). Alone and behind a value it is the modulo
// of other languages.
func (l *lexer) beginsWildcard(start int) bool {
	if start+1 < len(l.source) {
		next := l.source[start+1]
		switch {
		case isDigit(next):
			return false
		case isNameStart(next), strings.IndexByte(".[%),", next) >= 0:
			return true
		}
	}
	return !l.before.endsValue()
}

// endsValue reports whether the token can be the last one of a value.
func (t token) endsValue() bool {
	switch t.kind {
	case tokenWord:
		return !isClause(t.text) && !isOperatorWord(t.text) && !t.is("BY") && !t.is("ON")
	case tokenSymbol:
		return strings.Contains(")]}", t.text)
	default:
		return t.kind == tokenQuoted || t.kind == tokenString || t.kind == tokenNumber
	}
}

// template reports a {{variable}} of a dashboard, which its program should
// have replaced.
func (l *lexer) template(start int) token {
	end := len(l.source)
	if length := strings.Index(l.source[start:], "}}"); length >= 0 {
		end = start + length + 2
	}
	l.offset = end
	r := Range{start, end}
	l.report(r, diag.Say("put a value in its place"), diag.Say("the variable %s is not NRQL", short(l.source[start:end])))
	return token{r, tokenBad, ""}
}

func (l *lexer) skipBlanks() {
	for l.offset < len(l.source) {
		rest := l.source[l.offset:]
		switch {
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			l.offset++
		case strings.HasPrefix(rest, "--"), strings.HasPrefix(rest, "//"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest)
			}
			if r := (Range{l.offset, l.offset + end}); l.spansLines(r) {
				l.report(r, diag.Say("write the text as a block with |, which keeps its lines, or the comment as /* … */"),
					diag.Say("this comment hides what follows: YAML joins these lines into one, and a comment ends with its line"))
				l.bad++
			}
			l.offset += end
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				l.report(Range{l.offset, l.offset + 2}, diag.Say("close it with */"), diag.Say("this comment is never closed"))
				l.bad++
				l.offset = len(l.source)
				return
			}
			l.offset += 2 + end + 2
		default:
			return
		}
	}
}

// name reads a name, whose parts may be quoted one by one: `host`.`name`,
// `host`.name and host.`name` are the same as host.name.
func (l *lexer) name(start int) token {
	name := l.part(start)
	for name.kind != tokenBad && l.joins(name.kind == tokenQuoted) {
		l.offset++
		part := l.part(l.offset)
		if part.kind == tokenBad {
			return part
		}
		name = token{Range{start, part.End}, tokenQuoted, name.text + "." + part.text}
	}
	return name
}

// joins reports whether a dot and one more part of a name stand here. A dot
// between two plain parts was taken by word.
func (l *lexer) joins(behindQuotes bool) bool {
	rest := l.source[l.offset:]
	return len(rest) > 1 && rest[0] == '.' && (rest[1] == '`' || behindQuotes && isNameStart(rest[1]))
}

func (l *lexer) part(start int) token {
	if l.source[start] == '`' {
		return l.quoted(start, '`', tokenQuoted)
	}
	return l.word(start)
}

// word reads a plain name or a keyword. A name with letters that the language
// takes only in backticks is read as a whole, so that it is reported once.
func (l *lexer) word(start int) token {
	foreign := rune(0)
	i := start
	for i < len(l.source) {
		size := l.wordRune(i)
		if size == 0 {
			break
		}
		if foreign == 0 && l.source[i] >= utf8.RuneSelf {
			foreign, _ = utf8.DecodeRuneInString(l.source[i:])
		}
		i += size
	}
	l.offset = i
	t := token{Range{start, i}, tokenWord, l.source[start:i]}
	if foreign != 0 {
		l.report(t.Range, diag.Say("put the name in backticks: `%s`", short(t.text)), diag.Say("a name with %q needs backticks", foreign))
		t.kind = tokenQuoted
	}
	return t
}

// wordRune returns how many bytes at i go on with a word, 0 for none.
func (l *lexer) wordRune(i int) int {
	c := l.source[i]
	next := byte(0)
	if i+1 < len(l.source) {
		next = l.source[i+1]
	}
	switch {
	case isNameStart(c), isDigit(c), c == '%',
		c == '.' && (isNameStart(next) || isDigit(next) || next == '%' || next >= utf8.RuneSelf),
		c == ':' && isNameStart(next):
		return 1
	case c < utf8.RuneSelf:
		return 0
	}
	char, size := utf8.DecodeRuneInString(l.source[i:])
	if unicode.In(char, unicode.L, unicode.M, unicode.N) {
		return size
	}
	return 0
}

func (l *lexer) number(start int) token {
	i := start
	digits := func() {
		for i < len(l.source) && isDigit(l.source[i]) {
			i++
		}
	}
	digits()
	if i < len(l.source) && l.source[i] == '.' {
		i++
		digits()
	}
	if i < len(l.source) && (l.source[i] == 'e' || l.source[i] == 'E') {
		mark := i
		i++
		if i < len(l.source) && (l.source[i] == '+' || l.source[i] == '-') {
			i++
		}
		if i == len(l.source) || !isDigit(l.source[i]) {
			i = mark
		} else {
			digits()
		}
	}
	l.offset = i
	return token{Range{start, i}, tokenNumber, l.source[start:i]}
}

// quoted reads up to the closing quote. An unclosed one is reported where it
// opens and swallows the rest, since nothing behind it can be trusted.
func (l *lexer) quoted(start int, quote byte, kind tokenKind) token {
	open := l.offset
	unusual := false
	for i := open + 1; i < len(l.source); i++ {
		c := l.source[i]
		switch {
		case c == '\\' && quote != '`':
			i++
			unusual = unusual || i < len(l.source) && isUnusual(l.source[i])
		case c == quote:
			l.offset = i + 1
			t := token{Range{start, i + 1}, kind, l.source[start : i+1]}
			if unusual {
				l.checkReadable(open, i, quote)
			}
			switch {
			case quote == '"':
				t.kind, t.text = tokenString, l.source[open+1:i]
			case kind == tokenQuoted:
				t.text = l.source[open+1 : i]
				if t.text == "" {
					l.report(t.Range, diag.Say("put a name between the backticks"), diag.Say("empty name"))
				}
			}
			return t
		default:
			unusual = unusual || isUnusual(c)
		}
	}
	l.offset = len(l.source)
	hint := diag.Say("close it with %c", quote)
	if quote != '`' {
		hint = diag.Say(`%s; one inside a string is written \%c`, hint, quote)
	}
	l.report(Range{open, open + 1}, hint, diag.Say("the quote %c is never closed", quote))
	return token{Range{start, l.offset}, tokenBad, ""}
}

func isUnusual(c byte) bool { return c < ' ' || c >= 0x7f }

// checkReadable refuses what would not arrive at New Relic as it was written:
// bytes that are no characters, and control characters other than the blanks
// that belong to text.
func (l *lexer) checkReadable(start, end int, quote byte) {
	for i := start; i < end; {
		char, size := utf8.DecodeRuneInString(l.source[i:end])
		blank := quote != '`' && (char == '\t' || char == '\n' || char == '\r')
		switch {
		case char == utf8.RuneError && size == 1:
			l.report(Range{i, i + 1}, diag.Phrase{}, diag.Say("not valid UTF-8"))
			return
		case unicode.IsControl(char) && !blank:
			l.report(Range{i, i + size}, diag.Say("remove it"), diag.Say("the control character %U stands in quotes", char))
			return
		}
		i += size
	}
}

func isNameStart(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
