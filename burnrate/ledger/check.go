package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Report is what a check found.
type Report struct {
	Info
	Chunks  int   // that were read
	Minutes int64 // of indicators, as minutes
	// Findings are what is wrong, by place; none when everything is as it was
	// written.
	Findings []Finding
}

// Finding is something of the ledger that is not as it was written.
type Finding struct{ Place, Message string }

// mostFindings is how many are reported; a file that was overwritten has
// damage everywhere.
const mostFindings = 100

// Check reads everything there is in the ledger of a folder and holds it
// against its checksums, also while another process writes it. Damage is a
// finding; an error says that the ledger could not be read at all.
func Check(ctx context.Context, dir string) (Report, error) {
	c := &checker{}
	r, err := OpenReader(ctx, dir)
	if err != nil {
		// Without root and contents nothing can be held against anything.
		if c.damage(err) {
			return c.report, nil
		}
		return c.report, err
	}
	defer r.Close() //nolint:errcheck // only read from
	if c.report.Info, err = r.Info(ctx); err != nil {
		return c.report, err
	}
	s, err := r.snapshot(ctx)
	if err != nil {
		return c.report, err
	}
	defer s.end()
	c.snapshot = s
	for _, part := range []func(context.Context) error{c.database, c.chunks, c.entries, c.corrections, c.strays} {
		if err := part(ctx); err != nil && !c.damage(err) {
			return c.report, wrap("check the ledger", err)
		}
		if len(c.report.Findings) >= mostFindings {
			break
		}
	}
	return c.report, nil
}

// checker checks a snapshot.
type checker struct {
	*snapshot
	report Report
}

func (c *checker) find(place, format string, args ...any) {
	if len(c.report.Findings) < mostFindings {
		c.report.Findings = append(c.report.Findings, Finding{place, spelled(fmt.Sprintf(format, args...))})
	}
}

// damage makes a finding of an error that is one, and reports whether it was.
func (c *checker) damage(err error) bool {
	if damage, ok := errors.AsType[*DamageError](err); ok {
		c.find(damage.What, "%v", damage.Err)
		return true
	}
	if isCorrupt(err) {
		c.find("the file", "%v", err)
		return true
	}
	return false
}

// database lets SQLite look at its own structure. The header was read before.
func (c *checker) database(ctx context.Context) error {
	return c.each(ctx, "PRAGMA integrity_check(100)", func(rows *sql.Rows) error {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		if line != "ok" {
			c.find("the file", "%s", line)
		}
		return nil
	})
}

// chunks reads all that the contents list.
func (c *checker) chunks(ctx context.Context) error {
	for _, h := range slices.Sorted(maps.Keys(c.index.contents)) {
		of := c.index.contents[h]
		if len(of.of(minuteChunk)) > 0 && len(of.of(hourChunk)) > 0 {
			c.find(of.entries[0].key.String(), "is there although its hour is packed")
		}
		for _, entry := range of.entries {
			if err := c.readChunk(ctx, entry); err != nil && !c.damage(err) {
				return err
			}
			if len(c.report.Findings) >= mostFindings {
				return nil
			}
		}
	}
	return nil
}

func (c *checker) readChunk(ctx context.Context, entry content) error {
	body, err := c.chunk(ctx, entry)
	if err != nil {
		return err
	}
	c.report.Chunks++
	if entry.key.kind() == minuteChunk {
		rows, err := decodeMinute(nil, body)
		if err != nil {
			return entry.key.damaged(err)
		}
		for _, r := range rows {
			c.row(entry.key, r.number, entry.key.hour().span().Start+slo.Minute(entry.key.part()))
			c.small(entry.key, r.number, sumOf(r.row, 1))
		}
		return nil
	}
	columns, err := readColumns(entry.key, body)
	if err != nil {
		return err
	}
	minutes := entry.key.kind().shape().minutes
	for _, column := range columns {
		for i := range column.cells {
			if column.cells[i].Minutes == 0 {
				continue
			}
			m := entry.key.hour().span().Start + slo.Minute(int64(i)*minutes)
			c.small(entry.key, column.number, column.cells[i])
			if entry.key.kind() == hourChunk {
				c.row(entry.key, column.number, m)
			} else {
				c.known(entry.key, column.number)
			}
		}
	}
	return nil
}

// row counts a minute of an indicator, and holds it against what is known of
// the indicator.
func (c *checker) row(key chunkKey, n number, m slo.Minute) {
	c.report.Minutes++
	if c.known(key, n) && m < c.index.since[n] {
		c.find(key.String(), "has a row of indicator %d from before its first minute", n)
	}
}

// small holds a sum against what may be kept.
func (c *checker) small(key chunkKey, n number, s burnrate.Sum) {
	if total, tooLarge := largest(s); tooLarge {
		c.find(key.String(), "has a total of %d of indicator %d in %d minutes, more than can be summed up", total, n, s.Minutes)
	}
}

func (c *checker) known(key chunkKey, n number) bool {
	if int(n) < len(c.index.ids) {
		return true
	}
	c.find(key.String(), "has a row of indicator %d, and there are %d", n, len(c.index.ids))
	return false
}

func (c *checker) entries(ctx context.Context) error {
	_, err := c.snapshot.entries(ctx)
	return err
}

func (c *checker) corrections(ctx context.Context) error {
	return c.snapshot.corrections(ctx, c.index, func(Correction) error { return nil })
}

// strays looks for chunks that no contents list.
func (c *checker) strays(ctx context.Context) error {
	return c.each(ctx, "SELECT key FROM chunks", func(rows *sql.Rows) error {
		var key chunkKey
		if err := rows.Scan(&key); err != nil {
			return err
		}
		if of := c.index.contents[key.hour()]; of != nil {
			if _, found := of.find(key); found {
				return nil
			}
		}
		c.find(key.String(), "is in no contents")
		return nil
	})
}
