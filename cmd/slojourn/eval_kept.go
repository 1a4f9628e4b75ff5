package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// kept evaluates a set by the ledger in a folder, which another process may write.
func kept(ctx context.Context, dir string, set *slo.Set, at time.Time) (burnrate.Snapshot, error) {
	reader, err := openLedger(ctx, dir)
	if err != nil {
		return burnrate.Snapshot{}, err
	}
	defer reader.Close() //nolint:errcheck // only read from
	pinned, err := reader.Pinned(ctx)
	if err != nil {
		return burnrate.Snapshot{}, ledgerFailed(ctx, dir, err)
	}
	defer pinned.Close() //nolint:errcheck // only read from
	snapshot, err := engine.Kept(ctx, set, pinned, lagOf, at)
	if err != nil {
		return burnrate.Snapshot{}, ledgerFailed(ctx, dir, err)
	}
	return snapshot, nil
}

// lagOf is how long after a minute an SLO is measured in it. Those of a file have
// no lag.
func lagOf(s *slo.SLO) (time.Duration, bool) {
	if s.Source == nil || s.Source.File != nil {
		return 0, false
	}
	return newrelic.Lag(s.Source.NewRelic, s.SLI), true
}

// checkOrigin refuses flags that mean nothing beside others, and what a server that
// has specs of its own has no use for.
func checkOrigin(cmd *cobra.Command, asked *remote, args []string) error {
	return checkPlace(cmd, func(given func(flag string) bool) error { return asked.check(given, args) })
}

// checkPlace refuses flags that mean nothing beside others: numbers come from Sources,
// from a ledger, or from a server, of which ofServer checks the flags.
func checkPlace(cmd *cobra.Command, ofServer func(given func(flag string) bool) error) error {
	given := func(flag string) bool { return cmd.Flags().Changed(flag) }
	value := func(flag string) string { return cmd.Flags().Lookup(flag).Value.String() }
	for _, flag := range []string{"data-dir", "server"} {
		if given(flag) && value(flag) == "" {
			return usage("--%s is empty", flag)
		}
	}
	switch {
	case given("server") && given("data-dir"):
		return usage("--server and --data-dir exclude each other: a running serve, or its ledger")
	case given("server"):
		return ofServer(given)
	}
	for _, flag := range []string{"user", "password-from", "ca-file"} {
		if given(flag) {
			return usage("--%s is for --server only", flag)
		}
	}
	if given("data-dir") && given("secrets-dir") {
		return usage("with --data-dir no secret is needed: leave out --secrets-dir")
	}
	return nil
}
