package burnrate

import (
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// What is usual is the median of the same clock time on some days before. Where less
// came at that time both one and two weeks before, it is the larger of these: what
// nobody uses at weekends is not gone on Saturday, and what was gone once, a week ago,
// is missed all the same. A day counts when nine tenths of that time were measured and
// none of it was excluded.
const (
	minutesOfDay = 24 * 60
	trafficDays  = 7  // that are looked at
	fewestDays   = 3  // that have to count
	fewestUsual  = 50 // events that are usual, of which too few can be told from chance
)

// Traffic is how many events came in the time after which noTraffic of an alert
// policy fires, beside what is usual then. Events are counted whatever they weigh,
// and days are of 24 hours: where clocks are changed, what is usual is an hour off
// for some days.
type Traffic struct {
	ID       string // whose events: those of a composed journey are of its steps
	Window   slo.Window
	State    TrafficState
	Events   int64
	Measured int64 // minutes of Window that were measured and are not excluded
	Excluded int64 // minutes of it that are
	Usual    int64 // events in the same time of the days before; 0 without a day
	Days     int   // of the last 7 that count

	// Stopped says that there are too few events in the shortest window of the
	// policy, too, or that State is Low. What stops at once is Low within some
	// minutes, the sooner the more is usual.
	Stopped bool
}

// Judged reports whether enough is known of the days before to fire on.
func (t *Traffic) Judged() bool {
	return t.State != Unclear && t.Days >= fewestDays && t.Usual >= fewestUsual
}

// TrafficState says what is known of traffic. The zero TrafficState is invalid.
type TrafficState string

// The states of traffic.
const (
	Flowing TrafficState = "flowing" // as much as the policy asks for, and some
	Low     TrafficState = "low"     // less than the policy's share of what is usual
	Unclear TrafficState = "unclear" // not enough was measured, or little is usual
)

// flow is what came in the minutes of a window that were measured and are not
// excluded.
type flow struct{ events, minutes int64 }

// flows are those of one length: up to the end, one to seven days before, and two
// weeks before, see [daysBefore].
type flows [2 + trafficDays]flow

// daysBefore returns how many days before the end a flow of some ends.
func daysBefore(flow int) int {
	if flow > trafficDays {
		return 2 * trafficDays
	}
	return flow
}

func flowOf(r *Row, effect slo.Effect) flow {
	if effect != "" || !r.Countable() {
		return flow{}
	}
	return flow{r.Rows.Total, 1}
}

func (f *flow) add(g flow) {
	f.events += g.events
	f.minutes += g.minutes
}

func (f *flow) remove(g flow) {
	f.events -= g.events
	f.minutes -= g.minutes
}

// measured reports whether nine tenths of so many minutes were.
func (f *flow) measured(minutes int64) bool { return 10*f.minutes >= 9*minutes }

// flowSpan is the time of a flow of so many minutes.
func (v *view) flowSpan(minutes int64, flow int) slo.Span {
	end := v.end - slo.Minute(daysBefore(flow)*minutesOfDay)
	return slo.Span{Start: end - slo.Minute(minutes), End: end}
}

// fillFlows sums the flows from a series.
func (v *view) fillFlows(s Series) {
	v.flows = make([]flows, len(v.shape.windows.flows))
	for i, minutes := range v.shape.windows.flows {
		for k := range v.flows[i] {
			span := v.flowSpan(minutes, k)
			sum := s.Sum(span)
			for _, excluded := range []spans{v.excluded.drop, v.excluded.good} {
				for _, part := range excluded.touching(span) {
					sum = sum.sub(s.Sum(part))
				}
			}
			v.flows[i][k] = flow{sum.Rows.Total, sum.Minutes}
		}
	}
}

// correctFlows replaces what came in a minute.
func (v *view) correctFlows(minute slo.Minute, before, after *Row, effect slo.Effect) {
	for i, minutes := range v.shape.windows.flows {
		for k := range v.flows[i] {
			if span := v.flowSpan(minutes, k); span.Start <= minute && minute < span.End {
				v.flows[i][k].remove(flowOf(before, effect))
				v.flows[i][k].add(flowOf(after, effect))
			}
		}
	}
}

// usual returns what is usual, and how many of the last 7 days count.
func (f *flows) usual(minutes int64) (events int64, days int) {
	var counting [trafficDays]int64
	for i := range trafficDays {
		if day := &f[1+i]; day.measured(minutes) {
			counting[days] = day.events
			days++
		}
	}
	if days == 0 {
		return 0, 0
	}
	slices.Sort(counting[:days])
	events = (counting[(days-1)/2] + counting[days/2]) / 2
	if one, two := &f[trafficDays], &f[trafficDays+1]; one.measured(minutes) && two.measured(minutes) {
		events = min(events, max(one.events, two.events))
	}
	return events, days
}

// traffic judges the flows of a view, which has some, for an objective.
func (v *view) traffic(t *Traffic, o *judged) {
	minutes, f := v.shape.windows.flows[o.flow], &v.flows[o.flow]
	*t = Traffic{ID: v.id, Window: slo.Rolling(minutes), State: Unclear, Events: f[0].events, Measured: f[0].minutes}
	if !v.excluded.none() {
		t.Excluded = v.excluded.minutes(v.flowSpan(minutes, 0))
	}
	t.Usual, t.Days = f.usual(minutes)
	if !f[0].measured(minutes) {
		return
	}
	low := o.share.above(slo.Counts{Bad: t.Events, Total: t.Usual})
	switch {
	case t.Events > 0 && !low:
		t.State = Flowing
	case low && t.Days >= fewestDays && t.Usual >= fewestUsual:
		t.State, t.Stopped = Low, true
	}
	if t.State != Flowing || !t.Judged() {
		return
	}
	latest := v.shape.windows.list[o.burn[0]].Minutes()
	sum := &v.tallies.all[o.burn[0]]
	t.Stopped = latest <= minutes && sum.Minutes == latest &&
		o.share.above(slo.Counts{Bad: sum.Rows.Total * minutes, Total: t.Usual * latest})
}
