package nrql

import (
	"strings"
	"testing"

	"github.com/slojourn/slojourn/slo/diag"
)

// Every word that the documentation reserves, also in other cases.
func TestReservedWords(t *testing.T) {
	t.Parallel()
	const reserved = "ago and as auto begin begintime compare day days end endtime explain facet from hour hours in is like limit minute " +
		"minutes month months not null offset or raw second seconds select since timeseries until week weeks where with"
	for word := range strings.FieldsSeq(reserved) {
		if !isReserved(word) || !isReserved(strings.ToUpper(word)) {
			t.Errorf("%s is not reserved", word)
		}
	}
	for _, word := range []string{"", "a", "agent", "timeserie", "timeseriess", "order", "it's"} {
		if isReserved(word) {
			t.Errorf("%s is reserved", word)
		}
	}
}

// Every clause is known in all cases, and near misses of it are none.
func TestClauseWords(t *testing.T) {
	t.Parallel()
	for _, word := range clauseWords {
		if !isClause(word) || !isClause(strings.ToLower(word)) || !isClause(word[:1]+strings.ToLower(word[1:])) {
			t.Errorf("%s begins no clause", word)
		}
		if isClause(word+"S") || isClause(word[1:]) {
			t.Errorf("%s begins a clause with a letter more or less", word)
		}
	}
	for _, word := range []string{"", "AND", "AS", "BY", "AGO", "CASES", "HAVING"} {
		if isClause(word) {
			t.Errorf("%s begins a clause", word)
		}
	}
}

func TestMisspelt(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"FORM": "FROM", "SELCT": "SELECT", "where1": "WHERE", "WERE": "WHERE", "Facets": "FACET", "SICNE": "SINCE", "TIMESERIS": "TIMESERIES",
		"TIME_SERIES": "TIMESERIES", "untill": "UNTIL", "LIMT": "LIMIT", "adn": "AND", "LIEK": "LIKE", "ORDERBY": "ORDER",
		"a": "", "an": "", "appName": "", "total": "", "FROM": "", "since": "", "": "",
	} {
		if got, ok := misspelt(word, keywords); got != want || ok != (want != "") {
			t.Errorf("%s was probably %q, want %q", word, got, want)
		}
	}
	if got, _ := misspelt("minutess", unitWords); got != "minutes" {
		t.Errorf("minutess was probably %q", got)
	}
}

// Words of other languages are refused where they stand, with what to write.
func TestForeignWords(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"between": ">= 1 AND", "HAVING": "outer query", "Group": "FACET", "DISTINCT": "uniqueCount", "UNION": "FROM a, b", "ESCAPE": "RLIKE",
		"ILIKE": "LIKE is blind", "ISNULL": "IS NULL", "NOTNULL": "IS NOT NULL", "REGEXP": "RLIKE", "RIGHT": "LEFT JOIN", "full": "LEFT JOIN",
		"OUTER": "INNER JOIN", "CROSS": "INNER JOIN", "CASE": "if(condition, a, b)",
	} {
		if got := foreignWord(word).String(); !strings.Contains(got, want) {
			t.Errorf("instead of %s: %q, want %q", word, got, want)
		}
	}
	for _, word := range append(append([]string{"", "appName", "JOIN", "CASES"}, clauseWords...), operatorWords...) {
		if got := foreignWord(word).String(); got != "" {
			t.Errorf("%s is foreign: %q", word, got)
		}
	}
}

func TestWildcards(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"%": true, "a%": true, "%a": true, "a.%": true, "%.a": true, "a.%.b": true, "%%": true, "a%.b%": true, "host.%.cpu": true, "_%": true, "%s": true, "li%e": true, "%:a": true, "%.5": true, "__a%": true,
		"": false, "a": false, "a.b": false, "%5": false, "%-": false, "a %": false, "a.%.": false, "-%": false, "%`": false, "5%": false, "日%": false,
	} {
		if got := isWildcard(name); got != want {
			t.Errorf("isWildcard(%q) = %t", name, got)
		}
		if !want {
			continue
		}
		tokens, readable := lex(name, nil, func(Range, diag.Phrase, diag.Phrase) {})
		if !readable || len(tokens) != 2 || tokens[0].kind != tokenWord || tokens[0].text != name {
			t.Errorf("%q is read as %v", name, tokens)
		}
	}
}
