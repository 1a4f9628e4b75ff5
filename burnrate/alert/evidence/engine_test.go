package evidence_test

import (
	"fmt"
	"testing"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// engine measures SLOs minute by minute, from the first one of 1970 on, as serve
// does: with the [burnrate.Evaluator] and [alert.Advance]. A minute is measured
// when it has ended, so the lag of a source comes on top of all its times.
type engine struct {
	evaluator *burnrate.Evaluator
	rows      [][]burnrate.Row // of each minute, of each SLO
	at        slo.Minute       // of the last snapshot
	states    alert.States
	events    []alert.Event // of it
}

func newEngine(t testing.TB, objectives ...slo.Objective) *engine {
	t.Helper()
	set := &slo.Set{}
	history := map[string]burnrate.Series{}
	for i, o := range objectives {
		id := idOf(i)
		set.SLOs = append(set.SLOs, &slo.SLO{ID: id, Kind: slo.KindSLO, About: slo.About{Stage: slo.Active}, Objectives: []slo.Objective{o}})
		none, err := burnrate.SeriesOf(slo.Span{}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		history[id] = none
	}
	e := &engine{evaluator: burnrate.NewEvaluator(set)}
	if err := e.evaluator.Load(history); err != nil {
		t.Fatal(err)
	}
	return e
}

func idOf(slo int) string { return fmt.Sprintf("slo-%d", slo) }

// measure takes minutes in without a look at the alerts on the way.
func (e *engine) measure(t testing.TB, minutes ...[]burnrate.Row) {
	t.Helper()
	e.rows = append(e.rows, minutes...)
	ends := e.evaluator.Ends()
	for i := range ends {
		ends[i] = slo.Minute(len(e.rows))
	}
	err := e.evaluator.Advance(ends, func(yield func(burnrate.Record, error) bool) {
		for _, m := range e.evaluator.Needs(ends) {
			record := burnrate.Record{Minute: m}
			if m >= 0 {
				record.Rows = e.rows[m]
			}
			if !yield(record, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// minute measures one more minute, a row for each SLO, and judges.
func (e *engine) minute(t testing.TB, rows ...burnrate.Row) burnrate.Snapshot {
	t.Helper()
	e.measure(t, rows)
	return e.judge()
}

// judge looks at what was measured by now.
func (e *engine) judge() burnrate.Snapshot {
	return e.judgeAfter(max(1, int64(len(e.rows))-int64(e.at)))
}

// judgeAfter lets minutes pass.
func (e *engine) judgeAfter(minutes int64) burnrate.Snapshot {
	e.at += slo.Minute(minutes)
	snapshot := e.evaluator.Snapshot(e.at.Time())
	e.states, e.events = alert.Advance(e.states, snapshot)
	return snapshot
}

// fires reports whether the burn alert of an SLO fires, sent or silenced.
func (e *engine) fires(id string, severity slo.Severity) bool {
	for _, a := range e.states.Alerts {
		if a.ID == id && a.Kind == alert.Burn && a.Severity == severity {
			return true
		}
	}
	return false
}
