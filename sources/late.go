package sources

import (
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Events may arrive after their minute was counted. To count everything again
// and again would cost most of an account's budget, so that only the number of
// all events is asked for, in one plain query for each set of event types, and a
// minute is counted again when that number has changed.

// Watcher is a [Source] whose events may arrive late.
type Watcher interface {
	// Watch returns, for each SLO, one that counts all events of its types,
	// and nil where late events are not looked for. Equal types have the same
	// one.
	Watch(slos []*slo.SLO) []*slo.SLO
}

// The minutes before the newest closed one that are looked at again, and how
// often.
const (
	overlap     = 3
	twoDays     = 2 * 24 * 60
	everyDay    = 24 * 60
	everyHour   = 60
	quarterHour = 15
)

// Lookback returns how many minutes before end have to be looked at again at a
// tick that closes the minutes from previous to end: 3 every minute, 15 every 5
// minutes, an hour every 15 minutes, lateness every hour, and 2 days once a day.
// A tick that comes late does what was due in between. lateness is rounded up
// to minutes.
func Lookback(previous, end slo.Minute, lateness time.Duration) int64 {
	late := int64((lateness + time.Minute - 1) / time.Minute)
	for _, due := range []struct{ every, minutes int64 }{
		{everyDay, max(twoDays, late)}, {everyHour, max(everyHour, late)}, {quarterHour, everyHour}, {5, quarterHour},
	} {
		if end.Floor(due.every) > previous {
			return due.minutes
		}
	}
	return overlap
}

// Changed returns the spans of minutes, from start on, whose number of events
// is another than was known. A minute that could not be read has not changed;
// one that was not known has.
func Changed(start slo.Minute, known, read []Sum) []slo.Span {
	var changed []slo.Span
	for i, sum := range read {
		minute := start + slo.Minute(i)
		same := i < len(known) && known[i].Minutes > 0 && known[i].Rows.Total == sum.Rows.Total
		if sum.Minutes == 0 || same {
			continue
		}
		if last := len(changed) - 1; last >= 0 && changed[last].End == minute {
			changed[last].End++
			continue
		}
		changed = append(changed, slo.Span{Start: minute, End: minute + 1})
	}
	return changed
}
