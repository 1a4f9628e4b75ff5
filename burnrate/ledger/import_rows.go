package ledger

import (
	"context"
	"maps"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// pendingMinutes are the minutes of one hour, which are written together.
type pendingMinutes struct {
	hour  hour
	lines []minuteOfLine
	rows  []burnrate.Row // those of a minute lie together, one for each indicator
	from  []int64        // their lines
}

type minuteOfLine struct {
	line   int64
	minute slo.Minute
	place  int
	row    burnrate.Row
}

func (i *importer) minute(ctx context.Context, l *line) error {
	m, id, row := l.start("minute", 1), slo.IndicatorID(l.text("indicator")), l.row("")
	p := &i.minutes
	if l.end() != nil {
		return nil
	}
	if h := hourOf(m); len(p.lines) > 0 && h != p.hour {
		if h < p.hour {
			l.fail("the minute lies in an earlier hour than the one before: sort the minutes by time")
			return nil
		}
		if err := i.flushMinutes(ctx); err != nil {
			return err
		}
	}
	p.hour = hourOf(m)
	p.lines = append(p.lines, minuteOfLine{i.count, m, i.place(id), row})
	return nil
}

// flushMinutes compares the minutes of an hour with what is kept of them, and
// writes those that are not.
func (i *importer) flushMinutes(ctx context.Context) error {
	p := &i.minutes
	if len(p.lines) == 0 {
		return nil
	}
	kept, err := i.keptHour(ctx, p.hour)
	if err != nil {
		return err
	}
	first, width := p.hour.span().Start, len(i.ids)
	p.rows = append(p.rows[:0], make([]burnrate.Row, 60*width)...)
	p.from = append(p.from[:0], make([]int64, 60*width)...)
	for _, m := range p.lines {
		at := int(m.minute-first)*width + m.place
		if p.from[at] != 0 {
			i.mistake(m.line, "minute %s of the indicator %q is there already, in line %d", minuteText(m.minute), i.ids[m.place], p.from[at])
			continue
		}
		p.from[at] = m.line
		if i.isNew(m, kept) {
			p.rows[at] = m.row
		}
	}
	p.lines = p.lines[:0]
	if !i.writes() {
		return nil
	}
	batch := burnrate.Batch{Indicators: i.ids, Records: make([]burnrate.Record, 60)}
	for k := range batch.Records {
		batch.Records[k] = burnrate.Record{Minute: first + slo.Minute(k), Rows: p.rows[k*width : (k+1)*width]}
	}
	return i.tick(ctx, burnrate.Tick{At: i.options.Now, Measured: []burnrate.Batch{batch}})
}

// isNew reports whether a minute has to be written.
func (i *importer) isNew(m minuteOfLine, kept keptHour) bool {
	before, quarter := kept.minute(m.place, m.minute), kept.quarter(m.place, m.minute)
	switch {
	case before.Measured && before == m.row:
		i.done.Equal++
		return false
	case before.Measured && i.options.Replace:
		i.done.Replaced++
	case before.Measured:
		i.mistake(m.line, "minute %s of the indicator %q has %s, and the ledger keeps %s; --replace takes what the file says",
			minuteText(m.minute), i.ids[m.place], countsText(m.row.Counts, m.row.Rows), countsText(before.Counts, before.Rows))
	case quarter.Minutes > 0:
		i.mistake(m.line, "minute %s of the indicator %q lies in a quarter-hour of which the ledger keeps the sum only; leave it out",
			minuteText(m.minute), i.ids[m.place])
	default:
		i.done.Minutes++
	}
	return true
}

// keptHour is what the ledger kept of an hour before the import.
type keptHour struct {
	first    slo.Minute
	minutes  *reading       // nil when there are none
	quarters []burnrate.Sum // of the day; nil when there are none
	width    int
}

func (i *importer) keptHour(ctx context.Context, h hour) (keptHour, error) {
	kept := keptHour{first: h.span().Start, width: len(i.ids)}
	if i.kept.index.contents[h] != nil {
		r := readingOf(i.kept, i.ids)
		found, err := r.hour(ctx, h)
		if err != nil {
			return kept, err
		}
		if found {
			kept.minutes = r
		}
	}
	var err error
	kept.quarters, err = i.keptSums(ctx, quarterChunk, h.day())
	return kept, err
}

// keptSums returns what the ledger kept before of a chunk's cells; nil when it
// kept nothing.
func (i *importer) keptSums(ctx context.Context, k kind, h hour) ([]burnrate.Sum, error) {
	if i.kept.index.contents[h] == nil {
		return nil, nil
	}
	cells := make([]burnrate.Sum, k.shape().cells*len(i.ids))
	found, err := readingOf(i.kept, i.ids).cellsOf(ctx, k, h, cells)
	if err != nil || !found {
		return nil, err
	}
	return cells, nil
}

func (k *keptHour) minute(place int, m slo.Minute) burnrate.Row {
	if k.minutes == nil {
		return burnrate.Row{}
	}
	return k.minutes.minute(int(m - k.first))[place]
}

func (k *keptHour) quarter(place int, m slo.Minute) burnrate.Sum {
	if k.quarters == nil {
		return burnrate.Sum{}
	}
	return k.quarters[int(m-hourOf(m).day().span().Start)/15*k.width+place]
}

// pendingSums are the quarter-hours of one day, or one coarse hour.
type pendingSums struct {
	kind  kind
	first hour // of the chunks
	lines []sumOfLine
}

type sumOfLine struct {
	line  int64
	start slo.Minute
	place int
	sum   burnrate.Sum
}

func (i *importer) sum(ctx context.Context, l *line, key string, k kind) error {
	minutes := k.shape().minutes
	start, id, sum := l.start(key, minutes), slo.IndicatorID(l.text("indicator")), l.sum(minutes)
	p := &i.sums
	if l.end() != nil {
		return nil
	}
	first := hourOf(start)
	if k == quarterChunk {
		first = first.day()
	}
	if len(p.lines) > 0 && first != p.first {
		if first < p.first {
			l.fail("the %s lies in an earlier hour or day than the one before: sort them by time", key)
			return nil
		}
		if err := i.flushSums(ctx); err != nil {
			return err
		}
	}
	p.kind, p.first = k, first
	p.lines = append(p.lines, sumOfLine{i.count, start, i.place(id), sum})
	return nil
}

// flushSums does with sums what flushMinutes does with minutes.
func (i *importer) flushSums(ctx context.Context) error {
	p := &i.sums
	if len(p.lines) == 0 {
		return nil
	}
	kept, err := i.keptSums(ctx, p.kind, p.first)
	if err != nil {
		return err
	}
	minutes := p.kind.shape().minutes
	from := map[[2]int]int64{}
	cells := map[chunkKey]map[number][]cell{}
	var hour keptHour
	hour.first = -1
	for _, s := range p.lines {
		at := int(s.start-p.first.span().Start) / int(minutes)
		if line, twice := from[[2]int{at, s.place}]; twice {
			i.mistake(s.line, "what begins at %s of the indicator %q is there already, in line %d", minuteText(s.start), i.ids[s.place], line)
			continue
		}
		from[[2]int{at, s.place}] = s.line
		var before burnrate.Sum
		if kept != nil {
			before = kept[at*len(i.ids)+s.place]
		}
		if before.Minutes == 0 && p.kind == quarterChunk {
			if h := hourOf(s.start); hour.first != h.span().Start {
				if hour, err = i.keptHour(ctx, h); err != nil {
					return err
				}
			}
			if hour.measured(s.place, s.start) {
				i.mistake(s.line, "the ledger keeps minutes of the quarter-hour %s of the indicator %q; leave it out", minuteText(s.start), i.ids[s.place])
				continue
			}
		}
		if !i.isNewSum(s, before) || !i.writes() {
			continue
		}
		if err := i.collect(ctx, p.kind, s, at, cells); err != nil {
			return err
		}
	}
	p.lines = p.lines[:0]
	for _, key := range slices.Sorted(maps.Keys(cells)) {
		if err := i.merge(ctx, i.options.Now, key, cells[key]); err != nil {
			return err
		}
	}
	return nil
}

// measured reports whether minutes of a quarter-hour are kept.
func (k *keptHour) measured(place int, start slo.Minute) bool {
	for m := start; m < start+15; m++ {
		if row := k.minute(place, m); row.Measured {
			return true
		}
	}
	return false
}

func (i *importer) isNewSum(s sumOfLine, before burnrate.Sum) bool {
	switch {
	case before.Minutes == 0:
		i.done.Sums++
	case before == s.sum:
		i.done.Equal++
		return false
	case i.options.Replace:
		i.done.Replaced++
	default:
		i.mistake(s.line, "what begins at %s of the indicator %q has %s in %d minutes, and the ledger keeps %s in %d; --replace takes what the file says",
			minuteText(s.start), i.ids[s.place], countsText(s.sum.Counts, s.sum.Rows), s.sum.Minutes, countsText(before.Counts, before.Rows), before.Minutes)
	}
	return true
}

// collect puts a sum at its place in a column.
func (i *importer) collect(ctx context.Context, k kind, s sumOfLine, at int, into map[chunkKey]map[number][]cell) error {
	if k == coarseChunk {
		return i.coarse(ctx, burnrate.Coarse{Indicator: i.ids[s.place], Hour: s.start, Sum: s.sum}, into)
	}
	n, err := i.writer.number(ctx, i.ids[s.place])
	if err != nil {
		return err
	}
	key := keyOf(k, hourOf(s.start).day(), n.group())
	if into[key] == nil {
		into[key] = map[number][]cell{}
	}
	into[key][n] = append(into[key][n], cell{at, s.sum})
	// The first measured minute may be any of the quarter-hour's.
	if i.index.since[n] < s.start+15 {
		return nil
	}
	return i.began(ctx, n, s.start)
}
