package burnrate_test

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// ledger is what was measured, minute by minute.
type ledger struct {
	start slo.Minute
	rows  [][]burnrate.Row // by minute, then by what is measured
	since []slo.Minute     // of each, as it was known so far
	ends  []slo.Minute
}

func (l *ledger) record(minute slo.Minute) burnrate.Record {
	r := burnrate.Record{Minute: minute}
	if i := int(minute - l.start); i >= 0 && i < len(l.rows) {
		r.Rows = l.rows[i]
	}
	return r
}

// row is that of one column.
func (l *ledger) row(minute slo.Minute, column int) burnrate.Row {
	if r := l.record(minute); r.Rows != nil {
		return r.Rows[column]
	}
	return burnrate.Row{}
}

// records yields the given minutes.
func (l *ledger) records(minutes ...slo.Minute) iter.Seq2[burnrate.Record, error] {
	return func(yield func(burnrate.Record, error) bool) {
		for _, minute := range minutes {
			if !yield(l.record(minute), nil) {
				return
			}
		}
	}
}

// look finds the first measured minute of each before its end.
func (l *ledger) look() {
	for i := range l.since {
		for minute := l.start; minute < min(l.ends[i], l.since[i]); minute++ {
			if l.row(minute, i).Measured {
				l.since[i] = minute
			}
		}
	}
}

// extents says when each could be measured.
func (l *ledger) extents(ids []string) map[string]slo.Span {
	extents := map[string]slo.Span{}
	for i, id := range ids {
		extents[id] = slo.Span{Start: min(l.since[i], l.ends[i]), End: l.ends[i]}
	}
	return extents
}

// sums is the history as an evaluator loads it: nothing but what lies between
// the cuts.
func (l *ledger) sums(t fataler, set *slo.Set, ids []string) map[string]burnrate.Series {
	history := map[string]burnrate.Series{}
	extents := l.extents(ids)
	for id, cuts := range burnrate.LoadCuts(set, extents) {
		var sums []burnrate.Sum
		var invalid []burnrate.Invalid
		for i := range max(0, len(cuts)-1) {
			var sum burnrate.Sum
			for minute := cuts[i]; minute < cuts[i+1]; minute++ {
				row := l.row(minute, slices.Index(ids, id))
				switch {
				case !row.Measured:
				case row.Counts.Consistent() && row.Rows.Consistent():
					sum = burnrate.Sum{Counts: sum.Counts.Add(row.Counts), Rows: sum.Rows.Add(row.Rows), Minutes: sum.Minutes + 1}
				default:
					invalid = append(invalid, burnrate.Invalid{Span: slo.Span{Start: minute, End: minute + 1}, Row: row})
				}
			}
			sums = append(sums, sum)
		}
		series, err := burnrate.SeriesOf(extents[id], cuts, sums, invalid...)
		if err != nil {
			t.Fatal(err)
		}
		history[id] = series
	}
	for _, id := range ids {
		if _, known := history[id]; !known { // it has no objectives
			history[id], _ = burnrate.SeriesOf(extents[id], nil, nil)
		}
	}
	return history
}

// evaluate is the reference: everything summed from scratch, from rows.
func (l *ledger) evaluate(t *rapid.T, set *slo.Set, ids []string, at time.Time) burnrate.Snapshot {
	measured := map[string]burnrate.Measurement{}
	extents := l.extents(ids)
	within := burnrate.Cuts(set, extents)
	for i, id := range ids {
		var cuts []slo.Minute
		var rows []burnrate.Row
		if n := len(within[id]); n > 0 {
			for minute := within[id][0]; minute < within[id][n-1]; minute++ {
				cuts, rows = append(cuts, minute), append(rows, l.row(minute, i))
			}
			cuts = append(cuts, within[id][n-1])
		}
		series, err := burnrate.NewSeries(extents[id], cuts, rows)
		if err != nil {
			t.Fatal(err)
		}
		measured[id] = burnrate.Measurement{Series: series, End: extents[id].End}
	}
	return l.withTraffic(set, ids, burnrate.Evaluate(set, at, measured))
}

