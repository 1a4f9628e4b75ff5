package page

import (
	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// labels are the words of the page in one language. Functions write sentences with
// numbers in them.
type labels struct {
	Lang, Title, Colon string
	AsItIs             string // the name of the run of the set that is there now
	Before             string // the change
	AfterChange        string // of headings, too

	Span      func(from, to, length, zone string) string
	Scope     func(objectives, shown int) string
	Hindsight func(fromSource bool) string
	Missing   string // what could not be measured, and what is missing of the history

	// Of figures, tables and the timeline.
	Pages, Tickets, PagesPerWeek, NightPages, Repeated, Found string
	RepeatedNote                                              string
	Of                                                        func(n, of int) string
	TicketsPerWeek                                            func(n string) string
	OfExpected                                                func(n int) string
	Already                                                   func(n string) string // fired in the first minute
	PagesHead                                                 string                // of narrow columns

	Timeline, Objective, Time, Held, Left string
	BudgetLine, Band, QuietBand           string
	MarkNames                             map[string]string // by symbol
	Untold, Gained, Lost                  string
	LanesNote, AlreadyNote                string
	CompareNote                           func(before, after string) string
	NoAlerts                              string
	MoreQuiet                             func(n int) string
	MoreRows                              func(n int, pages, tickets string) string
	MoreMarks                             func(n int) string
	More                                  func(n int) string
	OnScreen                              func(pages, tickets, silent, held int) string
	Observed                              string

	Incidents, Incident, When, Expected, Result, TiersNote string
	Severity                                               func(slo.Severity) string
	Alert                                                  func(slo.Severity) string // where it is a noun of its own
	OwnedBy                                                func(what, owner string) string
	Nobody                                                 string
	FoundBy                                                func(severity, after string) string
	FoundAlready                                           func(severity string) string
	Missed, Outside, Quiet, NotQuiet                       string
	TierAlready                                            string
	Verdict                                                func(burnrate.Verdict) string
	MoreTiers                                              func(n int) string

	Scores, What, Fired, Precision, Recall, Delay string
	ScoresNote, ScoresAfter                       string
	Sent                                          func(slo.Severity) string

	Toil, Owner, All, PerWeek, AtNight, Weekend, Again, Short, Busiest string
	ToilNote                                                           string

	Advice, NoAdvice string

	Changes, Change, NoneChanged string
	Kept                         func(n, earlier, later int) string

	Objectives, Target, Policy, AtEnd, AtMost, New, Gone string
	SameObjectives                                       func(n int) string

	TicketList, SilentList, HeldList func(n int) string
	HeldNote, SpentNote              string
	Guard, Burn, BadEvents           string

	PageList, Start  string
	NoPages          string
	Length, Tier     string
	Step, Spent      string
	Consumed, Reason string
	Fires, FromStart string
	Kind             func(alert.Kind) string
	Reasons          func(alert.Reason) string
	HeldFor          func(length, burn, factor string) string
	SpentTitle       func(share string) string
	LeftTitle        func(first, last, least string) string
	RowTitle         func(name string) string
	RowDesc          func(pages, tickets, held int) string
	Below            func(what string) string
}

func labelsOf(locale slo.Locale) *labels {
	if locale == slo.Japanese {
		return japanese()
	}
	return english()
}
