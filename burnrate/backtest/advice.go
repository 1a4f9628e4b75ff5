package backtest

import (
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Period is how an objective stood at the end of a window of the past: a month, or a
// stretch of the length of a rolling window that no other one overlaps.
type Period struct {
	ID        string
	Objective string
	Unit      int64
	Composed  bool
	Window    slo.Window
	Span      slo.Span
	Counts    slo.Counts // of the minutes that count
	Error     burnrate.Ratio
	Coverage  float64
}

// AdviceKind says what an [Advice] is about. The zero AdviceKind is invalid.
type AdviceKind string

// The kinds of advice.
const (
	// TargetMissed: the target would have been missed in Missed of Of periods. Target
	// is one that would have been met in all of them, "" when there is none.
	TargetMissed AdviceKind = "target-missed"
	// TargetLoose: the target was met in all Of periods, and so was Target, which is
	// tighter, with at least half of its budget left.
	TargetLoose AdviceKind = "target-loose"
	// WindowShort: a window holds so few events that a single bad one spends Share of
	// its budget, and Window is one in which it spends less than a tenth.
	WindowShort AdviceKind = "window-short"
	// WindowTooLong: there is less history than the window, or it was measured by less
	// than nine tenths: nothing can be said of its target.
	WindowUnknown AdviceKind = "window-unknown"
	// TierSilent: a tier never fired, and burned at most at Burn of its Factor.
	TierSilent AdviceKind = "tier-silent"
	// TierConstant: a tier fired in Share of the minutes, above a quarter.
	TierConstant AdviceKind = "tier-constant"
	// TierHeld: a tier never fired, and a guard held it back for Minutes.
	TierHeld AdviceKind = "tier-held"
	// TierFalse: no firing of a tier was about an incident: False of Of.
	TierFalse AdviceKind = "tier-false"
	// SLIWithoutBad: no event of Events was bad in the whole history.
	SLIWithoutBad AdviceKind = "sli-without-bad"
	// SLIWithoutGood: every event of Events was bad.
	SLIWithoutGood AdviceKind = "sli-without-good"
	// SLIWithoutEvents: nothing happened in the whole history.
	SLIWithoutEvents AdviceKind = "sli-without-events"
)

// Advice is something that a history says about an objective. Which fields are set
// depends on its kind.
type Advice struct {
	Kind      AdviceKind   `json:"kind"`
	ID        string       `json:"id"`
	Objective string       `json:"objective"`
	Owner     string       `json:"owner"`
	Severity  slo.Severity `json:"severity,omitempty"` // of a tier
	Long      string       `json:"long,omitempty"`
	Short     string       `json:"short,omitempty"`

	Target string         `json:"target,omitempty"`
	Window string         `json:"window,omitempty"`
	Missed int            `json:"missed,omitempty"`
	False  int            `json:"false,omitempty"`
	Of     int            `json:"of,omitempty"`
	Share  burnrate.Ratio `json:"share"`
	Burn   burnrate.Ratio `json:"burn"`
	Factor burnrate.Ratio `json:"factor"`

	Minutes int64  `json:"minutes,omitempty"`
	Events  string `json:"events,omitempty"` // a decimal where events have weights
	// Periods are the numbers behind advice about targets and windows, the oldest
	// first.
	Periods []PeriodRatio `json:"periods,omitempty"`
}

// PeriodRatio is the error ratio of a period.
type PeriodRatio struct {
	From     time.Time      `json:"from"`
	To       time.Time      `json:"to"`
	Error    burnrate.Ratio `json:"errorRatio"`
	Coverage float64        `json:"coverage"`
	Missed   bool           `json:"missed"` // the target of the objective
}
