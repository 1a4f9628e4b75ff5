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
//	server := simulator.New(store, simulator.Options{Key: "NRAK-EXAMPLE"})
//	listener, err := net.Listen("tcp", "127.0.0.1:0")
//	if err != nil {
//		return err
//	}
//	return server.Serve(ctx, listener) // POST http://…/graphql
//
// [Retail] makes four weeks of traffic of a shop, with two incidents in it.
//
// Three things separate it from the real service. Events are served whatever
// their age, since nothing is ever retired. The time range of a query is
// taken as it is written, never snapped to rollups, because event types have
// none; FROM Metric is refused. And rawResponse holds metadata and
// performance figures but no results.
//
// The simulator shares the NRQL parser with the rest of the project and
// nothing else: what a condition means is decided here independently, so that
// the planner's misreadings cannot hide.
package simulator
