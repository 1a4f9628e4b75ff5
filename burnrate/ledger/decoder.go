package ledger

import (
	"encoding/binary"
	"fmt"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

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
