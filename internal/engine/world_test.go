package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
)

// lag is how long until a minute of the world can be measured.
const lag = 3 * time.Minute

// world is a source of what happens: each SLO has its events in every minute,
// by its event type, from the beginning on.
type world struct {
	begin slo.Minute
	late  map[slo.Minute]time.Time // when the last event of a minute arrives
	fails func(id string, span slo.Span) error
	slow  time.Duration // of every call
	large string        // what counts more than can be kept
	// outage says when everything fails; without one some of everything does.
	outage func(slo.Minute) bool
	silent func(id string, m slo.Minute) bool // nothing happens; nil for never
	asked  map[sources.Need]int64
}

var errGone = errors.New("it is gone")

// happened is the truth.
func (w *world) happened(id string, m slo.Minute) slo.Counts {
	if m < w.begin {
		return slo.Counts{}
	}
	if w.silent != nil && w.silent(id, m) {
		return slo.Counts{}
	}
	if w.outage != nil {
		if w.outage(m) {
			return slo.Counts{Total: 50, Bad: 50}
		}
		return slo.Counts{Total: 50}
	}
	seed := int64(m)*31 + int64(len(id))*7 + int64(id[0])
	total := seed%40 + 5
	return slo.Counts{Total: total, Bad: min(total, seed%97/24)}
}

// seen is what can be measured of a minute now.
func (w *world) seen(id string, m slo.Minute, now time.Time) sources.Sum {
	c := w.happened(id, m)
	if arrives, late := w.late[m]; late && now.Before(arrives) {
		c = slo.Counts{Total: c.Total / 2, Bad: c.Bad / 2}
	}
	return sources.Sum{Counts: c, Rows: c, Minutes: 1}
}

func (w *world) Extents(_ context.Context, now time.Time, slos []*slo.SLO) []sources.Extent {
	extents := make([]sources.Extent, len(slos))
	for k, end := range w.Ends(now, slos) {
		extents[k].Span = slo.Span{Start: min(w.begin, end), End: end}
		if w.fails != nil {
			if err := w.fails(slos[k].ID, extents[k].Span); err != nil {
				extents[k] = sources.Extent{Span: slo.Span{Start: end, End: end}, Err: err}
			}
		}
	}
	return extents
}

func (w *world) Ends(now time.Time, slos []*slo.SLO) []slo.Minute {
	ends := make([]slo.Minute, len(slos))
	for k, s := range slos {
		ends[k] = s.SLI.Closed(slo.MinuteAt(now.Add(-lag - s.SLI.Lag.Value)))
	}
	return ends
}

// all counts the events of everything.
var all = &slo.SLO{ID: "all"}

func (w *world) Watch(slos []*slo.SLO) []*slo.SLO { return slices.Repeat([]*slo.SLO{all}, len(slos)) }

func (w *world) Counts(ctx context.Context, requests []sources.Request) []sources.Answer {
	answers := make([]sources.Answer, len(requests))
	if w.slow > 0 && len(requests) > 0 {
		select {
		case <-time.After(w.slow):
		case <-ctx.Done():
		}
	}
	now := time.Now()
	for k, r := range requests {
		n := len(r.Cuts) - 1
		if ctx.Err() != nil {
			answers[k].Err = ctx.Err()
			continue
		}
		if w.fails != nil {
			if answers[k].Err = w.fails(r.SLO.ID, slo.Span{Start: r.Cuts[0], End: r.Cuts[n]}); answers[k].Err != nil {
				continue
			}
		}
		if r.Cuts[n] > slo.MinuteAt(now) {
			answers[k].Err = errors.New("that has not happened yet")
			continue
		}
		if w.asked != nil {
			w.asked[r.Need] += int64(r.Cuts[n] - r.Cuts[0])
		}
		for i := range n {
			var sum sources.Sum
			for m := r.Cuts[i]; m < r.Cuts[i+1]; m++ {
				if m >= w.begin && r.SLO != all {
					sum = sum.Add(w.seen(r.SLO.ID, m, now))
				} else if m >= w.begin {
					sum = sum.Add(w.seen("all", m, now))
				}
			}
			if r.SLO.ID == w.large {
				sum.Counts.Total += burnrate.MostCounted
			}
			answers[k].Sums = append(answers[k].Sums, sum)
		}
	}
	return answers
}

