package engine

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// Specs are a set and what measures it: the set's sources by their names.
type Specs struct {
	Set     *slo.Set
	Sources map[string]sources.Source
	Removed []string // ids that may go, see [RemovalError]
}

// Clock tells the time and waits. A demo has one that runs faster.
type Clock interface {
	Now() time.Time
	// Sleep returns after a while, or with the context's error.
	Sleep(ctx context.Context, d time.Duration) error
	// WithTimeout is [context.WithTimeout].
	WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc)
}

// Options are what an engine works with.
type Options struct {
	Ledger Ledger
	Clock  Clock
	Log    *slog.Logger
	// Maintain is called between ticks, with the time of the last one.
	Maintain func(ctx context.Context, now time.Time) error
	// Ticked is told how long every tick took, and why it was not kept when it was
	// not; nil is not told.
	Ticked func(took time.Duration, err error)
	// Deliver is given the letters that a tick has put into the ledger's outbox, and
	// must not wait; nil leaves them there.
	Deliver func([]outbox.Letter)
}

// Engine measures, decides and commits, once a minute. Its methods may be called
// at once.
type Engine struct {
	ledger   Ledger
	clock    Clock
	log      *slog.Logger
	maintain func(context.Context, time.Time) error
	ticked   func(time.Duration, error)
	deliver  func([]outbox.Letter)

	busy   chan struct{} // holds one while what follows is used: by a tick, a backfill or a reload
	specs  Specs
	feeds  []*feed
	last   time.Time // of the last tick that moved windows on, kept or not
	state  *state
	loaded bool // the evaluator agrees with what is kept
	alerts alerts
	meters meters
	former formerBudgets
	// decided is the snapshot that the last tick decided by.
	decided burnrate.Snapshot
	losses  []loss
	counts  Counters

	view atomic.Pointer[View]
}

// View is what the last tick said. It is never changed afterwards.
type View struct {
	Set      *slo.Set // that was evaluated
	Snapshot burnrate.Snapshot
	Alerts   Alerts
	Progress Progress
	Counters Counters
	// Judged reports whether anybody has judged the alerts of an id, or of a source with
	// the id of its alerts; nil when all are, as those of an engine.
	Judged func(id string) bool
}

// Counters count what an engine has done since it began.
type Counters struct {
	Ticks       int64 // that were committed
	Failed      int64 // ticks and parts of the history that could not be
	Rows        int64 // minutes of indicators that were measured
	Corrections int64 // of them those that were known otherwise
	Errors      int64 // answers of sources that were errors
}

// New makes an engine of specs, which are compared with what the ledger keeps.
// Changes says what has become of what it has kept. Specs that lack much of it are
// refused with a [RemovalError]. Nothing is measured yet.
func New(ctx context.Context, options Options, specs Specs) (*Engine, []lineage.Change, error) {
	e := &Engine{
		ledger: options.Ledger, clock: options.Clock, log: options.Log, maintain: options.Maintain, ticked: options.Ticked,
		deliver: options.Deliver, busy: make(chan struct{}, 1),
	}
	if e.maintain == nil {
		e.maintain = func(context.Context, time.Time) error { return nil }
	}
	if e.ticked == nil {
		e.ticked = func(time.Duration, error) {}
	}
	if e.deliver == nil {
		e.deliver = func([]outbox.Letter) {}
	}
	changes, err := e.adopt(ctx, specs)
	return e, changes, err
}

// Reload goes on with other specs: all of them or, with an error, none. What is
// known of indicators that stay is kept. It waits for a tick that is under way, or
// for the end of ctx.
func (e *Engine) Reload(ctx context.Context, specs Specs) ([]lineage.Change, error) {
	return e.adopt(ctx, specs)
}

