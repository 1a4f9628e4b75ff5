package ledger

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// stretchText names what a cell of a chunk is for readers.
func (k kind) stretchText() string {
	switch k {
	case quarterChunk:
		return "quarter-hour"
	case coarseChunk:
		return "coarse hour"
	default:
		return "minute"
	}
}

// row takes a line about a minute, a quarter-hour or a coarse hour. key is that
// of its start.
func (i *importer) row(ctx context.Context, l *line, key string, k kind) error {
	minutes := k.shape().minutes
	start, id := l.start(key, minutes), l.indicator()
	var sum burnrate.Sum
	if k == hourChunk {
		sum = sumOf(l.row(""), 1)
	} else {
		sum = l.sum(minutes)
	}
	if l.small(id, start, sum); l.end() != nil {
		return nil
	}
	first := hourOf(start)
	if k == quarterChunk {
		first = first.day()
	}
	p := &i.pending
	if first != p.start && p.lines > 0 {
		if first < p.start {
			l.fail("the %s lies before the %s of the lines above: sort the lines of this type by time", k.stretchText(), k.within())
			return nil
		}
		if err := i.flush(ctx); err != nil {
			return err
		}
	}
	n, err := i.writer.number(ctx, id)
	if err != nil {
		return err
	}
	p.kind, p.start = k, first
	p.add(cellOfLine{i.count, n, int(int64(start-first.span().Start) / minutes), sum})
	return nil
}

// within names the stretch in which lines may have any order.
func (k kind) within() string {
	if k == quarterChunk {
		return "day"
	}
	return "hour"
}

// flush compares the lines that were kept with the ledger, and writes what is
// new.
func (i *importer) flush(ctx context.Context) error {
	for block := range i.pending.blocks {
		if len(i.pending.blocks[block].data) > 0 {
			if err := i.flushBlock(ctx, block); err != nil {
				return err
			}
		}
	}
	return nil
}

// block is a part of the lines that were kept, beside what the ledger has. The
// sums of one cell lie together, one for each indicator.
type block struct {
	kind  kind
	start hour
	first number // of the indicators
	ids   []slo.IndicatorID
	kept  []burnrate.Sum // by the ledger, before the import
	taken []burnrate.Sum // to be written
	from  []int64        // the lines, 0 where there is none
	// minutes of quarter-hours that are in the ledger now.
	minutes []bool
	old     retired
}

func (b *block) at(c cellOfLine) int { return c.cell*len(b.ids) + int(c.number-b.first) }

// startOf returns the first minute of a cell.
func (b *block) startOf(cell int) slo.Minute {
	return b.start.span().Start + slo.Minute(int64(cell)*b.kind.shape().minutes)
}

// newBlock reads what the ledger has of the time and the indicators of a block.
func (i *importer) newBlock(ctx context.Context, first number) (*block, error) {
	p := &i.pending
	ids := i.index.ids[first:min(int(first)+blockSize, len(i.index.ids))]
	size := p.kind.shape().cells * len(ids)
	b := &block{kind: p.kind, start: p.start, first: first, ids: ids, old: retired{i.writer, map[chunkKey][]column{}}}
	b.kept, i.room.kept = cleared(i.room.kept, size)
	b.taken, i.room.taken = cleared(i.room.taken, size)
	b.from, i.room.from = cleared(i.room.from, size)
	if p.kind == quarterChunk {
		b.minutes, i.room.minutes = cleared(i.room.minutes, size)
		if err := b.readMinutes(ctx, &snapshot{i.transaction, i.index}); err != nil {
			return nil, err
		}
	}
	if i.kept.index.contents[p.start] == nil {
		return b, nil
	}
	r := readingOf(i.kept, ids)
	if p.kind != hourChunk {
		_, err := r.cellsOf(ctx, p.kind, p.start, b.kept)
		return b, err
	}
	found, err := r.hour(ctx, p.start)
	if found && err == nil {
		for at, row := range r.cells {
			if row.Measured {
				b.kept[at] = sumOf(row, 1)
			}
		}
	}
	return b, err
}

// room is what blocks are put into, one after the other.
type room struct {
	kept, taken []burnrate.Sum
	from        []int64
	minutes     []bool
}

// cleared returns a list of zeroes, and the room that it was made in.
func cleared[T any](list []T, size int) ([]T, []T) {
	if cap(list) < size {
		list = make([]T, size)
	}
	list = list[:size]
	clear(list)
	return list, list
}

