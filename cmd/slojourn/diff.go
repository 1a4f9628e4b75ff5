package main

import (
	"context"
	"errors"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec/diff"
)

func newDiff(env environment) *cobra.Command {
	formats := []string{"text", "json", "markdown"}
	cmd := &cobra.Command{
		Use:   "diff BASE [paths…]",
		Short: "Say what a change of specs means",
		Long: `diff compares the specs of the given files and folders (default: the current
folder) with what they were in BASE, a revision of git, or with those of BASE, a
folder or a file, and says what the change means: targets lowered, alerts lost,
owners changed, SLIs that are other indicators now. Layout, comments and the names
of files mean nothing. -o markdown is a comment for a pull request.

With --data-dir it also says which pages the change would have gained and lost
over the history of a ledger, and what the budgets are in events. It opens no
connection and reads no secret.

Exit code 0 means that both could be compared, whatever has changed. 1 means that
the specs have errors, or that something of a weight in --fail-on has changed.
Errors in BASE do not stop it: what is wrong there may look as if it were new.`,
		Example: "  slojourn diff main specs\n" +
			"  slojourn diff -o markdown --fail-on loosens,loses origin/main specs\n" +
			"  slojourn diff --data-dir /var/lib/slojourn HEAD~1 specs",
	}
	d := &differing{env: env, backtest: &backtesting{env: env, trusted: &trust{}, asked: &remote{}, format: "table"}}
	format := formatFlag(cmd, formats...)
	configFlag(cmd, d.backtest.trusted)
	hostFlag(cmd, d.backtest.trusted)
	localeFlag(cmd, &d.env)
	flags := cmd.Flags()
	flags.StringVar(&d.backtest.dir, "data-dir", "", "folder of a ledger: say what the change would have made of its history")
	from := flags.String("from", "", "instant of the history to begin at, in RFC 3339 (default: 90 days before the end, or the first minute that is kept when that is later)")
	to := flags.String("to", "", "instant of the history to end at, in RFC 3339 (default: the newest minute that is kept)")
	failOn := flags.StringSlice("fail-on", nil, "weights of changes that make the exit code 1: "+weightNames())
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkFormat(*format, formats...); err != nil {
			return err
		}
		if len(args) == 0 || args[0] == "" {
			return usage("BASE is missing: name a revision of git, such as main, or the folder of the old specs")
		}
		d.format, d.base, d.backtest.paths = *format, abbreviated(args[0]), orCurrentFolder(args[1:])
		if err := d.readFlags(cmd, *from, *to, *failOn); err != nil {
			return err
		}
		ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGHUP) // which a terminal sends that is closed
		defer stop()
		err := d.run(ctx)
		if err != nil && ctx.Err() != nil {
			return failed(errors.New("interrupted"))
		}
		return err
	}
	return cmd
}

// abbreviated shortens a commit in full, which would be hidden wherever it is printed, as it
// looks like a key. Git finds it by its first digits, too.
func abbreviated(base string) string {
	const whole, enough = 40, 12
	if len(base) != whole || strings.Trim(base, "0123456789abcdef") != "" {
		return base
	}
	return base[:enough]
}

// differing is one run of the command.
type differing struct {
	env      environment
	base     string
	format   string
	failOn   []diff.Weight
	backtest *backtesting // the paths, and how both are replayed over a ledger
}

func weightNames() string {
	var names []string
	for _, w := range diff.Weights() {
		names = append(names, string(w))
	}
	return strings.Join(names, ", ")
}

// readFlags reads the flags that are texts, and refuses those that mean nothing beside
// others.
func (d *differing) readFlags(cmd *cobra.Command, from, to string, failOn []string) error {
	given := cmd.Flags().Changed
	for _, flag := range []string{"data-dir", "from", "to"} {
		switch {
		case given(flag) && cmd.Flags().Lookup(flag).Value.String() == "":
			return usage("--%s is empty", flag)
		case given(flag) && d.backtest.dir == "":
			return usage("--%s is for --data-dir only", flag)
		}
	}
	for _, name := range failOn {
		weight := diff.Weight(name)
		if !slices.Contains(diff.Weights(), weight) {
			hint := "use " + weightNames() + ", with commas between them"
			if near, found := diag.Nearest(name, strings.Split(weightNames(), ", ")); found {
				hint = "did you mean " + near + "?"
			}
			return usage("--fail-on: there is no weight %q; %s", name, hint)
		}
		d.failOn = append(d.failOn, weight)
	}
	return d.backtest.readSpan(from, to)
}

// run reads, compares, replays and prints.
func (d *differing) run(ctx context.Context) error {
	var r compared
	err := interruptible(ctx, func() (err error) {
		r, err = d.read(ctx)
		return err
	})
	if err != nil {
		return err
	}
	renamed := renamedIn(r.after.Set)
	doc := report.Diff{
		Base: d.base, Paths: d.backtest.paths, BaseErrors: r.baseErrors(), Changes: diff.Of(r.before.Set, r.after.Set, renamed),
		Language: d.env.language(),
	}
	if d.backtest.dir != "" {
		if doc.History, err = d.history(ctx, &r, renamed); err != nil {
			return err
		}
	}
	if err := d.print(doc); err != nil {
		return failed(err)
	}
	if doc.History != nil {
		if err := printFailures(d.env.stderr, doc.History.Failures); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(doc.Changes, func(c diff.Change) bool { return slices.Contains(d.failOn, c.Weight) }) {
		return &exitError{code: exitFindings}
	}
	return nil
}

func (d *differing) print(doc report.Diff) error {
	switch d.format {
	case "json":
		return report.DiffJSON(d.env.stdout, doc)
	case "markdown":
		return report.DiffMarkdown(d.env.stdout, doc)
	default:
		return report.DiffText(d.env.stdout, doc, term.Color(d.env.stdout, d.env.getenv))
	}
}
