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
	if sli.Form() != slo.FormEvents || sli.Weighted() {
		return indicator{}, diag.List{{Severity: diag.Error, Message: "only events that count as one each can be measured"}}
	}
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
	i.from = fromNames(sli)
	i.where, i.good, i.bad = parse(sli.Where), parse(sli.Good), parse(sli.Bad)
	return i, findings
}

// fromNames returns the event types of an SLI, each once.
func fromNames(sli slo.SLI) []nrql.Expr {
	var from []nrql.Expr
	names := sli.EventTypes()
	for n, name := range names {
		if !slices.Contains(names[:n], name) {
			from = append(from, &nrql.Name{Value: name})
		}
	}
	return from
}

// parseRequest parses what a request asks for. The cuts have to rise, since
// counts between others mean nothing.
func parseRequest(r sources.Request) (indicator, error) {
	parsed, findings := parseIndicator(r.SLO.SLI)
	for _, d := range findings {
		if d.Severity == diag.Error {
			return indicator{}, errors.New(d.Message)
		}
	}
	switch {
	case len(parsed.from) == 0:
		return indicator{}, errNoEventType
	case parsed.good != nil && parsed.bad != nil:
		return indicator{}, errors.New("the SLI has both a good and a bad condition")
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
	if i.bad == nil {
		return &nrql.Bool{}, aliasBad
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

// Lag is how long until all events of an SLI can be queried: its own lag, or
// else the source's, which is too short for some types.
func Lag(config slo.NewRelic, sli slo.SLI) time.Duration {
	slow := slices.ContainsFunc(sli.EventTypes(), func(name string) bool {
		return name == "SyntheticCheck" || name == "Log" || strings.HasPrefix(name, "Mobile")
	})
	switch {
	case sli.Lag.Value > 0:
		return sli.Lag.Value
	case slow:
		return max(config.QueryLag, slowLag)
	default:
		return config.QueryLag
	}
}
