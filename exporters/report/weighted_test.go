package report_test

import (
	"bytes"
	"testing"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// weighted is a snapshot of a journey that sells 1,250.5 items an hour, of
// which 2.5 fail, over an hour of which a part is dropped, after a step that
// counts calls. One SLO was measured for half of its window, another has a sum
// that cannot be.
func weighted(t *testing.T) burnrate.Snapshot {
	t.Helper()
	items := slo.SLI{Count: diag.PlainText("sum(items)", "a.yaml", diag.Position{Line: 1, Column: 1})}
	of := func(id string, kind slo.Kind, sli slo.SLI) *slo.SLO {
		return &slo.SLO{ID: id, Kind: kind, SLI: sli, About: slo.About{Owner: "shop"}, Objectives: objectives(t, "99% 1h")}
	}
	order, pay := of("sell/order", slo.KindStep, slo.SLI{}), of("sell/pay", slo.KindStep, items)
	half, wrong := of("half", slo.KindSLO, items), of("wrong", slo.KindSLO, items)
	set := &slo.Set{
		SLOs: []*slo.SLO{half, order, pay, wrong},
		Journeys: []*slo.Journey{{
			ID: "sell", About: slo.About{Owner: "shop"}, Compose: slo.Series, Objectives: objectives(t, "99% 1h"),
			Steps: []slo.Step{{Name: "order", SLO: order}, {Name: "pay", SLO: pay}},
		}},
		Exclusions: []*slo.Exclusion{{Name: "drill", SLOs: []string{"sell/pay"}, Effect: slo.Drop, From: (end - 50).Time(), To: (end - 40).Time()}},
	}
	extents := map[string]slo.Span{}
	for _, s := range set.SLOs {
		extents[s.ID] = slo.Span{Start: end - 60, End: end}
	}
	extents["half"] = slo.Span{Start: end - 30, End: end}
	cuts, measured := burnrate.Cuts(set, extents), map[string]burnrate.Measurement{}
	for _, s := range set.SLOs {
		counts := slo.Counts{Total: 1_250_500, Bad: 2_500}
		switch s.ID {
		case "sell/order":
			counts = slo.Counts{Total: 400, Bad: 1}
		case "wrong":
			counts = slo.Counts{Total: 1_000, Bad: 1_001}
		}
		rows := make([]burnrate.Row, len(cuts[s.ID])-1)
		for i := range rows {
			rows[i].Measured = true
			if start := cuts[s.ID][i]; start == end-50 || start == extents[s.ID].Start {
				rows[i].Counts = counts
			}
		}
		series, err := burnrate.NewSeries(extents[s.ID], cuts[s.ID], rows)
		if err != nil {
			t.Fatal(err)
		}
		measured[s.ID] = burnrate.Measurement{Series: series, End: end}
	}
	snapshot := burnrate.Evaluate(set, end.Time(), measured)
	snapshot.Notices = []burnrate.Notice{
		{ID: "half", Message: "no event was valid"},
		{ID: "sell/order", Message: "no event was valid"},
		{ID: "sell/order", Message: "a line\nbreak is shown as one character"},
		{ID: "sell/pay", Message: "numbers were rounded"},
		{ID: "wrong", Message: "no event was valid"},
	}
	return snapshot
}

// TestWeighted prints thousandths as decimals, whole numbers without a point,
// and notices below.
func TestWeighted(t *testing.T) {
	t.Parallel()
	snapshot := weighted(t)
	var table, document, sums bytes.Buffer
	if err := report.Table(&table, snapshot, false); err != nil {
		t.Fatal(err)
	}
	if err := report.JSON(&document, snapshot); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"half", "sell", "sell/order", "sell/pay", "lost"} {
		if err := report.Explain(&sums, snapshot, id); err != nil {
			t.Fatal(err)
		}
	}
	golden(t, "weighted.txt", table.String())
	golden(t, "weighted.json", document.String())
	golden(t, "weighted-sums.txt", sums.String())
}
