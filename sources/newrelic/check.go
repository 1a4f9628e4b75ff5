package newrelic

import (
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// Check parses the NRQL of all SLIs and looks at the sources. It reports what New Relic would refuse,
// what is probably a mistake, and what the numbers depend on.
func Check(d slo.Declarations) diag.List {
	c := checker{types: map[string]diag.List{}}
	for _, source := range d.Sources {
		checkSource(&c.findings, source)
	}
	checkAccounts(&c.findings, d.Sources)
	d.SLIs(func(sli *slo.SLIDeclaration) {
		c.sli = sli
		checkLag(&c.findings, sli.Lag, "lag")
		c.check()
	})
	return c.findings
}

type checker struct {
	sli      *slo.SLIDeclaration
	types    map[string]diag.List // what there is to say of event types
	findings diag.List
}

func (c *checker) warn(code diag.Code, span diag.Span, hint diag.Phrase, format string, args ...any) {
	c.findings.Add(diag.Diagnostic{
		Code: code, Severity: diag.Warning, Span: span, Hint: hint, Message: diag.Say("NRQL: %s", diag.Say(format, args...)),
	})
}

// check looks at everything that an SLI says, whatever its form: one that
// mixes the forms is reported elsewhere, and may hold other mistakes.
func (c *checker) check() {
	c.eventTypes(c.sli.Bad.Len() > 0)
	c.count()
	where := c.condition(c.sli.Where, nil)
	good, bad := c.condition(c.sli.Good, where), c.condition(c.sli.Bad, where)
	if c.sli.Queries != nil {
		c.queries()
	}
	if c.sli.Slice != nil {
		c.slice()
	}
	if c.sli.Broken || where == nil && c.sli.Where.Len() > 0 {
		return // reported, as far as there is something to report
	}
	switch {
	case c.sli.Form() == slo.FormSlices:
		c.contradictions(where, question{})
		c.length()
	case c.sli.Form() == slo.FormQueries:
		c.length()
	case c.sli.Form() == slo.FormEvents && (good != nil || bad != nil):
		c.events(where, good, bad)
	}
}

// events checks what makes events good or bad; one of both is nil.
func (c *checker) events(where, good, bad nrql.Expr) {
	if bad != nil {
		c.contradictions(where, question{c.sli.Bad, bad, diag.Say("no event can be bad"), diag.Say("every valid event is bad")})
	} else {
		c.contradictions(where, question{c.sli.Good, good, diag.Say("no event can be good"), diag.Say("every valid event is good")})
	}
	c.network(where, bad)
	c.length()
}

// slice checks what makes slices of time good or bad as a whole.
func (c *checker) slice() {
	value := c.aggregate(c.sli.Slice.Value, "value")
	if value != nil {
		c.sliceValue(value)
	}
	if c.sli.Slice.Good.Len() == 0 {
		return // reported
	}
	good, findings := nrql.ParseCondition(c.sli.Slice.Good)
	c.findings.Add(findings...)
	if good == nil {
		return
	}
	if !slices.Equal(nrql.Attributes(good), []string{"value"}) {
		c.findings.Errorf(diag.CodeNRQL, c.sli.Slice.Good.Whole(), diag.Say("write a condition such as value <= 0.8; conditions on events belong into where"),
			"NRQL: when a slice is good can depend on nothing but value")
		return
	}
	if !mayBeText(value) {
		c.quotedNumbers(good)
		c.undecided(good)
	}
	c.contradictions(nil, question{c.sli.Slice.Good, good, diag.Say("no slice can be good"), diag.Say("every slice is good")})
}

// queries checks an SLI that consists of whole queries.
func (c *checker) queries() {
	for _, text := range []diag.Text{c.sli.Queries.Total, c.sli.Queries.Good, c.sli.Queries.Bad} {
		if text.Len() == 0 {
			continue
		}
		q, findings := nrql.ParseQuery(text)
		c.findings.Add(findings...)
		if q == nil {
			continue
		}
		isBad := text.Whole() == c.sli.Queries.Bad.Whole()
		for _, advice := range nrql.AdviseQuery(text, q) {
			if advice.Code == diag.CodeNRQLAdditive || advice.Code == diag.CodeNRQLRange {
				continue // an error here
			}
			c.advise(advice, slices.ContainsFunc(q.EventTypes(), isCapped), isBad)
		}
		c.additive(text, q)
	}
}

// additive reports a query that does not give one number that adds up over
// time, and clauses that are the engine's to add.
func (c *checker) additive(text diag.Text, q *nrql.Query) {
	judgement := nrql.Judge(q)
	for _, clause := range judgement.Leave {
		c.findings.Errorf(diag.CodeNRQLClause, clauseSpan(text, q, clause), diag.Say("remove the whole clause; the engine asks for the time that it needs"),
			"NRQL: %s has no place in the query of an SLI", clause)
	}
	switch {
	case judgement.Part != nil:
		hint := diag.Say("measure its two parts; as an SLI of events that is from: %s", strings.Join(judgement.Part.From, ", "))
		if judgement.Part.Where != nil {
			hint = diag.Say("%s, where: %s", hint, nrql.Print(judgement.Part.Where))
		}
		c.findings.Errorf(diag.CodeNRQLAdditive, text.Whole(), diag.Say("%s, and good or bad: %s", hint, nrql.Print(judgement.Part.Condition)),
			"NRQL: a percentage cannot be added up over time")
	case judgement.Form != nrql.FormEvents && judgement.Form != nrql.FormQueries:
		c.findings.Errorf(diag.CodeNRQLAdditive, text.Whole(), diag.Say("write a query such as SELECT count(*) FROM Transaction WHERE …"),
			"NRQL: the query cannot be added up over time: %s", judgement.Why[len(judgement.Why)-1])
	}
}

// clauseSpan finds the value of a clause.
func clauseSpan(text diag.Text, q *nrql.Query, clause string) diag.Span {
	r := q.Pos()
	switch clause {
	case "LIMIT":
		r = q.Limit.Pos()
	case "SINCE":
		r = q.Since.Pos()
	case "UNTIL":
		r = q.Until.Pos()
	case "COMPARE WITH":
		r = q.Compare.Pos()
	case "TIMESERIES":
		r = q.TimeSeries.Pos()
	}
	return text.Span(r.Start, r.End)
}

// condition parses a condition and advises on it; nil for one that cannot be
// parsed or was not written. given is what all its events meet.
func (c *checker) condition(text diag.Text, given nrql.Expr) nrql.Expr {
	if text.Len() == 0 {
		return nil
	}
	x, findings := nrql.ParseCondition(text)
	c.findings.Add(findings...)
	c.findings.Add(nrql.AdviseCondition(text, x, nrql.Context{From: c.sli.EventTypes(), Where: given})...)
	return x
}

// aggregate parses an expression as it stands behind SELECT; nil when it is
// something else, or was not written.
func (c *checker) aggregate(text diag.Text, what string) nrql.Expr {
	if text.Len() == 0 {
		return nil
	}
	const before, after = "SELECT ", " FROM T"
	q, findings := nrql.ParseQuery(text.Within(before, after))
	c.findings.Add(findings...)
	if q == nil {
		return nil
	}
	alone := nrql.Query{Select: q.Select[:1], From: []nrql.Expr{&nrql.Name{Value: "T"}}}
	if q.Select[0].Alias != "" || alone.String() != q.String() {
		hint, message := diag.Say("write a function alone, such as sum(items); conditions belong into where"), diag.Say("holds more than one expression")
		if q.Facet != nil {
			hint, message = diag.Say("remove the whole clause; write an SLI for each group that matters, with the group in where"), diag.Say("has no place for FACET, as it is one number")
		}
		c.findings.Errorf(diag.CodeNRQLClause, text.Whole(), hint, "NRQL: %s %s", what, message)
		return nil
	}
	return q.Select[0].Expr
}

// count checks what events count.
func (c *checker) count() {
	x := c.aggregate(c.sli.Count, "count")
	if x == nil {
		return
	}
	call, _ := x.(*nrql.Call)
	switch {
	case call != nil && call.Name == "count" && isStar(call.Args[0]):
	case call != nil && call.Name == "sum" && isName(call.Args[0]):
	case call != nil && call.Name == "sum":
		c.findings.Errorf(diag.CodeNRQLAdditive, c.sli.Count.Whole(), diag.Say("write sum(…) of an attribute"), "NRQL: count can sum up an attribute, and nothing else")
	case call != nil && holdsAggregate(x):
		c.findings.Errorf(diag.CodeNRQLAdditive, c.sli.Count.Whole(),
			diag.Say("write count(*) or sum(…) of an attribute; or measure slices of time, for which any aggregate is allowed: slice: {every: 1m, value: …, good: …}"),
			"NRQL: results of %s() cannot be added up over time", call.Name)
	default:
		c.findings.Errorf(diag.CodeNRQLAdditive, c.sli.Count.Whole(), diag.Say("write count(*) or sum(…) of an attribute"), "NRQL: count is no sum of events")
	}
}

func isStar(x nrql.Expr) bool { _, ok := x.(*nrql.Star); return ok }

func isName(x nrql.Expr) bool { _, ok := x.(*nrql.Name); return ok }

func holdsAggregate(x nrql.Expr) bool {
	found := false
	nrql.Walk(x, func(n nrql.Node) bool {
		if call, ok := n.(*nrql.Call); ok {
			f, _ := nrql.LookupFunction(call.Name)
			found = found || f.Kind == nrql.Aggregate
		}
		return !found
	})
	return found
}

// length reports an SLI of which a query is too long for New Relic.
func (c *checker) length() {
	text := c.sli.Where.Len() + c.sli.Good.Len() + c.sli.Bad.Len() + c.sli.Count.Len()
	if c.sli.Form() == slo.FormEvents && text < nrql.MaxQueryBytes/10 {
		return // stands twice or four times in a query, with blanks where none were written
	}
	parts, err := partsOf(c.sli.SLI)
	if err != nil {
		return // reported
	}
	for i := range parts {
		n := len(pack{parts[i].table, []*part{&parts[i]}}.statement().text(longestPiece()))
		if n >= nrql.MaxQueryBytes {
			c.findings.Errorf(diag.CodeNRQL, c.sli.Span, diag.Say("shorten the conditions, for example with IN or LIKE"),
				"NRQL: the query would have %d bytes; New Relic takes fewer than %d", n, nrql.MaxQueryBytes)
			return
		}
	}
}
