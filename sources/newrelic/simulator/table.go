package simulator

import (
	"cmp"
	"math"
	"slices"
)

// table holds events of one type. Row i has times[i] and the i-th cell of
// every column. A type may lie in several tables.
type table struct {
	name    string
	times   []int64
	arrives []int64 // when each can be seen; nil when all could from the start
	columns []*column
	byName  map[string]*column
	pool    *pool
	sorted  bool
}

func newTable(name string, p *pool) *table {
	return &table{name: name, sorted: true, byName: map[string]*column{}, pool: p}
}

// column holds one attribute of a table in chunks, so that it grows without
// being copied. What is missing at the end of a chunk is null.
type column struct {
	name   string
	chunks [][]cell
}

// chunkRows is the length of every chunk but the last of a column.
const chunkRows = 1024

// cell is a value in 16 bytes: the bits of a number, the number of a string
// in the pool, or 1 and 0 for a boolean.
type cell struct {
	kind kind
	bits uint64
}

// always is the time of arrival of an event that could be seen from the start.
const always = math.MinInt64

// find returns a column. Events of one type mostly carry the same attributes
// in the same order, so the position is tried before the name.
func (t *table) find(position int, name string) *column {
	if position < len(t.columns) && t.columns[position].name == name {
		return t.columns[position]
	}
	return t.byName[name]
}

func (t *table) add(millis, arrives int64, attributes []Attribute) {
	row := len(t.times)
	if row > 0 && millis < t.times[row-1] {
		t.sorted = false
	}
	t.times = append(t.times, millis)
	if arrives != always && t.arrives == nil {
		t.arrives = slices.Repeat([]int64{always}, row)
	}
	if t.arrives != nil {
		t.arrives = append(t.arrives, arrives)
	}
	for i, a := range attributes {
		if a.Value.kind == null {
			continue
		}
		c := t.find(i, a.Name)
		if c == nil {
			c = &column{name: a.Name}
			t.columns = append(t.columns, c)
			t.byName[a.Name] = c
		}
		c.set(row, t.pool.cell(a.Value))
	}
}

func (c *column) set(row int, value cell) {
	for len(c.chunks) <= row/chunkRows {
		c.chunks = append(c.chunks, nil)
	}
	chunk := c.chunks[row/chunkRows]
	for len(chunk) <= row%chunkRows {
		chunk = append(chunk, cell{})
	}
	chunk[row%chunkRows] = value
	c.chunks[row/chunkRows] = chunk
}

// at returns the cell of a row; a missing column holds null everywhere.
func (c *column) at(row int) cell {
	if c == nil || row/chunkRows >= len(c.chunks) {
		return cell{}
	}
	chunk := c.chunks[row/chunkRows]
	if row%chunkRows >= len(chunk) {
		return cell{}
	}
	return chunk[row%chunkRows]
}

// sort orders the rows by time; rows of one time keep their order.
func (t *table) sort() {
	if t.sorted {
		return
	}
	rows := make([]int, len(t.times))
	for i := range rows {
		rows[i] = i
	}
	slices.SortStableFunc(rows, func(a, b int) int { return cmp.Compare(t.times[a], t.times[b]) })
	t.times = reordered(t.times, rows)
	if t.arrives != nil {
		t.arrives = reordered(t.arrives, rows)
	}
	for _, c := range t.columns {
		ordered := column{}
		for i, row := range rows {
			if value := c.at(row); value.kind != null {
				ordered.set(i, value)
			}
		}
		c.chunks = ordered.chunks
	}
	t.sorted = true
}

func reordered(values []int64, rows []int) []int64 {
	result := make([]int64, len(rows))
	for i, row := range rows {
		result[i] = values[row]
	}
	return result
}

// rows returns the rows [first, last) whose times lie in [begin, end).
func (t *table) rows(begin, end int64) (first, last int) {
	first, _ = slices.BinarySearch(t.times, begin)
	last, _ = slices.BinarySearch(t.times, end)
	return first, max(first, last)
}

// bytes is about how much memory the table holds.
func (t *table) bytes() int64 {
	const perTable, perColumn = 500, 150
	n := int64(perTable + 8*cap(t.times) + 8*cap(t.arrives))
	for _, c := range t.columns {
		n += perColumn
		for _, chunk := range c.chunks {
			n += 16 * int64(cap(chunk))
		}
	}
	return n
}

// pool keeps every different string once.
type pool struct {
	strings []string
	ids     map[string]uint32
}

func newPool() *pool { return &pool{ids: map[string]uint32{}} }

func (p *pool) cell(v Value) cell {
	switch v.kind {
	case number:
		return cell{number, math.Float64bits(v.number)}
	case boolean:
		return cell{boolean, uint64(v.number)}
	case text:
		id, known := p.ids[v.text]
		if !known {
			id = uint32(len(p.strings))
			p.strings = append(p.strings, v.text)
			p.ids[v.text] = id
		}
		return cell{text, uint64(id)}
	default:
		return cell{}
	}
}

func (p *pool) value(c cell) Value {
	switch c.kind {
	case number:
		return Value{kind: number, number: math.Float64frombits(c.bits)}
	case boolean:
		return Value{kind: boolean, number: float64(c.bits)}
	case text:
		return Value{kind: text, text: p.strings[c.bits]}
	default:
		return Value{}
	}
}
