package engine

import (
	"context"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// longestWindow is how far back hours may matter: a leap year.
const longestWindow = 366 * 24 * minutesOfHour

// loadCoarse tells the evaluator the hours of which only the sum is known.
func (s *state) loadCoarse(ctx context.Context, records Records) error {
	return s.eachCoarse(ctx, records, s.evaluator.SetCoarse)
}

// eachCoarse does something with the hours of each column that lie before its end
// and of which only the sum is known.
func (s *state) eachCoarse(ctx context.Context, records Records, do func(column int, list []burnrate.Coarse) error) error {
	kept, err := s.keptCoarse(ctx, records)
	if err != nil || len(kept) == 0 {
		return err
	}
	var columns []int
	var hours [][]burnrate.Coarse
	for column := range s.measured {
		if list := s.coarseOf(column, kept); len(list) > 0 {
			columns, hours = append(columns, column), append(hours, list)
		}
	}
	lineages, cuts := make([]lineage.Lineage, len(columns)), make([][]slo.Minute, len(columns))
	for k, column := range columns {
		lineages[k] = s.lineages[column]
		for _, c := range hours[k] {
			cuts[k] = append(cuts[k], c.Hour, c.Hour+minutesOfHour)
		}
		cuts[k] = slices.Compact(cuts[k])
	}
	totals, err := records.Totals(ctx, lineages, cuts)
	if err != nil {
		return err
	}
	for k, column := range columns {
		list := slices.DeleteFunc(hours[k], func(c burnrate.Coarse) bool { return anyMeasured(totals[k], cuts[k], c.Hour) })
		if err := do(column, list); err != nil {
			return err
		}
	}
	return nil
}

// keptCoarse returns the hours that are kept, by their indicators.
func (s *state) keptCoarse(ctx context.Context, records Records) (map[slo.IndicatorID][]burnrate.Coarse, error) {
	known := map[slo.IndicatorID]bool{}
	var ids []slo.IndicatorID
	end := slo.Minute(0)
	for column, m := range s.measured {
		end = max(end, s.ends[column])
		for _, stretch := range s.stretches[column] {
			if m.SLI.Slice == nil && !known[stretch.Indicator] {
				known[stretch.Indicator] = true
				ids = append(ids, stretch.Indicator)
			}
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := records.Coarse(ctx, ids, slo.Span{Start: max(0, end-longestWindow), End: end})
	byID := map[slo.IndicatorID][]burnrate.Coarse{}
	for _, c := range list {
		byID[c.Indicator] = append(byID[c.Indicator], c)
	}
	return byID, err
}

// coarseOf returns the hours that lie within the history of a column, in order.
// Where events counted in another unit, there are none.
func (s *state) coarseOf(column int, kept map[slo.IndicatorID][]burnrate.Coarse) []burnrate.Coarse {
	m := s.measured[column]
	if m.SLI.Slice != nil {
		return nil
	}
	var list []burnrate.Coarse
	for _, stretch := range s.stretches[column] {
		for _, c := range kept[stretch.Indicator] {
			if stretch.Unit == m.SLI.Unit() && stretch.Start <= c.Hour && c.Hour+minutesOfHour <= min(stretch.End, s.ends[column]) {
				list = append(list, c)
			}
		}
	}
	return list
}

// anyMeasured reports whether a minute of an hour is known by itself.
func anyMeasured(t burnrate.Totals, cuts []slo.Minute, hour slo.Minute) bool {
	at, _ := slices.BinarySearch(cuts, hour)
	return t.Sums[at].Minutes > 0 || slices.ContainsFunc(t.Invalid, func(i burnrate.Invalid) bool {
		return hour <= i.Span.Start && i.Span.Start < hour+minutesOfHour
	})
}
