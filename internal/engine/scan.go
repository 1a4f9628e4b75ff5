package engine

import (
	"context"
	"slices"

	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// scan looks for the gaps of indicators that can be measured since a while, some
// of them at a time.
func (e *Engine) scan(ctx context.Context) (bool, error) {
	const atOnce = 1000
	var list []*indicator
	for _, f := range e.feeds {
		for _, i := range f.indicators {
			if i.known && !i.scanned && i.end > 0 && len(list) < atOnce {
				list = append(list, i)
			}
		}
	}
	if len(list) == 0 {
		return false, nil
	}
	start, end := list[0].end, list[0].end
	for _, i := range list {
		start, end = min(start, i.oldest()), max(end, i.end)
	}
	const day = 24 * minutesOfHour
	for from := start.Floor(day); from < end; from += day {
		if err := e.scanDay(ctx, list, slo.Span{Start: from, End: from + day}); err != nil {
			return false, err
		}
	}
	for _, i := range list {
		i.scanned, i.rough = true, i.gaps.len() < 2*minutesOfHour
	}
	e.republish(e.clock.Now())
	return true, nil
}

// filledMinutes is how far back the history is filled in, unless an engine has a
// floor: minutes are kept a little longer.
const filledMinutes = 90 * 24 * minutesOfHour

// oldest returns the first minute of an indicator that is filled in.
func (i *indicator) oldest() slo.Minute {
	if i.floor > 0 {
		return max(i.start, i.floor)
	}
	return max(i.start, i.end-filledMinutes)
}

// scanDay finds gaps by the number of minutes in each hour, and looks into those
// that were measured in part.
func (e *Engine) scanDay(ctx context.Context, list []*indicator, day slo.Span) error {
	lineages := make([]lineage.Lineage, len(list))
	for k, i := range list {
		lineages[k] = lineage.Lineage{Present: lineage.Definition{Indicator: i.id, Unit: i.slo.SLI.Unit()}}
	}
	cuts := hours(day)
	totals, err := e.ledger.Totals(ctx, lineages, slices.Repeat([][]slo.Minute{cuts}, len(list)))
	if err != nil {
		return err
	}
	for h := range len(cuts) - 1 {
		hour := slo.Span{Start: cuts[h], End: cuts[h+1]}
		var partly []*indicator
		for k, i := range list {
			within := hour.Intersect(slo.Span{Start: i.oldest(), End: i.end})
			// Minutes that cannot be are kept, and in no sum.
			switch measured := totals[k].Sums[h].Minutes; {
			case within.Len() == 0 || measured == minutesOfHour:
			case measured == 0 && len(totals[k].Invalid) == 0:
				i.gaps.add(within)
			default:
				i.gaps.add(within)
				partly = append(partly, i)
			}
		}
		if err := e.scanHour(ctx, partly, hour); err != nil {
			return err
		}
	}
	return nil
}

// scanHour takes out of the gaps what was measured.
func (e *Engine) scanHour(ctx context.Context, list []*indicator, hour slo.Span) error {
	if len(list) == 0 {
		return nil
	}
	ids := make([]slo.IndicatorID, len(list))
	for k, i := range list {
		ids[k] = i.id
	}
	for record, err := range e.ledger.Minutes(ctx, ids, hour) {
		if err != nil {
			return err
		}
		for k, row := range record.Rows {
			if row.Measured {
				list[k].gaps.remove(slo.Span{Start: record.Minute, End: record.Minute + 1})
			}
		}
	}
	return nil
}
