package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/render"
)

func newAlerts(env environment) *cobra.Command {
	formats := []string{"table", "json"}
	cmd := &cobra.Command{
		Use:   "alerts [paths…]",
		Short: "Print which alerts fire, what holds others back, and which fired before",
		Long: `alerts prints which alerts fire, for how long and why; which tiers burn and what
holds them back, a guard, a window or missing measurements; which alerts fired
before; and which messages were not delivered.

With --data-dir it reads the ledger of slojourn serve, also while serve writes
it, and the given files and folders (default: the current folder; "-" is stdin)
as the set that serve has. With --server it reads no specs, and prints what a
running serve says. alerts show ID prints all there is about one.

Exit code 0 also means that something fires. 1 means that the specs have errors,
3 that something could not be measured, and so not judged.`,
		Example: "  slojourn alerts --data-dir /var/lib/slojourn --config /etc/slojourn specs\n" +
			"  slojourn alerts --server http://127.0.0.1:8080 --owner payments --state firing",
		Args: cobra.ArbitraryArgs,
	}
	format := formatFlag(cmd, formats...)
	origin := originFlags(cmd, env)
	filter := alertFilterFlags(cmd)
	alerts := func(ctx context.Context, args []string) error {
		asked, err := filter.read()
		if err != nil {
			return err
		}
		if origin.asked.address != "" {
			return origin.printRemote(ctx, filter.query(), *format)
		}
		kept, err := origin.kept(ctx, args)
		if err != nil {
			return err
		}
		defer kept.close()
		return printAlerts(ctx, env, kept.alerts.Filter(asked), *format)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkFormat(*format, formats...); err != nil {
			return err
		}
		if err := origin.check(cmd, args); err != nil {
			return err
		}
		return interruptible(cmd.Context(), func() error { return alerts(cmd.Context(), args) })
	}
	cmd.AddCommand(newAlertsShow(env))
	return cmd
}

// alertOrigin is where alerts are read: in a ledger, or from a running serve.
type alertOrigin struct {
	env     environment
	trusted *trust
	dir     *string
	asked   *remote
}

func originFlags(cmd *cobra.Command, env environment) *alertOrigin {
	o := &alertOrigin{env: env, trusted: &trust{}}
	configFlag(cmd, o.trusted)
	hostFlag(cmd, o.trusted)
	secretsFlag(cmd, o.trusted)
	o.dir = cmd.Flags().String("data-dir", "", "folder of a ledger: take what serve keeps there")
	o.asked = remoteFlags(cmd)
	return o
}

// check wants one origin, and refuses what has no meaning beside it.
func (o *alertOrigin) check(cmd *cobra.Command, args []string) error {
	if err := checkOrigin(cmd, o.asked, args); err != nil {
		return err
	}
	if *o.dir == "" && o.asked.address == "" {
		return usage("say where alerts are kept: --data-dir DIR is the ledger of slojourn serve, --server URL a running one")
	}
	return nil
}

// keptAlerts is what a ledger keeps of alerts, as of one commit, and what is
// needed to measure what they have cost.
type keptAlerts struct {
	alerts   report.Alerts
	snapshot burnrate.Snapshot
	set      *slo.Set
	records  engine.Records
	close    func()
}

// kept reads the alerts of a ledger, and judges by it what is held back.
func (o *alertOrigin) kept(ctx context.Context, args []string) (keptAlerts, error) {
	result, err := measurable(o.env, o.trusted, args)
	if err != nil {
		return keptAlerts{}, err
	}
	reader, err := openLedger(ctx, *o.dir)
	if err != nil {
		return keptAlerts{}, err
	}
	pinned, err := reader.Pinned(ctx)
	if err != nil {
		reader.Close() //nolint:errcheck // only read from
		return keptAlerts{}, ledgerFailed(ctx, *o.dir, err)
	}
	k := keptAlerts{set: result.Set, records: pinned, close: func() {
		pinned.Close() //nolint:errcheck // only read from
		reader.Close() //nolint:errcheck // only read from
	}}
	box, snapshot, err := alertsIn(ctx, pinned, result.Set, o.env.now().Truncate(time.Second))
	if err != nil {
		k.close()
		return keptAlerts{}, ledgerFailed(ctx, *o.dir, err)
	}
	k.alerts, k.snapshot = report.AlertsOf(box, snapshot), snapshot
	return k, nil
}

func alertsIn(ctx context.Context, records engine.Records, set *slo.Set, at time.Time) (outbox.Box, burnrate.Snapshot, error) {
	state, err := records.State(ctx)
	if err != nil {
		return outbox.Box{}, burnrate.Snapshot{}, err
	}
	box, err := outbox.Open(state)
	if err != nil {
		return outbox.Box{}, burnrate.Snapshot{}, err
	}
	snapshot, err := engine.Kept(ctx, set, records, lagOf, at)
	return box, snapshot, err
}

