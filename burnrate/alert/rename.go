package alert

import (
	"slices"
	"strings"
)

// Rename returns the states as they are when a journey or SLO has another id: it,
// and the steps below it, go on with the alerts that they have. Whoever was told
// that one fires under the old id is told under that id that it is over, see
// [Event.Episode]. What fires under the new id already goes on as well; then the
// old one is left, and resolves as removed.
func (s States) Rename(from, to string) States {
	renamed := func(id string) string {
		switch below, is := strings.CutPrefix(id, from+"/"); {
		case id == from:
			return to
		case is:
			return to + "/" + below
		}
		return id
	}
	taken := map[Key]bool{}
	for i := range s.Alerts {
		taken[s.Alerts[i].Key] = true
	}
	s.Alerts = slices.Clone(s.Alerts)
	for i := range s.Alerts {
		alert := &s.Alerts[i]
		if k := alert.Key; alert.Kind != Source {
			if k.ID = renamed(k.ID); k != alert.Key && !taken[k] {
				if alert.Was == "" {
					alert.Was = alert.ID
				}
				alert.Key = k
			}
		}
		alert.Causes = slices.Clone(alert.Causes)
		for n, id := range alert.Causes {
			alert.Causes[n] = renamed(id)
		}
		if alert.Below != nil && alert.Below.Kind != Source {
			below := *alert.Below
			below.ID = renamed(below.ID)
			alert.Below = &below
		}
	}
	slices.SortFunc(s.Alerts, func(x, y Alert) int { return x.Compare(y.Key) })
	s.Still = slices.Clone(s.Still)
	for i := range s.Still {
		s.Still[i].ID = renamed(s.Still[i].ID)
	}
	slices.SortFunc(s.Still, func(x, y Still) int { return strings.Compare(x.ID, y.ID) })
	return s
}
