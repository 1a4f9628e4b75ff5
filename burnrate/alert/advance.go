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
	a := advance{at: snapshot.At, statuses: snapshot.Statuses, sources: snapshot.Sources, fired: map[Key]Alert{}, members: map[string]*members{}}
	a.stood = stood(states, a.at)
	for _, alert := range states.Alerts {
		alert.Judged = earlier(alert.Judged, a.at)
		a.fired[alert.Key] = alert
	}
	for i := range snapshot.Statuses {
		a.status(&snapshot.Statuses[i])
	}
	for i := range snapshot.Sources {
		a.source(&snapshot.Sources[i])
	}
	a.gone()
	a.settle()
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
	sources  []burnrate.SourceState
	members  map[string]*members // of sources, as far as they were looked at
	low      bool                // there is too little traffic somewhere
	fired    map[Key]Alert       // as they were; those that were looked at are taken out
	next     []Alert             // that fire now
	waiting  []waiting           // those of them that nobody was told of, and that hold
	events   []Event
	stood    []Still // up to now
	still    []Still
}

// condition is what an alert depends on, of one key in a snapshot.
type condition struct {
	key        Key
	labels     Labels // that it fires with
	end        slo.Minute
	holds      bool
	known      bool   // false on evidence, unless it holds
	vouches    int64  // for how many minutes before the end it is false
	hold       int64  // minutes
	excluded   bool   // it is false as time is excluded
	instant    bool   // it holds by the time of the snapshot, whatever the end is
	mute       bool   // nobody is told for now
	definition string // "" when nobody asks for it
	tiers      []string
	causes     []string
	level      string
	about      Down
	why        Why
	under      under
}

// conditionOf is a condition of an objective, not filled in yet.
func conditionOf(s *burnrate.Status, o *burnrate.Objective, kind Kind, severity slo.Severity) condition {
	return condition{
		key:    Key{s.ID, o.Name, kind, severity},
		labels: Labels{Owner: s.Owner, Notify: s.Notify, Title: s.Title, Observe: s.Stage == slo.Observe},
		end:    o.Window.Span.End,
		hold:   holdOf(o.Alerts, severity),
	}
}

func (a *advance) status(s *burnrate.Status) {
	for i := range s.Objectives {
		o := &s.Objectives[i]
		if o.Alerts == nil {
			continue
		}
		a.budget(s, o)
		a.noData(s, o)
		a.noTraffic(s, o)
		for _, severity := range [...]slo.Severity{slo.Page, slo.Ticket} {
			a.burn(s, o, severity)
		}
	}
}

// judge takes one alert on. It reads and writes no alert but that of the key.
func (a *advance) judge(c *condition) {
	alert, fires := a.fired[c.key]
	delete(a.fired, c.key)
	switch {
	case !fires && (!c.holds || a.stale(c)):
		return
	case fires && c.holds && alert.Labels.Observe && !c.labels.Observe:
		// Nobody was told, and now somebody has to be.
		a.resolve(alert, DefinitionChanged, c.why)
		fires = false
	}
	if !fires {
		alert = Alert{Key: c.key, Since: a.at, Judged: a.at, End: c.end, Labels: c.labels}
	}
	moved := c.end != alert.End
	fresh := moved || !fires || c.instant
	passed := max(0, int64(c.end-alert.End))
	switch {
	case c.holds:
		alert.Turn, alert.Calm, alert.Definition, alert.About = "", 0, c.definition, c.about
		alert.Tiers, alert.Causes = join(alert.Tiers, c.tiers), join(alert.Causes, c.causes)
		a.raise(&alert, c)
	case c.known && fresh && alert.Turn == "":
		alert.Turn = c.turn(&alert)
	case c.known && fresh:
		alert.Calm += min(passed, c.vouches)
	}
	if fresh && (c.holds || c.known) {
		alert.End, alert.Judged = c.end, a.at
	}
	switch {
	case alert.Turn != "" && c.known && alert.Calm >= c.hold:
		a.resolve(alert, alert.Turn, c.why)
	case a.at.Sub(alert.Judged) >= HeldFor:
		a.resolve(alert, Unknown, c.why)
	default:
		a.next = append(a.next, alert)
		if !alert.Sent && c.holds && !c.mute {
			a.waiting = append(a.waiting, waiting{len(a.next) - 1, passed, c.why, c.under})
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
// with its level; what is mute is raised later.
func (a *advance) raise(alert *Alert, c *condition) {
	higher := alert.Sent && levelOf(c.level) > levelOf(alert.Level)
	if higher && c.mute {
		return
	}
	alert.Level = c.level
	if higher {
		a.events = append(a.events, a.event(*alert, Raised, c.why))
	}
}

// stale reports whether what fires was measured too long ago to tell anybody.
func (a *advance) stale(c *condition) bool { return !c.instant && a.at.Sub(c.end.Time()) >= HeldFor }

func (a *advance) resolve(alert Alert, reason Reason, why Why) {
	if !alert.Sent {
		return // nobody knows of it
	}
	e := a.event(alert, Resolved, why)
	e.Reason = reason
	a.events = append(a.events, e)
}

func (a *advance) event(alert Alert, change Change, why Why) Event {
	return Event{Key: alert.Key, Was: alert.Was, Change: change, At: a.at, Since: alert.Since, Labels: alert.Labels, Why: why}
}

// gone resolves what nothing in the snapshot stands for any more: the id, the
// objective, or what could fire.
func (a *advance) gone() {
	for _, alert := range a.fired {
		reason := DefinitionChanged
		if !a.there(alert.Key) {
			reason = Removed
		}
		a.resolve(alert, reason, Why{})
	}
}

// there reports whether what an alert is about is in the snapshot.
func (a *advance) there(k Key) bool {
	if k.Kind == Source {
		return slices.ContainsFunc(a.sources, func(s burnrate.SourceState) bool { return SourceID(s.Name) == k.ID })
	}
	_, there := a.find(k.ID)
	return there
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
	return States{At: a.at, Alerts: a.next, Still: a.still}, a.events
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
