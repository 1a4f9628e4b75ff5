package ledger

import (
	"context"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// rowsReader reads the rows of some indicators for an export. No time is read
// twice: where minutes and the sum of their quarter-hour are both kept, the one
// that knows more minutes is read, as when minutes retire.
type rowsReader struct {
	salvage  *salvage
	reading  *reading
	quarters []burnrate.Sum // of the day; those of a cell lie together
	day      hour           // -1 when there is none
	hasSums  bool           // there are sums of the day
	coarse   []burnrate.Sum
}

func newRowsReader(s *salvage, ids []slo.IndicatorID) *rowsReader {
	return &rowsReader{salvage: s, reading: readingOf(s.snapshot, ids), day: -1}
}

// readDay reads the quarter-hours of a day, and reports whether there are any.
func (r *rowsReader) readDay(ctx context.Context, day hour) (bool, error) {
	if r.day == day {
		return r.hasSums, nil
	}
	if r.quarters == nil {
		r.quarters = make([]burnrate.Sum, quarterChunk.shape().cells*r.reading.count)
	}
	var err error
	r.day = day
	r.hasSums, err = r.salvage.read(ctx, r.reading, day, func() (bool, error) {
		return r.reading.cellsOf(ctx, quarterChunk, day, r.quarters)
	}, quarterChunk)
	return r.hasSums, err
}

// readMinutes reads the minutes of an hour of the day that was read, and
// reports whether there are any. What is kept twice is taken out of the minutes
// or of the quarter-hours.
func (r *rowsReader) readMinutes(ctx context.Context, h hour) (bool, error) {
	found, err := r.salvage.read(ctx, r.reading, h, func() (bool, error) { return r.reading.hour(ctx, h) }, minuteChunk, hourChunk)
	if err != nil || !found || !r.hasSums {
		return found, err
	}
	const length = 15
	for start := 0; start < minutesOfHour; start += length {
		first := (int(h-r.day)*minutesOfHour + start) / length * r.reading.count
		for place := range r.reading.count {
			sum := &r.quarters[first+place]
			if sum.Minutes == 0 {
				continue
			}
			there, known := false, int64(0)
			for m := start; m < start+length; m++ {
				row := &r.reading.minute(m)[place]
				there = there || row.Measured
				if row.Countable() {
					known++
				}
			}
			switch {
			case !there:
			case known >= sum.Minutes:
				*sum = burnrate.Sum{}
			default:
				for m := start; m < start+length; m++ {
					r.reading.minute(m)[place] = burnrate.Row{}
				}
			}
		}
	}
	return true, nil
}

// readCoarse reads the coarse hour, and reports whether there are any.
func (r *rowsReader) readCoarse(ctx context.Context, h hour) (bool, error) {
	if r.coarse == nil {
		r.coarse = make([]burnrate.Sum, r.reading.count)
	}
	return r.salvage.read(ctx, r.reading, h, func() (bool, error) { return r.reading.cellsOf(ctx, coarseChunk, h, r.coarse) }, coarseChunk)
}

// hasMinutes reports whether minutes are kept of an hour.
func (r *rowsReader) hasMinutes(h hour) bool {
	c := r.salvage.index.contents[h]
	return c != nil && len(c.of(minuteChunk))+len(c.of(hourChunk)) > 0
}
