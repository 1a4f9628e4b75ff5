package alert

import "slices"

// Rename has the alerts about an id go on under another one. What it finds there
// already is kept.
func (s States) Rename(from, to string) States {
	var renamed []Alert
	for _, a := range s.Alerts {
		if a.ID == from {
			a.ID = to
			if slices.ContainsFunc(s.Alerts, func(b Alert) bool { return b.Key == a.Key }) {
				continue
			}
		}
		renamed = append(renamed, a)
	}
	slices.SortFunc(renamed, func(a, b Alert) int { return a.Compare(b.Key) })
	s.Alerts = renamed
	return s
}
