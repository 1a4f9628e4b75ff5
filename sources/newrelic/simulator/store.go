package simulator

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Attribute is a named value of an event.
type Attribute struct {
	Name  string
	Value Value
}

// Store holds events by type, column by column, ordered by time. It is safe
// for concurrent use; an event that was added is seen by every later query.
type Store struct {
	mu     sync.RWMutex
	tables map[string]*table
	pool   pool
}

// NewStore returns an empty store.
func NewStore() *Store {
	return &Store{tables: map[string]*table{}, pool: pool{ids: map[string]uint32{}}}
}

// Add stores one event. Its time is in milliseconds since 1970 UTC; null
// values are left out, as an absent attribute is null; of two values for one
// attribute the later stays. Events may come in any order. A name that New
// Relic does not take, or a number that is not finite, is refused and nothing
// is stored.
func (s *Store) Add(eventType string, timestampMillis int64, attributes ...Attribute) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tables[eventType]
	if t == nil {
		if err := checkEventType(eventType); err != nil {
			return err
		}
	}
	for i, a := range attributes {
		if t != nil && t.find(i, a.Name) != nil {
			continue
		}
		if err := checkAttribute(a.Name); err != nil {
			return err
		}
	}
	for _, a := range attributes {
		if a.Value.kind == number && (math.IsNaN(a.Value.number) || math.IsInf(a.Value.number, 0)) {
			return fmt.Errorf("attribute %s is %v: only finite numbers can be stored", a.Name, a.Value.number)
		}
	}
	if t == nil {
		t = &table{name: eventType, sorted: true, byName: map[string]*column{}}
		s.tables[eventType] = t
	}
	t.add(&s.pool, timestampMillis, attributes)
	return nil
}

// Len returns the number of events of all types.
func (s *Store) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	n := 0
	for _, t := range s.tables {
		n += len(t.times)
	}
	return n
}

// read calls do while nobody writes and every table is in order of time.
func (s *Store) read(do func()) {
	for {
		s.mu.RLock()
		if s.sorted() {
			defer s.mu.RUnlock()
			do()
			return
		}
		s.mu.RUnlock()
		s.mu.Lock()
		for _, t := range s.tables {
			t.sort()
		}
		s.mu.Unlock()
	}
}

func (s *Store) sorted() bool {
	for _, t := range s.tables {
		if !t.sorted {
			return false
		}
	}
	return true
}

// table holds the events of one type. Row i has times[i] and the i-th cell of
// every column.
type table struct {
	name    string
	times   []int64
	columns []*column
	byName  map[string]*column
	sorted  bool
}

// column holds one attribute of a table in chunks, so that it grows without
// being copied. Where a chunk is missing, all its rows are null.
type column struct {
	name   string
	chunks []*[chunkRows]cell
}

const chunkRows = 1024

// cell is a value in 16 bytes: the bits of a number, the number of a string
// in the pool, or 1 and 0 for a boolean.
type cell struct {
	kind kind
	bits uint64
}

// find returns a column. Events of one type mostly carry the same attributes
// in the same order, so the position is tried before the name.
func (t *table) find(position int, name string) *column {
	if position < len(t.columns) && t.columns[position].name == name {
		return t.columns[position]
	}
	return t.byName[name]
}

func (t *table) add(p *pool, millis int64, attributes []Attribute) {
	row := len(t.times)
	if row > 0 && millis < t.times[row-1] {
		t.sorted = false
	}
	t.times = append(t.times, millis)
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
		c.set(row, p.cell(a.Value))
	}
}

func (c *column) set(row int, value cell) {
	for len(c.chunks) <= row/chunkRows {
		c.chunks = append(c.chunks, nil)
	}
	chunk := &c.chunks[row/chunkRows]
	if *chunk == nil {
		*chunk = new([chunkRows]cell)
	}
	(*chunk)[row%chunkRows] = value
}

// at returns the cell of a row; a missing column holds null everywhere.
func (c *column) at(row int) cell {
	if c == nil || row/chunkRows >= len(c.chunks) {
		return cell{}
	}
	chunk := c.chunks[row/chunkRows]
	if chunk == nil {
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
	times := make([]int64, len(rows))
	for i, row := range rows {
		times[i] = t.times[row]
	}
	t.times = times
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

// rows returns the rows [first, last) whose times lie in [begin, end).
func (t *table) rows(begin, end int64) (first, last int) {
	first, _ = slices.BinarySearch(t.times, begin)
	last, _ = slices.BinarySearch(t.times, end)
	return first, max(first, last)
}

// pool keeps every different string once.
type pool struct {
	strings []string
	ids     map[string]uint32
}

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

// maxName is the length names have to stay below.
const maxName = 255

func checkEventType(name string) error {
	if name == "" || len(name) >= maxName {
		return fmt.Errorf("the event type %q must have 1 to %d characters", shorten(name), maxName-1)
	}
	for _, c := range name {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '_' && c != ':' {
			return fmt.Errorf("the event type %q may hold only letters, digits, : and _", shorten(name))
		}
	}
	return nil
}

func checkAttribute(name string) error {
	switch {
	case name == "" || len(name) >= maxName:
		return fmt.Errorf("the attribute name %q must have 1 to %d characters", shorten(name), maxName-1)
	case name == "timestamp" || name == "eventType":
		return fmt.Errorf("%s is not an attribute that can be set beside the event's own", name)
	case !utf8.ValidString(name):
		return fmt.Errorf("the attribute name %q must be valid UTF-8", shorten(name))
	}
	for _, c := range name {
		if unicode.IsControl(c) {
			return fmt.Errorf("the attribute name %q must not hold control characters", shorten(name))
		}
	}
	return nil
}

// shorten keeps hostile names from filling the screen.
func shorten(name string) string {
	if len(name) > 80 {
		return name[:80] + "…"
	}
	return name
}
