package scenario

import (
	"fmt"
	"iter"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// Run measures all that is loaded, minute by minute, and looks at what was
// expected. It may be run again and gives the same. An error is a mistake of
// the program.
func (s *Scenario) Run() (Result, error) {
	r := run{scenario: s, evaluator: burnrate.NewEvaluator(s.set), begin: slo.MinuteAt(Begin()), pictures: map[int64]picture{}}
	for _, e := range s.expected {
		r.pictures[e.to] = picture{}
	}
	r.fill()
	if err := r.start(); err != nil {
		return Result{}, err
	}
	for minute := int64(1); minute <= s.minutes; minute++ {
		r.correct(minute)
		end := r.begin + slo.Minute(minute)
		r.recover(minute)
		ends := r.ends(minute)
		if err := r.evaluator.Advance(ends, r.records(r.evaluator.Needs(ends))); err != nil {
			return Result{}, fmt.Errorf("advance to minute %d: %w", minute, err)
		}
		snapshot := r.evaluator.Snapshot(end.Time())
		snapshot.Sources = r.sources(minute)
		states, events := alert.Advance(r.states, snapshot)
		if _, wanted := r.pictures[minute]; wanted {
			r.pictures[minute] = picture{snapshot, states}
		}
		r.states, r.events = states, append(r.events, events...)
	}
	result := Result{Expectations: len(s.expected), Events: r.events}
	for i := range s.expected {
		if happened := r.look(&s.expected[i]); !happened.Empty() {
			result.Failures = append(result.Failures, Failure{Span: s.expected[i].span, Expected: s.expected[i].text, Happened: happened})
		}
	}
	return result, nil
}

type run struct {
	scenario  *Scenario
	evaluator *burnrate.Evaluator
	begin     slo.Minute
	rows      [][]burnrate.Row // of each minute, as far as it is known
	hidden    []hidden         // what is not, in the order of minutes
	states    alert.States
	events    []alert.Event
	pictures  map[int64]picture // at the ends of expectations
}

// picture is how everything stood.
type picture struct {
	burnrate.Snapshot
	states alert.States
}

// hidden is what happened while a source failed.
type hidden struct {
	minute, until int64
	slo           int
	row           burnrate.Row
}

// fill lays out what is measured at first.
func (r *run) fill() {
	measured := r.scenario.set.Measured()
	slos := len(measured)
	all := make([]burnrate.Row, r.scenario.minutes*int64(slos))
	for _, l := range r.scenario.loads {
		for minute := range l.minutes {
			row := all[:slos:slos]
			all = all[slos:]
			for i := range row {
				row[i] = l.traffic[i].row(minute, l.every)
			}
			r.rows = append(r.rows, row)
		}
	}
	for _, f := range r.scenario.failures {
		for minute := f.from; minute < f.to; minute++ {
			for i, s := range measured {
				if f.of(s.Source.Name) && r.rows[minute][i].Measured {
					r.hidden = append(r.hidden, hidden{minute, f.to, i, r.rows[minute][i]})
					r.rows[minute][i] = burnrate.Row{}
				}
			}
		}
	}
}

// recover fills in what is known once a source answers again.
func (r *run) recover(at int64) {
	for _, h := range r.hidden {
		if h.until == at {
			r.replace(h.minute, h.slo, h.row)
		}
	}
}

// replace changes what was measured in a minute. What enters the evaluator later
// enters as it is then.
func (r *run) replace(minute int64, slo int, row burnrate.Row) {
	before := r.rows[minute][slo]
	r.rows[minute][slo] = row
	if end := r.evaluator.Ends()[slo]; r.minuteAt(minute) < end {
		r.evaluator.Correct(r.minuteAt(minute), slo, before, row)
	}
}

// forget drops what is hidden of a minute that is corrected.
func (r *run) forget(minute int64, slo int) {
	r.hidden = slices.DeleteFunc(r.hidden, func(h hidden) bool { return h.minute == minute && h.slo == slo })
}

func (r *run) minuteAt(minute int64) slo.Minute { return r.begin + slo.Minute(minute) }

// sources says which of them fail.
func (r *run) sources(at int64) []burnrate.SourceState {
	states := make([]burnrate.SourceState, len(r.scenario.sources))
	for i, source := range r.scenario.sources {
		states[i].Name = source.Name
		for _, f := range r.scenario.failures {
			if f.of(source.Name) && f.holds(at) {
				states[i].Since, states[i].Message = r.minuteAt(f.from).Time(), "the source fails"
			}
		}
	}
	return states
}

// start loads an empty history.
func (r *run) start() error {
	history := map[string]burnrate.Series{}
	for _, id := range r.evaluator.Measured() {
		none, err := burnrate.SeriesOf(slo.Span{Start: r.begin, End: r.begin}, nil, nil)
		if err != nil {
			return err
		}
		history[id] = none
	}
	return r.evaluator.Load(history)
}

// ends returns up to when everything is measured at a minute.
func (r *run) ends(at int64) []slo.Minute {
	ids := r.evaluator.Measured()
	ends := make([]slo.Minute, len(ids))
	for i, id := range ids {
		end := at
		for _, d := range r.scenario.delays {
			if d.of(id) && d.holds(at) {
				end = min(end, d.from)
			}
		}
		ends[i] = r.minuteAt(end)
	}
	return ends
}

// records yields minutes. Those before the beginning were not measured.
func (r *run) records(minutes []slo.Minute) iter.Seq2[burnrate.Record, error] {
	return func(yield func(burnrate.Record, error) bool) {
		for _, minute := range minutes {
			record := burnrate.Record{Minute: minute}
			if at := int64(minute - r.begin); at >= 0 {
				record.Rows = r.rows[at]
			}
			if !yield(record, nil) {
				return
			}
		}
	}
}

// correct makes the corrections of a minute.
func (r *run) correct(at int64) {
	for _, c := range r.scenario.corrections {
		if c.at != at {
			continue
		}
		for minute := c.from; minute < c.to; minute++ {
			for i := range r.rows[minute] {
				if c.slo >= 0 && c.slo != i {
					continue
				}
				r.replace(minute, i, c.traffic.row(0, 1))
				r.forget(minute, i)
			}
		}
	}
}

// minute is when an event happened, in minutes since the beginning.
func minute(e alert.Event) int64 { return int64(slo.MinuteAt(e.At) - slo.MinuteAt(Begin())) }

// matches reports whether an event is what an expectation is about, whenever
// it happened.
func (e *expectation) matches(event alert.Event) bool {
	if e.observe != event.Labels.Observe || e.objective != "" && e.objective != event.Objective {
		return false
	}
	if e.severity != event.Severity || e.id != "" && e.id != event.ID || e.kind != "" && e.kind != event.Kind ||
		(e.change == alert.Resolved) != (event.Change == alert.Resolved) || e.reason != "" && e.reason != event.Reason {
		return false
	}
	if (e.long != "" || e.short != "") && !slices.ContainsFunc(event.Why.Tiers, func(t alert.Tier) bool {
		return (e.long == "" || e.long == t.Long) && (e.short == "" || e.short == t.Short)
	}) {
		return false
	}
	if e.step != "" && (event.Why.Cause == nil || event.Why.Cause.ID != e.step) {
		return false
	}
	return e.level == "" || event.Kind == alert.Budget && event.Why.Budget.Level == e.level
}

// look returns what happened instead of what was expected, nothing when it was met.
func (r *run) look(e *expectation) diag.Phrase {
	if e.never {
		return r.lookNever(e)
	}
	for _, event := range r.events {
		if at := minute(event); at > e.from && at <= e.to && e.matches(event) {
			return diag.Phrase{}
		}
	}
	return r.instead(e)
}

// lookNever wants that nothing fires, and that nothing goes on firing; or that
// nothing resolves.
func (r *run) lookNever(e *expectation) diag.Phrase {
	open := map[alert.Key]alert.Event{}
	for _, event := range r.events {
		at := minute(event)
		switch {
		case at > e.to:
		case event.Change == alert.Resolved && at <= e.from:
			delete(open, event.Key)
		case !e.matches(event):
		case at > e.from:
			return diag.Say("after %s %s", passed(at-e.start), what(event))
		case event.Change != alert.Resolved:
			open[event.Key] = event
		}
	}
	for _, event := range r.events { // in order, which a map is not
		if first, fires := open[event.Key]; fires && minute(first) == minute(event) {
			return diag.Say("%s %s before the load, and had not resolved", what(first), passed(e.start-minute(first)))
		}
	}
	return diag.Phrase{}
}
