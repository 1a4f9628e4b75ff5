package main

import (
	"context"
	"errors"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/exporters/page"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
)

func newBacktest(env environment) *cobra.Command {
	formats := []string{"table", "json", "html"}
	cmd := &cobra.Command{
		Use:   "backtest [paths…]",
		Short: "Say which alerts would have been sent over a history, and whether they were right",
		Long: `backtest goes through a history minute by minute as serve would have, with the
lag of each source, and says which pages and tickets would have been sent, what
guards held back, what the alerts would have cost people, and what the history
says about targets, windows and tiers.

With --data-dir the history is that of a ledger, also while serve writes it, and
with --server that of a running serve, whatever specs it has. Else it is measured
from the Sources of the given files and folders (default: the current folder; "-"
is stdin), as far back as they remember, and 90 days unless --from says more. What
is fetched or measured is deleted in the end.

With --incidents a list of what really went wrong says how much of it was found,
how soon, and how many alerts were about nothing. --against, or --target and
--policy, compare the specs with others: what would have been sent before and
after the change.

It is hindsight: what came late or was corrected is there at once, and sources
never fail. Exit code 0 also means that alerts would have been sent. 1 means that
the specs or the incidents have errors, 3 that something could not be measured;
the rest is printed all the same.`,
		Example: "  slojourn backtest --data-dir /var/lib/slojourn --incidents incidents.yaml specs\n" +
			"  slojourn backtest --data-dir /var/lib/slojourn --target checkout=99.95% specs\n" +
			"  slojourn backtest --data-dir /var/lib/slojourn --against main -o html specs > review.html",
	}
	b := &backtesting{env: env, trusted: &trust{}, asked: remoteFlags(cmd)}
	cmd.Flags().Lookup("server").Usage = "address of a running serve, such as https://slo.example.com: take what it has measured"
	format := formatFlag(cmd, formats...)
	configFlag(cmd, b.trusted)
	hostFlag(cmd, b.trusted)
	secretsFlag(cmd, b.trusted)
	flags := cmd.Flags()
	flags.StringVar(&b.dir, "data-dir", "", "folder of a ledger: take what was measured from there, and ask no Source")
	from := flags.String("from", "", "instant to begin at, in RFC 3339 (default: 90 days before the end, or the first minute that is kept when that is later)")
	to := flags.String("to", "", "instant to end at, in RFC 3339 (default: the newest minute that is kept)")
	flags.StringArrayVar(&b.only, "slo", nil, "id of a journey, step or SLO, with * for any characters: only those, and the steps of journeys (may be repeated)")
	flags.StringVar(&b.incidentsFile, "incidents", "", "file with a list of what really went wrong; - is stdin")
	flags.StringVar(&b.change.against, "against", "", "the specs before the change: a folder, a file, or a revision of git")
	flags.StringArrayVar(&b.change.targets, "target", nil, "change a target: [ID[:OBJECTIVE]=]PERCENTAGE, where the id may have * (may be repeated)")
	flags.StringArrayVar(&b.change.policies, "policy", nil, "change an alert policy: [ID[:OBJECTIVE]=]NAME, or none (may be repeated)")
	zone := flags.String("time-zone", "UTC", "time zone of nights and weekends, and of what the table and the page show, such as Asia/Tokyo")
	night := flags.String("night", "22:00-07:00", "when people sleep")
	locale := flags.String("locale", string(slo.English), "language of the page of -o html: en or ja")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkFormat(*format, formats...); err != nil {
			return err
		}
		b.paths, b.format = orCurrentFolder(args), *format
		if err := b.readFlags(cmd, *from, *to, *zone, *night, *locale); err != nil {
			return err
		}
		ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGHUP) // which a terminal sends that is closed
		defer stop()
		err := b.run(ctx)
		if err != nil && ctx.Err() != nil {
			return failed(errors.New("interrupted"))
		}
		return err
	}
	return cmd
}

