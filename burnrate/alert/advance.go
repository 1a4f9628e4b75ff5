package alert

import (
	"cmp"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// HeldFor is how long an alert goes on without evidence: nothing is measured,
// or nothing happens that could be. Measurements that are older fire nothing.
const HeldFor = 24 * time.Hour

// Advance returns the states after a snapshot, and what has changed, ordered by
// key; of one key, a resolve comes first. A snapshot of the same instant as the
// one before changes nothing. One that is earlier, as a clock was set back, is
// taken like any other.
//
// The states that are passed stay as they are.
func Advance(states States, snapshot burnrate.Snapshot) (States, []Event) {
	if !states.At.IsZero() && states.At.Equal(snapshot.At) {
		return states, nil
	}
	a := advance{at: snapshot.At, statuses: snapshot.Statuses, fired: map[Key]Alert{}}
	for _, alert := range states.Alerts {
		alert.Judged = earlier(alert.Judged, a.at)
		alert.Since = earlier(alert.Since, a.at)
		a.fired[alert.Key] = alert
	}
	for i := range snapshot.Statuses {
		a.status(&snapshot.Statuses[i])
	}
	a.gone()
	return a.result()
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// advance is one call of [Advance].
type advance struct {
	at       time.Time
	statuses []burnrate.Status // ordered by id
	fired    map[Key]Alert     // as they were; those that were looked at are taken out
	next     []Alert           // that fire now
	events   []Event
}

// condition is what an alert depends on, of one key in a snapshot.
type condition struct {
	key        Key
	status     *burnrate.Status
	objective  *burnrate.Objective
	holds      bool
	known      bool   // false on evidence, unless it holds
	vouches    int64  // for how many minutes before the end it is false
	hold       int64  // minutes
	excluded   bool   // it is false as time is excluded
	definition string // "" when nobody asks for it
	tiers      []string
	causes     []string
	level      string
	why        Why
}

// end is up to when the objective was measured.
func (c *condition) end() slo.Minute { return c.objective.Window.Span.End }

func (a *advance) status(s *burnrate.Status) {
	from := len(a.next)
	for i := range s.Objectives {
		o := &s.Objectives[i]
		if o.Alerts == nil {
			continue
		}
		a.budget(s, o)
		a.noData(s, o)
		for _, severity := range [...]slo.Severity{slo.Page, slo.Ticket} {
			a.burn(s, o, severity)
		}
	}
	a.send(from)
}

// judge takes one alert on. It reads and writes no alert but that of the key.
func (a *advance) judge(c *condition) {
	alert, fires := a.fired[c.key]
	delete(a.fired, c.key)
	observe := c.status.Stage == slo.Observe
	switch {
	case !fires && (!c.holds || a.stale(c)):
		return
	case fires && c.holds && alert.Labels.Observe && !observe:
		// Nobody was told, and now somebody has to be.
		a.resolve(alert, DefinitionChanged, c.why)
		fires = false
	}
	if !fires {
		alert = Alert{
			Key: c.key, Since: a.at, Judged: a.at, End: c.end(),
			Labels: Labels{Owner: c.status.Owner, Notify: c.status.Notify, Title: c.status.Title, Observe: observe},
		}
	}
	fresh := c.end() != alert.End || !fires
	switch {
	case c.holds:
		alert.Turn, alert.Calm, alert.Definition = "", 0, c.definition
		alert.Tiers, alert.Causes = join(alert.Tiers, c.tiers), join(alert.Causes, c.causes)
		a.raise(&alert, c)
	case c.known && fresh && alert.Turn == "":
		alert.Turn = c.turn(&alert)
	case c.known && fresh:
		alert.Calm += max(0, min(int64(c.end()-alert.End), c.vouches))
	}
	if fresh && (c.holds || c.known) {
		alert.End, alert.Judged = c.end(), a.at
	}
	switch {
	case alert.Turn != "" && c.known && alert.Calm >= c.hold:
		a.resolve(alert, alert.Turn, c.why)
	case a.at.Sub(alert.Judged) >= HeldFor:
		a.resolve(alert, Unknown, c.why)
	default:
		a.next = append(a.next, alert)
		if !alert.Sent && c.holds { // until it is sent, or not
			a.events = append(a.events, a.event(alert, Firing, c.why))
		}
	}
}

// turn says why the condition is false for the first time.
func (c *condition) turn(alert *Alert) Reason {
	switch {
	case c.definition != alert.Definition:
		return DefinitionChanged
	case c.excluded:
		return Excluded
	default:
		return Recovered
	}
}

// raise takes over the level of a budget alert. What was not sent yet is sent
// with its level.
func (a *advance) raise(alert *Alert, c *condition) {
	higher := alert.Sent && levelOf(c.level) > levelOf(alert.Level)
	alert.Level = c.level
	if higher {
		a.events = append(a.events, a.event(*alert, Raised, c.why))
	}
}

// stale reports whether what fires was measured too long ago to tell anybody.
func (a *advance) stale(c *condition) bool { return a.at.Sub(c.end().Time()) >= HeldFor }

func (a *advance) resolve(alert Alert, reason Reason, why Why) {
	if !alert.Sent {
		return // nobody knows of it
	}
	e := a.event(alert, Resolved, why)
	e.Reason = reason
	a.events = append(a.events, e)
}

func (a *advance) event(alert Alert, change Change, why Why) Event {
	return Event{Key: alert.Key, Change: change, At: a.at, Since: alert.Since, Labels: alert.Labels, Why: why}
}

// send decides which of the alerts about one id, those from an index on, are
// sent. Burn pages silence its burn tickets.
func (a *advance) send(from int) {
	alerts := a.next[from:]
	paged := func(ticket *Alert) bool {
		return slices.ContainsFunc(alerts, func(page Alert) bool {
			return page.Kind == Burn && page.Severity == slo.Page && (!page.Labels.Observe || ticket.Labels.Observe)
		})
	}
	for i := range alerts {
		alert := &alerts[i]
		if alert.Sent {
			continue
		}
		event := slices.IndexFunc(a.events, func(e Event) bool { return e.Key == alert.Key && e.Change == Firing })
		switch {
		case event < 0: // its condition is false now
		case alert.Kind == Burn && alert.Severity == slo.Ticket && paged(alert):
			a.events = slices.Delete(a.events, event, event+1)
		default:
			alert.Sent = true
		}
	}
}

// gone resolves what nothing in the snapshot stands for any more: the id, the
// objective, or what could fire.
func (a *advance) gone() {
	for _, alert := range a.fired {
		reason := DefinitionChanged
		if _, there := a.find(alert.ID); !there {
			reason = Removed
		}
		a.resolve(alert, reason, Why{})
	}
}

// find returns where an id is in the snapshot.
func (a *advance) find(id string) (int, bool) {
	return slices.BinarySearchFunc(a.statuses, id, func(s burnrate.Status, id string) int { return cmp.Compare(s.ID, id) })
}

// ownerOf returns who owns what has an id.
func (a *advance) ownerOf(id string) string {
	if i, there := a.find(id); there {
		return a.statuses[i].Owner
	}
	return ""
}

func (a *advance) result() (States, []Event) {
	slices.SortFunc(a.next, func(x, y Alert) int { return x.Compare(y.Key) })
	slices.SortStableFunc(a.events, func(x, y Event) int { return x.Compare(y.Key) })
	return States{At: a.at, Alerts: a.next}, a.events
}

// join returns a list with the words of another that it lacks. It does not
// write into the first, which older states share.
func join(list, more []string) []string {
	list = slices.Clip(list)
	for _, word := range more {
		if !slices.Contains(list, word) {
			list = append(list, word)
		}
	}
	return list
}
