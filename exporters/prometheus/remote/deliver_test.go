package remote

import (
	"errors"
	"testing"
	"time"
)

// TestTrouble says after how long of what answers minutes are left out: of a day of
// refusals, whatever else was wrong in between.
func TestTrouble(t *testing.T) {
	t.Parallel()
	const hour = time.Hour
	for _, test := range []struct {
		name    string
		refuses func(after time.Duration) bool // else nobody is there
		first   time.Duration                  // when something is left out first, about; 0 for never
		last    time.Duration                  // and last
	}{
		{"all the time", func(time.Duration) bool { return true }, 24 * hour, 96 * hour},
		{"never", func(time.Duration) bool { return false }, 0, 0},
		{"at first, and a day later", func(d time.Duration) bool { return d < 5*time.Second || d > 24*hour && d < 47*hour }, 0, 0},
		{"every other 14 hours", func(d time.Duration) bool { return d/(14*hour)%2 == 0 }, 38 * hour, 96 * hour},
		{"all the time but for a minute each day", func(d time.Duration) bool { return d%(24*hour) > time.Minute }, 24 * hour, 96 * hour},
		{"a day, and again long after", func(d time.Duration) bool { return d < 25*hour || d > 48*hour && d < 71*hour }, 24 * hour, 25 * hour},
	} {
		var trouble trouble
		var first, last time.Duration
		for after := time.Duration(0); after < 96*hour; {
			err := errors.New("nobody is there")
			if test.refuses(after) {
				err = &RefusedError{err}
			}
			pause, skip := trouble.failed(at.Add(after), err, 0.5)
			if skip {
				if last = after; first == 0 {
					first = after
				}
				pause = time.Minute // until there is something else to send
			}
			after += pause
		}
		for _, pair := range [][2]time.Duration{{first, test.first}, {last, test.last}} {
			if off := pair[0] - pair[1]; off.Abs() > hour || (pair[0] == 0) != (pair[1] == 0) {
				t.Errorf("%s: something is left out from %s to %s, want about %s to %s", test.name, first, last, test.first, test.last)
				break
			}
		}
	}
}

// TestTroubleOfAClock believes no refusals for a clock that jumps.
func TestTroubleOfAClock(t *testing.T) {
	t.Parallel()
	var trouble trouble
	for i, jump := range []time.Duration{0, 100 * time.Hour, -100 * time.Hour, 200 * time.Hour} {
		if _, skip := trouble.failed(at.Add(jump), &RefusedError{errors.New("no")}, 0); skip {
			t.Errorf("refusal %d is believed", i+1)
		}
	}
}
