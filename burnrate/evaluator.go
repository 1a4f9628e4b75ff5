package burnrate

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Record is one minute of every indicator, in the order of
// [Evaluator.Indicators]. Rows is nil when nothing was measured.
type Record struct {
	Minute slo.Minute
	Rows   []Row
}

// Evaluator keeps the sums of all windows of a set up to date, minute by
// minute. To advance by a minute takes a constant number of operations for each
// window, however long it is: a row enters, and one leaves. Sums are integers,
// so that its snapshots are equal to those of [Evaluate], to the last bit.
//
// It holds no minutes. Those that it needs are asked for with
// [Evaluator.Needs], and fed by the caller, who has them in a ledger.
//
//	e := burnrate.NewEvaluator(set)
//	err := e.Load(since, ends, history)    // once
//	err = e.Advance(ends, records(e.Needs(ends)))  // every minute
//	e.Correct(minute, indicator, before, after)    // late events
//	snapshot := e.Snapshot(at)
//
// It is made for one set: after a change of specs, make another one and load
// it. An Evaluator is not safe for concurrent use; its snapshots are.
type Evaluator struct {
	plan     *plan
	columns  []*column
	watchers []watcher
	agreed   slo.Minute // up to when the times of exclusions are known
}

// column is what is known of one indicator.
type column struct {
	index     int
	indicator slo.IndicatorID
	end       slo.Minute
	since     slo.Minute // first measured minute; math.MaxInt64 when there is none
	views     []*view
	invalid   []Invalid // in order, within the windows
}

// watcher is the view of a column by one of the ids that a set measures.
type watcher struct {
	id     string
	unit   int64 // of its counts
	column *column
}

// NewEvaluator makes an evaluator without measurements.
func NewEvaluator(set *slo.Set) *Evaluator {
	e := &Evaluator{plan: newPlan(set)}
	byIndicator, byID := map[slo.IndicatorID]*column{}, map[string]*column{}
	for _, s := range set.Measured() {
		indicator := s.Indicator
		if indicator == "" {
			indicator = slo.IndicatorID(s.ID)
		}
		c := byIndicator[indicator]
		if c == nil {
			c = &column{index: len(e.columns), indicator: indicator, since: math.MaxInt64}
			byIndicator[indicator] = c
			e.columns = append(e.columns, c)
		}
		byID[s.ID] = c
		e.watchers = append(e.watchers, watcher{s.ID, s.SLI.Unit(), c})
	}
	for _, v := range e.plan.views {
		c := byID[v.id]
		c.views = append(c.views, v)
	}
	for _, v := range e.plan.views {
		for _, id := range v.follows {
			v.followed = append(v.followed, byID[id])
		}
	}
	return e
}

// Indicators returns the indicators of the set, each once: the order of rows in
// a [Record], and of what is passed for each indicator.
func (e *Evaluator) Indicators() []slo.IndicatorID {
	ids := make([]slo.IndicatorID, len(e.columns))
	for i, c := range e.columns {
		ids[i] = c.indicator
	}
	return ids
}

// Ends returns up to when each indicator was measured.
func (e *Evaluator) Ends() []slo.Minute {
	ends := make([]slo.Minute, len(e.columns))
	for i, c := range e.columns {
		ends[i] = c.end
	}
	return ends
}

// Reach returns the minutes that [Evaluator.Load] sums for windows that end
// with ends.
func (e *Evaluator) Reach(ends []slo.Minute) slo.Span {
	if len(ends) == 0 {
		return slo.Span{}
	}
	reach := slo.Span{Start: slices.Min(ends), End: slices.Max(ends)}
	for _, v := range e.plan.views {
		end := earliest(v.followed, func(c *column) slo.Minute { return ends[c.index] })
		for _, w := range v.shape.windows.list {
			reach.Start = min(reach.Start, w.Around(end).Start)
		}
	}
	return reach
}

