package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// measuring is how long a tick may ask: then the minute is over.
const measuring = 55 * time.Second

// mostRows is how many minutes of indicators are read at once beside the newest
// ones: about 60 MB.
const mostRows = 500_000

// Tick measures what is due at the time of the clock, decides, commits, and
// publishes what came of it. What a source did not answer is asked again later;
// an error means that nothing of the tick was kept, and that it can be repeated.
func (e *Engine) Tick(ctx context.Context) (err error) {
	if err := e.lock(ctx); err != nil {
		return err
	}
	defer e.unlock()
	e.refill()
	now := e.clock.Now()
	defer func() { e.ticked(e.clock.Now().Sub(now), err) }()
	if e.last.Sub(now) > clockIsBack {
		if err := e.around(func() error { return e.rewind(ctx, now) }); err != nil {
			return errorf("go back to what the clock says", err)
		}
	}
	ends, requests := e.measureAll(ctx, now)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	e.last = now // also when it cannot be kept: windows may have moved on
	if err := e.take(ctx, e.endsOf(ends, now), slices.Concat(requests...), now, true); err != nil {
		e.fail()
		return err
	}
	for n, f := range e.feeds {
		f.moveOn(ends[n], requests[n], now)
	}
	e.counts.Ticks++
	e.meters.begin(e.state, now)
	e.publish(e.decided, now)
	return nil
}

// hanging is after how long those who have measured go on with their history, and do
// not wait for the others any more.
const hanging = measuring / 3

// measureAll has each feed measure what is due.
func (e *Engine) measureAll(ctx context.Context, now time.Time) (ends [][]slo.Minute, requests [][]*request) {
	ends, requests = make([][]slo.Minute, len(e.feeds)), make([][]*request, len(e.feeds))
	asking, cancel := e.clock.WithTimeout(ctx, measuring)
	defer cancel()
	waiting, stop := context.WithCancel(asking)
	defer stop()
	var turn sync.Mutex
	var left atomic.Int64
	left.Store(int64(len(e.feeds)))
	e.eachFeed(func(n int, f *feed) {
		ends[n] = f.ends(asking, now)
		requests[n] = f.measure(asking, e.clock, ends[n], now)
		f.pace.note(asking.Err() != nil, e.clock.Now().Sub(now))
		if left.Add(-1) == 0 {
			stop()
		}
		if waiting.Err() != nil || e.clock.Sleep(waiting, hanging) != nil {
			return
		}
		for more := true; more && waiting.Err() == nil; {
			var err error
			if more, err = e.do(ctx, waiting, f, &turn); err != nil {
				e.log.Error("the history could not be filled in and will be later", "error", err)
				return
			}
		}
	})
	return ends, requests
}

// clockIsBack is how far a clock may be put back and windows wait until it has
// caught up. Beyond that it was wrong before.
const clockIsBack = time.Hour

// rewind goes back to the time of a clock that was far ahead. What was measured
// is kept; what is known of sources is asked for again.
func (e *Engine) rewind(ctx context.Context, now time.Time) error {
	feeds := feedsOf(e.specs)
	if err := e.load(ctx, endsOf(ctx, feeds, e.state.measured, now)); err != nil {
		return err
	}
	e.feeds, e.last = feeds, time.Time{}
	assign(e.state, e.feeds)
	return nil
}

func (e *Engine) eachFeed(do func(int, *feed)) {
	var wait sync.WaitGroup
	for n, f := range e.feeds {
		wait.Go(func() { do(n, f) })
	}
	wait.Wait()
}

// measure asks for everything that is due.
func (f *feed) measure(ctx context.Context, clock Clock, ends []slo.Minute, now time.Time) []*request {
	f.findExtents(ctx, clock, now)
	f.lookBack(ctx, ends)
	list := f.due(ends, now, mostRows)
	f.ask(ctx, list, every)
	return list
}

// ask has the source answer requests, whose spans are cut as cuts says.
func (f *feed) ask(ctx context.Context, list []*request, cuts func(slo.Span) []slo.Minute) {
	asked := make([]sources.Request, len(list))
	for k, r := range list {
		asked[k] = sources.Request{SLO: r.indicator.slo, Cuts: cuts(r.span), Need: r.need}
	}
	for k, answer := range f.source.Counts(ctx, asked) {
		list[k].answer = answer
		f.failed(ctx, answer.Err)
	}
}

