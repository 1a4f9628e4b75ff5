package grafana

import "github.com/slojourn/slojourn/exporters/grafana/uid"

// overview asks: are the journeys of our users all right, and which one is looked at first?
func (m *maker) overview() *Dashboard { return m.begin(uid.Overview, "overview", "now-24h", "1m") }
