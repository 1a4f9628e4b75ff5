package nrql

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
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

// describe names the token in messages.
func (t token) describe() string {
	switch t.kind {
	case tokenEOF:
		return "the end"
	case tokenString, tokenQuoted:
		return "'" + strings.Trim(t.text, "'") + "'"
	default:
		return "'" + t.text + "'"
	}
}

type lexer struct {
	source string
	offset int
	report func(r Range, hint, message string)
}

// lex splits source into tokens; the last one is tokenEOF.
func lex(source string, report func(r Range, hint, message string)) []token {
	l := &lexer{source: source, report: report}
	var tokens []token
	for {
		t := l.next()
		if t.kind == tokenBad {
			continue
		}
		tokens = append(tokens, t)
		if t.kind == tokenEOF {
			return tokens
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
	case isNameStart(rune(c)):
		return l.word(start)
	case c >= '0' && c <= '9', c == '.' && start+1 < len(l.source) && isDigit(l.source[start+1]):
		return l.number(start)
	case c == '\'':
		return l.quoted(start, '\'', tokenString)
	case c == '`':
		return l.path(start)
	case c == '"':
		t := l.quoted(start, '"', tokenBad)
		if t.kind == tokenString {
			l.report(t.Range, "write '"+t.text+"'", "NRQL strings stand in single quotes")
			t.text = Quote(t.text)
		}
		return t
	default:
		return l.symbol(start)
	}
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
			l.offset += end
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				l.report(Range{l.offset, l.offset + 2}, "close it with */", "this comment is never closed")
				l.offset = len(l.source)
				return
			}
			l.offset += 2 + end + 2
		default:
			return
		}
	}
}

func (l *lexer) word(start int) token {
	i := start + 1
	for i < len(l.source) {
		c := l.source[i]
		joined := i+1 < len(l.source) && (isNameStart(rune(l.source[i+1])) || isDigit(l.source[i+1]))
		switch {
		case isNameStart(rune(c)), isDigit(c):
		case c == '.' && joined:
		case c == ':' && i+1 < len(l.source) && isNameStart(rune(l.source[i+1])):
		default:
			l.offset = i
			return token{Range{start, i}, tokenWord, l.source[start:i]}
		}
		i++
	}
	l.offset = i
	return token{Range{start, i}, tokenWord, l.source[start:i]}
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

// path reads a name in backticks, whose parts may be quoted one by one:
// `host`.`name` is the same as `host.name`.
func (l *lexer) path(start int) token {
	name := l.quoted(start, '`', tokenQuoted)
	for name.kind == tokenQuoted && strings.HasPrefix(l.source[l.offset:], ".`") {
		l.offset++
		part := l.quoted(l.offset, '`', tokenQuoted)
		name = token{Range{start, part.End}, part.kind, name.text + "." + part.text}
	}
	return name
}

// quoted reads up to the closing quote. An unclosed one is reported where it
// opens and swallows the rest, since nothing behind it can be trusted.
func (l *lexer) quoted(start int, quote byte, kind tokenKind) token {
	open := l.offset
	for i := open + 1; i < len(l.source); i++ {
		switch {
		case l.source[i] == '\\' && quote == '\'':
			i++
		case l.source[i] == quote:
			l.offset = i + 1
			t := token{Range{start, i + 1}, kind, l.source[start : i+1]}
			switch {
			case quote == '"':
				t.kind, t.text = tokenString, l.source[open+1:i]
			case kind == tokenQuoted:
				t.text = l.source[open+1 : i]
				if t.text == "" {
					l.report(t.Range, "put a name between the backticks", "empty name")
				}
			}
			return t
		}
	}
	l.offset = len(l.source)
	l.report(Range{open, open + 1}, fmt.Sprintf("close it with %c", quote), fmt.Sprintf("the quote %c is never closed", quote))
	return token{Range{start, l.offset}, tokenBad, ""}
}

func (l *lexer) symbol(start int) token {
	rest := l.source[start:]
	for _, two := range []string{"!=", "<=", ">=", "<>", "=="} {
		if strings.HasPrefix(rest, two) {
			l.offset += 2
			r := Range{start, start + 2}
			switch two {
			case "<>":
				l.report(r, "write !=", "NRQL has no operator <>")
				return token{r, tokenSymbol, "!="}
			case "==":
				l.report(r, "write =", "NRQL has no operator ==")
				return token{r, tokenSymbol, "="}
			}
			return token{r, tokenSymbol, two}
		}
	}
	char, size := utf8.DecodeRuneInString(rest)
	l.offset += size
	r := Range{start, start + size}
	switch {
	case strings.ContainsRune("=<>+-*/(),", char):
		return token{r, tokenSymbol, rest[:size]}
	case char == utf8.RuneError && size <= 1:
		l.report(r, "", "not valid UTF-8")
	case unicode.IsLetter(char):
		l.report(r, "put the whole name in backticks: `名前`", fmt.Sprintf("names with %q need backticks", char))
	default:
		l.report(r, "", fmt.Sprintf("unexpected %q", char))
	}
	return token{r, tokenBad, ""}
}

func isNameStart(c rune) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
