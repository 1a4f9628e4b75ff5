package page

import (
	"fmt"
	"math"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo"
)

// at is an instant of November 2026, in UTC.
func at(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC)
}

func ratio(value float64) burnrate.Ratio { return burnrate.RatioOf(value) }

func until(t time.Time) *time.Time { return &t }

func key(id string, kind alert.Kind, severity slo.Severity) alert.Key {
	return alert.Key{ID: id, Objective: "28d", Kind: kind, Severity: severity}
}

// burned is a burn alert that was told.
func burned(id, owner string, severity slo.Severity, start time.Time, minutes int, spent, consumed float64, tiers ...string) backtest.Episode {
	return backtest.Episode{
		Key: key(id, alert.Burn, severity), Owner: owner, Start: start, Since: start, End: until(start.Add(time.Duration(minutes) * time.Minute)),
		Reason: alert.Recovered, Sent: true, Tiers: tiers, Spent: ratio(spent), Consumed: ratio(consumed),
	}
}

func tiers() []backtest.Tier {
	return []backtest.Tier{
		{Severity: slo.Page, Long: "1h", Short: "5m", Factor: ratio(13.44)},
		{Severity: slo.Page, Long: "6h", Short: "30m", Factor: ratio(5.6)},
		{Severity: slo.Ticket, Long: "1d", Short: "2h", Factor: ratio(2.8)},
		{Severity: slo.Ticket, Long: "3d", Short: "6h", Factor: ratio(1)},
	}
}

// objective has a budget that goes evenly from what was left at first to what was left
// in the end, with a wave.
func objective(id, title, owner, target string, first, last, wave float64) backtest.Objective {
	o := backtest.Objective{
		ID: id, Kind: slo.KindStep, Title: title, Owner: owner, Name: "28d", Target: target, Window: "28d", Policy: "paging", Tiers: tiers(),
		Consumed: ratio(1 - last), Worst: ratio(1 - min(first, last-wave)), WorstAt: at(28, 0, 0),
	}
	const samples = 57
	for n := range samples {
		part := float64(n) / (samples - 1)
		left := first + (last-first)*part - wave*math.Abs(math.Sin(part*9))*part
		s := backtest.Sample{At: at(1, 0, 0).Add(time.Duration(n) * 12 * time.Hour), Remaining: ratio(left)}
		if id == "barcode-payment/receipt" && n > 20 && n < 26 {
			s.Remaining = burnrate.Ratio{} // nothing was measured
		}
		o.Remaining = append(o.Remaining, s)
	}
	return o
}

