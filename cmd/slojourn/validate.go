package main

import (
	"fmt"
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

Findings that are accepted in the specs, with a reason, do not count and are not
printed; a closing line says how many there are.

Exit code 1 means that there are errors, or warnings with --strict.`,
		Example: "  slojourn validate specs\n  slojourn validate -o github --strict specs",
	}
	format := formatFlag(cmd, formats...)
	localeFlag(cmd, &env)
	trusted := &trust{}
	configFlag(cmd, trusted)
	hostFlag(cmd, trusted)
	strict := cmd.Flags().Bool("strict", false, "treat warnings as errors")
	accepted := cmd.Flags().Bool("accepted", false, "print accepted findings as well, with the reasons; of text")
	validate := func(args []string) error {
		result, err := loadSet(env, trusted, args)
		if err != nil {
			return err
		}
		if err := printFindingsAs(*format, env, result, *accepted); err != nil {
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
		if *accepted && *format != "text" {
			return usage("--accepted is for text: leave it out with -o %s", *format)
		}
		return interruptible(cmd.Context(), func() error { return validate(args) })
	}
	return cmd
}

// printFindingsAs prints findings as a result, in the format asked for; in text those that
// are accepted only where they are asked for.
func printFindingsAs(format string, env environment, result *load.Result, accepted bool) error {
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
		options := textOptions(env.stdout, env, result.Lines())
		options.Accepted = accepted
		if err := render.Text(env.stdout, result.Findings, options); err != nil || accepted {
			return err
		}
		return countAccepted(env, result.Findings)
	}
}

// countAccepted says how many findings are accepted, if any, below those that count.
func countAccepted(env environment, findings diag.List) error {
	counting := len(findings.Counting())
	n := len(findings) - counting
	if n == 0 {
		return nil
	}
	line := diag.Say("%d findings are accepted; --accepted shows them", n)
	if n == 1 {
		line = diag.Say("1 finding is accepted; --accepted shows it")
	}
	if counting > 0 {
		fmt.Fprintln(env.stdout) //nolint:errcheck // the next line fails too
	}
	_, err := fmt.Fprintln(env.stdout, line.In(env.language()))
	return err
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
	return render.Text(w, findings, textOptions(w, env, lines))
}

func textOptions(w io.Writer, env environment, lines render.Lines) render.Options {
	return render.Options{Lines: lines, Color: term.Color(w, env.getenv), Language: env.language()}
}
