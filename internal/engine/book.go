package engine

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// never is the first measured minute of what was not measured.
const never = slo.Minute(1<<63 - 1)

// change is a minute that is another than what is kept.
type change struct {
	minute        slo.Minute
	before, after burnrate.Row
}

// compare holds what was read against what is kept, and notes the changes with
// each request. What is kept of an hour is read once, however many requests there
// are for parts of it.
func (e *Engine) compare(ctx context.Context, f *feed, requests []*request, now time.Time) error {
	var answered []*request
	for _, r := range requests {
		r.changes, r.settled, r.large = nil, minutes{}, 0 // of an attempt that failed
		if r.answer.Err == nil && r.span.Len() > 0 {
			r.kept = r.indicator.lost(now)
			answered = append(answered, r)
		}
	}
	for _, part := range partsOf(answered) {
		if err := e.comparePart(ctx, f, part, now); err != nil {
			return err
		}
	}
	return nil
}

// part is a stretch of time and the requests that have a part in it.
type part struct {
	span     slo.Span
	requests []*request
}

// partsOf cuts time at the hours that requests begin or end in, in order: hours are
// what a ledger reads at a time.
func partsOf(requests []*request) []part {
	var borders []slo.Minute
	for _, r := range requests {
		borders = append(borders, r.span.Start.Floor(minutesOfHour), (r.span.End + minutesOfHour - 1).Floor(minutesOfHour))
	}
	slices.Sort(borders)
	borders = slices.Compact(borders)
	waiting := slices.SortedStableFunc(slices.Values(requests), func(a, b *request) int { return cmp.Compare(a.span.Start, b.span.Start) })
	var parts []part
	var active []*request
	for n := 1; n < len(borders); n++ {
		around := slo.Span{Start: borders[n-1], End: borders[n]}
		active = slices.DeleteFunc(slices.Clone(active), func(r *request) bool { return r.span.End <= around.Start })
		for len(waiting) > 0 && waiting[0].span.Start < around.End {
			active, waiting = append(active, waiting[0]), waiting[1:]
		}
		if len(active) == 0 {
			continue
		}
		span := slo.Span{Start: around.End, End: around.Start}
		for _, r := range active {
			within := r.span.Intersect(around)
			span = slo.Span{Start: min(span.Start, within.Start), End: max(span.End, within.End)}
		}
		parts = append(parts, part{span, active})
	}
	return parts
}

func (e *Engine) comparePart(ctx context.Context, f *feed, p part, now time.Time) error {
	var ids []slo.IndicatorID
	place := map[slo.IndicatorID]int{}
	places := make([]int, len(p.requests))
	for k, r := range p.requests {
		id := r.indicator.id
		if _, known := place[id]; !known {
			place[id] = len(ids)
			ids = append(ids, id)
		}
		places[k] = place[id]
	}
	next := p.span.Start
	none := make([]burnrate.Row, len(ids))
	upTo := func(end slo.Minute, rows []burnrate.Row) {
		for ; next < end; next++ {
			known := none
			if next == end-1 && rows != nil {
				known = rows
			}
			for k, r := range p.requests {
				if r.span.Start <= next && next < r.span.End {
					f.judge(r, next, known[places[k]], now)
				}
			}
		}
	}
	for record, err := range e.ledger.Minutes(ctx, ids, p.span) {
		if err != nil {
			return err
		}
		upTo(record.Minute+1, record.Rows)
	}
	upTo(p.span.End, nil)
	return nil
}

// judge decides what becomes of a minute that was read.
func (f *feed) judge(r *request, m slo.Minute, known burnrate.Row, now time.Time) {
	read := r.answer.Sums[m-r.span.Start]
	if read.Minutes == 0 {
		return
	}
	row := burnrate.Row{Counts: read.Counts, Rows: read.Rows, Measured: true}
	one := slo.Span{Start: m, End: m + 1}
	if max(read.Counts.Total, read.Rows.Total) > burnrate.MostCounted {
		r.settled.add(one)
		r.large = max(r.large, read.Counts.Total, read.Rows.Total)
		return
	}
	if f.file { // it is what it is
		r.settled.add(one)
		r.note(m, known, row)
		return
	}
	sound := known.Countable()
	possible := row.Counts.Consistent() && row.Rows.Consistent()
	if sound && row != known && (!possible || r.indicator.dark()) { // the answer is wrong, and what is kept is not
		r.indicator.owed.add(one)
		return
	}
	r.settled.add(one)
	if !possible {
		r.note(m, known, row)
		return
	}
	before := sources.Sum{Counts: known.Counts, Rows: known.Rows}
	if sound {
		before.Minutes = 1
	}
	i := r.indicator
	verdict := f.doubts.Judge(sources.Reading{
		SLI: i.slo.SLI, Indicator: i.id, Minute: m, Known: before, Read: read, Kept: m > r.kept, Seen: i.lastSeen(),
	}, now)
	if verdict == sources.Believe {
		r.note(m, known, row)
	}
	if i.probe == nil {
		i.see(m, read.Rows.Total, verdict)
	}
}

