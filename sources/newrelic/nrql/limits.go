package nrql

import (
	"slices"

	"github.com/slojourn/slojourn/slo/diag"
)

// Limits that New Relic puts on a query.
const (
	// MaxQueryBytes is the length a query has to stay below.
	MaxQueryBytes = 4096
	// MaxBuckets is the largest number of TIMESERIES buckets.
	MaxBuckets = 366
	// MaxLimit is the largest LIMIT, and what LIMIT MAX stands for.
	MaxLimit = 5000
	// MaxLookupLimit is the largest LIMIT of a query on a lookup table.
	MaxLookupLimit = 20_000
	// MaxFacets is the largest number of expressions in FACET.
	MaxFacets = 5
	// MaxSubqueries is the largest number of subqueries in SELECT and WHERE.
	MaxSubqueries = 3
)

// role is what an inner query is for.
type role int

const (
	outermost role = iota + 1
	asTable        // FROM (SELECT …)
	asJoin         // JOIN (SELECT …)
	asValue        // WHERE a > (SELECT …)
)

func checkQuery(p *parser, q *Query) {
	checkInner(p, q, outermost)
	var values []*Subquery
	Walk(q, func(n Node) bool {
		if q, ok := n.(*Query); ok {
			values = append(values, q.values()...)
		}
		return true
	})
	if len(values) > MaxSubqueries {
		p.report(values[MaxSubqueries].Pos(), diag.Say("use nested aggregation or JOIN"), diag.Say("%d subqueries; New Relic takes at most %d", len(values), MaxSubqueries))
	}
	if !p.list.Failed() { // else a clause may be missing
		checkBuckets(p, q)
	}
}

// values returns the subqueries that give a query values, and not those it
// selects from.
func (q *Query) values() []*Subquery {
	var values []*Subquery
	for _, x := range q.expressions() {
		if s, table := x.(*Subquery); table && (containsExpr(q.From, s) || isJoined(q, s)) {
			continue
		}
		Walk(x, func(n Node) bool {
			s, ok := n.(*Subquery)
			if ok {
				values = append(values, s)
			}
			return !ok // those inside are its own
		})
	}
	return values
}

func containsExpr(list []Expr, x Expr) bool {
	for _, y := range list {
		if y == x {
			return true
		}
	}
	return false
}

func isJoined(q *Query, s *Subquery) bool {
	for _, j := range q.Joins {
		if j.Rows == s {
			return true
		}
	}
	return false
}

// checkInner checks one query of a tree and those below it.
func checkInner(p *parser, q *Query, as role) {
	for _, v := range q.With {
		checkCalls(p, v.Expr, inGroup)
	}
	for _, c := range q.Select {
		checkCalls(p, c.Expr, inSelect)
	}
	for _, x := range q.From {
		if s, ok := x.(*Subquery); ok {
			checkInner(p, s.Query, asTable)
		}
	}
	for _, j := range q.Joins {
		checkInner(p, j.Rows.Query, asJoin)
		checkJoin(p, j)
	}
	if q.Where != nil {
		checkCondition(p, q.Where)
	}
	if f := q.Facet; f != nil {
		checkFacet(p, f)
	}
	for _, o := range q.OrderBy {
		checkCalls(p, o.Expr, inSelect)
	}
	checkLimit(p, q)
	checkSeries(p, q)
	checkRole(p, q, as)
	if !p.list.Failed() { // else what was selected may not be known
		checkRows(p, q)
	}
}

func checkFacet(p *parser, f *Facet) {
	for _, c := range f.By {
		checkCalls(p, c.Expr, inGroup)
	}
	if f.OrderBy != nil {
		checkCalls(p, f.OrderBy, inSelect)
	}
	if n := len(f.By); n > MaxFacets {
		p.report(f.By[MaxFacets].Range, diag.Say("leave some out"), diag.Say("FACET by %d expressions; New Relic takes at most %d", n, MaxFacets))
	}
}

// checkJoin demands keys: any expression of the outer query, an attribute of
// the joined one.
func checkJoin(p *parser, j Join) {
	inner := j.On
	if both, ok := j.On.(*Binary); ok && both.Op == Eq {
		checkCalls(p, both.X, inGroup)
		inner = both.Y
	}
	if _, ok := inner.(*Name); !ok {
		p.report(inner.Pos(), diag.Say("give it a name with AS in the joined query"), diag.Say("the key of the joined query must be an attribute"))
	}
}

func checkLimit(p *parser, q *Query) {
	most := int64(MaxLimit)
	if len(q.From) > 0 && !slices.ContainsFunc(q.From, func(x Expr) bool { call, ok := x.(*Call); return !ok || call.Name != "lookup" }) {
		most = MaxLookupLimit
	}
	if q.Limit != nil && q.Limit.Count > most {
		p.report(q.Limit.Range, diag.Say("write LIMIT MAX"), diag.Say("LIMIT %d; New Relic gives at most %d", q.Limit.Count, most))
	}
}

