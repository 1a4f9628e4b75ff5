package burnrate

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// Needs returns the minutes that [Evaluator.Advance] reads to move on to ends:
// those that enter windows, and those that leave them. For a minute's advance
// of the windows 5m and 28d they are the newest minute, the one 5 minutes
// before it and the one 28 days before it.
func (e *Evaluator) Needs(ends []slo.Minute) []slo.Minute {
	needs := map[slo.Minute]bool{}
	for i, c := range e.columns {
		for minute := c.end; minute < ends[i]; minute++ {
			needs[minute] = true
		}
	}
	for move := range e.moves(ends) {
		for _, step := range move.steps {
			needs[step.enters] = true
			for _, leaves := range step.leaves {
				needs[leaves] = true
			}
			for i := range step.flows {
				needs[step.flows[i].enters], needs[step.flows[i].leaves] = true, true
			}
		}
	}
	delete(needs, nothing)
	minutes := make([]slo.Minute, 0, len(needs))
	for m := range needs {
		minutes = append(minutes, m)
	}
	slices.Sort(minutes)
	return minutes
}

// Advance moves the windows on: those of each SLO to its end, those of a
// journey to the earliest of its steps'. An end that is not later than the one
// before stays. records yields the minutes of [Evaluator.Needs] in any order,
// also those in which nothing was measured; their rows must not change until
// Advance returns. After an error nothing has moved.
func (e *Evaluator) Advance(ends []slo.Minute, records iter.Seq2[Record, error]) error {
	rows := map[slo.Minute][]Row{}
	for record, err := range records {
		if err == nil {
			err = e.check(record.Minute, record.Rows)
		}
		if err != nil {
			return err
		}
		rows[record.Minute] = record.Rows
	}
	return e.AdvanceFrom(ends, func(minute slo.Minute) ([]Row, bool) {
		found, fed := rows[minute]
		return found, fed
	})
}

// AdvanceFrom is [Evaluator.Advance] for who has minutes at hand: rows returns those
// of a minute, and false when it has to be fed first.
func (e *Evaluator) AdvanceFrom(ends []slo.Minute, rows func(slo.Minute) ([]Row, bool)) error {
	if len(ends) != len(e.columns) {
		return fmt.Errorf("%d minutes for %d SLOs", len(ends), len(e.columns))
	}
	fed := feeding{check: e.check, rows: rows, last: nothing}
	moves := map[moveKey]*move{}
	for m := range e.moves(ends) {
		if err := m.find(&fed); err != nil {
			return err
		}
		moves[m.key] = m
	}
	for i, c := range e.columns {
		for minute := c.end; minute < ends[i]; minute++ {
			if _, err := fed.at(minute, "enters"); err != nil {
				return err
			}
		}
	}
	e.advance(ends, moves, &fed)
	return nil
}

// feeding is what is fed. Many ask for the same minute one after the other.
type feeding struct {
	rows  func(slo.Minute) ([]Row, bool)
	check func(slo.Minute, []Row) error
	last  slo.Minute
	found []Row // of the last one
}

// at returns the rows of a minute, of which is said what it does when it is missing.
func (f *feeding) at(minute slo.Minute, does string) ([]Row, error) {
	if minute == f.last {
		return f.found, nil
	}
	found, fed := f.rows(minute)
	if !fed {
		return nil, fmt.Errorf("minute %d %s and was not fed", minute, does)
	}
	if err := f.check(minute, found); err != nil {
		return nil, err
	}
	f.last, f.found = minute, found
	return found, nil
}

func (e *Evaluator) advance(ends []slo.Minute, moves map[moveKey]*move, fed *feeding) {
	for _, end := range ends {
		e.agree(end)
	}
	for i, c := range e.columns {
		for minute := c.end; minute < ends[i]; minute++ {
			if rows, err := fed.at(minute, "enters"); err == nil && rows != nil && rows[i].Measured {
				c.since = min(c.since, minute)
				c.forgetCoarse(minute)
			}
		}
		c.end = max(c.end, ends[i])
	}
	var last moveKey // of many views in a row
	var m *move
	for _, c := range e.columns {
		for _, v := range c.views {
			if key := (moveKey{v.shape.windows, v.end, v.followedEnd()}); key != last {
				last, m = key, moves[key]
			}
			if m != nil {
				m.apply(v, c)
			}
			v.since = min(c.since, v.end)
		}
		c.forgetInvalid()
	}
	e.agree(e.plan.horizon().End)
}

