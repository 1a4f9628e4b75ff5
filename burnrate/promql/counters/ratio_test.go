// The race detector has nothing to find here, and compiling Prometheus for it takes minutes.

//go:build !race

package counters_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/util/teststorage"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// interval is how long it is from one scrape to the next.
const interval = 15 * time.Second

// windows are those of the built-in policy that a counter is asked for.
func windows() []slo.Window {
	var list []slo.Window
	for _, minutes := range []int64{5, 30, 60, 120, 360} {
		list = append(list, slo.Rolling(minutes))
	}
	return list
}

// scraped is what Prometheus has of the counters: a sample every 15 seconds, the first
// one at the beginning of 1970.
type scraped struct {
	first   time.Time // when that was
	ticks   []tick    // of which each sample is, nil for none
	storage *teststorage.TestStorage
	engine  *promql.Engine
}

// scrape scrapes what was said, from some time after the first tick on.
func scrape(t *testing.T, said []tick, after time.Duration) *scraped {
	t.Helper()
	s := &scraped{first: said[0].at.Add(after)}
	var good, bad strings.Builder
	n := 0
	for at := s.first; at.Before(said[len(said)-1].at); at = at.Add(interval) {
		for n+1 < len(said) && !said[n+1].at.After(at) {
			n++
		}
		s.ticks = append(s.ticks, said[n])
		if at.Sub(said[n].at) > time.Minute { // nothing runs
			good.WriteString(" _")
			bad.WriteString(" _")
			continue
		}
		fmt.Fprintf(&good, " %d", said[n].meter.Events.Good)
		fmt.Fprintf(&bad, " %d", said[n].meter.Events.Bad)
	}
	s.storage = promqltest.LoadedStorage(t, fmt.Sprintf("load %v\n  events{outcome=\"good\"}%s\n  events{outcome=\"bad\"}%s\n", interval, &good, &bad))
	s.engine = promqltest.NewTestEngine(t, false, 0, 1_000_000)
	t.Cleanup(func() {
		if err := s.storage.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// ask returns the one value of an expression at some time after the first scrape.
func (s *scraped) ask(t *testing.T, at time.Duration, format string, args ...any) float64 {
	t.Helper()
	expression := fmt.Sprintf(format, args...)
	query, err := s.engine.NewInstantQuery(t.Context(), s.storage, nil, expression, time.Unix(0, 0).Add(at))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	defer query.Close()
	vector, err := query.Exec(t.Context()).Vector()
	if err != nil || len(vector) != 1 {
		t.Fatalf("%s: %d values, %v", expression, len(vector), err)
	}
	return vector[0].F
}

// between returns the ticks that were scraped first and last within a window that ends
// some time after the first scrape. As Prometheus has it, one that stands where it
// begins is not within it.
func (s *scraped) between(w slo.Window, at time.Duration) (first, last tick) {
	from := at - time.Duration(w.Minutes())*time.Minute
	return s.ticks[int(math.Floor(float64(from)/float64(interval)))+1], s.ticks[at/interval]
}

// ratio is what Prometheus says, NaN without events.
func (s *scraped) ratio(t *testing.T, w slo.Window, at time.Duration) float64 {
	t.Helper()
	return s.ask(t, at, "sum(increase(events{outcome=\"bad\"}[%[1]s])) / sum(increase(events[%[1]s]))", w)
}

// extrapolated is by how much an increase may be more than what was between the first
// and the last scrape of a window: Prometheus makes up for the time before and after
// them, 15 seconds of it, but not for a counter that was about to be 0 then.
func extrapolated(w slo.Window) float64 {
	length := time.Duration(w.Minutes()) * time.Minute
	return float64(length) / float64(length-interval)
}

// compare asks for all windows at a time, and holds the answers against the minutes
// themselves and against what the engine said.
func (s *scraped) compare(t *testing.T, count func(slo.Span) slo.Counts, at time.Duration) {
	t.Helper()
	for _, w := range windows() {
		if at < time.Duration(w.Minutes())*time.Minute {
			continue
		}
		first, last := s.between(w, at)
		minutes := int64(last.end - first.end)
		if minutes != w.Minutes() && minutes != w.Minutes()-1 {
			t.Fatalf("at %v %s holds %d minutes", at, w, minutes)
		}
		c := count(slo.Span{Start: first.end, End: last.end})
		if window := last.burn[w]; minutes == w.Minutes() && window.Counts != c {
			t.Fatalf("at %v %s: the engine counts %+v, and there were %+v", at, w, window.Counts, c)
		}
		s.holds(t, w, at, burnrate.Outcomes{Good: c.Total - c.Bad, Bad: c.Bad})
	}
}

// holds asks for the ratio of a window in which counters went up by so much.
func (s *scraped) holds(t *testing.T, w slo.Window, at time.Duration, up burnrate.Outcomes) {
	t.Helper()
	got := s.ratio(t, w, at)
	if up == (burnrate.Outcomes{}) {
		if !math.IsNaN(got) {
			t.Errorf("at %v %s: %v without events", at, w, got)
		}
		return
	}
	first, _ := s.between(w, at)
	more, good, bad := extrapolated(w), float64(up.Good), float64(up.Bad)
	if steady(first.meter.Events.Bad, up.Bad, w) && steady(first.meter.Events.Good, up.Good, w) {
		more = 1
	}
	const digits = 1e-9
	least, most := bad/(bad+good*more), bad*more/(bad*more+good)
	if got < least*(1-digits) || got > most*(1+digits) {
		t.Errorf("at %v %s: %v, want %v to %v: %+v", at, w, got, least, most, up)
	}
}

// steady reports whether a counter was so far above 0 that Prometheus extrapolates it
// to all of a window.
func steady(before, increase int64, w slo.Window) bool {
	return increase == 0 || float64(before)/float64(increase) >= extrapolated(w)-1
}

// TestRatios compares random histories of seven hours at random times.
//
// The bound it proves: let E be the end of the engine's windows when Prometheus last
// scraped it. Then the ratio of increases over w minutes is that of the w minutes
// before E, or of the w-1 minutes before E, as the scrapes within w minutes are
// w - 15s apart. It is so to the last digit while both counters are well above 0;
// in the first hours of a process, and before the first bad events, a ratio of 5m may
// be off by a factor of 300/285, one of 1h by 3600/3585.
func TestRatios(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 1))
			h := draw(r)
			const begin = 1_000_000
			count := func(span slo.Span) slo.Counts {
				var c slo.Counts
				for m := span.Start; m < span.End; m++ {
					c = c.Add(h[min(int(m-begin), len(h)-1)])
				}
				return c
			}
			x := newTicks(t, &story{begin, func(m, _ slo.Minute) slo.Counts { return count(slo.Span{Start: m, End: m + 1}) }})
			var said []tick
			for range 7 * 60 {
				said = append(said, x.next(t))
			}
			s := scrape(t, said, time.Duration(r.IntN(15_000))*time.Millisecond)
			last := len(s.ticks) * 15_000
			for range 40 {
				s.compare(t, count, time.Duration(300_000+r.IntN(last-315_000))*time.Millisecond)
			}
		})
	}
}