// endsOf returns the ends of columns. What no source measures ends with the time.
func (e *Engine) endsOf(byFeed [][]slo.Minute, now time.Time) []slo.Minute {
	ends := make([]slo.Minute, len(e.state.measured))
	owned := make([]bool, len(ends))
	for k := range ends {
		ends[k] = slo.MinuteAt(now)
	}
	for n, f := range e.feeds {
		for k, i := range f.indicators {
			for _, column := range i.columns {
				if ends[column] = byFeed[n][k]; ends[column] >= i.end { // and else the clock was ahead
					ends[column] = max(ends[column], e.state.ends[column])
				}
				owned[column] = true
			}
		}
	}
	for k := range ends {
		if !owned[k] {
			ends[k] = max(ends[k], e.state.ends[k])
		}
	}
	return ends
}

// take holds what was read against what is kept, decides, and commits: in a tick
// also about alerts, which history says nothing to until the next one.
func (e *Engine) take(ctx context.Context, ends []slo.Minute, read []*request, now time.Time, isTick bool) error {
	byFeed := e.byFeed(read)
	return e.around(func() error {
		for _, f := range e.feeds {
			if err := e.compare(ctx, f, byFeed[f], now); err != nil {
				return errorf("compare with what is kept", err)
			}
		}
		return e.decide(ctx, ends, read, now, isTick)
	})
}

// decide moves the windows on to ends, with what was read, and makes it durable.
// It is a function of what is kept, of what was read and of the time.
func (e *Engine) decide(ctx context.Context, ends []slo.Minute, read []*request, now time.Time, isTick bool) error {
	far := e.state.behind(ends) > mostSteps
	at := slices.Clone(ends) // windows are summed up to
	for k := range at {
		if !far {
			at[k] = min(ends[k], e.state.ends[k])
		}
	}
	if far || !e.loaded || !slices.Equal(at, e.state.ends) {
		if err := e.load(ctx, at); err != nil {
			return errorf("sum the windows", err)
		}
	}
	e.loaded = false // until it agrees with what is kept
	before := e.state.ends
	var d decided
	v := newVerdict(e.alerts, e.specs.Set, now)
	if isTick {
		v.sources = e.failing(read, now)
	}
	err := e.move(ctx, ends, read, v)
	if err == nil && isTick {
		v.see(e.state.evaluator.Snapshot(v.at))
		d, err = v.decide()
	}
	if measured := e.batches(read); err == nil && len(measured)+len(d.entries) > 0 {
		err = errorf("commit", e.ledger.Commit(ctx, burnrate.Tick{At: now, Measured: measured, Entries: d.entries}))
	}
	if err != nil {
		e.state.ends = before // no minute is left out when it is repeated
		return err
	}
	if e.loaded = true; isTick {
		e.alerts, e.decided = d.alerts, v.last
		e.tell(v.events)
		e.deliver(d.letters)
	}
	e.meters.count(e.state, read)
	e.former.note(e.state, read)
	for _, r := range read {
		for _, c := range r.changes {
			if e.counts.Rows++; c.before.Measured {
				e.counts.Corrections++
			}
		}
		r.settle()
	}
	return nil
}

// move moves the windows on, minute by minute, and then changes what is in them. A
// verdict sees each minute since the last tick, but for the one of this tick.
func (e *Engine) move(ctx context.Context, ends []slo.Minute, read []*request, v *verdict) error {
	before := e.state.ends
	entering := map[slo.Minute][]columnRow{}
	e.state.eachChange(read, func(column int, c change) {
		if c.minute >= before[column] {
			entering[c.minute] = append(entering[c.minute], columnRow{column, c.after})
		}
	})
	err := e.state.advance(ctx, e.ledger, ends, entering, func(left int64) {
		// A slice moves its windows on by several minutes at once, of which the others
		// were judged already.
		if at := v.at.Add(-time.Duration(left) * time.Minute); at.Sub(v.states.At) >= time.Minute/2 {
			v.see(e.state.evaluator.Snapshot(at))
		}
	})
	if err != nil {
		return errorf("move the windows on", err)
	}
	e.state.eachChange(read, func(column int, c change) {
		if c.minute < before[column] {
			e.state.evaluator.Correct(c.minute, column, c.before, c.after)
		}
	})
	return nil
}

// batches are the changes by feed. The newest minutes are of all its indicators,
// in the same order each time.
func (e *Engine) batches(read []*request) []burnrate.Batch {
	byFeed := e.byFeed(slices.DeleteFunc(slices.Clone(read), func(r *request) bool { return len(r.changes) == 0 }))
	var batches []burnrate.Batch
	for _, f := range e.feeds {
		if len(byFeed[f]) > 0 {
			batches = append(batches, batch(f.indicators, byFeed[f]))
		}
	}
	return batches
}

// load sums the windows anew: after what was decided could not be kept, or after a
// long pause.
func (e *Engine) load(ctx context.Context, ends []slo.Minute) error {
	kept, err := e.ledger.State(ctx)
	if err != nil {
		return err
	}
	e.loaded = false // when the minutes could be summed, and the hours not
	if err := e.state.load(ctx, e.ledger, kept.Since, ends); err != nil {
		return err
	}
	e.loaded = true
	return nil
}

