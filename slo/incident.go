package slo

import (
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo/diag"
)

// Incident is a time in which something went wrong, as people know it: what alerts
// should have found, or should have kept quiet about.
type Incident struct {
	Name   string
	From   time.Time // when it began to hurt users
	To     time.Time // when it no longer did
	SLOs   []string  // patterns over ids, see [MatchID]; none stands for all
	Expect Severity  // what should have told; "" when nobody should have been told
	Note   string
	Origin diag.Span
	Places []diag.Span // of SLOs, in their order; none of incidents from elsewhere
}

// Span returns the minutes of the incident, rounded outward.
func (i *Incident) Span() Span {
	return Span{MinuteAt(i.From), MinuteAt(i.To.Add(time.Minute - time.Nanosecond))}
}

// Concerns reports whether an alert about an id may be about the incident. What
// concerns a step concerns its journey: steps are the ids of a journey's steps, which
// may be shared. What concerns a journey concerns its steps, journey/step, but no SLO
// that it shares with others, as with [Exclusion.Applies].
func (i *Incident) Concerns(id string, steps []string) bool {
	if len(i.SLOs) == 0 {
		return true
	}
	return covers(i.SLOs, id) || slices.ContainsFunc(i.SLOs, func(pattern string) bool { return matchesAny(pattern, steps) })
}

// CheckIncidents warns of patterns that match no id of a set, probably as one is
// misspelt: what is wrong then would seem to be found by nothing.
func CheckIncidents(set *Set, incidents []Incident) diag.List {
	ids := set.IDs()
	var list diag.List
	for i := range incidents {
		incident := &incidents[i]
		for k, pattern := range incident.SLOs {
			if matchesAny(pattern, ids) {
				continue
			}
			place := incident.Origin
			if k < len(incident.Places) {
				place = incident.Places[k]
			}
			list.Add(noMatch(pattern, place, ids))
		}
	}
	list.Sort()
	return list
}
