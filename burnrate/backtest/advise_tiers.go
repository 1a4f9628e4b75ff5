package backtest

import (
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// tiers advises on the tiers of an objective. A target that is loose says already why
// they are silent.
func (a *adviser) tiers(o *Objective, loose bool) {
	a.constant(o)
	a.falsely(o)
	held := a.held(o)
	if !loose && !held {
		a.silent(o)
	}
}

// aboutTier begins an advice about a tier.
func aboutTier(kind AdviceKind, o *Objective, t *Tier) Advice {
	advice := about(kind, o)
	advice.Severity, advice.Long, advice.Short, advice.Factor = t.Severity, t.Long, t.Short, t.Factor
	return advice
}

// eachSeverity names the tier of each severity that shows something most, of those that
// show it at all: by more than 0.
func eachSeverity(o *Objective, shows func(*Tier) float64, say func(*Tier)) {
	for _, severity := range []slo.Severity{slo.Page, slo.Ticket} {
		var most *Tier
		for i := range o.Tiers {
			t := &o.Tiers[i]
			if t.Severity == severity && shows(t) > 0 && (most == nil || shows(t) > shows(most)) {
				most = t
			}
		}
		if most != nil {
			say(most)
		}
	}
}

// constant names tiers that nearly always fire.
func (a *adviser) constant(o *Objective) {
	eachSeverity(o, func(t *Tier) float64 {
		if t.Judged < enoughFiring || t.Fired*4 <= t.Judged {
			return 0
		}
		return float64(t.Fired) / float64(t.Judged)
	}, func(t *Tier) {
		advice := aboutTier(TierConstant, o, t)
		advice.Share, advice.Minutes = burnrate.RatioOf(float64(t.Fired)/float64(t.Judged)), t.Judged
		a.add(advice)
	})
}

// held names tiers that guards kept from firing at all, where no other tier of the
// severity fired instead, and reports whether there are any.
func (a *adviser) held(o *Objective) (any bool) {
	eachSeverity(o, func(t *Tier) float64 {
		if t.Judged < enoughFiring || firedAs(o, t.Severity) {
			return 0
		}
		return float64(t.Held)
	}, func(t *Tier) {
		advice := aboutTier(TierHeld, o, t)
		advice.Minutes, advice.Burn = t.Held, t.Highest
		a.add(advice)
		any = true
	})
	return any
}

func firedAs(o *Objective, severity slo.Severity) bool {
	return slices.ContainsFunc(o.Tiers, func(t Tier) bool { return t.Severity == severity && t.Fired > 0 })
}

// silent names the tier that came closest, when none fired at all.
func (a *adviser) silent(o *Objective) {
	var closest *Tier
	near := -1.0
	for i := range o.Tiers {
		t := &o.Tiers[i]
		if t.Fired > 0 || t.Judged < enoughSilence {
			return
		}
		highest, known := t.Highest.Value()
		factor, defined := t.Factor.Value()
		if known && defined && factor > 0 && highest/factor > near {
			closest, near = t, highest/factor
		}
	}
	if closest == nil {
		return
	}
	advice := aboutTier(TiersSilent, o, closest)
	advice.Minutes, advice.Burn = closest.Judged, closest.Highest
	a.add(advice)
}

// falsely names tiers that are never right.
func (a *adviser) falsely(o *Objective) {
	if a.judgement == nil || len(a.judgement.Incidents) == 0 {
		return
	}
	eachSeverity(o, func(t *Tier) float64 {
		fired := 0
		for i := range t.Firings {
			f := &t.Firings[i]
			if a.right(o, t.Severity, f) {
				return 0
			}
			if f.From.After(a.run.From) { // else it may be about what was before
				fired++
			}
		}
		if fired < enoughFirings {
			return 0
		}
		return float64(fired)
	}, func(t *Tier) {
		advice := aboutTier(TierFalse, o, t)
		for i := range t.Firings {
			if t.Firings[i].From.After(a.run.From) {
				advice.Of++
			}
		}
		a.add(advice)
	})
}

// right reports whether a firing was about an incident that expects its severity, or a
// page.
func (a *adviser) right(o *Objective, severity slo.Severity, f *Firing) bool {
	return slices.ContainsFunc(a.judgement.Incidents, func(found IncidentFound) bool {
		incident := slo.Incident{From: found.From, To: found.To, SLOs: found.SLOs}
		return (found.Expect == severity || found.Expect == slo.Page) && incident.Concerns(o.ID, o.Steps) &&
			f.Evidence.Intersect(incident.Span()).Len() > 0
	})
}
