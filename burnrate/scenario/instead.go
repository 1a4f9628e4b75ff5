package scenario

import (
	"fmt"
	"strings"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
)

// mostTold bounds how much is said of what happened instead.
const mostTold = 4

// instead says what happened in place of an expectation: what changed since the
// load that it counts from; else what fired before; and how the tiers stood when
// its time was over.
func (r *run) instead(e *expectation) string {
	var told []string
	var before string
	for _, event := range r.events {
		if event.Severity != e.severity || e.id != "" && event.ID != e.id {
			continue
		}
		if at := minute(event); at > e.start || at > e.from {
			told = append(told, "after "+passed(at-e.start)+" "+what(event))
		} else {
			before = what(event) + " " + passed(e.start-at) + " before the load"
		}
	}
	if more := len(told) - mostTold; more > 0 {
		told = append(told[:mostTold], fmt.Sprintf("%d more", more))
	}
	if len(told) == 0 {
		told = append(told, "nothing changed")
	}
	if before != "" {
		told = append(told, before)
	}
	text := strings.Join(told, "; ")
	if picture := r.picture(e); picture != "" {
		text += "; " + passed(e.to-e.start) + " after the load began: " + picture
	}
	return text
}

// what says what an event was.
func what(e alert.Event) string {
	text := fmt.Sprintf("a %s of %s ", e.Severity, e.ID)
	if e.Labels.Observe {
		text += "(which is observed) "
	}
	switch {
	case e.Change == alert.Resolved:
		return text + fmt.Sprintf("(%s) resolved as %s", e.Kind, e.Reason)
	case e.Kind == alert.NoData:
		return text + "fired as nothing was measured for " + e.Why.Silent.After
	case e.Kind == alert.Budget:
		return text + fmt.Sprintf("fired for %s of the budget of %s", e.Why.Budget.Level, e.Objective)
	case e.Kind == alert.NoTraffic:
		return text + fmt.Sprintf("fired as %d events of %s came in %s, and %d are usual", e.Why.Traffic.Events, e.Why.Traffic.ID, e.Why.Traffic.After, e.Why.Traffic.Usual)
	case e.Kind == alert.Source && e.Why.Source.Down == alert.Fails:
		return text + "fired as the source fails"
	case e.Kind == alert.Source:
		return text + "fired as nothing happens of all that the source measures"
	}
	tier := e.Why.Tiers[0]
	text += fmt.Sprintf("fired by %s/%s, burning at %s and %s of %s", tier.Long, tier.Short, short(tier.LongBurn), short(tier.ShortBurn), short(tier.Factor))
	if e.Why.Cause != nil {
		text += fmt.Sprintf(", %s of it by %s", percent(e.Why.Cause.Ratio), e.Why.Cause.ID)
	}
	return text
}

// picture says how the tiers of what was expected stood when the time was over,
// or how much of the budget was spent.
func (r *run) picture(e *expectation) string {
	var told []string
	snapshot := r.pictures[e.to]
	for _, a := range snapshot.states.Alerts {
		if a.Severity == e.severity && (e.id == "" || a.ID == e.id) && (e.kind == "" || a.Kind == e.kind) && a.Below != nil && !a.Sent {
			told = append(told, fmt.Sprintf("a %s of %s (%s) is silent below the %s of %s", a.Severity, a.ID, a.Kind, a.Below.Severity, a.Below.ID))
		}
	}
	for i := range snapshot.Statuses {
		s := &snapshot.Statuses[i]
		if e.id != "" && s.ID != e.id {
			continue
		}
		for _, o := range s.Objectives {
			if e.kind == alert.NoData {
				told = append(told, fmt.Sprintf("%d minutes of the last %s of %s were measured", o.Silence.Measured, o.Silence.Window, s.ID))
				continue
			}
			if e.kind == alert.Budget {
				told = append(told, fmt.Sprintf("%s of the budget of %s is spent", percent(o.Budget.Consumed), s.ID))
				continue
			}
			if e.kind == alert.NoTraffic {
				for _, t := range o.Traffic {
					told = append(told, fmt.Sprintf("%d events of %s came in the last %s, of which %d minutes count, and %d are usual on %d days", t.Events, t.ID, t.Window, t.Measured, t.Usual, t.Days))
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
		told = append(told[:mostTold], fmt.Sprintf("%d more", more))
	}
	return strings.Join(told, "; ")
}

// tierText says how a tier stands and why.
func tierText(id string, o *burnrate.Objective, j burnrate.Judgement) string {
	factor, _ := j.Tier.Factor(o.Window.Window).Float64()
	var rates []string
	for _, windows := range strings.Split(j.Tier.Windows(), "/") {
		for _, b := range o.Burn {
			if b.Window.Window.String() == windows {
				rates = append(rates, short(b.Rate))
			}
		}
	}
	return fmt.Sprintf("%s %s %s, burning at %s of %.4g", id, j.Tier.Windows(), j.Verdict, strings.Join(rates, " and "), factor)
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

func short(r burnrate.Ratio) string {
	value, known := r.Value()
	if !known {
		return "nothing"
	}
	return fmt.Sprintf("%.4g", value)
}

func percent(r burnrate.Ratio) string {
	value, known := r.Value()
	if !known {
		return "an unknown share"
	}
	return fmt.Sprintf("%.4g%%", 100*value)
}