// retail is the story of a shop over four weeks, by hand: a document with everything
// that a page of one run can show.
func retail() report.Backtest {
	page, traffic := key("barcode-payment/authorise", alert.Burn, slo.Page), key("store-search", alert.NoTraffic, slo.Page)
	episodes := []backtest.Episode{
		{
			Key: key("loyalty", alert.Budget, slo.Ticket), Owner: "loyalty", Start: at(1, 0, 0), Since: at(1, 0, 0), End: until(at(3, 7, 0)), Reason: alert.Recovered,
			Sent: true, Before: true, Consumed: ratio(0.83),
		},
		burned("barcode-payment/authorise", "payments", slo.Page, at(4, 3, 12), 63, 0.021, 0.18, "1h/5m", "6h/30m"),
		{
			Key: key("barcode-payment", alert.Burn, slo.Page), Owner: "payments", Start: at(4, 3, 14), Since: at(4, 3, 14), End: until(at(4, 4, 15)), Below: &page,
			Tiers: []string{"1h/5m"}, Consumed: ratio(0.12),
		},
		burned("barcode-payment/authorise", "payments", slo.Page, at(4, 19, 40), 24, 0.022, 0.22, "1h/5m"),
		{
			Key: alert.Key{ID: "source:newrelic", Kind: alert.Source, Severity: slo.Ticket}, Owner: "sre", Start: at(9, 1, 0), Since: at(9, 1, 0),
			End: until(at(9, 5, 30)), Reason: alert.Recovered, Sent: true,
		},
		burned("store-search", "web", slo.Ticket, at(11, 6, 0), 26*60, 0.1, 0.34, "1d/2h"),
		{Key: traffic, Owner: "web", Start: at(16, 2, 10), Since: at(16, 2, 10), End: until(at(16, 3, 0)), Reason: alert.Recovered, Sent: true, Consumed: ratio(0.36)},
		{
			Key: key("barcode-payment/receipt", alert.NoData, slo.Ticket), Owner: "payments", Start: at(11, 12, 0), Since: at(11, 12, 0), End: until(at(13, 12, 0)),
			Reason: alert.Unknown, Sent: true, Consumed: ratio(0.4),
		},
		burned("barcode-payment", "payments", slo.Page, at(20, 5, 31), 140, 0.052, 0.61, "6h/30m"),
		{
			Key: key("new-wallet", alert.Burn, slo.Page), Owner: "mobile", Observe: true, Start: at(22, 8, 0), Since: at(22, 8, 0), End: until(at(22, 9, 0)),
			Reason: alert.Recovered, Sent: true, Tiers: []string{"1h/5m"}, Consumed: ratio(0.7), Spent: ratio(0.02),
		},
		{
			Key: key("barcode-payment/authorise", alert.Budget, slo.Ticket), Owner: "payments", Start: at(26, 11, 0), Since: at(26, 11, 0), Reason: "", Sent: true,
			Consumed: ratio(1.0),
		},
		{
			Key: page, Owner: "payments", Start: at(28, 22, 50), Since: at(28, 22, 50), Sent: true, Tiers: []string{"1h/5m"}, Spent: ratio(0.024), Consumed: ratio(1.07),
		},
	}
	episodes[8].Why = alert.Why{Cause: &alert.Cause{Step: "authorise", ID: "barcode-payment/authorise", Owner: "payments", Ratio: ratio(0.72)}}
	held := []backtest.Held{
		{
			ID: "night-orders", Objective: "28d", Owner: "web", Severity: slo.Page, From: at(6, 17, 5), To: at(6, 17, 41), Minutes: 30,
			Tier: alert.Tier{Long: "1h", Short: "5m", Factor: ratio(13.44), LongBurn: ratio(33.3), ShortBurn: ratio(50), Verdict: burnrate.FewBad.String(), Events: 6, Bad: 2},
		},
		{
			ID: "night-orders", Objective: "28d", Owner: "web", Severity: slo.Ticket, From: at(13, 1, 0), To: at(14, 1, 0), Minutes: 1200,
			Tier: alert.Tier{Long: "3d", Short: "6h", Factor: ratio(1), LongBurn: ratio(1.4), ShortBurn: ratio(1.2), Verdict: burnrate.Chance.String(), Events: 90, Bad: 4},
		},
	}
	objectives := []backtest.Objective{
		objective("barcode-payment", "Pay with the barcode at the till", "payments", "99.5%", 0.95, 0.39, 0.05),
		objective("barcode-payment/authorise", "", "payments", "99.95%", 0.9, -0.07, 0.1),
		objective("barcode-payment/receipt", "", "payments", "99.9%", 0.8, 0.6, 0),
		objective("loyalty", "", "loyalty", "99%", 0.17, 0.7, 0),
		objective("new-wallet", "", "mobile", "99.9%", 0.9, 0.3, 0),
		objective("night-orders", "Orders at night", "web", "99.9%", 0.6, 0.5, 0.1),
		objective("opening-hours", "", "web", "99%", 1, 0.98, 0),
		objective("store-search", "", "web", "99.9%", 0.9, 0.64, 0),
	}
	objectives[0].Kind, objectives[4].Observe = slo.KindJourney, true
	told, spike, eight := 1, 8, 21*time.Minute
	seven, already := 12*time.Minute, -time.Hour
	shop := 5
	sightings := []backtest.Sighting{
		{Incident: 0, Objective: 1, Tier: 0, Highest: ratio(140), Verdict: burnrate.Fires, First: at(4, 3, 12)},
		{Incident: 0, Objective: 1, Tier: 1, Highest: ratio(23), Verdict: burnrate.Fires, First: at(4, 3, 40)},
		{Incident: 0, Objective: 1, Tier: 2, Highest: ratio(2.1), Verdict: burnrate.CalmLong},
		{Incident: 1, Objective: 5, Tier: 0, Highest: ratio(33.3), Verdict: burnrate.FewBad},
		{Incident: 1, Objective: 5, Tier: 1, Highest: ratio(5.2), Verdict: burnrate.CalmLong},
		{Incident: 3, Objective: 0, Tier: 1, Highest: ratio(8.1), Verdict: burnrate.Fires, First: at(20, 5, 31)},
		{Incident: 3, Objective: 0, Tier: 0, Highest: ratio(9.7), Verdict: burnrate.CalmLong},
		{Incident: 4, Objective: 7, Tier: 2, Highest: ratio(3.3), Verdict: burnrate.Fires, First: at(11, 6, 0)},
	}
	judgement := &backtest.Judgement{
		Incidents: []backtest.IncidentFound{
			{
				Name: "Failed release of the payment API", From: at(4, 3, 0), To: at(4, 4, 0), Expect: slo.Page, Told: &told, After: &seven, Note: "rolled back",
				Seen: sightings[0:3],
			},
			{Name: "Card terminals lose the network at night", From: at(6, 17, 0), To: at(6, 17, 45), Expect: slo.Page, Seen: sightings[3:5]},
			{Name: "Load test", From: at(8, 3, 0), To: at(8, 6, 0), Note: "announced"},
			{Name: "Slow database", From: at(20, 5, 10), To: at(20, 8, 0), Expect: slo.Page, Told: &spike, After: &eight, Seen: sightings[5:7]},
			{Name: "Search index half empty", From: at(11, 7, 0), To: at(12, 6, 0), Expect: slo.Ticket, Told: &shop, After: &already, Seen: sightings[7:8]},
			{Name: "Flood in October", From: at(1, 0, 0).AddDate(0, 0, -9), To: at(1, 0, 0).AddDate(0, 0, -8), Expect: slo.Page, Outside: true},
		},
		Sent: []backtest.Score{
			{
				Severity: slo.Page, Fired: 5, True: 2, Expected: 3, Found: 2, Precision: ratio(0.4), Recall: ratio(2.0 / 3),
				Delays: &backtest.Delays{Least: 12, Median: 16.5, Most: 21},
			},
			{Severity: slo.Ticket, Fired: 1, True: 1, Expected: 4, Found: 1, Already: 1, Precision: ratio(1), Recall: ratio(0.25)},
		},
		Tiers: []backtest.Score{
			{
				Severity: slo.Page, Long: "1h", Short: "5m", Fired: 3, True: 1, Expected: 3, Found: 1, Precision: ratio(1.0 / 3), Recall: ratio(1.0 / 3),
				Delays: &backtest.Delays{Least: 12, Median: 12, Most: 12},
			},
			{
				Severity: slo.Page, Long: "6h", Short: "30m", Fired: 2, True: 2, Expected: 3, Found: 2, Precision: ratio(1), Recall: ratio(2.0 / 3),
				Delays: &backtest.Delays{Least: 21, Median: 30.5, Most: 40},
			},
			{Severity: slo.Ticket, Long: "1d", Short: "2h", Fired: 1, True: 1, Expected: 4, Found: 1, Already: 1, Precision: ratio(1), Recall: ratio(0.25)},
			{Severity: slo.Ticket, Long: "3d", Short: "6h", Expected: 4, Recall: ratio(0)},
		},
	}
	return report.Backtest{
		Schema: "slojourn.backtest/v1", From: at(1, 0, 0), To: at(29, 0, 0), TimeZone: "Asia/Tokyo", Night: "22:00-07:00", Origin: "ledger",
		Runs: []report.BacktestRun{{
			Name: "as it is", Run: backtest.Run{
				From: at(1, 0, 0), To: at(29, 0, 0), Minutes: 40_321, Episodes: episodes, Held: held, Objectives: objectives, Sightings: sightings,
			},
			Judgement: judgement,
			Toil: []backtest.Toil{
				{Weeks: 4, Pages: 5, Tickets: 4, PagesPerWeek: ratio(1.25), TicketsPerWeek: ratio(1), Night: 1, Weekend: 1, Repeated: 1, Short: 1, Busiest: 1},
				{Owner: "payments", Weeks: 4, Pages: 4, Tickets: 2, PagesPerWeek: ratio(1), TicketsPerWeek: ratio(0.5), Night: 1, Weekend: 1, Repeated: 1, Short: 1, Busiest: 1},
				{Owner: "sre", Weeks: 4, Tickets: 1, PagesPerWeek: ratio(0), TicketsPerWeek: ratio(0.25)},
				{Owner: "web", Weeks: 4, Pages: 1, Tickets: 1, PagesPerWeek: ratio(0.25), TicketsPerWeek: ratio(0.25), Busiest: 1},
			},
			Advice: []backtest.Advice{
				{Kind: backtest.TargetMissed, ID: "barcode-payment/authorise", Objective: "28d", Owner: "payments", Target: "99.95%", Window: "28d", Missed: 1, Of: 3, ProposedTarget: "99.9%"},
				{
					Kind: backtest.TierHeld, ID: "night-orders", Objective: "28d", Owner: "web", Severity: slo.Page, Long: "1h", Short: "5m", Minutes: 30, Burn: ratio(33.3), Factor: ratio(13.44),
				},
				{
					Kind: backtest.TiersSilent, ID: "opening-hours", Objective: "28d", Owner: "web", Severity: slo.Ticket, Long: "3d", Short: "6h", Burn: ratio(0.4), Factor: ratio(1), Minutes: 40_321,
				},
				{Kind: backtest.SLIWithoutBad, ID: "opening-hours", Objective: "28d", Owner: "web", Events: "48210", Minutes: 40_321},
			},
		}},
		Failures: []burnrate.Failure{},
		Notices:  []burnrate.Notice{{ID: "loyalty", Message: "nothing is kept before 2026-10-30T00:00Z"}},
	}
}

