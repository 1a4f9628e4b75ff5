package engine

import (
	"context"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// Between ticks the history is filled in: first the hours of everything, as
// sums, then the minutes, the newest first. What is missing is what the ledger
// has no minute of, so that nothing has to be remembered to go on later.

// Backfill does one piece of what is left to do, and reports whether there was
// any. It asks sources for a while at the most; what was not answered is left for
// later.
func (e *Engine) Backfill(ctx context.Context, most time.Duration) (bool, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.clock.Now()
	if did, err := e.scan(ctx); did || err != nil {
		return did, errorf("look for gaps", err)
	}
	if e.lookFurther(ctx, most, now) {
		return true, nil
	}
	list, cuts, keep := e.roughPiece(now), hours, e.keepRough
	if len(list) == 0 {
		list, cuts, keep = e.minutePiece(now), every, e.keepMinutes
	}
	if len(list) == 0 {
		return false, nil
	}
	asking, cancel := e.clock.WithTimeout(ctx, most)
	e.askAll(asking, list, cuts)
	cancel()
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err := keep(ctx, list, now); err != nil {
		e.counts.Failed++
		return false, err
	}
	for _, r := range list {
		r.indicator.pause(r.answer.Err, now)
	}
	e.publish(now)
	return true, nil
}

// lookFurther looks for late events further back than a tick does, where that is
// due, and reports whether it was.
func (e *Engine) lookFurther(ctx context.Context, most time.Duration, now time.Time) bool {
	asking, cancel := e.clock.WithTimeout(ctx, most)
	defer cancel()
	due := make([]bool, len(e.feeds))
	e.eachFeed(func(n int, f *feed) {
		list := f.far(now)
		due[n] = len(list) > 0
		f.look(asking, list, sources.Correction)
		for _, l := range list {
			if l.mark.end != l.span.End {
				l.mark.retry = now.Add(farPause)
			}
		}
	})
	return slices.Contains(due, true)
}

// farPause is how long it takes until it is looked further back again, after that
// has failed.
const farPause = 5 * time.Minute

// Older minutes are left alone after an error: until the next minute, and twice as
// long after every other, so that what does not answer leaves the others their
// turn. What the end of a minute has cut off goes on at once in the next one.
const (
	firstPause = time.Minute
	lastPause  = 16 * time.Minute
)

// pause notes how older minutes were answered.
func (i *indicator) pause(err error, now time.Time) {
	if err == nil {
		i.paused = 0
		return
	}
	i.paused = min(max(firstPause, 2*i.paused), lastPause)
	i.retry = now.Truncate(time.Minute).Add(i.paused)
}

// askAll asks each feed for its part.
func (e *Engine) askAll(ctx context.Context, list []*request, cuts func(slo.Span) []slo.Minute) {
	byFeed := e.byFeed(list)
	e.eachFeed(func(_ int, f *feed) {
		if len(byFeed[f]) > 0 {
			f.ask(ctx, byFeed[f], cuts)
		}
	})
}

// byFeed sorts requests by who answers them.
func (e *Engine) byFeed(list []*request) map[*feed][]*request {
	owner := map[*indicator]*feed{}
	for _, f := range e.feeds {
		for _, i := range f.indicators {
			owner[i] = f
		}
	}
	byFeed := map[*feed][]*request{}
	for _, r := range list {
		byFeed[owner[r.indicator]] = append(byFeed[owner[r.indicator]], r)
	}
	return byFeed
}

const minutesOfHour = 60

// hours returns the cuts around each hour of a span, which begins and ends with
// one.
func hours(span slo.Span) []slo.Minute {
	var cuts []slo.Minute
	for m := span.Start; m <= span.End; m += minutesOfHour {
		cuts = append(cuts, m)
	}
	return cuts
}

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
	e.publish(e.clock.Now())
	return true, nil
}

// filledMinutes is how far back the history is filled in: minutes are kept a
// little longer.
const filledMinutes = 90 * 24 * minutesOfHour

// oldest returns the first minute of an indicator that is filled in.
func (i *indicator) oldest() slo.Minute { return max(i.start, i.end-filledMinutes) }

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

