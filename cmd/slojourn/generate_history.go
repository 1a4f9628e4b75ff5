package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/exporters/prometheus"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

func newGenerateHistory(env environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "prometheus-history --data-dir DIR [paths…]",
		Short: "Write what /metrics would have said in the past, for Prometheus to read",
		Long: `prometheus-history reads the given files and folders (default: the current folder;
"-" is stdin) as one set, goes through the ledger in a folder, and writes the
samples that /metrics of serve would have had, each with its time, in the text
format of OpenMetrics: for a Prometheus that did not scrape slojourn then, which
takes them with 'promtool tsdb create-blocks-from openmetrics'.

It is hindsight: what came late is there at once. Alerts fire when the ledger
says that they did. Counters are 0 at --from and have every minute since then.
Give the series the labels that a scrape adds, with --label.

It prints on stdout, or writes a file that does not exist yet; with a name that
ends in .gz it is compressed. Meanwhile a file in the folder for temporary ones
takes some 13 bytes for each value that changes.

Another process may write the ledger meanwhile. It opens no connection and reads
no secret.`,
		Example: "  slojourn generate prometheus-history --data-dir /var/lib/slojourn --label job=slojourn --label instance=slo-1:8080 --file history.om specs\n" +
			"  promtool tsdb create-blocks-from openmetrics history.om /var/lib/prometheus",
	}
	trusted := &trust{}
	configFlag(cmd, trusted)
	hostFlag(cmd, trusted)
	g := historyGeneration{env: env, trusted: trusted}
	flags := cmd.Flags()
	flags.StringVar(&g.dir, "data-dir", "", "folder of the ledger")
	flags.StringVar(&g.from, "from", "", "first instant, in RFC 3339 (default: the first multiple of --every that is kept as minutes)")
	flags.StringVar(&g.to, "to", "", "last instant, in RFC 3339 (default: the newest minute that was judged)")
	flags.StringVar(&g.every, "every", "5m", "time between instants, in whole minutes; after 5m Prometheus forgets a sample")
	flags.StringArrayVar(&g.metrics, "metric", nil, "write this metric only (may be repeated)")
	flags.StringArrayVar(&g.labels, "label", nil, "label KEY=VALUE of every series, besides its own (may be repeated)")
	flags.StringVar(&g.file, "file", "-", "file to write; - is stdout")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return g.run(cmd, args) }
	return cmd
}

// historyGeneration is one run of generate prometheus-history.
type historyGeneration struct {
	env     environment
	trusted *trust

	dir, from, to, every, file string
	metrics, labels            []string
}

// wantedHistory is what flags ask for.
type wantedHistory struct {
	from, to time.Time // zero for the default
	every    time.Duration
	options  prometheus.HistoryOptions
}

func (g *historyGeneration) run(cmd *cobra.Command, paths []string) error {
	wanted, err := g.check()
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	result, err := measurable(g.env, g.trusted, paths)
	if err != nil {
		return err
	}
	reader, err := openLedger(ctx, g.dir)
	if err != nil {
		return err
	}
	defer reader.Close() //nolint:errcheck // only read from
	pinned, err := reader.Pinned(ctx)
	if err != nil {
		return ledgerFailed(ctx, g.dir, err)
	}
	defer pinned.Close() //nolint:errcheck // only read from
	past := &engine.Past{Set: result.Set, Records: pinned, Lag: lagOf, Every: wanted.every}
	if past.From, past.To, err = g.span(ctx, past, wanted); err != nil {
		return err
	}
	out, err := openNew(g.env, g.file)
	if err != nil {
		return copyFailed(cmd, err)
	}
	defer out.close()
	aside, err := newAside()
	if err != nil {
		return failed(err)
	}
	defer aside.close()
	history := prometheus.NewHistory(aside, wanted.options)
	failures, err := g.collect(ctx, past, history)
	if err != nil {
		return err
	}
	if err := out.write(ctx, history.Write); err != nil {
		return copyFailed(cmd, err)
	}
	return printFailures(g.env.stderr, failures)
}