// printRemote prints the document of a server, or the part of it that a query asks
// for.
func (o *alertOrigin) printRemote(ctx context.Context, query url.Values, format string) error {
	body, alerts, err := o.remote(ctx, query)
	if err != nil {
		return err
	}
	if format != "json" {
		return printAlerts(ctx, o.env, alerts, format)
	}
	if err := render.Encode(o.env.stdout, json.RawMessage(body)); err != nil {
		return failed(err)
	}
	return printFailures(o.env.stderr, alerts.Failures())
}

func (o *alertOrigin) remote(ctx context.Context, query url.Values) ([]byte, report.Alerts, error) {
	endpoint, body, err := o.asked.ask(ctx, o.env, o.trusted.secretsDir, "api/v1/alerts", query)
	if err != nil {
		return nil, report.Alerts{}, err
	}
	alerts, err := report.ReadAlerts(body)
	if err != nil {
		return nil, report.Alerts{}, foreign(endpoint, err)
	}
	return body, alerts, nil
}

// printAlerts prints alerts on stdout and what could not be measured on stderr.
func printAlerts(ctx context.Context, env environment, alerts report.Alerts, format string) error {
	if ctx.Err() != nil {
		return failed(fmt.Errorf("interrupted"))
	}
	var err error
	if format == "json" {
		err = alerts.JSON(env.stdout)
	} else {
		err = alerts.Table(env.stdout, term.Color(env.stdout, env.getenv))
	}
	if err != nil {
		return failed(err)
	}
	return printFailures(env.stderr, alerts.Failures())
}

// alertFilter are the flags that choose alerts.
type alertFilter struct {
	ids, owners, kinds, severities, states []string
	since                                  string
}

func alertFilterFlags(cmd *cobra.Command) *alertFilter {
	f := &alertFilter{}
	flags := cmd.Flags()
	flags.StringArrayVar(&f.ids, "id", nil, "id of a journey, step or SLO, with * for any characters; may be repeated, as those below")
	flags.StringArrayVar(&f.owners, "owner", nil, "team that owned it when it fired")
	flags.StringArrayVar(&f.kinds, "kind", nil, "kind of the alert: "+join(report.AlertKinds()))
	flags.StringArrayVar(&f.severities, "severity", nil, join(report.AlertSeverities()))
	flags.StringArrayVar(&f.states, "state", nil, "part of the output: "+join(report.AlertStates()))
	flags.StringVar(&f.since, "since", "7d", "how long ago past alerts may be over, and messages given up, such as 12h or 90d")
	for name, words := range map[string][]string{
		"kind": report.AlertKinds(), "severity": report.AlertSeverities(), "state": report.AlertStates(),
	} {
		if err := cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)); err != nil {
			panic(err) // the flag is there
		}
	}
	return f
}

// patternOfIDs is what --id may be.
var patternOfIDs = regexp.MustCompile(`^((source|team):)?[-a-z0-9*]+(/[-a-z0-9*]+)?$`)

// read checks the flags.
func (f *alertFilter) read() (report.AlertFilter, error) {
	filter := report.AlertFilter{IDs: f.ids, Owners: f.owners, Kinds: f.kinds, Severities: f.severities, States: f.states}
	for _, id := range f.ids {
		if !patternOfIDs.MatchString(id) {
			return filter, usage("--id cannot be %q; write an id such as barcode-payment/authorise or source:newrelic, with * for any characters", id)
		}
	}
	for _, owner := range f.owners {
		if slo.CheckName(owner) != nil {
			return filter, usage("--owner cannot be %q; write the name of a team", owner)
		}
	}
	for _, flag := range []struct {
		name           string
		given, allowed []string
	}{
		{"--kind", f.kinds, report.AlertKinds()},
		{"--severity", f.severities, report.AlertSeverities()},
		{"--state", f.states, report.AlertStates()},
	} {
		if err := checkWords(flag.name, flag.given, flag.allowed); err != nil {
			return filter, err
		}
	}
	since, err := slo.ParseDuration(f.since)
	if err != nil || since <= 0 {
		return filter, usage("--since %q is not a time; write how long ago, such as 90m, 12h or 7d", f.since)
	}
	filter.Since = since
	return filter, nil
}

// query is what a server is asked for.
func (f *alertFilter) query() url.Values {
	query := url.Values{"since": {f.since}}
	for name, values := range map[string][]string{"id": f.ids, "owner": f.owners, "kind": f.kinds, "severity": f.severities, "state": f.states} {
		if len(values) > 0 {
			query[name] = values
		}
	}
	return query
}
