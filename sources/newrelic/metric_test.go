package newrelic_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/newrelic"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

// TestMetrics measures queries and slices of metrics over thirteen hours: with
// ranges wider than an hour their ends would be moved, and minutes would be
// missing.
func TestMetrics(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := simulator.NewStore()
		const begin, minutes = firstMinute + 7, 13 * 60
		want := make([]sources.Sum, minutes)
		for m := range slo.Minute(minutes) {
			ok, failed := int64(3+m%5), int64(m%2)
			for status, count := range map[float64]int64{200: ok, 500: failed} {
				if count == 0 {
					continue
				}
				value := 0.25 * float64(m%3)
				if err := store.Add("Metric", (begin+m).Millis()+1_500,
					simulator.Attribute{Name: "metricName", Value: simulator.String("http.server.duration")},
					simulator.Attribute{Name: "metricType", Value: simulator.String("summary")},
					simulator.Attribute{Name: "count", Value: simulator.Number(float64(count))},
					simulator.Attribute{Name: "sum", Value: simulator.Number(float64(count) * value)},
					simulator.Attribute{Name: "min", Value: simulator.Number(value)}, simulator.Attribute{Name: "max", Value: simulator.Number(value)},
					simulator.Attribute{Name: "http.status_code", Value: simulator.Number(status)},
				); err != nil {
					t.Fatal(err)
				}
			}
			c := slo.Counts{Total: ok + failed, Bad: failed}
			want[m] = sources.Sum{Counts: slo.Counts{Total: 1000 * c.Total, Bad: 1000 * c.Bad}, Rows: c, Minutes: 1}
		}
		started := time.Now()
		now := func() time.Time { return (begin + minutes + 3).Time().Add(time.Since(started)) }
		server := simulator.New(store, simulator.Options{Now: now})
		config := slo.NewRelic{AccountID: 1, Region: slo.US, QueryLag: slo.DefaultQueryLag, Retention: slo.Retention{Default: slo.DefaultRetention}}
		source := newrelic.New(config, nerdgraph.New(nerdgraph.Options{Endpoint: "http://nerdgraph.test/graphql", Key: secret.Of("NRAK-1"), Transport: inProcess{server}}), now)

		queried := &slo.SLO{ID: "queried", SLI: slo.SLI{Queries: &slo.Queries{
			Total: plain("SELECT count(http.server.duration) FROM Metric"),
			Bad:   plain("SELECT count(http.server.duration) FROM Metric WHERE http.status_code >= 500"),
		}}}
		sliced := &slo.SLO{ID: "sliced", SLI: slo.SLI{From: types("Metric"), Slice: &slo.Slice{
			Every: diag.At(time.Minute, diag.Span{}), Value: plain("average(http.server.duration)"), Good: plain("value < 0.3"),
		}}}
		cuts := make([]slo.Minute, 0, minutes+1)
		for m := range slo.Minute(minutes + 1) {
			cuts = append(cuts, begin+m)
		}
		answers := source.Counts(t.Context(), []sources.Request{{SLO: queried, Cuts: cuts}, {SLO: sliced, Cuts: cuts}})
		for _, answer := range answers {
			if answer.Err != nil {
				t.Fatal(answer.Err)
			}
		}
		if !slices.Equal(answers[0].Sums, want) {
			t.Errorf("got %v, want %v", answers[0].Sums, want)
		}
		for m, sum := range answers[1].Sums {
			c := slo.Counts{Total: 1}
			if m%3 == 2 {
				c.Bad = 1
			}
			if want := (sources.Sum{Counts: c, Rows: c, Minutes: 1}); sum != want {
				t.Errorf("slice %d is %v, want %v", m, sum, want)
				break
			}
		}
		extents := source.Extents(t.Context(), now(), []*slo.SLO{queried, sliced})
		for _, extent := range extents {
			if extent.Err != nil || extent.Span != (slo.Span{Start: begin, End: begin + minutes}) {
				t.Errorf("got the extent %v, want from %d to %d", extent, begin, begin+minutes)
			}
		}
		if watched := source.Watch([]*slo.SLO{queried, sliced}); watched[0] != nil || watched[1] != nil {
			t.Errorf("data points are watched: %v", watched)
		}
	})
}
