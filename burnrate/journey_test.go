package burnrate_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// history is a set and what was counted, minute by minute.
type history struct {
	set    *slo.Set
	counts map[string]minutes
}

// newHistory makes a journey j over 1h with a target of 99 %, and its steps.
func newHistory(t *testing.T, compose slo.Compose, weights ...string) *history {
	t.Helper()
	j := &slo.Journey{
		ID: "j", About: slo.About{Owner: "shop"}, Compose: compose,
		Objectives: []slo.Objective{{Name: "1h", Target: target(t, "99%"), Window: slo.Rolling(60)}},
	}
	if compose == slo.Measured {
		j.SLI = &slo.SLI{}
	}
	h := &history{set: &slo.Set{Journeys: []*slo.Journey{j}}, counts: map[string]minutes{}}
	for i, text := range weights {
		weight, err := slo.ParseDecimal(text)
		if err != nil {
			t.Fatal(err)
		}
		step := &slo.SLO{ID: "j/" + string(rune('a'+i)), Kind: slo.KindStep, About: slo.About{Owner: "team"}, Objectives: j.Objectives}
		h.set.SLOs = append(h.set.SLOs, step)
		j.Steps = append(j.Steps, slo.Step{Name: step.ID[2:], Weight: weight, SLO: step})
	}
	return h
}

// measure adds minutes up to end, each with the same counts.
func (h *history) measure(id string, end slo.Minute, n int, each slo.Counts) {
	m := minutes{start: end - slo.Minute(n)}
	for range n {
		m.counts = append(m.counts, each)
	}
	h.counts[id] = m
}

func (h *history) evaluate(t *testing.T) map[string]burnrate.Objective {
	t.Helper()
	extents, measured := map[string]slo.Span{}, map[string]burnrate.Measurement{}
	for id, m := range h.counts {
		extents[id] = m.extent()
	}
	for id, cuts := range burnrate.Cuts(h.set, extents) {
		var counts []slo.Counts
		for i := 1; i < len(cuts); i++ {
			c, _ := h.counts[id].sum(slo.Span{Start: cuts[i-1], End: cuts[i]})
			counts = append(counts, c)
		}
		series, err := burnrate.NewSeries(extents[id], cuts, rows(counts...))
		if err != nil {
			t.Fatal(err)
		}
		measured[id] = burnrate.Measurement{Series: series, End: extents[id].End}
	}
	found := map[string]burnrate.Objective{}
	for _, s := range burnrate.Evaluate(h.set, time.Unix(0, 0), measured).Statuses {
		found[s.ID] = s.Objectives[0]
	}
	return found
}

func close12(r burnrate.Ratio, want float64) bool {
	v, known := r.Value()
	return known && math.Abs(v-want) < 1e-12 || !known && math.IsNaN(want)
}

// TestCompositions checks the worked examples of docs/journeys.md: step a with
// 1 of 100 bad, step b with 20 of 1,000.
func TestCompositions(t *testing.T) {
	t.Parallel()
	series := math.Log(0.99) / (math.Log(0.99) + math.Log(0.98))
	for _, test := range []struct {
		compose slo.Compose
		e       float64
		shares  [2]float64
	}{
		{slo.Series, 0.0298, [2]float64{series, 1 - series}},
		{slo.Worst, 0.02, [2]float64{0, 1}},
		{slo.Weighted, 0.0125, [2]float64{0.6, 0.4}},
		{slo.Pooled, 21.0 / 1100, [2]float64{1.0 / 21, 20.0 / 21}},
		{slo.Measured, 0.015, [2]float64{series, 1 - series}},
	} {
		h := newHistory(t, test.compose, "3", "1")
		h.measure("j/a", 1000, 60, slo.Counts{Total: 100, Bad: 1})
		h.measure("j/b", 1000, 60, slo.Counts{Total: 1000, Bad: 20})
		h.measure("j", 1000, 60, slo.Counts{Total: 200, Bad: 3})
		o := h.evaluate(t)["j"]
		if !close12(o.Window.ErrorRatio, test.e) || !close12(o.BurnRate, 100*test.e) || !close12(o.Budget.Consumed, 100*test.e) {
			t.Errorf("%s: E %v, burn %v, consumed %v; want E %v", test.compose, o.Window.ErrorRatio, o.BurnRate, o.Budget.Consumed, test.e)
		}
		measured := test.compose == slo.Measured
		for i, share := range o.Shares {
			if !close12(share.Ratio, test.shares[i]) || share.Estimated != measured {
				t.Errorf("%s: share of %s is %v, estimated %t; want %v", test.compose, share.Step, share.Ratio, share.Estimated, test.shares[i])
			}
		}
		if o.Composed == measured || measured != (o.Window.Counts.Total == 12_000) {
			t.Errorf("%s: composed %t with %+v", test.compose, o.Composed, o.Window.Counts)
		}
	}
}

