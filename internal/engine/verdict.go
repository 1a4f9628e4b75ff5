package engine

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/slo"
)

// verdict is what a tick decides about alerts, from what was known before it.
type verdict struct {
	at      time.Time // of the tick, to the second
	before  alerts
	set     *slo.Set
	sources []burnrate.SourceState
	states  alert.States
	events  []alert.Event
	last    burnrate.Snapshot

	subjects *alert.Subjects // of the set, once they are needed
}

func newVerdict(before alerts, set *slo.Set, now time.Time) *verdict {
	return &verdict{at: now.Truncate(time.Second), before: before, set: set, states: before.State.States}
}

// see takes the alerts on to a snapshot. After a pause there is one for each minute
// that was missed, and then that of the tick.
func (v *verdict) see(snapshot burnrate.Snapshot) {
	snapshot.Sources = v.sources
	v.last = snapshot
	var events []alert.Event
	v.states, events = alert.Advance(v.states, snapshot)
	v.events = append(v.events, events...)
}

// decided is what comes of a verdict: what is known after it, what the ledger
// keeps of it, and what is to be delivered.
type decided struct {
	alerts  alerts
	entries []burnrate.Entry
	letters []outbox.Letter
}

// decide says what is to be kept and delivered. What fired and resolved before the
// tick is one letter to each owner.
func (v *verdict) decide() (decided, error) {
	d := decided{alerts: v.before}
	state := outbox.State{States: v.states, Next: max(v.before.State.Next, 1), Failing: map[string]time.Time{}}
	state.Judged = v.before.State.JudgedAt(v.at, slo.MinuteAt(v.at)-logDays*24*minutesOfHour)
	for _, s := range v.sources {
		if !s.Since.IsZero() {
			state.Failing[s.Name] = s.Since
		}
	}
	for _, n := range v.set.Notifiers {
		state.Notifiers = append(state.Notifiers, n.Name)
	}
	log := slices.Clip(v.before.Log) // views have it
	keep := func(e burnrate.Entry, err error) error {
		d.entries = append(d.entries, e)
		return err
	}
	post := func(n alert.Notification) error {
		for _, to := range n.Labels.Notify {
			l := outbox.Letter{Number: state.Next, To: to, Notification: n}
			state.Next++
			d.letters = append(d.letters, l)
			if err := keep(l.Entry()); err != nil {
				return err
			}
		}
		return nil
	}
	note := func(n alert.Notification) error {
		entry, err := outbox.Logged(state.Next, n)
		state.Next++
		log = append(log, n)
		d.alerts.kept = append(d.alerts.kept, loggedEntry{entry.Key, n.At})
		return keep(entry, err)
	}
	over, now := v.over(), v.now()
	d.alerts.kept = slices.Clip(d.alerts.kept)
	for _, event := range v.events {
		n := alert.Notification{Event: event, Subject: v.subject(event)}
		if err := note(n); err != nil {
			return decided{}, err
		}
		if event.Labels.Observe || over[event.Episode()] {
			continue
		}
		if why, fires := now[event.Episode()]; fires {
			n.Why = why
		}
		if err := post(n); err != nil {
			return decided{}, err
		}
	}
	for _, n := range v.missed(over) {
		if err := note(n); err != nil {
			return decided{}, err
		}
		if err := post(n); err != nil {
			return decided{}, err
		}
	}
	d.forget(v.at)
	entry, err := state.Entry()
	if err != nil {
		return decided{}, err
	}
	if !bytes.Equal(entry.Value, v.before.entry) {
		d.entries, d.alerts.entry = append(d.entries, entry), entry.Value
	}
	if len(v.events) > 0 {
		log = shown(log)
	}
	d.alerts.Alerts = Alerts{state, log}
	return d, nil
}

