package main

import (
	"net/url"
	"slices"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

func newList(env environment) *cobra.Command {
	formats := []string{"table", "json", "markdown"}
	cmd := &cobra.Command{
		Use:   "list [paths…]",
		Short: "List journeys, steps, SLOs and teams, and what is missing in their specs",
		Long: `list reads the given files and folders (default: the current folder; "-" is
stdin) as one set and prints what is in it: journeys with their steps, targets,
alert policies, stages and owners; SLOs that are a step of none; teams, how they
are reached and told, and what they own.

Below stands what is missing: what is no mistake, and somebody will look for, such
as a runbook of what pages, or a team that alerts are about and that nobody
tells. Each has its place, and what to write.

With -o markdown it prints a page for a wiki. It opens no connection and reads no
secret.

Exit code 1 means that the specs have errors or, with --check, that something is
missing.`,
		Example: "  slojourn list specs\n  slojourn list --owner payments --check --ignore no-contact specs\n" +
			"  slojourn list -o markdown --dashboards https://grafana.example.com specs > journeys.md",
	}
	format := formatFlag(cmd, formats...)
	trusted := &trust{}
	configFlag(cmd, trusted)
	hostFlag(cmd, trusted)
	l := &listing{env: env, trusted: trusted}
	localeFlag(cmd, &l.env)
	flags := cmd.Flags()
	flags.StringArrayVar(&l.owners, "owner", nil, "team that owns what is listed; may be repeated, as those below")
	flags.StringArrayVar(&l.stages, "stage", nil, join(stages()))
	flags.StringArrayVar(&l.labels, "label", nil, "label KEY=VALUE of what is listed; it has to have all of them")
	flags.StringArrayVar(&l.ignored, "ignore", nil, "what may be missing: "+join(gapKinds()))
	flags.BoolVar(&l.check, "check", false, "exit with code 1 when something is missing")
	flags.StringVar(&l.dashboards, "dashboards", "", "address of the Grafana that a page of Markdown links to")
	for name, words := range map[string][]string{"stage": stages(), "ignore": gapKinds()} {
		if err := cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)); err != nil {
			panic(err) // the flag is there
		}
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkFormat(*format, formats...); err != nil {
			return err
		}
		l.format = *format
		return interruptible(cmd.Context(), func() error { return l.run(args) })
	}
	return cmd
}

// listing is one run of list.
type listing struct {
	env     environment
	trusted *trust

	owners, stages, labels, ignored []string
	check                           bool
	dashboards, format              string
}

func stages() []string { return []string{string(slo.Active), string(slo.Observe)} }

func gapKinds() []string {
	var words []string
	for _, kind := range slo.GapKinds() {
		words = append(words, string(kind))
	}
	return words
}

func (l *listing) run(paths []string) error {
	filter, err := l.filter()
	if err != nil {
		return err
	}
	result, err := loadSet(l.env, l.trusted, paths)
	if err != nil {
		return err
	}
	if err := refuse(l.env, result); err != nil {
		return err
	}
	if err := l.checkOwners(result.Set); err != nil {
		return err
	}
	catalogue := report.CatalogueOf(result.Set, filter, l.env.language())
	switch l.format {
	case "json":
		err = catalogue.JSON(l.env.stdout)
	case "markdown":
		err = catalogue.Markdown(l.env.stdout, l.dashboards)
	default:
		err = catalogue.Table(l.env.stdout, term.Color(l.env.stdout, l.env.getenv))
	}
	switch {
	case err != nil:
		return failed(err)
	case l.check && len(catalogue.Gaps) > 0:
		return &exitError{code: exitFindings}
	}
	return nil
}

// filter checks the flags.
func (l *listing) filter() (report.CatalogueFilter, error) {
	filter := report.CatalogueFilter{Owners: l.owners, Stages: l.stages}
	if err := checkWords("--stage", l.stages, stages()); err != nil {
		return filter, err
	}
	if err := checkWords("--ignore", l.ignored, gapKinds()); err != nil {
		return filter, err
	}
	for _, kind := range l.ignored {
		filter.Ignore = append(filter.Ignore, slo.GapKind(kind))
	}
	var err error
	if filter.Labels, err = labelsOf(l.labels, nil); err != nil {
		return filter, err
	}
	return filter, l.checkDashboards()
}

func (l *listing) checkDashboards() error {
	if l.dashboards == "" {
		return nil
	}
	if l.format != "markdown" {
		return usage("--dashboards is for links on a page: add -o markdown, or leave it out")
	}
	address, err := url.Parse(l.dashboards)
	switch {
	case err != nil, address.Host == "", address.Scheme != "http" && address.Scheme != "https", address.User != nil, address.RawQuery != "", address.Fragment != "":
		return usage("--dashboards %q is not the address of a Grafana: write scheme, host and path alone, such as https://grafana.example.com", l.dashboards)
	}
	return nil
}

// checkOwners wants teams of the set.
func (l *listing) checkOwners(set *slo.Set) error {
	var names []string
	for _, team := range set.Teams {
		names = append(names, team.Name)
	}
	for _, owner := range l.owners {
		if slices.Contains(names, owner) {
			continue
		}
		if near, found := diag.Nearest(owner, names); found {
			return usage("--owner: the set has no team %q; did you mean %s?", owner, near)
		}
		return usage("--owner: the set has no team %q; slojourn list without it names them", owner)
	}
	return nil
}

// checkWords wants each of the words given to a flag to be one of those allowed.
func checkWords(flag string, given, allowed []string) error {
	for _, word := range given {
		if slices.Contains(allowed, word) {
			continue
		}
		if near, found := diag.Nearest(word, allowed); found {
			return usage("%s has no value %q; did you mean %s?", flag, word, near)
		}
		return usage("%s has no value %q; use %s", flag, word, join(allowed))
	}
	return nil
}
