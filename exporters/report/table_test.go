package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
)

// TestTableWrapsNotes names a journey and steps as long as names may be. The
// lines below the table have to stay within its width, and lose nothing.
func TestTableWrapsNotes(t *testing.T) {
	t.Parallel()
	long := func(end string) string { return strings.Repeat("x", 63-len(end)) + end }
	journey, steps := long("journey"), []string{long("one"), long("two"), long("three")}
	window := burnrate.Window{Window: slo.Rolling(60), Span: slo.Span{End: 60}, Measured: 30, State: burnrate.Partial}
	silent := burnrate.Window{Window: slo.Rolling(60), Span: slo.Span{End: 60}, State: burnrate.NoData}
	top := burnrate.Status{ID: journey, Kind: slo.KindJourney, Objectives: []burnrate.Objective{{Window: window, Composed: true}}}
	snapshot := burnrate.Snapshot{At: time.Unix(3600, 0).UTC()}
	for _, step := range steps {
		id := journey + "/" + step
		top.Steps = append(top.Steps, id)
		top.Objectives[0].Shares = append(top.Objectives[0].Shares, burnrate.Share{Step: step, ID: id, Window: silent})
		snapshot.Statuses = append(snapshot.Statuses, burnrate.Status{
			ID: id, Kind: slo.KindStep, Objectives: []burnrate.Objective{{Window: window}},
		})
	}
	snapshot.Statuses = append(snapshot.Statuses, top)
	var out bytes.Buffer
	if err := Table(&out, snapshot, false); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if width := term.Width(strings.TrimRight(line, "\n")); width > tableWidth {
			t.Errorf("%d columns: %s", width, line)
		}
	}
	_, notes, _ := strings.Cut(out.String(), "~ ")
	for _, want := range append(steps, journey+":", journey+"/", "50.0% of 1h measured", "no data for") {
		if !strings.Contains(notes, want) {
			t.Errorf("the lines below the table do not hold %q:\n%s", want, notes)
		}
	}
}

// TestTableNamesSharedSLOsOnce shares a step between two journeys. It has a row
// below each, and one line that says how much of it was measured.
func TestTableNamesSharedSLOsOnce(t *testing.T) {
	t.Parallel()
	shared := burnrate.Status{ID: "receipt", Kind: slo.KindSLO, Objectives: []burnrate.Objective{{
		Window: burnrate.Window{Window: slo.Rolling(60), Span: slo.Span{End: 60}, Measured: 30, State: burnrate.Partial},
	}}}
	snapshot := burnrate.Snapshot{Statuses: []burnrate.Status{
		{ID: "pay", Kind: slo.KindJourney, Steps: []string{"receipt"}}, {ID: "order", Kind: slo.KindJourney, Steps: []string{"receipt"}}, shared,
	}}
	var out bytes.Buffer
	if err := Table(&out, snapshot, false); err != nil {
		t.Fatal(err)
	}
	if rows, notes := strings.Count(out.String(), "\n  receipt"), strings.Count(out.String(), "~ receipt:"); rows != 2 || notes != 1 {
		t.Errorf("%d rows and %d notes, want 2 and 1:\n%s", rows, notes, out.String())
	}
}
