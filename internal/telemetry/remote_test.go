package telemetry

import (
	"testing"
	"time"
)

// TestRemote shows what a writer says, and nothing that is not known yet.
func TestRemote(t *testing.T) {
	t.Parallel()
	names := []string{
		"slojourn_remote_write_samples_total", "slojourn_remote_write_up", "slojourn_remote_write_last_success_timestamp_seconds",
		"slojourn_remote_write_position_timestamp_seconds", "slojourn_remote_write_lag_seconds",
	}
	shows(t, registered(t, Remote(func() RemoteStats { return RemoteStats{} })), `slojourn_remote_write_samples_total{outcome="failed"} 0
		slojourn_remote_write_samples_total{outcome="sent"} 0
		slojourn_remote_write_samples_total{outcome="skipped"} 0
	`, names...)
	shows(t, registered(t, Remote(func() RemoteStats {
		return RemoteStats{Sent: 1, Failed: 2, Skipped: 3, Tried: true, Up: true, Success: at, Position: at.Add(-time.Minute), Lag: 90 * time.Second}
	})), `slojourn_remote_write_samples_total{outcome="failed"} 2
		slojourn_remote_write_samples_total{outcome="sent"} 1
		slojourn_remote_write_samples_total{outcome="skipped"} 3
		slojourn_remote_write_up 1
		slojourn_remote_write_last_success_timestamp_seconds 1.7953380005e+09
		slojourn_remote_write_position_timestamp_seconds 1.7953379405e+09
		slojourn_remote_write_lag_seconds 90
	`, names...)
	shows(t, registered(t, Remote(func() RemoteStats { return RemoteStats{Tried: true} })), "slojourn_remote_write_up 0", "slojourn_remote_write_up")
}
