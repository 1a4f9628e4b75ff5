package render

import (
	"encoding/json"
	"io"

	"github.com/slojourn/slojourn/slo/diag"
)

// Schema is the name and version of the JSON document.
const Schema = "slojourn.diagnostics/v1"

type document struct {
	Schema   string    `json:"schema"`
	Findings []finding `json:"findings"`
}

type finding struct {
	Code      diag.Code     `json:"code"`
	Severity  diag.Severity `json:"severity"`
	File      string        `json:"file"`
	Line      int           `json:"line"`
	Column    int           `json:"column"`
	EndLine   int           `json:"endLine"`
	EndColumn int           `json:"endColumn"`
	Message   string        `json:"message"`
	Hint      string        `json:"hint"`
}

// JSON prints the list as one document. Lines and columns count from 1,
// columns in characters; the end is the first place behind the span.
func JSON(w io.Writer, list diag.List) error {
	doc := document{Schema: Schema, Findings: []finding{}}
	for _, d := range list {
		doc.Findings = append(doc.Findings, finding{
			Code: d.Code, Severity: d.Severity, File: d.Span.File,
			Line: d.Span.Start.Line, Column: d.Span.Start.Column,
			EndLine: d.Span.End.Line, EndColumn: d.Span.End.Column,
			Message: clean(masked(d.Message)), Hint: clean(masked(d.Hint)),
		})
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(doc)
}
