package ledger

import (
	"context"
	"maps"
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// Holding is what a ledger keeps in one way.
type Holding struct {
	Kind   string   // minute, hour (of minutes), coarse hour, or day of quarter-hours
	Span   slo.Span // from the first to the last that was measured
	Chunks int
	Rows   int64 // measured minutes, hours or quarter-hours, of each indicator
	Bytes  int64 // of the chunks
}

// Holdings tells how much is kept in which way. It reads everything.
func (r *Reader) Holdings(ctx context.Context) ([]Holding, error) {
	s, err := r.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer s.end()
	var list []Holding
	for _, k := range []kind{minuteChunk, hourChunk, coarseChunk, quarterChunk} {
		held := Holding{Kind: k.String(), Span: slo.Span{Start: never}}
		for _, h := range slices.Sorted(maps.Keys(s.index.contents)) {
			for _, c := range s.index.contents[h].of(k) {
				if err := s.hold(ctx, &held, c); err != nil {
					return nil, wrap("read the ledger", err)
				}
			}
		}
		if held.Chunks > 0 {
			list = append(list, held)
		}
	}
	return list, nil
}

// hold counts a chunk.
func (s *snapshot) hold(ctx context.Context, held *Holding, c content) error {
	body, err := s.chunk(ctx, c)
	if err != nil {
		return err
	}
	held.Chunks++
	held.Bytes += int64(len(body))
	first := c.key.hour().span().Start
	if c.key.kind() == minuteChunk {
		rows, err := decodeMinute(nil, body)
		if err != nil {
			return c.key.damaged(err)
		}
		held.count(int64(len(rows)), first+slo.Minute(c.key.part()), 1)
		return nil
	}
	columns, err := readColumns(c.key, body)
	if err != nil {
		return err
	}
	length := slo.Minute(c.key.kind().shape().minutes)
	for _, column := range columns {
		for i, cell := range column.cells {
			if cell.Minutes > 0 {
				held.count(1, first+slo.Minute(i)*length, length)
			}
		}
	}
	return nil
}

func (h *Holding) count(rows int64, start, length slo.Minute) {
	h.Rows += rows
	h.Span.Start, h.Span.End = min(h.Span.Start, start), max(h.Span.End, start+length)
}
