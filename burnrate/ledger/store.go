package ledger

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// Names of the files in the folder of a ledger.
const (
	fileName = "ledger.db"
	markName = "ledger.commits"
	lockName = "ledger.lock"
)

// checksum is that of data which is kept under a key.
func checksum(data []byte, key ...int64) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	var sum uint32
	for _, k := range key {
		sum = crc32.Update(sum, table, binary.BigEndian.AppendUint64(nil, uint64(k)))
	}
	return crc32.Update(sum, table, data)
}

// sealed is data with its checksum behind it.
func sealed(data []byte, key ...int64) []byte {
	return binary.BigEndian.AppendUint32(data, checksum(data, key...))
}

// unsealed returns the data in front of its checksum, and an error when that is
// another one.
func unsealed(data []byte, key ...int64) ([]byte, error) {
	if len(data) < 4 {
		return nil, errors.New("is cut off")
	}
	body := data[:len(data)-4]
	if checksum(body, key...) != binary.BigEndian.Uint32(data[len(body):]) {
		return nil, errors.New("has another checksum than it was written with")
	}
	return body, nil
}

// spread turns the checksum of a row into its part of a digest. A digest is the
// exclusive or of its parts, so that a row can be taken out of it again.
func spread(sum uint32) uint64 {
	x := uint64(sum) + 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// DamageError says that something of the ledger is not as it was written.
type DamageError struct {
	What string // such as "minute 2026-11-22T09:00Z"
	Err  error

	chunk chunkKey // that it is about, 0 when it is about something else
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("the ledger is damaged: %s %v; see slojourn ledger check", e.What, e.Err)
}

func (e *DamageError) Unwrap() error { return e.Err }

func damaged(what string, format string, args ...any) error {
	return &DamageError{What: spelled(what), Err: fmt.Errorf(format, args...)}
}

// damaged says why a chunk cannot be read.
func (k chunkKey) damaged(err error) error { return &DamageError{spelled(k.String()), err, k} }

// spelled is a name that may be damaged, as it can be shown: what is no text or
// would change how a terminal looks stands as in a string of Go.
func spelled(name string) string {
	var text strings.Builder
	for i := 0; i < len(name); {
		r, size := utf8.DecodeRuneInString(name[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&text, `\x%02x`, name[i])
		case r == '\\' || !strconv.IsPrint(r):
			quoted := strconv.QuoteRune(r)
			text.WriteString(quoted[1 : len(quoted)-1])
		default:
			text.WriteRune(r)
		}
		i += size
	}
	return text.String()
}

// database is the file, opened for one writer or for readers.
type database struct {
	*sql.DB
	path string
}

// openDatabase opens the file for one writer or for readers. Nothing is read
// yet.
func openDatabase(path string, writing bool) (*database, error) {
	if writing {
		// A commit is durable when it returns: the log is synced each time. What
		// was moved from the log into the file is cut off, so that one long
		// reader does not leave a long log for ever.
		return openWith(path, 1, url.Values{"_txlock": {"immediate"}},
			"journal_mode(WAL)", "synchronous(FULL)", "journal_size_limit(16777216)", "foreign_keys(0)")
	}
	return openWith(path, 0, url.Values{"mode": {"ro"}})
}

// openFrozen opens a file that nobody writes, without a log and without making
// any file beside it.
func openFrozen(path string) (*database, error) {
	return openWith(path, 0, url.Values{"mode": {"ro"}, "immutable": {"1"}})
}

// mostIdle is how many connections a reader keeps for later. There is no limit on
// those in use: a reading that waited for another one to end could wait for
// itself.
const mostIdle = 8

// openWith opens a file with so many connections at the most, 0 for any number.
func openWith(path string, connections int, query url.Values, pragmas ...string) (*database, error) {
	query["_pragma"] = append([]string{"busy_timeout(10000)", "cache_size(-4000)", "trusted_schema(0)", "cell_size_check(1)"}, pragmas...)
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: query.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(mostIdle)
	return &database{db, path}, nil
}

// transaction is a connection within a transaction.
type transaction struct {
	tx         *sql.Tx
	path       string // of the file
	statements map[string]*sql.Stmt
	reads      int  // chunks that were read
	held       bool // it goes on when what was read by it is done
}

func begin(ctx context.Context, db *database, readOnly bool) (*transaction, error) {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: readOnly})
	if err != nil {
		return nil, OnDisk(db.path, err)
	}
	return &transaction{tx: tx, path: db.path, statements: map[string]*sql.Stmt{}}, nil
}

// commit makes durable what was written, or undoes it.
func (t *transaction) commit() error {
	err := t.tx.Commit()
	if err != nil {
		t.rollback()
	}
	return OnDisk(t.path, err)
}

func (t *transaction) rollback() { _ = t.tx.Rollback() } // there is nothing to do about it

func (t *transaction) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	statement := t.statements[query]
	if statement == nil {
		var err error
		if statement, err = t.tx.PrepareContext(ctx, query); err != nil {
			return nil, OnDisk(t.path, err)
		}
		t.statements[query] = statement
	}
	return statement, nil
}

func (t *transaction) exec(ctx context.Context, query string, args ...any) error {
	statement, err := t.prepared(ctx, query)
	if err != nil {
		return err
	}
	_, err = statement.ExecContext(ctx, args...)
	return OnDisk(t.path, err)
}

// blob returns the only column of the only row, nil when there is none.
func (t *transaction) blob(ctx context.Context, query string, args ...any) ([]byte, error) {
	statement, err := t.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	var data []byte
	err = statement.QueryRowContext(ctx, args...).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return data, OnDisk(t.path, err)
}

// each calls do for every row.
func (t *transaction) each(ctx context.Context, query string, do func(*sql.Rows) error, args ...any) error {
	statement, err := t.prepared(ctx, query)
	if err != nil {
		return err
	}
	rows, err := statement.QueryContext(ctx, args...)
	if err != nil {
		return OnDisk(t.path, err)
	}
	defer rows.Close() //nolint:errcheck // its error is that of Err
	for rows.Next() {
		if err := do(rows); err != nil {
			return err
		}
	}
	return OnDisk(t.path, rows.Err())
}
