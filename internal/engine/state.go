package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// state is what is evaluated: a set, the histories of what it measures, and the
// sums of its windows.
type state struct {
	set       *slo.Set
	measured  []*slo.SLO // in the order of the evaluator's columns
	lineages  []lineage.Lineage
	stretches [][]lineage.Stretch // of lineages
	held      map[slo.IndicatorID][]held
	evaluator *burnrate.Evaluator
	ends      []slo.Minute
}

// held is the part of a column's history that an indicator has, also one that the
// column was measured by before.
type held struct {
	column int
	span   slo.Span
	unit   lineage.Conversion
}

// newState makes a state of a set whose lineages are known.
func newState(set *slo.Set, lineages map[string]lineage.Lineage) *state {
	s := &state{set: set, measured: set.Measured(), evaluator: burnrate.NewEvaluator(set), held: map[slo.IndicatorID][]held{}}
	for column, m := range s.measured {
		l := lineages[m.ID]
		l.ID = m.ID
		s.lineages, s.stretches = append(s.lineages, l), append(s.stretches, l.Stretches())
		for _, stretch := range s.stretches[column] {
			h := held{column, stretch.Span, lineage.ConversionTo(l.Present.Unit, stretch.Unit)}
			s.held[stretch.Indicator] = append(s.held[stretch.Indicator], h)
		}
	}
	s.ends = make([]slo.Minute, len(s.measured))
	return s
}

// load sums all windows from what is kept.
func (s *state) load(ctx context.Context, records Records, since map[slo.IndicatorID]slo.Minute, ends []slo.Minute) error {
	series, err := s.series(ctx, records, since, ends)
	if err != nil {
		return err
	}
	s.ends = slices.Clone(ends)
	if err := s.evaluator.Load(series); err != nil {
		return err
	}
	return s.loadCoarse(ctx, records)
}

// series sums what is kept between the borders of windows that end with ends.
func (s *state) series(ctx context.Context, records Records, since map[slo.IndicatorID]slo.Minute, ends []slo.Minute) (map[string]burnrate.Series, error) {
	extents := map[string]slo.Span{}
	for k, m := range s.measured {
		extent := slo.Span{Start: ends[k], End: ends[k]}
		if first, known := s.lineages[k].Since(since); known {
			extent.Start = min(first, ends[k])
		}
		extents[m.ID] = extent
	}
	byID := burnrate.LoadCuts(s.set, extents)
	cuts := make([][]slo.Minute, len(s.measured))
	for k, m := range s.measured {
		cuts[k] = byID[m.ID]
	}
	totals, err := records.Totals(ctx, s.lineages, cuts)
	if err != nil {
		return nil, err
	}
	series := map[string]burnrate.Series{}
	for k, m := range s.measured {
		if series[m.ID], err = burnrate.SeriesOf(extents[m.ID], cuts[k], totals[k].Sums, totals[k].Invalid...); err != nil {
			return nil, fmt.Errorf("sum the windows of %s: %w", m.ID, err)
		}
	}
	return series, nil
}

// seamsAt returns where definitions had changed when columns were measured up to ends.
func (s *state) seamsAt(ends []slo.Minute) []burnrate.Seam {
	var seams []burnrate.Seam
	for k := range s.lineages {
		if at, changed := s.lineages[k].Changed(ends[k]); changed {
			seams = append(seams, burnrate.Seam{ID: s.measured[k].ID, At: at})
		}
	}
	slices.SortFunc(seams, func(a, b burnrate.Seam) int { return cmp.Compare(a.ID, b.ID) })
	return seams
}

// readMinutes is how many minutes are read at once after a pause, so that not too
// many have to be in memory.
const readMinutes = 15

// mostSteps is how many minutes windows move on by one after the other. After a
// longer pause they are summed anew.
const mostSteps = 24 * minutesOfHour

// eachChange does something with every change, in the unit of each column whose
// history has it.
func (s *state) eachChange(read []*request, do func(column int, c change)) {
	for _, r := range read {
		held := s.held[r.indicator.id]
		for _, c := range r.changes {
			for _, h := range held {
				if c.minute < h.span.Start || c.minute >= h.span.End {
					continue
				}
				in := c
				h.unit.Convert(&in.before)
				h.unit.Convert(&in.after)
				do(h.column, in)
			}
		}
	}
}

// behind returns how many minutes there are to ends at most.
func (s *state) behind(ends []slo.Minute) int64 {
	most := int64(0)
	for k, end := range ends {
		most = max(most, int64(end-s.ends[k]))
	}
	return most
}

// advance moves the windows on to ends, minute by minute, with the rows that enter in
// this tick. What was kept before is read from the history. passed is told of each
// minute but the last, with how many are left.
func (s *state) advance(ctx context.Context, history History, ends []slo.Minute, entering map[slo.Minute][]columnRow, passed func(left int64)) error {
	before := s.ends
	for left := s.behind(ends); left > 0; {
		until := max(0, left-readMinutes)
		needs := s.evaluator.Needs(s.towards(ends, until))
		records, err := history.HistoryAt(ctx, s.lineages, needs)
		if err != nil {
			return err
		}
		for n := range records {
			overlay(&records[n], before, entering[records[n].Minute])
		}
		fed := func(yield func(burnrate.Record, error) bool) {
			for _, r := range records {
				if !yield(r, nil) {
					return
				}
			}
		}
		for left > until {
			left--
			next := s.towards(ends, left)
			if err := s.evaluator.Advance(next, fed); err != nil {
				return err
			}
			if s.ends = next; left > 0 {
				passed(left)
			}
		}
	}
	return nil
}

// towards returns where the windows are when so many minutes are left to ends: then
// all of them lag behind as they will there.
func (s *state) towards(ends []slo.Minute, left int64) []slo.Minute {
	next := make([]slo.Minute, len(ends))
	for k, end := range ends {
		next[k] = max(s.ends[k], end-slo.Minute(left))
	}
	return next
}

// columnRow is a row of a column.
type columnRow struct {
	column int
	row    burnrate.Row
}

// overlay puts rows that were measured just now into the record of a minute, as
// far as it enters. A minute from before the ends leaves as it entered.
func overlay(r *burnrate.Record, ends []slo.Minute, entering []columnRow) {
	for _, c := range entering {
		if r.Minute < ends[c.column] {
			continue
		}
		if r.Rows == nil {
			r.Rows = make([]burnrate.Row, len(ends))
		}
		r.Rows[c.column] = c.row
	}
}
