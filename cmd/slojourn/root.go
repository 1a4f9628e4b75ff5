package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/render"
	"github.com/slojourn/slojourn/slo/spec"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// environment is the world a command runs in.
type environment struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	now            func() time.Time
	locale         slo.Locale // of findings; "" is English
}

// The exit codes. Everything fine is 0.
const (
	exitFindings = 1 // the input has mistakes
	exitUsage    = 2 // the command line is wrong, or a path holds nothing
	exitFailed   = 3 // it could not run, or something could not be measured
)

// exitError ends a command with a code. A nil err means that everything was
// said already.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func failed(err error) error { return &exitError{exitFailed, err} }

func usage(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, env environment, args []string) int {
	env.locale, _ = localeOf("", env.getenv) // no flag, no error
	root := newRoot(env)
	root.SetArgs(args)
	help := &unchecked{w: env.stdout}
	root.SetOut(help)
	err := root.ExecuteContext(ctx)
	if err == nil && help.err != nil {
		err = failed(help.err)
	}
	if err == nil {
		return 0
	}
	exit, known := errors.AsType[*exitError](err)
	if !known { // one of cobra's, about the command line
		complain(env.stderr, err.Error())
		fmt.Fprintln(env.stderr, "Run 'slojourn --help' for usage.") //nolint:errcheck // nowhere left to say it
		return exitUsage
	}
	for _, err := range separate(exit.err) {
		complain(env.stderr, err.Error())
	}
	return exit.code
}

// complain prints one line about a failure. Names of files and what servers
// say may hold anything.
func complain(w io.Writer, message string) {
	fmt.Fprintf(w, "slojourn: %s\n", render.Plain(message)) //nolint:errcheck // nowhere left to say it
}

// unchecked takes what cobra prints, which does not look at errors, and keeps
// the first one.
type unchecked struct {
	w   io.Writer
	err error
}

func (u *unchecked) Write(p []byte) (int, error) {
	if u.err == nil {
		_, u.err = u.w.Write(p)
	}
	return len(p), nil
}

// interruptible runs what does not look at ctx while it waits or computes: it
// reads a pipe that nobody writes to, or a large spec. When ctx ends first, it
// is left behind, since the process is about to end.
func interruptible(ctx context.Context, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return failed(errors.New("interrupted"))
	}
}

// separate returns the errors that err joins, each of which is a line of its
// own; none for nil.
func separate(err error) []error {
	joined, several := err.(interface{ Unwrap() []error })
	switch {
	case err == nil:
		return nil
	case several:
		return joined.Unwrap()
	default:
		return []error{err}
	}
}

func newRoot(env environment) *cobra.Command {
	root := &cobra.Command{
		Use:   "slojourn",
		Short: "Turn critical user journeys into service level objectives",
		Long: `slojourn turns critical user journeys into service level objectives, measures
them with New Relic NRQL and keeps their error budgets.

Results go to stdout, everything else to stderr. Exit codes: 0 fine, 1 the
specs have mistakes, 2 wrong usage, 3 something could not run or be measured.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usage("a command is missing: run 'slojourn --help' for the list")
		},
	}
	root.SetIn(env.stdin)
	root.SetErr(env.stderr)
	root.AddCommand(
		newAlerts(env), newBacktest(env), newDemo(env), newDiff(env), newDoctor(env), newEval(env), newValidate(env), newFmt(env), newExplain(env), newNRQL(env), newSchema(env),
		newGenerate(env), newInit(env), newLedger(env), newList(env), newNotify(env), newPush(env), newServe(env), newSimulator(env), newTest(env), newVersion(env),
	)
	return root
}

// format is a flag for the format of the output.
func formatFlag(cmd *cobra.Command, allowed ...string) *string {
	return cmd.Flags().StringP("output", "o", allowed[0], "format of the output: "+join(allowed))
}

func checkFormat(format string, allowed ...string) error {
	for _, a := range allowed {
		if a == format {
			return nil
		}
	}
	return usage("the output format %q is not known; use %s", format, join(allowed))
}

func join(words []string) string {
	text := ""
	for i, word := range words {
		switch {
		case i > 0 && i == len(words)-1:
			text += " or "
		case i > 0:
			text += ", "
		}
		text += word
	}
	return text
}

// refuse prints the errors and warnings about a set, and returns an error when
// nothing can be done with it.
func refuse(env environment, result *load.Result) error {
	if err := printFindings(env.stderr, env, visible(result.Findings), result.Lines()); err != nil {
		return failed(err)
	}
	if result.Findings.Failed() {
		return &exitError{code: exitFindings}
	}
	return nil
}

// visible are the findings that are shown without being asked for.
func visible(findings diag.List) diag.List {
	return slices.DeleteFunc(findings.Counting(), func(d diag.Diagnostic) bool { return d.Severity == diag.Info })
}

// measurable reads a set without errors that holds something to measure.
func measurable(env environment, t *trust, paths []string) (*load.Result, error) {
	result, err := loadSet(env, t, paths)
	if err != nil {
		return nil, err
	}
	if err := refuse(env, result); err != nil {
		return nil, err
	}
	if err := holdsSomething(result.Set); err != nil {
		return nil, err
	}
	return result, nil
}

// holdsSomething wants something to measure in a set.
func holdsSomething(set *slo.Set) error {
	if len(set.SLOs) == 0 && len(set.Journeys) == 0 {
		return usage("there is nothing to measure: the set holds no Journey and no SLO")
	}
	return nil
}

// loadSet reads the paths of a command line, or the current folder, as one set
// with the operator's folder.
func loadSet(env environment, t *trust, paths []string) (*load.Result, error) {
	paths = orCurrentFolder(paths)
	if t.config != "" {
		if err := t.checkConfig(); err != nil {
			return nil, err
		}
		paths = append(slices.Clone(paths), t.config)
	}
	found, _ := spec.ReadPaths(paths, env.stdin) // the problems are in what was found
	found[len(found)-1].Operators = t.config != ""
	result, err := load.Found(found, newrelic.Key, newrelic.Check, t.check)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	return result, nil
}

func orCurrentFolder(paths []string) []string {
	if len(paths) == 0 {
		return []string{"."}
	}
	return paths
}