func checkSeries(p *parser, q *Query) {
	if t := q.TimeSeries; t != nil && t.Slide != nil && t.Width.Kind != WidthFixed {
		p.report(t.Pos(), diag.Say("write the width of the windows: TIMESERIES 5 minutes SLIDE BY 1 minute"), diag.Say("SLIDE BY needs windows of a fixed width"))
	}
	if q.Predict != nil && q.Compare != nil {
		p.report(q.Predict.Range, diag.Say("remove one of them"), diag.Say("PREDICT and COMPARE WITH have no place in one query"))
	}
	if q.Predict != nil && q.Predict.Model != nil {
		call := q.Predict.Model
		if f, known := LookupFunction(call.Name); !known || f.Kind != Model {
			p.add(diag.CodeNRQLFunction, call.Pos(), diag.Say("write holtwinters()"), diag.Say("%s() is no model to predict with", short(call.Name)))
		}
	}
}

// checkRole refuses clauses that only other queries may have.
func checkRole(p *parser, q *Query, as role) {
	refuse := func(r Range, clause string, where diag.Phrase, hint diag.Phrase) {
		p.report(r, hint, diag.Say("%s has no place in %s", clause, where))
	}
	outside := diag.Say("move it to the outermost query")
	switch as {
	case asTable:
		if q.Since != nil {
			refuse(q.Since.Pos(), "SINCE", diag.Say("an inner query"), outside)
		}
		if q.Until != nil {
			refuse(q.Until.Pos(), "UNTIL", diag.Say("an inner query"), outside)
		}
		if q.Compare != nil {
			refuse(q.Compare.Range, "COMPARE WITH", diag.Say("an inner query"), outside)
		}
	case asJoin, asValue:
		where := diag.Say("a subquery")
		if as == asJoin {
			where = diag.Say("a joined query")
		}
		if q.TimeSeries != nil {
			refuse(q.TimeSeries.Range, "TIMESERIES", where, diag.Say("it gives one result for the whole time range"))
		}
		if q.Compare != nil {
			refuse(q.Compare.Range, "COMPARE WITH", where, diag.Say("it gives one result for the whole time range"))
		}
		if as == asJoin && len(q.Select) == 1 {
			if star, ok := q.Select[0].Expr.(*Star); ok {
				refuse(star.Range, "SELECT *", where, diag.Say("name the attributes that are wanted"))
			}
		}
	}
}

// checkBuckets counts the buckets of a query whose time range can be known
// without a clock.
func checkBuckets(p *parser, q *Query) {
	since, until, known := q.span()
	if !known {
		return
	}
	if since >= until {
		p.report(q.Until.Pos(), diag.Say("exchange SINCE and UNTIL"), diag.Say("the start time must be before the end time"))
		return
	}
	t := q.TimeSeries
	if t == nil || t.Width.Kind != WidthFixed {
		return
	}
	window, width := until-since, t.Width.Millis()
	step := width
	if t.Slide != nil && t.Slide.Kind == WidthFixed {
		step = t.Slide.Millis()
	}
	switch {
	case width > window:
		p.report(t.Pos(), diag.Say("use a shorter bucket"), diag.Say("the bucket is longer than the time range"))
	case (window-width)/step >= MaxBuckets: // and one more, from the first step on
		p.report(t.Pos(), diag.Say("use a longer bucket or a shorter range"),
			diag.Say("%d buckets; New Relic gives at most %d", (window-width)/step+1, MaxBuckets))
	}
}

// span returns the time range in milliseconds, both ends since 1970 or both
// from now, when it is known without a clock. Without SINCE it is not: the
// hour of the default gives way to what a dashboard's reader picks.
func (q *Query) span() (since, until int64, known bool) {
	if ago, ok := q.Since.(*Ago); ok {
		until, known = fromNow(q.Until)
		return -ago.Duration.Millis(), until, known
	}
	since, known = q.absolute(q.Since)
	if known {
		until, known = q.absolute(q.Until)
	}
	return since, until, known
}

// absolute returns an instant in milliseconds since 1970 when it is known
// without a clock.
func (q *Query) absolute(t Time) (millis int64, known bool) {
	switch t := t.(type) {
	case *Epoch:
		return t.Millis, true
	case *DateTime:
		parts, _ := splitDateTime(t.Text.Value)
		return parts.millis(q.TimeZone == nil)
	}
	return 0, false
}

func fromNow(t Time) (millis int64, known bool) {
	switch t := t.(type) {
	case nil:
		return 0, true
	case *Ago:
		return -t.Duration.Millis(), true
	case *Moment:
		return 0, t.Name == "now"
	}
	return 0, false
}
