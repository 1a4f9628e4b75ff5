package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/slo/diag/render"
)

func newLedgerBackup(env environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backup --data-dir DIR FILE",
		Short: "Copy the ledger into a file, also while it is written",
		Long: `backup writes a copy of the ledger, as of one commit, into a file that does not
exist yet. The copy is checked before it gets its name, so that a file of that
name is whole. Another process may write the ledger meanwhile. It cannot be
written to stdout.

A copy of the folder that was made while a process writes it is no backup.`,
		Example: "  slojourn ledger backup --data-dir /var/lib/slojourn /backup/slojourn-$(date +%F).db",
		Args:    cobra.ArbitraryArgs,
	}
	dir := dataDirFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkLedgerArgs(cmd, *dir, args, true); err != nil {
			return err
		}
		if args[0] == "-" {
			return usage("backup cannot write to stdout: a copy is checked as a file before it gets its name; name a file (./- for one that is called so), or use '%s export --data-dir DIR -'", cmd.Parent().CommandPath())
		}
		r, err := openLedger(cmd.Context(), *dir) // so that what is missing is said of the folder
		if err != nil {
			return err
		}
		if err := r.Close(); err != nil {
			return failed(err)
		}
		report, err := ledger.Backup(cmd.Context(), *dir, args[0])
		if err != nil {
			return copyFailed(cmd, err)
		}
		return printLine(env.stdout, "%s holds %s", render.Plain(args[0]), checked(report))
	}
	return cmd
}

func newLedgerRestore(env environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "restore --data-dir DIR FILE",
		Short: "Make a ledger of a backup",
		Long: `restore copies a backup into a folder that has no ledger, after it was checked.
It takes the right to write: a process that writes a ledger there has to be
stopped first. When it fails it leaves nothing behind. Exit code 1 means that
the file is no backup.`,
		Example: "  slojourn ledger restore --data-dir /var/lib/slojourn /backup/slojourn-2026-11-22.db",
		Args:    cobra.ArbitraryArgs,
	}
	dir := dataDirFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkLedgerArgs(cmd, *dir, args, true); err != nil {
			return err
		}
		if args[0] == "-" {
			return usage("restore cannot read from stdin: name a file")
		}
		if err := isFile(args[0]); err != nil {
			return err
		}
		report, err := ledger.Restore(cmd.Context(), *dir, args[0])
		if foreign, ok := errors.AsType[*ledger.ForeignError](err); ok {
			return &exitError{exitFindings, foreign}
		}
		if err != nil {
			return copyFailed(cmd, err)
		}
		return printLine(env.stdout, "%s holds %s", render.Plain(*dir), checked(report))
	}
	return cmd
}
