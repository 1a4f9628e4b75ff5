package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Options decide how long a ledger keeps things. The zero Options are the
// usual ones.
type Options struct {
	// Pack is the age at which the minutes of an hour are packed; 0 is 2 hours.
	// Younger ones are cheaper to correct.
	Pack time.Duration
	// Minutes is how long minutes are kept, and Quarters how long the sums of
	// quarter-hours are that they become then; 0 is 100 and 800 days.
	Minutes, Quarters time.Duration
}

func (o Options) withDefaults() Options {
	const day = 24 * time.Hour
	if o.Pack == 0 {
		o.Pack = 2 * time.Hour
	}
	if o.Minutes == 0 {
		o.Minutes = 100 * day
	}
	if o.Quarters == 0 {
		o.Quarters = 800 * day
	}
	return o
}

// Ledger is a ledger with the right to write. Its methods may be called at
// once; commits wait for each other. It can do all that a [Reader] can.
type Ledger struct {
	*Reader
	options Options
	lock    *lock

	mu     sync.Mutex
	db     *sql.DB
	index  *index
	broken bool // the last write failed: nothing in memory is believed
}

// Open opens the ledger in a folder for writing, and makes one when there is
// none. Only one process can have it open: for others Open returns a
// [LockedError]. A ledger of an older format is brought up to date first.
func Open(ctx context.Context, dir string, options Options) (*Ledger, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the ledger's folder: %w", err)
	}
	locked, err := acquire(filepath.Join(dir, lockName))
	if err != nil {
		return nil, err
	}
	l := &Ledger{options: options.withDefaults(), lock: locked}
	if err := l.open(ctx, dir); err != nil {
		locked.release()
		return nil, err
	}
	return l, nil
}

func (l *Ledger) open(ctx context.Context, dir string) error {
	path := filepath.Join(dir, fileName)
	// SQLite would let everybody read it.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open the ledger: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("open the ledger: %w", err)
	}
	mark, err := openMark(filepath.Join(dir, markName))
	if err != nil {
		return err
	}
	reader := &Reader{dir: dir, mark: mark}
	if l.db, err = openDatabase(path, true); err == nil {
		if err = migrate(ctx, l.db, steps()); err == nil {
			if reader.db, err = openDatabase(path, false); err == nil {
				l.Reader = reader
				if err = l.refresh(ctx); err == nil {
					return nil
				}
			}
		}
	}
	return errors.Join(err, l.closeFiles(reader))
}

// closeFiles closes the database for writing last: SQLite moves the log into
// the file when the last connection ends, and a reader's cannot.
func (l *Ledger) closeFiles(r *Reader) error {
	err := r.Close()
	if l.db != nil {
		err = errors.Join(err, l.db.Close())
	}
	return err
}

// refresh reads what the file holds, and holds it against the number of the
// last commit.
func (l *Ledger) refresh(ctx context.Context) error {
	acknowledged, err := l.mark.read()
	if err != nil {
		return err
	}
	tx, err := begin(ctx, l.db, false)
	if err != nil {
		return wrap("read the ledger", err)
	}
	defer tx.rollback()
	x, err := tx.readIndex(ctx, nil)
	if err != nil {
		return wrap("read the ledger", err)
	}
	if err := x.root.reaches(acknowledged); err != nil {
		return err
	}
	l.index, l.broken = x, false
	return nil
}

// reaches reports a commit that was acknowledged and is not there.
func (r root) reaches(acknowledged int64) error {
	if r.Writes < acknowledged {
		return damaged("the write-ahead log", "was cut off: %d writes were durable, and the last one that is there is %d", acknowledged, r.Writes)
	}
	return nil
}

// Close ends the ledger. What was committed is durable before.
func (l *Ledger) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.closeFiles(l.Reader)
	l.lock.release()
	return err
}

// Commit makes a tick durable, all of it or nothing. A row that is equal to
// what is kept changes nothing; one that differs replaces it, and both stand in
// the log of corrections. After an error the tick may be committed again: what
// had become durable in spite of the error is then equal. A minute of which only
// the sum of its quarter-hour is kept is refused, with a [RetiredError].
func (l *Ledger) Commit(ctx context.Context, tick burnrate.Tick) error {
	return l.write(ctx, func(w *writer) error { return w.tick(ctx, tick) })
}

// write runs a transaction.
func (l *Ledger) write(ctx context.Context, do func(*writer) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken {
		if err := l.refresh(ctx); err != nil {
			return err
		}
	}
	tx, err := begin(ctx, l.db, false)
	if err != nil {
		return wrap("write to the ledger", err)
	}
	w := newWriter(tx, l.index)
	if err := do(w); err != nil {
		tx.rollback()
		l.broken = w.wrote
		return wrap("write to the ledger", err)
	}
	if err := w.finish(ctx); err != nil {
		tx.rollback()
		l.broken = true
		return wrap("write to the ledger", err)
	}
	if err := tx.tx.Commit(); err != nil {
		tx.rollback()
		l.broken = true
		return wrap("write to the ledger", err)
	}
	l.index = w.index
	return l.mark.write(w.index.root.Writes)
}

// Since returns the first measured minute of an indicator, and false when there
// is none.
func (l *Ledger) Since(id slo.IndicatorID) (slo.Minute, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, known := l.index.numbers[id]
	if !known || l.index.since[n] == never {
		return 0, false
	}
	return l.index.since[n], true
}

// wrap says what was tried when it failed. Damage says enough of itself.
func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	if damage, ok := errors.AsType[*DamageError](err); ok {
		return damage
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w; is the path right?", what, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

func formatInt(n int64) string { return strconv.FormatInt(n, 10) }
