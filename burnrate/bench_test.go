package burnrate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// BenchmarkEvaluate evaluates journeys of three steps each over the seven burn
// windows and 28 days.
func BenchmarkEvaluate(b *testing.B) {
	for _, journeys := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("slos=%d", 3*journeys), func(b *testing.B) {
			set, measured := manyJourneys(b, journeys)
			b.ReportAllocs()
			for b.Loop() {
				burnrate.Evaluate(set, time.Unix(0, 0), measured)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(3*journeys), "ns/slo")
		})
	}
}

func manyJourneys(b *testing.B, n int) (*slo.Set, map[string]burnrate.Measurement) {
	b.Helper()
	objectives := []slo.Objective{{Name: "28d", Target: target(b, "99.9%"), Window: slo.Rolling(40_320)}}
	set := &slo.Set{}
	for i := range n {
		j := &slo.Journey{ID: fmt.Sprintf("j%d", i), Compose: slo.Series, Objectives: objectives}
		for _, name := range []string{"a", "b", "c"} {
			s := &slo.SLO{ID: j.ID + "/" + name, Kind: slo.KindStep, Objectives: objectives}
			set.SLOs = append(set.SLOs, s)
			j.Steps = append(j.Steps, slo.Step{Name: name, SLO: s})
		}
		set.Journeys = append(set.Journeys, j)
	}
	measured := map[string]burnrate.Measurement{}
	extent := slo.Span{Start: 0, End: 50_000}
	extents := map[string]slo.Span{}
	for _, s := range set.SLOs {
		extents[s.ID] = extent
	}
	all := burnrate.Cuts(set, extents)
	for _, s := range set.SLOs {
		cuts := all[s.ID]
		counts := make([]slo.Counts, len(cuts)-1)
		for i := range counts {
			counts[i] = slo.Counts{Total: 1000, Bad: 1}
		}
		series, err := burnrate.NewSeries(extent, cuts, rows(counts...))
		if err != nil {
			b.Fatal(err)
		}
		measured[s.ID] = burnrate.Measurement{Series: series, End: 50_000}
	}
	return set, measured
}
