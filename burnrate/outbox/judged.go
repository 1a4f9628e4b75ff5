package outbox

import (
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Stretch is minutes in which alerts were judged, without a pause.
type Stretch struct {
	From  slo.Minute `json:"from"`
	Until slo.Minute `json:"until"` // the first minute behind it
}

// A pause of more than a few minutes ends a stretch, and not too many are kept.
const (
	mostPaused    = 5
	mostStretches = 1000
)

// JudgedAt returns the stretches of the state, and with them a minute in which alerts are
// judged. Those that ended before a minute are left out, and the oldest when there are more
// than 1000. A clock that was put back has not been ahead.
func (s State) JudgedAt(at time.Time, oldest slo.Minute) []Stretch {
	minute := slo.MinuteAt(at)
	var all []Stretch
	for _, stretch := range s.Judged {
		if stretch.Until = min(stretch.Until, minute); stretch.Until > max(stretch.From, oldest) {
			all = append(all, stretch)
		}
	}
	if n := len(all); n > 0 && minute-all[n-1].Until <= mostPaused {
		all[n-1].Until = minute + 1
	} else {
		all = append(all, Stretch{minute, minute + 1})
	}
	return all[max(0, len(all)-mostStretches):]
}

// judged is the stretch that follows from what was kept before stretches were: from the
// first event that is known to the last tick. Pauses in it are not known.
func (b *Box) judged() []Stretch {
	if b.State.At.IsZero() {
		return nil
	}
	last := slo.MinuteAt(b.State.At)
	first := last
	if len(b.Log) > 0 {
		first = min(first, slo.MinuteAt(b.Log[0].At))
	}
	return []Stretch{{first, last + 1}}
}
