package newrelic

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// The names under which counts come back. Values are read by these names
// only, never by position.
const (
	aliasTotal = "total"
	aliasGood  = "good"
	aliasBad   = "bad"
	aliasFirst = "first"
)

// slowLag is the least query lag of event types that arrive late by nature.
const slowLag = 5 * time.Minute

// indicator is an SLI whose conditions are parsed.
type indicator struct {
	from  []nrql.Expr // names of event types
	where nrql.Expr   // nil for all events
	good  nrql.Expr   // exactly one of good and bad is set
	bad   nrql.Expr
}

func parseIndicator(sli slo.SLI) (indicator, diag.List) {
	var i indicator
	var findings diag.List
	parse := func(text diag.Text) nrql.Expr {
		if text.Len() == 0 {
			return nil
		}
		x, found := nrql.ParseCondition(text)
		findings.Add(found...)
		return x
	}
	names := sli.EventTypes()
	for n, name := range names {
		if !slices.Contains(names[:n], name) {
			i.from = append(i.from, &nrql.Name{Value: name})
		}
	}
	i.where, i.good, i.bad = parse(sli.Where), parse(sli.Good), parse(sli.Bad)
	return i, findings
}

// parseRequest parses what a request asks for. The cuts have to rise, since
// counts between others mean nothing.
func parseRequest(r sources.Request) (indicator, error) {
	parsed, findings := parseIndicator(r.SLI)
	for _, d := range findings {
		if d.Severity == diag.Error {
			return indicator{}, errors.New(d.Message)
		}
	}
	switch {
	case len(parsed.from) == 0:
		return indicator{}, errNoEventType
	case (parsed.good == nil) == (parsed.bad == nil):
		return indicator{}, errors.New("the SLI needs either a good or a bad condition")
	}
	for i := 1; i < len(r.Cuts); i++ {
		if r.Cuts[i] <= r.Cuts[i-1] {
			return indicator{}, fmt.Errorf("the minutes to count between do not rise: %d stands before %d", r.Cuts[i-1], r.Cuts[i])
		}
	}
	return parsed, nil
}

// errNoEventType says that an SLI cannot be measured.
var errNoEventType = errors.New("the SLI names no event type")

// counted returns the condition that is counted beside the total, and the name
// of its count.
func (i indicator) counted() (nrql.Expr, string) {
	if i.good != nil {
		return i.good, aliasGood
	}
	return i.bad, aliasBad
}

// query counts the indicator over a range of minutes. With bucket > 0 it asks
// for one row per bucket of that many minutes, which must divide the range.
func (i indicator) query(span slo.Span, bucket int64) *nrql.Query {
	condition, alias := i.counted()
	count := func() nrql.Expr { return &nrql.Call{Name: "count", Args: []nrql.Expr{&nrql.Star{}}} }
	q := &nrql.Query{
		Select: []nrql.Column{
			{Expr: count(), Alias: aliasTotal},
			{Expr: &nrql.Call{Name: "filter", Args: []nrql.Expr{count(), &nrql.Where{Condition: condition}}}, Alias: alias},
		},
		From: i.from, Where: i.where,
		Since: &nrql.Epoch{Millis: span.Start.Millis()}, Until: &nrql.Epoch{Millis: span.End.Millis()},
	}
	if bucket > 0 {
		q.TimeSeries = timeSeries(bucket)
	}
	return q
}

func timeSeries(minutes int64) *nrql.TimeSeries {
	if minutes%60 == 0 {
		return nrql.Every(minutes/60, nrql.Hour)
	}
	return nrql.Every(minutes, nrql.Minute)
}

// firstQuery asks for the time of the first event of a FROM set.
func firstQuery(eventTypes []string, span slo.Span) *nrql.Query {
	q := &nrql.Query{
		Select: []nrql.Column{{
			Expr:  &nrql.Call{Name: "min", Args: []nrql.Expr{&nrql.Name{Value: "timestamp"}}},
			Alias: aliasFirst,
		}},
		Since: &nrql.Epoch{Millis: span.Start.Millis()}, Until: &nrql.Epoch{Millis: span.End.Millis()},
	}
	for _, name := range eventTypes {
		q.From = append(q.From, &nrql.Name{Value: name})
	}
	return q
}

// queryLag is how long until all events of an SLI can be queried: some types
// need longer than the source's own lag.
func queryLag(lag time.Duration, eventTypes []string) time.Duration {
	slow := slices.ContainsFunc(eventTypes, func(name string) bool {
		return name == "SyntheticCheck" || name == "Log" || strings.HasPrefix(name, "Mobile")
	})
	if slow {
		return max(lag, slowLag)
	}
	return lag
}

// Check parses the conditions of all SLIs and reports what New Relic would
// refuse.
func Check(d slo.Declarations) diag.List {
	var findings diag.List
	check := func(declared *slo.SLIDeclaration) {
		if declared == nil {
			return
		}
		i, found := parseIndicator(declared.SLI)
		findings.Add(found...)
		for _, name := range declared.From {
			if name.Value == "Metric" {
				findings.Errorf(diag.CodeNotSupported, name.Span, "measure events for now", "FROM Metric is not supported by this version")
			}
		}
		if !found.Failed() {
			checkLength(&findings, declared, i)
		}
	}
	for _, s := range d.SLOs {
		check(s.SLI)
	}
	for _, j := range d.Journeys {
		for _, step := range j.Steps {
			check(step.SLI)
		}
	}
	return findings
}

// checkLength reports an SLI whose query New Relic would find too long.
func checkLength(findings *diag.List, declared *slo.SLIDeclaration, i indicator) {
	longest := i.query(slo.Span{Start: 100_000_000, End: 200_000_000}, 9_999_999)
	if n := len(longest.String()); n >= nrql.MaxQueryBytes {
		findings.Errorf(diag.CodeNRQL, declared.Span, "shorten the conditions, for example with IN or LIKE",
			"NRQL: the query would have %s", fmt.Sprintf("%d bytes; New Relic takes fewer than %d", n, nrql.MaxQueryBytes))
	}
}
