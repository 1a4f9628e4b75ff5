package report_test

import (
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo"
)

// november is an instant of the replayed history, which has a zone that is not UTC.
func november(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC).In(time.FixedZone("elsewhere", 3600))
}

func ratio(value float64) burnrate.Ratio { return burnrate.RatioOf(value) }

func keyOf(id, objective string, kind alert.Kind, severity slo.Severity) alert.Key {
	return alert.Key{ID: id, Objective: objective, Kind: kind, Severity: severity}
}

// backtestFixture has one run with every kind of what a run has.
func backtestFixture() report.Backtest {
	return report.Backtest{
		Schema: report.BacktestSchema, From: november(1, 0, 0), To: november(28, 23, 59), TimeZone: "Asia/Tokyo", Night: "22:00-07:00", Origin: "ledger",
		Runs:    []report.BacktestRun{runFixture()},
		Notices: []burnrate.Notice{{ID: "search", Message: "nothing is kept before 2026-11-03"}, {ID: "cart", Message: "nothing is kept before 2026-11-03"}},
	}
}

func runFixture() report.BacktestRun {
	run := backtest.Run{
		From: november(1, 0, 0), To: november(28, 23, 59), Minutes: 40_320, Episodes: episodesFixture(), Held: heldFixture(),
		Objectives: objectivesFixture(), Sightings: sightingsFixture(),
	}
	return report.BacktestRun{Name: "as it is", Run: run, Judgement: judgementFixture(), Toil: toilFixture(), Advice: adviceFixture()}
}

// The episodes of the fixture.
const (
	lowBudget = iota
	payPage
	payTicket
	journeyPage
	draftPage
	sourceTicket
	cartTraffic
	quietBudget
	lateTicket
	lastPage
)

