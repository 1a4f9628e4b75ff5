package backtest

import (
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// Run is what the alerts of a set did over a history. It marshals to the same JSON
// whenever it is the same.
type Run struct {
	From    time.Time `json:"from"`    // the first snapshot
	To      time.Time `json:"to"`      // the last one
	Minutes int64     `json:"minutes"` // how many snapshots there were

	// Events is what was decided, in the order of time, as serve keeps it. What
	// fires in the first snapshot is among it.
	Events     []alert.Event `json:"-"`
	Episodes   []Episode     `json:"episodes"`   // ordered by their start, then by key
	Held       []Held        `json:"held"`       // ordered by their start, id, objective and tier
	Objectives []Objective   `json:"objectives"` // ordered by id, then as in the spec
	// Sightings is how the tiers stood while something went wrong, in the order of
	// [Options.Incidents], then of Objectives and of their tiers.
	Sightings []Sighting `json:"-"`
}

// Episode is an alert from when it fires until it resolves.
type Episode struct {
	alert.Key
	Owner   string `json:"owner"`
	Title   string `json:"title,omitempty"`
	Observe bool   `json:"observe,omitempty"` // the stage is observe: nobody is notified

	// Start is when people would have been told, or when it fired, if they never
	// were. Since is when it fired: earlier, where it was silent below another alert
	// at first.
	Start  time.Time    `json:"start"`
	Since  time.Time    `json:"since"`
	End    *time.Time   `json:"end"` // nil while it still fires at the end of the run
	Reason alert.Reason `json:"reason,omitempty"`
	// Before says that it fired in the first snapshot, and so may have begun before.
	Before bool `json:"before,omitempty"`
	// Sent says that people would have been told, unless it is observed. Below is
	// the alert that it was silent below, of one that was not sent, and of one that
	// was sent later than it fired.
	Sent  bool       `json:"sent"`
	Below *alert.Key `json:"below,omitempty"`

	Why alert.Why `json:"why"` // when people would have been told; empty for what was not sent
	// Tiers is the windows of all tiers of the severity that fired during the
	// episode, in the order in which they joined: 1h/5m.
	Tiers []string `json:"tiers,omitempty"`
	// Consumed is how much of the budget was consumed when it was detected, of alerts
	// about objectives, and Spent which part of the budget the long window of the
	// first tier in Why has spent, for burn alerts: 5 bad events within 1 h of 50
	// that the budget allows are 10 %.
	Consumed burnrate.Ratio `json:"budgetConsumed"`
	Spent    burnrate.Ratio `json:"budgetSpent"`

	// Evidence is the minutes that it was told for, of what was sent: those of the short
	// window of the first tier in Why, or of the time that an alert of another kind
	// looks at. Until is up to when there were such minutes: the end of what was
	// measured when its condition held last, without the hold.
	Evidence slo.Span   `json:"-"`
	Until    slo.Minute `json:"-"`
}

// Length returns how long the episode lasted, up to the end of a run.
func (e *Episode) Length(end time.Time) time.Duration {
	if e.End != nil {
		end = *e.End
	}
	return end.Sub(e.Start)
}

// Told reports whether somebody would have been notified.
func (e *Episode) Told() bool { return e.Sent && !e.Observe }

// Held is a stretch of time in which a tier burned above its factor over both of its
// windows, and a guard held it back, while no alert of that severity fired.
type Held struct {
	ID        string       `json:"id"`
	Objective string       `json:"objective"`
	Owner     string       `json:"owner"`
	Severity  slo.Severity `json:"severity"`
	From      time.Time    `json:"from"` // the first snapshot
	To        time.Time    `json:"to"`   // the last one
	Minutes   int64        `json:"minutes"`
	// Tier is how the tier stood when it burned most; its verdict says which guard
	// held it: few-events, few-bad or chance. Guard is what that asks for.
	Tier  alert.Tier   `json:"tier"`
	Guard *alert.Guard `json:"guard"`
}

// Objective is what the tiers of one objective did, and how its budget went.
type Objective struct {
	ID       string   `json:"id"`
	Kind     slo.Kind `json:"kind"`
	Title    string   `json:"title,omitempty"`
	Owner    string   `json:"owner"`
	Observe  bool     `json:"observe,omitempty"`
	Steps    []string `json:"steps,omitempty"` // ids of a journey's steps
	Name     string   `json:"objective"`
	Target   string   `json:"target"` // 99.9%
	Window   string   `json:"window"` // 28d
	Policy   string   `json:"policy,omitempty"`
	Composed bool     `json:"composed,omitempty"`
	Unit     int64    `json:"-"` // of Counts

	Tiers []Tier `json:"tiers"` // in the order of the policy

	// Consumed is that of the last snapshot, Worst the highest of all of them, and
	// WorstAt when that was. SpentFor is for how many minutes nothing was left.
	Consumed burnrate.Ratio `json:"budgetConsumed"`
	Worst    burnrate.Ratio `json:"budgetConsumedAtMost"`
	WorstAt  time.Time      `json:"budgetConsumedAtMostAt,omitzero"`
	SpentFor int64          `json:"spentMinutes"`
	// Allowed is how many bad events the budget of the last snapshot is, in units;
	// undefined of composed journeys.
	Allowed burnrate.Ratio `json:"-"`
	// Counts is what the objective's window held in the last snapshot.
	Counts slo.Counts `json:"-"`
	// Remaining is how much of the budget was left, at [Options.Samples] instants
	// that are as far apart, the first and the last snapshot among them.
	Remaining []Sample `json:"remaining,omitempty"`
}

// Sample is how much of a budget was left at an instant.
type Sample struct {
	At        time.Time      `json:"at"`
	Remaining burnrate.Ratio `json:"remaining"`
}

// Tier is what a tier did, whatever the alerts made of it: several tiers of a
// severity are one alert.
type Tier struct {
	Severity slo.Severity   `json:"severity"`
	Long     string         `json:"long"`
	Short    string         `json:"short"`
	Factor   burnrate.Ratio `json:"factor"`
	Judged   int64          `json:"judgedMinutes"` // in which at least half of both windows was measured
	Fired    int64          `json:"firedMinutes"`
	Held     int64          `json:"heldMinutes"` // in which a guard held it back
	// Highest is the highest burn rate that both windows had at once, and HighestAt
	// when that was.
	Highest   burnrate.Ratio `json:"highestBurn"`
	HighestAt time.Time      `json:"highestBurnAt,omitzero"`
	Firings   []Firing       `json:"firings"`
}

// Windows names the tier by its windows: 1h/5m.
func (t *Tier) Windows() string { return t.Long + "/" + t.Short }

// Firing is a stretch of time in which a tier fired. It goes on over times in which it
// did not that are no longer than the hold of its severity.
type Firing struct {
	From time.Time `json:"from"` // the first snapshot in which it fired
	To   time.Time `json:"to"`   // the last one
	// Evidence is the minutes of its short window in the first snapshot, and Until
	// the end of that in the last one: what it fired about lies in between.
	Evidence slo.Span   `json:"-"`
	Until    slo.Minute `json:"-"`
	// Burn is the burn rate that both windows had at once at the beginning.
	Burn  burnrate.Ratio `json:"burn"`
	Spent burnrate.Ratio `json:"budgetSpent"` // as in [Episode]
}

// Sighting is how a tier stood while something went wrong: in the snapshots whose
// short window has a minute of it.
type Sighting struct {
	Incident  int // index in [Options.Incidents]
	Objective int // index in [Run.Objectives]
	Tier      int // index in [Objective.Tiers]

	Judged  int64            // snapshots in which at least half of both windows was measured
	Highest burnrate.Ratio   // the highest burn rate of both windows at once
	At      time.Time        // when that was
	Verdict burnrate.Verdict // then
	// First is when the first firing began that was about the incident; else when one did
	// that went on from before; zero when it did not fire.
	First time.Time
}
