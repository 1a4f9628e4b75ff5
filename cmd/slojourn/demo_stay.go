package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

// maxDemoSpeed is a day in 12 minutes.
const maxDemoSpeed = 120

// endFile holds the instant that the five weeks of a kept ledger lead up to: the
// same traffic has to go on.
const endFile = "demo.end"

// goOn returns when the five weeks end, and what the shop's clock shows at first:
// in a folder that has a ledger of before, what it has been measured up to at the
// least.
func goOn(ctx context.Context, options demoOptions) (end, now time.Time, err error) {
	path := filepath.Join(options.dataDir, endFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := newDemoFolder(options, path); err != nil {
			return end, now, err
		}
		return options.at, options.at, nil
	}
	if err != nil {
		return end, now, failed(fmt.Errorf("read %s: %w", path, cause(err)))
	}
	if end, err = time.Parse(time.RFC3339, strings.TrimSpace(string(text))); err != nil {
		return end, now, failed(fmt.Errorf("%s holds no instant: delete the folder or name another one with --data-dir", path))
	}
	if options.fixed && !options.at.Equal(end) {
		return end, now, usage("--at %s: the ledger in %s has five weeks that end at %s; leave out --at, or name another folder",
			options.at.Format(time.RFC3339), options.dataDir, end.Format(time.RFC3339))
	}
	now = options.at
	if !hasLedger(options.dataDir) { // it was ended before there was one
		return end, now, nil
	}
	reader, err := ledger.OpenReader(ctx, options.dataDir)
	if err != nil {
		return end, now, ledgerFailed(ctx, options.dataDir, err)
	}
	defer reader.Close() //nolint:errcheck // only read from
	info, err := reader.Info(ctx)
	if err != nil {
		return end, now, ledgerFailed(ctx, options.dataDir, err)
	}
	if info.At.After(now) { // it ran faster
		now = info.At
	}
	return end, now, nil
}

// hasLedger reports whether a folder has a ledger with anything in it.
func hasLedger(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, "ledger.db"))
	return err == nil && info.Size() > 0
}

// newDemoFolder makes a folder for a ledger of the demo. One with another ledger
// is left alone: its numbers would be mixed with those of the shop.
func newDemoFolder(options demoOptions, path string) error {
	if err := os.MkdirAll(options.dataDir, 0o700); err != nil {
		return failed(fmt.Errorf("make the folder of the ledger: %w", err))
	}
	if hasLedger(options.dataDir) {
		return usage("--data-dir %s: there is a ledger that is not the demo's; name another folder", options.dataDir)
	}
	if err := os.WriteFile(path, []byte(options.at.Format(time.RFC3339)+"\n"), 0o600); err != nil {
		return failed(fmt.Errorf("write %s: %w", path, cause(err)))
	}
	return nil
}

// stayUp goes on to measure the shop, as serve does.
func stayUp(ctx context.Context, env environment, options demoOptions, shop *openShop, specs engine.Specs) error {
	status, out := statusOn(env)
	log, err := newLogger(out, "text", "info")
	if err != nil {
		return err
	}
	fmt.Fprintf(env.stderr, "\nThe shop goes on. Its simulator answers at %s with the key %s until it is interrupted.\n", shop.endpoint, demoKey) //nolint:errcheck // a courtesy
	d := daemon{
		clock: shopClock{shop.clock}, log: log, status: status, columns: func() int { return term.Columns(env.stderr) },
		dir: options.dataDir, listen: options.listen, specs: specs, resolve: (&trust{}).resolver(env).Resolve, ready: demoReady,
		removed: []string{"notifier:*"}, // --alertmanager may be left out again
		beside:  func(ctx context.Context, view func() *engine.View) { shop.live(ctx, log, options.speed, view) },
	}
	return d.run(ctx)
}

// demoReady says what is missing until every minute of the five weeks is there: a
// demo's numbers are exact.
func demoReady(p engine.Progress) error {
	if err := p.Ready(); err != nil || p.Gaps == 0 {
		return err
	}
	return fmt.Errorf("%d minutes of the history are not read yet", p.Gaps)
}

// live lets the shop's clock run faster once the demo is ready, and logs what goes
// wrong in the shop, when it begins and when it is over.
func (s *openShop) live(ctx context.Context, log *slog.Logger, speed float64, view func() *engine.View) {
	const pause = 500 * time.Millisecond
	timer := time.NewTimer(0)
	defer timer.Stop()
	var before []string
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			timer.Reset(pause)
		}
		if v := view(); speed != s.clock.Speed() && v != nil && demoReady(v.Progress) == nil {
			if err := s.clock.SetSpeed(speed); err != nil {
				log.Error("the shop's clock keeps its speed", "error", err)
				speed = s.clock.Speed()
			} else {
				log.Info("the shop's clock runs faster from now on", "speed", speed)
			}
		}
		before = s.tell(log, before)
	}
}

// tell logs what is different from what was under way before, and returns what is
// now.
func (s *openShop) tell(log *slog.Logger, before []string) []string {
	var under []string
	now := s.clock.Now().UTC()
	for _, i := range s.retail.Under(now) {
		if under = append(under, i.Name); !slices.Contains(before, i.Name) {
			log.Warn("something goes wrong in the shop", "incident", i.Name, "streams", names(i.Streams), "for", i.Length, "at", now.Format(time.TimeOnly))
		}
	}
	for _, name := range before {
		if !slices.Contains(under, name) {
			log.Info("it is over", "incident", name, "at", now.Format(time.TimeOnly))
		}
	}
	return under
}

// names lists streams; without any it is about all of them.
func names(streams []simulator.Stream) string {
	var list []string
	for _, s := range streams {
		list = append(list, s.String())
	}
	return cmp.Or(strings.Join(list, ", "), "all")
}
