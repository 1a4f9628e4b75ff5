package ledger

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// index is what is in the file, as far as it is small: the indicators, and
// which chunks there are. It agrees with a root.
type index struct {
	root      root
	contents  map[hour]*contents
	numbers   map[slo.IndicatorID]number
	ids       []slo.IndicatorID // by number
	since     []slo.Minute      // by number, the first measured minute
	sums      map[hour]uint32   // of the rows of contents
	indicated []uint32          // of the rows of indicators

	numberings []numbering // of late, the last one first; they hold for numbers
}

// readIndex reads the root and everything that it has the digests of but
// entries and corrections. What did not change since an earlier index is taken
// from there.
func (t *transaction) readIndex(ctx context.Context, before *index) (*index, error) {
	r, err := t.readRoot(ctx)
	if err != nil {
		return nil, err
	}
	x := &index{root: r}
	if before != nil && before.root.Contents == r.Contents {
		x.contents, x.sums = before.contents, before.sums
	} else if err := t.readContents(ctx, x); err != nil {
		return nil, err
	}
	if before != nil && before.root.Indicators == r.Indicators {
		x.numbers, x.ids, x.since, x.indicated = before.numbers, before.ids, before.since, before.indicated
	} else if err := t.readIndicators(ctx, x); err != nil {
		return nil, err
	}
	return x, nil
}

func (t *transaction) readContents(ctx context.Context, x *index) error {
	x.contents, x.sums = map[hour]*contents{}, map[hour]uint32{}
	var found digest
	err := t.each(ctx, "SELECT hour, data FROM contents", func(rows *sql.Rows) error {
		var h hour
		var data []byte
		if err := rows.Scan(&h, &data); err != nil {
			return err
		}
		c, sum, err := decodeContents(h, data)
		if err != nil {
			return err
		}
		x.contents[h], x.sums[h] = c, sum
		found.put(sum)
		return nil
	})
	if err == nil && found != x.root.Contents {
		err = damaged("the contents", "have %d rows and not the %d they were written with, or others", found.Rows, x.root.Contents.Rows)
	}
	return err
}

func (t *transaction) readIndicators(ctx context.Context, x *index) error {
	x.numbers = map[slo.IndicatorID]number{}
	var found digest
	err := t.each(ctx, "SELECT number, id, since, sum FROM indicators ORDER BY number", func(rows *sql.Rows) error {
		var n number
		var id slo.IndicatorID
		var since slo.Minute
		var sum int64
		if err := rows.Scan(&n, &id, &since, &sum); err != nil {
			return err
		}
		switch {
		case int(n) != len(x.ids):
			return damaged("the indicator behind number "+formatInt(int64(len(x.ids))), "is missing")
		case indicatorSum(n, id, since) != uint32(sum):
			return damaged("indicator "+formatInt(int64(n)), "has another checksum than it was written with")
		}
		x.numbers[id] = n
		x.ids, x.since, x.indicated = append(x.ids, id), append(x.since, since), append(x.indicated, uint32(sum))
		found.put(uint32(sum))
		return nil
	})
	if err == nil && found != x.root.Indicators {
		err = damaged("the indicators", "are %d and not the %d they were written with, or others", found.Rows, x.root.Indicators.Rows)
	}
	return err
}

func indicatorSum(n number, id slo.IndicatorID, since slo.Minute) uint32 {
	return checksum([]byte(id), int64(n), int64(since))
}

// keepable is every minute that can be kept.
var keepable = slo.Span{Start: 0, End: 60 << hourBits}

// hours returns the hours of a span that have chunks, in order.
func (x *index) hours(span slo.Span) []hour {
	span = span.Intersect(keepable)
	first, last := hourOf(span.Start), hourOf(span.End+59)
	if int64(last-first) < int64(len(x.contents)) {
		var hours []hour
		for h := first; h < last; h++ {
			if x.contents[h] != nil {
				hours = append(hours, h)
			}
		}
		return hours
	}
	hours := slices.Collect(maps.Keys(x.contents))
	slices.Sort(hours)
	return slices.DeleteFunc(hours, func(h hour) bool { return h < first || h >= last })
}

// chunk reads a chunk and holds it against the contents.
func (t *transaction) chunk(ctx context.Context, c content) ([]byte, error) {
	data, err := t.data(ctx, c)
	if err != nil {
		return nil, err
	}
	return c.open(data)
}

// data reads a chunk as it is.
func (t *transaction) data(ctx context.Context, c content) ([]byte, error) {
	t.reads++
	data, err := t.blob(ctx, "SELECT data FROM chunks WHERE key = ?", int64(c.key))
	switch {
	case err == nil && data == nil:
		err = c.key.damaged(errors.New("is missing"))
	case isCorrupt(err):
		err = c.key.damaged(fmt.Errorf("cannot be read: %w", err))
	}
	return data, err
}

// open holds a chunk against the contents, and returns its body.
func (c content) open(data []byte) ([]byte, error) {
	body, err := unsealed(data, int64(c.key))
	if err != nil {
		return nil, c.key.damaged(err)
	}
	if binary.BigEndian.Uint32(data[len(body):]) != c.sum {
		return nil, c.key.damaged(errors.New("is not the one that was written last"))
	}
	return body, nil
}
