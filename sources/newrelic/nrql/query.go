package nrql

import (
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

// query parses clauses in any order, each at most once. An outermost query
// goes on behind a mistake at the next clause.
func (p *parser) query(r Range) *Query {
	c := &clauses{parser: p, query: &Query{Range: r}, seen: map[string]Range{}}
	for {
		c.parse()
		switch t := p.at(); {
		case len(c.seen) == 0:
			p.unexpected(diag.Say("SELECT or FROM"), clauseWords...)
		case p.nested == 0:
			p.end()
		case t.kind != tokenEOF && !t.is(")"):
			p.unexpected(diag.Say("a clause or )"), keywords...)
		}
		c.broken = c.broken || p.failed
		if p.nested > 0 || !p.resume(beginsClause) {
			break
		}
	}
	if p.nested > 0 {
		c.query.End = p.tokens[max(p.offset-1, 0)].End
	}
	if !c.broken {
		c.checkComplete()
	}
	return c.query
}

// beginsClause reports whether a clause begins behind a mistake. A word that
// another clause follows, or nothing, is the mistake itself: SELECT a AS since
// FROM T. So is the second word of COMPAER WITH 1 day ago.
func beginsClause(t, next token) bool {
	alone := t.is("TIMESERIES") || t.is("EXTRAPOLATE") || t.is("RAW") || t.is("PREDICT")
	follows := next.kind == tokenEOF || next.kind == tokenWord && isClause(next.text) && !t.is("INNER") && !t.is("LEFT") && !t.is("COMPARE")
	return isClause(t.text) && (alone || !follows) && !(t.is("WITH") && next.kind == tokenNumber)
}

// clauses parses the clauses of one query.
type clauses struct {
	*parser
	query  *Query
	seen   map[string]Range
	last   string // the clause before
	broken bool   // whether one of them could not be parsed
}

func (c *clauses) parse() {
	for c.at().kind == tokenWord && isClause(c.at().text) && !c.failed {
		first := c.at()
		name := c.keyword()
		if c.failed {
			return
		}
		if place, twice := c.seen[name]; twice && name != "JOIN" {
			c.twice(first.Range, place, name)
			c.broken = true
			(&clauses{parser: c.parser, query: &Query{}, seen: map[string]Range{}, last: c.last}).clause(first, name)
		} else {
			c.seen[name] = first.Range
			c.clause(first, name)
		}
		c.last = name
	}
}

// keyword takes the words that begin a clause and returns them in their
// canonical form.
func (c *clauses) keyword() string {
	word := strings.ToUpper(c.take().text)
	switch word {
	case "ORDER", "SLIDE":
		c.demand("BY")
		if word == "ORDER" && c.last == "FACET" {
			return "FACET … ORDER BY"
		}
		return word + " BY"
	case "FACET":
		if next := c.peek(); c.at().is("BY") && (next.kind == tokenQuoted || next.kind == tokenWord && !isClause(next.text) && !next.is("AS")) {
			c.fail(c.at().Range, diag.Say("leave out the word BY"), c.at().unexpected())
		}
	case "COMPARE":
		c.demand("WITH")
		return "COMPARE WITH"
	case "WITH":
		return c.with()
	case "INNER", "LEFT":
		c.demand("JOIN")
		return "JOIN"
	case "SHOW":
		if c.demand("EVENT") {
			c.demand("TYPES")
		}
		return "SHOW EVENT TYPES"
	}
	return word
}

// with tells the clauses apart that begin with WITH. A variable may have the
// name of one of them: WITH timezone AS zone.
func (c *clauses) with() string {
	for _, second := range []string{"TIMEZONE", "METRIC_FORMAT"} {
		next := c.peek()
		switch {
		case !c.at().is(second):
		case next.kind == tokenString:
			c.take()
			return "WITH " + second
		case next.kind == tokenEOF, next.kind == tokenWord && !next.is("AS") && !isOperatorWord(next.text):
			c.take()
			c.unexpected(diag.Say("a string behind WITH %s", second))
		}
	}
	if c.at().kind == tokenWord && c.peek().kind == tokenString {
		c.unexpected(diag.Say("TIMEZONE, METRIC_FORMAT or variables"), "TIMEZONE", "METRIC_FORMAT")
	}
	return "WITH"
}

func (c *clauses) twice(second, first Range, name string) {
	if len(c.list) >= mostFindings {
		return
	}
	place := c.text.Span(first.Start, first.End)
	hint := diag.Say("keep one of them")
	if name == "WHERE" {
		hint = diag.Say("join the conditions with AND")
	}
	c.list.Add(diag.Diagnostic{
		Code: diag.CodeNRQL, Severity: diag.Error, Span: c.text.Span(second.Start, second.End),
		Message: diag.Say("NRQL: %s stands twice", name),
		Hint:    hint,
		Related: []diag.Related{{Span: place, Message: diag.Say("the first one is at %s", place)}},
	})
}

// clause parses what stands behind the words of a clause. What cannot be
// parsed to its end is no part of the query, so that the rest can be checked.
func (c *clauses) clause(first token, name string) {
	before := *c.query
	c.tableClause(first, name)
	if c.failed {
		*c.query = before
	}
}

func (c *clauses) tableClause(first token, name string) {
	q := c.query
	switch name {
	case "SHOW EVENT TYPES":
		q.Show = true
	case "SELECT":
		q.Select = c.columns(c.column)
	case "FROM":
		q.From = c.list1(c.table)
	case "JOIN":
		c.join(first)
	case "WITH":
		c.variables()
	case "WHERE":
		q.Where = c.expr()
	case "FACET":
		q.Facet = &Facet{Range: first.Range, By: c.columns(c.group)}
		q.Facet.End = q.Facet.By[len(q.Facet.By)-1].End
	case "FACET … ORDER BY":
		c.facetOrder()
	case "ORDER BY":
		c.orderBy()
	case "LIMIT":
		q.Limit = c.limit(first)
	case "OFFSET":
		q.Offset = c.wholeNumber(diag.Verbatim("OFFSET 10"))
	default:
		c.timeClause(first, name)
	}
}

func (c *clauses) timeClause(first token, name string) {
	q := c.query
	switch name {
	case "SINCE":
		q.Since = c.instant()
	case "UNTIL":
		q.Until = c.instant()
	case "WITH TIMEZONE":
		q.TimeZone = newString(c.take())
	case "WITH METRIC_FORMAT":
		q.MetricFormat = newString(c.take())
	case "COMPARE WITH":
		q.Compare = c.ago()
	case "TIMESERIES":
		q.TimeSeries = c.timeSeries(first)
	case "SLIDE BY":
		c.slide(first)
	case "PREDICT":
		q.Predict = c.predict(first)
	case "EXTRAPOLATE":
		q.Extrapolate = true
	case "RAW":
		q.Raw = true
	}
}

// checkComplete demands the clauses that a query cannot do without.
func (c *clauses) checkComplete() {
	q := c.query
	at := Range{q.End, q.End}
	switch {
	case q.Show && (len(q.Select) > 0 || len(q.From) > 0):
		c.report(c.seen["SHOW EVENT TYPES"], diag.Say("remove one of them"), diag.Say("SHOW EVENT TYPES stands in the place of SELECT and FROM"))
	case q.Show:
	case len(q.Select) == 0:
		c.fail(at, diag.Say("add SELECT count(*)"), diag.Say("the query selects nothing"))
	case len(q.From) == 0 && len(q.With) == 0:
		c.fail(at, diag.Say("add FROM and an event type"), diag.Say("the query names no event type"))
	case q.Predict != nil && q.TimeSeries == nil:
		c.report(q.Predict.Range, diag.Say("add TIMESERIES"), diag.Say("PREDICT without TIMESERIES"))
	}
}

// table parses what FROM names.
func (p *parser) table() Expr {
	t := p.at()
	switch {
	case t.is("("):
		p.take()
		if !beginsQuery(p.at()) {
			p.unexpected(diag.Say("SELECT or FROM of an inner query"))
			return &Null{t.Range}
		}
		return p.subquery(t)
	case t.kind == tokenWord && p.peek().is("("):
		p.take()
		call := p.call(t)
		if call.Name != "lookup" {
			p.fail(t.Range, diag.Say("write an event type, or lookup(table)"), diag.Say("%s() is nothing to select from", short(call.Name)))
		}
		return call
	case t.kind == tokenWord && !isReserved(t.text), t.kind == tokenQuoted:
		p.take()
		return newName(t)
	}
	want := diag.Say("an event type")
	if t.kind == tokenString {
		want = diag.Say("%s without quotes", want)
	}
	p.unexpectedName(want)
	return &Null{t.Range}
}

// join parses what stands behind JOIN, which has to follow FROM directly.
func (c *clauses) join(first token) {
	if c.last != "FROM" && c.last != "JOIN" {
		c.fail(first.Range, diag.Say("move it directly behind FROM"), diag.Say("JOIN stands away from FROM"))
		return
	}
	open := c.at()
	if !c.accept("(") {
		c.unexpected(diag.Say("( and the query to join"))
		return
	}
	if !beginsQuery(c.at()) {
		c.unexpected(diag.Say("SELECT or FROM of the query to join"))
		return
	}
	j := Join{Range: first.Range, Left: first.is("LEFT"), Rows: c.subquery(open)}
	if !c.demand("ON") {
		return
	}
	key := c.sum()
	j.On = key
	if c.accept("=") {
		j.On = binary(Eq, key, c.sum())
	}
	if t := c.at(); isComparison(t) {
		c.fail(t.Range, diag.Say("write =: a join compares for equality only"), t.unexpected())
	}
	j.End = end(j.On, open)
	c.query.Joins = append(c.query.Joins, j)
}

// variable parses the name of a variable, in which % has no place.
func (c *clauses) variable() (name string, end int) {
	t := c.at()
	name, end = c.alias()
	if hasWildcard(name) {
		c.fail(t.Range, diag.Say("leave out the %%"), diag.Say("the name of a variable cannot hold %%"))
	}
	return name, end
}

func (c *clauses) variables() {
	for {
		t := c.at()
		v := Variable{Expr: c.expr()}
		if !c.demand("AS") {
			return
		}
		end := 0
		if open := c.at(); c.accept("(") {
			for {
				var name string
				name, _ = c.variable()
				v.Names = append(v.Names, name)
				if !c.accept(",") {
					break
				}
			}
			end = c.close(open, orComma).End
		} else {
			v.Names = make([]string, 1)
			v.Names[0], end = c.variable()
		}
		v.Range = Range{t.Start, end}
		c.query.With = append(c.query.With, v)
		if !c.accept(",") {
			return
		}
	}
}
