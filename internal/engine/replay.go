package engine

import (
	"context"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Replay goes through what is kept, minute by minute, as an [Engine] with a set would
// have seen it: each minute that lags behind is measured when it would have been. It is
// hindsight all the same: what came late, was corrected or was filled in is there at
// once, and sources never fail.
type Replay struct {
	Set     *slo.Set
	Records Records // all methods see one commit
	Lag     Lag
	From    time.Time // of the first snapshot, a whole minute
	To      time.Time // of the last one, a whole minute
	// Progress is told how many minutes are over, and of how many; nil is not told.
	Progress func(done, all int64)
}

// Run has see look at a snapshot of each minute, which is never changed afterwards.
// The last one says in its Failures and Notices what is not kept, as [Kept] does. An
// error of see ends the run.
func (r *Replay) Run(ctx context.Context, see func(burnrate.Snapshot) error) error {
	s, kept, changes, err := keptState(ctx, r.Set, r.Records)
	if err != nil {
		return err
	}
	first, last := slo.MinuteAt(r.From), slo.MinuteAt(r.To)
	if err := s.load(ctx, r.Records, kept.Since, r.ends(s, first)); err != nil {
		return err
	}
	look := func(minute slo.Minute) error {
		snapshot := s.evaluator.Snapshot(minute.Time())
		snapshot.Sources = r.sources()
		if minute == last {
			s.explain(&snapshot, kept, changes)
		}
		if r.Progress != nil {
			r.Progress(int64(minute-first)+1, int64(last-first)+1)
		}
		return see(snapshot)
	}
	if err := look(first); err != nil {
		return err
	}
	for minute := first; minute < last; {
		until := min(minute+readMinutes, last)
		records, err := r.Records.HistoryAt(ctx, s.lineages, s.evaluator.Needs(r.ends(s, until)))
		if err != nil {
			return err
		}
		fed := func(yield func(burnrate.Record, error) bool) {
			for _, record := range records {
				if !yield(record, nil) {
					return
				}
			}
		}
		for minute < until {
			minute++
			s.ends = r.ends(s, minute)
			if err := s.evaluator.Advance(s.ends, fed); err != nil {
				return err
			}
			if err := look(minute); err != nil {
				return err
			}
		}
	}
	return nil
}

// ends returns up to when everything is measured in a minute.
func (r *Replay) ends(s *state, at slo.Minute) []slo.Minute {
	ends := make([]slo.Minute, len(s.measured))
	for k, m := range s.measured {
		lag, _ := r.Lag(m)
		ends[k] = m.SLI.Closed(slo.MinuteAt(at.Time().Add(-lag)))
	}
	return ends
}

// sources returns those that measure something, which all answer.
func (r *Replay) sources() []burnrate.SourceState {
	var states []burnrate.SourceState
	for _, source := range r.Set.Sources {
		if slices.ContainsFunc(r.Set.Measured(), func(m *slo.SLO) bool { return m.Source == source && m.Indicator != "" }) {
			states = append(states, burnrate.SourceState{Name: source.Name, Owner: source.Owner, Notify: r.Set.NotifiersOf(source.Owner)})
		}
	}
	return states
}