// TestWorstTakesTheFirst attributes to the first of two steps that are as bad,
// and to no step that is better.
func TestWorstTakesTheFirst(t *testing.T) {
	t.Parallel()
	h := newHistory(t, slo.Worst, "1", "1", "1")
	h.measure("j/a", 1000, 60, slo.Counts{Total: 100, Bad: 1})
	h.measure("j/b", 1000, 60, slo.Counts{Total: 100, Bad: 5})
	h.measure("j/c", 1000, 60, slo.Counts{Total: 20, Bad: 1})
	shares := h.evaluate(t)["j"].Shares
	if !close12(shares[0].Ratio, 0) || !close12(shares[1].Ratio, 1) || !close12(shares[2].Ratio, 0) {
		t.Errorf("got %v, %v, %v", shares[0].Ratio, shares[1].Ratio, shares[2].Ratio)
	}
}

// TestMeasuredJourneyEnds ends a measured journey with the earliest of its own
// end and its steps'.
func TestMeasuredJourneyEnds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ own, a, b, want slo.Minute }{{1000, 998, 1000, 998}, {995, 998, 1000, 995}} {
		h := newHistory(t, slo.Measured, "1", "1")
		h.measure("j", test.own, 100, slo.Counts{Total: 10, Bad: 1})
		h.measure("j/a", test.a, 100, slo.Counts{Total: 10, Bad: 1})
		h.measure("j/b", test.b, 100, slo.Counts{Total: 10})
		found := h.evaluate(t)
		if got := found["j"].Window; got.Span.End != test.want || got.Counts.Total != 600 {
			t.Errorf("own %d, steps %d and %d: the journey ends at %d with %+v", test.own, test.a, test.b, got.Span.End, got.Counts)
		}
		if got := found["j/b"].Window.Span.End; got != test.b {
			t.Errorf("step b ends at %d", got)
		}
	}
}

// TestJourneyExclusions excludes for a journey, for a step, and for a team.
// What is excluded for a step is excluded in its journey too; what is excluded
// for the owner of a journey leaves the budgets of other teams' steps alone.
func TestJourneyExclusions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name             string
		slos             []string
		owner            string
		journey, a, b    float64 // consumed
		journeyExcludes  bool
		ofA, ofB, inside int64 // minutes that are excluded
	}{
		{"the journey", []string{"j"}, "", 0, 0, 0, true, 30, 30, 30},
		{"its owner", nil, "shop", 0, 15, 0, true, 0, 0, 30},
		{"the step that failed", []string{"j/a"}, "", 0, 0, 0, true, 30, 0, 30},
		{"the other step", []string{"j/b"}, "", 15, 15, 0, true, 0, 30, 30},
		{"the owner of the steps", nil, "team", 0, 0, 0, true, 30, 30, 30},
		{"something else", []string{"k*"}, "", 15, 15, 0, false, 0, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := newHistory(t, slo.Series, "1", "1")
			h.measure("j/b", 1000, 60, slo.Counts{Total: 10})
			m := minutes{start: 940}
			for i := range 60 { // the first half hour fails at 30 %
				m.counts = append(m.counts, slo.Counts{Total: 10, Bad: int64(3 * (1 - i/30))})
			}
			h.counts["j/a"] = m
			h.set.Exclusions = []*slo.Exclusion{{
				Name: "x", SLOs: test.slos, Owner: test.owner, Effect: slo.Drop, From: slo.Minute(940).Time(), To: slo.Minute(970).Time(),
			}}
			found := h.evaluate(t)
			got := map[string]float64{}
			for id, o := range found {
				got[id], _ = o.Budget.Consumed.Value()
				got[id] = math.Round(got[id]*1e9) / 1e9
			}
			if diff := cmp.Diff(map[string]float64{"j": test.journey, "j/a": test.a, "j/b": test.b}, got); diff != "" {
				t.Errorf("consumed (-want +got):\n%s", diff)
			}
			excluded := [3]int64{found["j/a"].Window.Excluded.Minutes, found["j/b"].Window.Excluded.Minutes, found["j"].Window.Excluded.Minutes}
			if want := [3]int64{test.ofA, test.ofB, test.inside}; excluded != want {
				t.Errorf("excluded minutes %v, want %v", excluded, want)
			}
			if j := found["j"]; test.journeyExcludes != j.Unexcluded.Defined() || test.journeyExcludes && !close12(j.Unexcluded, -14) {
				t.Errorf("without exclusions %v would remain", j.Unexcluded)
			}
		})
	}
}

