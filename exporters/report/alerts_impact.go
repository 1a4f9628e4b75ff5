package report

import (
	"encoding/json"
	"time"

	"github.com/slojourn/slojourn/burnrate"
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
	if m.During.Composed {
		if rate, known := m.During.BurnRate.Value(); known {
			i.Spent = rounded(rate * float64(during.Span.Len()) / float64(after.Window.Window.Around(after.Window.Span.End).Len()))
		}
	} else if allowed, known := after.Budget.Allowed.Value(); known && allowed > 0 {
		i.Spent = rounded(float64(during.Counts.Bad) / allowed)
	}
	if len(m.During.Shares) > 0 {
		i.Attribution = attributionOf(m.During.Shares)
	}
	return i
}

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
