package report

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/exporters/words"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// AlertsSchema is the name and version of the JSON document about alerts.
const AlertsSchema = "slojourn.alerts/v1"

// Alerts is what fires, what is held back, what fired before and what was not
// delivered, as it is printed. Its table says nothing that the document does not.
type Alerts struct {
	Schema      string        `json:"schema"`
	At          time.Time     `json:"at"`
	JudgedAt    *time.Time    `json:"judgedAt"` // of the newest tick; nil before the first one
	Firing      []Episode     `json:"firing"`   // ordered by key
	Held        []heldRecord  `json:"held"`     // what comes closest to firing first
	Past        []Episode     `json:"past"`     // the newest first
	Undelivered []letterEntry `json:"undelivered"`
	Errors      []remark      `json:"errors"` // what could not be measured, and so not judged
}

// Episode is an alert from when it fires until it resolves.
type Episode struct {
	Episode string `json:"episode"` // see [alert.Event.Episode]
	alert.Key
	Labels  alert.Labels `json:"labels"`
	Since   time.Time    `json:"since"`
	Until   *time.Time   `json:"until"`            // nil while it fires, or when nothing says so
	Minutes int64        `json:"minutes"`          // how long it fired, so far; 0 when that is not known
	Reason  alert.Reason `json:"reason,omitempty"` // for which it resolved

	// Silence is why nobody is told, nil when somebody was; Clearing is since when
	// and why the condition is false, nil while it holds. Both are of what fires.
	Silence    *silence   `json:"silence,omitempty"`
	Clearing   *clearing  `json:"clearing,omitempty"`
	EvidenceAt *time.Time `json:"evidenceAt,omitempty"` // when the condition was last judged on evidence, of what fires

	Why      alert.Why     `json:"why"`                // it fires, or fired
	WhyFired *alert.Why    `json:"whyFired,omitempty"` // of what fires: what it was told with first
	Subject  alert.Subject `json:"subject"`
	TimeZone string        `json:"timeZone,omitempty"` // of an objective over a calendar window
	Messages []message     `json:"messages"`           // the oldest first
	Missed   []alert.Event `json:"missed,omitempty"`   // of [alert.Missed]
	Impact   *Impact       `json:"impact,omitempty"`   // where it was asked for
}

// message is something that an owner was told, or would have been.
type message struct {
	Change   alert.Change   `json:"change"`
	At       time.Time      `json:"at"`
	Reason   alert.Reason   `json:"reason,omitempty"`
	Level    string         `json:"level,omitempty"` // of a budget alert
	Consumed burnrate.Ratio `json:"budgetConsumedRatio"`
	Below    *alert.Key     `json:"below,omitempty"` // what had told of it until then
}

// letterEntry is a letter that was not delivered.
type letterEntry struct {
	State   string `json:"state"` // waiting or dead
	To      string `json:"to"`    // name of the notifier
	Episode string `json:"episode"`
	alert.Key
	Owner  string       `json:"owner"`
	Change alert.Change `json:"change"`
	Since  time.Time    `json:"since"`            // when it was written
	DeadAt *time.Time   `json:"deadAt,omitempty"` // when it was given up
	Reason string       `json:"reason,omitempty"` // for which it was
}

// The states of letters.
const (
	waiting = "waiting"
	dead    = "dead"
)

// AlertsOf returns what there is to say of alerts: of what a ledger keeps, and of
// the newest snapshot, which says why.
func AlertsOf(box outbox.Box, s burnrate.Snapshot) Alerts {
	a := Alerts{
		Schema: AlertsSchema, At: s.At.UTC(), Firing: []Episode{}, Held: []heldRecord{}, Past: []Episode{}, Undelivered: []letterEntry{}, Errors: []remark{},
	}
	judgedAt := s.At
	if at := box.State.At; !at.IsZero() {
		judgedAt = at.UTC()
		a.JudgedAt = &judgedAt
	}
	told := episodesOf(box.Log)
	b := alertsBuilder{box: box, statuses: statusesOf(s), told: told, at: judgedAt}
	fires := map[string]bool{}
	for _, state := range box.State.Alerts {
		e := b.firing(state)
		fires[e.Episode] = true
		a.Firing = append(a.Firing, e)
	}
	slices.SortFunc(a.Firing, func(x, y Episode) int { return x.Compare(y.Key) })
	for _, e := range told {
		if !fires[e.Episode] {
			e.TimeZone = b.zoneOf(e.Key)
			a.Past = append(a.Past, *e)
		}
	}
	slices.SortFunc(a.Past, func(x, y Episode) int {
		return cmp.Or(y.Since.Compare(x.Since), x.Compare(y.Key), cmp.Compare(x.Episode, y.Episode))
	})
	a.Held = b.held(s)
	a.Undelivered = append(a.Undelivered, lettersOf(box)...)
	for _, f := range s.Failures {
		a.Errors = append(a.Errors, remark{f.ID, render.Plain(f.Message)})
	}
	return a
}

