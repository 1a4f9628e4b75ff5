package main

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic"
)

func newDoctor(env environment) *cobra.Command {
	formats := []string{"table", "json"}
	cmd := &cobra.Command{
		Use:   "doctor [paths…]",
		Short: "Look at the accounts behind a set of specs and say what is wrong there",
		Long: `doctor reads the given files and folders (default: the current folder; "-" is
stdin) as one set, and looks at the account of every Source that something is
measured with. It says what it found, what that means and what to do: whether
the key works and the clocks agree, whether the event types and attributes of
all SLIs exist and still come, whether conditions match anything, and whether
sampling, retention and quotas let the numbers be right.

One failing check does not stop the others, and neither does one bad source.

Exit code 1 means that the specs have errors, or that there are errors or
warnings about the accounts; 3 that none of the accounts answered.`,
		Example: "  slojourn doctor specs\n  slojourn doctor -o json --config /etc/slojourn specs",
	}
	format := formatFlag(cmd, formats...)
	localeFlag(cmd, &env)
	trusted := &trust{}
	configFlag(cmd, trusted)
	hostFlag(cmd, trusted)
	secretsFlag(cmd, trusted)
	doctor := func(ctx context.Context, args []string) error {
		result, err := loadSet(env, trusted, args)
		if err != nil {
			return err
		}
		if err := refuse(env, result); err != nil {
			return err
		}
		health, err := examine(ctx, env, trusted, result.Set)
		if err != nil {
			return err
		}
		return printHealth(env, *format, health, result)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkFormat(*format, formats...); err != nil {
			return err
		}
		return interruptible(cmd.Context(), func() error { return doctor(cmd.Context(), args) })
	}
	return cmd
}

// checkup is the examination of one source. That of a file is empty: there is
// nothing to look at but what eval reads anyway.
type checkup struct {
	source *slo.Source
	slos   int
	newrelic.Examination
}

// examine looks at every source that something is measured with, one after the
// other, in the order of their names.
func examine(ctx context.Context, env environment, trusted *trust, set *slo.Set) ([]checkup, error) {
	bySource := map[*slo.Source][]*slo.SLO{}
	for _, s := range set.Measured() {
		bySource[s.Source] = append(bySource[s.Source], s)
	}
	open := trusted.opener(env)
	var health []checkup
	for _, source := range set.Sources {
		slos := bySource[source]
		if len(slos) == 0 {
			continue
		}
		made := checkup{source: source, slos: len(slos)}
		if source.File == nil {
			made.Examination = examineOne(ctx, open, source, slos)
		}
		health = append(health, made)
	}
	switch {
	case ctx.Err() != nil:
		return nil, failed(errors.New("interrupted"))
	case len(health) == 0:
		return nil, usage("there is nothing to look at: nothing in the set is measured with a Source; name one with --config")
	}
	return health, nil
}

func examineOne(ctx context.Context, open func(*slo.Source) (*newrelic.Source, error), source *slo.Source, slos []*slo.SLO) newrelic.Examination {
	opened, err := open(source)
	if err != nil {
		return withoutKey(source, slos, err)
	}
	defer opened.Close()
	return opened.Examine(ctx, source, slos)
}

// withoutKey says that a source has no key to ask with.
func withoutKey(source *slo.Source, slos []*slo.SLO, err error) newrelic.Examination {
	var ids []string
	for _, s := range slos {
		ids = append(ids, s.ID)
	}
	slices.Sort(ids)
	return newrelic.Examination{
		QueriesPerMinute: newrelic.CostOf(source.NewRelic, slos, costMinute).QueriesPerMinute(),
		Findings: []newrelic.Finding{{
			Diagnostic: diag.Diagnostic{
				Code: newrelic.CheckKey, Severity: diag.Error, Span: source.Origin,
				Message: diag.Say("there is no key to ask with: %v", err),
				Hint:    diag.Say("put a user key (NRAK-…) there, or correct apiKey of the Source"),
			},
			SLOs: ids,
		}},
	}
}

// verdict is the exit code of what was found.
func verdict(health []checkup) error {
	looked, worst := false, diag.Info
	for _, c := range health {
		looked = looked || c.Reached || c.source.File != nil
		for _, f := range c.Findings {
			worst = min(worst, f.Severity)
		}
	}
	switch {
	case !looked:
		return &exitError{code: exitFailed}
	case worst < diag.Info:
		return &exitError{code: exitFindings}
	}
	return nil
}

// printHealth prints what was found in one of the formats.
func printHealth(env environment, format string, health []checkup, result *load.Result) error {
	print := printHealthTable
	if format == "json" {
		print = printHealthJSON
	}
	if err := print(env, health, result.Lines()); err != nil {
		return failed(err)
	}
	return verdict(health)
}
