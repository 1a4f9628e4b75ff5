package ledger

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"slices"
	"sort"
	"time"
)

// version is the format that this package writes.
const version = 1

// root says what everything else in the file has to be. It is one row.
type root struct {
	Version int64     `json:"version"`
	Commits int64     `json:"commits"` // of ticks
	Writes  int64     `json:"writes"`  // of anything, also of what maintenance did
	At      time.Time `json:"at"`      // of the last tick
	// Of each table the number of rows, and the digest of their checksums.
	Contents    digest `json:"contents"`
	Indicators  digest `json:"indicators"`
	Entries     digest `json:"entries"`
	Corrections digest `json:"corrections"`
	// NextCorrection is the number of the next one.
	NextCorrection int64 `json:"nextCorrection"`
}

// digest is what a table has to hold.
type digest struct {
	Rows int64  `json:"rows"`
	Sum  uint64 `json:"sum"`
}

// put takes in a row that was written.
func (d *digest) put(sum uint32) { d.Rows, d.Sum = d.Rows+1, d.Sum^spread(sum) }

// drop takes out a row that is gone.
func (d *digest) drop(sum uint32) { d.Rows, d.Sum = d.Rows-1, d.Sum^spread(sum) }

const rootKey = -1

func (t *transaction) readRoot(ctx context.Context) (root, error) {
	var r root
	data, err := t.blob(ctx, "SELECT data FROM root WHERE id = 1")
	if err != nil {
		return r, err
	}
	if data == nil {
		return r, damaged("the root", "is missing")
	}
	body, err := unsealed(data, rootKey)
	if err != nil {
		return r, damaged("the root", "%w", err)
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return r, damaged("the root", "%w", err)
	}
	return r, nil
}

func (t *transaction) writeRoot(ctx context.Context, r root) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return t.exec(ctx, "INSERT OR REPLACE INTO root(id, data) VALUES (1, ?)", sealed(data, rootKey))
}

// contents lists the chunks that begin with an hour, and their checksums.
type contents struct {
	hour    hour
	entries []content // ordered by key
}

type content struct {
	key chunkKey
	sum uint32
}

// find returns where a key stands, or where it would.
func (c *contents) find(key chunkKey) (int, bool) {
	i := sort.Search(len(c.entries), func(i int) bool { return c.entries[i].key >= key })
	return i, i < len(c.entries) && c.entries[i].key == key
}

func (c *contents) set(key chunkKey, sum uint32) {
	i, found := c.find(key)
	if !found {
		c.entries = slices.Insert(c.entries, i, content{})
	}
	c.entries[i] = content{key, sum}
}

func (c *contents) drop(key chunkKey) {
	if i, found := c.find(key); found {
		c.entries = slices.Delete(c.entries, i, i+1)
	}
}

// of returns the chunks of a kind.
func (c *contents) of(k kind) []content {
	first, _ := c.find(keyOf(k, c.hour, 0))
	last, _ := c.find(keyOf(k+1, 0, 0))
	return c.entries[first:last]
}

func (c *contents) encode() []byte {
	data := []byte{formatOne}
	for _, e := range c.entries {
		data = append(data, byte(e.key.kind()))
		data = binary.AppendUvarint(data, uint64(e.key.part()))
		data = binary.BigEndian.AppendUint32(data, e.sum)
	}
	return sealed(data, int64(c.hour))
}

func decodeContents(h hour, data []byte) (*contents, uint32, error) {
	what := "the contents of " + h.span().Start.String()
	body, err := unsealed(data, int64(h))
	if err != nil {
		return nil, 0, damaged(what, "%w", err)
	}
	c := &contents{hour: h}
	d := decoder{data: body}
	d.format()
	for d.at < len(body) && d.err == nil {
		k := kind(d.byte())
		part := d.uvarint()
		sum := d.bytes(4)
		if d.err != nil || k < minuteChunk || k > quarterChunk || part >= 1<<partBits {
			return nil, 0, damaged(what, "%w", errDamaged)
		}
		key := keyOf(k, h, int(part))
		if last := len(c.entries) - 1; last >= 0 && key <= c.entries[last].key {
			return nil, 0, damaged(what, "%w", errDamaged)
		}
		c.entries = append(c.entries, content{key, binary.BigEndian.Uint32(sum)})
	}
	if d.err != nil {
		return nil, 0, damaged(what, "%w", d.err)
	}
	return c, checksum(body, int64(h)), nil
}
