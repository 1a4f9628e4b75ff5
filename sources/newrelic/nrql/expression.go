package nrql

import (
	"strconv"

	"github.com/slojourn/slojourn/slo/diag"
)

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
	if op, ok := comparisonOp(t); ok {
		p.take()
		return binary(op, x, p.sum())
	}
	if t.is("IS") {
		p.take()
		return p.is(x)
	}
	not := false
	switch next := p.peek(); {
	case !t.is("NOT"):
	case next.is("IN"), next.is("LIKE"), next.is("RLIKE"):
		p.take()
		not = true
	case next.is("NULL"), next.is("IS"):
		p.fail(t.Range, diag.Say("write IS NOT NULL"), t.unexpected())
	default:
		p.unexpected(diag.Say("IN, LIKE or RLIKE behind NOT; = is negated as !="))
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

func comparisonOp(t token) (Op, bool) {
	for op := Eq; op <= Ge; op++ {
		if t.kind == tokenSymbol && t.text == op.String() {
			return op, true
		}
	}
	return 0, false
}

func isComparison(t token) bool {
	_, ok := comparisonOp(t)
	return ok
}

func (p *parser) is(x Expr) Expr {
	not := p.accept("NOT")
	t := p.at()
	for _, what := range []IsKind{IsNull, IsTrue, IsFalse} {
		if p.accept(what.String()) {
			return &Is{Range{start(x), t.End}, x, not, what}
		}
	}
	p.unexpected(diag.Say("NULL, TRUE or FALSE"), "NULL", "TRUE", "FALSE")
	return x
}

func (p *parser) in(x Expr, not bool) Expr {
	open := p.at()
	if !p.accept("(") {
		p.unexpected(diag.Say("( and a list of values"))
		return x
	}
	if beginsQuery(p.at()) {
		rows := p.subquery(open)
		return &In{Range{start(x), rows.End}, x, not, []Expr{rows}}
	}
	list := p.list1(p.sum)
	r := p.close(open, orComma)
	return &In{Range{start(x), r.End}, x, not, list}
}

// list1 parses one or more items with commas between them.
func (p *parser) list1(item func() Expr) []Expr {
	list := []Expr{item()}
	for p.accept(",") {
		list = append(list, item())
	}
	return list
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
		return p.indexed()
	}
	if !p.enter() {
		return nil
	}
	defer p.leave()
	sign := p.take()
	x := p.negated()
	return &Unary{Range{sign.Start, end(x, sign)}, Neg, x}
}

// indexed parses a primary expression and the square brackets behind it.
func (p *parser) indexed() Expr {
	x := p.primary()
	for p.at().is("[") {
		open := p.take()
		key := p.sum()
		r := p.close(open, orOperator)
		x = &Index{Range{start(x), r.End}, x, key}
	}
	return x
}

func (p *parser) primary() Expr {
	t := p.at()
	switch t.kind {
	case tokenNumber:
		p.take()
		return p.number(t)
	case tokenString:
		p.take()
		return newString(t)
	case tokenQuoted:
		p.take()
		if p.at().is("(") {
			return p.call(t)
		}
		return newName(t)
	case tokenWord:
		return p.wordExpr(t)
	case tokenSymbol:
		if t.text == "(" {
			p.take()
			if beginsQuery(p.at()) {
				return p.subquery(t)
			}
			x := p.expr()
			p.close(t, orOperator)
			return x
		}
	}
	p.unexpectedName(diag.Say("a name, a value or ("))
	return &Null{t.Range}
}

func newString(t token) *String { return &String{t.Range, t.text, unquote(t.text)} }

func newName(t token) *Name {
	return &Name{t.Range, t.text, t.kind == tokenWord && hasWildcard(t.text)}
}

// beginsQuery reports whether a query begins behind an opening bracket.
func beginsQuery(t token) bool { return t.is("SELECT") || t.is("FROM") || t.is("WITH") }

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
	case p.condition && isReserved(t.text) && isClause(t.text) && p.peek().kind != tokenSymbol:
		p.misplaced(t)
		return &Null{t.Range}
	case isReserved(t.text):
		p.unexpectedName(diag.Say("a name, a value or ("))
		return &Null{t.Range}
	}
	p.take()
	return newName(t)
}

func (p *parser) number(t token) *Number {
	value, err := strconv.ParseFloat(t.text, 64)
	if err != nil {
		p.fail(t.Range, diag.Phrase{}, diag.Say("the number %s is out of range", short(t.text)))
	}
	return &Number{t.Range, t.text, value}
}

// call parses the arguments of a function whose name was just taken.
func (p *parser) call(name token) *Call {
	call := &Call{Range: name.Range, Name: name.text}
	if f, known := LookupFunction(name.text); known {
		call.Name = f.Name
	}
	open := p.take()
	if !p.at().is(")") {
		call.Args = p.list1(p.argument)
	}
	call.End = p.close(open, orComma).End
	return call
}

func (p *parser) argument() Expr {
	t := p.at()
	switch {
	case t.is("*"):
		p.take()
		return &Star{t.Range}
	case t.is("WHERE"):
		return p.where()
	case t.kind == tokenWord && p.peek().is(":"):
		return p.named()
	case t.kind == tokenNumber && isUnit(p.peek()):
		return p.duration()
	}
	x := p.expr()
	if !p.accept("AS") {
		return x
	}
	l := &Labelled{Range: Range{t.Start, t.End}, X: x}
	l.Label, l.End = p.alias()
	return l
}

// where parses WHERE x AS 'label'.
func (p *parser) where() *Where {
	word := p.take()
	x := p.expr()
	w := &Where{Range: Range{word.Start, end(x, word)}, Condition: x}
	if p.accept("AS") {
		w.Label, w.End = p.alias()
	}
	return w
}

// named parses an argument that begins with its name.
func (p *parser) named() *Named {
	name := p.take()
	colon := p.take()
	n := &Named{Range: Range{name.Start, colon.End}, Name: name.text}
	t := p.at()
	switch {
	case t.is("{"):
		n.Value = p.braces()
	case t.kind == tokenNumber && isUnit(p.peek()):
		n.Value = p.duration()
	case t.is("AUTO"): // the seasonality of holtwinters()
		p.take()
		n.Value = &Name{Range: t.Range, Value: "AUTO"}
	default:
		n.Value = p.expr()
	}
	n.End = end(n.Value, colon)
	return n
}

func (p *parser) braces() *List {
	open := p.take()
	list := &List{Range: open.Range}
	if !p.at().is("}") {
		list.Items = p.list1(p.sum)
	}
	list.End = p.close(open, orComma).End
	return list
}

// subquery parses a query behind the bracket open, and the bracket that closes
// it.
func (p *parser) subquery(open token) *Subquery {
	s := &Subquery{Range: open.Range}
	if p.condition {
		p.fail(p.at().Range, diag.Say("compare with a value, or measure with the queries form"), diag.Say("a subquery has no place in a condition"))
		return s
	}
	if !p.enter() {
		return s
	}
	defer p.leave()
	p.nested++
	s.Query = p.query(Range{p.at().Start, p.at().Start})
	p.nested--
	s.End = p.close(open, orClause).End
	return s
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
