package diag

import (
	"cmp"
	"fmt"
)

// Position is a place in a file. Line and Column count from 1; Column counts
// characters (Unicode code points), not bytes. The zero Position is unknown.
type Position struct {
	Line   int
	Column int
}

// Known reports whether p names a place.
func (p Position) Known() bool { return p.Line > 0 }

func (p Position) compare(q Position) int {
	return cmp.Or(cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// Span is a half-open range of characters in one file: End is the first
// position behind it. A span whose Start equals its End marks a place between
// two characters.
type Span struct {
	File  string
	Start Position
	End   Position
}

// String formats the start of s as editors expect it: file:line:column.
func (s Span) String() string {
	switch {
	case !s.Start.Known():
		return s.File
	case s.File == "":
		return fmt.Sprintf("%d:%d", s.Start.Line, s.Start.Column)
	default:
		return fmt.Sprintf("%s:%d:%d", s.File, s.Start.Line, s.Start.Column)
	}
}

// Compare orders spans by file, then start, then end.
func (s Span) Compare(t Span) int {
	return cmp.Or(cmp.Compare(s.File, t.File), s.Start.compare(t.Start), s.End.compare(t.End))
}

// Holds reports whether another span begins in s.
func (s Span) Holds(t Span) bool {
	return s.File == t.File && s.Start.compare(t.Start) <= 0 && t.Start.compare(s.End) < 0
}

// Located is a value together with the place it was written at. A zero Span
// means that the value was not written but assumed.
type Located[T any] struct {
	Value T
	Span  Span
}

// At pairs a value with its place.
func At[T any](value T, span Span) Located[T] { return Located[T]{Value: value, Span: span} }

// Written reports whether the value stands in a file.
func (l Located[T]) Written() bool { return l.Span.Start.Known() }
