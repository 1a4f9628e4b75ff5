package simulator

import (
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// grid is the rows that a query without groups has: count of them from start
// on, each width milliseconds long and step after the one before. Windows of
// SLIDE BY overlap, or have gaps; other rows follow each other. Without
// TIMESERIES there is one.
type grid struct {
	start, width, step int64
	count              int
}

func (g grid) end() int64 { return g.start + int64(g.count-1)*g.step + g.width }

// windows returns the rows that an instant of the grid belongs to, from first
// to last; none when first is behind last.
func (g grid) windows(millis int64) (first, last int) {
	offset := millis - g.start
	if g.step == g.width {
		only := int(offset / g.width)
		return only, only
	}
	last = min(int(offset/g.step), g.count-1)
	if offset >= g.width {
		first = int((offset-g.width)/g.step) + 1
	}
	return first, last
}

// mostWindow keeps the arithmetic of widths from overflowing. It is 36 million
// years.
const mostWindow = 1 << 60

// lay lays the rows from the end backwards, so that a part of a row that is
// left at the beginning is dropped with its events.
func lay(s span, series *nrql.TimeSeries) (grid, *queryError) {
	window := s.end - s.begin
	if window <= 0 {
		return grid{}, invalid(startAfterEnd)
	}
	if series == nil {
		return grid{s.begin, window, window, 1}, nil
	}
	if window > mostWindow {
		return grid{}, refusal("TIMESERIES over so many years")
	}
	g := grid{width: widthOf(series.Width, window)}
	g.step = g.width
	if series.Slide != nil {
		g.step = widthOf(*series.Slide, window)
	}
	if g.width > window {
		return grid{}, invalid(bucketTooLong)
	}
	count := (window-g.width)/g.step + 1
	if count > nrql.MaxBuckets {
		return grid{}, invalid(tooManyBuckets)
	}
	g.count = int(count)
	g.start = s.end - g.width - (count-1)*g.step
	return g, nil
}

func widthOf(w nrql.Width, window int64) int64 {
	switch w.Kind {
	case nrql.WidthFixed:
		return w.Millis()
	case nrql.WidthMax:
		return finestWidth(window)
	default:
		return easyWidth(window)
	}
}

// easyWidth is the width that AUTO takes: a friendly one that makes at most 48
// rows. A day has rows of 30 minutes and a week rows of 6 hours, as New Relic
// says; everything between is inferred from the two.
func easyWidth(window int64) int64 {
	const second, minute, day = 1000, 60_000, 24 * hourMillis
	for _, width := range []int64{
		1, 2, 5, 10, 20, 50, 100, 200, 500,
		second, 2 * second, 5 * second, 10 * second, 15 * second, 30 * second,
		minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute,
		hourMillis, 2 * hourMillis, 3 * hourMillis, 6 * hourMillis, 12 * hourMillis, day, 2 * day, 7 * day,
	} {
		if width*48 >= window {
			return width
		}
	}
	return roundUp(window, 48, 7*day)
}

// finestWidth is the width that MAX takes: as many rows as there may be, of
// whole milliseconds, seconds, minutes, hours or days. A day has rows of 4
// minutes, as New Relic says.
func finestWidth(window int64) int64 {
	unit := int64(1)
	for _, u := range []int64{1000, 60_000, hourMillis, 24 * hourMillis} {
		if u*nrql.MaxBuckets <= window {
			unit = u
		}
	}
	return roundUp(window, nrql.MaxBuckets, unit)
}

// roundUp divides the window by the number of rows, up to a whole unit.
func roundUp(window, rows, unit int64) int64 {
	return (window + rows*unit - 1) / (rows * unit) * unit
}
