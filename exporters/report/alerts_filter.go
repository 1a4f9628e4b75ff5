package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// AlertFilter says which alerts are asked for: those that have one of the values
// of each list. An empty list takes all.
type AlertFilter struct {
	IDs        []string // patterns, see [slo.MatchID]
	Owners     []string
	Kinds      []string      // of [AlertKinds]
	Severities []string      // of [AlertSeverities]
	States     []string      // of [AlertStates]
	Since      time.Duration // how long ago something may be over; 0 for any time
}

// AlertKinds returns all kinds of alerts that there can be in a document.
func AlertKinds() []string {
	var words []string
	for _, k := range []alert.Kind{alert.Burn, alert.Budget, alert.NoTraffic, alert.NoData, alert.Source, alert.Missed, alert.Test} {
		words = append(words, string(k))
	}
	return words
}

// AlertSeverities returns all severities.
func AlertSeverities() []string { return []string{string(slo.Page), string(slo.Ticket)} }

// The parts of a document.
const (
	stateFiring      = "firing"
	stateHeld        = "held"
	statePast        = "past"
	stateUndelivered = "undelivered"
)

// AlertStates returns the parts of a document.
func AlertStates() []string { return []string{stateFiring, stateHeld, statePast, stateUndelivered} }

// Filter returns the part of the document that is asked for. Errors are those
// about the ids that are: of others it is not known what they would fire.
func (a Alerts) Filter(f AlertFilter) Alerts {
	part := a
	takes := func(k alert.Key, owner string) bool {
		return f.takesID(k.ID) && wanted(f.Owners, owner) && wanted(f.Kinds, string(k.Kind)) && wanted(f.Severities, string(k.Severity))
	}
	past := func(at time.Time) bool { return f.Since == 0 || !at.Before(a.At.Add(-f.Since)) }
	part.Firing = chosen(a.Firing, f.asks(stateFiring), func(e Episode) bool { return takes(e.Key, e.Labels.Owner) })
	part.Held = chosen(a.Held, f.asks(stateHeld), func(r heldRecord) bool { return takes(r.Key, r.Owner) })
	part.Past = chosen(a.Past, f.asks(statePast), func(e Episode) bool { return takes(e.Key, e.Labels.Owner) && past(e.last()) })
	part.Undelivered = chosen(a.Undelivered, f.asks(stateUndelivered), func(l letterEntry) bool {
		return takes(l.Key, l.Owner) && (l.DeadAt == nil || past(*l.DeadAt))
	})
	part.Errors = chosen(a.Errors, true, func(r remark) bool { return f.takesID(r.ID) })
	return part
}

func (f AlertFilter) takesID(id string) bool {
	return len(f.IDs) == 0 || slices.ContainsFunc(f.IDs, func(pattern string) bool { return slo.MatchID(pattern, id) })
}

// asks reports whether a part of the document is asked for.
func (f AlertFilter) asks(state string) bool { return wanted(f.States, state) }

func wanted(words []string, word string) bool { return len(words) == 0 || slices.Contains(words, word) }

// chosen returns the items that are wanted, never nil.
func chosen[T any](list []T, asked bool, takes func(T) bool) []T {
	part := []T{}
	for _, item := range list {
		if asked && takes(item) {
			part = append(part, item)
		}
	}
	return part
}

// last is when something was said of the episode for the last time.
func (e Episode) last() time.Time {
	switch {
	case e.Until != nil:
		return *e.Until
	case len(e.Messages) > 0:
		return e.Messages[len(e.Messages)-1].At
	default:
		return e.Since
	}
}

// shortestPrefix is how many digits name an episode at the least.
const shortestPrefix = 4

// Of returns the part of the document that a name stands for: the id of a journey,
// step or SLO, or the first digits of an episode, at least four.
func (a Alerts) Of(name string) (Alerts, error) {
	if part := a.where(func(id, _ string) bool { return id == name }); part.some() {
		return part, nil
	}
	part := a.where(func(_, episode string) bool {
		return len(name) >= shortestPrefix && strings.HasPrefix(episode, strings.ToLower(name))
	})
	names := map[string]bool{}
	for _, e := range slices.Concat(part.Firing, part.Past) {
		names[e.Episode] = true
	}
	for _, l := range part.Undelivered {
		names[l.Episode] = true
	}
	switch {
	case len(names) > 1:
		return part, fmt.Errorf("%d episodes begin with %q: write more digits of one", len(names), name)
	case len(names) == 0:
		return part, fmt.Errorf("there is no alert of %q, nor an episode that begins so", name)
	}
	return part, nil
}

// where returns the part of the document about ids or episodes. What is held back
// has no episode.
func (a Alerts) where(is func(id, episode string) bool) Alerts {
	part := a
	part.Firing = chosen(a.Firing, true, func(e Episode) bool { return is(e.ID, e.Episode) })
	part.Held = chosen(a.Held, true, func(r heldRecord) bool { return is(r.ID, "") })
	part.Past = chosen(a.Past, true, func(e Episode) bool { return is(e.ID, e.Episode) })
	part.Undelivered = chosen(a.Undelivered, true, func(l letterEntry) bool { return is(l.ID, l.Episode) })
	part.Errors = chosen(a.Errors, true, func(r remark) bool { return is(r.ID, "") })
	return part
}

func (a Alerts) some() bool { return len(a.Firing)+len(a.Held)+len(a.Past)+len(a.Undelivered) > 0 }

// Newest returns the episode that matters most: one that fires, a page before a
// ticket, else the one that fired last.
func (a Alerts) Newest() (Episode, bool) {
	for _, severity := range AlertSeverities() {
		for _, e := range a.Firing {
			if string(e.Severity) == severity {
				return e, true
			}
		}
	}
	for _, e := range a.Past {
		return e, true
	}
	return Episode{}, false
}

// OnlyNewest returns the part of the document about [Alerts.Newest].
func (a Alerts) OnlyNewest() Alerts {
	newest, _ := a.Newest()
	part := a.where(func(_, episode string) bool { return episode == newest.Episode && episode != "" })
	part.Errors = a.Errors
	return part
}
