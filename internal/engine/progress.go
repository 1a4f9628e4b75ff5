package engine

import (
	"fmt"
	"time"
)

// Progress is how much of the history is there.
type Progress struct {
	Indicators int
	Waiting    int   // indicators of which it is not known since when they can be measured
	Fresh      int   // of which the newest minute was measured
	Failing    int   // of which it could not be
	Rough      int   // of which older hours are not known, not even as sums
	Paused     int   // of which older minutes could not be read, and are left alone for a while
	Filling    int   // of which older minutes are read now
	Gaps       int64 // minutes of all indicators that are still to be read
	Slow       []string
}

// Ready returns nil when everything has its newest minute and the hours of its
// windows, but for what cannot be measured, and else what is missing.
func (p Progress) Ready() error {
	switch {
	case p.Waiting > 0:
		return fmt.Errorf("of %d of %d indicators it is not known yet since when they can be measured", p.Waiting, p.Indicators)
	case p.Fresh+p.Failing < p.Indicators:
		return fmt.Errorf("the newest minute of %d of %d indicators was not measured yet", p.Indicators-p.Fresh-p.Failing, p.Indicators)
	case p.Rough > 0:
		return fmt.Errorf("the history of %d of %d indicators was not read yet", p.Rough, p.Indicators)
	}
	return nil
}

// progress counts what there is.
func (e *Engine) progress(now time.Time) Progress {
	var p Progress
	for _, f := range e.feeds {
		if f.pace.slow {
			p.Slow = append(p.Slow, f.name)
		}
		for _, i := range f.indicators {
			p.Indicators++
			if p.Gaps += i.gaps.len(); !i.gaps.empty() && !i.filling.over(now) {
				p.Paused++
			}
			if i.known && i.err == nil && (!i.scanned || !i.gaps.empty() && i.filling.over(now)) {
				p.Filling++
			}
			switch {
			case i.err != nil:
				p.Failing++
			case i.never:
				p.Fresh++
			case !i.known:
				p.Waiting++
			case i.end > 0:
				if p.Fresh++; !i.complete() {
					p.Rough++
				}
			}
		}
	}
	return p
}

// complete reports whether all that can be measured is known at least by the
// hour.
func (i *indicator) complete() bool { return i.scanned && (i.rough || i.gaps.empty()) }
