// Package telemetry is what slojourn says of itself to Prometheus: whether it
// ticks, keeps up, has its history, follows its specs, and is heard. What it measures for
// others is not here.
//
//	reloads := telemetry.NewReloads(time.Now())
//	ticks := telemetry.NewTicks()
//	registry.MustRegister(reloads, ticks, telemetry.Engine{View: engine.View, Sources: names, Ledger: ledger.Info})
//	registry.MustRegister(telemetry.Outbox{Stats: courier.Stats, Now: time.Now})
//
// All names begin with slojourn_. docs/serve.md lists them, with what to do about
// each.
package telemetry
