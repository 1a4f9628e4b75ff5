package main

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/internal/engine"
)

// liveDays is how many days TestBacktestIsLive lives through, up to the end of the
// retail example; 25 have all its incidents in them. By default it is some hours around two of them.
var liveDays = flag.Int("livedays", 0, "days of the shop that alerts are judged in live, and then replayed; 0 for some hours")

// TestBacktestIsLive lives through a part of the retail example, minute by minute, as
// serve does, and then replays it from the ledger: the same alerts fire and resolve in
// the same minutes, for the same reasons. What differs is what came later than New
// Relic's usual delay, and stands in the golden file.
func TestBacktestIsLive(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("hundreds of minutes are measured")
	}
	end := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	const day, hour = 24 * time.Hour, time.Hour
	type part struct {
		name     string
		from, to time.Duration // before the end
	}
	parts := []part{
		{"outage", 2*day + 6*hour, 2*day + 3*hour},
		{"ingest-delay", 18*day + 8*hour, 18*day + 6*hour},
	}
	if *liveDays > 0 {
		parts = []part{{"whole", time.Duration(*liveDays) * day, 0}}
	}
	for _, p := range parts {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			from, to := end.Add(-p.from), end.Add(-p.to)
			live, kept := liveShop(t, from, to, end)
			run := replayShop(t, kept, from, to)
			t.Logf("%d events live, %d replayed, %d episodes", len(live), len(run.Events), len(run.Episodes))
			if len(live) == 0 {
				t.Error("nothing fires")
			}
			checkGolden(t, filepath.Join("testdata", "backtest", "live-"+p.name+".golden"), apart(spelt(live), spelt(run.Events)))
		})
	}
}

// apart lists the lines that one of two lists has more often than the other, in order.
func apart(live, replayed []string) string {
	more := map[string]int{}
	for _, line := range live {
		more[line]++
	}
	for _, line := range replayed {
		more[line]--
	}
	var lines []string
	for line, n := range more {
		if n > 0 {
			lines = append(lines, line+" (live)")
		}
		if n < 0 {
			lines = append(lines, line+" (replayed)")
		}
	}
	slices.Sort(lines)
	return strings.Join(append(lines, ""), "\n")
}

// spelt writes events a line each.
func spelt(events []alert.Event) []string {
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b alert.Event) int { return cmp.Or(a.At.Compare(b.At), a.Compare(b.Key)) })
	lines := make([]string, len(events))
	for i, e := range events {
		why, _ := json.Marshal(e.Why) //nolint:errcheck // it has no cycles
		lines[i] = fmt.Sprintf("%s %s %s %s since %s: %s", e.At.Format("01-02T15:04"), e.Key, e.Change, e.Reason, e.Since.Format("01-02T15:04"), why)
	}
	return lines
}

// shopStands is a clock that a test moves.
type shopStands struct{ *openShop }

func (c shopStands) Now() time.Time { return c.clock.Now() }

func (shopStands) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func (shopStands) WithTimeout(ctx context.Context, _ time.Duration) (context.Context, context.CancelFunc) {
	return context.WithCancel(ctx)
}

// liveShop measures the shop as serve does, and returns what it decided and the folder of its
// ledger.
func liveShop(t *testing.T, from, to, end time.Time) ([]alert.Event, string) {
	t.Helper()
	shop := openShop{now: from.Add(-time.Minute)}
	if err := shop.open(t.Context(), end, false); err != nil {
		t.Fatal(err)
	}
	if err := shop.clock.SetSpeed(0); err != nil {
		t.Fatal(err)
	}
	if err := shop.clock.Set(from.Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	result, err := demoSpecs("")
	if err != nil {
		t.Fatal(err)
	}
	measuring := shop.measure(result.Set)
	defer measuring.close()
	dir := filepath.Join(t.TempDir(), "data")
	store, err := ledger.Open(t.Context(), dir, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e, _, err := engine.New(t.Context(), engine.Options{Ledger: store, Clock: shopStands{&shop}, Log: slog.New(slog.DiscardHandler)},
		engine.Specs{Set: result.Set, Sources: measuring})
	if err != nil {
		t.Fatal(err)
	}
	minute := func() {
		if err := e.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		for more := true; more; {
			if more, err = e.Backfill(t.Context(), time.Minute); err != nil {
				t.Fatal(err)
			}
		}
	}
	minute()
	began := time.Now()
	for shop.clock.Now().Before(to) {
		if err := shop.clock.Advance(time.Minute); err != nil {
			t.Fatal(err)
		}
		minute()
	}
	t.Logf("%v of the shop in %v, %d corrections", to.Sub(from), time.Since(began).Round(time.Second), e.View().Counters.Corrections)
	var events []alert.Event
	for _, n := range e.View().Alerts.Log {
		if n.Kind != alert.Missed {
			events = append(events, n.Event)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := shop.close(); err != nil {
		t.Fatal(err)
	}
	return events, dir
}

// replayShop replays what the ledger of a folder has.
func replayShop(t *testing.T, dir string, from, to time.Time) backtest.Run {
	t.Helper()
	result, err := demoSpecs("")
	if err != nil {
		t.Fatal(err)
	}
	reader, err := openLedger(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close() //nolint:errcheck // only read from
	pinned, err := reader.Pinned(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer pinned.Close() //nolint:errcheck // only read from
	recorder := backtest.NewRecorder(backtest.Options{})
	replay := engine.Replay{Set: result.Set, Records: pinned, Lag: lagOf, From: from, To: to}
	err = replay.Run(t.Context(), func(s burnrate.Snapshot) error {
		recorder.See(s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return recorder.Run()
}
