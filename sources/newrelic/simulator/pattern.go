package simulator

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// like compiles LIKE and RLIKE. Only strings can be like something: a number
// is not, and nothing is known about null.
func (c *compiler) like(x *nrql.Like) testFunc {
	matches := c.pattern(x)
	test := c.columnLike(x, matches)
	if test == nil {
		operand := c.value(x.X)
		test = func(row int) truth {
			switch v := operand(row); v.kind {
			case null:
				return unknown
			case text:
				return truthOf(matches(v.text))
			default:
				return no
			}
		}
	}
	if x.Not {
		return func(row int) truth { return c.differs(test(row)) }
	}
	return test
}

// pattern returns what matches the pattern of a LIKE or RLIKE.
func (c *compiler) pattern(x *nrql.Like) func(string) bool {
	never := func(string) bool { return false }
	literal, isString := x.Pattern.(*nrql.String)
	switch {
	case !isString && x.Regexp:
		c.refuse("RLIKE with anything but a string literal")
		return never
	case !isString:
		c.refuse("LIKE with anything but a string literal")
		return never
	case !x.Regexp:
		return likePattern(literal.Value)
	}
	expression, err := regexp.Compile(`\A(?:` + literal.Value + `)\z`)
	if err != nil {
		c.fail(invalid(fmt.Sprintf("Invalid regular expression %s", literal.Raw)))
		return never
	}
	return expression.MatchString
}

// columnLike is the short way for an attribute: each different string is
// matched once and remembered. It returns nil for other expressions.
func (c *compiler) columnLike(x *nrql.Like, matches func(string) bool) testFunc {
	var col *column
	var strings []string
	var known []truth // of each string, unknown until it is asked for
	if !c.column(x.X, func(found *column, pool *pool) {
		col, strings, known = found, pool.strings, make([]truth, len(pool.strings))
	}) {
		return nil
	}
	return func(row int) truth {
		switch cell := col.at(row); cell.kind {
		case null:
			return unknown
		case text:
			if known[cell.bits] == unknown {
				known[cell.bits] = truthOf(matches(strings[cell.bits]))
			}
			return known[cell.bits]
		default:
			return no
		}
	}
}

// likePattern returns what matches a LIKE pattern: % stands for any number of
// characters, everything else for itself, blind to case.
func likePattern(pattern string) func(string) bool {
	parts := strings.Split(strings.ToLower(pattern), "%")
	first, last := parts[0], parts[len(parts)-1]
	if len(parts) == 1 {
		return func(s string) bool { return strings.ToLower(s) == first }
	}
	middle := parts[1 : len(parts)-1]
	return func(s string) bool {
		s = strings.ToLower(s)
		if len(s) < len(first)+len(last) || !strings.HasPrefix(s, first) || !strings.HasSuffix(s, last) {
			return false
		}
		s = s[len(first) : len(s)-len(last)]
		for _, part := range middle {
			at := strings.Index(s, part)
			if at < 0 {
				return false
			}
			s = s[at+len(part):]
		}
		return true
	}
}