// forget takes out of the log what is too old, or too much.
func (d *decided) forget(now time.Time) {
	old := 0
	for old < len(d.alerts.kept) && (len(d.alerts.kept)-old > mostLogged || now.Sub(d.alerts.kept[old].at) > logDays*24*time.Hour) {
		d.entries = append(d.entries, burnrate.Entry{Kind: outbox.KindLog, Key: d.alerts.kept[old].key})
		old++
	}
	d.alerts.kept = d.alerts.kept[old:]
}

// now returns, by episode, why what fired in a minute that was missed fires now: who
// is told of it wants to know how things are, and not how they were.
func (v *verdict) now() map[string]alert.Why {
	fired := map[alert.Key]string{}
	for _, e := range v.events {
		if e.Change == alert.Firing && e.At.Before(v.at) {
			fired[e.Key] = e.Episode()
		}
	}
	if len(fired) == 0 {
		return nil
	}
	now := map[string]alert.Why{}
	_, anew := alert.Advance(alert.States{}, v.last)
	for _, e := range anew {
		if episode, before := fired[e.Key]; before && e.Change == alert.Firing {
			now[episode] = e.Why
		}
	}
	return now
}

// over returns the episodes that fired and resolved since the last tick: in minutes
// that were missed.
func (v *verdict) over() map[string]bool {
	fired, over := map[string]bool{}, map[string]bool{}
	for _, e := range v.events {
		switch {
		case e.Change == alert.Firing:
			fired[e.Episode()] = true
		case e.Change == alert.Resolved && fired[e.Episode()]:
			over[e.Episode()] = true
		}
	}
	return over
}

// missed tells each owner of what is over.
func (v *verdict) missed(over map[string]bool) []alert.Notification {
	byOwner := map[string][]alert.Event{}
	for _, e := range v.events {
		if over[e.Episode()] && !e.Labels.Observe && e.Change != alert.Raised {
			byOwner[e.Labels.Owner] = append(byOwner[e.Labels.Owner], e)
		}
	}
	var list []alert.Notification
	for _, owner := range slices.Sorted(maps.Keys(byOwner)) {
		n := alert.Notification{Missed: byOwner[owner]}
		n.Key = alert.Key{ID: "team:" + owner, Kind: alert.Missed, Severity: slo.Ticket}
		n.Change, n.At, n.Since = alert.Firing, v.at, v.at
		n.Labels.Owner = owner
		for _, e := range n.Missed {
			for _, to := range e.Labels.Notify {
				if !slices.Contains(n.Labels.Notify, to) {
					n.Labels.Notify = append(n.Labels.Notify, to)
				}
			}
		}
		n.Subject = v.subject(n.Event)
		slices.SortStableFunc(n.Missed, func(a, b alert.Event) int { return a.Since.Compare(b.Since) })
		list = append(list, n)
	}
	return list
}

// subject says what an event is about. Of what was removed, it is what was said
// when it fired.
func (v *verdict) subject(event alert.Event) alert.Subject {
	if v.subjects == nil {
		v.subjects = alert.SubjectsOf(v.set)
	}
	if s, there := v.subjects.Of(event.Key, event.Labels.Owner); there {
		return s
	}
	for _, n := range slices.Backward(v.before.Log) {
		if n.Key == event.Key && n.Since.Equal(event.Since) {
			return n.Subject
		}
	}
	return alert.Subject{}
}

// tell has the log say what has become of alerts.
func (e *Engine) tell(events []alert.Event) {
	for _, event := range events {
		about := []any{"alert", event.Key.String(), "owner", event.Labels.Owner}
		if event.Labels.Observe {
			about = append(about, "stage", slo.Observe)
		}
		switch event.Change {
		case alert.Firing:
			e.log.Warn("an alert fires", append(about, "since", event.Since)...)
		case alert.Raised:
			e.log.Warn("an alert is raised", about...)
		case alert.Resolved:
			e.log.Info("an alert has resolved", append(about, "since", event.Since, "reason", event.Reason)...)
		}
	}
}