// draw strings together stretches of one kind each.
func draw(r *rand.Rand) []slo.Counts {
	var h []slo.Counts
	for range 8 {
		n, total := []int{1, 4, 30, 200}[r.IntN(4)], []int64{1, 10, 1000, 123_456_789}[r.IntN(4)]
		kind := []string{"silent", "good", "bad", "constant", "uneven"}[r.IntN(5)]
		for i := range n {
			c := slo.Counts{Total: total}
			switch kind {
			case "silent":
				c.Total = 0
			case "bad":
				c.Bad = total
			case "constant":
				c.Bad = total / 3
			case "uneven":
				c.Total *= int64(1 + i%7)
				c.Bad = c.Total * int64(i%11) / 100
			}
			h = append(h, c)
		}
	}
	return h
}

// TestSteady compares constant rates, of which the ratio is that of all windows.
func TestSteady(t *testing.T) {
	t.Parallel()
	x := newTicks(t, &story{1_000_000, func(slo.Minute, slo.Minute) slo.Counts { return slo.Counts{Total: 1000, Bad: 17} }})
	var said []tick
	for range 7 * 60 {
		said = append(said, x.next(t))
	}
	s := scrape(t, said, 3*time.Second)
	for _, w := range windows() {
		if got := s.ratio(t, w, 400*time.Minute); math.Abs(got-0.017) > 1e-12 {
			t.Errorf("%s: %v", w, got)
		}
	}
}