// roughPiece returns requests for the hours of indicators that have long gaps.
func (e *Engine) roughPiece(now time.Time) []*request {
	var list []*request
	room := int64(mostRows)
	for _, f := range e.feeds {
		for _, i := range f.indicators {
			if !i.scanned || i.rough || now.Before(i.retry) {
				continue
			}
			if i.slo.SLI.Slice != nil || i.gaps.empty() {
				i.rough = true // slices do not add up to hours
				continue
			}
			first, last := i.gaps.spans[0], i.gaps.spans[len(i.gaps.spans)-1]
			span := slo.Span{Start: (first.Start + minutesOfHour - 1).Floor(minutesOfHour), End: last.End.Floor(minutesOfHour)}
			if span.Len() == 0 {
				i.rough = true
				continue
			}
			if room -= span.Len() / minutesOfHour; room < 0 {
				return list
			}
			list = append(list, &request{indicator: i, span: span, need: sources.Backfill})
		}
	}
	return list
}

// keepRough keeps the hours of which no minute is known.
func (e *Engine) keepRough(ctx context.Context, list []*request, now time.Time) error {
	var coarse []burnrate.Coarse
	for _, r := range list {
		if r.answer.Err != nil {
			continue
		}
		for k, sum := range r.answer.Sums {
			hour := slo.Span{Start: r.span.Start + slo.Minute(k)*minutesOfHour}
			hour.End = hour.Start + minutesOfHour
			missing := r.indicator.gaps.within(hour)
			if sum.Minutes > 0 && max(sum.Counts.Total, sum.Rows.Total) <= sum.Minutes*burnrate.MostCounted && len(missing) == 1 && missing[0] == hour && sum.Counts.Consistent() && sum.Rows.Consistent() {
				coarse = append(coarse, burnrate.Coarse{Indicator: r.indicator.id, Hour: hour.Start, Sum: burnrate.Sum(sum)})
			}
		}
	}
	if len(coarse) > 0 {
		if err := e.ledger.Commit(ctx, burnrate.Tick{At: now, Coarse: coarse}); err != nil {
			return errorf("commit", err)
		}
		if err := e.state.loadCoarse(ctx, e.ledger); err != nil {
			return errorf("take over the hours", err)
		}
	}
	for _, r := range list {
		if r.answer.Err == nil {
			r.indicator.rough = true
		}
	}
	return nil
}

// pieceMinutes is how many minutes are filled in at once: whole hours, as many
// as one query has room for.
const pieceMinutes = 6 * minutesOfHour

// minutePiece returns requests for the newest minutes that are missing of each
// feed, of as many indicators as there is room for.
func (e *Engine) minutePiece(now time.Time) []*request {
	var list []*request
	room := int64(mostRows)
	for _, f := range e.feeds {
		end := slo.Minute(0)
		for _, i := range f.indicators {
			if i.lacks(now) {
				end = max(end, i.gaps.spans[len(i.gaps.spans)-1].End)
			}
		}
		start := (end - 1).Floor(pieceMinutes)
		piece := slo.Span{Start: start, End: start + pieceMinutes}
		for _, i := range f.indicators {
			if !i.lacks(now) {
				continue
			}
			span := i.missing(piece)
			if span.Len() == 0 {
				continue
			}
			if room -= span.Len(); room < 0 {
				return list
			}
			list = append(list, &request{indicator: i, span: span, need: sources.Backfill})
		}
	}
	return list
}

// lacks reports whether minutes are missing that may be asked for now.
func (i *indicator) lacks(now time.Time) bool {
	return i.known && !i.gaps.empty() && !now.Before(i.retry)
}

// missing returns what has to be read of a piece to have all its gaps, in whole
// slices. A slice that began before anything can be measured is none.
func (i *indicator) missing(piece slo.Span) slo.Span {
	parts := i.gaps.within(piece)
	if len(parts) == 0 {
		return slo.Span{}
	}
	span := slo.Span{Start: i.slo.SLI.Closed(parts[0].Start), End: i.sliceEnd(parts[len(parts)-1].End)}
	if span = span.Intersect(slo.Span{Start: i.start, End: i.end}); span.Len() == 0 {
		for _, part := range parts {
			i.gaps.remove(part)
		}
	}
	return span
}

// keepMinutes keeps what was read, and corrects the windows.
func (e *Engine) keepMinutes(ctx context.Context, list []*request, now time.Time) error {
	byFeed := e.byFeed(list)
	for _, f := range e.feeds {
		if err := e.compare(ctx, f, byFeed[f], now); err != nil {
			return errorf("compare with what is kept", err)
		}
	}
	return e.decide(ctx, e.state.ends, list, now)
}
