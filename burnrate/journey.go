package burnrate

import (
	"math"

	"github.com/slojourn/slojourn/slo"
)

// composeSeries gives the error ratio of a journey whose steps are passed one
// after the other:
//
//	E = 1 - Π (1 - e)  =  -expm1(Σ log1p(-e))
//
// It assumes that every user passes every step once and that failures are
// independent. Steps with 1 % and 2 % errors make 2.98 %. Steps without an
// error ratio are left out; without any, the result is undefined.
func composeSeries(steps []Ratio) Ratio {
	sum, known := 0.0, false
	for _, e := range steps {
		if e.defined {
			sum += math.Log1p(-e.value)
			known = true
		}
	}
	if !known {
		return Ratio{}
	}
	return RatioOf(0 - math.Expm1(sum)) // not -Expm1, which makes a negative zero
}

// attributeSeries says how much of a journey's error each step caused, by
// log1p(-e), which adds up over steps. Steps that failed completely share all
// of it equally. Everything is undefined when nothing failed.
func attributeSeries(steps []Ratio) []Ratio {
	shares := make([]Ratio, len(steps))
	sum, failed := 0.0, 0
	for _, e := range steps {
		switch {
		case e.defined && e.value == 1:
			failed++
		case e.defined:
			sum += math.Log1p(-e.value)
		}
	}
	for i, e := range steps {
		switch {
		case !e.defined:
		case failed > 0 && e.value == 1:
			shares[i] = RatioOf(1 / float64(failed))
		case failed > 0:
			shares[i] = RatioOf(0)
		case sum != 0:
			shares[i] = RatioOf(math.Log1p(-e.value) / sum)
		}
	}
	if failed == 0 && sum == 0 {
		return make([]Ratio, len(steps))
	}
	return shares
}

// Share is one step's part in a journey.
type Share struct {
	Step   string // name of the step
	ID     string // of its SLO
	Window Window // the step over the journey's window
	Ratio  Ratio  // of the journey's error
}

// composeWindow composes the steps over one window of the journey. A journey
// is covered as far as its least covered step, and a step without data makes
// it partial.
func composeWindow(window slo.Window, end slo.Minute, steps []Window) Window {
	w := Window{Window: window, Span: window.Ending(end)}
	w.Measured = w.Span.Len()
	ratios := make([]Ratio, len(steps))
	counted, traffic, silent := 0, false, false
	for i, step := range steps {
		w.Measured = min(w.Measured, step.Measured)
		ratios[i] = step.ErrorRatio
		if step.State == NoData {
			silent = true
			continue
		}
		counted++
		traffic = traffic || step.Counts.Total > 0
	}
	w.ErrorRatio = composeSeries(ratios)
	switch {
	case counted == 0:
		w.State, w.Measured = NoData, 0
	case silent || w.Measured*100 < w.Span.Len()*99:
		w.State = Partial
	case !traffic:
		w.State = NoTraffic
	default:
		w.State = Measured
	}
	return w
}
