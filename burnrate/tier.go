package burnrate

import (
	"math/big"
	"math/bits"

	"github.com/slojourn/slojourn/slo"
)

// Sample is what was measured over one of the two windows of a tier. Minutes
// that are excluded keep their total and have no bad events.
type Sample struct {
	Counts   slo.Counts // what the burn rate is made of; thousandths of a weighted SLI
	Rows     slo.Counts // what the guard counts: events, whatever they weigh
	Measured int64      // minutes
	Minutes  int64      // of the window
}

// covered reports whether at least half of the window was measured.
func (s Sample) covered() bool { return 2*s.Measured >= s.Minutes }

// Tier is a tier of an alert policy for one objective.
type Tier struct {
	slo.Tier
	guard guard
	limit limit
}

// Tiers returns the tiers of an objective's alert policy in their order, none
// without a policy.
func Tiers(o slo.Objective) []Tier {
	if o.Alerts == nil {
		return nil
	}
	var tiers []Tier
	for _, t := range o.Alerts.Tiers {
		ratio := t.Factor(o.Window)
		limit := limitOf(ratio.Mul(ratio, o.Target.AllowedRat()))
		tiers = append(tiers, Tier{Tier: t, guard: guardOf(o.Alerts.Guard, limit), limit: limit})
	}
	return tiers
}

// Limit returns the error ratio above which the tier fires, factor × (1 -
// target): 14.4 × 0.001 = 1.44 %. From 1 on it cannot.
func (t *Tier) Limit() *big.Rat { return new(big.Rat).Set(t.limit.exact) }

// Verdict says whether a tier fires, or what keeps it from firing: of several
// reasons the first that is tried. The zero Verdict is invalid.
type Verdict int

// The verdicts, in the order they are tried.
const (
	Uncovered Verdict = iota + 1 // less than half of a window was measured
	CalmLong                     // the long window does not burn above the factor
	CalmShort                    // the short one does not
	FewEvents                    // guard: fewer than minEvents in the long window
	FewBad                       // guard: fewer than minBad
	Chance                       // guard: chance explains them, as far as confidence goes
	Fires
)

// String names the verdict.
func (v Verdict) String() string {
	names := [...]string{"invalid", "uncovered", "calm-long", "calm-short", "few-events", "few-bad", "chance", "fires"}
	if v < 0 || int(v) >= len(names) {
		v = 0
	}
	return names[v]
}

// Judge compares a tier with what was measured over its windows. It fires when
//
//	burn(long) > factor  and  burn(short) > factor
//
// strictly, when the guard holds on the long window, and when at least half of
// each window was measured. At 99.9 % and a factor of 14.4, 144 bad of 10,000
// events burn at 14.4 and do not fire; 145 do.
func (t *Tier) Judge(long, short Sample) Verdict {
	switch {
	case !long.covered(), !short.covered():
		return Uncovered
	case !t.limit.exceededBy(long.Counts):
		return CalmLong
	case !t.limit.exceededBy(short.Counts):
		return CalmShort
	default:
		return t.guard.judge(long.Rows)
	}
}

// limit is an error ratio that is compared with counts exactly. A float would
// be wrong at the border: 14.4 × 0.001 is 0.014400000000000001 in binary.
type limit struct {
	exact    *big.Rat
	num, den uint64  // of exact; 0 when one of them has more than 64 bits
	rounded  float64 // exact, for what needs no border
}

func limitOf(ratio *big.Rat) limit {
	l := limit{exact: ratio}
	l.rounded, _ = ratio.Float64()
	if ratio.Num().IsUint64() && ratio.Denom().IsUint64() {
		l.num, l.den = ratio.Num().Uint64(), ratio.Denom().Uint64()
	}
	return l
}

// exceededBy reports whether bad / total > num / den, as bad × den > total ×
// num in 128 bits: 10^12 events with a target of nine decimals have products
// of up to 103 bits. It is false without events.
func (l limit) exceededBy(c slo.Counts) bool {
	if l.den == 0 {
		return c.Total > 0 && l.exceededByRatio(big.NewRat(c.Bad, c.Total))
	}
	badHigh, badLow := bits.Mul64(uint64(c.Bad), l.den)
	high, low := bits.Mul64(uint64(c.Total), l.num)
	return badHigh > high || badHigh == high && badLow > low
}

// above reports whether bad / total < num / den. It is false without events.
func (l limit) above(c slo.Counts) bool {
	if l.den == 0 {
		return c.Total > 0 && big.NewRat(c.Bad, c.Total).Cmp(l.exact) < 0
	}
	badHigh, badLow := bits.Mul64(uint64(c.Bad), l.den)
	high, low := bits.Mul64(uint64(c.Total), l.num)
	return badHigh < high || badHigh == high && badLow < low
}

func (l limit) exceededByRatio(ratio *big.Rat) bool { return ratio.Cmp(l.exact) > 0 }
