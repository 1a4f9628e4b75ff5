package burnrate

import (
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Tick is what one commit of a ledger makes durable: all of it or nothing.
type Tick struct {
	At       time.Time // when it was decided
	Measured []Batch
	Coarse   []Coarse
	Entries  []Entry
}

// Batch is minutes of some indicators. Each record has a row for each of
// them, in their order; a row that was not measured leaves what is kept of its
// minute as it is.
type Batch struct {
	Indicators []slo.IndicatorID
	Records    []Record
}

// Coarse is what a backfill found of one indicator in an hour of UTC whose
// minutes are not known yet: their sum.
type Coarse struct {
	Indicator slo.IndicatorID
	Hour      slo.Minute // the first minute of the hour
	Sum       Sum
}

// Entry is something beside measurements that has to survive a restart, such
// as the state of an alert, a notification that was not sent yet, or how far a
// backfill has come. A ledger keeps its value as it is.
type Entry struct {
	Kind, Key string
	Value     []byte // nil removes the entry
}

// Lost is a part of a ledger that cannot be read any more: the minutes that were in
// it, and the indicators that may have been.
type Lost struct {
	Span       slo.Span
	Indicators []slo.IndicatorID
}

// Kept is what a ledger keeps beside minutes.
type Kept struct {
	Commits int64     // how many ticks were committed
	At      time.Time // of the last one
	// Entries are ordered by kind and key.
	Entries []Entry
	// Since is the first measured minute of each indicator.
	Since map[slo.IndicatorID]slo.Minute
}