// TestEvaluatorAgainstScratch advances through random histories with gaps, rows
// that cannot be, weights, corrections and exclusions, and compares every
// snapshot with one that is summed from scratch, to the last bit.
func TestEvaluatorAgainstScratch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		set := drawSet(t)
		e := burnrate.NewEvaluator(set)
		ids := e.Measured()
		l := drawLedger(t, len(ids))
		drawDays(t, l)
		l.look()
		if err := e.Load(l.sums(t, set, ids)); err != nil {
			t.Fatal(err)
		}
		var room burnrate.Room // has what the snapshots before said
		compareSnapshots(t, "loaded", e.SnapshotIn(&room, l.start.Time()), l.evaluate(t, set, ids, l.start.Time()))
		for tick := range rapid.IntRange(1, 25).Draw(t, "ticks") {
			jump := rapid.SampledFrom([]int{0, 1, 1, 1, 1, 2, 7, 90}).Draw(t, "jump")
			for i := range l.ends {
				l.ends[i] += slo.Minute(jump)
				if rapid.IntRange(0, 9).Draw(t, "late") == 0 {
					l.ends[i] = max(l.ends[i]-3, l.start) // a source that stops for a moment; ends never go back
				}
			}
			ends := slices.Clone(l.ends)
			if err := e.Advance(ends, l.records(e.Needs(ends)...)); err != nil {
				t.Fatal(err)
			}
			for i, end := range e.Ends() {
				l.ends[i] = end
			}
			l.look()
			for range rapid.IntRange(0, 3).Draw(t, "corrections") {
				drawCorrection(t, e, l)
			}
			compareSnapshots(t, fmt.Sprintf("tick %d", tick), e.SnapshotIn(&room, l.start.Time()), l.evaluate(t, set, ids, l.start.Time()))
		}
	})
}

