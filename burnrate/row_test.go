package burnrate_test

import (
	"math"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// overAnHour evaluates an SLO over 1h from the rows of its 60 minutes.
func overAnHour(t *testing.T, policy *slo.AlertPolicy, list []burnrate.Row) burnrate.Objective {
	t.Helper()
	o := slo.Objective{Name: "1h", Target: target(t, "90%"), Window: slo.Rolling(60), Alerts: policy}
	set := &slo.Set{SLOs: []*slo.SLO{{ID: "a", Kind: slo.KindSLO, Objectives: []slo.Objective{o}}}}
	e := burnrate.NewEvaluator(set)
	l := &ledger{start: 940, since: []slo.Minute{940}, ends: []slo.Minute{1000}}
	for _, row := range list {
		l.rows = append(l.rows, []burnrate.Row{row})
	}
	if err := e.Load(l.sums(t, set, e.Measured())); err != nil {
		t.Fatal(err)
	}
	return e.Snapshot(time.Unix(60_000, 0)).Statuses[0].Objectives[0]
}

// TestSlices counts the slices of an hour: 2 are bad and 1 has no data.
func TestSlices(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		empty      slo.Empty
		bad, total int64
	}{
		{"", 2, 11}, {slo.EmptyGood, 2, 12}, {slo.EmptyBad, 3, 12},
	} {
		slice := slo.Slice{Every: diag.Located[time.Duration]{Value: 5 * time.Minute}, Empty: test.empty}
		var list []burnrate.Row
		for i := range 12 {
			outcome := burnrate.GoodSlice
			switch i {
			case 3, 7:
				outcome = burnrate.BadSlice
			case 5:
				outcome = burnrate.EmptySlice
			}
			list = append(list, burnrate.SliceRows(slice, outcome)...)
		}
		o := overAnHour(t, nil, list)
		if o.Window.Counts != (slo.Counts{Total: test.total, Bad: test.bad}) || o.Window.State != burnrate.Measured || o.Window.Measured != 60 {
			t.Errorf("empty %q: %+v", test.empty, o.Window)
		}
	}
}

// TestWeighted keeps weights and rows apart: ratios are made of the weights, the
// guard counts rows.
func TestWeighted(t *testing.T) {
	t.Parallel()
	one, err := slo.ParseDecimal("1")
	if err != nil {
		t.Fatal(err)
	}
	policy := func(minBad int64) *slo.AlertPolicy {
		return &slo.AlertPolicy{Guard: slo.Guard{MinBad: minBad}, Tiers: []slo.Tier{{Burn: one, Long: time.Hour, Short: time.Hour}}}
	}
	list := make([]burnrate.Row, 60)
	for i := range list {
		list[i].Measured = true
	}
	list[3] = burnrate.Row{Counts: slo.Counts{Total: 2500}, Rows: slo.Counts{Total: 1}, Measured: true}
	list[9] = burnrate.Row{Counts: slo.Counts{Total: 1250, Bad: 1250}, Rows: slo.Counts{Total: 1, Bad: 1}, Measured: true}
	for minBad, want := range map[int64]burnrate.Verdict{1: burnrate.Fires, 2: burnrate.FewBad} {
		o := overAnHour(t, policy(minBad), list)
		if e := value(t, o.Window.ErrorRatio); math.Abs(e-1.0/3) > 1e-15 || o.Window.Rows != (slo.Counts{Total: 2, Bad: 1}) {
			t.Errorf("error ratio %v of %+v", e, o.Window)
		}
		if got := o.Tiers[0].Verdict; got != want {
			t.Errorf("with minBad %d: %s, want %s", minBad, got, want)
		}
	}
	list[20] = burnrate.Row{Counts: slo.Counts{Total: 500}, Rows: slo.Counts{Total: 1, Bad: 2}, Measured: true}
	if o := overAnHour(t, policy(1), list); o.Window.Counts.Total != 3750 || o.Window.Measured != 59 {
		t.Errorf("rows that cannot be are counted: %+v", o.Window)
	}
}

// TestForecastOfObjectives goes on with the failures of late: those of the long
// window of the fastest tier that fires, or else of three days, here an hour.
func TestForecastOfObjectives(t *testing.T) {
	t.Parallel()
	burn, err := slo.ParseDecimal("2")
	if err != nil {
		t.Fatal(err)
	}
	policy := &slo.AlertPolicy{Tiers: []slo.Tier{{Burn: burn, Long: 20 * time.Minute, Short: 5 * time.Minute}}}
	list := rows(make([]slo.Counts, 60)...)
	for i := range list {
		list[i] = burnrate.Counted(slo.Counts{Total: 100})
	}
	list[59] = burnrate.Counted(slo.Counts{Total: 100, Bad: 100})
	// B is 600, 100 of it are spent. The tier burns at 100 / 2000 / 0.1 = 0.5 and
	// is calm; over the hour the burn rate is 1/6, so nothing is spent.
	if f := overAnHour(t, policy, list).Forecast; f.Exhausts {
		t.Errorf("calm: %+v", f)
	}
	for i := 54; i < 60; i++ {
		list[i] = burnrate.Counted(slo.Counts{Total: 100, Bad: 90})
	}
	// Now 540 are spent, and the tier burns at 540 / 2000 / 0.1 = 2.7: the last 60
	// go at 27 a minute, in 2.22 minutes.
	if f := overAnHour(t, policy, list).Forecast; !f.Exhausts || f.Exhaustion != 133*time.Second || !f.Earliest {
		t.Errorf("firing: %+v", f)
	}
	// Without the tier they go on as over the hour: 9 a minute, at a burn rate
	// of 0.9, which a rolling window forgets.
	if f := overAnHour(t, nil, list).Forecast; f.Exhausts {
		t.Errorf("without a tier: %+v", f)
	}
}

