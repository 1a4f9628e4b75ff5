package ledger

import (
	"context"
	"iter"
	"math"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// History returns the minutes of a span in order as [Reader.Minutes] does, each
// with a row for each of the lineages: that of the indicator that it was
// measured by in that minute, in the unit of its present one. An hour is read
// once, however many lineages have an indicator in common.
//
// Where events count by an attribute now and counted as one before, or the other
// way round, a minute before the seam counts each event as one: 12 events are
// 12,000 thousandths.
func (r *Reader) History(ctx context.Context, lineages []lineage.Lineage, span slo.Span) iter.Seq2[burnrate.Record, error] {
	return r.records(ctx, len(lineages), span, func(x *index) columnsOf { return newSplicing(x, lineages).columnsOf })
}

// Borders of time, as far as lineages are concerned.
const (
	firstMinute = slo.Minute(math.MinInt64)
	lastMinute  = slo.Minute(math.MaxInt64)
)

// splicing knows which indicators are read for some lineages in an hour.
type splicing struct {
	parts   []part
	columns []wanted
	until   slo.Minute // the next seam, up to which columns are right
}

// part is a stretch of the lineage at a place of a record.
type part struct {
	wanted
	slo.Span
}

func newSplicing(x *index, lineages []lineage.Lineage) *splicing {
	s := &splicing{until: firstMinute}
	for place, l := range lineages {
		for _, stretch := range l.Stretches() {
			if n, known := x.numbers[stretch.Indicator]; known {
				w := wanted{number: n, place: place, unit: lineage.ConversionTo(l.Present.Unit, stretch.Unit)}
				s.parts = append(s.parts, part{w, stretch.Span})
			}
		}
	}
	return s
}

// columnsOf returns what is read of an hour. Hours are asked for in order; from
// one to the next it is mostly the same, as seams are rare.
func (s *splicing) columnsOf(h hour) []wanted {
	hour := h.span()
	if hour.End <= s.until {
		return s.columns
	}
	s.columns, s.until = nil, lastMinute
	for _, p := range s.parts {
		if within := p.Intersect(hour); within.Len() > 0 {
			w := p.wanted
			w.from, w.to = int(within.Start-hour.Start), int(within.End-hour.Start)
			s.columns = append(s.columns, w)
		}
		for _, seam := range []slo.Minute{p.Start, p.End} {
			if seam > hour.Start {
				s.until = min(s.until, seam)
			}
		}
	}
	sortWanted(s.columns)
	return s.columns
}
