package slo

import (
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo/diag"
)

// Exclusion is agreed time that does not count. It holds once, from From to
// To, or again and again as Repeat says, the first time at From.
type Exclusion struct {
	Name       string
	Title      string
	SLOs       []string // patterns over ids, see [Exclusion.Applies]
	Owner      string   // excludes for everything this team owns; SLOs is then empty
	From       time.Time
	To         time.Time // zero when it repeats
	Repeat     *Repeat
	Effect     Effect
	Reason     string
	ApprovedBy string
	Origin     diag.Span
}

// Repeat says when an exclusion holds again.
type Repeat struct {
	Rule     Rule
	Duration time.Duration
	Zone     *time.Location
}

// Effect says what an exclusion does to the minutes it holds. The zero Effect
// is invalid.
type Effect string

// The effects of an exclusion.
const (
	Drop        Effect = "drop" // the minutes are not part of any budget
	CountAsGood Effect = "good" // the events count and none of them is bad
)

// Applies reports whether the exclusion is about something of the given id and
// owner. A pattern that matches a journey covers its steps, journey/step, since
// a composed journey has no events of its own. It does not cover an SLO that the
// journey shares with others: that has an id of its own.
func (e *Exclusion) Applies(id, owner string) bool {
	if e.Owner != "" {
		return e.Owner == owner
	}
	return covers(e.SLOs, id)
}

// covers reports whether one of the patterns matches an id, or the journey of a step.
func covers(patterns []string, id string) bool {
	journey, _, isStep := CutID(id)
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		return MatchID(pattern, id) || isStep && MatchID(pattern, journey)
	})
}

// Spans returns the times at which the exclusion holds that have a minute
// within a span, in order. Their ends are rounded outward to whole minutes.
func (e *Exclusion) Spans(within Span) []Span {
	var spans []Span
	add := func(from, to time.Time) {
		span := Span{MinuteAt(from), MinuteAt(to.Add(time.Minute - time.Nanosecond))}
		if span.Intersect(within).Len() > 0 {
			spans = append(spans, span)
		}
	}
	if e.Repeat == nil {
		add(e.From, e.To)
		return spans
	}
	after := within.Start.Time().Add(-e.Repeat.Duration - time.Minute)
	for _, from := range e.Repeat.Rule.between(e.From, after, within.End.Time(), e.Repeat.Zone) {
		add(from, from.Add(e.Repeat.Duration))
	}
	return spans
}

// CutID takes the id of a step apart, which is journey/step. Of other ids, journey is the
// whole.
func CutID(id string) (journey, step string, isStep bool) { return strings.Cut(id, "/") }

// MatchID reports whether an id matches a pattern in which * stands for any
// number of characters, also for the slash between a journey and its step.
func MatchID(pattern, id string) bool {
	first, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == id
	}
	id, found := strings.CutPrefix(id, first)
	if !found {
		return false
	}
	// Each part is taken where it first stands, the last one at the end.
	parts := strings.Split(rest, "*")
	last := parts[len(parts)-1]
	for _, part := range parts[:len(parts)-1] {
		_, after, ok := strings.Cut(id, part)
		if !ok {
			return false
		}
		id = after
	}
	return strings.HasSuffix(id, last)
}
