package backtest

import (
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Judgement is how well the alerts of a run found incidents.
type Judgement struct {
	Incidents []IncidentFound `json:"incidents"` // in the order they were given
	// Sent are the alerts of all kinds that people would have been told of, by severity,
	// a page before a ticket; Tiers are those of all objectives, by severity and windows, the
	// shortest first.
	Sent  []Score `json:"sent"`
	Tiers []Score `json:"tiers"`
}

// IncidentFound is what was found of an incident.
type IncidentFound struct {
	Name   string       `json:"name"`
	From   time.Time    `json:"from"`
	To     time.Time    `json:"to"`
	SLOs   []string     `json:"slos,omitempty"`
	Expect slo.Severity `json:"expect,omitempty"` // "" when nobody should have been told
	Note   string       `json:"note,omitempty"`
	// Outside says that the run has no minute of it, or nothing that it concerns. It is
	// in no score.
	Outside bool `json:"outside,omitempty"`
	// Told is the first episode of at least the severity that was expected that people
	// were told of, as index in [Run.Episodes], and After how long after From that was;
	// nil when there was none. It may be an alert of any kind, and of any severity when
	// nobody should have been told. When no episode began for the incident, it is one
	// that went on from before, as people looked already: After may be below 0.
	Told  *int           `json:"told"`
	After *time.Duration `json:"-"`
	// Seen is how each tier of what the incident concerns stood: what fired first and
	// then what burned most in relation to its factor. Where nobody should have been
	// told, what fired for another incident is not among it.
	Seen []Sighting `json:"-"`
}

// Score is how often something fired, and how often it was right.
type Score struct {
	Severity slo.Severity `json:"severity"`
	Long     string       `json:"long,omitempty"` // of a tier
	Short    string       `json:"short,omitempty"`
	// Fired counts firings of tiers, or episodes; True those of them that were about
	// an incident which expects that severity, or a page. What fired in the first
	// snapshot counts only when it is about an incident.
	Fired int `json:"fired"`
	True  int `json:"true"`
	// Expected counts the incidents that expect at least that severity, Found those of
	// them during which it fired, and Already those of these for which nothing began to
	// fire, as it did so before, for another reason. Whoever was paged needs no ticket,
	// which is silent below the page: what is sent as a page is found by tickets, too.
	Expected int `json:"expected"`
	Found    int `json:"found"`
	Already  int `json:"already"`

	Precision burnrate.Ratio `json:"precision"` // True / Fired
	Recall    burnrate.Ratio `json:"recall"`    // Found / Expected
	// The delays are from when incidents began until it fired, of those that were
	// found, but not already, nor in the first snapshot; nil without any.
	Delays *Delays `json:"detection"`
}

// Delays are how long detection took, in minutes.
type Delays struct {
	Least  float64 `json:"leastMinutes"`
	Median float64 `json:"medianMinutes"`
	Most   float64 `json:"mostMinutes"`
}
