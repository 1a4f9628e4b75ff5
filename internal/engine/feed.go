package engine

import (
	"context"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// feed is a source and the indicators it measures.
type feed struct {
	name       string
	source     sources.Source
	file       bool
	lateness   time.Duration
	indicators []*indicator
	ids        []slo.IndicatorID // of indicators
	slos       []*slo.SLO        // of indicators
	probes     []*probe
	doubts     sources.Doubts
	extentsAt  slo.Minute // when all extents were asked for
	extents    pause      // of asking for all of them
	absentAt   slo.Minute // when what was absent was asked for again
	errors     int64      // answers that were errors, and are not counted yet
	revision   uint64     // of what a file had when it was read last
	turn       int        // the first of the indicators whose older minutes are asked for
	pace       pace
}

// indicator is what is known of one while it is measured. What was measured is
// in the ledger alone.
type indicator struct {
	id      slo.IndicatorID
	slo     *slo.SLO // one that is measured by it; the others count the same
	paged   bool     // somebody is woken by one of its SLOs
	probe   *probe   // nil where late events are not looked for
	columns []int    // of the evaluator, which are measured by it

	start   slo.Minute // the first minute that can be measured
	floor   slo.Minute // the first minute that is filled in, however old; 0 for the usual, see filledMinutes
	known   bool       // start is
	never   bool       // there never was an event
	end     slo.Minute // what is behind its newest closed minute, as of the last tick
	read    slo.Minute // what is behind the newest minutes that were read without an error
	fresh   slo.Minute // likewise, by this process since its specs came; 0 before
	seen    slo.Minute // the newest minute in which there were events, 0 before any
	hidden  slo.Minute // the first minute that was measured when events that had been there were gone, 0 when none were
	gaps    minutes    // from start to end, that were not measured
	absent  minutes    // that the source said it does not have any more, and were not measured
	owed    minutes    // measured, and may have changed since
	moved   minutes    // of what is owed, that of which the number of all events has changed
	unsure  minutes    // measured when the number of all events was not known
	scanned bool       // gaps are all there are
	rough   bool       // coarse hours were asked for
	recount bool       // all that is kept is owed, as a file may have other numbers
	unread  bool       // err says that a file could not be read
	filling pause      // of what is missing
	again   pause      // of what was measured already

	err   error    // why its newest minutes could not be measured
	notes []string // on the quality of what was measured
}

// probe is how many events of some types there were, as it was read last.
type probe struct {
	watched    *slo.SLO
	indicators []*indicator
	counts     map[slo.Minute]int64
	near, far  mark
	fresh      minutes    // what was read in this tick, or just before it
	found      minutes    // what was read since this tick
	foundAt    slo.Minute // up to when it looked back then
	seen       slo.Minute // the newest minute in which there were events, 0 before any
	dark       bool       // events that were there are answered as none
}

// newFeed makes a feed of the SLOs that a source measures. SLOs that count the
// same have one indicator, which is measured as the one whose minutes close last.
func newFeed(name string, source sources.Source, slos []*slo.SLO, paged map[string]bool) *feed {
	f := &feed{name: name, source: source}
	closed := make([]slo.Minute, len(slos)) // of minutes at some time
	if lagging, ok := source.(sources.Lagging); ok {
		closed = lagging.Ends(time.Unix(1<<31, 0), slos)
	}
	places := map[slo.IndicatorID]int{}
	last := map[slo.IndicatorID]slo.Minute{}
	for n, s := range slos {
		at, known := places[s.Indicator]
		if !known {
			at = len(f.indicators)
			places[s.Indicator], last[s.Indicator] = at, closed[n]
			f.indicators = append(f.indicators, &indicator{id: s.Indicator, slo: s, recount: s.Source.File != nil})
			f.ids, f.slos = append(f.ids, s.Indicator), append(f.slos, s)
		}
		i := f.indicators[at]
		if closed[n] < last[i.id] {
			i.slo, f.slos[at], last[i.id] = s, s, closed[n]
		}
		i.paged = i.paged || paged[s.ID]
		f.file = f.file || s.Source.File != nil
		if s.Source.NewRelic.Lateness > f.lateness {
			f.lateness = s.Source.NewRelic.Lateness
		}
	}
	if watcher, watches := source.(sources.Watcher); watches {
		f.watch(watcher.Watch(f.slos))
	}
	return f
}

// pagedIDs are those of which somebody is woken: by an alert of their own, or of a
// journey that they are a step of.
func pagedIDs(set *slo.Set) map[string]bool {
	paged := map[string]bool{}
	for _, s := range set.SLOs {
		paged[s.ID] = pages(s.Objectives)
	}
	for _, j := range set.Journeys {
		if !pages(j.Objectives) {
			continue
		}
		paged[j.ID] = true
		for _, step := range j.Steps {
			paged[step.SLO.ID] = true
		}
	}
	return paged
}

// pages reports whether an alert of an objective wakes somebody.
func pages(objectives []slo.Objective) bool {
	return slices.ContainsFunc(objectives, func(o slo.Objective) bool {
		return o.Alerts != nil && (o.Alerts.NoTraffic != nil && o.Alerts.NoTraffic.Severity == slo.Page ||
			slices.ContainsFunc(o.Alerts.Tiers, func(t slo.Tier) bool { return t.Severity == slo.Page }))
	})
}

func (f *feed) watch(watched []*slo.SLO) {
	probes := map[*slo.SLO]*probe{}
	for k, w := range watched {
		if w == nil {
			continue
		}
		p := probes[w]
		if p == nil {
			p = &probe{watched: w, counts: map[slo.Minute]int64{}}
			probes[w] = p
			f.probes = append(f.probes, p)
		}
		f.indicators[k].probe = p
		p.indicators = append(p.indicators, f.indicators[k])
	}
}

// ends returns what is behind the newest closed minute of each indicator, which is
// before the end of the last tick when the clock was ahead then. While a feed cannot keep up, those that wake nobody move on every few minutes.
func (f *feed) ends(ctx context.Context, now time.Time) []slo.Minute {
	var ends []slo.Minute
	if lagging, ok := f.source.(sources.Lagging); ok {
		ends = lagging.Ends(now, f.slos)
	} else {
		extents := f.askExtents(ctx, f.indicators, now)
		f.extendAll(f.indicators, extents)
		for k, extent := range extents {
			ends = append(ends, f.indicators[k].endOf(extent))
		}
		f.revise()
	}
	for k, i := range f.indicators {
		// A clock that is put back was right before when minutes could be read by
		// it: the end waits then. What could not be read had not happened.
		if ends[k] < i.end && i.read <= ends[k] {
			continue
		}
		if f.pace.slow && !i.paged {
			ends[k] = i.slo.SLI.Closed(ends[k].Floor(slowMinutes))
		}
		ends[k] = max(ends[k], i.end)
	}
	return ends
}

// endOf returns the end of an extent. That of a file that cannot be read is where it
// was, as no time has passed in it.
func (i *indicator) endOf(e sources.Extent) slo.Minute {
	switch {
	case e.Err != nil && i.slo.Source.File != nil && i.end > 0 && i.known:
		i.err, i.unread = e.Err, true
		return i.end
	case i.unread && e.Err == nil:
		i.err, i.unread = nil, false
	}
	return e.Span.End
}

// revise notes that a file has other content than before: all of it is owed.
func (f *feed) revise() {
	revised, is := f.source.(sources.Revised)
	if !is || revised.Revision() == f.revision {
		return
	}
	f.revision = revised.Revision()
	for _, i := range f.indicators {
		i.recount = true
	}
}

// Extents are asked for again every hour, as events are not kept for ever, and
// more often while there is none.
const (
	extentMinutes = 60
	neverMinutes  = 5
)

// findExtents asks from when on indicators can be measured of which it is not known
// yet. What is known already has the time that is left.
func (f *feed) findExtents(ctx context.Context, clock Clock, now time.Time) {
	often := slo.MinuteAt(now)%neverMinutes == 0
	var asked []*indicator
	for _, i := range f.indicators {
		if !i.known && (!i.never || often) {
			asked = append(asked, i)
		}
	}
	if len(asked) == 0 {
		return
	}
	all := len(asked) == len(f.indicators)
	if !all {
		var cancel context.CancelFunc
		ctx, cancel = clock.WithTimeout(ctx, measuring/3)
		defer cancel()
	}
	f.extendAll(asked, f.askExtents(ctx, asked, now))
	if all && ctx.Err() == nil {
		f.extentsAt = slo.MinuteAt(now)
	}
}

// extentPiece asks once more from when on everything can be measured. A source that
// says so at every tick needs no asking.
func (f *feed) extentPiece(now time.Time) *piece {
	if _, lagging := f.source.(sources.Lagging); !lagging || slo.MinuteAt(now).Floor(extentMinutes) <= f.extentsAt || !f.extents.over(now) {
		return nil
	}
	var extents []sources.Extent
	var err error
	return &piece{
		ask: func(ctx context.Context) {
			extents = f.askExtents(ctx, f.indicators, now)
			err = ctx.Err()
		},
		keep: func(context.Context) error {
			f.extendAll(f.indicators, extents)
			if f.extents.note(err, now); err == nil {
				f.extentsAt = slo.MinuteAt(now)
			}
			return nil
		},
	}
}

func (f *feed) askExtents(ctx context.Context, asked []*indicator, now time.Time) []sources.Extent {
	slos := make([]*slo.SLO, len(asked))
	for k, i := range asked {
		slos[k] = i.slo
	}
	extents := f.source.Extents(ctx, now, slos)
	for _, e := range extents {
		f.failed(ctx, e.Err)
	}
	return extents
}

func (f *feed) extendAll(asked []*indicator, extents []sources.Extent) {
	for k, e := range extents {
		asked[k].extend(e)
	}
}

// failed counts an answer that is an error. That a source was interrupted is none
// of its own.
func (f *feed) failed(ctx context.Context, err error) {
	if err != nil && !isInterrupted(ctx) {
		f.errors++
	}
}

// extend takes over from when on an indicator can be measured.
func (i *indicator) extend(e sources.Extent) {
	if e.Err == nil && !i.known {
		i.err = nil // it was that of another attempt
	}
	switch {
	case e.Err != nil:
		if !i.known {
			i.err = e.Err
		}
	case e.Never || e.Span.Len() == 0:
		i.never = e.Never
	case !i.known || e.Span.Start < i.start:
		// Minutes in front of what was known become gaps, when they are none yet.
		i.scanned = i.scanned && i.known && e.Span.Start >= i.start
		i.start, i.known, i.never = e.Span.Start, true, false
	default:
		i.start = e.Span.Start
		i.gaps.remove(slo.Span{End: i.start})
	}
}
