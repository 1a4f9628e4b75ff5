package slo

import "time"

const day = 24 * time.Hour

// BuiltInPolicies returns the alert policies that every set has.
//
// paging is made for windows of about four weeks. The other two, used only by
// name, are for windows that are too short for it: over 7 days the same burn
// rates spend four times the share of the budget, and over one day a rate that
// is worth a page has spent a quarter of the budget within half an hour.
func BuiltInPolicies() []*AlertPolicy {
	return []*AlertPolicy{
		builtIn(
			"paging", "Windows of about four weeks",
			budgetTier(Page, "2", time.Hour, 5*time.Minute),    // 13.44 over 28 days
			budgetTier(Page, "5", 6*time.Hour, 30*time.Minute), // 5.6
			budgetTier(Ticket, "10", day, 2*time.Hour),         // 2.8
			Tier{Severity: Ticket, Burn: decimal("1"), Long: 3 * day, Short: 6 * time.Hour},
		),
		builtIn(
			"paging-7d", "Windows of about a week",
			budgetTier(Page, "8", time.Hour, 5*time.Minute),     // 13.44 over 7 days
			budgetTier(Page, "20", 6*time.Hour, 30*time.Minute), // 5.6
			budgetTier(Ticket, "40", day, 2*time.Hour),          // 2.8
			Tier{Severity: Ticket, Burn: decimal("1"), Long: 3 * day, Short: 6 * time.Hour},
		),
		builtIn(
			"paging-1d", "Windows of about a day",
			budgetTier(Page, "25", 30*time.Minute, 5*time.Minute), // 12 over a day
			budgetTier(Page, "50", 2*time.Hour, 10*time.Minute),   // 6
			budgetTier(Ticket, "75", 6*time.Hour, 30*time.Minute), // 3
			Tier{Severity: Ticket, Burn: decimal("1"), Long: 12 * time.Hour, Short: time.Hour},
		),
	}
}

func builtIn(name, title string, tiers ...Tier) *AlertPolicy {
	return &AlertPolicy{
		Name: name, Title: title, Tiers: tiers, Guard: DefaultGuard(), Hold: DefaultHold(),
		NoTraffic:   &NoTraffic{After: 10 * time.Minute, Below: DefaultNoTrafficBelow(), Severity: Page},
		NoData:      &NoData{After: 30 * time.Minute, Severity: Ticket},
		BudgetSpent: []Percentage{percent("80"), percent("100")},
		BuiltIn:     true,
	}
}

func budgetTier(severity Severity, budget string, long, short time.Duration) Tier {
	return Tier{Severity: severity, Budget: percent(budget), Long: long, Short: short}
}

// DefaultGuard returns the guard of a policy that writes none.
func DefaultGuard() Guard { return Guard{MinEvents: 10, MinBad: 3, Confidence: percent("95")} }

// DefaultHold returns the hold of a policy that writes none.
func DefaultHold() Hold { return Hold{Page: 15 * time.Minute, Ticket: time.Hour} }

// DefaultNoTrafficBelow returns the share of the usual traffic below which
// there is none.
func DefaultNoTrafficBelow() Percentage { return percent("5") }

// decimal and percent make numbers of this file, which a test proves to parse.
func decimal(text string) Decimal {
	d, _ := ParseDecimal(text)
	return d
}

func percent(number string) Percentage {
	p, _ := ParsePercentage(number + "%")
	return p
}
