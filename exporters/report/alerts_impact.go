package report

import (
	"encoding/json"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
)

// Impact is what happened to the budget of an objective while an alert fired.
type Impact struct {
	From   string         `json:"from"` // ledger: the minutes that are kept; messages: what was told
	Start  time.Time      `json:"start"`
	End    time.Time      `json:"end"`
	Before burnrate.Ratio `json:"budgetConsumedBefore"` // at the start
	After  burnrate.Ratio `json:"budgetConsumedAfter"`  // at the end
	// Spent is the share of the budget that was spent in between. Of a rolling
	// window it is more than the difference, as older failures leave it.
	Spent burnrate.Ratio `json:"budgetSpent"`
	// Lead is the long window of the tier that fired, and SpentWithLead what was
	// spent from so long before it fired: no alert fires with the first bad event.
	Lead          string         `json:"lead,omitempty"`
	SpentWithLead burnrate.Ratio `json:"budgetSpentWithLead"`

	// What follows is known by minutes only; counts not of composed journeys.
	Total       *json.Number   `json:"total"`
	Bad         *json.Number   `json:"bad"`
	ErrorRatio  burnrate.Ratio `json:"errorRatio"`
	Coverage    burnrate.Ratio `json:"coverage"`
	Attribution *attribution   `json:"attribution,omitempty"` // of a journey
}

// Where the numbers of an impact are from.
const (
	fromLedger   = "ledger"
	fromMessages = "messages"
)

// Measured is an objective at the two ends of an episode, and over it.
type Measured struct {
	Start, End time.Time
	Before     burnrate.Objective // at the start
	After      burnrate.Objective // at the end
	During     burnrate.Objective // at the end, over the time in between
	Unit       int64              // of counts

	Lead     string             // see [Impact]; "" for none
	WithLead burnrate.Objective // as During, and so much longer
}

// ImpactOf computes an impact from what was measured. Events cost bad / B, with B
// the budget at the end; of a composed journey, E / (1 - target) × minutes of the
// episode / minutes of the window: 14.4 times the budget's pace for an hour are
// 14.4 / 720 = 2 % of 30 days.
func ImpactOf(m Measured) Impact {
	during, after := m.During.Window, m.After
	i := Impact{
		From: fromLedger, Start: m.Start.UTC(), End: m.End.UTC(), Before: m.Before.Budget.Consumed.Rounded(), After: after.Budget.Consumed.Rounded(),
		ErrorRatio: during.ErrorRatio.Rounded(), Coverage: rounded(during.Coverage()),
	}
	i.Total, i.Bad = counts(during.Counts, m.Unit, m.During.Composed)
	i.Spent = spentOver(m.During, after)
	if m.Lead != "" {
		i.Lead, i.SpentWithLead = m.Lead, spentOver(m.WithLead, after)
	}
	if len(m.During.Shares) > 0 {
		i.Attribution = attributionOf(m.During.Shares)
	}
	return i
}

// spentOver is the share of a budget that was spent over the window of an objective.
func spentOver(over, of burnrate.Objective) burnrate.Ratio {
	if over.Composed {
		rate, known := over.BurnRate.Value()
		window := of.Window.Window.Around(of.Window.Span.End).Len()
		if !known || window == 0 {
			return burnrate.Ratio{}
		}
		return rounded(rate * float64(over.Window.Span.Len()) / float64(window))
	}
	if allowed, known := of.Budget.Allowed.Value(); known && allowed > 0 {
		return rounded(float64(over.Window.Counts.Bad) / allowed)
	}
	return burnrate.Ratio{}
}

// LeadOf returns the long window of the tier that fired first, "" when no tier
// did.
func (e Episode) LeadOf() string {
	w := e.whyFired()
	if len(w.Tiers) == 0 {
		return ""
	}
	return w.Tiers[0].Long
}

// whyFired is why it fired, as far as that was told.
func (e Episode) whyFired() alert.Why {
	if e.WhyFired != nil {
		return *e.WhyFired
	}
	return e.Why
}

// told reports whether anything is known of what the episode cost.
func (i Impact) told() bool { return i.Before.Defined() || i.After.Defined() || i.Spent.Defined() }

// ToldImpact is what messages tell of the impact: how the budget stood in the first
// and in the last of them.
func (e Episode) ToldImpact(at time.Time) Impact {
	i := Impact{From: fromMessages, Start: e.Since, End: at.UTC()}
	if e.Until != nil {
		i.End = *e.Until
	}
	if len(e.Messages) == 0 {
		return i
	}
	i.Before, i.After = e.Messages[0].Consumed, e.Messages[len(e.Messages)-1].Consumed
	if e.Until == nil && e.Why.Budget != nil {
		i.After = e.Why.Budget.Consumed
	}
	before, known := i.Before.Value()
	after, alsoKnown := i.After.Value()
	if known && alsoKnown {
		i.Spent = rounded(after - before)
	}
	return i
}

// HasBudget reports whether the episode is about an objective, and so about a
// budget.
func (e Episode) HasBudget() bool { return e.Objective != "" }
