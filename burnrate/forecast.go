package burnrate

import (
	"math"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// TimeToSpend is how long an untouched budget lasts at a constant burn rate:
// period / burn rate. At 1,000, which is everything failing at 99.9 %, 30 days
// last 43m 12s. There is no such time at a burn rate of 0 or less, nor when it
// is longer than a hundred years.
func TimeToSpend(window slo.Window, burn float64) (time.Duration, bool) {
	return durationOf(float64(window.Minutes()) / burn)
}

// Outlook is what a forecast rests on. Allowed and Spent are in bad events; for
// a composed journey, which has none, in budgets: 1 and what was consumed.
type Outlook struct {
	Rolling bool
	Left    int64   // minutes until a calendar window ends, without those that are excluded; 0 for a rolling one
	Allowed float64 // the budget B of the window
	Spent   float64 // of it, so far
	Pace    float64 // what is spent in a minute, of late
	Burn    Ratio   // burn rate over the same time as Pace
}

// Forecast is what becomes of a budget when events go on failing as of late.
type Forecast struct {
	Exhausts   bool
	Exhaustion time.Duration // until it is spent, to the second; 0 when it is already
	Earliest   bool          // it is spent then at the earliest: a rolling window also forgets
	End        Budget        // at the end of a calendar window; zero for a rolling one
}

// NewForecast computes
//
//	exhaustion = (B - bad) / bad per minute
//
// It is 0 for a budget that is spent. There is none when a rolling window burns
// at 1 or less, as it forgets failures as fast as new ones come, nor when a
// calendar window ends before. Of 403.2 allowed failures, 3.2 happened; with 2
// a minute of late the rest lasts 200 minutes.
//
// A calendar window ends with Spent + Pace × Left: 24 minutes before its end
// the same budget will be at (3.2 + 2 × 24) / 403.2 = 12.7 %.
func NewForecast(o Outlook) Forecast {
	f := Forecast{Earliest: o.Rolling}
	if !o.Rolling {
		f.End = budgetOf(o.Spent+o.Pace*float64(o.Left), o.Allowed)
	}
	if o.Allowed <= 0 {
		return f
	}
	if o.Spent >= o.Allowed {
		f.Exhausts, f.Earliest = true, false
		return f
	}
	burn, known := o.Burn.Value()
	minutes := (o.Allowed - o.Spent) / o.Pace
	if o.Rolling && (!known || burn <= 1) || !o.Rolling && minutes > float64(o.Left) {
		return f
	}
	f.Exhaustion, f.Exhausts = durationOf(minutes)
	return f
}

// durationOf makes a duration of minutes, cut to the second, and reports whether
// it is one: positive and no longer than a hundred years.
func durationOf(minutes float64) (time.Duration, bool) {
	if math.IsNaN(minutes) || minutes <= 0 || minutes > slo.MaxDuration {
		return 0, false
	}
	return time.Duration(minutes*60) * time.Second, true
}

// forecast says what becomes of the budget of an objective. It goes on with the
// long window of the firing tier with the highest factor, or else with the last
// 3d, or with the objective's own length where that is shorter.
func (v *view) forecast(o *judged, result *Objective) Forecast {
	recent := o.pacing(result.Tiers)
	w := v.burnWindow(recent)
	outlook := Outlook{Rolling: !o.Window.IsCalendar(), Left: v.left(o.window), Burn: BurnRate(w.Counts, o.Target)}
	outlook.Allowed, _ = result.Budget.Allowed.Value()
	outlook.Spent = float64(result.Window.Counts.Bad)
	if w.Measured > 0 {
		outlook.Pace = float64(w.Counts.Bad) / float64(w.Measured)
	}
	return v.delayed(NewForecast(outlook), o)
}

// left returns how many minutes of a window are to come in which failures
// count.
func (v *view) left(window int) int64 {
	after := slo.Span{Start: v.end, End: v.around[window].End}
	return after.Len() - v.excluded.minutes(after)
}

// delayed puts off a forecast over a calendar window by the time in between in
// which failures do not count. For a rolling window, which has no end to look
// ahead to, it is the earliest time in any case.
func (v *view) delayed(f Forecast, o *judged) Forecast {
	if f.Exhausts && o.Window.IsCalendar() && !v.excluded.none() {
		f.Exhaustion = v.excluded.delay(slo.Span{Start: v.end, End: v.around[o.window].End}, f.Exhaustion)
	}
	return f
}

// composedForecast is the forecast of a composed journey, whose burn rate
// spends it all in the minutes of the window that count. Of steps that lack
// different ones it takes the least, and for those to come the most, so that it
// is not too good.
func composedForecast(j *slo.Journey, steps []*view, o *judged, result *Objective) Forecast {
	if len(steps) == 0 || !result.Budget.Consumed.Defined() {
		return NewForecast(Outlook{Rolling: !o.Window.IsCalendar()})
	}
	recent := o.pacing(result.Tiers)
	w := composeWindow(j, recent, steps, burnWindows(steps, recent))
	outlook := Outlook{
		Rolling: !o.Window.IsCalendar(), Allowed: 1, Burn: burnRateOf(w.ErrorRatio, o.Target),
	}
	outlook.Spent, _ = result.Budget.Consumed.Value()
	kept, busiest := steps[0].kept(o.window), steps[0]
	for _, v := range steps {
		kept = min(kept, v.kept(o.window))
		if v.left(o.window) > busiest.left(o.window) {
			busiest = v
		}
	}
	outlook.Left = busiest.left(o.window)
	if burn, known := outlook.Burn.Value(); known && kept > 0 {
		outlook.Pace = burn / float64(kept)
	}
	return busiest.delayed(NewForecast(outlook), o)
}
