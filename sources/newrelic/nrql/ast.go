package nrql

// Range is the half-open range of bytes a node takes in its source. Nodes that
// were made by a program and not parsed have the zero Range.
type Range struct{ Start, End int }

// Pos returns the range itself; nodes get their position by embedding it.
func (r Range) Pos() Range { return r }

// Expr is an expression: a value, a test, or a function call. The types that
// implement it are the pointers to the node structs of this file.
type Expr interface {
	Pos() Range
	expr()
}

type (
	// Name is an attribute or event type. Value is without backticks; parts
	// that were quoted one by one are joined by dots.
	Name struct {
		Range
		Value string
	}

	// String is a string literal. Raw is its spelling with quotes; Value is
	// the string it stands for. The two are kept apart because the meaning of
	// backslashes other than \' is not documented: printing Raw sends exactly
	// what was written.
	String struct {
		Range
		Raw   string
		Value string
	}

	// Number is a number literal as it was typed, without a sign.
	Number struct {
		Range
		Raw   string
		Value float64
	}

	// Bool is the literal true or false.
	Bool struct {
		Range
		Value bool
	}

	// Null is the literal NULL as a value; the tests are [Is].
	Null struct{ Range }

	// Star is the argument of count(*).
	Star struct{ Range }

	// Unary is NOT x or -x.
	Unary struct {
		Range
		Op Op
		X  Expr
	}

	// Binary joins two expressions by AND, OR, a comparison or arithmetic.
	Binary struct {
		Range
		Op   Op
		X, Y Expr
	}

	// Is tests for NULL, TRUE or FALSE.
	Is struct {
		Range
		X    Expr
		Not  bool
		What IsKind
	}

	// In tests membership of a list of expressions.
	In struct {
		Range
		X    Expr
		Not  bool
		List []Expr
	}

	// Like matches a pattern: LIKE with % as wildcard and blind to case, or
	// RLIKE with an RE2 expression that has to match the whole value.
	Like struct {
		Range
		X       Expr
		Not     bool
		Regexp  bool
		Pattern Expr
	}

	// Call calls a function. Name is in the documented spelling when the
	// function is known.
	Call struct {
		Range
		Name string
		Args []Expr
	}

	// Where is the condition argument of an aggregate: filter(…, WHERE x).
	Where struct {
		Range
		Condition Expr
	}
)

func (*Name) expr()   {}
func (*String) expr() {}
func (*Number) expr() {}
func (*Bool) expr()   {}
func (*Null) expr()   {}
func (*Star) expr()   {}
func (*Unary) expr()  {}
func (*Binary) expr() {}
func (*Is) expr()     {}
func (*In) expr()     {}
func (*Like) expr()   {}
func (*Call) expr()   {}
func (*Where) expr()  {}

// Op is an operator. The zero Op is invalid.
type Op int

// The operators, loosest first.
const (
	Or Op = iota + 1
	And
	Not
	Eq
	Ne
	Lt
	Le
	Gt
	Ge
	Add
	Sub
	Mul
	Div
	Neg
)

// String returns the operator as it is printed.
func (o Op) String() string {
	return [...]string{"?", "OR", "AND", "NOT", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "-"}[o]
}

// IsKind is what IS tests for. The zero IsKind is invalid.
type IsKind int

// The tests of IS.
const (
	IsNull IsKind = iota + 1
	IsTrue
	IsFalse
)

// String returns the keyword.
func (k IsKind) String() string { return [...]string{"?", "NULL", "TRUE", "FALSE"}[k] }

// Query is a whole query.
type Query struct {
	Range
	Select     []Column
	From       []*Name
	Where      Expr // nil without WHERE
	Since      *Time
	Until      *Time
	TimeSeries *TimeSeries
}

// Column is one expression of SELECT. Alias is "" when there is none.
type Column struct {
	Range
	Expr  Expr
	Alias string
}

// Time is an instant in SINCE or UNTIL, in milliseconds since 1970 UTC.
type Time struct {
	Range
	Millis int64
}

// TimeSeries asks for one row per bucket. Buckets are laid from the end of
// the range backwards.
type TimeSeries struct {
	Range
	Count int64 // of units, at least 1
	Unit  Unit
}

// Unit is a unit of durations. The zero Unit is invalid.
type Unit int

// The units of fixed length that buckets are given in.
const (
	Millisecond Unit = iota + 1
	Second
	Minute
	Hour
	Day
	Week
)

// Millis returns the length of one unit in milliseconds.
func (u Unit) Millis() int64 {
	return [...]int64{0, 1, 1000, 60_000, 3_600_000, 86_400_000, 604_800_000}[u]
}

// String returns the singular name.
func (u Unit) String() string {
	return [...]string{"?", "millisecond", "second", "minute", "hour", "day", "week"}[u]
}

// Millis returns the length of a bucket in milliseconds.
func (t *TimeSeries) Millis() int64 { return t.Count * t.Unit.Millis() }
