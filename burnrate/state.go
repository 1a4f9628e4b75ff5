package burnrate

import "github.com/slojourn/slojourn/slo"

// State says what a number rests on. The zero State is invalid.
type State string

// The states of an objective and of a window.
const (
	Measured  State = "measured"
	Partial   State = "partial"    // less than 99 % of the minutes were measured, or a step has no data
	NoTraffic State = "no-traffic" // measured, and nothing happened
	NoData    State = "no-data"
)

// Window is what was measured over one window.
type Window struct {
	Window     slo.Window
	Span       slo.Span
	Counts     slo.Counts // zero for composed journeys; thousandths of a weighted SLI
	Rows       slo.Counts // the events behind the counts, whatever they weigh
	Measured   int64      // minutes, the excluded ones among them
	Excluded   Excluded   // what the counts lack
	State      State
	ErrorRatio Ratio
}

// Coverage is the share of the window's minutes that were measured.
func (w Window) Coverage() float64 {
	if w.Span.Len() == 0 {
		return 0
	}
	return float64(w.Measured) / float64(w.Span.Len())
}

// sample is the window as tiers look at it.
func (w *Window) sample() Sample {
	return Sample{Counts: w.Counts, Rows: w.Rows, Measured: w.Measured, Minutes: w.Span.Len()}
}

// stateOf classifies counts by how many of minutes were measured.
func stateOf(total, measured, minutes int64) State {
	switch {
	case measured == 0:
		return NoData
	case measured*100 < minutes*99:
		return Partial
	case total == 0:
		return NoTraffic
	default:
		return Measured
	}
}
