package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// log writes the log of corrections, and leaves out what is damaged.
func (e *exporter) log(ctx context.Context) error {
	const what = "the log of corrections"
	if err := e.listed(ctx, what, "SELECT data FROM corrections", e.index.root.Corrections); err != nil {
		return e.leave(what, err)
	}
	place := make(map[slo.IndicatorID]int, len(e.ids))
	for i, id := range e.ids {
		place[id] = i
	}
	last := int64(-1)
	return e.each(ctx, "SELECT number, data FROM corrections ORDER BY number", func(rows *sql.Rows) error {
		var key int64
		var data []byte
		if err := rows.Scan(&key, &data); err != nil {
			return err
		}
		c, _, err := decodeCorrection(key, data, e.index.ids)
		if err == nil && key <= last {
			err = damaged("correction "+formatInt(key), "is not in order")
		}
		if err != nil {
			return e.leave(what, err)
		}
		last = key
		if i, chosen := place[c.Indicator]; chosen && c.Minute >= e.span.Start && c.Minute < e.span.End {
			e.correction(c, e.quoted[i])
		}
		return nil
	})
}

// listed reports damage when the rows of a table are not those that the root
// knows, going by the checksums that stand in them. One that is damaged may
// still have its own; one that is of an earlier time has not, and cannot be told
// from the others.
func (s *salvage) listed(ctx context.Context, what, query string, want digest) error {
	var found digest
	err := s.each(ctx, query, func(rows *sql.Rows) error {
		var data []byte
		if err := rows.Scan(&data); err != nil {
			return err
		}
		if len(data) < 4 {
			return damaged(what, "has a row that is cut off")
		}
		found.put(binary.BigEndian.Uint32(data[len(data)-4:]))
		return nil
	})
	if err == nil && found != want {
		err = damaged(what, "has %d rows and not the %d it was written with, or others", found.Rows, want.Rows)
	}
	return err
}

// entries writes the chosen entries.
func (e *exporter) entries(ctx context.Context) error { return e.eachEntry(ctx, e.entry) }

// eachEntry calls do for every entry, in order. What is damaged may be left out, of
// all.
func (s *salvage) eachEntry(ctx context.Context, do func(burnrate.Entry) error) error {
	const what = "the list of entries"
	if !s.skip {
		entries, err := s.snapshot.entries(ctx)
		for _, entry := range entries {
			if err == nil {
				err = do(entry)
			}
		}
		return err
	}
	if err := s.listed(ctx, what, "SELECT data FROM entries", s.index.root.Entries); err != nil {
		return s.leave(what, err)
	}
	var last burnrate.Entry
	first := true
	return s.each(ctx, "SELECT kind, key, data FROM entries ORDER BY kind, key", func(rows *sql.Rows) error {
		var entry burnrate.Entry
		var data []byte
		err := rows.Scan(&entry.Kind, &entry.Key, &data)
		if err != nil {
			return err
		}
		entry.Value, err = entryValue(entry.Kind, entry.Key, data)
		if err == nil && !first && cmp.Or(cmp.Compare(entry.Kind, last.Kind), cmp.Compare(entry.Key, last.Key)) <= 0 {
			err = damaged("the entry "+entry.Kind+" "+entry.Key, "is not in order")
		}
		if err != nil {
			return s.leave(what, err)
		}
		last, first = entry, false
		return do(entry)
	})
}

func (e *exporter) entry(entry burnrate.Entry) error {
	if e.chosen != nil && !e.chosen(entry.Kind, entry.Key) {
		return nil
	}
	kind, err := quote(entry.Kind)
	if err != nil {
		return fmt.Errorf("the entry %w", err)
	}
	key, err := quote(entry.Key)
	if err != nil {
		return fmt.Errorf("the entry %w", err)
	}
	e.begin("entry")
	e.text("kind", kind)
	e.text("key", key)
	e.key("value")
	e.line = append(base64.StdEncoding.AppendEncode(append(e.line, '"'), entry.Value), '"')
	e.end()
	return nil
}
