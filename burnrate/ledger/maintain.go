package ledger

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// Maintenance is what [Ledger.Maintain] did.
type Maintenance struct {
	Packed   int // hours whose minutes became columns
	Retired  int // days whose minutes became quarter-hours
	Dropped  int // days whose quarter-hours are gone
	Leftover bool
	// Doubted says that by the clock more is too old than was let go: the clock
	// may be ahead. Present is what was taken for the present then.
	Doubted bool
	Present time.Time
}

// mostAtOnce is how many hours or days one call of Maintain works on, each in a
// commit of its own, so that ticks do not wait long.
const mostAtOnce = 24

// Maintain packs the hours that are old enough, and lets go what is kept long
// enough. It does a part at a time: Leftover says that there is more to do.
// What it does changes no number, but that of minutes only their quarter-hours
// remain. Nothing is let go on the word of a clock alone, see
// [Options.Witnesses].
func (l *Ledger) Maintain(ctx context.Context, now time.Time) (Maintenance, error) {
	l.maintaining.Lock() // what there is to do stays so until it is done
	defer l.maintaining.Unlock()
	m := maintaining{Ledger: l, now: now, damaged: map[hour]bool{}}
	for range mostAtOnce {
		did, err := m.next(ctx)
		if err != nil || !did {
			return m.done, errors.Join(append(m.errors, err)...)
		}
	}
	m.done.Leftover = true
	return m.done, errors.Join(m.errors...)
}

// maintaining is one call of Maintain.
type maintaining struct {
	*Ledger
	now     time.Time
	done    Maintenance
	damaged map[hour]bool // hours that could not be read, and do not hold up the others
	errors  []error       // about them
}

// next does the next piece of work, and reports whether there was one.
func (m *maintaining) next(ctx context.Context) (bool, error) {
	pack := hourOf(slo.MinuteAt(m.now.Add(-m.options.Pack)))
	m.mu.Lock()
	contents := m.index.contents
	m.mu.Unlock()
	hours := slices.DeleteFunc(slices.Sorted(maps.Keys(contents)), func(h hour) bool { return m.damaged[h] })
	due := m.agesAt(m.now)
	if slices.ContainsFunc(hours, func(h hour) bool { return due.isDue(contents[h]) }) {
		present, err := m.present(ctx, m.now)
		if err != nil {
			return false, err
		}
		believed := m.agesAt(present)
		m.done.Present = present
		m.done.Doubted = slices.ContainsFunc(hours, func(h hour) bool { return due.isDue(contents[h]) && !believed.isDue(contents[h]) })
		due = believed
	}
	for _, h := range hours {
		switch c := contents[h]; {
		case h < due.forget:
			return true, m.do(ctx, h, &m.done.Dropped, func(w *writer) error { return w.forget(ctx, h.day(), due.forget) })
		case due.isDue(c) && !m.asideOn(contents, h.day()):
			return true, m.do(ctx, h, &m.done.Retired, func(w *writer) error { return w.retire(ctx, h.day()) })
		case h < pack && len(c.of(minuteChunk)) > 0 && !m.hasAside(c):
			return true, m.do(ctx, h, &m.done.Packed, func(w *writer) error { return w.pack(ctx, h) })
		}
	}
	return m.trimCorrections(ctx, m.now)
}

// asideOn reports whether something of a day is left out, as it is damaged: its
// minutes stay as they are.
func (m *maintaining) asideOn(contents map[hour]*contents, day hour) bool {
	for h := day; h < day+hoursOfDay; h++ {
		if m.hasAside(contents[h]) {
			return true
		}
	}
	return false
}

// do does a piece of work and counts it. What is damaged is left as it is.
func (m *maintaining) do(ctx context.Context, h hour, count *int, work func(*writer) error) error {
	err := m.write(ctx, work)
	if _, isDamage := errors.AsType[*DamageError](err); isDamage {
		m.damaged[h] = true
		m.errors = append(m.errors, err)
		return nil
	}
	if err == nil {
		*count++
	}
	return err
}

// ages are the first hours that are still kept, and as minutes.
type ages struct{ forget, retire hour }

