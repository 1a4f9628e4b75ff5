package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/render"
)

func newValidate(env environment) *cobra.Command {
	formats := []string{"text", "json"}
	cmd := &cobra.Command{
		Use:   "validate [paths…]",
		Short: "Check specs and print every mistake with its place",
		Long: `validate reads the given files and folders (default: the current folder; "-" is
stdin) as one set and prints everything that is wrong with it, each finding with
file, line and column, the line itself and what to write instead. It prints
nothing when there is nothing to say. It opens no connection and reads no
secret.

Exit code 1 means that there are errors, or warnings with --strict.`,
		Example: "  slojourn validate specs\n  slojourn validate -o json checkout.yaml",
	}
	format := formatFlag(cmd, formats...)
	trusted := &trust{}
	hostFlag(cmd, trusted)
	strict := cmd.Flags().Bool("strict", false, "treat warnings as errors")
	validate := func(args []string) error {
		result, err := loadSet(env, trusted, args)
		if err != nil {
			return err
		}
		if *format == "json" {
			err = render.JSON(env.stdout, result.Findings)
		} else {
			err = printFindings(env.stdout, env, result)
		}
		if err != nil {
			return failed(err)
		}
		worst := result.Findings.Worst()
		if worst == diag.Error || *strict && worst == diag.Warning {
			return &exitError{code: exitFindings}
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkFormat(*format, formats...); err != nil {
			return err
		}
		return interruptible(cmd.Context(), func() error { return validate(args) })
	}
	return cmd
}

func printFindings(w io.Writer, env environment, result *load.Result) error {
	return render.Text(w, result.Findings, render.Options{Lines: result.Lines(), Color: term.Color(w, env.getenv)})
}
