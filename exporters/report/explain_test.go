package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo"
)

// TestExplain prints the sums behind a journey in series, a step that has been
// measured for three days, one without traffic, and one without an objective.
func TestExplain(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := snapshot(t, true)
	for _, id := range []string{"checkout", "checkout/thanks", "login", "login/password", "login/second-factor-by-text-message"} {
		if err := report.Explain(&out, s, id); err != nil {
			t.Fatal(err)
		}
		out.WriteString("\n")
	}
	golden(t, "explain.txt", out.String())
}

// TestExplainMeasured marks what is estimated, and nothing where the journey
// did not fail.
func TestExplainMeasured(t *testing.T) {
	t.Parallel()
	status := burnrate.Status{ID: "j", Kind: slo.KindJourney, Compose: slo.Measured, Objectives: []burnrate.Objective{{
		Name: "1h", Window: burnrate.Window{Window: slo.Rolling(60)}, Shares: []burnrate.Share{
			{Step: "guilty", Ratio: burnrate.RatioOf(1), Estimated: true}, {Step: "idle", Estimated: true},
		},
	}}}
	var out bytes.Buffer
	if err := report.Explain(&out, burnrate.Snapshot{Statuses: []burnrate.Status{status}}, "j"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"100.0% of the errors, estimated\n", "; no part\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, &out)
		}
	}
}
