package report_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo"
)

// TestApproximate marks budgets of which a part is known as sums of whole hours
// only, in every format, also when the whole window was measured; and says
// nothing of that of others.
func TestApproximate(t *testing.T) {
	t.Parallel()
	of := func(id string, kind slo.Kind, measured, approximate int64, state burnrate.State) burnrate.Status {
		return burnrate.Status{ID: id, Kind: kind, Objectives: []burnrate.Objective{{
			Name: "7d", Composed: kind == slo.KindJourney, Approximate: approximate, Budget: burnrate.Budget{Remaining: burnrate.RatioOf(0.5)},
			Window: burnrate.Window{Window: slo.Rolling(10_080), Span: slo.Span{End: 10_080}, Measured: measured, State: state},
		}}}
	}
	s := burnrate.Snapshot{Statuses: []burnrate.Status{
		of("j", slo.KindJourney, 10_080, 1500, burnrate.Measured),
		of("minutes", slo.KindSLO, 10_080, 0, burnrate.Measured),
		of("part", slo.KindSLO, 5_040, 1440, burnrate.Partial),
		of("whole", slo.KindSLO, 10_080, 8_640, burnrate.Measured),
	}}
	explain := func(id string) func(io.Writer, burnrate.Snapshot) error {
		return func(w io.Writer, s burnrate.Snapshot) error { return report.Explain(w, s, id) }
	}
	for name, test := range map[string]struct {
		print func(io.Writer, burnrate.Snapshot) error
		want  []string
	}{
		"table": {func(w io.Writer, s burnrate.Snapshot) error { return report.Table(w, s, false) }, []string{
			"\n~ j: 100.0% of 7d measured, up to 1d 1h of it by the hour only\n",
			"\n~ part: 50.0% of 7d measured, 1d of it by the hour only\n",
			"\n~ whole: 100.0% of 7d measured, 6d of it by the hour only\n",
			" ~50.0% ", " ~50.0% ", " ~50.0% ",
		}},
		"json": {report.JSON, []string{
			`"approximateMinutes": 1500,`, `"approximateMinutes": 1440,`, `"approximateMinutes": 8640,`,
		}},
		"a journey":  {explain("j"), []string{"\n              approximate: up to 1d 1h of it is known as sums of whole hours only\n"}},
		"an SLO":     {explain("whole"), []string{"\n              approximate: 6d of it is known as sums of whole hours only\n"}},
		"in minutes": {explain("minutes"), nil},
	} {
		var out bytes.Buffer
		if err := test.print(&out, s); err != nil {
			t.Fatal(err)
		}
		text := out.String()
		for _, want := range test.want {
			before, after, found := strings.Cut(text, want)
			if !found {
				t.Errorf("%s: %q is not in\n%s", name, want, &out)
			}
			text = before + "\n" + after
		}
		for _, more := range []string{"pproximate", "by the hour", "~"} {
			if strings.Contains(text, more) {
				t.Errorf("%s: more than these are approximate:\n%s", name, &out)
			}
		}
	}
}
