package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/preview"
	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/exporters/prometheus"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/slo"
)

// previewFlags are those of pages that show dashboards with the data of a ledger.
type previewFlags struct{ dir, data, at, zone string }

func (f *previewFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.dir, "preview", "", "folder that pages of HTML are written into, which show the dashboards with the data of --data-dir")
	flags.StringVar(&f.data, "data-dir", "", "folder of the ledger that --preview reads")
	flags.StringVar(&f.at, "at", "", "instant that --preview shows, in RFC 3339 (default: the newest minute that was judged)")
	flags.StringVar(&f.zone, "time-zone", "UTC", "time zone of the times that --preview shows, such as Asia/Tokyo")
}

// check looks at what the flags say, and returns the time zone and the instant, which is
// zero for the newest one.
func (f *previewFlags) check() (at time.Time, zone *time.Location, err error) {
	if zone, err = slo.LoadTimeZone(f.zone); err != nil {
		return at, nil, problem("--time-zone", err)
	}
	switch {
	case f.dir == "" && f.data != "":
		return at, nil, usage("--data-dir is for --preview DIR, the folder that pages are written into")
	case f.dir == "" && f.at != "":
		return at, nil, usage("--at is for --preview DIR, the folder that pages are written into")
	case f.dir == "" && f.zone != "UTC":
		return at, nil, usage("--time-zone is for --preview DIR, the folder that pages are written into: dashboards have the time zone of the browser")
	case f.dir != "" && f.data == "":
		return at, nil, usage("--preview shows the data of a ledger: name its folder with --data-dir")
	case f.at == "":
		return at, zone, nil
	}
	at, err = instantOf("--at", f.at, time.Time{})
	return at.UTC().Truncate(time.Minute), zone, err
}

// preview writes dashboards as pages with what the ledger knows.
func (g *grafanaGeneration) preview(ctx context.Context, set *slo.Set) error {
	at, zone, err := g.pages.check()
	if err != nil {
		return err
	}
	reader, err := openLedger(ctx, g.pages.data)
	if err != nil {
		return err
	}
	defer reader.Close() //nolint:errcheck // only read from
	pinned, err := reader.Pinned(ctx)
	if err != nil {
		return ledgerFailed(ctx, g.pages.data, err)
	}
	defer pinned.Close() //nolint:errcheck // only read from
	first, newest, kept, err := engine.PastSpan(ctx, set, pinned, lagOf)
	if err != nil {
		return ledgerFailed(ctx, g.pages.data, err)
	}
	if newest.IsZero() {
		newest = g.env.now().UTC().Truncate(time.Minute)
	}
	switch {
	case at.IsZero():
		at = newest
	case !kept && at.After(newest):
		return usage("--at %s is after %s, up to when the ledger goes", g.pages.at, newest.UTC().Format(time.RFC3339))
	case !kept: // at no time was anything of it measured
	case at.After(newest), at.Before(first):
		return usage("--at %s: the ledger can be looked at from %s to %s", g.pages.at, first.UTC().Format(time.RFC3339), newest.UTC().Format(time.RFC3339))
	}
	if !kept {
		first = at
		complain(g.env.stderr, fmt.Sprintf("--data-dir %s: nothing of these specs was measured yet: the pages have no values before slojourn serve has measured some", g.pages.data))
	}
	folder, err := openOutputs(g.pages.dir, ownership{
		endings: []string{".html"},
		flag:    "--preview",
		marked:  func(_ string, begin []byte) bool { return preview.Made(begin) },
		belongs: func(string) bool { return true },
		wrote:   func(_ string, data []byte) bool { return preview.Made(data) },
	})
	if err != nil {
		return failed(err)
	}
	p := previewing{
		env: g.env, set: set, records: pinned, first: first, at: at, folder: folder,
		files: slices.Collect(grafana.Generate(set, g.options)), options: preview.Options{Locale: g.options.Locale, At: at, Zone: zone, Source: g.pages.data},
	}
	if err := p.run(ctx); err != nil {
		return ledgerFailed(ctx, g.pages.data, err)
	}
	err = folder.close()
	folder.tell(func(line string) { complain(g.env.stderr, line) })
	if err != nil {
		return failed(err)
	}
	return nil
}

