package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Reader reads a ledger, also while another process writes it. Each method sees
// the ledger as of one commit. Its methods may be called at once.
type Reader struct {
	dir  string
	db   *sql.DB
	mark *mark

	mu   sync.Mutex
	last *index // what was read last
}

// OpenReader opens the ledger in a folder for reading. Nothing is changed.
func OpenReader(ctx context.Context, dir string) (*Reader, error) {
	path := filepath.Join(dir, fileName)
	if _, err := os.Stat(path); err != nil {
		return nil, wrap("open the ledger", err)
	}
	r := &Reader{dir: dir}
	var err error
	if file, openErr := os.Open(filepath.Join(dir, markName)); openErr == nil {
		r.mark = &mark{file}
	}
	if r.db, err = openDatabase(path, false); err == nil {
		var s *snapshot
		if s, err = r.snapshot(ctx); err == nil {
			s.end()
			return r, nil
		}
	}
	return nil, errors.Join(err, r.Close())
}

// Close ends the reader.
func (r *Reader) Close() error {
	var err error
	if r.db != nil {
		err = r.db.Close()
	}
	if r.mark != nil {
		err = errors.Join(err, r.mark.file.Close())
	}
	return err
}

// snapshot is the ledger as of one commit.
type snapshot struct {
	*transaction
	index *index
}

func (s *snapshot) end() { s.rollback() }

func (r *Reader) snapshot(ctx context.Context) (*snapshot, error) {
	// What is acknowledged now is seen by a transaction that begins later.
	var acknowledged int64
	if r.mark != nil {
		var err error
		if acknowledged, err = r.mark.read(); err != nil {
			return nil, err
		}
	}
	tx, err := begin(ctx, r.db, true)
	if err != nil {
		return nil, wrap("read the ledger", err)
	}
	x, err := r.readIndex(ctx, tx)
	if err == nil {
		if err = x.root.known(); err == nil {
			err = x.root.reaches(acknowledged)
		}
	}
	if err != nil {
		tx.rollback()
		return nil, wrap("read the ledger", err)
	}
	return &snapshot{tx, x}, nil
}

func (r *Reader) readIndex(ctx context.Context, tx *transaction) (*index, error) {
	r.mu.Lock()
	before := r.last
	r.mu.Unlock()
	x, err := tx.readIndex(ctx, before)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = x
	return x, nil
}

// Minutes returns the minutes of a span in order, each with a row for each of
// the indicators; those of which nothing was measured are left out, unless
// another minute of their hour was. Minutes that are only kept as
// quarter-hours are not among them, see [Reader.Quarters]. The rows of a record
// are overwritten by the next one.
//
// An hour is read at a time, so that the memory depends on the number of
// indicators alone. To read one indicator's history takes that of its group.
func (r *Reader) Minutes(ctx context.Context, indicators []slo.IndicatorID, span slo.Span) iter.Seq2[burnrate.Record, error] {
	return r.records(ctx, len(indicators), span, func(x *index) columnsOf {
		columns := x.columns(indicators)
		return func(hour) []wanted { return columns }
	})
}

// columnsOf says what is read of an hour.
type columnsOf func(hour) []wanted

// records reads the minutes of a span hour by hour. count is how many rows a
// record has.
func (r *Reader) records(ctx context.Context, count int, span slo.Span, wants func(*index) columnsOf) iter.Seq2[burnrate.Record, error] {
	return func(yield func(burnrate.Record, error) bool) {
		s, err := r.snapshot(ctx)
		if err != nil {
			yield(burnrate.Record{}, err)
			return
		}
		defer s.end()
		reading := newReading(s, count)
		columns := wants(s.index)
		for _, h := range s.index.hours(span) {
			reading.columns = columns(h)
			within := h.span().Intersect(span)
			found, err := reading.hour(ctx, h)
			if err != nil {
				yield(burnrate.Record{}, wrap("read the ledger", err))
				return
			}
			for m := within.Start; found && m < within.End; m++ {
				if !yield(burnrate.Record{Minute: m, Rows: reading.minute(int(m - h.span().Start))}, nil) {
					return
				}
			}
		}
	}
}

