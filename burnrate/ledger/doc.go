// Package ledger keeps what was measured, and what was decided from it, in one
// file that survives every crash.
//
// A ledger has one writer, who holds the lock of its folder, and any number of
// readers beside it, also in other processes. A commit is durable when it
// returns, and all of it or nothing is. Rows are kept by indicator and minute:
//
//	l, err := ledger.Open("data", ledger.Options{})
//	…
//	err = l.Commit(ctx, burnrate.Tick{At: now, Measured: measured})
//	for record, err := range l.Minutes(ctx, indicators, span) { … }
//	err = l.Maintain(ctx, now) // packs hours, and lets go what is too old
//
// # Histories
//
// An SLO whose SLI changes has minutes of several indicators. Package lineage
// says which; [Reader.History], [Reader.HistoryAt] and [Reader.Totals] read along
// them.
//
// # Layout
//
// The file is a SQLite database in which rows are packed into chunks. A minute
// that was just measured is one chunk, with all indicators in it, so that a
// commit writes little. Some hours later the sixty chunks of an hour become one
// for every 256 indicators, column by column: about 2.3 bytes for a minute of an
// indicator. After 100 days a day of them becomes sums of quarter-hours, which
// are kept for 800 days.
//
// # Damage
//
// Nothing is believed that cannot be checked. Each chunk has a checksum, which
// the contents of its hour list; the contents have checksums, of which the root
// has the digest; and the number of the last write stands in a file of its own.
// A flipped byte, a chunk that is missing and a commit that was lost are errors
// where they are read, and findings of [Check], never other numbers. A writer may
// go on without the chunks that are damaged, and fill in what was in them, see
// [Ledger.SetAside].
//
// The package computes nothing from what it keeps: that is for package
// burnrate. It does not know sources.
package ledger
