package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Mender is a [Ledger] of which a part may be damaged while the rest can be read.
type Mender interface {
	// SetAside has the ledger go on without what could not be read since it was
	// called before, and returns what that was. Its minutes are not measured
	// then, and may be committed again.
	SetAside() []burnrate.Lost
}

// loss is what could not be read of the ledger, as long as it is missing.
type loss struct {
	span  slo.Span
	ids   map[slo.IndicatorID]bool
	asked bool // it is a gap of the indicators
}

// around does something that reads the ledger, and again without what turns out to
// be damaged: old minutes that cannot be read are no reason not to measure new
// ones.
func (e *Engine) around(do func() error) error {
	for {
		err := do()
		if err == nil || !e.setAside(err) {
			return err
		}
	}
}

// setAside takes damage out of what is read, and reports whether there was any.
func (e *Engine) setAside(err error) bool {
	mender, can := e.ledger.(Mender)
	if !can {
		return false
	}
	lost := mender.SetAside()
	if len(lost) == 0 {
		return false
	}
	e.log.Error("a part of the ledger cannot be read: its minutes count as not measured, and are asked for again", "error", err, "parts", len(lost))
	e.loaded = false // what is lost is still in the sums
	e.former.forget()
	for _, part := range lost {
		l := loss{span: part.Span, ids: make(map[slo.IndicatorID]bool, len(part.Indicators))}
		for _, id := range part.Indicators {
			l.ids[id] = true
		}
		e.losses = append(e.losses, l)
	}
	return true
}

// refill makes gaps of what was lost, to be filled in from the sources.
func (e *Engine) refill() {
	for n := range e.losses {
		l := &e.losses[n]
		if l.asked {
			continue
		}
		l.asked = true
		for _, f := range e.feeds {
			for _, i := range f.indicators {
				if l.ids[i.id] && i.known && i.end > 0 {
					i.gaps.add(l.span.Intersect(slo.Span{Start: i.oldest(), End: i.end}))
				}
			}
		}
	}
}

// forgetLosses drops what was filled in again, and what no window reaches.
func (e *Engine) forgetLosses() {
	if len(e.losses) == 0 {
		return
	}
	measured := map[slo.IndicatorID]*indicator{}
	for _, f := range e.feeds {
		for _, i := range f.indicators {
			measured[i.id] = i
		}
	}
	reach := e.state.reach()
	e.losses = slices.DeleteFunc(e.losses, func(l loss) bool {
		if !l.asked {
			return false
		}
		for id := range l.ids {
			i := measured[id]
			if len(e.state.held[id]) == 0 || i != nil && i.known && i.scanned && i.start <= l.span.Start && len(i.gaps.within(l.span)) == 0 {
				delete(l.ids, id)
			}
		}
		return len(l.ids) == 0 || l.span.End <= reach
	})
}

// reach returns the first minute that lies in a window.
func (s *state) reach() slo.Minute {
	end := never
	for _, e := range s.ends {
		end = min(end, e)
	}
	if end == never {
		return end
	}
	first := end - longestAlert
	for _, s := range s.set.SLOs {
		first = min(first, firstOf(s.Objectives, end))
	}
	for _, j := range s.set.Journeys {
		first = min(first, firstOf(j.Objectives, end))
		for _, step := range j.Steps {
			first = min(first, firstOf(step.SLO.Objectives, end))
		}
	}
	return first
}

// longestAlert is how far back alerts look, whatever the objective's window.
const longestAlert = 3 * 24 * minutesOfHour

// firstOf returns the first minute of the windows of objectives.
func firstOf(objectives []slo.Objective, end slo.Minute) slo.Minute {
	first := end
	for _, o := range objectives {
		first = min(first, o.Window.Around(end).Start)
	}
	return first
}

// lossFailures says of each SLO what is missing of it since it cannot be read.
func (e *Engine) lossFailures() []burnrate.Failure {
	e.forgetLosses()
	missing := make([]minutes, len(e.state.measured))
	for _, l := range e.losses {
		for id := range l.ids {
			for _, h := range e.state.held[id] {
				missing[h.column].add(l.span.Intersect(h.span).Intersect(slo.Span{End: e.state.ends[h.column]}))
			}
		}
	}
	var failures []burnrate.Failure
	for column, m := range missing {
		if !m.empty() {
			failures = append(failures, burnrate.Failure{ID: e.state.measured[column].ID, Message: m.lost()})
		}
	}
	return failures
}

// lost says what it means that minutes cannot be read.
func (m *minutes) lost() string {
	return fmt.Sprintf("the ledger is damaged: %s from %s to %s cannot be read and count as not measured, until the source has answered for them again; see slojourn ledger check",
		slo.FormatDuration(time.Duration(m.len())*time.Minute), m.spans[0].Start, m.spans[len(m.spans)-1].End)
}
