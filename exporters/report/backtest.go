package report

import (
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/backtest"
)

// BacktestSchema is the name and version of the JSON document about a backtest.
const BacktestSchema = "slojourn.backtest/v1"

// Backtest is what alerts would have done over a history, as a document: see
// [BacktestJSON] and [BacktestTable].
type Backtest struct {
	Schema   string // [BacktestSchema]
	From     time.Time
	To       time.Time
	TimeZone string // of nights, weekends and days
	Night    string // 22:00-07:00
	Origin   string // ledger or source: where the minutes are from
	// Runs are one, or those before and after a change.
	Runs       []BacktestRun
	Comparison *backtest.Comparison
	Failures   []burnrate.Failure
	Notices    []burnrate.Notice
}

// BacktestRun is the run of one set, and what follows from it.
type BacktestRun struct {
	Name string // how people know the set: of a comparison, what makes it different
	backtest.Run
	Judgement *backtest.Judgement // with incidents
	Toil      []backtest.Toil     // of all, then by owner
	Advice    []backtest.Advice
}
