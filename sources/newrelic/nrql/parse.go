package nrql

import (
	"fmt"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

// maxDepth bounds how deeply expressions may nest. Queries of 4,096 bytes
// cannot usefully go deeper, and the bound keeps hostile input from exhausting
// the stack.
const maxDepth = 200

// maxSource bounds the bytes that are parsed at all. It is more than a query
// may have, since comments and blanks of a condition are not sent.
const maxSource = 16 * MaxQueryBytes

// ParseCondition parses a bare condition, the text behind WHERE. The
// expression is nil when the findings hold an error.
func ParseCondition(text diag.Text) (Expr, diag.List) {
	p := newParser(text)
	p.condition = true
	if text.Len() > maxSource {
		p.reportLength(Range{maxSource, text.Len()}, "condition", text.Len())
	}
	if p.at().kind == tokenEOF && !p.failed {
		p.fail(p.at().Range, "write a test such as: appName = 'shop'", "the condition is empty")
	}
	if p.at().is("WHERE") {
		p.fail(p.at().Range, "leave out the word WHERE", "a condition starts behind WHERE")
	}
	x := p.expr()
	p.end()
	for p.resume(func(t, _ token) bool { return t.is("AND") || t.is("OR") }) {
		p.take()
		p.expr()
		p.end()
	}
	if !p.list.Failed() {
		checkCondition(p, x)
	}
	if p.list.Failed() {
		return nil, p.list
	}
	return x, p.list
}

// ParseQuery parses a whole query. The query is nil when the findings hold an
// error.
func ParseQuery(text diag.Text) (*Query, diag.List) {
	p := newParser(text)
	if text.Len() >= MaxQueryBytes {
		p.reportLength(Range{MaxQueryBytes - 1, text.Len()}, "query", text.Len())
	}
	query := p.query(Range{0, text.Len()})
	if !p.list.Failed() {
		checkQuery(p, query)
	}
	if p.list.Failed() {
		return nil, p.list
	}
	return query, p.list
}

// parser is a recursive descent parser. After a syntax error it stands at the
// end of the input, so that every loop finishes and nothing is made of what
// follows; [parser.resume] moves it on to where parsing makes sense again.
type parser struct {
	text      diag.Text
	tokens    []token
	offset    int
	depth     int
	nested    int // queries around the one that is being parsed
	condition bool
	failed    bool
	failedAt  int // the token that was wrong, while failed
	list      diag.List
}

func newParser(text diag.Text) *parser {
	p := &parser{text: text}
	if n := text.Len(); n > maxSource {
		p.tokens = []token{{Range{n, n}, tokenEOF, ""}}
		p.stop() // the caller reports it
		return p
	}
	p.tokens = lex(text.String(), p.report)
	if p.list.Failed() {
		p.offset = len(p.tokens) - 1
		p.stop()
	}
	return p
}

func (p *parser) reportLength(r Range, what string, bytes int) {
	p.report(r, "split the "+what, fmt.Sprintf("the %s has %d bytes; New Relic takes queries of fewer than %d", what, bytes, MaxQueryBytes))
}

func (p *parser) report(r Range, hint, message string) {
	p.add(diag.CodeNRQL, r, hint, message)
}

func (p *parser) add(code diag.Code, r Range, hint, message string) {
	p.list.Add(diag.Diagnostic{
		Code: code, Severity: diag.Error, Span: p.text.Span(r.Start, r.End), Hint: hint,
		Message: "NRQL: " + message,
	})
}

func (p *parser) fail(r Range, hint, message string) {
	if !p.failed {
		p.report(r, hint, message)
		p.stop()
	}
}

func (p *parser) stop() {
	p.failed, p.failedAt = true, p.offset
	p.offset = len(p.tokens) - 1
}

// resume goes on behind a syntax error: at the next token, outside of all
// brackets, at which parsing makes sense again. It reports whether there is
// one. Nothing is found behind a bracket that is never closed.
func (p *parser) resume(sensible func(t, next token) bool) bool {
	if !p.failed {
		return false
	}
	depth := 0
	for i, t := range p.tokens {
		switch {
		case t.kind == tokenSymbol && strings.ContainsAny(t.text, "([{"):
			depth++
		case t.kind == tokenSymbol && strings.ContainsAny(t.text, ")]}"):
			depth--
		case i >= p.failedAt && depth == 0 && t.kind == tokenWord && sensible(t, p.tokens[i+1]):
			p.failed, p.offset, p.depth = false, i, 0
			return true
		}
	}
	return false
}

func (p *parser) at() token { return p.tokens[p.offset] }

func (p *parser) peek() token { return p.ahead(1) }

func (p *parser) ahead(n int) token { return p.tokens[min(p.offset+n, len(p.tokens)-1)] }

func (p *parser) take() token {
	t := p.at()
	if t.kind != tokenEOF {
		p.offset++
	}
	return t
}

// accept takes the next token if it is the keyword or symbol.
func (p *parser) accept(text string) bool {
	if p.at().is(text) {
		p.take()
		return true
	}
	return false
}

// demand takes the keyword or symbol that has to stand here.
func (p *parser) demand(text string) bool {
	if p.accept(text) {
		return true
	}
	p.unexpected(text)
	return false
}

// close takes the bracket that closes the one at open.
func (p *parser) close(open token) Range {
	closing := map[string]string{"(": ")", "[": "]", "{": "}"}[open.text]
	t := p.at()
	switch {
	case t.is(closing):
		p.take()
	case t.kind == tokenEOF, !p.condition && t.kind == tokenWord && isClause(t.text) && !p.closes():
		p.fail(open.Range, "close it with "+closing, "this bracket is never closed")
	case p.condition && t.kind == tokenWord && isClause(t.text):
		p.misplaced(t)
	case open.text == "(":
		p.unexpected(") or an operator")
	default:
		p.unexpected(closing)
	}
	return Range{open.Start, t.End}
}

// closes reports whether the tokens that are left close a bracket that was
// opened before them.
func (p *parser) closes() bool {
	depth := 1
	for _, t := range p.tokens[p.offset:] {
		switch {
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		}
		if depth == 0 {
			return true
		}
	}
	return false
}

func (p *parser) unexpected(want string) {
	t := p.at()
	hint := "expected " + want
	if t.kind == tokenWord {
		if foreign := foreignWord(t.text); foreign != "" {
			hint = foreign
		}
	}
	p.fail(t.Range, hint, "unexpected "+t.describe())
}

// unexpectedName is for places where a name could stand.
func (p *parser) unexpectedName(want string) {
	if t := p.at(); t.kind == tokenWord && isReserved(t.text) {
		want += fmt.Sprintf("; as a name the reserved word needs backticks: `%s`", t.text)
	}
	p.unexpected(want)
}

// misplaced refuses a clause in a condition.
func (p *parser) misplaced(t token) {
	if !p.failed {
		p.add(diag.CodeNRQLClause, t.Range, "remove it: the engine adds the time range and the rest of the query itself",
			strings.ToUpper(t.text)+" has no place in a condition")
		p.offset = len(p.tokens) - 1 // what follows belongs to the clause
		p.stop()
	}
}

// end demands that nothing is left of a condition or an outermost query.
func (p *parser) end() {
	t := p.at()
	if t.kind == tokenEOF {
		return
	}
	switch {
	case p.condition && t.kind == tokenWord && isClause(t.text):
		p.misplaced(t)
	case t.is(")"):
		p.fail(t.Range, "remove it, or open a bracket before", "this bracket closes nothing")
	case p.condition:
		p.unexpected("AND, OR or the end")
	default:
		p.unexpected("a clause or the end")
	}
}

// enter counts nesting; it reports false when there is too much of it.
func (p *parser) enter() bool {
	p.depth++
	if p.depth > maxDepth {
		p.fail(p.at().Range, "", fmt.Sprintf("nested more than %d levels deep", maxDepth))
		return false
	}
	return true
}

func (p *parser) leave() { p.depth-- }
