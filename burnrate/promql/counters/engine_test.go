// The race detector has nothing to find here, and compiling Prometheus for it takes minutes.

//go:build !race

// Package counters_test proves what the ratios are worth that Prometheus finds in the
// counters of events: those of a running engine, scraped every 15 seconds.
//
//	increase(bad[1h]) / increase(total[1h])
//
// is the engine's ratio of the window that ended when it was scraped last, or of that
// window without its first minute, see [TestRatios].
package counters_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
)

// lag is how long until a minute can be measured.
const lag = 2 * time.Minute

// stepClock stands still but for steps.
type stepClock struct{ now time.Time }

func (c *stepClock) Now() time.Time { return c.now }

func (c *stepClock) Sleep(ctx context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	return ctx.Err()
}

func (*stepClock) WithTimeout(ctx context.Context, _ time.Duration) (context.Context, context.CancelFunc) {
	return context.WithCancel(ctx)
}

// story is a source that tells what can be measured of a minute at an end.
type story struct {
	begin slo.Minute
	tells func(m, end slo.Minute) slo.Counts
}

func (story) Ends(now time.Time, slos []*slo.SLO) []slo.Minute {
	ends := make([]slo.Minute, len(slos))
	for k := range ends {
		ends[k] = slo.MinuteAt(now.Add(-lag))
	}
	return ends
}

func (s *story) Extents(_ context.Context, now time.Time, slos []*slo.SLO) []sources.Extent {
	extents := make([]sources.Extent, len(slos))
	for k, end := range s.Ends(now, slos) {
		extents[k].Span = slo.Span{Start: s.begin, End: end}
	}
	return extents
}

// Counts answers what is asked up to the newest minute, as a tick does.
func (s *story) Counts(_ context.Context, requests []sources.Request) []sources.Answer {
	answers := make([]sources.Answer, len(requests))
	for k, r := range requests {
		end := r.Cuts[len(r.Cuts)-1]
		for i := 1; i < len(r.Cuts); i++ {
			var c slo.Counts
			for m := r.Cuts[i-1]; m < r.Cuts[i]; m++ {
				c = c.Add(s.tells(m, end))
			}
			answers[k].Sums = append(answers[k].Sums, sources.Sum{Counts: c, Rows: c, Minutes: int64(r.Cuts[i] - r.Cuts[i-1])})
		}
	}
	return answers
}

// ticks is what an engine says, one tick after the other.
type ticks struct {
	clock  *stepClock
	ledger *ledger.Ledger
	story  *story
	engine *engine.Engine
}

// newTicks has an engine measure an SLO, from two minutes after its first event on.
func newTicks(t *testing.T, s *story) *ticks {
	t.Helper()
	l, err := ledger.Open(t.Context(), t.TempDir(), ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	x := &ticks{clock: &stepClock{(s.begin + 2).Time().Add(lag + 5*time.Second)}, ledger: l, story: s}
	x.start(t)
	return x
}

// start has a new process begin.
func (x *ticks) start(t *testing.T) {
	t.Helper()
	target, err := slo.ParseTarget("99%")
	if err != nil {
		t.Fatal(err)
	}
	source := &slo.Source{Name: "story", NewRelic: slo.NewRelic{Lateness: time.Hour, Retention: slo.Retention{Default: 8 * 24 * time.Hour}}}
	set := &slo.Set{Sources: []*slo.Source{source}, SLOs: []*slo.SLO{{
		ID: "pay", Kind: slo.KindSLO, Source: source, Indicator: "pay", SLI: slo.SLI{From: []diag.Located[string]{{Value: "Event"}}},
		Objectives: []slo.Objective{{Name: "28d", Target: target, Window: slo.Rolling(28 * 1440)}},
	}}}
	x.engine, _, err = engine.New(t.Context(), engine.Options{Ledger: x.ledger, Clock: x.clock, Log: slog.New(slog.DiscardHandler)},
		engine.Specs{Set: set, Sources: map[string]sources.Source{"story": x.story}})
	if err != nil {
		t.Fatal(err)
	}
}

// tick is what is said after a tick.
type tick struct {
	at    time.Time
	end   slo.Minute
	meter burnrate.Meter
	burn  map[slo.Window]burnrate.Window
}

// next ticks, a minute after the last time.
func (x *ticks) next(t *testing.T) tick {
	t.Helper()
	now := x.clock.now
	if err := x.engine.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	for more := true; more; {
		var err error
		if more, err = x.engine.Backfill(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	x.clock.now = now.Add(time.Minute)
	snapshot := x.engine.View().Snapshot
	said := tick{at: now, end: slo.MinuteAt(now.Add(-lag)), meter: snapshot.Meters[0], burn: map[slo.Window]burnrate.Window{}}
	for _, b := range snapshot.Statuses[0].Objectives[0].Burn {
		said.burn[b.Window.Window] = b.Window
	}
	return said
}
