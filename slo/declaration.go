package slo

import (
	"time"

	"github.com/slojourn/slojourn/slo/diag"
)

// Declarations is what a set of files says, before any reference is followed.
// Fields that were not written are zero.
type Declarations struct {
	Sources    []SourceDeclaration
	Teams      []TeamDeclaration
	Journeys   []JourneyDeclaration
	SLOs       []SLODeclaration
	Policies   []PolicyDeclaration
	Notifiers  []NotifierDeclaration
	Exclusions []ExclusionDeclaration
	Defaults   []DefaultsDeclaration
}

// Join returns what both declare.
func (d Declarations) Join(e Declarations) Declarations {
	return Declarations{
		Sources:    append(d.Sources, e.Sources...),
		Teams:      append(d.Teams, e.Teams...),
		Journeys:   append(d.Journeys, e.Journeys...),
		SLOs:       append(d.SLOs, e.SLOs...),
		Policies:   append(d.Policies, e.Policies...),
		Notifiers:  append(d.Notifiers, e.Notifiers...),
		Exclusions: append(d.Exclusions, e.Exclusions...),
		Defaults:   append(d.Defaults, e.Defaults...),
	}
}

// SLIs visits every SLI that is declared, in the order of its place.
func (d Declarations) SLIs(visit func(*SLIDeclaration)) {
	for _, s := range d.SLOs {
		if s.SLI != nil {
			visit(s.SLI)
		}
	}
	for _, j := range d.Journeys {
		if j.SLI != nil {
			visit(j.SLI)
		}
		for _, step := range j.Steps {
			if step.SLI != nil {
				visit(step.SLI)
			}
		}
	}
}

// Metadata is what every kind has.
type Metadata struct {
	Folder      string    // absolute, with slashes; it decides which Defaults apply
	Origin      diag.Span // the document
	Name        diag.Located[string]
	Title       diag.Located[string]
	Owner       diag.Located[string]
	Labels      map[string]string
	RenamedFrom []diag.Located[string]
}

// SourceDeclaration declares a New Relic account.
type SourceDeclaration struct {
	Metadata
	AccountID diag.Located[int64]
	Region    diag.Located[Region]
	APIKey    diag.Located[SecretRef]
	Endpoint  diag.Located[string]
	QueryLag  diag.Located[time.Duration]
	Lateness  diag.Located[time.Duration]
	Retention map[string]diag.Located[time.Duration] // by event type and "default"
}

// TeamDeclaration declares a team.
type TeamDeclaration struct {
	Metadata
	Contact diag.Located[string]
	Notify  []diag.Located[string]
}

// DefaultsDeclaration declares what holds in its folder and below.
type DefaultsDeclaration struct {
	Metadata
	Source   diag.Located[string]
	Window   diag.Located[Window]
	TimeZone diag.Located[string]
	Alerts   diag.Located[string]
}

// Descriptive holds the fields that journeys and SLOs share.
type Descriptive struct {
	Description string
	Stage       diag.Located[Stage]
	WhenSpent   string
	Runbook     diag.Located[string]
	Links       []Link
	Alerts      diag.Located[string]
}

// ObjectiveDeclaration declares one objective.
type ObjectiveDeclaration struct {
	Span     diag.Span
	Name     diag.Located[string]
	Target   diag.Located[Target]
	Window   diag.Located[Window]
	TimeZone diag.Located[string]
	Alerts   diag.Located[string]
}

// JourneyDeclaration declares a journey. SLI is set for a measured one.
type JourneyDeclaration struct {
	Metadata
	Descriptive
	Objectives []ObjectiveDeclaration
	Compose    diag.Located[Compose]
	SLI        *SLIDeclaration
	Steps      []StepDeclaration
}

// StepDeclaration declares a step: SLI is set, or SLO names a shared one.
type StepDeclaration struct {
	Metadata
	Description string
	Weight      diag.Located[Decimal]
	Objectives  []ObjectiveDeclaration
	Alerts      diag.Located[string]
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

// PolicyDeclaration declares an alert policy. What it does not write is zero.
type PolicyDeclaration struct {
	Metadata
	Tiers       []Tier
	Guard       GuardDeclaration
	Hold        HoldDeclaration
	NoTraffic   *QuietDeclaration
	NoData      *QuietDeclaration // without Below
	BudgetSpent []Percentage
}

// QuietDeclaration declares an alert about events that do not come.
type QuietDeclaration struct {
	After    diag.Located[time.Duration]
	Below    diag.Located[Percentage]
	Severity diag.Located[Severity]
}

// GuardDeclaration declares the guard of a policy.
type GuardDeclaration struct {
	MinEvents  diag.Located[int64]
	MinBad     diag.Located[int64]
	Confidence diag.Located[Percentage]
}

// HoldDeclaration declares how long alerts are held.
type HoldDeclaration struct {
	Page   diag.Located[time.Duration]
	Ticket diag.Located[time.Duration]
}

// NotifierDeclaration declares where alerts are sent; one of the four is set.
type NotifierDeclaration struct {
	Metadata
	Alertmanager *Alertmanager
	Slack        *Slack
	Webhook      *Webhook
	PagerDuty    *PagerDuty
	Locale       diag.Located[Locale]
	Heartbeat    diag.Located[time.Duration]
}

// ExclusionDeclaration declares agreed time that does not count.
type ExclusionDeclaration struct {
	Metadata
	SLOs       []diag.Located[string]
	ForOwner   diag.Located[string] // instead of SLOs: all that this team owns
	From       diag.Located[time.Time]
	To         diag.Located[time.Time]
	Repeat     *RepeatDeclaration
	Effect     diag.Located[Effect]
	Reason     string
	ApprovedBy string
}

// RepeatDeclaration declares when an exclusion holds again.
type RepeatDeclaration struct {
	Span     diag.Span
	Rule     string
	Duration time.Duration
	TimeZone diag.Located[string]
}