// readMinutes finds the quarter-hours of which there are minutes.
func (b *block) readMinutes(ctx context.Context, s *snapshot) error {
	r := readingOf(s, b.ids)
	for h := b.start; h < b.start+hoursOfDay; h++ {
		if s.index.contents[h] == nil {
			continue
		}
		found, err := r.hour(ctx, h)
		if err != nil {
			return err
		}
		for m := 0; found && m < minutesOfHour; m++ {
			quarter := (int(h-b.start)*minutesOfHour + m) / int(b.kind.shape().minutes)
			for place, row := range r.minute(m) {
				if row.Measured {
					b.minutes[quarter*len(b.ids)+place] = true
				}
			}
		}
	}
	return nil
}

func (i *importer) flushBlock(ctx context.Context, n int) error {
	b, err := i.newBlock(ctx, number(n*blockSize))
	if err != nil {
		return err
	}
	found := false
	i.pending.take(n, func(c cellOfLine) {
		if err != nil {
			return
		}
		at := b.at(c)
		if b.from[at] != 0 {
			i.mistake(c.line, "%s is there already, in line %d; leave one of them out", b.name(c), b.from[at])
			return
		}
		b.from[at] = c.line
		var isNew bool
		if isNew, err = i.isNew(ctx, b, c); isNew {
			b.taken[at], found = c.sum, true
		}
	})
	if err != nil || !found {
		return err
	}
	if b.kind == hourChunk {
		return i.writeMinutes(ctx, b)
	}
	return i.writeSums(ctx, b)
}

// name names the cell of a line.
func (b *block) name(c cellOfLine) string {
	return fmt.Sprintf("the %s %s of the indicator %q", b.kind.stretchText(), b.startOf(c.cell), b.ids[c.number-b.first])
}

// isNew reports whether what a line says has to be written.
func (i *importer) isNew(ctx context.Context, b *block, c cellOfLine) (bool, error) {
	before := b.kept[b.at(c)]
	if before == c.sum {
		i.done.Equal++
		return false, nil
	}
	switch b.kind {
	case hourChunk:
		m := b.startOf(c.cell)
		if old, err := b.old.keeps(ctx, c.number, m); err != nil {
			return false, err
		} else if old {
			i.mistake(c.line, "%v", &RetiredError{b.ids[c.number-b.first], m})
			return false, nil
		}
	case quarterChunk:
		if b.minutes[b.at(c)] {
			i.mistake(c.line, "%s has minutes already, in the ledger or in the lines above, and would count twice; leave its sum out", b.name(c))
			return false, nil
		}
	}
	switch {
	case before.Minutes > 0 && i.options.Replace:
		i.done.Replaced++
	case before.Minutes > 0:
		i.mistake(c.line, "%s has %s, and the ledger keeps %s; --replace takes what the file says", b.name(c), b.sumText(c.sum), b.sumText(before))
		return false, nil
	case b.kind == hourChunk:
		i.done.Minutes++
	default:
		i.done.Sums++
	}
	return true, nil
}

func (b *block) sumText(s burnrate.Sum) string {
	if most := b.kind.shape().minutes; s.Minutes != most {
		return fmt.Sprintf("%s in %d of %d minutes", countsText(s.Counts, s.Rows), s.Minutes, most)
	}
	return countsText(s.Counts, s.Rows)
}

// writeMinutes writes minutes as a tick does.
func (i *importer) writeMinutes(ctx context.Context, b *block) error {
	batch := burnrate.Batch{Indicators: b.ids}
	for cell := range b.kind.shape().cells {
		var rows []burnrate.Row
		for place := range b.ids {
			s := &b.taken[cell*len(b.ids)+place]
			if s.Minutes == 0 {
				continue
			}
			if rows == nil {
				rows = make([]burnrate.Row, len(b.ids))
			}
			rows[place] = rowOf(s)
		}
		if rows != nil {
			batch.Records = append(batch.Records, burnrate.Record{Minute: b.startOf(cell), Rows: rows})
		}
	}
	return i.tick(ctx, burnrate.Tick{At: i.options.Now, Measured: []burnrate.Batch{batch}})
}

// writeSums writes quarter-hours or coarse hours into their columns.
func (i *importer) writeSums(ctx context.Context, b *block) error {
	cells := map[chunkKey]map[number][]cell{}
	for at, sum := range b.taken {
		if sum.Minutes == 0 {
			continue
		}
		n, place := b.first+number(at%len(b.ids)), at/len(b.ids)
		key := keyOf(b.kind, b.start, n.group())
		if cells[key] == nil {
			cells[key] = map[number][]cell{}
		}
		cells[key][n] = append(cells[key][n], cell{place, sum})
		// The first measured minute may be any of a quarter-hour's. Coarse hours
		// say nothing about it, minutes come in their place.
		if start := b.startOf(place); b.kind == quarterChunk && i.index.since[n] >= start+slo.Minute(b.kind.shape().minutes) {
			if err := i.began(ctx, n, start); err != nil {
				return err
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(cells)) {
		if err := i.merge(ctx, i.options.Now, key, cells[key]); err != nil {
			return err
		}
	}
	return nil
}
