package engine

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// sampling has a replay look at some minutes only, and count what is measured between
// them. Windows move on over several minutes at once there.
type sampling struct {
	first, last, every slo.Minute
	reached            []slo.Minute // up to when columns were measured at all
	tick               slo.Minute   // the last minute of which the engine has judged
	places             []int        // of columns among what is measured, in the order of ids
	meters             []burnrate.Meter
}

func newSampling(ctx context.Context, p *replaying) (*sampling, error) {
	reached, tick, err := reachedBy(ctx, p.whole, p.Records, p.kept, p.Lag)
	if err != nil {
		return nil, err
	}
	sp := &sampling{
		first: p.first, last: p.last, every: p.every, reached: reached, tick: tick,
		places: make([]int, len(p.whole.measured)), meters: make([]burnrate.Meter, len(p.whole.measured)),
	}
	order := make([]int, len(sp.places))
	for k := range order {
		order[k] = k
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p.whole.measured[a].ID, p.whole.measured[b].ID) })
	for place, column := range order {
		sp.places[column] = place
	}
	search := &newest{
		state: p.whole, since: p.kept.Since, timed: slices.Repeat([]bool{true}, len(sp.places)), back: knownBack, ends: make([]slo.Minute, len(sp.places)),
	}
	if err := search.run(ctx, recordsBefore{p.Records, p.first}, p.first); err != nil {
		return nil, errorf("look for the newest minutes", err)
	}
	for _, s := range p.shards {
		s.sampled = sp
		ends := s.endsAt(p.first)
		for k, m := range s.measured {
			s.counted = append(s.counted, burnrate.Meter{
				ID: m.ID, Unit: m.SLI.Unit(), Began: p.first.Time(), Watermark: min(search.ends[s.columns[k]], ends[k]),
			})
		}
	}
	return sp, nil
}

// reachedBy returns up to when columns were measured, and the minute of the tick that
// measured the newest of it.
func reachedBy(ctx context.Context, whole *state, records Records, kept burnrate.Kept, lag Lag) ([]slo.Minute, slo.Minute, error) {
	reached, measured, err := whole.reached(ctx, records, kept, lag)
	if err != nil {
		return nil, 0, err
	}
	tick := slo.Minute(0)
	for k, late := range lates(whole.measured, lag) {
		if measured[k] > 0 {
			tick = max(tick, measured[k]+late)
		}
	}
	if tick == 0 {
		tick = slo.MinuteAt(kept.At)
	}
	return reached, tick, nil
}

// looks reports whether a minute is looked at: the last one always is.
func (sp *sampling) looks(minute slo.Minute) bool {
	return minute == sp.last || (minute-sp.first)%sp.every == 0
}

// end returns up to when a column was measured in a minute, by what its lag says: not
// beyond what was measured at all, and of the last tick and later, what [Kept] says.
func (sp *sampling) end(lagging slo.Minute, m *slo.SLO, column int, minute slo.Minute) slo.Minute {
	if minute >= sp.tick {
		return m.SLI.Closed(min(minute, sp.reached[column]))
	}
	return min(lagging, sp.reached[column])
}

// sample takes a shard on to a minute that is looked at, or with which a stretch of
// minutes ends.
func (s *shard) sample(minute slo.Minute, last bool, made *burnrate.Snapshot, room *burnrate.Room, rows func(slo.Minute) ([]burnrate.Row, bool)) error {
	looks := s.sampled.looks(minute)
	if !looks && !last {
		return nil
	}
	before, ends := s.evaluator.Ends(), s.endsAt(minute)
	if err := s.evaluator.AdvanceFrom(ends, rows); err != nil {
		return err
	}
	for k := range s.counted {
		for m := before[k]; m < ends[k]; m++ {
			if list, there := rows(m); there && list != nil {
				s.count(k, m, &list[k])
			}
		}
	}
	if looks {
		meters := made.Meters[:0]
		*made = s.evaluator.SnapshotIn(room, minute.Time())
		made.Meters, made.Seams = append(meters, s.counted...), s.seamsAt(ends)
	}
	return nil
}

// count adds a minute to the meter of a column.
func (s *shard) count(column int, minute slo.Minute, row *burnrate.Row) {
	m := &s.counted[column]
	if row.Measured {
		m.Watermark = minute + 1
	}
	added := tallyOf(*row, s.evaluator.Excluded(minute, column))
	m.Minutes += added.minutes
	for _, sum := range []struct {
		of    *burnrate.Outcomes
		added burnrate.Outcomes
	}{{&m.Events, added.events}, {&m.Rows, added.rows}} {
		sum.of.Good += sum.added.Good
		sum.of.Bad += sum.added.Bad
	}
}

// join adds to a snapshot of all what one of a shard has counted.
func (sp *sampling) join(all *burnrate.Snapshot, s *shard, part *burnrate.Snapshot) {
	for k, column := range s.columns {
		sp.meters[sp.places[column]] = part.Meters[k]
	}
	all.Meters = sp.meters
	all.Seams = append(all.Seams, part.Seams...)
	slices.SortFunc(all.Seams, func(a, b burnrate.Seam) int { return cmp.Compare(a.ID, b.ID) })
}

// recordsBefore are records as they would be if there were none of later minutes.
type recordsBefore struct {
	Records
	end slo.Minute
}

// Minutes implements [History].
func (r recordsBefore) Minutes(ctx context.Context, indicators []slo.IndicatorID, span slo.Span) iter.Seq2[burnrate.Record, error] {
	if span.End = min(span.End, r.end); span.Start >= span.End {
		return func(func(burnrate.Record, error) bool) {}
	}
	return r.Records.Minutes(ctx, indicators, span)
}