// Correct replaces what was measured in a minute that was fed before, of the id
// at an index of [Evaluator.Measured]: when events came late, or a gap was filled. The caller knows both
// rows from its ledger. The first measured minute stays the first one, also when
// it turns out not to have been measured: what follows it is then a gap.
func (e *Evaluator) Correct(minute slo.Minute, index int, before, after Row) {
	c := e.columns[index]
	if after.Measured {
		c.since = min(c.since, minute)
		c.forgetCoarse(minute)
	}
	for _, v := range c.views {
		v.since = min(c.since, v.end)
		if minute >= v.end {
			continue // it will enter as it is now
		}
		effect := v.excluded.effect(minute)
		v.correctFlows(minute, &before, &after, effect)
		was, is := sumOf(&before, 1), sumOf(&after, 1)
		for i := range v.around {
			if v.around[i].Start <= minute {
				v.tallies.remove(i, &was, effect)
				v.tallies.add(i, &is, effect)
			}
		}
	}
	if minute < c.end {
		at, found := c.findInvalid(minute)
		if found {
			c.invalid = slices.Delete(c.invalid, at, at+1)
		}
		c.noteInvalid(minute, &after)
		c.forgetInvalid()
	}
}

// nothing stands for a minute that is not: no row leaves a calendar window.
const nothing = slo.Minute(math.MinInt64)

// moveKey tells moves apart: many views have the same windows and ends.
type moveKey struct {
	windows  *windows
	from, to slo.Minute
}

// move is how windows move from one end to another.
type move struct {
	key    moveKey
	around []slo.Span // of the windows, afterwards
	steps  []moveStep
}

// moveStep moves all windows on by one minute.
type moveStep struct {
	enters slo.Minute
	leaves []slo.Minute // of each window
	begins []bool       // of each window: it begins with the minute that enters

	entering []Row // of all that is measured; nil when nothing was measured
	leaving  [][]Row
	flows    []flowStep // of each flow, the days of one after those of another
}

// flowStep moves a flow on by one minute.
type flowStep struct {
	enters, leaves    slo.Minute
	entering, leaving []Row
}

// moves yields each move once.
func (e *Evaluator) moves(ends []slo.Minute) iter.Seq[*move] {
	later := func(v *view) slo.Minute {
		return earliest(v.followed, func(c *column) slo.Minute { return max(c.end, ends[c.index]) })
	}
	return func(yield func(*move) bool) {
		seen := map[moveKey]bool{}
		var last moveKey // of many views in a row
		for _, v := range e.plan.views {
			key := moveKey{v.shape.windows, v.end, later(v)}
			if key.from >= key.to || key == last || seen[key] {
				continue
			}
			seen[key], last = true, key
			if !yield(newMove(key)) {
				return
			}
		}
	}
}

func newMove(key moveKey) *move {
	m := &move{key: key}
	around := make([]slo.Span, len(key.windows.list))
	for i, w := range key.windows.list {
		around[i] = w.Around(key.from)
	}
	for minute := key.from; minute < key.to; minute++ {
		step := moveStep{enters: minute, leaves: make([]slo.Minute, len(around)), begins: make([]bool, len(around))}
		for i, w := range key.windows.list {
			step.leaves[i] = nothing
			switch {
			case !w.IsCalendar():
				step.leaves[i] = minute - slo.Minute(w.Minutes())
				around[i] = w.Around(minute + 1)
			case minute >= around[i].End: // then a period begins
				step.begins[i] = true
				around[i] = w.Around(minute + 1)
			}
		}
		for _, minutes := range key.windows.flows {
			for k := range len(flows{}) {
				enters := minute - slo.Minute(daysBefore(k)*minutesOfDay)
				step.flows = append(step.flows, flowStep{enters: enters, leaves: enters - slo.Minute(minutes)})
			}
		}
		m.steps = append(m.steps, step)
	}
	m.around = around
	return m
}

