package backtest

import (
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// evidenceOf returns the minutes that people are told something for: that which an
// alert is about lies in them, at least in part.
//
//   - A burn alert looks at the short window of its tier with the highest factor: one
//     that fires at 03:49 with a lag of 3m and a window of 5m has 03:41 to 03:46.
//   - A budget alert is about what spent it last, in the shortest of these windows.
//   - noTraffic and noData look at the time after which they fire; what is measured up
//     to the same minute ever since, at the time from then on.
//   - An alert about a source that fails looks at the time since then, and one about an
//     empty source at the longest time of the noTraffic alerts that it stands for.
func evidenceOf(e *alert.Event, snapshot *burnrate.Snapshot) slo.Span {
	at := slo.MinuteAt(e.At)
	if e.Kind == alert.Source {
		if s := e.Why.Source; s.Down == alert.Fails {
			return slo.Span{Start: slo.MinuteAt(s.Since), End: at}
		}
		return emptyOf(snapshot, e.Why.Source.Name, at)
	}
	o := objectiveOf(snapshot, e.Key)
	if o == nil {
		return slo.Span{Start: at - 1, End: at}
	}
	end := o.Window.Span.End
	switch e.Kind {
	case alert.NoTraffic:
		return before(end, o.Alerts.NoTraffic.After)
	case alert.NoData:
		if until := e.Why.Silent.Until; !until.IsZero() {
			return slo.Span{Start: slo.MinuteAt(until), End: at}
		}
		return before(end, o.Alerts.NoData.After)
	case alert.Burn:
		if short, err := slo.ParseDuration(e.Why.Tiers[0].Short); err == nil {
			return before(end, short)
		}
	}
	return before(end, shortest(o))
}

// before returns the minutes of a length before an end.
func before(end slo.Minute, length time.Duration) slo.Span {
	return slo.Span{Start: end - slo.Minute(length/time.Minute), End: end}
}

// shortest returns the shortest short window of an objective's tiers, 5m without any.
func shortest(o *burnrate.Objective) time.Duration {
	short := 5 * time.Minute
	for i := range o.Tiers {
		if s := o.Tiers[i].Tier.Short; i == 0 || s < short {
			short = s
		}
	}
	return short
}

// emptyOf returns the minutes in which nothing happened of what a source measures.
func emptyOf(snapshot *burnrate.Snapshot, source string, at slo.Minute) slo.Span {
	end, longest := at, time.Minute
	for i := range snapshot.Statuses {
		s := &snapshot.Statuses[i]
		if s.Source != source {
			continue
		}
		for k := range s.Objectives {
			o := &s.Objectives[k]
			low := slices.ContainsFunc(o.Traffic, func(t burnrate.Traffic) bool { return t.State == burnrate.Low })
			if o.Alerts != nil && o.Alerts.NoTraffic != nil && low {
				end, longest = min(end, o.Window.Span.End), max(longest, o.Alerts.NoTraffic.After)
			}
		}
	}
	return before(end, longest)
}

// until returns up to when there is evidence of an alert whose condition holds. It goes
// on with the time where measurements do not: of a source, and of what is measured up
// to the same minute.
func (e *Episode) until(a *alert.Alert, at time.Time) slo.Minute {
	if a.Kind == alert.Source || a.Kind == alert.NoData && a.End == e.Evidence.Start {
		return slo.MinuteAt(at)
	}
	return a.End
}
