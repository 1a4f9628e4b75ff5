package report_test

import (
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/slo"
)

// ago is an instant before the snapshots of these tests.
func ago(minutes int) time.Time {
	return (end + 2).Time().Add(-time.Duration(minutes) * time.Minute).In(time.FixedZone("elsewhere", 3600))
}

// objectiveOf has tiers of the policy paging with verdicts, and burn rates of 20
// over long windows and 40 over short ones unless others are given.
func objectiveOf(t *testing.T, target string, window slo.Window, verdicts [4]burnrate.Verdict, rates map[int64]float64) burnrate.Objective {
	t.Helper()
	parsed, err := slo.ParseTarget(target)
	if err != nil {
		t.Fatal(err)
	}
	policy := *slo.BuiltInPolicies()[0]
	policy.NoData = &slo.NoData{After: 30 * time.Minute, Severity: slo.Ticket}
	o := burnrate.Objective{
		Name: window.String(), Target: parsed, Alerts: &policy, Window: burnrate.Window{Window: window, Span: window.Ending(end)},
		Budget: burnrate.Budget{Consumed: burnrate.RatioOf(0.451), Remaining: burnrate.RatioOf(0.549), State: burnrate.Healthy},
	}
	tiers := burnrate.Tiers(slo.Objective{Target: parsed, Window: window, Alerts: &policy})
	for _, minutes := range []int64{5, 30, 60, 120, 360, 1440, 4320} {
		rate, given := rates[minutes]
		if !given && minutes >= 60 {
			rate = 20
		} else if !given {
			rate = 40
		}
		w := slo.Rolling(minutes)
		o.Burn = append(o.Burn, burnrate.Burn{Window: burnrate.Window{Window: w, Span: w.Ending(end), Measured: minutes * 2 / 5}, Rate: burnrate.RatioOf(rate)})
	}
	for i := range tiers {
		o.Tiers = append(o.Tiers, burnrate.Judgement{Tier: &tiers[i], Verdict: verdicts[i], Rows: slo.Counts{Total: 120, Bad: int64(2 + i)}})
	}
	return o
}

