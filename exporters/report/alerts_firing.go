package report

import (
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/slo"
)

// silence is why nobody was told of an alert that fires.
type silence struct {
	Reason string     `json:"reason"`
	By     *alert.Key `json:"by,omitempty"` // what fires in its place
}

// The reasons why nobody is told.
const (
	silentObserve = "observe" // the stage says so
	silentPage    = "page"    // a page about the same SLO fires
	silentFolded  = "folded"  // the page of the step that causes it fires
	silentSource  = "source"  // the alert about its source fires
	silentOver    = "over"    // what spent the budget is over
	silentCalm    = "calm"    // the condition is false at present
)

// clearing is how far an alert is from being resolved.
type clearing struct {
	Turn        alert.Reason `json:"turn"`        // why the condition is not true any more
	CalmMinutes int64        `json:"calmMinutes"` // for how long it has been false on evidence
	HoldMinutes *int64       `json:"holdMinutes"` // how long it has to be; nil when the policy is not known
	LeftMinutes *int64       `json:"leftMinutes"`
}

// alertsBuilder knows what a document about alerts is made of.
type alertsBuilder struct {
	box      outbox.Box
	statuses map[string]*burnrate.Status
	told     map[string]*Episode // by episode
	at       time.Time           // up to when alerts fire
}

// firing says what there is to know of an alert that fires: from the snapshot as
// far as it tells, else from what was told last.
func (b *alertsBuilder) firing(a alert.Alert) Episode {
	e := Episode{
		Episode: alert.Event{Key: a.Key, Was: a.Was, Since: a.Since}.Episode(), Key: a.Key, Labels: a.Labels, Since: a.Since.UTC(),
		Minutes: minutesBetween(a.Since, b.at), Messages: []message{},
	}
	if told := b.told[e.Episode]; told != nil {
		e.Messages, e.Why, e.Subject = told.Messages, told.Why, told.Subject
		e.WhyFired = &told.Why
	}
	judged := a.Judged.UTC()
	e.EvidenceAt = &judged
	e.Silence = b.silenceOf(a)
	status, o := b.objective(a.Key)
	if o != nil {
		e.Why, e.TimeZone = b.whyOf(a, status, o, e.Why), o.Window.Window.TimeZone()
		if len(e.Messages) == 0 {
			e.Subject = subjectOf(status, o)
		}
	}
	if a.Turn != "" {
		e.Clearing = &clearing{Turn: a.Turn, CalmMinutes: a.Calm}
		if o != nil {
			hold := holdOf(o.Alerts, a.Key)
			left := max(0, hold-a.Calm)
			e.Clearing.HoldMinutes, e.Clearing.LeftMinutes = &hold, &left
		}
	}
	return e
}

// objective returns what a key is about as the snapshot has it, nil when it is
// gone, or has no policy any more.
func (b *alertsBuilder) objective(k alert.Key) (*burnrate.Status, *burnrate.Objective) {
	status := b.statuses[k.ID]
	if status == nil {
		return nil, nil
	}
	for i := range status.Objectives {
		if o := &status.Objectives[i]; o.Name == k.Objective && o.Alerts != nil {
			return status, o
		}
	}
	return status, nil
}

func (b *alertsBuilder) zoneOf(k alert.Key) string {
	if _, o := b.objective(k); o != nil {
		return o.Window.Window.TimeZone()
	}
	return ""
}

// silenceOf says why nobody was told of an alert, nil when somebody was.
func (b *alertsBuilder) silenceOf(a alert.Alert) *silence {
	// What was silent below a page that is over waits for its condition. A source may
	// stand for it before its own alert fires.
	if a.Below != nil && a.Below.Kind != alert.Source && !slices.ContainsFunc(b.box.State.Alerts, func(other alert.Alert) bool { return other.Key == *a.Below }) {
		a.Below = nil
	}
	switch {
	case a.Labels.Observe:
		return &silence{Reason: silentObserve}
	case a.Sent:
		return nil
	case a.Below != nil && a.Below.Kind == alert.Source:
		return &silence{silentSource, a.Below}
	case a.Below != nil && a.Below.ID == a.ID:
		return &silence{silentPage, a.Below}
	case a.Below != nil:
		return &silence{silentFolded, a.Below}
	case a.Kind == alert.Budget:
		return &silence{Reason: silentOver}
	default:
		return &silence{Reason: silentCalm}
	}
}

