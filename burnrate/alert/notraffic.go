package alert

import (
	"slices"

	"github.com/slojourn/slojourn/burnrate"
)

// noTraffic judges the noTraffic alert. It holds while there is less traffic than
// the policy's share of what is usual at that time of day. A minute that was not
// measured is not one without events, and one that is excluded is none at all. It
// resolves when there is enough again, or when the time is excluded; what cannot
// be judged holds it. Of a composed journey, one of the steps is enough that have
// no such alert of their own.
func (a *advance) noTraffic(s *burnrate.Status, o *burnrate.Objective) {
	policy := o.Alerts.NoTraffic
	if policy == nil || len(o.Traffic) == 0 {
		return
	}
	holds := false
	for i := range o.Traffic {
		holds = holds || o.Traffic[i].State == burnrate.Low
	}
	a.low = a.low || holds
	c := condition{key: Key{s.ID, o.Name, NoTraffic, policy.Severity}}
	if _, fires := a.fired[c.key]; !holds && !fires {
		return // nearly always
	}
	c = conditionOf(s, o, NoTraffic, policy.Severity)
	c.holds, c.known, c.vouches = holds, true, minutes(policy.After)
	for i := range o.Traffic {
		excluded := o.Traffic[i].Excluded > 0
		c.known = c.known && (excluded || o.Traffic[i].State == burnrate.Flowing)
		c.excluded = c.excluded || excluded
	}
	least := slices.MinFunc(o.Traffic, func(x, y burnrate.Traffic) int {
		return compareTraffic(&x, &y)
	})
	for i := range o.Traffic {
		if o.Traffic[i].State != burnrate.Low {
			continue
		}
		if name := a.sourceOf(s, o.Traffic[i].ID); name != "" {
			c.under.sources = join(c.under.sources, []string{name})
		}
	}
	c.why.Traffic = &Traffic{
		ID: least.ID, After: least.Window.String(), Below: policy.Below.String(), Events: least.Events, Usual: least.Usual, Days: least.Days,
	}
	c.definition = c.why.Traffic.After + " " + c.why.Traffic.Below
	a.judge(&c)
}

// compareTraffic orders traffic by how bad it looks: that which is low first, and
// by its share of what is usual.
func compareTraffic(x, y *burnrate.Traffic) int {
	order := []burnrate.TrafficState{burnrate.Low, burnrate.Unclear, burnrate.Flowing}
	if by := slices.Index(order, x.State) - slices.Index(order, y.State); by != 0 {
		return by
	}
	a, b := float64(x.Events)*float64(y.Usual), float64(y.Events)*float64(x.Usual)
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
