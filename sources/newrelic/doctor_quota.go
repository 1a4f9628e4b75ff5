package newrelic

import (
	"strings"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/slo/diag"
)

// QueriesPerMinute is how many queries a minute of measuring takes.
func (c Cost) QueriesPerMinute() float64 {
	sum := float64(c.Probes)
	for _, p := range c.Packs {
		sum += 1 / float64(p.Every)
	}
	return sum
}

// checkQuota compares what measuring takes with what the account may be asked.
func (e *examiner) checkQuota(cost Cost) {
	const mostQueries, mostRecords = 2 * nerdgraph.DefaultQueries, 2 * nerdgraph.DefaultRecords
	e.compare(e.result.QueriesPerMinute, nerdgraph.DefaultQueries, mostQueries, diag.Say("queries a minute"),
		diag.Say("let SLIs share their from, which lets them share queries, or split the set over accounts"))
	perHour := 0.0
	for _, p := range cost.Packs {
		perHour += e.traffic(p.Types)
	}
	looked := map[string]bool{}
	for _, s := range e.slos {
		types := eventTypes(s.SLI)
		if set := strings.Join(types, ","); !looked[set] && !isMetric(types) {
			looked[set] = true
			perHour += e.traffic(types) * Lookbacks(e.config)
		}
	}
	e.result.RecordsPerHour = perHour
	e.compare(perHour, nerdgraph.DefaultRecords, mostRecords, diag.Say("records inspected an hour"),
		diag.Say("a shorter lateness looks back less; or count on event types with less traffic, or on a metric"))
}

// traffic is how many events of some types came in the last hour.
func (e *examiner) traffic(types []string) float64 {
	sum := 0.0
	for _, name := range types {
		if c := e.types[name]; c != nil {
			sum += float64(c.hour)
		}
	}
	return sum
}

func (e *examiner) compare(need, share, most float64, what, hint diag.Phrase) {
	switch {
	case need > most:
		e.source(CheckQuota, diag.Error, hint, "measuring takes %.0f %s, and New Relic allows an account %.0f", need, what, most)
	case need > share:
		e.source(CheckQuota, diag.Warning, hint, "measuring takes %.0f %s, and slojourn leaves half of an account to others: %.0f are its share", need, what, share)
	}
}
