package burnrate

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Record is one minute of everything that is measured, in the order of
// [Evaluator.Measured]. Rows is nil when nothing was measured.
type Record struct {
	Minute slo.Minute
	Rows   []Row
}

// Evaluator keeps the sums of all windows of a set up to date, minute by
// minute. To advance by a minute takes a constant number of operations for each
// window, however long it is: a row enters, and one leaves. Sums are integers,
// so that its snapshots are equal to those of [Evaluate], to the last bit, unless
// coarse hours are known to it, see [Evaluator.SetCoarse].
//
// It holds no minutes. Those that it needs are asked for with
// [Evaluator.Needs], and fed by the caller, who has them in a ledger.
//
//	e := burnrate.NewEvaluator(set)
//	err := e.Load(history) // once: what lies between burnrate.LoadCuts(set, extents)
//	err = e.Advance(ends, records(e.Needs(ends)))  // every minute
//	e.Correct(minute, index, before, after)        // late events
//	err = e.SetCoarse(index, hours)                // while a backfill lasts
//	snapshot := e.Snapshot(at)
//
// It knows ids and no indicators: two SLOs that count the same now may have
// different histories. It is made for one set: after a change of specs, make
// another one and load it. An Evaluator is not safe for concurrent use; its
// snapshots are.
type Evaluator struct {
	plan    *plan
	columns []*column
	agreed  slo.Minute // up to when the times of exclusions are known
}

// column is what is known of one id that is measured.
type column struct {
	index   int
	id      string
	unit    int64 // of its counts
	end     slo.Minute
	since   slo.Minute // first measured minute; math.MaxInt64 when there is none
	views   []*view
	invalid []Invalid // in order, within the windows
	sliced  bool      // its SLI has slices, which coarse hours say nothing about
	hours   hours     // coarse ones
	wrong   []Invalid // coarse hours that cannot be
}

// NewEvaluator makes an evaluator without measurements.
func NewEvaluator(set *slo.Set) *Evaluator {
	e := &Evaluator{plan: newPlan(set, true)}
	byID := map[string]*column{}
	for _, s := range set.Measured() {
		c := &column{index: len(e.columns), id: s.ID, unit: s.SLI.Unit(), since: math.MaxInt64, sliced: s.SLI.Slice != nil}
		byID[s.ID] = c
		e.columns = append(e.columns, c)
	}
	for _, v := range e.plan.views {
		c := byID[v.id]
		c.views = append(c.views, v)
		for _, id := range v.follows {
			v.followed = append(v.followed, byID[id])
		}
	}
	return e
}

// Measured returns the ids of what is measured: the order of rows in a
// [Record], and of what is passed for each of them.
func (e *Evaluator) Measured() []string {
	ids := make([]string, len(e.columns))
	for i, c := range e.columns {
		ids[i] = c.id
	}
	return ids
}

// Ends returns up to when each was measured.
func (e *Evaluator) Ends() []slo.Minute {
	ends := make([]slo.Minute, len(e.columns))
	for i, c := range e.columns {
		ends[i] = c.end
	}
	return ends
}

// Load sums all windows from scratch. history has, for each id that is
// measured, the series between its minutes of [LoadCuts]. The extent of a series
// begins with the first measured minute of all and ends behind the newest closed
// one; it is empty, but has its end, when nothing was measured yet.
func (e *Evaluator) Load(history map[string]Series) error {
	for _, c := range e.columns {
		if _, given := history[c.id]; !given {
			return fmt.Errorf("%s has no history", c.id)
		}
	}
	for _, c := range e.columns {
		s := history[c.id]
		c.since, c.end, c.invalid = math.MaxInt64, s.extent.End, slices.Clone(s.invalid)
		c.hours, c.wrong = hours{}, nil
		if s.extent.Len() > 0 {
			c.since = s.extent.Start
		}
	}
	for _, v := range e.plan.views {
		v.place(v.followedEnd())
	}
	e.agreed = math.MinInt64
	e.agree(e.plan.horizon().End)
	for _, c := range e.columns {
		for _, v := range c.views {
			v.fill(history[c.id])
		}
		c.forgetInvalid()
	}
	return nil
}

// Excluded reports whether exclusions have what is bad in a minute not count against
// the id at an index of [Evaluator.Measured], as far back as its windows reach.
func (e *Evaluator) Excluded(minute slo.Minute, index int) bool {
	return e.columns[index].views[0].excluded.effect(minute) != ""
}

func (e *Evaluator) check(minute slo.Minute, rows []Row) error {
	if rows != nil && len(rows) != len(e.columns) {
		return fmt.Errorf("minute %d has %d rows for %d SLOs", minute, len(rows), len(e.columns))
	}
	return nil
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
	for _, c := range e.columns {
		for _, v := range c.views {
			v.takeCoarse(&c.hours)
		}
	}
}

// Snapshot judges everything as it was measured up to the ends. What could not
// be measured is for the caller to add.
func (e *Evaluator) Snapshot(at time.Time) Snapshot { return e.SnapshotIn(&Room{}, at) }

// Room is the memory of a snapshot, 2.2 kB for each SLO. Who looks at many snapshots,
// each for a moment, makes less garbage by using it again.
type Room struct {
	statuses []Status
	space    space
}

// SnapshotIn is [Evaluator.Snapshot] in a room. It holds until the room is used
// again: that of one evaluator, for as long as there is nothing else to keep.
func (e *Evaluator) SnapshotIn(room *Room, at time.Time) Snapshot {
	var failures []Failure
	for _, c := range e.columns {
		if len(c.wrong)+len(c.invalid) > 0 {
			failures = append(failures, invalidFailure(c.id, c.unit, slices.Concat(c.wrongCoarse(), c.seenInvalid()))...)
		}
	}
	return e.plan.snapshot(room, at, failures)
}
