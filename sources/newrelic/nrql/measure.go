package nrql

import (
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

// Form is a way in which a query can be measured as a service level
// indicator.
type Form string

// The forms of indicators.
const (
	FormEvents  Form = "events"  // a count of events that meet conditions
	FormQueries Form = "queries" // one number that adds up over time
	FormSlices  Form = "slices"  // a value per slice of time, good or bad as a whole
)

// Judgement says whether a query can be an indicator, or a part of one.
type Judgement struct {
	// Form is "" when the query cannot be one.
	Form Form
	// Why holds the reasons, in the order of the clauses.
	Why []diag.Phrase
	// Leave names the clauses that an indicator must do without, since the
	// engine adds its own: SINCE, UNTIL, TIMESERIES, LIMIT and COMPARE WITH.
	Leave []string
	// Part is what to measure in the place of a percentage; nil for all else.
	Part *Part
}

// Part is the events form of a percentage: good or bad events among those of
// Where.
type Part struct {
	From      []string
	Where     Expr // nil for all events
	Condition Expr // of the events that the percentage is of
}

// Judge says whether a query can be an indicator. Indicators are counted
// minute by minute and added up, so the query has to give one number whose
// values over two ranges add up to the value over both.
func Judge(q *Query) Judgement {
	j := judge{query: q}
	j.leave()
	j.structure()
	if len(j.Why) == 0 {
		j.column(q.Select[0].Expr)
	}
	return j.Judgement
}

type judge struct {
	Judgement
	query *Query
}

func (j *judge) because(reason diag.Phrase) { j.Why = append(j.Why, reason) }

// leave finds the clauses that are the engine's.
func (j *judge) leave() {
	q := j.query
	for _, clause := range []struct {
		written bool
		name    string
	}{
		{q.Limit != nil, "LIMIT"},
		{q.Since != nil, "SINCE"},
		{q.Until != nil, "UNTIL"},
		{q.Compare != nil, "COMPARE WITH"},
		{q.TimeSeries != nil, "TIMESERIES"},
	} {
		if clause.written {
			j.Leave = append(j.Leave, clause.name)
		}
	}
}

// structure finds what makes more than one number, or one of other events.
func (j *judge) structure() {
	q := j.query
	for _, clause := range []struct {
		written bool
		why     diag.Phrase
	}{
		{q.Show, diag.Say("SHOW EVENT TYPES gives names, not a number")},
		{len(q.Select) > 1, diag.Say("it selects several expressions; an indicator is one number")},
		{len(q.Joins) > 0, diag.Say("JOIN compares events with the result of another query, which has no minutes of its own")},
		{q.Facet != nil, diag.Say("FACET gives a number for each group; write the group as a condition instead")},
		{len(q.OrderBy) > 0 || q.Offset != nil, diag.Say("ORDER BY and OFFSET select rows, not a number")},
		{q.TimeSeries != nil && q.TimeSeries.Slide != nil, diag.Say("windows of SLIDE BY overlap, so that events would count twice")},
		{q.Predict != nil, diag.Say("PREDICT is no measurement")},
		{q.Extrapolate, diag.Say("EXTRAPOLATE makes estimates of counts")},
		{len(q.values()) > 0, diag.Say("the result of a subquery changes with the time range, so that minutes do not add up to hours")},
	} {
		if clause.written {
			j.because(clause.why)
		}
	}
	for _, x := range q.From {
		switch x := x.(type) {
		case *Subquery:
			j.because(diag.Say("it counts the results of an inner query, and those of two minutes are not those of both"))
		case *Call:
			j.because(diag.Say("%s() is a table that no time belongs to", x.Name))
		}
	}
}

// column judges the one expression of SELECT.
func (j *judge) column(x Expr) {
	call, _ := x.(*Call)
	switch {
	case !hasAggregate(x):
		j.because(diag.Say("it selects the attributes of events; an indicator counts them"))
	case partOf(x) != nil && j.namesOnly():
		j.percentage(x)
	case j.additive(x):
		j.Form = FormQueries
		if call != nil && (isCountAll(call) || isSumOfName(call)) && j.namesOnly() {
			j.Form = FormEvents
		}
		j.because(diag.Say("its values over two ranges add up to the value over both"))
	case isSliceValue(x) && j.hasSettings():
		j.because(diag.Say("slices are measured without WITH and RAW"))
	case call != nil && call.Name == "percentile" && len(call.Args) > 2:
		j.because(diag.Say("it gives several percentiles; a slice has one value"))
	case call != nil && call.Name == "apdex":
		j.because(diag.Say("it gives a score with its parts; write %s['score']", Print(call)))
	case isSliceValue(x):
		j.Form = FormSlices
		j.Why = append([]diag.Phrase{diag.Say("each slice of time can be good or bad by its value; slices are counted")}, j.Why...)
	}
}

// percentage judges a share: its two counts add up, and the share does not.
func (j *judge) percentage(x Expr) {
	j.Form = FormEvents
	j.because(diag.Say("a share cannot be added up, but the two counts that it is made of can"))
	j.Part = &Part{From: j.query.EventTypes(), Where: j.query.Where, Condition: partOf(x)}
}

// partOf returns the condition c of percentage(count(*), WHERE c) and of
// filter(count(*), WHERE c) / count(*), also as a percentage; nil for all
// else.
func partOf(x Expr) Expr {
	switch x := x.(type) {
	case *Call:
		if x.Name == "percentage" {
			return conditionOf(x)
		}
	case *Binary:
		switch {
		case x.Op == Mul && isNumber(x.X):
			return partOf(x.Y)
		case x.Op == Mul && isNumber(x.Y):
			return partOf(x.X)
		case x.Op == Div && isCountAll(x.Y):
			if b, ok := x.X.(*Binary); ok && b.Op == Mul { // 100 * part / whole
				return partOf(&Binary{Op: Mul, X: b.X, Y: &Binary{Op: Div, X: b.Y, Y: x.Y}})
			}
			if call, ok := x.X.(*Call); ok && call.Name == "filter" {
				return conditionOf(call)
			}
		}
	}
	return nil
}

// conditionOf returns the condition under which a call counts all events.
func conditionOf(call *Call) Expr {
	if len(call.Args) < 2 || !isCountAll(call.Args[0]) {
		return nil
	}
	where, ok := call.Args[1].(*Where)
	if !ok {
		return nil
	}
	return where.Condition
}

func isNumber(x Expr) bool {
	_, ok := x.(*Number)
	return ok
}

// namesOnly reports whether FROM and WITH fit the events form.
func (j *judge) namesOnly() bool {
	metric := slices.ContainsFunc(j.query.From, func(x Expr) bool {
		name, ok := x.(*Name)
		return !ok || name.Value == "Metric" || name.Wildcard
	})
	return !metric && !j.hasSettings()
}

// hasSettings reports whether the query says more than what to measure and of
// which events.
func (j *judge) hasSettings() bool {
	return len(j.query.With) > 0 || j.query.MetricFormat != nil || j.query.Raw
}

// additive reports whether the values of x over two ranges add up, and says
// why not.
func (j *judge) additive(x Expr) bool {
	switch x := x.(type) {
	case *Call:
		f, _ := LookupFunction(x.Name)
		switch {
		case f.Name == "count" && isCountAll(x) && slices.Contains(j.query.EventTypes(), "Metric"):
			j.because(diag.Say("count(*) of Metric counts data points of any metric; name the metric: count(http.server.duration)"))
			return false
		case f.Name == "filter":
			return j.additive(x.Args[0])
		case f.Additive:
			return true
		case f.Kind == Aggregate:
			j.because(diag.Say("results of %s() cannot be added up over time; %s", f.Name, additiveHint(f.Name)))
			return false
		}
	case *Binary:
		switch {
		case x.Op == Add || x.Op == Sub:
			return j.additive(x.X) && j.additive(x.Y)
		case x.Op == Mul && !hasAggregate(x.X):
			return j.additive(x.Y)
		case (x.Op == Mul || x.Op == Div || x.Op == Or) && !hasAggregate(x.Y):
			return j.additive(x.X)
		case x.Op == Div:
			j.because(diag.Say("a ratio cannot be added up; measure its two parts"))
			return false
		}
	case *Unary:
		if x.Op == Neg {
			return j.additive(x.X)
		}
	}
	j.because(diag.Say("the value of %s over two ranges is not the sum of both", short(Print(x))))
	return false
}

func isCountAll(x Expr) bool {
	call, ok := x.(*Call)
	if !ok || call.Name != "count" || len(call.Args) != 1 {
		return false
	}
	_, star := call.Args[0].(*Star)
	return star
}

func isSumOfName(call *Call) bool {
	return call.Name == "sum" && len(call.Args) == 1 && isPlainName(call.Args[0])
}

// isSliceValue reports whether an expression gives one number for a slice: a
// function that does, or one part of those that give several.
func isSliceValue(x Expr) bool {
	var functions string
	if index, ok := x.(*Index); ok {
		x, functions = index.X, " apdex percentile "
	} else {
		functions = " average percentile median min max rate percentage uniqueCount stddev stdvar latest earliest filter "
	}
	call, ok := x.(*Call)
	return ok && strings.Contains(functions, " "+call.Name+" ")
}
