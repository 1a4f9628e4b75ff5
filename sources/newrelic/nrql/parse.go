package nrql

import (
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

// mostFindings is how many mistakes of one text are reported: what has more is
// no NRQL, and nobody reads on.
const mostFindings = 50

// ParseCondition parses a bare condition, the text behind WHERE, which may
// hold no subquery. The expression is nil when the findings hold an error.
func ParseCondition(text diag.Text) (Expr, diag.List) {
	p := newParser(text)
	p.condition = true
	if text.Len() > maxSource {
		p.reportLength(Range{maxSource, text.Len()}, diag.Say("condition"), text.Len())
	}
	if p.at().kind == tokenEOF && !p.failed {
		p.fail(p.at().Range, diag.Say("write a test such as: appName = 'shop'"), diag.Say("the condition is empty"))
	}
	if p.at().is("WHERE") {
		p.fail(p.at().Range, diag.Say("leave out the word WHERE"), diag.Say("a condition starts behind WHERE"))
	}
	x := p.part()
	for p.resume(func(t, _ token) bool { return t.is("AND") || t.is("OR") }) {
		p.take()
		p.part()
	}
	if p.list.Failed() {
		return nil, p.list
	}
	return x, p.list
}

// part parses a condition, or what is left of it behind a mistake, and checks
// it as far as it could be parsed.
func (p *parser) part() Expr {
	x := p.expr()
	if !p.failed {
		checkCondition(p, x)
	}
	p.end()
	return x
}

// ParseQuery parses a whole query. The query is nil when the findings hold an
// error.
func ParseQuery(text diag.Text) (*Query, diag.List) {
	p := newParser(text)
	if text.Len() >= MaxQueryBytes {
		p.reportLength(Range{MaxQueryBytes - 1, text.Len()}, diag.Say("query"), text.Len())
	}
	query := p.query(Range{0, text.Len()})
	checkQuery(p, query)
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
	var readable bool
	spansLines := func(r Range) bool { span := text.Span(r.Start, r.End); return span.Start.Line != span.End.Line }
	if p.tokens, readable = lex(text.String(), spansLines, p.report); !readable {
		p.offset = len(p.tokens) - 1
		p.stop()
	}
	return p
}

func (p *parser) reportLength(r Range, what diag.Phrase, bytes int) {
	p.report(r, diag.Say("split the %s", what), diag.Say("the %s has %d bytes; New Relic takes queries of fewer than %d", what, bytes, MaxQueryBytes))
}

func (p *parser) report(r Range, hint, message diag.Phrase) {
	p.add(diag.CodeNRQL, r, hint, message)
}

func (p *parser) add(code diag.Code, r Range, hint, message diag.Phrase) {
	if len(p.list) >= mostFindings {
		return
	}
	finding := diag.Diagnostic{
		Code: code, Severity: diag.Error, Span: p.text.Span(r.Start, r.End), Hint: hint,
		Message: diag.Say("NRQL: %s", message),
	}
	if comment, ended := p.text.Comment(); ended && code == diag.CodeNRQL {
		finding.Related = []diag.Related{{
			Span:    comment,
			Message: diag.Say("a comment ends the text at %s; if it belongs to the NRQL, put the whole value in double quotes", comment),
		}}
	}
	p.list.Add(finding)
}

func (p *parser) fail(r Range, hint, message diag.Phrase) {
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
	if !p.failed || len(p.list) >= mostFindings {
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
	p.unexpected(diag.Verbatim(text), text)
	return false
}

// What may stand in the place of a closing bracket.
func orOperator(closing string) diag.Phrase { return diag.Say("%s or an operator", closing) }

func orComma(closing string) diag.Phrase { return diag.Say("%s, a comma or an operator", closing) }

func orClause(closing string) diag.Phrase { return diag.Say("%s or a clause", closing) }

// close takes the bracket that closes the one at open. Messages name what else
// may stand here.
func (p *parser) close(open token, want func(closing string) diag.Phrase) Range {
	closing := map[string]string{"(": ")", "[": "]", "{": "}"}[open.text]
	t := p.at()
	switch {
	case t.is(closing):
		p.take()
	case p.condition && t.kind == tokenWord && isClause(t.text):
		p.misplaced(t)
	case !p.closes(open.text, closing):
		p.fail(open.Range, diag.Say("close it with %s", closing), diag.Say("this bracket is never closed"))
	case t.kind == tokenWord && p.tokens[p.offset-1].kind == tokenNumber:
		p.unexpected(want(closing), unitWords...)
	case (t.kind == tokenNumber || t.is("{")) && p.tokens[p.offset-1].kind == tokenWord:
		p.unexpected(diag.Say("%s; behind the name of an argument, a colon", want(closing)))
	default:
		p.unexpected(want(closing), operatorWords...)
	}
	return Range{open.Start, t.End}
}

// closes reports whether the tokens that are left close a bracket that was
// opened before them.
func (p *parser) closes(open, closing string) bool {
	depth := 1
	for _, t := range p.tokens[p.offset:] {
		switch {
		case t.is(open):
			depth++
		case t.is(closing):
			depth--
		}
		if depth == 0 {
			return true
		}
	}
	return false
}

// unexpected refuses the next token. Keywords are those that may have been
// meant by it.
func (p *parser) unexpected(want diag.Phrase, keywords ...string) {
	t := p.at()
	hint := diag.Say("expected %s", want)
	if t.kind == tokenWord {
		if near, ok := misspelt(t.text, keywords); ok {
			hint = diag.Say("did you mean %s?", near)
		}
	}
	if word, foreign := p.foreign(); !foreign.Empty() {
		t, hint = word, foreign
	}
	p.fail(t.Range, hint, t.unexpected())
	if t.is("UNION") {
		p.failedAt = len(p.tokens) - 1 // what follows is another query
	}
}

// foreign finds a word of other languages at the place of a mistake. One that
// was read as a name stands before it: SELECT DISTINCT a. One behind NOT stands
// after it: a NOT BETWEEN 1 AND 2.
func (p *parser) foreign() (word token, hint diag.Phrase) {
	around := []token{p.at(), p.tokens[max(p.offset-1, 0)]}
	if p.at().is("NOT") {
		around = append(around, p.peek())
	}
	for _, t := range around {
		if t.kind == tokenWord {
			if hint := foreignWord(t.text); !hint.Empty() {
				return t, hint
			}
		}
	}
	return token{}, diag.Phrase{}
}

// unexpectedName is for places where a name could stand.
func (p *parser) unexpectedName(want diag.Phrase) {
	if p.offset > 0 && p.tokens[p.offset-1].is(",") {
		want = diag.Say("%s, or no comma in front of it", want)
	}
	if t := p.at(); t.kind == tokenWord && isReserved(t.text) {
		if isUnit(t) {
			want = diag.Say("%s; a length of time begins with a number", want)
		}
		want = diag.Say("%s; as a name the reserved word needs backticks: `%s`", want, t.text)
	}
	p.unexpected(want)
}

// misplaced refuses a clause in a condition.
func (p *parser) misplaced(t token) {
	if !p.failed {
		p.add(diag.CodeNRQLClause, t.Range, diag.Say("remove the whole clause: the engine adds the time range and the rest of the query itself"),
			diag.Say("%s has no place in a condition", strings.ToUpper(t.text)))
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
		p.fail(t.Range, diag.Say("remove it, or open a bracket before"), diag.Say("this bracket closes nothing"))
	case t.is(",") && p.condition:
		p.fail(t.Range, diag.Say("join tests with AND; numbers have no commas"), t.unexpected())
	case t.is(","):
		p.fail(t.Range, diag.Say("remove it: commas stand between the items of a list, not between clauses or in numbers"), t.unexpected())
	case isComparison(t):
		p.fail(t.Range, diag.Say("join two comparisons with AND: a > 1 AND a < 5"), t.unexpected())
	case p.condition:
		p.unexpected(diag.Say("AND, OR or the end"), operatorWords...)
	default:
		p.unexpected(diag.Say("a clause or the end"), keywords...)
	}
}

// enter counts nesting; it reports false when there is too much of it.
func (p *parser) enter() bool {
	p.depth++
	if p.depth > maxDepth {
		p.fail(p.at().Range, diag.Phrase{}, diag.Say("nested more than %d levels deep", maxDepth))
		return false
	}
	return true
}

func (p *parser) leave() { p.depth-- }
