package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/docs"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/render"
)

func newValidate(env environment) *cobra.Command {
	formats := []string{"text", "json", "sarif", "github", "azure"}
	cmd := &cobra.Command{
		Use:   "validate [paths…]",
		Short: "Check specs and print every mistake with its place",
		Long: `validate reads the given files and folders (default: the current folder; "-" is
stdin) as one set and prints everything that is wrong with it, each finding with
file, line and column, the line itself and what to write instead. It prints
nothing when there is nothing to say. It opens no connection and reads no
secret.

Exit code 1 means that there are errors, or warnings with --strict.`,
		Example: "  slojourn validate specs\n  slojourn validate -o github --strict specs",
	}
	format := formatFlag(cmd, formats...)
	localeFlag(cmd, &env)
	trusted := &trust{}
	configFlag(cmd, trusted)
	hostFlag(cmd, trusted)
	strict := cmd.Flags().Bool("strict", false, "treat warnings as errors")
	validate := func(args []string) error {
		result, err := loadSet(env, trusted, args)
		if err != nil {
			return err
		}
		if err := printFindingsAs(*format, env, result); err != nil {
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

// printFindingsAs prints findings as a result, in the format asked for.
func printFindingsAs(format string, env environment, result *load.Result) error {
	switch format {
	case "json":
		return render.JSON(env.stdout, result.Findings, env.language())
	case "sarif":
		return render.SARIF(env.stdout, result.Findings, sarifTool(env))
	case "github":
		return render.GitHub(env.stdout, result.Findings, env.language())
	case "azure":
		return render.Azure(env.stdout, result.Findings, env.language())
	default:
		return printFindings(env.stdout, env, result.Findings, result.Lines())
	}
}

// sarifTool is what logs in SARIF say about this program and its codes.
func sarifTool(env environment) render.Tool {
	version, _ := build()
	return render.Tool{Version: version, URI: docs.Project, Language: env.language(), Rule: func(code diag.Code) render.Rule {
		page, _ := docs.Diagnostic(string(code), string(env.locale)) // a test knows that there is one
		return render.Rule{Title: page.Title, URI: page.URI()}
	}}
}

func printFindings(w io.Writer, env environment, findings diag.List, lines render.Lines) error {
	return render.Text(w, findings, render.Options{Lines: lines, Color: term.Color(w, env.getenv), Language: env.language()})
}
