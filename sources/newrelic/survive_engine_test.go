package newrelic_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources/newrelic"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

var surviveSeed = flag.Uint64("surviveseed", 1, "what TestEngineSurvives makes its events, SLOs and accidents of")

// survival is one kind of accident.
type survival struct {
	name    string
	before  slo.Minute // minutes of events before anything is measured
	latest  int        // minutes that events are late at most
	minutes int        // that are measured while it happens
	// meanwhile does what is done in minute n. Without it that is a tick.
	meanwhile func(s *survivor, n int)
	long      bool // leave it out of short runs
}

// between does something while n is in a span of minutes, and something else
// when it is over.
func between(start, end int, begin, after func(*survivor)) func(*survivor, int) {
	return func(s *survivor, n int) {
		switch n {
		case start:
			begin(s)
		case end:
			after(s)
		}
		s.minute()
	}
}

// clockIs has the clock of the machine wrong for half an hour.
func clockIs(wrong time.Duration) func(*survivor, int) {
	return between(20, 50, func(s *survivor) { s.clock.wrong = wrong }, func(s *survivor) { s.clock.wrong = 0 })
}

func survivals() []survival {
	down := func(s *survivor) { s.link.down.Store(true) }
	up := func(s *survivor) { s.link.down.Store(false) }
	return []survival{
		{name: "the source is down for an hour", before: 600, minutes: 120, meanwhile: between(20, 90, down, up)},
		{name: "the source is down for a day", before: 600, minutes: 1500, meanwhile: between(20, 1470, down, up), long: true},
		{name: "a tenth of the queries", before: 600, minutes: 180, meanwhile: between(20, 140, func(s *survivor) { s.quota(0.1) }, func(s *survivor) { s.quota(1) }), long: true},
		{name: "a tenth of the records", before: 600, minutes: 240, meanwhile: between(60, 200, (*survivor).fewRecords, func(s *survivor) { setFaults(s.t, s.server, "") }), long: true},
		{name: "events are late by six hours", before: 600, latest: 355, minutes: 200, long: true},
		{name: "every tick twice", before: 600, minutes: 60, meanwhile: (*survivor).twice, long: true},
		{name: "the clock is two hours ahead", before: 600, minutes: 70, meanwhile: clockIs(2 * time.Hour), long: true},
		{name: "the clock is two hours behind", before: 600, minutes: 70, meanwhile: clockIs(-2 * time.Hour), long: true},
		{name: "the clock is three days ahead", before: 600, minutes: 70, meanwhile: clockIs(72 * time.Hour), long: true},
		{name: "the clock is three days behind", before: 600, minutes: 70, meanwhile: clockIs(-72 * time.Hour), long: true},
		{name: "the disk is full", before: 600, minutes: 120, meanwhile: (*survivor).fullDisk, long: true},
		{name: "it begins anew at any instant", before: 48 * 60, minutes: 120, meanwhile: (*survivor).restarts, long: true},
		{name: "all of it, at random", before: 900, latest: 120, minutes: 240, meanwhile: (*survivor).anything, long: true},
	}
}

// TestEngineSurvives measures some SLOs at random by a simulator, while something
// goes wrong. Once it is over, and the last event has come and has been looked
// for, every minute that is kept is what happened, and the ledger is sound.
func TestEngineSurvives(t *testing.T) {
	t.Parallel()
	for k, test := range survivals() {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.long && testing.Short() {
				t.Skip("it takes long")
			}
			synctest.Test(t, func(t *testing.T) { test.run(t, rand.New(rand.NewPCG(*surviveSeed, uint64(k)))) })
		})
	}
}

