package simulator

import (
	"math"
	"strings"
	"unicode/utf8"
)

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
