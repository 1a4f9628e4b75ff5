package query

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// quoted writes a string of PromQL. Grafana replaces $name, ${name} and [[name]] wherever
// they stand in an expression, so a dollar and a bracket that is doubled are written by
// their numbers: those PromQL reads, and Grafana does not. What is invisible is written so
// too, and U+FFFD, which Prometheus takes for a mistake in the expression.
func quoted(text string) string {
	return quote(text, func(rune) bool { return false })
}

// template writes a string that may name groups of a pattern, with dollars before digits:
// $1. No variable of a dashboard is a number.
func template(text string) string {
	return quote(text, func(next rune) bool { return '0' <= next && next <= '9' })
}

// quote writes a string in which dollars stay before some characters.
func quote(text string, stays func(next rune) bool) string {
	text = valid(text)
	out := append(make([]byte, 0, len(text)+2), '"')
	for i, r := range text {
		next, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):])
		switch {
		case r == '"' || r == '\\':
			out = append(out, '\\', byte(r))
		case r == '$' && !stays(next), r == '[' && (next == '[' || i > 0 && text[i-1] == '['), r == utf8.RuneError:
			out = fmt.Appendf(out, `\u%04x`, r)
		case strconv.IsPrint(r):
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, strings.Trim(strconv.QuoteRuneToASCII(r), "'")...)
		}
	}
	return string(append(out, '"'))
}

// valid replaces what is no UTF-8, as in the labels of what package prometheus exports.
func valid(text string) string { return strings.ToValidUTF8(text, "\ufffd") }

// duration writes a length of time to the millisecond: by the largest unit that divides
// it, so that 90 seconds are 90s.
func duration(d time.Duration) string {
	milliseconds := d.Milliseconds()
	for _, unit := range []struct {
		name   string
		length time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		if n := unit.length.Milliseconds(); milliseconds != 0 && milliseconds%n == 0 {
			return strconv.FormatInt(milliseconds/n, 10) + unit.name
		}
	}
	return strconv.FormatInt(milliseconds, 10) + "ms"
}

// number writes a float.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
