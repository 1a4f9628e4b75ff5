package alert

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// burn judges the burn alert of one severity. A policy without a tier of that
// severity has none.
func (a *advance) burn(s *burnrate.Status, o *burnrate.Objective, severity slo.Severity) {
	of, holds := false, false
	for i := range o.Tiers {
		if j := &o.Tiers[i]; j.Tier.Severity == severity {
			of, holds = true, holds || j.Verdict == burnrate.Fires
		}
	}
	key := Key{s.ID, o.Name, Burn, severity}
	alert, fires := a.fired[key]
	if !of || !holds && !fires {
		return // nearly always
	}
	c := conditionOf(s, o, Burn, severity)
	c.holds = holds
	list := judgements(o, severity)
	c.definition = definitionOf(o, list)
	shown := list
	if c.holds {
		shown = slices.DeleteFunc(slices.Clone(list), func(j *burnrate.Judgement) bool { return j.Verdict != burnrate.Fires })
		c.cause(a, shown[0])
		if severity == slo.Page {
			c.under.shares, c.under.short = shown[0].Shares, minutes(shown[0].Tier.Short)
		}
	} else {
		if fired := among(list, alert.Tiers); len(fired) > 0 {
			shown = fired
		}
		c.calm(s, o, &alert, shown)
	}
	for _, j := range shown {
		c.tiers = append(c.tiers, j.Tier.Windows())
		c.why.Tiers = append(c.why.Tiers, TierOf(o, j))
	}
	c.why.Guard = GuardOf(o.Alerts)
	c.why.Budget = budgetSpent(o, "")
	a.judge(&c)
}

// calm says what there is to know of a condition that is false.
func (c *condition) calm(s *burnrate.Status, o *burnrate.Objective, alert *Alert, fired []*burnrate.Judgement) {
	c.known = true
	for i, j := range fired {
		short := burnOver(o, j.Tier.Short)
		c.known = c.known && j.Verdict != burnrate.Uncovered && !quiet(s, o, alert, j)
		if length := short.Window.Span.Len(); i == 0 || length < c.vouches {
			c.vouches = length
		}
		c.excluded = c.excluded || short.Window.Excluded.Minutes > 0
	}
}

// quiet reports whether there were no events in the short window that would
// tell. Of a composed journey, those steps count that caused its alert.
func quiet(s *burnrate.Status, o *burnrate.Objective, alert *Alert, j *burnrate.Judgement) bool {
	if !o.Composed {
		return len(j.Quiet) > 0
	}
	return len(j.Quiet) == len(s.Steps) ||
		slices.ContainsFunc(j.Quiet, func(id string) bool { return slices.Contains(alert.Causes, id) })
}

// cause names the step that caused most of a journey's error.
func (c *condition) cause(a *advance, fastest *burnrate.Judgement) {
	most := -1
	var ratio float64
	for i, share := range fastest.Shares {
		if r, known := share.Ratio.Value(); known && r > ratio {
			most, ratio = i, r
		}
	}
	if most < 0 {
		return
	}
	step := fastest.Shares[most]
	c.causes = []string{step.ID}
	c.why.Cause = &Cause{Step: step.Step, ID: step.ID, Owner: a.ownerOf(step.ID), Ratio: step.Ratio}
}

// among returns the judgements of tiers that are named by their windows.
func among(list []*burnrate.Judgement, windows []string) []*burnrate.Judgement {
	return slices.DeleteFunc(slices.Clone(list), func(j *burnrate.Judgement) bool { return !slices.Contains(windows, j.Tier.Windows()) })
}

// definitionOf spells what decides whether tiers fire.
func definitionOf(o *burnrate.Objective, list []*burnrate.Judgement) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s %s", o.Target, o.Window.Window, o.Window.Window.TimeZone())
	for _, j := range list {
		fmt.Fprintf(&text, " %s=%s", j.Tier.Windows(), j.Tier.Factor(o.Window.Window).RatString())
	}
	g := o.Alerts.Guard
	fmt.Fprintf(&text, " guard %d %d %s", g.MinEvents, g.MinBad, g.Confidence)
	return text.String()
}

// burnOver returns the burn rate over a window of a tier. A snapshot has all of
// them.
func burnOver(o *burnrate.Objective, window time.Duration) *burnrate.Burn {
	for i := range o.Burn {
		if o.Burn[i].Window.Window.Minutes() == minutes(window) {
			return &o.Burn[i]
		}
	}
	return &burnrate.Burn{}
}

// holdOf returns the hold of a severity in minutes.
func holdOf(p *slo.AlertPolicy, severity slo.Severity) int64 {
	if severity == slo.Page {
		return minutes(p.Hold.Page)
	}
	return minutes(p.Hold.Ticket)
}

func minutes(d time.Duration) int64 { return int64(d / time.Minute) }