// TestForecastOfJourneys spends a composed budget at the burn rate of late: 84 %
// of 28d are spent, and a burn rate of 2 spends the rest in 0.16 × 40,320 / 2 =
// 3,225.6 minutes.
func TestForecastOfJourneys(t *testing.T) {
	t.Parallel()
	j := &slo.Journey{ID: "j", Compose: slo.Worst, Objectives: []slo.Objective{{Name: "28d", Target: target(t, "90%"), Window: window(t, "28d")}}}
	step := &slo.SLO{ID: "j/a", Kind: slo.KindStep}
	j.Steps = []slo.Step{{Name: "a", SLO: step}}
	set := &slo.Set{SLOs: []*slo.SLO{step}, Journeys: []*slo.Journey{j}}
	extent := slo.Span{Start: 0, End: 40_320}
	cuts := cutsOf(set, "j/a", extent)
	list := make([]burnrate.Row, len(cuts)-1)
	for i := range list {
		// Of 840,000 events 70,560 fail: 8.4 %. The last three days have 20 %.
		switch span := (slo.Span{Start: cuts[i], End: cuts[i+1]}); {
		case i == 0:
			list[i] = burnrate.Counted(slo.Counts{Total: 840_000 - 4320, Bad: 70_560 - 864})
		default:
			list[i] = burnrate.Counted(slo.Counts{Total: span.Len(), Bad: span.Len() / 5})
		}
	}
	series, err := burnrate.NewSeries(extent, cuts, list)
	if err != nil {
		t.Fatal(err)
	}
	o := burnrate.Evaluate(set, time.Unix(0, 0), map[string]burnrate.Measurement{"j/a": {Series: series, End: 40_320}}).Statuses[0].Objectives[0]
	if consumed := value(t, o.Budget.Consumed); math.Abs(consumed-0.84) > 1e-12 {
		t.Fatalf("consumed %v, want 0.84", consumed)
	}
	if want := 3225*time.Minute + 36*time.Second; !o.Forecast.Exhausts || (o.Forecast.Exhaustion-want).Abs() > time.Second {
		t.Errorf("%+v, want %v", o.Forecast, want)
	}
}

// TestForecastWithExclusionsToCome does not fail in time that is agreed: it is 12
// hours before the end of the day, of which 6 are excluded from 14:00 on.
func TestForecastWithExclusionsToCome(t *testing.T) {
	t.Parallel()
	noon := slo.MinuteAt(time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC))
	clock := func(hour int) slo.Minute { return noon + slo.Minute(hour-12)*60 }
	for _, test := range []struct {
		name   string
		effect slo.Effect
		bad    int64 // a minute, of 100
		after  time.Duration
		left   float64
	}{
		// B is 0.1 × 100 × 1080 minutes that count. 720 × 6 are spent; the 6 hours
		// that are left and count spend 2160.
		{"dropped", slo.Drop, 6, 0, 1 - 6480.0/10_800},
		// B is 0.1 × 100 × 1440. 720 × 16 are spent. At 16 a minute the rest lasts
		// 180 minutes: 120 until the exclusion, and 60 behind it, till 21:00.
		{"good", slo.CountAsGood, 16, 9 * time.Hour, 1 - 17_280.0/14_400},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := slo.Objective{Name: "day", Target: target(t, "90%"), Window: calendar(t, "day", "UTC")}
			step := &slo.SLO{ID: "j/a", Kind: slo.KindStep, Objectives: []slo.Objective{o}}
			j := &slo.Journey{ID: "j", Compose: slo.Worst, Objectives: step.Objectives, Steps: []slo.Step{{Name: "a", SLO: step}}}
			set := &slo.Set{SLOs: []*slo.SLO{step}, Journeys: []*slo.Journey{j}, Exclusions: []*slo.Exclusion{{
				Name: "planned", SLOs: []string{"j"}, From: clock(14).Time(), To: clock(20).Time(), Effect: test.effect,
			}}}
			extent := slo.Span{Start: clock(0), End: noon}
			cuts := cutsOf(set, "j/a", extent)
			list := make([]burnrate.Row, len(cuts)-1)
			for i := range list {
				n := int64(cuts[i+1] - cuts[i])
				list[i] = burnrate.Counted(slo.Counts{Total: 100 * n, Bad: test.bad * n})
			}
			series, err := burnrate.NewSeries(extent, cuts, list)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range burnrate.Evaluate(set, noon.Time(), map[string]burnrate.Measurement{"j/a": {Series: series, End: noon}}).Statuses {
				f := s.Objectives[0].Forecast
				if left := value(t, f.End.Remaining); math.Abs(left-test.left) > 1e-12 {
					t.Errorf("%s: %v left at the end, want %v", s.ID, left, test.left)
				}
				if f.Exhausts != (test.after > 0) || (f.Exhaustion-test.after).Abs() > time.Second {
					t.Errorf("%s: %+v, want it spent after %v", s.ID, f, test.after)
				}
			}
		})
	}
}