func (l *Ledger) agesAt(now time.Time) ages {
	return ages{
		forget: hourOf(slo.MinuteAt(now.Add(-l.options.Quarters))).day(),
		retire: hourOf(slo.MinuteAt(now.Add(-l.options.Minutes))).day(),
	}
}

// isDue reports whether an hour has minutes, or anything, that is too old.
func (a ages) isDue(c *contents) bool {
	return c.hour < a.forget || c.hour < a.retire && len(c.of(minuteChunk))+len(c.of(hourChunk)) > 0
}

// pack turns the minutes of an hour into columns.
func (w *writer) pack(ctx context.Context, h hour) error {
	groups := map[int]map[number][]burnrate.Sum{}
	shape := hourChunk.shape()
	// The hour may be packed in part, when a backfill came first.
	for _, c := range slices.Clone(w.index.contents[h].of(hourChunk)) {
		columns, err := w.columns(ctx, c.key)
		if err != nil {
			return err
		}
		groups[c.key.part()] = map[number][]burnrate.Sum{}
		for _, column := range columns {
			groups[c.key.part()][column.number] = column.cells
		}
	}
	var rows []numbered
	for _, c := range slices.Clone(w.index.contents[h].of(minuteChunk)) {
		body, err := w.chunk(ctx, c)
		if err != nil {
			return err
		}
		if rows, err = decodeMinute(rows[:0], body); err != nil {
			return c.key.damaged(err)
		}
		for _, r := range rows {
			g := groups[r.number.group()]
			if g == nil {
				g = map[number][]burnrate.Sum{}
				groups[r.number.group()] = g
			}
			if g[r.number] == nil {
				g[r.number] = make([]burnrate.Sum, shape.cells)
			}
			g[r.number][c.key.part()] = sumOf(r.row, 1)
		}
		if err := w.drop(ctx, c.key); err != nil {
			return err
		}
	}
	return w.putGroups(ctx, hourChunk, h, groups)
}

func (w *writer) putGroups(ctx context.Context, k kind, h hour, groups map[int]map[number][]burnrate.Sum) error {
	for _, part := range slices.Sorted(maps.Keys(groups)) {
		var columns []column
		for _, n := range slices.Sorted(maps.Keys(groups[part])) {
			columns = append(columns, column{n, groups[part][n]})
		}
		if err := w.put(ctx, keyOf(k, h, part), encodeGroup(nil, columns, k.shape())); err != nil {
			return err
		}
	}
	return nil
}

// retire turns the minutes of a day into sums of quarter-hours. A row that
// cannot be counts as not measured, as everywhere.
//
// A quarter-hour may have a sum already, when minutes came after their day had
// retired. Which minutes are in it is not known any more, so that nothing can be
// added to it: it is replaced when at least as many minutes were measured now.
func (w *writer) retire(ctx context.Context, day hour) error {
	sums := map[number][]burnrate.Sum{}
	shape := quarterChunk.shape()
	for h := day; h < day+hoursOfDay; h++ {
		if c := w.index.contents[h]; c != nil && len(c.of(minuteChunk)) > 0 {
			if err := w.pack(ctx, h); err != nil {
				return err
			}
		}
		c := w.index.contents[h]
		if c == nil {
			continue
		}
		for _, chunk := range slices.Clone(c.of(hourChunk)) {
			columns, err := w.columns(ctx, chunk.key)
			if err != nil {
				return err
			}
			for _, column := range columns {
				if sums[column.number] == nil {
					sums[column.number] = make([]burnrate.Sum, shape.cells)
				}
				addMinutes(sums[column.number], int64(h-day)*60, column.cells)
			}
			if err := w.drop(ctx, chunk.key); err != nil {
				return err
			}
		}
	}
	return w.putQuarters(ctx, day, sums)
}

// addMinutes adds minutes, which begin with one of the day, to its quarter-hours.
func addMinutes(quarters []burnrate.Sum, first int64, minutes []burnrate.Sum) {
	for i, s := range minutes {
		if _, tooLarge := largest(s); s.Minutes == 0 || tooLarge || !s.Counts.Consistent() || !s.Rows.Consistent() {
			continue
		}
		q := &quarters[(first+int64(i))/quarterChunk.shape().minutes]
		q.Counts, q.Rows, q.Minutes = q.Counts.Add(s.Counts), q.Rows.Add(s.Rows), q.Minutes+s.Minutes
	}
}