// Load sums all windows from scratch. For each indicator, since is its first
// measured minute of all, math.MaxInt64 when there is none, and ends says what
// is behind its newest closed one. history yields the records of
// [Evaluator.Reach] in order; minutes that it leaves out were not measured. It
// takes one operation for each row and view. After an error, load again.
func (e *Evaluator) Load(since, ends []slo.Minute, history iter.Seq2[Record, error]) error {
	if len(since) != len(e.columns) || len(ends) != len(e.columns) {
		return fmt.Errorf("%d and %d minutes for %d indicators", len(since), len(ends), len(e.columns))
	}
	for i, c := range e.columns {
		c.since, c.end, c.invalid = since[i], ends[i], nil
	}
	for _, v := range e.plan.views {
		v.place(v.followedEnd())
	}
	e.agreed = math.MinInt64
	e.agree(e.plan.horizon().End)
	for _, c := range e.columns {
		for _, v := range c.views {
			v.tallies = newTallies(len(v.around), !v.excluded.none())
			v.since = min(c.since, v.end)
		}
	}
	return e.load(history)
}

// load walks through the history once. The windows of a view have one end, so
// each is what was summed at that end less what was summed before its start.
func (e *Evaluator) load(history iter.Seq2[Record, error]) error {
	loading := make([][]loader, len(e.columns))
	for i, c := range e.columns {
		for _, v := range c.views {
			loading[i] = append(loading[i], newLoader(v))
		}
	}
	last := slo.Minute(math.MinInt64)
	for record, err := range history {
		if err == nil {
			err = e.check(record)
		}
		if err == nil && record.Minute <= last {
			err = fmt.Errorf("minute %d follows minute %d", record.Minute, last)
		}
		if err != nil {
			return err
		}
		last = record.Minute
		for i := range record.Rows {
			row := &record.Rows[i]
			sum := sumOf(row, 1)
			for k := range loading[i] {
				loading[i][k].add(record.Minute, &sum)
			}
			if c := e.columns[i]; record.Minute < c.end {
				c.noteInvalid(record.Minute, row)
			}
		}
	}
	for _, c := range e.columns {
		c.forgetInvalid()
	}
	for _, loaders := range loading {
		for i := range loaders {
			loaders[i].finish()
		}
	}
	return nil
}

func (e *Evaluator) check(r Record) error {
	if r.Rows != nil && len(r.Rows) != len(e.columns) {
		return fmt.Errorf("minute %d has %d rows for %d indicators", r.Minute, len(r.Rows), len(e.columns))
	}
	return nil
}

// loader sums the history of one view.
type loader struct {
	view  *view
	order []int   // windows, the earliest start first; those that have begun are gone
	sum   tallies // of one window, which holds the whole history
}

func newLoader(v *view) loader {
	l := loader{view: v, sum: newTallies(1, !v.excluded.none())}
	for i := range v.around {
		l.order = append(l.order, i)
	}
	slices.SortFunc(l.order, func(a, b int) int { return cmp.Compare(v.around[a].Start, v.around[b].Start) })
	return l
}

func (l *loader) add(minute slo.Minute, sum *Sum) {
	if len(l.order) > 0 {
		l.begin(minute)
	}
	if minute < l.view.end {
		l.sum.add(0, sum, l.view.excluded.effect(minute))
	}
}

// begin remembers what was summed in front of the windows that begin by a
// minute.
func (l *loader) begin(minute slo.Minute) {
	for len(l.order) > 0 && l.view.around[l.order[0]].Start <= minute {
		l.view.tallies.mark(l.order[0], &l.sum)
		l.order = l.order[1:]
	}
}

func (l *loader) finish() {
	l.begin(math.MaxInt64)
	for i := range l.view.around {
		l.view.tallies.since(i, &l.sum)
	}
}

// agreedAhead is how far ahead the times of exclusions are looked up.
const agreedAhead = 32 * 24 * 60

// agree looks up the times of exclusions, from the windows as they are to some
// time after the given minute, unless they are known so far.
func (e *Evaluator) agree(until slo.Minute) {
	if until <= e.agreed {
		return
	}
	e.agreed = until + agreedAhead
	e.plan.exclude(slo.Span{Start: e.plan.horizon().Start, End: e.agreed})
}

// Snapshot judges everything as it was measured up to the ends. What could not
// be measured is for the caller to add.
func (e *Evaluator) Snapshot(at time.Time) Snapshot {
	var failures []Failure
	for _, w := range e.watchers {
		failures = append(failures, invalidFailure(w.id, w.unit, w.column.seenInvalid())...)
	}
	return e.plan.snapshot(at, failures)
}
