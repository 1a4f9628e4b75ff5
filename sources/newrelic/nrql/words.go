package nrql

import "strings"

// isReserved reports whether a word needs backticks when it is used as a name.
func isReserved(word string) bool {
	switch strings.ToLower(word) {
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

// isClause reports whether an upper-case word begins a clause of a query.
func isClause(word string) bool {
	switch word {
	case "SELECT", "FROM", "WHERE", "FACET", "LIMIT", "OFFSET", "ORDER", "SINCE", "UNTIL", "WITH", "COMPARE",
		"TIMESERIES", "SLIDE", "EXTRAPOLATE", "RAW", "PREDICT", "SHOW", "JOIN", "INNER", "LEFT":
		return true
	}
	return false
}

// isOperatorWord reports whether a word in front of a bracket is an operator
// and not the name of a function.
func isOperatorWord(word string) bool {
	switch strings.ToUpper(word) {
	case "AND", "OR", "NOT", "IN", "LIKE", "RLIKE", "IS", "WHERE", "AS":
		return true
	}
	return false
}
