// Package burnrate is the arithmetic of SLOs: error ratios, burn rates, error
// budgets and the composition of journeys, from counts of valid and bad
// events per minute.
//
// All arithmetic is on bad and total as integers. It is never 1 - good/total,
// which loses the digits that matter at five nines, and never an average of
// ratios, which weighs a quiet minute like a busy one. What is undefined is an
// undefined [Ratio] with a [State] that says why, never NaN.
//
//	series, err := burnrate.NewSeries(extent, cuts, rows)
//	sum := series.Sum(window.Ending(end))
//	ratio := burnrate.ErrorRatio(sum.Counts)
//	burn := burnrate.BurnRate(sum.Counts, target)
//
// [Tiers] are what an alert policy makes of an objective; they judge such counts
// in integers, so that nothing fires by a rounding, and say what holds them
// back. [NewForecast] says when a budget will be spent, and [Tier.Detect] when
// an outage would be noticed.
//
// [Evaluate] does this for a whole [slo.Set] and gives a [Snapshot], from
// which everything that is shown is made. An [Evaluator] does it every minute,
// at a cost that does not depend on how long windows are. The package does no I/O and has no
// clock.
package burnrate
