package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// RemoteStats say how minutes are sent to a receiver of remote write. They are those of
// its package, field by field, which this one must not import.
type RemoteStats struct {
	Sent, Failed, Skipped int64     // samples; failed is for each attempt
	Tried, Up             bool      // something was sent, and the last attempt was taken
	Success               time.Time // when something was taken last; zero before
	Position              time.Time // up to when everything was sent; zero while it is not known
	Lag                   time.Duration
}

// Remote collects how remote write fares when it is asked. It implements
// [prometheus.Collector].
type Remote func() RemoteStats

// remoteDescriptions of what remote write says.
type remoteDescriptions struct{ samples, up, success, position, lag *prometheus.Desc }

func remoteDescribed() remoteDescriptions {
	return remoteDescriptions{
		samples:  desc("remote_write_samples_total", "Samples by what became of them; failed is one for each attempt.", "outcome"),
		up:       desc("remote_write_up", "Whether the receiver took what it was sent last; not there before anything was sent."),
		success:  desc("remote_write_last_success_timestamp_seconds", "When the receiver took something last."),
		position: desc("remote_write_position_timestamp_seconds", "Up to when everything was sent."),
		lag:      desc("remote_write_lag_seconds", "Length of the minutes that can be sent and were not yet."),
	}
}

// Describe implements [prometheus.Collector].
func (Remote) Describe(out chan<- *prometheus.Desc) {
	d := remoteDescribed()
	for _, one := range []*prometheus.Desc{d.samples, d.up, d.success, d.position, d.lag} {
		out <- one
	}
}

// Collect implements [prometheus.Collector].
func (r Remote) Collect(out chan<- prometheus.Metric) {
	d, stats := remoteDescribed(), r()
	metric := func(d *prometheus.Desc, kind prometheus.ValueType, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, kind, value, labels...)
	}
	for outcome, count := range map[string]int64{"sent": stats.Sent, "failed": stats.Failed, "skipped": stats.Skipped} {
		metric(d.samples, prometheus.CounterValue, float64(count), outcome)
	}
	if stats.Tried {
		up := 0.0
		if stats.Up {
			up = 1
		}
		metric(d.up, prometheus.GaugeValue, up)
	}
	if !stats.Success.IsZero() {
		metric(d.success, prometheus.GaugeValue, seconds(stats.Success))
	}
	if !stats.Position.IsZero() {
		metric(d.position, prometheus.GaugeValue, seconds(stats.Position))
		metric(d.lag, prometheus.GaugeValue, stats.Lag.Seconds())
	}
}
