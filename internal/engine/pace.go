package engine

import "time"

// slowMinutes is how often SLOs that wake nobody are measured while a source
// cannot keep up.
const slowMinutes = 5

// pace says whether a source keeps up. When two ticks of three did not finish in
// their minute, those that wake nobody are measured every 5 minutes, until it
// has taken less than a third of the time for a quarter of an hour.
type pace struct {
	slow  bool
	late  []bool // of the last ticks
	quick int    // ticks in a row that were done soon
}

func (p *pace) note(late bool, took time.Duration) {
	p.late = append(p.late, late)
	if len(p.late) > 3 {
		p.late = p.late[1:]
	}
	count := 0
	for _, l := range p.late {
		if l {
			count++
		}
	}
	if p.quick++; late || took > measuring/3 {
		p.quick = 0
	}
	switch {
	case count >= 2:
		p.slow, p.quick = true, 0
	case p.quick >= 15:
		p.slow = false
	}
}

// Older minutes are left alone after an error: until the next minute, and twice as
// long after every other, so that what does not answer leaves the others their
// turn. What the end of a minute has cut off goes on at once in the next one.
const (
	firstPause = time.Minute
	lastPause  = 16 * time.Minute
)

// pause is for how long something is left alone. The zero pause is over.
type pause struct {
	length time.Duration
	until  time.Time
	err    error // that it is left alone after
}

// note takes over how it was answered.
func (p *pause) note(err error, now time.Time) {
	if err == nil {
		*p = pause{}
		return
	}
	p.length = min(max(firstPause, 2*p.length), lastPause)
	p.until, p.err = now.Truncate(time.Minute).Add(p.length), err
}

func (p *pause) over(now time.Time) bool { return !now.Before(p.until) }
