package alert

import (
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Judged returns what the tiers of a severity make of their windows, the highest
// factor first. An objective without such tiers has none.
func Judged(o *burnrate.Objective, severity slo.Severity) []Tier {
	list := judgements(o, severity)
	tiers := make([]Tier, len(list))
	for i, j := range list {
		tiers[i] = TierOf(o, j)
	}
	return tiers
}

// judgements returns those of the tiers of a severity, the highest factor first.
func judgements(o *burnrate.Objective, severity slo.Severity) []*burnrate.Judgement {
	var list []*burnrate.Judgement
	for i := range o.Tiers {
		if j := &o.Tiers[i]; j.Tier.Severity == severity {
			list = append(list, j)
		}
	}
	slices.SortStableFunc(list, func(x, y *burnrate.Judgement) int { return y.Tier.Limit().Cmp(x.Tier.Limit()) })
	return list
}

// TierOf returns what a tier makes of its windows.
func TierOf(o *burnrate.Objective, j *burnrate.Judgement) Tier {
	factor, _ := j.Tier.Factor(o.Window.Window).Float64()
	return Tier{
		Long: slo.FormatDuration(j.Tier.Long), Short: slo.FormatDuration(j.Tier.Short), Factor: burnrate.RatioOf(factor),
		LongBurn: burnOver(o, j.Tier.Long).Rate, ShortBurn: burnOver(o, j.Tier.Short).Rate,
		Verdict: j.Verdict.String(), Events: j.Rows.Total, Bad: j.Rows.Bad,
	}
}

// GuardOf returns what the guard of a policy asks for.
func GuardOf(p *slo.AlertPolicy) *Guard {
	g := p.Guard
	guard := &Guard{MinEvents: g.MinEvents, MinBad: g.MinBad}
	if g.Confidence.Sign() > 0 {
		guard.Confidence = g.Confidence.String()
	}
	return guard
}
