package engine

import (
	"context"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// piece is a part of what is left to do for a feed.
type piece struct {
	ask  func(ctx context.Context) // the source, while other feeds do a piece of theirs
	keep func(ctx context.Context) error
}

// next returns the next piece of a feed: from when on it can be measured, late
// events further back than a tick looks, the hours of everything, and then the
// minutes, the newest first. It is nil when nothing is left that may be asked for
// now.
func (e *Engine) next(f *feed, now time.Time) *piece {
	if p := f.extentPiece(now); p != nil {
		return p
	}
	if p := f.farPiece(now); p != nil {
		return p
	}
	f.lookForAbsent(now)
	room := max(leastRows, mostRows/int64(len(e.feeds)))
	if list := f.roughPiece(now, room); len(list) > 0 {
		return e.requestPiece(f, list, hours, now, func(ctx context.Context) error { return e.keepRough(ctx, list, now) })
	}
	if list := f.minutePiece(now, room); len(list) > 0 {
		return e.requestPiece(f, list, every, now, func(ctx context.Context) error { return e.take(ctx, e.state.ends, list, now, false) })
	}
	return nil
}

// lookForAbsent has what a source said it does not have asked for again, once an
// hour: a scan of a part of the events says so too. A file says what it has.
func (f *feed) lookForAbsent(now time.Time) {
	hour := slo.MinuteAt(now).Floor(minutesOfHour)
	if f.file || hour <= f.absentAt {
		return
	}
	f.absentAt = hour
	for _, i := range f.indicators {
		for _, span := range i.absent.within(slo.Span{Start: i.oldest(), End: i.end}) {
			i.gaps.add(span)
		}
		i.absent = minutes{}
	}
}

// leastRows is how many minutes of indicators there is room for at least, however
// many feeds there are.
const leastRows = 10_000

// requestPiece asks for requests and has the answers kept.
func (e *Engine) requestPiece(f *feed, list []*request, cuts func(slo.Span) []slo.Minute, now time.Time, keep func(context.Context) error) *piece {
	interrupted, cut := false, false
	return &piece{
		ask: func(ctx context.Context) {
			f.ask(ctx, list, cuts)
			interrupted, cut = isInterrupted(ctx), ctx.Err() != nil
		},
		keep: func(ctx context.Context) error {
			if err := keep(ctx); err != nil {
				return err
			}
			var failing []*request
			for _, r := range list {
				if r.answer.Err == nil || !interrupted {
					before := r.indicator.filling.length
					r.indicator.filling.note(r.answer.Err, now)
					if after := r.indicator.filling.length; before < saidPause && (after >= saidPause || before == 0 && after > 0 && !cut) {
						failing = append(failing, r)
					}
				}
			}
			if len(failing) > 0 {
				e.log.Warn("a part of the history cannot be read, and is asked for again after a while", "source", f.name, "indicators", len(failing),
					"error", failing[0].answer.Err, "again", failing[0].indicator.filling.until.UTC().Format(time.TimeOnly))
			}
			return nil
		},
	}
}

// saidPause is how long a pause is that is said also when it was only the end of a
// minute that cut the answers off: it was not the first time.
const saidPause = 4 * time.Minute

// isInterrupted reports whether a source was not given the time it was promised.
func isInterrupted(ctx context.Context) bool { return ctx.Err() == context.Canceled }

// farPiece looks for late events further back than a tick does.
func (f *feed) farPiece(now time.Time) *piece {
	list := f.far(now)
	if len(list) == 0 {
		return nil
	}
	interrupted := false
	return &piece{
		ask: func(ctx context.Context) {
			f.look(ctx, list, sources.Correction)
			interrupted = isInterrupted(ctx)
		},
		keep: func(context.Context) error {
			f.see(list)
			for _, l := range list {
				l.probe.foundAt = l.span.End
				if l.mark.end != l.span.End && !interrupted {
					l.mark.retry = now.Add(farPause)
				}
			}
			return nil
		},
	}
}

// farPause is how long it takes until it is looked further back again, after that
// has failed.
const farPause = 5 * time.Minute

// roughPiece returns requests for the hours of indicators that have long gaps.
func (f *feed) roughPiece(now time.Time, room int64) []*request {
	var list []*request
	for _, i := range f.indicators {
		if !i.scanned || i.rough || !i.filling.over(now) {
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
		err := e.around(func() error {
			if err := e.ledger.Commit(ctx, burnrate.Tick{At: now, Coarse: coarse}); err != nil {
				return errorf("commit", err)
			}
			return errorf("take over the hours", e.state.loadCoarse(ctx, e.ledger))
		})
		if err != nil {
			return err
		}
		e.former.noteCoarse(e.state, coarse)
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

// minutePiece returns requests for the newest minutes that are missing, of as many
// indicators as there is room for.
func (f *feed) minutePiece(now time.Time, room int64) []*request {
	end := slo.Minute(0)
	for _, i := range f.indicators {
		if i.lacks(now) {
			end = max(end, i.gaps.spans[len(i.gaps.spans)-1].End)
		}
	}
	var list []*request
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
	return list
}

// lacks reports whether minutes are missing that may be asked for now.
func (i *indicator) lacks(now time.Time) bool {
	return i.known && !i.gaps.empty() && i.filling.over(now)
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
