package report

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
)

// heldBack lists what guards held back, that which is worth looking at first.
func (t *backtestTable) heldBack(r *BacktestRun) {
	if len(r.Held) == 0 {
		return
	}
	list := heldInOrder(r)
	t.head(term.Fit("HELD BACK", severityWidth), term.Fit("TIER", kindWidth), term.Fit("FOR", lengthWidth), term.Fit("SINCE", instantWidth),
		term.FitRight("LONG", rateWidth), term.FitRight("SHORT", rateWidth), term.FitRight("FACTOR", rateWidth), " WHAT")
	for _, h := range list[:min(len(list), mostOthers)] {
		t.row("", string(h.Severity), aboutText(alert.Key{ID: h.ID, Objective: h.Objective}), term.Fit(plainText(h.Tier.Long+"/"+h.Tier.Short), kindWidth),
			term.Fit(minutesText(h.Minutes), lengthWidth), term.Fit(t.minute(h.From), instantWidth), term.FitRight(burnText(h.Tier.LongBurn), rateWidth),
			term.FitRight(burnText(h.Tier.ShortBurn), rateWidth), term.FitRight(burnText(h.Tier.Factor), rateWidth)+" ")
		t.detail("%s", heldRecord{Tier: h.Tier, HeldBy: heldByGuard, Guard: h.Guard}.text())
	}
	if more := len(list) - mostOthers; more > 0 {
		first := ""
		if r.Judgement != nil {
			first = "what was held back in an incident that was missed, then "
		}
		t.detail("%d more: -o json has all. First is %swhat chance may explain, then what had few bad events, then few events; "+
			"of each, what burned most above its factor", more, first)
	}
}

// heldInOrder orders what guards held back by how likely it is that it should have fired:
// first what was held back in an incident that was missed, then what only chance spoke
// against, what had few bad events, and what had few events. Of these, what burned most
// above its factor is first: at night a single failure of nine requests burns at hundreds
// of times its budget.
func heldInOrder(r *BacktestRun) []*backtest.Held {
	type ranked struct {
		*backtest.Held
		missed bool
	}
	steps := map[string][]string{}
	for i := range r.Objectives {
		steps[r.Objectives[i].ID] = r.Objectives[i].Steps
	}
	list := make([]ranked, len(r.Held))
	for i := range r.Held {
		list[i] = ranked{&r.Held[i], inMissed(&r.Held[i], r.Judgement, steps[r.Held[i].ID])}
	}
	verdicts := []string{burnrate.Chance.String(), burnrate.FewBad.String(), burnrate.FewEvents.String()}
	slices.SortStableFunc(list, func(a, b ranked) int {
		if a.missed != b.missed {
			if a.missed {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(slices.Index(verdicts, a.Tier.Verdict), slices.Index(verdicts, b.Tier.Verdict)), cmp.Compare(excess(&b.Tier), excess(&a.Tier)))
	})
	held := make([]*backtest.Held, len(list))
	for i := range list {
		held[i] = list[i].Held
	}
	return held
}

// inMissed reports whether something was held back that would have told of an incident
// that was missed: its short window had a minute of it, apart from how late minutes are
// measured.
func inMissed(h *backtest.Held, j *backtest.Judgement, steps []string) bool {
	if j == nil {
		return false
	}
	short, err := slo.ParseDuration(h.Tier.Short)
	if err != nil {
		short = 0 // a recorder writes no such windows
	}
	return slices.ContainsFunc(j.Incidents, func(found backtest.IncidentFound) bool {
		if found.Told != nil || found.Outside || found.Expect == "" || found.Expect == slo.Page && h.Severity != slo.Page {
			return false
		}
		incident := slo.Incident{SLOs: found.SLOs}
		return incident.Concerns(h.ID, steps) && h.From.Before(found.To.Add(short)) && h.To.After(found.From)
	})
}

// excess is by how much a tier burns above its factor, in both windows.
func excess(t *alert.Tier) float64 {
	long, _ := t.LongBurn.Value()
	short, _ := t.ShortBurn.Value()
	factor, known := t.Factor.Value()
	if !known || factor == 0 {
		return 0
	}
	return min(long, short) / factor
}
