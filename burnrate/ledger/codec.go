package ledger

import (
	"encoding/binary"
	"errors"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// number names an indicator within a ledger: 0, 1, 2, … in the order in which
// they came.
type number int64

func (n number) group() int { return int(n / groupSize) }

// errDamaged is what a chunk is that cannot be read.
var errDamaged = errors.New("cannot be read")

// numbered is a row of an indicator.
type numbered struct {
	number number
	row    burnrate.Row
}

// formatOne is the first byte of every chunk. Another layout has another one.
const formatOne = 1

// encodeMinute writes the rows of a minute, which are ordered by number and
// all measured. An indicator that counts takes its number's distance, total and
// bad; one that is weighted takes its events as well.
func encodeMinute(dst []byte, rows []numbered) []byte {
	dst = append(dst, formatOne)
	dst = binary.AppendUvarint(dst, uint64(len(rows)))
	last := number(-1)
	for _, r := range rows {
		weighted := r.row.Rows != r.row.Counts
		distance := uint64(r.number-last) << 1
		if weighted {
			distance |= 1
		}
		dst = binary.AppendUvarint(dst, distance)
		dst = binary.AppendVarint(dst, r.row.Counts.Total)
		dst = binary.AppendVarint(dst, r.row.Counts.Bad)
		if weighted {
			dst = binary.AppendVarint(dst, r.row.Rows.Total)
			dst = binary.AppendVarint(dst, r.row.Rows.Bad)
		}
		last = r.number
	}
	return dst
}

// decodeMinute appends the rows of a minute.
func decodeMinute(rows []numbered, data []byte) ([]numbered, error) {
	d := decoder{data: data}
	d.format()
	count := d.length(3)
	last := number(-1)
	for range count {
		distance := d.uvarint()
		n := last + number(distance>>1)
		counts := d.counts()
		events := counts
		if distance&1 != 0 {
			events = d.counts()
		}
		if n <= last || d.err != nil {
			return nil, errDamaged
		}
		rows = append(rows, numbered{n, burnrate.Row{Counts: counts, Rows: events, Measured: true}})
		last = n
	}
	return rows, d.end()
}

// shape is how the cells of a column lie in time.
type shape struct {
	cells   int   // of a column
	minutes int64 // of a cell
}

func (k kind) shape() shape {
	switch k {
	case hourChunk:
		return shape{60, 1}
	case coarseChunk:
		return shape{1, 60}
	default:
		return shape{hoursOfDay * 4, 15}
	}
}

// column is an indicator in a chunk of a group: a sum for each cell.
type column struct {
	number number
	cells  []burnrate.Sum
}

// Flags of a column.
const (
	hasGaps     = 1 << iota // not every cell is measured: a bit for each follows
	hasBad                  // something is bad
	isWeighted              // the events behind the counts are not the counts
	hasParts                // cells are measured in part: the minutes of each follow
	knownFlags  = hasGaps | hasBad | isWeighted | hasParts
	bitsPerByte = 8
)

// encodeGroup writes the columns of a group, which are ordered by number: the
// length of each first, so that one can be read without the others.
func encodeGroup(dst []byte, columns []column, s shape) []byte {
	dst = append(dst, formatOne)
	dst = binary.AppendUvarint(dst, uint64(len(columns)))
	var body []byte
	last := number(-1)
	for i, c := range columns {
		before := len(body)
		body = encodeColumn(body, c.cells, s)
		first := c.number
		if i > 0 {
			first -= last
		} else {
			first %= groupSize
		}
		dst = binary.AppendUvarint(dst, uint64(first))
		dst = binary.AppendUvarint(dst, uint64(len(body)-before))
		last = c.number
	}
	return append(dst, body...)
}

func encodeColumn(dst []byte, cells []burnrate.Sum, s shape) []byte {
	var flags byte
	measured := make([]byte, (s.cells+bitsPerByte-1)/bitsPerByte)
	for i := range cells {
		c := &cells[i]
		if c.Minutes == 0 {
			flags |= hasGaps
			continue
		}
		measured[i/bitsPerByte] |= 1 << (i % bitsPerByte)
		if c.Counts.Bad != 0 || c.Rows.Bad != 0 {
			flags |= hasBad
		}
		if c.Counts != c.Rows {
			flags |= isWeighted
		}
		if c.Minutes != s.minutes {
			flags |= hasParts
		}
	}
	dst = append(dst, flags)
	if flags&hasGaps != 0 {
		dst = append(dst, measured...)
	}
	if flags&hasParts != 0 {
		for i := range cells {
			if cells[i].Minutes != 0 {
				dst = binary.AppendUvarint(dst, uint64(cells[i].Minutes))
			}
		}
	}
	dst = encodeCounts(dst, cells, flags, func(c *burnrate.Sum) *slo.Counts { return &c.Counts })
	if flags&isWeighted != 0 {
		dst = encodeCounts(dst, cells, flags, func(c *burnrate.Sum) *slo.Counts { return &c.Rows })
	}
	return dst
}

// encodeCounts writes the totals as distances from one to the next, which are
// small where traffic is even, and of what is bad only what there is.
func encodeCounts(dst []byte, cells []burnrate.Sum, flags byte, of func(*burnrate.Sum) *slo.Counts) []byte {
	last, bad := int64(0), 0
	for i := range cells {
		if cells[i].Minutes == 0 {
			continue
		}
		counts := of(&cells[i])
		dst = binary.AppendVarint(dst, counts.Total-last)
		last = counts.Total
		if counts.Bad != 0 {
			bad++
		}
	}
	if flags&hasBad == 0 {
		return dst
	}
	dst = binary.AppendUvarint(dst, uint64(bad))
	skipped := 0
	for i := range cells {
		switch counts := of(&cells[i]); {
		case cells[i].Minutes == 0:
		case counts.Bad == 0:
			skipped++
		default:
			dst = binary.AppendUvarint(dst, uint64(skipped))
			dst = binary.AppendVarint(dst, counts.Bad)
			skipped = 0
		}
	}
	return dst
}
