// Package engine measures the SLOs of a set and evaluates them: once, with
// [Evaluate] (measure.go), or minute by minute for years, with an [Engine] and a
// [Ledger].
//
// Measuring is I/O and concurrent; deciding is a function of what is kept, of
// what was measured and of the time; a commit keeps all of a tick or nothing. One
// source that fails leaves the others alone: its SLOs carry the error instead of
// numbers.
//
// # A tick
//
//	feed.measure      what is due: late.go says which minutes, feed.go since when
//	Engine.compare    against what is kept: book.go
//	state.advance     windows move on, older minutes are corrected: state.go
//	Ledger.Commit     and then a new View: tick.go
//
// Between ticks, backfill.go fills in what the ledger does not have, piece by piece
// (pieces.go) of what scan.go finds: hours first (coarse.go), then minutes. Each
// source has its own pieces, and those that have measured go on with theirs while
// another one hangs. What of the ledger is damaged is measured again (damage.go).
// After an error of the ledger the windows are summed anew from what it has, so that
// nothing in memory can disagree with it.
//
// What a ledger says without an engine is [Kept]: kept.go.
package engine