func episodesFixture() []backtest.Episode {
	until := func(at time.Time) *time.Time { return &at }
	pay := keyOf("shop/pay", "28d", alert.Burn, slo.Page)
	return []backtest.Episode{
		lowBudget: {
			Key: keyOf("search", "month", alert.Budget, slo.Ticket), Owner: "search", Start: november(1, 0, 0), Since: november(1, 0, 0), End: until(november(4, 2, 0)),
			Reason: alert.Recovered, Before: true, Sent: true, Consumed: ratio(0.83), Why: alert.Why{Budget: &alert.BudgetSpent{Consumed: ratio(0.83), Level: "80%"}},
		},
		payPage: {
			Key: pay, Owner: "payments", Title: "Pay", Start: november(3, 3, 53), Since: november(3, 3, 53), End: until(november(3, 5, 7)), Reason: alert.Recovered, Sent: true,
			Tiers: []string{"1h/5m", "6h/30m"}, Consumed: ratio(0.181), Spent: ratio(0.0234 + 1e-15), Why: alert.Why{
				Tiers: []alert.Tier{{
					Long: "1h", Short: "5m", Factor: ratio(13.44), LongBurn: ratio(16.8), ShortBurn: ratio(144), Verdict: "fires", Events: 10_000, Bad: 144,
				}},
				Guard: &alert.Guard{MinEvents: 10, MinBad: 3, Confidence: "95%"}, Budget: &alert.BudgetSpent{Consumed: ratio(0.181)},
			},
		},
		payTicket: {
			Key: keyOf("shop/pay", "28d", alert.Burn, slo.Ticket), Owner: "payments", Title: "Pay", Start: november(3, 3, 55), Since: november(3, 3, 55),
			End: until(november(3, 4, 40)), Below: &pay, Tiers: []string{"3d/6h"}, Consumed: ratio(0.19),
		},
		journeyPage: {
			Key: keyOf("shop", "28d", alert.Burn, slo.Page), Owner: "shop", Title: "Buy something", Start: november(3, 4, 20), Since: november(3, 4, 0),
			End: until(november(3, 5, 7)), Reason: alert.Recovered, Sent: true, Below: &pay, Tiers: []string{"1h/5m"}, Consumed: ratio(0.05), Spent: ratio(0.021), Why: alert.Why{
				Tiers: []alert.Tier{{Long: "1h", Short: "5m", Factor: ratio(13.44), LongBurn: ratio(15), ShortBurn: ratio(20), Verdict: "fires"}},
				Cause: &alert.Cause{Step: "basket", ID: "shop/basket", Owner: "shop", Ratio: ratio(0.64)}, Below: &pay,
			},
		},
		draftPage: {
			Key: keyOf("draft", "28d", alert.Burn, slo.Page), Owner: "shop", Observe: true, Start: november(8, 1, 0), Since: november(8, 1, 0),
			End: until(november(8, 1, 40)), Reason: alert.Recovered, Sent: true, Tiers: []string{"6h/30m"}, Consumed: ratio(0.4), Spent: ratio(0.05),
		},
		sourceTicket: {
			Key: keyOf("source:newrelic", "", alert.Source, slo.Ticket), Owner: "sre", Start: november(9, 10, 0), Since: november(9, 10, 0), End: until(november(9, 11, 0)),
			Reason: alert.Recovered, Sent: true, Why: alert.Why{Source: &alert.SourceDown{Name: "newrelic", Down: alert.Empty, SLOs: 3}},
		},
		cartTraffic: {
			Key: keyOf("cart", "28d", alert.NoTraffic, slo.Page), Owner: "shop", Start: november(14, 14, 10), Since: november(14, 14, 10), End: until(november(14, 15, 0)),
			Reason: alert.Recovered, Sent: true, Consumed: ratio(0.1), Why: alert.Why{
				Traffic: &alert.Traffic{ID: "cart", After: "10m", Below: "5%", Events: 3, Usual: 400, Days: 6},
			},
		},
		quietBudget: {
			Key: keyOf("cart", "28d", alert.Budget, slo.Ticket), Owner: "shop", Start: november(15, 0, 0), Since: november(15, 0, 0), End: until(november(15, 9, 0)), Consumed: ratio(0.5),
		},
		lateTicket: {
			Key: keyOf("shop/pay", "28d", alert.Burn, slo.Ticket), Owner: "payments", Title: "Pay", Start: november(20, 5, 0), Since: november(20, 5, 0),
			End: until(november(21, 5, 0)), Reason: alert.Unknown, Sent: true, Tiers: []string{"1d/2h", "3d/6h"}, Consumed: ratio(0.9), Spent: ratio(0.1),
			Why: alert.Why{Tiers: []alert.Tier{{Long: "1d", Short: "2h", Factor: ratio(2.8), LongBurn: ratio(2.9), ShortBurn: ratio(3), Verdict: "fires"}}},
		},
		lastPage: {
			Key: pay, Owner: "payments", Title: "Pay", Start: november(28, 23, 0), Since: november(28, 23, 0), Sent: true, Tiers: []string{"1h/5m"},
			Consumed: ratio(1.2), Spent: ratio(0.03),
			Why: alert.Why{Tiers: []alert.Tier{{Long: "1h", Short: "5m", Factor: ratio(13.44), LongBurn: ratio(20), ShortBurn: ratio(90), Verdict: "fires"}}},
		},
	}
}

func heldFixture() []backtest.Held {
	return []backtest.Held{
		{
			ID: "cart", Objective: "28d", Owner: "shop", Severity: slo.Page, From: november(5, 2, 0), To: november(5, 2, 13), Minutes: 14,
			Tier: alert.Tier{
				Long: "1h", Short: "5m", Factor: ratio(13.44), LongBurn: ratio(33.3), ShortBurn: ratio(400), Verdict: "few-bad", Events: 120, Bad: 4,
			},
			Guard: &alert.Guard{MinEvents: 50, MinBad: 5, Confidence: "95%"},
		},
		{
			ID: "shop/pay", Objective: "28d", Owner: "payments", Severity: slo.Ticket, From: november(19, 2, 0), To: november(19, 4, 0), Minutes: 90,
			Tier: alert.Tier{
				Long: "3d", Short: "6h", Factor: ratio(1.2), LongBurn: ratio(1.3), ShortBurn: ratio(1.9), Verdict: "chance", Events: 9_000, Bad: 11,
			},
			Guard: &alert.Guard{MinEvents: 50, MinBad: 5, Confidence: "95%"},
		},
	}
}

