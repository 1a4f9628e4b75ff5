package simulator

import (
	"regexp"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// Limits of New Relic, whose words beyond them are not known.
const (
	mostCaptures     = 16 // groups of one capture()
	mostCaptureCalls = 5  // of a query
)

// extract compiles capture() and aparse(): one of the parts that their pattern
// takes out of a text, of as many as there are names for. A text that does not
// match has none.
func (c *compiler) extract(x *nrql.Call, part, parts int) valueFunc {
	pattern, isString := x.Args[1].(*nrql.String)
	if !isString {
		return c.refuse("%s() with anything but a string literal", x.Name)
	}
	operand := c.value(x.Args[0])
	find, count := c.anchors(pattern)
	if x.Name == "capture" {
		find, count = c.captures(pattern)
	}
	if c.err != nil {
		return constant(Value{})
	}
	if count != parts {
		return c.refuse("%s() of %d parts with %d names", x.Name, count, parts)
	}
	return func(row int) Value {
		v := operand(row)
		if v.kind != text {
			return Value{}
		}
		at := find(v.text)
		if at == nil || at[2*part] < 0 {
			return Value{}
		}
		return String(v.text[at[2*part]:at[2*part+1]])
	}
}

// partsFunc returns where the parts begin and end in a text, nil when it does
// not match.
type partsFunc func(text string) []int

// captures reads an expression of RE2 that has to match the whole text and
// whose groups have names.
func (c *compiler) captures(pattern *nrql.String) (partsFunc, int) {
	expression, err := regexp.Compile(`\A(?:` + pattern.Value + `)\z`)
	if err != nil {
		c.fail(invalid("Invalid regular expression " + pattern.Raw))
		return nil, 0
	}
	names := expression.SubexpNames()[1:]
	if slices.Contains(names, "") || len(names) == 0 {
		c.refuse("capture() with a group that has no name")
	}
	if len(names) > mostCaptures {
		c.refuse("capture() of more than %d groups", mostCaptures)
	}
	return func(text string) []int {
		if at := expression.FindStringSubmatchIndex(text); at != nil {
			return at[2:]
		}
		return nil
	}, len(names)
}

// anchors reads a pattern of aparse(): % stands for any text, * for text that
// is taken out, everything else for itself, blind to case. How New Relic shares
// a text out that fits in more than one way is not known, so such texts are
// refused when they come.
func (c *compiler) anchors(pattern *nrql.String) (partsFunc, int) {
	var shortest, longest strings.Builder
	for _, piece := range splitKeep(pattern.Value, "%*") {
		switch piece {
		case "%":
			shortest.WriteString(".*?")
			longest.WriteString(".*")
		case "*":
			shortest.WriteString("(.*?)")
			longest.WriteString("(.*)")
		default:
			shortest.WriteString(regexp.QuoteMeta(piece))
			longest.WriteString(regexp.QuoteMeta(piece))
		}
	}
	first, err := regexp.Compile(`(?is)\A` + shortest.String() + `\z`)
	last, err2 := regexp.Compile(`(?is)\A` + longest.String() + `\z`)
	if err != nil || err2 != nil { // no text in UTF-8
		c.refuse("aparse() with the pattern %q", pattern.Value)
		return nil, 0
	}
	return func(text string) []int {
		at := first.FindStringSubmatchIndex(text)
		if !slices.Equal(at, last.FindStringSubmatchIndex(text)) {
			c.refuse("aparse() of a text that fits in more than one way")
		}
		if at == nil {
			return nil
		}
		return at[2:]
	}, strings.Count(pattern.Value, "*")
}

// splitKeep cuts a text at characters and keeps them as pieces.
func splitKeep(text, at string) []string {
	var pieces []string
	for text != "" {
		i := strings.IndexAny(text, at)
		switch {
		case i < 0:
			return append(pieces, text)
		case i > 0:
			pieces = append(pieces, text[:i])
		}
		pieces = append(pieces, text[i:i+1])
		text = text[i+1:]
	}
	return pieces
}
