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
//     the least error ratio that explains each step is composed like error
//     ratios, and the result has to burn above the factor as well.
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
	for _, s := range long {
		rows = rows.Add(s.Rows)
	}
	verdict := t.guard.count(rows)
	if verdict == Fires && !t.sureOf(j, long) {
		return Chance
	}
	return verdict
}

// sureOf reports whether the composition of the steps' lower bounds is above
// the limit. In series and of the worst it is when a single one is, which is
// quicker to find out.
func (t *Tier) sureOf(j *slo.Journey, steps []Sample) bool {
	if t.guard.doubt == 0 {
		return true
	}
	bounds := make([]*big.Rat, len(steps))
	for i, s := range steps {
		if s.Rows.Total == 0 {
			continue
		}
		if !isMean(j) && t.guard.sure(s.Rows) {
			return true
		}
		bounds[i] = new(big.Rat).SetFloat64(lowerBound(s.Rows, t.guard.doubt))
	}
	return t.limit.exceededByRatio(composed(j, bounds, steps))
}

// isMean reports whether a journey is at most as bad as its worst step and at
// least as good as its best.
func isMean(j *slo.Journey) bool { return j.Compose == slo.Weighted || j.Compose == slo.Pooled }

func allCovered(steps []Sample) bool {
	for _, s := range steps {
		if !s.covered() {
			return false
		}
	}
	return len(steps) > 0
}

// composedAbove reports whether the steps together burn above the factor. Most
// of the time they are far from it, which their sum or the worst of them shows.
func (t *Tier) composedAbove(j *slo.Journey, steps []Sample) bool {
	sum, worst := 0.0, 0.0
	for _, s := range steps {
		if s.Counts.Total > 0 {
			e := float64(s.Counts.Bad) / float64(s.Counts.Total)
			sum, worst = sum+e, max(worst, e)
		}
	}
	most := sum
	if isMean(j) || j.Compose == slo.Worst {
		most = worst
	}
	if most < t.limit.rounded*(1-1e-9) {
		return false
	}
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
		return mean(ratios, func(step int) *big.Rat { return big.NewRat(steps[step].Counts.Total, unitOf(j.Steps[step])) })
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
