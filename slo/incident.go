package slo

import (
	"strings"
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
}

// Span is the minutes of the incident, rounded outward.
func (i *Incident) Span() Span {
	return Span{MinuteAt(i.From), MinuteAt(i.To.Add(time.Minute - time.Nanosecond))}
}

// Concerns reports whether an alert about an id may be about the incident. What
// concerns a step concerns its journey, and the other way round: steps are the ids of
// a journey's steps, which may be shared.
func (i *Incident) Concerns(id string, steps []string) bool {
	if len(i.SLOs) == 0 {
		return true
	}
	journey, _, isStep := strings.Cut(id, "/")
	for _, pattern := range i.SLOs {
		if MatchID(pattern, id) || isStep && MatchID(pattern, journey) {
			return true
		}
		for _, step := range steps {
			if MatchID(pattern, step) {
				return true
			}
		}
	}
	return false
}
