package render

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/slojourn/slojourn/slo/diag"
)

// Schema is the name and version of the JSON document.
const Schema = "slojourn.diagnostics/v1"

type document struct {
	Schema   string    `json:"schema"`
	Findings []Finding `json:"findings"`
}

// Finding is a diagnostic as JSON documents hold it. Lines and columns count
// from 1, columns in characters; the end is the first place behind the span.
type Finding struct {
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

// Findings returns the list as values for a JSON document.
func Findings(list diag.List) []Finding {
	findings := []Finding{}
	for _, d := range list {
		findings = append(findings, Finding{
			Code: d.Code, Severity: d.Severity, File: d.Span.File,
			Line: d.Span.Start.Line, Column: d.Span.Start.Column,
			EndLine: d.Span.End.Line, EndColumn: d.Span.End.Column,
			Message: clean(Mask(d.Message)), Hint: clean(Mask(d.Hint)),
		})
	}
	return findings
}

// JSON prints the list as one document.
func JSON(w io.Writer, list diag.List) error {
	return encode(w, document{Schema: Schema, Findings: Findings(list)})
}

// encode writes a document in which no character can change how a terminal
// looks, not even in names of files, which have to stay what they are.
func encode(w io.Writer, document any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(document); err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	for _, r := range b.String() {
		if r != '\n' && disturbs(r) { // only within strings
			fmt.Fprintf(out, `\u%04x`, r) //nolint:errcheck // surfaces at Flush
		} else {
			out.WriteRune(r) //nolint:errcheck // surfaces at Flush
		}
	}
	return out.Flush()
}
