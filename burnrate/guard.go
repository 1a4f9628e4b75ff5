package burnrate

import (
	"math"
	"math/big"

	"gonum.org/v1/gonum/mathext"

	"github.com/slojourn/slojourn/slo"
)

// guard is the guard of an alert policy for one tier of one objective.
type guard struct {
	minEvents, minBad int64
	doubt             float64 // 1 - confidence; 0 when there is no test
	limit             float64 // error ratio above which the tier fires
}

func guardOf(g slo.Guard, limit limit) guard {
	made := guard{minEvents: g.MinEvents, minBad: g.MinBad, limit: limit.rounded}
	if g.Confidence.Sign() > 0 {
		confidence := g.Confidence.Rat()
		made.doubt, _ = confidence.Sub(big.NewRat(1, 1), confidence).Float64()
	}
	return made
}

// judge says what the guard thinks of the rows in the long window of a tier
// that would fire without it.
func (g guard) judge(rows slo.Counts) Verdict {
	verdict := g.count(rows)
	if verdict == Fires && !g.sure(rows) {
		return Chance
	}
	return verdict
}

// count does what is done by counting.
func (g guard) count(rows slo.Counts) Verdict {
	switch {
	case rows.Total < g.minEvents:
		return FewEvents
	case rows.Bad < g.minBad:
		return FewBad
	default:
		return Fires
	}
}

// sure reports whether chance explains the rows with less than the doubt.
func (g guard) sure(rows slo.Counts) bool {
	return g.doubt == 0 || tailBound(rows, g.limit) < g.doubt || binomialTail(rows, g.limit) < g.doubt
}

// tailBound is at least [binomialTail], and much quicker to compute:
//
//	P(X ≥ bad) ≤ exp(-total × (e ln(e/p) + (1-e) ln((1-e)/(1-p)))),  e = bad / total > p
//
// (Chernoff; Hoeffding 1963, theorem 1.) 3 or more of 10 at p = 1.44 % are at
// most 0.00122. Far above the limit, where most alerts are, that is enough.
func tailBound(c slo.Counts, p float64) float64 {
	e := float64(c.Bad) / float64(c.Total)
	switch {
	case c.Total <= 0 || p <= 0 || e <= p:
		return 1
	case c.Bad >= c.Total:
		return math.Exp(float64(c.Total) * math.Log(p))
	}
	return math.Exp(-float64(c.Total) * (e*math.Log(e/p) + (1-e)*math.Log((1-e)/(1-p))))
}

// binomialTail is the probability of at least c.Bad failures among c.Total
// events when each fails with probability p by chance:
//
//	P(X ≥ bad) = I_p(bad, total - bad + 1)
//
// I is the regularised incomplete beta function (NIST DLMF 8.17.5). 3 or more
// of 10 at p = 1.44 % have a probability of 0.000332, so 3 of 10 do not happen
// by chance; 3 or more of 100 have 0.175. Up to 10^10 events it is right to
// five digits, and to three at 10^12.
func binomialTail(c slo.Counts, p float64) float64 {
	switch {
	case c.Bad <= 0 || p >= 1:
		return 1
	case c.Bad > c.Total || p <= 0:
		return 0
	default:
		return mathext.RegIncBeta(float64(c.Bad), float64(c.Total-c.Bad)+1, p)
	}
}

// lowerBound is the least error ratio that explains c with a probability of at
// least doubt, the one-sided bound of Clopper and Pearson: the p at which
// [binomialTail] is doubt. With 95 % confidence, 3 of 10 failures mean an error
// ratio of 0.0873 or more. It is 0 without failures. There have to be events.
func lowerBound(c slo.Counts, doubt float64) float64 {
	if c.Bad <= 0 {
		return 0
	}
	return mathext.InvRegIncBeta(float64(c.Bad), float64(c.Total-c.Bad)+1, doubt)
}