// compared is retail before and after its payments got a lower target.
func compared() report.Backtest {
	doc, after := retail(), retail().Runs[0]
	doc.Runs[0].Name, after.Name = "main", "--target 99.9%"
	after.Episodes = append(append(append([]backtest.Episode{}, after.Episodes[:3]...), after.Episodes[4:10]...),
		burned("store-search", "web", slo.Page, at(24, 23, 15), 45, 0.02, 0.5, "1h/5m"))
	after.Episodes[1].Start = after.Episodes[1].Start.Add(4 * time.Minute)
	after.Objectives[1].Target = "99.9%"
	after.Objectives[1].Consumed = ratio(0.53)
	for i := range after.Objectives[1].Remaining {
		if left, known := after.Objectives[1].Remaining[i].Remaining.Value(); known {
			after.Objectives[1].Remaining[i].Remaining = ratio(1 - (1-left)/2)
		}
	}
	after.Toil = []backtest.Toil{
		{Weeks: 4, Pages: 4, Tickets: 3, PagesPerWeek: ratio(1), TicketsPerWeek: ratio(0.75), Night: 1, Short: 0, Busiest: 1},
		{Owner: "payments", Weeks: 4, Pages: 2, Tickets: 1, PagesPerWeek: ratio(0.5), TicketsPerWeek: ratio(0.25), Busiest: 1},
		{Owner: "sre", Weeks: 4, Tickets: 1, PagesPerWeek: ratio(0), TicketsPerWeek: ratio(0.25)},
		{Owner: "web", Weeks: 4, Pages: 2, Tickets: 1, PagesPerWeek: ratio(0.5), TicketsPerWeek: ratio(0.25), Night: 1, Busiest: 1},
	}
	spike := 7
	judgement := *after.Judgement
	after.Judgement = &judgement
	judgement.Incidents[3].Told = &spike
	shop := 4
	judgement.Incidents[4].Told = &shop
	judgement.Sent[0].Precision, judgement.Sent[0].Fired = ratio(0.5), 4
	doc.Runs = append(doc.Runs, after)
	zero := func(i int) *int { return &i }
	doc.Comparison = &backtest.Comparison{
		Gained: []int{9}, Lost: []int{3, 10, 11},
		Kept:       []backtest.Pair{{Before: 1, After: 1, Later: 4}, {Before: 4, After: 3}, {Before: 5, After: 4}, {Before: 6, After: 5}, {Before: 7, After: 6}, {Before: 8, After: 7}},
		Objectives: []backtest.ObjectiveChange{{ID: "barcode-payment/authorise", Name: "28d", Before: zero(1), After: zero(1), Pages: [2]int{3, 1}, Tickets: [2]int{1, 0}}},
	}
	return doc
}

