// Package diag describes what is wrong with a file and where.
//
// A [Diagnostic] is a value: a stable code, a severity, a message, the exact
// [Span] it is about, and a hint that says what to write instead. Functions
// that read user input return a usable partial result together with a [List]
// of everything they found, so that one run reports all mistakes at once.
//
// [Text] is a string that still knows where in its file every byte stood.
// Parsers of embedded languages report byte ranges of the string, and
// [Text.Span] turns them into lines and columns of the file, also through
// quotes, escapes and block scalars.
//
//	var list diag.List
//	list.Add(diag.Diagnostic{
//		Code:     diag.CodeTarget,
//		Severity: diag.Error,
//		Span:     target.Span,
//		Message:  diag.Say("target %s leaves no error budget", target.Value),
//		Hint:     diag.Say("use 99.99%%"),
//	})
//	list.Sort()
//
// Texts are phrases, which can be said in other languages: a [Phrase] keeps its format and
// its arguments, and package japanese holds the formats of Japanese.
//
// The package knows nothing of YAML, NRQL or terminals; package render turns
// lists into text and JSON.
package diag
