package simulator

import (
	"cmp"
	"math"
	"strconv"
	"strings"
)

// kind is the type of a value. NRQL never converts one into another.
type kind uint8

const (
	null kind = iota // an absent attribute; the zero Value is null
	number
	text
	boolean
	composite // a list or a map that a function made; the text is its JSON
)

// Value is the value of an attribute or of an expression: a number, a string,
// a boolean, or null. The zero Value is null.
type Value struct {
	kind   kind
	number float64 // for booleans 1 or 0
	text   string
}

// Number returns a numeric value.
func Number(x float64) Value { return Value{kind: number, number: x} }

// String returns a string value.
func String(s string) Value { return Value{kind: text, text: s} }

// Bool returns a boolean value.
func Bool(b bool) Value {
	if b {
		return Value{kind: boolean, number: 1}
	}
	return Value{kind: boolean}
}

// finite returns x as a value, or null where arithmetic left the numbers: a
// division by zero, a logarithm of zero, an overflow.
func finite(x float64) Value {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return Value{}
	}
	return Number(x)
}

// spell returns the value as string() and concat() write it, and false for
// null.
func (v Value) spell() (string, bool) {
	switch v.kind {
	case number:
		return formatNumber(v.number), true
	case text:
		return v.text, true
	case boolean:
		return strconv.FormatBool(v.number == 1), true
	default:
		return "", false
	}
}

// json returns the value as it stands in an answer.
func (v Value) json() any {
	switch v.kind {
	case number:
		return v.number
	case text:
		return v.text
	case boolean:
		return v.number == 1
	case composite:
		return raw(v.text)
	default:
		return nil
	}
}

// formatNumber writes whole numbers as integers and others in the shortest
// form that reads back as the same number.
func formatNumber(x float64) string {
	if x == 0 {
		return "0" // also for -0
	}
	if math.Abs(x) < 1e21 && math.Abs(x) >= 1e-6 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(x, 'e', -1, 64), "e-0")
	if exponent != "" {
		return mantissa + "e-" + exponent
	}
	return mantissa
}

// truth is the result of a test. Tests of null are neither true nor false.
type truth uint8

const (
	unknown truth = iota
	no
	yes
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

func (t truth) not() truth {
	switch t {
	case yes:
		return no
	case no:
		return yes
	default:
		return unknown
	}
}

func (t truth) and(u truth) truth {
	switch {
	case t == no || u == no:
		return no
	case t == yes && u == yes:
		return yes
	default:
		return unknown
	}
}

func (t truth) or(u truth) truth {
	switch {
	case t == yes || u == yes:
		return yes
	case t == no && u == no:
		return no
	default:
		return unknown
	}
}

// value returns the truth as a boolean, unknown as null.
func (t truth) value() Value {
	if t == unknown {
		return Value{}
	}
	return Bool(t == yes)
}

// truth returns what a value means as a condition: booleans speak for
// themselves, everything else is neither true nor false.
func (v Value) truth() truth {
	if v.kind != boolean {
		return unknown
	}
	return truthOf(v.number == 1)
}

// equal compares two values. Values of different types are never equal, and
// nothing is known about null.
func equal(a, b Value) truth {
	switch {
	case a.kind == null || b.kind == null:
		return unknown
	case a.kind != b.kind:
		return no
	case a.kind == text, a.kind == composite:
		return truthOf(a.text == b.text)
	default:
		return truthOf(a.number == b.number)
	}
}

// order compares two numbers or two strings; false says that the values have
// no order.
func order(a, b Value) (int, bool) {
	switch {
	case a.kind != b.kind:
		return 0, false
	case a.kind == number:
		return cmp.Compare(a.number, b.number), true
	case a.kind == text:
		return cmp.Compare(a.text, b.text), true
	default:
		return 0, false
	}
}
