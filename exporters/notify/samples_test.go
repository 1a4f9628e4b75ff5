package notify

import (
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// sample is a notification with a name.
type sample struct {
	name string
	n    alert.Notification
}

var (
	firedAt = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	goneAt  = time.Date(2026, 11, 24, 10, 30, 0, 0, time.UTC)
)

func ratio(value float64) burnrate.Ratio { return burnrate.RatioOf(value) }

// aboutStep is a page about a step of a journey.
func aboutStep() alert.Notification {
	return alert.Notification{
		Event: alert.Event{
			Key:    alert.Key{ID: "barcode-payment/authorise", Objective: "28d", Kind: alert.Burn, Severity: slo.Page},
			Change: alert.Firing, At: firedAt, Since: firedAt,
			Labels: alert.Labels{Owner: "payments", Notify: []string{"payments-slack"}, Title: "Authorise the payment"},
			Why: alert.Why{
				Tiers: []alert.Tier{
					{Long: "1h", Short: "5m", Factor: ratio(13.44), LongBurn: ratio(20), ShortBurn: ratio(18.257), Verdict: "fires", Events: 14400, Bad: 144},
					{Long: "6h", Short: "30m", Factor: ratio(5.6), LongBurn: ratio(6.3), ShortBurn: ratio(19.5), Verdict: "fires", Events: 86400, Bad: 272},
				},
				Guard:  &alert.Guard{MinEvents: 10, MinBad: 3, Confidence: "95%"},
				Budget: &alert.BudgetSpent{Consumed: ratio(0.68314), Gone: &goneAt, AtEarliest: true},
			},
		},
		Subject: alert.Subject{
			Description: "A shopper who cannot pay\nleaves the basket at the till.",
			Journey:     "barcode-payment", JourneyTitle: "Pay with the app's barcode at the till", Step: "authorise",
			Target: "99.95%", Window: "28d", Policy: "paging", OwnerTitle: "Payments", Contact: "#payments",
			WhenSpent: "No releases of the payment services until half the budget is back.",
			Runbook:   "https://wiki.example.com/runbooks/authorise",
			Links:     []alert.Link{{Title: "Dashboard", URL: "https://grafana.example.com/d/abc?var-id=barcode-payment%2Fauthorise"}},
		},
	}
}

// aboutJourney is a ticket about a journey, with the step that caused it.
func aboutJourney() alert.Notification {
	n := aboutStep()
	n.Key = alert.Key{ID: "barcode-payment", Objective: "contract", Kind: alert.Burn, Severity: slo.Ticket}
	n.Labels.Title = "Pay with the app's barcode at the till"
	n.Subject.Step, n.Subject.Window, n.Subject.Target = "", "month", "99.5%"
	n.Why.Tiers = []alert.Tier{{Long: "3d", Short: "6h", Factor: ratio(1), LongBurn: ratio(1.25), ShortBurn: ratio(1.004), Verdict: "fires"}}
	n.Why.Cause = &alert.Cause{Step: "authorise", ID: "barcode-payment/authorise", Owner: "payments", Ratio: ratio(0.9996)}
	n.Why.Budget = &alert.BudgetSpent{Consumed: ratio(1.4)}
	return n
}

func ofKind(kind alert.Kind, severity slo.Severity, why alert.Why) alert.Notification {
	n := aboutStep()
	n.Kind, n.Severity, n.Why = kind, severity, why
	return n
}

// resolved is the end of an alert after 95 minutes.
func resolved(n alert.Notification, reason alert.Reason) alert.Notification {
	n.Change, n.Reason, n.At = alert.Resolved, reason, n.Since.Add(95*time.Minute)
	n.Why.Tiers = slices.Clone(n.Why.Tiers)
	for i := range n.Why.Tiers {
		n.Why.Tiers[i].LongBurn, n.Why.Tiers[i].ShortBurn = ratio(3.7), ratio(0.0004)
	}
	if reason == alert.Removed {
		n.Why = alert.Why{}
	}
	return n
}

func aboutMissed(count int) alert.Notification {
	n := alert.Notification{
		Event: alert.Event{
			Key: alert.Key{ID: "team:payments", Kind: alert.Missed, Severity: slo.Ticket}, Change: alert.Firing, At: firedAt, Since: firedAt,
			Labels: alert.Labels{Owner: "payments"},
		},
		Subject: alert.Subject{OwnerTitle: "Payments", Contact: "#payments"},
	}
	var ends []alert.Event
	for i := range count {
		e := aboutStep().Event
		e.Since = firedAt.Add(time.Duration(i-count) * time.Hour)
		e.At = e.Since
		over := e
		over.Change, over.Reason, over.At = alert.Resolved, alert.Recovered, e.Since.Add(25*time.Minute)
		n.Missed = append(n.Missed, e)
		ends = append(ends, over)
	}
	n.Missed = append(n.Missed, ends...) // in another order than pairs
	return n
}

// aboutTest is what somebody sends to see whether messages arrive.
func aboutTest() alert.Notification {
	return alert.Notification{Event: alert.Event{
		Key: alert.Key{ID: "notifier:payments-slack", Kind: alert.Test, Severity: slo.Ticket}, Change: alert.Firing, At: firedAt, Since: firedAt,
		Labels: alert.Labels{Owner: "sre"},
	}}
}

// samples are notifications of every kind, change and reason.
func samples() []sample {
	budget := func(level string, consumed float64) alert.Notification {
		return ofKind(alert.Budget, slo.Ticket, alert.Why{Budget: &alert.BudgetSpent{Consumed: ratio(consumed), Level: level}})
	}
	raised := budget("100%", 1.034)
	raised.Change, raised.At = alert.Raised, firedAt.Add(26*time.Hour)
	forecast := budget("80%", 0.83)
	forecast.Why.Budget.Gone = &goneAt
	shared := aboutStep()
	shared.ID, shared.Labels.Title = "receipt-delivery", ""
	shared.Subject.Journey, shared.Subject.JourneyTitle, shared.Subject.Step = "", "", ""
	shared.Subject.Journeys = []string{"barcode-payment", "checkout"}
	noData := ofKind(alert.NoData, slo.Ticket, alert.Why{Silent: &alert.Silent{After: "30m"}})
	noData.Why.Silent.Until = firedAt.Add(-31 * time.Minute)
	noTraffic := ofKind(alert.NoTraffic, slo.Page, alert.Why{Traffic: &alert.Traffic{
		ID: "barcode-payment/authorise", After: "10m", Below: "5%", Events: 12, Usual: 2400, Days: 6,
	}})
	quietStep := noTraffic
	quietStep.ID, quietStep.Labels.Title, quietStep.Subject.Step = "barcode-payment", quietStep.Subject.JourneyTitle, ""
	source := ofKind(alert.Source, slo.Ticket, alert.Why{Source: &alert.SourceDown{
		Name: "newrelic", Down: alert.Fails, Since: firedAt.Add(-30 * time.Minute), Message: "New Relic refuses the key (403)", After: "30m", SLOs: 12,
	}})
	source.ID, source.Objective, source.Labels, source.Subject = "source:newrelic", "", alert.Labels{Owner: "sre"}, alert.Subject{OwnerTitle: "SRE", Contact: "#sre"}
	empty := source
	empty.Severity, empty.Why.Source = slo.Page, &alert.SourceDown{Name: "newrelic", Down: alert.Empty, After: "30m", SLOs: 12}
	unfolded := aboutJourney()
	unfolded.Why.Below, unfolded.Was = &alert.Key{ID: "barcode-payment/authorise", Objective: "28d", Kind: alert.Burn, Severity: slo.Page}, "till-payment"
	list := []sample{
		{"burn-firing-unfolded", unfolded},
		{"noTraffic-firing-journey", quietStep},
		{"source-firing-empty", empty},
		{"source-resolved-empty", resolved(empty, alert.Recovered)},
		{"burn-firing", aboutStep()},
		{"burn-firing-journey", aboutJourney()},
		{"burn-firing-shared", shared},
		{"budget-firing", budget("80%", 0.8731)},
		{"budget-firing-forecast", forecast},
		{"budget-raised", raised},
		{"noData-firing", noData},
		{"noTraffic-firing", noTraffic},
		{"source-firing", source},
		{"missed-firing", aboutMissed(2)},
		{"missed-firing-one", aboutMissed(1)},
		{"missed-firing-many", aboutMissed(1234)},
		{"test-firing", aboutTest()},
	}
	for _, reason := range []alert.Reason{alert.Recovered, alert.Excluded, alert.Unknown, alert.DefinitionChanged, alert.Removed} {
		for _, s := range []sample{{"burn", aboutStep()}, {"budget", budget("80%", 0.7412)}, {"noData", noData}, {"noTraffic", noTraffic}, {"source", source}} {
			list = append(list, sample{s.name + "-resolved-" + string(reason), resolved(s.n, reason)})
		}
	}
	return list
}
