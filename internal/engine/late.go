package engine

import (
	"context"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// Late events are found by the number of all events of a probe. Of each minute
// the last one that was read is kept. An indicator whose minute was counted at a
// time when there may have been fewer owes that minute: it is counted again. The
// number is asked for before the indicators are, so that what arrives in between
// is missing in the number, and found the next time.

// lookBack reads the numbers of all events of the last minutes, and notes what is
// owed. To look further back may take longer than a tick has: that is done in
// between, and what it finds is counted at the next tick.
func (f *feed) lookBack(ctx context.Context, ends []slo.Minute) {
	probeEnds := f.probeEnds(ends)
	var list []*looking
	for _, p := range f.probes {
		end, measured := probeEnds[p]
		p.fresh = minutes{}
		if p.foundAt >= end-2 { // it was in front of this tick
			p.fresh = p.found
		}
		if measured {
			back := min(nearMinutes, sources.Lookback(p.near.since(end), end, f.lateness))
			list = append(list, &looking{probe: p, mark: &p.near, span: slo.Span{Start: end - slo.Minute(back), End: end}})
		}
	}
	f.look(ctx, list, sources.Fresh)
	f.see(list)
	for _, p := range f.probes {
		p.found = minutes{}
	}
	f.lookBackBlind(ends)
}

// nearMinutes is how far back is looked within a tick.
const nearMinutes = 15

// far returns what is due to be looked at further back.
func (f *feed) far(now time.Time) []*looking {
	ends := make([]slo.Minute, len(f.indicators))
	for k, i := range f.indicators {
		ends[k] = i.end
	}
	probeEnds := f.probeEnds(ends)
	var list []*looking
	for _, p := range f.probes {
		end, measured := probeEnds[p]
		if !measured || end == 0 || now.Before(p.far.retry) {
			continue
		}
		if back := sources.Lookback(p.far.since(end), end, f.lateness); back > nearMinutes {
			list = append(list, &looking{probe: p, mark: &p.far, span: slo.Span{Start: end - slo.Minute(back), End: end}})
		}
	}
	return list
}

// probeEnds returns up to when what each probe is about was closed.
func (f *feed) probeEnds(ends []slo.Minute) map[*probe]slo.Minute {
	probeEnds := map[*probe]slo.Minute{}
	for k, i := range f.indicators {
		if i.probe != nil && i.known {
			probeEnds[i.probe] = max(probeEnds[i.probe], ends[k])
		}
	}
	return probeEnds
}

// mark is how far it was looked for late events.
type mark struct {
	end   slo.Minute // 0 before the first time
	retry time.Time  // when it is tried again after an error
}

// since returns up to where it was looked, at first the minute before.
func (m *mark) since(end slo.Minute) slo.Minute {
	if m.end == 0 || m.end > end { // the clock was ahead
		m.end = end - 1
	}
	return m.end
}

// looking is a probe that is asked for its numbers in a span.
type looking struct {
	probe  *probe
	mark   *mark
	span   slo.Span
	answer sources.Answer
}

// look asks for the numbers of all events.
func (f *feed) look(ctx context.Context, list []*looking, need sources.Need) {
	var asked []*looking
	var requests []sources.Request
	for _, l := range list {
		l.span.Start = max(0, l.span.Start, l.probe.start())
		if l.span.Len() > 0 {
			asked = append(asked, l)
			requests = append(requests, sources.Request{SLO: l.probe.watched, Cuts: every(l.span), Need: need})
		}
	}
	for n, answer := range f.source.Counts(ctx, requests) {
		asked[n].answer = answer
		f.failed(ctx, answer.Err)
	}
}

// see takes over the numbers that were read.
func (f *feed) see(list []*looking) {
	for _, l := range list {
		if l.answer.Sums != nil && l.answer.Err == nil && l.probe.read(l.span, l.answer.Sums, f.remembered()) {
			l.mark.end = l.span.End
		}
	}
}

// start is the first minute that an indicator of the probe can be measured in.
func (p *probe) start() slo.Minute {
	first := never
	for _, i := range p.indicators {
		if i.known {
			first = min(first, i.start)
		}
	}
	return first
}

// read compares what was read with what was known, and reports whether all of it
// is believed. When nothing is left of events that were there, the permission to
// read them is lost: their numbers stay what they were, and so does what was
// counted. Once there are events again, what was measured without them is owed.
func (p *probe) read(span slo.Span, sums []sources.Sum, remembered slo.Minute) (whole bool) {
	whole = true
	var known, events int64
	newest := slo.Minute(0)
	for k, sum := range sums {
		m := span.Start + slo.Minute(k)
		whole = whole && sum.Minutes > 0
		if sum.Minutes > 0 {
			known += p.counts[m]
			events += sum.Rows.Total
		}
		if sum.Rows.Total > 0 {
			newest = m
		}
	}
	switch {
	case events == 0 && known > 0:
		p.dark = true
		whole = false
	case events > 0 && p.dark:
		p.dark = false
		for _, i := range p.indicators {
			since := slo.Span{Start: p.seen + 1, End: span.End}
			i.owe(since)
			i.unsure.add(since)
		}
	}
	p.seen = max(p.seen, newest)
	for k, sum := range sums {
		if m := span.Start + slo.Minute(k); sum.Minutes > 0 && (!p.dark || p.counts[m] == 0) {
			p.note(m, sum.Rows.Total)
		}
	}
	for m := range p.counts {
		if m < span.End-remembered {
			delete(p.counts, m)
		}
	}
	return whole
}

// note takes over the number of all events of a minute.
func (p *probe) note(m slo.Minute, events int64) {
	one := slo.Span{Start: m, End: m + 1}
	p.fresh.add(one)
	p.found.add(one)
	before, known := p.counts[m]
	p.counts[m] = events
	if !known && events == 0 {
		return // whoever has counted some was right, or will be told otherwise
	}
	for _, i := range p.indicators {
		if before != events || !known || i.unsure.hold(m) {
			i.owe(one)
			i.unsure.remove(one)
			if known && before != events {
				i.moved.add(one)
			}
		}
	}
}

// remembered is for how many minutes the numbers of all events are remembered: for
// longer than is looked back. What a file has may have changed however old it is.
func (f *feed) remembered() slo.Minute {
	const day = 24 * minutesOfHour
	if f.file {
		return filledMinutes
	}
	return max(3*day, slo.Minute(f.lateness/time.Minute)+day)
}

// owe notes minutes that have to be counted again. A slice is counted as a whole.
// What lies before the start is owed as well, and asked for once the start is
// further back: that it has moved forward may have been a mistake.
func (i *indicator) owe(span slo.Span) {
	span.Start = i.slo.SLI.Closed(span.Start)
	if i.known && span.Len() > 0 {
		i.owed.add(span)
	}
}

// lookBackBlind has indicators without a probe counted again as far back as one
// would look: nobody knows what has changed.
func (f *feed) lookBackBlind(ends []slo.Minute) {
	if f.lateness == 0 {
		return
	}
	for k, i := range f.indicators {
		if i.probe == nil && i.known && i.end > 0 && ends[k] > i.end {
			start := ends[k] - slo.Minute(sources.Lookback(i.end, ends[k], f.lateness))
			i.owe(slo.Span{Start: start, End: i.end})
		}
	}
}

// every returns the cuts around each minute of a span.
func every(span slo.Span) []slo.Minute {
	cuts := make([]slo.Minute, 0, span.Len()+1)
	for m := span.Start; m <= span.End; m++ {
		cuts = append(cuts, m)
	}
	return cuts
}

// request is what is read of an indicator, and what the source answered.
type request struct {
	indicator *indicator
	span      slo.Span
	need      sources.Need
	answer    sources.Answer
	changes   []change
	settled   minutes    // that are owed no more, once what was read is kept
	kept      slo.Minute // events of later minutes are kept for sure
	large     int64      // what a minute had that is more than can be kept
}

// overlapMinutes is how many minutes that were measured already are read again
// at every tick: what is wrong for a moment shows in no number of events.
const overlapMinutes = 3

// mostFresh is how many minutes are asked for at the most as the newest ones.
// What is older is filled in between ticks.
const mostFresh = 60

// mostFresh is how many of the newest minutes of an indicator are read at once: after
// a start, everything that was missed for up to a day, as alerts have to see each
// minute of it, and else an hour.
func (f *feed) mostFresh(i *indicator) slo.Minute {
	if i.end > 0 {
		return mostFresh
	}
	return min(mostSteps, max(mostFresh, slo.Minute(mostRows/len(f.indicators))))
}

// due returns what has to be read now: the newest minutes, those that are owed,
// the latest first, as far as there is room for so many minutes, and those that
// are doubted.
func (f *feed) due(ends []slo.Minute, now time.Time, room int64) []*request {
	var list []*request
	newest := make([]slo.Span, len(f.indicators))
	for k, i := range f.indicators {
		if !i.known || ends[k] == i.end && i.end > 0 {
			newest[k] = slo.Span{Start: ends[k], End: ends[k]}
			continue
		}
		back := i.read
		switch {
		case back == 0:
			back = ends[k]
		case back < ends[k]-f.mostFresh(i): // what was read then was read once or twice only
			i.owe(slo.Span{Start: back - overlapMinutes, End: back})
		}
		start := max(i.start, i.slo.SLI.Closed(max(back-overlapMinutes, ends[k]-f.mostFresh(i))))
		if newest[k] = (slo.Span{Start: start, End: ends[k]}); newest[k].Len() > 0 {
			list = append(list, &request{indicator: i, span: newest[k], need: sources.Fresh})
		}
	}
	again := f.doubts.Again(now)
	first := f.turn
	for n := range f.indicators {
		k := (first + n) % len(f.indicators)
		i := f.indicators[k]
		if !i.known || i.err != nil || i.dark() || !i.again.over(now) {
			continue // what fails for the newest minutes will for older ones
		}
		for _, span := range i.older(again[i.id], newest[k].Start) {
			if room -= span.Len(); room < 0 {
				f.turn = k // it is the first of them the next time
				return list
			}
			list = append(list, &request{indicator: i, span: span, need: sources.Correction})
		}
	}
	return list
}

// older returns what has to be read again before a minute: what is doubted, and
// what is owed, the newest first.
func (i *indicator) older(doubted []slo.Minute, before slo.Minute) []slo.Span {
	if i.recount && i.scanned {
		i.recount = false
		i.owed.add(slo.Span{Start: i.oldest(), End: i.end})
		for _, gap := range i.gaps.spans { // which will be filled in
			i.owed.remove(gap)
		}
	}
	list := i.doubted(doubted, before)
	owed := minutes{i.owed.within(slo.Span{Start: i.start, End: before})}
	for _, span := range list {
		owed.remove(span) // no minute is read twice
	}
	for _, span := range slices.Backward(owed.spans) {
		list = append(list, slo.Span{Start: span.Start, End: min(i.sliceEnd(span.End), before)})
	}
	return list
}

// dark reports whether events that were there cannot be seen.
func (i *indicator) dark() bool { return i.probe != nil && i.probe.dark }

// doubted joins minutes that are doubted and lie before another one, a few at a
// time: a small query sees more.
func (i *indicator) doubted(list []slo.Minute, before slo.Minute) []slo.Span {
	const few = 30
	var spans []slo.Span
	for _, m := range list {
		span := slo.Span{Start: i.slo.SLI.Closed(m), End: i.sliceEnd(m + 1)}
		last := len(spans) - 1
		switch {
		case span.Start < i.start || span.End > before:
		case last >= 0 && span.Start <= spans[last].End && span.End-spans[last].Start <= few:
			spans[last].End = max(spans[last].End, span.End)
		case last < 0 || span.Start >= spans[last].End:
			spans = append(spans, span)
		}
	}
	return spans
}

// sliceEnd returns the end of the slice that the minute before end lies in.
func (i *indicator) sliceEnd(end slo.Minute) slo.Minute {
	if i.slo.SLI.Slice == nil {
		return end
	}
	return i.slo.SLI.Closed(end-1) + slo.Minute(i.slo.SLI.Slice.Minutes())
}
