package nrql

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slojourn/slojourn/slo/diag"
)

func (l *lexer) symbol(start int) token {
	rest := l.source[start:]
	if len(rest) > 1 {
		r := Range{start, start + 2}
		l.offset = r.End
		switch two := rest[:2]; two {
		case "!=", "<=", ">=":
			return token{r, tokenSymbol, two}
		case "<>":
			return l.foreignOperator(token{r, tokenSymbol, "!="})
		case "==":
			return l.foreignOperator(token{r, tokenSymbol, "="})
		case "=<":
			return l.foreignOperator(token{r, tokenSymbol, "<="})
		case "=>":
			return l.foreignOperator(token{r, tokenSymbol, ">="})
		case "=~":
			return l.foreignOperator(token{r, tokenWord, "RLIKE"})
		case "&&":
			return l.foreignOperator(token{r, tokenWord, "AND"})
		case "||":
			return l.foreignOperator(token{r, tokenWord, "OR"})
		}
	}
	char, size := utf8.DecodeRuneInString(rest)
	r := Range{start, start + size}
	l.offset = r.End
	switch {
	case strings.ContainsRune("=<>+-*/(),[]{}:", char):
		return token{r, tokenSymbol, rest[:size]}
	case char == utf8.RuneError && size <= 1:
		l.report(r, diag.Phrase{}, diag.Say("not valid UTF-8"))
	default:
		for strings.HasPrefix(l.source[r.End:], rest[:size]) {
			r.End += size // SELECT a, ... FROM T is one mistake
		}
		l.offset = r.End
		l.report(r, symbolHint(char), diag.Say("unexpected %q", char))
	}
	return token{r, tokenBad, ""}
}

// foreignOperator reports an operator of other languages; t is what it means
// in this one.
func (l *lexer) foreignOperator(t token) token {
	l.report(t.Range, diag.Say("write %s", t.text), diag.Say("there is no operator %s", l.source[t.Start:t.End]))
	return t
}

// symbolHint says what was probably meant by a character that means nothing.
func symbolHint(char rune) diag.Phrase {
	switch {
	case char == '!':
		return diag.Say("write != or NOT")
	case char == '%':
		return diag.Say("write mod(a, b)")
	case char == '^':
		return diag.Say("write pow(a, b)")
	case char == '~':
		return diag.Say("write RLIKE")
	case char == '$':
		return diag.Say("put a value in the place of the variable")
	case char == ';':
		return diag.Say("remove it: a query ends where its text ends")
	case strings.ContainsRune("‘’‚‛“”„´", char):
		return diag.Say("write a plain '")
	case unicode.IsSpace(char):
		return diag.Say("write a plain blank")
	case char >= '！' && char <= '～': // the full-width forms of ASCII
		return diag.Say("write a plain %c", char-'！'+'!')
	}
	return diag.Phrase{}
}