// TestSettling has a third of the events of each minute come up to three minutes late.
// They count when they come: what is within a window of Prometheus are the minutes of
// a window of the engine's, of which up to 3 at its end are not complete yet, and what
// was missing from 3 before it.
func TestSettling(t *testing.T) {
	t.Parallel()
	const begin, late = 1_000_000, 3
	whole := func(m slo.Minute) slo.Counts {
		c := slo.Counts{Total: 300 + int64(m%7)*30}
		if m%97 > 80 {
			c.Bad = c.Total / 2
		}
		return c
	}
	x := newTicks(t, &story{begin, func(m, end slo.Minute) slo.Counts {
		c := whole(m)
		if missing := late - int64(end-m-1); missing > 0 {
			c.Total, c.Bad = c.Total-c.Total/9*missing, c.Bad-c.Bad/9*missing
		}
		return c
	}})
	var said []tick
	for range 7 * 60 {
		said = append(said, x.next(t))
	}
	count := func(start, end slo.Minute) burnrate.Outcomes {
		var o burnrate.Outcomes
		for m := start; m < end; m++ {
			c := whole(m)
			o.Good, o.Bad = o.Good+c.Total-c.Bad, o.Bad+c.Bad
		}
		return o
	}
	s := scrape(t, said, 7*time.Second)
	if last := said[len(said)-1].meter.Late; last != said[late].meter.Late { // which were of minutes before the first tick
		t.Errorf("some are late: %+v, and in the beginning %+v", last, said[late].meter.Late)
	}
	differ := 0
	for _, w := range windows() {
		for at := 370 * time.Minute; at < 410*time.Minute; at += 41 * time.Second {
			first, last := s.between(w, at)
			good, bad := last.meter.Events.Good-first.meter.Events.Good, last.meter.Events.Bad-first.meter.Events.Bad
			least, most := count(first.end, last.end-late), count(first.end-late, last.end)
			if good < least.Good || good > most.Good || bad < least.Bad || bad > most.Bad {
				t.Errorf("at %v %s: %d good, %d bad, want %+v to %+v", at, w, good, bad, least, most)
			}
			if exact := count(first.end, last.end); good != exact.Good || bad != exact.Bad {
				differ++
			}
			s.holds(t, w, at, burnrate.Outcomes{Good: good, Bad: bad})
		}
	}
	if differ == 0 {
		t.Error("nothing came late")
	}
}

// TestRestart has a process end and another one begin twenty minutes later. What closed
// in between is in no counter: ratios are those of the other minutes.
func TestRestart(t *testing.T) {
	t.Parallel()
	const begin = 1_000_000
	bad := func(m slo.Minute) slo.Counts { return slo.Counts{Total: 100, Bad: int64(m % 10)} }
	x := newTicks(t, &story{begin, func(m, _ slo.Minute) slo.Counts { return bad(m) }})
	var said []tick
	for range 60 {
		said = append(said, x.next(t))
	}
	x.clock.now = x.clock.now.Add(20 * time.Minute)
	x.start(t)
	for range 40 {
		said = append(said, x.next(t))
	}
	down, up := said[59].end, said[60].end
	s := scrape(t, said, 4*time.Second)
	w, at := slo.Rolling(60), 118*time.Minute
	first, last := s.between(w, at)
	if first.end >= down || last.end <= up {
		t.Fatalf("the window is [%d, %d), and nothing ran in [%d, %d)", first.end, last.end, down, up)
	}
	var c slo.Counts
	for m := first.end; m < last.end; m++ {
		if m < down || m >= up {
			c = c.Add(bad(m))
		}
	}
	s.holds(t, w, at, burnrate.Outcomes{Good: c.Total - c.Bad, Bad: c.Bad})
}