// check looks at what the flags say.
func (g *historyGeneration) check() (wantedHistory, error) {
	w := wantedHistory{options: prometheus.HistoryOptions{Labels: map[string]string{}}}
	if g.dir == "" {
		return w, usage("--data-dir DIR is missing: name the folder of the ledger")
	}
	if g.file == "" {
		return w, usage("--file is empty: name a file, or - for stdout")
	}
	for _, limit := range []struct {
		flag, text string
		instant    *time.Time
	}{{"--from", g.from, &w.from}, {"--to", g.to, &w.to}} {
		if limit.text == "" {
			continue
		}
		at, err := instantOf(limit.flag, limit.text, time.Time{})
		if err != nil {
			return w, err
		}
		if !at.Equal(at.Truncate(time.Minute)) {
			return w, usage("%s %s is no whole minute, and minutes are what the ledger keeps", limit.flag, limit.text)
		}
		*limit.instant = at.UTC()
	}
	var err error
	if w.every, err = slo.ParseDuration(g.every); err != nil || w.every < time.Minute || w.every%time.Minute != 0 {
		return w, usage("--every %q is not a time in whole minutes; write such as 1m, 5m or 1h", g.every)
	}
	if err := checkMetrics(g.metrics); err != nil {
		return w, err
	}
	w.options.Names = g.metrics
	if w.options.Labels, err = labelsOf(g.labels, prometheus.CheckLabel); err != nil {
		return w, err
	}
	return w, nil
}

// checkMetrics wants names of metrics that a history has.
func checkMetrics(names []string) error {
	const prefix = "slojourn_" // of all, so that it brings none nearer to another
	known := prometheus.Names()
	for _, name := range names {
		if slices.Contains(known, name) {
			continue
		}
		var rests []string
		for _, one := range known {
			rests = append(rests, strings.TrimPrefix(one, prefix))
		}
		if near, found := diag.Nearest(strings.TrimPrefix(name, prefix), rests); found {
			return usage("--metric: a history has no metric %q; did you mean %s?", name, prefix+near)
		}
		return usage("--metric: a history has no metric %q: it has what /metrics says of journeys, steps and SLOs, and the ledger keeps nothing of what it says of the program itself", name)
	}
	return nil
}

// span returns the first and the last instant.
func (g *historyGeneration) span(ctx context.Context, p *engine.Past, w wantedHistory) (from, to time.Time, err error) {
	from, to, kept, err := engine.PastSpan(ctx, p.Set, p.Records, p.Lag)
	if err != nil {
		return from, to, ledgerFailed(ctx, g.dir, err)
	}
	if !kept {
		return from, to, failed(fmt.Errorf("--data-dir %s: the ledger has no minute of what these specs measure: name the ledger of the slojourn serve that reads them, or wait until it has measured some", g.dir))
	}
	if w.from.IsZero() {
		// Histories that begin at different times have the same instants then.
		every := int64(w.every / time.Minute)
		if even := (slo.MinuteAt(from) + slo.Minute(every) - 1).Floor(every); !even.Time().After(to) {
			from = even.Time()
		}
	} else {
		if w.from.Before(from) {
			return from, to, usage("--from %s is before %s, the first minute that is kept as one: of quarter-hours nobody knows what windows of a few minutes said", g.from, slo.MinuteAt(from))
		}
		from = w.from
	}
	if !w.to.IsZero() {
		if w.to.After(to) {
			return from, to, usage("--to %s is after %s, up to when the ledger goes", g.to, slo.MinuteAt(to))
		}
		to = w.to
	}
	if to.Before(from) {
		return from, to, usage("the first instant, %s, is after the last one, %s", slo.MinuteAt(from), slo.MinuteAt(to))
	}
	return from, to, nil
}

// collect goes through the past, and returns what could not be measured. What is not
// kept as the set wants it is said.
func (g *historyGeneration) collect(ctx context.Context, past *engine.Past, history *prometheus.History) ([]burnrate.Failure, error) {
	shown := newProgress(g.env)
	past.Progress = shown.replaying(past.From, len(past.Set.Measured()))
	var refused error // by the history
	var last burnrate.Snapshot
	err := past.Run(ctx, func(v engine.View) error {
		last = v.Snapshot
		refused = history.Add(prometheus.View{Set: v.Set, Snapshot: v.Snapshot, Alerts: v.Alerts.State.Alerts, Judged: v.Judged})
		return refused
	})
	shown.end()
	if label, ok := errors.AsType[*prometheus.LabelError](refused); ok {
		return nil, usage("--label: %w", label)
	}
	switch {
	case refused != nil:
		return nil, failed(refused)
	case err != nil:
		return nil, ledgerFailed(ctx, g.dir, err)
	}
	notices := make([]burnrate.Failure, len(last.Notices))
	for i, n := range last.Notices {
		notices[i] = burnrate.Failure(n)
	}
	for _, line := range report.Grouped(notices) {
		complain(g.env.stderr, line)
	}
	return last.Failures, nil
}

// asideFile is a temporary file.
type asideFile struct{ *os.File }

// newAside makes one. Where an open file may be removed, it is gone with the process.
func newAside() (*asideFile, error) {
	file, err := os.CreateTemp("", "slojourn-history-*")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(file.Name()) // else when it is closed
	return &asideFile{file}, nil
}

func (a *asideFile) close() {
	_ = a.File.Close()           // of no use any more
	_ = os.Remove(a.File.Name()) // it may be gone
}
