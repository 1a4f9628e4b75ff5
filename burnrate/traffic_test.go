package burnrate_test

import (
	"math"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// withTraffic sets what is known of traffic in a snapshot, summed from rows.
func (l *ledger) withTraffic(set *slo.Set, ids []string, s burnrate.Snapshot) burnrate.Snapshot {
	for i := range s.Statuses {
		status := &s.Statuses[i]
		for k := range status.Objectives {
			o := &status.Objectives[k]
			if o.Alerts == nil || o.Alerts.NoTraffic == nil {
				continue
			}
			for _, id := range watched(set, status.ID) {
				o.Traffic = append(o.Traffic, l.traffic(set, status.ID, id, slices.Index(ids, id), o))
			}
		}
	}
	return s
}

// watched returns the ids whose traffic an objective is judged by.
func watched(set *slo.Set, id string) []string {
	at := slices.IndexFunc(set.Journeys, func(j *slo.Journey) bool { return j.ID == id })
	if at < 0 || set.Journeys[at].Compose == slo.Measured {
		return []string{id}
	}
	var ids []string
	for _, step := range set.Journeys[at].Steps {
		if !slices.ContainsFunc(step.SLO.Objectives, func(o slo.Objective) bool { return o.Alerts != nil && o.Alerts.NoTraffic != nil }) {
			ids = append(ids, step.SLO.ID)
		}
	}
	return ids
}

func (l *ledger) traffic(set *slo.Set, by, id string, column int, o *burnrate.Objective) burnrate.Traffic {
	policy := o.Alerts.NoTraffic
	after := slo.Minute(policy.After / time.Minute)
	end := o.Window.Span.End
	sum := func(days int) (events, measured, excluded int64) {
		span := slo.Span{Start: end - slo.Minute(days*1440) - after, End: end - slo.Minute(days*1440)}
		effect := effects(set, by, id, span)
		for minute := span.Start; minute < span.End; minute++ {
			row := l.row(minute, column)
			switch {
			case effect[minute-span.Start] != "":
				excluded++
			case row.Measured && row.Counts.Consistent() && row.Rows.Consistent():
				events, measured = events+row.Rows.Total, measured+1
			}
		}
		return events, measured, excluded
	}
	t := burnrate.Traffic{ID: id, Window: slo.Rolling(int64(after)), State: burnrate.Unclear}
	t.Events, t.Measured, t.Excluded = sum(0)
	var days []int64
	for k := 1; k <= 7; k++ {
		if events, measured, _ := sum(k); float64(measured) >= 0.9*float64(after) {
			days = append(days, events)
		}
	}
	weeks := int64(math.MaxInt64)
	one, measuredOne, _ := sum(7)
	two, measuredTwo, _ := sum(14)
	if float64(min(measuredOne, measuredTwo)) >= 0.9*float64(after) {
		weeks = max(one, two)
	}
	slices.Sort(days)
	if t.Days = len(days); t.Days > 0 {
		t.Usual = min((days[(t.Days-1)/2]+days[t.Days/2])/2, weeks)
	}
	below := func(events int64, of *big.Rat) bool { // share × usual × part of the window
		return big.NewRat(events, 1).Cmp(new(big.Rat).Mul(new(big.Rat).Mul(policy.Below.Rat(), of), big.NewRat(t.Usual, 1))) < 0
	}
	if float64(t.Measured) < 0.9*float64(after) {
		return t
	}
	low := below(t.Events, big.NewRat(1, 1))
	if judged := t.Days >= 3 && t.Usual >= 50; judged && low {
		t.State, t.Stopped = burnrate.Low, true
	} else if t.Events > 0 && !low {
		t.State = burnrate.Flowing
		latest := slices.MinFunc(o.Burn, func(a, b burnrate.Burn) int { return int(a.Window.Span.Len() - b.Window.Span.Len()) }).Window.Span
		events, measured := int64(0), int64(0)
		for minute := latest.Start; minute < latest.End; minute++ {
			if row := l.row(minute, column); row.Measured && row.Counts.Consistent() && row.Rows.Consistent() {
				events, measured = events+row.Rows.Total, measured+1
			}
		}
		t.Stopped = judged && latest.Len() <= int64(after) && measured == latest.Len() && below(events, big.NewRat(latest.Len(), int64(after)))
	}
	return t
}

// drawDays puts days in front of what was measured, with traffic like it.
func drawDays(t *rapid.T, l *ledger) {
	if !rapid.Bool().Draw(t, "days") {
		return
	}
	const minutes = 16 * 1440
	columns, gap := len(l.since), rapid.IntRange(5, 3000).Draw(t, "gap every")
	days := make([][]burnrate.Row, minutes, minutes+len(l.rows))
	for minute := range days {
		if minute%gap == 1 {
			continue
		}
		days[minute] = make([]burnrate.Row, columns)
		for i := range days[minute] {
			days[minute][i] = burnrate.Counted(slo.Counts{Total: int64(10 + minute%7 + minute/1440), Bad: int64(minute % 2)})
		}
	}
	l.start, l.rows = l.start-minutes, slices.Concat(days, l.rows)
}

// TestTraffic looks at one SLO with 10 events a minute for days, and what the
// last day is like instead.
func TestTraffic(t *testing.T) {
	t.Parallel()
	policy := slo.BuiltInPolicies()[0] // less than 5 % in 10m
	const day = 1440
	counted := func(total int64) burnrate.Row { return burnrate.Counted(slo.Counts{Total: total}) }
	weighed := burnrate.Row{Counts: slo.Counts{Total: 1_000_000}, Rows: slo.Counts{Total: 10}, Measured: true}
	for name, test := range map[string]struct {
		days   int64
		usual  int64
		last   func(ago int64) burnrate.Row // of the last minutes; as usual when it is nil
		before func(day int64) burnrate.Row
		drop   int64 // minutes that are excluded, up to the end
		want   burnrate.Traffic
	}{
		"as usual":            {days: 8, usual: 10, want: burnrate.Traffic{State: burnrate.Flowing, Events: 100, Measured: 10, Usual: 100, Days: 7}},
		"nothing":             {days: 8, usual: 10, last: func(int64) burnrate.Row { return counted(0) }, want: burnrate.Traffic{State: burnrate.Low, Events: 0, Measured: 10, Usual: 100, Days: 7, Stopped: true}},
		"5 % is not below":    {days: 8, usual: 20, last: func(int64) burnrate.Row { return counted(1) }, want: burnrate.Traffic{State: burnrate.Flowing, Events: 10, Measured: 10, Usual: 200, Days: 7}},
		"stopped a while ago": {days: 8, usual: 10, last: func(ago int64) burnrate.Row { return counted(10 * (ago / 7)) }, want: burnrate.Traffic{State: burnrate.Flowing, Events: 30, Measured: 10, Usual: 100, Days: 7, Stopped: true}},
		"two days":            {days: 2, usual: 10, last: func(int64) burnrate.Row { return counted(0) }, want: burnrate.Traffic{State: burnrate.Unclear, Measured: 10, Usual: 100, Days: 2}},
		"three days":          {days: 3, usual: 10, last: func(int64) burnrate.Row { return counted(0) }, want: burnrate.Traffic{State: burnrate.Low, Measured: 10, Usual: 100, Days: 3, Stopped: true}},
		"40 events":           {days: 8, usual: 4, last: func(int64) burnrate.Row { return counted(0) }, want: burnrate.Traffic{State: burnrate.Unclear, Measured: 10, Usual: 40, Days: 7}},
		"50 events":           {days: 8, usual: 5, last: func(int64) burnrate.Row { return counted(0) }, want: burnrate.Traffic{State: burnrate.Low, Measured: 10, Usual: 50, Days: 7, Stopped: true}},
		"not measured": {days: 8, usual: 10, last: func(ago int64) burnrate.Row {
			if ago < 2 {
				return burnrate.Row{}
			}
			return counted(0)
		}, want: burnrate.Traffic{State: burnrate.Unclear, Measured: 8, Usual: 100, Days: 7}},
		"one minute is missing": {days: 8, usual: 10, last: func(ago int64) burnrate.Row {
			if ago < 1 {
				return burnrate.Row{}
			}
			return counted(0)
		}, want: burnrate.Traffic{State: burnrate.Low, Measured: 9, Usual: 100, Days: 7, Stopped: true}},
		"days apart": {days: 8, usual: 10, before: func(day int64) burnrate.Row { return counted(10 * day) }, want: burnrate.Traffic{State: burnrate.Flowing, Events: 100, Measured: 10, Usual: 400, Days: 7}},
		"days that were not measured": {days: 8, usual: 10, before: func(day int64) burnrate.Row {
			if day%2 == 1 {
				return burnrate.Row{}
			}
			return counted(10 * day)
		}, want: burnrate.Traffic{State: burnrate.Flowing, Events: 100, Measured: 10, Usual: 400, Days: 3}},
		"nothing, as one and two weeks ago": {
			days: 15, usual: 10, last: func(int64) burnrate.Row { return counted(0) },
			before: func(day int64) burnrate.Row { return counted(10 * min(1, day%7)) },
			want:   burnrate.Traffic{State: burnrate.Unclear, Measured: 10, Usual: 0, Days: 7},
		},
		"nothing, as a week ago": {
			days: 15, usual: 10, last: func(int64) burnrate.Row { return counted(0) },
			before: func(day int64) burnrate.Row {
				if day == 7 {
					return counted(0)
				}
				return counted(10)
			},
			want: burnrate.Traffic{State: burnrate.Low, Measured: 10, Usual: 100, Days: 7, Stopped: true},
		},
		"nothing, as a week ago, and two weeks ago is not known": {
			days: 8, usual: 10, last: func(int64) burnrate.Row { return counted(0) },
			before: func(day int64) burnrate.Row {
				if day == 7 {
					return counted(0)
				}
				return counted(10)
			},
			want: burnrate.Traffic{State: burnrate.Low, Measured: 10, Usual: 100, Days: 7, Stopped: true},
		},
		"more a week ago": {
			days: 8, usual: 10, last: func(int64) burnrate.Row { return counted(0) },
			before: func(day int64) burnrate.Row { return counted(10 + 9*(day/7)) },
			want:   burnrate.Traffic{State: burnrate.Low, Measured: 10, Usual: 100, Days: 7, Stopped: true},
		},
		"an even number of days": {days: 4, usual: 10, before: func(day int64) burnrate.Row { return counted(10 * day) }, want: burnrate.Traffic{State: burnrate.Flowing, Events: 100, Measured: 10, Usual: 250, Days: 4}},
		"weighed":                {days: 8, usual: 10, last: func(int64) burnrate.Row { return weighed }, want: burnrate.Traffic{State: burnrate.Flowing, Events: 100, Measured: 10, Usual: 100, Days: 7}},
		"excluded":               {days: 8, usual: 10, last: func(int64) burnrate.Row { return counted(0) }, drop: 3, want: burnrate.Traffic{State: burnrate.Unclear, Measured: 7, Excluded: 3, Usual: 100, Days: 7}},
		"excluded days before":   {days: 8, usual: 10, drop: 2*day + 5, want: burnrate.Traffic{State: burnrate.Unclear, Excluded: 10, Usual: 100, Days: 5}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := slo.Minute(1_000_000)
			end := start + slo.Minute(test.days*day+10)
			l := &ledger{start: start, since: []slo.Minute{start}, ends: []slo.Minute{end - 30}}
			for minute := start; minute < end; minute++ {
				ago := int64(end - 1 - minute)
				row := counted(test.usual)
				switch {
				case ago < 10 && test.last != nil:
					row = test.last(ago)
				case ago >= day && test.before != nil:
					row = test.before((ago + 1) / day)
				}
				l.rows = append(l.rows, []burnrate.Row{row})
			}
			set := &slo.Set{SLOs: []*slo.SLO{{ID: "a", Kind: slo.KindSLO, Objectives: []slo.Objective{{Name: "1d", Target: target(t, "99%"), Window: slo.Rolling(day), Alerts: policy}}}}}
			if test.drop > 0 {
				set.Exclusions = []*slo.Exclusion{{Name: "x", SLOs: []string{"a"}, From: (end - slo.Minute(test.drop)).Time(), To: end.Time(), Effect: slo.Drop}}
			}
			e := burnrate.NewEvaluator(set)
			if err := e.Load(l.sums(t, set, e.Measured())); err != nil {
				t.Fatal(err)
			}
			ends := []slo.Minute{end}
			if err := e.Advance(ends, l.records(e.Needs(ends)...)); err != nil {
				t.Fatal(err)
			}
			test.want.ID, test.want.Window = "a", slo.Rolling(10)
			got := e.Snapshot(end.Time()).Statuses[0].Objectives[0].Traffic
			if diff := cmp.Diff([]burnrate.Traffic{test.want}, got, cmp.Comparer(func(a, b slo.Window) bool { return a == b })); diff != "" {
				t.Errorf("traffic (-want +got):\n%s", diff)
			}
			l.ends = ends
			reference := l.withTraffic(set, []string{"a"}, e.Snapshot(end.Time())).Statuses[0].Objectives[0].Traffic
			if diff := cmp.Diff(reference[1:], got, cmp.Comparer(func(a, b slo.Window) bool { return a == b })); diff != "" {
				t.Errorf("traffic (-reference +got):\n%s", diff)
			}
		})
	}
}

