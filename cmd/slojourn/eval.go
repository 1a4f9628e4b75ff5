package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

func newEval(env environment) *cobra.Command {
	formats := []string{"table", "json"}
	cmd := &cobra.Command{
		Use:   "eval [paths…]",
		Short: "Print budgets and burn rates: measured now, or kept by serve",
		Long: `eval reads the given files and folders (default: the current folder; "-" is
stdin) as one set, asks their Sources, New Relic or files, for the counts of
every SLI, and prints error budgets and burn rates, now or at an instant of the
past.

With --data-dir it asks nobody, and takes what slojourn serve has measured from
the ledger, also while serve writes it. With --server it reads no specs, and
prints what a running serve says.

Windows end with the newest closed minute: the instant asked for, or now less
the source's query lag when that is earlier (5m at least for Log, Mobile* and
SyntheticCheck); those of a file with its last row. Time before the first event, or longer ago than events are
kept, is not measured.

With --explain only what belongs to one id is measured, and the sums behind its
numbers are printed: counts, exclusions, steps, and the parts of the budget.
Notices, such as an event type without events, stand below the results.

Exit code 1 means that the specs have errors, 3 that something could not be
measured; the rest is printed all the same.`,
		Example: "  slojourn eval specs\n  slojourn eval --at 2026-11-01T00:00:00+09:00 -o json specs\n" +
			"  slojourn eval --data-dir /var/lib/slojourn --config /etc/slojourn specs\n  slojourn eval --server http://127.0.0.1:8080",
	}
	format := formatFlag(cmd, formats...)
	localeFlag(cmd, &env)
	at := cmd.Flags().String("at", "", "instant to evaluate at, in RFC 3339 (default: now)")
	explained := cmd.Flags().String("explain", "", "print the sums behind the numbers of this journey, step or SLO, and nothing else")
	trusted := &trust{}
	configFlag(cmd, trusted)
	hostFlag(cmd, trusted)
	secretsFlag(cmd, trusted)
	dir := cmd.Flags().String("data-dir", "", "folder of a ledger: take what was measured from there, and ask no Source")
	asked := remoteFlags(cmd)
	eval := func(ctx context.Context, now, at time.Time, args []string) error {
		result, err := measurable(env, trusted, args)
		if err != nil {
			return err
		}
		set, print := result.Set, printed(*format)
		if *explained != "" {
			if set, err = only(set, *explained); err != nil {
				return err
			}
			print = explanation(*explained)
		}
		if *dir != "" {
			snapshot, err := kept(ctx, *dir, set, at)
			if err != nil {
				return err
			}
			return printSnapshot(ctx, env, snapshot, print)
		}
		measuring := trusted.open(set, measuredIDs(result.Set), env)
		defer measuring.close()
		return printSnapshot(ctx, env, engine.Evaluate(ctx, set, measuring, now, at), print)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkFormat(*format, formats...); err != nil {
			return err
		}
		if *explained != "" && *format != "table" {
			return usage("--explain prints text; leave out -o %s", *format)
		}
		if err := checkOrigin(cmd, asked, args); err != nil {
			return err
		}
		if asked.address != "" {
			return interruptible(cmd.Context(), func() error { return evalRemote(cmd.Context(), env, asked, trusted.secretsDir, *format) })
		}
		now := env.now()
		instant, err := instantOf("--at", *at, now)
		if err != nil {
			return err
		}
		return interruptible(cmd.Context(), func() error { return eval(cmd.Context(), now, instant, args) })
	}
	return cmd
}

// instantOf reads the instant that a flag names, or returns now without one.
func instantOf(flag, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return now.Truncate(time.Second), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, usage("%s %q is not an instant; write RFC 3339, such as 2026-11-22T09:00:00Z or 2026-11-22T18:00:00+09:00", flag, text)
	}
	if year := at.UTC().Year(); at.Unix() < 0 || year > 9999 {
		return at, usage("%s %s is out of range; use the years 1970 to 9999", flag, text)
	}
	return at, nil
}

func measuredIDs(set *slo.Set) []string {
	var ids []string
	for _, s := range set.Measured() {
		ids = append(ids, s.ID)
	}
	return ids
}

// only returns what has to be measured for one id.
func only(set *slo.Set, id string) (*slo.Set, error) {
	ids := set.IDs()
	if slices.Contains(ids, id) {
		return chosen(set, []string{id}), nil
	}
	if near, found := diag.Nearest(id, ids); found {
		return nil, usage("--explain: there is no journey, step or SLO %q; did you mean %s?", id, near)
	}
	return nil, usage("--explain: there is no journey, step or SLO %q", id)
}

// printer prints a snapshot on stdout.
type printer func(env environment, snapshot burnrate.Snapshot) error

func printed(format string) printer {
	return func(env environment, snapshot burnrate.Snapshot) error {
		if format == "json" {
			return report.JSON(env.stdout, snapshot)
		}
		return report.Table(env.stdout, snapshot, term.Color(env.stdout, env.getenv))
	}
}

// explanation prints the sums behind one id.
func explanation(id string) printer {
	return func(env environment, snapshot burnrate.Snapshot) error {
		return report.Explain(env.stdout, snapshot, id)
	}
}

// printSnapshot prints results on stdout and what could not be measured on
// stderr.
func printSnapshot(ctx context.Context, env environment, snapshot burnrate.Snapshot, print printer) error {
	if ctx.Err() != nil {
		return failed(fmt.Errorf("interrupted"))
	}
	if err := print(env, snapshot); err != nil {
		return failed(err)
	}
	return printFailures(env.stderr, snapshot.Failures)
}

// printFailures prints each reason once, with the ids it holds for. It returns the
// end of the command.
func printFailures(w io.Writer, failures []burnrate.Failure) error {
	if len(failures) == 0 {
		return nil
	}
	for _, line := range report.Grouped(failures) {
		complain(w, "not measured: "+line)
	}
	return &exitError{code: exitFailed}
}
