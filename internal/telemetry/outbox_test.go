package telemetry

import (
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate/outbox"
)

// TestOutbox shows what a courier says, and no age, success or heartbeat that is
// not there.
func TestOutbox(t *testing.T) {
	t.Parallel()
	registry := registered(t, Outbox{Now: func() time.Time { return at }, Stats: func() outbox.Stats {
		return outbox.Stats{Dead: 3, Notifiers: []outbox.NotifierStats{
			{
				Notifier: "am", Sent: 11, Resent: 12, Failed: 13, Dead: 14, Dropped: 15, Beating: true, Beats: 16, BeatsFailed: 17,
				Waiting: 2, Oldest: at.Add(-90 * time.Second), Standing: 4, Success: at, Tried: true,
			},
			{Notifier: "chat", Tried: true, Error: "unanswered", Waiting: 1, Oldest: at.Add(time.Second)},
			{Notifier: "hook"},
		}}
	}})
	shows(t, registry, `slojourn_notifications_total{notifier="am",outcome="dead"} 14
		slojourn_notifications_total{notifier="am",outcome="dropped"} 15
		slojourn_notifications_total{notifier="am",outcome="failed"} 13
		slojourn_notifications_total{notifier="am",outcome="resent"} 12
		slojourn_notifications_total{notifier="am",outcome="sent"} 11
		slojourn_notifications_total{notifier="chat",outcome="dead"} 0
		slojourn_notifications_total{notifier="chat",outcome="dropped"} 0
		slojourn_notifications_total{notifier="chat",outcome="failed"} 0
		slojourn_notifications_total{notifier="chat",outcome="resent"} 0
		slojourn_notifications_total{notifier="chat",outcome="sent"} 0
		slojourn_notifications_total{notifier="hook",outcome="dead"} 0
		slojourn_notifications_total{notifier="hook",outcome="dropped"} 0
		slojourn_notifications_total{notifier="hook",outcome="failed"} 0
		slojourn_notifications_total{notifier="hook",outcome="resent"} 0
		slojourn_notifications_total{notifier="hook",outcome="sent"} 0
		slojourn_outbox_letters{notifier="am"} 2
		slojourn_outbox_letters{notifier="chat"} 1
		slojourn_outbox_letters{notifier="hook"} 0
		slojourn_outbox_oldest_seconds{notifier="am"} 90
		slojourn_outbox_oldest_seconds{notifier="chat"} 0
		slojourn_outbox_oldest_seconds{notifier="hook"} 0
		slojourn_outbox_standing_alerts{notifier="am"} 4
		slojourn_outbox_standing_alerts{notifier="chat"} 0
		slojourn_outbox_standing_alerts{notifier="hook"} 0
		slojourn_outbox_dead_letters 3
		slojourn_notifier_up{notifier="am"} 1
		slojourn_notifier_up{notifier="chat"} 0
		slojourn_notifier_last_success_timestamp_seconds{notifier="am"} 1.7953380005e+09
		slojourn_heartbeats_total{notifier="am",outcome="failed"} 17
		slojourn_heartbeats_total{notifier="am",outcome="sent"} 16
	`, "slojourn_notifications_total", "slojourn_outbox_letters", "slojourn_outbox_oldest_seconds", "slojourn_outbox_standing_alerts",
		"slojourn_outbox_dead_letters", "slojourn_notifier_up", "slojourn_notifier_last_success_timestamp_seconds", "slojourn_heartbeats_total")
}
