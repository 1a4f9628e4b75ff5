package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/scenario"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/render"
	"github.com/slojourn/slojourn/sources/newrelic"
)

func newTest(env environment) *cobra.Command {
	formats := []string{"text", "json"}
	cmd := &cobra.Command{
		Use:   "test FILE…",
		Short: "Play scenarios and say which alerts do not come as expected",
		Long: `test reads scenarios from the given files ("-" is stdin): what happens to SLOs
minute by minute, and which alerts are expected. It plays them with the alert
policies that are built in, and those of --specs, and prints each expectation
that is not met, with what happened instead. It prints nothing when all are met.
It opens no connection and reads no secret.

Exit code 1 means that an expectation is not met, or that a file has mistakes.`,
		Example: "  slojourn test examples/scenarios/*.burn\n  slojourn test --specs specs checkout.burn",
		Args:    cobra.ArbitraryArgs,
	}
	format := formatFlag(cmd, formats...)
	localeFlag(cmd, &env)
	specs := cmd.Flags().StringArray("specs", nil, "folder or file with alert policies of your own; may be repeated")
	test := func(files []string) error {
		policies, err := policiesOf(env, *specs)
		if err != nil {
			return err
		}
		played, err := playFiles(env, files, policies)
		if err != nil {
			return err
		}
		if *format == "json" {
			err = printPlayedJSON(env, played)
		} else {
			err = printPlayed(env, played)
		}
		if err != nil {
			return failed(err)
		}
		for _, p := range played {
			if p.findings.Failed() || len(p.result.Failures) > 0 {
				return &exitError{code: exitFindings}
			}
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkFormat(*format, formats...); err != nil {
			return err
		}
		if len(args) == 0 {
			return usage("name a file with a scenario, or - for stdin")
		}
		return interruptible(cmd.Context(), func() error { return test(args) })
	}
	return cmd
}

// policiesOf returns the alert policies that scenarios may name.
func policiesOf(env environment, specs []string) ([]*slo.AlertPolicy, error) {
	if len(specs) == 0 {
		return slo.BuiltInPolicies(), nil
	}
	result, err := load.Load(specs, env.stdin, newrelic.Key, newrelic.Check)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	if err := refuse(env, result); err != nil {
		return nil, err
	}
	return result.Set.Policies, nil
}

// played is a file of a scenario and what came of it.
type played struct {
	file     string
	lines    []string
	findings diag.List // of its text; with errors it was not played
	result   scenario.Result
}

// playFiles plays each file. All are read first, so that one that is missing is
// noticed at once.
func playFiles(env environment, files []string, policies []*slo.AlertPolicy) ([]played, error) {
	var list []played
	var scenarios []*scenario.Scenario
	for _, file := range files {
		data, name, err := readInput(env, file)
		if err != nil {
			return nil, usage("%s: %v", file, err)
		}
		s, findings := scenario.Parse(name, string(data), policies)
		scenarios = append(scenarios, s)
		lines := strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n")
		list = append(list, played{file: name, lines: lines, findings: findings})
	}
	for i := range list {
		if list[i].findings.Failed() {
			continue
		}
		result, err := scenarios[i].Run()
		if err != nil {
			return nil, failed(fmt.Errorf("%s: %w", list[i].file, err))
		}
		list[i].result = result
	}
	return list, nil
}

// printPlayed prints mistakes, and expectations that are not met, file by file.
func printPlayed(env environment, list []played) error {
	l := env.language()
	for _, p := range list {
		err := render.Text(env.stdout, p.findings, render.Options{
			Lines: func(_ string, line int) (string, bool) {
				if line < 1 || line > len(p.lines) {
					return "", false
				}
				return strings.TrimSuffix(p.lines[line-1], "\r"), true
			},
			Color: term.Color(env.stdout, env.getenv), Language: l,
		})
		if err != nil {
			return err
		}
		for _, f := range p.result.Failures {
			if _, err := fmt.Fprintf(env.stdout, "%s: %s\n   %s\n", render.Plain(f.Span.String()),
				render.Plain(diag.Say("expected %[1]s", f.Expected).In(l)), render.Plain(diag.Say("happened: %s", f.Happened).In(l))); err != nil {
				return err
			}
		}
	}
	return nil
}

// The JSON document of test.
type (
	testDocument struct {
		Schema string     `json:"schema"`
		Files  []testFile `json:"files"`
	}

	testFile struct {
		File         string           `json:"file"`
		Findings     []render.Finding `json:"findings"`
		Expectations int              `json:"expectations"` // 0 when there are errors
		Failures     []testFailure    `json:"failures"`
		Events       []testEvent      `json:"events"`
	}

	testFailure struct {
		Line     int    `json:"line"`
		Column   int    `json:"column"`
		Expected string `json:"expected"`
		Happened string `json:"happened"`
	}

	testEvent struct {
		Minute int64 `json:"minute"` // since the scenario began
		alert.Event
	}
)

func printPlayedJSON(env environment, list []played) error {
	document := testDocument{Schema: "slojourn.test/v1", Files: []testFile{}}
	for _, p := range list {
		entry := testFile{
			File: p.file, Findings: render.Findings(p.findings, env.language()), Expectations: p.result.Expectations,
			Failures: []testFailure{}, Events: []testEvent{},
		}
		for _, f := range p.result.Failures {
			entry.Failures = append(entry.Failures, testFailure{f.Span.Start.Line, f.Span.Start.Column, f.Expected, f.Happened.In(env.language())})
		}
		for _, e := range p.result.Events {
			entry.Events = append(entry.Events, testEvent{int64(e.At.Sub(scenario.Begin()).Minutes()), e})
		}
		document.Files = append(document.Files, entry)
	}
	return render.Encode(env.stdout, document)
}
