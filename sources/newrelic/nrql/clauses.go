package nrql

import "fmt"

// Query is a whole query. Clauses that were not written are nil, empty or
// false.
type Query struct {
	Range
	Show         bool       // SHOW EVENT TYPES in the place of SELECT and FROM
	With         []Variable // WITH … AS
	Select       []Column
	From         []Expr // each a *[Name], a *[Subquery], or a *[Call] of lookup()
	Joins        []Join
	Where        Expr
	Facet        *Facet
	OrderBy      []Order
	Limit        *Limit
	Offset       *Number
	Since        Time
	Until        Time
	TimeZone     *String
	MetricFormat *String // WITH METRIC_FORMAT: how names of timeslice metrics are taken apart
	Compare      *Duration
	TimeSeries   *TimeSeries
	Predict      *Predict
	Extrapolate  bool
	Raw          bool
}

// Column is one expression of SELECT or FACET. Alias is "" when there is none.
type Column struct {
	Range
	Expr  Expr
	Alias string
}

// Variable names the value of an expression for the rest of the query. A
// function with several results, such as aparse(), gives several names.
type Variable struct {
	Range
	Expr  Expr
	Names []string
}

// Join adds the rows of a subquery to those of FROM.
type Join struct {
	Range
	Left bool // events without a match are kept
	Rows *Subquery
	On   Expr // a *[Name], or a *[Binary] of = with the outer key first
}

// Facet groups the answer.
type Facet struct {
	Range
	By []Column // at most [MaxFacets]
	// OrderBy is the aggregate that decides which groups are chosen; nil for
	// the first one of SELECT.
	OrderBy Expr
}

// Order is one expression of ORDER BY, for queries that select rows.
type Order struct {
	Range
	Expr Expr
	Desc bool
}

// Limit is how many rows or groups are wanted. Max is LIMIT MAX, and Count is
// 0 then.
type Limit struct {
	Range
	Count int64
	Max   bool
}

// Time is an instant in SINCE or UNTIL: one of *[Epoch], *[Ago], *[Moment] and
// *[DateTime].
type Time interface {
	Node
	time()
}

type (
	// Epoch is an instant in milliseconds since 1970 UTC.
	Epoch struct {
		Range
		Millis int64
	}

	// Ago is an exact length of time before now; daylight saving plays no
	// role.
	Ago struct {
		Range
		Duration Duration
	}

	// Moment is a named instant: now, today, yesterday, a weekday, or the
	// beginning of a unit, such as this week. Name is in lower case with one
	// blank between its words. At is the time of the day behind AT, nil for
	// midnight.
	Moment struct {
		Range
		Name string
		At   *String
	}

	// DateTime is a date, a time of the day, or both, in quotes.
	DateTime struct {
		Range
		Text *String
	}
)

func (*Epoch) time()    {}
func (*Ago) time()      {}
func (*Moment) time()   {}
func (*DateTime) time() {}

// TimeSeries asks for one row per bucket. Buckets are laid from the end of
// the range backwards.
type TimeSeries struct {
	Range
	Width Width
	Slide *Width // the distance of overlapping windows; nil without SLIDE BY
}

// Width is how wide buckets are, or how far apart windows begin.
type Width struct {
	Range
	Kind     WidthKind
	Duration Duration // of [WidthFixed]
}

// WidthKind is who chooses a width. The zero WidthKind is invalid.
type WidthKind int

// The kinds of widths.
const (
	WidthFixed   WidthKind = iota + 1 // the query does
	WidthDefault                      // New Relic does, since nothing was written
	WidthAuto                         // New Relic does: a reasonable number of buckets
	WidthMax                          // New Relic does: as many buckets as it gives
)

// Every returns a TIMESERIES clause with buckets of a fixed width.
func Every(count int64, unit Unit) *TimeSeries {
	return &TimeSeries{Width: Width{Kind: WidthFixed, Duration: Duration{Count: count, Unit: unit}}}
}

// Millis returns the width in milliseconds, or 0 when New Relic chooses it.
func (w Width) Millis() int64 {
	if w.Kind != WidthFixed {
		return 0
	}
	return w.Duration.Millis()
}

// Predict continues a time series into the future.
type Predict struct {
	Range
	Model *Call     // holtwinters(…); nil for the default
	By    *Duration // how far; nil for the default
	Using *Duration // how much history to learn from; nil for the query's own range
}

// Unit is a unit of durations. The zero Unit is invalid.
type Unit int

// The units. Their lengths are fixed, so a month is always 30 days.
const (
	Millisecond Unit = iota + 1
	Second
	Minute
	Hour
	Day
	Week
	Month   // 30 days
	Quarter // 91 days
	Year    // 365 days
)

const dayMillis = 86_400_000

// Millis returns the length of one unit in milliseconds.
func (u Unit) Millis() int64 {
	return [...]int64{0, 1, 1000, 60_000, 3_600_000, dayMillis, 7 * dayMillis, 30 * dayMillis, 91 * dayMillis, 365 * dayMillis}[u]
}

// String returns the singular name.
func (u Unit) String() string {
	return [...]string{"?", "millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"}[u]
}

// Millis returns the duration in milliseconds: 300000 for 5 minutes.
func (d Duration) Millis() int64 { return d.Count * d.Unit.Millis() }

// String returns the canonical spelling: 1 minute, 5 minutes.
func (d Duration) String() string { return plural(d.Count, d.Unit.String()) }

func plural(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