// rig is an engine in a world.
type rig struct {
	*testing.T
	world  *world
	dir    string
	ledger *ledger.Ledger
	broken *brokenLedger
	engine *Engine
	clock  *testClock
	log    bytes.Buffer
	ids    []string
	edit   func(*slo.Set) // the specs; nil leaves them as they are
	given  []outbox.Letter
}

// brokenLedger fails to commit as often as it is told to.
type brokenLedger struct {
	*ledger.Ledger
	failures atomic.Int64
	commits  int
	noCoarse bool
	each     time.Duration // that it takes to sum a lineage
	summed   []int         // how many lineages were summed at once
}

func (b *brokenLedger) Totals(ctx context.Context, lineages []lineage.Lineage, cuts [][]slo.Minute) ([]burnrate.Totals, error) {
	time.Sleep(time.Duration(len(lineages)) * b.each)
	b.summed = append(b.summed, len(lineages))
	return b.Ledger.Totals(ctx, lineages, cuts)
}

func (b *brokenLedger) Coarse(ctx context.Context, ids []slo.IndicatorID, span slo.Span) ([]burnrate.Coarse, error) {
	if b.noCoarse {
		return nil, errGone
	}
	return b.Ledger.Coarse(ctx, ids, span)
}

func (b *brokenLedger) Commit(ctx context.Context, tick burnrate.Tick) error {
	if b.failures.Add(-1) >= 0 {
		return errors.New("no space left on device")
	}
	b.commits++
	return b.Ledger.Commit(ctx, tick)
}

// testClock may be wrong.
type testClock struct{ wrong time.Duration }

func (c *testClock) Now() time.Time { return time.Now().Add(c.wrong) }

func (*testClock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (*testClock) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, d)
}