// find looks up the rows of the minutes.
func (m *move) find(fed *feeding) (err error) {
	for i := range m.steps {
		step := &m.steps[i]
		if step.entering, err = fed.at(step.enters, "enters"); err != nil {
			return err
		}
		step.leaving = make([][]Row, len(step.leaves))
		for w, minute := range step.leaves {
			if minute == nothing {
				continue
			}
			if step.leaving[w], err = fed.at(minute, "leaves a window"); err != nil {
				return err
			}
		}
		for k := range step.flows {
			f := &step.flows[k]
			if f.entering, err = fed.at(f.enters, "of a day before enters"); err != nil {
				return err
			}
			if f.leaving, err = fed.at(f.leaves, "of a day before leaves"); err != nil {
				return err
			}
		}
	}
	return nil
}

// apply moves a view of a column.
func (m *move) apply(v *view, c *column) {
	for i := range m.steps {
		step := &m.steps[i]
		var sum Sum
		if step.entering != nil {
			row := &step.entering[c.index]
			sum = sumOf(row, 1)
			c.noteInvalid(step.enters, row)
		}
		effect := v.excluded.effect(step.enters)
		for w := range v.around {
			if step.begins[w] {
				v.tallies.clear(w)
			}
			v.tallies.add(w, &sum, effect)
			if left := step.leaving[w]; left != nil {
				gone := sumOf(&left[c.index], 1)
				v.tallies.remove(w, &gone, v.excluded.effect(step.leaves[w]))
			}
		}
		for k := range step.flows {
			v.moveFlow(&v.flows[k/len(flows{})][k%len(flows{})], &step.flows[k], c.index)
		}
	}
	v.end = m.key.to
	copy(v.around, m.around)
}

// moveFlow moves one flow of a column.
func (v *view) moveFlow(f *flow, step *flowStep, column int) {
	if step.entering != nil {
		f.add(flowOf(&step.entering[column], v.excluded.effect(step.enters)))
	}
	if step.leaving != nil {
		f.remove(flowOf(&step.leaving[column], v.excluded.effect(step.leaves)))
	}
}

// followedEnd is the earliest end of what a view follows.
func (v *view) followedEnd() slo.Minute {
	return earliest(v.followed, func(c *column) slo.Minute { return c.end })
}

func (c *column) findInvalid(minute slo.Minute) (int, bool) {
	return slices.BinarySearchFunc(c.invalid, minute, func(i Invalid, m slo.Minute) int { return cmp.Compare(i.Span.Start, m) })
}

// noteInvalid keeps a row that cannot be, to be reported: once, although it
// enters several views.
func (c *column) noteInvalid(minute slo.Minute, row *Row) {
	if !row.Measured || row.consistent() {
		return
	}
	at, found := c.findInvalid(minute)
	if found {
		return
	}
	c.invalid = slices.Insert(c.invalid, at, Invalid{slo.Span{Start: minute, End: minute + 1}, *row})
}

// seenInvalid returns what is within windows. Those of journeys may end before
// the column does.
func (c *column) seenInvalid() []Invalid {
	if len(c.invalid) == 0 {
		return nil
	}
	end := slo.Minute(math.MinInt64)
	for _, v := range c.views {
		if len(v.around) > 0 {
			end = max(end, v.end)
		}
	}
	at, _ := c.findInvalid(end)
	return c.invalid[:at]
}

// forgetInvalid drops what has left all windows.
func (c *column) forgetInvalid() {
	if len(c.invalid) == 0 {
		return
	}
	start := c.end
	for _, v := range c.views {
		if len(v.around) > 0 {
			start = min(start, v.reach().Start)
		}
	}
	at, _ := c.findInvalid(start)
	c.invalid = c.invalid[at:]
}
