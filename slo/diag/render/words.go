package render

import "github.com/slojourn/slojourn/slo/diag"

// severityWord is what people call a severity.
func severityWord(s diag.Severity) diag.Phrase {
	switch s {
	case diag.Error:
		return diag.Say("error")
	case diag.Warning:
		return diag.Say("warning")
	case diag.Info:
		return diag.Say("info")
	default:
		return diag.Verbatim(s.String())
	}
}

// hint says of a text that it is one.
func hint(text string, l diag.Language) string { return diag.Say("hint: %s", text).In(l) }

// note says of a text that it is about another place.
func note(text string, l diag.Language) string { return diag.Say("note: %s", text).In(l) }