// newRig begins to measure SLOs of a world that has been there for some hours.
// It is to be called in a bubble.
func newRig(t *testing.T, hours int, ids ...string) *rig {
	t.Helper()
	time.Sleep(100*time.Hour + 10*time.Second) // since the bubble's beginning
	w := &world{begin: slo.MinuteAt(time.Now()) - slo.Minute(hours*60), late: map[slo.Minute]time.Time{}}
	dir := t.TempDir()
	l, err := ledger.Open(t.Context(), dir, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	r := &rig{T: t, world: w, dir: dir, ledger: l, broken: &brokenLedger{Ledger: l}, clock: &testClock{}, ids: ids}
	r.start()
	return r
}

func (r *rig) options() Options {
	return Options{Ledger: r.broken, Clock: r.clock, Log: slog.New(slog.NewTextHandler(&r.log, nil)), Deliver: r.take}
}

// take is given letters.
func (r *rig) take(letters []outbox.Letter) { r.given = append(r.given, letters...) }

// start has a new engine begin, as after a crash.
func (r *rig) start() []lineage.Change {
	r.Helper()
	engine, changes, err := New(r.Context(), r.options(), r.specs())
	if err != nil {
		r.Fatal(err)
	}
	r.engine = engine
	return changes
}

// specs are SLOs "id" or "id=indicator", in front of which may stand "5m:" for
// slices and "page:" for one that wakes somebody.
func (r *rig) specs() Specs {
	source := &slo.Source{Name: "world", NewRelic: slo.NewRelic{Lateness: 6 * time.Hour, Retention: slo.Retention{Default: 8 * 24 * time.Hour}}}
	set := &slo.Set{Sources: []*slo.Source{source}}
	target, err := slo.ParseTarget("99%")
	if err != nil {
		r.Fatal(err)
	}
	for _, id := range r.ids {
		s := &slo.SLO{
			ID: id, Kind: slo.KindSLO, Source: source, Indicator: slo.IndicatorID(id),
			SLI: slo.SLI{From: []diag.Located[string]{{Value: "Event"}}},
			Objectives: []slo.Objective{
				{Name: "1h", Target: target, Window: slo.Rolling(60)}, {Name: "2d", Target: target, Window: slo.Rolling(2880)},
			},
		}
		if id[0] == 'p' {
			s.Objectives[0].Alerts = slo.BuiltInPolicies()[0]
		}
		set.SLOs = append(set.SLOs, s)
	}
	if r.edit != nil {
		r.edit(set)
	}
	return Specs{Set: set, Sources: map[string]sources.Source{"world": r.world}}
}

// minutes lets time pass, with a tick and what is done in between in each.
func (r *rig) minutes(n int) {
	r.Helper()
	for range n {
		until := time.Now().Truncate(time.Minute).Add(measuring)
		if err := r.engine.Tick(r.Context()); err != nil {
			r.Fatal(err)
		}
		if err := r.engine.between(r.Context(), until); err != nil {
			r.Fatal(err)
		}
		r.verify()
		next(1)
	}
}

// next waits for the next minute, and ten seconds.
func next(minutes int) {
	step := time.Duration(minutes) * time.Minute
	time.Sleep(time.Until(time.Now().Add(-10 * time.Second).Truncate(time.Minute).Add(step + 10*time.Second)))
}

// verify holds what the engine says against what follows from what is kept.
func (r *rig) verify() {
	if testing.Short() {
		return // there are no races in it
	}
	r.Helper()
	e := r.engine
	kept, err := e.ledger.State(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	s := newState(e.state.set, lineagesOf(e.state))
	if err := s.load(r.Context(), e.ledger, kept.Since, e.state.ends); err != nil {
		r.Fatal(err)
	}
	anew := s.evaluator.Snapshot(time.Time{})
	for k, status := range e.state.evaluator.Snapshot(time.Time{}).Statuses {
		for n, o := range status.Objectives {
			if want := anew.Statuses[k].Objectives[n]; !reflect.DeepEqual(o, want) {
				r.Fatalf("at %v %s is\n%+v, and from what is kept follows\n%+v", time.Now(), status.ID, o, want)
			}
		}
	}
}

func lineagesOf(s *state) map[string]lineage.Lineage {
	lineages := map[string]lineage.Lineage{}
	for _, l := range s.lineages {
		lineages[l.ID] = l
	}
	return lineages
}

// wrong lists the minutes of a span that are not kept as they happened.
func (r *rig) wrong(span slo.Span) []string {
	r.Helper()
	var ids []slo.IndicatorID
	for _, id := range r.ids {
		ids = append(ids, slo.IndicatorID(id))
	}
	rows := map[slo.Minute][]burnrate.Row{}
	for record, err := range r.ledger.Minutes(r.Context(), ids, span) {
		if err != nil {
			r.Fatal(err)
		}
		rows[record.Minute] = slices.Clone(record.Rows)
	}
	var wrong []string
	for m := span.Start; m < span.End; m++ {
		for k, id := range r.ids {
			want, got := burnrate.Counted(r.world.happened(id, m)), burnrate.Row{}
			if rows[m] != nil {
				got = rows[m][k]
			}
			if got != want {
				wrong = append(wrong, fmt.Sprintf("%s at %d: %+v, want %+v", id, m-r.world.begin, got, want))
			}
		}
	}
	return wrong
}

// whole reports what is wrong of all that could be measured.
func (r *rig) whole() {
	r.Helper()
	end := slo.MinuteAt(time.Now().Add(-lag - time.Minute))
	if wrong := r.wrong(slo.Span{Start: r.world.begin, End: end}); len(wrong) > 0 {
		r.Fatalf("%d minutes are wrong, such as %s", len(wrong), wrong[0])
	}
	if p := r.engine.View().Progress; p.Gaps > 0 || p.Ready() != nil {
		r.Fatalf("%+v: %v", p, p.Ready())
	}
}
