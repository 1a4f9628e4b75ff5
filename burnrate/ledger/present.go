package ledger

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// present returns the present as far as retention believes the clock, which may
// be wrong: what is let go because of it is gone for ever.
//
// Time has passed when it was measured. Of the days on which events were
// counted, the youngest are not believed alone: with eight witnesses the present
// is never later than the eighth youngest such day and eight days, which is the
// end of today as long as every day has events. A clock that is ahead makes days
// that lie there witnesses one by one, and only while events are counted in
// them; zeroes, of which a backfill brings many at once, are no witnesses. With
// fewer witnesses nothing is too old.
func (l *Ledger) present(ctx context.Context, now time.Time) (time.Time, error) {
	if l.options.Witnesses < 0 {
		return now, nil
	}
	s, err := l.snapshot(ctx)
	if err != nil {
		return time.Time{}, err
	}
	defer s.end()
	days := map[hour][]content{}
	for h, c := range s.index.contents {
		days[h.day()] = append(days[h.day()], c.entries...)
	}
	witnesses := 0
	for _, day := range slices.Backward(slices.Sorted(maps.Keys(days))) {
		counted, err := l.counted(ctx, s, days[day])
		if err != nil {
			return time.Time{}, wrap("read the ledger", err)
		}
		if counted {
			witnesses++
		}
		if witnesses == l.options.Witnesses {
			end := day.span().Start.Time().AddDate(0, 0, witnesses)
			if end.Before(now) {
				return end, nil
			}
			return now, nil
		}
	}
	return time.Unix(0, 0).UTC(), nil
}

// counted reports whether there are events in one of some chunks. Those without
// are remembered.
func (l *Ledger) counted(ctx context.Context, s *snapshot, list []content) (bool, error) {
	for _, c := range list {
		l.mu.Lock()
		sum, known := l.silent[c.key]
		l.mu.Unlock()
		if known && sum == c.sum {
			continue
		}
		found, err := s.counted(ctx, c)
		if err != nil || found {
			return found, err
		}
		l.mu.Lock()
		l.silent[c.key] = c.sum
		l.mu.Unlock()
	}
	return false, nil
}

func (s *snapshot) counted(ctx context.Context, c content) (bool, error) {
	body, err := s.chunk(ctx, c)
	if err != nil {
		return false, err
	}
	if c.key.kind() == minuteChunk {
		rows, err := decodeMinute(nil, body)
		if err != nil {
			return false, c.key.damaged(err)
		}
		for _, r := range rows {
			if hasEvents(r.row.Counts, r.row.Rows) {
				return true, nil
			}
		}
		return false, nil
	}
	columns, err := readColumns(c.key, body)
	if err != nil {
		return false, err
	}
	for _, column := range columns {
		for _, cell := range column.cells {
			if hasEvents(cell.Counts, cell.Rows) {
				return true, nil
			}
		}
	}
	return false, nil
}

// hasEvents reports whether something was counted that can be.
func hasEvents(counts, rows slo.Counts) bool {
	return counts.Consistent() && rows.Consistent() && (counts.Total > 0 || rows.Total > 0)
}
