package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// Reader reads a ledger, also while another process writes it. Each method sees
// the ledger as of one commit. Its methods may be called at once.
type Reader struct {
	dir  string
	db   *database
	mark *mark
	lock *lock // held while a file is read that nothing can be written beside

	pinned *snapshot // what all methods see, see [Reader.Pinned]

	mu    sync.Mutex
	last  *index            // what was read last
	found map[chunkKey]bool // chunks that could not be read
	aside map[chunkKey]bool // chunks that are left out
}

// canRead asks for the right to read, as in access(2).
const canRead = 4

// OpenReader opens the ledger in a folder for reading. Nothing is changed.
//
// SQLite needs to make files beside the ledger even to read it. Where it may not,
// as on a read-only file system, a ledger without a log is read as it is, and a
// process that wants to write it meanwhile gets a [LockedError].
func OpenReader(ctx context.Context, dir string) (*Reader, error) {
	path := filepath.Join(dir, fileName)
	if _, err := os.Stat(path); err != nil {
		return nil, wrap("open the ledger", OnDisk(path, err))
	}
	if err := inspect(dir); err != nil {
		return nil, err
	}
	// It is not opened for this: to close it would end the locks that SQLite has
	// on it in this process.
	if err := syscall.Access(path, canRead); err != nil {
		return nil, fmt.Errorf("open the ledger: %w", &DiskError{path, err, "let this user read the files in its folder, or be their owner"})
	}
	r := &Reader{dir: dir}
	if file, err := os.Open(filepath.Join(dir, markName)); err == nil {
		r.mark = &mark{file}
	}
	err := r.open(ctx, openDatabase, path)
	if isUnwritable(err) {
		if err = r.freeze(path); err == nil {
			err = r.open(ctx, func(path string, _ bool) (*database, error) { return openFrozen(path) }, path)
		}
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// open opens the file, and looks whether it can be read.
func (r *Reader) open(ctx context.Context, open func(path string, writing bool) (*database, error), path string) error {
	var err error
	if r.db, err = open(path, false); err != nil {
		return err
	}
	s, err := r.snapshot(ctx)
	if err != nil {
		return err
	}
	s.end()
	return nil
}

// Close ends the reader.
func (r *Reader) Close() error {
	if r.pinned != nil {
		r.pinned.rollback()
		return nil
	}
	var err error
	if r.db != nil {
		err = r.db.Close()
	}
	if r.mark != nil {
		err = errors.Join(err, r.mark.file.Close())
	}
	if r.lock != nil {
		r.lock.release()
	}
	return err
}

// snapshot is the ledger as of one commit.
type snapshot struct {
	*transaction
	index *index
}

func (s *snapshot) end() {
	if !s.held {
		s.rollback()
	}
}

func (r *Reader) snapshot(ctx context.Context) (*snapshot, error) {
	if r.pinned != nil {
		return r.pinned, nil
	}
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
	var x *index
	if err = tx.readable(ctx, acknowledged); err == nil {
		if x, err = r.readIndex(ctx, tx); err == nil {
			err = x.root.reaches(acknowledged)
		}
	}
	if err != nil {
		tx.rollback()
		return nil, wrap("read the ledger", err)
	}
	return &snapshot{tx, r.leaveOut(x)}, nil
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
		var damage error
		for _, h := range s.index.hours(span) {
			reading.columns = columns(h)
			within := h.span().Intersect(span)
			found, err := reading.minutes(ctx, h, within)
			if err != nil && r.note(err) {
				damage = cmp.Or(damage, err) // and what else there is
			} else if err != nil {
				yield(burnrate.Record{}, wrap("read the ledger", err))
				return
			}
			for m := within.Start; found && damage == nil && m < within.End; m++ {
				if !yield(burnrate.Record{Minute: m, Rows: reading.minute(int(m - h.span().Start))}, nil) {
					return
				}
			}
		}
		if damage != nil {
			yield(burnrate.Record{}, wrap("read the ledger", damage))
		}
	}
}

// At returns single minutes of indicators, in the given order. Their rows are
// the caller's.
func (r *Reader) At(ctx context.Context, indicators []slo.IndicatorID, minutes []slo.Minute) ([]burnrate.Record, error) {
	return r.at(ctx, len(indicators), minutes, func(x *index) columnsOf {
		columns := x.columns(indicators)
		return func(hour) []wanted { return columns }
	})
}

// HistoryAt returns single minutes of lineages, in the given order, with the
// rows of [Reader.History]. Their rows are the caller's.
func (r *Reader) HistoryAt(ctx context.Context, lineages []lineage.Lineage, minutes []slo.Minute) ([]burnrate.Record, error) {
	return r.at(ctx, len(lineages), minutes, func(x *index) columnsOf { return newSplicing(x, lineages).columnsOf })
}

// at reads single minutes. Only of those that are asked for a number is turned
// into a row.
func (r *Reader) at(ctx context.Context, count int, minutes []slo.Minute, wants func(*index) columnsOf) ([]burnrate.Record, error) {
	s, err := r.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer s.end()
	order := slices.Clone(minutes)
	slices.Sort(order)
	found := map[slo.Minute][]burnrate.Row{}
	reading := newReading(s, count)
	columns := wants(s.index)
	var damage error
	for _, m := range slices.Compact(order) {
		reading.columns = columns(hourOf(m))
		rows, err := reading.one(ctx, m)
		if err != nil && r.note(err) {
			damage = cmp.Or(damage, err) // and what else there is
		} else if err != nil {
			return nil, wrap("read the ledger", err)
		}
		found[m] = rows
	}
	if damage != nil {
		return nil, wrap("read the ledger", damage)
	}
	records := make([]burnrate.Record, len(minutes))
	for i, m := range minutes {
		records[i] = burnrate.Record{Minute: m, Rows: found[m]}
	}
	return records, nil
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