// alertsFixture has every way in which an alert fires, is silent, is held back, is
// past and is not delivered.
func alertsFixture(t *testing.T) (outbox.Box, burnrate.Snapshot) {
	t.Helper()
	const (
		fires, few, bad, chance = burnrate.Fires, burnrate.FewEvents, burnrate.FewBad, burnrate.Chance
		long, short, uncovered  = burnrate.CalmLong, burnrate.CalmShort, burnrate.Uncovered
	)
	tokyo, err := slo.LoadTimeZone("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	month, err := slo.ParseWindow("month")
	if err != nil {
		t.Fatal(err)
	}
	month = month.In(tokyo)
	rolling := slo.Rolling(28 * 1440)
	journey := objectiveOf(t, "99.5%", rolling, [4]burnrate.Verdict{fires, long, long, long}, map[int64]float64{360: 3, 1440: 0, 4320: 0.1, 120: 0})
	journey.Tiers[0].Shares = []burnrate.Share{
		{Step: "basket", ID: "shop/basket", Ratio: burnrate.RatioOf(0.03)}, {Step: "pay", ID: "shop/pay", Ratio: burnrate.RatioOf(0.97)},
	}
	pay := objectiveOf(t, "99.9%", month, [4]burnrate.Verdict{fires, long, fires, short}, nil)
	pay.Forecast = burnrate.Forecast{Exhausts: true, Exhaustion: 3*time.Hour + 20*time.Minute}
	calm := map[int64]float64{5: 0, 30: 0, 60: 0, 120: 0, 360: 0, 1440: 0, 4320: 0}
	quiet := [4]burnrate.Verdict{long, long, long, long}
	s := burnrate.Snapshot{
		At: (end + 2).Time(),
		Statuses: []burnrate.Status{
			{ID: "cart", Kind: slo.KindSLO, Owner: "shop", Source: "newrelic", Objectives: []burnrate.Objective{
				objectiveOf(t, "99%", rolling, [4]burnrate.Verdict{few, bad, chance, short}, nil),
			}},
			{ID: "draft", Kind: slo.KindSLO, Owner: "shop", Stage: slo.Observe, Title: "A draft", Objectives: []burnrate.Objective{
				objectiveOf(t, "99%", rolling, [4]burnrate.Verdict{uncovered, long, long, uncovered}, map[int64]float64{360: 0, 1440: 0, 120: 0, 4320: 0, 30: 50}),
			}},
			{ID: "mail", Kind: slo.KindSLO, Owner: "shop", Source: "newrelic", Objectives: []burnrate.Objective{objectiveOf(t, "99%", rolling, quiet, calm)}},
			{ID: "plain", Kind: slo.KindSLO, Owner: "shop", Objectives: []burnrate.Objective{{Name: "28d", Window: burnrate.Window{Window: rolling}}}},
			{ID: "search", Kind: slo.KindSLO, Owner: "shop", Objectives: []burnrate.Objective{objectiveOf(t, "99%", rolling, quiet, map[int64]float64{5: 0, 30: 0})}},
			{ID: "shop", Kind: slo.KindJourney, Owner: "shop", Title: "Buy something", Objectives: []burnrate.Objective{journey}},
			{ID: "shop/pay", Kind: slo.KindStep, Owner: "payments", Objectives: []burnrate.Objective{pay}},
		},
		Failures: []burnrate.Failure{{ID: "mail", Message: "New Relic: no\x1b[31m answer"}},
	}
	return boxFixture(t), s
}

func boxFixture(t *testing.T) outbox.Box {
	t.Helper()
	key := func(id, objective string, kind alert.Kind, severity slo.Severity) alert.Key {
		return alert.Key{ID: id, Objective: objective, Kind: kind, Severity: severity}
	}
	shop := alert.Labels{Owner: "shop", Notify: []string{"slack", "duty"}}
	payments := alert.Labels{Owner: "payments", Notify: []string{"duty"}, Title: "Pay"}
	payPage := key("shop/pay", "month", alert.Burn, slo.Page)
	searchPage, source := key("search", "28d", alert.Burn, slo.Page), key("source:newrelic", "", alert.Source, slo.Ticket)
	states := []alert.Alert{
		{Key: payPage, Labels: payments, Since: ago(90), Sent: true, Judged: ago(0), Tiers: []string{"1h/5m"}},
		{Key: key("shop/pay", "month", alert.Burn, slo.Ticket), Labels: payments, Since: ago(80), Judged: ago(0), Below: &payPage},
		{Key: key("shop/pay", "month", alert.Budget, slo.Ticket), Labels: payments, Since: ago(70), Sent: true, Judged: ago(0), Level: "80%"},
		{Key: key("shop", "28d", alert.Burn, slo.Page), Labels: shop, Since: ago(60), Judged: ago(0), Causes: []string{"shop/basket", "shop/pay"}, Below: &payPage},
		{Key: searchPage, Labels: alert.Labels{Owner: "shop"}, Since: ago(50), Sent: true, Judged: ago(0), Turn: alert.Recovered, Calm: 5},
		{Key: key("search", "28d", alert.Burn, slo.Ticket), Labels: shop, Since: ago(45), Judged: ago(30), Turn: alert.Excluded, Calm: 80, Below: &searchPage},
		{Key: key("draft", "28d", alert.NoTraffic, slo.Page), Labels: alert.Labels{Owner: "shop", Observe: true}, Since: ago(40), Sent: true, Judged: ago(0)},
		{Key: key("mail", "28d", alert.NoData, slo.Ticket), Labels: shop, Since: ago(35), Judged: ago(0), Below: &source},
		{Key: key("cart", "28d", alert.NoData, slo.Ticket), Labels: shop, Since: ago(34), Sent: true, Judged: ago(0), Turn: alert.Recovered, Calm: 3},
		{Key: source, Labels: alert.Labels{Owner: "sre"}, Since: ago(33), Sent: true, Judged: ago(0)},
		{Key: key("cart", "28d", alert.Budget, slo.Ticket), Labels: shop, Since: ago(31), Judged: ago(0), Level: "50%"},
		{Key: key("mail", "28d", alert.Budget, slo.Ticket), Labels: shop, Since: ago(30), Sent: true, Judged: ago(0), Level: "50%", Turn: alert.Recovered},
		{Key: key("renamed", "28d", alert.Burn, slo.Page), Labels: shop, Since: ago(1600), Sent: true, Judged: ago(0), Was: "former"},
		{Key: key("gone", "28d", alert.Burn, slo.Page), Labels: shop, Since: ago(32), Judged: ago(0), Turn: alert.Recovered, Calm: 1},
	}
	var log []alert.Notification
	subject := alert.Subject{
		Journey: "shop", JourneyTitle: "Buy something", Step: "pay", Target: "99.9%", Window: "month", Policy: "paging", OwnerTitle: "Payments",
		Contact: "#payments", Description: "A shopper who cannot pay leaves.", WhenSpent: "No releases.", Runbook: "https://wiki.example.com/pay",
		Links: []alert.Link{{Title: "Dashboard", URL: "https://grafana.example.com/d/1?a=b_c(d)"}},
	}
	tell := func(k alert.Key, change alert.Change, reason alert.Reason, since, at int, why alert.Why) {
		log = append(log, alert.Notification{
			Event:   alert.Event{Key: k, Change: change, Reason: reason, Since: ago(since), At: ago(at), Labels: payments, Why: why},
			Subject: subject,
		})
	}
	spent := func(share float64, level string) *alert.BudgetSpent {
		return &alert.BudgetSpent{Consumed: burnrate.RatioOf(share + 1e-15), Level: level}
	}
	first := alert.Why{
		Tiers: []alert.Tier{{
			Long: "1h", Short: "5m", Factor: burnrate.RatioOf(14.4), LongBurn: burnrate.RatioOf(16.8 + 4e-15), ShortBurn: burnrate.RatioOf(144),
			Verdict: "fires", Events: 10_000, Bad: 144,
		}},
		Guard: &alert.Guard{MinEvents: 10, MinBad: 3, Confidence: "95%"}, Budget: spent(0.4, ""),
		Cause: &alert.Cause{Step: "pay", ID: "shop/pay", Owner: "payments", Ratio: burnrate.RatioOf(0.9 + 1e-15)},
	}
	// Two days ago, one that has been raised; then one that goes on.
	tell(key("shop/pay", "month", alert.Budget, slo.Ticket), alert.Firing, "", 3000, 3000, alert.Why{Budget: spent(0.81, "80%")})
	tell(payPage, alert.Firing, "", 2900, 2900, first)
	tell(key("shop/pay", "month", alert.Budget, slo.Ticket), alert.Raised, "", 3000, 2880, alert.Why{Budget: spent(1.01, "100%")})
	tell(payPage, alert.Resolved, alert.Recovered, 2900, 2850, alert.Why{Budget: spent(1.1, "")})
	tell(key("shop/pay", "month", alert.Budget, slo.Ticket), alert.Resolved, alert.DefinitionChanged, 3000, 2000, alert.Why{Budget: spent(0.2, "100%")})
	tell(key("old", "28d", alert.Burn, slo.Page), alert.Resolved, alert.Removed, 20_000, 19_000, alert.Why{})
	tell(key("lost", "28d", alert.Burn, slo.Page), alert.Firing, "", 1500, 1500, alert.Why{})
	tell(payPage, alert.Firing, "", 90, 90, first)
	// What was told under another id, and by another alert before.
	tell(key("former", "28d", alert.Burn, slo.Page), alert.Firing, "", 1600, 1600, alert.Why{Below: &source})
	tell(source, alert.Firing, "", 33, 33, alert.Why{Source: &alert.SourceDown{
		Name: "newrelic", Down: alert.Fails, Since: ago(63), Message: "the key is not valid", After: "30m", SLOs: 3,
	}})
	tell(key("quiet", "28d", alert.NoTraffic, slo.Page), alert.Firing, "", 700, 700, alert.Why{
		Traffic: &alert.Traffic{ID: "quiet", After: "10m", Below: "5%", Events: 3, Usual: 400, Days: 6},
	})
	tell(key("quiet", "28d", alert.NoTraffic, slo.Page), alert.Resolved, alert.Recovered, 700, 650, alert.Why{
		Silent: &alert.Silent{After: "30m", Until: ago(800)}, Source: &alert.SourceDown{Name: "newrelic", Down: alert.Empty, SLOs: 2},
	})
	missed := alert.Event{Key: key("cart", "28d", alert.Burn, slo.Page), Change: alert.Firing, Since: ago(600), At: ago(600)}
	over := missed
	over.Change, over.Reason, over.At = alert.Resolved, alert.Recovered, ago(570)
	log = append(log, alert.Notification{
		Event:  alert.Event{Key: key("team:shop", "", alert.Missed, slo.Ticket), Change: alert.Firing, Since: ago(500), At: ago(500), Labels: shop},
		Missed: []alert.Event{missed, over},
	})
	last := log[7]
	return outbox.Box{
		State: outbox.State{States: alert.States{At: ago(0), Alerts: states}, Next: 12}, Log: log,
		Letters: []outbox.Letter{
			{Number: 9, To: "duty", Notification: last},
			{Number: 10, To: "alertmanager", Notification: last, Standing: ago(89)}, // was delivered
		},
		Dead: []outbox.Dead{{Letter: outbox.Letter{Number: 3, To: "slack", Notification: log[3]}, At: ago(1400), Reason: "404 Not Found: no_team\x1b[2J"}},
	}
}
