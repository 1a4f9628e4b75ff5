package page

import (
	"fmt"
	"strings"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// plural writes how many there are of something.
func plural(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(int64(n)) + " " + more
}

func english() *labels {
	severity := func(s slo.Severity) string {
		if s == slo.Page {
			return "page"
		}
		return "ticket"
	}
	return &labels{
		Lang: "en", Colon: ": ", Title: "Backtest: would it have paged?",
		AsItIs: "as it is", Before: "before the change", AfterChange: "after the change",
		Span: func(from, to, length, zone string) string {
			return fmt.Sprintf("%s – %s, %s. Times are those of %s.", from, to, length, zone)
		},
		Scope: func(objectives, shown int) string {
			return fmt.Sprintf("%s, %d of them with something to say.", plural(objectives, "objective", "objectives"), shown)
		},
		Hindsight: func(fromSource bool) string {
			from := "the ledger"
			if fromSource {
				from = "the source"
			}
			return "This is hindsight: the history was replayed from " + from + " with the lag added, but what came late or was corrected is there at once, and sources never fail."
		},
		Missing: "What is missing",

		Pages: "Pages", Tickets: "Tickets", PagesPerWeek: "Pages a week", NightPages: "Night pages", Repeated: "Repeated pages", Found: "Incidents found",
		RepeatedNote:   "within a day",
		Of:             func(n, of int) string { return count(int64(n)) + " of " + count(int64(of)) },
		PagesHead:      "Pages",
		Already:        func(n string) string { return "and " + n + " in the first minute" },
		OfExpected:     func(n int) string { return fmt.Sprintf("of %d expected", n) },
		TicketsPerWeek: func(n string) string { return n + " a week" },

		Timeline: "Timeline", Objective: "Objective", Time: "Time", Held: "Held", Left: "Left",
		BudgetLine: "budget left (dotted line: none)", Band: "incident", QuietBand: "nobody should be told",
		MarkNames: map[string]string{
			"page": "page: burns too fast", "ticket": "ticket: burns too fast", "held": "held back by a guard", "budget": "budget spent",
			"noTraffic": "no traffic", "noData": "no data", "source": "source measures nothing",
		},
		Untold: "nobody told: observed, or below another alert", Gained: "gained", Lost: "lost",
		LanesNote: "Pages are above, tickets below them.", AlreadyNote: "3 + 2: 2 more fired in the first minute already (≤ in lists).",
		CompareNote: func(before, after string) string {
			return fmt.Sprintf("In each row the upper lane is before (%s), the lower one after (%s).", before, after)
		},
		NoAlerts:  "No alert would have been sent, nothing was held back, and no budget was spent.",
		MoreQuiet: func(n int) string { return "and " + plural(n, "more objective", "more objectives") + " without alerts" },
		MoreRows: func(n int, pages, tickets string) string {
			return fmt.Sprintf("and %s; pages: %s, tickets: %s", plural(n, "more objective", "more objectives"), pages, tickets)
		},
		MoreMarks: func(n int) string { return plural(n, "more mark is", "more marks are") + " not drawn" },
		More:      func(n int) string { return fmt.Sprintf("and %s more", count(int64(n))) },
		OnScreen: func(pages, tickets, silent, held int) string {
			var parts []string
			if pages > 0 {
				parts = append(parts, plural(pages, "page", "pages"))
			}
			parts = append(parts, plural(tickets, "ticket", "tickets"), plural(silent, "silent alert", "silent alerts"), "held back "+plural(held, "time", "times"))
			return "Listed on the screen: " + strings.Join(parts, ", ") + "."
		},
		Observed: "observed",

		Incidents: "Incidents", Incident: "Incident", When: "When", Expected: "Expected", Result: "Found",
		TiersNote: "Under each tier: how soon it fired, or the highest burn rate of both its windows / its factor, and which guard held it back.",
		Severity:  severity, Alert: severity,
		OwnedBy:      func(what, owner string) string { return what + " (" + owner + ")" },
		Nobody:       "nobody told",
		FoundBy:      func(severity, after string) string { return severity + " after " + after },
		FoundAlready: func(severity string) string { return severity + " fired already" },
		Missed:       "missed", Outside: "not replayed", Quiet: "quiet, as it should be", NotQuiet: "told, but should not be",
		TierAlready: "already",
		Verdict: func(v burnrate.Verdict) string {
			switch v {
			case burnrate.FewEvents:
				return "few events"
			case burnrate.FewBad:
				return "few bad"
			case burnrate.Chance:
				return "chance"
			}
			return ""
		},
		MoreTiers: func(n int) string { return "and " + plural(n, "more tier", "more tiers") + " without a column" },

		Scores: "Scores", What: "What", Fired: "Fired", Precision: "Precision", Recall: "Recall", Delay: "Delay",
		ScoresNote:  "Precision: of what fired, how much was about an incident. Recall: of the incidents expected, how many were found. Delay: the median, and from least to most. Whoever was paged needs no ticket: what a page found, tickets found, too. Tiers count each time that they fired, also where the alert was silent or observed.",
		ScoresAfter: "Small numbers are those after the change.",
		Sent: func(s slo.Severity) string {
			if s == slo.Page {
				return "all pages"
			}
			return "all tickets"
		},

		Toil: "Toil", Owner: "Owner", All: "all", PerWeek: "A week", AtNight: "Night", Weekend: "Weekend", Again: "Repeated", Short: "Short", Busiest: "Busiest day",
		ToilNote: "Repeated: within a day after the same alert had resolved. Short: resolved within half an hour.",

		Advice: "Advice", NoAdvice: "None: the history supports targets, windows and tiers.",

		Changes: "Gained and lost", Change: "Change", NoneChanged: "No alert is gained or lost.",
		Kept: func(n, earlier, later int) string {
			both := plural(n, "alert is", "alerts are") + " in both"
			if earlier+later == 0 {
				return both + ", at the same time."
			}
			return fmt.Sprintf("%s: %d told earlier after the change, %d later.", both, earlier, later)
		},
		Objectives: "Changed objectives", Target: "Target", Policy: "Policy", AtEnd: "Spent at the end", AtMost: "At most", New: "new", Gone: "gone",
		SameObjectives: func(n int) string {
			if n == 0 {
				return "All objectives are different."
			}
			return plural(n, "objective stays", "objectives stay") + " the same."
		},
		TicketList: func(n int) string { return plural(n, "ticket", "tickets") },
		SilentList: func(n int) string { return plural(n, "alert", "alerts") + " nobody was told of" },
		HeldList:   func(n int) string { return "held back by guards " + plural(n, "time", "times") },
		HeldNote:   "What may have been chance comes first, then few bad events and few events; of each what burned most over its factor.",
		SpentNote:  "Spent: which part of the budget the long window of the tier that fired first had spent when people were told. Consumed: how much of the whole budget was consumed by then.",
		Guard:      "Guard", Burn: "Burn / factor", BadEvents: "Bad events",
		NoPages:  "No page would have been sent.",
		PageList: "Pages, one by one", Start: "Start", Length: "Length", Tier: "Tier", Step: "Step", Spent: "Spent", Consumed: "Consumed", Reason: "End",
		Fires: "fires still", FromStart: "fired already when the span began",
		Kind: func(k alert.Kind) string {
			switch k {
			case alert.Burn:
				return "burn"
			case alert.Budget:
				return "budget spent"
			case alert.NoTraffic:
				return "no traffic"
			case alert.NoData:
				return "no data"
			case alert.Source:
				return "source"
			}
			return safe(string(k))
		},
		Reasons: func(r alert.Reason) string {
			switch r {
			case alert.DefinitionChanged:
				return "definition changed"
			case "":
				return none
			}
			return safe(string(r))
		},
		HeldFor: func(length, burn, factor string) string {
			return fmt.Sprintf("held back for %s: burned at %s of %s", length, burn, factor)
		},
		SpentTitle: func(share string) string { return share + " of the budget spent at detection" },
		LeftTitle: func(first, last, least string) string {
			return fmt.Sprintf("Budget left: %s at first, %s in the end, %s at least", first, last, least)
		},
		RowTitle: func(name string) string { return "Alerts of " + name },
		RowDesc: func(pages, tickets, held int) string {
			return fmt.Sprintf("%s, %s, held back %s", plural(pages, "page", "pages"), plural(tickets, "ticket", "tickets"), plural(held, "time", "times"))
		},
		Below: func(what string) string { return "silent below " + what },
	}
}
