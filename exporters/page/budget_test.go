package page

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo"
)

func TestBudget(t *testing.T) {
	t.Parallel()
	b := builderOf(t, at(1, 0, 0), at(5, 0, 0), "UTC", slo.English)
	gap := burnrate.Ratio{}
	for _, test := range []struct {
		name  string
		left  []burnrate.Ratio // a day apart
		want  budgetLine
		title string
	}{
		{
			"falls",
			[]burnrate.Ratio{ratio(1), ratio(0.5), ratio(0.25)},
			budgetLine{Path: "M0.0 0.0L250.0 50.0L500.0 75.0", Area: "M0.0 100.0L0.0 0.0L250.0 50.0L500.0 75.0L500.0 100.0Z", Zero: "100.0"},
			"Budget left: 100% at first, 25% in the end, 25% at least",
		},
		{
			"more than all is spent",
			[]burnrate.Ratio{ratio(0), ratio(-3), ratio(-1)},
			budgetLine{Path: "M0.0 25.0L250.0 100.0L500.0 50.0", Area: "M0.0 25.0L0.0 25.0L250.0 100.0L500.0 50.0L500.0 25.0Z", Zero: "25.0"},
			"Budget left: 0% at first, −100% in the end, −300% at least",
		},
		{
			"gaps",
			[]burnrate.Ratio{gap, ratio(0.5), gap, ratio(0.4), ratio(0.6)},
			budgetLine{
				Path: "M250.0 50.0M750.0 60.0L1000.0 40.0", Area: "M250.0 100.0L250.0 50.0L250.0 100.0ZM750.0 100.0L750.0 60.0L1000.0 40.0L1000.0 100.0Z", Zero: "100.0",
			},
			"Budget left: 50% at first, 60% in the end, 40% at least",
		},
	} {
		var o backtest.Objective
		for n, left := range test.left {
			o.Remaining = append(o.Remaining, backtest.Sample{At: at(1+n, 0, 0), Remaining: left})
		}
		line, title, drawn := b.budget(&o)
		if diff := cmp.Diff(test.want, line); diff != "" || title != test.title || !drawn {
			t.Errorf("%s: %q, %t (-want +got):\n%s", test.name, title, drawn, diff)
		}
	}
	for _, o := range []*backtest.Objective{nil, {}, {Remaining: []backtest.Sample{{At: at(1, 0, 0)}}}} {
		if line, title, drawn := b.budget(o); drawn {
			t.Errorf("%v is drawn as %v, %s", o, line, title)
		}
	}
}
