package slo

import (
	"cmp"
	"math/big"
	"time"

	"github.com/slojourn/slojourn/slo/diag"
)

func (r *resolver) resolvePolicies(declared []PolicyDeclaration) {
	for _, p := range BuiltInPolicies() {
		r.policies[p.Name] = p
		r.set.Policies = append(r.set.Policies, p)
	}
	names := r.names(diag.Say("alert policy"))
	for _, d := range declared {
		r.checkOwner(d.Owner)
		if !names.isFirst(d.Name) {
			continue
		}
		if d.Name.Value == noAlerts {
			r.list.Errorf(diag.CodeDuplicate, d.Name.Span, diag.Say("choose another name"),
				"alerts: none means no alerts, so an alert policy of this name could not be used")
			continue
		}
		if r.policies[d.Name.Value] != nil {
			r.list.Errorf(diag.CodeDuplicate, d.Name.Span, diag.Say("choose another name, and name it in alerts, perhaps in Defaults"),
				"the alert policy %q is built in", d.Name.Value)
			continue
		}
		guard, hold := DefaultGuard(), DefaultHold()
		policy := &AlertPolicy{
			Name: d.Name.Value, Title: d.Title.Value, Owner: d.Owner.Value, Tiers: d.Tiers,
			Guard: Guard{
				MinEvents: or(d.Guard.MinEvents, guard.MinEvents), MinBad: or(d.Guard.MinBad, guard.MinBad),
				Confidence: or(d.Guard.Confidence, guard.Confidence),
			},
			Hold:        Hold{Page: or(d.Hold.Page, hold.Page), Ticket: or(d.Hold.Ticket, hold.Ticket)},
			BudgetSpent: d.BudgetSpent, Accepts: accepted(d.Accepts), Origin: d.Origin,
		}
		if quiet := d.NoTraffic; quiet != nil {
			policy.NoTraffic = &NoTraffic{
				After: quiet.After.Value, Below: or(quiet.Below, DefaultNoTrafficBelow()), Severity: cmp.Or(quiet.Severity.Value, Page),
			}
		}
		if quiet := d.NoData; quiet != nil {
			policy.NoData = &NoData{After: quiet.After.Value, Severity: cmp.Or(quiet.Severity.Value, Ticket)}
		}
		r.policies[policy.Name] = policy
		r.set.Policies = append(r.set.Policies, policy)
	}
}

// checkTiers reports tiers that make no sense for an objective. A tier fires
// above its factor; when everything fails, the burn rate is 1 / (1 - target):
// 10 for 90 %.
func (r *resolver) checkTiers(d ObjectiveDeclaration, o Objective) {
	if message := o.lookedBack(); !message.Empty() {
		place := cmp.Or(d.Window.Span, d.Target.Span)
		if o.Alerts.BuiltIn {
			place = d.Target.Span
		}
		r.warn(diag.CodeShortWindow, place, policyHint(o, diag.Say("use an alert policy with shorter tiers")), "%s", message)
		return
	}
	alike := tierProblem{policy: o.Alerts.Name, target: o.Target, window: o.Window}
	if r.sound[alike] {
		return // as are most objectives of a set
	}
	sound := true
	limit := new(big.Rat).Inv(o.Target.AllowedRat())
	for i, tier := range o.Alerts.Tiers {
		factor := tier.Factor(o.Window)
		switch code, message := o.unsound(tier, factor, limit); code {
		case diag.CodeUnreachable:
			sound = false
			r.tierProblem(code, i, d, o, message, reachHint(tier, o, factor, limit))
		case diag.CodeAlwaysFiring:
			sound = false
			r.tierProblem(code, i, d, o, message, calmHint(tier, o))
		}
	}
	r.sound[alike] = sound
}

// lookedBack says that the objective's policy looks back longer than its window is; ""
// if it does not.
func (o Objective) lookedBack() diag.Phrase {
	longest := o.Alerts.LongestTier()
	if longest <= time.Duration(o.Window.Minutes())*time.Minute {
		return diag.Phrase{}
	}
	return diag.Say("the alert policy %s looks back %s, which is longer than the window of %s", o.Alerts.Name, FormatDuration(longest), o.Window)
}

