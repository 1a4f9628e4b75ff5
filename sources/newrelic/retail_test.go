package newrelic_test

import (
	"testing"
	"time"

	"github.com/slojourn/slojourn/examples"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/spec"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/newrelic"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

// measured tells which stream of the shop each SLI of the example measures.
func measured() map[string]simulator.Stream {
	return map[string]simulator.Stream{
		"log-in/app":                   simulator.LogInApp,
		"log-in/authenticate":          simulator.Authenticate,
		"log-in/check":                 simulator.LogInCheck,
		"product-search/app":           simulator.SearchApp,
		"product-search/browser":       simulator.SearchWeb,
		"product-search/results-page":  simulator.ResultsPage,
		"coupon/list":                  simulator.Coupons,
		"coupon/redeem":                simulator.Redeem,
		"barcode-payment/show-barcode": simulator.Barcode,
		"barcode-payment/authorise":    simulator.Authorise,
		"receipt-delivery":             simulator.Receipt,
		"point-balance/app":            simulator.PointsApp,
		"point-balance/browser":        simulator.PointsWeb,
		"point-balance/service":        simulator.PointsService,
		"order-online/search":          simulator.SearchApp,
		"order-online/fill-basket":     simulator.AddItem,
		"order-online/place-order":     simulator.PlaceOrder,
	}
}

// TestRetailIsMeasuredExactly measures the specs of examples/retail against the
// traffic they were written for: the counts of every SLI have to be what really
// happened, through every incident, minute by minute, and over all five weeks.
// What happened is counted by what makes the events.
func TestRetailIsMeasuredExactly(t *testing.T) {
	t.Parallel()
	end := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	retail := simulator.NewRetail(simulator.RetailOptions{Seed: 3, End: end})
	now := func() time.Time { return end.Add(6 * time.Hour) } // everything has arrived
	server := simulator.New(retail.Store(), simulator.Options{Now: now, NoLimits: true})
	slos := retailSLOs(t)

	last := slo.MinuteAt(end)
	cuts := map[string][]slo.Minute{"five weeks": every(60, last-slo.Minute(simulator.RetailHistory/time.Minute)-120, last)}
	for _, i := range simulator.RetailIncidents() {
		begin := last - slo.Minute(i.BeforeEnd/time.Minute)
		cuts[i.Name] = every(1, begin-15, begin+min(slo.Minute(i.Length/time.Minute), 120)+15)
	}
	for name, cuts := range cuts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && name == "five weeks" {
				t.Skip("there are no races in it but those of an incident")
			}
			config := slo.NewRelic{
				AccountID: 1, Region: slo.JP, QueryLag: slo.DefaultQueryLag,
				Retention: slo.Retention{Default: simulator.RetailHistory + 24*time.Hour},
			}
			source := newrelic.New(config, nerdgraph.New(nerdgraph.Options{
				Endpoint: "http://nerdgraph.test/graphql", Key: secret.Of("NRAK-1"), Transport: inProcess{server},
				Limits: nerdgraph.NewLimits(nerdgraph.LimitOptions{Queries: 1e9, Records: 1e15}),
			}), now)
			defer source.Close()
			var requests []sources.Request
			for _, s := range slos {
				requests = append(requests, sources.Request{SLO: s, Cuts: cuts})
			}
			events := int64(0)
			for n, answer := range source.Counts(t.Context(), requests) {
				id := slos[n].ID
				stream, known := measured()[id]
				if !known || answer.Err != nil || len(answer.Notes) > 0 {
					t.Errorf("%s: error %v, notes %v", id, answer.Err, answer.Notes)
					continue
				}
				for i, sum := range answer.Sums {
					want := happened(retail, stream, cuts[i], cuts[i+1], slos[n].SLI.Unit())
					if sum.Counts != want {
						t.Errorf("%s from minute %d to %d of %d: got %+v, want %+v", id, i, i+1, len(cuts), sum.Counts, want)
						break
					}
					events += sum.Counts.Total / slos[n].SLI.Unit()
				}
			}
			if events == 0 {
				t.Error("nothing happened")
			}
		})
	}
}

// happened counts what really happened in the minutes [from, to).
func happened(retail *simulator.Retail, stream simulator.Stream, from, to slo.Minute, unit int64) slo.Counts {
	var c slo.Counts
	for m := from; m < to; m++ {
		truth := retail.Truth(stream, m.Time())
		c.Total += truth.Total * unit
		c.Bad += truth.Bad * unit
	}
	return c
}

func retailSLOs(t *testing.T) []*slo.SLO {
	t.Helper()
	files, err := spec.ReadFS(examples.Retail())
	if err != nil {
		t.Fatal(err)
	}
	result := load.Files(files, newrelic.Key, newrelic.Check)
	if result.Findings.Failed() || len(result.Set.SLOs) != len(measured()) {
		t.Fatalf("%d SLIs, want %d; findings %v", len(result.Set.SLOs), len(measured()), result.Findings)
	}
	return result.Set.SLOs
}

// every returns cuts from begin to end, so many minutes apart.
func every(step, begin, end slo.Minute) []slo.Minute {
	var cuts []slo.Minute
	for m := begin; m <= end; m += step {
		cuts = append(cuts, m)
	}
	return cuts
}
