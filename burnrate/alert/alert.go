package alert

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Kind says what an alert is about. The zero Kind is invalid.
type Kind string

// The kinds of alerts.
const (
	Burn      Kind = "burn"      // a tier of the policy fires
	Budget    Kind = "budget"    // a share of the budget was spent, see [slo.AlertPolicy]
	NoTraffic Kind = "noTraffic" // far fewer events than usual at that time of day
	NoData    Kind = "noData"    // nothing was measured for a while, and something was before
	Source    Kind = "source"    // a source measures nothing, which would be noData or noTraffic of all that it measures

	// Missed tells an owner which alerts fired and resolved while nobody judged
	// them. It has no state.
	Missed Kind = "missed"
	// Test is a message that somebody sends to see whether messages arrive. It
	// has no state.
	Test Kind = "test"
)

// Key is what tells alerts apart. It names no tier, so that an edited policy
// goes on with the same alert.
type Key struct {
	// ID is that of a journey, step or SLO; "source:" and the name of one, see
	// [SourceID], of alerts about a source; "team:" and the name of one, of what it has missed.
	ID        string       `json:"id"`
	Objective string       `json:"objective,omitempty"` // of alerts about objectives
	Kind      Kind         `json:"kind"`
	Severity  slo.Severity `json:"severity"`
}

// SourceID returns the id of alerts about a source.
func SourceID(name string) string { return "source:" + name }

// String writes the key with blanks in between: pay/authorise 28d burn page.
func (k Key) String() string {
	return strings.Join(strings.Fields(fmt.Sprint(k.ID, " ", k.Objective, " ", k.Kind, " ", k.Severity)), " ")
}

// Compare orders keys by their parts. A page is before a ticket.
func (k Key) Compare(l Key) int {
	return cmp.Or(
		cmp.Compare(k.ID, l.ID), cmp.Compare(k.Objective, l.Objective),
		cmp.Compare(k.Kind, l.Kind), cmp.Compare(k.Severity, l.Severity),
	)
}

// Labels is what an alert is sent with. They are those of the moment it fired,
// until it resolves: whoever was told that it fires is told that it is over.
type Labels struct {
	Owner   string   `json:"owner"`
	Notify  []string `json:"notify,omitempty"` // names of notifiers
	Title   string   `json:"title,omitempty"`
	Observe bool     `json:"observe,omitempty"` // the stage is observe: nobody is notified
}

// Alert is one that fires.
type Alert struct {
	Key
	Labels Labels    `json:"labels"`
	Since  time.Time `json:"since"` // when it fired
	// Sent says that there was an event of it. There is none while it is below
	// another alert, nor of a budget that does not burn.
	Sent bool `json:"sent"`
	// Below is the alert that people know of instead, while this one is silent.
	Below *Key `json:"below,omitempty"`
	// Apart is for how many minutes no step that pages caused half of the error
	// of a journey whose page is below that of a step.
	Apart int64 `json:"apart,omitempty"`
	// Was is the id that it fired under, when that was renamed since.
	Was string `json:"was,omitempty"`

	// End is up to when there were measurements when the condition was last
	// judged, true or false on evidence, and Judged is when that was.
	End    slo.Minute `json:"end"`
	Judged time.Time  `json:"judged"`
	// Turn is why the condition is not true any more, "" while it is.
	Turn Reason `json:"turn,omitempty"`
	// Calm is for how many minutes it has been false on evidence.
	Calm int64 `json:"calm,omitempty"`

	// Definition tells whether the target, the window or what fires was edited.
	Definition string `json:"definition"`
	// Tiers is the windows of the tiers that fired since Since: 1h/5m.
	Tiers []string `json:"tiers,omitempty"`
	// Causes is the ids of the steps that caused most of a journey's error.
	Causes []string `json:"causes,omitempty"`
	// Level is the share of the budget that was spent last: 80%.
	Level string `json:"level,omitempty"`
	// About is what holds, or held, of a source.
	About Down `json:"about,omitempty"`
}

// Down says in which way a source measures nothing. The zero Down is invalid.
type Down string

// The ways in which a source measures nothing.
const (
	Fails Down = "fails" // it does not answer
	Empty Down = "empty" // it answers that nothing happens, of all that it measures
)

// States is the state of every alert after a snapshot. The zero States is that
// before the first one. It marshals to the same JSON whenever it is the same.
type States struct {
	At     time.Time `json:"at"`     // of the snapshot
	Alerts []Alert   `json:"alerts"` // that fire, ordered by key; all others are inactive
	// Still is what is measured up to the same minute since a while.
	Still []Still `json:"still,omitempty"`
}

// Still is an objective whose end does not move, as it does when its source is
// never heard of again.
type Still struct {
	ID        string     `json:"id"`
	Objective string     `json:"objective,omitempty"`
	End       slo.Minute `json:"end"`
	Since     time.Time  `json:"since"` // when that was seen, later by the time in which nobody looked
}