func (v survival) run(t *testing.T, random *rand.Rand) {
	time.Sleep(14*time.Hour + 10*time.Second) // since midnight, when a bubble begins
	first := slo.MinuteAt(time.Now())
	list := indicatorsAtRandom(random, 20)
	events := rand.New(rand.NewPCG(random.Uint64(), 0)) // of its own, as time passes with what goes wrong
	s := &survivor{random: random, clock: &wrongClock{}, link: &link{}, history: newHistory(events, first-v.before, max(v.latest, 30), list)}
	s.history.happen(t, first)
	s.server = simulator.New(s.history.store, simulator.Options{})
	s.link.inProcess = inProcess{s.server}
	config := slo.NewRelic{
		AccountID: 1, Region: slo.US, QueryLag: slo.DefaultQueryLag, Lateness: lateness, Retention: slo.Retention{Default: slo.DefaultRetention},
	}
	s.soaked = newSoaked(t, s.sourceWith(config, nerdgraph.LimitOptions{}), config)
	s.disk = &disk{Ledger: s.ledger}
	s.open(list)
	s.restart()
	for n := range v.minutes {
		s.history.happen(t, slo.MinuteAt(time.Now())+1)
		if v.meanwhile == nil {
			s.minute()
		} else {
			v.meanwhile(s, n)
		}
		nextTick(1)
	}
	t.Logf("while it happened: %d failures, %d commits", s.failed, s.disk.commits)
	if s.clock.wrong != 0 || s.disk.full || s.link.down.Load() {
		t.Fatal("it is not over")
	}
	arrived := time.Now().Add(time.Duration(s.history.latest) * time.Minute)
	for until := arrived.Truncate(24 * time.Hour).Add(26 * time.Hour); time.Now().Before(until); nextTick(20) {
		s.tick(t.Context())
	}
	s.compareKept(s.history)
}

// survivor is an engine and all that it depends on.
type survivor struct {
	*soaked
	random  *rand.Rand
	history *history
	server  *simulator.Simulator
	clock   *wrongClock
	link    *link
	disk    *disk
	failed  int // ticks and pieces of backfill that were not kept
}

func (s *survivor) sourceWith(config slo.NewRelic, limits nerdgraph.LimitOptions) *newrelic.Source {
	return newrelic.New(config, nerdgraph.New(nerdgraph.Options{
		Endpoint: "http://nerdgraph.test/graphql", Key: secret.Of("NRAK-1"), Transport: s.link, Limits: nerdgraph.NewLimits(limits),
	}), s.clock.Now)
}

// restart has another engine go on with what is kept.
func (s *survivor) restart() {
	s.t.Helper()
	options := s.options()
	options.Ledger, options.Clock = s.disk, s.clock
	full := s.disk.full
	s.disk.full = false
	defer func() { s.disk.full = full }()
	e, changes, err := engine.New(s.t.Context(), options, s.specs())
	if err != nil || len(changes) > 0 {
		s.t.Fatal(err, changes)
	}
	s.engine = e
}

// minute is what is done in a minute. That nothing can be kept is no surprise
// while the disk is full.
func (s *survivor) minute() {
	s.t.Helper()
	err := s.do(s.t.Context(), 3)
	if err != nil && !errors.Is(err, errFull) {
		s.t.Fatal(err)
	}
}

// do ticks, and does some pieces of what is left to do.
func (s *survivor) do(ctx context.Context, pieces int) error {
	if err := s.engine.Tick(ctx); err != nil {
		s.failed++
		return err
	}
	for range pieces {
		if more, err := s.engine.Backfill(ctx, 15*time.Second); err != nil {
			s.failed++
			return err
		} else if !more {
			break
		}
	}
	_, err := s.ledger.Maintain(s.t.Context(), s.clock.Now())
	return err
}

// quota goes on with a source that may ask a share of the queries that are asked
// in a minute.
func (s *survivor) quota(share float64) {
	s.t.Helper()
	limits := nerdgraph.LimitOptions{}
	if share < 1 {
		limits.Queries = max(1, int(share*s.asked(func(stats simulator.Stats) int64 { return stats.Queries })))
		s.t.Logf("%d queries a minute", limits.Queries)
	}
	s.source = s.sourceWith(s.config.NewRelic, limits)
	if _, err := s.engine.Reload(s.t.Context(), s.specs()); err != nil {
		s.t.Fatal(err)
	}
}

// fewRecords lets a tenth of the records be inspected that are inspected in an
// hour.
func (s *survivor) fewRecords() {
	s.t.Helper()
	records := 60 * s.asked(func(stats simulator.Stats) int64 { return stats.Inspected })
	setFaults(s.t, s.server, fmt.Sprintf("inspected-limit=%d", int(records/10)))
	s.t.Logf("%.0f records an hour", records/10)
}

// asked counts what is asked in a minute, of five.
func (s *survivor) asked(count func(simulator.Stats) int64) float64 {
	const minutes = 5
	before := count(s.server.Stats())
	for range minutes {
		s.history.happen(s.t, slo.MinuteAt(time.Now())+1)
		s.minute()
		nextTick(1)
	}
	return float64(count(s.server.Stats())-before) / minutes
}

