// Package outbox says how a ledger keeps what has to be told, and what was: the
// letters of an outbox, those that nobody took, and the log of alerts.
//
// Whoever decides that somebody is told puts a [Letter] for each notifier into
// the same commit as the state of the alerts. Whoever delivers it takes it out with
// a commit of its own, behind the delivery: so a letter is delivered at least once,
// and twice only when the process ends between the two.
package outbox

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
)

// The kinds of entries of a ledger.
const (
	KindState  = "alert-state" // one entry, without a key: a [State]
	KindLog    = "alert-log"   // what was decided: an [alert.Notification] for each event
	KindLetter = "outbox"      // what is to be delivered: a [Letter]
	KindDead   = "outbox-dead" // what could not be: a [Dead]
)

// State is what is known of alerts after a tick.
type State struct {
	alert.States
	Next int64 `json:"next"` // number of the next letter, and of the next in the log
	// Failing is when sources began to answer nothing but errors, by their names.
	Failing map[string]time.Time `json:"failing,omitempty"`
	// Notifiers is the names of those that there were at the last tick.
	Notifiers []string `json:"notifiers,omitempty"`
	// Judged is when alerts were judged, in order, as far back as the log goes.
	Judged []Stretch `json:"judged,omitempty"`
}

// Entry returns how a ledger keeps the state.
func (s State) Entry() (burnrate.Entry, error) { return entry(KindState, "", s) }

// Letter is a notification for one notifier. Letters about one alert for one
// notifier are delivered in the order of their numbers.
type Letter struct {
	Number       int64              `json:"number"` // from 1; no two letters have the same one
	To           string             `json:"to"`     // name of the notifier
	Notification alert.Notification `json:"notification"`
	// Standing is when a firing alert was first taken by a notifier that has to be
	// told of it again and again until it resolves; zero for others. Such a letter
	// stays in the outbox until the one that resolves it was delivered.
	Standing time.Time `json:"standing,omitzero"`
}

// Entry returns how a ledger keeps the letter.
func (l Letter) Entry() (burnrate.Entry, error) { return entry(KindLetter, numbered(l.Number), l) }

// Delivered returns the entry that takes the letter out of a ledger.
func (l Letter) Delivered() burnrate.Entry {
	return burnrate.Entry{Kind: KindLetter, Key: numbered(l.Number)}
}

// Dead is a letter that is not tried any more.
type Dead struct {
	Letter Letter    `json:"letter"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// Entry returns how a ledger keeps the dead letter.
func (d Dead) Entry() (burnrate.Entry, error) { return entry(KindDead, numbered(d.Letter.Number), d) }

// Forgotten returns the entry that takes the dead letter out of a ledger.
func (d Dead) Forgotten() burnrate.Entry {
	return burnrate.Entry{Kind: KindDead, Key: numbered(d.Letter.Number)}
}

// Logged returns how a ledger keeps an event that was decided.
func Logged(number int64, n alert.Notification) (burnrate.Entry, error) {
	return entry(KindLog, numbered(number), n)
}

// Box is what a ledger keeps of alerts.
type Box struct {
	State   State
	Letters []Letter // in the order of their numbers
	Dead    []Dead
	Log     []alert.Notification // in the order of events
}

// Open reads what is kept. Entries of other kinds are not looked at. An entry that
// cannot be read is an error that names it. A state that does not say when alerts were
// judged, as older versions wrote it, is given what is known of that.
func Open(kept burnrate.Kept) (Box, error) {
	var box Box
	for _, e := range kept.Entries {
		var err error
		switch e.Kind {
		case KindState:
			err = json.Unmarshal(e.Value, &box.State)
		case KindLetter:
			box.Letters, err = add(box.Letters, e.Value)
		case KindDead:
			box.Dead, err = add(box.Dead, e.Value)
		case KindLog:
			box.Log, err = add(box.Log, e.Value)
		}
		if err != nil {
			return Box{}, fmt.Errorf("read the entry %s %s: %w", e.Kind, e.Key, err)
		}
	}
	if box.State.Judged == nil {
		box.State.Judged = box.judged()
	}
	return box, nil
}

func add[T any](list []T, value []byte) ([]T, error) {
	var item T
	if err := json.Unmarshal(value, &item); err != nil {
		return nil, err
	}
	return append(list, item), nil
}

func entry(kind, key string, value any) (burnrate.Entry, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return burnrate.Entry{}, fmt.Errorf("write the entry %s %s: %w", kind, key, err)
	}
	return burnrate.Entry{Kind: kind, Key: key, Value: text}, nil
}

// numbered spells a number so that texts are ordered as numbers are.
func numbered(n int64) string { return fmt.Sprintf("%019d", n) }
