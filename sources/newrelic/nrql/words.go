package nrql

import (
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

// isReserved reports whether a word needs backticks when it is used as a name.
func isReserved(word string) bool {
	const longest = len("timeseries")
	if len(word) > longest {
		return false
	}
	var lower [longest]byte // on the stack: every name that is printed passes here
	for i := range len(word) {
		lower[i] = lowerASCII(word[i])
	}
	switch string(lower[:len(word)]) {
	case "ago", "and", "as", "auto", "begin", "begintime", "compare", "day", "days", "end", "endtime", "explain",
		"facet", "from", "hour", "hours", "in", "is", "like", "limit", "minute", "minutes", "month", "months",
		"not", "null", "offset", "or", "raw", "second", "seconds", "select", "since", "timeseries", "until",
		"week", "weeks", "where", "with",
		// Literals: as names they would change their meaning.
		"true", "false":
		return true
	}
	return false
}

func lowerASCII(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}

// clauseWords are the words that begin a clause of a query.
var clauseWords = []string{
	"SELECT", "FROM", "WHERE", "FACET", "LIMIT", "OFFSET", "ORDER", "SINCE", "UNTIL", "WITH", "COMPARE",
	"TIMESERIES", "SLIDE", "EXTRAPOLATE", "RAW", "PREDICT", "SHOW", "JOIN", "INNER", "LEFT",
}

// isClause reports whether a word begins a clause of a query.
func isClause(word string) bool {
	return slices.ContainsFunc(clauseWords, func(w string) bool { return strings.EqualFold(word, w) })
}

// operatorWords are the operators that go on behind a value.
var operatorWords = []string{"AND", "OR", "NOT", "IN", "LIKE", "RLIKE", "IS"}

// keywords are the words that may stand behind an expression in a query.
var keywords = slices.Concat(clauseWords, operatorWords)

var (
	unitWords = []string{
		"second", "seconds", "minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "month", "months",
		"quarter", "quarters", "year", "years", "millisecond", "milliseconds",
	}
	momentWords = []string{"now", "today", "yesterday", "this", "last", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
)

// misspelt returns the keyword that was probably meant by a word where no name
// can stand. Words of two letters are near to everything.
func misspelt(word string, keywords []string) (string, bool) {
	near, ok := diag.Nearest(word, keywords)
	if len(word) < 3 || strings.EqualFold(word, near) {
		return "", false
	}
	return near, ok
}

// foreignWord says what to write instead of a word of other languages that
// NRQL does not have; "" for all other words.
func foreignWord(word string) diag.Phrase {
	switch strings.ToUpper(word) {
	case "BETWEEN":
		return diag.Say("there is no BETWEEN: write a >= 1 AND a <= 5")
	case "HAVING":
		return diag.Say("there is no HAVING: filter in an outer query, SELECT … FROM (SELECT …) WHERE …")
	case "GROUP":
		return diag.Say("there is no GROUP BY: write FACET")
	case "DISTINCT":
		return diag.Say("there is no DISTINCT: write uniques(a) or uniqueCount(a)")
	case "UNION":
		return diag.Say("there is no UNION: name several event types, FROM a, b")
	case "ESCAPE":
		return diag.Say("there is no ESCAPE: match a literal %% with RLIKE")
	case "ILIKE":
		return diag.Say("there is no ILIKE: LIKE is blind to case already")
	case "ISNULL", "NOTNULL":
		return diag.Say("write IS NULL or IS NOT NULL")
	case "REGEXP":
		return diag.Say("there is no REGEXP: write RLIKE r'…'")
	case "RIGHT", "FULL", "OUTER", "CROSS":
		return diag.Say("there are only INNER JOIN and LEFT JOIN")
	case "CASE":
		return diag.Say("there is no CASE: write if(condition, a, b), or FACET CASES (WHERE …)")
	}
	return diag.Phrase{}
}

// hasWildcard reports whether a plain name stands for several ones.
func hasWildcard(name string) bool { return strings.Contains(name, "%") }

// isOperatorWord reports whether a word in front of a bracket is an operator
// and not the name of a function.
func isOperatorWord(word string) bool {
	switch strings.ToUpper(word) {
	case "AND", "OR", "NOT", "IN", "LIKE", "RLIKE", "IS", "WHERE", "AS":
		return true
	}
	return false
}