// lock waits until nothing else is under way.
func (e *Engine) lock(ctx context.Context) error {
	select {
	case e.busy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *Engine) unlock() { <-e.busy }

func (e *Engine) adopt(ctx context.Context, specs Specs) ([]lineage.Change, error) {
	if err := e.lock(ctx); err != nil {
		return nil, err
	}
	defer e.unlock()
	now := e.clock.Now()
	kept, err := e.ledger.State(ctx)
	if err != nil {
		return nil, err
	}
	feeds := feedsOf(specs)
	e.keep(feeds)
	known := e.alerts
	if e.state == nil {
		if known, err = openAlerts(kept); err != nil {
			return nil, err
		}
	}
	last := now
	if e.state == nil && kept.Commits > 0 { // windows go on from where they were
		if before := cmp.Or(known.State.At, kept.At); before.Before(now) {
			last = before
		}
	}
	ends := endsOf(ctx, feeds, specs.Set.Measured(), last)
	entries, changes, err := lineage.Adopt(kept, specs.Set, e.seams(specs.Set, ends, last))
	if err != nil {
		return nil, err
	}
	if renamed := renamedIn(specs.Set, known.State.Alerts); len(renamed) > 0 {
		known = known.rename(renamed)
		entry, err := known.State.Entry()
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	if err := refuseRemoval(kept, changes, known.State, specs); err != nil {
		return nil, err
	}
	after := apply(kept, entries)
	lineages, err := lineage.All(after)
	if err != nil {
		return nil, err
	}
	s := newState(specs.Set, lineages)
	if err := e.around(func() error { return s.load(ctx, e.ledger, kept.Since, ends) }); err != nil {
		return nil, err
	}
	meters := newMeters(s, e.meters)
	if e.state == nil {
		if err := e.around(func() error { return meters.resume(ctx, e.ledger, s, kept) }); err != nil {
			return nil, err
		}
	}
	if len(entries) > 0 {
		if err := e.ledger.Commit(ctx, burnrate.Tick{At: now, Entries: entries}); err != nil {
			return nil, err
		}
	}
	assign(s, feeds)
	if e.state == nil {
		resume(s, feeds, kept)
	}
	e.specs, e.feeds, e.state, e.loaded, e.alerts, e.meters = specs, feeds, s, true, known, meters
	return changes, nil
}

// feedsOf sorts what is measured by its source. What no source measures is in
// none. Two sources may reach one account, and SLOs of both count the same: the
// first of them by name measures it.
func feedsOf(specs Specs) []*feed {
	bySource := map[string][]*slo.SLO{}
	for _, s := range specs.Set.Measured() {
		if s.Source != nil && specs.Sources[s.Source.Name] != nil && s.Indicator != "" {
			bySource[s.Source.Name] = append(bySource[s.Source.Name], s)
		}
	}
	paged := pagedIDs(specs.Set)
	measured := map[slo.IndicatorID]bool{}
	var feeds []*feed
	for _, name := range slices.Sorted(maps.Keys(bySource)) {
		list := slices.DeleteFunc(bySource[name], func(s *slo.SLO) bool { return measured[s.Indicator] })
		if len(list) == 0 {
			continue
		}
		f := newFeed(name, specs.Sources[name], list, paged)
		for _, id := range f.ids {
			measured[id] = true
		}
		feeds = append(feeds, f)
	}
	return feeds
}

// keep takes over what is known of indicators that are measured already.
func (e *Engine) keep(feeds []*feed) {
	for _, f := range feeds {
		at := slices.IndexFunc(e.feeds, func(old *feed) bool { return old.name == f.name })
		if at < 0 {
			continue
		}
		old := e.feeds[at]
		known := map[slo.IndicatorID]*indicator{}
		for _, i := range old.indicators {
			known[i.id] = i
		}
		for _, i := range f.indicators {
			if before := known[i.id]; before != nil {
				i.start, i.known, i.never, i.end, i.read = before.start, before.known, before.never, before.end, before.read
				i.recount, i.unread = before.recount, before.unread
				i.gaps, i.absent = before.gaps.clone(), before.absent.clone()
				i.owed, i.moved, i.unsure = before.owed.clone(), before.moved.clone(), before.unsure.clone()
				i.scanned, i.rough, i.err, i.notes, i.seen, i.hidden = before.scanned, before.rough, before.err, before.notes, before.seen, before.hidden
			}
		}
		f.doubts, f.pace, f.revision, f.absentAt = old.doubts, old.pace, old.revision, old.absentAt
		if old.source == f.source {
			f.extentsAt = old.extentsAt
		}
		for _, p := range f.probes {
			if k := slices.IndexFunc(old.probes, p.isThat); k >= 0 {
				before := old.probes[k]
				p.counts, p.near, p.far, p.seen, p.dark = before.counts, before.near, before.far, before.seen, before.dark
			}
		}
	}
}

// isThat reports whether another probe, maybe of another value of the source, has
// the same numbers: indicators have the account in their names.
func (p *probe) isThat(other *probe) bool {
	return p.watched.ID == other.watched.ID && slices.ContainsFunc(p.indicators, func(i *indicator) bool {
		return slices.ContainsFunc(other.indicators, func(o *indicator) bool { return o.id == i.id })
	})
}

// endsOf returns up to when everything was measured, or was closed at a time
// where nothing was measured yet.
func endsOf(ctx context.Context, feeds []*feed, measured []*slo.SLO, at time.Time) []slo.Minute {
	byIndicator := map[slo.IndicatorID]slo.Minute{}
	for _, f := range feeds {
		for k, end := range f.ends(ctx, at) {
			if before := f.indicators[k].end; before > 0 {
				end = before
			}
			byIndicator[f.ids[k]] = end
		}
	}
	ends := make([]slo.Minute, len(measured))
	for k, s := range measured {
		end, known := byIndicator[s.Indicator]
		if !known {
			end = slo.MinuteAt(at)
		}
		ends[k] = end
	}
	return ends
}

// seams says from which minute on a changed definition of an SLO holds: up to it
// the old one was measured.
func (e *Engine) seams(set *slo.Set, ends []slo.Minute, last time.Time) lineage.At {
	byID := map[string]slo.Minute{}
	for k, s := range set.Measured() {
		byID[s.ID] = ends[k]
	}
	if e.state != nil {
		for k, s := range e.state.measured {
			byID[s.ID] = e.state.ends[k]
		}
	}
	return func(id string) slo.Minute {
		if end, known := byID[id]; known {
			return end
		}
		return slo.MinuteAt(last)
	}
}

// apply returns what is kept after entries were committed.
func apply(kept burnrate.Kept, entries []burnrate.Entry) burnrate.Kept {
	type place struct{ kind, key string }
	byPlace := map[place]burnrate.Entry{}
	for _, e := range kept.Entries {
		byPlace[place{e.Kind, e.Key}] = e
	}
	for _, e := range entries {
		if byPlace[place{e.Kind, e.Key}] = e; e.Value == nil {
			delete(byPlace, place{e.Kind, e.Key})
		}
	}
	after := kept
	after.Entries = slices.SortedFunc(maps.Values(byPlace), func(a, b burnrate.Entry) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key))
	})
	return after
}

// resume says up to when what is kept was read by the process before.
func resume(s *state, feeds []*feed, kept burnrate.Kept) {
	for _, f := range feeds {
		for _, i := range f.indicators {
			if _, measured := kept.Since[i.id]; measured && len(i.columns) > 0 {
				i.read = s.ends[i.columns[0]]
			}
		}
	}
}

// assign tells indicators which columns they measure.
func assign(s *state, feeds []*feed) {
	columns := map[slo.IndicatorID][]int{}
	for k, m := range s.measured {
		columns[m.Indicator] = append(columns[m.Indicator], k)
	}
	for _, f := range feeds {
		for _, i := range f.indicators {
			i.columns = columns[i.id]
		}
	}
}

// View returns what the last tick said, nil before the first one.
func (e *Engine) View() *View { return e.view.Load() }

// errorf says what an engine was doing when it failed.
func errorf(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
