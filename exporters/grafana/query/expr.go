package query

import "time"

// Expr is an expression over the metrics of package prometheus: one of the types of this
// package that have the method. It is not changed once it is made.
type Expr interface {
	print(p *printer)
	compile(c *compiler) (node, error)
	walk(visit func(Select))
}

// Select takes the series of a metric.
type Select struct {
	Metric   string
	Matchers []Matcher
	Offset   time.Duration // how long ago; 0 for now
}

// Matcher says of a label what it has to be. One of Value, Pattern and Variable counts.
type Matcher struct {
	Label    string
	Not      bool   // it must not be
	Value    string // as it is; "" also for a label that is not there
	Pattern  string // a regular expression of all of it
	Variable string // name of a variable of the dashboard; several of its values may be chosen, or all
}

// Is wants a value, IsNot any other one, Like what a pattern matches, and Chosen what is
// chosen of a variable.
func Is(label, value string) Matcher    { return Matcher{Label: label, Value: value} }
func IsNot(label, value string) Matcher { return Matcher{Label: label, Value: value, Not: true} }
func Like(label, pattern string) Matcher {
	return Matcher{Label: label, Pattern: pattern}
}
func Chosen(label, variable string) Matcher { return Matcher{Label: label, Variable: variable} }

// Metric selects series.
func Metric(name string, matchers ...Matcher) Select {
	return Select{Metric: name, Matchers: matchers}
}

// Ago is the same some time ago.
func (s Select) Ago(d time.Duration) Select {
	s.Offset = d
	return s
}

// Function is what is made of the samples of a stretch of time.
type Function string

// The functions over time.
const (
	Increase Function = "increase" // of a counter
	Average  Function = "avg_over_time"
	Maximum  Function = "max_over_time"
	Minimum  Function = "min_over_time"
	Last     Function = "last_over_time"
	Changes  Function = "changes"
	Total    Function = "sum_over_time"
	Known    Function = "count_over_time" // how many samples there are
)

// Over makes a value of the samples of each series in the time before: of those after
// t-Length and not after t, as in Prometheus 3. Earlier ones take a sample at t-Length too.
// With Every it is a subquery: in place of samples it takes what Of is at those multiples of
// Every since 1970 that lie in the time before. Only a Select can do without.
type Over struct {
	Function Function
	Of       Expr
	Length   Length
	Every    Length
}

// Length is a stretch of time: one of its own, or one that Grafana knows.
type Length struct {
	Fixed time.Duration
	Built BuiltIn // when Fixed is 0
}

// BuiltIn is a length that depends on what a dashboard shows.
type BuiltIn string

// The lengths of Grafana.
const (
	Step      BuiltIn = "$__interval"      // between two points of a panel
	RateStep  BuiltIn = "$__rate_interval" // the same, but at least four scrapes
	TimeRange BuiltIn = "$__range"         // all that the dashboard shows
)

// Aggregation is what is made of several series.
type Aggregation string

// The aggregations.
const (
	Sum    Aggregation = "sum"
	Min    Aggregation = "min"
	Max    Aggregation = "max"
	Count  Aggregation = "count"
	Top    Aggregation = "topk"
	Bottom Aggregation = "bottomk"
)

// Aggregate makes one series of all that have some labels alike, and keeps those labels;
// or it keeps the K series with the largest or smallest values, with all labels.
type Aggregate struct {
	Aggregation Aggregation
	K           int // of Top and Bottom
	By          []string
	Of          Expr
}

// By aggregates. A Prometheus that scrapes two replicas has every series twice, so that a
// dashboard takes the larger one: By(Max, expr, labels that are to stay...).
func By(a Aggregation, of Expr, labels ...string) Aggregate {
	return Aggregate{Aggregation: a, By: labels, Of: of}
}

// Best keeps k series.
func Best(a Aggregation, k int, of Expr) Aggregate { return Aggregate{Aggregation: a, K: k, Of: of} }

// Operator is between two expressions.
type Operator string

// The operators.
const (
	Plus    Operator = "+"
	Minus   Operator = "-"
	Times   Operator = "*"
	Divided Operator = "/"

	Equal   Operator = "=="
	Unequal Operator = "!="
	Above   Operator = ">"
	AtLeast Operator = ">="
	Below   Operator = "<"
	AtMost  Operator = "<="

	And    Operator = "and"
	Or     Operator = "or"
	Unless Operator = "unless"
)

// Binary joins two expressions. Series belong together that have the labels On alike; with
// none, and neither side a Number, those that have all labels alike. An Or without On keeps
// what the left does not have.
type Binary struct {
	Left, Right Expr
	Operator    Operator
	AsBool      bool     // a comparison gives 1 or 0, and leaves nothing out
	On          []string // nil for all labels
	Many        bool     // many of the left belong to one of the right, whose labels Take are taken over
	Take        []string
}

// With joins two expressions by labels.
func With(left Expr, o Operator, right Expr, on ...string) Binary {
	return Binary{Left: left, Operator: o, Right: right, On: on}
}

// Taking joins many to one, and takes over labels of the one.
func (b Binary) Taking(labels ...string) Binary {
	b.Many, b.Take = true, labels
	return b
}

// Bool has a comparison give 1 or 0.
func (b Binary) Bool() Binary {
	b.AsBool = true
	return b
}

// Number is a number without labels: a scalar. At the top of an expression it is one
// sample without labels.
type Number float64

// Vector is one sample without labels, of this value.
type Vector float64

// Now is the seconds since 1970 of the instant that is asked for.
type Now struct{}

// Replace gives a label the value of another one, or part of it, where a pattern matches
// all of that; see label_replace of PromQL.
type Replace struct {
	Of      Expr
	Label   string
	Value   string // may name groups of the pattern: $1
	From    string
	Pattern string
}
