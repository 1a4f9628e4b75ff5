package burnrate

import (
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Snapshot is the result of one evaluation. It is never changed afterwards.
type Snapshot struct {
	At       time.Time
	Statuses []Status      // ordered by id
	Sources  []SourceState // ordered by name
	Failures []Failure
	Notices  []Notice

	// Who evaluates knows nothing of these, and the caller adds them.
	Meters   []Meter    // of what is measured, ordered by id
	Previous []Previous // of objectives with calendar windows, ordered by id and as in its specs
	Seams    []Seam     // of what is measured otherwise than it once was, ordered by id
}

// Seam is where the definition of what is measured under an id has changed last: the
// first minute that was measured as it is now. Windows in which it lies hold numbers of
// two definitions, or of a part of their time.
type Seam struct {
	ID string
	At slo.Minute
}

// SourceState says whether a source answers. Who evaluates does not know: it is
// for the caller to add.
type SourceState struct {
	Name    string
	Owner   string
	Notify  []string  // names of the notifiers that the owner's team is told through
	Since   time.Time // when it began to fail; zero while it answers
	Message string    // why it fails
}

// Status is how a journey, step or SLO stands.
type Status struct {
	ID         string
	Kind       slo.Kind
	Compose    slo.Compose // of a journey
	Unit       int64       // of its counts, see [slo.SLI.Unit]; 1 for a composed journey
	Title      string
	Owner      string
	Notify     []string // names of the notifiers that the owner's team is told through
	Stage      slo.Stage
	Source     string   // name of what measures it; "" for a composed journey
	Steps      []string // ids of a journey's steps, in their order
	Objectives []Objective

	// Elsewhere is, by their ids, what measures those of the steps that another shard
	// judges: these have no status of their own. Nil when there are none.
	Elsewhere map[string]string
}

// Objective is how one objective stands. The windows of Burn are ordered from
// the shortest; in them, excluded minutes keep their traffic and lose what was
// bad. Shares is set for journeys only.
type Objective struct {
	Name     string
	Target   slo.Target
	Alerts   *slo.AlertPolicy // nil when it has none
	Window   Window
	Composed bool // Window has an error ratio but no counts
	BurnRate Ratio
	Budget   Budget
	Elapsed  float64 // share of the window that is over, above 0; 1 for rolling windows
	Burn     []Burn
	Tiers    []Judgement // of its alert policy, in its order
	Forecast Forecast
	Shares   []Share
	Silence  Silence

	// Traffic is judged by an [Evaluator] when the alert policy has noTraffic: the
	// SLO's own. Of a composed journey it is that of each step that has no
	// noTraffic of its own.
	Traffic []Traffic

	// Approximate is how many measured minutes of Window are known as sums of
	// whole hours only, see [Evaluator.SetCoarse]; of a composed journey those of
	// the step with the most.
	Approximate int64

	Exclusions []string // names of those that hold within the window
	Unexcluded Ratio    // what would remain of the budget without them
}

// Burn is the burn rate over one window.
type Burn struct {
	Window Window
	Rate   Ratio
}

// Silence says whether anything was measured in the time after which noData of
// the alert policy fires. It is zero without noData.
type Silence struct {
	Window   slo.Window
	Measured int64 // minutes of it; of a composed journey those of the step with the fewest
	Before   bool  // something was measured before it; of a composed journey, of every step
	Every    int64 // minutes that are measured at once: those of a slice, 0 without slices
}

// Judgement is what a tier makes of its two windows.
type Judgement struct {
	Tier    *Tier
	Verdict Verdict
	Rows    slo.Counts // what its guard counts in the long window; of a composed journey those of all steps

	// Quiet is the ids without an event in the short window: the SLO's own, or
	// those of a composed journey's steps. What they would show is not known.
	Quiet []string
	// Shares is what each step of a journey caused of its error in the short
	// window; nil unless the tier fires.
	Shares []Share
}

// Failure says what could not be measured and why.
type Failure struct {
	ID      string
	Message string
}

// Notice says what should be known about measurements that were made.
type Notice struct {
	ID      string
	Message string
}
