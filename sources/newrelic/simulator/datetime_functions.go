package simulator

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// defaultPattern is that of toDatetime(). In that of toTimestamp() the
// milliseconds and the zone may be missing.
const defaultPattern = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"

// piece is a part of a pattern for dates: letters such as yyyy, or plain text.
type piece struct {
	text     string
	isLetter bool
}

// pieces splits a pattern of Java's DateTimeFormatter. Text stands in quotes
// when it has letters; two quotes are one.
func pieces(pattern string) []piece {
	var list []piece
	for pattern != "" {
		n := 1
		c := pattern[0]
		switch {
		case c == '\'':
			end := strings.IndexByte(pattern[1:], '\'')
			if end < 0 {
				return append(list, piece{pattern, true}) // which is no known letter
			}
			quoted := pattern[1 : 1+end]
			if quoted == "" {
				quoted = "'"
			}
			list = append(list, piece{quoted, false})
			pattern = pattern[end+2:]
			continue
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			for n < len(pattern) && pattern[n] == c {
				n++
			}
			list = append(list, piece{pattern[:n], true})
		default:
			list = append(list, piece{pattern[:1], strings.IndexByte("[]{}#", c) >= 0})
		}
		pattern = pattern[n:]
	}
	return list
}

// dateArguments returns the pattern and the zone of toDatetime() and
// toTimestamp().
func (c *compiler) dateArguments(x *nrql.Call) (pattern []piece, zone *time.Location) {
	text, zone := defaultPattern, c.scope.dates.zone
	for i, arg := range x.Args[1:] {
		named, isNamed := arg.(*nrql.Named)
		isZone := i == 1
		if isNamed {
			isZone = named.Name == "timezone"
			arg = named.Value
		}
		literal, isString := arg.(*nrql.String)
		if !isString || isNamed && !isZone && named.Name != "pattern" {
			c.refuse("%s() with %s", x.Name, nrql.Print(x.Args[i+1]))
			return nil, zone
		}
		if !isZone {
			text = literal.Value
			continue
		}
		var err *queryError
		if zone, err = loadZone(literal.Value); err != nil {
			c.fail(err)
		}
	}
	return pieces(text), zone
}

// toDatetime compiles toDatetime(timestamp[, pattern[, timezone]]).
func (c *compiler) toDatetime(x *nrql.Call) valueFunc {
	pattern, zone := c.dateArguments(x)
	for _, p := range pattern {
		if _, known := formatPiece(p, time.Time{}); !known {
			return c.refuse("%s() with the pattern letters %s", x.Name, p.text)
		}
	}
	operand := c.value(x.Args[0])
	return func(row int) Value {
		t, isTime := c.timeOf(operand(row), zone)
		if !isTime {
			return Value{}
		}
		var b strings.Builder
		for _, p := range pattern {
			s, _ := formatPiece(p, t)
			b.WriteString(s)
		}
		return String(b.String())
	}
}

// formatPiece writes a part of a time; false says that the letters are not
// known here.
func formatPiece(p piece, t time.Time) (string, bool) {
	if !p.isLetter {
		return p.text, true
	}
	switch p.text {
	case "H":
		return strconv.Itoa(t.Hour()), true
	case "SSS":
		return fmt.Sprintf("%03d", t.Nanosecond()/1e6), true
	}
	layout := map[string]string{
		"yyyy": "2006", "MM": "01", "M": "1", "MMM": "Jan", "MMMM": "January", "dd": "02", "d": "2", "HH": "15", "hh": "03",
		"h": "3", "mm": "04", "m": "4", "ss": "05", "s": "5", "XXX": "Z07:00", "a": "PM", "EEE": "Mon", "EEEE": "Monday",
	}[p.text]
	return t.Format(layout), layout != ""
}

// toTimestamp compiles toTimestamp(text[, pattern[, timezone]]): milliseconds
// since 1970, or null for a text that does not fit the pattern. What is missing
// at the end of a date is its beginning.
func (c *compiler) toTimestamp(x *nrql.Call) valueFunc {
	pattern, zone := c.dateArguments(x)
	if problem := fields(pattern); problem != "" {
		return c.refuse("%s() with %s", x.Name, problem)
	}
	hasDefault := !hasPattern(x)
	operand := c.value(x.Args[0])
	return func(row int) Value {
		v := operand(row)
		if v.kind != text {
			return Value{}
		}
		tries := [][]piece{pattern}
		if hasDefault {
			seconds, zoned := pattern[:len(pattern)-3], pattern[len(pattern)-1:]
			tries = append(tries, pattern[:len(pattern)-1], append(seconds[:len(seconds):len(seconds)], zoned...), seconds)
		}
		for _, try := range tries {
			if t, fits := parseDate(try, v.text, zone); fits {
				return Number(float64(t.UnixMilli()))
			}
		}
		return Value{}
	}
}

// hasPattern reports whether a call brings its own pattern.
func hasPattern(x *nrql.Call) bool {
	for i, arg := range x.Args[1:] {
		named, isNamed := arg.(*nrql.Named)
		if isNamed && named.Name == "pattern" || !isNamed && i == 0 {
			return true
		}
	}
	return false
}

// dateField is what letters of a pattern stand for where a text is read.
type dateField struct {
	letters string
	digits  int
}

// dateFields are the fields of a date, the largest first.
func dateFields() []dateField {
	return []dateField{{"yyyy", 4}, {"MM", 2}, {"dd", 2}, {"HH", 2}, {"mm", 2}, {"ss", 2}, {"SSS", 3}}
}

// fields says what of a pattern cannot be read: letters that are not known, or
// a field without one of the larger ones.
func fields(pattern []piece) string {
	found := map[string]bool{}
	for _, p := range pattern {
		if p.isLetter {
			found[p.text] = true
		}
	}
	known, missing := 0, false
	for _, f := range dateFields() {
		switch {
		case found[f.letters] && missing:
			return "a pattern that leaves out what is larger than " + f.letters
		case found[f.letters]:
			known++
		default:
			missing = true
		}
	}
	if found["XXX"] {
		known++
	}
	if known != len(found) || !found["yyyy"] {
		return "this pattern"
	}
	return ""
}

// parseDate reads a text by a pattern.
func parseDate(pattern []piece, text string, zone *time.Location) (time.Time, bool) {
	values := map[string]int{"MM": 1, "dd": 1}
	for _, p := range pattern {
		width := len(p.text)
		switch {
		case p.isLetter && p.text == "XXX" && strings.HasPrefix(text, "Z"):
			zone, width = time.UTC, 1
		case p.isLetter && p.text == "XXX":
			if width = len("+00:00"); len(text) < width {
				return time.Time{}, false
			}
			offset, err := time.Parse("-07:00", text[:width])
			if err != nil {
				return time.Time{}, false
			}
			_, seconds := offset.Zone()
			zone = time.FixedZone("", seconds)
		case len(text) < width, !p.isLetter && text[:width] != p.text:
			return time.Time{}, false
		case p.isLetter:
			n, err := strconv.ParseUint(text[:width], 10, 32)
			if err != nil {
				return time.Time{}, false
			}
			values[p.text] = int(n)
		}
		text = text[width:]
	}
	t := time.Date(values["yyyy"], time.Month(values["MM"]), values["dd"], values["HH"], values["mm"], values["ss"], values["SSS"]*1e6, zone)
	isDate := t.Day() == values["dd"] && int(t.Month()) == values["MM"] && values["HH"] < 24 && values["mm"] < 60 && values["ss"] < 60
	return t, isDate && text == ""
}
