package burnrate_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

func value(t *testing.T, r burnrate.Ratio) float64 {
	t.Helper()
	v, ok := r.Value()
	if !ok {
		t.Fatal("undefined")
	}
	return v
}

// TestBudget checks worked numbers: those of the documentation, of published
// tables, and of the borders between states.
func TestBudget(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		counts   slo.Counts
		target   string
		missing  int64
		pace     burnrate.Pace
		consumed float64
		state    burnrate.BudgetState
	}{
		{"a full window equals the burn rate", slo.Counts{Total: 120034, Bad: 41}, "99.95%", 0, burnrate.Pace{Total: 120034, Minutes: 40320}, 0.683139777063, burnrate.Healthy},
		{"one failure in the first hour", slo.Counts{Total: 600, Bad: 1}, "99.9%", 40260, burnrate.Pace{Total: 600, Minutes: 60}, 1 / (0.001 * (600 + 10*40260)), burnrate.Healthy},
		{"five past midnight on the 1st", slo.Counts{Total: 50, Bad: 1}, "99.9%", 43195, burnrate.Pace{Total: 403_200, Minutes: 40320}, 1 / (0.001 * (50 + 10*43195)), burnrate.Healthy},
		{"spent to the last event", slo.Counts{Total: 1_000_000_000_000, Bad: 10_000_000}, "99.999%", 0, burnrate.Pace{}, 1, burnrate.Spent},
		{"one event before that", slo.Counts{Total: 1_000_000_000_000, Bad: 9_999_999}, "99.999%", 0, burnrate.Pace{}, 0.9999999, burnrate.AtRisk},
		{"overspent", slo.Counts{Total: 1000, Bad: 5}, "99.9%", 0, burnrate.Pace{}, 5, burnrate.Spent},
		{"exactly a quarter left", slo.Counts{Total: 4000, Bad: 3}, "99.9%", 0, burnrate.Pace{}, 0.75, burnrate.Healthy},
		{"nothing failed", slo.Counts{Total: 10}, "99.9%", 0, burnrate.Pace{}, 0, burnrate.Healthy},
		// One hour of total failure at even traffic spends 139 % of 30 days
		// (Site Reliability Workbook, chapter 5, table 5-3: "140 %").
		{"an hour down in 30 days", slo.Counts{Total: 720, Bad: 1}, "99.9%", 0, burnrate.Pace{}, 1.3888888888888888, burnrate.Spent},
		// Nobl9's occurrences example: 111 of 118 are good.
		{"occurrences", slo.Counts{Total: 118, Bad: 7}, "95%", 0, burnrate.Pace{}, 7 / (118 * 0.05), burnrate.Spent},
		// The report fixture of slo-generator: half of 7,112 events are bad.
		{"half bad", slo.Counts{Total: 7112, Bad: 3556}, "90%", 0, burnrate.Pace{}, 5, burnrate.Spent},
		// OpenSLO's two weeks of 24,000 requests a day: 16,800 may fail.
		{"two weeks", slo.Counts{Total: 336000, Bad: 16800}, "95%", 0, burnrate.Pace{}, 1, burnrate.Spent},
		// New Relic shows 24.9 % left as at risk, 30 % as fine.
		{"24.9 % left", slo.Counts{Total: 1_000_000, Bad: 751}, "99.9%", 0, burnrate.Pace{}, 0.751, burnrate.AtRisk},
		{"30 % left", slo.Counts{Total: 1_000_000, Bad: 700}, "99.9%", 0, burnrate.Pace{}, 0.7, burnrate.Healthy},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := burnrate.NewBudget(test.counts, target(t, test.target), test.missing, test.pace)
			consumed := value(t, b.Consumed)
			if math.Abs(consumed-test.consumed) > 1e-12 || b.State != test.state {
				t.Errorf("got %v, %s; want %v, %s", consumed, b.State, test.consumed, test.state)
			}
		})
	}
	if b := burnrate.NewBudget(slo.Counts{}, target(t, "99%"), 0, burnrate.Pace{}); b.State != burnrate.Unknown || b.Consumed.Defined() {
		t.Errorf("without traffic: got %+v, want unknown", b)
	}
}

func TestRatioJSON(t *testing.T) {
	t.Parallel()
	tests := []struct {
		ratio burnrate.Ratio
		want  string
	}{
		{burnrate.Ratio{}, "null"},
		{burnrate.RatioOf(math.NaN()), "null"},
		{burnrate.RatioOf(math.Inf(1)), "null"},
		{burnrate.RatioOf(0.1 + 0.2), "0.3"},
		{burnrate.RatioOf(1), "1"},
		{burnrate.RatioOf(math.Copysign(0, -1)), "0"},
		{burnrate.RatioOf(-12.5), "-12.5"},
		{burnrate.RatioOf(1e-9), "1e-09"},
		{burnrate.RatioOf(123456789012345), "123456789012000"},
	}
	for _, test := range tests {
		got, err := json.Marshal(test.ratio)
		if err != nil || string(got) != test.want {
			t.Errorf("%v: got %s, %v, want %s", test.ratio, got, err, test.want)
		}
	}
}

