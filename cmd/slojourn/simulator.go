package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

func newSimulator(env environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "simulator (--events FILE… | --scenario NAME)",
		Short: "Serve events as New Relic's NerdGraph would",
		Long: `simulator answers NRQL over NerdGraph on this machine: from files of events in
the Event API's shape (one JSON object a line, with eventType, timestamp and
attributes; plain or gzip), from the traffic of a scenario, or from both. Events
are served whatever their age. What it cannot do it refuses with an error that
names itself, never with a wrong number. What it was asked so far stands at
/stats. Events can also be sent to it, as to the Event API, and with --control
tests can change it while it runs.

The scenario retail is five weeks of a shop in Japan up to now, and goes on: the
traffic that examples/retail measures, with its incidents every five weeks. The
scenario none has no events, for a simulator that they are sent to.

The first line on stdout is the address to write into a Source as endpoint.

What goes wrong on purpose is told by --faults, such as 429;times=3: a name, a
value for some, and options that limit it. times=N is how often it happens,
every=N lets N-1 matches pass before each, rate=5% strikes at that share of them,
from=TYPE and contains=TEXT limit it to queries of an event type or with a text,
and retry-after=N goes with a status.

` + faultList(),
		Example: "  slojourn simulator --scenario retail\n  slojourn simulator --events events.ndjson.gz --listen 127.0.0.1:8800",
		Args:    noArguments,
	}
	events := cmd.Flags().StringArray("events", nil, "file of events, NDJSON, plain or gzip (may be repeated)")
	scenario := cmd.Flags().String("scenario", "", "traffic that is made up: retail or none")
	listen := cmd.Flags().String("listen", "127.0.0.1:8800", "address to listen on; port 0 takes a free one")
	keys := cmd.Flags().StringArray("key", nil, "API key to accept, as KEY or KEY=ACCOUNT+ACCOUNT (may be repeated; default: any)")
	keyFile := cmd.Flags().String("key-file", "", "file with keys to accept, one a line, which unlike --key is not seen in lists of processes")
	accounts := cmd.Flags().StringArray("account", nil, "account to serve (may be repeated; default: any)")
	now := cmd.Flags().String("now", "", "what time it is at the start, in RFC 3339 (default: the real time)")
	speed := cmd.Flags().Float64("speed", 1, "seconds of the simulator's clock to a real second, such as 60; 0 stands still")
	latency := cmd.Flags().Duration("latency", 0, "how long every answer takes, such as 50ms")
	lag := cmd.Flags().Duration("ingest-lag", 0, "how long after it was sent an event can be seen, such as 30s")
	nulls := cmd.Flags().String("nulls", "match", "whether a missing attribute matches !=, NOT IN and NOT LIKE: match or never-match")
	oldMetrics := cmd.Flags().String("old-metrics", "points", "what short ranges of metrics that ended over an hour ago are answered from: points or rollups")
	rawMetrics := cmd.Flags().Bool("raw-metrics", false, "answer queries of metrics from their points always, so that no range is moved")
	seed := cmd.Flags().Uint64("seed", 1, "chooses what is drawn: the traffic of a scenario, faults with a rate, and ids")
	control := cmd.Flags().Bool("control", false, "serve /control, by which anybody who reaches the port changes clock, faults and events")
	faults := cmd.Flags().StringArray("faults", nil, "what goes wrong on purpose, separated by commas (may be repeated)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if len(*events) == 0 && *scenario == "" {
			return usage("there is nothing to serve: name a file of events with --events FILE, or a scenario with --scenario retail")
		}
		if err := checkListen([]string{*listen}); err != nil {
			return err
		}
		if *latency < 0 {
			return usage("--latency %v is less than nothing; use a length of time such as 50ms", *latency)
		}
		if *lag < 0 {
			return usage("--ingest-lag %v is less than nothing; use a length of time such as 30s", *lag)
		}
		options := simulator.Options{Latency: *latency, IngestLag: *lag, Control: *control, Seed: *seed, RawMetrics: *rawMetrics}
		var err error
		if options.NullsNeverMatchNotEqual, err = second("--nulls", *nulls, "match", "never-match"); err != nil {
			return err
		}
		if options.RollUpOldMetrics, err = second("--old-metrics", *oldMetrics, "points", "rollups"); err != nil {
			return err
		}
		if options.Keys, err = keysFrom(*keys, *keyFile); err != nil {
			return err
		}
		for _, text := range *accounts {
			account, err := simulator.ParseAccount(text)
			if err != nil {
				return usage("--account: %w", err)
			}
			options.Accounts = append(options.Accounts, account)
		}
		options.Faults, err = simulator.ParseFaults(strings.Join(*faults, ","))
		if err != nil {
			return usage("--faults: %w", err)
		}
		if options.Clock, err = clockFrom(*now, *speed, env); err != nil {
			return err
		}
		store, err := scenarioFrom(*scenario, simulator.RetailOptions{Seed: *seed, End: options.Clock.Now(), RealClock: true})
		if err != nil {
			return err
		}
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
		server := simulator.New(store, options)
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

// scenarioFrom returns a store with the events of a scenario.
func scenarioFrom(name string, options simulator.RetailOptions) (*simulator.Store, error) {
	switch name {
	case "", "none":
		return simulator.NewStore(), nil
	case "retail":
		return simulator.NewRetail(options).Store(), nil
	default:
		return nil, usage("--scenario %q is unknown; use retail or none", name)
	}
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

// second reports which of two words was given to a flag.
func second(flag, given, first, second string) (bool, error) {
	if given != first && given != second {
		return false, usage("%s %q is unknown; use %s or %s", flag, given, first, second)
	}
	return given == second, nil
}

// maxKeyFile is the size of the largest file of keys.
const maxKeyFile = 1 << 20

// keysFrom reads the keys of the command line and those of a file, which has
// one a line. Errors name lines and never show a key.
func keysFrom(flags []string, path string) ([]simulator.Key, error) {
	var keys []simulator.Key
	known := map[string]bool{}
	add := func(place, text string) error {
		key, err := simulator.ParseKey(text)
		switch {
		case err != nil:
			return usage("%s: %w", place, err)
		case known[key.Text]:
			return usage("%s: the key %s is there twice; name its accounts once, as KEY=ACCOUNT+ACCOUNT", place, key)
		}
		known[key.Text] = true
		keys = append(keys, key)
		return nil
	}
	for _, text := range flags {
		if err := add("--key", text); err != nil {
			return nil, err
		}
	}
	if path == "" {
		return keys, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, usage("--key-file %s: %w", path, cause(err))
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxKeyFile+1))
	switch {
	case err != nil:
		return nil, usage("--key-file %s: %w", path, cause(err))
	case len(text) > maxKeyFile:
		return nil, usage("--key-file %s: the file is larger than %d bytes; write one key a line", path, maxKeyFile)
	}
	before := len(keys)
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if err := add(fmt.Sprintf("%s:%d", path, n), line); err != nil {
			return nil, err
		}
	}
	if len(keys) == before {
		return nil, usage("--key-file %s: there is no key in it; write one key a line", path)
	}
	return keys, nil
}

// clockFrom returns a clock that shows the given time at first and goes on
// from there.
func clockFrom(text string, speed float64, env environment) (*simulator.Clock, error) {
	begin := env.now()
	if text != "" {
		var err error
		if begin, err = instantOf("--now", text, begin); err != nil {
			return nil, err
		}
	}
	clock, err := simulator.NewClock(begin, speed, env.now)
	if err != nil {
		return nil, usage("--speed: %w", err)
	}
	return clock, nil
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
