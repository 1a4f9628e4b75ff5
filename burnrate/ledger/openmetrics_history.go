package ledger

import (
	"context"
	"encoding/binary"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// historian collects the histories of some subjects, from the first hour to the
// last.
type historian struct {
	*salvage
	span  slo.Span
	known []history // by subject
	rows  *rowsReader
}

// hours returns the hours of the span that have chunks.
func (h *historian) hours() []hour {
	return h.index.hours(slo.Span{Start: h.span.Start - hoursOfDay*60, End: h.span.End})
}

// batches cuts subjects into those that are read at once.
func (h *historian) batches(subjects []subject, room int) [][]subject {
	most := h.most(room)
	var batches [][]subject
	for len(subjects) > 0 {
		n, parts := 0, 0
		for n < len(subjects) && (n == 0 || parts+len(subjects[n].parts) <= most) {
			parts += len(subjects[n].parts)
			n++
		}
		batches = append(batches, subjects[:n])
		subjects = subjects[n:]
	}
	return batches
}

// most returns how many parts of subjects can be read at once.
func (h *historian) most(room int) int {
	const bytes = 7 // of a stretch, in traffic of hundreds of events
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

// read collects the histories of some subjects.
func (h *historian) read(ctx context.Context, subjects []subject) error {
	var ids []slo.IndicatorID
	places := map[slo.IndicatorID]int{}
	h.known = make([]history, len(subjects))
	for i, s := range subjects {
		h.known[i].subject = s
		for k := range s.parts {
			p := &s.parts[k]
			place, there := places[p.indicator]
			if !there {
				place = len(ids)
				places[p.indicator], ids = place, append(ids, p.indicator)
			}
			p.place = place
		}
	}
	h.rows = newRowsReader(h.salvage, ids)
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
			for i := range h.known {
				h.hour(at, &h.known[i], hasSums, hasMinutes, hasCoarse)
			}
		}
	}
	return nil
}

// hour adds what is known of a subject's hour, in the order of time.
func (h *historian) hour(at hour, of *history, hasSums, hasMinutes, hasCoarse bool) {
	const length = 15
	hour := at.span()
	for k := range of.parts {
		p := &of.parts[k]
		within := p.Intersect(hour)
		if within.Len() == 0 {
			continue
		}
		fine := false
		for m := 0; m < minutesOfHour; m++ {
			if hasSums && m%length == 0 {
				if sum := h.quarter(at, m/length, p.place); sum.Minutes > 0 {
					fine = true
					h.add(of, p, slo.Span{Start: hour.Start + slo.Minute(m), End: hour.Start + slo.Minute(m) + length}, sum)
				}
			}
			if hasMinutes {
				if row := &h.rows.reading.minute(m)[p.place]; row.Measured {
					fine = true
					h.add(of, p, slo.Span{Start: hour.Start + slo.Minute(m), End: hour.Start + slo.Minute(m) + 1}, sumOf(*row, 1))
				}
			}
		}
		if hasCoarse && !fine {
			h.add(of, p, hour, h.rows.coarse[p.place])
		}
	}
}

// quarter returns the sum of a quarter-hour of an hour.
func (h *historian) quarter(at hour, quarter, place int) burnrate.Sum {
	return h.rows.quarters[(int(at-at.day())*4+quarter)*h.rows.reading.count+place]
}

// add adds a stretch of time behind those before it, unless a seam lies in it, or it
// cannot be.
func (h *historian) add(to *history, p *stretch, span slo.Span, sum burnrate.Sum) {
	if sum.Minutes == 0 || p.Intersect(span) != span || span.Start < h.span.Start || span.Start >= h.span.End {
		return
	}
	sum, fits := converted(p.unit, sum)
	if !fits || !sum.Counts.Consistent() || !sum.Rows.Consistent() {
		return
	}
	for _, x := range []uint64{
		uint64(span.Start - to.end), uint64(span.Len()), uint64(sum.Minutes), uint64(sum.Counts.Total - sum.Counts.Bad), uint64(sum.Counts.Bad),
	} {
		to.data = binary.AppendUvarint(to.data, x)
	}
	to.end, to.weighted = span.End, to.weighted || sum.Counts != sum.Rows
}

// converted returns the sum of some minutes in another unit, as
// [lineage.Conversion.Convert] does with one, and false when it would be larger than
// can be kept.
func converted(unit lineage.Conversion, sum burnrate.Sum) (burnrate.Sum, bool) {
	switch {
	case unit == lineage.Counted:
		sum.Counts = sum.Rows
	case unit == lineage.Weighed && sum.Counts.Total > sum.Minutes*(burnrate.MostCounted/slo.Thousandths):
		return burnrate.Sum{}, false
	case unit == lineage.Weighed:
		sum.Counts = slo.Counts{Total: sum.Counts.Total * slo.Thousandths, Bad: sum.Counts.Bad * slo.Thousandths}
	}
	return sum, true
}
