package burnrate

import (
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Meter is what was counted under one id while a process ran: what a counter
// of Prometheus shows, which may only go up, and starts at 0 with the process.
// A minute that is filled in long after it was over must not look like events of
// now; so it is in Late, or in neither.
//
// Minutes that close while the meter runs are in Events when they are among the
// newest [SettlingMinutes] as they are measured, or in the newest slice, and in Late
// when they are measured after that. A file's minutes close when it has them, so all
// that it has grown by last are as new: rows that are appended once an hour are in
// Events. New Relic's close with the clock; after an outage of half an hour its minutes
// are in Late, but for the newest. What later answers add is sorted likewise. Of
// minutes that closed before it began, only what later answers add is in Late: they
// themselves, which a backfill reads or another process has read, are in neither.
// Each change is counted once it is kept.
type Meter struct {
	ID    string
	Unit  int64     // of the events, see [slo.SLI.Unit]
	Began time.Time // when it was 0

	// Events are those of minutes that closed since Began, and of corrections of
	// the newest [SettlingMinutes]. They count as burn rates do: what is bad in time
	// that is excluded is good. An exclusion that is declared afterwards changes
	// nothing that was counted.
	Events Outcomes
	Late   Outcomes // that came later, or were measured later

	// Minutes is how many minutes Events are of, also where nothing happened: what of a
	// window they cover. It never falls either.
	Minutes int64
	// Rows are the events behind Events, whatever they weigh; the same unless the
	// SLI is weighted, and never of another unit.
	Rows Outcomes

	// Watermark is what is behind the newest minute that was read without an error,
	// 0 before any. It stands still while a source fails.
	Watermark slo.Minute
}

// Outcomes are events by what became of them. Neither ever falls: where an answer
// takes some away, as when what was good turns out to be bad, as many that come
// later are not added.
type Outcomes struct{ Good, Bad int64 }

// SettlingMinutes is how long before the end of an indicator a minute may be
// corrected and the events of its meter still move.
const SettlingMinutes = 5

// Previous is what remained of an objective's budget at the end of the calendar
// window before the present one.
type Previous struct {
	ID        string
	Objective string
	Remaining Ratio
}
