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
	// Accepted is the reason why the finding is accepted; it is left out of one that counts.
	Accepted string `json:"accepted,omitempty"`
}

// Findings returns the list as values for a JSON document, in a language.
func Findings(list diag.List, l diag.Language) []Finding {
	findings := []Finding{}
	for _, d := range list {
		findings = append(findings, Finding{
			Code: d.Code, Severity: d.Severity, File: d.Span.File,
			Line: d.Span.Start.Line, Column: d.Span.Start.Column,
			EndLine: d.Span.End.Line, EndColumn: d.Span.End.Column,
			Message: Plain(d.Message.In(l)), Hint: Plain(d.Hint.In(l)), Accepted: Plain(d.Acceptance),
		})
	}
	return findings
}

// JSON prints the list as one document, in a language.
func JSON(w io.Writer, list diag.List, l diag.Language) error {
	return Encode(w, document{Schema: Schema, Findings: Findings(list, l)})
}

// Encode writes a document as indented JSON. Programs read every string as it
// was; the characters that [Plain] replaces stand as escapes, so that a
// terminal may show the document.
func Encode(w io.Writer, document any) error {
	var plain bytes.Buffer
	encoder := json.NewEncoder(&plain)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(document); err != nil {
		return fmt.Errorf("encode JSON: %w", err)
	}
	escaped := bufio.NewWriter(w)
	for _, r := range plain.String() {
		if r != '\n' && isHostile(r) { // within a string, a line break is escaped already
			fmt.Fprintf(escaped, `\u%04x`, r) //nolint:errcheck // errors surface at Flush
		} else {
			escaped.WriteRune(r) //nolint:errcheck // as above
		}
	}
	return escaped.Flush()
}
