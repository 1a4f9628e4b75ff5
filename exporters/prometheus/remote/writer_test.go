package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// TestWriterLosesNothing lets the receiver, the disk and the process fail as they
// like. In the end the receiver has every minute, and what it was sent twice was the
// same.
func TestWriterLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var ids []string
		for n := range rapid.IntRange(1, 40).Draw(t, "slos") {
			ids = append(ids, fmt.Sprintf("slo%d", n))
		}
		w := newWorld(t, ids...)
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		now := slo.MinuteAt(w.now)
		from := now - slo.Minute(rapid.IntRange(0, 300).Draw(t, "ago"))
		w.measure(random.IntN, slo.Span{Start: from - 20, End: now + 500})
		w.dice = random.IntN
		w.answers = func() (bool, error) {
			switch random.IntN(12) {
			case 0:
				return false, errors.New("connection refused")
			case 1:
				return true, errors.New("the connection broke behind the request")
			case 2:
				return false, &ThrottledError{After: time.Duration(random.IntN(90)) * time.Second, Err: errors.New("later")}
			case 3:
				return false, &RefusedError{errors.New("the receiver is misconfigured")}
			case 4: // it is killed when the receiver has taken it
				w.stop()
				return true, nil
			}
			return true, nil
		}
		o := Options{Feeds: w.ready, From: from}
		for range rapid.IntRange(1, 6).Draw(t, "starts") {
			w.run(time.Duration(rapid.IntRange(1, 3600).Draw(t, "seconds"))*time.Second, o)
		}
		w.answers, w.dice = func() (bool, error) { return true, nil }, func(int) int { return 1 }
		writer := w.run(2*time.Minute, o)
		end := slo.MinuteAt(w.now) - 1
		want := w.expected(slo.Span{Start: from, End: end})
		for key := range want { // of minutes that became ready in the last instant
			if _, there := w.taken[key]; !there && strings.HasSuffix(key, fmt.Sprint(end.Millis())) {
				delete(want, key)
			}
		}
		if at, _ := writer.position.of("relic"); at.Minute < end-1 {
			t.Fatalf("it is at %v, and it could be at %d\n%s", at, end, w.log.String())
		}
		if diff := cmp.Diff(want, w.taken); diff != "" {
			t.Fatalf("(-want +got):\n%s\n%s", diff, w.log.String())
		}
	})
}

// TestWriterSendsOnce sends nothing again, not even after a restart, when nothing
// fails.
func TestWriterSendsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "pay", "view")
	now := slo.MinuteAt(w.now)
	random := rand.New(rand.NewPCG(1, 1))
	w.measure(random.IntN, slo.Span{Start: now - 100, End: now + 100})
	for range 3 {
		w.run(10*time.Minute, Options{Feeds: w.ready})
	}
	end := slo.MinuteAt(w.now) - 1
	for key := range w.taken {
		if strings.HasSuffix(key, fmt.Sprint(end.Millis())) {
			end++ // it looked at the last instant
			break
		}
	}
	if diff := cmp.Diff(w.expected(slo.Span{Start: now - 1, End: end - 1}), w.taken); diff != "" || w.twice > 0 {
		t.Errorf("%d samples twice (-want +got):\n%s", w.twice, diff)
	}
}

// TestWriterInAMinute goes on within a minute that is larger than a request.
func TestWriterInAMinute(t *testing.T) {
	t.Parallel()
	var ids []string
	for n := range 4000 {
		ids = append(ids, fmt.Sprintf("slo%d", n))
	}
	w := newWorld(t, ids...)
	now := slo.MinuteAt(w.now)
	for _, id := range ids {
		w.rows[id][now-3] = burnrate.Counted(slo.Counts{Total: 3, Bad: 1})
		w.rows[id][now-2] = burnrate.Counted(slo.Counts{Total: 2, Bad: 1})
	}
	w.answers = func() (bool, error) { // the first request is taken, and the process ends
		if w.bodies == 1 {
			w.stop()
		}
		return true, nil
	}
	o := Options{Feeds: w.ready, From: now - 3}
	w.run(5*time.Second, o)
	first := len(w.taken)
	w.run(5*time.Second, o)
	if len(w.taken) != 24000 || first != mostSamples || w.twice > 0 {
		t.Errorf("%d samples, %d of them before, %d twice", len(w.taken), first, w.twice)
	}
}

