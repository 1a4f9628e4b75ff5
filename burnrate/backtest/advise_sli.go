package backtest

import "github.com/slojourn/slojourn/slo"

// sli says what is wrong with the SLI of an objective, once for all objectives of its
// id, and returns the kind of that, "" for nothing. A composed journey has none.
func (a *adviser) sli(o *Objective, histories []history) AdviceKind {
	if o.Composed || len(histories) == 0 {
		return ""
	}
	// The windows hold the same events. The one whose periods reach back furthest says
	// how many.
	var most sums
	bad := o.Counts.Bad > 0
	for _, h := range histories {
		s := h.sums()
		bad = bad || s.counts.Bad > 0
		if s.minutes > most.minutes {
			most = s
		}
	}
	for i := range o.Tiers {
		highest, _ := o.Tiers[i].Highest.Value()
		bad = bad || highest > 0
	}
	kind := most.lacks(bad)
	if kind == "" || a.said[o.ID] {
		return kind
	}
	a.said[o.ID] = true
	advice := Advice{Kind: kind, ID: o.ID, Owner: o.Owner, Minutes: most.minutes}
	if kind != SLIWithoutEvents {
		advice.Events = slo.FormatCount(most.counts.Total, o.Unit)
	}
	a.add(advice)
	return kind
}

// sums is what periods hold together.
type sums struct {
	counts  slo.Counts
	events  int64
	minutes int64
}

func (h *history) sums() (s sums) {
	for _, p := range h.periods {
		s = sums{s.counts.Add(p.Counts), s.events + p.Events, s.minutes + p.Measured}
	}
	return s
}

// lacks says what an SLI never had, "" for nothing. bad says whether anything was bad
// in any part of the history.
func (s *sums) lacks(bad bool) AdviceKind {
	switch {
	case s.events == 0 && s.minutes >= enoughSLI:
		return SLIWithoutEvents
	case s.events >= enoughBad && s.minutes >= enoughSLI && s.counts.Bad == s.counts.Total:
		return SLIWithoutGood
	case !bad && (s.minutes >= alwaysEnough || s.events >= enoughGood && s.minutes >= weekMinutes):
		return SLIWithoutBad
	}
	return ""
}
