package alert

import (
	"time"

	"github.com/slojourn/slojourn/burnrate"
)

// Change says what happened to an alert. The zero Change is invalid.
type Change string

// The changes of an alert.
const (
	Firing Change = "firing"
	// Raised is a budget alert that fires already and whose budget was spent up
	// to a higher share: 100% after 80%.
	Raised   Change = "raised"
	Resolved Change = "resolved"
)

// Reason says why an alert resolved. The zero Reason is invalid.
type Reason string

// The reasons for which an alert resolves.
const (
	Recovered         Reason = "recovered"          // the condition is false on evidence
	Excluded          Reason = "excluded"           // it is, as time is excluded
	Unknown           Reason = "unknown"            // there was no evidence for [HeldFor]
	DefinitionChanged Reason = "definition-changed" // it is, as somebody edited what it means
	Removed           Reason = "removed"            // the journey, step or SLO is gone
)

// Event is a change that somebody is told of, unless its labels say observe.
type Event struct {
	Key
	Was    string    `json:"was,omitempty"` // the id that it fired under, when that was renamed since
	Change Change    `json:"change"`
	Reason Reason    `json:"reason,omitempty"` // of a resolve
	At     time.Time `json:"at"`
	Since  time.Time `json:"since"` // when it fired
	Labels Labels    `json:"labels"`
	Why    Why       `json:"why"`
}

// Why is what an event rests on. It is empty for what was removed.
type Why struct {
	Tiers  []Tier       `json:"tiers,omitempty"`  // that fire, or fired; the highest factor first
	Guard  *Guard       `json:"guard,omitempty"`  // of burn alerts
	Cause  *Cause       `json:"cause,omitempty"`  // of a firing journey
	Budget *BudgetSpent `json:"budget,omitempty"` // of burn and budget alerts
	Silent *Silent      `json:"silent,omitempty"` // of noData alerts

	Traffic *Traffic    `json:"traffic,omitempty"` // of noTraffic alerts
	Source  *SourceDown `json:"source,omitempty"`  // of alerts about sources
	// Below is the alert that it was silent below until now, of a firing one.
	Below *Key `json:"below,omitempty"`
}

// Tier is what a tier makes of its windows.
type Tier struct {
	Long      string         `json:"long"`
	Short     string         `json:"short"`
	Factor    burnrate.Ratio `json:"factor"`
	LongBurn  burnrate.Ratio `json:"longBurn"`
	ShortBurn burnrate.Ratio `json:"shortBurn"`
	Verdict   string         `json:"verdict"`
	Events    int64          `json:"events"` // that the guard counts, in the long window
	Bad       int64          `json:"bad"`
}

// Guard is what the guard of the policy asks for.
type Guard struct {
	MinEvents  int64  `json:"minEvents"`
	MinBad     int64  `json:"minBad"`
	Confidence string `json:"confidence,omitempty"`
}

// Cause is the step that caused most of a journey's error in the short window
// of the tier with the highest factor.
type Cause struct {
	Step  string         `json:"step"`
	ID    string         `json:"id"`
	Owner string         `json:"owner"`
	Ratio burnrate.Ratio `json:"ratio"` // its share of the error
}

// Silent is how much was measured of the time after which noData fires.
type Silent struct {
	After    string `json:"after"`
	Measured int64  `json:"measured"` // minutes
	// Until is when measuring ended, of what is measured up to the same minute
	// ever since.
	Until time.Time `json:"until,omitzero"`
}

// Traffic is how many events came in the time after which noTraffic fires: of a
// journey those of the step with the least, beside what is usual.
type Traffic struct {
	ID     string `json:"id"` // the SLO's own, or that of a step
	After  string `json:"after"`
	Below  string `json:"below"` // the share of what is usual
	Events int64  `json:"events"`
	Usual  int64  `json:"usual"` // in the same time of day
	Days   int    `json:"days"`  // of the last 7 that were measured then
}

// SourceDown is how a source measures nothing, and how much depends on it.
type SourceDown struct {
	Name    string    `json:"name"`
	Down    Down      `json:"down"`
	Since   time.Time `json:"since,omitzero"`    // when it began to fail
	Message string    `json:"message,omitempty"` // why it fails
	After   string    `json:"after,omitempty"`   // the shortest noData of what it measures
	SLOs    int       `json:"slos"`              // that it measures and that have alerts about it
}

// BudgetSpent is how the budget stands.
type BudgetSpent struct {
	Consumed burnrate.Ratio `json:"consumed"`
	// Gone is when the budget is spent if it burns on as in the long window of the
	// firing tier with the highest factor; nil when it is not, or is spent.
	Gone       *time.Time `json:"gone,omitempty"`
	AtEarliest bool       `json:"atEarliest,omitempty"` // Gone may be later, as old failures leave a rolling window
	Level      string     `json:"level,omitempty"`      // of a budget alert: the highest share that was reached
}
