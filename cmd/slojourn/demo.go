package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/examples"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/spec"
	"github.com/slojourn/slojourn/sources/newrelic"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

// demoSeed chooses the demo's traffic, demoKey is the key its simulator takes.
const (
	demoSeed = 13
	demoKey  = "NRAK-DEMO"
)

func newDemo(env environment) *cobra.Command {
	formats := []string{"table", "json"}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Evaluate the retail example against simulated traffic",
		Long: `demo needs no account and no set-up: it simulates five weeks of traffic of
a retailer's app, web pages and services, serves it as New Relic would on this
machine, and evaluates the journeys of examples/retail against it. Nine things
went wrong in these weeks; the table shows how much of which budget they took.

Without --once the simulator stays up afterwards, so that specs of your own can
be tried against it.`,
		Args: noArguments,
	}
	format := formatFlag(cmd, formats...)
	once := cmd.Flags().Bool("once", false, "end after printing")
	at := cmd.Flags().String("at", "", "instant the five weeks end at, in RFC 3339 (default: now)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := checkFormat(*format, formats...); err != nil {
			return err
		}
		instant, err := instantOf("--at", *at, env.now())
		if err != nil {
			return err
		}
		return runDemo(cmd.Context(), env, instant, *format, *once)
	}
	return cmd
}

func runDemo(ctx context.Context, env environment, at time.Time, format string, once bool) error {
	result, err := demoSpecs()
	if err != nil {
		return failed(err)
	}
	store := simulator.NewRetail(simulator.RetailOptions{Seed: demoSeed, End: at}).Store()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return failed(fmt.Errorf("start the simulator: %w", cause(err)))
	}
	endpoint := "http://" + listener.Addr().String() + "/graphql"
	serving, stop := context.WithCancel(ctx)
	served := make(chan error, 1)
	// What has not arrived yet cannot be seen, so its clock is never behind at.
	ahead := max(0, at.Sub(env.now()))
	options := simulator.Options{Keys: []simulator.Key{{Text: demoKey}}, Now: func() time.Time { return env.now().Add(ahead) }}
	go func() { served <- simulator.New(store, options).Serve(serving, listener) }()

	err = interruptible(ctx, func() error { return evaluateDemo(ctx, env, result.Set, endpoint, at, format) })
	if err == nil && !once {
		fmt.Fprintf(env.stderr, "\nThe simulator answers at %s with the key %s until it is interrupted.\n", endpoint, demoKey) //nolint:errcheck // a courtesy
		<-ctx.Done()
	}
	stop()
	if stopped := <-served; err == nil && stopped != nil {
		err = failed(stopped)
	}
	return err
}

func evaluateDemo(ctx context.Context, env environment, set *slo.Set, endpoint string, at time.Time, format string) error {
	measuring := openSources{}
	defer measuring.close()
	for _, s := range set.Sources {
		measuring[s.Name] = newrelic.New(s.NewRelic, nerdgraph.New(nerdgraph.Options{Endpoint: endpoint, Key: secret.Of(demoKey)}), env.now)
	}
	return printSnapshot(ctx, env, engine.Evaluate(ctx, set, measuring, at, at), printed(format))
}

// demoSpecs reads the specs that are built in.
func demoSpecs() (*load.Result, error) {
	files, err := spec.ReadFS(examples.Retail())
	if err != nil {
		return nil, fmt.Errorf("read the built-in specs: %w", err)
	}
	result := load.Files(files, newrelic.Key, newrelic.Check)
	if result.Findings.Failed() {
		return nil, fmt.Errorf("the built-in specs have mistakes: %s", result.Findings[0].Message)
	}
	return result, nil
}
