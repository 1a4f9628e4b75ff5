package nrql

import (
	"regexp/syntax"
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

// checkRegexp refuses a regular expression that RE2 cannot read. What a
// backslash means outside of r'…' is not documented, so only expressions whose
// text is known are looked at.
func checkRegexp(p *parser, x Expr) {
	pattern, ok := x.(*String)
	if !ok || !pattern.isExact() {
		return
	}
	if _, err := syntax.Parse(pattern.Value, syntax.Perl); err != nil {
		p.report(pattern.Range, diag.Say("write an expression of RE2"), diag.Say("not a regular expression: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: ")))
	}
}

// isExact reports whether the text of a literal is known: it is raw, or holds
// no backslash.
func (s *String) isExact() bool {
	return strings.HasPrefix(s.Raw, "r") || strings.HasPrefix(s.Raw, "R") || !strings.Contains(s.Raw, `\`)
}

// Number returns the number that a text holds, spelled as it is there; false when
// the text is no number to NRQL.
func (s *String) Number() (Expr, bool) {
	digits, negative := strings.CutPrefix(s.Value, "-")
	l := lexer{source: digits}
	value, err := strconv.ParseFloat(digits, 64)
	if err != nil || l.number(0).text != digits { // out of range, or only Go's, such as nan
		return nil, false
	}
	n := &Number{Raw: digits, Value: value}
	if negative {
		return &Unary{Op: Neg, X: n}, true
	}
	return n, true
}

// checkCompared refuses a subquery that gives more than the one value that a
// comparison needs.
func checkCompared(p *parser, x *Binary) {
	if x.Op < Eq || x.Op > Ge {
		return
	}
	for _, side := range []Expr{x.X, x.Y} {
		s, ok := side.(*Subquery)
		if !ok || s.Query == nil {
			continue
		}
		q := s.Query
		if len(q.Select) == 1 {
			if call, ok := q.Select[0].Expr.(*Call); ok && call.Name == "uniques" {
				p.report(s.Range, diag.Say("compare with IN (SELECT …)"), diag.Say("a comparison needs one value, and uniques() gives a set"))
				continue
			}
		}
		if q.Facet != nil && (q.Limit == nil || q.Limit.Count != 1) {
			p.report(s.Range, diag.Say("add LIMIT 1 to the subquery"), diag.Say("a comparison needs one value, and FACET gives one for each group"))
		}
	}
}

// checkBounds refuses numbers beyond what a function takes.
func checkBounds(p *parser, f Function, call *Call) {
	most := func(i int, name string, bound float64) {
		for at, arg := range call.Args {
			value := arg
			named, ok := arg.(*Named)
			switch {
			case ok && named.Name == name:
				value = named.Value
			case ok || at != i:
				continue
			}
			if n, ok := value.(*Number); ok && n.Value > bound {
				p.add(diag.CodeNRQLFunction, n.Range, diag.Say("write at most %g", bound), diag.Say("%s() takes at most %g here", f.Name, bound))
			}
		}
	}
	switch f.Name {
	case "histogram":
		most(2, "buckets", 500)
	case "uniques":
		most(1, "limit", 10_000)
	case "concat":
		plain := 0
		for _, arg := range call.Args {
			if _, named := arg.(*Named); !named {
				plain++
			}
		}
		if plain > 20 {
			p.add(diag.CodeNRQLFunction, call.Range, diag.Say("join some of them first"), diag.Say("concat() takes at most 20 values, not %d", plain))
		}
	}
}

// checkRows refuses groups and buckets of a query that selects attributes and
// not aggregates.
func checkRows(p *parser, q *Query) {
	if len(q.Select) == 0 {
		return
	}
	for _, c := range q.Select {
		if call, ok := c.Expr.(*Call); ok && call.Name == "keyset" && q.TimeSeries != nil {
			p.report(q.TimeSeries.Range, diag.Say("leave out TIMESERIES"), diag.Say("keyset() has no place in a time series"))
		}
		if hasAggregate(c.Expr) {
			return
		}
	}
	hint := diag.Say("select an aggregate, such as count(*)")
	if q.Facet != nil {
		p.report(q.Facet.Range, hint, diag.Say("FACET groups aggregates, and the query selects none"))
	}
	if q.TimeSeries != nil {
		p.report(q.TimeSeries.Range, hint, diag.Say("TIMESERIES needs aggregates, and the query selects none"))
	}
}
