package ledger

import (
	"context"
	"database/sql"
	"encoding/binary"
	"math"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Correction is a minute that was measured again with another result.
type Correction struct {
	At            time.Time // of the tick that brought it
	Indicator     slo.IndicatorID
	Minute        slo.Minute
	Before, After burnrate.Row
}

// correct appends to the log of corrections.
func (w *writer) correct(ctx context.Context, c Correction, n number) error {
	w.wrote = true
	r := &w.index.root
	key := r.NextCorrection
	data := sealed(encodeCorrection(c, n), key)
	r.Corrections.put(binary.BigEndian.Uint32(data[len(data)-4:]))
	r.NextCorrection++
	return w.exec(ctx, "INSERT INTO corrections(number, data) VALUES (?, ?)", key, data)
}

// encodeCorrection spells the correction of an indicator with a number.
func encodeCorrection(c Correction, n number) []byte {
	data := []byte{formatOne}
	for _, x := range []int64{
		c.At.UnixMilli(), int64(n), int64(c.Minute),
		c.Before.Counts.Total, c.Before.Counts.Bad, c.Before.Rows.Total, c.Before.Rows.Bad,
		c.After.Counts.Total, c.After.Counts.Bad, c.After.Rows.Total, c.After.Rows.Bad,
	} {
		data = binary.AppendVarint(data, x)
	}
	return data
}

func decodeCorrection(key int64, data []byte, ids []slo.IndicatorID) (c Correction, sum uint32, err error) {
	what := "correction " + formatInt(key)
	body, err := unsealed(data, key)
	if err != nil {
		return c, 0, damaged(what, "%w", err)
	}
	d := decoder{data: body}
	d.format()
	c.At = time.UnixMilli(d.varint()).UTC()
	n := d.varint()
	c.Minute = slo.Minute(d.varint())
	c.Before = burnrate.Row{Counts: d.counts(), Rows: d.counts(), Measured: true}
	c.After = burnrate.Row{Counts: d.counts(), Rows: d.counts(), Measured: true}
	if err := d.end(); err != nil || n < 0 || int(n) >= len(ids) {
		return c, 0, damaged(what, "%w", errDamaged)
	}
	c.Indicator = ids[n]
	return c, checksum(body, key), nil
}

// corrections calls do for every correction, the oldest first, and holds them
// against their digest.
func (t *transaction) corrections(ctx context.Context, x *index, do func(Correction) error) error {
	var found digest
	err := t.eachCorrection(ctx, x, math.MaxInt64, func(_ int64, c Correction, sum uint32) error {
		found.put(sum)
		return do(c)
	})
	if err == nil && found != x.root.Corrections {
		err = damaged("the log of corrections", "has %d rows and not the %d it was written with, or others", found.Rows, x.root.Corrections.Rows)
	}
	return err
}

// eachCorrection calls do for the oldest corrections and their numbers, in
// order.
func (t *transaction) eachCorrection(ctx context.Context, x *index, most int64, do func(key int64, c Correction, sum uint32) error) error {
	last := int64(-1)
	return t.each(ctx, "SELECT number, data FROM corrections ORDER BY number LIMIT ?", func(rows *sql.Rows) error {
		var key int64
		var data []byte
		if err := rows.Scan(&key, &data); err != nil {
			return err
		}
		// SQLite believes the order that its pages are in.
		if key <= last {
			return damaged("correction "+formatInt(key), "is not in order")
		}
		last = key
		c, sum, err := decodeCorrection(key, data, x.ids)
		if err != nil {
			return err
		}
		return do(key, c, sum)
	}, most)
}
