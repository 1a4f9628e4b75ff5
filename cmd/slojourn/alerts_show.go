package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo/diag"
)

func newAlertsShow(env environment) *cobra.Command {
	formats := []string{"table", "json", "markdown"}
	cmd := &cobra.Command{
		Use:   "show ID [paths…]",
		Short: "Print all there is about one alert, or the beginning of its postmortem",
		Long: `alerts show prints what slojourn alerts prints about one id or one alert, and
what it cost of the budget. ID is the id of a journey, step or SLO, or the first
digits of an episode, which the output of slojourn alerts names.

With -o markdown it prints the beginning of a postmortem: what happened, what it
cost, how it was noticed and which step caused it, with headings for what only
people know. Of an id it is about the alert that fires, a page before a ticket,
or else about the last one that did.

With --data-dir the cost is counted by the minutes in the ledger, with --server
it is what was told.`,
		Example: "  slojourn alerts show checkout/pay --data-dir /var/lib/slojourn --config /etc/slojourn specs\n" +
			"  slojourn alerts show 3f2a51c04b --server http://127.0.0.1:8080 -o markdown",
	}
	format := formatFlag(cmd, formats...)
	origin := originFlags(cmd, env)
	show := func(ctx context.Context, id string, args []string) error {
		alerts, err := origin.about(ctx, id, args, *format == "markdown")
		if err != nil {
			return err
		}
		if *format != "markdown" {
			return printAlerts(ctx, env, alerts, *format)
		}
		episode, some := alerts.Newest()
		if !some {
			return usage("no alert of %q has fired: there is nothing to write about", id)
		}
		if err := alerts.Postmortem(env.stdout, episode); err != nil {
			return failed(err)
		}
		return printFailures(env.stderr, alerts.Failures())
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkFormat(*format, formats...); err != nil {
			return err
		}
		if len(args) == 0 || args[0] == "" {
			return usage("an id is missing: write that of a journey, step or SLO, or the first digits of an episode")
		}
		if err := origin.check(cmd, args[1:]); err != nil {
			return err
		}
		return interruptible(cmd.Context(), func() error { return show(cmd.Context(), args[0], args[1:]) })
	}
	return cmd
}

// about returns the alerts of one name, with what they cost: all of them, or only
// the one that matters most.
func (o *alertOrigin) about(ctx context.Context, name string, args []string, newest bool) (report.Alerts, error) {
	if o.asked.address != "" {
		_, all, err := o.remote(ctx, nil)
		if err != nil {
			return all, err
		}
		return costed(all, nil, name, newest, func(e *report.Episode) (report.Impact, error) { return e.ToldImpact(all.At), nil })
	}
	kept, err := o.kept(ctx, args)
	if err != nil {
		return report.Alerts{}, err
	}
	defer kept.close()
	return costed(kept.alerts, idsOf(kept.snapshot), name, newest, func(e *report.Episode) (report.Impact, error) {
		impact, known, err := kept.impact(ctx, e)
		switch {
		case err != nil:
			return impact, ledgerFailed(ctx, *o.dir, err)
		case !known:
			return e.ToldImpact(kept.alerts.At), nil
		}
		return impact, nil
	})
}

// costed adds to the alerts of a name what each of them cost.
// known are ids that there may be alerts of.
func costed(all report.Alerts, known []string, name string, newest bool, impact func(*report.Episode) (report.Impact, error)) (report.Alerts, error) {
	part, err := all.Of(name)
	if err != nil {
		if near, found := diag.Nearest(name, known); found && near != name {
			return part, usage("%w; did you mean %s?", err, near)
		}
		return part, usage("%w", err)
	}
	if newest {
		part = part.OnlyNewest()
	}
	for _, list := range [][]report.Episode{part.Firing, part.Past} {
		for i := range list {
			if !list[i].HasBudget() {
				continue
			}
			cost, err := impact(&list[i])
			if err != nil {
				return part, err
			}
			list[i].Impact = &cost
		}
	}
	return part, nil
}

func idsOf(s burnrate.Snapshot) []string {
	var ids []string
	for _, status := range s.Statuses {
		ids = append(ids, status.ID)
	}
	return ids
}
