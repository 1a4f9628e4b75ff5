package simulator

import (
	"fmt"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// queryError is why a query got no answer.
type queryError struct {
	message string
	code    string // errorCode and, for errors that New Relic has too, nrqlErrorCode
	refused bool   // the simulator's own error
}

func (e *queryError) Error() string { return e.message }

// Codes of errors. The first is New Relic's for queries that it cannot read.
const (
	codeInvalid      = "NRDB:1102004"
	codeNotSimulated = "SIMULATOR:NOT_SIMULATED"
)

// prefix begins every message that is the simulator's own.
const prefix = "slojourn simulator: "

// refusal names something that New Relic may well do and the simulator not.
func refusal(what string) *queryError {
	return &queryError{message: prefix + what + " is not simulated", code: codeNotSimulated, refused: true}
}

// invalid is an error that New Relic would give as well.
func invalid(message string) *queryError { return &queryError{message: message, code: codeInvalid} }

const (
	tooManyBuckets = "TIMESERIES supports a maximum of 366 buckets"
	bucketTooLong  = "TIMESERIES step size is larger than the current time window."
	startAfterEnd  = "The query's start time must be before its end time."
)

// parse reads a query, or says in New Relic's words what is wrong with it.
func parse(source string) (*nrql.Query, *queryError) {
	if strings.TrimSpace(source) == "" {
		return nil, invalid("Validation error on 'nrql': a query must be specified")
	}
	if len(source) >= nrql.MaxQueryBytes {
		return nil, invalid(fmt.Sprintf("The query has %d bytes; it must have fewer than %d.", len(source), nrql.MaxQueryBytes))
	}
	query, findings := nrql.ParseQuery(diag.PlainText(source, "", diag.Position{Line: 1, Column: 1}))
	if !findings.Failed() {
		return query, nil
	}
	findings.Sort()
	for _, finding := range findings {
		if finding.Severity == diag.Error {
			return nil, translate(source, finding)
		}
	}
	return nil, invalid("NRQL Syntax Error")
}

// translate turns a finding of the parser into the error that New Relic gives
// for it; for what only the parser cannot do, it is a refusal.
func translate(source string, d diag.Diagnostic) *queryError {
	message := strings.TrimPrefix(d.Message, "NRQL: ")
	if what, found := strings.CutSuffix(message, " is not supported"); found {
		return refusal(what)
	}
	at := fmt.Sprintf("NRQL Syntax Error: Error at line %d position %d, ", d.Span.Start.Line, d.Span.Start.Column)
	switch {
	case message == "only times in epoch milliseconds are supported":
		return refusal("a time that is not in epoch milliseconds")
	case message == "relative times are not supported":
		return refusal("a relative time")
	case message == "the bucket is longer than the time range":
		return invalid(bucketTooLong)
	case strings.Contains(message, " buckets; "):
		return invalid(tooManyBuckets)
	case message == "the start time must be before the end time":
		return invalid(startAfterEnd)
	case strings.HasPrefix(message, "unknown function "):
		return invalid("U" + message[1:])
	case message == "this bracket is never closed":
		return invalid(at + "perhaps unbalanced (")
	case strings.HasPrefix(message, "unexpected "):
		// Syntax that New Relic has and the parser does not.
		rest := textAt(source, d.Span.Start)
		switch {
		case strings.HasPrefix(rest, "["):
			return refusal("[…] behind a value")
		case strings.HasPrefix(rest, ":"):
			return refusal("a named argument")
		case len(rest) >= 6 && strings.EqualFold(rest[:6], "SELECT"):
			return refusal("a subquery")
		}
	}
	return invalid(at + message)
}

// textAt returns the source from a position on.
func textAt(source string, at diag.Position) string {
	line, column := 1, 1
	for i, c := range source {
		if line == at.Line && column == at.Column {
			return source[i:]
		}
		column++
		if c == '\n' {
			line, column = line+1, 1
		}
	}
	return ""
}
