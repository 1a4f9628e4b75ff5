// Package simulator is a New Relic that runs in the same process: a store of
// events, an evaluator of NRQL, and a NerdGraph server over both.
//
// It answers as New Relic is documented or was observed to answer, errors
// included, and it refuses by name what it does not simulate: a query gets
// the right number or an error that begins with "slojourn simulator:", never
// a wrong number.
//
//	store := simulator.NewStore()
//	if err := store.ReadFiles("events.ndjson.gz"); err != nil {
//		return err
//	}
//	server := simulator.New(store, simulator.Options{Keys: []simulator.Key{{Text: "NRAK-EXAMPLE"}}})
//	listener, err := net.Listen("tcp", "127.0.0.1:0")
//	if err != nil {
//		return err
//	}
//	return server.Serve(ctx, listener) // POST http://…/graphql
//
// [Retail] makes five weeks of traffic of a shop, with nine incidents in it.
//
// Events can be sent to it, too: [Simulator] takes what the Event, Metric and
// Log APIs take. Its [Clock] can be set and run faster, and with Options.Control
// tests change clock, faults and events through the port while it runs.
//
// It keeps New Relic's limits unless Options.NoLimits lifts them, counts what it
// is asked, for [Simulator.Stats] and GET /stats, and makes go wrong on purpose
// what [ParseFaults] reads: rate limits, answers that are cut off, events that
// arrive late.
//
// Beside the events it keeps what mutations make, in memory: alert policies and
// conditions, service levels, dashboards and more. The files in the folder
// control describe it.
//
// Four things separate it from the real service. Events are served whatever
// their age, unless a fault says otherwise. Percentiles, unique counts and
// funnels are exact. Of more than 5,000 groups all are looked at. And
// rawResponse holds metadata and performance figures but no results.
// Metrics are kept as points only: the ranges of queries are moved onto the grid
// of the rollup that New Relic would answer from, which gives the same sums.
//
// What New Relic does not document is a choice of ours, where it matters one
// that [Options] can turn: whether a missing attribute matches !=, and whether
// old metrics come from rollups however short the range is.
//
// # Where to look
//
//   - a request: server.go, keys.go, graphql.go, document.go, execute.go; its
//     fields: schema.go, resolve.go, asynchronous.go, cross_account.go
//   - a query: query.go, scope.go and grid.go; conditions and functions of an
//     event: compile.go, condition.go, functions.go and those beside them;
//     aggregates: aggregate.go, compound.go, gather.go, distribution.go; clauses:
//     events.go, facet.go, compare.go, inner.go, subquery.go, with.go, join.go,
//     when.go; metrics: metric.go
//   - events: store.go, table.go, holding.go, cursor.go, ndjson.go; what is sent:
//     ingest.go, event_api.go, metric_api.go, log_api.go
//   - what goes wrong: faults.go, fault_kinds.go, view.go, limits.go
//   - the scenario: retail.go, streams.go, reports.go, incidents.go, scenario.go
//   - what mutations make: control.go, mutation.go, and a file for each kind
//
// The simulator shares the NRQL parser with the rest of the project and
// nothing else: what a condition means is decided here independently, so that
// the planner's misreadings cannot hide.
package simulator
