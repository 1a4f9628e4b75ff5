package rules

import (
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Evaluate says who judges. The zero Evaluate is invalid.
type Evaluate string

// The ways to judge.
const (
	Metrics Evaluate = "metrics" // the engine does; a rule passes on what fires
	Events  Evaluate = "events"  // Prometheus does, by the events that the engine counts
)

// Options say how rules are made.
type Options struct {
	Evaluate Evaluate
	Job      string // under which the engine is scraped
	NoHold   bool   // leaves keep_firing_for out, for what does not know it
}

// File is the rules of a journey and its steps, of an SLO, or of the fleet, and what
// proves them.
type File struct {
	// Name is that of the journey or SLO, or [Fleet].
	Name   string
	about  string // a comment: what the rules leave out
	groups []group
	tests  func() []test // what proves the rules is made when somebody wants it
}

// Fleet is the name of the file about all of it. No journey or SLO has it, as their
// names hold no underscore.
const Fleet = "slojourn_fleet"

// group is rules that are evaluated one after another.
type group struct {
	name     string
	interval time.Duration // 0 for the server's own
	rules    []rule
}

// rule is an alert or a recording.
type rule struct {
	about       string // a comment: what the rule leaves out
	record      string
	alert       string
	expr        string
	wait        time.Duration // for how long it has to hold before it fires
	hold        time.Duration // for how long it has to be over before it resolves
	labels      map[string]string
	annotations map[string]string
}

// test is what the tests of promtool play: series, and what fires at some times.
type test struct {
	name     string
	interval time.Duration // between samples and evaluations
	series   []series
	alerts   []expectedAlerts
	values   []expectedValue
}

// series is the samples of one, in the words of promtool: 0x3 1x5.
type series struct{ name, values string }

// expectedAlerts is everything of a name that is to fire at a time.
type expectedAlerts struct {
	at   time.Duration
	name string
	fire []fired
}

type fired struct{ labels, annotations map[string]string }

// expectedValue is what an expression gives at a time.
type expectedValue struct {
	at      time.Duration
	expr    string
	samples []sample
}

type sample struct {
	labels string // {id="a"}
	value  float64
}

// severities are in the order in which rules look at them: a page may silence a
// ticket.
func severities() []slo.Severity { return []slo.Severity{slo.Page, slo.Ticket} }