func compareSnapshots(t *rapid.T, when string, got, want burnrate.Snapshot) {
	t.Helper()
	if !reflect.DeepEqual(got.Failures, want.Failures) {
		t.Fatalf("%s: failures\n%v, want\n%v", when, got.Failures, want.Failures)
	}
	for i := range got.Statuses {
		for k, o := range got.Statuses[i].Objectives {
			if other := want.Statuses[i].Objectives[k]; !reflect.DeepEqual(o, other) {
				t.Fatalf("%s: %s\n%+v, want\n%+v", when, got.Statuses[i].ID, o, other)
			}
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s:\n%+v, want\n%+v", when, got, want)
	}
}

// drawSet draws SLOs of their own and journeys that share some of them.
func drawSet(t *rapid.T) *slo.Set {
	set := &slo.Set{Exclusions: drawExclusions(t, 1_000_000)}
	for _, e := range set.Exclusions {
		e.SLOs = []string{rapid.SampledFrom([]string{"*", "a", "j", "j/*"}).Draw(t, "pattern")}
	}
	if rapid.Bool().Draw(t, "nightly") {
		rule, err := slo.ParseRule("FREQ=HOURLY;INTERVAL=5")
		if err != nil {
			t.Fatal(err)
		}
		set.Exclusions = append(set.Exclusions, &slo.Exclusion{
			Name: "nightly", SLOs: []string{"*"}, From: slo.Minute(999_000).Time(), Effect: slo.Drop,
			Repeat: &slo.Repeat{Rule: rule, Duration: 17 * time.Minute, Zone: time.UTC},
		})
	}
	for _, id := range []string{"a", "b", "c"} {
		s := &slo.SLO{ID: id, Kind: slo.KindSLO}
		for range rapid.IntRange(0, 2).Draw(t, "objectives") {
			s.Objectives = append(s.Objectives, drawObjective(t))
		}
		set.SLOs = append(set.SLOs, s)
	}
	compose := rapid.SampledFrom([]slo.Compose{slo.Series, slo.Worst, slo.Weighted, slo.Pooled, slo.Measured}).Draw(t, "compose")
	j := &slo.Journey{ID: "j", Compose: compose}
	for range rapid.SampledFrom([]int{1, 1, 1, 0, 2}).Draw(t, "of the journey") {
		j.Objectives = append(j.Objectives, drawObjective(t))
	}
	if compose == slo.Measured {
		j.SLI = &slo.SLI{}
	}
	one, err := slo.ParseDecimal("1")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range set.SLOs[:rapid.IntRange(1, 3).Draw(t, "steps")] {
		j.Steps = append(j.Steps, slo.Step{Name: s.ID, SLO: s, Weight: one})
	}
	set.Journeys = []*slo.Journey{j}
	return set
}

func drawObjective(t *rapid.T) slo.Objective {
	o := slo.Objective{Name: "o", Target: target(t, rapid.SampledFrom([]string{"99.9%", "90%", "50%"}).Draw(t, "target"))}
	if period := rapid.SampledFrom([]string{"", "day", "week", "month"}).Draw(t, "period"); period != "" {
		o.Window = calendar(t, period, rapid.SampledFrom([]string{"UTC", "Asia/Tokyo", "America/St_Johns"}).Draw(t, "zone"))
	} else {
		o.Window = slo.Rolling(rapid.OneOf(rapid.Int64Range(1, 900), rapid.SampledFrom([]int64{1439, 1440, 2003, 43_200})).Draw(t, "window"))
	}
	if rapid.Bool().Draw(t, "alerts") {
		burn, err := slo.ParseDecimal("1.5")
		if err != nil {
			t.Fatal(err)
		}
		o.Alerts = &slo.AlertPolicy{Guard: slo.Guard{MinEvents: 10, MinBad: 2}, Tiers: []slo.Tier{
			{Severity: slo.Page, Burn: burn, Long: time.Hour, Short: 5 * time.Minute},
			{Severity: slo.Ticket, Burn: burn, Long: 5 * time.Hour, Short: time.Hour},
		}}
		if after := rapid.SampledFrom([]int{0, 1, 5, 10, 70}).Draw(t, "noTraffic after"); after > 0 {
			below, err := slo.ParsePercentage(rapid.SampledFrom([]string{"5%", "50%", "99.9%"}).Draw(t, "below"))
			if err != nil {
				t.Fatal(err)
			}
			o.Alerts.NoTraffic = &slo.NoTraffic{After: time.Duration(after) * time.Minute, Below: below, Severity: slo.Page}
		}
	}
	return o
}

func drawLedger(t *rapid.T, columns int) *ledger {
	l := &ledger{start: 1_000_000, since: make([]slo.Minute, columns), ends: make([]slo.Minute, columns)}
	minutes := rapid.IntRange(0, 2000).Draw(t, "minutes")
	weighted := rapid.Bool().Draw(t, "weighted")
	for i := range l.since {
		l.since[i] = math.MaxInt64
		l.ends[i] = l.start + slo.Minute(max(0, minutes-rapid.IntRange(0, 12).Draw(t, "lag")))
	}
	// Few draws and many minutes: patterns with different periods.
	periods := rapid.SliceOfN(rapid.IntRange(2, 97), 5, 5).Draw(t, "periods")
	every := func(k, minute, column int) bool { return (minute+13*column)%periods[k] == 0 }
	for minute := range minutes + 3000 {
		rows := make([]burnrate.Row, columns)
		for i := range rows {
			c := slo.Counts{Total: int64(10 + minute%7)}
			if every(0, minute, i) {
				c.Bad = int64(1 + minute%5)
			}
			if every(1, minute, i) {
				c = slo.Counts{}
			}
			rows[i] = burnrate.Counted(c)
			if weighted && i%2 == 0 {
				rows[i].Counts = slo.Counts{Total: 1500 * c.Total, Bad: 1500 * c.Bad}
			}
			if every(2, minute, i) && every(3, minute, i) {
				rows[i].Counts.Bad = -1
			}
			if every(4, minute, i) || minute < 40*i {
				rows[i] = burnrate.Row{}
			}
		}
		if minute%periods[3] == 1 && minute%periods[4] == 1 {
			rows = nil
		}
		l.rows = append(l.rows, rows)
	}
	return l
}

// drawCorrection changes a minute that was fed, one that was a gap among them.
func drawCorrection(t *rapid.T, e *burnrate.Evaluator, l *ledger) {
	i := rapid.IntRange(0, len(l.ends)-1).Draw(t, "column")
	n := int(l.ends[i] - l.start)
	if n <= 0 {
		return
	}
	at := max(0, n-1-rapid.IntRange(0, 1500).Draw(t, "ago"))
	if l.rows[at] == nil {
		l.rows[at] = make([]burnrate.Row, len(l.ends))
	}
	before := l.rows[at][i]
	bad := rapid.Int64Range(-1, 9).Draw(t, "bad")
	after := burnrate.Counted(slo.Counts{Total: 9, Bad: bad})
	if rapid.IntRange(0, 5).Draw(t, "lost") == 0 {
		after = burnrate.Row{}
	}
	l.rows[at][i] = after
	minute := l.start + slo.Minute(at)
	if after.Measured {
		l.since[i] = min(l.since[i], minute)
	}
	e.Correct(minute, i, before, after)
}

// TestEvaluatorOfNothing has no SLO, or one that nothing was measured of.
func TestEvaluatorOfNothing(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]*slo.Set{
		"empty":         {},
		"an exclusion":  {Exclusions: []*slo.Exclusion{{Name: "e", SLOs: []string{"*"}, From: time.Unix(0, 0), To: time.Unix(60, 0), Effect: slo.Drop}}},
		"no objectives": {SLOs: []*slo.SLO{{ID: "a", Kind: slo.KindSLO}}},
	} {
		e := burnrate.NewEvaluator(set)
		n := len(e.Measured())
		l := &ledger{start: 1000, since: slices.Repeat([]slo.Minute{math.MaxInt64}, n), ends: slices.Repeat([]slo.Minute{1000}, n)}
		if err := e.Load(l.sums(t, set, e.Measured())); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		ends := slices.Repeat([]slo.Minute{1003}, n)
		if err := e.Advance(ends, l.records(e.Needs(ends)...)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if s := e.Snapshot(time.Unix(0, 0)); len(s.Statuses) != n || len(s.Failures) > 0 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// TestEvaluatorRefuses leaves everything as it was when it is fed wrongly.
func TestEvaluatorRefuses(t *testing.T) {
	t.Parallel()
	set := &slo.Set{SLOs: []*slo.SLO{{ID: "a", Kind: slo.KindSLO, Objectives: []slo.Objective{{Name: "1h", Target: target(t, "99%"), Window: slo.Rolling(60)}}}}}
	e := burnrate.NewEvaluator(set)
	l := &ledger{start: 1000, since: []slo.Minute{1000}, ends: []slo.Minute{1100}}
	for range 200 {
		l.rows = append(l.rows, rows(slo.Counts{Total: 10, Bad: 1}))
	}
	wide := burnrate.Record{Minute: 1101, Rows: rows(slo.Counts{}, slo.Counts{})}
	one := func(r burnrate.Record, err error) iter.Seq2[burnrate.Record, error] {
		return func(yield func(burnrate.Record, error) bool) { yield(r, err) }
	}
	for _, test := range []struct {
		name string
		do   func() error
		want string
	}{
		{"no history", func() error { return e.Load(nil) }, "a has no history"},
		{"a good history", func() error { return e.Load(l.sums(t, set, e.Measured())) }, ""},
		{"no end", func() error { return e.Advance(nil, l.records()) }, "0 minutes for 1 SLOs"},
		{"a failure", func() error {
			return e.Advance([]slo.Minute{1101}, one(burnrate.Record{}, errors.New("the disk is gone")))
		}, "the disk is gone"},
		{"too many rows later", func() error { return e.Advance([]slo.Minute{1101}, one(wide, nil)) }, "minute 1101 has 2 rows for 1 SLOs"},
		{"not the new minute", func() error { return e.Advance([]slo.Minute{1101}, l.records()) }, "minute 1100 enters and was not fed"},
		{"not the old ones", func() error { return e.Advance([]slo.Minute{1101}, l.records(1100)) }, "and was not fed"},
	} {
		switch err := test.do(); {
		case err == nil && test.want != "", err != nil && (test.want == "" || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
	o := e.Snapshot(time.Unix(0, 0)).Statuses[0].Objectives[0]
	if o.Window.Span != (slo.Span{Start: 1040, End: 1100}) || o.Window.Counts != (slo.Counts{Total: 600, Bad: 60}) {
		t.Errorf("after the failures: %+v", o.Window)
	}
	if needs := e.Needs([]slo.Minute{1101}); !slices.Contains(needs, 1040) || !slices.Contains(needs, 1100) || len(needs) != 8 {
		t.Errorf("it needs %v, want one for each window and the new one", needs)
	}
	if err := e.Advance([]slo.Minute{1101}, l.records(e.Needs([]slo.Minute{1101})...)); err != nil {
		t.Fatal(err)
	}
	if got := e.Snapshot(time.Unix(0, 0)).Statuses[0].Objectives[0].Window.Span; got != (slo.Span{Start: 1041, End: 1101}) {
		t.Errorf("after a minute: %+v", got)
	}
}