// moveOn notes up to when a feed was measured: what was not is a gap.
func (f *feed) moveOn(ends []slo.Minute, requests []*request, now time.Time) {
	newest := map[*indicator]*request{}
	older := map[*indicator]error{}
	for _, r := range requests {
		if r.need == sources.Fresh {
			newest[r.indicator] = r
		} else {
			older[r.indicator] = cmp.Or(older[r.indicator], r.answer.Err)
		}
	}
	for i, err := range older {
		i.again.note(err, now)
	}
	for k, i := range f.indicators {
		if i.known && i.end > 0 {
			i.gaps.add(slo.Span{Start: max(i.start, i.end), End: ends[k]})
		}
		if r := newest[i]; r != nil {
			if i.err != nil && r.answer.Err == nil { // it is back
				i.filling, i.again = pause{}, pause{}
			}
			if i.err, i.notes = r.answer.Err, r.answer.Notes; r.answer.Err == nil {
				i.read, i.fresh = r.span.End, r.span.End
				i.gaps.remove(r.span)
			}
			if r.large > 0 {
				i.err = fmt.Errorf("a minute has a total of %d, and one of at most %d can be kept: count in a larger unit", r.large, int64(burnrate.MostCounted))
			}
		}
		i.end = ends[k]
		i.gaps.remove(slo.Span{End: i.start})
		i.gaps.remove(slo.Span{Start: i.end, End: never}) // the clock was ahead
		i.owed.remove(slo.Span{End: i.end - f.remembered()})
		i.moved.remove(slo.Span{End: i.end - f.remembered()})
		i.unsure.remove(slo.Span{End: i.end - f.remembered()})
	}
	if len(ends) > 0 {
		f.doubts.Forget(slices.Min(ends) - f.remembered())
	}
}

// vanished is what is said while zeroes are not believed.
const vanished = "events that were there are answered as none: may they still be read with this key? What was measured of them stays as it was, and is looked at again"

// fail notes that something could not be kept: the view stays as it was but for that.
func (e *Engine) fail() {
	e.counts.Failed++
	if view := e.view.Load(); view != nil {
		e.view.Store(&View{Set: view.Set, Snapshot: view.Snapshot, Alerts: view.Alerts, Progress: view.Progress, Counters: e.counts})
	}
}

// republish makes a view of what is known between ticks. It decides nothing about
// alerts.
func (e *Engine) republish(now time.Time) {
	s := e.state.evaluator.Snapshot(now)
	s.Sources = e.decided.Sources
	e.publish(s, now)
}

// publish makes a view of a snapshot.
func (e *Engine) publish(s burnrate.Snapshot, now time.Time) {
	measured := make([]bool, len(e.state.measured))
	for _, f := range e.feeds {
		e.counts.Errors += f.errors
		f.errors = 0
		held := f.doubts.Held()
		for _, i := range f.indicators {
			for _, column := range i.columns {
				measured[column] = true
				id := e.state.measured[column].ID
				if i.err != nil {
					s.Failures = append(s.Failures, burnrate.Failure{ID: id, Message: i.err.Error()})
				}
				for _, note := range i.notes {
					s.Notices = append(s.Notices, burnrate.Notice{ID: id, Message: note})
				}
				if i.dark() || held[i.id] > 0 {
					s.Notices = append(s.Notices, burnrate.Notice{ID: id, Message: vanished})
				}
				if i.never && !i.known {
					s.Notices = append(s.Notices, burnrate.Notice{ID: id, Message: neverSeen(i.slo)})
				}
			}
		}
	}
	for k, m := range e.state.measured {
		if !measured[k] {
			s.Failures = append(s.Failures, burnrate.Failure{ID: m.ID, Message: errNoSource.Error()})
		}
	}
	s.Failures = append(s.Failures, e.lossFailures()...)
	sortByID(&s)
	s.Meters, s.Previous, s.Seams = e.meters.show(e.state, e.feeds), e.former.show(e.state, s.Statuses), e.state.seamsAt(e.state.ends)
	e.view.Store(&View{Set: e.specs.Set, Snapshot: s, Alerts: e.alerts.Alerts, Progress: e.progress(now), Counters: e.counts})
}

// sortByID orders what is said of SLOs.
func sortByID(s *burnrate.Snapshot) {
	slices.SortStableFunc(s.Failures, func(a, b burnrate.Failure) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(s.Notices, func(a, b burnrate.Notice) int { return cmp.Compare(a.ID, b.ID) })
}