// twice ticks a second time at the same instant, which changes nothing.
func (s *survivor) twice(n int) {
	s.t.Helper()
	s.minute()
	if err := s.engine.Tick(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	commits, rows := s.disk.commits, s.engine.View().Counters.Rows
	if err := s.engine.Tick(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	if s.disk.commits != commits || s.engine.View().Counters.Rows != rows {
		s.t.Errorf("in minute %d the same tick commits %d times, and %d rows", n, s.disk.commits-commits, s.engine.View().Counters.Rows-rows)
	}
}

// fullDisk keeps nothing for half an hour, and now and then.
func (s *survivor) fullDisk(n int) {
	s.disk.full = n >= 30 && n < 60 || n > 60 && n < 100 && s.random.IntN(3) == 0
	s.minute()
	s.disk.full = false
}

// restarts ends engines in the middle of what they do.
func (s *survivor) restarts(n int) {
	s.t.Helper()
	s.link.slow.Store(int64(3 * time.Second))
	if n == 119 {
		s.link.slow.Store(0)
	}
	ctx, end := context.WithTimeout(s.t.Context(), time.Duration(s.random.Int64N(int64(50*time.Second))))
	defer end()
	if err := s.do(ctx, s.random.IntN(6)); err != nil && ctx.Err() == nil {
		s.t.Fatal(err)
	}
	if ctx.Err() != nil || s.random.IntN(3) == 0 {
		s.restart()
	}
}

// anything begins and ends at random, and several things may happen at once.
func (s *survivor) anything(n int) {
	s.t.Helper()
	ctx, end := context.WithTimeout(s.t.Context(), 10*time.Minute)
	defer end()
	if n == 239 {
		s.link.down.Store(false)
		s.link.slow.Store(0)
		s.clock.wrong, s.disk.full = 0, false
		setFaults(s.t, s.server, "")
	} else {
		switch s.random.IntN(60) {
		case 0, 1:
			s.link.down.Store(!s.link.down.Load())
		case 2, 3:
			s.clock.wrong = time.Duration(s.random.Int64N(int64(144*time.Hour))) - 72*time.Hour
		case 4:
			s.clock.wrong = time.Duration(s.random.Int64N(int64(4*time.Hour))) - 2*time.Hour
		case 5, 6, 7, 8:
			s.clock.wrong = 0
		case 9, 10:
			s.disk.full = !s.disk.full
		case 11, 12, 13:
			s.link.slow.Store(s.random.Int64N(int64(10 * time.Second)))
		case 14:
			nextTick(s.random.IntN(300)) // the machine sleeps
			s.history.happen(s.t, slo.MinuteAt(time.Now())+1)
		case 15, 16, 17:
			s.restart()
		case 18, 19, 20:
			end()
			ctx, end = context.WithTimeout(s.t.Context(), time.Duration(s.random.Int64N(int64(50*time.Second))))
			defer end()
		case 21, 22:
			setFaults(s.t, s.server, s.someFaults())
		case 23, 24, 25:
			setFaults(s.t, s.server, "")
		}
	}
	err := s.do(ctx, s.random.IntN(6))
	if err != nil && ctx.Err() == nil && !errors.Is(err, errFull) {
		s.t.Fatal(err)
	}
	if ctx.Err() != nil {
		s.restart()
	}
}

// someFaults are those that somebody is told of: what nobody is told of is found
// only as far back as is looked.
func (s *survivor) someFaults() string {
	list := loudFaults()
	s.random.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
	return strings.Join(list[:1+s.random.IntN(len(list))], ",")
}

// wrongClock may be wrong.
type wrongClock struct {
	bubble
	wrong time.Duration
}

func (c *wrongClock) Now() time.Time { return time.Now().Add(c.wrong) }

// link is a connection that may be slow, or down.
type link struct {
	inProcess
	down atomic.Bool
	slow atomic.Int64 // nanoseconds to each answer
}

func (l *link) RoundTrip(r *http.Request) (*http.Response, error) {
	if l.down.Load() {
		return nil, errors.New("connection refused")
	}
	if slow := time.Duration(l.slow.Load()); slow > 0 {
		if err := (bubble{}).Sleep(r.Context(), slow); err != nil {
			return nil, err
		}
	}
	return l.inProcess.RoundTrip(r)
}

// disk may be full.
type disk struct {
	*ledger.Ledger
	full    bool
	commits int
}

var errFull = errors.New("no space left on device")

func (d *disk) Commit(ctx context.Context, tick burnrate.Tick) error {
	if d.full {
		return errFull
	}
	d.commits++
	return d.Ledger.Commit(ctx, tick)
}
