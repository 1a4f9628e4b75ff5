package alert

import (
	"cmp"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// noData judges the noData alert. It holds while no minute was measured in the
// time that the policy says, and some were before: what was never measured is
// new, or misspelt, and an alert would say neither. It also holds when what is
// measured ends with the same minute for that time, by the instants of snapshots,
// and for the length of a slice more, in which it may.
// Of a composed journey, one step is enough. It resolves once something was
// measured again for the hold.
func (a *advance) noData(s *burnrate.Status, o *burnrate.Objective) {
	policy := o.Alerts.NoData
	if policy == nil {
		return
	}
	stands := a.stands(s.ID, o) >= policy.After+time.Duration(o.Silence.Every)*time.Minute && (o.Silence.Before || o.Silence.Measured > 0)
	key, holds := Key{s.ID, o.Name, NoData, policy.Severity}, stands || o.Silence.Measured == 0 && o.Silence.Before
	if _, fires := a.fired[key]; !holds && !fires {
		return // nearly always
	}
	c := conditionOf(s, o, NoData, policy.Severity)
	c.holds, c.known, c.instant = holds, o.Silence.Measured > 0, stands
	c.vouches = minutes(policy.After)
	c.definition = slo.FormatDuration(policy.After)
	c.why.Silent = &Silent{After: c.definition, Measured: o.Silence.Measured}
	if stands {
		c.why.Silent.Until = c.end.Time()
	}
	c.under.sources = a.sourcesOf(s)
	a.judge(&c)
}

// behind is from how many minutes on an end is looked at whether it moves. Those
// of most are never so late.
const behind = 10

// stood returns what stood still up to the states. The time since they were made
// counts as far as somebody looked: what was not running saw nothing stand.
func stood(states States, at time.Time) []Still {
	pause := at.Sub(states.At) - lookedAt*time.Minute
	list := slices.Clone(states.Still)
	for i := range list {
		if pause > 0 {
			list[i].Since = list[i].Since.Add(pause)
		}
		list[i].Since = earlier(list[i].Since, at)
	}
	return list
}

// stands returns for how long an objective is measured up to the same minute, and
// remembers it. It is asked in the order of the snapshot.
func (a *advance) stands(id string, o *burnrate.Objective) time.Duration {
	end := o.Window.Span.End
	if slo.MinuteAt(a.at)-end < behind {
		return 0
	}
	still := Still{ID: id, Objective: o.Name, End: end, Since: a.at}
	at, found := slices.BinarySearchFunc(a.stood, id, func(s Still, id string) int { return cmp.Compare(s.ID, id) })
	for ; found && at < len(a.stood) && a.stood[at].ID == id; at++ {
		if a.stood[at].Objective == o.Name && a.stood[at].End == end {
			still.Since = a.stood[at].Since
		}
	}
	a.still = append(a.still, still)
	return a.at.Sub(still.Since)
}
