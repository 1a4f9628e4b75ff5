package slo

import (
	"time"

	"github.com/slojourn/slojourn/slo/diag"
)

// Declarations is what a set of files says, before any reference is followed.
// Fields that were not written are zero.
type Declarations struct {
	Sources  []SourceDeclaration
	Teams    []TeamDeclaration
	Defaults []DefaultsDeclaration
	Journeys []JourneyDeclaration
	SLOs     []SLODeclaration
}

// Metadata is what every kind has.
type Metadata struct {
	Folder string    // absolute, with slashes; it decides which Defaults apply
	Origin diag.Span // the document
	Name   diag.Located[string]
	Title  diag.Located[string]
	Owner  diag.Located[string]
	Labels map[string]string
}

// SourceDeclaration declares a New Relic account.
type SourceDeclaration struct {
	Metadata
	AccountID diag.Located[int64]
	Region    diag.Located[Region]
	APIKey    diag.Located[SecretRef]
	Endpoint  diag.Located[string]
	QueryLag  diag.Located[time.Duration]
	Retention map[string]diag.Located[time.Duration] // by event type and "default"
}

// TeamDeclaration declares a team.
type TeamDeclaration struct {
	Metadata
	Contact diag.Located[string]
}

// DefaultsDeclaration declares what holds in its folder and below.
type DefaultsDeclaration struct {
	Metadata
	Source diag.Located[string]
	Window diag.Located[Window]
}

// Descriptive holds the fields that journeys and SLOs share.
type Descriptive struct {
	Description string
	Stage       diag.Located[Stage]
	WhenSpent   string
	Runbook     diag.Located[string]
	Links       []Link
}

// ObjectiveDeclaration declares one objective.
type ObjectiveDeclaration struct {
	Span   diag.Span
	Name   diag.Located[string]
	Target diag.Located[Target]
	Window diag.Located[Window]
}

// JourneyDeclaration declares a journey.
type JourneyDeclaration struct {
	Metadata
	Descriptive
	Objectives []ObjectiveDeclaration
	Compose    diag.Located[Compose]
	Steps      []StepDeclaration
}

// StepDeclaration declares a step: SLI is set, or SLO names a shared one.
type StepDeclaration struct {
	Metadata
	Description string
	Objectives  []ObjectiveDeclaration
	SLI         *SLIDeclaration
	SLO         diag.Located[string]
}

// SLIDeclaration declares an SLI and, where it is not the folder's default,
// the source that measures it.
type SLIDeclaration struct {
	SLI
	Span   diag.Span
	Source diag.Located[string]
}

// SLODeclaration declares an SLO on its own.
type SLODeclaration struct {
	Metadata
	Descriptive
	Objectives []ObjectiveDeclaration
	SLI        *SLIDeclaration
}
