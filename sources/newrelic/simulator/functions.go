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
	if compile := c.special(x.Name); compile != nil {
		return compile(x)
	}
	if !slices.Contains(plainFunctions(), x.Name) {
		return c.refuse("%s()", x.Name)
	}
	var args []valueFunc
	for _, arg := range x.Args {
		if named, isNamed := arg.(*nrql.Named); isNamed {
			return c.refuse("%s() with %s:", x.Name, named.Name)
		}
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
	return c.stringFunction(x.Name, args)
}

// plainFunctions are those whose arguments are values and nothing else.
func plainFunctions() []string {
	return []string{
		"abs", "boolean", "ceil", "clamp_max", "clamp_min", "concat", "exp", "floor", "getCdfCount", "indexOf", "length",
		"ln", "log", "log10", "log2", "lower", "mod", "numeric", "position", "pow", "round", "sqrt", "string",
		"substring", "upper",
	}
}

// special returns what compiles a function whose arguments are more than
// values; nil for all others.
func (c *compiler) special(name string) func(*nrql.Call) valueFunc {
	switch name {
	case "if":
		return c.choice
	case "capture", "aparse":
		return func(x *nrql.Call) valueFunc { return c.extract(x, 0, 1) }
	case "jparse":
		return c.jparse
	case "mapKeys", "mapValues":
		return c.mapParts
	case "minuteOf", "hourOf", "dayOfMonthOf", "daysInMonthOf", "weekdayOf", "dateOf", "weekOf", "monthOf", "quarterOf", "yearOf":
		return c.timeFunction
	case "toDatetime", "fromTimestamp":
		return c.toDatetime
	case "toTimestamp", "fromDatetime":
		return c.toTimestamp
	case "convert":
		return c.convert
	case "encode", "decode":
		return c.base64
	case "cidrAddress":
		return c.cidrAddress
	}
	return nil
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
	case "getCdfCount":
		// 1 for a number that is no larger, 0 for everything else.
		return func(row int) Value {
			if sign, ordered := order(args[0](row), args[1](row)); ordered && sign <= 0 && args[0](row).kind == number {
				return Number(1)
			}
			return Number(0)
		}
	}
	return nil
}

// round rounds to the nearest whole number, halves up.
func round(a float64) float64 { return math.Floor(a + 0.5) }

// mostConcatenated is the length of the longest text that concat() gives. What
// becomes of a longer one is not known.
const mostConcatenated = 4096

func (c *compiler) stringFunction(name string, args []valueFunc) valueFunc {
	switch name {
	case "lower":
		return textFunction(args[0], func(s string) Value { return String(strings.ToLower(s)) })
	case "upper":
		return textFunction(args[0], func(s string) Value { return String(strings.ToUpper(s)) })
	case "length":
		return length(args[0])
	case "numeric":
		return converted(args[0], number, parseNumber)
	case "boolean":
		return converted(args[0], boolean, parseBoolean)
	case "string":
		return func(row int) Value {
			v := args[0](row)
			if s, ok := v.spell(); ok {
				return String(s)
			}
			if v.kind == composite {
				return c.refuse("string() of a list or a map")(row)
			}
			return Value{}
		}
	case "concat":
		return func(row int) Value {
			var b strings.Builder
			for _, arg := range args {
				v := arg(row)
				if v.kind == composite {
					return c.refuse("concat() of a list or a map")(row)
				}
				s, _ := v.spell() // null is left out
				b.WriteString(s)
			}
			if utf8.RuneCountInString(b.String()) > mostConcatenated {
				return c.refuse("concat() to more than %d characters", mostConcatenated)(row)
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
