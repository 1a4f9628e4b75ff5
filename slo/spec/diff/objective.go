package diff

import (
	"cmp"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// objectives compares those of one id.
func (c *comparison) objectives(subject Subject, place diag.Span, before, after []slo.Objective) {
	var was, is []string // names of those of both sides, as they are called now
	for _, p := range pairObjectives(before, after) {
		switch b, a := p.before, p.after; {
		case b == nil:
			c.add(Change{Kind: ObjectiveAdded, Weight: Gains, Subject: subject, Objective: a.Name, After: objectiveText(*a), Place: cmp.Or(a.Span, place)})
		case a == nil:
			c.add(Change{Kind: ObjectiveRemoved, Weight: Loses, Subject: subject, Objective: b.Name, Before: objectiveText(*b), Place: cmp.Or(b.Span, place)})
		default:
			is = append(is, a.Name)
			was = append(was, b.Name)
			c.objective(subject, place, b, a)
		}
	}
	// The pairs have the order after the change; sorted as before it they are the same
	// unless the order is another one.
	sorted := slices.SortedStableFunc(slices.Values(was), func(x, y string) int { return objectiveIndex(before, x) - objectiveIndex(before, y) })
	if !slices.Equal(sorted, was) {
		c.add(Change{Kind: ObjectiveOrder, Weight: Neutral, Subject: subject, Before: diag.Joined(sorted), After: diag.Joined(is), Place: place})
	}
}

func objectiveIndex(list []slo.Objective, name string) int {
	return slices.IndexFunc(list, func(o slo.Objective) bool { return o.Name == name })
}

// pairObjectives finds what objectives have become: by their names, then, as names follow
// windows, by window, and at last the only one that is left of each side.
func pairObjectives(before, after []slo.Objective) []pair[*slo.Objective] {
	old, left := paired(before, after,
		func(b, a *slo.Objective) bool { return b.Name == a.Name },
		func(b, a *slo.Objective) bool { return b.Window.Same(a.Window) })
	var pairs []pair[*slo.Objective]
	added := 0
	for i := range after {
		pairs = append(pairs, pair[*slo.Objective]{old[i], &after[i]})
		if old[i] == nil {
			added++
		}
	}
	if added == 1 && len(left) == 1 {
		pairs[slices.Index(old, nil)].before = left[0]
		return pairs
	}
	for _, b := range left {
		pairs = append(pairs, pair[*slo.Objective]{before: b})
	}
	return pairs
}

// objectiveText is what an objective promises: 99.9% over 28d, alerts paging.
func objectiveText(o slo.Objective) diag.Phrase {
	if o.Name != o.Window.String() {
		return diag.Say("%s %s over %s, alerts %s", o.Name, o.Target, windowText(o.Window), policyName(o.Alerts))
	}
	return diag.Say("%s over %s, alerts %s", o.Target, windowText(o.Window), policyName(o.Alerts))
}

func windowText(w slo.Window) string {
	switch {
	case !w.IsCalendar():
		return w.String()
	case w.TimeZone() == "":
		return w.String() + " (UTC)"
	}
	return w.String() + " (" + w.TimeZone() + ")"
}

func policyName(p *slo.AlertPolicy) diag.Phrase {
	if p == nil {
		return diag.Say("none")
	}
	return diag.Verbatim(p.Name)
}

func (c *comparison) objective(subject Subject, place diag.Span, b, a *slo.Objective) {
	one := Change{Subject: subject, Objective: a.Name, Place: cmp.Or(a.Span, place)}
	budgets := []Budget{{allowance(b), allowance(a)}}
	if b.Name != a.Name && (b.Name != b.Window.String() || a.Name != a.Window.String()) {
		change := one
		change.Kind, change.Weight, change.Before, change.After = ObjectiveRenamed, Neutral, diag.Verbatim(b.Name), diag.Verbatim(a.Name)
		change.Notes = []diag.Phrase{diag.Say("its series and alerts are called so from then on")}
		c.add(change)
	}
	if order := a.Target.AllowedRat().Cmp(b.Target.AllowedRat()); order != 0 {
		change := one
		change.Kind, change.Weight, change.Budgets = TargetLowered, Loosens, budgets
		change.Before, change.After = diag.Verbatim(b.Target.String()), diag.Verbatim(a.Target.String())
		if order < 0 {
			change.Kind, change.Weight = TargetRaised, Tightens
		}
		c.add(change)
	}
	if !b.Window.Same(a.Window) {
		change := one
		change.Kind, change.Weight, change.Budgets = WindowChanged, Changes, budgets
		change.defaults = windowOfDefaults(b, a)
		change.Place = cmp.Or(change.defaults, one.Place)
		change.Before, change.After = diag.Verbatim(windowText(b.Window)), diag.Verbatim(windowText(a.Window))
		c.add(change)
	}
	if inheritsAlerts(b) && inheritsAlerts(a) {
		one.defaults = cmp.Or(a.DefaultAlerts, b.DefaultAlerts)
		one.Place = cmp.Or(one.defaults, one.Place)
	}
	c.alerts(one, b.Alerts, a.Alerts, a.Window)
}

// windowOfDefaults is where Defaults change the window of an objective, or the time zone
// alone; unknown when the objective does.
func windowOfDefaults(b, a *slo.Objective) diag.Span {
	if b.Window.String() == a.Window.String() {
		return byDefaults(b.DefaultTimeZone, a.DefaultTimeZone)
	}
	return byDefaults(b.DefaultWindow, a.DefaultWindow)
}

// byDefaults is where Defaults say something after a change that they have said before it;
// unknown otherwise.
func byDefaults(before, after diag.Span) diag.Span {
	if before.Start.Known() {
		return after
	}
	return diag.Span{}
}

// inheritsAlerts reports whether only Defaults could say which alerts an objective has.
func inheritsAlerts(o *slo.Objective) bool { return o.Undecided || o.DefaultAlerts.Start.Known() }

// allowance is how long everything may fail in the objective's window, rounded to the second:
// 0.1 % of 28 days are 2,419 s.
func allowance(o *slo.Objective) time.Duration {
	bad, of := o.Target.Allowed()
	seconds := o.Window.Minutes() * 60
	return time.Duration((seconds*bad+of/2)/of) * time.Second
}

// alerts compares the alert policies of an objective. What has changed within a policy
// that it keeps is told of the policy.
func (c *comparison) alerts(one Change, b, a *slo.AlertPolicy, window slo.Window) {
	switch {
	case b == nil && a == nil:
	case b == nil:
		one.Kind, one.Weight, one.After, one.Notes = AlertsOn, Gains, diag.Verbatim(a.Name), []diag.Phrase{alertsText(a)}
		c.add(one)
	case a == nil:
		one.Kind, one.Weight, one.Before, one.Notes = AlertsOff, Loses, diag.Verbatim(b.Name), []diag.Phrase{diag.Say("before: %s", alertsText(b))}
		c.add(one)
	case b.Name != a.Name:
		effects := policyEffects(one, b, a, []slo.Window{window})
		one.Kind, one.Weight, one.Before, one.After = AlertsChanged, Neutral, diag.Verbatim(b.Name), diag.Verbatim(a.Name)
		if len(effects) == 0 {
			one.Notes = []diag.Phrase{diag.Say("both alert alike")}
		}
		c.add(one)
		c.add(effects...)
	}
}
