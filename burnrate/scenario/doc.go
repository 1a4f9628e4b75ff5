// Package scenario is a language of plain text that says what happens to SLOs
// and which alerts are expected, for tests of alert policies:
//
//	slo target=99.9% window=30d policy=paging
//	load 1m  good=1000 for 3d
//	load 1m  good=856 bad=144 for 1h
//	expect page long=1h within 10m
//	load 1m  good=1000 for 2h
//	expect resolved page within 50m
//
// [Parse] reads it and says what is wrong where. [Scenario.Run] measures what is
// loaded minute by minute, with the [burnrate.Evaluator] and the
// [alert.Advance] that everything else uses, and tells which expectations were
// not met, and what happened instead. The whole language is described in
// docs/test.md.
//
// There is no lag: a minute is measured when it has ended. The package does no
// I/O and has no clock; every scenario begins on Monday, 5 January 2026, at
// midnight UTC.
package scenario
