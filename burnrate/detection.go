package burnrate

import (
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Outage is a failure with a constant error ratio under constant traffic. Until
// it begins nothing fails. Valid events come evenly, and the bad ones among
// them evenly, from the first on that makes a whole one: with 100 events a
// minute and 0.5 % errors, every 200th fails, which is one every other minute.
type Outage struct {
	ErrorRatio *big.Rat      // above 0, at most 1, in whole thousandths
	PerMinute  *big.Rat      // valid events; above 0, at most 10^9, in whole thousandths
	Lag        time.Duration // until a minute is measured, whole minutes
}

// Detection says when a tier notices an outage.
type Detection struct {
	Verdict Verdict       // [Fires], or how far the tier ever gets
	After   time.Duration // from the beginning of the outage until the tier fires
	Spent   Ratio         // share of the objective's budget that is spent by then
	Quiet   time.Duration // from the end of the outage until the tier stops firing
}

// Detect computes the detection of an outage by a tier of an objective, minute
// by minute as the tier is judged. With enough traffic the tier fires in the
// first minute that is later than
//
//	factor × (1 - target) / error ratio × long window
//
// and the lag comes on top: at 14.4 and 99.9 %, a ratio of 10 % needs more than
// 8.64 minutes of 1h, so 9. By then it has spent error ratio / (1 - target) ×
// (after + lag) / window of the budget. It stops when the short window falls to
// the factor again, or the long one to the guard: 5 minutes of 10 % fall to
// 1.44 % after 4.28 minutes, so after 5.
//
// (Site Reliability Workbook, chapter 5, "detection time" and "reset time".)
func (t *Tier) Detect(o slo.Objective, outage Outage) (Detection, error) {
	return t.detect(o, outage, t.Judge)
}

// DetectJourney is [Tier.Detect] for a composed journey. Every step has the
// traffic of the outage. For series and worst, one step fails; for weighted and
// pooled, all fail alike: each makes the journey's error ratio that of the
// outage.
func (t *Tier) DetectJourney(j *slo.Journey, o slo.Objective, outage Outage) (Detection, error) {
	return t.detect(o, outage, func(long, short Sample) Verdict {
		return t.JudgeJourney(j, alike(j, long), alike(j, short))
	})
}

// alike makes the samples of a journey's steps from that of a failing one.
func alike(j *slo.Journey, failing Sample) []Sample {
	steps := make([]Sample, len(j.Steps))
	for i := range steps {
		steps[i] = failing
		if i > 0 && !isMean(j) {
			steps[i].Counts.Bad, steps[i].Rows.Bad = 0, 0
		}
	}
	return steps
}

func (t *Tier) detect(o slo.Objective, outage Outage, judge func(long, short Sample) Verdict) (Detection, error) {
	events, err := newStream(outage)
	if err != nil {
		return Detection{}, err
	}
	long, short := int64(t.Long/time.Minute), int64(t.Short/time.Minute)
	verdict := func(ended, end int64) Verdict {
		return judge(events.sample(long, ended, end), events.sample(short, ended, end))
	}
	var found Detection
	// Once the long window holds nothing but the outage, everything repeats.
	for end := int64(1); end <= long+events.repeat(); end++ {
		found.Verdict = max(found.Verdict, verdict(end, end))
		if found.Verdict != Fires {
			continue
		}
		found.After = time.Duration(end)*time.Minute + outage.Lag
		burn, _ := new(big.Rat).Quo(outage.ErrorRatio, o.Target.AllowedRat()).Float64()
		found.Spent = RatioOf(burn * found.After.Minutes() / float64(o.Window.Minutes()))
		quiet := short // then the short window holds nothing of the outage
		for quiet > 0 && verdict(end, end+quiet-1) != Fires {
			quiet--
		}
		found.Quiet = time.Duration(quiet)*time.Minute + outage.Lag
		break
	}
	return found, nil
}

// stream says where the events of an outage are in time. The outage begins with
// minute 0.
type stream struct{ perMinute, ratio fraction }

// fraction is a number of at most maxPerMinute, in at most maxParts parts, so
// that its product with the minutes of any window stays in 64 bits.
type fraction struct{ num, den int64 }

const (
	maxPerMinute = 1_000_000_000
	maxParts     = 1000
)

func fractionOf(what string, r *big.Rat, most int64) (fraction, error) {
	if r.Sign() <= 0 || r.Cmp(big.NewRat(most, 1)) > 0 || r.Denom().Cmp(big.NewInt(maxParts)) > 0 {
		return fraction{}, fmt.Errorf("%s of %s has to be above 0, at most %d and in whole thousandths", what, r.RatString(), most)
	}
	return fraction{r.Num().Int64(), r.Denom().Int64()}, nil
}

// of returns n times the fraction, rounded down.
func (f fraction) of(n int64) int64 {
	product := f.num * n
	if product < 0 {
		product -= f.den - 1
	}
	return product / f.den
}

func newStream(o Outage) (stream, error) {
	ratio, badRatio := fractionOf("an error ratio", o.ErrorRatio, 1)
	perMinute, badTraffic := fractionOf("a traffic", o.PerMinute, maxPerMinute)
	return stream{perMinute, ratio}, errors.Join(badRatio, badTraffic)
}

// repeat is after how many minutes the pattern of events repeats, at most.
func (s stream) repeat() int64 { return s.perMinute.den * s.ratio.den }

// total and bad are how many events there are from minute 0 up to minute end,
// which is before the outage when it is negative.
func (s stream) total(end int64) int64 { return s.perMinute.of(end) }
func (s stream) bad(end int64) int64   { return s.ratio.of(s.total(max(0, end))) }

// sample is what is measured over a window of minutes up to end, of an outage
// that ended with minute ended, which the window holds.
func (s stream) sample(minutes, ended, end int64) Sample {
	c := slo.Counts{
		Total: s.total(end) - s.total(end-minutes),
		Bad:   s.bad(min(end, ended)) - s.bad(end-minutes),
	}
	return Sample{Counts: c, Rows: c, Measured: minutes, Minutes: minutes}
}
