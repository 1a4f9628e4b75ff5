package newrelic_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// ledger measures SLOs minute by minute and keeps what it measured, in the way
// that whoever uses a source has to: it asks for the newest minutes again, looks
// for late events, owes what it could not read, and doubts lower numbers.
type ledger struct {
	source *newrelic.Source
	config slo.NewRelic
	begin  slo.Minute // nothing is kept before it
	pages  []*page
	probes []*probe
	doubts sources.Doubts

	extentsAt slo.Minute
	tally     tally
}

// tally is how much there was to do.
type tally struct{ ticks, failures, believed, corrected, doubted, invalid int }

// page is what is kept of one SLO.
type page struct {
	*indicator
	slo   *slo.SLO
	probe *probe
	start slo.Minute // of the first event of its types; 0 is not known
	until slo.Minute // the end of what was read as the newest minutes
	whole slo.Minute // everything between start and here was read
	lines []line     // from ledger.begin on
	owed  map[slo.Minute]bool
}

// line is a minute, and how many events of all kinds there were when it was
// counted: 0 minutes when that is not known.
type line struct{ sum, all sources.Sum }

func (l *ledger) line(p *page, m slo.Minute) *line {
	for len(p.lines) <= int(m-l.begin) {
		p.lines = append(p.lines, line{})
	}
	return &p.lines[m-l.begin]
}

// probe is how many events there are of a FROM set.
type probe struct {
	types   string
	watched *slo.SLO // nil where nobody watches
	pages   []*page
	probed  slo.Minute // up to where it was looked for late events
	span    slo.Span   // of sums, as they were read in this tick
	sums    []sources.Sum
}

// all is the number of events in a minute as it was read in this tick.
func (p *probe) all(m slo.Minute) sources.Sum {
	if m < p.span.Start || int(m-p.span.Start) >= len(p.sums) {
		return sources.Sum{}
	}
	return p.sums[m-p.span.Start]
}

// open begins to measure SLOs.
func (l *ledger) open(list []*indicator) {
	for _, i := range list {
		p := &page{indicator: i, slo: i.slo(), owed: map[slo.Minute]bool{}}
		types := strings.Join(i.types, ", ")
		at := slices.IndexFunc(l.probes, func(p *probe) bool { return p.types == types })
		if at < 0 {
			at = len(l.probes)
			l.probes = append(l.probes, &probe{types: types, watched: l.source.Watch([]*slo.SLO{p.slo})[0]})
		}
		p.probe = l.probes[at]
		p.probe.pages = append(p.probe.pages, p)
		l.pages = append(l.pages, p)
	}
}

// lateness is how long the ledger looks for late events every hour.
const lateness = 6 * time.Hour

// tick measures what there is to measure now.
func (l *ledger) tick(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 55*time.Second)
	defer cancel()
	now := time.Now()
	l.tally.ticks++
	l.findExtents(ctx, now)
	// What is counted afterwards has at least the events that were there now.
	l.lookBack(ctx, now)
	again := l.doubts.Again(now)
	var fresh, old []reading
	for _, p := range l.pages {
		if p.start > 0 {
			fresh = append(fresh, l.due(p, now, again[slo.IndicatorID(p.id)])...)
			old = append(old, l.missing(p)...)
		}
	}
	var group sync.WaitGroup
	var answers, oldAnswers []sources.Answer
	group.Go(func() { answers = l.source.Counts(ctx, requests(fresh)) })
	group.Go(func() { oldAnswers = l.source.Counts(ctx, requests(old)) })
	group.Wait()
	l.book(fresh, answers)
	l.book(old, oldAnswers)
	for _, p := range l.probes {
		if p.watched == nil && !slices.ContainsFunc(fresh, func(r reading) bool { return r.failed && r.page.probe == p }) {
			p.probed = p.span.End
		}
	}
}

