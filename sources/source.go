package sources

import (
	"context"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Source measures SLIs. Its methods answer for every SLI or request they are
// given, in the same order; one that fails does not hold back the others. Once
// ctx has ended, what is not yet measured is an error. Package sourcetest holds
// the tests that every implementation passes.
type Source interface {
	// Extents returns the minutes in which each SLI can be measured.
	Extents(ctx context.Context, now time.Time, slis []slo.SLI) []Extent
	// Counts counts events between the cuts of each request. An event belongs
	// to the minute its time lies in, so that of two spans that share a cut
	// the later has what happened on its first millisecond.
	Counts(ctx context.Context, requests []Request) []Answer
}

// Extent is the range of minutes in which an SLI can be measured: from the
// first event that is still kept up to the newest minute that is closed. It
// is empty when there never was an event, and with an error. Its end is known
// all the same: it follows from the time and the source's lag alone.
type Extent struct {
	Span slo.Span
	Err  error
}

// Request asks for the counts of an SLI between consecutive cuts, which are
// minutes in ascending order, each once: n cuts make n-1 counts, and fewer than
// two make none. Cuts in another order are an error.
type Request struct {
	SLI  slo.SLI
	Cuts []slo.Minute
}

// Answer holds one count for each pair of neighbouring cuts, or an error alone.
type Answer struct {
	Counts []slo.Counts
	Err    error
}
