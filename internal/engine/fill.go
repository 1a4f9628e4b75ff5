package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Fill measures the history of specs into a ledger, once and without waiting for more
// minutes to pass: from the hour of since on, however long ago that is, up to what can
// be measured now. What is asked for a replay begins before its first minute, by the
// longest of its windows, and two weeks for noTraffic. progress is told how much is left
// after each piece.
//
// What could not be measured is a failure: a source that answers some of it with
// errors is asked again a few times at most, while others go on. An error means that
// the ledger could not be written, or that ctx has ended.
func Fill(ctx context.Context, options Options, specs Specs, since time.Time, progress func(Progress)) ([]burnrate.Failure, []burnrate.Notice, error) {
	e, _, err := New(ctx, options, specs)
	if err != nil {
		return nil, nil, err
	}
	floor := max(minutesOfHour, slo.MinuteAt(since).Floor(minutesOfHour)) // nothing was measured in 1970
	for _, f := range e.feeds {
		for _, i := range f.indicators {
			i.floor = floor
		}
	}
	if err := e.Tick(ctx); err != nil {
		return nil, nil, err
	}
	for more := true; more; {
		progress(e.View().Progress)
		if more, err = e.Backfill(ctx, measuring); err != nil {
			return nil, nil, err
		}
	}
	view := e.View()
	failures := slices.Concat(view.Snapshot.Failures, e.unread())
	snapshot := burnrate.Snapshot{Failures: failures}
	sortByID(&snapshot)
	return snapshot.Failures, view.Snapshot.Notices, e.maintain(ctx, e.clock.Now())
}

// unread says of what a part of the history could not be read. What could not be
// measured at all has its error in the view.
func (e *Engine) unread() []burnrate.Failure {
	var failures []burnrate.Failure
	for _, f := range e.feeds {
		for _, i := range f.indicators {
			if i.err != nil || i.gaps.empty() || i.filling.err == nil {
				continue
			}
			for _, column := range i.columns {
				failures = append(failures, burnrate.Failure{
					ID:      e.state.measured[column].ID,
					Message: fmt.Sprintf("%d minutes of its history could not be read: %v", i.gaps.len(), i.filling.err),
				})
			}
		}
	}
	return failures
}
