package ledger

import (
	"context"
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
	// Witnesses is on how many days events have to be counted before the clock
	// is believed that others are too old; 0 is 8, so that a clock which was
	// ahead for a week lets nothing go. Below 0 any clock is believed.
	Witnesses int
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
	if o.Witnesses == 0 {
		o.Witnesses = 8
	}
	return o
}

// Ledger is a ledger with the right to write. Its methods may be called at
// once; commits wait for each other. It can do all that a [Reader] can.
type Ledger struct {
	*Reader
	options Options
	lock    *lock

	maintaining sync.Mutex
	mu          sync.Mutex
	db          *database
	index       *index
	broken      bool // the last write failed: nothing in memory is believed
	// silent are chunks without events, and their checksums.
	silent map[chunkKey]uint32
}

// Open opens the ledger in a folder for writing, and makes one when there is
// none. Only one process can have it open: for others Open returns a
// [LockedError]. A ledger of an older format is brought up to date first.
func Open(ctx context.Context, dir string, options Options) (*Ledger, error) {
	if _, err := makeFolder(dir); err != nil {
		return nil, err
	}
	if err := inspect(dir); err != nil {
		return nil, err
	}
	locked, err := acquire(filepath.Join(dir, lockName))
	if err != nil {
		return nil, err
	}
	l := &Ledger{options: options.withDefaults(), lock: locked, silent: map[chunkKey]uint32{}}
	if err := l.open(ctx, dir); err != nil {
		locked.release()
		return nil, err
	}
	return l, nil
}

func (l *Ledger) open(ctx context.Context, dir string) error {
	path := filepath.Join(dir, fileName)
	mark, err := openMark(filepath.Join(dir, markName))
	if err != nil {
		return err
	}
	if err := makeFile(path, mark); err != nil {
		return errors.Join(err, mark.file.Close())
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

// makeFile makes the file when there is none. SQLite would let everybody read
// it. One that was written to is not made again.
func makeFile(path string, m *mark) error {
	info, err := os.Stat(path)
	if err == nil && info.Size() > 0 {
		return nil
	}
	acknowledged, err := m.read()
	if err != nil {
		return err
	}
	if acknowledged > 0 {
		return lost(acknowledged)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		return fmt.Errorf("open the ledger: %w", OnDisk(path, err))
	}
	return nil
}

// lost reports a file without anything in it that was written to.
func lost(acknowledged int64) error {
	return damaged("the file", "is empty, and %d writes were durable: restore a backup, or remove %s to begin anew", acknowledged, markName)
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
// the sum of its quarter-hour is kept is refused, with a [RetiredError], and one
// that is too large to be summed up with a [LargeError].
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
	w.aside = l.isAside
	if err := do(w); err != nil {
		l.note(err)
		tx.rollback()
		l.broken = w.wrote
		return wrap("write to the ledger", err)
	}
	if err := w.finish(ctx); err != nil {
		tx.rollback()
		l.broken = true
		return wrap("write to the ledger", err)
	}
	if err := tx.commit(); err != nil {
		l.broken = true
		return wrap("write to the ledger", err)
	}
	l.index = w.index
	l.takeBack(w.anew)
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
	if isCorrupt(err) {
		return damaged("the file "+fileName, "cannot be read: %w", err)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w; is the path right?", what, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

func formatInt(n int64) string { return strconv.FormatInt(n, 10) }
