package report

import (
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/backtest"
)

// Backtest is what alerts would have done over a history, as a document. Its JSON is
// stable: keys are only added.
type Backtest struct {
	Schema   string    `json:"schema"` // slojourn.backtest/v1
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	TimeZone string    `json:"timeZone"` // of nights, weekends and days
	Night    string    `json:"night"`    // 22:00-07:00
	Origin   string    `json:"origin"`   // ledger or source: where the minutes are from
	// Runs are one, or those before and after a change.
	Runs       []BacktestRun        `json:"runs"`
	Comparison *backtest.Comparison `json:"comparison,omitempty"`
	Failures   []burnrate.Failure   `json:"errors"`
	Notices    []burnrate.Notice    `json:"notices"`
}

// BacktestRun is the run of one set, and what follows from it.
type BacktestRun struct {
	Name string `json:"name"` // how people know the set: of a comparison, what makes it different
	backtest.Run
	Judgement *backtest.Judgement `json:"judgement,omitempty"` // with incidents
	Toil      []backtest.Toil     `json:"toil"`                // of all, then by owner
	Advice    []backtest.Advice   `json:"advice"`
}
