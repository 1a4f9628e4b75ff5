package engine

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// meters count what becomes of minutes while the process runs, see [burnrate.Meter].
type meters struct {
	list  []meter // of columns
	order []int   // columns in the order of their ids
}

// meter is that of a column. What it shows never falls; a correction that takes
// something away is made up for by what comes later.
type meter struct {
	shown      burnrate.Meter
	base       slo.Minute // what was closed when it began; nothing before it is an event of its time
	end, since slo.Minute // what was closed at the last tick, and before it moved on to that
	now, late  tally      // as they are known now, at most what is shown
}

// tally is what minutes add up to.
type tally struct {
	events, rows burnrate.Outcomes
	minutes      int64
}

// newMeters are those of a state. Meters of ids that were there go on.
func newMeters(s *state, before meters) meters {
	known := make(map[string]meter, len(before.list))
	for _, m := range before.list {
		known[m.shown.ID] = m
	}
	next := meters{list: make([]meter, len(s.measured)), order: make([]int, len(s.measured))}
	for k, of := range s.measured {
		m := known[of.ID].in(of.SLI.Unit())
		m.shown.ID = of.ID
		next.list[k], next.order[k] = m, k
	}
	slices.SortFunc(next.order, func(a, b int) int { return cmp.Compare(s.measured[a].ID, s.measured[b].ID) })
	return next
}

// knownBack is how far behind the newest minute of all those of others are looked for
// that the process before has measured, in minutes.
const knownBack = 7 * 24 * minutesOfHour

// resume says up to when the process before has measured.
func (ms *meters) resume(ctx context.Context, history History, s *state, kept burnrate.Kept) error {
	search := &newest{
		state: s, since: kept.Since, timed: slices.Repeat([]bool{true}, len(s.measured)), back: knownBack, ends: make([]slo.Minute, len(s.measured)),
	}
	if err := search.run(ctx, history, slo.MinuteAt(kept.At)); err != nil {
		return errorf("look for the newest minutes", err)
	}
	for k, end := range search.ends {
		ms.list[k].shown.Watermark = end
	}
	return nil
}

// in returns the meter in another unit.
func (m meter) in(unit int64) meter {
	if m.runs() && m.shown.Unit != unit {
		for _, o := range []*burnrate.Outcomes{&m.now.events, &m.late.events, &m.shown.Events, &m.shown.Late} {
			o.Good, o.Bad = scaled(o.Good, unit, m.shown.Unit), scaled(o.Bad, unit, m.shown.Unit)
		}
	}
	m.shown.Unit = unit
	return m
}

// scaled returns a count in a unit, from another one. It is rounded up, as what is
// shown would fall otherwise.
func scaled(n, unit, from int64) int64 {
	n *= unit
	if n > 0 {
		n += from - 1
	}
	return n / from
}

// runs reports whether the meter has begun.
func (m *meter) runs() bool { return !m.shown.Began.IsZero() }

// begin has those begin that have not yet, at a tick whose ends the state has: what
// closes at the next one is the first that they count. Where the clock was ahead, and
// ends were put back, minutes from there on count again.
func (ms *meters) begin(s *state, now time.Time) {
	for k := range ms.list {
		m := &ms.list[k]
		if !m.runs() {
			m.shown.Began, m.base, m.end, m.since = now, s.ends[k], s.ends[k], s.ends[k]
		}
		m.base = min(m.base, s.ends[k])
	}
}

// count counts what was read and is kept: all of it together, so that one minute
// makes up for another.
func (ms *meters) count(s *state, read []*request) {
	for k := range ms.list {
		if m := &ms.list[k]; m.end != s.ends[k] {
			m.end, m.since = s.ends[k], m.end
		}
	}
	s.eachChange(read, func(column int, c change) {
		m := &ms.list[column]
		if !m.runs() || c.minute < m.base && !c.before.Measured {
			return // that is history
		}
		good := s.evaluator.Excluded(c.minute, column)
		known := &m.late
		if c.minute >= max(m.base, m.newest(s.measured[column])) {
			known = &m.now
		}
		known.add(tallyOf(c.after, good), 1)
		known.add(tallyOf(c.before, good), -1)
	})
	for k := range ms.list {
		m := &ms.list[k]
		raise(&m.shown.Events, m.now.events)
		raise(&m.shown.Rows, m.now.rows)
		m.shown.Minutes = max(m.shown.Minutes, m.now.minutes)
		raise(&m.shown.Late, m.late.events)
	}
}

// newest returns the first of the minutes whose events are of now: the newest few, or
// the newest slice. All that a file has more than before is of now, as its minutes
// close when it has them.
func (m *meter) newest(of *slo.SLO) slo.Minute {
	first := of.SLI.Closed(m.end - burnrate.SettlingMinutes)
	if of.Source != nil && of.Source.File != nil {
		first = min(first, m.since)
	}
	return first
}

// tallyOf returns what a row adds: nothing when it cannot be.
func tallyOf(r burnrate.Row, good bool) tally {
	if !r.Countable() {
		return tally{}
	}
	return tally{outcomes(r.Counts, good), outcomes(r.Rows, good), 1}
}

// outcomes returns what became of counted events, all of which may count as good.
func outcomes(c slo.Counts, good bool) burnrate.Outcomes {
	if good {
		return burnrate.Outcomes{Good: c.Total}
	}
	return burnrate.Outcomes{Good: c.Total - c.Bad, Bad: c.Bad}
}

// add adds another tally so many times.
func (t *tally) add(other tally, times int64) {
	t.events.Good += times * other.events.Good
	t.events.Bad += times * other.events.Bad
	t.rows.Good += times * other.rows.Good
	t.rows.Bad += times * other.rows.Bad
	t.minutes += times * other.minutes
}

// raise shows what is known as far as it is more than was shown.
func raise(shown *burnrate.Outcomes, known burnrate.Outcomes) {
	shown.Good, shown.Bad = max(shown.Good, known.Good), max(shown.Bad, known.Bad)
}

// show returns what the meters of ids show that have begun, which have been read
// up to where feeds have.
func (ms *meters) show(s *state, feeds []*feed) []burnrate.Meter {
	for _, f := range feeds {
		for _, i := range f.indicators {
			for _, column := range i.columns {
				m := &ms.list[column].shown
				m.Watermark = min(max(m.Watermark, i.fresh), s.ends[column])
			}
		}
	}
	list := make([]burnrate.Meter, 0, len(ms.list))
	for _, column := range ms.order {
		if m := &ms.list[column]; m.runs() {
			list = append(list, m.shown)
		}
	}
	return list
}
