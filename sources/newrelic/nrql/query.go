package nrql

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

// Limits that New Relic puts on a query.
const (
	// MaxQueryBytes is the length a query has to stay below.
	MaxQueryBytes = 4096
	// MaxBuckets is the largest number of TIMESERIES buckets.
	MaxBuckets = 366
)

// query parses clauses in any order, each at most once.
func (p *parser) query() *Query {
	q := &Query{Range: Range{0, p.text.Len()}}
	seen := map[string]Range{}
	for p.at().kind == tokenWord && isClause(p.at().text) {
		t := p.at()
		clause := strings.ToUpper(t.text)
		if first, twice := seen[clause]; twice {
			p.failTwice(t.Range, first, clause)
			break
		}
		seen[clause] = t.Range
		p.take()
		p.clause(q, t, clause)
	}
	if p.failed || p.at().kind != tokenEOF && (len(q.Select) > 0 || len(q.From) > 0) {
		return q // what is left is worse than what is missing
	}
	switch {
	case len(q.Select) == 0 && len(q.From) == 0:
		p.unexpected("SELECT or FROM")
	case len(q.Select) == 0:
		p.fail(Range{p.text.Len(), p.text.Len()}, "add SELECT count(*)", "the query selects nothing")
	case len(q.From) == 0:
		p.fail(Range{p.text.Len(), p.text.Len()}, "add FROM and an event type", "the query names no event type")
	}
	return q
}

func (p *parser) failTwice(second, first Range, clause string) {
	place := p.text.Span(first.Start, first.End)
	p.list.Add(diag.Diagnostic{
		Code: diag.CodeNRQL, Severity: diag.Error, Span: p.text.Span(second.Start, second.End),
		Message: "NRQL: " + clause + " stands twice",
		Hint:    "keep one of them",
		Related: []diag.Related{{Span: place, Message: "the first one is at " + place.String()}},
	})
	p.stop()
}

func (p *parser) clause(q *Query, t token, clause string) {
	switch clause {
	case "SELECT":
		q.Select = p.columns()
	case "FROM":
		q.From = p.eventTypes()
	case "WHERE":
		q.Where = p.expr()
	case "SINCE":
		q.Since = p.instant()
	case "UNTIL":
		q.Until = p.instant()
	case "TIMESERIES":
		q.TimeSeries = p.timeSeries(t)
	default:
		p.fail(t.Range, "", clause+" is not supported")
	}
}

func (p *parser) columns() []Column {
	var columns []Column
	for {
		t := p.at()
		var x Expr
		if t.is("*") {
			p.take()
			x = &Star{t.Range}
		} else {
			x = p.expr()
		}
		c := Column{Range: Range{t.Start, end(x, t)}, Expr: x}
		if p.accept("AS") {
			c.Alias, c.End = p.alias()
		}
		columns = append(columns, c)
		if !p.accept(",") {
			return columns
		}
	}
}

func (p *parser) alias() (string, int) {
	t := p.at()
	switch {
	case t.kind == tokenWord && !isReserved(t.text), t.kind == tokenQuoted:
		p.take()
		return t.text, t.End
	case t.kind == tokenString:
		p.take()
		alias := unquote(t.text)
		if alias == "" {
			p.fail(t.Range, "put a name between the quotes", "empty alias")
		}
		return alias, t.End
	}
	p.unexpectedName("an alias")
	return "", t.End
}

func (p *parser) eventTypes() []*Name {
	var names []*Name
	for {
		t := p.at()
		switch {
		case t.is("("):
			p.fail(t.Range, "", "a subquery in FROM is not supported")
			return names
		case t.kind == tokenWord && !isReserved(t.text), t.kind == tokenQuoted:
			p.take()
			names = append(names, &Name{t.Range, t.text})
		default:
			p.unexpectedName("an event type")
			return names
		}
		if !p.accept(",") {
			return names
		}
	}
}

// instant parses a time in SINCE or UNTIL, in epoch milliseconds.
func (p *parser) instant() *Time {
	t := p.at()
	millis, err := strconv.ParseInt(t.text, 10, 64)
	if t.kind != tokenNumber || err != nil {
		p.fail(t.Range, "write milliseconds since 1970, such as 1700000000000", "only times in epoch milliseconds are supported")
		return nil
	}
	p.take()
	if unit := p.at(); unit.kind == tokenWord {
		if _, relative := parseUnit(unit.text); relative || unit.is("AGO") {
			p.fail(unit.Range, "write milliseconds since 1970, such as 1700000000000", "relative times are not supported")
		}
	}
	return &Time{t.Range, millis}
}

func (p *parser) timeSeries(keyword token) *TimeSeries {
	t := p.at()
	count, err := strconv.ParseInt(t.text, 10, 64)
	if t.kind != tokenNumber || err != nil || count < 1 {
		p.fail(t.Range, "write a bucket such as TIMESERIES 1 minute", "TIMESERIES without a whole number of units is not supported")
		return nil
	}
	p.take()
	series := &TimeSeries{Range{keyword.Start, t.End}, count, Millisecond}
	if unit := p.at(); unit.kind == tokenWord && !isClause(unit.text) {
		known := false
		if series.Unit, known = parseUnit(unit.text); !known {
			p.unexpected("second, minute, hour, day or week")
			return nil
		}
		series.End = p.take().End
	}
	if count > int64(1<<52)/series.Unit.Millis() {
		p.fail(t.Range, "", fmt.Sprintf("a bucket of %d %ss is too long", count, series.Unit))
	}
	return series
}

func parseUnit(word string) (Unit, bool) {
	name := strings.TrimSuffix(strings.ToLower(word), "s")
	if strings.EqualFold(word, "ms") {
		return Millisecond, true
	}
	for u := Millisecond; u <= Week; u++ {
		if name == u.String() {
			return u, true
		}
	}
	return 0, false
}
