package nrql

import (
	"strconv"

	"github.com/slojourn/slojourn/slo/diag"
)

func (p *parser) columns(parse func() Expr) []Column {
	var columns []Column
	for {
		t := p.at()
		x := parse()
		c := Column{Range: Range{t.Start, end(x, t)}, Expr: x}
		switch t := p.at(); {
		case p.accept("AS"):
			c.Alias, c.End = p.alias()
		case t.kind == tokenString, t.kind == tokenQuoted, t.kind == tokenWord && !isClause(t.text):
			p.unexpected(diag.Say("AS, a comma or a clause"), keywords...)
		}
		columns = append(columns, c)
		if !p.accept(",") {
			return columns
		}
	}
}

func (p *parser) column() Expr {
	if t := p.at(); t.is("*") {
		p.take()
		return &Star{t.Range}
	}
	return p.expr()
}

// group parses one expression of FACET.
func (p *parser) group() Expr {
	word, open := p.at(), p.peek()
	if !word.is("CASES") || !open.is("(") {
		return p.expr()
	}
	p.take()
	p.take()
	cases := &Cases{Range: word.Range}
	for {
		if !p.at().is("WHERE") {
			p.unexpected(diag.Say("WHERE and a condition"))
			return cases
		}
		cases.Cases = append(cases.Cases, p.where())
		if !p.accept(",") {
			break
		}
	}
	cases.End = p.close(open, orComma).End
	if p.accept("OR") {
		cases.Rest = p.sum()
		cases.End = end(cases.Rest, open)
	}
	return cases
}

func (p *parser) alias() (string, int) {
	t := p.at()
	switch {
	case t.kind == tokenWord && !isReserved(t.text) && !hasWildcard(t.text), t.kind == tokenQuoted:
		p.take()
		return t.text, t.End
	case t.kind == tokenString:
		p.take()
		alias := unquote(t.text)
		if alias == "" {
			p.fail(t.Range, diag.Say("put a name between the quotes"), diag.Say("empty alias"))
		}
		return alias, t.End
	}
	p.unexpectedName(diag.Say("an alias: a name, or text in quotes"))
	return "", t.End
}

// facetOrder parses the ORDER BY that stands directly behind FACET and chooses
// its groups, always the highest first.
func (c *clauses) facetOrder() {
	x := c.expr()
	if t := c.at(); t.is("ASC") {
		c.fail(t.Range, diag.Say("remove it: FACET … ORDER BY takes the highest first"), t.unexpected())
		return
	}
	c.accept("DESC")
	if f := c.query.Facet; f != nil && !c.failed {
		f.OrderBy, f.End = x, end(x, c.at())
	}
}

func (c *clauses) orderBy() {
	for {
		t := c.at()
		x := c.expr()
		o := Order{Range: Range{t.Start, end(x, t)}, Expr: x}
		switch word := c.at(); {
		case word.is("ASC"), word.is("DESC"):
			o.Desc, o.End = word.is("DESC"), c.take().End
		case word.kind == tokenWord && !isClause(word.text):
			c.unexpected(diag.Say("ASC, DESC, a comma or a clause"), append([]string{"DESC", "ASC"}, keywords...)...)
		}
		c.query.OrderBy = append(c.query.OrderBy, o)
		if !c.accept(",") {
			return
		}
	}
}

func (p *parser) limit(first token) *Limit {
	if t := p.at(); t.is("MAX") {
		p.take()
		return &Limit{Range: Range{first.Start, t.End}, Max: true}
	}
	if t := p.at(); t.kind == tokenEOF || t.is(")") || t.kind == tokenWord && isClause(t.text) {
		return nil // LIMIT alone is the default
	}
	n := p.wholeNumber(diag.Say("LIMIT 100 or LIMIT MAX"))
	if n == nil {
		return nil
	}
	return &Limit{Range: Range{first.Start, n.End}, Count: int64(n.Value)}
}

// wholeNumber parses a number of rows.
func (p *parser) wholeNumber(example diag.Phrase) *Number {
	t := p.at()
	if t.kind != tokenNumber {
		p.unexpected(diag.Say("a whole number: %s", example))
		return nil
	}
	n, err := strconv.ParseInt(t.text, 10, 32)
	if err != nil {
		p.fail(t.Range, diag.Say("write %s", example), diag.Say("%s is no number of rows", short(t.text)))
		return nil
	}
	p.take()
	return &Number{t.Range, t.text, float64(n)}
}
