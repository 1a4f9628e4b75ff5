package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/slo"
)

// mostDays is how far back a history goes that nobody has said the beginning of.
const mostDays = 90

// measure finds the minutes of each side: in the ledger, or from the Sources.
func (b *backtesting) measure(ctx context.Context, q *question, progress *progress) error {
	switch {
	case b.dir != "":
		return b.openKept(ctx, q, b.dir)
	case b.asked.address != "":
		return b.fetch(ctx, q, progress)
	}
	last := q.sides[len(q.sides)-1]
	if err := b.measureSide(ctx, q, last, progress); err != nil {
		return err
	}
	for _, s := range q.sides {
		switch {
		case s == last:
		case measuresAll(last.set, s.set):
			s.records = last.records
		default:
			if err := b.measureSide(ctx, q, s, progress); err != nil {
				return err
			}
		}
	}
	return nil
}

// measureSide measures what a side needs up to --to, or now. A file may have ended long
// before: its history is what leads up to its end.
func (b *backtesting) measureSide(ctx context.Context, q *question, s *side, progress *progress) error {
	const fresh = time.Hour
	clock := wallClock{b.env.now}
	if !b.to.IsZero() && b.to.Before(clock.Now()) {
		return b.fill(ctx, q, s, stoppedAt(b.to), progress)
	}
	if err := b.fill(ctx, q, s, clock, progress); err != nil {
		return err
	}
	known, err := s.kept(ctx)
	switch {
	case err != nil:
		return failed(err)
	case known.last.IsZero() || clock.Now().Sub(known.last) <= fresh:
		return nil
	}
	return b.fill(ctx, q, s, stoppedAt(known.last), progress)
}

// fetch takes the history of all sides from a running serve: with --from from as long
// before it as windows reach back.
func (b *backtesting) fetch(ctx context.Context, q *question, progress *progress) error {
	var sets []*slo.Set
	for _, s := range q.sides {
		sets = append(sets, s.set)
	}
	dir, remove, err := fetchLedger(ctx, b.env, b.asked, b.trusted.secretsDir, sets, b.from, b.to, progress.fetching)
	if err != nil {
		return err
	}
	q.open = append(q.open, closing(remove))
	return b.openKept(ctx, q, dir)
}

// closing is something to be done in the end.
type closing func()

// Close implements [io.Closer].
func (c closing) Close() error {
	c()
	return nil
}

// openKept opens the ledger in which all sides find their minutes.
func (b *backtesting) openKept(ctx context.Context, q *question, dir string) error {
	reader, err := openLedger(ctx, dir)
	if err != nil {
		return err
	}
	q.open = append(q.open, reader)
	pinned, err := reader.Pinned(ctx)
	if err != nil {
		return ledgerFailed(ctx, dir, err)
	}
	q.open = append(q.open, pinned)
	for _, s := range q.sides {
		s.records = pinned
	}
	return nil
}

// measuresAll reports whether what one set measures is all that another one needs: ids
// that both have mean the same.
func measuresAll(set, other *slo.Set) bool {
	ids, indicators := map[string]slo.IndicatorID{}, map[slo.IndicatorID]bool{}
	for _, s := range set.Measured() {
		ids[s.ID] = s.Indicator
		indicators[s.Indicator] = true
	}
	return !slices.ContainsFunc(other.Measured(), func(s *slo.SLO) bool {
		same, known := ids[s.ID]
		return !indicators[s.Indicator] || known && same != s.Indicator
	})
}

// folder is one that is deleted when it is closed.
type folder string

// Close implements [io.Closer].
func (f folder) Close() error { return os.RemoveAll(string(f)) }

// stoppedAt is a clock that stands still: what came later is not asked for.
func stoppedAt(at time.Time) wallClock { return wallClock{func() time.Time { return at }} }

// fill measures a side by a clock, into a ledger of its own.
func (b *backtesting) fill(ctx context.Context, q *question, s *side, clock wallClock, progress *progress) error {
	dir, err := os.MkdirTemp("", "slojourn-backtest-")
	if err != nil {
		return failed(fmt.Errorf("make a folder for what is measured: %w; TMPDIR names another place", cause(err)))
	}
	q.open = append(q.open, folder(dir))
	book, err := ledger.Open(ctx, dir, ledger.Options{})
	if err != nil {
		return failed(err)
	}
	q.open = append(q.open, book)
	measuring := b.trusted.open(s.set, s.all, b.env)
	defer measuring.close()
	since := clock.Now().AddDate(0, 0, -mostDays)
	if !b.from.IsZero() {
		since = b.from.Add(-looksBack(s.set))
	}
	options := engine.Options{Ledger: book, Clock: clock, Log: slog.New(slog.DiscardHandler)}
	s.records = book
	s.failures, s.notices, err = engine.Fill(ctx, options, engine.Specs{Set: s.set, Sources: measuring}, since, progress.measuring)
	if err != nil {
		return failed(err)
	}
	return nil
}

// looksBack is how much of the time before a minute says how things stand in it: the
// longest window, and the two weeks that noTraffic compares with.
func looksBack(set *slo.Set) time.Duration {
	const usual = 14*24*time.Hour + time.Hour
	longest := usual
	each(set, func(_ string, objectives []slo.Objective) {
		for _, o := range objectives {
			longest = max(longest, time.Duration(o.Window.Minutes())*time.Minute)
			if o.Alerts != nil {
				longest = max(longest, o.Alerts.LongestTier())
			}
		}
	})
	return longest
}
