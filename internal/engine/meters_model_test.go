package engine

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// TestMetersOfAnything reads random minutes again and again, and compares with
// a model that knows the minutes and the words of [burnrate.Meter].
func TestMetersOfAnything(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	target, err := slo.ParseTarget("99%")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		const begin = 10_000
		s := &slo.SLO{ID: "pay", Kind: slo.KindSLO, Indicator: "pay", Objectives: []slo.Objective{{Name: "1h", Target: target, Window: slo.Rolling(60)}}}
		isFile := rapid.Bool().Draw(t, "a file")
		if isFile {
			s.Source = &slo.Source{Name: "file", File: &slo.File{}}
		}
		if rapid.Bool().Draw(t, "slices") {
			s.SLI.Slice = &slo.Slice{Every: diag.Located[time.Duration]{Value: 10 * time.Minute}}
		}
		excluded := slo.Span{Start: begin + slo.Minute(rapid.IntRange(-20, 20).Draw(t, "from")), End: begin + 20}
		set := &slo.Set{SLOs: []*slo.SLO{s}, Exclusions: []*slo.Exclusion{
			{Name: "change", SLOs: []string{"*"}, From: excluded.Start.Time(), To: excluded.End.Time(), Effect: slo.Drop},
		}}
		state := newState(set, map[string]lineage.Lineage{"pay": {Present: lineage.Definition{Indicator: "pay", Unit: 1}}})
		end := s.SLI.Closed(begin)
		move := func() {
			state.ends[0] = end
			series, err := burnrate.SeriesOf(slo.Span{Start: end, End: end}, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := state.evaluator.Load(map[string]burnrate.Series{"pay": series}); err != nil {
				t.Fatal(err)
			}
		}
		move()
		ms := newMeters(state, meters{})
		ms.begin(state, end.Time())
		base, batch := end, end // where the newest batch of a file begins
		kept := map[slo.Minute]burnrate.Row{}
		known, want := burnrate.Meter{ID: "pay", Unit: 1}, burnrate.Meter{ID: "pay", Unit: 1, Began: end.Time()}
		for range rapid.IntRange(1, 40).Draw(t, "ticks") {
			before := end
			end = s.SLI.Closed(end + slo.Minute(rapid.SampledFrom([]int{0, 1, 1, 1, 2, 10, 30}).Draw(t, "passed")))
			if end != before {
				batch = before
			}
			move()
			r := &request{indicator: &indicator{id: "pay"}}
			counts := rapid.SampledFrom([]slo.Counts{{}, {Total: 9}, {Total: 9, Bad: 9}, {Total: 5, Bad: 1}, {Total: 1, Bad: 3}})
			rows := rapid.Custom(func(t *rapid.T) burnrate.Row {
				return burnrate.Row{Counts: counts.Draw(t, "counts"), Rows: counts.Draw(t, "rows"), Measured: true}
			})
			read := rapid.MapOfN(rapid.IntRange(-25, int(end)-begin-1), rows, 0, 8).Draw(t, "read")
			for k, after := range read {
				m := begin + slo.Minute(k)
				before := kept[m]
				if before == after {
					continue
				}
				r.changes = append(r.changes, change{m, before, after})
				kept[m] = after
				newest := end - 5
				if s.SLI.Slice != nil {
					newest = end - 10
				}
				if isFile {
					newest = min(newest, batch)
				}
				isNow := m >= base && m >= newest
				if !isNow && m < base && !before.Measured {
					continue
				}
				// The model: what the minute adds, and where.
				for _, side := range []struct {
					row  burnrate.Row
					sign int64
				}{{after, 1}, {before, -1}} {
					c, events := side.row.Counts, side.row.Rows
					if !side.row.Measured || c.Bad > c.Total || events.Bad > events.Total {
						continue
					}
					if m >= excluded.Start && m < excluded.End {
						c.Bad, events.Bad = 0, 0
					}
					adds := burnrate.Outcomes{Good: side.sign * (c.Total - c.Bad), Bad: side.sign * c.Bad}
					if !isNow {
						known.Late = sum(known.Late, adds)
						continue
					}
					known.Events = sum(known.Events, adds)
					known.Rows = sum(known.Rows, burnrate.Outcomes{Good: side.sign * (events.Total - events.Bad), Bad: side.sign * events.Bad})
					known.Minutes += side.sign
				}
			}
			ms.count(state, []*request{r})
			want.Events, want.Late, want.Rows = most(want.Events, known.Events), most(want.Late, known.Late), most(want.Rows, known.Rows)
			want.Minutes = max(want.Minutes, known.Minutes)
			if diff := cmp.Diff(want, ms.list[0].shown); diff != "" {
				t.Fatalf("up to %d: %s", end, diff)
			}
		}
	})
}

// most is the larger one of each.
func most(a, b burnrate.Outcomes) burnrate.Outcomes {
	return burnrate.Outcomes{Good: max(a.Good, b.Good), Bad: max(a.Bad, b.Bad)}
}

// TestMeterInOtherUnits rounds up: what is shown must not fall.
func TestMeterInOtherUnits(t *testing.T) {
	t.Parallel()
	m := meter{
		shown: burnrate.Meter{Unit: 1000, Began: time.Unix(1, 0), Events: burnrate.Outcomes{Good: 2001, Bad: 1000}, Late: burnrate.Outcomes{Good: 1}},
		now:   tally{events: burnrate.Outcomes{Good: 1999, Bad: 1000}}, late: tally{events: burnrate.Outcomes{Good: -1500}},
	}
	want := meter{
		shown: burnrate.Meter{Unit: 1, Began: time.Unix(1, 0), Events: burnrate.Outcomes{Good: 3, Bad: 1}, Late: burnrate.Outcomes{Good: 1}},
		now:   tally{events: burnrate.Outcomes{Good: 2, Bad: 1}}, late: tally{events: burnrate.Outcomes{Good: -1}},
	}
	if got := m.in(1); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	want.shown.Unit, want.shown.Events, want.shown.Late = 1000, burnrate.Outcomes{Good: 3000, Bad: 1000}, burnrate.Outcomes{Good: 1000}
	want.now.events, want.late.events = burnrate.Outcomes{Good: 2000, Bad: 1000}, burnrate.Outcomes{Good: -1000}
	if got := m.in(1).in(1000); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
