package slo

import "github.com/slojourn/slojourn/slo/diag"

// Set is everything that one command works on, with references followed and
// defaults filled in. Its lists are ordered by name or id.
type Set struct {
	Sources  []*Source
	Teams    []*Team
	Journeys []*Journey
	SLOs     []*SLO // of steps and on their own, each once
}

// Team is who owns journeys, steps and SLOs.
type Team struct {
	Name    string
	Title   string
	Contact string
	Origin  diag.Span
}

// Journey is what a user tries to get done, as ordered steps.
type Journey struct {
	ID         string
	About      About
	Compose    Compose
	Objectives []Objective
	Steps      []Step
}

// Step is one part of a journey. Its SLO is its own or a shared one.
type Step struct {
	Name  string
	Title string
	SLO   *SLO
}

// SLO is an SLI with an owner and the objectives it is held to. A step
// without objectives is measured and attributed but has no budget.
type SLO struct {
	ID         string // journey/step, or the name of an SLO of its own
	Kind       Kind
	About      About
	SLI        SLI
	Source     *Source
	Objectives []Objective
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
	Origin      diag.Span
}

// Link is a titled address.
type Link struct{ Title, URL string }

// SLI is a measure of good among valid events. Exactly one of Good and Bad is
// written; Where may be empty.
type SLI struct {
	From  []diag.Located[string]
	Where diag.Text
	Good  diag.Text
	Bad   diag.Text
}

// EventTypes returns the names in From.
func (s SLI) EventTypes() []string {
	names := make([]string, len(s.From))
	for i, name := range s.From {
		names[i] = name.Value
	}
	return names
}

// Objective is a target over a window.
type Objective struct {
	Name   string
	Target Target
	Window Window
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

// Series assumes that every user passes every step once and that failures are
// independent: a user succeeds when all steps do.
const Series Compose = "series"
