package burnrate_test

import (
	"math"
	"math/big"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// exactComposition composes the error ratios of steps, or takes that of a
// measured journey, whose counts come last.
func exactComposition(j *slo.Journey, counts []slo.Counts) *big.Rat {
	if j.Compose == slo.Measured {
		own := counts[len(counts)-1]
		return ratio(own.Bad, own.Total)
	}
	product, worst := big.NewRat(1, 1), new(big.Rat)
	weighted, weights, pooled := new(big.Rat), new(big.Rat), slo.Counts{}
	for i, c := range counts {
		if c.Total == 0 {
			continue
		}
		e := ratio(c.Bad, c.Total)
		product.Mul(product, big.NewRat(c.Total-c.Bad, c.Total))
		if e.Cmp(worst) > 0 {
			worst = e
		}
		weight := j.Steps[i].Weight.Rat()
		weighted.Add(weighted, new(big.Rat).Mul(weight, e))
		weights.Add(weights, weight)
		pooled = pooled.Add(c)
	}
	switch {
	case pooled.Total == 0:
		return nil
	case j.Compose == slo.Worst:
		return worst
	case j.Compose == slo.Weighted:
		return weighted.Quo(weighted, weights)
	case j.Compose == slo.Pooled:
		return ratio(pooled.Bad, pooled.Total)
	default:
		return product.Sub(big.NewRat(1, 1), product)
	}
}

// exactParts says how much of a journey's error each step caused, nil when
// nothing failed. Logarithms are no fractions: those of a series are floats.
func exactParts(j *slo.Journey, counts []slo.Counts) []*big.Rat {
	parts, sum, worst := make([]*big.Rat, len(j.Steps)), new(big.Rat), new(big.Rat)
	lost := slices.ContainsFunc(counts[:len(j.Steps)], func(c slo.Counts) bool { return c.Total > 0 && c.Bad == c.Total })
	for i := range j.Steps {
		e := ratio(counts[i].Bad, counts[i].Total)
		parts[i] = new(big.Rat)
		switch {
		case e == nil:
			continue
		case j.Compose == slo.Pooled:
			parts[i].SetInt64(counts[i].Bad)
		case j.Compose == slo.Weighted:
			parts[i].Mul(e, j.Steps[i].Weight.Rat())
		case j.Compose == slo.Worst:
			if e.Cmp(worst) > 0 { // so far; it takes all from those before
				worst = e
				for _, other := range parts[:i] {
					other.SetInt64(0)
				}
				parts[i].SetInt64(1)
				sum.SetInt64(0)
			}
		case lost: // by the steps that failed completely, alike
			if counts[i].Bad == counts[i].Total {
				parts[i].SetInt64(1)
			}
		default:
			value, _ := e.Float64()
			parts[i].SetFloat64(-math.Log1p(-value))
		}
		sum.Add(sum, parts[i])
	}
	if sum.Sign() == 0 {
		return nil
	}
	for _, part := range parts {
		part.Quo(part, sum)
	}
	return parts
}

// walk is all of a calendar window: the minutes around the last one before end
// that the clock shows in the same period.
func walk(window slo.Window, end slo.Minute) slo.Span {
	if !window.IsCalendar() {
		return slo.Span{Start: end - slo.Minute(window.Minutes()), End: end}
	}
	zone, _ := time.LoadLocation(window.TimeZone())
	period := func(at slo.Minute) [2]int {
		clock := at.Time().In(zone)
		switch window.String() {
		case "day":
			return [2]int{clock.Year(), clock.YearDay()}
		case "week":
			year, week := clock.ISOWeek()
			return [2]int{year, week}
		default:
			return [2]int{clock.Year(), int(clock.Month())}
		}
	}
	now, span := period(end-1), slo.Span{Start: end - 1, End: end}
	for period(span.Start-1) == now {
		span.Start--
	}
	for period(span.End) == now {
		span.End++
	}
	return span
}

// exactComposedConsumed is E / (1 - target) × Σ part × minutes so far / minutes.
func exactComposedConsumed(steps []minutes, parts []*big.Rat, whole slo.Span, end slo.Minute, e *big.Rat, of slo.Target) *big.Rat {
	if e == nil {
		return nil
	}
	soFar := new(big.Rat)
	for i, part := range parts {
		if all := steps[i].kept(whole); all > 0 {
			over := steps[i].kept(slo.Span{Start: max(whole.Start, steps[i].start), End: end})
			soFar.Add(soFar, new(big.Rat).Mul(part, big.NewRat(over, all)))
		}
	}
	return soFar.Mul(soFar, new(big.Rat).Quo(e, of.AllowedRat()))
}
