package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// step brings a file from one format to the next. It runs in a transaction of
// its own, so that a crash leaves the file in the one format or in the other.
type step func(ctx context.Context, t *transaction) error

// steps returns what makes a file of each format one of the next; the first
// makes an empty file a ledger.
func steps() []step { return []step{create} }

// create makes the tables of format 1.
func create(ctx context.Context, t *transaction) error {
	for _, statement := range []string{
		// One row says what everything else has to be.
		"CREATE TABLE root(id INTEGER PRIMARY KEY CHECK (id = 1), data BLOB NOT NULL) STRICT",
		"CREATE TABLE contents(hour INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT",
		"CREATE TABLE chunks(key INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT",
		// Numbers are looked up in memory, so that nothing is found by this index of
		// ids, which costs a few bytes an indicator. It stays: it refuses a second
		// number for an id, and without it the format would be another one.
		"CREATE TABLE indicators(number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, since INTEGER NOT NULL, sum INTEGER NOT NULL) STRICT",
		"CREATE TABLE entries(kind TEXT NOT NULL, key TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (kind, key)) STRICT, WITHOUT ROWID",
		"CREATE TABLE corrections(number INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT",
	} {
		if err := t.exec(ctx, statement); err != nil {
			return err
		}
	}
	return t.writeRoot(ctx, root{At: time.Unix(0, 0).UTC()})
}

// FormatError says that a file is of a format that this program does not write.
type FormatError struct{ Found, Known int64 }

func (e *FormatError) Error() string {
	if e.Found < e.Known {
		return fmt.Sprintf("the ledger has format %d, and this slojourn reads format %d: make a backup of it with the slojourn that wrote it, and then let this one write once, as 'slojourn ledger compact' does, which brings it up to date", e.Found, e.Known)
	}
	return fmt.Sprintf("the ledger has format %d, and this slojourn knows those up to %d: use a newer slojourn, or restore a backup from before the upgrade", e.Found, e.Known)
}

// migrate takes the steps that a file still needs.
func migrate(ctx context.Context, db *database, steps []step) error {
	for {
		tx, err := begin(ctx, db, false)
		if err != nil {
			return wrap("open the ledger", err)
		}
		format, err := tx.format(ctx)
		if err == nil && format > int64(len(steps)) {
			err = &FormatError{format, int64(len(steps))}
		}
		if err != nil || format == int64(len(steps)) {
			tx.rollback()
			if format, isFormat := errors.AsType[*FormatError](err); isFormat {
				return format
			}
			return wrap("open the ledger", err)
		}
		if err = steps[format](ctx, tx); err == nil {
			err = tx.setFormat(ctx, format+1)
		}
		if err != nil {
			tx.rollback()
			return wrap(fmt.Sprintf("bring the ledger to format %d", format+1), err)
		}
		if err := tx.commit(); err != nil {
			return wrap(fmt.Sprintf("bring the ledger to format %d", format+1), err)
		}
	}
}

// ForeignError says that a file is no ledger.
type ForeignError struct{ File, Reason string }

func (e *ForeignError) Error() string { return e.File + " is no ledger: " + e.Reason }

// format returns that of the file; 0 is an empty file. The root has it as well,
// with a checksum.
func (t *transaction) format(ctx context.Context) (int64, error) {
	var tables, roots, format int64
	err := t.tx.QueryRowContext(ctx, "SELECT count(*), count(*) FILTER (WHERE name = 'root') FROM sqlite_schema").Scan(&tables, &roots)
	if err == nil {
		err = t.tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&format)
	}
	switch {
	case err != nil:
		return 0, OnDisk(t.path, err)
	case tables == 0 && format == 0:
		return 0, nil
	case roots == 0 && format == 0:
		return 0, &ForeignError{t.path, "it is a SQLite database of something else, as it has no table 'root'"}
	case tables == 0 || format == 0:
		return 0, damaged("the header", "tells format %d of a file with %d tables", format, tables)
	}
	// A root that cannot be read may be that of a format to come.
	if r, err := t.readRoot(ctx); err == nil && r.Version != format {
		return 0, damaged("the header", "tells format %d, and the root %d", format, r.Version)
	}
	return format, nil
}

// readable wants a file of the format that this package reads, to which as many
// writes as were acknowledged may be missing.
func (t *transaction) readable(ctx context.Context, acknowledged int64) error {
	format, err := t.format(ctx)
	switch {
	case err != nil:
		return err
	case format == 0 && acknowledged > 0:
		return lost(acknowledged)
	case format == 0:
		return &ForeignError{t.path, "it is empty; a process that writes makes one of it, as 'slojourn ledger import' does, or remove it and restore a backup"}
	case format != version:
		return &FormatError{format, version}
	}
	return nil
}

func (t *transaction) setFormat(ctx context.Context, format int64) error {
	r, err := t.readRoot(ctx)
	if err != nil {
		return err
	}
	r.Version = format
	if err := t.writeRoot(ctx, r); err != nil {
		return err
	}
	_, err = t.tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", format))
	return err
}
