package backtest

import (
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Period is how something stood at the end of a window of the past: a month, or a
// stretch of the length of a rolling window. Those of one window do not overlap.
type Period struct {
	ID string
	// Objective is the one whose window it is, or "" of a window that no objective of
	// the ID has: the history may support it better than theirs.
	Objective string
	Unit      int64 // of Counts
	Composed  bool
	Window    slo.Window
	Span      slo.Span
	Counts    slo.Counts // of the minutes that count; zero of a composed journey
	// Events is how many there were, whatever they weigh: of a composed journey those
	// of all steps when they are pooled, else those of the step with the fewest of those
	// that had any.
	Events   int64
	Error    burnrate.Ratio
	Measured int64 // minutes
}

// Coverage is the share of the minutes that were measured.
func (p *Period) Coverage() float64 {
	if p.Span.Len() == 0 {
		return 0
	}
	return float64(p.Measured) / float64(p.Span.Len())
}

// AdviceKind says what an [Advice] is about. The zero AdviceKind is invalid.
type AdviceKind string

// The kinds of advice. Beside Kind, ID and Owner, those about an objective have its
// Objective, Target and Window, those about a tier also Severity, Long, Short and
// Factor, and those about an SLI none of these. Whole periods are those of which at
// least nine tenths were measured, and in which something happened.
const (
	// TargetMissed: the target would have been missed in Missed of Of whole Periods of
	// the window. ProposedTarget would have been met in all of them; "" when none of
	// the usual ones would. Of may be 1: one miss is enough to say so.
	TargetMissed AdviceKind = "target-missed"
	// TargetLoose: the target would have been met in all Of whole Periods, and so
	// would ProposedTarget, which is tighter, with at least half of its budget left.
	TargetLoose AdviceKind = "target-loose"
	// WindowShort: a window holds so few events, half of the Of whole Periods at most
	// Events, that a single bad one spends Share of the budget, which is more than all
	// of it. It would spend at most a tenth with the longer ProposedWindow, or with
	// ProposedTarget over the same window; "" when none of the usual ones does.
	WindowShort AdviceKind = "window-short"
	// WindowUnknown: the history has no whole period of the window, so that nothing can be
	// said of its target. Over the shorter ProposedWindow it has Of whole Periods, and
	// the target would have been missed in Missed of them. Without a ProposedWindow the
	// Periods are those of the window itself.
	WindowUnknown AdviceKind = "window-unknown"
	// TiersSilent: no tier of the objective fired in the Minutes that were judged. The
	// one that is named came closest: it burned at Burn of its Factor.
	TiersSilent AdviceKind = "tiers-silent"
	// TierConstant: a tier fired in Share of the Minutes that were judged, above a
	// quarter.
	TierConstant AdviceKind = "tier-constant"
	// TierHeld: a tier never fired, and a guard held it back for Minutes. It burned at
	// most at Burn.
	TierHeld AdviceKind = "tier-held"
	// TierFalse: a tier fired Of times, and never about an incident.
	TierFalse AdviceKind = "tier-false"
	// SLIWithoutBad: none of Events events was bad in the Minutes that were measured.
	SLIWithoutBad AdviceKind = "sli-without-bad"
	// SLIWithoutGood: each of Events events was bad in the Minutes that were measured.
	SLIWithoutGood AdviceKind = "sli-without-good"
	// SLIWithoutEvents: nothing happened in the Minutes that were measured.
	SLIWithoutEvents AdviceKind = "sli-without-events"
)

// Advice is something that a history says about an objective or an SLI, with the
// numbers behind it. Which fields are set depends on its kind.
type Advice struct {
	Kind      AdviceKind `json:"kind"`
	ID        string     `json:"id"`
	Objective string     `json:"objective,omitempty"`
	Owner     string     `json:"owner"`

	Target string `json:"target,omitempty"`
	Window string `json:"window,omitempty"`

	Severity slo.Severity `json:"severity,omitempty"`
	Long     string       `json:"long,omitempty"`
	Short    string       `json:"short,omitempty"`

	ProposedTarget string `json:"proposedTarget,omitempty"`
	ProposedWindow string `json:"proposedWindow,omitempty"`

	Missed int            `json:"missed"`
	Of     int            `json:"of"`
	Share  burnrate.Ratio `json:"share"`
	Burn   burnrate.Ratio `json:"burn"`
	Factor burnrate.Ratio `json:"factor"`

	Minutes int64  `json:"minutes"`
	Events  string `json:"events,omitempty"` // a decimal where events have weights
	// Periods are the numbers behind advice about targets and windows, the oldest
	// first: also those that are not whole.
	Periods []PeriodRatio `json:"periods,omitempty"`
}

// PeriodRatio is the error ratio of a period.
type PeriodRatio struct {
	From     time.Time      `json:"from"`
	To       time.Time      `json:"to"`
	Error    burnrate.Ratio `json:"errorRatio"`
	Coverage float64        `json:"coverage"`
	Whole    bool           `json:"whole"`
	Missed   bool           `json:"missed"` // the target of the objective, in a whole period
}
