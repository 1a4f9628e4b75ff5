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
	Counts     slo.Counts // zero for composed journeys
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

// BurnWindows returns the windows that burn rates are shown for when no alert
// policy names others.
func BurnWindows() []slo.Window {
	return []slo.Window{
		slo.Rolling(5), slo.Rolling(30), slo.Rolling(60), slo.Rolling(2 * 60),
		slo.Rolling(6 * 60), slo.Rolling(24 * 60), slo.Rolling(3 * 24 * 60),
	}
}
