package ledger

import (
	"context"
	"encoding/binary"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// historian collects the histories of some indicators, from the first hour to
// the last.
type historian struct {
	*salvage
	span  slo.Span
	known []counterHistory // by indicator
	rows  *rowsReader
}

// hours returns the hours of the span that have chunks.
func (h *historian) hours() []hour {
	return h.index.hours(slo.Span{Start: h.span.Start - hoursOfDay*60, End: h.span.End})
}

// most returns how many indicators can be read at once.
func (h *historian) most(room int) int {
	const bytes = 6 // of a stretch, in traffic of hundreds of events
	stretches := 0
	for _, at := range h.hours() {
		c := h.index.contents[at]
		if len(c.of(minuteChunk))+len(c.of(hourChunk)) > 0 {
			stretches += minutesOfHour
		}
		if len(c.of(quarterChunk)) > 0 {
			stretches += quarterChunk.shape().cells
		}
		stretches++
	}
	return max(1, min(blockSize, room/max(1, stretches*bytes)))
}

// read collects the histories of some indicators.
func (h *historian) read(ctx context.Context, ids []slo.IndicatorID) error {
	h.known, h.rows = make([]counterHistory, len(ids)), newRowsReader(h.salvage, ids)
	last := hour(-1)
	for _, at := range h.hours() {
		day := at.day()
		if day == last {
			continue
		}
		last = day
		if err := h.readDay(ctx, day); err != nil {
			return err
		}
	}
	return nil
}

func (h *historian) readDay(ctx context.Context, day hour) error {
	hasSums, err := h.rows.readDay(ctx, day)
	if err != nil {
		return err
	}
	for at := day; at < day+hoursOfDay; at++ {
		hasMinutes, hasCoarse := false, false
		if h.rows.hasMinutes(at) {
			if hasMinutes, err = h.rows.readMinutes(ctx, at); err != nil {
				return err
			}
		}
		if hasCoarse, err = h.rows.readCoarse(ctx, at); err != nil {
			return err
		}
		if hasSums || hasMinutes || hasCoarse {
			for place := range h.known {
				h.hour(at, place, hasSums, hasMinutes, hasCoarse)
			}
		}
	}
	return nil
}

// hour adds what is known of an indicator's hour, in the order of time.
func (h *historian) hour(at hour, place int, hasSums, hasMinutes, hasCoarse bool) {
	const length = 15
	start, fine := at.span().Start, false
	for m := 0; m < minutesOfHour; m++ {
		if hasSums && m%length == 0 {
			if sum := h.quarter(at, m/length, place); sum.Minutes > 0 {
				fine = true
				h.add(place, start+slo.Minute(m), length, sum)
			}
		}
		if hasMinutes {
			if row := &h.rows.reading.minute(m)[place]; row.Measured {
				fine = true
				h.add(place, start+slo.Minute(m), 1, sumOf(*row, 1))
			}
		}
	}
	if hasCoarse && !fine {
		h.add(place, start, minutesOfHour, h.rows.coarse[place])
	}
}

// quarter returns the sum of a quarter-hour of an hour.
func (h *historian) quarter(at hour, quarter, place int) burnrate.Sum {
	return h.rows.quarters[(int(at-at.day())*4+quarter)*len(h.known)+place]
}

// add adds a stretch of time behind those before it.
func (h *historian) add(place int, start, minutes slo.Minute, sum burnrate.Sum) {
	if sum.Minutes == 0 || start < h.span.Start || start >= h.span.End || !sum.Counts.Consistent() || !sum.Rows.Consistent() {
		return
	}
	c := &h.known[place]
	for _, x := range []uint64{uint64(start - c.end), uint64(minutes), uint64(sum.Counts.Total - sum.Counts.Bad), uint64(sum.Counts.Bad)} {
		c.data = binary.AppendUvarint(c.data, x)
	}
	c.end, c.weighted = start+minutes, c.weighted || sum.Counts != sum.Rows
}