func objectivesFixture() []backtest.Objective {
	tier := func(severity slo.Severity, long, short string, factor, highest float64) backtest.Tier {
		return backtest.Tier{
			Severity: severity, Long: long, Short: short, Factor: ratio(factor), Judged: 40_000, Fired: 74, Held: 3, Highest: ratio(highest), HighestAt: november(3, 4, 2),
		}
	}
	pages := tier(slo.Page, "1h", "5m", 13.44, 40)
	pages.Firings = []backtest.Firing{{From: november(3, 3, 53), To: november(3, 4, 52), Burn: ratio(16.8), Spent: ratio(0.0234)}}
	never := tier(slo.Page, "6h", "30m", 5.6, 0)
	never.Highest, never.HighestAt = burnrate.Ratio{}, time.Time{}
	tiers := []backtest.Tier{pages, tier(slo.Page, "6h", "30m", 5.6, 7), tier(slo.Ticket, "1d", "2h", 2.8, 2.9), tier(slo.Ticket, "3d", "6h", 1.2, 1.3)}
	return []backtest.Objective{
		{
			ID: "cart", Kind: slo.KindSLO, Owner: "shop", Name: "28d", Target: "99%", Window: "28d", Policy: "paging", Unit: 1000, Counts: slo.Counts{Total: 2_500_000, Bad: 12_500},
			Tiers: []backtest.Tier{tier(slo.Page, "1h", "5m", 13.44, 33.3), never}, Consumed: ratio(0.1), Worst: ratio(0.5), WorstAt: november(15, 0, 0),
		},
		{ID: "search", Kind: slo.KindSLO, Owner: "search", Name: "month", Target: "99.9%", Window: "month", Unit: 1},
		{
			ID: "shop", Kind: slo.KindJourney, Title: "Buy something", Owner: "shop", Steps: []string{"shop/basket", "shop/pay"}, Name: "28d", Target: "99.5%", Window: "28d",
			Policy: "paging", Composed: true, Tiers: tiers[:2], Consumed: ratio(0.3), Worst: ratio(0.31), WorstAt: november(20, 5, 0),
			Remaining: []backtest.Sample{{At: november(1, 0, 0), Remaining: burnrate.Ratio{}}, {At: november(28, 23, 59), Remaining: ratio(0.7)}},
		},
		{
			ID: "shop/pay", Kind: slo.KindStep, Title: "Pay", Owner: "payments", Name: "28d", Target: "99.9%", Window: "28d", Policy: "paging", Unit: 1,
			Counts: slo.Counts{Total: 120_034, Bad: 41}, Tiers: tiers, Consumed: ratio(1.2), Worst: ratio(1.3), WorstAt: november(28, 23, 30), SpentFor: 190,
		},
		{ID: "shop/pay", Kind: slo.KindStep, Title: "Pay", Owner: "payments", Name: "month", Target: "99%", Window: "month", Unit: 1},
	}
}

