package burnrate

import (
	"math"

	"github.com/slojourn/slojourn/slo"
)

// compose returns the error ratio of a journey over one window of its steps.
// Steps without an error ratio are left out; without any, the result is
// undefined. Of steps with 1 of 100 and 20 of 1,000 events bad,
//
//	series    E = 1 - Π (1 - e)      makes 0.0298
//	worst     E = max e              makes 0.02
//	weighted  E = Σ w × e / Σ w      makes 0.0125 with weights 3 and 1
//	pooled    E = Σ bad / Σ total    makes 21 / 1,100 = 0.01909
//
// The series is computed as -expm1(Σ log1p(-e)), which keeps the digits of
// small ratios.
func compose(j *slo.Journey, steps []Window) Ratio {
	var sum, of float64
	known := false
	for i, step := range steps {
		e, defined := step.ErrorRatio.Value()
		if !defined {
			continue
		}
		known = true
		switch j.Compose {
		case slo.Worst:
			sum, of = max(sum, e), 1
		case slo.Weighted:
			weight := weightOf(j.Steps[i])
			sum, of = sum+weight*e, of+weight
		case slo.Pooled:
			unit := float64(unitOf(j.Steps[i]))
			sum, of = sum+float64(step.Counts.Bad)/unit, of+float64(step.Counts.Total)/unit
		default:
			sum, of = sum+math.Log1p(-e), 1
		}
	}
	switch {
	case !known:
		return Ratio{}
	case j.Compose == slo.Series:
		return RatioOf(0 - math.Expm1(sum)) // not -Expm1, which makes a negative zero
	default:
		return RatioOf(sum / of)
	}
}

func weightOf(step slo.Step) float64 {
	weight, _ := step.Weight.Rat().Float64()
	return weight
}

// unitOf returns the unit of a step's counts. Pooled, an item and an event count
// alike.
func unitOf(step slo.Step) int64 {
	if step.SLO == nil {
		return 1
	}
	return step.SLO.SLI.Unit()
}

// attribute says how much of a journey's error each step caused: its part in
// what adds up to the error. That is log1p(-e) in a series, where factors
// multiply, w × e in a weighted journey, and bad in a pooled one. All of the
// worst journey's error comes from the first worst step. The steps of a
// measured journey are taken as a series, which is an estimate. Steps without
// an error ratio have no share, and there is none at all when nothing failed.
func attribute(j *slo.Journey, steps []Window) []Ratio {
	parts, sum := make([]float64, len(steps)), 0.0
	for i := range steps {
		parts[i] = part(j, steps, i)
		sum += parts[i]
	}
	shares := make([]Ratio, len(steps))
	if sum == 0 {
		return shares
	}
	for i, step := range steps {
		if step.ErrorRatio.Defined() {
			shares[i] = RatioOf(parts[i] / sum)
		}
	}
	return shares
}

// part is what step i adds to the sum that the journey's error follows from.
func part(j *slo.Journey, steps []Window, i int) float64 {
	e, _ := steps[i].ErrorRatio.Value()
	switch j.Compose {
	case slo.Worst:
		if i == firstWorst(steps) {
			return e
		}
		return 0
	case slo.Weighted:
		return weightOf(j.Steps[i]) * e
	case slo.Pooled:
		return float64(steps[i].Counts.Bad) / float64(unitOf(j.Steps[i]))
	}
	switch worst, _ := steps[firstWorst(steps)].ErrorRatio.Value(); {
	case worst < 1:
		return 0 - math.Log1p(-e)
	case e < 1: // all is lost, and others lost it
		return 0
	default:
		return 1
	}
}

// firstWorst returns the first of the steps with the highest error ratio.
func firstWorst(steps []Window) int {
	worst := 0
	for i, step := range steps {
		e, _ := step.ErrorRatio.Value()
		if highest, _ := steps[worst].ErrorRatio.Value(); e > highest {
			worst = i
		}
	}
	return worst
}
