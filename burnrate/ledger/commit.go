package ledger

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// tick writes what one tick measured and decided.
func (w *writer) tick(ctx context.Context, tick burnrate.Tick) error {
	if year := tick.At.UTC().Year(); year < 1970 || year > 9999 {
		return fmt.Errorf("the tick is of the year %d: ledgers keep 1970 to 9999, is the clock right?", year)
	}
	rows, err := w.byMinute(ctx, tick)
	if err != nil {
		return err
	}
	fresh := hourOf(slo.MinuteAt(tick.At)) - freshHours
	packed := map[chunkKey]map[number][]cell{}
	old := retired{w, map[chunkKey][]column{}}
	for _, m := range slices.Sorted(maps.Keys(rows)) {
		if err := old.refuse(ctx, m, rows[m]); err != nil {
			return err
		}
		h := hourOf(m)
		if w.isPacked(h) || h < fresh && w.isEmpty(h) {
			for _, r := range rows[m] {
				key := keyOf(hourChunk, h, r.number.group())
				if packed[key] == nil {
					packed[key] = map[number][]cell{}
				}
				packed[key][r.number] = append(packed[key][r.number], cell{int(m - h.span().Start), sumOf(r.row, 1)})
			}
			continue
		}
		if err := w.minute(ctx, tick.At, m, rows[m]); err != nil {
			return err
		}
	}
	for _, c := range tick.Coarse {
		if err := w.coarse(ctx, c, packed); err != nil {
			return err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(packed)) {
		if err := w.merge(ctx, tick.At, key, packed[key]); err != nil {
			return err
		}
	}
	for _, e := range tick.Entries {
		if err := w.entry(ctx, e); err != nil {
			return err
		}
	}
	w.index.root.Commits++
	w.index.root.At = tick.At.UTC()
	return nil
}

// freshHours is how many hours before that of a tick minutes are written one by
// one although nothing else is there yet. Older ones come from a backfill.
const freshHours = 2

func (w *writer) isPacked(h hour) bool {
	c := w.index.contents[h]
	return c != nil && len(c.of(hourChunk)) > 0
}

func (w *writer) isEmpty(h hour) bool {
	c := w.index.contents[h]
	return c == nil || len(c.of(minuteChunk)) == 0
}

// byMinute returns the rows of a tick that were measured, ordered by number. A
// later row of a minute replaces an earlier one.
func (w *writer) byMinute(ctx context.Context, tick burnrate.Tick) (map[slo.Minute][]numbered, error) {
	rows := map[slo.Minute][]numbered{}
	for _, batch := range tick.Measured {
		n, err := w.numbers(ctx, batch.Indicators)
		if err != nil {
			return nil, err
		}
		first := map[number]slo.Minute{} // that is earlier than what is known
		for _, record := range batch.Records {
			switch {
			case record.Rows == nil:
				continue
			case len(record.Rows) != len(n.numbers):
				return nil, fmt.Errorf("minute %d has %d rows for %d indicators", record.Minute, len(record.Rows), len(n.numbers))
			case record.Minute < 0 || record.Minute >= endOfTime:
				return nil, fmt.Errorf("minute %d is not one that can be kept", record.Minute)
			}
			if err := refuseLarge(batch.Indicators, record); err != nil {
				return nil, err
			}
			list := slices.Grow(rows[record.Minute], len(record.Rows))
			for _, i := range n.order {
				row := &record.Rows[i]
				if !row.Measured {
					continue
				}
				list = append(list, numbered{n.numbers[i], *row})
				if record.Minute < w.index.since[n.numbers[i]] {
					if m, known := first[n.numbers[i]]; !known || record.Minute < m {
						first[n.numbers[i]] = record.Minute
					}
				}
			}
			rows[record.Minute] = list
		}
		for _, n := range slices.Sorted(maps.Keys(first)) {
			if err := w.began(ctx, n, first[n]); err != nil {
				return nil, err
			}
		}
	}
	for m, list := range rows {
		rows[m] = inOrder(list)
	}
	return rows, nil
}

// inOrder orders rows by number, of each number the last one. Those of a single
// batch mostly are in order.
func inOrder(list []numbered) []numbered {
	for i := range len(list) - 1 {
		if list[i].number >= list[i+1].number {
			slices.SortStableFunc(list, func(a, b numbered) int { return cmp.Compare(a.number, b.number) })
			return lastOfEach(list)
		}
	}
	return list
}

// lastOfEach keeps the last row of each number.
func lastOfEach(list []numbered) []numbered {
	kept := list[:0]
	for i, r := range list {
		if i+1 == len(list) || list[i+1].number != r.number {
			kept = append(kept, r)
		}
	}
	return kept
}

// minute writes rows of one minute beside those that are there.
func (w *writer) minute(ctx context.Context, at time.Time, m slo.Minute, rows []numbered) error {
	if len(rows) == 0 {
		return nil
	}
	h := hourOf(m)
	key := keyOf(minuteChunk, h, int(m-h.span().Start))
	body, err := w.get(ctx, key)
	if err != nil {
		return err
	}
	if body != nil {
		before, err := decodeMinute(nil, body)
		if err != nil {
			return key.damaged(err)
		}
		var changed bool
		if rows, changed, err = w.merged(ctx, at, m, before, rows); err != nil || !changed {
			return err
		}
	}
	return w.put(ctx, key, encodeMinute(nil, rows))
}

// merged puts rows in the place of those before, and logs what is corrected.
func (w *writer) merged(ctx context.Context, at time.Time, m slo.Minute, before, rows []numbered) (result []numbered, changed bool, err error) {
	for len(before) > 0 || len(rows) > 0 {
		switch {
		case len(rows) == 0 || len(before) > 0 && before[0].number < rows[0].number:
			result, before = append(result, before[0]), before[1:]
			continue
		case len(before) > 0 && before[0].number == rows[0].number:
			if before[0].row != rows[0].row {
				changed = true
				if err := w.correct(ctx, Correction{At: at, Minute: m, Before: before[0].row, After: rows[0].row}, rows[0].number); err != nil {
					return nil, false, err
				}
			}
			before = before[1:]
		default:
			changed = true
		}
		result, rows = append(result, rows[0]), rows[1:]
	}
	return result, changed, nil
}

// cell is a sum at its place in a column.
type cell struct {
	place int
	sum   burnrate.Sum
}

func sumOf(r burnrate.Row, minutes int64) burnrate.Sum {
	return burnrate.Sum{Counts: r.Counts, Rows: r.Rows, Minutes: minutes}
}

func rowOf(s *burnrate.Sum) burnrate.Row {
	return burnrate.Row{Counts: s.Counts, Rows: s.Rows, Measured: s.Minutes > 0}
}

// coarse collects a coarse hour.
func (w *writer) coarse(ctx context.Context, c burnrate.Coarse, into map[chunkKey]map[number][]cell) error {
	h := hourOf(c.Hour)
	if c.Hour < 0 || c.Hour >= endOfTime || c.Hour != h.span().Start || c.Sum.Minutes < 1 || c.Sum.Minutes > 60 {
		return fmt.Errorf("the coarse hour that begins with minute %d and has %d minutes is none", c.Hour, c.Sum.Minutes)
	}
	if err := large(c.Indicator, c.Hour, c.Sum); err != nil {
		return err
	}
	n, err := w.number(ctx, c.Indicator)
	if err != nil {
		return err
	}
	key := keyOf(coarseChunk, h, n.group())
	if into[key] == nil {
		into[key] = map[number][]cell{}
	}
	into[key][n] = []cell{{0, c.Sum}}
	return nil // which of its minutes is the first is not known
}

// merge writes cells into the columns of a group.
func (w *writer) merge(ctx context.Context, at time.Time, key chunkKey, cells map[number][]cell) error {
	columns, err := w.columns(ctx, key)
	if err != nil {
		return err
	}
	changed := false
	for _, n := range slices.Sorted(maps.Keys(cells)) {
		i, found := slices.BinarySearchFunc(columns, n, func(c column, n number) int { return cmp.Compare(c.number, n) })
		if !found {
			columns = slices.Insert(columns, i, column{n, make([]burnrate.Sum, key.kind().shape().cells)})
		}
		for _, c := range cells[n] {
			before := &columns[i].cells[c.place]
			if *before == c.sum {
				continue
			}
			changed = true
			if before.Minutes > 0 && key.kind() == hourChunk {
				correction := Correction{At: at, Minute: key.hour().span().Start + slo.Minute(c.place), Before: rowOf(before), After: rowOf(&c.sum)}
				if err := w.correct(ctx, correction, n); err != nil {
					return err
				}
			}
			*before = c.sum
		}
	}
	if !changed {
		return nil
	}
	return w.put(ctx, key, encodeGroup(nil, columns, key.kind().shape()))
}

// columns reads all columns of a chunk, none when there is no chunk.
func (w *writer) columns(ctx context.Context, key chunkKey) ([]column, error) {
	body, err := w.get(ctx, key)
	if err != nil || body == nil {
		return nil, err
	}
	return readColumns(key, body)
}

func readColumns(key chunkKey, body []byte) ([]column, error) {
	var g group
	if err := g.open(key, body); err != nil {
		return nil, key.damaged(err)
	}
	columns := make([]column, len(g.numbers))
	room := make([]burnrate.Sum, len(g.numbers)*g.shape.cells)
	for i, n := range g.numbers {
		columns[i] = column{n, room[i*g.shape.cells : (i+1)*g.shape.cells : (i+1)*g.shape.cells]}
		if err := g.column(i, columns[i].cells); err != nil {
			return nil, key.damaged(err)
		}
	}
	return columns, nil
}
