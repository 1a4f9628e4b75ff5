package slo

import (
	"cmp"
	"math/big"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo/diag"
)

// AlertPolicy says when an objective raises alerts, and how urgent they are.
type AlertPolicy struct {
	Name        string
	Title       string
	Owner       string
	Tiers       []Tier
	Guard       Guard
	Hold        Hold
	NoTraffic   *NoTraffic // nil when it is off
	NoData      *NoData    // nil when it is off
	BudgetSpent []Percentage
	Accepts     []Acceptance
	BuiltIn     bool
	Origin      diag.Span // unknown for a policy that is built in
}

// Severity says how urgent an alert is. The zero Severity is invalid.
type Severity string

// The severities of alerts.
const (
	Page   Severity = "page"   // somebody looks at it now
	Ticket Severity = "ticket" // somebody looks at it in working hours
)

// Tier is one long and short window of a policy. Its factor is the burn rate
// above which it fires; Budget or Burn says it, the other is zero.
type Tier struct {
	Severity Severity
	Budget   Percentage // of the objective's budget, spent within Long
	Burn     Decimal    // the factor itself
	Long     time.Duration
	Short    time.Duration
	Span     diag.Span // unknown for a policy that is built in
}

// Factor returns the burn rate above which the tier fires for an objective
// over the given window, exactly: budget × window / long. To spend 2 % of a
// 28-day budget within an hour takes 0.02 × 672 h / 1 h = 13.44 times the burn
// rate that spends it all in 28 days. Calendar windows count with their
// nominal length.
func (t Tier) Factor(window Window) *big.Rat {
	if t.Burn.Sign() > 0 {
		return t.Burn.Rat()
	}
	factor := t.Budget.Rat()
	factor.Mul(factor, big.NewRat(window.Minutes(), 1))
	return factor.Quo(factor, big.NewRat(int64(t.Long/time.Minute), 1))
}

// Windows names the tier by its windows: 1h/5m.
func (t Tier) Windows() string { return FormatDuration(t.Long) + "/" + FormatDuration(t.Short) }

// Guard keeps a few events at night from waking somebody: a tier fires only
// with that many valid and bad events in its long window, and only when chance
// explains them with a probability below 1 - Confidence. Zeros are off.
type Guard struct {
	MinEvents  int64
	MinBad     int64
	Confidence Percentage
}

// Hold is how long a condition must have been false before its alert resolves.
type Hold struct {
	Page   time.Duration
	Ticket time.Duration
}

// NoTraffic raises an alert when the valid events of the last After are below
// a share of what is usual at that time of day, or of the week.
type NoTraffic struct {
	After    time.Duration
	Below    Percentage
	Severity Severity
}

// NoData raises an alert when nothing could be measured for so long.
type NoData struct {
	After    time.Duration
	Severity Severity
}

// pages reports whether an alert of the policy may wake somebody.
func (p *AlertPolicy) pages() bool {
	return p.NoTraffic != nil && p.NoTraffic.Severity == Page || p.NoData != nil && p.NoData.Severity == Page ||
		slices.ContainsFunc(p.Tiers, func(t Tier) bool { return t.Severity == Page })
}

// LongestTier returns the longest window of the policy's tiers, 0 without any.
func (p *AlertPolicy) LongestTier() time.Duration {
	if len(p.Tiers) == 0 {
		return 0
	}
	return slices.MaxFunc(p.Tiers, func(a, b Tier) int { return cmp.Compare(a.Long, b.Long) }).Long
}

// ShortestWindow returns the shortest window of the policy's tiers, 0 without
// any.
func (p *AlertPolicy) ShortestWindow() time.Duration {
	if len(p.Tiers) == 0 {
		return 0
	}
	return slices.MinFunc(p.Tiers, func(a, b Tier) int { return cmp.Compare(a.Short, b.Short) }).Short
}
