package simulator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// queryError is why a query got no answer.
type queryError struct {
	message string
	code    string // errorCode and, for errors that New Relic has too, nrqlErrorCode
	refused bool   // the simulator's own error
	// problems are what is wrong with the input of a mutation.
	problems []problem
}

func (e *queryError) Error() string { return e.message }

// Codes of errors. The first is New Relic's for queries that it cannot read,
// the next two were observed less surely.
const (
	codeInvalid      = "NRDB:1102004"
	codeTimeout      = "NRDB:1109"
	codeTooMany      = "NRDB:1106924"
	codeNotSimulated = "SIMULATOR:NOT_SIMULATED"
)

// class returns the errorClass that goes with the code.
func (e *queryError) class() string {
	switch e.code {
	case codeInvalid, codeNotSimulated:
		return "INVALID_INPUT"
	case codeTimeout:
		return "TIMEOUT"
	case codeTooMany:
		return "TOO_MANY_REQUESTS"
	default:
		return e.code
	}
}

// prefix begins every message that is the simulator's own.
const prefix = "slojourn simulator: "

// refusal names something that New Relic may well do and the simulator not.
func refusal(what string) *queryError {
	return &queryError{message: prefix + what + " is not simulated", code: codeNotSimulated, refused: true}
}

// invalid is an error that New Relic would give as well.
func invalid(message string) *queryError { return &queryError{message: message, code: codeInvalid} }

// timedOut is the error of a query that took longer than it may.
func timedOut() *queryError {
	return &queryError{message: "NRDB query duration exceeded the set timeout", code: codeTimeout}
}

// tooMany is the error of a query that is refused for how often was asked.
func tooMany(message string) *queryError { return &queryError{message: message, code: codeTooMany} }

// serverError is the error of a server that fails at one field.
func serverError() *queryError {
	return &queryError{message: "An error occurred resolving this field", code: "SERVER_ERROR"}
}

const (
	tooManyBuckets = "TIMESERIES supports a maximum of 366 buckets"
	bucketTooLong  = "TIMESERIES step size is larger than the current time window."
	startAfterEnd  = "The query's start time must be before its end time."

	noSeriesOfEvents = "FACET and TIMESERIES are not supported on events."
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
		return query, unsimulated(query)
	}
	findings.Sort()
	for _, finding := range findings {
		if finding.Severity == diag.Error {
			return nil, translate(finding)
		}
	}
	return nil, invalid("NRQL Syntax Error")
}

// unsimulated refuses clauses that the evaluator does not know, in a query or in
// one of those inside of it, so that none of them is left out of an answer.
func unsimulated(q *nrql.Query) (err *queryError) {
	captures := 0
	nrql.Walk(q, func(n nrql.Node) bool {
		switch n := n.(type) {
		case *nrql.Query:
			if err == nil {
				err = unknownClause(n)
			}
		case *nrql.Call:
			if n.Name == "capture" {
				captures++
			}
		}
		return err == nil
	})
	if err == nil && captures > mostCaptureCalls {
		err = refusal(fmt.Sprintf("a query with more than %d capture()", mostCaptureCalls))
	}
	return err
}

func unknownClause(q *nrql.Query) *queryError {
	for _, clause := range []struct {
		written bool
		name    string
	}{
		{q.Show && (q.Where != nil || q.Facet != nil || q.Limit != nil || q.TimeSeries != nil || len(q.With) > 0 || len(q.OrderBy) > 0 ||
			q.Offset != nil || q.Compare != nil || q.Raw), "SHOW EVENT TYPES with more than SINCE and UNTIL"},
		{len(q.With) > 0 && fromMetric(q), "WITH … AS FROM Metric"},
		{len(q.Joins) > 0 && fromMetric(q), "JOIN FROM Metric"},
		{len(q.Joins) > 0 && q.Extrapolate, "JOIN with EXTRAPOLATE"},
		{len(q.OrderBy) > 0 && selectsAggregates(q), "ORDER BY of aggregates"},
		{q.Offset != nil && selectsAggregates(q), "OFFSET of aggregates"},
		{q.MetricFormat != nil, "WITH METRIC_FORMAT"},
		{q.Predict != nil, "PREDICT"},
		{q.Raw && !fromMetric(q), "RAW"},
	} {
		if clause.written {
			return refusal(clause.name)
		}
	}
	for _, from := range q.From {
		switch from := from.(type) {
		case *nrql.Name:
			if from.Wildcard {
				return refusal("FROM " + from.Value)
			}
		case *nrql.Subquery:
			if len(q.From) > 1 {
				return refusal("a query in FROM beside other types")
			}
		default:
			return refusal("FROM " + nrql.Print(from))
		}
	}
	return nil
}

func fromMetric(q *nrql.Query) bool {
	return slices.ContainsFunc(q.From, func(x nrql.Expr) bool {
		name, isName := x.(*nrql.Name)
		return isName && name.Value == metricType
	})
}

// translate turns a finding of the parser into the error that New Relic gives
// for it.
func translate(d diag.Diagnostic) *queryError {
	message := strings.TrimPrefix(d.Message.String(), "NRQL: ")
	at := fmt.Sprintf("NRQL Syntax Error: Error at line %d position %d, ", d.Span.Start.Line, d.Span.Start.Column)
	switch {
	case message == "the bucket is longer than the time range":
		return invalid(bucketTooLong)
	case strings.Contains(message, " buckets; "):
		return invalid(tooManyBuckets)
	case message == "the start time must be before the end time":
		return invalid(startAfterEnd)
	case strings.HasSuffix(message, ", and the query selects none"):
		return invalid(noSeriesOfEvents)
	case strings.HasPrefix(message, "unknown function "):
		return invalid("U" + message[1:])
	case message == "this bracket is never closed":
		return invalid(at + "perhaps unbalanced (")
	}
	return invalid(at + message)
}
