package evidence_test

import (
	"math/big"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/slojourn/slojourn/slo"
)

// even is traffic without chance: valid events come evenly, and while it fails
// the bad ones among them do, from the first on that makes a whole one. Minute 0
// is the first that fails.
type even struct{ perMinute, ratio *big.Rat }

// at is what happens in a minute of an outage that ends with minute ended.
func (e even) at(minute, ended int64) slo.Counts {
	bad := func(end int64) int64 { return floor(e.ratio, e.total(max(0, min(end, ended)))) }
	return slo.Counts{Total: e.total(minute+1) - e.total(minute), Bad: bad(minute+1) - bad(minute)}
}

// total is how many events there are from minute 0 up to a minute.
func (e even) total(end int64) int64 { return floor(e.perMinute, end) }

func floor(r *big.Rat, n int64) int64 {
	product := r.Num().Int64() * n
	if product < 0 {
		product -= r.Denom().Int64() - 1
	}
	return product / r.Denom().Int64()
}

// chance is traffic as it is: events come one by one and do not wait for each
// other, and each is bad by chance. So the good ones and the bad ones of a minute
// are two independent draws of Poisson's.
type chance struct{ good, bad distuv.Poisson }

// newChance makes the traffic of a seed.
func newChance(perHour, ratio float64, seed uint64) chance {
	source := rand.NewPCG(seed, 0)
	return chance{
		good: distuv.Poisson{Lambda: perHour / 60 * (1 - ratio), Src: source},
		bad:  distuv.Poisson{Lambda: perHour / 60 * ratio, Src: source},
	}
}

func (c *chance) minute() slo.Counts {
	good, bad := count(c.good), count(c.bad)
	return slo.Counts{Total: good + bad, Bad: bad}
}

func count(p distuv.Poisson) int64 {
	if p.Lambda <= 0 {
		return 0
	}
	return int64(p.Rand())
}