// whyOf says why an alert fires by a snapshot. What a snapshot does not tell is
// what was told.
func (b *alertsBuilder) whyOf(a alert.Alert, s *burnrate.Status, o *burnrate.Objective, told alert.Why) alert.Why {
	w := told
	if a.Kind == alert.Burn || a.Kind == alert.Budget {
		w.Budget = budgetOf(o, a.Level)
	}
	switch a.Kind {
	case alert.Burn:
		w.Tiers, w.Guard = alert.Judged(o, a.Severity), alert.GuardOf(o.Alerts)
		if cause := b.causeOf(o, a.Severity); cause != nil {
			w.Cause = cause
		}
	case alert.NoData:
		if o.Alerts.NoData != nil {
			w.Silent = &alert.Silent{After: slo.FormatDuration(o.Alerts.NoData.After), Measured: o.Silence.Measured}
			if told.Silent != nil {
				w.Silent.Until = told.Silent.Until
			}
		}
	case alert.NoTraffic:
		if traffic := leastTraffic(o); traffic != nil {
			w.Traffic = traffic
		}
	default: // of a budget nothing more, and of others what was told
	}
	return roundedWhy(w)
}

func budgetOf(o *burnrate.Objective, level string) *alert.BudgetSpent {
	b := &alert.BudgetSpent{Consumed: o.Budget.Consumed, Level: level}
	if o.Forecast.Exhausts && o.Forecast.Exhaustion > 0 {
		gone := o.Window.Span.End.Time().Add(o.Forecast.Exhaustion)
		b.Gone, b.AtEarliest = &gone, o.Forecast.Earliest
	}
	return b
}

// causeOf names the step that causes most of a journey's error in the short
// window of the firing tier with the highest factor, nil when none fires.
func (b *alertsBuilder) causeOf(o *burnrate.Objective, severity slo.Severity) *alert.Cause {
	var fastest *burnrate.Judgement
	for i := range o.Tiers {
		j := &o.Tiers[i]
		if j.Tier.Severity == severity && j.Verdict == burnrate.Fires && (fastest == nil || j.Tier.Limit().Cmp(fastest.Tier.Limit()) > 0) {
			fastest = j
		}
	}
	if fastest == nil {
		return nil
	}
	var cause *alert.Cause
	most := 0.0
	for _, share := range fastest.Shares {
		if ratio, known := share.Ratio.Value(); known && ratio > most {
			most = ratio
			cause = &alert.Cause{Step: share.Step, ID: share.ID, Ratio: share.Ratio}
			if status := b.statuses[share.ID]; status != nil {
				cause.Owner = status.Owner
			}
		}
	}
	return cause
}

// leastTraffic is that of the objective's own, or of the step that has least of what
// is usual; nil when that is not known of any.
func leastTraffic(o *burnrate.Objective) *alert.Traffic {
	var least *burnrate.Traffic
	for i := range o.Traffic {
		t := &o.Traffic[i]
		if t.Usual > 0 && (least == nil || float64(t.Events)*float64(least.Usual) < float64(least.Events)*float64(t.Usual)) {
			least = t
		}
	}
	if least == nil || o.Alerts.NoTraffic == nil {
		return nil
	}
	return &alert.Traffic{
		ID: least.ID, After: least.Window.String(), Below: o.Alerts.NoTraffic.Below.String(), Events: least.Events, Usual: least.Usual, Days: least.Days,
	}
}

// holdOf returns for how many minutes the condition of an alert has to be false
// until it resolves. Budgets do not wait.
func holdOf(p *slo.AlertPolicy, k alert.Key) int64 {
	hold := p.Hold.Ticket
	switch {
	case k.Kind == alert.Budget:
		return 0
	case k.Severity == slo.Page:
		hold = p.Hold.Page
	}
	return int64(hold / time.Minute)
}

// subjectOf is as much of a subject as a snapshot has.
func subjectOf(s *burnrate.Status, o *burnrate.Objective) alert.Subject {
	subject := alert.Subject{Target: o.Target.String(), Window: o.Window.Window.String(), Policy: o.Alerts.Name}
	switch journey, step, _ := slo.CutID(s.ID); s.Kind {
	case slo.KindJourney:
		subject.Journey, subject.JourneyTitle = s.ID, s.Title
	case slo.KindStep:
		subject.Journey, subject.Step = journey, step
	default: // an SLO does not know its journeys
	}
	return subject
}
