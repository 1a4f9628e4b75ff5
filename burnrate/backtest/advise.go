package backtest

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// Bounds of what is advised. Below them the numbers say too little.
const (
	enoughPeriods = 2               // whole ones, to say something of a target
	enoughSilence = 7 * dayMinutes  // that were judged, for tiers that never fired
	enoughFiring  = dayMinutes      // that were judged, for one that nearly always did, or was held
	enoughFirings = 3               // of a tier that is never right
	enoughSLI     = dayMinutes      // that were measured, for an SLI without events or without good ones
	enoughBad     = 10              // events, for an SLI without good ones
	enoughGood    = 1000            // events within a week or more, for an SLI without bad ones
	alwaysEnough  = 28 * dayMinutes // without bad ones, however many events there were
)

// Advise says what a history says about targets, windows, tiers and SLIs. periods are
// those of the set of the run, also of before it; judgement is nil without incidents. It
// is ordered by id, objective, how much there is to do about its kind, and severity.
//
// An SLI that has no information is said, and nothing of its targets and tiers beside.
// Of tiers, one of each severity is named: that which shows it most.
func Advise(run *Run, judgement *Judgement, periods []Period) []Advice {
	a := adviser{run: run, judgement: judgement, histories: historiesOf(periods), said: map[string]bool{}, list: []Advice{}}
	for i := range run.Objectives {
		o := &run.Objectives[i]
		target, err := slo.ParseTarget(o.Target)
		if err != nil {
			continue // a recorder writes no such target
		}
		a.objective(o, target)
	}
	slices.SortStableFunc(a.list, func(x, y Advice) int {
		return cmp.Or(cmp.Compare(x.ID, y.ID), cmp.Compare(x.Objective, y.Objective), cmp.Compare(x.Kind.rank(), y.Kind.rank()), cmp.Compare(x.Severity, y.Severity))
	})
	return a.list
}

// rank orders kinds of advice about the same, the most useful first: what is wrong with
// an SLI puts all else in doubt, a missed target asks for a decision, alerts that wake
// people for nothing or never wake anybody come before targets that might be tighter,
// and last is what only more history will tell.
func (k AdviceKind) rank() int {
	return slices.Index([]AdviceKind{
		SLIWithoutEvents, SLIWithoutGood, SLIWithoutBad, TargetMissed, WindowShort, TierFalse, TierConstant, TierHeld, TargetLoose,
		TiersSilent, WindowUnknown,
	}, k)
}

// adviser collects advice.
type adviser struct {
	run       *Run
	judgement *Judgement
	histories map[string][]history
	said      map[string]bool // ids of SLIs
	list      []Advice
}

// history is the periods of one window of an id, the oldest first.
type history struct {
	objective string
	window    slo.Window
	periods   []*Period
}

// historiesOf sorts periods by their ids and windows, in their order.
func historiesOf(periods []Period) map[string][]history {
	byID := map[string][]history{}
	for i := range periods {
		p := &periods[i]
		list := byID[p.ID]
		at := slices.IndexFunc(list, func(h history) bool { return h.objective == p.Objective && h.window == p.Window })
		if at < 0 {
			at, list = len(list), append(list, history{objective: p.Objective, window: p.Window})
		}
		list[at].periods = append(list[at].periods, p)
		byID[p.ID] = list
	}
	for _, list := range byID {
		for _, h := range list {
			slices.SortStableFunc(h.periods, func(a, b *Period) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
		}
	}
	return byID
}

// own returns the history of the window of an objective.
func own(histories []history, o *Objective) history {
	for _, h := range histories {
		if h.objective == o.Name {
			return h
		}
	}
	return history{objective: o.Name}
}

// objective advises on one objective. What is said of an SLI is said with the first
// objective of its id.
func (a *adviser) objective(o *Objective, target slo.Target) {
	histories := a.histories[o.ID]
	if kind := a.sli(o, histories); kind != "" {
		if kind == SLIWithoutBad {
			a.short(o, target, histories)
		}
		return
	}
	loose := a.target(o, target, histories)
	a.short(o, target, histories)
	a.tiers(o, loose)
}

// about begins an advice about an objective.
func about(kind AdviceKind, o *Objective) Advice {
	return Advice{Kind: kind, ID: o.ID, Objective: o.Name, Owner: o.Owner, Target: o.Target, Window: o.Window}
}

// add takes an advice.
func (a *adviser) add(advice Advice) { a.list = append(a.list, advice) }

// minutesOf returns how long a window is that a run spells, 0 when it is none.
func minutesOf(window string) int64 {
	w, err := slo.ParseWindow(window)
	if err != nil {
		return 0
	}
	return w.Minutes()
}