// findExtents asks once an hour, and for SLOs that are new.
func (l *ledger) findExtents(ctx context.Context, now time.Time) {
	hour := slo.MinuteAt(now).Floor(60)
	asked := slices.DeleteFunc(slices.Clone(l.pages), func(p *page) bool { return p.start > 0 && l.extentsAt == hour })
	if len(asked) == 0 {
		return
	}
	l.extentsAt = hour
	var slos []*slo.SLO
	for _, p := range asked {
		slos = append(slos, p.slo)
	}
	for i, extent := range l.source.Extents(ctx, now, slos) {
		switch p := asked[i]; {
		case extent.Err != nil:
			l.tally.failures++
		case extent.Never:
		case p.start == 0 || extent.Span.Start < p.start:
			p.start, p.whole = extent.Span.Start, 0
		}
	}
}

// end is behind the newest minute that is closed.
func (l *ledger) end(p *page, now time.Time) slo.Minute {
	return p.sli.Closed(slo.MinuteAt(now.Add(-newrelic.Lag(l.config, p.sli))))
}

// lookBack counts all events of each FROM set, as far back as it is time to.
func (l *ledger) lookBack(ctx context.Context, now time.Time) {
	var asked []*probe
	var list []sources.Request
	for _, p := range l.probes {
		end := slo.MinuteAt(now.Add(-newrelic.Lag(l.config, p.pages[0].sli)))
		if p.probed == 0 {
			p.probed = end - 1
		}
		p.span, p.sums = slo.Span{Start: max(l.begin, end-slo.Minute(sources.Lookback(p.probed, end, lateness))), End: end}, nil
		if p.watched != nil {
			asked, list = append(asked, p), append(list, sources.Request{SLO: p.watched, Cuts: every(1, p.span.Start, p.span.End)})
		}
	}
	for i, answer := range l.source.Counts(ctx, list) {
		p := asked[i]
		if answer.Err != nil {
			l.tally.failures++
			continue
		}
		p.sums = answer.Sums
		if !slices.ContainsFunc(p.sums, func(s sources.Sum) bool { return s.Minutes == 0 }) {
			p.probed = p.span.End
		}
		for _, page := range p.pages {
			l.owe(page)
		}
	}
}

// owe notes the minutes of an SLO whose number of events has changed.
func (l *ledger) owe(p *page) {
	seen := p.probe
	var known []sources.Sum
	for m := seen.span.Start; m < seen.span.End; m++ {
		known = append(known, l.line(p, m).all)
	}
	for _, span := range sources.Changed(seen.span.Start, known, seen.sums) {
		for m := max(span.Start, p.start); m < span.End; m++ {
			p.owed[m] = true
		}
	}
}

// reading is a span of minutes to read of an SLO.
type reading struct {
	page   *page
	span   slo.Span
	need   sources.Need
	newest bool
	failed bool
}

func requests(list []reading) []sources.Request {
	var all []sources.Request
	for _, r := range list {
		all = append(all, sources.Request{SLO: r.page.slo, Cuts: every(1, r.span.Start, r.span.End), Need: r.need})
	}
	return all
}

// few is how many minutes that are doubted are read together: a small query sees
// more.
const few = 30

// due returns what has to be read of an SLO besides what never was: the newest
// minutes, those whose events have changed, and those that are doubted.
func (l *ledger) due(p *page, now time.Time, doubted []slo.Minute) []reading {
	end := l.end(p, now)
	if p.until == 0 {
		p.until = max(p.start, end-3)
	}
	newest := slo.Span{Start: max(p.start, p.sli.Closed(p.until-3)), End: end}
	var list []reading
	if newest.Len() > 0 {
		list = append(list, reading{p, newest, sources.Fresh, true, false})
	}
	if p.probe.watched == nil { // nobody knows what has changed
		if back := (slo.Span{Start: max(p.start, p.probe.span.Start), End: newest.Start}); back.Len() > 0 {
			list = append(list, reading{p, back, sources.Correction, false, false})
		}
	}
	for _, span := range l.owedSpans(p, newest) {
		list = append(list, reading{p, span, sources.Correction, false, false})
	}
	for _, span := range spansOf(doubted, 1, few) {
		list = append(list, reading{p, span, sources.Correction, false, false})
	}
	return list
}