// previewing is the pages of one ledger.
type previewing struct {
	env       environment
	set       *slo.Set
	records   engine.Records
	first, at time.Time // what can be looked at
	folder    *outputs
	files     []grafana.File
	options   preview.Options
}

// run writes the pages. Those of dashboards that show the same time are drawn together, on
// samples of that time.
func (p *previewing) run(ctx context.Context) error {
	book, err := preview.New(p.files, p.options)
	if err != nil {
		return err
	}
	index, err := book.Index()
	if err != nil {
		return err
	}
	p.folder.put(preview.Index, index)
	var lengths []time.Duration
	alike := map[time.Duration][]int{}
	for i := range p.files {
		from, _, err := book.Span(i)
		if err != nil {
			return err
		}
		length := p.at.Sub(from)
		if alike[length] == nil {
			lengths = append(lengths, length)
		}
		alike[length] = append(alike[length], i)
	}
	for n, length := range lengths {
		var read []query.Expr
		for _, i := range alike[length] {
			read = append(read, book.Expressions(i)...)
		}
		metrics := query.MetricsOf(read...)
		newest, err := book.Newest(alike[length], metrics)
		if err != nil {
			return err
		}
		data, err := p.sampled(ctx, length, metrics, newest, n == 0)
		if err != nil {
			return err
		}
		for _, i := range alike[length] {
			if err := ctx.Err(); err != nil {
				return err
			}
			page, err := book.Page(i, data)
			if err != nil {
				return err
			}
			p.folder.put(preview.FileName(p.files[i].Name), page)
		}
	}
	return nil
}

// previewInstants is how many samples a series has at most.
const previewInstants = 350

// everyOf is how far samples of some time are apart.
func everyOf(length time.Duration) time.Duration {
	const minute, hour = time.Minute, time.Hour
	for _, every := range []time.Duration{minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 4 * hour, 6 * hour, 12 * hour} {
		if length/every <= previewInstants {
			return every
		}
	}
	return 24 * hour
}

// sampled has the samples of some metrics over the time before the instant, as far as the
// ledger goes back, and of the newest of them the last samples. What it does not have is told when
// tell says so.
func (p *previewing) sampled(ctx context.Context, length time.Duration, metrics, newest []string, tell bool) (preview.Data, error) {
	every := everyOf(length)
	n := min(length, p.at.Sub(p.first)) / every
	samples := query.NewSamples(every, metrics...)
	past := &engine.Past{Set: p.set, Records: p.records, Lag: lagOf, From: p.at.Add(-n * every), To: p.at, Every: every}
	shown := newProgress(p.env)
	past.Progress = shown.replaying(past.From, len(p.set.Measured()))
	var last burnrate.Snapshot
	samples.Expect(int(n) + 1)
	samples.KeepNewest(newest...)
	var labels []query.Label
	err := past.Run(ctx, func(v engine.View) error {
		last = v.Snapshot
		view := prometheus.View{Set: v.Set, Snapshot: v.Snapshot, Alerts: v.Alerts.State.Alerts, Judged: v.Judged}
		for family := range view.Families(metrics...) {
			for _, m := range family.GetMetric() {
				labels = labels[:0]
				for _, l := range m.GetLabel() {
					labels = append(labels, query.Label{Name: l.GetName(), Value: l.GetValue()})
				}
				samples.AddLabels(family.GetName(), labels, v.Snapshot.At, m.GetGauge().GetValue()+m.GetCounter().GetValue()) // it is one of them
			}
		}
		return nil
	})
	shown.end()
	if err == nil && tell {
		missing := slices.Clone(last.Failures)
		for _, n := range last.Notices {
			missing = append(missing, burnrate.Failure(n))
		}
		for _, line := range report.Grouped(missing) {
			complain(p.env.stderr, line)
		}
	}
	return preview.Data{Data: samples, Every: every}, err
}