// see notes how many events were read in a minute, of an indicator whose late
// events are not looked for. When they were all gone for a while and are back, what
// was measured meanwhile is owed.
func (i *indicator) see(m slo.Minute, events int64, verdict sources.Verdict) {
	switch {
	case events == 0 && verdict == sources.Doubt && i.hidden == 0:
		i.hidden = max(i.seen, m) + 1
	case events == 0 && verdict == sources.Believe && m < i.hidden:
		i.hidden = 0
	case events > 0 && m < i.hidden:
		i.owe(slo.Span{Start: i.hidden, End: i.end})
		i.hidden = 0
	}
	if events > 0 {
		i.seen = max(i.seen, m)
	}
}

// lastSeen is the newest minute in which events of an indicator's types were seen,
// 0 when none were.
func (i *indicator) lastSeen() slo.Minute {
	if i.probe != nil {
		return i.probe.seen
	}
	return i.seen
}

// lost returns the newest minute of which a part of the events may be gone.
func (i *indicator) lost(now time.Time) slo.Minute {
	if i.slo.Source.File != nil {
		return -1
	}
	return slo.MinuteAt(now.Add(-i.slo.Source.NewRelic.Retention.Of(i.slo.SLI.EventTypes())))
}

// note keeps a change. How many events there were when the minute was counted is
// known only when that was asked for in the same tick.
func (r *request) note(m slo.Minute, known, row burnrate.Row) {
	if row != known {
		r.changes = append(r.changes, change{m, known, row})
	}
	if p := r.indicator.probe; p != nil && !p.fresh.hold(m) {
		r.indicator.unsure.add(slo.Span{Start: m, End: m + 1})
	}
}

// settle takes over what was read, once it is kept.
func (r *request) settle() {
	i := r.indicator
	if r.answer.Err != nil {
		return
	}
	for _, span := range r.settled.spans {
		i.owed.remove(span)
		if p := i.probe; p != nil {
			// Some time after the number of all events has changed, it may be
			// another one again: who knows what was counted then.
			for _, moved := range i.moved.within(span) {
				i.unsure.add(moved)
			}
			i.moved.remove(span)
			for _, fresh := range p.fresh.within(span) {
				i.unsure.remove(fresh)
			}
		}
	}
	for k, sum := range r.answer.Sums {
		if m := r.span.Start + slo.Minute(k); sum.Minutes == 0 && (m >= i.end || i.gaps.hold(m)) {
			i.absent.add(slo.Span{Start: m, End: m + 1})
		}
	}
	i.gaps.remove(r.span)
}

// batch is what was read as rows of a ledger: a record for each minute that
// changed, with a row for each of the indicators.
func batch(indicators []*indicator, requests []*request) burnrate.Batch {
	place := make(map[*indicator]int, len(indicators))
	b := burnrate.Batch{Indicators: make([]slo.IndicatorID, len(indicators))}
	for k, i := range indicators {
		place[i], b.Indicators[k] = k, i.id
	}
	rows := map[slo.Minute][]burnrate.Row{}
	for _, r := range requests {
		for _, c := range r.changes {
			if rows[c.minute] == nil {
				rows[c.minute] = make([]burnrate.Row, len(indicators))
			}
			rows[c.minute][place[r.indicator]] = c.after
		}
	}
	for m, list := range rows {
		b.Records = append(b.Records, burnrate.Record{Minute: m, Rows: list})
	}
	slices.SortFunc(b.Records, func(a, b burnrate.Record) int { return int(a.Minute - b.Minute) })
	return b
}