// TestWriterReadsAgain what it had read before a receiver made it wait: sources go on
// meanwhile.
func TestWriterReadsAgain(t *testing.T) {
	t.Parallel()
	var ids []string
	for n := range 4000 {
		ids = append(ids, fmt.Sprintf("slo%d", n))
	}
	w := newWorld(t, ids...)
	now := slo.MinuteAt(w.now)
	for _, id := range ids[1:] {
		w.rows[id][now-3] = burnrate.Counted(slo.Counts{Total: 3, Bad: 1})
		w.rows[id][now-2] = burnrate.Counted(slo.Counts{Total: 2, Bad: 1})
	}
	w.answers = func() (bool, error) {
		if w.now.Sub(at) > 5*time.Minute {
			return true, nil
		}
		w.rows[ids[0]][now-2] = burnrate.Counted(slo.Counts{Total: 9, Bad: 9}) // behind what is sent now
		return false, errors.New("nobody is there")
	}
	w.run(10*time.Minute, Options{Feeds: w.ready, From: now - 3})
	if diff := cmp.Diff(w.expected(slo.Span{Start: now - 3, End: now}), w.taken); diff != "" || w.twice > 0 {
		t.Errorf("%d samples twice (-want +got):\n%s", w.twice, diff)
	}
}

// TestWriterForgets the labels of SLOs that are gone.
func TestWriterForgets(t *testing.T) {
	t.Parallel()
	var ids []string
	for n := range 100 {
		ids = append(ids, fmt.Sprintf("slo%02d", n))
	}
	w := newWorld(t, ids...)
	begin := slo.MinuteAt(w.now)
	writer := w.run(100*time.Minute, Options{Feeds: func(now time.Time) []Feed {
		at := slo.MinuteAt(now)
		return []Feed{{Source: "relic", IDs: ids[min(at-begin, 98):min(at-begin+2, 100)], Ready: at}}
	}})
	if n := len(writer.labels); n > 5 || n < 2 {
		t.Errorf("it knows the labels of %d SLOs", n)
	}
}

// TestWriterSkips believes a receiver that has refused everything for a day, says
// what it left out, and goes on.
func TestWriterSkips(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "pay")
	now := slo.MinuteAt(w.now)
	w.measure(func(sides int) int { return sides - 1 }, slo.Span{Start: now - 5000, End: now + 5000})
	w.answers = func() (bool, error) { return false, &RefusedError{errors.New("out of bounds")} }
	writer := w.run(23*time.Hour, Options{Feeds: w.ready, From: now - 5000})
	if s := writer.Stats(); s.Sent+s.Skipped > 0 || s.Failed == 0 || s.Up || s.Lag != w.lag(now-5000) {
		t.Errorf("before a day is over: %+v", s)
	}
	w.log.Reset()
	writer = w.run(25*time.Hour, Options{Feeds: w.ready})
	s := writer.Stats()
	if s.Skipped < 15000 || s.Sent > 0 || s.Up || w.bodies > 500 {
		t.Errorf("after a day: %+v, %d requests", s, w.bodies)
	}
	for _, want := range []string{
		`level=WARN msg="the receiver of the remote write does not take samples, they are sent again" error="out of bounds" next=`,
		`level=ERROR msg="the remote write left minutes out, as the receiver has refused them for a day: slojourn ledger export has them" from=2026-11-19T00:40:00Z to=`,
	} {
		if !strings.Contains(w.log.String(), want) {
			t.Errorf("the log lacks %s:\n%s", want, w.log.String())
		}
	}
	if n := strings.Count(w.log.String(), "does not take samples"); n != 1 {
		t.Errorf("it says %d times that it fails", n)
	}
	w.answers = func() (bool, error) { return true, nil }
	if s := w.run(10*time.Minute, Options{Feeds: w.ready}).Stats(); s.Sent == 0 || !s.Up || s.Success.IsZero() || s.Lag > time.Minute {
		t.Errorf("when it takes samples: %+v", s)
	}
}

// TestWriterLag grows while nobody takes anything: it is what is asked for alerts.
func TestWriterLag(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "pay")
	w.measure(func(sides int) int { return sides - 1 }, slo.Span{Start: slo.MinuteAt(w.now) - 10, End: slo.MinuteAt(w.now) + 600})
	w.answers = func() (bool, error) { return false, &ThrottledError{time.Hour, errors.New("later")} }
	position := slo.MinuteAt(w.now) - 1
	writer := w.run(6*time.Hour, Options{Feeds: w.ready})
	for range 2 {
		if s := writer.Stats(); s.Lag < 6*time.Hour || s.Lag != w.lag(position) || !s.Position.Equal(position.Time()) {
			t.Errorf("at %s: %+v", w.now, s)
		}
		w.now = w.now.Add(25 * time.Minute) // it waits to be asked again
	}
}

// lag is what can be sent from a minute on.
func (w *world) lag(from slo.Minute) time.Duration {
	return w.ready(w.now)[0].Ready.Time().Sub(from.Time())
}

