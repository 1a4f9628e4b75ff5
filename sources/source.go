package sources

import (
	"context"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Source measures SLOs. Its methods answer for every SLO or request they are
// given, in the same order; one that fails does not hold back the others. Once
// ctx has ended, what is not yet measured is an error. Calls may come from several
// goroutines at once. Package sourcetest holds the tests that every implementation
// passes.
type Source interface {
	// Extents returns the minutes in which each SLO can be measured.
	Extents(ctx context.Context, now time.Time, slos []*slo.SLO) []Extent
	// Counts counts events between the cuts of each request. An event belongs
	// to the minute its time lies in, so that of two spans that share a cut
	// the later has what happened on its first millisecond. A slice belongs to
	// its first minute.
	Counts(ctx context.Context, requests []Request) []Answer
}

// Extent is the range of minutes in which an SLO can be measured: from the
// first event that is still kept up to the newest minute that is closed. It
// is empty when there never was an event, and with an error. Its end is known
// all the same: it follows from the time and the source's lag alone.
type Extent struct {
	Span slo.Span
	// Never says that there is no event of the SLO's types at all, as far back
	// as they are kept: a name is probably wrong. That differs from an SLO
	// without traffic, whose types have events.
	Never bool
	Err   error
}

// Request asks for the counts of an SLO between consecutive cuts, which are
// minutes in ascending order, each once: n cuts make n-1 sums, and fewer than
// two make none. Cuts in another order are an error. An SLI of events with
// neither a good nor a bad condition is asked for its total alone, as a [Watcher] needs.
type Request struct {
	SLO  *slo.SLO
	Cuts []slo.Minute
	Need Need
}

// Need says how urgent a request is. What is needed more is asked first, and
// leaves less of a source's budgets to others.
type Need int

// The needs, the most urgent first.
const (
	Fresh      Need = iota // the newest minutes
	Correction             // minutes that were measured and may have changed
	Backfill               // older minutes that never were
)

// Answer holds one sum for each pair of neighbouring cuts, or an error alone.
type Answer struct {
	Sums []Sum
	// Notes is what the source says about the quality of its answer, in its
	// own words, each once.
	Notes []string
	Err   error
}

// Sum is what was measured between two cuts.
type Sum struct {
	Counts  slo.Counts // valid and bad, in the unit of the SLI, see [slo.SLI.Unit]
	Rows    slo.Counts // the events behind them, whatever they weigh
	Minutes int64      // that were measured; the others are a gap
}

// empty reports whether nothing was counted.
func (s Sum) empty() bool { return s.Counts == slo.Counts{} && s.Rows == slo.Counts{} }

// Add returns the sum with another one.
func (s Sum) Add(t Sum) Sum {
	return Sum{s.Counts.Add(t.Counts), s.Rows.Add(t.Rows), s.Minutes + t.Minutes}
}
