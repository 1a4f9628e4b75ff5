package alert

import (
	"fmt"
	"time"

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
//
// Nobody is told of a share that was reached while the budget does not burn, which
// is when nothing failed in the long window of the policy's fastest tier: it was a
// correction of what is over that spent it, or a backfill, or there is less traffic
// that allows it. When something fails and the share is still spent, they are.
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
	c := conditionOf(s, o, Budget, slo.Ticket)
	c.known, c.holds, c.hold, c.mute = known, holds, 0, consumed < reached.Share() || !burns(o)
	if holds {
		c.level = reached.String()
	}
	c.why.Budget = budgetSpent(o, c.level)
	c.definition = fmt.Sprintf("%s %s %s %v", o.Target, o.Window.Window, o.Window.Window.TimeZone(), o.Alerts.BudgetSpent)
	if !c.holds {
		c.why.Budget.Level = alert.Level
		left, counted := o.Unexcluded.Value()
		c.excluded = counted && 1-left > last-rearm
	}
	a.judge(&c)
}

// burns reports whether something failed of late: in the shortest long window of
// the tiers, or in the last hour without any.
func burns(o *burnrate.Objective) bool {
	recent := time.Hour
	for i := range o.Tiers {
		if long := o.Tiers[i].Tier.Long; i == 0 || long < recent {
			recent = long
		}
	}
	rate, known := burnOver(o, recent).Rate.Value()
	return known && rate > 0
}

// budgetSpent says how a budget stands, and when it will be gone.
func budgetSpent(o *burnrate.Objective, level string) *BudgetSpent {
	b := &BudgetSpent{Consumed: o.Budget.Consumed, Level: level}
	if f := o.Forecast; f.Exhausts && f.Exhaustion > 0 {
		gone := o.Window.Span.End.Time().Add(f.Exhaustion)
		b.Gone, b.AtEarliest = &gone, f.Earliest
	}
	return b
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
