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
	key, holds := Key{s.ID, o.Name, NoData, policy.Severity}, o.Silence.Measured == 0 && o.Silence.Before
	if _, fires := a.fired[key]; !holds && !fires {
		return // nearly always
	}
	c := condition{key: key, status: s, objective: o, holds: holds, hold: holdOf(o.Alerts, policy.Severity)}
	c.known, c.vouches = o.Silence.Measured > 0, minutes(policy.After)
	c.definition = slo.FormatDuration(policy.After)
	c.why.Silent = &Silent{After: c.definition, Measured: o.Silence.Measured}
	a.judge(&c)
}
