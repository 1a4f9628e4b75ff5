package simulator

import (
	"math"
	"math/rand/v2"
)

// Tokyo is nine hours ahead of UTC all year.
const tokyoMinutes = 9 * 60

const dayMinutes = 24 * 60

// wave returns the traffic of a minute by the shop's clock relative to the
// mean: little at night, peaks at lunch and in the evening, somewhat more at
// weekends. The shop is in Tokyo.
func wave(minute int64) float64 {
	local := minute + tokyoMinutes
	day := local / dayMinutes
	clock := float64(local-day*dayMinutes) / 60
	hours, days := hourly(), weekly()
	hour := int(clock)
	next := hours[(hour+1)%24]
	level := hours[hour] + (next-hours[hour])*(clock-float64(hour))
	// 1970-01-01 was a Thursday, the fourth day of the table.
	return level * days[(day+3)%7]
}

// hourly returns the level at each full hour; the mean is 1.
func hourly() [24]float64 {
	return [24]float64{
		0.40, 0.20, 0.12, 0.08, 0.08, 0.12, 0.30, 0.60, 0.90, 1.00, 1.10, 1.40,
		1.90, 1.60, 1.20, 1.10, 1.20, 1.40, 1.70, 2.00, 2.10, 1.70, 1.10, 0.70,
	}
}

// weekly returns the level of each day from Monday on; the mean is 1.
func weekly() [7]float64 {
	return [7]float64{0.95, 0.95, 0.96, 0.97, 1.01, 1.09, 1.07}
}

// poisson draws how often something happens that happens mean times on
// average. It is Knuth's method for small means; a larger one is drawn in
// parts, which add up to the same distribution.
func poisson(random *rand.Rand, mean float64) int {
	const part = 16
	sum := 0
	for ; mean > part; mean -= part {
		sum += knuth(random, part)
	}
	return sum + knuth(random, mean)
}

func knuth(random *rand.Rand, mean float64) int {
	limit, product, n := math.Exp(-mean), 1.0, 0
	for {
		if product *= random.Float64(); product <= limit {
			return n
		}
		n++
	}
}