// lettersOf lists what was not delivered. A letter that stands was.
func lettersOf(box outbox.Box) []letterEntry {
	var list []letterEntry
	entryOf := func(l outbox.Letter, state string) letterEntry {
		n := l.Notification
		return letterEntry{
			State: state, To: l.To, Episode: n.Episode(), Key: n.Key, Owner: n.Labels.Owner, Change: n.Change, Since: n.At.UTC(),
		}
	}
	for _, l := range box.Letters {
		if l.Standing.IsZero() {
			list = append(list, entryOf(l, waiting))
		}
	}
	for _, d := range box.Dead {
		entry, at := entryOf(d.Letter, dead), d.At.UTC()
		entry.DeadAt, entry.Reason = &at, render.Plain(d.Reason)
		list = append(list, entry)
	}
	return list
}

// JSON prints the document.
func (a Alerts) JSON(w io.Writer) error { return render.Encode(w, a) }

// Failures returns what could not be measured.
func (a Alerts) Failures() []burnrate.Failure { return Document{Errors: a.Errors}.Failures() }

// statusesOf finds statuses by their ids.
func statusesOf(s burnrate.Snapshot) map[string]*burnrate.Status {
	statuses := make(map[string]*burnrate.Status, len(s.Statuses))
	for i := range s.Statuses {
		statuses[s.Statuses[i].ID] = &s.Statuses[i]
	}
	return statuses
}

// episodesOf makes episodes of the log, in the order in which they fired there.
func episodesOf(log []alert.Notification) map[string]*Episode {
	told := map[string]*Episode{}
	for _, n := range log {
		id := n.Episode()
		e := told[id]
		if e == nil {
			e = &Episode{Episode: id, Key: n.Key, Labels: n.Labels, Since: n.Since.UTC(), Why: roundedWhy(n.Why)}
			told[id] = e
		}
		m := message{Change: n.Change, At: n.At.UTC(), Reason: n.Reason, Below: n.Why.Below}
		if b := n.Why.Budget; b != nil {
			m.Level, m.Consumed = b.Level, b.Consumed.Rounded()
		}
		e.Key, e.Messages, e.Subject = n.Key, append(e.Messages, m), n.Subject // it may have been renamed
		e.Missed = append(e.Missed, n.Missed...)
		if n.Change == alert.Resolved {
			until := n.At.UTC()
			e.Until, e.Reason = &until, n.Reason
		}
	}
	for _, e := range told {
		if e.Until != nil {
			e.Minutes = minutesBetween(e.Since, *e.Until)
		}
	}
	return told
}

func minutesBetween(from, to time.Time) int64 {
	return max(0, int64(slo.MinuteAt(to)-slo.MinuteAt(from)))
}

// roundedWhy is as the document says it.
func roundedWhy(w alert.Why) alert.Why {
	w.Tiers = slices.Clone(w.Tiers)
	for i := range w.Tiers {
		t := &w.Tiers[i]
		t.Factor, t.LongBurn, t.ShortBurn = t.Factor.Rounded(), t.LongBurn.Rounded(), t.ShortBurn.Rounded()
	}
	if w.Cause != nil {
		cause := *w.Cause
		cause.Ratio = cause.Ratio.Rounded()
		w.Cause = &cause
	}
	if w.Budget != nil {
		budget := *w.Budget
		budget.Consumed = budget.Consumed.Rounded()
		w.Budget = &budget
	}
	return w
}

// ReadAlerts reads the JSON of a document about alerts, which may come from
// anywhere, as [Read] does.
func ReadAlerts(data []byte) (Alerts, error) {
	var a Alerts
	if err := checkSchema(data, AlertsSchema); err != nil {
		return a, err
	}
	err := json.Unmarshal(data, &a)
	if err == nil {
		err = a.check()
	}
	if err != nil {
		return Alerts{}, wrongDocument(AlertsSchema, err)
	}
	cleanAll(&a, words.OneLine)
	return a, nil
}

// check returns what the document lacks to be printed.
func (a Alerts) check() error {
	if a.At.IsZero() {
		return errors.New("at is missing")
	}
	for _, e := range slices.Concat(a.Firing, a.Past) {
		if e.ID == "" || !isEpisode(e.Episode) || e.Since.IsZero() {
			return errors.New("an alert lacks its id, episode or since")
		}
	}
	return nil
}
