package draft

import (
	"math"
	"math/big"
	"slices"
	"strconv"

	"github.com/slojourn/slojourn/slo"
)

// Week is what a step measured in the last days, hour by hour.
type Week struct {
	Start slo.Minute // of the first hour
	Hours []slo.Counts
	Unit  int64 // of the counts, see [slo.SLI.Unit]
}

// HourMinutes is how long an hour of a [Week] is.
const HourMinutes = slo.Minute(60)

// End is the minute behind the last hour.
func (w Week) End() slo.Minute { return w.Start + slo.Minute(len(w.Hours))*HourMinutes }

// Moment writes when a minute begins, for people: 2026-11-22 09:00 UTC.
func Moment(m slo.Minute) string { return m.Time().Format("2006-01-02 15:04 UTC") }

// Sum returns what there was in all hours together.
func (w Week) Sum() slo.Counts {
	var sum slo.Counts
	for _, hour := range w.Hours {
		sum = sum.Add(hour)
	}
	return sum
}

// Total is how many valid events there were.
func (w Week) Total() int64 { return w.Sum().Total / w.Unit }

// Worst returns the hour with the largest share of bad events: the first of several. It
// is false when nothing was bad.
func (w Week) Worst() (begin slo.Minute, counts slo.Counts, found bool) {
	share := new(big.Rat)
	for i, hour := range w.Hours {
		if hour.Total <= 0 || hour.Bad <= 0 {
			continue
		}
		if bad := big.NewRat(hour.Bad, hour.Total); bad.Cmp(share) > 0 {
			begin, counts, found, share = w.Start+slo.Minute(i)*HourMinutes, hour, true, bad
		}
	}
	return begin, counts, found
}

// Share writes the good share of some counts as a percentage. It is cut and never
// rounded, so that 100% means that nothing was bad: 99.9987% is 99.99%.
func Share(counts slo.Counts) string {
	if counts.Total <= 0 {
		return "–"
	}
	return shareOf(float64(counts.Bad) / float64(counts.Total))
}

// shareOf writes what an error ratio leaves.
func shareOf(bad float64) string {
	parts := int64(math.Floor((1-bad)*10_000 + 1e-9))
	if bad > 0 {
		parts = min(parts, 9_999)
	}
	return strconv.FormatFloat(float64(max(parts, 0))/100, 'f', -1, 64) + "%"
}

// composed is the error ratio of a series of steps, of which those without events say
// nothing. It is false when none has any.
func composed(weeks []Week) (bad float64, found bool) {
	sum := 0.0
	for _, w := range weeks {
		if counts := w.Sum(); counts.Total > 0 {
			sum += math.Log1p(-float64(counts.Bad) / float64(counts.Total))
			found = true
		}
	}
	return -math.Expm1(sum), found
}

// Composed writes the good share of a series of steps; "–" without any event.
func Composed(weeks []Week) string {
	bad, found := composed(weeks)
	if !found {
		return "–"
	}
	return shareOf(bad)
}

// ladder are the targets that people choose among, in hundredths of a percent.
func ladder() []int64 {
	return []int64{9_999, 9_995, 9_990, 9_980, 9_950, 9_900, 9_800, 9_700, 9_500, 9_000, 8_000, 7_000, 6_000, 5_000}
}

const (
	// fewest is how many bad events a target should allow: with fewer, chance
	// breaks it.
	fewest = 10
	// spent is how much of its budget the last days may have spent: a team that
	// misses its target from the first day learns to ignore it.
	spent = 0.8
)

// Suggest proposes a target for a series of steps over a window: the highest of the usual
// ones that the last days met with a fifth of the budget left, and that allows ten bad
// events in the step with the fewest. It is false when there is nothing to go by, or when
// less than half was good: then the SLI is rather wrong than the service.
func Suggest(weeks []Week, window slo.Minute) (target string, found bool) {
	bad, found := composed(weeks)
	if !found {
		return "", false
	}
	events := math.Inf(1) // in the window, at the rate of the last days
	for _, w := range weeks {
		if n := w.Total(); n > 0 {
			events = min(events, float64(n)/float64(len(w.Hours))*float64(window/HourMinutes))
		}
	}
	usual := ladder()
	i := slices.IndexFunc(usual, func(good int64) bool {
		allowed := float64(10_000-good) / 10_000
		return bad < spent*allowed && allowed*events >= fewest
	})
	if i < 0 && bad < 0.5 {
		i = len(usual) - 1 // there are too few events for a stricter one
	}
	if i < 0 {
		return "", false
	}
	return strconv.FormatFloat(float64(usual[i])/100, 'f', -1, 64) + "%", true
}
