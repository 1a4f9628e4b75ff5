package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/burnrate/ledger"
)

func newLedger(env environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ledger",
		Short: "Check, back up, export and import what was measured",
		Long: `ledger looks after the file in which measured minutes are kept, beside the state
of alerts. check, info, backup and export work while another process writes it;
compact, restore and import take the right to write, and say who has it.`,
	}
	cmd.AddCommand(
		newLedgerCheck(env), newLedgerInfo(env), newLedgerBackup(env), newLedgerRestore(env),
		newLedgerExport(env), newLedgerImport(env), newLedgerCompact(env),
	)
	var names []string
	for _, sub := range cmd.Commands() {
		names = append(names, sub.Name())
	}
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usage("ledger has no command %q; use %s", args[0], join(names))
		}
		return usage("ledger needs to know what to do: %s", join(names))
	}
	return cmd
}

func dataDirFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("data-dir", "", "folder of the ledger")
}

// checkLedgerArgs wants a folder, and one file when the command takes one.
func checkLedgerArgs(cmd *cobra.Command, dir string, args []string, file bool) error {
	switch {
	case !file && len(args) > 0:
		return noArguments(cmd, args)
	case file && len(args) != 1:
		return usage("name one file, as in '%s --data-dir DIR FILE'", cmd.CommandPath())
	case dir == "":
		return usage("--data-dir DIR is missing: name the folder of the ledger")
	}
	return nil
}

// openLedger opens the ledger of a folder for reading.
func openLedger(ctx context.Context, dir string) (*ledger.Reader, error) {
	r, err := ledger.OpenReader(ctx, dir)
	if err != nil {
		return nil, ledgerFailed(ctx, dir, err)
	}
	return r, nil
}

// ledgerFailed makes the end of a command of an error of the ledger. A folder
// without one is a mistake of the command line.
func ledgerFailed(ctx context.Context, dir string, err error) error {
	switch {
	case ctx.Err() != nil:
		return failed(errors.New("interrupted"))
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return usage("--data-dir %s: there is no ledger: %w", dir, cause(err))
	}
	return failed(err)
}

// copyFailed is the end of a command that reads or writes a file beside the
// ledger.
func copyFailed(cmd *cobra.Command, err error) error {
	switch {
	case cmd.Context().Err() != nil:
		err = errors.New("interrupted")
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR): // the folder around the file
		return &exitError{exitUsage, err}
	}
	return failed(err)
}

// isFile wants a file that is there.
func isFile(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return usage("%s: %w", name, cause(err))
	}
	if info.IsDir() {
		return usage("%s is a folder: name a file", name)
	}
	return nil
}

// printIndented prints a document as JSON.
func printIndented(w io.Writer, document any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(document); err != nil {
		return failed(err)
	}
	return nil
}

func printLine(w io.Writer, format string, args ...any) error {
	if _, err := fmt.Fprintf(w, format+"\n", args...); err != nil {
		return failed(err)
	}
	return nil
}

// counted is a number with its noun.
func counted(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, found := strings.CutSuffix(noun, "y"); found {
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
