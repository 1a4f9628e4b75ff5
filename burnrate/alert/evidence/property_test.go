package evidence_test

import (
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// drawHistory strings together stretches in which nothing is measured, nothing
// happens, or something fails to some degree.
func drawHistory(t *rapid.T) []burnrate.Row {
	var history []burnrate.Row
	for range rapid.IntRange(1, 8).Draw(t, "stretches") {
		total := rapid.SampledFrom([]int64{1, 3, 100, 10_000}).Draw(t, "total")
		ratio := rapid.SampledFrom([]float64{0, 0, 0.001, 0.0056, 0.006, 0.0135, 0.1, 0.1, 1, 1}).Draw(t, "errors")
		kind := rapid.SampledFrom([]string{"constant", "constant", "constant", "rare", "silent", "gap"}).Draw(t, "kind")
		for i := range rapid.SampledFrom([]int{1, 7, 30, 60, 100, 200}).Draw(t, "minutes") {
			switch {
			case kind == "gap":
				history = append(history, burnrate.Row{})
			case kind == "silent", kind == "rare" && i%9 > 0:
				history = append(history, burnrate.Counted(slo.Counts{}))
			default:
				history = append(history, burnrate.Counted(slo.Counts{Total: total, Bad: int64(ratio*float64(total) + 0.5)}))
			}
		}
	}
	return history
}

// above adds up a window of a history, and says whether at least half of it was
// measured and it burns above the factor of a tier, in fractions.
func above(history []burnrate.Row, o slo.Objective, tier slo.Tier, window time.Duration) bool {
	minutes := int(window / time.Minute)
	var sum slo.Counts
	measured := 0
	for _, row := range history[max(0, len(history)-minutes):] {
		if row.Measured {
			measured++
			sum = sum.Add(row.Counts)
		}
	}
	if 2*measured < minutes || sum.Total == 0 {
		return false
	}
	burn := new(big.Rat).Quo(big.NewRat(sum.Bad, sum.Total), o.Target.AllowedRat())
	return burn.Cmp(tier.Factor(o.Window)) > 0
}

// TestBothWindows expects of random histories that whenever a burn alert fires,
// both windows of each tier that it names burn above its factor; and, without a
// guard, that it fires in every minute in which those of a tier do.
func TestBothWindows(t *testing.T) {
	t.Parallel()
	fired := 0
	rapid.Check(t, func(r *rapid.T) {
		guard := rapid.Bool().Draw(r, "guard")
		o := judged{slo.Rolling(28 * 1440), guard}.objective(targetOf(t, "99.9%"))
		e := newEngine(t, o)
		history := drawHistory(r)
		for i, row := range history {
			e.minute(t, row)
			for _, event := range e.events {
				if event.Kind != alert.Burn || event.Change != alert.Firing {
					continue
				}
				fired++
				for _, said := range event.Why.Tiers {
					for _, tier := range o.Alerts.Tiers {
						named := tier.Windows() == said.Long+"/"+said.Short
						if named && !(above(history[:i+1], o, tier, tier.Long) && above(history[:i+1], o, tier, tier.Short)) {
							r.Fatalf("minute %d: %s fires by %s, of which one does not burn above the factor", i+1, event.Key, tier.Windows())
						}
					}
				}
			}
			for _, tier := range o.Alerts.Tiers {
				if !guard && above(history[:i+1], o, tier, tier.Long) && above(history[:i+1], o, tier, tier.Short) && !e.fires(idOf(0), tier.Severity) {
					r.Fatalf("minute %d: %s burns above the factor, and no %s fires", i+1, tier.Windows(), tier.Severity)
				}
			}
		}
	})
	if fired == 0 {
		t.Error("nothing fired, which says little")
	}
}

// TestSilence lets an outage go on until everything fires, and then nothing is
// measured, nobody comes, or the source has no newer minutes, in turns. Nothing of
// that is a recovery: what fires goes on for a day. Then it is closed, at the
// latest a day after the last failure has left the short window.
func TestSilence(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		guard := rapid.Bool().Draw(r, "guard")
		o := judged{slo.Rolling(28 * 1440), guard}.objective(targetOf(t, "99.9%"))
		if rapid.Bool().Draw(r, "short hold") { // shorter than what half of a short window takes to become a gap
			o.Alerts.Hold = slo.Hold{Page: 5 * time.Minute, Ticket: 20 * time.Minute}
		}
		e := newEngine(t, o)
		total := rapid.SampledFrom([]int64{1, 10, 10_000}).Draw(r, "total")
		for range 1440 {
			e.measure(t, []burnrate.Row{burnrate.Counted(slo.Counts{Total: total})})
		}
		for range rapid.IntRange(6*60, 7*60).Draw(r, "outage") {
			bad := rapid.Int64Range((total+9)/10, total).Draw(r, "bad")
			e.measure(t, []burnrate.Row{burnrate.Counted(slo.Counts{Total: total, Bad: bad})})
		}
		e.judge()
		for passed := int64(0); passed < 1440+6*60+1; {
			kind := rapid.SampledFrom([]string{"gap", "silent", "stuck"}).Draw(r, "kind")
			step := rapid.SampledFrom([]int64{1, 7, 30}).Draw(r, "step")
			for range rapid.IntRange(1, 100).Draw(r, "steps") {
				for range step {
					switch kind {
					case "gap":
						e.measure(t, []burnrate.Row{{}})
					case "silent":
						e.measure(t, []burnrate.Row{burnrate.Counted(slo.Counts{})})
					}
				}
				e.judgeAfter(step)
				passed += step
				for severity, short := range map[slo.Severity]int64{slo.Page: 30, slo.Ticket: 6 * 60} {
					fires := e.fires(idOf(0), severity)
					if passed < 1440 && !fires {
						r.Fatalf("after %d minutes without evidence no %s fires any more", passed, severity)
					}
					if passed > 1440+short+stuck(e)+step && fires {
						r.Fatalf("after %d minutes without evidence the %s still fires", passed, severity)
					}
				}
				for _, event := range e.events {
					if event.Kind == alert.Burn && event.Change == alert.Resolved && event.Reason != alert.Unknown {
						r.Fatalf("after %d minutes without evidence %s resolves as %s", passed, event.Key, event.Reason)
					}
				}
			}
		}
	})
}

// stuck is for how long the source had no newer minutes: it holds off what leaves
// windows.
func stuck(e *engine) int64 { return int64(e.at) - int64(len(e.rows)) }
