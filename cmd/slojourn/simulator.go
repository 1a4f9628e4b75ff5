package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

func newSimulator(env environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "simulator --events FILE…",
		Short: "Serve events as New Relic's NerdGraph would",
		Long: `simulator answers NRQL over NerdGraph on this machine, from files of events in
the Event API's shape: one JSON object a line, with eventType, timestamp and
attributes; plain or gzip. Events are served whatever their age. What it cannot
do it refuses with an error that names itself, never with a wrong number. What
it was asked so far stands at /stats.

The first line on stdout is the address to write into a Source as endpoint.

What goes wrong on purpose is told by --faults, such as 429;times=3: a name, a
value for some, and options that limit it. times=N is how often it happens,
every=N lets N-1 matches pass before each, from=TYPE and contains=TEXT limit it
to queries of an event type or with a text, and retry-after=N goes with a status.

` + faultList(),
		Example: "  slojourn simulator --events events.ndjson.gz --listen 127.0.0.1:8800",
		Args:    noArguments,
	}
	events := cmd.Flags().StringArray("events", nil, "file of events, NDJSON, plain or gzip (may be repeated)")
	listen := cmd.Flags().String("listen", "127.0.0.1:8800", "address to listen on; port 0 takes a free one")
	key := cmd.Flags().String("key", "", "the only API key to accept (default: any)")
	account := cmd.Flags().Int64("account", 0, "the only account to serve (default: any)")
	now := cmd.Flags().String("now", "", "what time it is at the start, in RFC 3339 (default: the real time)")
	latency := cmd.Flags().Duration("latency", 0, "how long every answer takes, such as 50ms")
	faults := cmd.Flags().StringArray("faults", nil, "what goes wrong on purpose, separated by commas (may be repeated)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if len(*events) == 0 {
			return usage("--events FILE is missing: name at least one file of events")
		}
		if *account < 0 || *account > math.MaxInt32 {
			return usage("--account %d is not the number of an account; use 1 to %d, or 0 for any", *account, math.MaxInt32)
		}
		if *latency < 0 {
			return usage("--latency %v is less than nothing; use a length of time such as 50ms", *latency)
		}
		wrong, err := simulator.ParseFaults(strings.Join(*faults, ","))
		if err != nil {
			return usage("--faults: %w", err)
		}
		clock, err := clockFrom(*now, env)
		if err != nil {
			return err
		}
		store := simulator.NewStore()
		err = interruptible(cmd.Context(), func() error {
			if err := store.ReadFiles(*events...); err != nil {
				return usage("%w", err)
			}
			return nil
		})
		if err != nil {
			return err
		}
		listener, err := net.Listen("tcp", *listen)
		if err != nil {
			return failed(fmt.Errorf("listen on %s: %w", *listen, cause(err)))
		}
		server := simulator.New(store, simulator.Options{
			Key: *key, Account: *account, Now: clock, Latency: *latency, Faults: wrong,
		})
		if _, err := fmt.Fprintf(env.stdout, "http://%s/graphql\n", listener.Addr()); err != nil {
			return failed(err)
		}
		if err := server.Serve(cmd.Context(), listener); err != nil {
			return failed(err)
		}
		return nil
	}
	return cmd
}

// faultList is a line for every fault.
func faultList() string {
	var b strings.Builder
	for _, kind := range simulator.FaultKinds() {
		name := kind.Name + kind.Value
		if len(name) > 20 {
			name += "\n" + strings.Repeat(" ", 22)
		}
		fmt.Fprintf(&b, "  %-20s %s\n", name, kind.Help)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// clockFrom returns a clock that shows the given time at first and goes on
// from there.
func clockFrom(text string, env environment) (func() time.Time, error) {
	if text == "" {
		return env.now, nil
	}
	started := env.now()
	begin, err := instantOf("--now", text, started)
	if err != nil {
		return nil, err
	}
	return func() time.Time { return begin.Add(env.now().Sub(started)) }, nil
}

// cause leaves the address or path out of an error, which is said anyway.
func cause(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Err
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}
