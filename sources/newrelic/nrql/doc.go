// Package nrql parses the New Relic Query Language into a tree with positions
// and prints trees back as canonical text.
//
// Two things are parsed: whole queries ([ParseQuery]) and bare conditions as
// they stand behind WHERE ([ParseCondition]). Both return everything they
// found wrong, each finding with the exact place, also when the text stands
// inside a quoted or folded YAML scalar (see [diag.Text]).
//
//	text := diag.PlainText("appName = 'shop' AND duration < 0.8", "", diag.Position{Line: 1, Column: 1})
//	condition, findings := nrql.ParseCondition(text)
//	if findings.Failed() {
//		// print them
//	}
//	fmt.Println(nrql.Print(condition))
//
// Conditions are composed as trees, never as text: a condition that ends in a
// comment, or whose top level is OR, cannot leak out of the place it was put.
//
// Supported are expressions with every documented operator, all documented
// functions by name and number of arguments, and the clauses SELECT, FROM,
// WHERE, SINCE, UNTIL (epoch milliseconds) and TIMESERIES. Clauses outside
// this list are refused by name. The language is case-insensitive in keywords
// and function names and case-sensitive in attributes and event types.
package nrql