// TestDroppedMinutesOfAYoungJourney measures a step for the last 20 of 60
// minutes, of which 10 are dropped, as are 10 before it was measured: 10 of 40
// minutes that count are over, so that an error ratio of 10 % with a target of
// 99 % has spent 10 × 10 / 40 budgets.
func TestDroppedMinutesOfAYoungJourney(t *testing.T) {
	t.Parallel()
	h := newHistory(t, slo.Series, "1")
	h.measure("j/a", 1000, 20, slo.Counts{Total: 10, Bad: 1})
	drop := func(from, to slo.Minute) *slo.Exclusion {
		return &slo.Exclusion{Name: "x", SLOs: []string{"*"}, Effect: slo.Drop, From: from.Time(), To: to.Time()}
	}
	h.set.Exclusions = []*slo.Exclusion{drop(950, 960), drop(985, 995)}
	found := h.evaluate(t)
	if j, a := found["j"].Budget.Consumed, found["j/a"].Budget.Consumed; !close12(j, 2.5) || !close12(a, 2.5) {
		t.Errorf("the journey consumed %v, its step %v; want 2.5 both", j, a)
	}
}

// TestInvalidCounts leaves out what cannot be, and says so with its numbers.
func TestInvalidCounts(t *testing.T) {
	t.Parallel()
	set := &slo.Set{SLOs: []*slo.SLO{{ID: "a", Kind: slo.KindSLO, Objectives: []slo.Objective{{Name: "1h", Target: target(t, "99%"), Window: slo.Rolling(60)}}}}}
	cuts := []slo.Minute{0, 940, 970, 995, 1000}
	for _, test := range []struct {
		name   string
		counts []slo.Counts
		want   slo.Counts
		spans  int64
		says   string
	}{
		{"all is well", []slo.Counts{{Total: 9}, {Total: 10, Bad: 1}, {Total: 20, Bad: 20}, {}}, slo.Counts{Total: 30, Bad: 21}, 60, ""},
		{"more bad than valid", []slo.Counts{{}, {Total: 3, Bad: 5}, {Total: 20}, {Total: 1}}, slo.Counts{Total: 21}, 30, "5 bad of 3 valid events from 1970-01-01T15:40Z to 1970-01-01T16:10Z"},
		{"less than none", []slo.Counts{{}, {Total: 3}, {Total: 20, Bad: -1}, {Total: -2, Bad: -3}}, slo.Counts{Total: 3}, 30, "-1 bad of 20 valid events from 1970-01-01T16:10Z to 1970-01-01T16:35Z, which cannot be, are not counted; nor are 1 more such counts"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			series, err := burnrate.NewSeries(slo.Span{Start: 0, End: 1000}, cuts, rows(test.counts...))
			if err != nil {
				t.Fatal(err)
			}
			if got := series.Sum(slo.Span{Start: 940, End: 1000}); got != (burnrate.Sum{Counts: test.want, Rows: test.want, Minutes: test.spans}) {
				t.Errorf("got %+v, want %+v in %d minutes", got, test.want, test.spans)
			}
			extended, err := burnrate.NewSeries(slo.Span{Start: 940, End: 1000}, cutsOf(set, "a", slo.Span{Start: 940, End: 1000}), rows(test.counts[1:4]...))
			if err != nil {
				t.Fatal(err)
			}
			snapshot := burnrate.Evaluate(set, time.Unix(0, 0), map[string]burnrate.Measurement{"a": {Series: extended, End: 1000}})
			said := ""
			for _, f := range snapshot.Failures {
				said += f.Message
			}
			if (said == "") != (test.says == "") || !strings.HasPrefix(said, test.says) {
				t.Errorf("it says %q, want %q", said, test.says)
			}
		})
	}
}
