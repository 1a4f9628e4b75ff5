package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// Lag says how long after a minute an SLO can be measured in it, and false where
// that does not go by the clock, as with a file.
type Lag func(*slo.SLO) (lag time.Duration, known bool)

// Kept returns how a set stood at an instant by what is kept, without asking any
// source: what an [Engine] that is started with the set says, before it measures
// anything. All methods of records have to see one commit, also while others follow. A definition that has changed since is not measured yet, and holds
// behind all that is kept; notices say so.
//
// Windows end where those of the last tick did, or at the instant, if that is
// earlier: see [state.reached].
func Kept(ctx context.Context, set *slo.Set, records Records, lag Lag, at time.Time) (burnrate.Snapshot, error) {
	s, kept, changes, err := keptState(ctx, set, records)
	if err != nil {
		return burnrate.Snapshot{}, err
	}
	ends, _, err := s.reached(ctx, records, kept, lag)
	if err != nil {
		return burnrate.Snapshot{}, err
	}
	for k, m := range s.measured {
		ends[k] = m.SLI.Closed(min(ends[k], slo.MinuteAt(at)))
	}
	if err := s.load(ctx, records, kept.Since, ends); err != nil {
		return burnrate.Snapshot{}, err
	}
	snapshot := s.evaluator.Snapshot(at)
	s.explain(&snapshot, kept, changes)
	return snapshot, nil
}

// explain adds to a snapshot where definitions have changed, and what is not kept.
func (s *state) explain(snapshot *burnrate.Snapshot, kept burnrate.Kept, changes []lineage.Change) {
	snapshot.Seams = s.seamsAt(s.ends)
	for k, m := range s.measured {
		if m.Source == nil || m.Indicator == "" {
			snapshot.Failures = append(snapshot.Failures, burnrate.Failure{ID: m.ID, Message: errNoSource.Error()})
		} else if text := s.notKept(k, kept, changes); text != "" {
			snapshot.Notices = append(snapshot.Notices, burnrate.Notice{ID: m.ID, Message: text})
		}
	}
	sortByID(snapshot)
}

// keptState makes a state of a set that goes on with what is kept, without windows.
func keptState(ctx context.Context, set *slo.Set, records Records) (*state, burnrate.Kept, []lineage.Change, error) {
	kept, err := records.State(ctx)
	if err != nil {
		return nil, kept, nil, err
	}
	entries, changes, err := lineage.Adopt(kept, set, lineage.Always(slo.MinuteAt(kept.At)))
	if err != nil {
		return nil, kept, nil, err
	}
	lineages, err := lineage.All(apply(kept, entries))
	if err != nil {
		return nil, kept, nil, err
	}
	return newState(set, lineages), kept, changes, nil
}

// notKept says what of a column is not kept, or not as the set wants it; "" for
// nothing.
func (s *state) notKept(column int, kept burnrate.Kept, changes []lineage.Change) string {
	since, measured := s.lineages[column].Since(kept.Since)
	added := false
	for _, c := range changes {
		switch {
		case c.ID != s.measured[column].ID:
		case c.Kind == lineage.Spliced:
			return "its SLI is not the one that was measured: the numbers are those of the one before, until slojourn serve has read the spec"
		case c.Kind == lineage.Restarted:
			return fmt.Sprintf("its history begins anew at %s (%s), which slojourn serve has not read yet", c.At, c.Reason)
		case c.Kind == lineage.Added:
			added = true
		}
	}
	switch {
	case !measured && added:
		return "the ledger has no minute of it, and does not know it: has slojourn serve read this spec, and does it write this ledger?"
	case !measured:
		return "the ledger has no minute of it yet: slojourn eval --server says why"
	case since >= s.ends[column]:
		return fmt.Sprintf("the ledger has no minute of it before %s", since)
	}
	return ""
}

