package burnrate

// Names of the series of what a ledger has. Files and remote write share them, so that
// the two go together without a seam.
const (
	SeriesOfEvents  = "slojourn_ledger_events"
	SeriesOfMinutes = "slojourn_ledger_measured_minutes"
)
