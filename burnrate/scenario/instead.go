package scenario

import (
	"fmt"
	"strings"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo/diag"
)

// mostTold bounds how much is said of what happened instead.
const mostTold = 4

// instead says what happened in place of an expectation: what changed since the
// load that it counts from; else what fired before; and how the tiers stood when
// its time was over.
func (r *run) instead(e *expectation) diag.Phrase {
	var told []diag.Phrase
	var before diag.Phrase
	for _, event := range r.events {
		if event.Severity != e.severity || e.id != "" && event.ID != e.id {
			continue
		}
		if at := minute(event); at > e.start || at > e.from {
			told = append(told, diag.Say("after %s %s", passed(at-e.start), what(event)))
		} else {
			before = diag.Say("%s %s before the load", what(event), passed(e.start-at))
		}
	}
	if more := len(told) - mostTold; more > 0 {
		told = append(told[:mostTold], diag.Say("%d more", more))
	}
	if len(told) == 0 {
		told = append(told, diag.Say("nothing changed"))
	}
	if !before.Empty() {
		told = append(told, before)
	}
	text := oneByOne(told)
	if picture := r.picture(e); !picture.Empty() {
		text = diag.Say("%s; %s after the load began: %s", text, passed(e.to-e.start), picture)
	}
	return text
}

// oneByOne tells several things.
func oneByOne(told []diag.Phrase) diag.Phrase {
	var text diag.Phrase
	for i, one := range told {
		if i == 0 {
			text = one
		} else {
			text = diag.Say("%s; %s", text, one)
		}
	}
	return text
}

// what says what an event was.
func what(e alert.Event) diag.Phrase {
	text := diag.Say("a %s of %s", e.Severity, e.ID)
	if e.Labels.Observe {
		text = diag.Say("a %s of %s (which is observed)", e.Severity, e.ID)
	}
	switch {
	case e.Change == alert.Resolved:
		return diag.Say("%s (%s) resolved as %s", text, e.Kind, e.Reason)
	case e.Kind == alert.NoData:
		return diag.Say("%s fired as nothing was measured for %s", text, e.Why.Silent.After)
	case e.Kind == alert.Budget:
		return diag.Say("%s fired for %s of the budget of %s", text, e.Why.Budget.Level, e.Objective)
	case e.Kind == alert.NoTraffic:
		return diag.Say("%s fired as %d events of %s came in %s, and %d are usual", text, e.Why.Traffic.Events, e.Why.Traffic.ID, e.Why.Traffic.After, e.Why.Traffic.Usual)
	case e.Kind == alert.Source && e.Why.Source.Down == alert.Fails:
		return diag.Say("%s fired as the source fails", text)
	case e.Kind == alert.Source:
		return diag.Say("%s fired as nothing happens of all that the source measures", text)
	}
	tier := e.Why.Tiers[0]
	text = diag.Say("%s fired by %s/%s, burning at %s and %s of %s", text, tier.Long, tier.Short, short(tier.LongBurn), short(tier.ShortBurn), short(tier.Factor))
	if e.Why.Cause != nil {
		text = diag.Say("%s, %s of it by %s", text, percent(e.Why.Cause.Ratio), e.Why.Cause.ID)
	}
	return text
}

// picture says how the tiers of what was expected stood when the time was over,
// or how much of the budget was spent.
func (r *run) picture(e *expectation) diag.Phrase {
	var told []diag.Phrase
	snapshot := r.pictures[e.to]
	for _, a := range snapshot.states.Alerts {
		if a.Severity == e.severity && (e.id == "" || a.ID == e.id) && (e.kind == "" || a.Kind == e.kind) && a.Below != nil && !a.Sent {
			told = append(told, diag.Say("a %s of %s (%s) is silent below the %s of %s", a.Severity, a.ID, a.Kind, a.Below.Severity, a.Below.ID))
		}
	}
	for i := range snapshot.Statuses {
		s := &snapshot.Statuses[i]
		if e.id != "" && s.ID != e.id {
			continue
		}
		for _, o := range s.Objectives {
			if e.kind == alert.NoData {
				told = append(told, diag.Say("%d minutes of the last %s of %s were measured", o.Silence.Measured, o.Silence.Window, s.ID))
				continue
			}
			if e.kind == alert.Budget {
				told = append(told, diag.Say("%s of the budget of %s is spent", percent(o.Budget.Consumed), s.ID))
				continue
			}
			if e.kind == alert.NoTraffic {
				for _, t := range o.Traffic {
					told = append(told, diag.Say("%d events of %s came in the last %s, of which %d minutes count, and %d are usual on %d days", t.Events, t.ID, t.Window, t.Measured, t.Usual, t.Days))
				}
				continue
			}
			if e.kind == alert.Source {
				continue
			}
			for _, j := range o.Tiers {
				if j.Tier.Severity == e.severity {
					told = append(told, tierText(s.ID, &o, j))
				}
			}
		}
	}
	if more := len(told) - mostTold; more > 0 {
		told = append(told[:mostTold], diag.Say("%d more", more))
	}
	return oneByOne(told)
}

// tierText says how a tier stands and why.
func tierText(id string, o *burnrate.Objective, j burnrate.Judgement) diag.Phrase {
	factor, _ := j.Tier.Factor(o.Window.Window).Float64()
	var rates diag.Phrase
	for _, windows := range strings.Split(j.Tier.Windows(), "/") {
		for _, b := range o.Burn {
			if b.Window.Window.String() == windows {
				if rates.Empty() {
					rates = short(b.Rate)
				} else {
					rates = diag.Say("%s and %s", rates, short(b.Rate))
				}
			}
		}
	}
	return diag.Say("%s %s %s, burning at %s of %.4g", id, j.Tier.Windows(), j.Verdict, rates, factor)
}

// passed spells minutes for people: 2d 10m.
func passed(minutes int64) string {
	var parts []string
	for _, unit := range []struct {
		minutes int64
		name    string
	}{{24 * 60, "d"}, {60, "h"}, {1, "m"}} {
		if n := minutes / unit.minutes; n > 0 || unit.minutes == 1 && len(parts) == 0 {
			parts = append(parts, fmt.Sprintf("%d%s", n, unit.name))
		}
		minutes %= unit.minutes
	}
	return strings.Join(parts, " ")
}

func short(r burnrate.Ratio) diag.Phrase {
	value, known := r.Value()
	if !known {
		return diag.Say("nothing")
	}
	return diag.Verbatim(fmt.Sprintf("%.4g", value))
}

func percent(r burnrate.Ratio) diag.Phrase {
	value, known := r.Value()
	if !known {
		return diag.Say("an unknown share")
	}
	return diag.Verbatim(fmt.Sprintf("%.4g%%", 100*value))
}
