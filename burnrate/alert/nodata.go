package alert

import (
	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// noData judges the noData alert. It holds while no minute was measured in the
// time that the policy says, and some were before: what was never measured is
// new, or misspelt, and an alert would say neither. Of a composed journey, one
// step is enough. It resolves once something was measured again for the hold.
func (a *advance) noData(s *burnrate.Status, o *burnrate.Objective) {
	policy := o.Alerts.NoData
	if policy == nil {
		return
	}
	c := condition{key: Key{s.ID, o.Name, NoData, policy.Severity}, status: s, objective: o, hold: minutes(o.Alerts.Hold.Ticket)}
	if policy.Severity == slo.Page {
		c.hold = minutes(o.Alerts.Hold.Page)
	}
	c.holds = o.Silence.Measured == 0 && o.Silence.Before
	if _, fires := a.fired[c.key]; !c.holds && !fires {
		return
	}
	c.known, c.vouches = o.Silence.Measured > 0, minutes(policy.After)
	c.definition = slo.FormatDuration(policy.After)
	c.why.Silent = &Silent{After: c.definition, Measured: o.Silence.Measured}
	a.judge(&c)
}
