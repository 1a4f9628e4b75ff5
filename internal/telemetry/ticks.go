package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Ticks counts ticks. It implements [prometheus.Collector].
type Ticks struct {
	all, failed prometheus.Counter
	took        prometheus.Histogram
}

// NewTicks returns counters that begin at zero.
func NewTicks() *Ticks {
	return &Ticks{
		all: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "slojourn_ticks_total", Help: "Ticks, also those that were not kept.",
		}),
		failed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "slojourn_ticks_failed_total", Help: "Ticks that were not kept, as the ledger failed; they are repeated.",
		}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "slojourn_tick_duration_seconds", Help: "How long ticks took; a source has 55 seconds to answer.",
			Buckets: []float64{0.01, 0.05, 0.2, 1, 5, 15, 30, 45, 55, 60},
		}),
	}
}

// Note counts a tick: err is why it was not kept.
func (t *Ticks) Note(took time.Duration, err error) {
	t.all.Inc()
	t.took.Observe(took.Seconds())
	if err != nil {
		t.failed.Inc()
	}
}

// Describe implements [prometheus.Collector].
func (t *Ticks) Describe(out chan<- *prometheus.Desc) { prometheus.DescribeByCollect(t, out) }

// Collect implements [prometheus.Collector].
func (t *Ticks) Collect(out chan<- prometheus.Metric) {
	out <- t.all
	out <- t.failed
	out <- t.took
}