func sightingsFixture() []backtest.Sighting {
	return []backtest.Sighting{
		{Incident: 0, Objective: 3, Tier: 0, Judged: 30, Highest: ratio(16.8), At: november(3, 3, 58), Verdict: burnrate.Fires, First: november(3, 3, 53)},
		{Incident: 0, Objective: 3, Tier: 1, Judged: 30, Highest: ratio(7), At: november(3, 4, 5), Verdict: burnrate.Fires, First: november(3, 3, 40)},
		{Incident: 0, Objective: 3, Tier: 2, Judged: 30, Highest: ratio(2.9), At: november(3, 4, 5), Verdict: burnrate.Fires, First: november(3, 4, 10)},
		{Incident: 0, Objective: 2, Tier: 1, Judged: 30, Highest: ratio(0.1), At: november(3, 4, 5), Verdict: burnrate.CalmLong},
		{Incident: 1, Objective: 0, Tier: 0, Judged: 12, Highest: ratio(33.3), At: november(5, 2, 5), Verdict: burnrate.FewBad},
		{Incident: 1, Objective: 0, Tier: 1, Judged: 12},
		{Incident: 4, Objective: 3, Tier: 3, Judged: 90, Highest: ratio(1.1976), At: november(20, 6, 5), Verdict: burnrate.CalmLong},
		{Incident: 4, Objective: 3, Tier: 0, Judged: 90, Highest: ratio(0.02), At: november(20, 6, 5), Verdict: burnrate.CalmLong},
	}
}

func judgementFixture() *backtest.Judgement {
	found := func(index int, after time.Duration) (told *int, delay *time.Duration) { return &index, &after }
	release := backtest.IncidentFound{
		Name: "failed-release", From: november(3, 3, 46), To: november(3, 4, 1), SLOs: []string{"shop/*"}, Expect: slo.Page, Note: "rolled back", Seen: sightingsFixture()[:4],
	}
	release.Told, release.After = found(payPage, 7*time.Minute)
	planned := backtest.IncidentFound{Name: "load-test", From: november(14, 14, 0), To: november(14, 15, 0)}
	planned.Told, planned.After = found(cartTraffic, 10*time.Minute)
	already := backtest.IncidentFound{Name: "slow-network", From: november(20, 6, 0), To: november(20, 7, 30), Expect: slo.Ticket, Seen: sightingsFixture()[6:]}
	already.Told, already.After = found(lateTicket, -time.Hour)
	return &backtest.Judgement{
		Incidents: []backtest.IncidentFound{
			release,
			{Name: "few-shoppers", From: november(5, 1, 58), To: november(5, 2, 10), Expect: slo.Page, Seen: sightingsFixture()[4:6]},
			planned,
			{Name: "drill", From: november(16, 9, 0), To: november(16, 10, 0)},
			already,
			{Name: "in-october", From: november(1, 0, 0).AddDate(0, -1, 0), To: november(1, 1, 0).AddDate(0, -1, 0), Expect: slo.Page, Outside: true},
		},
		Sent: []backtest.Score{
			{
				Severity: slo.Page, Fired: 4, True: 2, Expected: 2, Found: 1, Precision: ratio(0.5), Recall: ratio(0.5),
				Delays: &backtest.Delays{Least: 7, Median: 7.5, Most: 2601},
			},
			{Severity: slo.Ticket, Fired: 1, True: 1, Expected: 3, Found: 1, Already: 1, Precision: ratio(1), Recall: ratio(1.0 / 3)},
		},
		Tiers: []backtest.Score{
			{
				Severity: slo.Page, Long: "1h", Short: "5m", Fired: 2, True: 1, Expected: 2, Found: 1, Precision: ratio(0.5), Recall: ratio(0.5),
				Delays: &backtest.Delays{Least: 7, Median: 7, Most: 7},
			},
			{Severity: slo.Ticket, Long: "3d", Short: "6h"},
		},
	}
}

func toilFixture() []backtest.Toil {
	return []backtest.Toil{
		{Weeks: 4, Pages: 4, Tickets: 2, PagesPerWeek: ratio(1), TicketsPerWeek: ratio(0.5), Night: 1, Weekend: 2, Repeated: 1, Short: 1, Busiest: 2},
		{Owner: "payments", Weeks: 4, Pages: 2, Tickets: 1, PagesPerWeek: ratio(0.5), TicketsPerWeek: ratio(0.25), Night: 1, Weekend: 1, Busiest: 1},
		{Owner: "search", Weeks: 4},
		{Owner: "shop", Weeks: 4, Pages: 2, PagesPerWeek: ratio(0.5), TicketsPerWeek: ratio(0), Weekend: 1, Repeated: 1, Short: 1, Busiest: 2},
		{Owner: "sre", Weeks: 4, Tickets: 1, PagesPerWeek: ratio(0), TicketsPerWeek: ratio(0.25)},
	}
}

