package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

// other is a second format: each byte of a chunk is turned round. It calls
// progress after each chunk.
func other(progress func()) step {
	return func(ctx context.Context, t *transaction) error {
		x, err := t.readIndex(ctx, nil)
		if err != nil {
			return err
		}
		w := newWriter(t, x)
		for _, h := range slices.Sorted(maps.Keys(x.contents)) {
			for _, c := range x.contents[h].entries {
				body, err := w.chunk(ctx, c)
				if err != nil {
					return err
				}
				if err := w.put(ctx, c.key, turned(body)); err != nil {
					return err
				}
				progress()
			}
		}
		return w.finish(ctx)
	}
}

func turned(body []byte) []byte {
	body = slices.Clone(body)
	for i := range body {
		body[i] ^= 0xff
	}
	return body
}

// runMigration brings a ledger to the second format, and tells of each chunk.
// Its lines fill a pipe, so that it is never far ahead of who may kill it.
func runMigration(ctx context.Context, dir string, _ []string, out io.Writer) error {
	db, err := openDatabase(filepath.Join(dir, fileName), true)
	if err != nil {
		return err
	}
	// So little memory that changes go to the log long before the commit.
	if _, err := db.ExecContext(ctx, "PRAGMA cache_size(5)"); err != nil {
		return err
	}
	if err := migrate(ctx, db, append(steps(), other(func() { fmt.Fprintln(out, strings.Repeat("chunk ", 5000)) }))); err != nil {
		return err
	}
	return db.Close()
}

// TestMigrationKilled kills a migration at random instants: the file is of the
// one format or of the other, never of both.
func TestMigrationKilled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it runs other processes, in which the race detector sees little")
	}
	seed := seedOf(t)
	random := rand.New(rand.NewPCG(seed, 14))
	i := makeImage(t, seed, leave(random.IntN(3)))
	dir := t.TempDir()
	i.write(t, dir, i.files)
	want := chunksOf(t, dir, 1)
	outcomes := map[int64]int{}
	for range crashes(t) {
		i.write(t, dir, i.files)
		c := startChild(t, "migrate", dir)
		for range random.IntN(len(want) + len(want)/2) {
			if _, ok := c.next(); !ok {
				break
			}
		}
		busy(time.Duration(random.IntN(2_000)) * time.Microsecond)
		c.kill()
		format := formatOf(t, dir)
		outcomes[format]++
		if diff := gocmp.Diff(want, chunksOf(t, dir, format)); diff != "" {
			t.Fatalf("in format %d (-want +got):\n%s", format, diff)
		}
		if format == 1 {
			clean(t, dir)
		}
	}
	t.Logf("of each format: %v", outcomes)
	c := startChild(t, "migrate", dir)
	c.finish(t)
	if diff := gocmp.Diff(want, chunksOf(t, dir, 2)); formatOf(t, dir) != 2 || diff != "" {
		t.Fatalf("after the migration (-want +got):\n%s", diff)
	}
	newerIsRefused(t, dir)
}

// newerIsRefused wants that a file of format 2 is left as it is.
func newerIsRefused(t *testing.T, dir string) {
	t.Helper()
	before := readFiles(t, dir)
	want := &FormatError{Found: 2, Known: 1}
	_, opened := Open(t.Context(), dir, Options{})
	_, read := OpenReader(t.Context(), dir)
	_, checked := Check(t.Context(), dir)
	_, saved := Backup(t.Context(), dir, filepath.Join(t.TempDir(), "backup"))
	for what, err := range map[string]error{"open": opened, "read": read, "check": checked, "back up": saved} {
		got, ok := errors.AsType[*FormatError](err)
		if !ok || *got != *want {
			t.Errorf("%s: got %v, want %v", what, err, want)
		}
	}
	if !bytes.Equal(before[fileName], readFiles(t, dir)[fileName]) {
		t.Error("a ledger of a newer format was changed")
	}
}

// formatOf returns the format that both the header and the root tell.
func formatOf(t *testing.T, dir string) (format int64) {
	t.Helper()
	inTransaction(t, dir, func(tx *transaction) {
		r, err := tx.readRoot(t.Context())
		if err == nil {
			format, err = tx.format(t.Context())
		}
		if err != nil || r.Version != format {
			t.Fatalf("the header tells format %d, the root %d, %v", format, r.Version, err)
		}
	})
	return format
}

// chunksOf returns the chunks of a ledger as they would be in the first format.
func chunksOf(t *testing.T, dir string, format int64) map[chunkKey][]byte {
	t.Helper()
	chunks := map[chunkKey][]byte{}
	inTransaction(t, dir, func(tx *transaction) {
		x, err := tx.readIndex(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, of := range x.contents {
			for _, c := range of.entries {
				body, err := tx.chunk(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				if format == 2 {
					body = turned(body)
				}
				chunks[c.key] = slices.Clone(body)
			}
		}
	})
	return chunks
}

func inTransaction(t *testing.T, dir string, do func(*transaction)) {
	t.Helper()
	db, err := openDatabase(filepath.Join(dir, fileName), false)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // only read from
	tx, err := begin(t.Context(), db, true)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.rollback()
	do(tx)
}
