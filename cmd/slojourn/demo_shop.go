package main

import (
	"context"
	"fmt"
	"math"
	"net"
	"time"

	"github.com/slojourn/slojourn/examples"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec"
	"github.com/slojourn/slojourn/sources/newrelic"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

// demoSeed chooses the demo's traffic, demoKey is the key its simulator takes.
const (
	demoSeed = 13
	demoKey  = "NRAK-DEMO"
)

// demoSpecs reads the specs that are built in. All teams are told through an
// Alertmanager, if there is one.
func demoSpecs(alertmanager string) (*load.Result, error) {
	files, err := spec.ReadFS(examples.Retail())
	if err != nil {
		return nil, failed(fmt.Errorf("read the built-in specs: %w", err))
	}
	if alertmanager != "" {
		files = append(files, spec.File{Name: "--alertmanager", Data: fmt.Appendf(nil,
			"apiVersion: %s\nkind: Notifier\nmetadata: {name: alertmanager}\nspec: {alertmanager: {urls: [%q]}}\n", spec.APIVersion, alertmanager)})
	}
	result := load.Files(files, newrelic.Key, newrelic.Check)
	for _, finding := range result.Findings {
		switch {
		case finding.Severity != diag.Error:
		case finding.Span.File == "--alertmanager":
			return nil, usage("--alertmanager: %s: %s", finding.Message, finding.Hint)
		default:
			return nil, failed(fmt.Errorf("the built-in specs have mistakes: %s", finding.Message))
		}
	}
	for _, team := range result.Set.Teams {
		team.Notify = append(team.Notify, result.Set.Notifiers...)
	}
	return result, nil
}

// openShop is the demo's simulator, which answers on the loopback interface.
type openShop struct {
	now      time.Time // what its clock shows when it opens
	clock    *simulator.Clock
	retail   *simulator.Retail
	endpoint string
	stop     context.CancelFunc
	served   chan error
}

// open begins to answer. The five weeks lead up to end; drills follow, or not.
func (s *openShop) open(ctx context.Context, end time.Time, drills bool) (err error) {
	if s.clock, err = simulator.NewClock(s.now, 1, nil); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("start the simulator: %w", cause(err))
	}
	s.endpoint = "http://" + listener.Addr().String() + "/graphql"
	s.retail = simulator.NewRetail(simulator.RetailOptions{Seed: demoSeed, End: end, Drills: drills})
	shop := simulator.New(s.retail.Store(), simulator.Options{Keys: []simulator.Key{{Text: demoKey}}, Clock: s.clock, NoLimits: true})
	serving, stop := context.WithCancel(ctx)
	s.stop, s.served = stop, make(chan error, 1)
	go func() { s.served <- shop.Serve(serving, listener) }()
	return nil
}

// close ends it.
func (s *openShop) close() error {
	s.stop()
	return <-s.served
}

// measure opens the sources of a set at the simulator, which has no quota.
func (s *openShop) measure(set *slo.Set) openSources {
	limits := nerdgraph.NewLimits(nerdgraph.LimitOptions{Queries: 1 << 30, Records: 1 << 60})
	measuring := openSources{}
	for _, source := range set.Sources {
		client := nerdgraph.New(nerdgraph.Options{Endpoint: s.endpoint, Key: secret.Of(demoKey), Limits: limits})
		measuring[source.Name] = newrelic.New(source.NewRelic, client, s.clock.Now)
	}
	return measuring
}

// shopClock is the shop's clock to an engine. What is waited for takes as much
// less time as the clock runs faster; what is asked for has a while all the same.
type shopClock struct{ *simulator.Clock }

// Sleep implements [engine.Clock]. It is in small parts, as the clock may run faster
// from now on.
func (c shopClock) Sleep(ctx context.Context, d time.Duration) error {
	const part = 200 * time.Millisecond
	for until := c.Now().Add(d); ; {
		left := until.Sub(c.Now())
		if left <= 0 {
			return ctx.Err()
		}
		timer := time.NewTimer(min(time.Duration(math.Ceil(float64(left)/c.Speed())), part)) // not too soon
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// WithTimeout implements [engine.Clock].
func (c shopClock) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	const least = 20 * time.Second
	return context.WithTimeout(ctx, max(least, time.Duration(float64(d)/c.Speed())))
}
