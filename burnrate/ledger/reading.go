package ledger

import (
	"cmp"
	"context"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// reading is how the rows of some indicators are read.
type reading struct {
	*snapshot
	columns []wanted // ordered by number
	count   int
	cells   []burnrate.Row // of an hour: the rows of a minute lie together
	sums    []burnrate.Sum // of one column
	block   []burnrate.Row // of some columns, one after another
	rows    []numbered
	group   group
}

// wanted is an indicator that is read, its place in a record, the minutes of an
// hour that it is read for, and the unit that its counts are read in.
type wanted struct {
	number   number
	place    int
	from, to int
	unit     lineage.Conversion
}

// holds reports whether a minute of the hour is read.
func (w *wanted) holds(minute int) bool { return w.from <= minute && minute < w.to }

// columns returns what is read of each hour, to have the rows in the order of
// the indicators.
func (x *index) columns(indicators []slo.IndicatorID) []wanted {
	var columns []wanted
	for i, id := range indicators {
		if n, known := x.numbers[id]; known {
			columns = append(columns, wanted{number: n, place: i, to: minutesOfHour})
		}
	}
	sortWanted(columns)
	return columns
}

func sortWanted(columns []wanted) {
	slices.SortFunc(columns, func(a, b wanted) int { return cmp.Compare(a.number, b.number) })
}

const minutesOfHour = 60

func newReading(s *snapshot, count int) *reading {
	return &reading{snapshot: s, count: count, sums: make([]burnrate.Sum, hoursOfDay*4)}
}

// readingOf reads the rows of indicators in their order.
func readingOf(s *snapshot, indicators []slo.IndicatorID) *reading {
	r := newReading(s, len(indicators))
	r.columns = s.index.columns(indicators)
	return r
}

func (r *reading) minute(i int) []burnrate.Row { return r.cells[i*r.count : (i+1)*r.count] }

// hour reads the minutes of an hour, and reports whether there are any.
func (r *reading) hour(ctx context.Context, h hour) (found bool, err error) {
	return r.minutes(ctx, h, h.span())
}

// minutes reads those of an hour that lie within a span, and maybe others.
func (r *reading) minutes(ctx context.Context, h hour, within slo.Span) (found bool, err error) {
	c := r.index.contents[h]
	minutes, groups := c.of(minuteChunk), c.of(hourChunk)
	if len(minutes)+len(groups) == 0 || len(r.columns) == 0 {
		return false, nil
	}
	if r.cells == nil {
		r.cells = make([]burnrate.Row, 60*r.count)
	}
	clear(r.cells)
	for _, chunk := range minutes {
		if m := h.span().Start + slo.Minute(chunk.key.part()); m < within.Start || m >= within.End {
			continue
		}
		if err := r.readMinute(ctx, chunk, r.minute(chunk.key.part())); err != nil {
			return false, err
		}
	}
	for _, chunk := range groups {
		if err := r.readHour(ctx, chunk); err != nil {
			return false, err
		}
	}
	return true, nil
}

// readHour reads the columns of a group and turns them into rows. It does so a
// few columns at a time: row by row those of all indicators would be far apart,
// and each in the way of the others.
func (r *reading) readHour(ctx context.Context, c content) error {
	const block = 16
	if r.block == nil {
		r.block = make([]burnrate.Row, block*60)
	}
	var places [block]int
	n := 0
	turn := func() {
		for m := range 60 {
			row := r.minute(m)
			for k, place := range places[:n] {
				row[place] = r.block[k*60+m]
			}
		}
		n = 0
	}
	err := r.eachColumn(ctx, c, func(i int, sums []burnrate.Sum, at []wanted) error {
		for k := range at {
			w, rows := &at[k], r.block[n*60:(n+1)*60]
			if err := r.group.rows(i, rows, sums); err != nil {
				return err
			}
			if w.unit != lineage.SameUnit {
				for m := range rows {
					w.unit.Convert(&rows[m])
				}
			}
			if w.from > 0 || w.to < minutesOfHour {
				for m := w.from; m < w.to; m++ {
					r.minute(m)[w.place] = rows[m]
				}
				continue
			}
			places[n] = w.place
			if n++; n == block {
				turn()
			}
		}
		return nil
	})
	turn()
	return err
}

// one reads a single minute.
func (r *reading) one(ctx context.Context, m slo.Minute) ([]burnrate.Row, error) {
	h := hourOf(m)
	c := r.index.contents[h]
	if c == nil {
		return nil, nil
	}
	rows := make([]burnrate.Row, r.count)
	part := int(m - h.span().Start)
	if i, found := c.find(keyOf(minuteChunk, h, part)); found {
		return rows, r.readMinute(ctx, c.entries[i], rows)
	}
	for _, chunk := range c.of(hourChunk) {
		err := r.eachColumn(ctx, chunk, func(i int, sums []burnrate.Sum, at []wanted) error {
			row, err := r.group.row(i, part, sums)
			for k := range at {
				if w := &at[k]; w.holds(part) {
					rows[w.place] = row
					w.unit.Convert(&rows[w.place])
				}
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func (r *reading) readMinute(ctx context.Context, c content, into []burnrate.Row) error {
	body, err := r.chunk(ctx, c)
	if err != nil {
		return err
	}
	if r.rows, err = decodeMinute(r.rows[:0], body); err != nil {
		return c.key.damaged(err)
	}
	i := 0
	for _, row := range r.rows {
		for i < len(r.columns) && r.columns[i].number < row.number {
			i++
		}
		for k := i; k < len(r.columns) && r.columns[k].number == row.number; k++ {
			if w := &r.columns[k]; w.holds(c.key.part()) {
				into[w.place] = row.row
				w.unit.Convert(&into[w.place])
			}
		}
	}
	return nil
}

// readGroup calls do with the sums of each column that is wanted, which are
// overwritten by the next one's.
func (r *reading) readGroup(ctx context.Context, c content, do func(place int, sums []burnrate.Sum)) error {
	return r.eachColumn(ctx, c, func(i int, sums []burnrate.Sum, at []wanted) error {
		if err := r.group.column(i, sums); err != nil {
			return err
		}
		for _, w := range at {
			do(w.place, sums)
		}
		return nil
	})
}

// eachColumn calls do for each column of a chunk that is wanted, with room for
// its sums and the places it is wanted at. A chunk without any is not read.
func (r *reading) eachColumn(ctx context.Context, c content, do func(i int, sums []burnrate.Sum, at []wanted) error) error {
	first, _ := slices.BinarySearchFunc(r.columns, number(c.key.part())*groupSize, func(w wanted, n number) int { return cmp.Compare(w.number, n) })
	if first == len(r.columns) || r.columns[first].number.group() != c.key.part() {
		return nil
	}
	body, err := r.chunk(ctx, c)
	if err == nil {
		if err = r.group.open(c.key, body); err != nil {
			err = c.key.damaged(err)
		}
	}
	if err != nil {
		return err
	}
	sums := r.sums[:r.group.shape.cells]
	k := first
	for i, n := range r.group.numbers {
		for k < len(r.columns) && r.columns[k].number < n {
			k++
		}
		if k == len(r.columns) || r.columns[k].number != n {
			continue
		}
		end := k + 1
		for end < len(r.columns) && r.columns[end].number == n {
			end++
		}
		if err := do(i, sums, r.columns[k:end]); err != nil {
			return c.key.damaged(err)
		}
		k = end
	}
	return nil
}
