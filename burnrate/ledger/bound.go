package ledger

import (
	"fmt"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// LargeError refuses what is larger than can be kept.
type LargeError struct {
	Indicator slo.IndicatorID
	Minute    slo.Minute // the first one
	Total     int64
	Minutes   int64 // in which it was counted
}

func (e *LargeError) Error() string {
	return fmt.Sprintf("minute %s of the indicator %q has a total of %d, and a minute may have %d: leave it out, and let its SLI count in a larger unit",
		e.Minute, e.Indicator, e.Total/e.Minutes, int64(burnrate.MostCounted))
}

// largest returns the larger total of a sum, and whether it is too large to be
// kept. What is bad is never more in a row that is counted.
func largest(s burnrate.Sum) (total int64, tooLarge bool) {
	total = max(s.Counts.Total, s.Rows.Total)
	return total, total > burnrate.MostCounted*max(s.Minutes, 1)
}

// large returns an error for a sum that is too large.
func large(id slo.IndicatorID, m slo.Minute, s burnrate.Sum) error {
	if total, tooLarge := largest(s); tooLarge {
		return &LargeError{id, m, total, max(s.Minutes, 1)}
	}
	return nil
}

// refuseLarge returns an error for the first row of a record that is too large.
func refuseLarge(ids []slo.IndicatorID, record burnrate.Record) error {
	for i := range record.Rows {
		if r := &record.Rows[i]; r.Measured && max(r.Counts.Total, r.Rows.Total) > burnrate.MostCounted {
			return large(ids[i], record.Minute, sumOf(*r, 1))
		}
	}
	return nil
}

// small makes a mistake of a line of what is too large.
func (l *line) small(id slo.IndicatorID, m slo.Minute, s burnrate.Sum) {
	if err := large(id, m, s); err != nil && l.err == nil {
		l.fail("%v", err)
	}
}
