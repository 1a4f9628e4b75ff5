package engine

import (
	"context"
	"iter"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// Ledger keeps what was measured and decided. Package burnrate/ledger has one.
type Ledger interface {
	Records
	// Commit makes a tick durable, all of it or nothing. Rows that are kept
	// already change nothing.
	Commit(ctx context.Context, tick burnrate.Tick) error
}

// Records are what of a [Ledger] is read.
type Records interface {
	History
	State(ctx context.Context) (burnrate.Kept, error)
	// Coarse returns the hours of which only the sum is known.
	Coarse(ctx context.Context, indicators []slo.IndicatorID, span slo.Span) ([]burnrate.Coarse, error)
}

// History is how minutes are read: those of indicators, and those of SLOs along
// their lineages.
type History interface {
	// Minutes returns those of a span in order. Rows are overwritten by the next
	// record's.
	Minutes(ctx context.Context, indicators []slo.IndicatorID, span slo.Span) iter.Seq2[burnrate.Record, error]
	// HistoryAt returns single minutes, in the given order.
	HistoryAt(ctx context.Context, lineages []lineage.Lineage, minutes []slo.Minute) ([]burnrate.Record, error)
	// Totals returns the sums between the cuts of each lineage.
	Totals(ctx context.Context, lineages []lineage.Lineage, cuts [][]slo.Minute) ([]burnrate.Totals, error)
}