// At returns single minutes, in the given order. Their rows are the caller's.
func (r *Reader) At(ctx context.Context, indicators []slo.IndicatorID, minutes []slo.Minute) ([]burnrate.Record, error) {
	s, err := r.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer s.end()
	order := slices.Clone(minutes)
	slices.Sort(order)
	found := map[slo.Minute][]burnrate.Row{}
	reading := readingOf(s, indicators)
	for _, m := range slices.Compact(order) {
		rows, err := reading.one(ctx, m)
		if err != nil {
			return nil, wrap("read the ledger", err)
		}
		found[m] = rows
	}
	records := make([]burnrate.Record, len(minutes))
	for i, m := range minutes {
		records[i] = burnrate.Record{Minute: m, Rows: found[m]}
	}
	return records, nil
}

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
	unit     conversion
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
			if w.unit != sameUnit {
				for m := range rows {
					w.unit.convert(&rows[m])
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
		if err := r.readGroup(ctx, chunk, func(place int, sums []burnrate.Sum) { rows[place] = rowOf(&sums[part]) }); err != nil {
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
		return damaged(c.key.String(), "%w", err)
	}
	i := 0
	for _, row := range r.rows {
		for i < len(r.columns) && r.columns[i].number < row.number {
			i++
		}
		for k := i; k < len(r.columns) && r.columns[k].number == row.number; k++ {
			if w := &r.columns[k]; w.holds(c.key.part()) {
				into[w.place] = row.row
				w.unit.convert(&into[w.place])
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
			err = damaged(c.key.String(), "%w", err)
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
			return damaged(c.key.String(), "%w", err)
		}
		k = end
	}
	return nil
}

// cellsOf reads the sums of the chunks of a kind that begin with an hour: those
// of one cell lie together. It reports whether there are any.
func (r *reading) cellsOf(ctx context.Context, k kind, h hour, cells []burnrate.Sum) (bool, error) {
	c := r.index.contents[h]
	if c == nil || len(c.of(k)) == 0 {
		return false, nil
	}
	clear(cells)
	for _, chunk := range c.of(k) {
		err := r.readGroup(ctx, chunk, func(place int, sums []burnrate.Sum) {
			for i := range sums {
				cells[i*r.count+place] = sums[i]
			}
		})
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// Quarter is what is kept of a quarter-hour.
type Quarter struct {
	Start slo.Minute // a multiple of 15
	Sums  []burnrate.Sum
}

// Quarters returns the quarter-hours of a span whose minutes are not kept any
// more, in order, with a sum for each of the indicators. The sums are
// overwritten by the next ones.
func (r *Reader) Quarters(ctx context.Context, indicators []slo.IndicatorID, span slo.Span) iter.Seq2[Quarter, error] {
	return r.sums(ctx, quarterChunk, indicators, span)
}

// CoarseHours returns the hours of a span of which a backfill knows only the
// sum, in order.
func (r *Reader) CoarseHours(ctx context.Context, indicators []slo.IndicatorID, span slo.Span) iter.Seq2[Quarter, error] {
	return r.sums(ctx, coarseChunk, indicators, span)
}

func (r *Reader) sums(ctx context.Context, k kind, indicators []slo.IndicatorID, span slo.Span) iter.Seq2[Quarter, error] {
	return func(yield func(Quarter, error) bool) {
		s, err := r.snapshot(ctx)
		if err != nil {
			yield(Quarter{}, err)
			return
		}
		defer s.end()
		reading := readingOf(s, indicators)
		shape := k.shape()
		length := slo.Minute(int64(shape.cells) * shape.minutes)
		cells := make([]burnrate.Sum, shape.cells*len(indicators))
		wide := slo.Span{Start: max(span.Start, 0) - length, End: span.End}
		for _, h := range s.index.hours(wide) {
			found, err := reading.cellsOf(ctx, k, h, cells)
			if err != nil {
				yield(Quarter{}, wrap("read the ledger", err))
				return
			}
			for i := 0; found && i < shape.cells; i++ {
				start := h.span().Start + slo.Minute(int64(i)*shape.minutes)
				if start < span.Start || start >= span.End {
					continue
				}
				if !yield(Quarter{start, cells[i*len(indicators) : (i+1)*len(indicators)]}, nil) {
					return
				}
			}
		}
	}
}

// State returns what is kept beside minutes.
func (r *Reader) State(ctx context.Context) (burnrate.Kept, error) {
	s, err := r.snapshot(ctx)
	if err != nil {
		return burnrate.Kept{}, err
	}
	defer s.end()
	kept := burnrate.Kept{Commits: s.index.root.Commits, At: s.index.root.At, Since: map[slo.IndicatorID]slo.Minute{}}
	for n, id := range s.index.ids {
		if since := s.index.since[n]; since != never {
			kept.Since[id] = since
		}
	}
	kept.Entries, err = s.entries(ctx)
	return kept, wrap("read the ledger", err)
}

// entries returns all entries, and holds them against their digest.
func (s *snapshot) entries(ctx context.Context) ([]burnrate.Entry, error) {
	var entries []burnrate.Entry
	var found digest
	err := s.each(ctx, "SELECT kind, key, data FROM entries ORDER BY kind, key", func(rows *sql.Rows) error {
		var e burnrate.Entry
		var data []byte
		if err := rows.Scan(&e.Kind, &e.Key, &data); err != nil {
			return err
		}
		var err error
		if e.Value, err = entryValue(e.Kind, e.Key, data); err != nil {
			return err
		}
		if n := len(entries); n > 0 && (entries[n-1].Kind > e.Kind || entries[n-1].Kind == e.Kind && entries[n-1].Key >= e.Key) {
			return damaged("the entry "+e.Kind+" "+e.Key, "is not in order")
		}
		found.put(entrySum(e.Kind, e.Key, e.Value))
		entries = append(entries, e)
		return nil
	})
	if err == nil && found != s.index.root.Entries {
		err = damaged("the entries", "are %d and not the %d they were written with, or others", found.Rows, s.index.root.Entries.Rows)
	}
	return entries, err
}

// Corrections returns the log of corrections, the oldest first.
func (r *Reader) Corrections(ctx context.Context) ([]Correction, error) {
	s, err := r.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer s.end()
	var list []Correction
	err = s.corrections(ctx, s.index, func(c Correction) error {
		list = append(list, c)
		return nil
	})
	return list, wrap("read the ledger", err)
}

// Info is what a ledger holds.
type Info struct {
	Format      int64
	Commits     int64
	At          time.Time // of the last commit
	Indicators  int
	First, Last slo.Minute // the hours that minutes are kept of
	Hours       map[string]int
	Entries     int64
	Corrections int64
	Bytes       int64 // of the file and its log
}

// Info tells what the ledger holds, from its contents alone.
func (r *Reader) Info(ctx context.Context) (Info, error) {
	s, err := r.snapshot(ctx)
	if err != nil {
		return Info{}, err
	}
	defer s.end()
	x := s.index
	info := Info{
		Format: x.root.Version, Commits: x.root.Commits, At: x.root.At, Indicators: len(x.ids), Hours: map[string]int{},
		Entries: x.root.Entries.Rows, Corrections: x.root.Corrections.Rows,
	}
	for h, c := range x.contents {
		for _, k := range []kind{minuteChunk, hourChunk, coarseChunk, quarterChunk} {
			if len(c.of(k)) > 0 {
				info.Hours[k.String()]++
			}
		}
		if len(c.of(minuteChunk))+len(c.of(hourChunk)) > 0 {
			if info.Last == 0 || h.span().Start < info.First {
				info.First = h.span().Start
			}
			info.Last = max(info.Last, h.span().End)
		}
	}
	for _, suffix := range []string{"", "-wal"} {
		if file, err := os.Stat(filepath.Join(r.dir, fileName+suffix)); err == nil {
			info.Bytes += file.Size()
		}
	}
	return info, nil
}
