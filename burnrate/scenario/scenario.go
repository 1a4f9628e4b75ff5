package scenario

import (
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// Begin is when every scenario begins.
func Begin() time.Time { return time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC) }

// mostRows bounds the minutes of a scenario, times its SLOs: 99 days of seven.
const mostRows = 1_000_000

// mostEvents bounds a number of events.
const mostEvents = 1_000_000_000

// Scenario is a file that was read without errors. Times are in minutes since
// the beginning.
type Scenario struct {
	set         *slo.Set
	sources     []*slo.Source
	loads       []load
	corrections []correction
	failures    []outage // of sources
	delays      []outage
	expected    []expectation
	minutes     int64 // of all loads
}

// load is a stretch of time in which the same happens every so many minutes.
type load struct {
	start, minutes, every int64
	traffic               []traffic // of each SLO
}

// traffic is what happens to one SLO: in a gap nothing is measured.
type traffic struct {
	counts slo.Counts
	gap    bool
	given  bool
}

// correction replaces what was measured, once the minute at is reached.
type correction struct {
	at, from, to int64
	slo          int // -1 for all
	traffic      traffic
	span         diag.Span
}

// outage is time in which a source fails, or in which the measurements of an SLO
// do not go on. What happened is known once it is over, at to.
type outage struct {
	from, to int64
	name     string // "" for all
	span     diag.Span
}

// holds reports whether it has begun at a minute and is not over.
func (o *outage) holds(minute int64) bool { return o.from < minute && minute < o.to }

func (o *outage) of(name string) bool { return o.name == "" || o.name == name }

// expectation is what has to happen, or not, in the minutes (from, to].
type expectation struct {
	span      diag.Span
	text      string // as it is written, without its first word
	change    alert.Change
	never     bool
	severity  slo.Severity
	observe   bool   // nobody is told of it
	id        string // "" for any, like what follows
	objective string
	kind      alert.Kind
	long      string
	short     string
	step      string
	level     string
	reason    alert.Reason
	start     int64 // of the load that its times count from
	from, to  int64
}

// Result is what came of a scenario.
type Result struct {
	Expectations int
	Failures     []Failure     // expectations that were not met, in their order
	Events       []alert.Event // in their order; nobody is told of those of what is observed
}

// Failure is an expectation that was not met.
type Failure struct {
	Span     diag.Span
	Expected string      // as it is written: page long=1h within 10m
	Happened diag.Phrase // instead, and when
}

// traffic of every is booked in its first minute.
func (t traffic) row(minute, every int64) burnrate.Row {
	switch {
	case t.gap:
		return burnrate.Row{}
	case minute%every != 0:
		return burnrate.Counted(slo.Counts{})
	default:
		return burnrate.Counted(t.counts)
	}
}

// Minutes returns how many minutes are loaded.
func (s *Scenario) Minutes() int64 { return s.minutes }
