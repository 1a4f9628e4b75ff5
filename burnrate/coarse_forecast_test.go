package burnrate_test

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// forecast goes on with the failures of minutes from a budget with coarse hours.
func (s *scratch) forecast(t *rapid.T, id string, o burnrate.Objective) burnrate.Forecast {
	w, end := o.Window.Window, o.Window.Span.End
	outlook := burnrate.Outlook{Rolling: !w.IsCalendar()}
	seen := s.seenBy(id)
	if o.Composed && (len(seen) == 0 || !o.Budget.Consumed.Defined()) {
		return burnrate.NewForecast(outlook)
	}
	recent := s.recent(t, id, o)
	outlook.Burn = recent.BurnRate
	whole, kept, holds := w.Around(end), int64(1<<60), []slo.Effect(nil)
	outlook.Left = -1
	for _, step := range seen {
		dropped, left := int64(0), int64(0)
		all := effects(s.set, id, step, whole)
		for at, effect := range all {
			if effect == slo.Drop {
				dropped++
			}
			if whole.Start+slo.Minute(at) >= end && effect == "" {
				left++
			}
		}
		kept = min(kept, whole.Len()-dropped)
		if left > outlook.Left {
			outlook.Left, holds = left, all[end-whole.Start:]
		}
	}
	if o.Composed {
		outlook.Allowed = 1
		outlook.Spent, _ = o.Budget.Consumed.Value()
		if burn, known := outlook.Burn.Value(); known && kept > 0 {
			outlook.Pace = burn / float64(kept)
		}
	} else {
		outlook.Allowed, _ = o.Budget.Allowed.Value()
		outlook.Spent = float64(o.Window.Counts.Bad)
		if recent.Window.Measured > 0 {
			outlook.Pace = float64(recent.Window.Counts.Bad) / float64(recent.Window.Measured)
		}
	}
	f := burnrate.NewForecast(outlook)
	if f.Exhausts && w.IsCalendar() && f.Exhaustion > 0 {
		f.Exhaustion = putOff(f.Exhaustion, holds)
	}
	return f
}

// recent is what minutes say of the time that a forecast goes on with: that of
// an objective over this time, when all that is excluded counts as good.
func (s *scratch) recent(t *rapid.T, id string, o burnrate.Objective) burnrate.Objective {
	window := slo.Rolling(min(3*24*60, o.Window.Window.Minutes()))
	if i := slices.IndexFunc(o.Tiers, func(j burnrate.Judgement) bool { return j.Verdict == burnrate.Fires }); i >= 0 {
		window = slo.Rolling(int64(o.Tiers[i].Tier.Long / time.Minute))
	}
	objectives := []slo.Objective{{Name: "recent", Target: o.Target, Window: window}}
	set := &slo.Set{}
	for _, x := range s.set.SLOs {
		other := *x
		other.Objectives = objectives
		set.SLOs = append(set.SLOs, &other)
	}
	j := *s.set.Journeys[0]
	j.Objectives = objectives
	set.Journeys = []*slo.Journey{&j}
	for _, e := range s.set.Exclusions {
		good := *e
		good.Effect = slo.CountAsGood
		set.Exclusions = append(set.Exclusions, &good)
	}
	return s.with(t, id, set, 0, map[slo.Minute]burnrate.Sum{})[id].Objectives[0]
}

// putOff waits until so much time has passed that is not excluded.
func putOff(d time.Duration, effects []slo.Effect) time.Duration {
	total := time.Duration(0)
	for _, effect := range effects {
		switch {
		case effect != "":
			total += time.Minute
		case d <= time.Minute:
			return total + d
		default:
			d, total = d-time.Minute, total+time.Minute
		}
	}
	return total + d
}
