package alert_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// TestLabelSet wants a renamed step, journey and SLO to keep the labels that they
// fired with.
func TestLabelSet(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		fired, renamed alert.Notification
	}{
		{
			labelled("till/authorise", "", alert.Subject{Journey: "till", Step: "authorise"}),
			labelled("barcode/approve", "till/authorise", alert.Subject{Journey: "barcode", Step: "approve"}),
		},
		{labelled("till", "", alert.Subject{Journey: "till"}), labelled("barcode", "till", alert.Subject{Journey: "barcode"})},
		{labelled("receipts", "", alert.Subject{Journeys: []string{"till"}}), labelled("receipt", "receipts", alert.Subject{Journeys: []string{"barcode"}})},
	} {
		if diff := cmp.Diff(test.fired.LabelSet(), test.renamed.LabelSet()); diff != "" {
			t.Errorf("%s (-when it fired +renamed):\n%s", test.fired.ID, diff)
		}
		if test.fired.Episode() != test.renamed.Episode() {
			t.Errorf("%s: another episode", test.fired.ID)
		}
	}
	want := map[string]string{
		"alertname": "ErrorBudgetBurn", "id": "till/authorise", "journey": "till", "step": "authorise", "objective": "28d", "kind": "burn",
		"severity": "page", "owner": "payments",
	}
	if diff := cmp.Diff(want, labelled("till/authorise", "", alert.Subject{Journey: "till", Step: "authorise"}).LabelSet()); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
}

func labelled(id, was string, about alert.Subject) alert.Notification {
	return alert.Notification{Event: alert.Event{
		Key: alert.Key{ID: id, Objective: "28d", Kind: alert.Burn, Severity: slo.Page}, Was: was, Labels: alert.Labels{Owner: "payments"},
	}, Subject: about}
}
