package ledger

import (
	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

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

// row reads a single minute of a column. Where all are measured and count
// events as one, it reads the others only as far as it has to.
func (g *group) row(i, minute int, room []burnrate.Sum) (burnrate.Row, error) {
	d := decoder{data: g.data[:g.places[i+1]], at: g.places[i]}
	flags := d.byte()
	if flags&^hasBad != 0 {
		err := g.column(i, room)
		return rowOf(&room[minute]), err
	}
	var numbers [minutesOfHour]uint64
	d.uvarints(numbers[:minute+1])
	counts := slo.Counts{}
	for _, n := range numbers[:minute+1] {
		counts.Total += zigzag(n)
	}
	if flags&hasBad != 0 {
		d.uvarints(numbers[minute+1:])
		k := -1
		for range d.length(2) {
			skipped, bad := d.uvarint(), d.varint()
			if skipped >= uint64(minutesOfHour-k-1) {
				return burnrate.Row{}, errDamaged
			}
			if k += int(skipped) + 1; k == minute {
				counts.Bad = bad
			}
			if k >= minute {
				break
			}
		}
	}
	return burnrate.Row{Counts: counts, Rows: counts, Measured: true}, d.err
}