// putQuarters writes the quarter-hours of a day into its groups.
func (w *writer) putQuarters(ctx context.Context, day hour, sums map[number][]burnrate.Sum) error {
	groups := map[int]map[number][]burnrate.Sum{}
	for n, cells := range sums {
		part := n.group()
		if groups[part] == nil {
			columns, err := w.columns(ctx, keyOf(quarterChunk, day, part))
			if err != nil {
				return err
			}
			groups[part] = map[number][]burnrate.Sum{}
			for _, c := range columns {
				groups[part][c.number] = c.cells
			}
		}
		before := groups[part][n]
		if before == nil {
			groups[part][n] = cells
			continue
		}
		for i, s := range cells {
			if s.Minutes >= before[i].Minutes {
				before[i] = s
			}
		}
	}
	return w.putGroups(ctx, quarterChunk, day, groups)
}

// forget drops everything of a day.
func (w *writer) forget(ctx context.Context, day, before hour) error {
	for h := day; h < min(day+hoursOfDay, before); h++ {
		if c := w.index.contents[h]; c != nil {
			for _, chunk := range slices.Clone(c.entries) {
				if err := w.drop(ctx, chunk.key); err != nil {
					return err
				}
			}
		}
	}
	return w.forgetLineages(ctx, (day + hoursOfDay).span().Start)
}

// forgetLineages drops what lineages say of minutes before one, as nothing is
// kept of them.
func (w *writer) forgetLineages(ctx context.Context, before slo.Minute) error {
	entries, err := (&snapshot{w.transaction, w.index}).entries(ctx)
	if err != nil {
		return err
	}
	if entries, err = lineage.Forget(burnrate.Kept{Entries: entries}, before); err != nil {
		return err
	}
	for _, e := range entries {
		if err := w.entry(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// mostCorrections is how long the log of corrections may get.
const mostCorrections = 1_000_000

// trimCorrections drops corrections that are older than minutes are kept, and
// the oldest when there are too many.
func (l *Ledger) trimCorrections(ctx context.Context, now time.Time) (bool, error) {
	const atOnce = 10_000
	l.mu.Lock()
	rows := l.index.root.Corrections.Rows
	l.mu.Unlock()
	if rows == 0 {
		return false, nil
	}
	surplus := max(0, rows-mostCorrections)
	due, err := l.dueCorrections(ctx, now.Add(-l.options.Minutes), surplus, atOnce)
	if err == nil && due > 0 {
		if now, err = l.present(ctx, now); err == nil {
			due, err = l.dueCorrections(ctx, now.Add(-l.options.Minutes), surplus, atOnce)
		}
	}
	if err != nil || due == 0 {
		return false, err
	}
	return true, l.write(ctx, func(w *writer) error { return w.dropCorrections(ctx, due) })
}

// dueCorrections returns how many of the oldest corrections are due: those
// before an instant, and surplus ones.
func (l *Ledger) dueCorrections(ctx context.Context, before time.Time, surplus, most int64) (int64, error) {
	s, err := l.snapshot(ctx)
	if err != nil {
		return 0, err
	}
	defer s.end()
	due, young := int64(0), false
	err = s.eachCorrection(ctx, s.index, most, func(_ int64, c Correction, _ uint32) error {
		if young = young || !c.At.Before(before) && due >= surplus; !young {
			due++
		}
		return nil
	})
	return due, wrap("read the ledger", err)
}

func (w *writer) dropCorrections(ctx context.Context, count int64) error {
	w.wrote = true
	last := int64(0)
	err := w.eachCorrection(ctx, w.index, count, func(key int64, _ Correction, sum uint32) error {
		last = key
		w.index.root.Corrections.drop(sum)
		return nil
	})
	if err != nil {
		return err
	}
	return w.exec(ctx, "DELETE FROM corrections WHERE number <= ?", last)
}
