package alert_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

func TestSubject(t *testing.T) {
	t.Parallel()
	target, err := slo.ParseTarget("99.9%")
	if err != nil {
		t.Fatal(err)
	}
	objectives := []slo.Objective{{Name: "contract", Target: target, Window: slo.Rolling(7 * 24 * 60), Alerts: slo.BuiltInPolicies()[0]}}
	step := &slo.SLO{ID: "pay/authorise", Kind: slo.KindStep, About: slo.About{Owner: "payments", Runbook: "https://example.com/own"}, Objectives: objectives}
	shared := &slo.SLO{ID: "log-in", Kind: slo.KindSLO, About: slo.About{Owner: "payments", Description: "To log in."}, AlsoIn: []string{"coupon"}}
	journey := slo.About{
		Owner: "payments", Title: "To pay", WhenSpent: "No releases.", Runbook: "https://example.com/pay",
		Links: []slo.Link{{Title: "Board", URL: "https://example.com/board"}},
	}
	set := &slo.Set{
		Teams: []*slo.Team{{Name: "payments", Title: "Payments", Contact: "#payments"}},
		SLOs:  []*slo.SLO{shared, step},
		Journeys: []*slo.Journey{
			{ID: "pay", About: journey, Objectives: objectives, Steps: []slo.Step{{Name: "log-in", SLO: shared}, {Name: "authorise", SLO: step}, {Name: "again", SLO: shared}}},
			{ID: "points", Steps: []slo.Step{{Name: "log-in", SLO: shared}}},
		},
	}
	links := []alert.Link{{Title: "Board", URL: "https://example.com/board"}}
	for _, test := range []struct {
		id, objective string
		want          alert.Subject
		gone          bool
	}{
		{id: "pay", objective: "contract", want: alert.Subject{
			Journey: "pay", JourneyTitle: "To pay", Target: "99.9%", Window: "7d", Policy: "paging", OwnerTitle: "Payments", Contact: "#payments",
			WhenSpent: "No releases.", Runbook: "https://example.com/pay", Links: links,
		}},
		{id: "pay/authorise", objective: "contract", want: alert.Subject{
			Journey: "pay", JourneyTitle: "To pay", Step: "authorise", Target: "99.9%", Window: "7d", Policy: "paging", OwnerTitle: "Payments", Contact: "#payments",
			WhenSpent: "No releases.", Runbook: "https://example.com/own", Links: links,
		}},
		{id: "log-in", want: alert.Subject{
			Journeys: []string{"coupon", "pay", "points"}, OwnerTitle: "Payments", Contact: "#payments", Description: "To log in.",
		}},
		{id: "source:newrelic", want: alert.Subject{OwnerTitle: "Payments", Contact: "#payments"}},
		{id: "gone", gone: true},
	} {
		t.Run(test.id, func(t *testing.T) {
			t.Parallel()
			event := alert.Event{Key: alert.Key{ID: test.id, Objective: test.objective}, Labels: alert.Labels{Owner: "payments"}}
			got, there := alert.SubjectsOf(set).Of(event.Key, event.Labels.Owner)
			if diff := cmp.Diff(test.want, got); diff != "" || there == test.gone {
				t.Errorf("there is one: %t (-want +got):\n%s", there, diff)
			}
		})
	}
}
