package ledger

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// never is the first measured minute of an indicator that has none.
const never = slo.Minute(math.MaxInt64)

// writer changes the file within a transaction. It works on an index of its
// own, which is the file's once the transaction has ended well.
type writer struct {
	*transaction
	index *index
	owned map[hour]bool       // contents that are the writer's to change
	aside func(chunkKey) bool // whether a chunk counts as not there
	anew  []chunkKey          // that were written or dropped
	wrote bool
	// What else belongs to the writer.
	ownIndicators bool
}

func newWriter(tx *transaction, x *index) *writer {
	mine := *x
	mine.contents, mine.sums = maps.Clone(x.contents), maps.Clone(x.sums)
	return &writer{transaction: tx, index: &mine, owned: map[hour]bool{}, aside: func(chunkKey) bool { return false }}
}

// finish writes the contents that changed, and the root.
func (w *writer) finish(ctx context.Context) error {
	for _, h := range slices.Sorted(maps.Keys(w.owned)) {
		if err := w.writeContents(ctx, w.index.contents[h]); err != nil {
			return err
		}
	}
	w.index.root.Writes++
	return w.writeRoot(ctx, w.index.root)
}

func (w *writer) writeContents(ctx context.Context, c *contents) error {
	if sum, before := w.index.sums[c.hour]; before {
		w.index.root.Contents.drop(sum)
		delete(w.index.sums, c.hour)
	}
	if len(c.entries) == 0 {
		delete(w.index.contents, c.hour)
		return w.exec(ctx, "DELETE FROM contents WHERE hour = ?", int64(c.hour))
	}
	data := c.encode()
	sum := binary.BigEndian.Uint32(data[len(data)-4:])
	w.index.root.Contents.put(sum)
	w.index.sums[c.hour] = sum
	return w.exec(ctx, "INSERT OR REPLACE INTO contents(hour, data) VALUES (?, ?)", int64(c.hour), data)
}

// of returns the contents of an hour, to be changed.
func (w *writer) of(h hour) *contents {
	if !w.owned[h] {
		mine := &contents{hour: h}
		if before := w.index.contents[h]; before != nil {
			mine.entries = slices.Clone(before.entries)
		}
		w.index.contents[h] = mine
		w.owned[h] = true
	}
	return w.index.contents[h]
}

// get returns the body of a chunk, nil when there is none, or none that counts.
func (w *writer) get(ctx context.Context, key chunkKey) ([]byte, error) {
	c := w.index.contents[key.hour()]
	if c == nil {
		return nil, nil
	}
	i, found := c.find(key)
	if !found || w.aside(key) {
		return nil, nil
	}
	return w.chunk(ctx, c.entries[i])
}

func (w *writer) put(ctx context.Context, key chunkKey, body []byte) error {
	w.wrote, w.anew = true, append(w.anew, key)
	data := sealed(body, int64(key))
	w.of(key.hour()).set(key, binary.BigEndian.Uint32(data[len(data)-4:]))
	return w.exec(ctx, "INSERT OR REPLACE INTO chunks(key, data) VALUES (?, ?)", int64(key), data)
}

func (w *writer) drop(ctx context.Context, key chunkKey) error {
	w.wrote, w.anew = true, append(w.anew, key)
	w.of(key.hour()).drop(key)
	return w.exec(ctx, "DELETE FROM chunks WHERE key = ?", int64(key))
}

// number returns that of an indicator, a new one when it has none.
func (w *writer) number(ctx context.Context, id slo.IndicatorID) (number, error) {
	if n, known := w.index.numbers[id]; known {
		return n, nil
	}
	if id == "" || !utf8.ValidString(string(id)) {
		return 0, fmt.Errorf("the indicator %q has no name that can be kept: it has to be text in UTF-8", string(id))
	}
	w.ownIndicator()
	n := number(len(w.index.ids))
	w.index.numbers[id] = n
	w.index.ids, w.index.since, w.index.indicated = append(w.index.ids, id), append(w.index.since, never), append(w.index.indicated, 0)
	w.index.root.Indicators.Rows++
	w.index.root.Indicators.Sum ^= spread(0)
	return n, w.writeIndicator(ctx, n)
}

func (w *writer) ownIndicator() {
	if !w.ownIndicators {
		x := w.index
		x.numbers, x.ids, x.since, x.indicated = maps.Clone(x.numbers), slices.Clone(x.ids), slices.Clone(x.since), slices.Clone(x.indicated)
		w.ownIndicators = true
	}
}

func (w *writer) writeIndicator(ctx context.Context, n number) error {
	w.wrote = true
	x := w.index
	sum := indicatorSum(n, x.ids[n], x.since[n])
	x.root.Indicators.drop(x.indicated[n])
	x.root.Indicators.put(sum)
	x.indicated[n] = sum
	return w.exec(ctx, "INSERT OR REPLACE INTO indicators(number, id, since, sum) VALUES (?, ?, ?, ?)", int64(n), string(x.ids[n]), int64(x.since[n]), int64(sum))
}

// began notes that an indicator was measured in a minute.
func (w *writer) began(ctx context.Context, n number, m slo.Minute) error {
	if m >= w.index.since[n] {
		return nil
	}
	w.ownIndicator()
	w.index.since[n] = m
	return w.writeIndicator(ctx, n)
}

// entry writes an entry, or removes it.
func (w *writer) entry(ctx context.Context, e burnrate.Entry) error {
	if !utf8.ValidString(e.Kind) || !utf8.ValidString(e.Key) {
		return fmt.Errorf("the entry %q %q cannot be kept: its kind and key have to be text in UTF-8", e.Kind, e.Key)
	}
	w.wrote = true
	before, err := w.blob(ctx, "SELECT data FROM entries WHERE kind = ? AND key = ?", e.Kind, e.Key)
	if err != nil {
		return err
	}
	if before != nil {
		if _, err := entryValue(e.Kind, e.Key, before); err != nil {
			return err
		}
		w.index.root.Entries.drop(binary.BigEndian.Uint32(before[len(before)-4:]))
	}
	if e.Value == nil {
		return w.exec(ctx, "DELETE FROM entries WHERE kind = ? AND key = ?", e.Kind, e.Key)
	}
	data := append(slices.Clone(e.Value), binary.BigEndian.AppendUint32(nil, entrySum(e.Kind, e.Key, e.Value))...)
	w.index.root.Entries.put(binary.BigEndian.Uint32(data[len(data)-4:]))
	return w.exec(ctx, "INSERT OR REPLACE INTO entries(kind, key, data) VALUES (?, ?, ?)", e.Kind, e.Key, data)
}

func entrySum(kind, key string, value []byte) uint32 {
	return checksum(append([]byte(kind+"\x00"+key+"\x00"), value...))
}

// entryValue returns the value in a row of entries.
func entryValue(kind, key string, data []byte) ([]byte, error) {
	if len(data) < 4 || entrySum(kind, key, data[:len(data)-4]) != binary.BigEndian.Uint32(data[len(data)-4:]) {
		return nil, damaged("the entry "+kind+" "+key, "has another checksum than it was written with")
	}
	return data[: len(data)-4 : len(data)-4], nil
}