// TestSilenceOfSlices says by how many minutes ends move at once.
func TestSilenceOfSlices(t *testing.T) {
	t.Parallel()
	o := []slo.Objective{{Name: "1d", Target: target(t, "99%"), Window: slo.Rolling(1440), Alerts: slo.BuiltInPolicies()[0]}}
	hourly := slo.SLI{Slice: &slo.Slice{Every: diag.Located[time.Duration]{Value: time.Hour}}}
	set := &slo.Set{SLOs: []*slo.SLO{{ID: "a", Objectives: o}, {ID: "b", SLI: hourly, Objectives: o}}}
	for _, compose := range []slo.Compose{slo.Series, slo.Measured} {
		j := &slo.Journey{ID: "j-" + string(compose), Compose: compose, Objectives: o, Steps: []slo.Step{{Name: "a", SLO: set.SLOs[0]}, {Name: "b", SLO: set.SLOs[1]}}}
		if compose == slo.Measured {
			j.SLI = &slo.SLI{}
		}
		set.Journeys = append(set.Journeys, j)
	}
	got := map[string]int64{}
	for _, s := range burnrate.Evaluate(set, time.Unix(0, 0), nil).Statuses {
		got[s.ID] = s.Objectives[0].Silence.Every
	}
	if diff := cmp.Diff(map[string]int64{"a": 0, "b": 60, "j-series": 60, "j-measured": 60}, got); diff != "" {
		t.Errorf("minutes (-want +got):\n%s", diff)
	}
}