// backtesting is one run of the command.
type backtesting struct {
	env           environment
	trusted       *trust
	paths         []string
	dir           string  // of a ledger; "" when there is none
	asked         *remote // whose ledger is fetched; without an address and a ledger everything is measured
	only          []string
	incidentsFile string
	change        change
	from, to      time.Time // zero when it was not said
	zone          *time.Location
	night         backtest.Night
	locale        slo.Locale
	format        string
}

// readFlags reads the flags that are texts, and refuses those that mean nothing beside
// others.
func (b *backtesting) readFlags(cmd *cobra.Command, from, to, zone, night, locale string) error {
	given := cmd.Flags().Changed
	if err := checkPlace(cmd, b.asked.checkAccess); err != nil {
		return err
	}
	for _, flag := range []string{"incidents", "against", "from", "to"} {
		if given(flag) && cmd.Flags().Lookup(flag).Value.String() == "" {
			return usage("--%s is empty", flag)
		}
	}
	switch {
	case given("against") && (given("target") || given("policy")):
		return usage("--against has the other specs already: leave out --target and --policy, or --against")
	case given("locale") && b.format != "html":
		return usage("--locale is for -o html only: the table and the JSON are in English")
	case b.incidentsFile == "-" && slices.Contains(b.paths, "-"):
		return usage("--incidents and the specs cannot both come from stdin: write one of them to a file")
	}
	if b.locale = slo.Locale(locale); b.locale != slo.English && b.locale != slo.Japanese {
		return usage("--locale %q is not known; use en or ja", locale)
	}
	var err error
	if b.zone, err = slo.LoadTimeZone(zone); err != nil {
		return problem("--time-zone", err)
	}
	if b.night, err = backtest.ParseNight(night); err != nil {
		return problem("--night", err)
	}
	if b.from, err = wholeMinute("--from", from); err != nil {
		return err
	}
	if b.to, err = wholeMinute("--to", to); err != nil {
		return err
	}
	if !b.from.IsZero() && !b.to.IsZero() && !b.to.After(b.from) {
		return usage("--to %s is not after --from %s", slo.MinuteAt(b.to), slo.MinuteAt(b.from))
	}
	return b.change.check()
}

// kept reports whether the minutes are from a ledger.
func (b *backtesting) kept() bool { return b.dir != "" || b.asked.address != "" }

// wholeMinute reads an instant, cut to the minute; it is zero when nothing is said.
func wholeMinute(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := instantOf(flag, text, time.Time{})
	return at.UTC().Truncate(time.Minute), err
}

// problem makes a mistake of the command line of one in the value of a flag.
func problem(flag string, err error) error {
	if p, is := errors.AsType[*slo.Problem](err); is {
		return usage("%s: %s: %s", flag, p.Message, p.Hint)
	}
	return usage("%s: %w", flag, err)
}

// run reads, measures, replays and prints.
func (b *backtesting) run(ctx context.Context) error {
	var asked question
	err := interruptible(ctx, func() (err error) {
		asked, err = b.read(ctx)
		return err
	})
	if err != nil {
		return err
	}
	progress := newProgress(b.env)
	defer progress.end()
	if err := b.measure(ctx, &asked, progress); err != nil {
		return errors.Join(err, asked.close())
	}
	doc, err := b.replay(ctx, &asked, progress)
	if closed := asked.close(); err == nil {
		err = closed
	}
	if none, is := errors.AsType[*notMeasuredError](err); is {
		if doc.Failures, err = none.failures, nil; b.format != "json" {
			return printFailures(b.env.stderr, doc.Failures)
		}
	}
	if err != nil {
		return err
	}
	progress.end()
	if ctx.Err() != nil {
		return ctx.Err() // what is printed would have been asked for no more
	}
	if err := b.print(doc); err != nil {
		return failed(err)
	}
	return printFailures(b.env.stderr, doc.Failures)
}

func (b *backtesting) print(doc report.Backtest) error {
	switch b.format {
	case "json":
		return report.BacktestJSON(b.env.stdout, doc)
	case "html":
		return page.Backtest(b.env.stdout, doc, b.locale)
	default:
		return report.BacktestTable(b.env.stdout, doc, term.Color(b.env.stdout, b.env.getenv))
	}
}