// reached returns up to when the columns were measured by the last tick that
// measured anything. When that was follows from the newest minute of all and its
// lag: so what could not be measured by then lacks minutes, as it did for the
// engine, and does not end earlier. What has no lag ends with its newest minute. It
// also returns what is behind the newest minute of each, 0 where that was not looked for.
func (s *state) reached(ctx context.Context, history History, kept burnrate.Kept, lag Lag) (ends, measured []slo.Minute, err error) {
	lags, timed := lagsOf(s.measured, lag)
	longest := time.Duration(0)
	for k, length := range lags {
		if timed[k] {
			longest = max(longest, length)
		}
	}
	search := &newest{state: s, since: kept.Since, timed: timed, back: slo.Minute(longest/time.Minute) + minutesOfHour, ends: make([]slo.Minute, len(s.measured))}
	if err := search.run(ctx, history, slo.MinuteAt(kept.At)); err != nil {
		return nil, nil, err
	}
	var tick time.Time
	for k, end := range search.ends {
		if at := end.Time().Add(lags[k]); timed[k] && end > 0 && at.After(tick) {
			tick = at
		}
	}
	if tick.IsZero() || tick.After(kept.At) {
		tick = kept.At
	}
	ends = make([]slo.Minute, len(s.measured))
	for k, m := range s.measured {
		switch {
		case timed[k]:
			ends[k] = max(search.ends[k], m.SLI.Closed(slo.MinuteAt(tick.Add(-lags[k]))))
		case search.ends[k] > 0:
			ends[k] = search.ends[k]
		default:
			ends[k] = slo.MinuteAt(tick)
		}
	}
	return ends, search.ends, nil
}

// newest looks for the newest minute that was measured of each column. Of those
// that end by a lag it looks no further back than matters for the others.
type newest struct {
	*state
	since map[slo.IndicatorID]slo.Minute
	timed []bool       // columns that end by a lag
	back  slo.Minute   // how far behind the newest of those the others matter
	ends  []slo.Minute // of columns, what is behind the newest; 0 before it is found
	last  slo.Minute   // of ends, of those that end by a lag
}

// Hours are looked at one by one at first, as mostly the newest minute of all is in
// the first of them, and days then.
const (
	firstHours = 3
	// aheadMinutes is how far minutes may be ahead of the commit: a clock was put
	// back then.
	aheadMinutes = 2 * minutesOfHour
)

func (n *newest) run(ctx context.Context, history History, at slo.Minute) error {
	end := at.Floor(minutesOfHour) + aheadMinutes
	for hours := 0; ; hours++ {
		span := slo.Span{Start: end - minutesOfHour, End: end}
		if hours >= firstHours {
			span.Start = end - 24*minutesOfHour
		}
		more := false
		columns := map[slo.IndicatorID][]held{}
		for column := range n.measured {
			if !n.wants(column, end) {
				continue
			}
			more = true
			for _, stretch := range n.stretches[column] {
				if stretch.Intersect(span).Len() > 0 {
					columns[stretch.Indicator] = append(columns[stretch.Indicator], held{column: column, span: stretch.Span})
				}
			}
		}
		if !more {
			return nil
		}
		if err := n.read(ctx, history, columns, span); err != nil {
			return err
		}
		end = span.Start
	}
}

// wants reports whether minutes of a column before an end may be its newest.
func (n *newest) wants(column int, end slo.Minute) bool {
	since, known := n.lineages[column].Since(n.since)
	return n.ends[column] == 0 && known && since < end && (!n.timed[column] || end > n.last-n.back)
}

func (n *newest) read(ctx context.Context, history History, columns map[slo.IndicatorID][]held, span slo.Span) error {
	ids := slices.Sorted(maps.Keys(columns))
	for record, err := range history.Minutes(ctx, ids, span) {
		if err != nil {
			return err
		}
		for k, row := range record.Rows {
			for _, h := range columns[ids[k]] {
				if !row.Measured || record.Minute < h.span.Start || record.Minute >= h.span.End {
					continue
				}
				n.ends[h.column] = record.Minute + 1
				if n.timed[h.column] {
					n.last = max(n.last, record.Minute+1)
				}
			}
		}
	}
	return nil
}
