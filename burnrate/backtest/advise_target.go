package backtest

import (
	"math/bits"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// usualTargets are proposed, the loosest first.
func usualTargets() []slo.Target {
	var list []slo.Target
	for _, text := range []string{"90", "95", "98", "99", "99.5", "99.8", "99.9", "99.95", "99.98", "99.99", "99.999"} {
		target, err := slo.ParseTarget(text)
		if err == nil {
			list = append(list, target)
		}
	}
	return list
}

// tighter reports whether a target allows less than another one: 5 of 10,000 is less
// than 1 of 1,000, as 5 × 1,000 is less than 1 × 10,000.
func tighter(a, b slo.Target) bool {
	badA, ofA := a.Allowed()
	badB, ofB := b.Allowed()
	return above(badB, ofA, badA, ofB)
}

// above reports whether a × b is more than c × d, none of which is below 0.
func above(a, b, c, d int64) bool {
	highA, lowA := bits.Mul64(uint64(a), uint64(b))
	highC, lowC := bits.Mul64(uint64(c), uint64(d))
	return highA > highC || highA == highC && lowA > lowC
}

// whole reports whether a period says something of a target: at least nine tenths of it
// were measured, and something happened.
func (p *Period) whole() bool {
	return p.Measured*10 >= p.Span.Len()*9 && p.Span.Len() > 0 && p.Error.Defined()
}

// misses reports whether more was bad than a part of what a target allows: than all of
// it for 1, and half of it for 2.
func (p *Period) misses(t slo.Target, part int64) bool {
	if p.Composed {
		e, _ := p.Error.Value()
		return e*float64(part) > t.AllowedRatio()
	}
	bad, of := t.Allowed()
	return above(p.Counts.Bad, of*part, p.Counts.Total, bad)
}

// carries reports whether a budget of some events has room for so many bad ones.
func carries(events int64, t slo.Target, bad int64) bool {
	allowed, of := t.Allowed()
	return !above(bad, of, events, allowed)
}

// whole returns the periods that say something.
func (h *history) whole() []*Period {
	return slices.DeleteFunc(slices.Clone(h.periods), func(p *Period) bool { return !p.whole() })
}

// missed counts the periods in which a target would have been missed.
func missed(whole []*Period, t slo.Target) (n int) {
	for _, p := range whole {
		if p.misses(t, 1) {
			n++
		}
	}
	return n
}

// ratios are the numbers behind an advice about a target.
func (h *history) ratios(t slo.Target) []PeriodRatio {
	var list []PeriodRatio
	for _, p := range h.periods {
		whole := p.whole()
		list = append(list, PeriodRatio{From: p.Span.Start.Time(), To: p.Span.End.Time(), Error: p.Error, Coverage: p.Coverage(), Whole: whole, Missed: whole && p.misses(t, 1)})
	}
	return list
}

// target advises on the target of an objective, and reports whether it is loose.
func (a *adviser) target(o *Objective, t slo.Target, histories []history) bool {
	if len(histories) == 0 {
		return false // nothing was measured, which others say
	}
	h := own(histories, o)
	whole := h.whole()
	if len(whole) == 0 {
		a.unknown(o, t, h, histories)
		return false
	}
	advice := about(TargetMissed, o)
	advice.Of, advice.Missed, advice.Periods = len(whole), missed(whole, t), h.ratios(t)
	if advice.Missed > 0 {
		advice.ProposedTarget = tightest(func(other slo.Target) bool { return missed(whole, other) == 0 })
		a.add(advice)
		return false
	}
	if advice.Of < enoughPeriods {
		return false
	}
	advice.Kind = TargetLoose
	advice.ProposedTarget = tightest(func(other slo.Target) bool {
		return tighter(other, t) && !slices.ContainsFunc(whole, func(p *Period) bool {
			return p.misses(other, 2) || !carries(p.Events, other, enoughBudget)
		})
	})
	if advice.ProposedTarget == "" {
		return false
	}
	a.add(advice)
	return true
}

// enoughBudget is how many bad events a budget that is proposed has room for at least:
// so a single one spends at most a tenth of it.
const enoughBudget = 10

// tightest returns the tightest of the usual targets that will do, "" for none.
func tightest(will func(slo.Target) bool) string {
	list := usualTargets()
	for _, t := range slices.Backward(list) {
		if will(t) {
			return t.String()
		}
	}
	return ""
}

// unknown says that there is no whole period of a window, and what there is of the
// longest shorter one.
func (a *adviser) unknown(o *Objective, t slo.Target, h history, histories []history) {
	advice := about(WindowUnknown, o)
	advice.Periods = h.ratios(t)
	length := int64(0)
	for _, other := range histories {
		whole := other.whole()
		if minutes := other.window.Minutes(); minutes < minutesOf(o.Window) && minutes > length && len(whole) >= enoughPeriods {
			length = minutes
			advice.ProposedWindow, advice.Of, advice.Missed = other.window.String(), len(whole), missed(whole, t)
			advice.Periods = other.ratios(t)
		}
	}
	a.add(advice)
}

// short says that a window holds too few events for its target.
func (a *adviser) short(o *Objective, t slo.Target, histories []history) {
	h := own(histories, o)
	whole := h.whole()
	events := middle(whole)
	if events == 0 || carries(events, t, 1) {
		return
	}
	advice := about(WindowShort, o)
	bad, of := t.Allowed()
	advice.Share = burnrate.RatioOf(float64(of) / (float64(events) * float64(bad)))
	advice.Of, advice.Events, advice.Periods = len(whole), slo.FormatCount(events, 1), h.ratios(t)
	length := int64(0)
	for _, other := range histories {
		minutes := other.window.Minutes()
		if minutes > minutesOf(o.Window) && (length == 0 || minutes < length) && carries(middle(other.whole()), t, enoughBudget) {
			length, advice.ProposedWindow = minutes, other.window.String()
		}
	}
	advice.ProposedTarget = tightest(func(other slo.Target) bool { return carries(events, other, enoughBudget) })
	a.add(advice)
}

// middle returns how many events half of the periods have at most, 0 without any.
func middle(whole []*Period) int64 {
	if len(whole) == 0 {
		return 0
	}
	var events []int64
	for _, p := range whole {
		events = append(events, p.Events)
	}
	slices.Sort(events)
	return events[(len(events)-1)/2]
}
