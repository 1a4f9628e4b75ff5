package slo

import (
	"slices"
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
	Unread     []Unread
}

// Unread is what can be told of a document that could not be read. One of the
// names in it may be its own, so that a reference to any of them is not
// reported.
type Unread struct {
	Kind  string // "" when it cannot be told
	Names []string
}

// mayHold reports whether a document of a kind may be among what could not be
// read.
func (d Declarations) mayHold(kind string) bool {
	return slices.ContainsFunc(d.Unread, func(u Unread) bool { return u.Kind == "" || u.Kind == kind })
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
		Unread:     append(d.Unread, e.Unread...),
	}
}

// byPlace returns what d declares, ordered by place: which of two things
// of one name is the first does not depend on the order of the paths.
func (d Declarations) byPlace() Declarations {
	return Declarations{
		Sources:    byPlace(d.Sources),
		Teams:      byPlace(d.Teams),
		Journeys:   byPlace(d.Journeys),
		SLOs:       byPlace(d.SLOs),
		Policies:   byPlace(d.Policies),
		Notifiers:  byPlace(d.Notifiers),
		Exclusions: byPlace(d.Exclusions),
		Defaults:   byPlace(d.Defaults),
		Unread:     d.Unread,
	}
}

func byPlace[D interface{ place() diag.Span }](declared []D) []D {
	return slices.SortedStableFunc(slices.Values(declared), func(a, b D) int { return a.place().Compare(b.place()) })
}

// SLIs visits every SLI that is declared, broken ones too.
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

func (m Metadata) place() diag.Span { return m.Origin }

// SourceDeclaration declares a New Relic account, or a file of counts.
type SourceDeclaration struct {
	Metadata
	File      diag.Located[string] // its path; the other fields are the account's
	AccountID diag.Located[int64]
	Region    diag.Located[Region]
	APIKey    diag.Located[SecretRef]
	Endpoint  diag.Located[string]
	QueryLag  diag.Located[time.Duration]
	Lateness  diag.Located[time.Duration]
	Retention []RetentionDeclaration
}

// RetentionDeclaration declares how long events of a type are kept; of types
// without one, how long those of "default" are.
type RetentionDeclaration struct {
	EventType diag.Located[string]
	Kept      diag.Located[time.Duration]
}

// TeamDeclaration declares a team.
type TeamDeclaration struct {
	Metadata
	Contact    diag.Located[string]
	Notify     []diag.Located[string]
	CodeOwners []diag.Located[string]
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
	Accepts     []AcceptDeclaration
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

// JourneyDeclaration declares a journey. SLI is set for a measured one; of
// others it is broken.
type JourneyDeclaration struct {
	Metadata
	Descriptive
	Objectives []ObjectiveDeclaration
	Compose    diag.Located[Compose]
	SLI        *SLIDeclaration
	History    *HistoryDeclaration
	Steps      []StepDeclaration
}

// StepDeclaration declares a step: SLI is set, or SLO names a shared one. An
// SLI beside a shared SLO is broken.
type StepDeclaration struct {
	Metadata
	Description string
	Weight      diag.Located[Decimal]
	Objectives  []ObjectiveDeclaration
	Alerts      diag.Located[string]
	SLI         *SLIDeclaration
	History     *HistoryDeclaration
	SLO         diag.Located[string]
	Accepts     []AcceptDeclaration
}

// SLIDeclaration declares an SLI and, where it is not the folder's default,
// the source that measures it.
type SLIDeclaration struct {
	SLI
	Span   diag.Span
	Source diag.Located[string]
	// Broken says that it says too little or too much to be measured. What it
	// does say is checked all the same, so that no mistake hides another.
	Broken bool
}

// usable reports whether there is an SLI that can be measured.
func (s *SLIDeclaration) usable() bool { return s != nil && !s.Broken }

// SLODeclaration declares an SLO on its own.
type SLODeclaration struct {
	Metadata
	Descriptive
	Objectives []ObjectiveDeclaration
	SLI        *SLIDeclaration
	History    *HistoryDeclaration
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
	Accepts     []AcceptDeclaration
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
	Rule     diag.Located[string]
	Duration time.Duration
	TimeZone diag.Located[string]
}
