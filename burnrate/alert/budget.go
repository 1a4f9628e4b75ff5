package alert

import (
	"fmt"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// rearm is how far below a level what was spent has to fall until reaching it
// again is a crossing: 5 points.
const rearm = 0.05

// budget judges the budget alert. It holds while the highest level of the
// policy that was reached is reached, or was and what is spent is less than 5
// points below. So each crossing is told once: with levels of 80 % and 100 %,
// 79, 81, 79, 101, 96 and 101 % fire at the first 81 % and are raised at the
// first 101 %.
func (a *advance) budget(s *burnrate.Status, o *burnrate.Objective) {
	if len(o.Alerts.BudgetSpent) == 0 {
		return
	}
	key := Key{s.ID, o.Name, Budget, slo.Ticket}
	alert, fires := a.fired[key]
	last := levelOf(alert.Level)
	consumed, known := o.Budget.Consumed.Value()
	var reached slo.Percentage
	for _, at := range o.Alerts.BudgetSpent {
		level := at.Share()
		was := fires && level <= last && consumed > level-rearm
		if known && level > reached.Share() && (consumed >= level || was) {
			reached = at
		}
	}
	holds := reached.Sign() > 0
	if !holds && !fires {
		return // nearly always
	}
	c := condition{key: key, status: s, objective: o, known: known, holds: holds}
	if holds {
		c.level = reached.String()
	}
	c.why.Budget = &BudgetSpent{Consumed: o.Budget.Consumed, Level: c.level}
	c.definition = fmt.Sprintf("%s %s %s %v", o.Target, o.Window.Window, o.Window.Window.TimeZone(), o.Alerts.BudgetSpent)
	if !c.holds {
		c.why.Budget.Level = alert.Level
		left, counted := o.Unexcluded.Value()
		c.excluded = counted && 1-left > last-rearm
	}
	a.judge(&c)
}

// levelOf is the share that a level says, 0 for none: 0.8 for 80%.
func levelOf(level string) float64 {
	if level == "" {
		return 0
	}
	p, err := slo.ParsePercentage(level)
	if err != nil {
		return 0 // somebody wrote into the state
	}
	return p.Share()
}
