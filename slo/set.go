package slo

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/slo/diag"
)

// Set is everything that one command works on, with references followed and
// defaults filled in. Its lists are ordered by name or id.
type Set struct {
	Sources    []*Source
	Teams      []*Team
	Journeys   []*Journey
	SLOs       []*SLO         // of steps and on their own, each once
	Policies   []*AlertPolicy // those that are built in among them
	Notifiers  []*Notifier
	Exclusions []*Exclusion
	Documents  []Document // that all of this is written in, by place
}

// Team is who owns journeys, steps and SLOs.
type Team struct {
	Name       string
	Title      string
	Contact    string
	Notify     []*Notifier // where alerts about what it owns are sent
	CodeOwners []string    // who reviews its specs, as [CheckCodeOwner] wants them
	Origin     diag.Span
}

// Team returns the team of a name, nil when there is none.
func (s *Set) Team(name string) *Team {
	if i, found := slices.BinarySearchFunc(s.Teams, name, func(t *Team, name string) int { return cmp.Compare(t.Name, name) }); found {
		return s.Teams[i]
	}
	return nil
}

// NotifiersOf returns the names of the notifiers that an owner is told through.
func (s *Set) NotifiersOf(owner string) []string {
	team := s.Team(owner)
	if team == nil {
		return nil
	}
	var names []string
	for _, n := range team.Notify {
		names = append(names, n.Name)
	}
	return names
}

// Journey is what a user tries to get done, as ordered steps. A measured one
// has an SLI, its history and a source of its own; of others SLI is nil.
type Journey struct {
	ID         string
	About      About
	Compose    Compose
	SLI        *SLI
	Source     *Source
	Indicator  IndicatorID
	History    History
	Objectives []Objective
	Steps      []Step
}

// Measured returns everything that has an SLI: the SLOs, and one for each
// measured journey, with its id.
func (s *Set) Measured() []*SLO {
	measured := slices.Clone(s.SLOs)
	for _, j := range s.Journeys {
		if j.SLI != nil {
			measured = append(measured, &SLO{
				ID: j.ID, Kind: KindJourney, About: j.About, SLI: *j.SLI, Source: j.Source, Indicator: j.Indicator, History: j.History,
				Objectives: j.Objectives,
			})
		}
	}
	return measured
}

// IDs returns the ids of all journeys, steps and SLOs, in order.
func (s *Set) IDs() []string {
	var ids []string
	for _, j := range s.Journeys {
		ids = append(ids, j.ID)
	}
	for _, o := range s.SLOs {
		ids = append(ids, o.ID)
	}
	slices.Sort(ids)
	return ids
}

// Step is one part of a journey. Its SLO is its own or a shared one.
type Step struct {
	Name    string
	Title   string
	Weight  Decimal // its part in a weighted journey; 1 unless written
	SLO     *SLO
	Accepts []Acceptance // in the step itself
}

// SLO is an SLI with an owner and the objectives it is held to. A step
// without objectives is measured and attributed but has no budget.
type SLO struct {
	ID         string // journey/step, or the name of an SLO of its own
	Kind       Kind
	About      About
	SLI        SLI
	Source     *Source
	Indicator  IndicatorID // what SLOs with equal SLIs share
	History    History
	Objectives []Objective

	// Elsewhere says that another shard of a fleet judges and exports the SLO, and
	// that it is measured here for a journey alone. Then it has no objectives.
	Elsewhere bool
	AlsoIn    []string // ids of journeys of other shards that it is a step of
}

// About is what people want to know of a journey or SLO.
type About struct {
	Title       string
	Owner       string
	Description string
	Stage       Stage
	WhenSpent   string
	Runbook     string
	Links       []Link
	Labels      map[string]string
	RenamedFrom []string     // ids it had before
	Accepts     []Acceptance // none of a step's SLO: the step has it
	Origin      diag.Span

	DefaultSource diag.Span // where Defaults say what measures it; unknown where they do not
}

// Link is a titled address.
type Link struct{ Title, URL string }

// Objective is a target over a window, and the policy its alerts follow; nil
// when it has none.
type Objective struct {
	Name   string
	Target Target
	Window Window
	Alerts *AlertPolicy
	Span   diag.Span // of its declaration

	// DefaultWindow, DefaultTimeZone and DefaultAlerts are where Defaults say its window,
	// the time zone of a calendar window, and its alerts; unknown where they do not.
	DefaultWindow   diag.Span
	DefaultTimeZone diag.Span
	DefaultAlerts   diag.Span

	// Undecided says that alerts would be judged by this objective, and that nothing
	// names a policy or says that there is none.
	Undecided bool
}

// Kind says what an id stands for. The zero Kind is invalid.
type Kind string

// The kinds of things that have objectives.
const (
	KindJourney Kind = "journey"
	KindStep    Kind = "step"
	KindSLO     Kind = "slo"
)

// Stage says whether anybody is notified. The zero Stage is invalid.
type Stage string

// The stages of a journey or SLO.
const (
	Active  Stage = "active"
	Observe Stage = "observe" // measured and shown only
)

// Compose says how a journey's error follows from its steps'. The zero
// Compose is invalid.
type Compose string

// The compositions of a journey.
const (
	// Series assumes that every user passes every step once and that failures
	// are independent: a user succeeds when all steps do.
	Series Compose = "series"
	// Worst is as bad as the worst step.
	Worst Compose = "worst"
	// Weighted is the mean of the steps, by their weights.
	Weighted Compose = "weighted"
	// Pooled takes the events of all steps together.
	Pooled Compose = "pooled"
	// Measured journeys have an SLI of their own, which the steps explain.
	Measured Compose = "measured"
)