// changeFixture compares the run with one after a change.
func changeFixture() report.Backtest {
	doc := backtestFixture()
	doc.Origin = "source"
	doc.Failures = []burnrate.Failure{{ID: "mail", Message: "New Relic: no\x1b[31m answer"}}
	after := runFixture()
	doc.Runs[0].Name, after.Name = "as it is", "shop/pay=99.5%"
	after.Episodes = append(after.Episodes[:lateTicket:lateTicket], after.Episodes[lastPage])
	after.Episodes[payPage].Start, after.Episodes[payPage].Spent = november(3, 4, 5), ratio(0.051)
	after.Episodes = append(after.Episodes, backtest.Episode{
		Key: keyOf("shop", "28d", alert.Burn, slo.Ticket), Owner: "shop", Start: november(28, 23, 10), Since: november(28, 23, 10), Sent: true, Tiers: []string{"3d/6h"},
		Consumed: ratio(0.7), Spent: ratio(0.1), Why: alert.Why{Tiers: []alert.Tier{{Long: "3d", Short: "6h"}}},
	})
	o := &after.Objectives[3]
	o.Target, o.Window, o.Policy, o.Consumed, o.Worst = "99.5%", "7d", "", ratio(0.24), ratio(0.26)
	after.Objectives = append(after.Objectives, backtest.Objective{ID: "shop/wait", Name: "28d", Target: "95%", Window: "28d", Owner: "shop", Consumed: ratio(0.01), Worst: ratio(0.02)})
	after.Judgement.Incidents[4].Told, after.Judgement.Incidents[4].After = nil, nil
	after.Judgement.Sent[0].Fired, after.Judgement.Sent[0].Precision = 3, ratio(2.0/3)
	after.Judgement.Sent[1] = backtest.Score{Severity: slo.Ticket, Fired: 1, Expected: 3, Precision: ratio(0), Recall: ratio(0)}
	after.Judgement.Tiers = append(after.Judgement.Tiers, backtest.Score{Severity: slo.Ticket, Long: "7d", Short: "12h", Expected: 3, Recall: ratio(0)})
	after.Toil = append(after.Toil[:2:2], backtest.Toil{Owner: "new", Tickets: 1})
	after.Toil[0].Pages, after.Toil[0].Night = 3, 0
	after.Advice = after.Advice[:1]
	doc.Runs = append(doc.Runs, after)
	index := func(i int) *int { return &i }
	last := len(after.Episodes) - 2
	doc.Comparison = &backtest.Comparison{
		Gained: []int{last + 1}, Lost: []int{lateTicket},
		Kept: []backtest.Pair{
			{Before: payPage, After: payPage, Later: 12},
			{Before: journeyPage, After: journeyPage},
			{Before: sourceTicket, After: sourceTicket, Later: -90},
			{Before: lastPage, After: last},
		},
		Objectives: []backtest.ObjectiveChange{
			{ID: "cart", Name: "28d", Before: index(0), After: index(0), Pages: [2]int{1, 1}, Consumed: ratio(0), Worst: ratio(0)},
			{ID: "search", Name: "month", Before: index(1), Tickets: [2]int{1, 0}},
			{ID: "shop", Name: "28d", Before: index(2), After: index(2), Pages: [2]int{1, 1}, Tickets: [2]int{0, 1}, Consumed: ratio(0), Worst: ratio(0)},
			{ID: "shop/pay", Name: "28d", Before: index(3), After: index(3), Pages: [2]int{2, 2}, Tickets: [2]int{1, 0}, Consumed: ratio(-0.96), Worst: ratio(-1.04)},
			{ID: "shop/pay", Name: "month", Before: index(4), After: index(4)},
			{ID: "shop/wait", Name: "28d", After: index(5)},
		},
	}
	return doc
}
