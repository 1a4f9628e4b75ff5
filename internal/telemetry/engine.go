package telemetry

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/internal/engine"
)

// Engine collects what an engine and its ledger say of themselves when they are
// asked. It implements [prometheus.Collector].
type Engine struct {
	// View returns what the last tick said, nil before the first one.
	View func() *engine.View
	// Sources returns the names of those that are measured with.
	Sources func() []string
	// Ledger says what is kept.
	Ledger func(context.Context) (ledger.Info, error)
}

// asking is how long the ledger may take to answer a scrape.
const asking = 5 * time.Second

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("slojourn_"+name, help, labels, nil)
}

// descriptions of what an engine says.
type descriptions struct {
	lastTick, measured, corrected, errors, failed, indicators, paused, missing, slow, size, commit *prometheus.Desc
}

func described() descriptions {
	return descriptions{
		lastTick:   desc("last_tick_timestamp_seconds", "When the newest tick that was kept began."),
		measured:   desc("rows_measured_total", "Rows that were measured; a row is a minute of an indicator."),
		corrected:  desc("rows_corrected_total", "Rows that were known otherwise before, as events came late."),
		errors:     desc("source_errors_total", "Answers of sources that were errors, one for each indicator that was asked for."),
		failed:     desc("ledger_errors_total", "Ticks and parts of the history that the ledger failed to keep."),
		paused:     desc("indicators_paused", "Indicators whose history could not be read, and is left alone for some minutes."),
		indicators: desc("indicators", "Indicators by what is known of them.", "state"),
		missing:    desc("rows_missing", "Rows of the history that are still to be read."),
		slow:       desc("source_slow", "Whether a source does not keep up, so that SLOs that wake nobody are measured every 5 minutes.", "source"),
		size:       desc("ledger_size_bytes", "Size of the ledger with its log."),
		commit:     desc("ledger_last_commit_timestamp_seconds", "When the tick began that was committed last."),
	}
}

// Describe implements [prometheus.Collector].
func (Engine) Describe(out chan<- *prometheus.Desc) {
	d := described()
	for _, one := range []*prometheus.Desc{d.lastTick, d.measured, d.corrected, d.errors, d.failed, d.indicators, d.paused, d.missing, d.slow, d.size, d.commit} {
		out <- one
	}
}

// Collect implements [prometheus.Collector].
func (e Engine) Collect(out chan<- prometheus.Metric) {
	d := described()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	counter := func(d *prometheus.Desc, value int64) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(value))
	}
	ctx, cancel := context.WithTimeout(context.Background(), asking)
	defer cancel()
	if info, err := e.Ledger(ctx); err != nil {
		out <- prometheus.NewInvalidMetric(d.size, fmt.Errorf("look at the ledger: %w", err))
	} else {
		gauge(d.size, float64(info.Bytes))
		if info.Commits > 0 {
			gauge(d.commit, seconds(info.At))
		}
	}
	view := e.View()
	if view == nil {
		view = &engine.View{}
	} else {
		gauge(d.lastTick, seconds(view.Alerts.State.At))
	}
	counter(d.measured, view.Counters.Rows)
	counter(d.corrected, view.Counters.Corrections)
	counter(d.errors, view.Counters.Errors)
	counter(d.failed, view.Counters.Failed)
	p := view.Progress
	gauge(d.indicators, float64(p.Fresh-p.Rough), "fresh")
	gauge(d.indicators, float64(p.Rough), "rough")
	gauge(d.indicators, float64(p.Failing), "failing")
	gauge(d.indicators, float64(p.Indicators-p.Fresh-p.Failing), "waiting")
	gauge(d.paused, float64(p.Paused))
	gauge(d.missing, float64(p.Gaps))
	for _, name := range e.Sources() {
		slow := 0.0
		if slices.Contains(p.Slow, name) {
			slow = 1
		}
		gauge(d.slow, slow, name)
	}
}

// seconds is an instant as Prometheus has it.
func seconds(at time.Time) float64 { return float64(at.UnixMilli()) / 1000 }