// rows are those of an SLI that counts every event as one.
func rows(counts ...slo.Counts) []burnrate.Row {
	list := make([]burnrate.Row, len(counts))
	for i, c := range counts {
		list[i] = burnrate.Counted(c)
	}
	return list
}

// cutsOf returns the cuts of one id when everything could be measured alike.
func cutsOf(set *slo.Set, id string, extent slo.Span) []slo.Minute {
	extents := map[string]slo.Span{}
	for _, s := range set.Measured() {
		extents[s.ID] = extent
	}
	return burnrate.Cuts(set, extents)[id]
}

// day returns an evaluation of one SLO over 1d whose first measured minute
// lies the given number of minutes before the end.
func day(t *testing.T, since int64, counts slo.Counts, failure error) burnrate.Objective {
	t.Helper()
	set := &slo.Set{SLOs: []*slo.SLO{{ID: "a", Kind: slo.KindSLO, Objectives: []slo.Objective{{Name: "1d", Target: target(t, "99%"), Window: slo.Rolling(1440)}}}}}
	end := slo.Minute(100_000)
	m := burnrate.Measurement{End: end, Err: failure}
	if failure == nil {
		extent := slo.Span{Start: end - slo.Minute(since), End: end}
		cuts := cutsOf(set, "a", extent)
		sums := make([]slo.Counts, max(0, len(cuts)-1))
		if len(sums) > 0 {
			sums[0] = counts // in the oldest part
		}
		var err error
		if m.Series, err = burnrate.NewSeries(extent, cuts, rows(sums...)); err != nil {
			t.Fatal(err)
		}
	}
	snapshot := burnrate.Evaluate(set, end.Time(), map[string]burnrate.Measurement{"a": m})
	if failure != nil {
		if diff := cmp.Diff([]burnrate.Failure{{ID: "a", Message: failure.Error()}}, snapshot.Failures); diff != "" {
			t.Errorf("failures (-want +got):\n%s", diff)
		}
	}
	return snapshot.Statuses[0].Objectives[0]
}

func TestStates(t *testing.T) {
	t.Parallel()
	some := slo.Counts{Total: 100, Bad: 1}
	tests := []struct {
		name     string
		since    int64
		counts   slo.Counts
		failure  error
		state    burnrate.State
		budget   burnrate.BudgetState
		coverage float64
	}{
		{"whole window", 1440, some, nil, burnrate.Measured, burnrate.Spent, 1},
		{"99 % of it", 1426, some, nil, burnrate.Measured, burnrate.AtRisk, 1426.0 / 1440},
		{"less", 1425, some, nil, burnrate.Partial, burnrate.AtRisk, 1425.0 / 1440},
		{"half", 720, some, nil, burnrate.Partial, burnrate.Healthy, 0.5},
		{"silence", 1440, slo.Counts{}, nil, burnrate.NoTraffic, burnrate.Unknown, 1},
		{"never an event", 0, slo.Counts{}, nil, burnrate.NoData, burnrate.Unknown, 0},
		{"failed", 0, slo.Counts{}, errors.New("no route"), burnrate.NoData, burnrate.Unknown, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := day(t, test.since, test.counts, test.failure)
			if o.Window.State != test.state || o.Budget.State != test.budget || o.Window.Coverage() != test.coverage {
				t.Errorf("got %s, %s, %v; want %s, %s, %v", o.Window.State, o.Budget.State, o.Window.Coverage(), test.state, test.budget, test.coverage)
			}
		})
	}
}

// journey evaluates a journey over 1h whose steps have the given counts; a nil
// step has no data.
func journey(t *testing.T, steps ...*slo.Counts) burnrate.Objective {
	t.Helper()
	j := &slo.Journey{ID: "j", Compose: slo.Series, Objectives: []slo.Objective{{Name: "1h", Target: target(t, "90%"), Window: slo.Rolling(60)}}}
	set := &slo.Set{Journeys: []*slo.Journey{j}}
	measured := map[string]burnrate.Measurement{}
	for i := range steps {
		s := &slo.SLO{ID: "j/" + string(rune('a'+i)), Kind: slo.KindStep}
		set.SLOs = append(set.SLOs, s)
		j.Steps = append(j.Steps, slo.Step{Name: s.ID[2:], SLO: s})
	}
	for i, c := range steps {
		id := set.SLOs[i].ID
		extent := slo.Span{Start: 0, End: 10_000}
		if c == nil {
			extent.Start = extent.End
		}
		cuts := cutsOf(set, id, extent)
		counts := make([]slo.Counts, max(0, len(cuts)-1))
		if c != nil {
			counts[len(counts)-1] = *c
		}
		series, err := burnrate.NewSeries(extent, cuts, rows(counts...))
		if err != nil {
			t.Fatal(err)
		}
		measured[id] = burnrate.Measurement{Series: series, End: 10_000}
	}
	return burnrate.Evaluate(set, time.Unix(600_000, 0), measured).Statuses[0].Objectives[0]
}