// TestWriterWaits goes up to a minute between attempts, as long as it is asked to,
// and says once that it works again.
func TestWriterWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "pay")
	now := slo.MinuteAt(w.now)
	w.measure(func(sides int) int { return sides - 1 }, slo.Span{Start: now - 10, End: now + 600})
	var attempts []time.Duration
	w.answers = func() (bool, error) {
		attempts = append(attempts, w.now.Sub(at))
		switch {
		case len(attempts) < 10:
			return false, errors.New("nobody is there")
		case len(attempts) == 10:
			return false, &ThrottledError{10 * time.Minute, io.EOF}
		}
		return true, nil
	}
	w.run(2*time.Hour, Options{Feeds: w.ready, From: now - 10})
	for i, most := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60, 60, 600} {
		if wait := attempts[i+1] - attempts[i]; wait > most*time.Second || wait < most*time.Second/2 {
			t.Errorf("attempt %d is %s behind the one before", i+2, wait)
		}
	}
	for _, message := range []string{"does not take samples", "takes samples again"} {
		if n := strings.Count(w.log.String(), message); n != 1 {
			t.Errorf("%q is there %d times:\n%s", message, n, w.log.String())
		}
	}
}

// TestWriterWaitsForHistory sends what was measured late, when it is to begin before.
func TestWriterWaitsForHistory(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "pay")
	now := slo.MinuteAt(w.now)
	start := w.now
	feeds := func(at time.Time) []Feed {
		f := w.ready(at)
		if f[0].Filling = at.Sub(start) < 30*time.Minute; !f[0].Filling && len(w.rows["pay"]) == 0 {
			w.measure(func(sides int) int { return sides - 1 }, slo.Span{Start: now - 3000, End: now + 20})
		}
		return f
	}
	o := Options{Feeds: feeds, From: now - 3000}
	if s := w.run(10*time.Minute, o).Stats(); w.bodies > 0 || !s.Position.IsZero() {
		t.Fatalf("%d requests, %+v", w.bodies, s)
	}
	w.run(40*time.Minute, o)
	if diff := cmp.Diff(w.expected(slo.Span{Start: now - 3000, End: now + 20}), w.taken); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := strings.Count(w.log.String(), `msg="remote write begins when all history is there" from=2026-11-20T10:00:00Z`); n != 2 { // once in a process
		t.Errorf("it says %d times that it waits:\n%s", n, w.log.String())
	}
}

// TestWriterAheadOfTheClock goes on at once when the clock is put right.
func TestWriterAheadOfTheClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "pay")
	now := slo.MinuteAt(w.now)
	w.measure(func(sides int) int { return sides - 1 }, slo.Span{Start: now - 10, End: now + 600})
	w.now = w.now.Add(20 * 24 * time.Hour)
	w.run(10*time.Minute, Options{Feeds: w.ready})
	w.now = at
	if s := w.run(10*time.Minute, Options{Feeds: w.ready}).Stats(); s.Sent < 3*8 || s.Lag > time.Minute {
		t.Errorf("%+v", s)
	}
	if n := strings.Count(w.log.String(), "was ahead of the clock"); n != 1 {
		t.Errorf("it says so %d times:\n%s", n, w.log.String())
	}
}

// shared is a world whose clock many may ask.
type shared struct {
	*world
	mu sync.Mutex
}

func (s *shared) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world.Now()
}

func (s *shared) Sleep(ctx context.Context, d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world.Sleep(ctx, d)
}

// TestWriterStats are asked for while it runs, and never go back.
func TestWriterStats(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "pay")
	w.measure(func(sides int) int { return sides - 1 }, slo.Span{Start: slo.MinuteAt(w.now) - 10, End: slo.MinuteAt(w.now) + 600})
	w.answers = func() (bool, error) {
		if w.bodies%3 == 0 {
			return false, errors.New("nobody is there")
		}
		return true, nil
	}
	ctx, stop := context.WithCancel(t.Context())
	w.stop, w.until = stop, w.now.Add(9*time.Hour)
	s := &shared{world: w}
	writer := New(Options{Ledger: w, Clock: s, Sender: w, Log: slog.New(slog.DiscardHandler), Feeds: w.ready})
	ended := make(chan struct{})
	go func() { writer.Run(ctx); close(ended) }()
	var before Stats
	for running := true; running; {
		select {
		case <-ended:
			running = false
		default:
		}
		now := writer.Stats()
		if now.Sent < before.Sent || now.Failed < before.Failed || now.Position.Before(before.Position) || now.Success.Before(before.Success) {
			t.Fatalf("%+v follows %+v", now, before)
		}
		before = now
	}
	if before.Sent < 500*seriesOfSLO || before.Failed == 0 {
		t.Errorf("%+v", before)
	}
}

// TestWriterRefusesAPosition of a newer program, and leaves it as it is.
func TestWriterRefusesAPosition(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "pay")
	entry := burnrate.Entry{Kind: Kind, Key: "here", Value: []byte(`{"version":2}`)}
	w.entries[Kind+" here"] = entry
	w.run(time.Hour, Options{Feeds: w.ready})
	if diff := cmp.Diff(entry, w.entries[Kind+" here"]); diff != "" || w.bodies > 0 || strings.Count(w.log.String(), "use the one that wrote it, or a newer one") != 1 {
		t.Errorf("%d requests (-want +got):\n%s\n%s", w.bodies, diff, w.log.String())
	}
}
