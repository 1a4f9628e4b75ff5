package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slojourn/slojourn/burnrate/outbox"
)

// Outbox collects how notifications are delivered when it is asked. It implements
// [prometheus.Collector].
type Outbox struct {
	Stats func() outbox.Stats
	Now   func() time.Time
}

// outboxDescriptions of what an outbox says.
type outboxDescriptions struct {
	notifications, letters, oldest, standing, dead, up, success, beats *prometheus.Desc
}

func outboxDescribed() outboxDescriptions {
	return outboxDescriptions{
		notifications: desc("notifications_total", "Notifications by what became of them; failed is one for each attempt.", "notifier", "outcome"),
		letters:       desc("outbox_letters", "Notifications that were not taken yet.", "notifier"),
		oldest:        desc("outbox_oldest_seconds", "Age of the oldest notification that was not taken yet; 0 when there is none.", "notifier"),
		standing:      desc("outbox_standing_alerts", "Firing alerts that a notifier is told of again and again.", "notifier"),
		dead:          desc("outbox_dead_letters", "Notifications that were given up and are kept to be looked at."),
		up:            desc("notifier_up", "Whether a notifier took what it was sent last; not there before anything was sent.", "notifier"),
		success:       desc("notifier_last_success_timestamp_seconds", "When a notifier took something last.", "notifier"),
		beats:         desc("heartbeats_total", "Heartbeats by what became of them.", "notifier", "outcome"),
	}
}

// Describe implements [prometheus.Collector].
func (Outbox) Describe(out chan<- *prometheus.Desc) {
	d := outboxDescribed()
	for _, one := range []*prometheus.Desc{d.notifications, d.letters, d.oldest, d.standing, d.dead, d.up, d.success, d.beats} {
		out <- one
	}
}

// Collect implements [prometheus.Collector].
func (o Outbox) Collect(out chan<- prometheus.Metric) {
	d, stats := outboxDescribed(), o.Stats()
	metric := func(d *prometheus.Desc, kind prometheus.ValueType, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, kind, value, labels...)
	}
	metric(d.dead, prometheus.GaugeValue, float64(stats.Dead))
	for _, n := range stats.Notifiers {
		for outcome, count := range map[string]int64{"sent": n.Sent, "resent": n.Resent, "failed": n.Failed, "dead": n.Dead, "dropped": n.Dropped} {
			metric(d.notifications, prometheus.CounterValue, float64(count), n.Notifier, outcome)
		}
		metric(d.letters, prometheus.GaugeValue, float64(n.Waiting), n.Notifier)
		age := 0.0
		if !n.Oldest.IsZero() {
			age = max(0, o.Now().Sub(n.Oldest).Seconds())
		}
		metric(d.oldest, prometheus.GaugeValue, age, n.Notifier)
		metric(d.standing, prometheus.GaugeValue, float64(n.Standing), n.Notifier)
		if n.Tried {
			up := 0.0
			if n.Error == "" {
				up = 1
			}
			metric(d.up, prometheus.GaugeValue, up, n.Notifier)
		}
		if !n.Success.IsZero() {
			metric(d.success, prometheus.GaugeValue, seconds(n.Success), n.Notifier)
		}
		if n.Beating || n.Beats+n.BeatsFailed > 0 {
			metric(d.beats, prometheus.CounterValue, float64(n.Beats), n.Notifier, "sent")
			metric(d.beats, prometheus.CounterValue, float64(n.BeatsFailed), n.Notifier, "failed")
		}
	}
}
