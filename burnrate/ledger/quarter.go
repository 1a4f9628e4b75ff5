package ledger

import (
	"context"
	"iter"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Quarter is what is kept of a quarter-hour.
type Quarter struct {
	Start slo.Minute // a multiple of 15
	Sums  []burnrate.Sum
}

// Quarters returns the quarter-hours of a span whose minutes are not kept any
// more, in order, with a sum for each of the indicators. The sums are
// overwritten by the next ones.
func (r *Reader) Quarters(ctx context.Context, indicators []slo.IndicatorID, span slo.Span) iter.Seq2[Quarter, error] {
	return r.sums(ctx, quarterChunk, indicators, span)
}

// CoarseHours returns the hours of a span of which a backfill knows only the
// sum, in order.
func (r *Reader) CoarseHours(ctx context.Context, indicators []slo.IndicatorID, span slo.Span) iter.Seq2[Quarter, error] {
	return r.sums(ctx, coarseChunk, indicators, span)
}

func (r *Reader) sums(ctx context.Context, k kind, indicators []slo.IndicatorID, span slo.Span) iter.Seq2[Quarter, error] {
	return func(yield func(Quarter, error) bool) {
		s, err := r.snapshot(ctx)
		if err != nil {
			yield(Quarter{}, err)
			return
		}
		defer s.end()
		reading := readingOf(s, indicators)
		shape := k.shape()
		length := slo.Minute(int64(shape.cells) * shape.minutes)
		cells := make([]burnrate.Sum, shape.cells*len(indicators))
		wide := slo.Span{Start: max(span.Start, 0) - length, End: span.End}
		for _, h := range s.index.hours(wide) {
			found, err := reading.cellsOf(ctx, k, h, cells)
			if err != nil {
				r.note(err)
				yield(Quarter{}, wrap("read the ledger", err))
				return
			}
			for i := 0; found && i < shape.cells; i++ {
				start := h.span().Start + slo.Minute(int64(i)*shape.minutes)
				if start < span.Start || start >= span.End {
					continue
				}
				if !yield(Quarter{start, cells[i*len(indicators) : (i+1)*len(indicators)]}, nil) {
					return
				}
			}
		}
	}
}

// cellsOf reads the sums of the chunks of a kind that begin with an hour: those
// of one cell lie together. It reports whether there are any.
func (r *reading) cellsOf(ctx context.Context, k kind, h hour, cells []burnrate.Sum) (bool, error) {
	c := r.index.contents[h]
	if c == nil || len(c.of(k)) == 0 {
		return false, nil
	}
	clear(cells)
	for _, chunk := range c.of(k) {
		err := r.readGroup(ctx, chunk, func(place int, sums []burnrate.Sum) {
			for i := range sums {
				cells[i*r.count+place] = sums[i]
			}
		})
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// Coarse returns the hours of a span of which a backfill knows only the sum, in
// order.
func (r *Reader) Coarse(ctx context.Context, indicators []slo.IndicatorID, span slo.Span) ([]burnrate.Coarse, error) {
	var list []burnrate.Coarse
	for hour, err := range r.CoarseHours(ctx, indicators, span) {
		if err != nil {
			return nil, err
		}
		for i, sum := range hour.Sums {
			if sum.Minutes > 0 {
				list = append(list, burnrate.Coarse{Indicator: indicators[i], Hour: hour.Start, Sum: sum})
			}
		}
	}
	return list, nil
}
