package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"

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

// group is an encoded chunk of a group whose columns can be read one by one.
type group struct {
	numbers []number
	places  []int // where each column begins in data; one more for the end
	data    []byte
	shape   shape
}

// openGroup reads where the columns of a chunk are. Its slices are reused.
func (g *group) open(key chunkKey, data []byte) error {
	d := decoder{data: data}
	d.format()
	count := d.length(2)
	g.numbers, g.places, g.data, g.shape = g.numbers[:0], append(g.places[:0], 0), data, key.kind().shape()
	n, at := number(key.part())*groupSize, 0
	for i := range count {
		step := d.uvarint()
		length := d.uvarint()
		if step > groupSize || i > 0 && step == 0 || length > uint64(len(data)) {
			return errDamaged
		}
		n += number(step)
		at += int(length)
		g.numbers, g.places = append(g.numbers, n), append(g.places, at)
	}
	start := d.at
	if d.err != nil || start+at != len(data) || count > 0 && n.group() != key.part() {
		return errDamaged
	}
	for i := range g.places {
		g.places[i] += start
	}
	return nil
}

// column reads a column into cells, of which there are as many as the shape
// has.
func (g *group) column(i int, cells []burnrate.Sum) error {
	d := decoder{data: g.data[:g.places[i+1]], at: g.places[i]}
	flags := d.byte()
	if flags&^knownFlags != 0 {
		return errDamaged
	}
	if flags&hasGaps == 0 {
		for k := range cells {
			cells[k] = burnrate.Sum{Minutes: g.shape.minutes}
		}
	} else {
		bits := d.bytes((len(cells) + bitsPerByte - 1) / bitsPerByte)
		if d.err != nil {
			return errDamaged
		}
		for k := range cells {
			cells[k] = burnrate.Sum{}
			if bits[k/bitsPerByte]>>(k%bitsPerByte)&1 != 0 {
				cells[k].Minutes = g.shape.minutes
			}
		}
	}
	if flags&hasParts != 0 {
		for k := range cells {
			if cells[k].Minutes == 0 {
				continue
			}
			minutes := d.uvarint()
			if minutes < 1 || minutes > uint64(g.shape.minutes) {
				return errDamaged
			}
			cells[k].Minutes = int64(minutes)
		}
	}
	d.column(cells, flags, false)
	if flags&isWeighted != 0 {
		d.column(cells, flags, true)
	} else {
		for k := range cells {
			cells[k].Rows = cells[k].Counts
		}
	}
	return d.end()
}

// rows reads a column of minutes into rows. Most columns have no gaps and count
// events as one; for those there is a short way.
func (g *group) rows(i int, rows []burnrate.Row, room []burnrate.Sum) error {
	d := decoder{data: g.data[:g.places[i+1]], at: g.places[i]}
	flags := d.byte()
	if flags&^hasBad != 0 {
		err := g.column(i, room)
		for k := range room {
			rows[k] = rowOf(&room[k])
		}
		return err
	}
	total := int64(0)
	for k := range rows {
		total += d.varint()
		counts := slo.Counts{Total: total}
		rows[k] = burnrate.Row{Counts: counts, Rows: counts, Measured: true}
	}
	if flags == 0 {
		return d.end()
	}
	k := -1
	for range d.length(2) {
		skipped := d.uvarint()
		if skipped >= uint64(len(rows)-k-1) {
			return errDamaged
		}
		k += int(skipped) + 1
		bad := d.varint()
		rows[k].Counts.Bad, rows[k].Rows.Bad = bad, bad
	}
	return d.end()
}

