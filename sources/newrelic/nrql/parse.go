package nrql

import (
	"fmt"
	"strconv"
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
	if !p.failed {
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
	query := p.query()
	p.end()
	if !p.failed {
		checkQuery(p, query)
	}
	if p.list.Failed() {
		return nil, p.list
	}
	return query, p.list
}

// parser is a recursive descent parser. After its first syntax error it
// stands at the end of the input for good, so that every loop finishes and no
// further finding is made of what follows from the first.
type parser struct {
	text      diag.Text
	tokens    []token
	offset    int
	depth     int
	condition bool
	failed    bool
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
	p.failed = true
	p.offset = len(p.tokens) - 1
}

func (p *parser) at() token { return p.tokens[p.offset] }

func (p *parser) peek() token { return p.tokens[min(p.offset+1, len(p.tokens)-1)] }

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

// close takes the bracket that closes the one at open.
func (p *parser) close(open token) Range {
	t := p.at()
	switch {
	case t.is(")"):
		p.take()
	case t.kind == tokenEOF, !p.condition && t.kind == tokenWord && isClause(t.text) && !p.closes():
		p.fail(open.Range, "close it with )", "this bracket is never closed")
	case p.condition && t.kind == tokenWord && isClause(t.text):
		p.misplaced(t)
	default:
		p.unexpected(") or an operator")
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
	p.fail(p.at().Range, "expected "+want, "unexpected "+p.at().describe())
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
		p.stop()
	}
}

// end demands that nothing is left.
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

// expr parses OR, the loosest operator.
func (p *parser) expr() Expr {
	if !p.enter() {
		return nil
	}
	defer p.leave()
	x := p.and()
	for p.accept("OR") {
		x = binary(Or, x, p.and())
	}
	return x
}

func (p *parser) and() Expr {
	x := p.not()
	for p.accept("AND") {
		x = binary(And, x, p.not())
	}
	return x
}

func (p *parser) not() Expr {
	if !p.at().is("NOT") {
		return p.comparison()
	}
	if !p.enter() {
		return nil
	}
	defer p.leave()
	word := p.take()
	x := p.not()
	return &Unary{Range{word.Start, end(x, word)}, Not, x}
}

func (p *parser) comparison() Expr {
	x := p.sum()
	t := p.at()
	for op := Eq; op <= Ge; op++ {
		if t.kind == tokenSymbol && t.text == op.String() {
			p.take()
			return binary(op, x, p.sum())
		}
	}
	if t.is("IS") {
		p.take()
		return p.is(x)
	}
	not := false
	if t.is("NOT") && (p.peek().is("IN") || p.peek().is("LIKE") || p.peek().is("RLIKE")) {
		p.take()
		not = true
	}
	switch {
	case p.accept("IN"):
		return p.in(x, not)
	case p.accept("LIKE"):
		pattern := p.sum()
		return &Like{span(x, pattern), x, not, false, pattern}
	case p.accept("RLIKE"):
		pattern := p.sum()
		return &Like{span(x, pattern), x, not, true, pattern}
	}
	return x
}

func (p *parser) is(x Expr) Expr {
	not := p.accept("NOT")
	t := p.at()
	for _, what := range []IsKind{IsNull, IsTrue, IsFalse} {
		if p.accept(what.String()) {
			return &Is{Range{start(x), t.End}, x, not, what}
		}
	}
	p.unexpected("NULL, TRUE or FALSE")
	return x
}

func (p *parser) in(x Expr, not bool) Expr {
	open := p.at()
	if !p.accept("(") {
		p.unexpected("( and a list of values")
		return x
	}
	var list []Expr
	for {
		list = append(list, p.sum())
		if !p.accept(",") {
			break
		}
	}
	r := p.close(open)
	return &In{Range{start(x), r.End}, x, not, list}
}

func (p *parser) sum() Expr {
	x := p.product()
	for {
		switch {
		case p.accept("+"):
			x = binary(Add, x, p.product())
		case p.accept("-"):
			x = binary(Sub, x, p.product())
		default:
			return x
		}
	}
}

func (p *parser) product() Expr {
	x := p.negated()
	for {
		switch {
		case p.accept("*"):
			x = binary(Mul, x, p.negated())
		case p.accept("/"):
			x = binary(Div, x, p.negated())
		default:
			return x
		}
	}
}

func (p *parser) negated() Expr {
	if !p.at().is("-") {
		return p.primary()
	}
	if !p.enter() {
		return nil
	}
	defer p.leave()
	sign := p.take()
	x := p.negated()
	return &Unary{Range{sign.Start, end(x, sign)}, Neg, x}
}

func (p *parser) primary() Expr {
	t := p.at()
	switch t.kind {
	case tokenNumber:
		p.take()
		return p.number(t)
	case tokenString:
		p.take()
		return &String{t.Range, t.text, unquote(t.text)}
	case tokenQuoted:
		p.take()
		if p.at().is("(") {
			return p.call(t)
		}
		return &Name{t.Range, t.text}
	case tokenWord:
		return p.wordExpr(t)
	case tokenSymbol:
		if t.text == "(" {
			p.take()
			x := p.expr()
			p.close(t)
			return x
		}
	}
	p.unexpectedName("a name, a value or (")
	return &Null{t.Range}
}

func (p *parser) wordExpr(t token) Expr {
	switch {
	case p.peek().is("(") && !isOperatorWord(t.text):
		p.take()
		return p.call(t)
	case t.is("TRUE"), t.is("FALSE"):
		p.take()
		return &Bool{t.Range, t.is("TRUE")}
	case t.is("NULL"):
		p.take()
		return &Null{t.Range}
	case t.is("SELECT") && p.offset > 0 && p.tokens[p.offset-1].is("("):
		p.fail(t.Range, "", "a subquery is not supported")
		return &Null{t.Range}
	case p.condition && isReserved(t.text) && isClause(t.text) && p.peek().kind != tokenSymbol:
		p.misplaced(t)
		return &Null{t.Range}
	case isReserved(t.text):
		p.unexpectedName("a name, a value or (")
		return &Null{t.Range}
	}
	p.take()
	return &Name{t.Range, t.text}
}

func (p *parser) number(t token) Expr {
	value, err := strconv.ParseFloat(t.text, 64)
	if err != nil {
		p.fail(t.Range, "", "the number "+short(t.text)+" is out of range")
	}
	return &Number{t.Range, t.text, value}
}

// call parses the arguments of a function whose name was just taken.
func (p *parser) call(name token) Expr {
	call := &Call{Range: name.Range, Name: name.text}
	if f, known := lookup(name.text); known {
		call.Name = f.name
	}
	open := p.take()
	if !p.at().is(")") {
		for {
			call.Args = append(call.Args, p.argument())
			if !p.accept(",") {
				break
			}
		}
	}
	call.End = p.close(open).End
	return call
}

func (p *parser) argument() Expr {
	t := p.at()
	switch {
	case t.is("*"):
		p.take()
		return &Star{t.Range}
	case t.is("WHERE"):
		p.take()
		x := p.expr()
		return &Where{Range{t.Start, end(x, t)}, x}
	default:
		return p.expr()
	}
}

func binary(op Op, x, y Expr) Expr { return &Binary{span(x, y), op, x, y} }

func start(x Expr) int {
	if x == nil {
		return 0
	}
	return x.Pos().Start
}

func end(x Expr, fallback token) int {
	if x == nil {
		return fallback.End
	}
	return x.Pos().End
}

func span(x, y Expr) Range {
	r := Range{Start: start(x)}
	if y != nil {
		r.End = y.Pos().End
	}
	return r
}
