package simulator

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// function compiles a call of a function that looks at one row. Functions of
// numbers give null for anything else, and so do functions of strings.
func (c *compiler) function(x *nrql.Call) valueFunc {
	if !slices.Contains(simulatedFunctions(), x.Name) {
		return c.refuse("%s()", x.Name)
	}
	if x.Name == "if" {
		return c.choice(x)
	}
	var args []valueFunc
	for _, arg := range x.Args {
		args = append(args, c.value(arg))
	}
	switch {
	case x.Name == "log" && len(args) == 1:
		return c.refuse("log() without a base")
	case x.Name == "string" && len(args) == 2:
		return c.refuse("string() with a precision")
	}
	if f := numberFunction(x.Name, args); f != nil {
		return f
	}
	return stringFunction(x.Name, args)
}

func simulatedFunctions() []string {
	return []string{
		"abs", "boolean", "ceil", "clamp_max", "clamp_min", "concat", "exp", "floor", "if", "indexOf", "length",
		"ln", "log", "log10", "log2", "lower", "mod", "numeric", "position", "pow", "round", "sqrt", "string",
		"substring", "upper",
	}
}

// choice compiles if(condition, a[, b]); without b, a condition that does not
// hold gives null.
func (c *compiler) choice(x *nrql.Call) valueFunc {
	condition, first, second := c.test(x.Args[0]), c.value(x.Args[1]), constant(Value{})
	if len(x.Args) > 2 {
		second = c.value(x.Args[2])
	}
	return func(row int) Value {
		if condition(row) == yes {
			return first(row)
		}
		return second(row)
	}
}

func numberFunction(name string, args []valueFunc) valueFunc {
	switch name {
	case "abs":
		return numeric1(args[0], math.Abs)
	case "ceil":
		return numeric1(args[0], math.Ceil)
	case "exp":
		return numeric1(args[0], math.Exp)
	case "floor":
		return numeric1(args[0], math.Floor)
	case "ln":
		return numeric1(args[0], math.Log)
	case "log2":
		return numeric1(args[0], math.Log2)
	case "log10":
		return numeric1(args[0], math.Log10)
	case "sqrt":
		return numeric1(args[0], math.Sqrt)
	case "round":
		if len(args) == 1 {
			return numeric1(args[0], round)
		}
		// The second argument is the step, not a number of digits.
		return numeric2(args[0], args[1], func(a, step float64) float64 { return round(a/step) * step })
	case "clamp_max":
		return numeric2(args[0], args[1], math.Min)
	case "clamp_min":
		return numeric2(args[0], args[1], math.Max)
	case "log":
		return numeric2(args[0], args[1], func(a, base float64) float64 { return math.Log(a) / math.Log(base) })
	case "mod":
		// The floor modulus: the result has the sign of the divisor.
		return numeric2(args[0], args[1], func(a, b float64) float64 {
			m := math.Mod(a, b)
			if m != 0 && (m < 0) != (b < 0) {
				m += b
			}
			return m
		})
	case "pow":
		return numeric2(args[0], args[1], math.Pow)
	}
	return nil
}

// round rounds to the nearest whole number, halves up.
func round(a float64) float64 { return math.Floor(a + 0.5) }

func stringFunction(name string, args []valueFunc) valueFunc {
	switch name {
	case "lower":
		return textFunction(args[0], func(s string) Value { return String(strings.ToLower(s)) })
	case "upper":
		return textFunction(args[0], func(s string) Value { return String(strings.ToUpper(s)) })
	case "length":
		return textFunction(args[0], func(s string) Value { return Number(float64(utf8.RuneCountInString(s))) })
	case "numeric":
		return converted(args[0], number, parseNumber)
	case "boolean":
		return converted(args[0], boolean, parseBoolean)
	case "string":
		return func(row int) Value {
			if s, ok := args[0](row).spell(); ok {
				return String(s)
			}
			return Value{}
		}
	case "concat":
		return func(row int) Value {
			var b strings.Builder
			for _, arg := range args {
				s, _ := arg(row).spell() // null is left out
				b.WriteString(s)
			}
			return String(b.String())
		}
	case "position", "indexOf":
		return position(args)
	case "substring":
		return substring(args)
	}
	return nil
}

func textFunction(arg valueFunc, f func(string) Value) valueFunc {
	return func(row int) Value {
		v := arg(row)
		if v.kind != text {
			return Value{}
		}
		return f(v.text)
	}
}

// converted leaves values of the wanted kind as they are and parses strings.
func converted(arg valueFunc, want kind, parse func(string) Value) valueFunc {
	return func(row int) Value {
		switch v := arg(row); v.kind {
		case want:
			return v
		case text:
			return parse(v.text)
		default:
			return Value{}
		}
	}
}

func parseNumber(s string) Value {
	// Go also reads hexadecimal, infinity and underscores.
	if strings.Trim(s, "0123456789+-.eE") != "" {
		return Value{}
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return Value{}
	}
	return finite(x)
}

func parseBoolean(s string) Value {
	switch {
	case strings.EqualFold(s, "true"):
		return Bool(true)
	case strings.EqualFold(s, "false"):
		return Bool(false)
	default:
		return Value{}
	}
}

// position finds the n-th occurrence of a string in another, counted from 0,
// or from the end with -1 as the last. The result counts characters from 0.
func position(args []valueFunc) valueFunc {
	return func(row int) Value {
		s, part, n := args[0](row), args[1](row), 0
		if s.kind != text || part.kind != text {
			return Value{}
		}
		if len(args) > 2 {
			nth := args[2](row)
			if nth.kind != number || math.Abs(nth.number) > math.MaxInt32 {
				return Value{}
			}
			n = int(nth.number)
		}
		var found []int
		for i := range s.text {
			if strings.HasPrefix(s.text[i:], part.text) {
				found = append(found, utf8.RuneCountInString(s.text[:i]))
			}
		}
		if n < 0 {
			n += len(found)
		}
		if n < 0 || n >= len(found) {
			return Value{}
		}
		return Number(float64(found[n]))
	}
}

// substring cuts characters out of a string. A negative start counts from the
// end; a start behind the end gives the empty string.
func substring(args []valueFunc) valueFunc {
	return func(row int) Value {
		s, start := args[0](row), args[1](row)
		if s.kind != text || start.kind != number {
			return Value{}
		}
		characters := []rune(s.text)
		from := start.number
		if from < 0 {
			from = math.Max(0, from+float64(len(characters)))
		}
		from = math.Min(from, float64(len(characters)))
		count := float64(len(characters)) - from
		if len(args) > 2 {
			length := args[2](row)
			if length.kind != number || length.number < 0 {
				return Value{}
			}
			count = math.Min(count, length.number)
		}
		return String(string(characters[int(from) : int(from)+int(count)]))
	}
}
