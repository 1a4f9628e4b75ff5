// Package nrql parses the New Relic Query Language into trees with positions,
// and prints, checks, rewrites and judges them.
//
// Two things are parsed: whole queries ([ParseQuery]) and bare conditions as
// they stand behind WHERE ([ParseCondition]). Both return everything they
// found wrong, each finding with the exact place, also when the text stands
// inside a quoted or folded YAML scalar (see [diag.Text]).
//
//	text := diag.PlainText("SELECT count(*) FROM Transaction WHERE duration < 0.8", "", diag.Position{Line: 1, Column: 1})
//	query, findings := nrql.ParseQuery(text)
//	if findings.Failed() {
//		// print them: New Relic would refuse the query
//	}
//	findings = nrql.AdviseQuery(text, query) // what it takes, but hardly anybody means
//	fmt.Println(query, nrql.Judge(query).Form)
//
// Conditions are composed as trees, never as text ([All], [Any], [Rewrite]): a
// condition that ends in a comment, or whose top level is OR, cannot leak out
// of the place it was put. [NormalCondition] tells whether two conditions mean
// the same.
//
// The language is read as New Relic's reference documents it: all clauses in
// any order, each at most once; expressions with every operator; subqueries in
// FROM, WHERE, SELECT and JOIN; all functions by name, number of arguments and
// kind. Keywords and functions are blind to case, attributes and event types
// are not. What was only seen to work is accepted, and [AdviseQuery] says so.
// The limits of New Relic are errors; text of more than 64 KiB, and brackets,
// NOT, signs and subqueries that nest more than 200 levels deep, are refused as
// well.
//
// The package does not evaluate queries and does not send them.
package nrql
