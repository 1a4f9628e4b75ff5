package simulator

import (
	"hash/fnv"
	"iter"
	"maps"
	"math"
	"slices"
	"time"
)

// view is what a query sees of the store. The zero view is the truth.
type view struct {
	retention time.Duration // older events are not seen; 0 is without end
	capped    int           // how many events of a capped type were kept of each minute and host; 0 is all
	lenses    []lens
	renamings []renaming
}

// lens makes a share of the events count more or less often than once. Which
// ones depends only on their type, their time and the lens, so that every
// query sees the same.
type lens struct {
	name   string
	share  float64                     // of the events that it concerns
	copies int                         // how often those count
	delay  time.Duration               // it concerns only events younger than this; 0 is all
	types  func(eventType string) bool // nil for all
	scale  float64                     // what EXTRAPOLATE multiplies by; 0 is nothing
}

// renaming is an attribute that has another name from an instant on.
type renaming struct {
	eventType, old, renamed string
	millis                  int64
}

// sight is one table as a query sees it.
type sight struct {
	*table
	now    int64             // events that arrive later are not seen
	oldest int64             // in milliseconds; events before it are not seen
	copies func(row int) int // how often an event counts, asked in order of the rows; nil for once
	scale  float64           // what a count is multiplied by
}

// of returns how a table is seen at an instant.
func (v view) of(t *table, nowMillis int64, extrapolate bool) sight {
	s := sight{table: v.renamed(t), now: nowMillis, oldest: v.oldest(nowMillis), scale: 1}
	if v.capped > 0 && isCapped(t.name) {
		s.copies = firstOfMinutes(t, v.capped)
	}
	for _, l := range v.lenses {
		if l.types != nil && !l.types(t.name) {
			continue
		}
		s.copies = l.through(s.copies, t, nowMillis)
		// Only these two of the types that are sampled can be scaled back.
		if extrapolate && l.scale > 0 && (t.name == "Transaction" || t.name == "TransactionError") {
			s.scale *= l.scale
		}
	}
	return s
}

// oldest returns the time of the oldest event that is seen.
func (v view) oldest(nowMillis int64) int64 {
	if v.retention == 0 {
		return math.MinInt64
	}
	return nowMillis - v.retention.Milliseconds()
}

// rows returns the rows that are seen of those with times in [begin, end).
func (s sight) rows(begin, end int64) iter.Seq[row] {
	return func(yield func(row) bool) {
		first, last := s.table.rows(max(begin, s.oldest), end)
		copies := 1
		for i := first; i < last; i++ {
			if s.copies != nil {
				copies = s.copies(i)
			}
			if copies == 0 || s.arrives != nil && s.arrives[i] > s.now {
				continue
			}
			if !yield(row{i, s.times[i], copies, float64(copies) * s.scale}) {
				return
			}
		}
	}
}

// through returns how often an event counts that is seen through one more
// lens.
func (l lens) through(before func(row int) int, t *table, nowMillis int64) func(row int) int {
	digest := fnv.New64a()
	digest.Write([]byte(l.name + " " + t.name))
	salt := digest.Sum64()
	youngest := int64(math.MinInt64)
	if l.delay > 0 {
		youngest = nowMillis - l.delay.Milliseconds()
	}
	// Events of one millisecond are told apart by their order.
	last, ordinal := int64(math.MinInt64), uint64(0)
	return func(row int) int {
		n := 1
		if before != nil {
			n = before(row)
		}
		millis := t.times[row]
		if ordinal++; millis != last {
			last, ordinal = millis, 0
		}
		if millis > youngest && fraction(salt^mix(uint64(millis))+ordinal) < l.share {
			return n * l.copies
		}
		return n
	}
}

// fraction spreads numbers evenly over 0 ≤ x < 1.
func fraction(x uint64) float64 { return float64(mix(x)>>11) / (1 << 53) }

// renamed returns the table with the columns that its renamings give.
func (v view) renamed(t *table) *table {
	for _, r := range v.renamings {
		if r.eventType != t.name || t.byName[r.old] == nil {
			continue
		}
		at, _ := slices.BinarySearch(t.times, r.millis)
		from, into := t.byName[r.old], t.byName[r.renamed]
		changed := *t
		changed.byName = maps.Clone(t.byName)
		changed.byName[r.old] = splice(r.old, from, nil, at)
		changed.byName[r.renamed] = splice(r.renamed, into, from, at)
		t = &changed
	}
	return t
}

// splice returns a column with the cells of one before a row and those of
// another from it on. Either may be missing.
func splice(name string, before, after *column, at int) *column {
	c := &column{name: name}
	for _, part := range []struct {
		from        *column
		first, last int
	}{{before, 0, at}, {after, at, math.MaxInt}} {
		if part.from == nil {
			continue
		}
		for row := part.first; row < min(part.last, len(part.from.chunks)*chunkRows); row++ {
			if value := part.from.at(row); value.kind != null {
				c.set(row, value)
			}
		}
	}
	return c
}
