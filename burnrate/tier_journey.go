package burnrate

import (
	"math/big"

	"github.com/slojourn/slojourn/slo"
)

// JudgeJourney compares a tier with what was measured of a composed journey's
// steps, one sample of each window for each step in their order. It differs
// from [Tier.Judge] in three ways:
//
//   - Windows are covered as far as their least covered step.
//   - The burn rate is that of the composed error ratio, in exact fractions.
//   - minEvents and minBad count the rows of all steps. For the confidence,
//     the lower bounds of the steps (see [Tier.Judge]) are composed like error
//     ratios, and the result has to be above the factor as well.
//
// Steps without events are left out.
func (t *Tier) JudgeJourney(j *slo.Journey, long, short []Sample) Verdict {
	switch {
	case !allCovered(long), !allCovered(short):
		return Uncovered
	case !t.composedAbove(j, long):
		return CalmLong
	case !t.composedAbove(j, short):
		return CalmShort
	}
	var rows slo.Counts
	bounds := make([]*big.Rat, len(long))
	for i, s := range long {
		rows = rows.Add(s.Rows)
		if s.Rows.Total > 0 {
			bounds[i] = new(big.Rat).SetFloat64(lowerBound(s.Rows, t.guard.doubt))
		}
	}
	verdict := t.guard.count(rows)
	if verdict == Fires && t.guard.doubt > 0 && !t.limit.exceededByRatio(composed(j, bounds, long)) {
		return Chance
	}
	return verdict
}

func allCovered(steps []Sample) bool {
	for _, s := range steps {
		if !s.covered() {
			return false
		}
	}
	return len(steps) > 0
}

func (t *Tier) composedAbove(j *slo.Journey, steps []Sample) bool {
	ratios := make([]*big.Rat, len(steps))
	for i, s := range steps {
		if s.Counts.Total > 0 {
			ratios[i] = big.NewRat(s.Counts.Bad, s.Counts.Total)
		}
	}
	return t.limit.exceededByRatio(composed(j, ratios, steps))
}

// composed is the error ratio of a journey whose steps have the given ones, as
// an exact fraction; nil stands for a step that is left out. With 1 % and 2 %
// it is 2.98 % in series, 2 % as the worst, 1.5 % weighted alike, and 1.1 %
// pooled when the first step has nine times the events. It is 0 without steps.
func composed(j *slo.Journey, ratios []*big.Rat, steps []Sample) *big.Rat {
	switch j.Compose {
	case slo.Worst:
		worst := new(big.Rat)
		for _, e := range ratios {
			if e != nil && e.Cmp(worst) > 0 {
				worst = e
			}
		}
		return worst
	case slo.Weighted:
		return mean(ratios, func(step int) *big.Rat { return j.Steps[step].Weight.Rat() })
	case slo.Pooled:
		return mean(ratios, func(step int) *big.Rat { return big.NewRat(steps[step].Counts.Total, 1) })
	default:
		through := big.NewRat(1, 1)
		for _, e := range ratios {
			if e != nil {
				through.Mul(through, new(big.Rat).Sub(big.NewRat(1, 1), e))
			}
		}
		return through.Sub(big.NewRat(1, 1), through)
	}
}

// mean is the mean of the ratios that are not nil, by their weights.
func mean(ratios []*big.Rat, weight func(step int) *big.Rat) *big.Rat {
	total, sum := new(big.Rat), new(big.Rat)
	for i, e := range ratios {
		if e != nil {
			w := weight(i)
			total.Add(total, w)
			sum.Add(sum, w.Mul(w, e))
		}
	}
	if total.Sign() == 0 {
		return total
	}
	return sum.Quo(sum, total)
}
