package simulator

import (
	"fmt"
	"math"
	"strconv"
	"sync"
	"time"
)

// Clock is the clock of a simulator: it begins where one likes, runs as fast
// as one likes, and can be set while it is in use. Between two settings it
// never goes back. It is safe for concurrent use.
type Clock struct {
	mu    sync.Mutex
	real  func() time.Time
	begin time.Time // what it showed at since
	since time.Time // by the real clock
	speed float64
	last  time.Time // what it showed last
}

// maxSpeed is how fast a clock can run: a little more than a day in a second.
const maxSpeed = 100_000

// NewClock returns a clock that shows begin now and goes on from there: for
// each second of the real clock it goes on by speed seconds, from 0, which
// stands still, to 100,000. Nil for the real clock is [time.Now].
func NewClock(begin time.Time, speed float64, realClock func() time.Time) (*Clock, error) {
	if realClock == nil {
		realClock = time.Now
	}
	c := &Clock{real: realClock}
	return c, c.change(&begin, 0, &speed)
}

// follow returns a clock that shows what another one does.
func follow(now func() time.Time) *Clock {
	at := now()
	return &Clock{real: now, begin: at, since: at, last: at, speed: 1}
}

// Now returns what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	passed := c.real().Sub(c.since)
	if c.speed != 1 {
		// A product beyond what a length of time can hold, 292 years, is cut.
		passed = time.Duration(max(math.MinInt64, min(c.speed*float64(passed), math.MaxInt64-1024)))
	}
	if at := c.begin.Add(passed); at.After(c.last) {
		c.last = at
	}
	return c.last
}

// Speed returns how many seconds it goes on for each second of the real
// clock.
func (c *Clock) Speed() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.speed
}

// Set lets the clock show an instant, which may be before what it showed, and
// go on from there.
func (c *Clock) Set(at time.Time) error { return c.change(&at, 0, nil) }

// Advance moves the clock ahead.
func (c *Clock) Advance(d time.Duration) error { return c.change(nil, d, nil) }

// SetSpeed changes how fast the clock runs from now on.
func (c *Clock) SetSpeed(speed float64) error { return c.change(nil, 0, &speed) }

// change sets the clock to an instant, nil for the one that it shows, moves it
// ahead, and changes its speed, nil for the one that it has. When one of them
// is wrong it changes nothing.
func (c *Clock) change(to *time.Time, ahead time.Duration, speed *float64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, next := c.now(), c.speed
	if to != nil {
		at = *to
	}
	if speed != nil {
		next = *speed
	}
	at = at.Add(ahead)
	switch {
	case ahead < 0:
		return fmt.Errorf("the clock cannot advance by %v, which is less than nothing; set it to go back", ahead)
	case !(next >= 0 && next <= maxSpeed):
		return fmt.Errorf("the speed %s is out of range; use 0, which stands still, to %d", strconv.FormatFloat(next, 'g', -1, 64), maxSpeed)
	}
	if err := checkInstant(at); err != nil {
		return err
	}
	c.begin, c.since, c.last, c.speed = at, c.real(), at, next
	return nil
}

// checkInstant keeps to the years that RFC 3339 can spell and events can have.
func checkInstant(at time.Time) error {
	if year := at.UTC().Year(); at.Unix() < 0 || year > 9999 {
		return fmt.Errorf("the clock cannot show the year %d; use the years 1970 to 9999", year)
	}
	return nil
}