// largeCompared is more than a page has room for, twice.
func largeCompared() report.Backtest {
	doc := large()
	after := doc.Runs[0]
	doc.Runs[0].Name, after.Name = "a branch with a name that is long", "--policy a-policy-with-a-name-that-is-long"
	doc.Runs = append(doc.Runs, after)
	doc.Comparison = &backtest.Comparison{}
	for n := range after.Episodes {
		switch n % 3 {
		case 0:
			doc.Comparison.Gained = append(doc.Comparison.Gained, n)
		case 1:
			doc.Comparison.Lost = append(doc.Comparison.Lost, n)
		default:
			doc.Comparison.Kept = append(doc.Comparison.Kept, backtest.Pair{Before: n, After: n, Later: float64(n%7) - 3})
		}
	}
	return doc
}

// large is more than a page has room for: 40 objectives that page and 14 that do not,
// 200 pages, 30 incidents and as much of all else.
func large() report.Backtest {
	doc := retail()
	run := &doc.Runs[0]
	doc.From, doc.To = at(1, 0, 0).AddDate(0, 0, -60), at(29, 0, 0)
	run.From, run.To = doc.From, doc.To
	minutes := int(doc.To.Sub(doc.From) / time.Minute)
	run.Objectives, run.Sightings, run.Advice = nil, nil, nil // what is left has alerts of all kinds
	run.Toil = run.Toil[:1]
	for n := range 54 {
		id := fmt.Sprintf("journey-with-a-name-%02d/step-with-a-longer-name-%02d", n/5, n)
		o := objective(id, "", fmt.Sprintf("team-%02d", n%12), "99.95%", 0.9, 0.8-float64(n%20)/10, 0.2)
		if n >= 40 {
			o = objective(id, "", "quiet", "99.9%", 0.9, 0.95, 0)
		}
		for i := range o.Remaining {
			o.Remaining[i].At = doc.From.Add(doc.To.Sub(doc.From) * time.Duration(i) / 56)
		}
		run.Objectives = append(run.Objectives, o)
		run.Advice = append(run.Advice, backtest.Advice{
			Kind: backtest.TargetMissed, ID: id, Objective: "28d", Owner: o.Owner, Target: "99.95%", Window: "28d", Missed: 2, Of: 3, ProposedTarget: "99.5%",
		})
	}
	for n := range 200 {
		start := doc.From.Add(time.Duration(n*minutes/200) * time.Minute)
		id := run.Objectives[n*n%40].ID
		run.Episodes = append(run.Episodes, burned(id, "team-00", slo.Page, start, 20+n%90, 0.02, float64(n)/200, "1h/5m", "6h/30m"))
		if n%2 == 0 {
			run.Episodes = append(run.Episodes, burned(run.Objectives[n%40].ID, "team-01", slo.Ticket, start.Add(time.Hour), 600+n*7, 0.1, float64(n)/200, "1d/2h"))
		}
	}
	for n := range 16 {
		run.Toil = append(run.Toil, backtest.Toil{Owner: fmt.Sprintf("team-%02d", n), Weeks: 12.6, Pages: 16 - n, Tickets: n, PagesPerWeek: ratio(float64(16-n) / 12.6)})
	}
	judgement := *run.Judgement
	run.Judgement, judgement.Incidents = &judgement, nil
	for _, long := range []string{"2h", "3h", "4h", "5h"} {
		judgement.Tiers = append(judgement.Tiers, backtest.Score{Severity: slo.Ticket, Long: long, Short: "15m", Fired: 1234, Delays: &backtest.Delays{Median: 1234}})
	}
	for n := range 30 {
		from, told, after := doc.From.Add(time.Duration(n*minutes/30)*time.Minute), n*6, time.Duration(n)*time.Minute
		i := backtest.IncidentFound{
			Name: fmt.Sprintf("An incident with quite a long name, number %d", n+1), From: from, To: from.Add(time.Duration(1+n%9) * 5 * time.Hour), Expect: slo.Page,
			Note: "a note that says how it came about, and what was done then",
		}
		if n%3 > 0 {
			i.Told, i.After = &told, &after
		}
		judgement.Incidents = append(judgement.Incidents, i)
	}
	for n := range 9 {
		doc.Failures = append(doc.Failures, burnrate.Failure{ID: run.Objectives[n].ID, Message: "New Relic: NRQL Syntax Error in a query that is long enough for a line of its own"})
	}
	return doc
}
