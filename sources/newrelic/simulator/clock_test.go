package simulator

import (
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// realClock is a clock that a test moves.
type realClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *realClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *realClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func newClock(t testing.TB, begin time.Time, speed float64, now func() time.Time) *Clock {
	t.Helper()
	c, err := NewClock(begin, speed, now)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestClock(t *testing.T) {
	t.Parallel()
	begin := time.UnixMilli(midnight).UTC()
	underneath := &realClock{at: begin.Add(-1000 * time.Hour)}
	c := newClock(t, begin, 1, underneath.now)
	for _, step := range []struct {
		name string
		do   func() error
		want time.Duration // since begin
	}{
		{"at first", func() error { return nil }, 0},
		{"a minute passes", func() error { underneath.pass(time.Minute); return nil }, time.Minute},
		{"ten times as fast", func() error { return c.SetSpeed(10) }, time.Minute},
		{"a minute passes", func() error { underneath.pass(time.Minute); return nil }, 11 * time.Minute},
		{"half as fast", func() error { return c.SetSpeed(0.5) }, 11 * time.Minute},
		{"two minutes pass", func() error { underneath.pass(2 * time.Minute); return nil }, 12 * time.Minute},
		{"it stands still", func() error { return c.SetSpeed(0) }, 12 * time.Minute},
		{"a year passes", func() error { underneath.pass(365 * 24 * time.Hour); return nil }, 12 * time.Minute},
		{"it is moved", func() error { return c.Advance(time.Hour) }, 72 * time.Minute},
		{"it is set back", func() error { return c.Set(begin.Add(-time.Hour)) }, -time.Hour},
		{"it goes on", func() error { return c.SetSpeed(1) }, -time.Hour},
		{"a minute passes", func() error { underneath.pass(time.Minute); return nil }, -59 * time.Minute},
		{"the real clock is set back", func() error { underneath.pass(-time.Hour); return nil }, -59 * time.Minute},
		{"and comes to where it was", func() error { underneath.pass(time.Hour); return nil }, -59 * time.Minute},
		{"as fast as it can", func() error { return c.SetSpeed(maxSpeed) }, -59 * time.Minute},
		{"a second passes", func() error { underneath.pass(time.Second); return nil }, -59*time.Minute + maxSpeed*time.Second},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if got := c.Now().Sub(begin); got != step.want {
			t.Fatalf("%s: %v after its begin, want %v", step.name, got, step.want)
		}
	}
	underneath.pass(1000 * time.Hour) // at this speed 11,000 years
	if got := c.Now(); got.Sub(begin) < 280*365*24*time.Hour {
		t.Errorf("after a very long time it shows %v", got)
	}
}

func TestClockRefuses(t *testing.T) {
	t.Parallel()
	begin := time.UnixMilli(midnight)
	c := newClock(t, begin, 0, nil)
	tooEarly, tooLate := time.Unix(-1, 0), time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
	_, early := NewClock(tooEarly, 1, nil)
	_, backwards := NewClock(begin, -1, nil)
	for _, test := range []struct {
		err  error
		want string
	}{
		{early, "the clock cannot show the year 1969; use the years 1970 to 9999"},
		{backwards, "the speed -1 is out of range; use 0, which stands still, to 100000"},
		{c.SetSpeed(100_001), "the speed 100001 is out of range"},
		{c.Set(tooLate), "the clock cannot show the year 10000"},
		{c.Set(tooEarly), "the clock cannot show the year 1969"},
		{c.Advance(-time.Second), "the clock cannot advance by -1s, which is less than nothing; set it to go back"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("got %v, want %s", test.err, test.want)
		}
	}
	if got := c.Now(); !got.Equal(begin) || c.Speed() != 0 {
		t.Errorf("what was refused changed the clock: it shows %v at speed %v", got, c.Speed())
	}
}

// Between settings a clock never goes back, whatever the real one does.
func TestClockNeverGoesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		underneath := &realClock{at: time.UnixMilli(midnight)}
		c, err := NewClock(time.UnixMilli(midnight), 1, underneath.now)
		if err != nil {
			t.Fatal(err)
		}
		before := c.Now()
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				underneath.pass(time.Duration(rapid.Int64Range(-1e12, 1e12).Draw(t, "passes")))
			case 1:
				if err := c.SetSpeed(rapid.Float64Range(0, maxSpeed).Draw(t, "speed")); err != nil {
					t.Fatal(err)
				}
			default:
				if err := c.Advance(time.Duration(rapid.Int64Range(0, 1e15).Draw(t, "advance"))); err != nil {
					t.Fatal(err)
				}
			}
			after := c.Now()
			if after.Before(before) {
				t.Fatalf("it went from %v to %v", before, after)
			}
			before = after
		}
	})
}

// TestClockAtOnce is for the race detector.
func TestClockAtOnce(t *testing.T) {
	t.Parallel()
	c := newClock(t, time.UnixMilli(midnight), 1000, nil)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 100 {
				before := c.Now()
				if err := c.Advance(time.Minute); err != nil {
					t.Error(err)
				}
				if after := c.Now(); after.Sub(before) < time.Minute {
					t.Errorf("it advanced by %v, want a minute and more", after.Sub(before))
				}
			}
		})
	}
	group.Wait()
	if got := c.Now().UnixMilli(); got < midnight+4*100*60_000 {
		t.Errorf("it shows %d, less than all of its advances", got)
	}
}
