package engine

import (
	"context"
	"maps"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// quarterMinutes is how long the quarter-hours are that old minutes become.
const quarterMinutes = 15

// FirstMinute returns the first minute of a set that is kept as a minute, and false when
// none is. What is older is kept as quarter-hours, by which nobody knows what windows of
// a few minutes said.
func FirstMinute(ctx context.Context, set *slo.Set, records Records) (slo.Minute, bool, error) {
	s, kept, _, err := keptState(ctx, set, records)
	if err != nil {
		return 0, false, err
	}
	since, measured := s.since(kept.Since)
	if !measured {
		return 0, false, nil
	}
	ids := slices.Sorted(maps.Keys(s.held))
	for record, err := range records.Minutes(ctx, ids, slo.Span{Start: since, End: slo.MinuteAt(kept.At) + aheadMinutes}) {
		if err != nil {
			return 0, false, err
		}
		if slices.ContainsFunc(record.Rows, func(row burnrate.Row) bool { return row.Measured }) {
			return record.Minute, true, nil
		}
	}
	return 0, false, nil
}

// since returns the first minute that was measured of anything, also when it is kept
// within a quarter-hour, and false when nothing was.
func (s *state) since(indicators map[slo.IndicatorID]slo.Minute) (first slo.Minute, measured bool) {
	for _, l := range s.lineages {
		if since, known := l.Since(indicators); known && (!measured || since < first) {
			first, measured = since, true
		}
	}
	return first, measured
}

// spreading are records whose sums may begin and end within a quarter-hour of which the
// minutes are not kept any more: it is spread over them, so that a window that moves
// over it minute by minute lets go what it had.
type spreading struct{ Records }

// Totals implements [History].
func (s spreading) Totals(ctx context.Context, lineages []lineage.Lineage, cuts [][]slo.Minute) ([]burnrate.Totals, error) {
	around := make([][]slo.Minute, len(cuts))
	for k := range cuts {
		around[k] = aroundQuarters(cuts[k])
	}
	totals, err := s.Records.Totals(ctx, lineages, around)
	if err != nil {
		return nil, err
	}
	for k := range totals {
		if len(cuts[k]) == 0 {
			continue
		}
		within := slo.Span{Start: cuts[k][0], End: cuts[k][len(cuts[k])-1]}
		totals[k].Sums = betweenCuts(cuts[k], around[k], totals[k].Sums)
		totals[k].Invalid = slices.DeleteFunc(totals[k].Invalid, func(i burnrate.Invalid) bool { return i.Span.Start < within.Start || i.Span.Start >= within.End })
	}
	return totals, nil
}

// aroundQuarters adds to cuts the borders of each quarter-hour that one of them lies
// in, and what is behind its first minute: what is kept of a quarter-hour is summed
// there. To 9:20 it adds 9:15, 9:16 and 9:30.
func aroundQuarters(cuts []slo.Minute) []slo.Minute {
	if len(cuts) < 2 {
		return cuts
	}
	around := slices.Clone(cuts)
	for _, cut := range cuts {
		if start := cut.Floor(quarterMinutes); start != cut {
			around = append(around, start, start+1, start+quarterMinutes)
		}
	}
	slices.Sort(around)
	return slices.Compact(around)
}

// betweenCuts returns the sums between cuts by those between the cuts around them. Where
// more than a minute was measured in one, a quarter-hour is kept; [spread] takes a single
// minute of one for its first, so that there is no difference.
func betweenCuts(cuts, around []slo.Minute, sums []burnrate.Sum) []burnrate.Sum {
	between := make([]burnrate.Sum, max(0, len(cuts)-1))
	add := func(m slo.Minute, s burnrate.Sum) {
		at, found := slices.BinarySearch(cuts, m)
		if !found {
			at--
		}
		if at >= 0 && at < len(between) {
			to := &between[at]
			*to = burnrate.Sum{Counts: to.Counts.Add(s.Counts), Rows: to.Rows.Add(s.Rows), Minutes: to.Minutes + s.Minutes}
		}
	}
	for i, sum := range sums {
		if around[i+1]-around[i] > 1 || sum.Minutes <= 1 {
			add(around[i], sum)
			continue
		}
		for n, row := range spread(sum) {
			if row.Measured {
				add(around[i]+slo.Minute(n), burnrate.Sum{Counts: row.Counts, Rows: row.Rows, Minutes: 1})
			}
		}
	}
	return between
}

// spread returns rows that add up to a quarter-hour, as evenly as whole events can be: in
// which minutes events were is not known. When 12 minutes of it were measured, they are
// taken for the last 12, as a history may begin within it; a single one is the first.
func spread(quarter burnrate.Sum) (rows [quarterMinutes]burnrate.Row) {
	measured := min(quarter.Minutes, quarterMinutes)
	first := quarterMinutes - measured
	if measured == 1 {
		first = 0
	}
	for n := range measured {
		rows[first+n] = burnrate.Row{Counts: partOf(quarter.Counts, n, measured), Rows: partOf(quarter.Rows, n, measured), Measured: true}
	}
	return rows
}

// partOf returns one of so many parts of counts: good and bad events are shared out on
// their own, so that in none of them more are bad than there are.
func partOf(c slo.Counts, n, parts int64) slo.Counts {
	// Of 7 events in 3 parts, 2, 4 and 7 are in those up to each. 15 times what is kept
	// of a quarter-hour at most, 15 × 8·10¹², is far below 2⁶³.
	upTo := func(events, n int64) int64 { return events * n / parts }
	part := func(events int64) int64 { return upTo(events, n+1) - upTo(events, n) }
	bad := part(c.Bad)
	return slo.Counts{Total: part(c.Total-c.Bad) + bad, Bad: bad}
}
