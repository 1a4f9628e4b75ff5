package main

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/push"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo"
)

func newPushGrafana(env environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "grafana --url URL --token-from env:NAME [paths…]",
		Short: "Create, update and delete the dashboards of a set in Grafana",
		Long: `grafana reads the given files and folders (default: the current folder; "-" is
stdin) as one set, and brings its dashboards into a Grafana from 9.4 on: those that
generate grafana writes, each in the folder of the team that owns it.

It first reads what Grafana has and prints what it will do: + create, ~ update with
what changes, - delete, ! refused and why. With --dry-run it ends there. Then it sends
what has changed, and nothing else, and prints what it has done.

It changes only what slojourn has made and nobody has changed since; others are left
as they are and named at the end, with exit code 1. --force takes the id of a
journey, step (JOURNEY/STEP) or SLO, overview, review or a uid, and replaces that one
nevertheless; what was there stays in the history of the dashboard. Dashboards that
somebody has saved while it ran are not overwritten, not even with --force.

What fails for one folder or dashboard holds up no other. When Grafana is down or does
not know who pushes, and when it is interrupted, it waits for what it has sent, and
counts what it has not tried.

With --prune it deletes dashboards that it has made and that the set does not have
any more, --prune-limit at most: if there are more, it deletes none. The history of a
dashboard goes with it. Use --prune only when the paths are all that is pushed to that
organization. Folders are not deleted.

The token is one of a service account with the role Editor. Its place is named and
the token itself never given: env:NAME, with a name that begins with SLOJOURN_ or
NEW_RELIC_, or file:NAME below --secrets-dir.`,
		Example: "  slojourn push grafana --url https://grafana.example.com --token-from env:SLOJOURN_GRAFANA_TOKEN --dry-run specs\n" +
			"  slojourn push grafana --url https://grafana.example.com --token-from env:SLOJOURN_GRAFANA_TOKEN --force checkout specs",
	}
	trusted := &trust{}
	configFlag(cmd, trusted)
	hostFlag(cmd, trusted)
	secretsFlag(cmd, trusted)
	p := grafanaPush{env: env, trusted: trusted}
	p.access.add(cmd)
	flags := cmd.Flags()
	locale := flags.String("locale", string(slo.English), "language of the dashboards: en or ja")
	flags.StringVar(&p.options.Datasource, "datasource", "", "uid of the data source that is chosen at first (default that of Grafana)")
	flags.BoolVar(&p.dryRun, "dry-run", false, "print what would be done, and do nothing")
	flags.StringArrayVar(&p.force, "force", nil, "id or uid of what is replaced or deleted although others made or changed it, or all (may be repeated)")
	flags.BoolVar(&p.prune, "prune", false, "delete dashboards that slojourn has made and the set does not have")
	flags.IntVar(&p.pruneLimit, "prune-limit", 5, "how many dashboards --prune may delete; it deletes none when there are more")
	flags.StringVarP(&p.output, "output", "o", "text", "output format: text or json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		p.options.Locale = slo.Locale(*locale)
		client, err := p.check(cmd)
		if err != nil {
			return err
		}
		defer client.Close()
		var result *load.Result
		err = interruptible(cmd.Context(), func() (err error) {
			result, err = measurable(p.env, p.trusted, args)
			return err
		})
		if err != nil {
			return err
		}
		return p.run(cmd.Context(), client, result.Set)
	}
	return cmd
}

// grafanaPush is one run of push grafana.
type grafanaPush struct {
	env     environment
	trusted *trust
	access  grafanaAccess
	options grafana.Options
	output  string
	force   []string

	dryRun, prune bool
	pruneLimit    int
}

// check looks at what the flags say.
func (p *grafanaPush) check(cmd *cobra.Command) (*push.Client, error) {
	if err := checkWord("--output", p.output, "text", "json"); err != nil {
		return nil, err
	}
	if err := checkWord("--locale", string(p.options.Locale), string(slo.English), string(slo.Japanese)); err != nil {
		return nil, err
	}
	given := cmd.Flags().Changed
	if given("datasource") && !datasourceUID.MatchString(p.options.Datasource) {
		return nil, usage("--datasource %q: give the uid of a data source as its address in Grafana has it: at most 40 letters, digits, hyphens and underscores", p.options.Datasource)
	}
	switch {
	case given("prune-limit") && !p.prune:
		return nil, usage("--prune-limit is for --prune, which is missing")
	case p.pruneLimit < 0:
		return nil, usage("--prune-limit %d: give how many dashboards may be deleted, 0 or more", p.pruneLimit)
	}
	o, err := p.access.options(p.trusted.resolver(p.env))
	if err != nil {
		return nil, err
	}
	return push.NewClient(o)
}

// run plans, prints the plan, and does what it says.
func (p *grafanaPush) run(ctx context.Context, client *push.Client, set *slo.Set) error {
	plan, err := client.Plan(ctx, grafana.Generate(set, p.options), push.Options{Forced: p.forced, Prune: p.prune, PruneLimit: p.pruneLimit})
	report := pushReport{w: p.env.stdout, plan: plan, dryRun: p.dryRun}
	if err = interruptedOr(ctx, err); err != nil {
		if p.output == "json" {
			return errors.Join(err, report.printJSON(err))
		}
		return err
	}
	if err := p.checkForced(plan); err != nil {
		return err
	}
	if p.output == "text" {
		if err := report.printPlan(); err != nil {
			return failed(err)
		}
	}
	var stopped error
	if !p.dryRun {
		stopped = interruptedOr(ctx, client.Apply(ctx, plan))
	}
	if p.output == "json" {
		err = report.printJSON(stopped)
	} else {
		err = report.printOutcome()
	}
	if err != nil {
		return failed(err)
	}
	return report.outcome(stopped)
}

// interruptedOr returns a failure, by the word that people have for it.
func interruptedOr(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return failed(errors.New("interrupted"))
	}
	return failed(err)
}

// forced reports whether --force names something.
func (p *grafanaPush) forced(name, of string) bool {
	return slices.ContainsFunc(p.force, func(word string) bool {
		return word == "all" || word == name || word == of || uid.Of(word) == of
	})
}

// checkForced refuses words that name nothing, which are mistyped.
func (p *grafanaPush) checkForced(plan *push.Plan) error {
	known := map[string]bool{"all": true}
	for _, items := range [][]push.Item{plan.Folders, plan.Dashboards} {
		for i := range items {
			known[items[i].Name], known[items[i].UID] = true, true
		}
	}
	for _, word := range p.force {
		if !known[word] && !known[uid.Of(word)] {
			return usage("--force %s: there is no journey, step or SLO of that id, nor is it overview, review or a uid of what is pushed", word)
		}
	}
	return nil
}