// total sums a column of minutes without a row for each. It knows it only where
// all minutes are measured, count events as one, and can be: for the others,
// which are few, there is [group.rows].
func (g *group) total(i int) (sum burnrate.Sum, known bool, err error) {
	d := decoder{data: g.data[:g.places[i+1]], at: g.places[i]}
	flags := d.byte()
	if flags&^hasBad != 0 {
		return burnrate.Sum{}, false, nil
	}
	var numbers [2 * minutesOfHour]uint64
	var totals [minutesOfHour]int64
	total, least := int64(0), int64(0)
	var counts slo.Counts
	d.uvarints(numbers[:minutesOfHour])
	for k, n := range numbers[:minutesOfHour] {
		total += zigzag(n)
		totals[k] = total
		counts.Total += total
		least = min(least, total)
	}
	if least < 0 {
		return burnrate.Sum{}, false, d.err
	}
	if flags&hasBad != 0 {
		pairs := numbers[:2*min(d.length(2), minutesOfHour)]
		d.uvarints(pairs)
		for k := -1; len(pairs) > 0; pairs = pairs[2:] {
			if pairs[0] >= uint64(len(totals)-k-1) {
				return burnrate.Sum{}, false, errDamaged
			}
			k += int(pairs[0]) + 1
			bad := zigzag(pairs[1])
			if bad < 0 || bad > totals[k] {
				return burnrate.Sum{}, false, d.err
			}
			counts.Bad += bad
		}
	}
	return burnrate.Sum{Counts: counts, Rows: counts, Minutes: minutesOfHour}, true, d.end()
}

// decoder reads a chunk. After the first thing that cannot be it reads zeroes.
type decoder struct {
	data []byte
	at   int
	err  error
}

func (d *decoder) fail() { d.err = errDamaged }

func (d *decoder) byte() byte {
	if d.at >= len(d.data) {
		d.fail()
		return 0
	}
	d.at++
	return d.data[d.at-1]
}

func (d *decoder) bytes(n int) []byte {
	if len(d.data)-d.at < n {
		d.fail()
		return nil
	}
	d.at += n
	return d.data[d.at-n : d.at]
}

func (d *decoder) format() {
	if d.byte() != formatOne {
		d.fail()
	}
}

func (d *decoder) uvarint() uint64 {
	// Most numbers are small.
	if left := d.data[d.at:]; len(left) > 1 {
		if left[0] < 0x80 {
			d.at++
			return uint64(left[0])
		}
		if left[1] < 0x80 {
			d.at += 2
			return uint64(left[0]&0x7f) | uint64(left[1])<<7
		}
	}
	x, n := binary.Uvarint(d.data[d.at:])
	if n <= 0 {
		d.fail()
		d.at = len(d.data)
		return 0
	}
	d.at += n
	return x
}

func (d *decoder) varint() int64 {
	return zigzag(d.uvarint())
}

// zigzag turns 0, 1, 2, 3, 4 into 0, -1, 1, -2, 2.
func zigzag(x uint64) int64 { return int64(x>>1) ^ -int64(x&1) }

// uvarints reads many numbers. Most take one byte or two, in no order that a
// processor could guess, so that for those there is no branch.
func (d *decoder) uvarints(into []uint64) {
	data, at := d.data, d.at
	for i := range into {
		if at+1 >= len(data) || data[at]&data[at+1] >= 0x80 {
			d.at = at
			into[i] = d.uvarint()
			at = d.at
			continue
		}
		more := uint64(data[at] >> 7)
		into[i] = uint64(data[at]&0x7f) | uint64(data[at+1])<<7&-more
		at += 1 + int(more)
	}
	d.at = at
}

// length reads how many things follow that take at least so many bytes each.
func (d *decoder) length(least int) int {
	n := d.uvarint()
	if n > uint64((len(d.data)-d.at)/least) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) counts() slo.Counts { return slo.Counts{Total: d.varint(), Bad: d.varint()} }

// column reads totals and what is bad of the measured cells.
func (d *decoder) column(cells []burnrate.Sum, flags byte, events bool) {
	total := int64(0)
	for k := range cells {
		if cells[k].Minutes == 0 {
			continue
		}
		total += d.varint()
		if events {
			cells[k].Rows.Total = total
		} else {
			cells[k].Counts.Total = total
		}
	}
	if flags&hasBad == 0 {
		return
	}
	k := -1
	for range d.length(2) {
		skipped := d.uvarint()
		if skipped >= uint64(len(cells)) {
			d.fail()
			return
		}
		for skip := skipped + 1; skip > 0; k++ {
			if k+1 >= len(cells) {
				d.fail()
				return
			}
			if cells[k+1].Minutes != 0 {
				skip--
			}
		}
		if bad := d.varint(); events {
			cells[k].Rows.Bad = bad
		} else {
			cells[k].Counts.Bad = bad
		}
	}
}

// end reports whether everything was read, and nothing was left.
func (d *decoder) end() error {
	if d.err == nil && d.at != len(d.data) {
		return fmt.Errorf("%w: %d bytes are left", errDamaged, len(d.data)-d.at)
	}
	return d.err
}
