// Package rules writes alerting and recording rules for Prometheus, and for what
// reads its rules: Mimir, Thanos, VictoriaMetrics.
//
//	for file := range rules.Generate(set, rules.Options{Evaluate: rules.Metrics, Job: "slojourn"}) {
//		os.Stdout.Write(file.Rules())
//	}
//
// The rules are of one of two sorts. With [Metrics] the engine judges and a rule
// passes its verdict on, so that an alert is not lost when the engine can reach
// nobody itself. With [Events] Prometheus judges by the events that the engine
// counts, which needs nothing of the engine but its counters.
//
// In either, the name and the labels of an alert are those that the engine's own
// notifications have, so that Alertmanager takes both for one. The package writes
// no files and asks no server.
package rules
