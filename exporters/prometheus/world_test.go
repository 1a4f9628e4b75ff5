package prometheus

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// end is the minute up to which everything was measured.
const end = slo.Minute(29_500_000) // 2026-02-02T02:40:00Z

func target(t rapid.TB, text string) slo.Target {
	t.Helper()
	parsed, err := slo.ParseTarget(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func window(t testing.TB, text, zone string) slo.Window {
	t.Helper()
	parsed, err := slo.ParseWindow(text)
	if err != nil {
		t.Fatal(err)
	}
	if zone == "" {
		return parsed
	}
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.In(location)
}

// counted is a window with numbers.
func counted(w slo.Window, total, bad int64) burnrate.Window {
	c := burnrate.Window{Window: w, Span: slo.Span{Start: end - slo.Minute(w.Minutes()), End: end}, Counts: slo.Counts{Total: total, Bad: bad}, Measured: w.Minutes()}
	c.State, c.ErrorRatio = burnrate.Measured, burnrate.ErrorRatio(c.Counts)
	if total == 0 {
		c.State = burnrate.NoTraffic
	}
	return c
}

// objective is one whose windows all have the same numbers.
func objective(o slo.Objective, total, bad int64) burnrate.Objective {
	result := burnrate.Objective{Name: o.Name, Target: o.Target, Alerts: o.Alerts, Window: counted(o.Window, total, bad)}
	result.BurnRate = burnrate.BurnRate(result.Window.Counts, o.Target)
	result.Budget = burnrate.NewBudget(result.Window.Counts, o.Target, 0, burnrate.Pace{})
	for _, minutes := range []int64{5, 30, 60, 120, 360, 1440, 4320} {
		c := counted(slo.Rolling(minutes), total, bad)
		result.Burn = append(result.Burn, burnrate.Burn{Window: c, Rate: burnrate.BurnRate(c.Counts, o.Target)})
	}
	return result
}

func paging(t testing.TB) *slo.AlertPolicy {
	t.Helper()
	for _, p := range slo.BuiltInPolicies() {
		if p.Name == "paging" {
			return p
		}
	}
	t.Fatal("no policy paging")
	return nil
}

// shop is a view with a journey, steps of it, and an SLO that it shares.
func shop(t testing.TB) View {
	t.Helper()
	policy := paging(t)
	month, tokyo := window(t, "month", "UTC"), window(t, "month", "Asia/Tokyo")
	source := &slo.Source{Name: "newrelic"}
	about := func(title string, labels map[string]string) slo.About {
		return slo.About{Title: title, Owner: "payments", Stage: slo.Active, Labels: labels}
	}
	basket := &slo.SLO{ID: "checkout/basket", Kind: slo.KindStep, About: about("", nil), Source: source}
	elsewhere := &slo.SLO{ID: "checkout/far", Kind: slo.KindStep, About: about("", nil), Source: source, Elsewhere: true}
	pay := &slo.SLO{ID: "checkout/pay", Kind: slo.KindStep, About: about("", nil), Source: source, Objectives: []slo.Objective{
		{Name: "28d", Target: target(t, "99.9%"), Window: window(t, "28d", ""), Alerts: policy},
		{Name: "contract", Target: target(t, "99%"), Window: month},
		{Name: "bank", Target: target(t, "99.5%"), Window: tokyo},
		{Name: "now", Target: target(t, "90%"), Window: window(t, "1h", "")},
	}}
	mail := &slo.SLO{ID: "mail", Kind: slo.KindSLO, Source: source, About: about(`Post "and" more`+"\nlines", map[string]string{"app.kubernetes.io/part-of": "shop", "app.kubernetes.io/part.of": "lost", "tier": "1"}), Objectives: []slo.Objective{
		{Name: "7d", Target: target(t, "99%"), Window: window(t, "7d", "")},
	}}
	checkout := &slo.Journey{ID: "checkout", About: about("Check out", nil), Compose: slo.Series, Objectives: []slo.Objective{
		{Name: "28d", Target: target(t, "99%"), Window: window(t, "28d", ""), Alerts: policy},
	}, Steps: []slo.Step{{Name: "basket", SLO: basket}, {Name: "far", SLO: elsewhere}, {Name: "pay", SLO: pay}, {Name: "mail", SLO: mail}}}
	status := func(id string, kind slo.Kind, a slo.About, objectives ...burnrate.Objective) burnrate.Status {
		return burnrate.Status{ID: id, Kind: kind, Unit: 1, Title: a.Title, Owner: a.Owner, Stage: a.Stage, Source: "newrelic", Objectives: objectives}
	}
	whole := objective(checkout.Objectives[0], 0, 0)
	whole.Composed, whole.Window.ErrorRatio, whole.Window.State = true, burnrate.RatioOf(0.25), burnrate.Partial
	whole.Window.Measured /= 2
	whole.Shares = []burnrate.Share{{Step: "basket"}, {Step: "pay", Ratio: burnrate.RatioOf(0.75)}, {Step: "mail", Ratio: burnrate.RatioOf(0.25)}}
	journey := status("checkout", slo.KindJourney, checkout.About, whole)
	journey.Source, journey.Steps = "", []string{"checkout/basket", "checkout/far", "checkout/pay", "mail"}
	paid := status(pay.ID, slo.KindStep, pay.About, objective(pay.Objectives[0], 2000, 4), objective(pay.Objectives[1], 1000, 2),
		objective(pay.Objectives[2], 500, 3), objective(pay.Objectives[3], 100, 50))
	began := time.Date(2026, 2, 1, 9, 0, 0, 500_000_000, time.UTC)
	return View{
		Set: &slo.Set{Journeys: []*slo.Journey{checkout}, SLOs: []*slo.SLO{basket, elsewhere, pay, mail}, Exclusions: []*slo.Exclusion{
			{Name: "moving", SLOs: []string{"checkout", "gone"}, From: (end - 30).Time(), To: (end + 30).Time(), Effect: slo.Drop},
			{Name: "new-year", SLOs: []string{"*"}, From: (end - 50_000).Time(), To: (end - 40_000).Time(), Effect: slo.CountAsGood},
		}},
		Snapshot: burnrate.Snapshot{
			At: end.Time(),
			Statuses: []burnrate.Status{
				journey, status(basket.ID, slo.KindStep, basket.About), status(elsewhere.ID, slo.KindStep, elsewhere.About), paid,
				status(mail.ID, slo.KindSLO, mail.About, objective(mail.Objectives[0], 0, 0)),
			},
			Meters: []burnrate.Meter{
				{ID: "checkout/basket", Unit: 1000, Began: began, Events: burnrate.Outcomes{Good: 1500, Bad: 500}, Rows: burnrate.Outcomes{Good: 30, Bad: 10}, Minutes: 7, Watermark: end},
				{ID: "checkout/far", Unit: 1, Began: began, Events: burnrate.Outcomes{Good: 7}, Watermark: end},
				{ID: "checkout/pay", Unit: 1, Began: began, Events: burnrate.Outcomes{Good: 1996, Bad: 4}, Late: burnrate.Outcomes{Good: 3, Bad: 1}, Rows: burnrate.Outcomes{Good: 1996, Bad: 4}, Minutes: 12, Watermark: end},
				{ID: "mail", Unit: 1, Began: began},
			},
			Previous: []burnrate.Previous{
				{ID: "checkout/pay", Objective: "contract", Remaining: burnrate.RatioOf(-0.5)},
				{ID: "checkout/pay", Objective: "bank"},
				{ID: "gone", Objective: "month", Remaining: burnrate.RatioOf(1)},
			},
			Seams: []burnrate.Seam{{ID: "checkout/far", At: end - 7}, {ID: "checkout/pay", At: end - 1440}, {ID: "gone", At: end - 7}, {ID: "mail", At: end - 9}},
		},
		Alerts: []alert.Alert{
			{Key: alert.Key{ID: "checkout", Objective: "28d", Kind: alert.Burn, Severity: slo.Page}, Below: &alert.Key{}},
			{Key: alert.Key{ID: "checkout/pay", Objective: "28d", Kind: alert.Burn, Severity: slo.Page}, Sent: true},
			{Key: alert.Key{ID: "source:newrelic", Kind: alert.Source, Severity: slo.Ticket}, Sent: true},
		},
	}
}

// fleet is a view of many journeys of four steps, all of which have a policy that
// pages: what a large shop has.
func fleet(t testing.TB, slos int) View {
	t.Helper()
	policy, source := paging(t), &slo.Source{Name: "newrelic"}
	v := View{Set: &slo.Set{}}
	began := time.Date(2026, 2, 1, 9, 0, 0, 0, time.UTC)
	goal := slo.Objective{Name: "28d", Target: target(t, "99.9%"), Window: window(t, "28d", ""), Alerts: policy}
	for i := range slos / 4 {
		j := &slo.Journey{ID: fmt.Sprintf("journey-of-shoppers-%05d", i), Compose: slo.Series, Objectives: []slo.Objective{goal}}
		j.About = slo.About{Title: fmt.Sprintf("What shoppers do, part %d", i), Owner: fmt.Sprintf("team-%03d", i%200), Stage: slo.Active, Labels: map[string]string{"product": "shop-app"}}
		whole := burnrate.Status{ID: j.ID, Kind: slo.KindJourney, Title: j.About.Title, Owner: j.About.Owner, Stage: slo.Active}
		var steps []burnrate.Status
		measured := objective(goal, int64(100_000+i*37), int64(i%90))
		for k, name := range []string{"authorise", "basket", "confirm", "search"} {
			s := &slo.SLO{ID: j.ID + "/" + name, Kind: slo.KindStep, About: j.About, Source: source, Objectives: j.Objectives}
			j.Steps, v.Set.SLOs, whole.Steps = append(j.Steps, slo.Step{Name: name, SLO: s}), append(v.Set.SLOs, s), append(whole.Steps, s.ID)
			total, bad := int64(100_000+i*37+k*1009), int64((i+k)%90)
			steps = append(steps, burnrate.Status{
				ID: s.ID, Kind: slo.KindStep, Title: s.About.Title, Owner: s.About.Owner, Stage: slo.Active, Source: "newrelic",
				Objectives: []burnrate.Objective{objective(goal, total, bad)},
			})
			measured.Shares = append(measured.Shares, burnrate.Share{Step: name, ID: s.ID, Ratio: burnrate.RatioOf(0.25)})
			v.Snapshot.Meters = append(v.Snapshot.Meters, burnrate.Meter{ID: s.ID, Unit: 1, Began: began, Events: burnrate.Outcomes{Good: total - bad, Bad: bad}, Watermark: end})
		}
		whole.Objectives = []burnrate.Objective{measured}
		v.Set.Journeys = append(v.Set.Journeys, j)
		v.Snapshot.Statuses = append(append(v.Snapshot.Statuses, whole), steps...)
	}
	return v
}
