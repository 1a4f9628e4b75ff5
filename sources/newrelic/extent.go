package newrelic

import (
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// aliasFirst is the name under which the time of the first event comes back.
const aliasFirst = "first"

// slowLag is the least query lag of event types that arrive late by nature.
const slowLag = 5 * time.Minute

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
	slow := slices.ContainsFunc(eventTypes(sli), func(name string) bool {
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
