package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/slo/diag/render"
)

func newLedgerCompact(env environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "compact --data-dir DIR",
		Short: "Pack the ledger and give back the space that it does not use",
		Long: `compact packs the hours that can be packed, turns minutes older than 100 days
into sums of quarter-hours, lets go of those older than 800 days, and gives free
space back to the file system. No number changes. A clock that may be ahead is
not believed: what is too old stays unless events were counted on eight days up
to the present.

It needs free space of up to twice the ledger's size, and takes the right to
write: a process that writes the ledger does all of this by itself, but for
giving space back. While another process reads, none is given back, and the
exit code is 3.`,
		Example: "  slojourn ledger compact --data-dir /var/lib/slojourn",
	}
	dir := dataDirFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkLedgerArgs(cmd, *dir, args, false); err != nil {
			return err
		}
		ctx := cmd.Context()
		r, err := openLedger(ctx, *dir) // one is not made here
		if err != nil {
			return err
		}
		if err := r.Close(); err != nil {
			return failed(err)
		}
		l, err := ledger.Open(ctx, *dir, ledger.Options{})
		if err != nil {
			return ledgerFailed(ctx, *dir, err)
		}
		before, after, doubted, err := compact(ctx, l, env.now())
		if closed := l.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return ledgerFailed(ctx, *dir, err)
		}
		if doubted {
			complain(env.stderr, render.Plain(*dir)+": by the clock more is too old than was let go: events were counted on too few days of late to believe it; if it is right, this settles itself within 8 days of measuring")
		}
		return printLine(env.stdout, "%s: %d bytes, %d before", render.Plain(*dir), after, before)
	}
	return cmd
}

// compact returns the bytes of the ledger before and after, and whether the
// clock was doubted.
func compact(ctx context.Context, l *ledger.Ledger, now time.Time) (before, after int64, doubted bool, err error) {
	info, err := l.Info(ctx)
	if err != nil {
		return 0, 0, false, err
	}
	before = info.Bytes
	for more := true; more; {
		done, err := l.Maintain(ctx, now)
		if err != nil {
			return 0, 0, false, err
		}
		more, doubted = done.Leftover, doubted || done.Doubted
	}
	if err := l.Compact(ctx); err != nil {
		return 0, 0, false, err
	}
	info, err = l.Info(ctx)
	return before, info.Bytes, doubted, err
}
