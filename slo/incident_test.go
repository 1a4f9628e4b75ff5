package slo_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

func TestIncidentSpan(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 20, 12, 46, 0, 0, time.FixedZone("", 9*3600))
	minute := slo.MinuteAt(at)
	tests := []struct {
		from, to time.Duration
		want     slo.Span
	}{
		{0, 15 * time.Minute, slo.Span{Start: minute, End: minute + 15}},
		{30 * time.Second, 15*time.Minute + time.Nanosecond, slo.Span{Start: minute, End: minute + 16}},
		{10 * time.Second, 20 * time.Second, slo.Span{Start: minute, End: minute + 1}},
	}
	for _, test := range tests {
		i := slo.Incident{From: at.Add(test.from), To: at.Add(test.to)}
		if got := i.Span(); got != test.want {
			t.Errorf("from %v to %v: got %v, want %v", test.from, test.to, got, test.want)
		}
	}
}

func TestIncidentConcerns(t *testing.T) {
	t.Parallel()
	pay := []string{"pay/show", "pay/authorise", "receipt"}
	tests := []struct {
		slos  []string
		id    string
		steps []string
		want  bool
	}{
		{nil, "anything", nil, true},
		{[]string{"search"}, "search", nil, true},
		{[]string{"search"}, "pay", pay, false},
		{[]string{"search", "pay"}, "pay", pay, true},
		{[]string{"pay"}, "pay/authorise", nil, true},
		{[]string{"pay"}, "payment/authorise", nil, false},
		{[]string{"pay/authorise"}, "pay", pay, true},
		{[]string{"pay/authorise"}, "pay/show", nil, false},
		{[]string{"pay/*"}, "pay/show", nil, true},
		{[]string{"receipt"}, "pay", pay, true},
		{[]string{"receipt"}, "pay/show", nil, false},
		{[]string{"pay"}, "receipt", nil, false}, // which others share
	}
	for _, test := range tests {
		i := slo.Incident{SLOs: test.slos}
		if got := i.Concerns(test.id, test.steps); got != test.want {
			t.Errorf("an incident of %v concerns %s with the steps %v: %t, want %t", test.slos, test.id, test.steps, got, test.want)
		}
	}
}

func TestCheckIncidents(t *testing.T) {
	t.Parallel()
	authorise := &slo.SLO{ID: "pay/authorise"}
	set := &slo.Set{
		Journeys: []*slo.Journey{{ID: "pay", Steps: []slo.Step{{SLO: authorise}}}},
		SLOs:     []*slo.SLO{authorise, {ID: "receipt"}},
	}
	place := func(line, column int) diag.Span {
		return diag.Span{File: "i.yaml", Start: diag.Position{Line: line, Column: column}}
	}
	findings := slo.CheckIncidents(set, []slo.Incident{
		{SLOs: []string{"pay", "pay/*", "receipt", "*"}},
		{Origin: place(9, 1), SLOs: []string{"search*"}},
		{Origin: place(2, 1), SLOs: []string{"pay/authorize", "pay", "recept"}, Places: []diag.Span{place(3, 5), place(3, 20), place(3, 25)}},
		{},
	})
	var got []string
	for _, d := range findings {
		got = append(got, fmt.Sprintf("%s %s %s: %s (%s)", d.Span, d.Severity, d.Code, d.Message, d.Hint))
	}
	want := []string{
		`i.yaml:3:5 warning SLO043: "pay/authorize" matches no journey, step or SLO (did you mean pay/authorise?)`,
		`i.yaml:3:25 warning SLO043: "recept" matches no journey, step or SLO (did you mean receipt?)`,
		`i.yaml:9:1 warning SLO043: "search*" matches no journey, step or SLO (write the id of a journey, a step (journey/step) or an SLO; * stands for any characters)`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
