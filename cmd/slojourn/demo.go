package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/internal/engine"
)

// demoOptions are the flags of demo.
type demoOptions struct {
	at      time.Time // the five weeks end here
	fixed   bool      // --at was given
	format  string
	once    bool
	listen  []string
	dataDir string
	speed   float64

	alertmanager string // URL, "" for none
}

func newDemo(env environment) *cobra.Command {
	formats := []string{"table", "json"}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Measure the retail example against simulated traffic",
		Long: `demo needs no account and no set-up: it simulates five weeks of traffic of
a retailer's app, web pages and services, serves it as New Relic would on this
machine, and evaluates the journeys of examples/retail against it. Nine things
went wrong in these weeks; the table shows how much of which budget they took.

Without --once it stays up as serve does: the traffic goes on, every minute is
measured and kept in a ledger, and the API and metrics answer on --listen. About
every half an hour something else goes wrong; the log tells what. --speed lets
that happen faster, from when all of the history is in the ledger. With
--alertmanager it tells an Alertmanager of what fires. Specs of your own can be
tried against the simulator as well.`,
		Example: "  slojourn demo --once\n  slojourn demo --speed 60",
		Args:    noArguments,
	}
	var options demoOptions
	format := formatFlag(cmd, formats...)
	cmd.Flags().BoolVar(&options.once, "once", false, "end after printing")
	at := cmd.Flags().String("at", "", "instant the five weeks end at, in RFC 3339 (default: now, or that of the ledger)")
	cmd.Flags().StringArrayVar(&options.listen, "listen", []string{"127.0.0.1:8080"}, "address of the API and the metrics; port 0 takes a free one (may be repeated)")
	cmd.Flags().StringVar(&options.dataDir, "data-dir", "", "folder of the ledger (default: one that is deleted in the end)")
	cmd.Flags().Float64Var(&options.speed, "speed", 1, fmt.Sprintf("seconds of the shop to a real second, from 1 to %d", maxDemoSpeed))
	cmd.Flags().StringVar(&options.alertmanager, "alertmanager", "", "URL of an Alertmanager that is told of alerts")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		options.format, options.fixed = *format, *at != ""
		if err := checkFormat(*format, formats...); err != nil {
			return err
		}
		if !(options.speed >= 1 && options.speed <= maxDemoSpeed) {
			return usage("--speed %v is out of range; use 1, which is real time, to %d", options.speed, maxDemoSpeed)
		}
		if options.once {
			for _, flag := range []string{"alertmanager", "data-dir", "listen", "speed"} {
				if cmd.Flags().Changed(flag) {
					return usage("--%s is for a demo that stays up: leave out --once", flag)
				}
			}
		}
		err := checkListen(options.listen)
		if err != nil {
			return err
		}
		if options.at, err = instantOf("--at", *at, env.now()); err != nil {
			return err
		}
		return runDemo(cmd.Context(), env, options)
	}
	return cmd
}

func runDemo(ctx context.Context, env environment, options demoOptions) (err error) {
	result, err := demoSpecs(options.alertmanager)
	if err != nil {
		return err
	}
	shop := openShop{now: options.at}
	if !options.once {
		if options.dataDir == "" {
			if options.dataDir, err = os.MkdirTemp("", "slojourn-demo-"); err != nil {
				return failed(fmt.Errorf("make a folder for the ledger: %w; name one with --data-dir", cause(err)))
			}
			defer os.RemoveAll(options.dataDir) //nolint:errcheck // nothing is lost with it
		}
		if options.at, shop.now, err = goOn(ctx, options); err != nil {
			return err
		}
	}
	if err := shop.open(ctx, options.at, !options.once); err != nil {
		return failed(err)
	}
	defer func() {
		if stopped := shop.close(); err == nil && stopped != nil {
			err = failed(stopped)
		}
	}()
	measuring := shop.measure(result.Set)
	defer measuring.close()
	now := shop.now
	err = interruptible(ctx, func() error {
		return printSnapshot(ctx, env, engine.Evaluate(ctx, result.Set, measuring, now, now), printed(options.format))
	})
	if err != nil || options.once {
		return err
	}
	return stayUp(ctx, env, options, &shop, engine.Specs{Set: result.Set, Sources: measuring})
}