// unsound says what is wrong with a tier of a factor; no code for nothing. The limit is
// the burn rate when everything fails.
func (o Objective) unsound(tier Tier, factor, limit *big.Rat) (diag.Code, diag.Phrase) {
	switch {
	case factor.Cmp(limit) >= 0:
		return diag.CodeUnreachable, diag.Say("the tier of %s can never fire: it needs a burn rate above %s, and at a target of %s everything failing burns at %s",
			FormatDuration(tier.Long), number(factor), o.Target, number(limit))
	case factor.Cmp(big.NewRat(1, 1)) < 0:
		return diag.CodeAlwaysFiring, diag.Say("the tier of %s fires while the target is met: over %s it fires above a burn rate of %s, and 1 just spends the budget",
			FormatDuration(tier.Long), o.Window, number(factor))
	}
	return "", diag.Phrase{}
}

// tierProblem tells findings apart that would say the same of one tier.
type tierProblem struct {
	policy string
	tier   int
	target Target
	window Window
}

// tierProblem reports a tier where it is written, once for all objectives with
// the same target and window; a tier that is built in is reported at the
// target.
func (r *resolver) tierProblem(code diag.Code, tier int, d ObjectiveDeclaration, o Objective, message, hint diag.Phrase) {
	span := o.Alerts.Tiers[tier].Span
	if o.Alerts.BuiltIn {
		r.warn(code, d.Target.Span, hint, "%s: %s", o.Alerts.Name, message)
		return
	}
	related := diag.Related{Span: d.Target.Span, Message: diag.Say("the target is at %s", d.Target.Span)}
	problem := tierProblem{o.Alerts.Name, tier, o.Target, o.Window}
	if i, again := r.tiers[problem]; again {
		if reported := &r.list[i]; len(reported.Related) < 3 {
			reported.Related = append(reported.Related, related)
		}
		return
	}
	r.tiers[problem] = len(r.list)
	r.list.Add(diag.Diagnostic{
		Code: code, Severity: diag.Warning, Span: span, Message: message, Hint: hint, Related: []diag.Related{related},
	})
}

// reachHint says how a tier could fire. A factor of 13.44 can be exceeded from
// a target of 1 - 1/13.44 = 92.56 % on.
func reachHint(tier Tier, o Objective, factor, limit *big.Rat) diag.Phrase {
	least := new(big.Rat).Sub(big.NewRat(1, 1), new(big.Rat).Inv(factor))
	raise := diag.Say("raise the target above %s%%", ceilPercent(least, 2))
	switch {
	case o.Alerts.BuiltIn:
		return policyHint(o, diag.Say("%s, or write an alert policy with lower factors for it", raise))
	case tier.Burn.Sign() > 0:
		return diag.Say("write a burn below %s, or %s", number(limit), raise)
	default:
		most := new(big.Rat).Quo(limit, perBudget(tier, o.Window))
		return diag.Say("write a budget below %s%%, or %s", floorPercent(most, 2), raise)
	}
}

// calmHint says how a tier could keep quiet while the target is met: the
// budget has to be more than its window's part of the objective's.
func calmHint(tier Tier, o Objective) diag.Phrase {
	switch {
	case o.Alerts.BuiltIn:
		return policyHint(o, diag.Say("use a longer window, or an alert policy of your own"))
	case tier.Burn.Sign() > 0:
		return diag.Say("write a burn of 1 or more")
	default:
		least := new(big.Rat).Inv(perBudget(tier, o.Window))
		return diag.Say("write budget: %s%% or more, which is the part of %s in %s", ceilPercent(least, 2), FormatDuration(tier.Long), o.Window)
	}
}

// perBudget is the factor of a tier that spends the whole budget.
func perBudget(tier Tier, window Window) *big.Rat {
	return big.NewRat(window.Minutes(), int64(tier.Long/time.Minute))
}

// policyHint proposes a built-in policy that suits the objective.
func policyHint(o Objective, otherwise diag.Phrase) diag.Phrase {
	limit := new(big.Rat).Inv(o.Target.AllowedRat())
	for _, p := range BuiltInPolicies() {
		suits := p.LongestTier() <= time.Duration(o.Window.Minutes())*time.Minute
		for _, tier := range p.Tiers {
			factor := tier.Factor(o.Window)
			suits = suits && factor.Cmp(big.NewRat(1, 1)) >= 0 && factor.Cmp(limit) < 0
		}
		if suits {
			return diag.Say("write alerts: %s, which is made for such windows", p.Name)
		}
	}
	return otherwise
}

// number writes a factor with at most four decimals, cut and not rounded: 0.99996
// is less than 1.
func number(x *big.Rat) string { return floorPercent(new(big.Rat).Quo(x, big.NewRat(100, 1)), 4) }
