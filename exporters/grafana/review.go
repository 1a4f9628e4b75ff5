package grafana

import "github.com/slojourn/slojourn/exporters/grafana/uid"

// review asks what a review meeting asks.
func (m *maker) review() *Dashboard { return m.begin(uid.Review, "review", "now-28d", "") }
