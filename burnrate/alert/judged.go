package alert

import (
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Judged returns what the tiers of a severity make of their windows, the highest
// factor first. An objective without such tiers has none.
func Judged(o *burnrate.Objective, severity slo.Severity) []Tier {
	var list []*burnrate.Judgement
	for i := range o.Tiers {
		if j := &o.Tiers[i]; j.Tier.Severity == severity {
			list = append(list, j)
		}
	}
	slices.SortStableFunc(list, func(x, y *burnrate.Judgement) int { return y.Tier.Limit().Cmp(x.Tier.Limit()) })
	tiers := make([]Tier, len(list))
	for i, j := range list {
		tiers[i] = tierOf(o, j)
	}
	return tiers
}

// TierOf returns what a tier makes of its windows.
func TierOf(o *burnrate.Objective, j *burnrate.Judgement) Tier { return tierOf(o, j) }

// GuardOf returns what the guard of a policy asks for.
func GuardOf(p *slo.AlertPolicy) Guard { return *guardOf(p.Guard) }