func TestJourney(t *testing.T) {
	t.Parallel()
	c := func(total, bad int64) *slo.Counts { return &slo.Counts{Total: total, Bad: bad} }
	undefined := math.NaN()
	tests := []struct {
		name   string
		steps  []*slo.Counts
		e      float64
		state  burnrate.State
		shares []float64
	}{
		{"one and two percent", []*slo.Counts{c(100, 1), c(100, 2)}, 0.0298, burnrate.Measured, []float64{math.Log(0.99) / (math.Log(0.99) + math.Log(0.98)), math.Log(0.98) / (math.Log(0.99) + math.Log(0.98))}},
		{"nothing failed", []*slo.Counts{c(100, 0), c(100, 0)}, 0, burnrate.Measured, []float64{undefined, undefined}},
		{"one failed completely", []*slo.Counts{c(10, 10), c(100, 50)}, 1, burnrate.Measured, []float64{1, 0}},
		{"both failed completely", []*slo.Counts{c(10, 10), c(100, 100)}, 1, burnrate.Measured, []float64{0.5, 0.5}},
		{"a step without traffic", []*slo.Counts{c(0, 0), c(100, 5)}, 0.05, burnrate.Measured, []float64{undefined, 1}},
		{"a step without data", []*slo.Counts{nil, c(100, 5)}, 0.05, burnrate.Partial, []float64{undefined, 1}},
		{"no traffic at all", []*slo.Counts{c(0, 0), c(0, 0)}, undefined, burnrate.NoTraffic, []float64{undefined, undefined}},
		{"no data at all", []*slo.Counts{nil, nil}, undefined, burnrate.NoData, []float64{undefined, undefined}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := journey(t, test.steps...)
			got := func(r burnrate.Ratio) float64 {
				if v, ok := r.Value(); ok {
					return v
				}
				return undefined
			}
			same := func(a, b float64) bool { return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) < 1e-12 }
			if !same(got(o.Window.ErrorRatio), test.e) || o.Window.State != test.state {
				t.Errorf("got %v, %s; want %v, %s", o.Window.ErrorRatio, o.Window.State, test.e, test.state)
			}
			for i, want := range test.shares {
				if !same(got(o.Shares[i].Ratio), want) {
					t.Errorf("share of step %d: got %v, want %v", i, o.Shares[i].Ratio, want)
				}
			}
			if o.Window.Counts != (slo.Counts{}) || !o.Composed {
				t.Errorf("a composed journey has no counts, got %+v", o.Window.Counts)
			}
		})
	}
}

func TestNewSeriesRefuses(t *testing.T) {
	t.Parallel()
	if _, err := burnrate.NewSeries(slo.Span{}, []slo.Minute{1, 2}, nil); err == nil {
		t.Error("two cuts without a count are taken")
	}
	if _, err := burnrate.NewSeries(slo.Span{}, []slo.Minute{2, 1}, rows(slo.Counts{})); err == nil {
		t.Error("cuts out of order are taken")
	}
}

// TestJourneyBudgetOfYoungSteps measures two steps for different times: what a
// step spends counts for as long as it was measured.
func TestJourneyBudgetOfYoungSteps(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		old, young slo.Counts
		consumed   float64
	}{
		{"the young one failed", slo.Counts{Total: 100}, slo.Counts{Total: 10, Bad: 1}, 0.1 / 0.01 * 15 / 60},
		{"the old one failed", slo.Counts{Total: 100, Bad: 10}, slo.Counts{Total: 10}, 0.1 / 0.01 * 60 / 60},
		{"both did alike", slo.Counts{Total: 10, Bad: 1}, slo.Counts{Total: 10, Bad: 1}, 0.19 / 0.01 * 37.5 / 60},
		{"none did", slo.Counts{Total: 10}, slo.Counts{Total: 10}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			old, young := &slo.SLO{ID: "j/old"}, &slo.SLO{ID: "j/young"}
			j := &slo.Journey{
				ID: "j", Compose: slo.Series, Objectives: []slo.Objective{{Name: "1h", Target: target(t, "99%"), Window: slo.Rolling(60)}},
				Steps: []slo.Step{{Name: "old", SLO: old}, {Name: "young", SLO: young}},
			}
			set := &slo.Set{SLOs: []*slo.SLO{old, young}, Journeys: []*slo.Journey{j}}
			measured := map[string]burnrate.Measurement{}
			for id, m := range map[string]struct {
				since  slo.Minute
				counts slo.Counts
			}{"j/old": {0, test.old}, "j/young": {985, test.young}} {
				extent := slo.Span{Start: m.since, End: 1000}
				cuts := cutsOf(set, id, extent)
				counts := make([]slo.Counts, len(cuts)-1)
				counts[len(counts)-1] = m.counts
				series, err := burnrate.NewSeries(extent, cuts, rows(counts...))
				if err != nil {
					t.Fatal(err)
				}
				measured[id] = burnrate.Measurement{Series: series, End: 1000}
			}
			o := burnrate.Evaluate(set, time.Unix(60_000, 0), measured).Statuses[0].Objectives[0]
			if got := value(t, o.Budget.Consumed); math.Abs(got-test.consumed) > 1e-9 {
				t.Errorf("consumed %v, want %v", got, test.consumed)
			}
		})
	}
}
