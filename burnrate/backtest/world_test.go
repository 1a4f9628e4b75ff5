package backtest_test

import (
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo"
)

// Minutes of tests are counted from begin.
var begin = slo.MinuteAt(time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC))

func at(minute int64) time.Time { return (begin + slo.Minute(minute)).Time() }

func minuteOf(t time.Time) int64 { return int64(slo.MinuteAt(t) - begin) }

// small is a policy whose windows are short. Of 100 events a minute at 99 %, the pages
// fire above 10 and 4 bad ones a minute, the ticket above 2.
func small(t testing.TB) *slo.AlertPolicy {
	t.Helper()
	burn := func(text string) slo.Decimal {
		d, err := slo.ParseDecimal(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	return &slo.AlertPolicy{
		Name: "small",
		Tiers: []slo.Tier{
			{Severity: slo.Page, Burn: burn("10"), Long: 10 * time.Minute, Short: 2 * time.Minute},
			{Severity: slo.Page, Burn: burn("4"), Long: 30 * time.Minute, Short: 5 * time.Minute},
			{Severity: slo.Ticket, Burn: burn("2"), Long: time.Hour, Short: 10 * time.Minute},
		},
		Guard: slo.Guard{MinEvents: 10, MinBad: 3},
		Hold:  slo.Hold{Page: 3 * time.Minute, Ticket: 5 * time.Minute},
	}
}

func objective(t testing.TB, policy *slo.AlertPolicy) slo.Objective {
	t.Helper()
	target, err := slo.ParseTarget("99%")
	if err != nil {
		t.Fatal(err)
	}
	return slo.Objective{Name: "1d", Target: target, Window: slo.Rolling(24 * 60), Alerts: policy}
}

// setOf is SLOs with an objective each.
func setOf(t testing.TB, policy *slo.AlertPolicy, ids ...string) *slo.Set {
	t.Helper()
	set := &slo.Set{}
	for _, id := range ids {
		set.SLOs = append(set.SLOs, &slo.SLO{ID: id, Kind: slo.KindSLO, About: slo.About{Owner: "web"}, Objectives: []slo.Objective{objective(t, policy)}})
	}
	return set
}

// rows says what happened in a minute to each SLO of a set.
type rows func(minute int64, slo int) burnrate.Row

func row(total, bad int64) burnrate.Row { return burnrate.Counted(slo.Counts{Total: total, Bad: bad}) }

// snapshots measures minutes from begin on, each as many minutes later as lag says, and
// looks at every one of them.
func snapshots(t testing.TB, set *slo.Set, minutes, lag int64, happened rows) []burnrate.Snapshot {
	t.Helper()
	e := burnrate.NewEvaluator(set)
	history := map[string]burnrate.Series{}
	for _, id := range e.Measured() {
		none, err := burnrate.SeriesOf(slo.Span{Start: begin, End: begin}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		history[id] = none
	}
	if err := e.Load(history); err != nil {
		t.Fatal(err)
	}
	records := func(wanted []slo.Minute) iter.Seq2[burnrate.Record, error] {
		return func(yield func(burnrate.Record, error) bool) {
			for _, minute := range wanted {
				record := burnrate.Record{Minute: minute}
				if minute >= begin {
					for range history {
						record.Rows = append(record.Rows, happened(int64(minute-begin), len(record.Rows)))
					}
				}
				if !yield(record, nil) {
					return
				}
			}
		}
	}
	var list []burnrate.Snapshot
	for minute := int64(1); minute <= minutes; minute++ {
		ends := e.Ends()
		for i := range ends {
			ends[i] = max(ends[i], begin+slo.Minute(minute-lag))
		}
		if err := e.Advance(ends, records(e.Needs(ends))); err != nil {
			t.Fatal(err)
		}
		list = append(list, e.Snapshot(at(minute)))
	}
	return list
}

// record goes through snapshots.
func record(options backtest.Options, list []burnrate.Snapshot) backtest.Run {
	r := backtest.NewRecorder(options)
	for _, s := range list {
		r.See(s)
	}
	return r.Run()
}

// show writes an episode on a line, in minutes.
func show(e *backtest.Episode) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%d %s", minuteOf(e.Start), e.Key)
	switch {
	case e.Sent && e.Observe:
		text.WriteString(" observed")
	case e.Sent:
		fmt.Fprintf(&text, " sent for %d-%d", e.Evidence.Start-begin, e.Until-begin)
	}
	if !e.Since.Equal(e.Start) {
		fmt.Fprintf(&text, " since %d", minuteOf(e.Since))
	}
	if e.Below != nil {
		fmt.Fprintf(&text, " below %s", e.Below)
	}
	if e.Before {
		text.WriteString(" before")
	}
	if len(e.Tiers) > 0 {
		text.WriteString(" " + strings.Join(e.Tiers, ","))
	}
	if e.End != nil {
		fmt.Fprintf(&text, " until %d %s", minuteOf(*e.End), e.Reason)
	}
	return strings.TrimSpace(text.String())
}

func shown(run *backtest.Run) []string {
	var list []string
	for i := range run.Episodes {
		list = append(list, show(&run.Episodes[i]))
	}
	return list
}

// eventsOf are the events of alerts that go through the same snapshots.
func eventsOf(list []burnrate.Snapshot) (events []alert.Event, states []alert.States) {
	var state alert.States
	for _, s := range list {
		next, more := alert.Advance(state, s)
		state = next
		events, states = append(events, more...), append(states, state)
	}
	return events, states
}