// TestOnlyWhoAsks wants an evaluator to need no days before for those without
// noTraffic, and eval never.
func TestOnlyWhoAsks(t *testing.T) {
	t.Parallel()
	policy := *slo.BuiltInPolicies()[0]
	o := slo.Objective{Name: "1h", Target: target(t, "99%"), Window: slo.Rolling(60), Alerts: &policy}
	set := &slo.Set{SLOs: []*slo.SLO{{ID: "a", Kind: slo.KindSLO, Objectives: []slo.Objective{o}}}}
	extents := map[string]slo.Span{"a": {Start: 0, End: 1_000_000}}
	first := func(cuts map[string][]slo.Minute) slo.Minute { return 1_000_000 - cuts["a"][0] }
	if got := first(burnrate.LoadCuts(set, extents)); got != 14*1440+10 {
		t.Errorf("an evaluator begins %d minutes before", got)
	}
	if got := first(burnrate.Cuts(set, extents)); got != 3*1440 {
		t.Errorf("eval begins %d minutes before", got)
	}
	policy.NoTraffic = nil
	if diff := cmp.Diff(burnrate.Cuts(set, extents), burnrate.LoadCuts(set, extents)); diff != "" {
		t.Errorf("without noTraffic (-eval +evaluator):\n%s", diff)
	}
	e := burnrate.NewEvaluator(set)
	l := &ledger{start: 1_000_000, since: []slo.Minute{math.MaxInt64}, ends: []slo.Minute{1_000_000}}
	if err := e.Load(l.sums(t, set, e.Measured())); err != nil {
		t.Fatal(err)
	}
	if needs := e.Needs([]slo.Minute{1_000_001}); needs[0] != 1_000_000-3*1440 {
		t.Errorf("without noTraffic it needs %v", needs)
	}
}