// owedSpans returns the minutes that are owed, in whole slices, without those
// that are read anyway and those that no whole slice has.
func (l *ledger) owedSpans(p *page, newest slo.Span) []slo.Span {
	length := slo.Minute(1)
	if p.sli.Slice != nil {
		length = slo.Minute(p.sli.Slice.Minutes())
	}
	var starts []slo.Minute
	for m := range p.owed {
		if start := p.sli.Closed(m); start >= p.start && start < newest.Start {
			starts = append(starts, start)
		}
	}
	slices.Sort(starts)
	return spansOf(slices.Compact(starts), length, 1<<30)
}

// spansOf joins what begins with each of some minutes, in order, and is so long.
func spansOf(starts []slo.Minute, length, most slo.Minute) []slo.Span {
	var spans []slo.Span
	for _, start := range starts {
		if last := len(spans) - 1; last >= 0 && spans[last].End == start && start-spans[last].Start < most {
			spans[last].End += length
			continue
		}
		spans = append(spans, slo.Span{Start: start, End: start + length})
	}
	return spans
}

// missing returns the newest minutes that were never read, half a day of them.
func (l *ledger) missing(p *page) []reading {
	end := slo.Minute(0)
	first := max(p.start, p.whole)
	for m := p.until - 3; m >= first; m-- {
		known := l.line(p, m).sum.Minutes > 0
		if end == 0 && !known {
			end = m + 1
		}
		if end > 0 && (known || end-m == 720 || m == first) {
			span := slo.Span{Start: p.sli.Closed(max(m, p.start)), End: min(p.until, p.slice(end))}
			return []reading{{p, span, sources.Backfill, false, false}}
		}
	}
	if end == 0 {
		p.whole = max(p.whole, p.until-3)
	}
	return nil
}

// slice returns the end of the slice that the minute before end lies in.
func (p *page) slice(end slo.Minute) slo.Minute {
	if p.sli.Slice == nil {
		return end
	}
	return p.sli.Closed(end-1) + slo.Minute(p.sli.Slice.Minutes())
}

// book compares what was read with what was known.
func (l *ledger) book(readings []reading, answers []sources.Answer) {
	now := time.Now()
	kept := slo.MinuteAt(now.Add(-l.config.Retention.Of(nil))) + 1
	for i, r := range readings {
		if answers[i].Err != nil {
			readings[i].failed = true
			l.tally.failures++
			continue
		}
		if r.newest {
			r.page.until = r.span.End
		}
		for n, sum := range answers[i].Sums {
			l.bookMinute(r.page, r.span.Start+slo.Minute(n), sum, kept, now)
		}
	}
}

func (l *ledger) bookMinute(p *page, m slo.Minute, read sources.Sum, kept slo.Minute, now time.Time) {
	if read.Minutes == 0 {
		return
	}
	if !read.Counts.Consistent() || !read.Rows.Consistent() { // not to be used
		l.tally.invalid++
		p.owed[m] = true
		return
	}
	known := l.line(p, m)
	delete(p.owed, m)
	switch l.doubts.Judge(p.sli, slo.IndicatorID(p.id), m, known.sum, read, m >= kept, now) {
	case sources.Doubt:
		l.tally.doubted++
		return
	case sources.Believe:
		if l.tally.believed++; known.sum.Minutes > 0 {
			l.tally.corrected++
		}
		// How many events there were at that time is not known unless it is read
		// in the same tick.
		known.sum, known.all = read, sources.Sum{}
	}
	if all := p.probe.all(m); all.Minutes > 0 {
		known.all = all
	}
}

func (t tally) String() string {
	return fmt.Sprintf("%d ticks, %d failures, %d minutes measured, %d of them corrected, %d doubted, %d invalid",
		t.ticks, t.failures, t.believed-t.corrected, t.corrected, t.doubted, t.invalid)
}
