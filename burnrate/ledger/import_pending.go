package ledger

import (
	"encoding/binary"

	"github.com/slojourn/slojourn/burnrate"
)

// blockSize is how many indicators are compared and written together.
const blockSize = 8 * groupSize

// pending are the lines of a stretch of time: the minutes of an hour, the
// quarter-hours of a day, or one coarse hour. They are compared with what the
// ledger keeps, and written, when the next stretch begins. An hour of 10,000
// indicators has 600,000 lines, so they are kept in few bytes, by blocks of
// indicators.
type pending struct {
	kind   kind // hourChunk for minutes, quarterChunk or coarseChunk
	start  hour // of the stretch
	blocks []pendingBlock
	lines  int // of all blocks
}

type pendingBlock struct {
	data []byte
	line int64 // of the last one
}

// cellOfLine is what a line says of an indicator in a cell of the stretch.
type cellOfLine struct {
	line   int64
	number number
	cell   int
	sum    burnrate.Sum
}

// add keeps a line. Lines come in their order.
func (p *pending) add(c cellOfLine) {
	block := int(c.number / blockSize)
	for len(p.blocks) <= block {
		p.blocks = append(p.blocks, pendingBlock{})
	}
	b := &p.blocks[block]
	weighted := uint64(0)
	if c.sum.Counts != c.sum.Rows {
		weighted = 1
	}
	for _, x := range []uint64{
		uint64(c.line-b.line)<<1 | weighted,
		uint64(c.number%blockSize)*uint64(p.kind.shape().cells) + uint64(c.cell),
		uint64(c.sum.Minutes),
	} {
		b.data = binary.AppendUvarint(b.data, x)
	}
	b.data = binary.AppendVarint(binary.AppendVarint(b.data, c.sum.Counts.Total), c.sum.Counts.Bad)
	if weighted == 1 {
		b.data = binary.AppendVarint(binary.AppendVarint(b.data, c.sum.Rows.Total), c.sum.Rows.Bad)
	}
	b.line = c.line
	p.lines++
}

// take calls do for each line of a block, in order, and forgets them.
func (p *pending) take(block int, do func(cellOfLine)) {
	d := decoder{data: p.blocks[block].data}
	line, cells := int64(0), p.kind.shape().cells
	for d.at < len(d.data) {
		head, place := d.uvarint(), int(d.uvarint())
		line += int64(head >> 1)
		c := cellOfLine{line: line, number: number(block*blockSize + place/cells), cell: place % cells}
		c.sum.Minutes = int64(d.uvarint())
		c.sum.Counts = d.counts()
		c.sum.Rows = c.sum.Counts
		if head&1 != 0 {
			c.sum.Rows = d.counts()
		}
		p.lines--
		do(c)
	}
	p.blocks[block] = pendingBlock{data: d.data[:0]}
}
