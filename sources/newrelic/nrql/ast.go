package nrql

// Range is the half-open range of bytes a node takes in its source. Nodes that
// were made by a program and not parsed have the zero Range.
type Range struct{ Start, End int }

// Pos returns the range itself; nodes get their position by embedding it.
func (r Range) Pos() Range { return r }

// Node is a part of a tree that [Walk] visits: a *[Query] or an [Expr].
type Node interface{ Pos() Range }

// Expr is an expression: a value, a test, or a function call. The types that
// implement it are the pointers to the node structs of this file.
type Expr interface {
	Node
	expr()
}

type (
	// Name is an attribute or event type. Value is without backticks; parts
	// that were quoted one by one are joined by dots. It cannot hold a
	// backtick, for which NRQL has no spelling.
	Name struct {
		Range
		Value string
		// Wildcard says that the name was written without backticks and holds
		// %, which stands for any text: average(host.%.duration).
		Wildcard bool
	}

	// String is a string literal. Raw is its spelling with quotes; Value is
	// the string it stands for. The two are kept apart because the meaning of
	// backslashes other than \' is not documented: printing Raw sends exactly
	// what was written. A literal without Raw is printed as its Value.
	String struct {
		Range
		Raw   string
		Value string
	}

	// Number is a number literal as it was typed, without a sign: -1 is a
	// Unary. A literal without Raw is printed as its Value.
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

	// Star is the argument of count(*), and all attributes in SELECT *.
	Star struct{ Range }

	// Duration is a length of time: the argument of rate(count(*), 1 minute).
	Duration struct {
		Range
		Count int64 // of units, at least 1
		Unit  Unit
	}

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

	// In tests membership of a list of expressions. The members of a subquery
	// are a list of one *[Subquery].
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

	// Where is the condition argument of an aggregate: filter(…, WHERE x), a
	// step of a funnel, or a case of FACET CASES. Label is the name behind AS,
	// "" when there is none.
	Where struct {
		Range
		Condition Expr
		Label     string
	}

	// Labelled is an argument with a name for its results: the first one of
	// funnel(session AS 'visitors', …).
	Labelled struct {
		Range
		X     Expr
		Label string
	}

	// Named is an argument with its name: apdex(duration, t: 0.5).
	Named struct {
		Range
		Name  string
		Value Expr
	}

	// List is the braces of a named argument: dimensions(include: {a, b}).
	List struct {
		Range
		Items []Expr
	}

	// Index picks a part of a compound value: durations[0], metric[count],
	// percentile(x, 95)['95']. A *[Name] as key is the name of a field, not
	// an attribute.
	Index struct {
		Range
		X   Expr
		Key Expr
	}

	// Cases is FACET CASES (WHERE x AS 'a', WHERE y) OR rest.
	Cases struct {
		Range
		Cases []*Where
		Rest  Expr // what events of no case are grouped by; nil when they are left out
	}

	// Subquery is a query in brackets: as a value, as the list of IN, or as
	// what an outer query selects from.
	Subquery struct {
		Range
		Query *Query
	}
)

func (*Name) expr()     {}
func (*String) expr()   {}
func (*Number) expr()   {}
func (*Bool) expr()     {}
func (*Null) expr()     {}
func (*Star) expr()     {}
func (*Duration) expr() {}
func (*Unary) expr()    {}
func (*Binary) expr()   {}
func (*Is) expr()       {}
func (*In) expr()       {}
func (*Like) expr()     {}
func (*Call) expr()     {}
func (*Where) expr()    {}
func (*Labelled) expr() {}
func (*Named) expr()    {}
func (*List) expr()     {}
func (*Index) expr()    {}
func (*Cases) expr()    {}
func (*Subquery) expr() {}

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

// Holds reports whether a comparison holds between two values of which the
// first is smaller (-1), equal (0) or greater (1), as [cmp.Compare] says. It is
// false for operators that compare nothing.
func (o Op) Holds(order int) bool {
	switch o {
	case Eq:
		return order == 0
	case Ne:
		return order != 0
	case Lt:
		return order < 0
	case Le:
		return order <= 0
	case Gt:
		return order > 0
	case Ge:
		return order >= 0
	default:
		return false
	}
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
