package burnrate

import "github.com/slojourn/slojourn/slo"

// Budget is an error budget of one objective at one instant.
type Budget struct {
	Consumed  Ratio // share of the budget that was spent; may exceed 1
	Remaining Ratio // 1 - Consumed; negative when overspent
	State     BudgetState

	// What it was computed from.
	Allowed Ratio // the bad events that it allows; undefined for composed journeys
	Missing int64 // minutes of the window that were not measured yet, see [NewBudget]
	Pace    Pace  // the traffic expected in them
	SoFar   Ratio // of a composed journey's minutes, the share that is over; undefined when nothing failed
}

// BudgetState says how an error budget stands. The zero BudgetState is
// invalid.
type BudgetState string

// The states of a budget.
const (
	Healthy BudgetState = "healthy"
	AtRisk  BudgetState = "at-risk" // less than a quarter remains
	Spent   BudgetState = "spent"
	Unknown BudgetState = "unknown"
)

// Pace is the traffic that is assumed for minutes that were not measured yet:
// Total events in Minutes measured minutes.
type Pace struct{ Total, Minutes int64 }

// NewBudget computes
//
//	B = (1 - target) × (total + pace × missing)
//	consumed = bad / B
//
// missing is the number of minutes of the window before the first measured one
// and, in a calendar window, of those that are still to come. They are filled with the pace of the measured ones, so that one failure
// in the first hour of a new SLO does not spend a month: with a target of
// 99.9% over 28d, 1 bad of 600 events in the only measured hour is
// 1 / (0.001 × (600 + 10 × 40,260)) = 0.00248 of the budget, while the burn
// rate is 1.67. With missing = 0, consumed equals the burn rate.
func NewBudget(c slo.Counts, target slo.Target, missing int64, pace Pace) Budget {
	expected := float64(c.Total)
	if missing > 0 && pace.Minutes > 0 {
		expected += float64(pace.Total) * float64(missing) / float64(pace.Minutes)
	}
	allowed, of := target.Allowed()
	b := budgetOf(float64(c.Bad)*float64(of), float64(allowed)*expected)
	b.Allowed, b.Missing, b.Pace = RatioOf(float64(allowed)*expected/float64(of)), missing, pace
	return b
}

// budgetOf makes a budget of what was spent and what may be, in one unit.
func budgetOf(spent, allowed float64) Budget {
	if allowed <= 0 {
		return Budget{State: Unknown}
	}
	b := Budget{Consumed: RatioOf(spent / allowed), Remaining: RatioOf((allowed - spent) / allowed), State: Healthy}
	switch {
	case !b.Remaining.defined:
		b.State = Unknown
	case b.Remaining.value <= 0:
		b.State = Spent
	case b.Remaining.value < 0.25:
		b.State = AtRisk
	}
	return b
}
